"""In which box of the inputs does something happen: PRIM, the patient rule induction method.

From the whole cube the method peels thin slices, always the one whose loss leaves the largest share of cases in what
remains, until few points are left; then it pastes back what was peeled too much. Limits that could be chance are
dropped again. The box is found in two thirds of the points and judged on the others, so what is said of it is not what
it was chosen for.

Sources: Friedman and Fisher, Statistics and Computing 9 (1999) 123 (peeling and pasting); Bryant and Lempert,
Technological Forecasting and Social Change 77 (2010) 34 (coverage, density, and the test that a limit is not chance).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.study import estimates
from holdfast.study.estimates import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

FOUND_IN: Final = 2 / 3
"""Share of the points in which a box is sought; it is judged on the rest."""
PEEL: Final = 0.1
"""Share of the points in the box that one peel may take, at most."""
FEWEST: Final = 0.1
"""Share of all points that a box holds, at least."""
CHANCE: Final = 0.05
"""A limit stays only where chance would do as well with less than this probability."""
LIMITS: Final = 3
"""Inputs that a box limits, at most: more cannot be told."""


@dataclass(frozen=True)
class Box:
    """A box in the unit cube, and what the points that it was not found in say of it."""

    limits: dict[int, tuple[float, float]]
    """By input: from where to where it lies; inputs left out are free."""
    coverage: Estimate
    """Share of all cases that lie in it."""
    density: Estimate
    """Share of the points in it that are cases."""
    points: int
    """Points in it on which it was judged."""


def inside(points: Floats, limits: dict[int, tuple[float, float]]) -> Bools:
    """(point,) whether each point lies in a box."""
    held = np.ones(len(points), dtype=bool)
    for i, (low, high) in limits.items():
        held &= (points[:, i] >= low) & (points[:, i] <= high)
    return held


def prim(points: Floats, happened: Bools) -> Box | None:
    """The box in which something happened most, or nothing where none is surely denser than the whole.

    Args:
        points: (point, input), from 0 to 1, in random order.
        happened: (point,).
    """
    first = round(FOUND_IN * len(points))
    limits = find(points[:first], happened[:first])
    rest, cases = points[first:], happened[first:]
    held = inside(rest, limits)
    if not limits or not held.any() or not cases.any():
        return None
    density = estimates.share(cases[held])
    if density.low <= float(happened.mean()):
        return None
    return Box(limits, estimates.share(held[cases]), density, int(held.sum()))


def find(points: Floats, happened: Bools) -> dict[int, tuple[float, float]]:
    """The limits of the best box: of all that peeling went through, the one of the highest F1, pasted and trimmed.

    F1 is the harmonic mean of coverage and density.
    """
    if not happened.any() or happened.all():
        return {}
    least = max(5, round(FEWEST * len(points)))
    limits: dict[int, tuple[float, float]] = {}
    best, best_score = limits, _f1(points, happened, limits)
    while (peeled := _peel(points, happened, limits, least)) is not None:
        limits = peeled
        score = _f1(points, happened, limits)
        if score > best_score + 1e-12:
            best, best_score = limits, score
    return _trim(points, happened, _paste(points, happened, best))


def _f1(points: Floats, happened: Bools, limits: dict[int, tuple[float, float]]) -> float:
    held = inside(points, limits)
    hits = int((held & happened).sum())
    return 2.0 * hits / (int(held.sum()) + int(happened.sum()))


def _peel(
    points: Floats, happened: Bools, limits: dict[int, tuple[float, float]], least: int
) -> dict[int, tuple[float, float]] | None:
    """The box with one slice less, the one that leaves most cases a point; nothing where too few points are left."""
    held = inside(points, limits)
    best: dict[int, tuple[float, float]] | None = None
    best_mean = -1.0
    for i in range(points.shape[1]):
        low, high = limits.get(i, (0.0, 1.0))
        here = np.sort(points[held, i])
        take = max(1, int(PEEL * here.size))
        if here.size - take < least:
            return None
        cuts = ((_between(here[take - 1], here[take]), high), (low, _between(here[-take - 1], here[-take])))
        for cut in cuts:
            new = {**limits, i: cut}
            rest = inside(points, new)
            mean = float(happened[rest].mean()) if rest.any() else 0.0
            if mean > best_mean + 1e-12:
                best, best_mean = new, mean
    return best


def _between(low: float, high: float) -> float:
    return float(0.5 * (low + high))


def _paste(points: Floats, happened: Bools, limits: dict[int, tuple[float, float]]) -> dict[int, tuple[float, float]]:
    """The box with sides moved outwards as long as its F1 rises."""
    score = _f1(points, happened, limits)
    while True:
        best, best_score = limits, score
        for i, (low, high) in limits.items():
            free = inside(points, {k: v for k, v in limits.items() if k != i})
            here = np.sort(points[free, i])
            step = max(1, int(PEEL * inside(points, limits).sum()))
            below, above = here[here < low], here[here > high]
            wider = [(float(below[-step]) if below.size >= step else 0.0, high)] if low > 0.0 else []
            wider += [(low, float(above[step - 1]) if above.size >= step else 1.0)] if high < 1.0 else []
            for cut in wider:
                new = {**limits, i: cut}
                if (found := _f1(points, happened, new)) > best_score + 1e-12:
                    best, best_score = new, found
        if best is limits:
            return limits
        limits, score = best, best_score


def _trim(points: Floats, happened: Bools, limits: dict[int, tuple[float, float]]) -> dict[int, tuple[float, float]]:
    """The box without limits that chance would set as well, the least needed first, and with few enough of them.

    A limit is chance where so many cases among the points of the box would come with a probability of more than
    `CHANCE` (binomial law) at the share of cases that the box has without it.
    """
    limits = {i: ends for i, ends in limits.items() if ends != (0.0, 1.0)}
    while limits:
        chance = {i: _chance(points, happened, limits, i) for i in limits}
        worst = max(chance, key=lambda i: chance[i])
        if chance[worst] <= CHANCE and len(limits) <= LIMITS:
            break
        limits = {i: ends for i, ends in limits.items() if i != worst}
    return limits


def _chance(points: Floats, happened: Bools, limits: dict[int, tuple[float, float]], i: int) -> float:
    """P(at least so many cases in the box), were each as likely as in the box without a limit."""
    from scipy.special import bdtrc

    held, wider = inside(points, limits), inside(points, {k: v for k, v in limits.items() if k != i})
    hits, size = int(happened[held].sum()), int(held.sum())
    share = float(happened[wider].mean()) if wider.any() else 0.0
    return float(bdtrc(hits - 1, size, share)) if hits > 0 else 1.0
