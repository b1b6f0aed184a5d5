"""Steady use and lots: the economic order quantity, with a supplier who is on or off, or sends a part, at random.

Time is continuous. In periods, a lot is ordered as soon as what is left lasts no more than a period.

Sources: Harris (1913); Parlar and Berkin (1991), Berk and Arreola-Risa (1994) in Snyder and Shen, Fundamentals of
Supply Chain Theory, 2nd ed. (2019), 9.2 and 9.3.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from holdfast.study.theory import lots
from truths.engine import days, estimate, limit, number, scenario, share, units
from truths.families.common import Parameters, average_cost, channel, consumer, demand, store
from truths.families.disruptions import OPEN_WHILE_ON
from truths.families.reorder import only_cost
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 4000
"""[periods] of a future."""
FAR: Final = 8
"""Spreads of what is missing that a lot must exceed."""


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


def _anywhere(text: dict[str, Any], comes: float) -> None:
    """Lets what the first period uses be drawn, up to what a lot brings.

    Else all futures are at the same point of a lot when the warm-up ends, and those that end just after an order count
    one too many: lots that last about as long as one another forget the start slowly.
    """
    text["stores"]["store"]["keeps"]["good"]["opening"]["on_hand"] = units(comes)
    demands = text["consumers"]["users"]["demand"]
    once = {"uniform": ["0 units/day", f"{units(comes)}/day"]}
    demands["good"] = {"usually": once, "since": {"2000-01-02": demands["good"]}}


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
        _anywhere(text, size)
        forgets = 8 / (float(p["lam"]) + float(p["mu"]))  # whether the supply was on at the start
        warm_up = max(round(20 / part), math.ceil(forgets / step))
        return estimate(text, lambda x: average_cost(LONG)(x) / step, periods=LONG, warm_up=warm_up, aim=0.0012)

    return limit(at, (0.1, 0.05), order=1, unit=shortest, note=note)


YIELDS: Final = (1 / 50, 1 / 100)
"""Periods of a lot that comes whole."""


def _share_law(mean: float, sd: float) -> dict[str, Any]:
    """A law of shares with a mean and a spread, on which alone the cost depends."""
    if not 0 < mean <= 1:
        message = "more arrives than was ordered, on average; a channel delivers what was ordered or less"
        raise NotExpressible(message)
    if sd == 0:
        return {"fixed": share(mean)}
    if not sd * sd < mean * (1 - mean):
        message = "no law of shares has this mean and this spread"
        raise NotExpressible(message)
    return {"beta": {"mean": share(mean), "cv": number(sd / mean)}}


def _amount_law(mean: float, sd: float) -> dict[str, Any]:
    """A law of what is missing, likewise."""
    if not mean > 0:
        message = "more arrives than was ordered, on average; a channel delivers what was ordered or less"
        raise NotExpressible(message)
    return {"gamma": {"mean": units(mean), "cv": number(sd / mean)}} if sd > 0 else {"fixed": units(mean)}


def _in_part(p: Parameters, size: float, arrives: Mapping[str, Any], received: float, note: str) -> Estimate:
    """The cost of lots of a size that arrive in part; the next is ordered as the last is used up."""

    def at(part: float) -> Estimate:
        step = part * received / float(p["d"])
        text = lot({**p, "p": 0.0}, size, step, "backordered")
        text["channels"]["supplier"] |= arrives
        _anywhere(text, received)
        return estimate(
            text, lambda x: average_cost(LONG)(x) / step, periods=LONG, warm_up=round(20 / part), aim=0.0012
        )

    return limit(at, YIELDS, order=1, unit=received / float(p["d"]), note=note)


@engine("eoq.eoq_multiplicative_yield")
def eoq_multiplicative_yield(p: Parameters, quantity: str) -> Estimate:
    """The cost of lots of which a random share arrives."""
    only_cost(p, quantity)
    k, h, d, mean, sd = (float(p[name]) for name in ("K", "h", "d", "mean", "sd"))
    law = _share_law(mean, sd)
    size, note = float(p["Q"]) if "Q" in p else lots.multiplicative_yield(k, h, d, mean, sd)[0], _said(p)
    return _in_part(p, size, {"delivered": law}, size * mean, note)


@engine("eoq.eoq_additive_yield")
def eoq_additive_yield(p: Parameters, quantity: str) -> Estimate:
    """The cost of lots of which a random amount is missing."""
    only_cost(p, quantity)
    k, h, d, mean, sd = (float(p[name]) for name in ("K", "h", "d", "mean", "sd"))
    law = _amount_law(-mean, sd)
    size, note = float(p["Q"]) if "Q" in p else lots.additive_yield(k, h, d, mean, sd)[0], _said(p)
    if not size + mean - FAR * sd > 0:
        message = "a lot may not arrive at all, while the model then takes stock back"
        raise NotExpressible(message)
    return _in_part(p, size, {"short_by": law}, size + mean, note)


def _said(p: Parameters) -> str:
    return "" if "Q" in p else "Q as theory says"
