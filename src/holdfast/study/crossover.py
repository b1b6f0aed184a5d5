"""Make, import or store: which plan is the cheapest that serves, by length of a cut-off and multiple of demand.

All channels close on one day for some time, and people then want a multiple of what they would have wanted. In each
such crisis, the same futures of each plan say whether everybody gets what was asked for; of the plans that manage, the
one that costs least if the crisis never comes is chosen. Beside it stands what no plan's shelf changes: the stock that
must be there on the first day, because production at home is not (d_to_p), and what comes later than the warning.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.errors import Place, Problems
from holdfast.parts.world import NEVER
from holdfast.study import estimates, simulate
from holdfast.study.stress import cuts
from holdfast.study.stress.study import begin_of, costs_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from holdfast.engine.run import Outcome
    from holdfast.parts.world import World
    from holdfast.spec.scenario import Scenario
    from holdfast.study.estimates import Estimate
    from holdfast.study.result import About

    Floats = NDArray[np.float64]

FUTURES: Final = 200
LENGTHS: Final = ("3 months", "6 months", "12 months", "24 months", "48 months")
MULTIPLES: Final = (1.0, 1.5, 2.0, 3.0)
KEPT: Final = 0.95
"""Part of what each consumer wants during the crisis that must be served on time."""
IN_SHARE: Final = 0.9
"""Share of futures in which it must be."""
QUANTILES: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Crisis:
    """One cell: so long a cut-off, so much demand."""

    length: float
    """[days]"""
    multiple: float
    served: dict[str, Estimate]
    """By plan: share of futures in which every consumer is served."""
    chosen: str | None
    """The cheapest plan that serves; None: none does."""
    sure: bool
    """Whether it surely serves, and every cheaper plan surely does not."""


@dataclass(frozen=True)
class Interim:
    """What must lie in store on the first day of a cut-off of some length, whatever the plan orders."""

    alternative: str
    length: float
    """[days]"""
    stock: dict[str, Estimate]
    """p10, p50, p90 [days of normal use]: the most by which use is ahead of what is made at home."""
    d_to_p: dict[str, Estimate]
    """p10, p50, p90 [days] from the first day until production keeps up; infinite: not before the end."""


@dataclass(frozen=True)
class Lead:
    """How long one way of getting goods takes, or how early one warning comes."""

    kind: str
    """channel, project or warning."""
    name: str
    title: str
    days: tuple[float, float, float]
    """p10, p50, p90."""
    seen: float = 1.0
    """Of a warning: the part of switches that it precedes at all."""


@dataclass(frozen=True)
class Crossover:
    """What was found; money is discounted over the whole horizon, without what shortage costs."""

    about: About
    provenance: dict[str, Any]
    at: datetime.date
    kept: float
    in_share: float
    costs: dict[str, Estimate]
    """By plan, in the world without the crisis."""
    crises: tuple[Crisis, ...]
    """By multiple, then by length."""
    interim: tuple[Interim, ...]
    """At the multiple nearest 1, by plan, then by length; empty where people use goods of several units."""
    leads: tuple[Lead, ...]

    @property
    def lengths(self) -> list[float]:
        """[days] Those looked at."""
        return list(dict.fromkeys(each.length for each in self.crises))

    @property
    def multiples(self) -> list[float]:
        """Those looked at."""
        return list(dict.fromkeys(each.multiple for each in self.crises))

    def crisis(self, length: float, multiple: float) -> Crisis:
        """One cell."""
        return next(each for each in self.crises if (each.length, each.multiple) == (length, multiple))

    def to_dict(self) -> dict[str, Any]:
        """For JSON; see docs/reference/json.md."""

        def plain(found: dict[str, Estimate]) -> dict[str, Any]:
            return {name: each.to_dict() for name, each in found.items()}

        return {
            "provenance": self.provenance,
            "at": self.at.isoformat(),
            "kept": self.kept,
            "in_share": self.in_share,
            "costs": plain(self.costs),
            "crises": [
                {
                    "length_days": each.length,
                    "multiple": each.multiple,
                    "cheapest": each.chosen,
                    "sure": each.sure,
                    "served": plain(each.served),
                }
                for each in self.crises
            ],
            "interim": [
                {
                    "alternative": each.alternative,
                    "length_days": each.length,
                    "stock_days": plain(each.stock),
                    "d_to_p_days": plain(each.d_to_p),
                }
                for each in self.interim
            ],
            "leads": [dataclasses.asdict(each) for each in self.leads],
        }

    def to_pandas(self) -> pd.DataFrame:
        """A row for each crisis and plan: whether it serves, and whether it is the one chosen."""
        import pandas as pd

        rows = [
            {
                "length_days": each.length,
                "multiple": each.multiple,
                "alternative": name,
                "served": share.estimate,
                "served_low": share.low,
                "served_high": share.high,
                "cost": self.costs[name].estimate,
                "chosen": name == each.chosen,
            }
            for each in self.crises
            for name, share in each.served.items()
        ]
        return pd.DataFrame(rows).set_index(["multiple", "length_days", "alternative"])


def crossover(
    scenario: Scenario,
    alternatives: Iterable[str] | None = None,
    lengths: Sequence[str] | None = None,
    multiples: Sequence[float] = MULTIPLES,
    at: str | datetime.date | None = None,
    kept: float = KEPT,
    in_share: float = IN_SHARE,
    replications: int = FUTURES,
    seed: int = simulate.SEED,
    threads: int | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Crossover:
    """Which plan is the cheapest that serves, by length of a cut-off and multiple of demand.

    Args:
        scenario: what `holdfast.load` gives.
        alternatives: which plans; all where nothing is said.
        lengths: how long all channels are closed, such as `6 months`; those of 3 months to 4 years that end within the
            horizon where nothing is said.
        multiples: by what demand is multiplied meanwhile.
        at: the first day of the crisis; a third into the horizon where nothing is said.
        kept: the part of what each consumer wants during the crisis that must be served on time.
        in_share: the share of futures in which it must be.
        replications: futures of each plan and crisis.
        seed: where the random numbers come from.
        threads: how many at most; all cores where nothing is said. The result does not depend on it.
        on_progress: called with the stage, the futures done in it and all of its futures.

    Raises:
        ScenarioError: HF403, there is no such alternative, or a number is out of range.
    """
    simulate.check(replications, seed, threads)
    names = simulate.choose(scenario, alternatives)
    worlds = {name: simulate.world_of(scenario, name, "") for name in names}
    first = worlds[names[0]]
    begin, spans = _asked(first, lengths, multiples, at, kept, in_share)
    machine = _Machine(replications, seed, threads, begin, on_progress, len(names) * len(multiples))
    calm = {name: machine.whole(world) for name, world in worlds.items()}
    money = f"{first.currency} of {first.price_year}"
    costs = {name: estimates.mean(costs_of(outcome, shortage=False), money) for name, outcome in calm.items()}
    ordinary = min(multiples, key=lambda each: abs(each - 1.0))
    one_unit = len({first.goods[use.good].unit for use in first.uses}) == 1
    crises, interim = [], []
    longest = max(periods for _, periods in spans)
    for multiple in multiples:
        served: dict[float, dict[str, Estimate]] = {length: {} for length, _ in spans}
        for name, world in worlds.items():
            wanted, unmet, made = machine.crisis(world, longest, multiple)
            for length, periods in spans:  # until it ends, a shorter crisis is the same as a longer one
                served[length][name] = estimates.share(_served(wanted[:, :periods], unmet[:, :periods], kept))
                if multiple == ordinary and one_unit:
                    asked = wanted.sum(axis=0)[:periods]
                    interim.append(_interim(name, length, first, asked, made[:periods]))
        crises += [_crisis(length, multiple, served[length], costs, in_share) for length, _ in spans]
    interim.sort(key=lambda each: names.index(each.alternative))
    told = simulate.about(scenario)
    start = _day(first, begin)
    where = simulate.provenance(told, seed, replications)
    return Crossover(told, where, start, kept, in_share, costs, tuple(crises), tuple(interim), _leads(worlds, calm))


def _asked(
    world: World, lengths: Sequence[str] | None, multiples: Sequence[float], at: str | datetime.date | None,
    kept: float, in_share: float,
) -> tuple[int, list[tuple[float, int]]]:  # fmt: skip
    """The first period of the crisis, and the length of each in days and in periods.

    Raises:
        ScenarioError: HF403, all that is out of range.
    """
    from holdfast.spec.quantities import QuantityError, Units

    problems = Problems()
    begin = world.periods // 3 if at is None else begin_of(world, at, problems)
    spans: list[tuple[float, int]] = []
    for text in LENGTHS if lengths is None else lengths:
        try:
            days = Units().number(text, "days")
        except QuantityError as error:
            problems.add("HF403", Place("--lengths"), "", error.message, error.fix or "write 3 months,1 year")
            continue
        periods = max(1, round(days / world.period_days))
        if begin + periods > world.periods:
            if lengths is None and spans:
                break
            text = f"a crisis of {text} from {_day(world, begin)} ends after the horizon"
            problems.add("HF403", Place("--lengths"), "", text, "leave it out, or begin earlier (--at)")
        spans.append((days, periods))
    if not multiples or (lengths is not None and not lengths):
        problems.add("HF403", Place("--lengths"), "", "no crisis is asked for", "name at least one length and multiple")
    for value in multiples:
        if not 0.0 < value <= 1000.0:
            problems.add("HF403", Place("--multiples"), "", f"demand times {value:g}", "write 1,1.5,2")
    for option, share in (("--kept", kept), ("--in-share", in_share)):
        if not 0.0 < share <= 1.0:
            problems.add("HF403", Place(option), "", f"{share:g} is no share", "write 0.95 or 95%")
    problems.raise_if_any()
    return begin, spans


@dataclass
class _Machine:
    """How each world is simulated: the same futures, and every period of what is wanted, missed and made."""

    replications: int
    seed: int
    threads: int | None
    begin: int
    on_progress: Callable[[str, int, int], None] | None
    crises: int
    done: int = 0

    def whole(self, world: World) -> Outcome:
        """A plan over its whole horizon, as it is."""
        from holdfast.engine.run import simulate as run

        return run(world, replications=self.replications, seed=self.seed, threads=self.threads)

    def crisis(self, world: World, periods: int, multiple: float) -> tuple[Floats, Floats, Floats]:
        """What is wanted and what is not served, (consumer, period, replication), and made, (period, replication)."""
        from holdfast.engine.run import simulate as run

        end = self.begin + periods
        struck = _struck(dataclasses.replace(world, periods=end), self.begin, end, multiple)
        names = _flows(struck)
        kept = [name for group in (*names.wanted, *names.unmet, names.made) for name in group]
        outcome = run(
            struck, replications=self.replications, seed=self.seed, threads=self.threads, each_period=tuple(kept)
        )

        def total(group: tuple[str, ...]) -> Floats:
            found = np.zeros((periods, self.replications))
            for name in group:
                if name in outcome.yearly:  # else it is 0 in every future
                    found += outcome.yearly[name][self.begin :]
            return found

        self.done += self.replications
        if self.on_progress is not None:
            self.on_progress("crises", self.done, self.crises * self.replications)
        wanted, unmet = (np.stack([total(group) for group in part]) for part in (names.wanted, names.unmet))
        return wanted, unmet, total(names.made)


def _struck(world: World, begin: int, end: int, multiple: float) -> World:
    """The world in which all channels are closed, and demand is a multiple, from `begin` until before `end`."""
    everything = cuts.Cut(cuts.EVERYTHING, "everything", "", channels=tuple(each.name for each in world.channels))
    closed = cuts.apply(world, (everything,), begin, end)
    uses = tuple(
        dataclasses.replace(
            use,
            demand=dataclasses.replace(
                use.demand, scale=cuts.between(use.demand.scale, begin, end, lambda row: row * multiple)
            ),
        )
        for use in closed.uses
    )
    return dataclasses.replace(closed, uses=uses)


@dataclass(frozen=True)
class _Flows:
    """Names of records."""

    wanted: list[tuple[str, ...]]
    """Of each consumer."""
    unmet: list[tuple[str, ...]]
    made: tuple[str, ...]
    """What plants make and inspections accept of what people use."""


def _flows(world: World) -> _Flows:
    wanted, unmet = [], []
    for c, consumer in enumerate(world.consumers):
        goods = [world.goods[use.good].name for use in world.uses if use.consumer == c]
        wanted.append(tuple(f"consumers.{consumer.name}.{good}.wanted" for good in goods))
        unmet.append(tuple(f"consumers.{consumer.name}.{good}.unmet" for good in goods))
    used = {use.good for use in world.uses}
    made: list[str] = []
    for plant in world.plants:
        if plant.inspection >= 0:
            start = f"inspections.{world.inspections[plant.inspection].name}.{plant.name}"
            store = world.stores[plant.output_to].name
            goods_ = sorted({good for line in plant.lines for good in world.lines[line].goods if good in used})
            made += [f"{start}.{store}.{world.goods[good].name}.accepted" for good in goods_]
        else:
            lines = [world.lines[line] for line in plant.lines]
            made += [f"lines.{plant.name}.{line.name}.output" for line in lines if used >= set(line.goods)]
    return _Flows(wanted, unmet, tuple(made))


def _served(wanted: Floats, unmet: Floats, kept: float) -> NDArray[np.bool_]:
    """(replication,) whether every consumer gets on time what must be served of what it wants during the crisis."""
    asked, missed = wanted.sum(axis=1), unmet.sum(axis=1)
    found: NDArray[np.bool_] = (missed <= (1.0 - kept) * asked + 1e-9 * asked).all(axis=0)
    return found


def _crisis(
    length: float, multiple: float, served: dict[str, Estimate], costs: dict[str, Estimate], in_share: float
) -> Crisis:
    """Which plan is the cheapest of those that serve."""
    cheapest_first = sorted(served, key=lambda name: costs[name].estimate)
    chosen = next((name for name in cheapest_first if served[name].estimate >= in_share), None)
    cheaper = cheapest_first[: cheapest_first.index(chosen)] if chosen is not None else cheapest_first
    surely_not = all(served[name].high < in_share for name in cheaper)
    sure = surely_not and (chosen is None or served[chosen].low >= in_share)
    return Crisis(length, multiple, served, chosen, sure)


def _interim(name: str, length: float, world: World, wanted: Floats, made: Floats) -> Interim:
    """How far use gets ahead of production at home, in days of normal use, and until when."""
    ahead = np.cumsum(wanted - made, axis=0)
    normal = sum(use.normal_use for use in world.uses) / world.period_days
    most = np.maximum(ahead.max(axis=0), 0.0)
    last = np.argmax(ahead, axis=0)
    until = np.where(last == ahead.shape[0] - 1, math.inf, (last + 1.0) * world.period_days)
    until = np.where(most > 0.0, until, 0.0)
    stock = {f"p{100 * q:.0f}": estimates.quantile(most / normal, q, "days of normal use") for q in QUANTILES}
    when = {f"p{100 * q:.0f}": estimates.quantile(until, q, "days") for q in QUANTILES}
    return Interim(name, length, stock, when)


def _day(world: World, period: int) -> datetime.date:
    """The first day of a period."""
    import datetime

    return world.start + datetime.timedelta(days=period * world.period_days)


def _leads(worlds: dict[str, World], calm: dict[str, Outcome]) -> tuple[Lead, ...]:
    """How early warnings come, and how long channels and projects take."""
    first = next(iter(worlds.values()))
    p = np.array(QUANTILES)
    found: dict[tuple[str, str], Lead] = {}

    def add(kind: str, name: str, title: str, days: Floats, seen: float = 1.0) -> None:
        early, middle, late = (float(each) for each in days)
        found.setdefault((kind, name), Lead(kind, name, title or name, (early, middle, late), seen))

    for regime in first.regimes:
        warning = regime.warning
        if warning is not None:
            name = f"{regime.name}.{regime.states[warning.of].name}"
            add("warning", name, name, warning.lead.quantile(p) * first.period_days, warning.seen)
    for world in worlds.values():
        for channel in world.channels:
            which, scale = (
                float(each.values[0].flat[0]) for each in (channel.lead_time.which, channel.lead_time.scale)
            )
            law = channel.lead_time.laws[int(which)].scaled(scale)
            add("channel", channel.name, channel.title, law.quantile(p) * world.period_days)
    for name, world in worlds.items():
        for project in world.projects:
            opened = calm[name].totals[f"projects.{project.name}.opened"]
            if project.start < NEVER and (opened >= 0).any():
                took = np.sort(np.where(opened < 0, math.inf, (opened - project.start) * world.period_days))
                ranks = [estimates.order(took.size, q) for q in QUANTILES]
                add("project", project.name, project.name, took[ranks])
    return tuple(found.values())
