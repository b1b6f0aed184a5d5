"""Stages in a row: the best echelon base-stock levels and their cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from holdfast.study.theory import positive, require

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE: Final = 9.0
"""Standard deviations of lead-time demand on either side of the grid."""
FINE: Final = 200
"""Grid points per standard deviation of the shortest lead-time demand."""
MOST_POINTS: Final = 2_000_000


def echelon_rates(local: Sequence[float]) -> list[float]:
    """Echelon holding cost rates from local ones, the stage that faces demand first.

    Source: Clark and Scarf, Management Science 6 (1960) 475.
    """
    return [here - above for here, above in zip(local, [*local[1:], 0.0], strict=True)]


def serial_normal(
    echelon: Sequence[float], lead_times: Sequence[float], shortage: float, mean: float, sd: float
) -> tuple[list[float], float]:
    """The best echelon base-stock levels of stages in a row under normal demand, and the cost per time.

    Local holding cost is charged on hand and on what is on its way to the next stage; h and p are assessed after
    receipts and shipments, so the last stage meets the demand of its lead time exactly.

    Args:
        echelon: holding cost rates by stage, the one that faces demand first.
        lead_times: by stage.
        shortage: per unit backordered and time.
        mean: of demand per time.
        sd: of demand per time.

    Returns:
        The levels, the stage that faces demand first, and the cost.

    Source: Clark and Scarf (1960); Chen and Zheng, Management Science 40 (1994) 1426; Snyder and Shen (2019), 6.2.
    """
    import numpy as np

    _check(echelon, lead_times, shortage)
    positive(sd=sd)
    total = sum(lead_times)
    spread = WIDE * sd * math.sqrt(total)
    shortest = min(time for time in lead_times if time > 0)
    low = -2 * spread - mean * max(lead_times)
    high = mean * total + 3 * spread
    step = max(sd * math.sqrt(shortest) / FINE, (high - low) / MOST_POINTS)
    level = np.arange(math.floor(low / step), math.ceil(high / step) + 1) * step
    cost = (shortage + sum(echelon)) * np.maximum(-level, 0.0)
    levels = []
    for stage, (rate, time) in enumerate(zip(echelon, lead_times, strict=True)):
        if stage == 0 and time > 0:  # the kink at 0 is taken exactly
            cost = _first_stage(level, rate, shortage + sum(echelon), mean * time, sd * math.sqrt(time))
        else:
            cost = _expected(rate * level + cost, level, step, mean * time, sd * math.sqrt(time))
        at = int(np.argmin(cost))
        levels.append(_vertex(level, cost, at, step))
        least = float(cost[at])
        cost = np.where(np.arange(level.size) > at, least, cost)
    return levels, least


def _check(echelon: Sequence[float], lead_times: Sequence[float], shortage: float) -> None:
    require(len(echelon) == len(lead_times) > 0, f"{len(echelon)} rates and {len(lead_times)} lead times")
    require(all(rate > 0 for rate in echelon), f"echelon rates {list(echelon)} must be above 0")
    require(all(time >= 0 for time in lead_times) and sum(lead_times) > 0, f"lead times {list(lead_times)}")
    positive(shortage=shortage)


def _first_stage(level: Any, rate: float, slope: float, mean: float, sd: float) -> Any:
    """E(rate (y - D) + slope (D - y)+) for normal D."""
    import numpy as np
    from scipy.special import ndtr

    z = (level - mean) / sd
    loss = sd * (np.exp(-z * z / 2) / math.sqrt(2 * math.pi) - z * ndtr(-z))
    return rate * (level - mean) + slope * loss


def _expected(values: Any, level: Any, step: float, mean: float, sd: float) -> Any:
    """E f(y - D) on the grid, D normal; f goes on as straight lines beyond the grid."""
    import numpy as np
    from scipy.signal import fftconvolve

    if sd == 0:
        return np.interp(level - mean, level, values)
    reach = math.ceil(WIDE * sd / step)
    weight = np.exp(-((np.arange(-reach, reach + 1) * step / sd) ** 2) / 2)
    weight /= weight.sum()
    shift = mean / step
    whole = math.floor(shift)
    pad = reach + whole + 2
    beyond = np.arange(1, pad + 1)
    left = values[0] - (values[1] - values[0]) * beyond[::-1]
    right = values[-1] + (values[-1] - values[-2]) * beyond
    wide = np.concatenate([left, values, right])
    base = float(np.interp(0.0, level, values))
    smooth = fftconvolve(wide - base, weight, mode="same") + base
    at = np.arange(level.size) + pad - shift
    lower = np.floor(at).astype(np.int64)
    part = at - lower
    before, here, after, beyond_it = (smooth[lower + k] for k in (-1, 0, 1, 2))
    return _cubic(before, here, after, beyond_it, part)


def _cubic(a: Any, b: Any, c: Any, d: Any, t: Any) -> Any:
    """Four-point Lagrange interpolation between b and c."""
    return (
        -t * (t - 1) * (t - 2) / 6 * a
        + (t + 1) * (t - 1) * (t - 2) / 2 * b
        - (t + 1) * t * (t - 2) / 2 * c
        + (t + 1) * t * (t - 1) / 6 * d
    )


def _vertex(level: Any, cost: Any, at: int, step: float) -> float:
    """The minimum of the parabola through the least value and its neighbours."""
    if not 0 < at < level.size - 1:
        return float(level[at])
    before, here, after = (float(cost[at + k]) for k in (-1, 0, 1))
    bend = before - 2 * here + after
    return float(level[at]) + (step * (before - after) / (2 * bend) if bend > 0 else 0.0)


def serial_poisson(
    echelon: Sequence[float], lead_times: Sequence[float], shortage: float, rate: float
) -> tuple[list[int], float]:
    """The best echelon base-stock levels of stages in a row under Poisson demand, and the cost per time.

    Args:
        echelon: holding cost rates by stage, the one that faces demand first.
        lead_times: by stage.
        shortage: per unit backordered and time.
        rate: of demand.

    Source: as `serial_normal`; Shang and Song, Management Science 49 (2003) 618.
    """
    import numpy as np
    from scipy.special import pdtr

    _check(echelon, lead_times, shortage)
    positive(rate=rate)
    mean = rate * sum(lead_times)
    top = math.ceil(mean + 12 * math.sqrt(mean) + 40)
    laws = []
    for time in lead_times:
        most = math.ceil(rate * time + 12 * math.sqrt(rate * time) + 40)
        cumulative = pdtr(np.arange(most + 1), rate * time) if time > 0 else np.ones(most + 1)
        laws.append(np.diff(cumulative, prepend=0.0))
    low = -sum(law.size for law in laws) - 5
    level = np.arange(low, top + 1, dtype=np.float64)
    cost = (shortage + sum(echelon)) * np.maximum(-level, 0.0)
    levels = []
    for hold, law in zip(echelon, laws, strict=True):
        here = hold * level + cost
        left = here[0] - (here[1] - here[0]) * np.arange(law.size - 1, 0, -1)
        cost = np.convolve(np.concatenate([left, here]), law)[law.size - 1 : law.size - 1 + level.size]
        at = int(np.argmin(cost))
        levels.append(int(level[at]))
        least = float(cost[at])
        cost = np.where(np.arange(level.size) > at, least, cost)
    return levels, least
