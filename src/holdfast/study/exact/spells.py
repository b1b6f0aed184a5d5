"""A regime as a Markov chain: its state and, where the law of a spell remembers, for how long it has been in it.

A spell of work X lasts floor(X + U) periods and at least 1, U uniform (conventions §4, §10), so P(N >= n) is
P(X + U >= n), which the distribution function of X gives. Ages from which on the chance to leave no longer changes are
one state of the chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.parts.laws import Exponential, Fixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.parts.laws import Law
    from holdfast.parts.world import Regime

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ALIKE: Final = 1e-10
"""Chances to leave that differ by less are one."""
OVER: Final = 1e-12
"""A spell that lasts longer with less probability has ended."""
POINTS: Final = 64
"""Points in a period at which a distribution function is averaged."""


@dataclass(frozen=True)
class Spells:
    """The chain of a regime."""

    codes: Ints
    """(chain state,) code of the regime's state."""
    start: int
    """Chain state in period 0."""
    matrix: Any
    """(from, to) probabilities from one period to the next, sparse."""
    script: tuple[tuple[int, int], ...]
    """(period, chain state) that is entered for certain; from the first on, nothing else moves."""

    def move(self, t: int) -> Any:
        """(from, to) probabilities from period t to the next, sparse."""
        from scipy.sparse import csr_array, eye_array

        n = len(self.codes)
        told = [state for period, state in self.script if period == t + 1]
        if told:
            return csr_array((np.ones(n), (np.arange(n), np.full(n, told[-1]))), shape=(n, n))
        return eye_array(n, format="csr") if self.script and self.script[0][0] <= t else self.matrix


def lasting(law: Law, least: Floats) -> Floats:
    """P(X + U >= y) for each y of at least 1: that a spell lasts so many periods."""
    if isinstance(law, Exponential):
        return np.asarray(law.mean_ * (np.exp(-(least - 1.0) / law.mean_) - np.exp(-least / law.mean_)))
    atoms = (np.array([law.value]), np.ones(1)) if isinstance(law, Fixed) else law.atoms()
    if atoms is not None:
        chances = np.diff(np.concatenate([[0.0], atoms[1]]))
        return np.asarray(np.clip(atoms[0] - least[:, None] + 1.0, 0.0, 1.0) @ chances)
    points = (np.arange(POINTS) + 0.5) / POINTS
    return np.array([1.0 - np.mean([law.cdf(float(y - 1.0 + p)) for p in points]) for y in least])


def leaving(law: Law, age: float, longest: int) -> Floats:
    """(age,) the chance that a spell ends after one period, after two if it did not, ...; the last goes on for ever.

    Args:
        law: of the work.
        age: how long it has lasted already [periods].
        longest: periods that are looked at.
    """
    beyond = 1.0 - law.cdf(age) if age > 0.0 else 1.0
    lasts = np.concatenate([[1.0], lasting(law, age + np.arange(2.0, longest + 2.0)) / beyond])
    lasts = np.minimum.accumulate(np.clip(lasts, 0.0, 1.0))
    over = np.flatnonzero(lasts < OVER)
    lasts = lasts[: over[0] + 1] if len(over) else lasts
    leaves = 1.0 - lasts[1:] / lasts[:-1]
    if len(over) and (len(leaves) < 2 or abs(leaves[-1] - leaves[-2]) > ALIKE):
        leaves[-1] = 1.0  # it has an end; else it goes on as it has gone on
    differs = np.flatnonzero(np.abs(leaves - leaves[-1]) > ALIKE)
    return np.asarray(leaves[: (differs[-1] + 2 if len(differs) else 1)])


def spells(regime: Regime, periods: int) -> Spells:
    """The chain of a regime of which all spells go at a pace of 1."""
    from scipy.sparse import csr_array

    each = [(s, leaving(state.lasts, 0.0, periods)) for s, state in enumerate(regime.states)]
    if regime.age > 0.0:
        each.append((regime.starts, leaving(regime.states[regime.starts].lasts, regime.age, periods)))
    first = np.concatenate([[0], np.cumsum([len(leaves) for _, leaves in each])])
    rows, columns, chances = [], [], []
    for (code, leaves), begin in zip(each, first[:-1], strict=True):
        for age, leave in enumerate(leaves):
            stays = begin + min(age + 1, len(leaves) - 1)
            rows += [begin + age] * (1 + len(regime.states))
            columns += [stays, *first[: len(regime.states)]]
            chances += [1.0 - leave, *(leave * then for then in regime.states[code].then)]
    n = int(first[-1])
    matrix = csr_array((np.array(chances), (np.array(rows), np.array(columns))), shape=(n, n))
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    codes = np.concatenate([np.full(len(leaves), code) for code, leaves in each])
    script = tuple((period, int(first[code])) for period, code in regime.script)
    at_once = [state for period, state in script if period <= 0]
    start = int(first[-2] if regime.age > 0.0 else first[regime.starts])
    return Spells(codes, at_once[-1] if at_once else start, matrix, script)
