"""Where settings of the inputs are tried: one plan in one world with other numbers, always in the same futures.

A run has few futures, so runs go side by side, each on one thread: sharing one among threads would cost more than it
saves, and what is made ready for a run is made while another is simulated.
"""

from __future__ import annotations

import functools
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from holdfast.engine.run import default_threads
from holdfast.errors import ScenarioError
from holdfast.spec.turning import substituted
from holdfast.study import measures, standards
from holdfast.study.case import Case
from holdfast.study.result import BASE
from holdfast.study.simulate import world_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from holdfast.parts.world import World
    from holdfast.spec.scenario import Scenario
    from holdfast.study.estimates import Estimate
    from holdfast.study.sensitivity.inputs import Input
    from holdfast.study.sensitivity.scores import Score

    Floats = NDArray[np.float64]

T = TypeVar("T")

NEARER: Final = 20
"""So many times a setting that does not hold together is drawn a tenth of the way towards today's."""


@dataclass(frozen=True)
class Tried:
    """What came of one plan at one setting."""

    score: Estimate
    cost: float
    """What the plan costs, without shortage [money]."""
    total: float
    """With what shortage costs [money]."""
    met: float
    """Share of futures that meet every standard."""
    missed: tuple[str, ...]
    """Standards that are missed, by the estimates."""
    trace: bytes
    """Digest of all records of all futures that the score could rest on: the same where an input moved none of them."""


class Lab:
    """Tries plans at settings of the inputs; a setting is where each input lies in its range, from 0 to 1."""

    def __init__(
        self,
        scenario: Scenario,
        inputs: Sequence[Input],
        score: Score,
        replications: int,
        seed: int,
        threads: int | None = None,
        on_run: Callable[[], None] | None = None,
    ) -> None:
        self.scenario, self.inputs, self.score = scenario, tuple(inputs), score
        self.replications, self.seed, self.on_run = replications, seed, on_run
        self.threads = threads or default_threads()
        self.today: Floats = np.array([each.at for each in self.inputs])
        self.moved = 0
        """Settings that did not hold together, and were drawn nearer to today's."""

    def as_written(self, cases: Iterable[tuple[str, str]]) -> Iterator[Tried]:
        """Plans in worlds (plan, what_if), with the numbers as they are written."""

        def tried(plan: str, what_if: str) -> Tried:
            return self._run(world_of(self.scenario, plan, what_if))

        cases = list(cases)
        self._compile(*cases[0])
        for each in self._together(functools.partial(tried, *case) for case in cases):
            self._count(1)
            yield each

    def _compile(self, plan: str, what_if: str) -> None:
        """Compiles what a plan needs with all threads; runs have one each."""
        from holdfast.engine import compiling
        from holdfast.engine.lower import lower

        compiling.prepare(lower(world_of(self.scenario, plan, what_if), replications=1).functions, self.threads)

    def at(self, plans: Sequence[str], settings: Iterable[Floats]) -> Iterator[dict[str, Tried]]:
        """Plans at each setting of all inputs; all of them at the same, whichever holds together for all."""

        def tried(setting: Floats) -> tuple[dict[str, Tried], bool]:
            worlds, moved = self._near(plans, setting)
            return {plan: self._run(world) for plan, world in worlds.items()}, moved

        for found, moved in self._together(functools.partial(tried, setting) for setting in settings):
            self.moved += moved
            self._count(len(found))
            yield found

    def _near(self, plans: Sequence[str], setting: Floats) -> tuple[dict[str, World], bool]:
        """Plans at a setting, or at the nearest one towards today's values at which all of them hold together."""
        for step in range(NEARER + 1):
            position = self.today + (setting - self.today) * 0.9**step
            try:
                return self.worlds(plans, position), step > 0
            except ScenarioError:
                if step == NEARER:
                    raise
        raise AssertionError

    def _count(self, runs: int) -> None:
        if self.on_run is not None:
            for _ in range(runs):
                self.on_run()

    def _together(self, calls: Iterable[Callable[[], T]]) -> Iterator[T]:
        """What each call gives, in order; as many are at work as there may be threads, each on one."""
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                yield from pool.map(lambda call: call(), calls)
            except BaseException:  # what has not begun does not begin
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def worlds(self, plans: Iterable[str], position: Floats) -> dict[str, World]:
        """Worlds of plans at a setting; what lies where it lies today keeps its text.

        Raises:
            ScenarioError: it does not hold together, such as a 90 % quantile below the median.
        """
        turned = {each.path: each.text(float(x)) for each, x in zip(self.inputs, position, strict=True) if x != each.at}
        scenario = substituted(self.scenario, turned) if turned else self.scenario
        return {plan: world_of(scenario, plan, BASE) for plan in plans}

    def _run(self, world: World) -> Tried:
        from holdfast.engine.run import simulate

        outcome = simulate(world, replications=self.replications, seed=self.seed, threads=1)
        case = Case(world, dict(outcome.totals))
        judged = standards.judge_all(case)
        missed = tuple(name for name, each in judged.items() if _misses(each))
        met = standards.all_met(case).estimate if judged else 1.0
        return Tried(
            score=self.score.of(case),
            cost=measures.cost(case).estimate,
            total=measures.total_cost(case).estimate,
            met=met,
            missed=missed,
            trace=_trace(case, self.score),
        )


def _trace(case: Case, score: Score) -> bytes:
    """Digest of the records that a score could rest on."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(case.totals):
        if score.rests_on(name):
            digest.update(case.totals[name].tobytes())
    return digest.digest()


def _misses(judged: standards.Judgement) -> bool:
    """Whether an estimate lies on the wrong side of what is asked."""
    if judged.standard.in_share is not None:
        return bool(judged.met.estimate < judged.standard.in_share)
    reached, limit = judged.reached.estimate, standards.bound(judged.standard)
    return bool(reached < limit if judged.standard.at_least is not None else reached > limit)


def choice(tried: Mapping[str, Tried], standards_asked: bool) -> str:
    """The plan to choose: the cheapest that misses no standard, or the one that meets them all most often.

    Without standards: the plan of the lowest total cost. By the estimates alone; of those alike the first.
    """
    if not standards_asked:
        return min(tried, key=lambda plan: tried[plan].total)
    fine = [plan for plan, each in tried.items() if not each.missed]
    if fine:
        return min(fine, key=lambda plan: tried[plan].cost)
    return max(tried, key=lambda plan: tried[plan].met)
