"""Lost sales with a lead time: the optimal cost, and the exact cost of any rule.

A period: the order of L periods ago arrives; an order is placed; demand; what is short is lost; holding and shortage
are charged on what is left and what was lost. A state is (x_0, x_1, ..., x_{L-1}): on hand after the arrival, then what
arrives in 1, ..., L-1 periods.

Source: Zipkin, Operations Research 56 (2008) 1256; Morton, SIAM Review 11 (1969) 572 (bounds of the order).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from holdfast.study.exact.chains import Average, Chain, average, boxed
from holdfast.study.exact.demands import Demand
from holdfast.study.theory import positive, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rule:
    """A rule for ordering, and how far it can take the stock."""

    order: Callable[[Ints], Ints]
    """States, shape (n, L), to orders [units], shape (n,)."""
    top: int
    """[units] On hand and on order, it never orders beyond this."""
    most: int
    """[units] It never orders more at once."""


@dataclass(frozen=True)
class LostSales:
    """A store whose unmet demand is lost.

    Raises:
        ValueError: the lead time is below 1, a cost is not above 0, or the setup cost is negative.
    """

    demand: Demand
    holding: float
    """[per unit left at the end of a period]"""
    shortage: float
    """[per unit lost]"""
    lead_time: int
    """[periods], from 1 on"""
    setup: float = 0.0
    """[per order]"""

    def __post_init__(self) -> None:
        positive(holding=self.holding, shortage=self.shortage)
        require(self.lead_time >= 1, f"lead_time is {self.lead_time}, and must be at least 1")
        require(self.setup >= 0, f"setup is {self.setup:g}, and must not be negative")

    def cost(self, most: int) -> Floats:
        """Expected cost of a period by what is on hand before its demand, 0 to `most`, shape (x_0,)."""
        left = self.demand.excess(most)
        lost = self.demand.mean - np.arange(most + 1) + left
        return np.asarray(self.holding * left + self.shortage * lost)

    def levels(self) -> list[int]:
        """The standard base stocks s_0, ..., s_L of L + 1, L, ..., 1 periods.

        Without a setup cost no optimal order takes what is to be had from period l on above s_l.
        """
        above = self.holding / (self.holding + self.shortage)
        return [self.demand.fractile(periods, above) for periods in range(self.lead_time + 1, 0, -1)]


class _Box:
    """States on a grid: x_0 from 0 to top, what is on order each from 0 to most."""

    def __init__(self, model: LostSales, top: int, most: int) -> None:
        self.model, self.top, self.most = model, top, most
        self.sides = (top + 1, *[most + 1] * (model.lead_time - 1))
        boxed((*self.sides, most + 1))
        self.kept = model.demand.kept(top)
        self.cost = model.cost(top)
        axes = np.ogrid[tuple(slice(0, side) for side in (*self.sides, most + 1))]
        self.barred: Any = (sum(axes) > top) & (axes[-1] > 0)

    def ahead(self, values: Floats) -> Floats:
        """E values(max(x_0 - D, 0) + x_1, x_2, ..., x_k), by x_0, ..., x_k: one dimension more than `values` has.

        What would lie above the box counts as its top: no state that orders within the box leads there.
        """
        top, most = self.top, self.most
        flat = values.reshape(top + 1, -1)
        flat = np.concatenate([flat, np.repeat(flat[-1:], most, axis=0)])
        found = np.empty((most + 1, top + 1, flat.shape[1]))
        for x in range(most + 1):
            np.matmul(self.kept, flat[x : x + top + 1], out=found[x])
        return np.moveaxis(found, 0, 1).reshape(top + 1, most + 1, *values.shape[1:])

    def column(self) -> Floats:
        """The cost of a period, shaped to be added to values of states."""
        return self.cost.reshape(-1, *[1] * (self.model.lead_time - 1))

    def choices(self, values: Floats) -> Floats:
        """The value of each order by state, infinite where it leaves the box; shape (*states, order)."""
        found = self.ahead(values)
        if self.model.setup:
            found[..., 1:] += self.model.setup
        found[self.barred] = np.inf
        return found


@dataclass(frozen=True)
class Solution:
    """What is best, and what it costs."""

    cost: Average
    rule: Rule


def optimal(model: LostSales) -> Solution:
    """The least long-run average cost per period, and a rule that has it.

    Without a setup cost the box is bounded by the standard base stocks, which no optimal order exceeds. With one, it is
    widened until the best rule stays a unit away from its edges in every state that it reaches.

    Raises:
        ValueError: the box is too large to be held.
        ArithmeticError: the bounds do not close.
    """
    levels = model.levels()
    lot = math.ceil(math.sqrt(2 * model.setup * model.demand.mean / model.holding))
    extra = 1 + lot // 2 if model.setup else 0
    while True:
        box = _Box(model, levels[0] + extra, levels[-1] + extra)
        column = box.column()
        found = average(lambda values, b=box, c=column: c + b.choices(values).min(axis=-1), np.zeros(box.sides))  # type: ignore[misc]
        rule = _table(box, box.choices(found.relative).argmin(axis=-1))
        if not model.setup or not _touches(model, rule):
            return Solution(found, rule)
        extra += 2 + lot // 2


def _table(box: _Box, orders: NDArray[np.intp]) -> Rule:
    """The rule of a table of orders by state."""
    strides = np.cumprod([1, *box.sides[:0:-1]])[::-1]
    flat = orders.ravel()

    def order(states: Ints) -> Ints:
        return np.asarray(flat[states @ strides])

    return Rule(order, box.top, box.most)


def _touches(model: LostSales, rule: Rule) -> bool:
    chain, states = _chain(model, rule)
    orders = rule.order(states)
    return bool(len(chain.codes)) and bool(
        ((orders >= rule.most) | ((orders > 0) & (states.sum(axis=1) + orders >= rule.top))).any()
    )


def cost_of(model: LostSales, rule: Rule) -> Average:
    """The long-run average cost per period of a rule, from an empty store.

    Raises:
        ValueError: it has too many states to be held, or it orders beyond what it says.
        ArithmeticError: the bounds do not close.
    """
    chain, states = _chain(model, rule)
    cost = model.cost(rule.top)[states[:, 0]] + model.setup * (rule.order(states) > 0)
    return chain.average(cost)


def _chain(model: LostSales, rule: Rule) -> tuple[Chain, Ints]:
    """The chain of a rule and its states, shape (state, L).

    Codes give x_0 stride 1, so that what may be left of x_0 leads to neighbours: a row of the matrix is one run.
    """
    sides = (rule.top + 1, *[rule.most + 1] * (model.lead_time - 1))
    size = boxed(sides)
    strides = np.cumprod([1, *sides[:-1]])
    seen = np.zeros(size, dtype=bool)
    seen[0] = True
    frontier = np.array([0])
    known, bases = [], []
    while len(frontier):
        states = frontier[:, None] // strides % sides
        onward = _onward(states, rule)
        base = onward @ strides
        known.append(frontier)
        bases.append(base)
        fresh = np.unique(_runs(base, states[:, 0]))
        frontier = fresh[~seen[fresh]]
        seen[frontier] = True
    codes = np.concatenate(known)
    order = np.argsort(codes)
    codes, base = codes[order], np.concatenate(bases)[order]
    states = codes[:, None] // strides % sides
    return Chain(codes, _matrix(model.demand, codes, base, states[:, 0], rule.top)), states


def _onward(states: Ints, rule: Rule) -> Ints:
    """The next states if all that is on hand is sold, shape (n, L)."""
    orders = rule.order(states)
    after = states.sum(axis=1) + orders
    within = (orders >= 0) & (orders <= rule.most) & ((orders == 0) | (after <= rule.top))
    require(bool(within.all()), f"the rule orders beyond its {rule.most} at once or {rule.top} in all")
    return np.column_stack([states[:, 1:], orders])


def _runs(base: Ints, lengths: Ints) -> Ints:
    """base, base + 1, ..., base + length of each, in one row."""
    counts = lengths + 1
    ends = np.cumsum(counts)
    return np.repeat(base - (ends - counts), counts) + np.arange(ends[-1])


def _matrix(demand: Demand, codes: Ints, base: Ints, on_hand: Ints, top: int) -> Any:
    from scipy.sparse import csr_array

    columns = _runs(np.searchsorted(codes, base), on_hand).astype(np.int32)
    kept = demand.kept(top)
    starts = np.concatenate([[0], np.cumsum(on_hand + 1)])
    weights = kept.ravel()[_runs(on_hand * (top + 1), on_hand)]
    return csr_array((weights, columns, starts.astype(np.int32)), shape=(len(codes), len(codes)))


def base_stock(level: int) -> Rule:
    """Orders up to a level."""
    return capped_base_stock(level, level)


def capped_base_stock(level: int, cap: int) -> Rule:
    """Orders up to a level, but never more than the cap at once (Xin, Management Science 67 (2021))."""
    return Rule(lambda states: np.clip(level - states.sum(axis=1), 0, cap), level, cap)


def standard_vector(model: LostSales) -> Rule:
    """Orders min over l of (s_l - (x_l + ... + x_{L-1}))+, with s_l the standard base stock of L - l + 1 periods."""
    levels = np.array(model.levels())

    def order(states: Ints) -> Ints:
        after = np.cumsum(states[:, ::-1], axis=1)[:, ::-1]
        room = levels - np.column_stack([after, np.zeros(len(states), dtype=after.dtype)])
        return np.asarray(np.maximum(room.min(axis=1), 0))

    return Rule(order, int(levels[0]), int(levels[-1]))


def myopic(model: LostSales, horizon: int = 1) -> Rule:
    """The rule that minimises `horizon` periods of costs, each charged L periods ahead, beginning with its own order's.

    Raises:
        ValueError: the horizon is below 1, or the box is too large to be held.
    """
    require(horizon >= 1, f"horizon is {horizon}, and must be at least 1")
    levels = model.levels()
    box = _Box(model, levels[0], levels[-1])
    charged = box.cost
    for _ in range(model.lead_time):
        charged = box.ahead(charged)
    charged = charged.copy()
    charged[box.barred] = np.inf
    values = np.zeros(box.sides)
    for _ in range(horizon - 1):
        values = (charged + box.choices(values)).min(axis=-1)
    return _table(box, (charged + box.choices(values)).argmin(axis=-1))


def s_S(reorder_point: int, order_up_to: int, most: int | None = None) -> Rule:
    """Orders up to S when at or below s, at most so many units if a cap is given.

    Raises:
        ValueError: S is not above s.
    """
    require(order_up_to > reorder_point, f"S is {order_up_to}, and must be above s, {reorder_point}")
    cap = order_up_to if most is None else min(most, order_up_to)

    def order(states: Ints) -> Ints:
        position = states.sum(axis=1)
        return np.where(position <= reorder_point, np.minimum(order_up_to - position, cap), 0)

    return Rule(order, order_up_to, cap)


def s_nQ(reorder_point: int, lot: int) -> Rule:
    """Orders the fewest lots of Q that lift the position above s.

    Raises:
        ValueError: Q is below 1.
    """
    require(lot >= 1, f"Q is {lot}, and must be at least 1")

    def order(states: Ints) -> Ints:
        return np.asarray(np.maximum((reorder_point - states.sum(axis=1)) // lot + 1, 0) * lot)

    return Rule(order, reorder_point + lot, (reorder_point // lot + 1) * lot)


def constant_order_cost(model: LostSales, units: int) -> float:
    """The long-run average cost per period of ordering the same every period.

    Stock has no upper bound then: it is cut off where less than 1e-13 of all periods begin.

    Raises:
        ValueError: the order is negative, or not below mean demand (stock would grow without end).
    """
    require(0 <= units < model.demand.mean, f"units is {units}, and must be below mean demand, {model.demand.mean:g}")
    edge = 64
    while boxed((edge, edge)):
        moves = np.zeros((edge + 1, edge + 1 + units))
        moves[:, units:] = model.demand.kept(edge)
        moves[:, edge] += moves[:, edge + 1 :].sum(axis=1)
        balance = np.eye(edge + 1) - moves[:, : edge + 1].T
        balance[0] = 1.0
        share = np.linalg.solve(balance, np.eye(edge + 1)[0])
        if share[edge] <= 1e-13:
            break
        edge *= 2
    return float(share @ model.cost(edge)) + model.setup * (units > 0)


def best(cost: Callable[[int], float], candidates: Sequence[int]) -> tuple[int, float]:
    """The candidate of least cost, where the cost first falls and then rises, and that cost.

    Source: the cost of a base stock is convex in it: Janakiraman and Roundy, Operations Research 52 (2004) 795.
    """
    low, high, known = 0, len(candidates) - 1, {}

    def of(at: int) -> float:
        if at not in known:
            known[at] = cost(candidates[at])
        return known[at]

    while low < high:
        middle = (low + high) // 2
        if of(middle) <= of(middle + 1):
            high = middle
        else:
            low = middle + 1
    return candidates[low], of(low)
