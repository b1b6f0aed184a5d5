"""Where distribution functions reach a probability."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    from holdfast.later import Later

    np = Later("numpy")  # a scenario is read without it


def standard_normal_quantile(p: Floats) -> Floats:
    """Quantiles of the standard normal."""
    from scipy.special import ndtri

    return np.asarray(ndtri(p), dtype=np.float64)


def inverse(cdf: Callable[[Floats], Floats], p: Floats, low: Floats, high: Floats) -> Floats:
    """Where a continuous distribution function reaches each p, between `low` and `high`, to 1e-12 of it (or of 1).

    Source: Chandrupatla, Advances in Engineering Software 28 (1997) 145 (bisection, or the inverse parabola through the
    last three points where it may be trusted).
    """
    a, b = low, high
    fa, fb = cdf(a) - p, cdf(b) - p
    share = np.full(p.shape, 0.5)
    for _ in range(80):
        x = a + share * (b - a)
        fx = cdf(x) - p
        same = np.sign(fx) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        a, b, fa, fb = x, np.where(same, b, a), fx, np.where(same, fb, fa)
        with np.errstate(all="ignore"):
            least = 0.5e-12 * np.maximum(1.0, np.abs(a)) / np.abs(b - a)
            if np.all((least >= 0.5) | (fa == 0.0) | (a == b)):
                break
            place, level = (a - b) / (c - b), (fa - fb) / (fc - fb)
            bent = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
            trusted = (level**2 < place) & ((1 - level) ** 2 < 1 - place)
            share = np.where(trusted, np.clip(bent, least, 1 - least), 0.5)
    return np.where(np.abs(fa) <= np.abs(fb), a, b)
