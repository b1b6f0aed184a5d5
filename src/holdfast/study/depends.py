"""On what a plan's supply hangs: what it leans on, what would be spared if that were secure, and missed if it were cut.

A plant at home moves a dependency more than it ends it: from finished goods to the inputs, spares and builders behind
the plant. For each of them (`holdfast.study.failure_points`) the same futures are simulated twice more: with it
secure from start to end, and with it cut for a while. Spared and missed are differences in the same futures. They do
not add up over dependencies: two that fail in one embargo each spare nothing alone where either is enough to stop
supply.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.errors import Problems
from holdfast.study import estimates, measures, simulate
from holdfast.study.case import Case
from holdfast.study.causes import lines_at_work
from holdfast.study.failure_points import failure_points
from holdfast.study.result import BASE
from holdfast.study.stress.study import YEAR, begin_of, periods_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from holdfast.parts.world import World
    from holdfast.spec.scenario import Scenario
    from holdfast.study.estimates import Estimate
    from holdfast.study.failure_points import FailurePoint, Kind
    from holdfast.study.result import About

    Floats = NDArray[np.float64]

FUTURES: Final = 400
"""Futures of each world."""
PLANS: Final = 5
"""Plans that are told of where nobody says which: today's, and the first of those that build."""
TOGETHER: Final = "together"
"""Name of all dependencies together."""
DAYS: Final = "days of normal use"
STAGE: Final = "worlds with one thing secure, or cut"


@dataclass(frozen=True)
class Dependency:
    """One thing on which a plan's supply hangs."""

    name: str
    """As in `holdfast.study.failure_points`; `together` for all of them."""
    kind: Kind | None
    """None for all of them."""
    title: str
    leans: Estimate
    """Share of what consumers got that came through it, or was made with it."""
    spared: Estimate
    """What would be short no longer if it never failed [days of normal use]."""
    share: Estimate
    """The same as a share of what is short; undefined (nan) where nothing is."""
    missed: Estimate
    """What would be short besides if it were cut [days of normal use]."""


@dataclass(frozen=True)
class Plan:
    """What one plan's supply hangs on."""

    name: str
    short: Estimate
    """What is not served on time over the horizon [days of normal use]."""
    made: Estimate
    """Share of what consumers got that was made at home."""
    dependencies: tuple[Dependency, ...]
    together: Dependency
    """All of them secure, or cut, at once."""

    @property
    def ranked(self) -> list[Dependency]:
        """Dependencies by what would be spared, the largest first; the single channels of finished goods left out."""
        return sorted((each for each in self.dependencies if each.kind != "channel"), key=lambda d: -d.spared.estimate)


@dataclass(frozen=True)
class Depends:
    """On what supply hangs, plan by plan.

    >>> import holdfast as hf                                     # doctest: +SKIP
    >>> found = hf.depends(hf.load("cartridge-plant"))             # doctest: +SKIP
    >>> found.of("plant").ranked[0].name                           # doctest: +SKIP
    """

    about: About
    provenance: dict[str, Any]
    what_if: str
    at: datetime.date
    """When each is cut."""
    length: float
    """[days] For how long."""
    plans: tuple[Plan, ...]
    """Empty where no plan makes anything at home."""

    def of(self, alternative: str) -> Plan:
        """What one plan hangs on.

        Raises:
            KeyError: it was not asked for.
        """
        for plan in self.plans:
            if plan.name == alternative:
                return plan
        raise KeyError(alternative)

    def to_dict(self) -> dict[str, Any]:
        """For JSON; see docs/reference/json.md."""
        return {
            "provenance": self.provenance,
            "what_if": self.what_if,
            "at": self.at.isoformat(),
            "length": self.length,
            "alternatives": {
                plan.name: {
                    "short": plan.short.to_dict(),
                    "made_at_home": plan.made.to_dict(),
                    "dependencies": [_told(each) for each in (*plan.dependencies, plan.together)],
                }
                for plan in self.plans
            },
        }

    def to_pandas(self) -> pd.DataFrame:
        """A row for each plan and dependency: what leans on it, what it would spare, and what its cut would cost."""
        import pandas as pd

        rows = []
        for plan in self.plans:
            for each in (*plan.dependencies, plan.together):
                row: dict[str, object] = {"alternative": plan.name, "dependency": each.name, "title": each.title}
                for name in ("leans", "share", "spared", "missed"):
                    found: Estimate = getattr(each, name)
                    row |= {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}
                rows.append(row)
        columns = None if rows else ["alternative", "dependency"]
        return pd.DataFrame(rows, columns=columns).set_index(["alternative", "dependency"])

    def table(self, width: int = 80) -> str:
        """The answer in words and tables, as in the terminal."""
        from holdfast.output.words_depends import answer  # the one way up: a convenience for people at a prompt

        return answer(self, width)


def _told(each: Dependency) -> dict[str, Any]:
    return {
        "dependency": each.name,
        "kind": each.kind,
        "title": each.title,
        "leans": each.leans.to_dict(),
        "share": each.share.to_dict(),
        "spared": each.spared.to_dict(),
        "missed": each.missed.to_dict(),
    }


def depends(
    scenario: Scenario,
    alternatives: Iterable[str] | None = None,
    what_if: str | None = None,
    at: str | datetime.date | None = None,
    length: str | None = None,
    replications: int = FUTURES,
    seed: int = simulate.SEED,
    threads: int | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Depends:
    """On what supply hangs with a plant at home: finished goods, inputs, spares, builders.

    Args:
        scenario: what `holdfast.load` gives.
        alternatives: with which plans; where nothing is said, today's and the first four that build what it has not,
            or today's alone where its own plant is all there is. Plans without a plant are told of beside one that has.
        what_if: in which world; the base world where nothing is said.
        at: when each is cut; in the middle of the horizon where nothing is said.
        length: for how long, such as `26 weeks`; a year, or half of what is left of the horizon if that is less.
        replications: futures of each world.
        seed: where the random numbers come from.
        threads: how many at most; all cores where nothing is said. The result does not depend on it.
        on_progress: called with the stage, the futures done in it and all of its futures.

    Raises:
        ScenarioError: HF403, something asked for does not exist or is out of range.
    """
    simulate.check(replications, seed, threads)
    where = BASE if what_if in (None, BASE) else simulate.choose_what_ifs(scenario, [str(what_if)])[0]
    names = simulate.choose(scenario, alternatives)
    worlds = {name: simulate.world_of(scenario, name, where) for name in names}
    worlds = _chosen(worlds) if alternatives is None else worlds
    first = next(iter(worlds.values()), simulate.world_of(scenario, names[0], where))
    begin, end = _span(first, at, length)
    if not any(lines_at_work(world) for world in worlds.values()):
        worlds = {}
    whole = sum(2 * len(failure_points(world)) + 3 for world in worlds.values()) * replications
    done = 0

    def run(world: World) -> Case:
        nonlocal done
        from holdfast.engine.run import simulate as run

        totals = run(world, replications=replications, seed=seed, threads=threads).totals
        done += replications
        if on_progress is not None:
            on_progress(STAGE, done, whole)
        return Case(world, dict(totals))

    told = simulate.about(scenario)
    plans = tuple(_plan(name, world, begin, end, run) for name, world in worlds.items())
    if on_progress is not None and plans:
        on_progress(STAGE, whole, whole)  # what can never fail was not simulated again
    return Depends(
        about=told,
        provenance=simulate.provenance(told, seed, replications),
        what_if=where,
        at=first.start + datetime.timedelta(days=begin * first.period_days),
        length=(end - begin) * first.period_days,
        plans=plans,
    )


def _chosen(worlds: dict[str, World]) -> dict[str, World]:
    """Today's plan and those that build what it has not."""
    first, *others = worlds
    have = _names(worlds[first])
    build = [name for name in others if _names(worlds[name]) - have]
    return {name: worlds[name] for name in [first, *build][:PLANS]}


def _names(world: World) -> set[tuple[str, str]]:
    """The lines that a plan has or builds, by plant and name."""
    lines = (world.lines[i] for i in lines_at_work(world))
    return {(world.plants[line.plant].name, line.name) for line in lines}


def _span(world: World, at: str | datetime.date | None, length: str | None) -> tuple[int, int]:
    """From when until before when things are cut [periods]."""
    problems = Problems()
    begin = world.periods // 2 if at is None else begin_of(world, at, problems)
    left = world.periods - begin
    whole = periods_of(world, "--for", length, min(YEAR, left * world.period_days / 2), problems)
    problems.raise_if_any()
    return begin, min(world.periods, begin + whole)


def _plan(name: str, world: World, begin: int, end: int, run: Callable[[World], Case]) -> Plan:
    """What one plan hangs on."""
    base, found = run(world), failure_points(world)
    whole = [each for each in found if each.kind != "channel"]
    free = lines_at_work(world).difference(*(each.lines for each in whole))
    used = measures.use(base)
    bound = estimates.ratio(used - _made(base, free), used)

    def tried(secured: Sequence[FailurePoint], cut: Sequence[FailurePoint]) -> Floats:
        """(replication,) what is short with some things secure and some cut."""
        other = world
        for each in secured:
            other = each.secured(other)
        for each in cut:
            other = each.cut(other, begin, end)
        return short if other is world else _short(run(other))

    def of(name: str, kind: Kind | None, title: str, leans: Estimate, parts: Sequence[FailurePoint]) -> Dependency:
        spared, missed = short - tried(parts, ()), tried((), parts) - short
        share = estimates.ratio(spared, short)
        return Dependency(
            name, kind, title, leans, estimates.mean(spared, DAYS), share, estimates.mean(missed, DAYS)
        )  # fmt: skip

    short = _short(base)
    return Plan(
        name,
        estimates.mean(short, DAYS),
        measures.made_at_home(base),
        tuple(of(each.name, each.kind, each.title, _leans(base, each), [each]) for each in found),
        of(TOGETHER, None, "all of these together", bound, whole),
    )


def _made(case: Case, lines: frozenset[int]) -> Floats:
    """(replication,) what consumers got of what some lines made [unit]."""
    chosen = {id(case.world.lines[i]) for i in lines}
    return measures.made(case, lambda line: id(line) in chosen)


def _leans(case: Case, each: FailurePoint) -> Estimate:
    """The share of what consumers got that came through something, or was made with it.

    What was not made at home is divided among channels as what came through them; stock drawn down counts with it.
    """
    used = measures.use(case)
    if each.kind not in ("goods", "channel"):
        return estimates.ratio(_made(case, each.lines), used)
    every, through = _came(case, None), _came(case, each.channels)
    part = np.divide(through, every, out=np.zeros_like(every), where=every > 0)
    return estimates.ratio((used - measures.made(case, lambda _: True)) * part, used)


def _came(case: Case, channels: Sequence[str] | None) -> Floats:
    """(replication,) what came of the goods that consumers use, through some channels or all [unit]."""
    world = case.world
    used = {world.goods[use.good].name for use in world.uses}
    names = [channel.name for channel in world.channels] if channels is None else channels
    stores = {(world.stores[keep.store].name, world.goods[keep.good].name) for keep in world.keeps}
    return case.total(
        f"channels.{name}.{store}.{good}.received" for name in names for store, good in sorted(stores) if good in used
    )


def _short(case: Case) -> Floats:
    """(replication,) what is not served on time over the horizon [days of normal use].

    Where consumers use goods of several units, it is the mean over consumers, each counting alike.
    """
    world = case.world
    units = {world.goods[use.good].unit for use in world.uses}
    everybody = [range(len(world.uses))]
    groups = everybody if len(units) == 1 else [consumer.uses for consumer in world.consumers if consumer.uses]
    total = np.zeros(case.replications)
    for group in groups:
        uses = [world.uses[u] for u in group]
        names = (f"consumers.{world.consumers[use.consumer].name}.{world.goods[use.good].name}.unmet" for use in uses)
        total = total + case.total(names) * world.period_days / (sum(use.normal_use for use in uses) or 1.0)
    return total / len(groups)
