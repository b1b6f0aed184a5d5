"""Stress without probabilities: each thing cut by itself, two of them together, and when a plan pays (§24)."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.errors import Place, Problems
from holdfast.study import estimates
from holdfast.study.estimates import Estimate
from holdfast.study.result import BASE, About
from holdfast.study.simulate import SEED, about, check, choose, choose_what_ifs, provenance, world_of
from holdfast.study.stress import cuts as cutting
from holdfast.study.stress.effects import Effect, effects, shortfalls, unmet_names
from holdfast.study.stress.payoff import Payoff, payoff

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from holdfast.engine.run import Outcome
    from holdfast.parts.world import World
    from holdfast.spec.quantities import Units
    from holdfast.spec.scenario import Scenario
    from holdfast.study.stress.cuts import Cut

    Floats = NDArray[np.float64]

FUTURES: Final = 200
"""Futures of each cut."""
YEAR: Final = 365.25


@dataclass(frozen=True)
class Struck:
    """One thing cut, or two together, under one plan."""

    alternative: str
    cut: tuple[str, ...]
    effects: tuple[Effect, ...]
    """One for each consumer, in the order of the file."""
    missing: Estimate
    """Missing days of normal use, each consumer counting alike: by this mean over consumers, cuts are ranked."""
    extra_cost: Estimate
    """What the cut costs while it is watched, shortage counted [money]."""

    @property
    def exposed(self) -> tuple[Effect, ...]:
        """The consumers that are exposed in at least one future."""
        return tuple(each for each in self.effects if each.exposed.estimate > 0)

    @property
    def changes(self) -> bool:
        """Whether it changes anything, in any future, for any consumer or in money."""
        return bool(self.exposed) or self.extra_cost.standard_error > 0 or self.extra_cost.estimate != 0


@dataclass(frozen=True)
class Stress:
    """What a study of cuts found.

    >>> import holdfast as hf                                                    # doctest: +SKIP
    >>> found = hf.stress(hf.load("cartridge-plant"), alternatives=["imports"])   # doctest: +SKIP
    >>> found.ranking()[0].effects[0].tts["p50"].interval()                       # doctest: +SKIP
    """

    about: About
    provenance: dict[str, Any]
    cuts: dict[str, Cut]
    """What was cut, by name."""
    alternatives: tuple[str, ...]
    what_if: str
    start: datetime.date
    """The first day of the scenario."""
    at: datetime.date
    length: float
    """[days] How long each cut lasts."""
    watched: float
    """[days] From the cut to the end of what was simulated."""
    period_days: float
    singles: tuple[Struck, ...]
    """Every cut under the first alternative, and the crises of `payoffs` under the others."""
    pairs: tuple[Struck, ...] = ()
    """Under the first alternative."""
    payoffs: tuple[Payoff, ...] = ()
    valued: str = ""
    """What a unit short is worth where it was said, such as `5 USD/round`; else the scenario says it."""
    horizon: float = 0.0
    """[years] Over which plans are compared for `payoffs`."""
    resting: dict[str, str] = field(default_factory=dict)
    """By regime the state in which it is seen where `payoffs` say that nothing comes; the others go on as drawn."""

    @property
    def early(self) -> bool:
        """Whether the cut comes in the first year, when most plans have not acted yet."""
        return self.at < self.start + datetime.timedelta(days=YEAR)

    def ranking(self, alternative: str | None = None) -> list[Struck]:
        """Single cuts under a plan (the first where nothing is said), the worst first."""
        name = self.alternatives[0] if alternative is None else alternative
        return _ranked(each for each in self.singles if each.alternative == name)

    def ranking_of_pairs(self) -> list[Struck]:
        """Pairs under the first plan, the worst first."""
        return _ranked(self.pairs)

    def to_pandas(self) -> pd.DataFrame:
        """One row for each plan, cut and consumer, singles before pairs, in the order of the ranking."""
        import pandas as pd

        rows = []
        for struck in [*(s for name in self.alternatives for s in self.ranking(name)), *self.ranking_of_pairs()]:
            for each in struck.effects:
                row: dict[str, object] = {
                    "alternative": each.alternative,
                    "cut": " + ".join(each.cut),
                    "consumer": each.consumer,
                    "exposed": each.exposed.estimate,
                    "exposed_low": each.exposed.low,
                    "exposed_high": each.exposed.high,
                }
                for name, found in (("tts", each.tts), ("ttr", each.ttr)):
                    row |= {f"{name}_{p}": found[p].estimate if found else math.nan for p in ("p10", "p50", "p90")}
                row |= {
                    "missing": each.missing.estimate,
                    "missing_low": each.missing.low,
                    "missing_high": each.missing.high,
                }
                rows.append(row)
        return pd.DataFrame(rows)


def _ranked(found: Iterable[Struck]) -> list[Struck]:
    """Cuts by what is missing, the worst first; ties by what they cost, then as the scenario has them."""
    return sorted(found, key=lambda each: (-round(each.missing.estimate, 9), -each.extra_cost.estimate))


@dataclass(frozen=True)
class _Times:
    """From when to when, in periods."""

    begin: int
    end: int
    watched: int
    """The first period that is no longer simulated."""


@dataclass(frozen=True)
class _Machine:
    """How every world of the study is simulated: the same futures, every period of what is missed."""

    replications: int
    seed: int
    threads: int | None
    report: Callable[[str, int, int], None]
    """Called with the stage, the futures done in it and all of its futures."""

    def run(self, world: World) -> Outcome:
        """What comes of a world."""
        from holdfast.engine.run import simulate

        return simulate(
            world,
            replications=self.replications,
            seed=self.seed,
            threads=self.threads,
            each_period=unmet_names(world),
        )


def stress(
    scenario: Scenario,
    alternatives: Iterable[str] | None = None,
    cuts: Iterable[str] | None = None,
    at: str | datetime.date | None = None,
    length: str | None = None,
    watch: str | None = None,
    pairs: bool = False,
    what_if: str | None = None,
    replications: int = FUTURES,
    seed: int = SEED,
    threads: int | None = None,
    value: str | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Stress:
    """What comes of cutting each channel, input, plant and state of the world, whatever its probability.

    Args:
        scenario: what `holdfast.load` gives.
        alternatives: which plans; all where nothing is said. Under the first everything is cut, one by one; the others
            are set against it where the crisis comes: each cut named, or else the worst.
        cuts: what is cut, each by itself (`world`, `channels.world`, `plants.maracay`, `sanctions.embargo`, `channels`
            for all of them together); everything, one after the other, where nothing is said.
        at: the date of the cut; the start of the scenario where nothing is said.
        length: how long it lasts, such as `26 weeks`; a year, or half of what is left of the horizon if that is less.
        watch: how long the time after it is watched; as long as the cut, and at least a year.
        pairs: whether any two are also cut together, under the first plan.
        what_if: in which world; the base world where nothing is said.
        replications: futures of each cut.
        seed: where the random numbers come from.
        threads: how many at most; all cores where nothing is said. The result does not depend on it.
        value: what a unit short is worth for the break-even probability, such as `5 USD/round`; as the scenario says
            where nothing is said.
        on_progress: called with the stage, the futures done in it and all of its futures.

    Raises:
        ScenarioError: HF403, something asked for does not exist or is out of range.
    """
    check(replications, seed, threads)
    problems = Problems()
    names = choose(scenario, alternatives)
    if not names:
        problems.add("HF403", Place("--alternatives"), "", "no plan is left", "name one, or leave it out")
        problems.raise_if_any()
    machine = _Machine(replications, seed, threads, on_progress or (lambda stage, done, total: None))
    where = BASE if what_if in (None, BASE) else choose_what_ifs(scenario, [str(what_if)])[0]
    worlds = {name: world_of(scenario, name, where) for name in names}
    first = worlds[names[0]]
    times = _times(first, at, length, watch, problems)
    chosen = cutting.choose_cuts(first, cuts, problems)
    each = _value(first, scenario.document.units, value, problems)
    problems.raise_if_any()
    struck, crises = _all(worlds, chosen, cuts is not None, pairs, times, machine)
    rest = cutting.at_rest_from_the_start(first, scenario.resting)
    payoffs = _payoffs(worlds, crises, times, machine, each, rest)
    found = _found(first, times, struck, payoffs, about(scenario), provenance(about(scenario), seed, replications))
    cut = {one.name: one for one in chosen}
    return dataclasses.replace(
        found, cuts=cut, alternatives=tuple(names), what_if=where, valued=value or "", resting=rest
    )


def _found(
    first: World,
    times: _Times,
    struck: list[Struck],
    payoffs: list[Payoff],
    told: About,
    made: dict[str, Any],
) -> Stress:
    """What was found, but for what was asked for."""
    return Stress(
        about=told,
        provenance=made,
        cuts={},
        alternatives=(),
        what_if=BASE,
        start=first.start,
        at=first.start + datetime.timedelta(days=times.begin * first.period_days),
        length=(times.end - times.begin) * first.period_days,
        watched=(times.watched - times.begin) * first.period_days,
        period_days=first.period_days,
        singles=tuple(one for one in struck if len(one.cut) == 1),
        pairs=tuple(one for one in struck if len(one.cut) == 2),
        payoffs=tuple(payoffs),
        horizon=first.periods * first.period_days / YEAR,
    )


def _all(
    worlds: dict[str, World], chosen: list[Cut], named: bool, pairs: bool, times: _Times, machine: _Machine
) -> tuple[list[Struck], list[Cut]]:
    """Everything cut under the first plan, the crises under the others; and the crises: those named, or the worst."""
    first, *others = worlds
    jobs: list[tuple[Cut, ...]] = [(cut,) for cut in chosen]
    jobs += [two for two in combinations(chosen, 2) if not two[0].excludes(two[1])] if pairs else []
    struck = _strike(first, worlds[first], jobs, times, machine)
    ranked = _ranked(each for each in struck if len(each.cut) == 1)
    crises = [cut for cut in chosen if named or cut.name == ranked[0].cut[0]]
    for name in others:
        struck += _strike(name, worlds[name], [(cut,) for cut in crises], times, machine)
    return struck, crises


def _times(
    world: World, at: str | datetime.date | None, length: str | None, watch: str | None, problems: Problems
) -> _Times:
    """When the cut begins, when it ends and until when is watched, in periods; what cannot be is noted as HF403."""
    begin = begin_of(world, at, problems)
    left = world.periods - begin
    whole = periods_of(world, "--for", length, min(YEAR, left * world.period_days / 2), problems)
    least = max(whole * world.period_days, YEAR)
    after = periods_of(world, "--watch", watch, least, problems)
    if whole > left:
        text = f"the cut would end {whole - left} periods after the horizon"
        problems.add("HF403", Place("--for"), "", text, "cut earlier (--at) or for less time")
    return _Times(begin, begin + whole, min(world.periods, begin + whole + after))


def begin_of(world: World, at: str | datetime.date | None, problems: Problems) -> int:
    """The period in which a date lies."""
    from holdfast.spec.quantities import QuantityError, date

    if at is None:
        return 0
    try:
        when = date(at) if isinstance(at, str) else at
    except QuantityError as error:
        problems.add("HF403", Place("--at"), "", error.message, error.fix)
        return 0
    last = world.start + datetime.timedelta(days=(world.periods - 1) * world.period_days)
    if when is None or not world.start <= when <= last + datetime.timedelta(days=world.period_days):
        fix = f"choose a date from {world.start} to {last}"
        problems.add("HF403", Place("--at"), "", f"{at} is not within the horizon of the scenario", fix)
        return 0
    return min(world.periods - 1, math.floor((when - world.start).days / world.period_days + 1e-9))


def periods_of(world: World, option: str, text: str | None, otherwise: float, problems: Problems) -> int:
    """A length of time in whole periods, at least 1."""
    from holdfast.spec.quantities import QuantityError, Units

    days = otherwise
    if text is not None:
        try:
            days = Units().number(text, "days")
        except QuantityError as error:
            problems.add("HF403", Place(option), "", error.message, error.fix or "write it as 26 weeks")
    return max(1, round(days / world.period_days))


def _value(world: World, known: Units, text: str | None, problems: Problems) -> float | None:
    """What a unit short is worth [money/unit]; None where the scenario says it; else HF403 is noted."""
    from holdfast.spec.quantities import QuantityError

    if text is None:
        return None
    units = sorted({world.goods[use.good].unit for use in world.uses})
    if len(units) != 1:
        problems.add("HF403", Place("--value"), "", f"consumers use goods in {', '.join(units)}", "leave it out")
        return None
    try:
        return known.number(text, f"{world.currency}/{units[0]}")
    except QuantityError as error:
        problems.add("HF403", Place("--value"), "", error.message, error.fix)
        return None


def _strike(
    name: str,
    world: World,
    jobs: Sequence[tuple[Cut, ...]],
    times: _Times,
    machine: _Machine,
) -> list[Struck]:
    """What each cut, or several together, does under a plan."""
    short = dataclasses.replace(world, periods=times.watched)
    base = machine.run(short)
    uncut = [shortfalls(short, base, c) for c in range(len(short.consumers))]
    found = []
    for done, cut in enumerate(jobs, 1):
        outcome = machine.run(cutting.apply(short, cut, times.begin, times.end))
        names = tuple(each.name for each in cut)
        hit = effects(short, uncut, outcome, times.begin, name, names)
        found.append(_struck(short, name, names, hit, base, outcome))
        stage = f"{name}: {len(jobs)} cut{'s' if len(jobs) > 1 else ''}"
        machine.report(stage, done * machine.replications, len(jobs) * machine.replications)
    return found


def _struck(
    world: World, name: str, cut: tuple[str, ...], hit: list[Effect], base: Outcome, outcome: Outcome
) -> Struck:
    """A cut with what it does to consumers on average."""
    parts = [each.missing.influence + each.missing.estimate for each in hit if each.missing.influence is not None]
    together = np.mean(parts, axis=0) if parts else np.zeros(outcome.replications)
    extra = costs_of(outcome) - costs_of(base)
    return Struck(
        name,
        cut,
        tuple(hit),
        estimates.mean(together, "days of normal use"),
        estimates.mean(extra, f"{world.currency} of {world.price_year}"),
    )


def costs_of(outcome: Outcome, shortage: bool = True) -> Floats:
    """(replication,) discounted cost [money], with or without what the scenario says that shortage costs."""
    kinds = sorted(name for name in outcome.totals if name.startswith("costs."))
    out = np.zeros(outcome.replications)
    for name in kinds:
        if shortage or name != "costs.shortage":
            out += outcome.totals[name]
    return out


def _payoffs(
    worlds: dict[str, World],
    crises: Sequence[Cut],
    times: _Times,
    machine: _Machine,
    value: float | None,
    resting: Mapping[str, str],
) -> list[Payoff]:
    """When each plan pays against the first, over the whole horizon, for each crisis in a world otherwise at rest."""
    if len(worlds) < 2 or not crises:
        return []
    costs: dict[tuple[str, str], Floats] = {}
    jobs = [(name, cut) for name in worlds for cut in (None, *crises)]
    stage = f"{len(worlds)} plans, with and without a crisis"
    for done, (name, cut) in enumerate(jobs, 1):
        world = cutting.at_rest(worlds[name], resting, times.begin, times.end, cut)
        outcome = machine.run(world)
        costs[(name, cut.name if cut else "")] = costs_of(outcome, value is None) + _valued(world, outcome, value)
        machine.report(stage, done * machine.replications, len(jobs) * machine.replications)
    today = next(iter(worlds))
    money = f"{worlds[today].currency} of {worlds[today].price_year}"
    return [
        payoff(
            name,
            today,
            cut.name,
            money,
            (costs[name, ""], costs[name, cut.name]),
            (costs[today, ""], costs[today, cut.name]),
        )
        for cut in crises
        for name in worlds
        if name != today
    ]


def _valued(world: World, outcome: Outcome, value: float | None) -> Floats:
    """(replication,) what shortage is worth at a value of each unit short, discounted [money]; 0 where none is said."""
    if value is None:
        return np.zeros(outcome.replications)
    return value * sum(
        (world.discounts @ outcome.yearly[name].astype(np.float64) for name in unmet_names(world)),
        np.zeros(outcome.replications),
    )
