"""One perishable good with lost sales: the best orders, and the exact return of any rule.

A period: stock by age and what is on order are seen; an order is placed and paid; demand takes the oldest first (fifo)
or the freshest first (lifo), what is short is lost; units at the end of their life are wasted, the others held, all
age; the order of L - 1 periods ago arrives fresh for the next period. A state is a queue by age, (s_m, ..., s_1, t_1,
..., t_{L-1}): stock from the oldest to the freshest, then the orders under way, the next to arrive first. A period
takes from the stock, drops the head and adds the order at the tail.

Source: De Moor, Gijsbrechts and Boute, European Journal of Operational Research 301 (2022) 535; Hendrix et al.,
Computational and Mathematical Methods 1 (2019) e1027.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from holdfast.study.exact.chains import Chain, average, boxed, reached
from holdfast.study.exact.demands import Demand
from holdfast.study.theory import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Rule = Callable[[Ints], Ints]
    """States, shape (n, m + L - 1), to orders, shape (n,)."""


def left_over(stock: Ints, demand: Ints, issue: str) -> Ints:
    """What is left of stock by age, oldest first; shapes (n, m) and (d,) to (n, d, m)."""
    reach = np.cumsum(stock[:, ::-1], axis=1)[:, ::-1] if issue == "lifo" else np.cumsum(stock, axis=1)
    return np.asarray(np.clip(reach[:, None, :] - demand[:, None], 0, stock[:, None, :]))


@dataclass(frozen=True)
class Perishable:
    """A store of one good that spoils; money that comes in counts as negative cost.

    Raises:
        ValueError: life, lead time or the largest order is below 1, the issue rule is unknown, or the discount factor
            is not above 0 and at most 1.
    """

    demand: Demand
    life: int
    """[periods] that a unit can be sold in"""
    lead_time: int
    """[periods], from 1 on"""
    issue: Literal["fifo", "lifo"]
    most: int
    """[units] the largest order"""
    order: float = 0.0
    """[per unit ordered]"""
    price: float = 0.0
    """[per unit sold]"""
    shortage: float = 0.0
    """[per unit lost]"""
    waste: float = 0.0
    """[per unit wasted]"""
    holding: float = 0.0
    """[per unit left that is not wasted]"""
    discount: float = 1.0
    """Factor per period; 1 asks for the long-run average."""

    def __post_init__(self) -> None:
        for name in ("life", "lead_time", "most"):
            require(getattr(self, name) >= 1, f"{name} is {getattr(self, name)}, and must be at least 1")
        require(self.issue in ("fifo", "lifo"), f"issue is {self.issue!r}, and must be fifo or lifo")
        require(0 < self.discount <= 1, f"discount is {self.discount:g}, and must be above 0 and at most 1")

    @property
    def sides(self) -> tuple[int, ...]:
        """States of each kind: every age and every order under way holds 0 to `most` units."""
        return (self.most + 1,) * (self.life + self.lead_time - 1)

    @cached_property
    def probability(self) -> Floats:
        """Of demands up to the largest stock, which takes what lies beyond, shape (demand,)."""
        ended = self.demand.ended()
        found = ended[: self.most * self.life + 1].copy()
        found[-1] += ended[len(found) :].sum()
        return found

    def costs(self, stock: Ints) -> Floats:
        """Expected cost of a period by its stock by age, purchases left out; shapes (n, m) to (n,)."""
        left = left_over(stock, np.arange(len(self.probability)), self.issue)
        wasted = left[:, :, 0] @ self.probability
        kept = left[:, :, 1:].sum(axis=2) @ self.probability
        sold = stock.sum(axis=1) - wasted - kept
        lost = self.demand.mean - sold
        return np.asarray(self.waste * wasted + self.holding * kept + self.shortage * lost - self.price * sold)


def _numbers(states: Ints, base: int) -> Ints:
    """Numbers of states whose parts are digits, the first the highest."""
    found = np.zeros(states.shape[:-1], dtype=np.int64)
    for part in range(states.shape[-1]):
        found = found * base + states[..., part]
    return found


def _digits(numbers: Ints, base: int, parts: int) -> Ints:
    return numbers[..., None] // base ** np.arange(parts - 1, -1, -1) % base


def _ageing(model: Perishable) -> tuple[Any, Floats]:
    """How the leftovers of stock by age, which next period's older units are, come about; and the costs of stock.

    Returns:
        A sparse matrix (stock number, number of next s_m ... s_2), and costs by stock number.
    """
    from scipy.sparse import csr_array

    base, demand = model.most + 1, np.arange(len(model.probability))
    count = base**model.life
    rows, columns, weights, costs = [], [], [], []
    for begin in range(0, count, 20_000):  # in pieces, for the memory's sake
        numbers = np.arange(begin, min(begin + 20_000, count))
        stock = _digits(numbers, base, model.life)
        older = _older(stock, model)
        rows.append(np.repeat(numbers, len(demand)))
        columns.append(older.ravel())
        weights.append(np.tile(model.probability, len(numbers)))
        costs.append(model.costs(stock))
    parts = (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns)))
    return csr_array(parts, shape=(count, base ** (model.life - 1))), np.concatenate(costs)


def _older(stock: Ints, model: Perishable) -> Ints:
    """Numbers of next period's units that are not fresh, shape (n, d)."""
    left = left_over(stock, np.arange(len(model.probability)), model.issue)
    return _numbers(left[:, :, 1:], model.most + 1)


@dataclass(frozen=True)
class Solution:
    """The best orders, and the average cost if that was asked for."""

    orders: Ints
    """By state, shape Perishable.sides; the smallest of equally good ones."""
    cost: float | None
    """Long-run average per period; None with discounting, where it depends on the start."""

    def rule(self, states: Ints) -> Ints:
        """The orders as a rule."""
        return np.asarray(self.orders[tuple(states.T)])


def optimal(model: Perishable) -> Solution:
    """The orders of least discounted cost, or of least average cost if the discount factor is 1.

    Raises:
        ValueError: there are too many states to be held.
        ArithmeticError: the bounds do not close.
    """
    base = model.most + 1
    boxed((*model.sides, base))
    ageing, costs = _ageing(model)
    column = np.repeat(costs, base ** (model.lead_time - 1))
    paid = model.order * np.arange(base)

    def choices(values: Floats) -> Floats:
        # The older units change; what is fresh next, the orders under way and the new one follow as they are.
        onward = ageing @ values.reshape(-1, base**model.lead_time)
        return np.asarray(model.discount * onward.reshape(-1, base) + paid)

    found = average(lambda values: column + choices(values).min(axis=1), np.zeros(len(column)))
    orders = _first_best(choices(found.relative)).reshape(model.sides)
    return Solution(orders, found.value if model.discount == 1 else None)


def _first_best(choices: Floats, slack: float = 1e-6) -> Ints:
    """The smallest order whose value is the least, up to what the bounds leave open."""
    return np.asarray((choices <= choices.min(axis=1, keepdims=True) + slack).argmax(axis=1))


def _followed(model: Perishable, rule: Rule) -> tuple[Chain, Floats]:
    """The chain of a rule from an empty store, and its costs by state."""
    base, parts = model.most + 1, len(model.sides)

    def ordered(states: Ints) -> Ints:
        orders = rule(states)
        require(bool(((orders >= 0) & (orders <= model.most)).all()), f"the rule orders beyond {model.most} units")
        return orders

    def move(numbers: Ints) -> Ints:
        states = _digits(numbers, base, parts)
        arriving = np.column_stack([states[:, model.life :], ordered(states)])
        return np.asarray(
            _older(states[:, : model.life], model) * base**model.lead_time + _numbers(arriving, base)[:, None]
        )

    chain = reached(0, boxed(model.sides), move, model.probability)
    states = _digits(chain.codes, base, parts)
    return chain, model.costs(states[:, : model.life]) + model.order * ordered(states)


def average_cost(model: Perishable, rule: Rule) -> float:
    """The long-run average cost per period of a rule.

    Raises:
        ValueError: it orders beyond the largest order.
        ArithmeticError: the bounds do not close.
    """
    chain, cost = _followed(model, rule)
    return chain.average(cost).value


def discounted_cost(model: Perishable, rule: Rule, periods: int, burn_in: int) -> float:
    """Expected cost of so many periods, discounted to their start, after a burn-in from an empty store that is free.

    Raises:
        ValueError: the rule orders beyond the largest order.
    """
    chain, cost = _followed(model, rule)
    return chain.discounted(cost, model.discount, periods, burn_in)


def base_stock(model: Perishable, level: int) -> Rule:
    """Orders stock and orders under way up to a level, at most the largest order."""
    return lambda states: np.clip(level - states.sum(axis=1), 0, model.most)


def waste_conscious(model: Perishable, level: int) -> Rule:
    """Orders S - X + (oldest - mean demand)+ when the stock X is below S: what will spoil is ordered anew.

    The mean is rounded to whole units. Source: Hendrix et al. (2019) equation 10.
    """
    mean = round(model.demand.mean)

    def order(states: Ints) -> Ints:
        short = level - states.sum(axis=1)
        spoils = np.maximum(states[:, 0] - mean, 0)
        return np.where(short > 0, np.clip(short + spoils, 0, model.most), 0)

    return order
