"""How long a stock lasts once its supply is cut, and when a disruption is over."""

from __future__ import annotations

from typing import Any, Final

from truths.engine import Totals, estimate, futures_of, scenario, units, world
from truths.families.common import Parameters, channel, consumer, demand, store
from truths.families.disruptions import regime
from truths.families.production import line, making
from truths.registry import Estimate, engine

PARTS: Final = 100
"""Periods of the time unit of the row."""
LONGEST: Final = 400_000
"""[periods] A stock that lasts longer lasts for ever."""


@engine("disruption.disruption_survival")
def disruption_survival(p: Parameters, quantity: str) -> Estimate:
    """The share of futures in which a supply that is cut off at the start is back after so many periods."""
    supply = regime(0.5, float(p["beta"]))
    supply["supply"]["starts"] = "off"
    back = line(performance={"usually": "100 %", "while": {"supply": {"off": "0 %"}}})
    # Once it is back it stays so: the spell on lasts longer than the horizon.
    supply["supply"]["states"]["on"]["lasts"] = "100000 days"
    text = scenario(making({"line": back}, regimes=supply))
    return estimate(text, lambda x: x["lines.plant.line.output"], periods=1, warm_up=int(p["n_periods"]))


def cut_off(p: Parameters) -> dict[str, Any]:
    """The scenario of a stock that is used up while another supply brings less than is used, without noise."""
    parts = {"d": float(p["demand"]) / PARTS}
    comes = float(p.get("alternative", 0)) / PARTS
    rule = {"kind": "constant_order", "order_quantity": units(comes)} if comes else None
    return scenario(
        {
            "channels": {"supplier": channel(0)},
            "stores": {"store": store(rule, on_hand=float(p["stock"]))},
            "consumers": {"users": consumer(demand(parts), "lost")},
        }
    )


def _once(text: dict[str, Any], periods: int) -> Totals:
    """The totals of a future without noise."""
    return {name: float(x[0]) for name, x in futures_of(world(text), periods, 0, futures=1).items()}


@engine("tts.tts_single")
def tts_single(p: Parameters, quantity: str) -> Estimate:
    """Until the first period in which users are short, and as much of it as they are served from stock."""
    text = cut_off(p)
    first = int(_once(text, LONGEST)["consumers.users.first_short"])
    if first < 0:
        return Estimate(float("inf"))
    unmet = _once(text, first + 1)["consumers.users.good.unmet"]
    gap = (float(p["demand"]) - float(p.get("alternative", 0))) / PARTS
    return Estimate((first + 1 - unmet / gap) / PARTS)


@engine("tts.greedy_single_product_run")
def single_run(p: Parameters, quantity: str) -> Estimate:
    """What is not served until the supply is back."""
    periods = round(float(p["ttr"]) * PARTS)
    return Estimate(_once(cut_off(p), periods)["consumers.users.good.unmet"])
