"""Goals: what makes one plan better than another, as far as so many futures tell, and when that is sure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from holdfast.study import estimates
from holdfast.study.estimates import Z95

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.study.estimates import Estimate
    from holdfast.study.search.scores import Aim, Scores

    Floats = NDArray[np.float64]

SURE: Final = 4.0
"""Standard errors beyond which a plan is dropped: wrong in fewer than 1 of 15,000 comparisons of plans alike."""
LIKELY: Final = 2.0
"""Standard errors by which a plan that meets a standard may well seem to miss it."""
PENALTY: Final = 10.0
"""What a miss is held to cost, for a lenient leader: missing by 1 % is as bad as costing 10 % more."""

Key: TypeAlias = tuple[float, ...]
"""What orders plans: the smaller the better, the first number first."""


@dataclass(frozen=True)
class Goal:
    """What is looked for, and how many futures the plans found will be judged on."""

    kind: Literal["cheapest", "best_for_budget"]
    aims: tuple[Aim, ...]
    futures: int
    """Of the last test: a plan aims at what is asked and the interval of so many futures beyond it."""
    cost_at_most: float = math.inf
    lenient: bool = False
    """Whether a plan that misses a little may lead for being much cheaper: its neighbours are worth a try."""

    @property
    def total(self) -> bool:
        """Whether what shortage costs counts as well: where no standard says how much is too much."""
        return not self.aims

    def key(self, scores: Scores) -> Key:
        """What orders plans by this goal."""
        if self.lenient:
            return (self.price(scores) * (1.0 + PENALTY * self.misses(scores)),)
        if self.kind == "cheapest":
            return (self.misses(scores), self.price(scores))
        service = service_of(scores, self.aims)
        return (max(0.0, scores.cost.estimate - self.cost_at_most), -float(service.mean()), scores.cost.estimate)

    def price(self, scores: Scores) -> float:
        """What a plan costs, as this goal counts it."""
        return (scores.total_cost if self.total else scores.cost).estimate

    def prices(self, scores: Scores) -> Floats:
        """(replication,) what a plan costs, as this goal counts it."""
        return scores.part("cost") + (scores.part("shortage") if self.total else 0.0)

    def misses(self, scores: Scores) -> float:
        """By how much a plan misses what it aims at, over all standards, each as a part of what is asked."""
        return sum(max(0.0, -self.slack(scores, aim)) for aim in self.aims)

    def slack(self, scores: Scores, aim: Aim) -> float:
        """How far a measure is on the good side of what is aimed at, as a part of what is asked."""
        found = scores.measure(aim)
        if math.isnan(found.estimate):
            return math.inf
        gap = found.estimate - aim.asked
        return ((gap if aim.at_least else -gap) - self.margin(scores, aim)) / max(abs(aim.asked), 1e-12)

    def margin(self, scores: Scores, aim: Aim) -> float:
        """Half the interval that a measure will have in the last test."""
        return Z95 * self._spread(scores, aim) / math.sqrt(self.futures)

    def service(self, scores: Scores) -> Estimate:
        """What stands for service where one number must (`service_of`)."""
        return service(scores, self.aims)

    def _spread(self, scores: Scores, aim: Aim) -> float:
        """The standard deviation of what a future adds to a measure; of a share, where it is as asked."""
        if aim.share:
            return math.sqrt(max(aim.asked * (1.0 - aim.asked), 1.0 / self.futures))
        return scores.measure(aim).standard_error * math.sqrt(scores.futures)

    def surely_misses(self, scores: Scores) -> bool:
        """Whether some standard is missed for sure."""
        return self._misses_by(scores, SURE)

    def might_do(self, scores: Scores) -> bool:
        """Whether no standard is missed by more than chance easily makes of a plan that meets it."""
        return not self._misses_by(scores, LIKELY)

    def _misses_by(self, scores: Scores, errors: float) -> bool:
        for aim in self.aims:
            found = scores.measure(aim)
            error = self._spread(scores, aim) / math.sqrt(scores.futures)
            gap = found.estimate - aim.asked
            if (gap if aim.at_least else -gap) < -errors * error:
                return True
        return False

    def cheaper(self, scores: Scores, leader: Scores) -> bool:
        """Whether a plan costs less than the leader on the futures that both have (serves better, within a budget)."""
        n = min(scores.futures, leader.futures)
        one, other = scores.first(n), leader.first(n)
        if self.kind == "best_for_budget":
            return self.key(one) < self.key(other)
        return self.price(one) < self.price(other)

    def surely_worse(self, scores: Scores, leader: Scores) -> bool:
        """Whether a plan is worse than the leader for sure, on the futures that both have.

        While the leader misses something, nothing is dropped for its cost, and what misses less is not worse.
        """
        n = min(scores.futures, leader.futures)
        one, other = scores.first(n), leader.first(n)
        if self.kind == "best_for_budget":
            over = scores.cost.estimate - SURE * scores.cost.standard_error > self.cost_at_most
            return over or _surely_positive(service_of(other, self.aims) - service_of(one, self.aims))
        if self.lenient:
            return self.misses(one) >= self.misses(other) and _surely_positive(self.prices(one) - self.prices(other))
        if self.misses(leader) == 0.0:
            return self.surely_misses(scores) or _surely_positive(self.prices(one) - self.prices(other))
        worse = _surely_positive(service_of(other, self.aims) - service_of(one, self.aims))
        return worse and self.surely_misses(scores)


def service(scores: Scores, aims: tuple[Aim, ...]) -> Estimate:
    """What stands for service where one number must, with its interval."""
    each = service_of(scores, aims)
    return estimates.share(each > 0) if aims else estimates.mean(each, "share")


def service_of(scores: Scores, aims: tuple[Aim, ...]) -> Floats:
    """(replication,) what stands for service where one number must: all standards met or not, else the part served.

    The part served is of what is wanted on average, so that its mean is served over wanted of all futures together.
    """
    if aims:
        return scores.all_met(aims).astype(np.float64)
    unmet = sum((scores.part(n) for n in scores.parts if n.startswith("unmet.")), np.zeros(scores.futures))
    wanted = sum((scores.part(n) for n in scores.parts if n.startswith("wanted.")), np.zeros(scores.futures))
    return 1.0 - unmet / max(float(wanted.mean()), 1e-300)


def _surely_positive(difference: Floats) -> bool:
    """Whether a mean over futures is above 0 for sure."""
    n = difference.size
    if n < 2:
        return False
    middle = float(difference.mean())
    error = max(float(difference.std(ddof=1)), _least_spread(difference)) / math.sqrt(n)
    return middle > SURE * error and middle > 0.0


def _least_spread(difference: Floats) -> float:
    """The spread that a few futures unlike all others could have hidden, where all seen differ by the same: none."""
    return 0.0 if np.ptp(difference) == 0.0 and difference.size >= 30 else float(np.ptp(difference)) / difference.size


def frontier_of(points: list[tuple[float, float]]) -> list[int]:
    """Which of some (cost, service) are not beaten: none is cheaper and serves as well; by rising cost."""
    order = sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1], i))
    found, best = [], -math.inf
    for i in order:
        if points[i][1] > best:
            found.append(i)
            best = points[i][1]
    return found
