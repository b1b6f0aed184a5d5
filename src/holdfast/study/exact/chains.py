"""Value iteration with bounds, and the Markov chain that a policy makes of a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.study.theory import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_STATES: Final = 40_000_000
"""Of a box of states; more would not fit into the memory of a small machine."""

PRECISION: Final = 1e-8
"""Width of the bounds of an average, relative to it (absolute where it is below 1)."""

_STEP: Final = 0.95
"""Part of each update that is taken: the rest keeps a periodic chain from cycling, and changes no average."""

_ITERATIONS: Final = 50_000


@dataclass(frozen=True)
class Average:
    """An average per period, with bounds that hold for certain up to rounding."""

    value: float
    low: float
    high: float
    relative: Floats
    """Relative value of each state, up to a constant; shape of the states."""


def average(update: Callable[[Floats], Floats], start: Floats, precision: float = PRECISION) -> Average:
    """The long-run average of the cost that `update` (one step of dynamic programming) adds per period.

    Args:
        update: values of the next period's states to values of this period's, of the same shape.
        start: values to start from.
        precision: width of the bounds, relative to the value.

    Raises:
        ArithmeticError: the bounds do not close: no one average holds for all states, or mixing is too slow.

    Source: Odoni, Operations Research 17 (1969) 857 (bounds); Schweitzer (1971) (the damped step).
    """
    values = start
    for _ in range(_ITERATIONS):
        new = update(values)
        gained = new - values
        low, high = float(gained.min()), float(gained.max())
        if high - low <= precision * max(1.0, abs(low + high) / 2):
            return Average((low + high) / 2, low, high, new)
        values = values + _STEP * gained
        values -= values.flat[0]
    message = f"after {_ITERATIONS:,} iterations the average is only known to lie from {low:.9g} to {high:.9g}"
    raise ArithmeticError(message)


def boxed(shape: tuple[int, ...]) -> int:
    """The states of a box.

    Raises:
        ValueError: there are more than can be held.
    """
    states = 1
    for side in shape:
        states *= side
    require(states <= MOST_STATES, f"{states:,} states are too many, at most {MOST_STATES:,} can be solved")
    return states


class Chain:
    """The states that a policy reaches, and how it moves between them."""

    def __init__(self, codes: Ints, matrix: Any) -> None:
        self.codes = codes
        """Numbers of the states in their box, increasing, shape (state,)."""
        self.matrix = matrix
        """Probabilities (from, to), sparse."""

    def average(self, cost: Floats, precision: float = PRECISION) -> Average:
        """Average cost per period, where a period costs `cost` [shape (state,)] by the state it starts in."""
        return average(lambda values: cost + self.matrix @ values, np.zeros(len(self.codes)), precision)

    def discounted(self, cost: Floats, factor: float, periods: int, burn_in: int = 0) -> float:
        """Expected discounted cost from the first state on: `burn_in` periods free, then so many that are charged."""
        values = np.zeros(len(self.codes))
        for _ in range(periods):
            values = cost + factor * (self.matrix @ values)
        for _ in range(burn_in):
            values = self.matrix @ values
        return float(values[0])

    def stationary(self, precision: float = 1e-13) -> Floats:
        """Long-run share of periods that start in each state, shape (state,).

        Raises:
            ArithmeticError: mixing is too slow.
        """
        share = np.full(len(self.codes), 1.0 / len(self.codes))
        back = self.matrix.T.tocsr()
        for _ in range(_ITERATIONS):
            moved = back @ share
            if float(np.abs(moved - share).sum()) <= precision:
                return np.asarray(moved / moved.sum())
            share = share + _STEP * (moved - share)
        message = f"the shares of time still move after {_ITERATIONS:,} iterations"
        raise ArithmeticError(message)


def reached(start: int, states: int, move: Callable[[Ints], Ints], probability: Floats) -> Chain:
    """The chain of the states that are reached from one.

    Args:
        start: number of the first state.
        states: how many numbers there are.
        move: numbers of states, shape (n,), to those they lead to, shape (n, branch).
        probability: of each branch, shape (branch,).
    """
    from scipy.sparse import csr_array

    seen = np.zeros(states, dtype=bool)
    seen[start] = True
    known, frontier, targets = [], np.array([start]), []
    while len(frontier):
        onward = move(frontier)
        known.append(frontier)
        targets.append(onward)
        fresh = np.unique(onward)
        frontier = fresh[~seen[fresh]]
        seen[frontier] = True
    codes = np.concatenate(known)
    order = np.argsort(codes)
    onward = np.concatenate(targets)[order]
    codes = codes[order]
    rows = np.repeat(np.arange(len(codes)), len(probability))
    columns = np.searchsorted(codes, onward.ravel())
    weights = np.tile(probability, len(codes))
    return Chain(codes, csr_array((weights, (rows, columns)), shape=(len(codes), len(codes))))
