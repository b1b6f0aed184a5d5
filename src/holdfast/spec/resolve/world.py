"""From a scenario to a World: every text becomes a number, part by part.

`to_world` reads the sections under one alternative and one what_if. What is wrong is noted with its place;
all problems are raised together at the end.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import math
import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from holdfast.parts.world import PROJECT_STATES, Condition, World
from holdfast.spec import quantities
from holdfast.spec.document import NAMED
from holdfast.spec.quantities import QuantityError
from holdfast.spec.resolve.covers import short
from holdfast.spec.resolve.exogenous import prices, regimes, signals
from holdfast.spec.resolve.flow import channels, inspections, stores
from holdfast.spec.resolve.make import plants, projects
from holdfast.spec.resolve.use import consumers, goods, normal_use, standards
from holdfast.spec.resolve.values import UNKNOWN, Values, key_of
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence
from holdfast.terms import UNITS, WORDS, plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.errors import Problem, Problems
    from holdfast.parts.world import Link
    from holdfast.spec.document import Document

WORKS = "plants but their projects"
"""Stands for what of the plants says nothing of when they are built."""
USED = ("consumers", WORKS, "stores")
"""Sections that normal use, amounts and prices rest on."""
USE = "normal use"
"""Stands for normal use itself, for what of these sections reads nothing else."""

TAKEN = {form for name, (_, base) in UNITS.items() if base in ("day", "lot", "future") for form in (name, plural(name))}
TAKEN |= set(WORDS) | {"times", "per"}
"""What no good can be counted in: times, what is counted in every scenario, words of numbers."""

T = TypeVar("T")


class Made(NamedTuple):
    """What was made of some sections."""

    what: Any
    problems: tuple[Problem, ...] = ()
    """What was wrong with them."""
    notes: dict[str, str] = {}  # noqa: RUF012, never changed


Memo = dict[Hashable, Made]
"""What each function made of which sections, under which conditions; it lives as long as its scenario."""


@dataclass(eq=False, repr=False)
class Reading:
    """One scenario on its way to numbers: the sections, the names in them, and what is already known."""

    tree: Mapping
    base: Mapping
    """The sections without overlays: the capacities that room costs start from."""
    values: Values
    names: dict[str, list[str]]
    """Names of each section, in file order."""
    sections: dict[str, list[tuple[str, Mapping]]] = field(default_factory=dict)
    """Those that were asked for."""
    projects: list[tuple[str, Mapping]] = field(default_factory=list)
    """Name and block of each project."""
    lines: list[tuple[str, str, Mapping]] = field(default_factory=list)
    """Plant, name and block of each line that is built."""
    keeps: list[tuple[int, int, Mapping]] = field(default_factory=list)
    """Store, good and block of each keep."""
    units: list[str] = field(default_factory=list)
    """Unit of each good."""
    use_of: dict[tuple[int, int], float] = field(default_factory=dict)
    """Normal use by (consumer, good)."""
    good_use: list[float] = field(default_factory=list)
    """Normal use of each good, lines included."""
    keep_use: dict[tuple[int, int], float] = field(default_factory=dict)
    """Normal use by (store, good)."""
    lead: dict[int, float] = field(default_factory=dict)
    """Mean lead time of each channel, in periods."""
    delivered: dict[int, float] = field(default_factory=dict)
    """Mean share of a shipment of each channel that arrives."""
    holds: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Of what arrives from a channel: mean hold in inspection, in periods, and lot; both 0 without an inspection."""
    links: list[Link] = field(default_factory=list)
    """Ways between stores, as orderings name them."""
    notes: dict[str, str] = field(default_factory=dict)
    memo: Memo | None = None
    """What was made of the same sections in another world of the scenario."""

    def part(self, make: Callable[[Reading], T], *sections: str) -> T:
        """What a function makes of this reading, taken from the memo where the sections that it reads are the same."""
        if self.memo is None:
            return make(self)
        nodes: list[Node | None] = []
        for section in sections:
            nodes += self._works if section == WORKS else [self.tree.entries.get(section)]
        use = tuple(self.good_use) if USE in sections else None
        return self.once(lambda: make(self), (make, use), *nodes)

    def once(self, make: Callable[[], T], what: Hashable, *nodes: Node | None) -> T:
        """What is made of these nodes within this frame, taken from the memo where it was made of the same before.

        Args:
            make: makes it.
            what: names it, with all else that it rests on.
            nodes: of which it is made.
        """
        return make() if self.memo is None else self.alone(make, (what, self._frame), *nodes)

    def alone(self, make: Callable[[], T], what: Hashable, *nodes: Node | None) -> T:
        """The same of what needs no frame."""
        if self.memo is None:
            return make()
        key = (what, *nodes)
        noted, found = self.values.problems.found, self.memo.get(key)
        if found is None:
            before, above, self.notes = len(noted), self.notes, {}
            found = self.memo[key] = Made(make(), tuple(noted[before:]), self.notes)
            self.notes = above
        else:
            noted += found.problems
        self.notes.update(found.notes)
        made: T = found.what
        return made

    @functools.cached_property
    def _frame(self) -> object:
        """A mark for what all parts may rest on: the same where it is the same in two worlds.

        It is all names, the units of goods, what is kept where, the currency, conditions and their codes at cover.
        """
        assert self.memo is not None
        values = self.values
        names = tuple(map(tuple, self.names.values()))
        kept = tuple((store, good) for store, good, _ in self.keeps)
        conditions = tuple((condition.name, condition.states) for condition in values.conditions)
        codes = tuple(values.codes_at_cover.items())
        said = (names, tuple(self.units), kept, values.currency, conditions, codes)
        mark: object = self.memo.setdefault(said, Made(object())).what
        return mark

    @functools.cached_property
    def _works(self) -> list[Node]:
        """What of the plants says nothing of when they are built: the same nodes where it is the same in two worlds."""
        return [node for _, plant in self.section("plants") for key, node in plant.items() if key != "project"]

    def section(self, name: str) -> list[tuple[str, Mapping]]:
        """Entries of a section that are blocks."""
        if name not in self.sections:
            section = self.tree.entries.get(name)
            entries = section.items() if isinstance(section, Mapping) else ()
            self.sections[name] = [(key, node) for key, node in entries if isinstance(node, Mapping)]
        return self.sections[name]

    def known_goods(self, node: Node | None) -> list[int]:
        """The goods that a list names, without noting those that there are not."""
        names, items = self.names["goods"], node.items if isinstance(node, Sequence) else ()
        return [names.index(item.text) for item in items if isinstance(item, Scalar) and item.text in names]


def to_tree_world(
    document: Document,
    tree: Mapping,
    alternative: str,
    what_if: str,
    problems: Problems,
    folder: Path,
    memo: Memo | None = None,
) -> World:
    """The world of sections that are laid already; problems are noted, not raised."""
    reading = _reading(document, tree, problems, folder, memo)
    world, days = _all_but_goods(reading), reading.values.period_days
    notes = {
        f"goods.{name}": f"normal use of {name} = {short(use * 7 / days)} {plural(unit)}/week"
        for name, use, unit in zip(reading.names["goods"], reading.good_use, reading.units, strict=True)
    }
    return dataclasses.replace(
        world,
        alternative=alternative,
        what_if=what_if,
        goods=goods(reading, world.channels, world.keeps, world.lines),
        notes={**reading.notes, **notes},
    )


def check_tree(document: Document, tree: Mapping, problems: Problems, folder: Path, memo: Memo) -> None:
    """Notes all that is wrong with sections that are laid already."""
    _all_but_goods(_reading(document, tree, problems, folder, memo))


def _all_but_goods(reading: Reading) -> World:
    """The world without its names, its notes and what goods are worth, of which nothing can be wrong."""
    values, tree = reading.values, reading.tree
    reading.use_of, reading.good_use, reading.keep_use = reading.part(normal_use, *USED)
    prices_ = reading.part(prices, "prices")
    channels_, reading.lead, reading.delivered = reading.part(channels, "channels", USE)
    inspections_ = reading.part(inspections, "inspections", "channels", WORKS)
    projects_ = reading.part(projects, "plants")
    plants_, lines = reading.part(plants, *USED)
    stores_, keeps, links = reading.part(stores, "channels", "inspections", *USED)
    consumers_, uses = reading.part(consumers, *USED)
    windows, standards_ = reading.part(standards, "standards", "consumers")
    clock, money = tree.mapping("clock"), tree.mapping("money")
    return World(
        name=values.text(tree.get("name")),
        alternative="",
        what_if="",
        start=values.start,
        period_days=values.period_days,
        periods=_periods(values, clock),
        currency=values.currency,
        price_year=values.count(money.entries["price_year"], 1) if "price_year" in money else 1,
        discount_rate=values.per_year(money.entries["discount_rate"]) if "discount_rate" in money else 0.0,
        conditions=values.conditions,
        goods=(),
        regimes=reading.part(regimes, "regimes"),
        prices=prices_,
        signals=reading.part(signals, "signals", "regimes", "consumers"),
        channels=channels_,
        projects=projects_,
        plants=plants_,
        lines=lines,
        inspections=inspections_,
        stores=stores_,
        keeps=keeps,
        links=links,
        consumers=consumers_,
        uses=uses,
        windows=windows,
        standards=standards_,
    )


def _periods(values: Values, clock: Mapping) -> int:
    horizon, before = clock.get("horizon"), len(values.problems)
    days = values.period_days if horizon is None else values.number(horizon, "days")
    periods = math.ceil(days / values.period_days - 1e-9)
    if horizon is None or len(values.problems) > before:
        return 1
    if days < values.period_days:
        values.problems.add("HF109", horizon, None, "the horizon is shorter than a period", "write 10 years, say")
    elif not 1 <= periods <= 200_000:
        values.problems.add(
            "HF109", horizon, None, f"a horizon of {periods} periods cannot be simulated", "write 1 to 200,000 periods"
        )
    elif values.start.toordinal() + days + values.period_days > datetime.date.max.toordinal():
        values.problems.add("HF109", horizon, None, "the horizon ends after the year 9999", "write 10 years, say")
    return max(1, min(periods, 200_000))


def _start(document: Document, clock: Mapping, problems: Problems) -> datetime.date:
    node = clock.get("start")
    if isinstance(node, Scalar):
        try:
            when = quantities.date(node.text)
            if when is not None:
                return when
            problems.add("HF106", node, None, "a clock that never starts", "write a date, such as 2006-01-02")
        except QuantityError as error:
            problems.add(error.code, node, None, error.message, error.fix)
    return datetime.date(2000, 1, 1)


def _reading(document: Document, tree: Mapping, problems: Problems, folder: Path, memo: Memo | None) -> Reading:
    clock, money = tree.mapping("clock"), tree.mapping("money")
    currency = money.get("currency")
    values = Values(
        document.units,
        problems,
        _start(document, clock, problems),
        7.0,
        _currency(currency, problems),
        folder,
    )
    period = clock.get("period")
    if period is not None:
        values.period_days = values.positive(period, "days")
    names = {name: list(getattr(tree.entries.get(name), "entries", ())) for name in NAMED}
    reading = Reading(tree, document.base, values, names, memo=memo)
    goods, plants, stores, regimes, signals = (
        tree.entries.get(section) for section in ("goods", "plants", "stores", "regimes", "signals")
    )
    reading.units = reading.alone(lambda: _units(reading), "units", goods)
    reading.projects, reading.lines = reading.alone(lambda: _projects_and_lines(reading), "works", plants)
    values.conditions = reading.alone(lambda: _conditions(reading), "conditions", regimes, plants, signals)
    _cover_at(reading, clock.get("cover_at"))
    reading.keeps = reading.alone(lambda: _keeps(reading), "keeps", goods, stores)
    return reading


def _keeps(reading: Reading) -> list[tuple[int, int, Mapping]]:
    """Store, good and block of each keep."""
    found = []
    for s, (_, store) in enumerate(reading.section("stores")):
        keeps = store.mapping("keeps")
        for name, keep in keeps.items():
            g = reading.values.name(key_of(keeps, name), reading.names["goods"], "goods")
            if g >= 0 and isinstance(keep, Mapping):
                found.append((s, g, keep))
    return found


def _units(reading: Reading) -> list[str]:
    """Unit of each good."""
    return [_own_unit(reading, good) for _, good in reading.section("goods")]


def _own_unit(reading: Reading, good: Mapping) -> str:
    """The unit of a good; notes one that means something else already, so that `2 EUR/week` would mean two things."""
    node, problems = good.get("unit"), reading.values.problems
    if not isinstance(node, Scalar):
        return UNKNOWN
    if node.text in TAKEN or re.fullmatch(r"[A-Z]{3}", node.text):
        message = f"'{node.text}' has a meaning of its own and cannot count a good"
        problems.add("HF104", node, None, message, "name what is counted: round, dose, kg")
    elif not re.fullmatch(r"[^\W\d]([\w -]*\w)?", node.text):
        message = f"'{node.text}' is not the name of a unit"
        problems.add("HF104", node, None, message, "name what is counted: round, dose, kg")
    return node.text


def _currency(node: Node | None, problems: Problems) -> str:
    """The currency, three letters."""
    if not isinstance(node, Scalar):
        return UNKNOWN
    if not re.fullmatch(r"[A-Z]{3}", node.text):
        problems.add("HF104", node, None, f"'{node.text}' is not a currency", "write its three letters, such as EUR")
        return UNKNOWN
    return node.text


def _projects_and_lines(reading: Reading) -> tuple[list[tuple[str, Mapping]], list[tuple[str, str, Mapping]]]:
    """Name and block of each project, and plant, name and block of each line that is built."""
    values = reading.values
    projects: list[tuple[str, Mapping]] = []
    built_lines: list[tuple[str, str, Mapping]] = []
    for name, plant in reading.section("plants"):
        if isinstance(project := plant.get("project"), Mapping):
            projects.append((name, project))
        built = plant.get("lines_built")
        lines = [(n, line) for n, line in plant.mapping("lines").items() if isinstance(line, Mapping)]
        number = len(lines) if built is None else values.count(built)
        if built is not None and number > len(lines):
            values.problems.add(
                "HF109",
                built,
                None,
                f"{number} lines are built, but only {len(lines)} are described",
                f"write at most {len(lines)}",
            )
        for line_name, line in lines[:number]:
            built_lines.append((name, line_name, line))
            if isinstance(project := line.get("project"), Mapping):
                projects.append((f"{name}.{line_name}", project))
    return projects, built_lines


def _conditions(reading: Reading) -> tuple[Condition, ...]:
    out = [Condition(name, tuple(regime.mapping("states").entries)) for name, regime in reading.section("regimes")]
    out += [Condition(name, PROJECT_STATES) for name, _ in reading.projects]
    out += [Condition(name, ("off", "on")) for name, _ in reading.section("signals")]
    seen: set[str] = set()
    for condition in out:
        if condition.name in seen:
            found = [reading.tree.get(section, condition.name) for section in ("signals", "plants")]
            at = next(node for node in found if node is not None)
            message = f"two of the regimes, plants and signals are called '{condition.name}'"
            reading.values.problems.add("HF014", at, None, message, "give one of them another name")
        seen.add(condition.name)
    return tuple(out)


def _cover_at(reading: Reading, node: Node | None) -> None:
    values = reading.values
    if node is None or values.text(node) == "normal":
        return
    if not isinstance(node, Mapping):
        values.problems.add(
            "HF107",
            node,
            None,
            f"'{values.text(node)}' is not 'normal' or a regime's state",
            "write normal, or {regime: state}",
        )
        return
    names = [c.name for c in values.conditions]
    for name, child in node.items():
        index = values.name(Scalar(name, node.key_place(name), f"{node.path}.{name}"), names, "conditions")
        if index >= 0:
            code = values.name(child, values.conditions[index].states, f"states of {name}")
            values.codes_at_cover[index] = max(0, code)
