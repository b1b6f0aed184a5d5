"""How much to order at a time: the economic order quantity, its kin under disruptions and random yield."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from holdfast.study.theory import positive, require

if TYPE_CHECKING:
    from collections.abc import Sequence


def eoq(fixed: float, holding: float, demand: float) -> tuple[float, float]:
    """The order quantity that balances ordering and holding, and the cost per unit time.

    Args:
        fixed: K, per order [money].
        holding: h [money per unit and time].
        demand: d [units per time].

    Source: Harris, Factory 10 (1913); Snyder and Shen, Fundamentals of Supply Chain Theory (2019), 3.2.
    """
    positive(fixed=fixed, holding=holding, demand=demand)
    return math.sqrt(2 * fixed * demand / holding), math.sqrt(2 * fixed * demand * holding)


def eoq_cost(quantity: float, fixed: float, holding: float, demand: float) -> float:
    """The cost per unit time of ordering `quantity` at a time. Source: as `eoq`."""
    positive(quantity=quantity, demand=demand)
    return fixed * demand / quantity + holding * quantity / 2


def eoq_backorders(fixed: float, holding: float, shortage: float, demand: float) -> tuple[float, float, float]:
    """The order quantity, the share of demand that is backordered, and the cost, where waiting costs p a unit and time.

    Source: Snyder and Shen (2019), 3.5.
    """
    positive(fixed=fixed, holding=holding, shortage=shortage, demand=demand)
    both = holding + shortage
    quantity = math.sqrt(2 * fixed * demand * both / (holding * shortage))
    return quantity, holding / both, math.sqrt(2 * fixed * demand * holding * shortage / both)


def epq(fixed: float, holding: float, demand: float, rate: float) -> tuple[float, float]:
    """The lot that a plant making `rate` units per time should make at a time, and the cost per unit time.

    Source: Taft, Iron Age 101 (1918); Snyder and Shen (2019), 3.6.
    """
    require(rate > demand, f"rate is {rate:g}, and must be above the demand of {demand:g}")
    return eoq(fixed, holding * (1 - demand / rate), demand)


def wagner_whitin(fixed: float, holding: float, demand: Sequence[float]) -> tuple[float, list[float]]:
    """The least cost of meeting known demand, and what to order in each period.

    Args:
        fixed: K, per order.
        holding: h, per unit kept from one period to the next.
        demand: per period.

    Source: Wagner and Whitin, Management Science 5 (1958) 89.
    """
    n = len(demand)
    least, first = [math.inf] * (n + 1), [0] * (n + 1)
    least[0] = 0.0
    for end in range(1, n + 1):
        for start in range(end):
            kept = sum(holding * (t - start) * demand[t] for t in range(start, end))
            order = fixed if any(demand[t] > 0 for t in range(start, end)) else 0.0
            if least[start] + order + kept < least[end]:
                least[end], first[end] = least[start] + order + kept, start
    orders, end = [0.0] * n, n
    while end:
        orders[first[end]] = float(sum(demand[first[end] : end]))
        end = first[end]
    return least[n], orders


def eoqd_cost(
    quantity: float,
    fixed: float,
    holding: float,
    penalty: float,
    demand: float,
    failure: float,
    recovery: float,
    approximate: bool = False,
) -> float:
    """The cost per unit time of ordering Q when stock is out and the supplier is up, else at the next recovery.

    Args:
        quantity: Q [units].
        fixed: K, per order.
        holding: h, per unit and time.
        penalty: p, per unit of demand lost while waiting for the supplier.
        demand: d, per time.
        failure: rate from up to down, lambda.
        recovery: rate from down to up, mu.
        approximate: take the chance of meeting a supplier that is down as its long-run share of time.

    Source: Parlar and Berkin, Naval Research Logistics 38 (1991) 107, corrected by Berk and Arreola-Risa, ibid. 41
    (1994) 725; approximation: Snyder, International Journal of Production Economics 155 (2014) 91.
    """
    positive(quantity=quantity, demand=demand, recovery=recovery)
    down = failure / (failure + recovery)
    if not approximate:
        down *= -math.expm1(-(failure + recovery) * quantity / demand)
    wait = down / recovery
    return (fixed + holding * quantity**2 / (2 * demand) + penalty * demand * wait) / (quantity / demand + wait)


def eoqd(
    fixed: float,
    holding: float,
    penalty: float,
    demand: float,
    failure: float,
    recovery: float,
    approximate: bool = False,
) -> tuple[float, float]:
    """The best order quantity under disruptions, and its cost; see `eoqd_cost`. Source: as there."""
    positive(fixed=fixed, holding=holding, demand=demand, recovery=recovery)
    wait = failure / (failure + recovery) / recovery
    inner = (holding * wait) ** 2 + 2 * holding * (fixed + penalty * demand * wait) / demand
    quantity = demand * (math.sqrt(inner) - holding * wait) / holding
    if not approximate:
        from scipy.optimize import minimize_scalar

        def cost(log: float) -> float:
            return eoqd_cost(math.exp(log), fixed, holding, penalty, demand, failure, recovery)

        near = math.log(quantity)
        found = minimize_scalar(cost, bounds=(near - 3, near + 3), method="bounded", options={"xatol": 1e-12})
        quantity = math.exp(float(found.x))
    return quantity, eoqd_cost(quantity, fixed, holding, penalty, demand, failure, recovery, approximate)


def additive_yield_cost(quantity: float, fixed: float, holding: float, demand: float, mean: float, sd: float) -> float:
    """The cost per unit time of ordering Q and receiving Q + Y, the next order when stock is out.

    Args:
        quantity: Q.
        fixed: K, per order.
        holding: h, per unit and time.
        demand: d, per time.
        mean: of Y.
        sd: of Y.

    Source: Snyder and Shen (2019), 9.3.2.
    """
    received = quantity + mean
    require(received > 0, f"quantity + mean is {received:g}, and must be above 0")
    return (fixed * demand + holding * (received**2 + sd**2) / 2) / received


def additive_yield(fixed: float, holding: float, demand: float, mean: float, sd: float) -> tuple[float, float]:
    """The best order quantity where Q + Y is received, and its cost. Source: as `additive_yield_cost`."""
    positive(fixed=fixed, holding=holding, demand=demand)
    quantity = math.sqrt(2 * fixed * demand / holding + sd**2) - mean
    return quantity, additive_yield_cost(quantity, fixed, holding, demand, mean, sd)


def multiplicative_yield_cost(
    quantity: float, fixed: float, holding: float, demand: float, mean: float, sd: float
) -> float:
    """The cost per unit time of ordering Q and receiving Q x Z. Source: Snyder and Shen (2019), 9.3.2."""
    positive(quantity=quantity, mean=mean)
    return (fixed * demand + holding * quantity**2 * (mean**2 + sd**2) / 2) / (quantity * mean)


def multiplicative_yield(fixed: float, holding: float, demand: float, mean: float, sd: float) -> tuple[float, float]:
    """The best order quantity where Q x Z is received, and its cost. Source: as `multiplicative_yield_cost`."""
    positive(fixed=fixed, holding=holding, demand=demand, mean=mean)
    quantity = math.sqrt(2 * fixed * demand / (holding * (mean**2 + sd**2)))
    return quantity, multiplicative_yield_cost(quantity, fixed, holding, demand, mean, sd)
