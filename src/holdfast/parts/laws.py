"""Laws of chance: what a random amount, duration or share follows.

Each law is one class: its parameters, mean, variance, distribution function and quantile function, with
its source. Everything is in numbers of the clock's period and the good's unit; `spec` builds a law from
what people write. `tabulate` turns any law into the table from which both the engine and the slow
twin sample by inversion (conventions §20), monotone in the random word.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from holdfast.parts.inversion import inverse, standard_normal_quantile
from holdfast.records import record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    from holdfast.later import Later

    np = Later("numpy")  # a scenario is read without it

WORDS: Final = 2**32
SEGMENTS: Final = 1024
"""Segments of a quantile table; the first and the last are refined on a logarithmic scale."""
OCTAVES: Final = 23
PIECES: Final = 8
"""Pieces in each octave of a tail."""


class Law(ABC):
    """What a random number follows."""

    counting = False
    """Whether values are counts, so that `times` changes the mean and not the unit of counting (§5)."""

    @abstractmethod
    def mean(self) -> float:
        """Expected value."""

    @abstractmethod
    def variance(self) -> float:
        """Variance."""

    @abstractmethod
    def cdf(self, x: float) -> float:
        """P(X <= x)."""

    def cdfs(self, x: Floats) -> Floats:
        """`cdf` for an array; the same but for rounding."""
        return np.array([self.cdf(float(each)) for each in x.ravel()], dtype=np.float64).reshape(x.shape)

    @abstractmethod
    def quantile(self, p: Floats) -> Floats:
        """Smallest x with P(X <= x) >= p, for an array of p strictly between 0 and 1."""

    @abstractmethod
    def scaled(self, k: float) -> Law:
        """The law of k times the amount; of counts with k times the mean."""

    def atoms(self) -> tuple[Floats, Floats] | None:
        """(values, cumulative probabilities) of a discrete law; None for a continuous one."""
        return None

    def over(self, n: float) -> Law | None:
        """The law of the amount in n times the unit of time, if independent parts add up to one; else None."""
        return self if n == 1 else None


@record
class Fixed(Law):
    """Always the same value."""

    value: float

    def mean(self) -> float:
        return self.value

    def variance(self) -> float:
        return 0.0

    def cdf(self, x: float) -> float:
        return float(x >= self.value)

    def quantile(self, p: Floats) -> Floats:
        return np.full_like(p, self.value)

    def scaled(self, k: float) -> Law:
        return Fixed(k * self.value)

    def over(self, n: float) -> Law | None:
        return Fixed(n * self.value)


@record
class Exponential(Law):
    """Memoryless duration with mean `mean_`. Source: Ross, Introduction to Probability Models, ch. 5."""

    mean_: float

    def mean(self) -> float:
        return self.mean_

    def variance(self) -> float:
        return self.mean_**2

    def cdf(self, x: float) -> float:
        return -math.expm1(-x / self.mean_) if x > 0 else 0.0

    def cdfs(self, x: Floats) -> Floats:
        return -np.expm1(-np.maximum(x, 0.0) / self.mean_)

    def quantile(self, p: Floats) -> Floats:
        return -self.mean_ * np.log1p(-p)

    def scaled(self, k: float) -> Law:
        return Exponential(k * self.mean_) if k else Fixed(0.0)


@record
class Lognormal(Law):
    """exp(mu + sigma Z). Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, ch. 14."""

    mu: float
    sigma: float

    @classmethod
    def from_mean(cls, mean: float, cv: float) -> Lognormal:
        """By mean and coefficient of variation."""
        s2 = math.log1p(cv * cv)
        return cls(math.log(mean) - s2 / 2, math.sqrt(s2))

    @classmethod
    def from_median(cls, median: float, p90: float) -> Lognormal:
        """By median and 90 % quantile."""
        return cls(math.log(median), math.log(p90 / median) / 1.2815515655446004)

    def mean(self) -> float:
        return math.exp(self.mu + self.sigma**2 / 2)

    def variance(self) -> float:
        return math.expm1(self.sigma**2) * self.mean() ** 2

    def cdf(self, x: float) -> float:
        if x <= 0:
            return 0.0
        if self.sigma == 0:
            return float(math.log(x) >= self.mu)
        return 0.5 * math.erfc((self.mu - math.log(x)) / (self.sigma * math.sqrt(2)))

    def cdfs(self, x: Floats) -> Floats:
        from scipy.special import ndtr

        with np.errstate(divide="ignore"):
            away = np.log(np.maximum(x, 0.0)) - self.mu
        return np.asarray(ndtr(away / self.sigma) if self.sigma else away >= 0.0, dtype=np.float64)

    def quantile(self, p: Floats) -> Floats:
        return np.exp(self.mu + self.sigma * standard_normal_quantile(p))

    def scaled(self, k: float) -> Law:
        return Lognormal(self.mu + math.log(k), self.sigma) if k else Fixed(0.0)


@record
class Gamma(Law):
    """Gamma with shape k and scale theta. Source: Johnson, Kotz, Balakrishnan, Continuous Univariate 1, ch. 17."""

    shape: float
    scale: float

    @classmethod
    def from_mean(cls, mean: float, cv: float) -> Gamma:
        """By mean and coefficient of variation."""
        return cls(1 / cv**2, mean * cv**2)

    def mean(self) -> float:
        return self.shape * self.scale

    def variance(self) -> float:
        return self.shape * self.scale**2

    def cdf(self, x: float) -> float:
        from scipy.special import gammainc

        return float(gammainc(self.shape, x / self.scale)) if x > 0 else 0.0

    def cdfs(self, x: Floats) -> Floats:
        from scipy.special import gammainc

        return np.asarray(gammainc(self.shape, np.maximum(x, 0.0) / self.scale), dtype=np.float64)

    def quantile(self, p: Floats) -> Floats:
        from scipy.special import gammaincinv

        return np.asarray(gammaincinv(self.shape, p) * self.scale, dtype=np.float64)

    def scaled(self, k: float) -> Law:
        return Gamma(self.shape, k * self.scale) if k else Fixed(0.0)

    def over(self, n: float) -> Law | None:
        return Gamma(n * self.shape, self.scale)


@record
class Normal(Law):
    """Normal, cut at 0 when drawn. Source: Johnson, Kotz, Balakrishnan, Continuous Univariate 1, ch. 13."""

    mean_: float
    sd: float

    def mean(self) -> float:
        return self.mean_

    def variance(self) -> float:
        return self.sd**2

    def cdf(self, x: float) -> float:
        if self.sd == 0:
            return float(x >= self.mean_)
        return 0.5 * math.erfc((self.mean_ - x) / (self.sd * math.sqrt(2)))

    def quantile(self, p: Floats) -> Floats:
        return np.maximum(0.0, self.mean_ + self.sd * standard_normal_quantile(p))

    def scaled(self, k: float) -> Law:
        return Normal(k * self.mean_, k * self.sd)

    def over(self, n: float) -> Law | None:
        return Normal(n * self.mean_, math.sqrt(n) * self.sd)


@record
class StandardNormal(Law):
    """Normal with mean 0 and variance 1, not cut: the noise of prices (§14)."""

    def mean(self) -> float:
        return 0.0

    def variance(self) -> float:
        return 1.0

    def cdf(self, x: float) -> float:
        return 0.5 * math.erfc(-x / math.sqrt(2))

    def quantile(self, p: Floats) -> Floats:
        return standard_normal_quantile(p)

    def scaled(self, k: float) -> Law:
        return Scaled(self, k)


@record
class Uniform(Law):
    """Every value between low and high alike."""

    low: float
    high: float

    def mean(self) -> float:
        return (self.low + self.high) / 2

    def variance(self) -> float:
        return (self.high - self.low) ** 2 / 12

    def cdf(self, x: float) -> float:
        if self.high == self.low:
            return float(x >= self.low)
        return min(1.0, max(0.0, (x - self.low) / (self.high - self.low)))

    def quantile(self, p: Floats) -> Floats:
        return self.low + p * (self.high - self.low)

    def scaled(self, k: float) -> Law:
        return Uniform(k * self.low, k * self.high)


@record
class Beta(Law):
    """A share. Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, ch. 25."""

    a: float
    b: float

    @classmethod
    def from_mean(cls, mean: float, cv: float) -> Beta:
        """By mean and coefficient of variation; needs cv^2 < (1 - mean) / mean."""
        n = mean * (1 - mean) / (cv * mean) ** 2 - 1
        return cls(mean * n, (1 - mean) * n)

    def mean(self) -> float:
        return self.a / (self.a + self.b)

    def variance(self) -> float:
        n = self.a + self.b
        return self.a * self.b / (n**2 * (n + 1))

    def cdf(self, x: float) -> float:
        from scipy.special import betainc

        return float(betainc(self.a, self.b, min(1.0, max(0.0, x))))

    def quantile(self, p: Floats) -> Floats:
        from scipy.special import betaincinv

        return np.asarray(betaincinv(self.a, self.b, p), dtype=np.float64)

    def scaled(self, k: float) -> Law:
        return self if k == 1 else Scaled(self, k)


@record
class Pert(Law):
    """A beta law between a best and a worst case, by what is most likely: three estimates.

    Source: Malcolm, Roseboom, Clark and Fazar, Operations Research 7 (1959) 646; Vose, Risk Analysis (2008), ch. 14.
    """

    best: float
    likely: float
    worst: float

    @property
    def _share(self) -> Beta:
        """How far between best and worst."""
        width = self.worst - self.best
        return Beta(1 + 4 * (self.likely - self.best) / width, 1 + 4 * (self.worst - self.likely) / width)

    def mean(self) -> float:
        return (self.best + 4 * self.likely + self.worst) / 6

    def variance(self) -> float:
        return (self.worst - self.best) ** 2 * self._share.variance()

    def cdf(self, x: float) -> float:
        return self._share.cdf((x - self.best) / (self.worst - self.best))

    def quantile(self, p: Floats) -> Floats:
        return self.best + (self.worst - self.best) * self._share.quantile(p)

    def scaled(self, k: float) -> Law:
        return Pert(k * self.best, k * self.likely, k * self.worst) if k else Fixed(0.0)


@record
class Scaled(Law):
    """k times another continuous law."""

    law: Law
    k: float

    def mean(self) -> float:
        return self.k * self.law.mean()

    def variance(self) -> float:
        return self.k**2 * self.law.variance()

    def cdf(self, x: float) -> float:
        return self.law.cdf(x / self.k) if self.k else float(x >= 0)

    def quantile(self, p: Floats) -> Floats:
        return self.k * self.law.quantile(p)

    def scaled(self, k: float) -> Law:
        return Scaled(self.law, self.k * k)


@record
class Poisson(Law):
    """Counts of independent events. Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, ch. 4."""

    mean_: float
    counting = True

    def mean(self) -> float:
        return self.mean_

    def variance(self) -> float:
        return self.mean_

    def cdf(self, x: float) -> float:
        from scipy.special import pdtr

        return float(pdtr(math.floor(x), self.mean_)) if x >= 0 else 0.0

    def atoms(self) -> tuple[Floats, Floats] | None:
        from scipy.special import pdtr

        top = int(self.mean_ + 8 * math.sqrt(self.mean_) + 40)
        k = np.arange(top, dtype=np.float64)
        return k, np.asarray(pdtr(k, self.mean_), dtype=np.float64) if self.mean_ else np.ones(top)

    def quantile(self, p: Floats) -> Floats:
        values, cumulative = self.atoms() or (np.zeros(1), np.ones(1))
        return values[np.minimum(np.searchsorted(cumulative, p), len(values) - 1)]

    def scaled(self, k: float) -> Law:
        return Poisson(k * self.mean_)

    def over(self, n: float) -> Law | None:
        return Poisson(n * self.mean_)


@record
class Geometric(Law):
    """Failures before a success, `least` and more.

    Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, ch. 5.
    With `least` 1 it is the only law of whole periods without memory: it ends in each period with the same chance.
    """

    mean_: float
    least: float = 0.0
    counting = True

    @property
    def _stays(self) -> float:
        """P(X > k) / P(X >= k)."""
        beyond = self.mean_ - self.least
        return beyond / (1.0 + beyond)

    def mean(self) -> float:
        return self.mean_

    def variance(self) -> float:
        beyond = self.mean_ - self.least
        return beyond * (1.0 + beyond)

    def cdf(self, x: float) -> float:
        k = math.floor(x - self.least)
        return -math.expm1((k + 1) * math.log(self._stays)) if k >= 0 and self._stays > 0 else float(k >= 0)

    def atoms(self) -> tuple[Floats, Floats] | None:
        if self._stays == 0:
            return np.array([self.least]), np.ones(1)
        top = math.ceil(-math.log(2.0 * WORDS) / math.log(self._stays)) + 1
        k = np.arange(top, dtype=np.float64)
        return self.least + k, -np.expm1((k + 1) * math.log(self._stays))

    def quantile(self, p: Floats) -> Floats:
        values, cumulative = self.atoms() or (np.zeros(1), np.ones(1))
        return values[np.minimum(np.searchsorted(cumulative, p), len(values) - 1)]

    def scaled(self, k: float) -> Law:
        return Geometric(k * self.mean_, self.least) if k * self.mean_ >= self.least else Fixed(k * self.mean_)


@record
class Discrete(Law):
    """Values with probabilities, ascending: an empirical law or a mixture of fixed values."""

    values: tuple[float, ...]
    probabilities: tuple[float, ...]

    @classmethod
    def empirical(cls, data: list[float]) -> Discrete:
        """Every value of `data` equally likely."""
        values, counts = np.unique(np.asarray(data, dtype=np.float64), return_counts=True)
        return cls(tuple(values.tolist()), tuple((counts / counts.sum()).tolist()))

    def mean(self) -> float:
        return float(np.dot(self.values, self.probabilities))

    def variance(self) -> float:
        return float(np.dot(np.square(self.values), self.probabilities) - self.mean() ** 2)

    def cdf(self, x: float) -> float:
        return float(sum(p for v, p in zip(self.values, self.probabilities, strict=True) if v <= x))

    def atoms(self) -> tuple[Floats, Floats] | None:
        return np.asarray(self.values), np.cumsum(self.probabilities)

    def quantile(self, p: Floats) -> Floats:
        cumulative = np.cumsum(self.probabilities)
        return np.asarray(self.values)[np.minimum(np.searchsorted(cumulative, p), len(self.values) - 1)]

    def scaled(self, k: float) -> Law:
        return Discrete(tuple(k * v for v in self.values), self.probabilities)


@record
class Mixture(Law):
    """With a weight each, one of several continuous laws. Use Discrete for fixed values."""

    laws: tuple[Law, ...]
    weights: tuple[float, ...]

    def mean(self) -> float:
        return sum(w * law.mean() for w, law in zip(self.weights, self.laws, strict=True))

    def variance(self) -> float:
        second = sum(w * (law.variance() + law.mean() ** 2) for w, law in zip(self.weights, self.laws, strict=True))
        return second - self.mean() ** 2

    def cdf(self, x: float) -> float:
        return sum(w * law.cdf(x) for w, law in zip(self.weights, self.laws, strict=True))

    def cdfs(self, x: Floats) -> Floats:
        return np.asarray(sum(w * law.cdfs(x) for w, law in zip(self.weights, self.laws, strict=True)))

    def quantile(self, p: Floats) -> Floats:
        each = np.array([law.quantile(p) for law in self.laws])
        return inverse(self.cdfs, p, each.min(axis=0), each.max(axis=0))

    def scaled(self, k: float) -> Law:
        return Mixture(tuple(law.scaled(k) for law in self.laws), self.weights)


@record
class ContinuousTable:
    """Quantile function in pieces: x = c0 + f * (c1 + f * c2), f the place in the piece from 0 to 1.

    Pieces 0 to SEGMENTS-1 have equal probability; word w lies in piece w >> 22 with f = (w mod 2^22) / 2^22.
    Words of the first and last piece use the tails instead: v = w or 2^32 - 1 - w, p = v + 0.5; with
    p = m * 2^e, 1 <= m < 2, the piece of the tail is (e + 1) * PIECES + floor((m - 1) * PIECES) and f is
    what remains of (m - 1) * PIECES.
    """

    body: Floats
    """Shape (SEGMENTS, 3)."""
    lower: Floats
    """Shape (OCTAVES * PIECES, 3)."""
    upper: Floats


@record
class DiscreteTable:
    """Values and thresholds: the value is that of the first k with w < thresholds[k], else the last one."""

    values: Floats
    thresholds: NDArray[np.uint64]
    """round(2^32 x cumulative probability), at most 2^32; shape of values."""


def _fit(q0: Floats, q1: Floats, q2: Floats) -> Floats:
    """Coefficients of the parabola through the values at 0, 1/2 and 1; a line where it would not be monotone."""
    c1 = -3 * q0 + 4 * q1 - q2
    c2 = 2 * q0 - 4 * q1 + 2 * q2
    bent = (c1 < 0) | (c1 + 2 * c2 < 0)
    return np.stack([q0, np.where(bent, q2 - q0, c1), np.where(bent, 0.0, c2)], axis=-1)


@lru_cache(maxsize=512)
def tabulate(law: Law) -> ContinuousTable | DiscreteTable:
    """The table from which a law is sampled.

    Source: inversion, Devroye, Non-Uniform Random Variate Generation (1986), ch. II.2 and III.2.
    """
    atoms = law.atoms()
    if atoms is not None:
        values, cumulative = atoms
        thresholds = np.minimum(np.rint(cumulative * WORDS), WORDS).astype(np.uint64)
        return DiscreteTable(values, thresholds)
    if isinstance(law, Fixed):
        flat = np.zeros((SEGMENTS, 3))
        flat[:, 0] = law.value
        return ContinuousTable(flat, flat[: OCTAVES * PIECES], flat[: OCTAVES * PIECES])
    inner = np.arange(2, 2 * SEGMENTS - 1) / (2.0 * SEGMENTS)
    q = law.quantile(inner)
    body = np.zeros((SEGMENTS, 3))
    body[1:-1] = _fit(q[0:-2:2], q[1:-1:2], q[2::2])
    octave, piece, place = np.meshgrid(np.arange(OCTAVES), np.arange(PIECES), np.array([0.0, 0.5, 1.0]), indexing="ij")
    p = 2.0 ** (octave - 1.0) * (1 + (piece + place) / PIECES) / WORDS
    low = law.quantile(p)
    high = _upper_quantile(law, p)
    lower = _fit(low[..., 0], low[..., 1], low[..., 2]).reshape(-1, 3)
    flipped = _fit(-high[..., 0], -high[..., 1], -high[..., 2]).reshape(-1, 3)
    return ContinuousTable(body, lower, -flipped)


def _upper_quantile(law: Law, p: Floats) -> Floats:
    """Quantile at 1 - p, as exact as float64 lets 1 - p be (p >= 2^-33)."""
    return law.quantile(1.0 - p)


def sample(table: ContinuousTable | DiscreteTable, word: int) -> float:
    """What a law gives for a random word: the definition of sampling, in plain Python (§20)."""
    if isinstance(table, DiscreteTable):
        k = int(np.searchsorted(table.thresholds, np.uint64(word), side="right"))
        return float(table.values[min(k, len(table.values) - 1)])
    piece = word >> 22
    if 0 < piece < SEGMENTS - 1:
        c0, c1, c2 = table.body[piece]
        f = (word & 0x3FFFFF) * 2.0**-22
        return float(c0 + f * (c1 + f * c2))
    tail = table.lower if piece == 0 else table.upper
    v = word if piece == 0 else WORDS - 1 - word
    mantissa, exponent = math.frexp(v + 0.5)
    m, e = mantissa * 2 - 1, exponent - 1
    at = m * PIECES
    c0, c1, c2 = tail[(e + 1) * PIECES + int(at)]
    f = at - int(at)
    return float(c0 + f * (c1 + f * c2))
