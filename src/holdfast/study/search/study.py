"""Searches: which setting of the levers meets the standards at least cost, and what more or less money buys."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np

from holdfast.engine.run import records
from holdfast.errors import Place, Problems, ScenarioError
from holdfast.study import estimates, measures, simulate
from holdfast.study.case import Case
from holdfast.study.figures import amount
from holdfast.study.search.bound import bound, why_not
from holdfast.study.search.final import FRESH_FROM, choose, finalists
from holdfast.study.search.found import Found, Marginal
from holdfast.study.search.goals import Goal, service
from holdfast.study.search.journal import FORMAT, Journal
from holdfast.study.search.journal import NAME as JOURNAL
from holdfast.study.search.optimum import optimum
from holdfast.study.search.schedule import Schedule, rungs_of
from holdfast.study.search.scores import aims_of
from holdfast.study.search.space import BASE_PLAN, Space, known_plans, space_of
from holdfast.study.search.trials import FEW, Budget, Spent, Trials
from holdfast.versions import version

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.parts.world import World
    from holdfast.spec.scenario import Scenario
    from holdfast.study.estimates import Estimate
    from holdfast.study.result import About
    from holdfast.study.search.bound import Bound
    from holdfast.study.search.scores import Scores
    from holdfast.study.search.space import Plan

__all__ = ["JOURNAL", "Ask", "check", "identity", "search", "seconds_of"]

BUDGET: Final = 120.0
"""[seconds] that a search takes where nothing is said."""
LAST_TEST: Final = 14
"""Plans of the last test, with those beside the best, and the bound: time is kept for as many."""
TOLD: Final = 10
"""Futures of the best plan that are looked at period by period."""
MORE_DAYS: Final = 30.0
"""[days] of stock whose worth is told, where a lever sets a time."""


@dataclass(frozen=True)
class Ask:
    """What a search is asked for."""

    alternative: str | None = None
    what_if: str | None = None
    budget: float | None = BUDGET
    evaluations: int | None = None
    replications: int = simulate.FUTURES
    seed: int = simulate.SEED
    cost_at_most: float = math.inf


def search(
    scenario: Scenario,
    alternative: str | None = None,
    what_if: str | None = None,
    budget: float | None = None,
    evaluations: int | None = None,
    cost_at_most: float | str | None = None,
    replications: int = simulate.FUTURES,
    seed: int = simulate.SEED,
    threads: int | None = None,
    journal: Path | None = None,
    on_progress: Callable[[Found], None] | None = None,
) -> Found:
    """Which settings of the levers meet the standards at least cost, and what more or less money buys.

    Args:
        scenario: what `holdfast.load` gives; it has levers.
        alternative: the plan that the levers change; today's plan where nothing is said.
        what_if: in which world; the base world where nothing is said.
        budget: seconds of work; two minutes where neither this nor `evaluations` is said.
        evaluations: how many blocks of futures to simulate at most; the same number gives the same result.
        cost_at_most: what a plan may cost, in the scenario's money: the best plan for it is looked for as well.
        replications: futures on which the best plans are judged; most plans are dropped on fewer.
        seed: where the random numbers come from.
        threads: how many at most; all cores where nothing is said. The result does not depend on it.
        journal: file in which every block is kept, and from which an interrupted search goes on.
        on_progress: called with what was found so far.

    Raises:
        ScenarioError: there is nothing to search, or not by what was asked (HF403, HF431); the journal is of another
            search (HF430); pymoo is not installed (HF440).
    """
    ask = check(
        scenario, alternative, what_if, budget, evaluations, cost_at_most, replications, seed, threads
    )  # fmt: skip
    space = space_of(scenario, ask.alternative, ask.what_if)
    about = simulate.about(scenario)
    diary = Journal(identity(scenario, ask), journal)
    diary.open()
    try:
        found = Search(ask, space, about, known_plans(scenario, space), diary, threads, on_progress)
        return found.run()
    finally:
        diary.close()


def identity(scenario: Scenario, ask: Ask) -> dict[str, Any]:
    """What a journal is of: whatever changes the score of a plan, and the goal of the search."""
    return {
        "scenario": scenario.name,
        "inputs_sha256": scenario.digest,
        "alternative": ask.alternative,
        "what_if": ask.what_if,
        "seed": ask.seed,
        "replications": ask.replications,
        "cost_at_most": None if math.isinf(ask.cost_at_most) else ask.cost_at_most,
        "version": version("holdfast"),
    }


def check(
    scenario: Scenario,
    alternative: str | None,
    what_if: str | None,
    budget: float | None,
    evaluations: int | None,
    cost_at_most: float | str | None,
    replications: int,
    seed: int,
    threads: int | None,
) -> Ask:
    """What is asked, checked.

    Raises:
        ScenarioError: all that is wrong with it.
    """
    simulate.check(replications, seed, threads)
    if alternative is not None and alternative not in ("today", *scenario.alternatives):
        simulate.choose(scenario, [alternative])
    if what_if is not None:
        simulate.choose_what_ifs(scenario, [what_if])
    problems = Problems()
    if not space_of(scenario, None).levers:
        fix = "add levers: {NAME: {sets: PATH, from: ..., to: ...}}"
        problems.add("HF431", Place(scenario.document.file), "levers", "the scenario has no levers to turn", fix)
    if budget is not None and not (math.isfinite(budget) and budget > 0.0):
        problems.add("HF431", Place("--budget"), "", f"{budget:g} seconds are no time", "such as '2 min'")
    if evaluations is not None and evaluations < 1:
        problems.add("HF431", Place("--evaluations"), "", f"{evaluations} evaluations", "ask for 1 or more")
    if replications > FRESH_FROM:
        problems.add("HF403", Place("--replications"), "", f"{replications:,} futures", f"at most {FRESH_FROM:,}")
    limit = _limit(scenario, cost_at_most, problems)
    problems.raise_if_any()
    seconds = BUDGET if budget is None and evaluations is None else budget
    base = None if alternative == "today" and "today" not in scenario.alternatives else alternative
    return Ask(base, what_if, seconds, evaluations, replications, seed, limit)


def _limit(scenario: Scenario, cost: float | str | None, problems: Problems) -> float:
    """What a plan may cost, in the scenario's money."""
    from holdfast.spec.quantities import QuantityError

    if cost is None:
        return math.inf
    if isinstance(cost, str):
        currency = scenario.world().currency
        fix = f"such as '300 million {currency}'"
        try:
            quantity, one = (scenario.document.units.parse(text) for text in (cost, f"1 {currency}"))
        except QuantityError as error:
            problems.add("HF431", Place("--cost-at-most"), "", error.message, fix)
            return math.inf
        if quantity.dimension != one.dimension:
            problems.add("HF431", Place("--cost-at-most"), "", f"'{cost}' is no money in {currency}", fix)
            return math.inf
        cost = quantity.value / one.value
    if not cost > 0.0:
        problems.add("HF431", Place("--cost-at-most"), "", f"no plan costs {cost:g}", "say an amount above 0")
    return cost


def seconds_of(text: str, code: str = "HF431") -> float:
    """A time as people write it, in seconds: `90 s`, `2 min`, `1.5 hours`.

    Raises:
        ScenarioError: it is none; with this code.
    """
    sizes = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", text.lower())
    size = sizes.get(match[2].removesuffix("s") or "s") if match else None
    if match is None or size is None:
        _refuse("--budget", f"'{text}' is no time", "such as '90 s', '2 min' or '1 hour'", code)
    return float(match[1]) * size


def _refuse(place: str, message: str, fix: str, code: str = "HF431") -> NoReturn:
    problems = Problems()
    problems.add(code, Place(place), "", message, fix)
    problems.raise_if_any()
    raise AssertionError


class Search:
    """One search, from its first plans to its last choice."""

    def __init__(
        self,
        ask: Ask,
        space: Space,
        about: About,
        known: dict[str, Plan],
        journal: Journal,
        threads: int | None,
        on_progress: Callable[[Found], None] | None,
    ) -> None:
        self.ask, self.space, self.about, self.known = ask, space, about, known
        self.journal, self.on_progress = journal, on_progress
        self.base: World = space.world(BASE_PLAN)
        self.aims = aims_of(self.base)
        cheapest = Goal("cheapest", self.aims, ask.replications)
        budget = Goal("best_for_budget", self.aims, ask.replications, ask.cost_at_most)
        self.goals = (cheapest,) if math.isinf(ask.cost_at_most) else (cheapest, budget)
        limits = Budget(ask.budget, ask.evaluations, LAST_TEST * ask.replications)
        told = self._told if on_progress else None
        compiling = self._compiling if on_progress else None
        self.trials = Trials(space, ask.seed, journal, limits, threads, told, compiling)
        seeds = list(dict.fromkeys([*known.values(), *space.corners]))
        near = (replace(cheapest, lenient=True),) if self.aims else ()
        self.schedule = Schedule(self.trials, (*self.goals, *near), rungs_of(ask.replications), seeds)

    def run(self) -> Found:
        """Searches, and tests the best on fresh futures; what an interruption leaves is told as it is."""
        try:
            self.schedule.run()
        except Spent:
            pass
        except KeyboardInterrupt:
            if not self.trials.scores:
                raise
            return self.found(interrupted=True)
        try:
            return self._test()
        except KeyboardInterrupt:
            return self.found(interrupted=True)

    def _told(self, _: Trials) -> None:
        assert self.on_progress is not None
        self.on_progress(self.found(interrupted=True))

    def _compiling(self, kernels: int) -> None:
        assert self.on_progress is not None
        self.on_progress(self.found(interrupted=True, compiling=kernels))

    def found(self, interrupted: bool = False, **more: Any) -> Found:
        """What was found so far."""
        return Found(
            about=self.about,
            provenance=self._provenance(),
            levers=self.space.levers,
            aims=self.aims,
            money=measures.money(Case(self.base, {})),
            scores=dict(self.trials.scores),
            broken=dict(self.trials.broken),
            known=self.known,
            note=self.journal.note,
            interrupted=interrupted,
            **more,
        )

    def _provenance(self) -> dict[str, Any]:
        more = simulate.provenance(self.about, self.ask.seed, self.ask.replications)
        return {
            **more,
            "format": FORMAT,
            "alternative": self.ask.alternative,
            "what_if": self.ask.what_if,
            "cost_at_most": None if math.isinf(self.ask.cost_at_most) else self.ask.cost_at_most,
            "evaluations": self.trials.evaluations,
            "seconds": round(self.trials.seconds, 1),
            "plans": len(self.trials.scores),
            "fresh_from": FRESH_FROM,
        }

    def _test(self) -> Found:
        """The last choice, on fresh futures."""
        tested: dict[Plan, Scores] = {}
        chosen = []
        self._fresh(BASE_PLAN, tested)
        for goal in self.goals:
            plans = finalists(goal, self._last_round(goal))
            chosen.append(choose(goal, {plan: self._fresh(plan, tested) for plan in plans}))
        best = chosen[0].best
        marginals = self._marginals(best, tested)
        least, why = self._bound(best, tested)
        exact, inexact = None, ""
        if best is not None:
            exact, inexact = optimum(self.space.world(best), self.goals[0].prices(tested[best]))
        idle, waiting = self._idle(best), self._waiting(best)
        cheap = tuple(name for name in waiting if _cheap_outside(self.space.world(best or BASE_PLAN), name))
        return self.found(
            tested=tested, chosen=tuple(chosen), marginals=marginals, idle=idle, waiting=waiting, cheap_outside=cheap,
            bound=least, unbound=why, exact=exact, inexact=inexact,
        )  # fmt: skip

    def _waiting(self, best: Plan | None) -> dict[str, Estimate]:
        """Where goods of the best plan wait for room, by store: the part that waits, on average over time."""
        if best is None:
            return {}
        world, found = self.space.world(best), {}
        told = list(records(world, seed=self.ask.seed, first=FRESH_FROM, replications=TOLD))
        for store in world.stores:
            names = [f"stores.{store.name}.{world.goods[world.keeps[k].good].name}" for k in store.keeps]
            waits = np.array([sum(float(each[f"{name}.waiting"].sum()) for name in names) for each in told])
            held = np.array([sum(float(each[f"{name}.on_hand"].sum()) for name in names) for each in told])
            if waits.any():
                found[store.name] = estimates.ratio(waits, waits + held)
        return found

    def _idle(self, best: Plan | None) -> tuple[str, ...]:
        """Levers of which another value changes nothing beside the best plan, in few futures."""
        if not best:
            return ()
        here = self.trials.fresh(best, FRESH_FROM, FEW)
        found = []
        for i, lever in enumerate(self.space.levers):
            value = self.space.values(best)[i]
            ends = (0.0, len(lever.choices) - 1.0) if lever.kind == "choice" else (lever.low, lever.high)
            far = max(ends, key=lambda end: abs(end - value))
            plan = self.space.plan([*self.space.values(best)[:i], far, *self.space.values(best)[i + 1 :]])
            there = self.trials.fresh(plan, FRESH_FROM, FEW)
            if there is not None and here is not None and there.same(here) and plan != best:
                found.append(lever.name)
        return tuple(found)

    def _bound(self, best: Plan | None, tested: dict[Plan, Scores]) -> tuple[Bound | None, str]:
        """What any plan with the choices of the best one costs at least, or why that is not known."""
        if best is None:
            return None, ""
        world, ends = self.space.world(best), []
        values = self.space.values(best) if best else []
        for i, value in enumerate(values):
            lever = self.space.levers[i]
            for end in (lever.low, lever.high) if lever.kind in ("number", "integer") else ():
                plan = self.space.plan([*values[:i], end, *values[i + 1 :]])
                try:
                    ends += [self.space.world(plan)] if end != value else []
                except ScenarioError:  # this end does not hold together with the rest of the plan
                    return None, f"{lever.name} cannot be at its end beside the rest of the best plan"
        why = why_not(world, ends)
        if why:
            return None, why
        prices = self.goals[0].prices(tested[best])
        found = bound(world, ends, prices, self.ask.seed, FRESH_FROM)
        return found, "" if found is not None else "what the best plan serves does not fit into its stores"

    def _last_round(self, goal: Goal) -> dict[Plan, Scores]:
        """The plans of the last round, on its futures; of an earlier one where only plans of that reach the goal."""
        best: tuple[float, dict[Plan, Scores]] | None = None
        for rung in reversed(self.schedule.rungs):
            plans = {plan: self.trials.scores[plan].first(rung) for plan in self.trials.with_at_least(rung)}
            if plans:
                misses = min(goal.key(scores)[0] for scores in plans.values())
                if best is None or misses < best[0]:
                    best = misses, plans
                if best[0] == 0.0 or not goal.aims:
                    break
        return best[1] if best is not None else {}

    def _fresh(self, plan: Plan, tested: dict[Plan, Scores]) -> Scores:
        if plan not in tested:
            found = self.trials.fresh(plan, FRESH_FROM, self.ask.replications)
            if found is not None:
                tested[plan] = found
        return tested[plan]

    def _marginals(self, best: Plan | None, tested: dict[Plan, Scores]) -> tuple[Marginal, ...]:
        """What a little more money buys, and a little more of each lever that is a number, beside the best plan."""
        if best is None or best == BASE_PLAN:
            return ()
        found = []
        for what, plan in [*self._spent(best), *self._turned(best)]:
            if plan == best or plan in self.trials.broken:
                continue
            try:
                other, here = self._fresh(plan, tested), tested[best]
            except KeyError:  # it does not hold together
                continue
            found.append(Marginal(what, plan, best, *_gap(other, here, self.aims)))
        return tuple(found)

    def _turned(self, best: Plan) -> list[tuple[str, Plan]]:
        """The plans that have a step more of one lever than the best; a step less where there is no room for more."""
        values, found = self.space.values(best), []
        for i, lever in enumerate(self.space.levers):
            if lever.kind not in ("number", "integer"):
                continue
            step, size = _step(lever.unit, lever.high - lever.low)
            for word, value in (("more", values[i] + step), ("less", values[i] - step)):
                if lever.low <= value <= lever.high:
                    plan = self.space.plan([*values[:i], value, *values[i + 1 :]])
                    found.append((f"{size} {word} of {lever.name}", plan))
                    break
        return found

    def _spent(self, best: Plan) -> list[tuple[str, Plan]]:
        """The plans of the frontier that serve best for a round sum more than the best costs, and for as much less."""
        tried = self.found()
        if best not in self.trials.scores or tried.at(best).futures < tried.futures:
            return []
        cost, front = tried.at(best).cost.estimate, [(tried.at(p).cost.estimate, p) for p in tried.frontier]
        if not cost > 0.0:
            return []
        step, found = 10.0 ** math.floor(math.log10(cost / 5.0)), []
        sum_ = amount(step, self.base.currency)
        more = [plan for each, plan in front if cost < each <= cost + step]
        less = [plan for each, plan in front if cost - 2.0 * step <= each <= cost - step]
        if more:
            found.append((f"up to {sum_} more", more[-1]))
        if less:
            found.append((f"at least {sum_} less", less[-1]))
        return found


def _cheap_outside(world: World, store: str) -> bool:
    """Whether goods wait outside a store at no more than it costs to hold them inside."""
    here = next(each for each in world.stores if each.name == store)
    values = [world.goods[world.keeps[k].good].value for k in here.keeps]
    return any(
        value * here.waiting_cost + here.waiting_fixed <= value * here.holding_cost + here.holding_fixed
        for value in values
    )


def _step(unit: str, width: float) -> tuple[float, str]:
    """How much more of a lever is looked at, and how it is said."""
    times = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
    size = times.get(unit.removesuffix("s"))
    if size is not None:
        return MORE_DAYS / size, f"{MORE_DAYS:.0f} days"
    step = 10.0 ** math.floor(math.log10(width / 5)) if width > 0 else 1.0
    return step, f"{step:g} {unit}".strip()


def _gap(more: Scores, less: Scores, aims: tuple[Any, ...]) -> tuple[Estimate, Estimate]:
    return more.cost - less.cost, service(more, aims) - service(less, aims)
