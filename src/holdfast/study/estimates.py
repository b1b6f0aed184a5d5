"""Estimates and their intervals: how far a number from so many futures can be trusted.

An `Estimate` carries what each future adds to it (its influence), so that the difference of two estimates from the same
futures has an interval of its own, with what they share taken out (common random numbers).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVEL: Final = 0.95
"""Confidence of every interval that Holdfast prints."""
SHARE: Final = "share of futures"
"""Unit of a probability."""
Z95: Final = 1.9599639845400536
"""Half width, in standard errors, of such an interval for a mean of many futures: the normal law's quantile."""


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
    if 1 < n <= MANY:
        return float(_students()[n - 2])
    return float(_student(n - 1)) if n > 1 else math.inf


MANY: Final = 10_000
"""Up to so many values, Student's quantiles are kept between processes, since importing SciPy takes 0.2 s."""


@functools.cache
def _students() -> Floats:
    """Student's quantiles for 1 to MANY - 1 degrees of freedom."""
    from holdfast.engine.tables import figures

    return figures(f"student-{MANY}", lambda: _student(np.arange(1, MANY)))


def _student(degrees: int | NDArray[np.int64]) -> Floats:
    from scipy.special import stdtrit

    return np.asarray(stdtrit(degrees, 0.5 + LEVEL / 2), dtype=np.float64)


def _mean(values: Floats) -> float:
    """The mean; one value where all are the same, so that rounding adds nothing."""
    return float(values[0]) if values.size and bool((values == values[0]).all()) else float(values.mean())


def _around(estimate: float, influence: Floats, unit: str) -> Estimate:
    """An estimate from its influences: standard error, and Student's t interval corrected for skewness.

    The correction matters where few futures carry most of a loss: then the plain interval ends too early on the far
    side. With the skewness g of the influences, an end at y standard deviations becomes one at
    (3 / g) ((1 + g (y - g / 6n))^(1/3) - 1), which is y where g is 0 and keeps the order of the ends.

    Source: Hall, Journal of the Royal Statistical Society B 54 (1992) 221 (a monotone cubic transformation).
    """
    n = influence.size
    if n < 2:
        return Estimate(estimate, -math.inf, math.inf, math.inf, unit, influence)
    square = float(np.sum(influence**2))
    error = math.sqrt(square / (n - 1) / n)
    if error == 0.0:
        return Estimate(estimate, estimate, estimate, 0.0, unit, influence)
    scaled = influence / math.sqrt(square / n)
    skewness = float(np.mean(scaled**3))
    reach = student(n) / math.sqrt(n)
    low, high = (estimate - error * math.sqrt(n) * _unskewed(y, skewness, n) for y in (reach, -reach))
    return Estimate(estimate, low, high, error, unit, influence)


def _unskewed(y: float, skewness: float, n: int) -> float:
    """Hall's transformation, from the scale on which the statistic is nearly normal to standard deviations."""
    if abs(skewness) < 1e-6:  # here rounding would exceed the correction
        return y
    return 3.0 / skewness * (math.cbrt(1.0 + skewness * (y - skewness / (6 * n))) - 1.0)


def mean(values: Floats, unit: str) -> Estimate:
    """The expected value over futures: sum(x) / n, with a t interval corrected for skewness.

    Args:
        values: (replication,).
        unit: what the values are counted in.
    """
    values = np.asarray(values, dtype=np.float64)
    centre = _mean(values)
    return _around(centre, values - centre, unit)


def ratio(numerator: Floats, denominator: Floats, unit: str = "share", proportion: bool | None = None) -> Estimate:
    """The ratio of two expected values, sum(x) / sum(y); undefined (nan) where sum(y) is 0.

    The interval is that of the linearised ratio, influence (x - r y) / mean(y). A proportion lies between 0 and 1, and
    where few futures carry most of y that interval may not: then it is Wilson's, which does, for as many independent
    trials as would be as uncertain.

    Args:
        numerator: (replication,) x.
        denominator: (replication,) y.
        unit: what the ratio is counted in.
        proportion: whether it lies between 0 and 1; where nothing is said, it does if 0 <= x <= y in every future.

    Source: Asmussen and Glynn, Stochastic Simulation (2007), III.4 (delta method); Korn and Graubard, Survey
    Methodology 24 (1998) 193 (effective number of trials, and its Student's t).
    """
    x, y = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    below = float(y.mean())
    if below == 0.0:
        return Estimate(math.nan, math.nan, math.nan, math.nan, unit, None)
    r = float(x.sum() / y.sum())
    found = _around(r, (x - r * y) / below, unit)
    if (found.low >= 0.0 and found.high <= 1.0) or not 0.0 < r < 1.0:
        return found
    if not (bool(((x >= 0.0) & (x <= y)).all()) if proportion is None else proportion):
        return found
    error = found.standard_error * student(x.size) / Z95
    low, high = _wilson(r, r * (1.0 - r) / error**2) if math.isfinite(error) else (0.0, 1.0)
    return replace(found, low=low, high=high)


def _wilson(p: float, n: float) -> tuple[float, float]:
    """Wilson's score interval of a proportion of n trials; it stays inside 0 to 1."""
    middle = (p + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * math.sqrt(p * (1 - p) / n + Z95**2 / (4 * n * n))
    return middle - half, middle + half


RARE: Final = {1: 0.05129329438755058, 2: 0.35536151069866223, 3: 0.8176914471639536}
"""With so few futures with (or without) it, the inner end of a share's interval rests on the Poisson law: the mean with
which so many events, or more, happen with probability 1 - LEVEL.
"""


def share(happened: NDArray[np.bool_]) -> Estimate:
    """The probability of something that did or did not happen in each future, with a modified Wilson interval.

    Wilson's score interval stays inside 0 to 1 and says something even where it happened in no future or in all. Its
    lower end is too high where it happened in 1 to 3 futures: there the Poisson law's 5 % bound stands instead (and
    likewise the upper end where it failed to happen in 1 to 3).

    Source: Wilson, JASA 22 (1927) 209; Brown, Cai and DasGupta, Statistical Science 16 (2001) 101, 4.1.1.
    """
    hits = np.asarray(happened, dtype=bool)
    n = hits.size
    count = int(hits.sum())
    p = count / n
    low, high = _wilson(p, n)
    low, high = 0.0 if p == 0.0 else low, 1.0 if p == 1.0 else high
    if count in RARE:
        low = min(low, RARE[count] / n)
    if n - count in RARE:
        high = max(high, 1.0 - RARE[n - count] / n)
    return Estimate(p, low, high, math.sqrt(p * (1 - p) / n), SHARE, hits - p)


def order(n: int, p: float) -> int:
    """The index, in n sorted values, of the p quantile: the smallest with a share of at least p at or below it."""
    return min(max(math.ceil(n * p - 1e-9) - 1, 0), n - 1)


def quantile(values: Floats, p: float, unit: str) -> Estimate:
    """The p quantile over futures, with a distribution-free interval from order statistics.

    Values may be infinite (something that never happened). Where there are too few futures for a bound, it is infinite.
    The standard error is the interval's width over 2 x 1.96. Source: David and Nagaraja, Order Statistics (2003), 7.1.
    """
    x = np.sort(np.asarray(values, dtype=np.float64))
    n = x.size
    lower, upper = _ranks(n, p)
    low = float(x[lower - 1]) if lower >= 1 else -math.inf
    high = float(x[upper - 1]) if upper <= n else math.inf
    width = high - low if low != high else 0.0
    error = width / (2 * Z95)
    return Estimate(float(x[order(n, p)]), low, high, error, unit)


@functools.lru_cache(maxsize=256)
def _ranks(n: int, p: float) -> tuple[int, int]:
    """Between which of n sorted values, counted from 1, the p quantile lies with 95 % confidence; 0 and n + 1: none."""
    tail = (1 - LEVEL) / 2
    below = _at_most(n, p)  # P(B <= k), B the number of values below the quantile
    if min(np.abs(below - end).min() for end in (tail, 1 - tail)) < _UNSURE * n:
        from scipy.special import bdtr

        below = bdtr(np.arange(n + 1, dtype=np.float64), n, p)
    return int(np.searchsorted(below, tail, side="right")), int(np.searchsorted(below, 1 - tail)) + 1


_UNSURE: Final = 1e-12
"""What is added up differs from the binomial law by less, times n; nearer to a bound than so, SciPy decides."""


def _at_most(n: int, p: float) -> Floats:
    """P(B <= k) for k from 0 to n, B binomial: what NumPy can say of it without SciPy."""
    k = np.arange(n + 1)
    if not 0.0 < p < 1.0:
        return np.where(k < n * p, 0.0, 1.0)
    ways = np.concatenate([[0.0], np.cumsum(np.log(k[1:]))])  # log k!
    return np.cumsum(np.exp(ways[n] - ways - ways[::-1] + k * math.log(p) + (n - k) * math.log1p(-p)))


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
    """How much more `one` is than `other` in the same futures, with a paired interval (`_around`).

    Two probabilities are compared by the futures in which only one of the two happened, with one such future added on
    either side, so that the interval has a width even where there was none.

    Where the two have other numbers of futures, the first ones that both have are the same futures, but the estimates
    are not: such a difference is refused.

    Source: Bonett and Price, Journal of Educational and Behavioral Statistics 37 (2012) 479 (probabilities).

    Raises:
        ValueError: the estimates are of other units or of other futures, or cannot be paired.
    """
    if one.unit != other.unit:
        raise ValueError(f"a difference of {one.unit} and {other.unit}")
    if one.influence is None or other.influence is None or one.influence.size != other.influence.size:
        raise ValueError("these two estimates do not rest on the same futures")
    unit = "points" if one.unit.startswith("share") else one.unit
    scale = 100.0 if unit == "points" else 1.0
    influence = scale * (one.influence - other.influence)
    gap = scale * (one.estimate - other.estimate)
    found = _around(gap, influence, unit)
    if one.unit != SHARE:
        return found
    n = influence.size
    happened, otherwise = one.influence > 0, other.influence > 0
    happened |= one.estimate == 1.0  # then every influence is 0
    otherwise |= other.estimate == 1.0
    only = [(float(np.sum(a & ~b)) + 1) / (n + 2) for a, b in ((happened, otherwise), (otherwise, happened))]
    middle = only[0] - only[1]
    half = Z95 * math.sqrt((sum(only) - middle**2) / (n + 2))
    low, high = max(-1.0, middle - half), min(1.0, middle + half)
    return Estimate(gap, min(gap, scale * low), max(gap, scale * high), found.standard_error, unit, influence)


def told_apart(difference: Estimate) -> bool:
    """Whether an interval of a difference leaves out 0."""
    return difference.low > 0.0 or difference.high < 0.0
