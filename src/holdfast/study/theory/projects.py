"""How long projects take, by the activities in them, and what a class of past projects implies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from holdfast.study.theory import positive, require

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Activity:
    """One activity of a project: how long at best, most likely and at worst, and what must be done before."""

    best: float
    likely: float
    worst: float
    after: tuple[str, ...] = ()

    @property
    def mean(self) -> float:
        """Of the beta-PERT law: (best + 4 likely + worst) / 6."""
        return (self.best + 4 * self.likely + self.worst) / 6

    @property
    def variance(self) -> float:
        """PERT's rule: ((worst - best) / 6) squared."""
        return ((self.worst - self.best) / 6) ** 2


RELIABLE: dict[str, Activity] = {
    "excavate": Activity(1, 2, 3),
    "foundation": Activity(2, 3.5, 8, ("excavate",)),
    "rough wall": Activity(6, 9, 18, ("foundation",)),
    "roof": Activity(4, 5.5, 10, ("rough wall",)),
    "exterior plumbing": Activity(1, 4.5, 5, ("rough wall",)),
    "interior plumbing": Activity(4, 4, 10, ("exterior plumbing",)),
    "exterior siding": Activity(5, 6.5, 11, ("roof",)),
    "exterior painting": Activity(5, 8, 17, ("exterior plumbing", "exterior siding")),
    "electrical work": Activity(3, 7.5, 9, ("rough wall",)),
    "wallboard": Activity(3, 9, 9, ("interior plumbing", "electrical work")),
    "flooring": Activity(4, 4, 4, ("wallboard",)),
    "interior painting": Activity(1, 5.5, 7, ("wallboard",)),
    "exterior fixtures": Activity(1, 2, 3, ("exterior painting",)),
    "interior fixtures": Activity(5, 5.5, 9, ("flooring", "interior painting")),
}
"""The Reliable Construction Company's project, in weeks. Source: Hillier and Lieberman, chapter on PERT/CPM."""


@dataclass(frozen=True)
class Pert:
    """PERT's answer: the path of the longest mean, taken as normal."""

    mean: float
    variance: float
    path: tuple[str, ...]

    def by(self, deadline: float) -> float:
        """The chance that it is done by then."""
        if self.variance == 0:
            return float(deadline >= self.mean)
        return NormalDist(self.mean, math.sqrt(self.variance)).cdf(deadline)


def _order(project: Mapping[str, Activity]) -> list[str]:
    """Activities, each after those it waits for."""
    done: list[str] = []
    left = dict(project)
    for name, activity in project.items():
        for before in activity.after:
            require(before in project, f"{name} waits for {before}, which is not an activity")
    while left:
        ready = [name for name, activity in left.items() if all(before in done for before in activity.after)]
        require(bool(ready), f"these activities wait for each other: {', '.join(left)}")
        done += ready
        for name in ready:
            del left[name]
    return done


def pert(project: Mapping[str, Activity]) -> Pert:
    """When a project ends by PERT: mean and variance along the path of the longest mean. It is too early on average.

    Of paths that are equally long, that of the larger variance is taken.
    Source: Malcolm, Roseboom, Clark and Fazar, Operations Research 7 (1959) 646.
    """
    ends: dict[str, tuple[float, float, tuple[str, ...]]] = {}
    for name in _order(project):
        activity = project[name]
        start = max((ends[before] for before in activity.after), default=(0.0, 0.0, ()))
        ends[name] = (start[0] + activity.mean, start[1] + activity.variance, (*start[2], name))
    return Pert(*max(ends.values()))


def finish_times(project: Mapping[str, Activity], samples: int, seed: int = 7) -> NDArray[np.float64]:
    """When a project ends, in random futures: beta-PERT activities, the end is the longest over all paths.

    Args:
        project: activities by name.
        samples: how many futures.
        seed: of the random numbers.

    Returns:
        (sample,) times.

    Source: beta law with 1 + 4 (m - a) / (b - a) and 1 + 4 (b - m) / (b - a); Vose, Risk Analysis (2008), 14.
    """
    import numpy as np

    positive(samples=samples)
    random = np.random.Generator(np.random.Philox(seed))
    ends: dict[str, NDArray[np.float64]] = {}
    for name in _order(project):
        a, m, b, after = (getattr(project[name], x) for x in ("best", "likely", "worst", "after"))
        require(a <= m <= b, f"{name} takes {a:g}, {m:g}, {b:g}: best, likely and worst must rise")
        took = np.full(samples, float(a))
        if b > a:
            took += (b - a) * random.beta(1 + 4 * (m - a) / (b - a), 1 + 4 * (b - m) / (b - a), samples)
        begins = np.max(np.stack([ends[before] for before in after]), axis=0) if after else np.zeros(samples)
        ends[name] = begins + took
    return np.asarray(np.max(np.stack(list(ends.values())), axis=0))


def clark_max(mean_1: float, sd_1: float, mean_2: float, sd_2: float, correlation: float = 0.0) -> tuple[float, float]:
    """The mean and the variance of the larger of two normal variables.

    Source: Clark, Operations Research 9 (1961) 145.
    """
    spread = math.sqrt(max(sd_1**2 + sd_2**2 - 2 * correlation * sd_1 * sd_2, 0.0))
    if spread == 0:
        return max((mean_1, sd_1**2), (mean_2, sd_2**2))
    z = (mean_1 - mean_2) / spread
    law = NormalDist()
    one, other, density = law.cdf(z), law.cdf(-z), law.pdf(z)
    mean = mean_1 * one + mean_2 * other + spread * density
    second = (mean_1**2 + sd_1**2) * one + (mean_2**2 + sd_2**2) * other + (mean_1 + mean_2) * spread * density
    return mean, second - mean**2


def implied_body_mean(mean: float, tail_share: float, tail_mean: float) -> float:
    """The mean of all but the worst, from the mean of all and that of the worst. Source: law of total expectation."""
    require(0 <= tail_share < 1, f"tail_share is {tail_share:g}, and must be from 0 to below 1")
    return (mean - tail_share * tail_mean) / (1 - tail_share)
