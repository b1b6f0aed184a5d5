"""Lost sales with a lead time.

Sources: Zipkin, Operations Research 56 (2008); Xin, Management Science 67 (2021); Bijvank and Vis, EJOR 215 (2011).
"""

from __future__ import annotations

import math
from typing import Any, Final

from truths.engine import best, estimate, quick, scenario, units
from truths.families.common import Parameters, average_cost, channel, consumer, demand, mean_demand, store
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 4000
"""[periods] of a future."""


def lost_sales(p: Parameters, ordering: dict[str, Any], setup: float = 0.0) -> dict[str, Any]:
    """The scenario of lost sales under an ordering rule."""
    setup_cost: dict[str, Any] = {"order_cost": f"{setup:.17g} USD"} if setup else {}
    return scenario(
        {
            "channels": {"supplier": channel(float(p.get("L", 1)), **setup_cost)},
            "stores": {"store": store(ordering, on_hand=2 * mean_demand(p), holding=float(p["h"]))},
            "consumers": {"users": consumer(demand(p), "lost", float(p["p"]))},
        }
    )


def fractile(p: Parameters, periods: int) -> int:
    """The smallest s with P(demand over so many periods > s) <= h / (h + p)."""
    from scipy.stats import nbinom, poisson

    most, mean, kind = float(p["h"]) / (float(p["h"]) + float(p["p"])), mean_demand(p), p.get("demand", "poisson")
    if kind == "poisson":
        return int(poisson.isf(most, periods * mean))
    if kind == "geometric":
        return int(nbinom.isf(most, periods, 1.0 / (1.0 + mean)))
    message = f"no fractile of the law {kind!r} is known"
    raise NotExpressible(message)


def _cost(p: Parameters, ordering: dict[str, Any], setup: float = 0.0, note: str = "", more: int = 0) -> Estimate:
    warm_up = 200 + 5 * math.ceil(float(p.get("L", 1))) + more
    return estimate(lost_sales(p, ordering, setup), average_cost(LONG), periods=LONG, warm_up=warm_up, note=note)


def base_stock(level: float) -> dict[str, Any]:
    """A base stock."""
    return {"kind": "base_stock", "order_up_to": units(level)}


@engine("lost_sales.standard_base_stock")
def standard_base_stock(p: Parameters, quantity: str) -> Estimate:
    """The base stock that would be right for backorders."""
    level = fractile(p, int(p["L"]) + 1)
    return _cost(p, base_stock(level), note=f"S = {level}")


@engine("lost_sales.best_base_stock")
def best_base_stock(p: Parameters, quantity: str) -> Estimate:
    """The best base stock, found in the same futures."""
    high = fractile(p, int(p["L"]) + 1) + 1
    level = best(0, high, lambda s: quick(lost_sales(p, base_stock(s)), average_cost(LONG), LONG))
    return _cost(p, base_stock(level), note=f"S = {level}, the best in the same futures")


@engine("lost_sales.constant_order")
def constant_order(p: Parameters, quantity: str) -> Estimate:
    """The same order every period: the one that is given, or the best whole one."""

    def rule(z: float) -> dict[str, Any]:
        return {"kind": "constant_order", "order_quantity": units(z)}

    def slow(z: float) -> int:
        """[periods] More to wait for: stock falls by mean - z a period, and wanders with the spread of demand."""
        mean = mean_demand(p)
        spread = mean * (1 + mean) if p.get("demand") == "geometric" else mean
        return math.ceil(min(8 * spread / (mean - z) ** 2, LONG)) if z < mean else 0

    if "z" in p:
        return _cost(p, rule(float(p["z"])), more=slow(float(p["z"])))
    most = math.ceil(mean_demand(p)) - 1
    z = best(1, max(1, most), lambda q: quick(lost_sales(p, rule(q)), average_cost(LONG), LONG))
    return _cost(p, rule(z), note=f"z = {z}, the best in the same futures", more=slow(z))


@engine("lost_sales.standard_vector")
def standard_vector(p: Parameters, quantity: str) -> Estimate:
    """Levels by due time, each right for backorders: s_l is the fractile of demand over L - l + 1 periods."""
    lead = int(p["L"])
    levels = [units(fractile(p, lead - due + 1)) for due in range(lead + 1)]
    return _cost(p, {"kind": "vector_base_stock", "levels": levels}, note=f"levels {', '.join(levels)}")


@engine("lost_sales.capped_base_stock")
def capped_base_stock(p: Parameters, quantity: str) -> Estimate:
    """A base stock whose orders have a cap."""
    return _cost(p, {**base_stock(float(p["S"])), "order_at_most": units(float(p["r"]))})


@engine("inventory.lost_sales_setup")
def lost_sales_setup(p: Parameters, quantity: str) -> Estimate:
    """A cost for each order, under the rules of the source."""
    policy, given = str(p["policy"]), [float(x) for x in p.get("params") or ()]
    needs = {"s_S": 2, "s_nQ": 2, "s_S_q": 3}
    if len(given) != needs.get(policy, -1):
        message = f"no ordering rule of the language is {policy!r} with parameters {given}"
        raise NotExpressible(message)
    rule = {"kind": "r_Q" if policy == "s_nQ" else "s_S", "reorder_point": units(given[0])}
    rule["order_quantity" if policy == "s_nQ" else "order_up_to"] = units(given[1])
    if policy == "s_S_q":
        rule["order_at_most"] = units(given[2])
    return _cost(p, rule, float(p["K"]))
