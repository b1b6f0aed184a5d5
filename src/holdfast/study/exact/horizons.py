"""The least expected cost of one stock over a finite horizon, whatever the rule by which it is ordered.

A period goes as in the engine: what is due arrives, orders are placed (those of the fast sources are there at once),
demand is drawn and served, costs are on the end state. Backward induction over stock, what the slow sources have under
way by age, and the regimes' chain gives the least cost of all policies that know the past; `cost_of` gives that of one
rule on the same states. Amounts are whole numbers of the smallest part of which all are multiples.

**Orders in parts are no better.** Let a policy order any amounts, and U be uniform on [0, 1). Write z_j for stock plus
what arrives in the next j periods. Round every z_j to floor(z_j + U): each order becomes the whole number below or
above it, which is 0 where it was, and keeps whole minima and capacities; after demand, lost sales, refused goods and
orders of the fast sources, all z_j fall or rise by one amount a, and floor(z_j - a + V) with V = (U - a) mod 1 does
again. Holding, waiting and shortage cost are linear between whole stocks, and so equal on average. That holds for
sources of one lead time, and of two where the fast one is at once (or after its lead time all is backordered).

Source: Puterman, Markov Decision Processes (1994), 4.3 (backward induction); Murota, Discrete Convex Analysis (2003),
and Zipkin, Operations Research 56 (2008) 937 (L-natural convexity, of which the rounding is the idea).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Rule = Callable[[int, int, Ints, list[Ints]], tuple[Ints, Ints]]

MOST_WORK: Final = 100_000_000
"""States x slow orders x periods of one solution, at most; some seconds."""
STEP: Final = 2_000
"""The same, what a step of one period and chain state takes at least."""
PRECISION: Final = 1e-9
"""Relative change of the cost below which wider bounds of stock and orders change nothing."""


class TooLargeError(ValueError):
    """There are more states than can be solved."""


@dataclass(frozen=True)
class Way:
    """A source: what an order costs when it is placed, as far as can be expected then."""

    price: Floats
    """(period, chain state) [money/unit], discounted."""
    order_cost: Floats
    """(period,) [money/order], discounted."""
    most: Ints
    """(period, chain state) that can be ordered; 0 where it is closed."""
    least: int
    """Smallest order."""

    def costs(self, t: int, r: int, most: int) -> Floats:
        """(order,) what ordering 0, 1, ... `most` costs; infinite where that cannot be ordered."""
        q = np.arange(most + 1)
        cost = self.price[t, r] * q + np.where(q > 0, self.order_cost[t], 0.0)
        return np.where((q > self.most[t, r]) | ((q > 0) & (q < self.least)), np.inf, cost)


@dataclass(frozen=True)
class Stock:
    """One stock over a horizon. What the fast sources bring in period t counts `shift` periods later, as all else."""

    periods: int
    start: int
    """Chain state in period 0."""
    moves: Callable[[int], Any]
    """(from, to) probabilities of the regimes' chain from a period to the next, sparse."""
    laws: tuple[Floats, ...]
    """P(demand = 0, 1, ...)."""
    law: Ints
    """(period, chain state) which of them."""
    fast: tuple[Way, ...]
    slow: tuple[Way, ...]
    lag: int
    """[periods] by which slow orders come later than fast ones; 0 where there are none."""
    shift: int
    """[periods] after which fast orders are there; above 0 only where demand is backordered."""
    lost: bool
    """What is unmet is lost, else backordered."""
    holding: Floats
    """(period,) [money/unit], discounted, as those below."""
    waiting: Floats
    shortage: Floats
    room: int | None
    """What the store holds; the rest waits."""
    refuses: bool
    """It does not wait, it is gone."""
    opening: int
    due: Ints
    """(period,) what arrives besides."""
    standing: float
    """[money] that no order changes."""
    _served: dict[int, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def chain(self) -> int:
        """States of the regimes' chain."""
        return int(self.law.shape[1])

    @cached_property
    def lowest(self) -> int:
        """The lowest net stock that can be reached: what is backordered is never cut off."""
        if self.lost:
            return 0
        return self.opening - int(np.array([len(law) - 1 for law in self.laws])[self.law].max(axis=1).sum())

    @property
    def convex(self) -> bool:
        """Whether bounds that change nothing when widened a little are wide enough for certain."""
        ways = (*self.fast, *self.slow)
        return not any(way.order_cost.any() or way.least > 1 for way in ways)


def least(stock: Stock) -> tuple[float, int]:
    """The least expected cost of any policy [money], and over how many states it was found.

    Raises:
        TooLargeError: there are too many.
    """
    counts = [np.arange(len(law)) for law in stock.laws]
    mean = max(float(law @ k) for law, k in zip(stock.laws, counts, strict=True))
    deviation = max(max(0.0, float(law @ k**2 - (law @ k) ** 2)) for law, k in zip(stock.laws, counts, strict=True))
    deviation = math.sqrt(deviation)
    span, floor = stock.lag + stock.shift + 1, max((way.least for way in (*stock.fast, *stock.slow)), default=0)
    top = stock.opening + int(stock.due.sum()) + int(mean * span + 4.0 * deviation * span**0.5) + floor + 2
    orders = int(mean + 3.0 * deviation) + floor + 1
    grow = 1.3 if stock.convex else 2.0
    before: float | None = None
    while True:
        found = _solved(stock, top, orders if stock.lag else 0)
        if before is not None and abs(found - before) <= PRECISION * max(1.0, abs(found)):
            return found + stock.standing, _states(stock, top, orders)
        before, top, orders = found, int(grow * top) + 1, int(grow * orders) + 1


def cost_of(stock: Stock, rule: Rule, top: int, orders: int) -> float:
    """The expected cost of one rule [money]; infinite where it leaves the bounds.

    Args:
        stock: which stock.
        rule: of period, chain state, stock (with shape to broadcast) and what is under way by age, the fast and the
            slow orders.
        top: highest stock.
        orders: largest slow order.
    """
    return _solved(stock, top, orders if stock.lag else 0, rule) + stock.standing


def _states(stock: Stock, top: int, orders: int) -> int:
    return int(stock.chain * (top - stock.lowest + 1) * (orders + 1) ** max(0, stock.lag - 1))


def _solved(stock: Stock, top: int, orders: int, rule: Rule | None = None) -> float:
    """Backward induction; the cost that orders change."""
    size = top - stock.lowest + 1
    shape = (stock.chain, size, *[orders + 1] * max(0, stock.lag - 1))
    work = stock.periods * stock.chain * (STEP + size * (orders + 1) ** stock.lag)
    if work > MOST_WORK:
        raise TooLargeError(f"{work:,} steps are too many, at most {MOST_WORK:,} are taken")
    values = np.zeros(shape)
    stock._served.clear()
    for t in reversed(range(stock.periods)):
        known = t + 1 < stock.periods
        ahead = (stock.moves(t) @ values.reshape(stock.chain, -1)).reshape(shape) if known else values * 0.0
        now = _charged(stock, t, size)
        values = np.empty(shape)
        for r in range(stock.chain):
            values[r] = _step(stock, (t, r), ahead[r], now[r], orders, rule)
    at = stock.opening + int(stock.due[: stock.shift + 1].sum())
    at = min(at, stock.room) if stock.refuses and stock.room is not None else at
    first = (stock.start, at - stock.lowest, *[0] * max(0, stock.lag - 1))
    return float(values[first]) + _before(stock, size)


def _step(stock: Stock, at: tuple[int, int], ahead: Floats, now: Floats, orders: int, rule: Rule | None) -> Floats:
    """Least cost from one period and chain state on, by the stock and what is under way."""
    t, r = at
    size = len(ahead)
    lag = 1 if stock.lag else 0
    stocks = np.arange(size) + stock.lowest
    comes = t + stock.shift + 1
    reach = stocks[:, None] + np.arange(orders + 1 if lag else 1) + (stock.due[comes] if comes < stock.periods else 0)
    if stock.refuses and stock.room is not None:
        reach = np.minimum(reach, stock.room)
    place = reach - stock.lowest
    fits = (place < size).reshape(*place.shape, *[1] * (ahead.ndim - 1))
    later = np.where(fits, ahead[np.minimum(place, size - 1)], np.inf)
    later = later if lag else later[:, 0]
    onward: Floats = (_left(stock, int(stock.law[t, r]), size) @ later.reshape(size, -1)).reshape(later.shape)
    onward = np.asarray(onward + now.reshape(size, *[1] * (onward.ndim - 1)))
    if rule is not None:
        return _followed(stock, at, onward, orders, rule)
    if lag:
        onward = (onward + _together(stock.slow, at, orders)).min(axis=-1)
    for way in stock.fast:
        onward = _ordered(stock, way, at, onward)
    return onward


def _followed(stock: Stock, at: tuple[int, int], onward: Floats, orders: int, rule: Rule) -> Floats:
    """What a rule costs from one period and chain state on."""
    shape = onward.shape[:-1] if stock.lag else onward.shape
    places = np.indices(shape)
    quick, late = (np.broadcast_to(each, shape) for each in rule(*at, places[0] + stock.lowest, list(places[1:])))
    size = shape[0]
    after = places[0] + quick
    if stock.refuses and stock.room is not None:
        after = np.minimum(after, stock.room - stock.lowest)
    fits = (after < size) & (late <= orders)
    index = (np.minimum(after, size - 1), *places[1:], *([np.minimum(late, orders)] if stock.lag else []))
    cost = onward[index] + _together(stock.fast, at, int(quick.max()))[quick]
    if stock.lag:
        cost = cost + _together(stock.slow, at, int(late.max()))[late]
    return np.asarray(np.where(fits, cost, np.inf), dtype=np.float64)


def _together(ways: tuple[Way, ...], at: tuple[int, int], most: int) -> Floats:
    """(order,) what ordering 0, 1, ... in all costs, split as is cheapest."""
    best: Floats = np.where(np.arange(most + 1) > 0, np.inf, 0.0)
    for way in ways:
        each = way.costs(*at, most)
        best = np.array([np.min(best[: q + 1] + each[: q + 1][::-1]) for q in range(most + 1)])
    return best


def _ordered(stock: Stock, way: Way, at: tuple[int, int], onward: Floats) -> Floats:
    """Least cost with one fast source: (stock, ...) before it from that after it."""
    most, size = int(way.most[at]), len(onward)
    low = max(1, way.least)
    if most < low:
        return onward
    price, fixed = float(way.price[at]), float(way.order_cost[at[0]])
    paid = (price * np.arange(size)).reshape(size, *[1] * (onward.ndim - 1))
    raised = onward + paid
    best = onward.copy()
    if most >= size - 1:
        least_from = np.minimum.accumulate(raised[::-1])[::-1]
        if low < size:
            best[:-low] = np.minimum(best[:-low], least_from[low:] - paid[:-low] + fixed)
    else:
        for q in range(low, most + 1):
            best[:-q] = np.minimum(best[:-q], raised[q:] - paid[:-q] + fixed)
    if stock.refuses and stock.room is not None and low > 1:  # more than fits must be bought, and the rest is gone
        full = min(stock.room - stock.lowest, size - 1)
        for x in range(max(0, full - low + 1), full + 1):
            best[x] = np.minimum(best[x], onward[full] + price * low + fixed)
    return best


def _left(stock: Stock, law: int, size: int) -> Any:
    """(stock, stock after demand) probabilities, sparse."""
    from scipy.sparse import csr_array

    key = law
    if key not in stock._served:
        demand = stock.laws[law]
        at = np.arange(size)
        here = at[:, None] if stock.room is None else np.minimum(at, stock.room)[:, None]
        served = np.minimum(np.arange(len(demand))[None, :], here if stock.lost else size)
        after = np.maximum(at[:, None] - served, 0)
        rows = np.repeat(at, len(demand))
        matrix = csr_array((np.tile(demand, size), (rows, after.ravel())), shape=(size, size))
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        stock._served[key] = matrix
    return stock._served[key]


def _charged(stock: Stock, t: int, size: int) -> Floats:
    """(chain state, stock) what holding and shortage cost on average in the period in which a fast order is there."""
    at = t + stock.shift
    if at >= stock.periods:
        return np.zeros((stock.chain, size))
    found = np.array([_end(stock, at, int(stock.law[at, r]), size) for r in range(stock.chain)])
    for k in reversed(range(t, at)):
        ahead = stock.moves(k) @ found
        found = np.array([_left(stock, int(stock.law[k, r]), size) @ ahead[r] for r in range(stock.chain)])
    return found


def _before(stock: Stock, size: int) -> float:
    """What holding and shortage cost before the first order can be there."""
    total = 0.0
    for t in range(min(stock.shift, stock.periods)):
        found = np.array([_end(stock, t, int(stock.law[t, r]), size) for r in range(stock.chain)])
        for k in reversed(range(t)):
            ahead = stock.moves(k) @ found
            found = np.array([_left(stock, int(stock.law[k, r]), size) @ ahead[r] for r in range(stock.chain)])
        total += float(found[stock.start, stock.opening + int(stock.due[: t + 1].sum()) - stock.lowest])
    return total


def _end(stock: Stock, t: int, law: int, size: int) -> Floats:
    """(stock,) what holding, waiting and shortage cost on average in a period, by the stock before its demand."""
    demand = stock.laws[law]
    stocks = np.arange(size) + stock.lowest
    inside = stocks if stock.room is None else np.minimum(stocks, stock.room)
    after = inside[:, None] - np.arange(len(demand))[None, :]
    cost = stock.holding[t] * np.maximum(after, 0) + stock.shortage[t] * np.maximum(-after, 0)
    return np.asarray(cost @ demand + stock.waiting[t] * (stocks - inside), dtype=np.float64)
