"""Orders that cost something each: (s, S) at every review, (r, Q) in continuous time; the newsvendor.

Sources: Zheng and Federgruen, Operations Research 39 (1991); Federgruen and Zheng, Operations Research 40 (1992);
Snyder and Shen, Fundamentals of Supply Chain Theory, 2nd ed. (2019), ch. 4 and 5.
"""

from __future__ import annotations

from typing import Any, Final

from holdfast.study.theory import newsvendors, reorder
from truths.engine import estimate, money, number, scenario, units
from truths.families.common import Parameters, atoms, average_cost, channel, consumer, demand, mean_demand, store
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 4000
"""[periods] of a future."""
PARTS: Final = 10
"""Periods of a lead time in continuous time."""
PLACES: Final = 100
"""Between two orders, at which a future may start."""


def only_cost(p: Parameters, quantity: str) -> None:
    """Refuses what is not a cost.

    Raises:
        NotExpressible: a level is asked for.
    """
    asked = str(p.get("quantity", quantity))
    if "cost" not in asked:
        message = f"{asked!r} is a level: the engine simulates levels that are given, theory says which is best"
        raise NotExpressible(message)


def backorders(p: Parameters, ordering: dict[str, Any], periods: float, lead: float, fixed: float) -> dict[str, Any]:
    """The scenario of backorders under an ordering rule; demand and costs of so many periods a time unit."""
    costs: dict[str, Any] = {"order_cost": f"{number(fixed)} USD"} if fixed else {}
    holding, shortage = float(p["h"]) / periods, float(p["p"]) / periods
    return scenario(
        {
            "channels": {"supplier": channel(lead, **costs)},
            "stores": {"store": store(ordering, on_hand=2 * mean_demand(p), holding=holding)},
            "consumers": {"users": consumer(demand(p, periods=1 / periods), "backordered", shortage)},
        }
    )


def _s_S(p: Parameters, s: float, top: float, note: str = "") -> Estimate:
    rule = {"kind": "s_S", "reorder_point": units(s), "order_up_to": units(top)}
    text = backorders(p, rule, 1, 0, float(p["K"]))
    _anywhere(text, top, top - s)
    return estimate(text, average_cost(LONG), periods=LONG, note=note)


def _anywhere(text: dict[str, Any], top: float, cycle: float) -> None:
    """Starts somewhere on the way down from `top` by `cycle`, with equal chances: the first day draws how far.

    Else all futures order at about the same times, and orders that are few forget that slowly.
    """
    text["stores"]["store"]["keeps"]["good"]["opening"]["on_hand"] = units(max(0.0, top))
    step = max(1, round(cycle / PLACES))
    demands = text["consumers"]["users"]["demand"]
    once = atoms(dict.fromkeys([float(x) for x in range(0, max(1, round(cycle)), step)], 1.0))
    demands["good"] = {"usually": once, "since": {"2000-01-02": demands["good"]}}


@engine("inventory.s_S_cost")
def s_S_cost(p: Parameters, quantity: str) -> Estimate:
    """The cost of levels that are given."""
    return _s_S(p, float(p["s"]), float(p["S"]))


@engine("inventory.s_S_optimal")
def s_S_optimal(p: Parameters, quantity: str) -> Estimate:
    """The cost of the best levels, which theory tells."""
    only_cost(p, quantity)
    s, top, _ = reorder.s_S_optimal(float(p["h"]), float(p["p"]), float(p["K"]), float(p["mean"]))
    return _s_S(p, s, top, f"s = {s}, S = {top} as theory says")


def _r_Q(p: Parameters, r: float, lot: float, note: str = "") -> Estimate:
    """Time is continuous; an order is placed at a review and covers the demand of its own period and of the lead time.

    So a lead time of PARTS periods is one of PARTS - 1 after the order's own. The position after a review is then
    uniform on r + 1 to r + Q, as in continuous time, and stock and backorders at the end of a period are exact
    whatever the period is. Lots that are ordered in one period are orders of their own in continuous time: what an
    order costs is paid by the unit.
    """
    if not float(p["L"]) > 0:
        message = "a lead time of 0 in continuous time leaves no period to cover"
        raise NotExpressible(message)
    a_time = PARTS / float(p["L"])
    rule = {"kind": "r_Q", "reorder_point": units(r), "order_quantity": units(lot)}
    text = backorders(p, rule, a_time, PARTS - 1, 0.0)
    text["channels"]["supplier"]["price"] = money(float(p["K"]) / lot)
    _anywhere(text, r + lot, lot)
    return estimate(text, lambda x: average_cost(LONG)(x) * a_time, periods=LONG, note=note)


@engine("inventory.rQ_cost")
def r_Q_cost(p: Parameters, quantity: str) -> Estimate:
    """The cost of a reorder point and a lot that are given."""
    return _r_Q(p, float(p["r"]), float(p["Q"]))


@engine("inventory.rQ_optimal")
def r_Q_optimal(p: Parameters, quantity: str) -> Estimate:
    """The cost of the best ones, which theory tells."""
    only_cost(p, quantity)
    r, lot, _ = reorder.r_Q_optimal(*(float(p[name]) for name in ("h", "p", "K", "lam", "L")))
    return _r_Q(p, r, lot, f"r = {r}, Q = {lot} as theory says")


def _newsvendor(p: Parameters, level: float, note: str = "") -> Estimate:
    rule = {"kind": "base_stock", "order_up_to": units(level)}
    return estimate(backorders(p, rule, 1, 0, 0), average_cost(LONG), periods=LONG, note=note)


@engine("inventory.newsvendor_normal")
def newsvendor_normal(p: Parameters, quantity: str) -> Estimate:
    """The cost of a base stock without a lead time, given or best: each period is a newsvendor's."""
    only_cost(p, quantity)
    if "S" in p:
        return _newsvendor(p, float(p["S"]))
    level, _ = newsvendors.newsvendor_normal(*(float(p[name]) for name in ("h", "p", "mean", "sd")))
    return _newsvendor(p, level, f"S = {level:g} as theory says")


@engine("inventory.newsvendor_poisson")
def newsvendor_poisson(p: Parameters, quantity: str) -> Estimate:
    """The same of Poisson demand."""
    only_cost(p, quantity)
    if "S" in p:
        return _newsvendor(p, float(p["S"]))
    level, _ = newsvendors.newsvendor_poisson(*(float(p[name]) for name in ("h", "p", "mean")))
    return _newsvendor(p, level, f"S = {level:g} as theory says")


@engine("eoq.newsvendor_additive_yield", "inventory.newsvendor_additive_yield")
def newsvendor_additive_yield(p: Parameters, quantity: str) -> Estimate:
    """The cost of an order that a random amount is missing from: base stock without a lead time, as above.

    Whatever came before, stock after a shipment is the level less what this shipment lacks.
    """
    if "S" not in p:
        only_cost(p, quantity)
    holding, late, d, low, high = (float(p[name]) for name in ("h", "p", "d", "lo", "hi"))
    if not (high <= 0 and d - high >= -low):
        message = "more comes than was ordered, or less than nothing; a channel delivers what was ordered or less"
        raise NotExpressible(message)
    best = newsvendors.newsvendor_additive_yield(holding, late, d, low, high)[0]
    level, note = (float(p["S"]), "") if "S" in p else (best, f"S = {best:g} as theory says")
    rule = {"kind": "base_stock", "order_up_to": units(level)}
    text = backorders(p, rule, 1, 0, 0)
    text["channels"]["supplier"]["short_by"] = {"uniform": [units(-high), units(-low)]}
    return estimate(text, average_cost(LONG), periods=LONG, note=note)
