"""`sensitivity`: what an answer owes to the inputs of which only ranges are known, in a given number of runs.

A run is one plan in one world. Every run has the same futures, so that differences are sharp. In turn: each plan at
today's values in every world; the plan of interest with one input at a time at either end of its range; the inputs that
moved something through Morris's screening; those of the largest effects through Sobol's indices; and the plans side by
side at settings spread over all ranges at once, for regret and for the boxes in which plans fail or the choice flips.
"""

from __future__ import annotations

import dataclasses
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
    budget: int = BUDGET,
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
        budget: how many runs, at most; more make the indices and the boxes sharper.
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
    done = 0

    def ran() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress("plans at other values", min(done, budget), budget)

    lab = Lab(scenario, ranged, scored, replications, seed, threads, ran)
    study = _Study(lab, names, alternatives is not None, budget, seed)
    return study.result(lambda: done)


def _check(scenario: Scenario, ranged: Sequence[Input], names: Sequence[str], budget: int) -> None:
    problems = Problems()
    if not ranged:
        message = f"no number of {scenario.name} has a range"
        problems.add("HF403", Place("sensitivity"), "", message, "write between: [low, high] beside what is assumed")
    needed = least_runs(len(names), len(scenario.what_ifs), len(ranged))
    if ranged and budget < needed:
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

    def __init__(self, lab: Lab, names: list[str], said: bool, budget: int, seed: int) -> None:
        self.lab, self.names, self.said, self.budget, self.seed = lab, names, said, budget, seed
        self.judged = bool(simulate.world_of(lab.scenario, names[0], BASE).standards)

    def result(self, runs: Callable[[], int]) -> Sensitivity:
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
        sizes = self._sizes(len(moving), len(plans), self.budget - runs())
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
            "budget": self.budget,
            "runs": runs(),
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
        where = [BASE, *self.lab.scenario.what_ifs]
        return {world: {plan: self.lab.at_today(plan, world) for plan in self.names} for world in where}

    def _side_by_side(self, base: Mapping[str, Tried], chosen: str) -> list[str]:
        """Today's plan, the chosen one and the next best."""

        def rank(plan: str) -> tuple[float, float]:
            tried = base[plan]
            return (-tried.met, tried.cost) if self.judged else (tried.total, 0.0)

        best = sorted((plan for plan in base if plan not in (chosen, self.names[0])), key=rank)
        wanted = dict.fromkeys([self.names[0], chosen, *best])
        return [*wanted][:PLANS]

    def _swings(self, plan: str, base: Tried) -> tuple[Swing, ...]:
        """What each input does alone."""
        found = []
        for i, each in enumerate(self.lab.inputs):
            ends, moves = [], False
            for end in (0.0, 1.0):
                if each.at == end:
                    none = estimates.difference(base.score, base.score)
                    ends.append(dataclasses.replace(none, low=0.0, high=0.0, standard_error=0.0))
                    continue
                setting = self.lab.today.copy()
                setting[i] = end
                tried = self.lab.at([plan], setting)[plan]
                moves |= tried.trace != base.trace
                ends.append(estimates.difference(tried.score, base.score))
            found.append(Swing(each, ends[0], ends[1], moves))
        return tuple(sorted(found, key=lambda swing: -swing.size))

    def _flips(self, swings: tuple[Swing, ...], base: Mapping[str, Tried], among: str) -> tuple[Swing, ...]:
        """The swings of the largest inputs, with the plan that would be chosen at each end if it is another one."""
        if len(base) < 2:
            return swings
        out = []
        for swing in swings[:FLIPS]:
            i = self.lab.inputs.index(swing.input)
            ends: list[str | None] = []
            for end in (0.0, 1.0):
                setting = self.lab.today.copy()
                setting[i] = end
                other = choice(self.lab.at(list(base), setting), self.judged) if swing.input.at != end else among
                ends.append(other if other != among else None)
            out.append(dataclasses.replace(swing, asked=True, flips=(ends[0], ends[1])))
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
            out = np.empty(len(points))
            for n, point in enumerate(points):
                setting = self.lab.today.copy()
                setting[columns] = point
                out[n] = self.lab.at([plan], setting)[plan].score.estimate
            return out

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
        return [self.lab.at(plans, each) for each in settings], settings

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
