"""`sensitivity`: what an answer owes to the inputs of which only ranges are known, in a given number of runs.

A run is one plan in one world. Every run has the same futures, so that differences are sharp. In turn: each plan at
today's values in every world; the plan of interest with one input at a time at either end of its range; the inputs that
moved something through Morris's screening; those of the largest effects through Sobol's indices; and the plans side by
side at settings spread over all ranges at once, for regret and for the boxes in which plans fail or the choice flips.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.errors import Place, Problems
from holdfast.study import estimates, simulate
from holdfast.study.result import BASE
from holdfast.study.sensitivity import screen
from holdfast.study.sensitivity.inputs import Input, inputs
from holdfast.study.sensitivity.lab import Lab, Tried, choice
from holdfast.study.sensitivity.prim import prim
from holdfast.study.sensitivity.regret import Regret, regrets
from holdfast.study.sensitivity.result import Discovery, Sensitivity, Swing
from holdfast.study.sensitivity.scores import score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from holdfast.spec.scenario import Scenario

    Floats = NDArray[np.float64]

FUTURES: Final = 200
"""Futures of each run."""
BUDGET: Final = 1_500
"""Runs."""
PLANS: Final = 3
"""So many plans are set side by side where nobody says which: today's, the chosen one, and the next best."""
FLIPS: Final = 10
"""Of so many inputs of the largest swings it is asked whether they alone flip the choice."""
INDEXED: Final = 6
"""Inputs of which Sobol's indices are reckoned."""
SEARCHED: Final = 8
"""Inputs that a box may limit: those of the largest effects."""
SELDOM: Final = 10
"""A box is looked for only around so many settings, at least."""
LEAST: Final = (4, 16, 16)
"""Trajectories, points of Sobol's base sample, and settings of all inputs, at least: with fewer nothing can be told."""
PARTS: Final = (0.2, 0.2)
"""What Morris and Sobol may use of the runs that are left; the rest goes to settings of all inputs."""


@dataclass(frozen=True)
class _Sizes:
    """How many runs go where."""

    trajectories: int
    points: int
    """Of Sobol's base sample."""
    settings: int


def sensitivity(
    scenario: Scenario,
    alternatives: Iterable[str] | None = None,
    measure: str | None = None,
    budget: int | str = BUDGET,
    replications: int = FUTURES,
    seed: int = simulate.SEED,
    threads: int | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Sensitivity:
    """What a plan's score and the choice among plans owe to inputs of which only a range is known (`between`).

    Args:
        scenario: what `holdfast.load` gives.
        alternatives: plans; the first is the one whose score is told. Where nothing is said, that is the plan chosen at
            today's values, beside today's plan and the next best.
        measure: the score; the share of futures that meet every standard, or the total cost without standards, where
            nothing is said.
        budget: how many runs, at most, or how long they may take, such as `2 min`; more make the indices and the boxes
            sharper. As many as `provenance["budget"]` says give the same answer again.
        replications: futures of each run.
        seed: where the random numbers come from, those of the settings too.
        threads: how many at most; all cores where nothing is said. The result does not depend on it.
        on_progress: called with the stage, the runs done and all runs.

    Raises:
        ScenarioError: there is no such alternative or measure, no input has a range, the budget is too small, a number
            is out of range, or SALib is not installed.
    """
    simulate.check(replications, seed, threads)
    names = simulate.choose(scenario, alternatives)
    scored = score(simulate.world_of(scenario, names[0], BASE), measure)
    ranged = inputs(scenario)
    _check(scenario, ranged, names, budget)
    screen.salib("sample")
    least = least_runs(len(names), len(scenario.what_ifs), len(ranged))
    meter = _Meter(*_asked(budget), least, on_progress)
    lab = Lab(scenario, ranged, scored, replications, seed, threads, meter.ran)
    return _Study(lab, names, alternatives is not None, meter, seed).result()


def _asked(budget: int | str) -> tuple[float, bool]:
    """Runs, or seconds; and whether it is runs."""
    if isinstance(budget, int):
        return budget, True
    from holdfast.study.search.study import seconds_of

    return seconds_of(budget, "HF403"), False


class _Meter:
    """How many runs there were, and how many there may be."""

    def __init__(
        self, budget: float, counted: bool, least: int, on_progress: Callable[[str, int, int], None] | None
    ) -> None:
        self.counted, self.least, self.on_progress = counted, least, on_progress
        self.done = 0
        self.began = 0.0
        """[s] When the first run was over, before which kernels may have been compiled."""
        self.budget = int(budget) if counted else least
        """Runs, at most."""
        self.seconds = budget

    def ran(self) -> None:
        """One more run is over."""
        self.done += 1
        if self.done == 1:
            self.began = time.monotonic()
        if self.on_progress is not None:
            whole = self.budget if self.counted else max(self.least, self._affordable())
            self.on_progress("plans at other values", min(self.done, whole), whole)

    def settle(self) -> None:
        """Says how many runs the time allows, as fast as they have been until now; no fewer than there must be."""
        if not self.counted:
            self.budget, self.counted = max(self.least, self._affordable()), True

    def _affordable(self) -> int:
        spent = time.monotonic() - self.began
        return int(self.seconds * (self.done - 1) / spent) if spent > 0.0 else self.least


def _check(scenario: Scenario, ranged: Sequence[Input], names: Sequence[str], budget: int | str) -> None:
    problems = Problems()
    if not ranged:
        message = f"no number of {scenario.name} has a range"
        problems.add("HF403", Place("sensitivity"), "", message, "write between: [low, high] beside what is assumed")
    needed = least_runs(len(names), len(scenario.what_ifs), len(ranged))
    if ranged and isinstance(budget, int) and budget < needed:
        message = f"{budget} runs are too few for {len(ranged)} inputs with a range"
        problems.add("HF403", Place("--budget"), "", message, f"ask for {needed} or more")
    problems.raise_if_any()


def least_runs(plans: int, what_ifs: int, ranged: int) -> int:
    """The smallest budget: today's values, both ends of each input, and the smallest samples of the rest."""
    side = min(plans, PLANS) if plans > 1 else 1
    first = plans * (1 + what_ifs) + 2 * ranged + 2 * min(FLIPS, ranged) * (side - 1)
    return (
        first
        + screen.morris_runs(ranged, LEAST[0])
        + screen.sobol_runs(min(INDEXED, ranged), LEAST[1])
        + LEAST[2] * side
    )


class _Study:
    """The steps of one study."""

    def __init__(self, lab: Lab, names: list[str], said: bool, meter: _Meter, seed: int) -> None:
        self.lab, self.names, self.said, self.meter, self.seed = lab, names, said, meter, seed
        self.judged = bool(simulate.world_of(lab.scenario, names[0], BASE).standards)

    def result(self) -> Sensitivity:
        """Takes every step."""
        lab = self.lab
        worlds = self._worlds()
        base = worlds[BASE]
        chosen = choice(base, self.judged)
        plans = self.names if self.said else self._side_by_side(base, chosen)
        plan = self.names[0] if self.said else chosen
        among = choice({each: base[each] for each in plans}, self.judged)
        swings = self._swings(plan, base[plan])
        moving = [each.input for each in swings if each.moves]
        swings = self._flips(swings, {each: base[each] for each in plans}, among)
        self.meter.settle()
        sizes = self._sizes(len(moving), len(plans), self.meter.budget - self.meter.done)
        effects = self._effects(plan, base[plan], moving, sizes.trajectories)
        ranked = sorted(effects, key=lambda path: -effects[path].mean.estimate)
        top = [next(each for each in moving if each.path == path) for path in ranked]
        indices = self._indices(plan, top[:INDEXED], sizes.points)
        tried, settings = self._settings(plans, sizes.settings)
        searched = tuple(top[:SEARCHED])
        columns = [lab.inputs.index(each) for each in searched]
        found = self._discoveries(plans, among, tried, settings[:, columns])
        told = simulate.about(lab.scenario)
        provenance: dict[str, Any] = {
            **simulate.provenance(told, self.seed, lab.replications),
            "budget": self.meter.budget,
            "runs": self.meter.done,
            "trajectories": sizes.trajectories,
            "sobol_points": sizes.points,
            "settings": sizes.settings,
            "plans": plans,
        }
        return Sensitivity(
            about=told,
            provenance=provenance,
            score=lab.score,
            plan=plan,
            choice=among,
            today=base[plan].score,
            inputs=lab.inputs,
            swings=swings,
            effects={path: effects[path] for path in ranked},
            indices=indices,
            regrets=self._regrets(plans, worlds, tried),
            discoveries=found,
            searched=searched,
            moved=lab.moved,
        )

    def _worlds(self) -> dict[str, dict[str, Tried]]:
        """Every plan at today's values, in the base world and in each what_if."""
        cases = [(plan, world) for world in (BASE, *self.lab.scenario.what_ifs) for plan in self.names]
        found: dict[str, dict[str, Tried]] = {}
        for (plan, world), tried in zip(cases, self.lab.as_written(cases), strict=True):
            found.setdefault(world, {})[plan] = tried
        return found

    def _side_by_side(self, base: Mapping[str, Tried], chosen: str) -> list[str]:
        """Today's plan, the chosen one and the next best."""

        def rank(plan: str) -> tuple[float, float]:
            tried = base[plan]
            return (-tried.met, tried.cost) if self.judged else (tried.total, 0.0)

        best = sorted((plan for plan in base if plan not in (chosen, self.names[0])), key=rank)
        wanted = dict.fromkeys([self.names[0], chosen, *best])
        return [*wanted][:PLANS]

    def _ends(self, turned: Sequence[Input]) -> dict[tuple[int, float], Floats]:
        """By input and end: the setting of one at an end of its range, the others as today; none where it lies there.

        Inputs are numbered by their place in `turned`.
        """
        found = {}
        for n, each in enumerate(turned):
            for end in (0.0, 1.0):
                if each.at != end:
                    found[n, end] = self.lab.today.copy()
                    found[n, end][self.lab.inputs.index(each)] = end
        return found

    def _swings(self, plan: str, base: Tried) -> tuple[Swing, ...]:
        """What each input does alone."""
        none = estimates.difference(base.score, base.score)
        none = dataclasses.replace(none, low=0.0, high=0.0, standard_error=0.0)
        settings = self._ends(self.lab.inputs)
        tried = {at: each[plan] for at, each in zip(settings, self.lab.at([plan], settings.values()), strict=True)}
        changes = {at: estimates.difference(each.score, base.score) for at, each in tried.items()}
        found = [
            Swing(
                each,
                changes.get((n, 0.0), none),
                changes.get((n, 1.0), none),
                any(tried[n, end].trace != base.trace for end in (0.0, 1.0) if (n, end) in tried),
            )
            for n, each in enumerate(self.lab.inputs)
        ]
        return tuple(sorted(found, key=lambda swing: -swing.size))

    def _flips(self, swings: tuple[Swing, ...], base: Mapping[str, Tried], among: str) -> tuple[Swing, ...]:
        """The swings of the largest inputs, with the plan that would be chosen at each end if it is another one."""
        if len(base) < 2:
            return swings
        settings = self._ends([swing.input for swing in swings[:FLIPS]])
        others = {}
        for at, tried in zip(settings, self.lab.at(list(base), settings.values()), strict=True):
            other = choice(tried, self.judged)
            others[at] = other if other != among else None
        out = [
            dataclasses.replace(swing, asked=True, flips=(others.get((n, 0.0)), others.get((n, 1.0))))
            for n, swing in enumerate(swings[:FLIPS])
        ]
        return (*out, *swings[FLIPS:])

    def _sizes(self, moving: int, plans: int, left: int) -> _Sizes:
        """How many runs go where; Sobol's base sample is a power of 2."""
        morris = max(LEAST[0], min(20, int(PARTS[0] * left) // (moving + 1))) if moving else 0
        indexed = min(INDEXED, moving)
        points = max(LEAST[1], 1 << max(2, int(PARTS[1] * left) // (indexed + 2)).bit_length() - 1) if moving else 0
        used = screen.morris_runs(moving, morris) + screen.sobol_runs(indexed, points)
        return _Sizes(morris, points, max(LEAST[2], (left - used) // plans))

    def _score_at(self, plan: str, turned: Sequence[Input]) -> Callable[[Floats], Floats]:
        """The score of a plan as a function of some inputs, the others as today."""
        columns = [self.lab.inputs.index(each) for each in turned]

        def function(points: Floats) -> Floats:
            settings = np.tile(self.lab.today, (len(points), 1))
            settings[:, columns] = points
            return np.array([tried[plan].score.estimate for tried in self.lab.at([plan], settings)])

        return function

    def _effects(self, plan: str, today: Tried, moving: Sequence[Input], trajectories: int) -> dict[str, screen.Effect]:
        if not moving:
            return {}
        unit = today.score.unit
        scale, unit = (100.0, "points") if unit.startswith("share") else (1.0, unit)
        function = self._score_at(plan, moving)
        found = screen.morris(lambda x: scale * function(x), len(moving), trajectories, self.seed, unit)
        return {each.path: effect for each, effect in zip(moving, found, strict=True)}

    def _indices(self, plan: str, top: Sequence[Input], points: int) -> dict[str, screen.Index]:
        if not top:
            return {}
        found = screen.sobol(self._score_at(plan, top), len(top), points, self.seed)
        return {each.path: index for each, index in zip(top, found, strict=False)}

    def _settings(self, plans: Sequence[str], count: int) -> tuple[list[dict[str, Tried]], Floats]:
        """Plans side by side at settings spread over all ranges at once (a Latin hypercube).

        Source: McKay, Beckman and Conover, Technometrics 21 (1979) 239.
        """
        from scipy.stats import qmc

        sampler = qmc.LatinHypercube(len(self.lab.inputs), rng=np.random.default_rng(self.seed))
        settings: Floats = np.asarray(sampler.random(count), dtype=np.float64)
        return list(self.lab.at(plans, settings)), settings

    def _regrets(
        self, plans: Sequence[str], worlds: Mapping[str, Mapping[str, Tried]], tried: Sequence[Mapping[str, Tried]]
    ) -> tuple[Regret, ...]:
        if self.lab.score.sense == 0 or len(plans) < 2:
            return ()
        named = {name: {plan: found[plan].score for plan in plans} for name, found in worlds.items()}
        spread = [{plan: found[plan].score for plan in plans} for found in tried]
        return regrets(named, spread, self.lab.score.sense)

    def _discoveries(
        self, plans: Sequence[str], among: str, tried: Sequence[Mapping[str, Tried]], points: Floats
    ) -> tuple[Discovery, ...]:
        """Where each plan misses a standard, and where another plan is chosen than today."""
        out = []
        for plan in plans if self.judged else ():
            missed = [each[plan].missed for each in tried]
            names = dict.fromkeys(name for each in missed for name in each)
            out.append(_discovery("fails", plan, points, [bool(each) for each in missed], {
                name: sum(name in each for each in missed) for name in names
            }))  # fmt: skip
        if len(plans) > 1:
            chosen = [choice(each, self.judged) for each in tried]
            counts = {plan: chosen.count(plan) for plan in plans}
            out.append(_discovery("flips", among, points, [each != among for each in chosen], counts))
        return tuple(out)


def _discovery(kind: str, plan: str, points: Floats, happened: Sequence[bool], others: dict[str, int]) -> Discovery:
    """What happens at settings, and the box that holds it, or what does not happen where it mostly does."""
    cases = np.asarray(happened, dtype=bool)
    often = estimates.share(cases)
    inside = often.estimate <= 0.5
    wanted = cases if inside else ~cases
    box = prim(points, wanted) if int(wanted.sum()) >= SELDOM and points.shape[1] else None
    return Discovery(kind, plan, often, inside, box, others)
