"""Reads values of a scenario into numbers: quantities, names, shares and values that change.

Nothing stops at an error: it is noted with its place, and a harmless number stands in until all are raised together.
"""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from holdfast.errors import Problems, did_you_mean
from holdfast.parts.laws import Law
from holdfast.parts.world import NEVER, Changing, ChangingLaw, Condition
from holdfast.spec import quantities
from holdfast.spec.quantities import QuantityError, Units
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")
Parse = Callable[[Node], T]
CHANGES = ("usually", "while", "since")
UNKNOWN = "unit"
"""What stands for the unit of a good, or for money, that is not known."""


class Times(NamedTuple):
    """`times k`: what multiplies instead of replacing."""

    factor: float


class Said(NamedTuple, Generic[T]):
    """A value that changes, as it was said (conventions §5); what stands instead may change in its turn."""

    usually: T | Times
    since: tuple[tuple[int, T | Times | Said[T]], ...] = ()
    """(period, what then stands), ascending."""
    when: tuple[tuple[int, int, T | Times | Said[T]], ...] = ()
    """(condition, code, what stands while it has this code), in file order."""

    def at(self, t: int, codes: dict[int, int]) -> tuple[T, float]:
        """What stands in period t under these codes, and by what it is multiplied."""
        stands, factor = self._look(t, codes)
        assert not isinstance(stands, Times)
        return stands, factor

    def _look(self, t: int, codes: dict[int, int]) -> tuple[T | Times, float]:
        """The same, where what stands may be `times` alone."""
        stands, factor = self._seen(self.usually, t, codes)
        come = [item for period, item in self.since if period <= t]
        if come:
            new, k = self._seen(come[-1], t, codes)
            stands, factor = (stands, factor * k) if isinstance(new, Times) else (new, k)
        holds = [self._seen(item, t, codes) for condition, code, item in self.when if codes.get(condition) == code]
        instead = next((item for item in holds if not isinstance(item[0], Times)), None)
        if instead is not None:
            stands, factor = instead
        return stands, factor * math.prod(k for item, k in holds if isinstance(item, Times))

    def reads(self) -> tuple[int, ...]:
        """The conditions that it reads."""
        own = {condition for condition, _, _ in self.when}
        return tuple(sorted(own.union(*(below.reads() for below in self._below()))))

    def parts(self) -> list[T]:
        """All that may stand, in file order."""
        items = [self.usually, *(item for _, item in self.since), *(item for _, _, item in self.when)]
        found: list[T] = []
        for item in items:
            if isinstance(item, Said):
                found += item.parts()
            elif not isinstance(item, Times):
                found.append(item)
        return found

    def dates(self) -> set[int]:
        """The periods from which something else stands."""
        own = {period for period, _ in self.since}
        return own.union(*(below.dates() for below in self._below()))

    def _below(self) -> list[Said[T]]:
        """What changes in its turn."""
        items = [*(item for _, item in self.since), *(item for _, _, item in self.when)]
        return [item for item in items if isinstance(item, Said)]

    @staticmethod
    def _seen(item: T | Times | Said[T], t: int, codes: dict[int, int]) -> tuple[T | Times, float]:
        """What one item comes to: what stands, or `times` alone, and by what it is multiplied."""
        if isinstance(item, Said):
            return item._look(t, codes)
        return item, item.factor if isinstance(item, Times) else 1.0


def _itself(value: Any) -> float:
    """A number that stands by itself."""
    return float(value)


def constant(value: float) -> Changing:
    """A number that never changes."""
    return Changing(((float(value),),))


@dataclass(eq=False, repr=False)
class Values:
    """Reads values of one scenario; what is wrong goes to `problems`."""

    units: Units
    problems: Problems
    start: datetime.date
    period_days: float
    currency: str
    folder: Path
    conditions: tuple[Condition, ...] = ()
    """All conditions; filled before any changing value is read."""
    codes_at_cover: dict[int, int] = field(default_factory=dict)
    """Codes of the conditions at clock.cover_at; empty: every `while` off."""

    def fail(self, error: QuantityError, node: Node) -> float:
        """Notes a problem; the number that stands in until all problems are raised."""
        self.problems.add(error.code, node, None, error.message, error.fix)
        return 1.0

    def form(self, node: Node, wanted: str, fix: str) -> None:
        """Notes that something else is expected here."""
        self.problems.add("HF103", node, None, f"{kind_of(node)} stands where {wanted} is expected", fix)

    def text(self, node: Node | None, default: str = "") -> str:
        """The text of a scalar."""
        return node.text if isinstance(node, Scalar) else default

    def scalar(self, node: Node) -> Scalar | None:
        """The node if it is a text; else a problem."""
        if isinstance(node, Scalar):
            return node
        self.form(node, "one quantity", "write one quantity with its unit")
        return None

    def number(
        self, node: Node, unit: str, cannot: str = "", least: float | None = 0.0, most: float | None = None
    ) -> float:
        """A number in a unit."""
        scalar = self.scalar(node)
        if scalar is None or self._unsayable(unit):
            return 1.0
        try:
            return self.units.number(scalar.text, unit, cannot, least, most)
        except QuantityError as error:
            return self.fail(error, node)

    def _unsayable(self, unit: str) -> bool:
        """Whether a unit is of a good or money that is wrong itself, and so noted already."""
        if UNKNOWN not in unit:
            return False
        parts = [part.strip() for part in unit.split("/")]
        return any(part in (UNKNOWN, f"{UNKNOWN}s") and part not in self.units.known for part in parts)

    def positive(self, node: Node, unit: str) -> float:
        """A number above 0 in a unit."""
        value = self.number(node, unit)
        if value <= 0:
            fix = f"write more than 0 {unit}".rstrip()
            self.problems.add("HF109", node, None, f"'{self.text(node)}' must be more than 0", fix)
            return 1.0
        return value

    def count(self, node: Node, least: int = 0) -> int:
        """A whole number."""
        value = self.number(node, "", least=None)
        if value != round(value) or value < least:
            message = f"'{self.text(node)}' is not a whole number of at least {least}"
            self.problems.add("HF105", node, None, message, f"write {max(least, round(value))}")
            return max(least, 1)
        return round(value)

    def share(self, node: Node, what: str = "a share") -> float:
        """A share or probability."""
        scalar = self.scalar(node)
        if scalar is None:
            return 1.0
        try:
            return self.units.share(scalar.text, what)
        except QuantityError as error:
            return self.fail(error, node)

    def periods(self, node: Node) -> float:
        """A duration in periods."""
        return self.number(node, "weeks") * 7 / self.period_days

    def time(self, node: Node) -> float:
        """A duration above 0, in periods."""
        return self.positive(node, "weeks") * 7 / self.period_days

    def per_year(self, node: Node) -> float:
        """A rate per year, of events or as a share: `0.04/year`, `2 %/year`, `1 per 40 years`."""
        if "%" in self.text(node):
            return self.number(node, "%/year") / 100
        return self.number(node, "/year")

    def spending(self, node: Node) -> float:
        """Money per period."""
        return self.number(node, f"{self.currency}/year") * self.period_days / 365.25

    def whole_periods(self, node: Node, least: int = 0) -> int:
        """A duration in whole periods, rounded to the nearest; 0 is an error where there must be one."""
        periods = self.periods(node)
        if least and periods <= 0:
            self.problems.add("HF109", node, None, f"'{self.text(node)}' is no time at all", "write more than 0 days")
        return max(least, math.floor(periods + 0.5))

    def per_period(self, node: Node) -> float:
        """A rate of events, per period: `0.04/year`, `2 %/year`, `1 per 40 years`."""
        return self.per_year(node) * self.period_days / 365.25

    def date(self, node: Node) -> int:
        """The period that contains a date; NEVER for `never`."""
        scalar = self.scalar(node)
        if scalar is None:
            return NEVER
        try:
            when = quantities.date(scalar.text)
        except QuantityError as error:
            self.fail(error, node)
            return NEVER
        return NEVER if when is None else math.floor((when - self.start).days / self.period_days)

    def coming(self, node: Node) -> int:
        """The period that contains a date from clock.start on."""
        period = self.date(node)
        if period < 0:
            message = f"'{self.text(node)}' lies before clock.start, {self.start}"
            self.problems.add("HF106", node, None, message, "write a later date")
        return max(0, period)

    def yes_no(self, node: Node) -> float:
        """1 for yes, 0 for no."""
        scalar = self.scalar(node)
        if scalar is None:
            return 1.0
        try:
            return float(quantities.yes_no(scalar.text))
        except QuantityError as error:
            return self.fail(error, node)

    def one_of(self, node: Node, choices: Iterable[str]) -> str:
        """One of a few words."""
        known = list(choices)
        scalar = self.scalar(node)
        if scalar is not None:
            try:
                return quantities.one_of(scalar.text, known)
            except QuantityError as error:
                self.fail(error, node)
        return known[0]

    def name(self, node: Node | None, known: Iterable[str], what: str) -> int:
        """The index of a name among known ones; -1, with a problem, if it is not there."""
        names = list(known)
        if isinstance(node, Scalar) and node.text in names:
            return names.index(node.text)
        if isinstance(node, Scalar):
            fix = did_you_mean(node.text, names, what)
            self.problems.add("HF201", node, None, f"'{node.text}' is not one of the {what}", fix)
        elif node is not None:
            self.form(node, "a name", f"name one of the {what}")
        return -1

    def names(self, node: Node | None, known: Iterable[str], what: str) -> tuple[int, ...]:
        """Indices of one name or a list of names."""
        items = node.items if isinstance(node, Sequence) else () if node is None else (node,)
        listed = list(known)
        found: list[int] = []
        for item in items:
            index = self.name(item, listed, what)
            if index in found:
                self.problems.add("HF304", item, None, f"'{self.text(item)}' is named twice", "remove one")
            elif index >= 0:
                found.append(index)
        return tuple(found)

    def shares(self, node: Node, known: Iterable[str], what: str) -> list[tuple[int, float, Node]]:
        """Shares of one whole by name, or one name that has all; they must add up to 100 %."""
        names = list(known)
        if isinstance(node, Scalar):
            index = self.name(node, names, what)
            return [(index, 1.0, node)] if index >= 0 else []
        if not isinstance(node, Mapping) or not len(node):
            self.form(node, "a name or shares", "write {a: 60 %, b: 40 %}")
            return []
        out, total = [], 0.0
        for name, child in node.items():
            share = self.share(child)
            total += share
            index = self.name(key_of(node, name), names, what)
            if index >= 0:
                out.append((index, share, child))
        if abs(total - 1) > 1e-6:
            parts = ", ".join(f"{name} {self.text(child)}" for name, child in node.items())
            message = f"the shares add up to {total * 100:g} % ({parts})"
            self.problems.add("HF203", node, None, message, "they must add up to 100 %")
        return out

    # ---- values that change

    def said(self, node: Node, parse: Parse[T]) -> Said[T]:
        """A value that may change."""
        if not isinstance(node, Mapping) or not set(CHANGES) & set(node.entries):
            return Said(self._stands(node, parse))
        self._only_changes(node)
        if "usually" not in node:
            fix = "add usually: what stands when nothing else does"
            self.problems.add("HF102", node, None, "a value that changes needs 'usually'", fix)
            return Said(self._quietly(next(iter(node.entries.values())), parse))
        return self._parts(node, self._stands(node.entries["usually"], parse), parse)

    def _parts(self, node: Mapping, usually: T | Times, parse: Parse[T]) -> Said[T]:
        since = sorted(self._since(node.get("since"), parse), key=lambda s: s[0])
        return Said(usually, tuple(since), tuple(self._while(node.get("while"), parse)))

    def _only_changes(self, node: Mapping) -> None:
        for key in node.entries:
            if key not in CHANGES:
                message = f"'{key}' is not a field of a value that changes"
                self.problems.add("HF101", node.key_place(key), node.path, message, did_you_mean(key, CHANGES))

    def _stands(self, node: Node, parse: Parse[T]) -> T:
        """What stands by itself; `times` has nothing to multiply there."""
        if isinstance(node, Scalar) and node.text.split(maxsplit=1)[:1] == ["times"]:
            fix = "say what is usual: {usually: ..., while: {...: times 3}}"
            self.problems.add("HF103", node, None, f"'{node.text}' has nothing to multiply", fix)
            return self._quietly(node, parse)
        return parse(node)

    def _quietly(self, node: Node, parse: Parse[T]) -> T:
        """What stands in for a value that is wrong, which is noted already."""
        before = len(self.problems)
        value = parse(node)
        del self.problems.found[before:]
        return value

    def _item(self, node: Node, parse: Parse[T]) -> T | Times | Said[T]:
        """What stands instead, and may change in its turn, or `times k`."""
        if isinstance(node, Scalar):
            return self._times(node) or parse(node)
        if not isinstance(node, Mapping) or not set(CHANGES) & set(node.entries):
            return parse(node)
        usually = node.get("usually")
        factor = self._times(usually) if isinstance(usually, Scalar) else None
        if factor is None:
            return self.said(node, parse)
        self._only_changes(node)
        return self._parts(node, factor, parse)

    def _times(self, node: Scalar) -> Times | None:
        """The factor of `times k`."""
        try:
            factor = quantities.times(node.text, self.units)
        except QuantityError as error:
            factor = self.fail(error, node)
        return None if factor is None else Times(factor)

    def _since(self, node: Node | None, parse: Parse[T]) -> list[tuple[int, T | Times | Said[T]]]:
        if node is None:
            return []
        if not isinstance(node, Mapping):
            self.form(node, "dates with values", "write since: {2023-01: ...}")
            return []
        return [(max(0, self.date(key_of(node, name))), self._item(child, parse)) for name, child in node.items()]

    def _while(self, node: Node | None, parse: Parse[T]) -> list[tuple[int, int, T | Times | Said[T]]]:
        if node is None:
            return []
        if not isinstance(node, Mapping):
            self.form(node, "conditions with values", "write while: {regime: {state: ...}}")
            return []
        out: list[tuple[int, int, T | Times | Said[T]]] = []
        for key, child in self._spread(node):
            name, index = key.text, self.condition_index(key)
            if index < 0:
                continue
            states = self.conditions[index].states
            if states == ("off", "on"):
                out.append((index, 1, self._item(child, parse)))
            elif not isinstance(child, Mapping):
                example = states[-1] if states else "STATE"
                self.form(child, f"a state of {name}", f"write {name}: {{{example}: {self.text(child)}}}")
            else:
                for state, value in child.items():
                    code = self.name(key_of(child, state), states, f"states of {name}")
                    if code >= 0:
                        out.append((index, code, self._item(value, parse)))
        return out

    def _spread(self, node: Mapping) -> Iterator[tuple[Scalar, Node]]:
        """Conditions with what is said of them; `mill.press` stands in the tree as {mill: {press: ...}}."""
        names = [condition.name for condition in self.conditions]
        for name, child in node.items():
            entries = dict(child.entries) if isinstance(child, Mapping) else {}
            lines = [below for below in entries if f"{name}.{below}" in names]
            for below in lines:
                assert isinstance(child, Mapping)
                key = key_of(child, below)
                yield Scalar(f"{name}.{below}", key.place, key.path), entries.pop(below)
            if not lines or entries:
                yield key_of(node, name), child.with_entries(entries) if isinstance(child, Mapping) else child

    def condition_index(self, node: Node) -> int:
        """The condition of a name: a regime, a plant or line with a project, or a signal."""
        return self.name(node, [c.name for c in self.conditions], "regimes, plants with a project and signals")

    def condition(self, node: Node) -> Changing:
        """1 while a condition such as `maracay.running` or a signal holds, else 0."""
        text = self.text(node)
        names = [c.name for c in self.conditions]
        name, state = (text, "on") if text in names else text.rpartition(".")[::2]
        index = self.condition_index(Scalar(name, node.place, node.path))
        if index < 0:
            return constant(1.0)
        states = self.conditions[index].states
        code = self.name(Scalar(state, node.place, node.path), states, f"states of {name}")
        return Changing((tuple(float(each == max(0, code)) for each in range(len(states))),), (index,))

    def table(self, said: Said[T], number: Callable[[T], float] = _itself) -> Changing:
        """A changing number as a table (conventions §5); `number` reads it out of what stands."""
        if not said.since and not said.when:
            stands, factor = said.at(0, {})
            return constant(number(stands) * factor)
        starts, reads, combos = self._grid(said)

        def at(t: int, codes: dict[int, int]) -> float:
            stands, factor = said.at(t, codes)
            return 0.0 if factor == 0.0 else float(number(stands) * factor)

        return Changing(tuple(tuple(at(t, codes) for codes in combos) for t in starts), reads, starts)

    def law_table(self, said: Said[Law]) -> ChangingLaw:
        """A changing law as tables."""
        starts, reads, combos = self._grid(said)
        laws: list[Law] = []
        which: list[tuple[float, ...]] = []
        scale: list[tuple[float, ...]] = []
        for t in starts:
            row: list[tuple[float, float]] = []
            for codes in combos:
                law, factor = said.at(t, codes)
                if law.counting and factor != 1.0:
                    law, factor = law.scaled(factor), 1.0
                if law not in laws:
                    laws.append(law)
                row.append((float(laws.index(law)), float(factor)))
            which.append(tuple(index for index, _ in row))
            scale.append(tuple(factor for _, factor in row))
        return ChangingLaw(tuple(laws), Changing(tuple(which), reads, starts), Changing(tuple(scale), reads, starts))

    def _grid(self, said: Said[T]) -> tuple[tuple[int, ...], tuple[int, ...], list[dict[int, int]]]:
        starts = tuple(sorted({0, *(t for t in said.dates() if t < NEVER)}))
        reads = said.reads()
        sizes = [range(len(self.conditions[c].states)) for c in reads]
        return starts, reads, [dict(zip(reads, codes, strict=True)) for codes in itertools.product(*sizes)]

    def changing(self, node: Node | None, parse: Parse[float], default: float) -> Changing:
        """A changing number, or a default where nothing is said."""
        return constant(default) if node is None else self.table(self.said(node, parse))

    def at_cover(self, said: Said[T]) -> tuple[T, float]:
        """What stands at clock.cover_at."""
        return said.at(0, self.codes_at_cover)

    def law(self, node: Node, parse: Parse[float]) -> Law:
        """A law of what `parse` reads; a plain quantity is fixed."""
        from holdfast.spec.resolve.laws import law

        return law(self, node, parse)


def key_of(node: Mapping, name: str) -> Scalar:
    """A key as a text with its own place."""
    return Scalar(name, node.key_place(name), f"{node.path}.{name}")
