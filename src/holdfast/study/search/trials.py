"""Trials: plans simulated on the same futures, as many of them as each deserves."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from holdfast.engine.lower import lower
from holdfast.engine.run import compiles, simulate
from holdfast.errors import ScenarioError
from holdfast.study.search.journal import Block, Journal
from holdfast.study.search.scores import scores_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.parts.world import World
    from holdfast.study.search.scores import Scores
    from holdfast.study.search.space import Plan, Space

FEW: Final = 200
"""Futures on which every plan is tried first."""
MANY: Final = 1_000
"""Futures of plans in the second round of the race, and of the frontier."""
MOST_KEPT: Final = 0.6
"""Part of the time, at most, that is kept for the last test."""
OVERHEAD: Final = 150
"""Futures that take as long to simulate as it takes to make a plan's world ready."""


class Spent(Exception):
    """The budget is used up: what was found so far stands."""


@dataclass(frozen=True)
class Budget:
    """When to stop: after so many seconds of work, after so many evaluations, or at whichever comes first."""

    seconds: float | None = None
    evaluations: int | None = None
    kept: int = 0
    """Futures of the last test, for which time is kept at the speed seen so far, but at most `MOST_KEPT` of it."""

    def spent(self, seconds: float, evaluations: int, futures: int) -> bool:
        """Whether there is nothing left, after so many seconds for so many futures in so many evaluations."""
        if self.evaluations is not None and evaluations >= self.evaluations:
            return True
        if self.seconds is None:
            return False
        last = self.kept * seconds / futures if futures else 0.0
        return seconds >= self.seconds - min(last, MOST_KEPT * self.seconds)


@dataclass
class Trials:
    """The plans tried so far, in the order in which they were first tried."""

    space: Space
    seed: int
    journal: Journal
    budget: Budget
    threads: int | None = None
    on_block: Callable[[Trials], None] | None = None
    on_compiling: Callable[[int], None] | None = None
    """Called with how many kernels are to be compiled or loaded before the search goes on."""
    scores: dict[Plan, Scores] = field(default_factory=dict)
    broken: dict[Plan, str] = field(default_factory=dict)
    """Plans that do not hold together, and why."""
    seconds: float = 0.0
    """Spent on blocks, in this session and before it; not on compiling or loading kernels."""
    evaluations: int = 0
    """Blocks of futures simulated."""
    drawn: int = 0
    """Futures simulated, in this session and before it."""
    simulated: int = 0
    """Of them, those of this session."""
    work: dict[int, int] = field(default_factory=dict)
    """Futures, with the overhead of each block, by how many a plan had afterwards."""
    _began: float = field(default_factory=time.monotonic)

    def extend(self, plan: Plan, futures: int) -> Scores | None:
        """The scores of a plan on at least so many futures; None if it does not hold together.

        Raises:
            Spent: there is no budget left to simulate what is missing.
        """
        known = self.scores.get(plan)
        have = known.futures if known is not None else 0
        if have >= futures:
            return known
        if plan in self.broken:
            return None
        self._stop_if_spent()
        block = self.journal.get(plan, have, futures - have)
        if block is None:
            block = self._simulate(plan, have, futures - have)
            if block is None:
                return None
        self.seconds += block.seconds
        self.evaluations += 1
        self.drawn += futures - have
        self.work[futures] = self.work.get(futures, 0) + futures - have + OVERHEAD
        self.scores[plan] = known.then(block.scores) if known is not None else block.scores
        if self.on_block is not None:
            self.on_block(self)
        return self.scores[plan]

    def fresh(self, plan: Plan, first: int, futures: int) -> Scores | None:
        """The scores of a plan on other futures than those of the search, whatever the budget says.

        None if it does not hold together.
        """
        block = self.journal.get(plan, first, futures) or self._simulate(plan, first, futures)
        return block.scores if block is not None else None

    def _simulate(self, plan: Plan, first: int, futures: int) -> Block | None:
        try:
            world = self.space.world(plan)
        except ScenarioError as error:
            self.broken[plan] = str(error.problems[0].message)
            return None
        self._warm_up(world)
        outcome = simulate(world, replications=futures, seed=self.seed, first=first, threads=self.threads)
        now = time.monotonic()
        block = Block(plan, first, scores_of(world, outcome), round(now - self._began, 6))
        self._began = now
        self.journal.put(block)
        self.simulated += 1
        return block

    def _warm_up(self, world: World) -> None:
        """Compiles or loads what this world needs and none before it did, with the clock stopped.

        It takes most of a minute after an update and a few seconds otherwise, once: were it counted, a search would
        spend its time on it, and think every plan as slow as that.
        """
        if not self.simulated:  # nor is what was done before, such as reading the journal
            self._began = time.monotonic()
        missing = compiles(lower(world, replications=1))
        if not missing:
            return
        if self.on_compiling is not None:
            self.on_compiling(missing)
        stopped = time.monotonic()
        simulate(world, replications=1, seed=self.seed, threads=1)
        self._began += time.monotonic() - stopped

    def _stop_if_spent(self) -> None:
        if self.budget.spent(self.seconds, self.evaluations, self.drawn):
            raise Spent

    def with_at_least(self, futures: int) -> list[Plan]:
        """Plans that have so many futures, in the order in which they were first tried."""
        return [plan for plan, scores in self.scores.items() if scores.futures >= futures]
