"""Estimates and their intervals: how far a number from so many futures can be trusted.

An `Estimate` carries what each future adds to it (its influence), so that the difference of two estimates from the same
futures has an interval of its own, with what they share taken out (common random numbers).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVEL: Final = 0.95
"""Confidence of every interval that Holdfast prints."""
Z95: Final = NormalDist().inv_cdf(0.5 + LEVEL / 2)
"""Half width, in standard errors, of such an interval for a mean of many futures."""


@dataclass(frozen=True)
class Estimate:
    """A number with its uncertainty: what is estimated, from where to where it may lie, in which unit."""

    estimate: float
    low: float
    high: float
    standard_error: float
    unit: str
    influence: Floats | None = field(default=None, repr=False, compare=False)
    """(replication,) what each future adds, centred at 0; None where no paired difference makes sense."""

    def interval(self) -> tuple[float, float]:
        """From where to where the true value lies, with 95 % confidence."""
        return (self.low, self.high)

    def __sub__(self, other: Estimate) -> Estimate:
        """The paired difference; see `difference`."""
        return difference(self, other)

    def to_dict(self) -> dict[str, float | str | None]:
        """For JSON: a number that is not finite becomes null."""
        numbers = {
            "estimate": self.estimate,
            "low": self.low,
            "high": self.high,
            "standard_error": self.standard_error,
        }
        out: dict[str, float | str | None] = {k: v if math.isfinite(v) else None for k, v in numbers.items()}
        out["unit"] = self.unit
        return out


def student(n: int) -> float:
    """Half width, in standard errors, of a 95 % interval for a mean of n values (Student's t, n - 1 degrees)."""
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 0.5 + LEVEL / 2)) if n > 1 else math.inf


def _mean(values: Floats) -> float:
    """The mean; one value where all are the same, so that rounding adds nothing."""
    return float(values[0]) if values.size and bool((values == values[0]).all()) else float(values.mean())


def _around(estimate: float, influence: Floats, unit: str) -> Estimate:
    """An estimate from its influences: standard error and t interval."""
    n = influence.size
    error = float(np.sqrt(np.sum(influence**2) / (n - 1) / n)) if n > 1 else math.inf
    half = 0.0 if error == 0.0 else student(n) * error
    return Estimate(estimate, estimate - half, estimate + half, error, unit, influence)


def mean(values: Floats, unit: str) -> Estimate:
    """The expected value over futures: sum(x) / n, with a t interval.

    Args:
        values: (replication,).
        unit: what the values are counted in.
    """
    values = np.asarray(values, dtype=np.float64)
    centre = _mean(values)
    return _around(centre, values - centre, unit)


def ratio(numerator: Floats, denominator: Floats, unit: str = "share") -> Estimate:
    """The ratio of two expected values, sum(x) / sum(y); undefined (nan) where sum(y) is 0.

    The interval is that of the linearised ratio, influence (x - r y) / mean(y).
    Source: Asmussen and Glynn, Stochastic Simulation (2007), III.4 (delta method).
    """
    x, y = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    below = float(y.mean())
    if below == 0.0:
        return Estimate(math.nan, math.nan, math.nan, math.nan, unit, None)
    r = float(x.sum() / y.sum())
    return _around(r, (x - r * y) / below, unit)


def share(happened: NDArray[np.bool_]) -> Estimate:
    """The probability of something that did or did not happen in each future, with Wilson's score interval.

    Wilson's interval stays inside 0 to 1 and says something even where it happened in no future or in all.
    Source: Wilson, JASA 22 (1927) 209; Brown, Cai and DasGupta, Statistical Science 16 (2001) 101.
    """
    hits = np.asarray(happened, dtype=bool)
    n = hits.size
    p = float(hits.mean())
    z = Z95
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if p == 0.0 else middle - half
    high = 1.0 if p == 1.0 else middle + half
    return Estimate(p, low, high, math.sqrt(p * (1 - p) / n), "share of futures", hits - p)


def order(n: int, p: float) -> int:
    """The index, in n sorted values, of the p quantile: the smallest with a share of at least p at or below it."""
    return min(max(math.ceil(n * p - 1e-9) - 1, 0), n - 1)


def quantile(values: Floats, p: float, unit: str) -> Estimate:
    """The p quantile over futures, with a distribution-free interval from order statistics.

    Values may be infinite (something that never happened). Where there are too few futures for a bound, it is infinite.
    The standard error is the interval's width over 2 x 1.96. Source: David and Nagaraja, Order Statistics (2003), 7.1.
    """
    from scipy.special import bdtr

    x = np.sort(np.asarray(values, dtype=np.float64))
    n = x.size
    below = bdtr(np.arange(n + 1, dtype=np.float64), n, p)  # P(B <= k), B the number of values below the quantile
    tail = (1 - LEVEL) / 2
    lower = int(np.searchsorted(below, tail, side="right"))  # as a rank from 1; 0: none
    upper = int(np.searchsorted(below, 1 - tail)) + 1
    low = float(x[lower - 1]) if lower >= 1 else -math.inf
    high = float(x[upper - 1]) if upper <= n else math.inf
    width = high - low if low != high else 0.0
    error = width / (2 * Z95)
    return Estimate(float(x[order(n, p)]), low, high, error, unit)


def tail_mean(values: Floats, tail: float, unit: str) -> Estimate:
    """The mean of the worst `tail` of futures (CVaR): v + mean(max(x - v, 0)) / tail, v the 1 - tail quantile.

    Source: Rockafellar and Uryasev, Journal of Risk 2 (2000) 21; interval: Hong and Liu, Management Science 55 (2009)
    281 (influence v + max(x - v, 0) / tail).
    """
    x = np.asarray(values, dtype=np.float64)
    v = float(np.partition(x, order(x.size, 1 - tail))[order(x.size, 1 - tail)])
    each = v + np.maximum(x - v, 0.0) / tail
    centre = _mean(each)
    return _around(centre, each - centre, unit)


def difference(one: Estimate, other: Estimate) -> Estimate:
    """How much more `one` is than `other` in the same futures, with a paired t interval.

    Where the two have other numbers of futures, the first ones that both have are the same futures, but the estimates
    are not: such a difference is refused.

    Raises:
        ValueError: the estimates are of other units or of other futures, or cannot be paired.
    """
    if one.unit != other.unit:
        raise ValueError(f"a difference of {one.unit} and {other.unit}")
    if one.influence is None or other.influence is None or one.influence.size != other.influence.size:
        raise ValueError("these two estimates do not rest on the same futures")
    unit = "points" if one.unit.startswith("share") else one.unit
    influence = one.influence - other.influence
    scale = 100.0 if unit == "points" else 1.0
    return _around(scale * (one.estimate - other.estimate), scale * influence, unit)


def told_apart(difference: Estimate) -> bool:
    """Whether an interval of a difference leaves out 0."""
    return difference.low > 0.0 or difference.high < 0.0
