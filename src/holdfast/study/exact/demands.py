"""Laws of demand on 0, 1, 2, ... units, as exact as floats are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.study.theory import positive, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TAIL: Final = 1e-14
"""Probability that may be left beyond the end where a law has to end."""

LONGEST: Final = 100_000
"""[units] No law is written out further."""


@dataclass(frozen=True)
class Demand:
    """A law of the demand of one period [units], independent from period to period."""

    name: str
    mean: float
    first: Callable[[int], Floats]
    """P(D = 0), ..., P(D = n - 1), shape (n,)."""

    def kept(self, most: int) -> Floats:
        """P(max(x - D, 0) = k) for x and k from 0 to `most`, shape (x, k): row x is what is left of x units."""
        probability = self.first(most + 1)
        left = np.zeros((most + 1, most + 1))
        for x in range(most + 1):
            left[x, 1 : x + 1] = probability[:x][::-1]
            left[x, 0] = max(0.0, 1.0 - float(probability[:x].sum()))
        return left

    def excess(self, most: int) -> Floats:
        """E max(x - D, 0) for x from 0 to `most` [units], shape (x,)."""
        below = np.concatenate([[0.0], np.cumsum(self.first(most + 1))[:-1]])
        return np.cumsum(below)

    def ended(self, tail: float = TAIL) -> Floats:
        """The probabilities up to where at most `tail` is left, which the last one takes."""
        end = self._end(1, tail)
        found = self.first(end + 1).copy()
        found[-1] += max(0.0, 1.0 - float(found.sum()))
        return found

    def fractile(self, periods: int, above: float) -> int:
        """The smallest s with P(demand over so many periods > s) <= above.

        Raises:
            ValueError: periods is below 1, or `above` is not between 0 and 1.
        """
        require(periods >= 1, f"periods is {periods}, and must be at least 1")
        require(0 < above < 1, f"above is {above:g}, and must be between 0 and 1")
        return self._end(periods, above)

    def _end(self, periods: int, above: float) -> int:
        size = 64
        while size <= LONGEST:
            one = self.first(size)
            total = one
            for _ in range(periods - 1):
                total = np.convolve(total, one)[:size]
            enough = np.flatnonzero(np.cumsum(total) >= 1.0 - above)
            if len(enough):
                return int(enough[0])
            size *= 2
        message = f"demand {self.name} reaches beyond {LONGEST:,} units, too far for an exact solution"
        raise ValueError(message)


def poisson(mean: float) -> Demand:
    """Poisson demand.

    Raises:
        ValueError: the mean is not above 0, or above 600 (its probabilities would underflow).
    """
    positive(mean=mean)
    require(mean <= 600, f"mean is {mean:g}, and must be at most 600")

    def first(n: int) -> Floats:
        return math.exp(-mean) * np.cumprod(np.concatenate([[1.0], mean / np.arange(1, n)]))[:n]

    return Demand(f"poisson({mean:g})", mean, first)


def geometric(mean: float) -> Demand:
    """Geometric demand on 0, 1, 2, ...: P(D = k) = q (1 - q)^k with q = 1 / (1 + mean).

    Raises:
        ValueError: the mean is not above 0.
    """
    positive(mean=mean)
    q = 1.0 / (1.0 + mean)
    return Demand(f"geometric({mean:g})", mean, lambda n: q * np.power(1.0 - q, np.arange(n, dtype=np.float64)))


def uniform(low: int, high: int) -> Demand:
    """Whole numbers from low to high, each as likely.

    Raises:
        ValueError: low is below 0 or above high.
    """
    require(0 <= low <= high, f"low is {low} and high is {high}; they must be from 0 on, low first")

    def first(n: int) -> Floats:
        at = np.arange(n)
        return np.where((at >= low) & (at <= high), 1.0 / (high - low + 1), 0.0)

    return Demand(f"uniform({low}, {high})", (low + high) / 2, first)


def rounded_gamma(mean: float, cv: float) -> Demand:
    """Gamma demand rounded to the nearest whole number; mean and coefficient of variation are those before rounding.

    Raises:
        ValueError: mean or cv is not above 0.
    """
    positive(mean=mean, cv=cv)
    shape = cv**-2
    scale = mean / shape

    def first(n: int) -> Floats:
        from scipy.special import gammainc

        below: Any = gammainc(shape, (np.arange(n) + 0.5) / scale)
        return np.diff(np.concatenate([[0.0], below]))

    # The mean of the rounded law: the sum of P(D > k), to where nothing is left.
    top = math.ceil(mean * (1 + 60 * cv + 60 * cv * cv))
    rounded = float(np.sum(1.0 - np.cumsum(first(top))))
    return Demand(f"rounded gamma({mean:g}, {cv:g})", rounded, first)
