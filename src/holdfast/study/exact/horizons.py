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
from dataclasses import dataclass
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

    @property
    def chain(self) -> int:
        """States of the regimes' chain."""
        return int(self.law.shape[1])

    @property
    def convex(self) -> bool:
        """Whether bounds that change nothing when widened a little are wide enough for certain."""
        ways = (*self.fast, *self.slow)
        return not any(way.order_cost.any() or way.least > 1 for way in ways)


class _Grid:
    """The stocks that are listed, from `low` to `top`, and slow orders of 0 to `orders`.

    Below `low`, where only backorders are, cost goes on in the straight line of the two lowest stocks: convex costs lie
    above it.
    """

    def __init__(self, stock: Stock, low: int, top: int, orders: int) -> None:
        self.stock = stock
        self.low = 0 if stock.lost else low
        self.size = top - self.low + 1
        self.stocks: Ints = np.arange(self.low, top + 1)
        self.orders = orders if stock.lag else 0
        self.shape = (stock.chain, self.size, *[self.orders + 1] * max(0, stock.lag - 1))
        self._left: dict[int, Any] = {}
        self._ends: dict[int, Floats] = {}

    @property
    def work(self) -> int:
        """How much one solution takes."""
        stock = self.stock
        return int(stock.periods * stock.chain * (STEP + self.size * (self.orders + 1) ** stock.lag))

    @cached_property
    def inside(self) -> Ints:
        """(stock,) what of it is in the store."""
        return self.stocks if self.stock.room is None else np.minimum(self.stocks, self.stock.room)

    def left(self, law: int) -> Any:
        """(stock, stock after demand) weights, sparse."""
        from scipy.sparse import csr_array

        if law not in self._left:
            demand = self.stock.laws[law]
            drawn = np.arange(len(demand))
            at = np.arange(self.size)[:, None]
            after = at - (np.minimum(drawn, self.inside[:, None]) if self.stock.lost else drawn)
            below = np.maximum(0, -after)
            rows, chances = np.repeat(at.ravel(), len(demand)), np.tile(demand, self.size)
            weights = np.concatenate([chances * (1.0 + below.ravel()), -chances * below.ravel()])
            columns = np.concatenate([np.maximum(after, 0).ravel(), np.ones(rows.size, dtype=np.int64)])
            shape = (self.size, self.size)
            matrix = csr_array((weights, (np.concatenate([rows, rows]), columns)), shape=shape)
            matrix.sum_duplicates()
            matrix.eliminate_zeros()
            self._left[law] = matrix
        return self._left[law]

    def end(self, t: int, law: int) -> Floats:
        """(stock,) what holding, waiting and shortage cost on average in a period, by the stock before its demand."""
        if law not in self._ends:
            demand = self.stock.laws[law]
            after = self.inside[:, None] - np.arange(len(demand))
            self._ends[law] = np.stack([np.maximum(after, 0) @ demand, np.maximum(-after, 0) @ demand])
        held, short = self._ends[law]
        waits = self.stock.waiting[t] * (self.stocks - self.inside)
        return np.asarray(self.stock.holding[t] * held + self.stock.shortage[t] * short + waits)

    def charged(self, t: int, at: int) -> Floats:
        """(chain state, stock) what period `at` costs on average, by the stock that demand from period t on takes."""
        stock = self.stock
        found = np.array([self.end(at, int(stock.law[at, r])) for r in range(stock.chain)])
        for k in reversed(range(t, at)):
            ahead = stock.moves(k) @ found
            found = np.array([self.left(int(stock.law[k, r])) @ ahead[r] for r in range(stock.chain)])
        return found


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
    use = int(mean * span + 4.0 * deviation * math.sqrt(span)) + 2
    low, top = min(0, stock.opening) - use, stock.opening + int(stock.due.sum()) + use + floor
    orders = int(mean + 3.0 * deviation) + floor + 1
    grow = 1.3 if stock.convex else 2.0
    before: float | None = None
    while True:
        grid = _Grid(stock, low, top, orders)
        found = _solved(grid)
        if before is not None and abs(found - before) <= PRECISION * max(1.0, abs(found)):
            return found + stock.standing, math.prod(grid.shape)
        before, low, top, orders = found, int(grow * low) - 1, int(grow * top) + 1, int(grow * orders) + 1


def cost_of(stock: Stock, rule: Rule, low: int, top: int, orders: int) -> float:
    """The expected cost of one rule [money]; infinite where it leaves the bounds.

    Args:
        stock: which stock.
        rule: of period, chain state, stock (with shape to broadcast) and what is under way by age, the fast and the
            slow orders.
        low: lowest net stock that is listed; 0 where sales are lost.
        top: highest stock.
        orders: largest slow order.
    """
    return _solved(_Grid(stock, low, top, orders), rule) + stock.standing


def _solved(grid: _Grid, rule: Rule | None = None) -> float:
    """Backward induction; the cost that orders change."""
    stock, shape = grid.stock, grid.shape
    if grid.work > MOST_WORK:
        raise TooLargeError(f"{grid.work:,} steps are too many, at most {MOST_WORK:,} are taken")
    values = np.zeros(shape)
    for t in reversed(range(stock.periods)):
        known = t + 1 < stock.periods
        ahead = (stock.moves(t) @ values.reshape(stock.chain, -1)).reshape(shape) if known else values * 0.0
        at = t + stock.shift
        now = grid.charged(t, at) if at < stock.periods else np.zeros(shape[:2])
        values = np.empty(shape)
        for r in range(stock.chain):
            values[r] = _step(grid, (t, r), ahead[r], now[r], rule)
    there = stock.opening + np.cumsum(stock.due)
    first = int(there[min(stock.shift, stock.periods - 1)])
    first = min(first, stock.room) if stock.refuses and stock.room is not None else first
    cost = float(values[(stock.start, first - grid.low, *[0] * max(0, stock.lag - 1))])
    early = range(min(stock.shift, stock.periods))  # before the first order can be there
    return cost + sum(float(grid.charged(0, t)[stock.start, there[t] - grid.low]) for t in early)


def _step(grid: _Grid, at: tuple[int, int], ahead: Floats, now: Floats, rule: Rule | None) -> Floats:
    """Least cost from one period and chain state on, by the stock and what is under way."""
    stock, size = grid.stock, grid.size
    t, r = at
    comes = t + stock.shift + 1
    due = int(stock.due[comes]) if comes < stock.periods else 0
    reach = grid.stocks[:, None] + np.arange(grid.orders + 1) + due
    if stock.refuses and stock.room is not None:
        reach = np.minimum(reach, stock.room)
    place = reach - grid.low
    fits = (place < size).reshape(*place.shape, *[1] * (ahead.ndim - 1))
    later = np.where(fits, ahead[np.minimum(place, size - 1)], np.inf)
    later = later if stock.lag else later[:, 0]
    onward: Floats = (grid.left(int(stock.law[t, r])) @ later.reshape(size, -1)).reshape(later.shape)
    onward = np.asarray(onward + now.reshape(size, *[1] * (onward.ndim - 1)))
    if rule is not None:
        return _followed(grid, at, onward, rule)
    if stock.lag:
        onward = (onward + _together(stock.slow, at, grid.orders)).min(axis=-1)
    for way in stock.fast:
        onward = _ordered(grid, way, at, onward)
    return onward


def _followed(grid: _Grid, at: tuple[int, int], onward: Floats, rule: Rule) -> Floats:
    """What a rule costs from one period and chain state on."""
    stock, orders = grid.stock, grid.orders
    shape = onward.shape[:-1] if stock.lag else onward.shape
    places = np.indices(shape)
    quick, late = (np.broadcast_to(each, shape) for each in rule(*at, places[0] + grid.low, list(places[1:])))
    size = shape[0]
    after = places[0] + quick
    if stock.refuses and stock.room is not None:
        after = np.minimum(after, stock.room - grid.low)
    fits = (after < size) & (late <= orders)
    index = (np.minimum(after, size - 1), *places[1:], *([np.minimum(late, orders)] if stock.lag else []))
    cost = onward[index] + _together(stock.fast, at, int(quick.max()))[quick]
    if stock.lag:
        cost = cost + _together(stock.slow, at, int(late.max()))[late]
    return np.asarray(np.where(fits, cost, np.inf), dtype=np.float64)


def _together(ways: tuple[Way, ...], at: tuple[int, int], most: int) -> Floats:
    """(order,) what ordering 0, 1, ... in all costs, split as is cheapest."""
    none: Floats = np.where(np.arange(most + 1) > 0, np.inf, 0.0)
    best = ways[0].costs(*at, most) if ways else none
    for way in ways[1:]:
        each = way.costs(*at, most)
        best = np.array([np.min(best[: q + 1] + each[: q + 1][::-1]) for q in range(most + 1)])
    return best


def _ordered(grid: _Grid, way: Way, at: tuple[int, int], onward: Floats) -> Floats:
    """Least cost with one fast source: (stock, ...) before it from that after it."""
    stock, most, size = grid.stock, int(way.most[at]), grid.size
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
        full = min(stock.room - grid.low, size - 1)
        for x in range(max(0, full - low + 1), full + 1):
            best[x] = np.minimum(best[x], onward[full] + price * low + fixed)
    return best
