"""The words and the units of Holdfast, as data: one word per thing, one meaning per unit."""

from __future__ import annotations

from typing import Final

BASE_UNITS: Final = {"time": "day", "mass": "kg", "volume": "litre", "energy": "kWh"}
"""The unit in which a quantity of each kind is held; money is held in its currency, goods in their own units."""

UNITS: Final[dict[str, tuple[float, str]]] = {
    # Time. A year is 365.25 days, a month a twelfth of it (conventions §4).
    "second": (1 / 86400, "day"),
    "minute": (1 / 1440, "day"),
    "hour": (1 / 24, "day"),
    "day": (1.0, "day"),
    "week": (7.0, "day"),
    "month": (365.25 / 12, "day"),
    "year": (365.25, "day"),
    # Mass. Source: BIPM, The International System of Units, 9th ed., tables 4 and 8; NIST Handbook 44, appendix C.
    "mg": (1e-6, "kg"),
    "g": (1e-3, "kg"),
    "kg": (1.0, "kg"),
    "t": (1000.0, "kg"),
    "tonne": (1000.0, "kg"),
    "long-ton": (1016.0469088, "kg"),
    "lb": (0.45359237, "kg"),
    # Volume. Source: as for mass; a barrel is 42 US gallons.
    "ml": (1e-3, "litre"),
    "litre": (1.0, "litre"),
    "cubic-metre": (1000.0, "litre"),
    "barrel": (158.987294928, "litre"),
    # Energy. Source: as for mass.
    "MJ": (1 / 3.6, "kWh"),
    "GJ": (1000 / 3.6, "kWh"),
    "kWh": (1.0, "kWh"),
    "MWh": (1e3, "kWh"),
    "GWh": (1e6, "kWh"),
    # Things counted in every scenario; goods bring their own (round, set, transformer).
    "lot": (1.0, "lot"),
    "future": (1.0, "future"),
}
"""Units that every scenario knows, by singular name: how many of which base unit."""

NO_PLURAL: Final = frozenset({"mg", "g", "kg", "t", "ml", "MJ", "GJ", "kWh", "MWh", "GWh"})
"""Symbols, which have no plural."""

WORDS: Final = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
"""Numbers written as words."""

GLOSSARY: Final[dict[str, str]] = {
    "scenario": "The world and today's plan: one file.",
    "alternative": "A decision that is ours to choose, laid over the scenario.",
    "what_if": "Another world, with no probability claimed, laid over the scenario.",
    "replication": "One random future.",
    "period": "The step of the clock.",
    "horizon": "How far a scenario looks ahead.",
    "lever": "What a search may turn, and how far.",
    "standard": "What supply security must reach, and how surely.",
    "history": "What happened, to judge a scenario by; never used as input.",
    "good": "What is made, imported, stored and used, in its own unit.",
    "line": "A production line of a plant.",
    "plant": "Lines, a project that builds them, and a rule of production.",
    "project": "Building work with a planned duration, delays, stalls and a cost.",
    "store": "Where goods are kept, within a capacity.",
    "channel": "An import route from a supplier.",
    "consumer": "Who uses goods.",
    "regime": "A random state of the world, such as an embargo or a crisis.",
    "signal": "What a decider can see; the only feedback there is.",
    "inspection": "Acceptance of lots.",
    "nameplate": "What a line could make without any loss.",
    "effective_capacity": "What it could make with failures, performance, ramp and yield.",
    "output": "Good units that it made.",
    "accepted": "Output that passed inspection.",
    "delivered": "Accepted units that reached consumers.",
    "on_hand": "What a store holds.",
    "on_order": "What was ordered and has not arrived.",
    "backorders": "What consumers still wait for.",
    "inventory_level": "on_hand - backorders.",
    "inventory_position": "inventory_level + on_order.",
    "reorder_point": "s: the position at or below which an order is placed.",
    "order_up_to": "S: the position that an order restores.",
    "order_quantity": "Q: how much one order is.",
    "review_period": "Time between looks at the position.",
    "lead_time": "Time from an order to its receipt.",
    "fill_rate": "Share of what was wanted that was served on time (type 2).",
    "cycle_service_level": "Share of spells without a shortage (type 1).",
    "ready_rate": "Share of periods without a shortage.",
    "service_probability": "Probability of no shortage over the horizon.",
    "shortfall": "What was wanted and not served on time.",
    "days_of_supply": "A stock divided by a rate of use, which must be named.",
    "cover": "A stock in time: what normal use draws in that time.",
    "normal use": "What consumers draw on average at clock.cover_at.",
    "warning_time": "Time from a warning to what it warns of.",
    "d_to_p": "Time from day 0 until production meets consumption.",
    "net_import_reliance": "Share of use that is imported.",
    "reserve_capacity": "A paid option on production.",
    "warm_base": "A plant kept ready, not running.",
    "mtbf": "Mean running time between failures.",
    "mttr": "Mean time to repair.",
    "availability": "mtbf / (mtbf + mttr).",
    "common_cause": "What strikes several parts at once.",
    "cut": "A channel, input, plant or state of the world closed, stopped or held for a while.",
    "time_to_survive": "How long a consumer is served as if nothing were cut (tts).",
    "time_to_recover": "How long after a cut until the shortage that it causes is behind (ttr).",
    "exposed": "Short before it has recovered: tts < ttr.",
    "schedule_ratio": "Actual duration of a project over the planned one.",
    "stall": "A stop of building work.",
    "stated": "A source says so.",
    "derived": "Reckoned from what sources say.",
    "assumed": "Neither stated nor derived.",
}
"""What the words mean, in the order of the design."""


def plural(unit: str) -> str:
    """The plural of a unit's name: rounds, batteries, boxes."""
    if unit in NO_PLURAL:
        return unit
    if unit.endswith("y") and unit[-2:-1] not in ("", *"aeiou"):
        return unit[:-1] + "ies"
    return unit + ("es" if unit.endswith(("s", "x", "ch", "sh")) else "s")
