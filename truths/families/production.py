"""Lines that fail, and lines in series with and without a buffer.

Sources: Barlow and Proschan, Mathematical Theory of Reliability (1965); Buzacott, International Journal of Production
Research 5 (1967); Li and Meerkov, Production Systems Engineering (2009), 4.2; Gershwin, Manufacturing Systems
Engineering (1994), 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from truths.engine import ENOUGH, Totals, days, estimate, limit, number, scenario, share, units
from truths.families.common import Parameters, consumer, store
from truths.families.queues import chance
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 4000
"""[periods] of a future."""
ENDLESS: Final = 1e9
"""A stock that is never reached."""


def line(**more: Any) -> dict[str, Any]:
    """A line that makes one unit a period."""
    return {"makes": ["good"], "nameplate": "1 unit/day", "variable_cost": "0 USD/unit", **more}


def plant(lines: Mapping[str, Any], target: float = ENDLESS, to: str = "store") -> dict[str, Any]:
    """A plant that makes as much as its target allows."""
    production = {"kind": "produce_to_target", "target": units(target)}
    return {"lines": dict(lines), "output_to": to, "production": production}


def making(lines: Mapping[str, Any], wanted: float = 1.0, **more: Any) -> dict[str, Any]:
    """The scenario of a plant whose output is used up as it comes."""
    law = {"fixed": f"{number(wanted)} units/day"}
    return {
        "plants": {"plant": plant(lines)},
        "stores": {"store": store(None)},
        "consumers": {"users": consumer(law, "lost")},
        **more,
    }


def fails(mtbf: float, mttr: float) -> dict[str, Any]:
    """Exponential times up and down, in periods."""
    return {"mtbf": days(mtbf), "mttr": days(mttr)}


def _made(x: Totals, name: str = "line") -> float:
    """Share of the nameplate of the plant that a line makes."""
    return x[f"lines.plant.{name}.output"] / x["plants.plant.nameplate"]


@engine("production.availability")
def availability(p: Parameters, quantity: str) -> Estimate:
    """The share of its nameplate that a line makes which fails."""
    step = min(float(p["mtbf"]), float(p["mttr"]))
    broken = fails(float(p["mtbf"]) / step, float(p["mttr"]) / step)
    return estimate(scenario(making({"line": line(fails=broken)})), _made, periods=LONG)


MIDDLE: Final = 50
"""Periods before the one in whose middle a point in time lies."""


@engine("production.point_availability")
def point_availability(p: Parameters, quantity: str) -> Estimate:
    """The share of futures in which a line is up at a time: in a short period around it."""
    step = float(p["t"]) / (MIDDLE + 0.5)
    broken = fails(1 / float(p["lam"]) / step, 1 / float(p["mu"]) / step)
    return estimate(scenario(making({"line": line(fails=broken)})), _made, periods=1, warm_up=MIDDLE)


@engine("production.interval_availability")
def interval_availability(p: Parameters, quantity: str) -> Estimate:
    """The share of its nameplate that a line makes from its start to a time."""
    step = float(p["T"]) / MIDDLE
    broken = fails(1 / float(p["lam"]) / step, 1 / float(p["mu"]) / step)
    return estimate(scenario(making({"line": line(fails=broken)})), _made, periods=MIDDLE, warm_up=0)


@engine("production.k_out_of_n")
def k_out_of_n(p: Parameters, quantity: str) -> Estimate:
    """The share of time in which at least k of n lines are up: those who use what k lines make are not short."""
    k, n, a = int(p["k"]), int(p["n"]), float(p["a"])
    if not 0 < a < 1 or not 0 < k <= n:
        message = "lines that never or always fail have no times up and down"
        raise NotExpressible(message)

    def at(step: float) -> Estimate:
        spells = fails(a / step, (1 - a) / step)  # times up and down add up to 1
        lines = {f"line-{i}": line(fails=spells) for i in range(1, n + 1)}
        sections = making(lines, float(k))
        sections["plants"]["plant"] = plant(lines, float(k))
        warm_up = 200 + math.ceil(
            10 * a * (1 - a) / step
        )  # that all are up at the start is forgotten at 1 / (a (1 - a))
        return estimate(
            scenario(sections), lambda x: 1 - x["consumers.users.short"] / LONG, periods=LONG, warm_up=warm_up
        )

    return limit(at, (0.02 * min(a, 1 - a), 0.01 * min(a, 1 - a)), order=1)


def _repair_shop(p: Parameters, step: float) -> dict[str, Any]:
    """A regime of how many machines are down, with as many under repair as there are repairers."""
    machines, crews, wear, repair = int(p["M"]), int(p["R"]), float(p["lam"]), float(p["mu"])
    states: dict[str, Any] = {}
    for down in range(machines + 1):
        breaks, mends = (machines - down) * wear, min(down, crews) * repair
        then = {}
        if down < machines:
            then[f"down-{down + 1}"] = share(breaks / (breaks + mends))
        if down > 0:
            then[f"down-{down - 1}"] = share(mends / (breaks + mends))
        lasts = {"exponential": {"mean": days(1 / (breaks + mends) / step)}}
        states[f"down-{down}"] = {"lasts": lasts, "then": then if len(then) > 1 else next(iter(then))}
    return {"starts": "down-0", "states": states}


@engine("production.machine_repair")
def machine_repair(p: Parameters, quantity: str) -> Estimate:
    """Machines down and availability where few repairers serve many machines: a regime of how many are down."""
    machines, asked = int(p["M"]), str(p.get("quantity", quantity))
    if asked not in ("mean_down", "availability"):
        message = f"the quantity {asked!r} is not measured"
        raise NotExpressible(message)
    up = {f"down-{down}": share(1 - down / machines) for down in range(1, machines + 1)}
    fastest = machines * float(p["lam"]) + min(machines, int(p["R"])) * float(p["mu"])

    def measure(x: Totals) -> float:
        return machines * (1 - _made(x)) if asked == "mean_down" else _made(x)

    def at(part: float) -> Estimate:
        shop = {"shop": _repair_shop(p, part / fastest)}
        sections = making({"line": line(performance={"usually": "100 %", "while": {"shop": up}})}, regimes=shop)
        return estimate(scenario(sections), measure, periods=LONG, warm_up=int(50 / part), aim=0.0018)

    return limit(at, (0.4, 0.2), order=2, unit=1 / fastest)


@engine("production.series_line_no_buffer")
def series_line(p: Parameters, quantity: str) -> Estimate:
    """What a line makes that stands while any of its machines is under repair; machines fail only while it runs."""
    odds = [(1 - float(e)) / float(e) for e in p["e"] if float(e) < 1]  # mean repair over mean time to failure
    if not odds:
        message = "no machine ever fails"
        raise NotExpressible(message)
    repair = max(20.0, 2 * sum(odds))
    lasts = {"up": repair / sum(odds)} | {f"down-{i}": repair for i in range(len(odds))}
    then: dict[str, Any] = {f"down-{i}": share(x / sum(odds)) for i, x in enumerate(odds)}
    states = {
        name: {
            "lasts": {"geometric": {"mean": days(mean), "least": "1 day"}},
            "then": "up" if name != "up" else then if len(then) > 1 else "down-0",
        }
        for name, mean in lasts.items()
    }
    stands = {f"down-{i}": "0 %" for i in range(len(odds))}
    regimes = {"machines": {"starts": "up", "states": states}}
    made = line(performance={"usually": "100 %", "while": {"machines": stands}})
    return estimate(scenario(making({"line": made}, regimes=regimes)), _made, periods=LONG)


def _two_machines(regimes: Mapping[str, Any], first: Any, second: Any, room: float, **more: Any) -> dict[str, Any]:
    """The scenario of two machines with a buffer between them; `first` and `second` are their performance.

    The second takes from the buffer before the first puts into it, so that a part stays for a slot at least, and a full
    buffer takes a part if one leaves in the same slot.
    """
    parts = {**store(None), "keeps": {"part": store(None)["keeps"]["good"]}, "capacity": units(room)}
    made = scenario(
        {
            "regimes": dict(regimes),
            "plants": {
                "second": plant({"line": line(performance=second, takes={"part": "1 unit/unit"})}),
                "first": plant({"line": {**line(performance=first), "makes": ["part"]}}, room, "buffer"),
            },
            "stores": {"buffer": parts, "store": store(None)},
            "consumers": {"users": consumer({"fixed": "1 units/day"}, "lost")},
            **more,
        }
    )
    made["goods"] = {"good": {"unit": "unit"}, "part": {"unit": "unit"}}
    return made


def _throughput(x: Totals) -> float:
    return x["lines.second.line.output"] / x["plants.second.nameplate"]


@engine("production.bernoulli_line")
def bernoulli_line(p: Parameters, quantity: str) -> Estimate:
    """Parts per slot of two machines that are each up in a slot with a chance of their own."""
    regimes = {f"machine-{k}": chance(float(p[f"p{k}"])) for k in (1, 2)}
    first, second = ({"usually": "0 %", "while": {name: {"done": "100 %"}}} for name in regimes)
    asked = str(p.get("quantity", "throughput"))
    if asked != "throughput":
        message = f"the quantity {asked!r} is not measured"
        raise NotExpressible(message)
    room = float(p["N"])
    return estimate(_two_machines(regimes, first, second, room), _throughput, periods=LONG, warm_up=_fills(room))


def _fills(room: float) -> int:
    """[periods] After so many a buffer, which fills as a random walk does, has forgotten that it was empty."""
    return round(200 + 2 * room**2)


WORKS_ON: Final = {"usually": "1", "while": {"slot": {"work": "0"}}}
"""Repair goes on once a slot."""


@engine("production.geometric_line")
def geometric_line(p: Parameters, quantity: str) -> Estimate:
    """Parts per slot and parts stored, of machines that fail only while they can work.

    A slot has two periods. In the first the buffer is looked at; as the second begins, machines fail or are repaired,
    and in it parts move. The first machine looks at the buffer of the slot before, so that it stays blocked although
    the second takes a part.
    """
    asked, room = str(p.get("quantity", "throughput")), float(p["N"])
    at = "mean.stores.buffer.part.on_hand"
    measures: dict[str, Callable[[Totals], float]] = {
        "throughput": lambda x: 2 * _throughput(x), "mean_buffer": lambda x: x[at] / LONG,
    }  # fmt: skip
    if asked not in measures:
        message = f"the quantity {asked!r} is not measured"
        raise NotExpressible(message)
    turns = {"look": "work", "work": "look"}
    regimes: dict[str, Any] = {
        "slot": {"starts": "look", "states": {s: {"lasts": "1 day", "then": then} for s, then in turns.items()}},
    }
    works = {1: {"usually": "0", "while": {"slot": {"work": "0"}, "roomy": "1"}},
             2: {"usually": "1", "while": {"slot": {"work": "0"}, "starved": "0"}}}  # fmt: skip
    for k, pace in works.items():
        spells = {"up": (1 / float(p[f"p{k}"]), pace), "down": (1 / float(p[f"r{k}"]), WORKS_ON)}
        regimes[f"machine-{k}"] = {
            "starts": "up",
            "states": {
                name: {
                    "lasts": {"geometric": {"mean": days(mean), "least": "1 day"}},
                    "then": "down" if name == "up" else "up", "pace": how,
                }
                for name, (mean, how) in spells.items()
            },
        }  # fmt: skip
    stands = [{"slot": {"look": "0 %"}, f"machine-{k}": {"down": "0 %"}} for k in (1, 2)]
    first = {"usually": "0 %", "while": {**stands[0], "roomy": "100 %"}}
    second = {"usually": "100 %", "while": stands[1]}
    signals = {
        "roomy": {"cover_of": "buffer", "below": days(room - 0.5), "until": days(room - 0.5)},
        "starved": {"cover_of": "buffer", "below": "0.5 days", "until": "0.5 days"},
    }
    text = _two_machines(regimes, first, second, room, signals=signals)
    slowest = min(float(p[f"p{k}"]) + float(p[f"r{k}"]) for k in (1, 2))  # at which a machine forgets that it was up
    warm_up = 800 + _fills(room) + math.ceil(16 / slowest)
    return estimate(text, measures[asked], periods=LONG, warm_up=warm_up, enough=ENOUGH)
