"""A linear program of buying, making, storing and serving in one future that is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.errors import StudyError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

INFEASIBLE: Final = 2
"""What SciPy calls a program that nothing solves."""
ROUNDING: Final = 1e-9
"""Part of an amount by which sums of the simulator and of the program may differ."""


class Program:
    """Variables by period, their costs, and rows that tie them; built part by part, then solved once."""

    def __init__(self, periods: int) -> None:
        self.periods = periods
        self._cost: list[Floats] = []
        self._high: list[Floats] = []
        self._count = 0
        self._equal = _Rows()
        self._most = _Rows()
        self._held: dict[int, NDArray[np.int64]] = {}
        """By keep: what is on hand."""
        self._start: dict[int, float] = {}
        self._in: dict[int, list[NDArray[np.int64]]] = {}
        self._out: dict[int, list[tuple[NDArray[np.int64], float]]] = {}
        self._served: dict[int, list[NDArray[np.int64]]] = {}
        self._wanted: dict[int, Floats] = {}

    def _new(self, cost: Floats | float, high: Floats | float = np.inf, size: int | None = None) -> NDArray[np.int64]:
        """Places of new variables."""
        n = self.periods if size is None else size
        self._cost.append(np.broadcast_to(np.asarray(cost, dtype=np.float64), (n,)))
        self._high.append(np.broadcast_to(np.asarray(high, dtype=np.float64), (n,)))
        self._count += n
        return np.arange(self._count - n, self._count)

    def store(
        self, keeps: list[int], holding: list[Floats], floor: float, most: float, slope: float, wait: Floats | None
    ) -> None:
        """A store: what is on hand of each keep costs, and together it fits in room that may be bought.

        Where goods may wait outside, `wait` is what that costs beyond holding them: they count as on hand.
        """
        for keep, cost in zip(keeps, holding, strict=True):
            self._held[keep] = self._new(cost)
        if not np.isfinite(most):
            return
        room = self._new(slope, most - floor, 1)
        entries = [(self._held[keep], 1.0) for keep in keeps]
        if wait is not None:
            entries.append((self._new(wait), -1.0))
        self._most.add([*entries, (np.repeat(room, self.periods), -1.0)], np.full(self.periods, floor))

    def channel(self, keeps: list[int], price: Floats, capacity: Floats, together: bool) -> None:
        """What a channel brings in each period; its capacity counts by period, or from the start on together."""
        brought = [self._new(price, np.inf if together else capacity) for _ in keeps]
        for keep, each in zip(keeps, brought, strict=True):
            self._in.setdefault(keep, []).append(each)
        limited = np.isfinite(capacity)
        if not limited.any():
            return
        if not together:
            if len(keeps) > 1:
                at = np.flatnonzero(limited)
                self._most.add([(each[at], 1.0) for each in brought], capacity[at])
            return
        total = self._new(0.0, capacity)
        before = np.concatenate([total[:1], total[:-1]])
        sign = self._behind()
        entries = [(total, 1.0), (before, sign), *((each, -1.0) for each in brought)]
        self._equal.add(entries, np.zeros(self.periods))

    def link(self, origin: int, keep: int, cost: Floats, least: int, most: int | None) -> None:
        """What one keep ships to another: it arrives from `least` to `most` periods later (None: any time later).

        On its way it costs nothing, and what arrives after the last period arrives nowhere.
        """
        shipped = self._new(cost)
        arrived = self._new(0.0, np.where(np.arange(self.periods) < least, 0.0, np.inf))
        self._out.setdefault(origin, []).append((shipped, 1.0))
        self._in.setdefault(keep, []).append(arrived)
        if least == most:
            if least < self.periods:
                before = shipped[: self.periods - least]
                self._equal.add([(arrived[least:], 1.0), (before, -1.0)], np.zeros(before.size))
            return
        sent, come = self._sum(shipped), self._sum(arrived)
        for lag, sign in ((least, 1.0), (most, -1.0)):  # no more than was sent so long ago; no less
            if lag is not None and lag < self.periods:
                entries = [(come[lag:], sign), (sent[: self.periods - lag], -sign)]
                self._most.add(entries, np.zeros(self.periods - lag))

    def _sum(self, each: NDArray[np.int64]) -> NDArray[np.int64]:
        """What some variables come to from the first period on."""
        total = self._new(0.0)
        before = np.concatenate([total[:1], total[:-1]])
        sign = self._behind()
        self._equal.add([(total, 1.0), (before, sign), (each, -1.0)], np.zeros(self.periods))
        return total

    def line(self, cost: Floats, most: Floats, goods: int) -> list[NDArray[np.int64]]:
        """What a line runs of each of its goods in each period: at most so much of all together."""
        runs = [self._new(cost, most) for _ in range(goods)]
        if goods > 1:
            self._most.add([(each, 1.0) for each in runs], most)
        return runs

    def take(self, keep: int, run: NDArray[np.int64], amount: float) -> None:
        """An input: so much of it for each unit run."""
        self._out.setdefault(keep, []).append((run, amount))

    def output(self, keep: int, runs: list[tuple[NDArray[np.int64], Floats]], later: bool) -> None:
        """What lines make enters a keep in its period, or whenever it suits best from then on; or it is thrown away.

        Args:
            keep: where to.
            runs: what each line runs, and its yield.
            later: it may wait elsewhere at no cost.
        """
        entered = self._new(0.0)
        self._in.setdefault(keep, []).append(entered)
        entries: list[tuple[NDArray[np.int64], Any]] = [(entered, 1.0), *((run, -good) for run, good in runs)]
        if later:
            waits = self._new(0.0)
            before = np.concatenate([waits[:1], waits[:-1]])
            sign = self._behind()
            entries += [(waits, 1.0), (before, sign)]
        self._most.add(entries, np.zeros(self.periods))

    def keep(self, keep: int, on_hand: float, due: Floats, lost: bool) -> None:
        """What is there at the start, and what is under way: it may come when due, or later.

        Where goods may be lost (they expire, burn or are refused), they are as little as suits best.
        """
        if lost:
            self._out.setdefault(keep, []).append((self._new(0.0), 1.0))
        if due.any():
            waits, comes = self._new(0.0), self._new(0.0)
            before = np.concatenate([waits[:1], waits[:-1]])
            sign = self._behind()
            self._equal.add([(waits, 1.0), (before, sign), (comes, 1.0)], due)
            self._in.setdefault(keep, []).append(comes)
        self._start[keep] = on_hand

    def use(self, use: int, keeps: list[int], wanted: Floats, own: float | None) -> None:
        """What is served of what is wanted; through a stock of the user's own where it has one, so much at the start.

        Args:
            use: which one.
            keeps: from where.
            wanted: in each period.
            own: what is in the user's own stock at the start; None where it has none.
        """
        given = [self._new(0.0) for _ in keeps]
        for keep, each in zip(keeps, given, strict=True):
            self._out.setdefault(keep, []).append((each, 1.0))
        self._wanted[use] = wanted
        if own is None:
            self._served[use] = given
            return
        stock, served = self._new(0.0), self._new(0.0)
        before = np.concatenate([stock[:1], stock[:-1]])
        start = np.zeros(self.periods)
        start[0] = own
        entries = [(stock, 1.0), (before, self._behind()), (served, 1.0), *((each, -1.0) for each in given)]
        self._equal.add(entries, start)
        self._served[use] = [served]

    def no_more(self, use: int) -> None:
        """No more of a use is served in a period than is wanted."""
        if self._served[use]:
            self._most.add([(each, 1.0) for each in self._served[use]], self._wanted[use])

    def short(self, use: int, price: Floats, backordered: bool, saved: Floats, saving: Floats) -> None:
        """What is not served is lost, or waits and costs on; so much of it may be saved, at a cost."""
        short = self._new(price)
        entries: list[tuple[NDArray[np.int64], Any]] = [(short, 1.0), *((each, 1.0) for each in self._served[use])]
        if saved.any():
            entries.append((self._new(saving, saved), 1.0))
        if backordered:
            entries.append((np.concatenate([short[:1], short[:-1]]), self._behind()))
        self._equal.add(entries, self._wanted[use])

    def _behind(self) -> Floats:
        """Factors of what was there the period before: nothing in the first."""
        return np.concatenate([[0.0], np.full(self.periods - 1, -1.0)])

    def serve(self, use: int, inside: NDArray[np.bool_], amount: float) -> None:
        """At least so much of a use is served within some periods."""
        at = np.flatnonzero(inside)
        given = self._served[use]
        if amount > 0.0 and given:
            columns = np.concatenate([each[at] for each in given])
            self._most.one(columns, -1.0, -amount * (1.0 - ROUNDING))

    def solve(self) -> float:
        """The least cost; infinite where nothing does what is asked.

        Raises:
            StudyError: the program was not solved.
        """
        from scipy.optimize import linprog

        for keep, held in self._held.items():
            before = np.concatenate([held[:1], held[:-1]])
            sign = self._behind()
            entries = [(held, 1.0), (before, sign)]
            entries += [(each, -1.0) for each in self._in.get(keep, [])]
            entries += self._out.get(keep, [])
            start = np.zeros(self.periods)
            start[0] = self._start.get(keep, 0.0)
            self._equal.add(entries, start)
        cost, high = np.concatenate(self._cost), np.concatenate(self._high)
        equal, right = self._equal.matrix(self._count)
        most, limit = self._most.matrix(self._count)
        found: Any = linprog(
            cost,
            A_ub=most,
            b_ub=limit,
            A_eq=equal,
            b_eq=right,
            bounds=np.column_stack([np.zeros(high.size), high]),
            method="highs",
        )
        if found.status == INFEASIBLE:
            return math.inf
        if found.status != 0:
            raise StudyError(f"the bound could not be reckoned: {found.message}")
        return float(found.fun)


class _Rows:
    """Rows of a sparse matrix, gathered in blocks."""

    def __init__(self) -> None:
        self._rows: list[NDArray[np.int64]] = []
        self._columns: list[NDArray[np.int64]] = []
        self._values: list[Floats] = []
        self._right: list[Floats] = []
        self._count = 0

    def add(self, entries: list[tuple[NDArray[np.int64], Any]], right: Floats) -> None:
        """A row for each of the right sides: sum of factor x variable."""
        n = right.size
        at = np.arange(self._count, self._count + n)
        for columns, factor in entries:
            self._rows.append(at)
            self._columns.append(columns)
            self._values.append(np.broadcast_to(np.asarray(factor, dtype=np.float64), (n,)))
        self._right.append(right)
        self._count += n

    def one(self, columns: NDArray[np.int64], factor: float, right: float) -> None:
        """One row over many variables."""
        self._rows.append(np.full(columns.size, self._count))
        self._columns.append(columns)
        self._values.append(np.full(columns.size, factor))
        self._right.append(np.array([right]))
        self._count += 1

    def matrix(self, width: int) -> tuple[Any, Floats | None]:
        """The matrix and its right side; None where there are no rows."""
        from scipy.sparse import coo_matrix

        if not self._count:
            return None, None
        where = np.concatenate(self._rows), np.concatenate(self._columns)
        rows = coo_matrix((np.concatenate(self._values), where), shape=(self._count, width)).tocsr()
        return rows, np.concatenate(self._right)
