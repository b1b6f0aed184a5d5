"""Regret: what choosing one plan costs in a world, beside the plan that would have been best there.

Source: Savage, Journal of the American Statistical Association 46 (1951) 55 (minimax regret).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from holdfast.study import estimates
from holdfast.study.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Regret:
    """How much one plan may be regretted."""

    plan: str
    worst_world: str
    """The world (base or what_if) in which it is regretted most."""
    in_worlds: Estimate
    """The regret there, paired with the best plan of that world."""
    in_ranges: Estimate
    """The largest regret among the settings of the inputs, paired in the same way."""
    mean: Estimate
    """The mean over those settings."""

    @property
    def largest(self) -> Estimate:
        """The larger of the two: what minimax regret goes by."""
        return max(self.in_worlds, self.in_ranges, key=lambda each: each.estimate)


def regret(scores: Mapping[str, Estimate], sense: int) -> dict[str, Estimate]:
    """By plan: how much worse it is than the best one of a world, in the same futures; 0 for the best.

    Args:
        scores: by plan, in one world.
        sense: 1 where more is better, -1 where less is.
    """
    best = max(scores, key=lambda plan: sense * scores[plan].estimate)
    out = {}
    for plan, score in scores.items():
        gap = estimates.difference(scores[best], score) if sense > 0 else estimates.difference(score, scores[best])
        surely = plan == best
        out[plan] = dataclasses.replace(
            gap,
            low=0.0 if surely else max(0.0, gap.low),  # nothing is better than the best
            high=0.0 if surely else gap.high,
            standard_error=0.0 if surely else gap.standard_error,
        )
    return out


def regrets(
    worlds: Mapping[str, Mapping[str, Estimate]], settings: Sequence[Mapping[str, Estimate]], sense: int
) -> tuple[Regret, ...]:
    """How much each plan may be regretted, the least regretted at its worst first.

    Args:
        worlds: scores by plan, by name of the world; the base world is "".
        settings: scores by plan, at each setting of the inputs.
        sense: 1 where more is better, -1 where less is.
    """
    by_world = {name: regret(scores, sense) for name, scores in worlds.items()}
    by_setting = [regret(scores, sense) for scores in settings]
    out = []
    for plan in next(iter(worlds.values())):
        worst = max(by_world, key=lambda name: by_world[name][plan].estimate)
        each = [found[plan] for found in by_setting]
        mean = estimates.mean(np.array([found.estimate for found in each]), by_world[worst][plan].unit)
        mean = dataclasses.replace(mean, low=max(0.0, mean.low))
        largest = max(each, key=lambda found: found.estimate)
        out.append(Regret(plan, worst, by_world[worst][plan], largest, mean))
    return tuple(sorted(out, key=lambda each: each.largest.estimate))


def surely_least(found: Sequence[Regret]) -> bool:
    """Whether the first plan's largest regret is surely below every other's: their intervals do not meet."""
    return all(found[0].largest.high < each.largest.low for each in found[1:])
