"""How high to stock: one period, base stock with lead time, and both under supply that comes and goes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from holdfast.study.theory import positive, probability, require

if TYPE_CHECKING:
    from collections.abc import Callable

TAIL: Final = 1e-15
"""Probability left out of sums that never end."""


def normal_loss(level: float, mean: float, sd: float) -> float:
    """E(D - level)+ of normal demand: the units short on average. Source: Zipkin (2000), C.1."""
    if sd == 0:
        return max(mean - level, 0.0)
    z = (level - mean) / sd
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return sd * (density - z * math.erfc(z / math.sqrt(2)) / 2)


def poisson_loss(level: int, mean: float) -> float:
    """E(D - level)+ of Poisson demand: (mean - level) P(D > level) + mean P(D = level).

    Source: Zipkin, Foundations of Inventory Management (2000), C.2.3.
    """
    from scipy.special import pdtrc

    if level <= 0 or mean == 0:
        return max(mean - level, 0.0)
    at = math.exp(level * math.log(mean) - mean - math.lgamma(level + 1))
    return max((mean - level) * float(pdtrc(level, mean)) + mean * at, 0.0)


def newsvendor_normal_cost(level: float, holding: float, shortage: float, mean: float, sd: float) -> float:
    """Expected cost of one period that starts with `level`: h per unit left, p per unit short.

    Source: Snyder and Shen (2019), 4.3.
    """
    short = normal_loss(level, mean, sd)
    return holding * (level - mean + short) + shortage * short


def newsvendor_normal(holding: float, shortage: float, mean: float, sd: float) -> tuple[float, float]:
    """The best stock before a period of normal demand, and its expected cost.

    Source: Arrow, Harris and Marschak, Econometrica 19 (1951) 250; Snyder and Shen (2019), 4.3.
    """
    from statistics import NormalDist

    positive(holding=holding, shortage=shortage)
    level = mean + sd * NormalDist().inv_cdf(shortage / (holding + shortage))
    return level, newsvendor_normal_cost(level, holding, shortage, mean, sd)


def newsvendor_poisson_cost(level: int, holding: float, shortage: float, mean: float) -> float:
    """Expected cost of one period of Poisson demand that starts with `level`. Source: Snyder and Shen (2019), 4.3."""
    short = poisson_loss(level, mean)
    return holding * (level - mean + short) + shortage * short


def newsvendor_poisson(holding: float, shortage: float, mean: float) -> tuple[int, float]:
    """The best stock before a period of Poisson demand, and its expected cost. Source: as there."""
    positive(holding=holding, shortage=shortage)
    level = least_integer(lambda s: newsvendor_poisson_cost(s, holding, shortage, mean), 0)
    return level, newsvendor_poisson_cost(level, holding, shortage, mean)


def least_integer(cost: Callable[[int], float], start: int) -> int:
    """The smallest integer, at or above `start`, from which a convex cost no longer falls."""
    level, now = start, cost(start)
    while True:
        following = cost(level + 1)
        if following >= now - 1e-13 * (1 + abs(now)):
            return level
        level, now = level + 1, following


def newsvendor_additive_yield_cost(
    level: float, holding: float, shortage: float, demand: float, low: float, high: float
) -> float:
    """Expected cost where S is ordered, S + Y comes, Y is uniform from low to high and demand is known.

    Source: Snyder and Shen (2019), 9.3.1.
    """
    require(high > low, f"high is {high:g}, and must be above low, {low:g}")
    over = _uniform_above(level - demand + low, level - demand + high)
    under = _uniform_above(demand - level - high, demand - level - low)
    return holding * over + shortage * under


def _uniform_above(low: float, high: float) -> float:
    """E(U)+ of a uniform variable."""
    return (max(high, 0.0) ** 2 - max(low, 0.0) ** 2) / (2 * (high - low))


def newsvendor_additive_yield(
    holding: float, shortage: float, demand: float, low: float, high: float
) -> tuple[float, float]:
    """The best order where Y more, or fewer, come than were ordered, and its cost.

    Source: as `newsvendor_additive_yield_cost`.
    """
    positive(holding=holding, shortage=shortage)
    level = demand - low - (high - low) * holding / (holding + shortage)
    return level, newsvendor_additive_yield_cost(level, holding, shortage, demand, low, high)


def periods_down(failure: float, recovery: float) -> list[float]:
    """P(the supplier has been down for n periods in a row), n = 0, 1, ..., until the tail is below 1e-15.

    Args:
        failure: alpha, chance per period of going down.
        recovery: beta, chance per period of coming up.

    Source: Snyder and Shen (2019), 9.2.2.
    """
    probability(failure=failure, recovery=recovery)
    positive(recovery=recovery)
    out = [recovery / (failure + recovery)]
    share = failure * recovery / (failure + recovery)
    tail = failure / (failure + recovery)
    while tail > TAIL:
        out.append(share)
        share *= 1 - recovery
        tail *= 1 - recovery
    return out


def newsvendor_disruptions_cost(
    level: float, holding: float, shortage: float, demand: float, failure: float, recovery: float
) -> float:
    """Cost per period of raising stock to S whenever the supplier is up; known demand, lead time 0, backorders.

    Source: Tomlin, Management Science 52 (2006) 639; Schmitt, Snyder and Shen, European Journal of Operational
    Research 206 (2010) 313; Snyder and Shen (2019), 9.2.2.
    """
    cost = 0.0
    for n, share in enumerate(periods_down(failure, recovery)):
        left = level - (n + 1) * demand
        cost += share * (holding * left if left > 0 else -shortage * left)
    return cost


def newsvendor_disruptions(
    holding: float, shortage: float, demand: float, failure: float, recovery: float
) -> tuple[float, float]:
    """The best base-stock level under disruptions and its cost; a whole number of periods of demand. Source: as there.

    The level covers the smallest number of periods whose probability reaches p / (h + p).
    """
    positive(holding=holding, shortage=shortage, demand=demand)
    wanted, reached, covered = shortage / (holding + shortage), 0.0, 0
    for share in periods_down(failure, recovery):
        reached, covered = reached + share, covered + 1
        if reached >= wanted - 1e-12:
            break
    level = covered * demand
    return level, newsvendor_disruptions_cost(level, holding, shortage, demand, failure, recovery)


def base_stock_disruptions_cost(
    level: int, holding: float, shortage: float, mean: float, failure: float, recovery: float, lead_time: int = 0
) -> float:
    """Cost per period of base stock S, Poisson demand, lead time L, orders only while the supplier is up; backorders.

    The inventory level at the end of t is S less the demand since the last order that is in by t: of L + 1 + n
    periods, n those that the supplier had been down in a row at t - L.

    Source: Schmitt, Snyder and Shen (2010); Snyder and Shen (2019), 9.2.3.
    """
    require(lead_time >= 0, f"lead_time is {lead_time}, and must be at least 0")
    return sum(
        share * newsvendor_poisson_cost(level, holding, shortage, mean * (lead_time + 1 + n))
        for n, share in enumerate(periods_down(failure, recovery))
    )


def base_stock_disruptions(
    holding: float, shortage: float, mean: float, failure: float, recovery: float, lead_time: int = 0
) -> tuple[int, float]:
    """The best base-stock level where orders need a supplier that is up, and its cost per period. Source: as there."""
    positive(holding=holding, shortage=shortage, mean=mean)

    def cost(level: int) -> float:
        return base_stock_disruptions_cost(level, holding, shortage, mean, failure, recovery, lead_time)

    level = least_integer(cost, 0)
    return level, cost(level)


def tomlin_threshold(
    holding: float, shortage: float, demand: float, failure: float, recovery: float
) -> tuple[float, float]:
    """Up to which premium per unit a reliable supplier is worth it, and how many periods stock from the other covers.

    Source: Tomlin (2006), no flexibility, unlimited capacity.
    """
    level, cost = newsvendor_disruptions(holding, shortage, demand, failure, recovery)
    return cost / demand, level / demand


def tomlin_split_cost(
    reliable: float,
    price_reliable: float,
    price_other: float,
    holding: float,
    shortage: float,
    demand: float,
    failure: float,
    recovery: float,
) -> float:
    """Cost per period, purchases included, where a share of demand comes from the reliable supplier every period.

    The rest comes from the unreliable one, with a base stock of its own. Source: Tomlin (2006).
    """
    probability(reliable=reliable)
    rest = (1 - reliable) * demand
    cost = reliable * demand * price_reliable + rest * price_other
    return cost + (newsvendor_disruptions(holding, shortage, rest, failure, recovery)[1] if rest > 0 else 0.0)
