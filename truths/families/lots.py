"""Steady use and lots: the economic order quantity, with a supplier who is on or off at random.

Time is continuous. In periods, a lot is ordered as soon as what is left lasts no more than a period.

Sources: Harris (1913); Parlar and Berkin (1991), Berk and Arreola-Risa (1994) in Snyder and Shen, Fundamentals of
Supply Chain Theory, 2nd ed. (2019), 9.2.
"""

from __future__ import annotations

from typing import Any, Final

from holdfast.study.theory import lots
from truths.engine import days, estimate, limit, number, scenario, units
from truths.families.common import Parameters, average_cost, channel, consumer, demand, store
from truths.families.disruptions import OPEN_WHILE_ON
from truths.families.reorder import only_cost
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 4000
"""[periods] of a future."""


def lot(p: Parameters, quantity: float, step: float, unmet: str, **more: Any) -> dict[str, Any]:
    """The scenario of steady use from lots of a given size."""
    use = float(p["d"]) * step
    rule = {"kind": "r_Q", "reorder_point": units(use), "order_quantity": units(quantity)}
    supplier = channel(0, order_cost=f"{number(float(p['K']))} USD")
    shortage = float(p["p"]) * (1.0 if unmet == "lost" else step)
    if more:
        supplier["open"] = OPEN_WHILE_ON
    return scenario(
        {
            "channels": {"supplier": supplier},
            "stores": {"store": store(rule, on_hand=quantity, holding=float(p["h"]) * step)},
            "consumers": {"users": consumer(demand({"d": use}), unmet, shortage)},
            **more,
        }
    )


@engine("eoq.eoq")
def eoq(p: Parameters, quantity: str) -> Estimate:
    """The cost of lots of a size that is given, or best, which theory tells."""
    if "Q" not in p:
        only_cost(p, quantity)
    k, h, d = (float(p[name]) for name in ("K", "h", "d"))
    size, note = (float(p["Q"]), "") if "Q" in p else (lots.eoq(k, h, d)[0], "Q as theory says")

    def at(parts: int) -> Estimate:
        step, periods = size / d / parts, 10 * parts
        text = lot({**p, "p": 0.0}, size, step, "backordered")
        return estimate(text, lambda x: average_cost(periods)(x) / step, periods=periods, warm_up=10 * parts)

    return limit(lambda part: at(round(1 / part)), (1 / 50, 1 / 100), order=1, unit=size / d, note=note)


@engine("eoq.eoqd_cost")
def eoqd_cost(p: Parameters, quantity: str) -> Estimate:
    """The cost of a lot that is given."""
    if p.get("approximate"):
        message = "an approximation of the cost is a formula; the cost itself is simulated"
        raise NotExpressible(message)
    return _eoqd(p, float(p["Q"]))


@engine("eoq.eoqd")
def eoqd(p: Parameters, quantity: str) -> Estimate:
    """The cost of the best lot, which theory tells."""
    only_cost(p, quantity)
    if p.get("approximate"):
        message = "an approximation of the cost is a formula; the cost itself is simulated"
        raise NotExpressible(message)
    k, h, late, d, fails, mends = (float(p[name]) for name in ("K", "h", "p", "d", "lam", "mu"))
    size, _ = lots.eoqd(k, h, late, d, fails, mends)
    return _eoqd(p, size, f"Q = {size:g} as theory says")


def _eoqd(p: Parameters, size: float, note: str = "") -> Estimate:
    shortest = min(1 / float(p["lam"]), 1 / float(p["mu"]), size / float(p["d"]))

    def at(part: float) -> Estimate:
        step = part * shortest
        spells = {
            state: {"lasts": {"exponential": {"mean": days(1 / float(p[rate]) / step)}}, "then": then}
            for state, rate, then in (("on", "lam", "off"), ("off", "mu", "on"))
        }
        text = lot(p, size, step, "lost", regimes={"supply": {"starts": "on", "states": spells}})
        warm_up = round(20 / part)
        return estimate(
            text, lambda x: average_cost(LONG)(x) / step, periods=LONG, warm_up=warm_up, aim=0.0012
        )  # fmt: skip

    return limit(at, (0.1, 0.05), order=1, unit=shortest, note=note)
