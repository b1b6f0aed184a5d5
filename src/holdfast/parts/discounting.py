"""What money of later periods is worth at the start (conventions §17)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def discounted(period: int, period_days: float, rate: float) -> float:
    """What a unit of money of a period is worth at the start; `rate` is a year's."""
    years = period * period_days / 365.25
    return float((1.0 + rate) ** -years)


@functools.lru_cache(maxsize=16)
def discounts(periods: int, period_days: float, rate: float) -> NDArray[np.float64]:
    """(period,) the same of all periods; worlds share it, and nobody can write it."""
    import numpy as np  # a scenario is checked without it

    found = np.array([discounted(t, period_days, rate) for t in range(periods)])
    found.setflags(write=False)
    return found
