"""When to order and how much where each order costs: (s, S) in periods, (r, Q) in continuous review."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from holdfast.study.theory import positive, require
from holdfast.study.theory.newsvendors import least_integer, newsvendor_poisson_cost

if TYPE_CHECKING:
    from collections.abc import Callable


def s_S_cost(reorder_point: int, order_up_to: int, holding: float, shortage: float, fixed: float, mean: float) -> float:
    """Cost per period of raising stock to S whenever it is at or below s; Poisson demand, lead time 0, backorders.

    Orders come before demand; h and p are charged on the stock at the end of the period.

    Source: Zheng and Federgruen, Operations Research 39 (1991) 654, equation 3 (renewal reward).
    """
    require(order_up_to > reorder_point, f"S is {order_up_to}, and must be above s, {reorder_point}")
    return _s_S(holding, shortage, fixed, mean).cost(reorder_point, order_up_to)


class _Cycles:
    """Costs of (s, S) policies with one demand law, from renewal measures that are reckoned once."""

    def __init__(self, one_period: Callable[[int], float], fixed: float, mean: float) -> None:
        self.fixed = fixed
        self.known: dict[int, float] = {}
        self.one_period = one_period
        self.demand = _poisson(mean)
        self.visits = [1 / (1 - self.demand[0])]

    def period(self, level: int) -> float:
        """Cost of a period that starts, after ordering, with `level`."""
        if level not in self.known:
            self.known[level] = self.one_period(level)
        return self.known[level]

    def visited(self, below: int) -> float:
        """Periods in which stock is `below` units under S before the next order, expected."""
        while len(self.visits) <= below:
            n = len(self.visits)
            p = self.demand
            came = sum(p[k] * self.visits[n - k] for k in range(1, min(n, len(p) - 1) + 1))
            self.visits.append(came / (1 - p[0]))
        return self.visits[below]

    def cost(self, s: int, top: int) -> float:
        """Expected cost of a cycle over its expected length."""
        spent, periods = self.fixed, 0.0
        for below in range(top - s):
            spent += self.visited(below) * self.period(top - below)
            periods += self.visited(below)
        return spent / periods


def _poisson(mean: float) -> list[float]:
    """Probabilities of 0, 1, ... until the tail is nothing."""
    positive(mean=mean)
    out = [math.exp(-mean)]
    while len(out) <= mean or out[-1] > 1e-18:
        n = len(out)
        out.append(math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)))
    return out


def _s_S(holding: float, shortage: float, fixed: float, mean: float) -> _Cycles:
    return _Cycles(lambda level: newsvendor_poisson_cost(level, holding, shortage, mean), fixed, mean)


def s_S_optimal(holding: float, shortage: float, fixed: float, mean: float) -> tuple[int, int, float]:
    """The best reorder point s and order-up-to level S under Poisson demand, and the cost per period.

    Source: Zheng and Federgruen, Operations Research 39 (1991) 654, with the correction of Feng and Xiao, IIE
    Transactions 32 (2000) 1111, by the bounds there: S between the best level y of one period and the last level
    whose one-period cost is at most the least cost found.
    """
    positive(holding=holding, shortage=shortage, mean=mean)
    cycles = _s_S(holding, shortage, fixed, mean)
    best_level = least_integer(cycles.period, 0)
    top = best_level
    s = best_level - 1
    while cycles.cost(s, top) > cycles.period(s):
        s -= 1
    least, best = cycles.cost(s, top), (s, top)
    top += 1
    while cycles.period(top) <= least:
        if cycles.cost(s, top) < least:
            while s < best_level - 1 and cycles.cost(s, top) <= cycles.period(s + 1):
                s += 1
            least, best = cycles.cost(s, top), (s, top)
        top += 1
    return best[0], best[1], least


def r_Q_cost(
    reorder_point: int, quantity: int, holding: float, shortage: float, fixed: float, rate: float, lead_time: float
) -> float:
    """Cost per time of ordering Q whenever the position falls to r; Poisson demand, backorders, continuous review.

    Args:
        reorder_point: r.
        quantity: Q.
        holding: h, per unit and time.
        shortage: p, per unit backordered and time.
        fixed: K, per order.
        rate: of demand.
        lead_time: L.

    Source: Hadley and Whitin (1963), 4.7; Federgruen and Zheng, Operations Research 40 (1992) 808.
    """
    require(quantity >= 1, f"Q is {quantity}, and must be at least 1")
    levels = range(reorder_point + 1, reorder_point + quantity + 1)
    period = sum(newsvendor_poisson_cost(y, holding, shortage, rate * lead_time) for y in levels)
    return (fixed * rate + period) / quantity


def r_Q_optimal(holding: float, shortage: float, fixed: float, rate: float, lead_time: float) -> tuple[int, int, float]:
    """The best reorder point and order quantity, and their cost per time.

    Takes levels in the order of their one-period cost for as long as each lowers the average.
    Source: Federgruen and Zheng, Operations Research 40 (1992) 808.
    """
    positive(holding=holding, shortage=shortage, rate=rate)

    def period(level: int) -> float:
        return newsvendor_poisson_cost(level, holding, shortage, rate * lead_time)

    low = high = least_integer(period, 0)
    total, quantity = fixed * rate + period(low), 1
    while True:
        below, above = period(low - 1), period(high + 1)
        if min(below, above) >= total / quantity:
            return low - 1, quantity, total / quantity
        total, quantity = total + min(below, above), quantity + 1
        if below <= above:
            low -= 1
        else:
            high += 1
