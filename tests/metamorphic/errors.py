"""Sample sizes of statistical tests: both error rates are stated, and the size follows from them."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Final

import numpy as np

FALSE_FAIL: Final = 1e-9
"""Chance that a test fails though the two are the same (two-sided)."""
FALSE_PASS: Final = 1e-6
"""Chance that it passes though they differ by what the test names."""
FAR: Final = -NormalDist().inv_cdf(FALSE_FAIL / 2)
"""[standard errors] beyond which a test fails."""
REACH: Final = FAR - NormalDist().inv_cdf(FALSE_PASS)
"""[standard errors] that a difference must be to be seen."""


def futures_to_see(difference: float) -> int:
    """Futures of each of two independent samples that tell means apart which differ by so many standard deviations."""
    return math.ceil(2 * (REACH / difference) ** 2)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """[standard errors] how far apart the means of two independent samples are."""
    error = math.sqrt(one.var(ddof=1) / one.size + other.var(ddof=1) / other.size)
    return abs(float(one.mean() - other.mean())) / error if error else 0.0
