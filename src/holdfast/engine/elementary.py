"""Elementary functions without a call to a library: lanes stay vectors, and every machine gives the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from holdfast.engine.kernel import step

_LOG2E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_ROUND = 6755399441055744.0  # 1.5 * 2^52: adding and subtracting it rounds to a whole number
_SQRT2 = 1.4142135623730951
_MANTISSA, _ONE, _OF_2_52 = 0xFFFFFFFFFFFFF, 1023 << 52, 1075 << 52


@step
def real(n: Any) -> Any:
    """A whole number from 0 to 2^52 - 1 as float64, exactly.

    It is put behind the leading bit of 2^52, which is then subtracted: there are vectors of this everywhere, and of
    conversions from 64 bits only on some machines.
    """
    return np.int64(n | _OF_2_52).view(np.float64) - 4503599627370496.0


@step
def exponential(x: Any) -> Any:
    """exp(x) for |x| < 700, within 2 units in the last place; no call to a library, so the lane loop is vectorised.

    Source: Cody and Waite, Software Manual for the Elementary Functions (1980), ch. 6, with a Taylor polynomial.
    """
    shifted = x * _LOG2E + _ROUND
    n = shifted - _ROUND
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    power = (np.float64(shifted).view(np.int64) + 1023) << 52
    return p * np.int64(power).view(np.float64)


@step
def logarithm(x: Any) -> Any:
    """log(x) for finite x >= 2^-1022, within 2 units in the last place.

    x = 2^n m with m between sqrt(1/2) and sqrt(2), and log(m) = 2 artanh(s) with s = (m - 1) / (m + 1), as a series.

    Source: Cody and Waite, Software Manual for the Elementary Functions (1980), ch. 5.
    """
    bits = np.float64(x).view(np.int64)
    m = np.int64((bits & _MANTISSA) | _ONE).view(np.float64)
    large = m > _SQRT2
    n = real(bits >> 52) - (1022.0 if large else 1023.0)
    m = 0.5 * m if large else m
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 1.0 / 21.0
    p = p * z + 1.0 / 19.0
    p = p * z + 1.0 / 17.0
    p = p * z + 1.0 / 15.0
    p = p * z + 1.0 / 13.0
    p = p * z + 1.0 / 11.0
    p = p * z + 1.0 / 9.0
    p = p * z + 1.0 / 7.0
    p = p * z + 1.0 / 5.0
    p = p * z + 1.0 / 3.0
    twice = 2.0 * s
    return n * _LN2_HIGH + (twice + (twice * z * p + n * _LN2_LOW))
