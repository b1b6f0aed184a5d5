"""The schedule of a search: which plan is simulated next, and on how many futures.

Three kinds of step take turns by the work that they have taken: *explore* asks NSGA-II for a generation of plans on few
futures; *improve*, on more futures and then on most, lifts the best plans that fewer futures left standing, and tries
neighbours of the leader, each dropped as soon as it is surely worse (a race). Every step follows from scores alone, so
a longer search begins with the steps of a shorter one.

Source: the race is that of Maron and Moore, Artificial Intelligence Review 11 (1997) 193, with paired differences; the
neighbours are those of a compass search, Kolda, Lewis and Torczon, SIAM Review 45 (2003) 385.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from holdfast.study.search.climb import Climb
from holdfast.study.search.goals import frontier_of, service_of
from holdfast.study.search.space import BASE_PLAN
from holdfast.study.search.trials import FEW, MANY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from holdfast.study.search.goals import Goal
    from holdfast.study.search.scores import Aim
    from holdfast.study.search.space import Plan
    from holdfast.study.search.trials import Trials

EXPLORING: Final = 0.4
"""Part of the work that goes into new plans on few futures."""
FIRST_PART: Final = 1 / 8
"""Part of a lever's range by which the first neighbours of a leader differ."""
LAST_PART: Final = 1 / 512
IDLE: Final = 8
"""So many generations without a new plan end a search."""
THINNING: Final = 3
"""A round of the race has at most one plan for so many in the round before."""
FRONTIER: Final = 12
"""Plans of the frontier that are lifted to the second round."""


@dataclass
class Schedule:
    """What is tried next."""

    trials: Trials
    goals: tuple[Goal, ...]
    rungs: tuple[int, ...]
    """Futures of each round of the race, rising; the last is that of the leader."""
    seeds: Sequence[Plan]
    """Plans that are tried first."""
    _parts: dict[tuple[Plan, int], float] = field(default_factory=dict)
    """How far neighbours of a leader in a round are tried by now."""
    _turn: int = 0

    @property
    def aims(self) -> tuple[Aim, ...]:
        """The standards."""
        return self.goals[0].aims

    def run(self) -> None:
        """Takes steps until there is nothing left to try.

        Raises:
            Spent: there is no budget left.
        """
        for rung in self.rungs[:2]:
            self.trials.extend(BASE_PLAN, rung)
        climb = Climb(self.trials.space, self.seeds, self.aims, self.trials.seed)
        self._explore(climb)
        idle = 0
        while idle < IDLE:
            if any(self._improve(rung) for rung in self._due() if idle or self._ripe(rung)):
                idle = 0
                continue
            before = len(self.trials.scores)
            self._explore(climb)
            idle = idle + 1 if len(self.trials.scores) == before else 0

    def _due(self) -> list[int]:
        """The rounds that are due before a generation of new plans is, the last ones first."""
        share = (1.0 - EXPLORING) / max(1, len(self.rungs) - 1)
        new = self.trials.work.get(self.rungs[0], 0) / EXPLORING
        return [rung for rung in reversed(self.rungs[1:]) if self.trials.work.get(rung, 0) / share <= new]

    def _ripe(self, rung: int) -> bool:
        """Whether the round before has so many more plans that the best of them deserve this one."""
        return THINNING * (len(self.trials.with_at_least(rung)) + 1) <= len(
            self.trials.with_at_least(self._below(rung))
        )

    def _explore(self, climb: Climb) -> None:
        asked = climb.ask()
        climb.tell([self.trials.extend(plan, self.rungs[0]) for plan in asked])

    def leader(self, goal: Goal, rung: int) -> Plan | None:
        """The best plan of those in a round, on its futures."""
        plans = self.trials.with_at_least(rung)
        return min(plans, key=lambda plan: self._key(goal, plan, rung)) if plans else None

    def _key(self, goal: Goal, plan: Plan, rung: int) -> tuple[float, ...]:
        return goal.key(self.trials.scores[plan].first(rung))

    def _improve(self, rung: int) -> bool:
        """Tries one plan in a round; False if there is none to try."""
        self._turn += 1
        if rung == MANY and self._turn % 3 == 0 and (plan := self._of_frontier()) is not None:
            self.trials.extend(plan, rung)
            return True
        goals = self.goals[self._turn % len(self.goals) :] + self.goals[: self._turn % len(self.goals)]
        for goal in goals:
            leader = self.leader(goal, rung)
            plan = self._risen(goal, rung, leader) or (self._hopeful(goal, rung, leader) if self._turn % 2 else None)
            if plan is not None:
                self.trials.extend(plan, rung)
                return True
            neighbour = next(self._neighbours(goal, rung), None)
            if neighbour is not None:
                self._race(goal, neighbour, rung)
                return True
            plan = self._hopeful(goal, rung, leader)
            if plan is not None:
                self.trials.extend(plan, rung)
                return True
        return False

    def _waiting(self, goal: Goal, rung: int) -> list[Plan]:
        """Plans of the round before that are not in this one, best first."""
        below = self._below(rung)
        waiting = [plan for plan in self.trials.with_at_least(below) if self.trials.scores[plan].futures < rung]
        return sorted(waiting, key=lambda plan: self._key(goal, plan, below))

    def _below(self, rung: int) -> int:
        return self.rungs[self.rungs.index(rung) - 1]

    def _risen(self, goal: Goal, rung: int, leader: Plan | None) -> Plan | None:
        """The best plan of the round before, if it is not in this one and does better there than the leader of this."""
        below = self._below(rung)
        best = next(iter(self._waiting(goal, rung)), None)
        if best is None or leader is None or self._key(goal, best, below) < self._key(goal, leader, below):
            return best
        return None

    def _hopeful(self, goal: Goal, rung: int, leader: Plan | None) -> Plan | None:
        """The best plan of the round before that costs less than the leader and might meet what is asked."""
        if leader is None:
            return None
        other = self.trials.scores[leader]
        for plan in self._waiting(goal, rung):
            scores = self.trials.scores[plan]
            if goal.cheaper(scores, other) and goal.might_do(scores):
                return plan
        return None

    def _neighbours(self, goal: Goal, rung: int) -> Iterator[Plan]:
        """Neighbours of the leader that were not tried yet, farther ones first."""
        leader = self.leader(goal, rung)
        if not leader:  # nobody, or the plan that leaves levers as they stand
            return
        part = self._parts.get((leader, rung), FIRST_PART)
        while part >= LAST_PART:
            for plan in self.trials.space.neighbours(leader, part):
                if plan not in self.trials.scores and plan not in self.trials.broken:
                    yield plan
            part /= 2
            self._parts[(leader, rung)] = part

    def _race(self, goal: Goal, plan: Plan, rung: int) -> None:
        """Simulates a plan on more and more futures, until it is surely worse than the leader of the round."""
        leader = self.leader(goal, rung)
        assert leader is not None
        for each in self.rungs[: self.rungs.index(rung) + 1]:
            scores = self.trials.extend(plan, each)
            if scores is None or goal.surely_worse(scores, self.trials.scores[leader]):
                return
            better = self._key(goal, plan, each) < self._key(goal, leader, each)
            if not better and not (goal.cheaper(scores, self.trials.scores[leader]) and goal.might_do(scores)):
                return

    def _of_frontier(self) -> Plan | None:
        """The plan of the frontier on few futures that lies farthest from those lifted already."""
        plans = self.trials.with_at_least(self.rungs[0])
        points = self.points(plans, self.rungs[0])
        front = frontier_of(points)
        if len(front) < 2:
            return None
        widths = [max(points[i][k] for i in front) - min(points[i][k] for i in front) or 1.0 for k in (0, 1)]
        lifted = [i for i, plan in enumerate(plans) if self.trials.scores[plan].futures >= MANY]
        if len(lifted) >= FRONTIER * 4:
            return None

        def gap(i: int) -> float:
            return min(
                (math.dist(*([points[j][k] / widths[k] for k in (0, 1)] for j in (i, other))) for other in lifted),
                default=math.inf,
            )

        best = max((i for i in front if i not in lifted), key=gap, default=None)
        return plans[best] if best is not None and gap(best) > 1 / (2 * FRONTIER) else None

    def points(self, plans: Sequence[Plan], futures: int) -> list[tuple[float, float]]:
        """(cost, service) of plans on their first futures."""
        found = []
        for plan in plans:
            scores = self.trials.scores[plan].first(futures)
            found.append((scores.cost.estimate, float(service_of(scores, self.aims).mean())))
        return found


def rungs_of(futures: int) -> tuple[int, ...]:
    """The rounds of a race whose last one has so many futures."""
    return (*(rung for rung in (FEW, MANY) if rung < futures), futures)
