"""Whom to serve from scarce stock: critical levels by class, exact and optimal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.study.theory import positive, require

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Rationing:
    """Production to stock with critical levels, in the long run."""

    loss: tuple[float, ...]
    """Share of demand lost, by class."""
    stock: float

    def cost(self, arrivals: Sequence[float], lost_costs: Sequence[float], holding: float) -> float:
        """Per time: h per unit held, c_i per unit of class i lost."""
        lost = sum(rate * c * share for rate, c, share in zip(arrivals, lost_costs, self.loss, strict=True))
        return lost + holding * self.stock


def critical_levels(arrivals: Sequence[float], service: float, base_stock: int, levels: Sequence[int]) -> Rationing:
    """Who is served where production stops at S, and class i is served only while stock is above its level, else lost.

    Args:
        arrivals: rates by class, Poisson.
        service: rate of production, exponential.
        base_stock: S.
        levels: by class.

    Source: birth and death chain; Ha, Management Science 43 (1997) 1093.
    """
    positive(service=service)
    require(len(levels) == len(arrivals), f"{len(levels)} levels for {len(arrivals)} classes")
    weight = [1.0] * (base_stock + 1)
    for stock in range(base_stock, 0, -1):
        leaves = sum(rate for rate, level in zip(arrivals, levels, strict=True) if stock > level)
        weight[stock - 1] = weight[stock] * leaves / service
        if weight[stock - 1] > 1e200:
            weight = [w / 1e200 for w in weight]
    total = sum(weight)
    loss = tuple(sum(w for stock, w in enumerate(weight) if stock <= level) / total for level in levels)
    return Rationing(loss, sum(stock * w for stock, w in enumerate(weight)) / total)


def ha_optimal(
    arrivals: Sequence[float], lost_costs: Sequence[float], service: float, holding: float
) -> tuple[int, tuple[int, ...], float]:
    """The best base stock, the best level of each class, and the cost per time; lost sales, exponential production.

    By policy iteration over stock: with relative values v, class i is served where c_i > v(x) - v(x-1)'s negative,
    and production goes on while it lowers v. The optimum has this form.

    Args:
        arrivals: rates by class, Poisson.
        lost_costs: c_i, per unit of class i not served.
        service: rate of production.
        holding: h, per unit and time.

    Source: Ha, Management Science 43 (1997) 1093.
    """
    positive(service=service, holding=holding)
    require(len(arrivals) == len(lost_costs), f"{len(arrivals)} rates and {len(lost_costs)} costs")
    top, levels = 1, tuple(0 for _ in arrivals)
    for _ in range(1_000):
        cost = critical_levels(arrivals, service, top, levels).cost(arrivals, lost_costs, holding)
        worth = _worth(arrivals, lost_costs, service, holding, top, levels, cost)
        better = tuple(_level(worth, c) for c in lost_costs)
        grown = next((x for x in range(len(worth)) if worth[x] <= 1e-12), len(worth))
        if (grown, better) == (top, levels):
            return top, levels, cost
        top, levels = max(grown, 1), better
    raise ArithmeticError("policy iteration did not settle")


def _level(worth: Sequence[float], lost_cost: float) -> int:
    """The stock at or below which a unit is worth more than a class pays for it."""
    return next((x for x, w in enumerate(worth) if w <= lost_cost), len(worth))


def _worth(
    arrivals: Sequence[float],
    lost_costs: Sequence[float],
    service: float,
    holding: float,
    top: int,
    levels: Sequence[int],
    cost: float,
) -> list[float]:
    """What one unit more is worth at each stock x = 0 to 2 S + 10: v(x) - v(x + 1) of the policy.

    At or below S by the balance at each stock from 0 up; above S, where nothing is made, from S up.
    """
    worth: list[float] = []
    for stock in range(2 * top + 10):
        spent = holding * stock + sum(
            rate * c for rate, c, level in zip(arrivals, lost_costs, levels, strict=True) if stock <= level
        )
        leaves = sum(rate for rate, level in zip(arrivals, levels, strict=True) if stock > level)
        below = leaves * worth[stock - 1] if stock else 0.0
        if stock < top:  # cost = spent + leaves (v(x-1) - v(x)) - service (v(x) - v(x+1))
            worth.append((spent + below - cost) / service)
            continue
        after = stock + 1  # cost = h (x+1) + leaves(x+1) (v(x) - v(x+1)), nothing is made above S
        out = sum(rate for rate, level in zip(arrivals, levels, strict=True) if after > level)
        lost = sum(rate * c for rate, c, level in zip(arrivals, lost_costs, levels, strict=True) if after <= level)
        worth.append((cost - holding * after - lost) / out if out else -1.0)
    return worth
