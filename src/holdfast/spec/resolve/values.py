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
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from holdfast.errors import Problems, did_you_mean
from holdfast.parts.laws import Law
from holdfast.parts.world import NEVER, Changing, ChangingLaw, Condition
from holdfast.spec import quantities
from holdfast.spec.quantities import QuantityError, Units
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")
Parse = Callable[[Node], T]
CHANGES = ("usually", "while", "since")


@dataclass(frozen=True)
class Times:
    """`times k`: what multiplies instead of replacing."""

    factor: float


@dataclass(frozen=True)
class Said(Generic[T]):
    """A value that changes, as it was said (conventions §5)."""

    usually: T
    since: tuple[tuple[int, T | Times], ...] = ()
    """(period, what then stands), ascending."""
    when: tuple[tuple[int, int, T | Times], ...] = ()
    """(condition, code, what stands while it has this code), in file order."""

    def at(self, t: int, codes: dict[int, int]) -> tuple[T, float]:
        """What stands in period t under these codes, and by what it is multiplied."""
        stands, factor = self.usually, 1.0
        for period, item in self.since:
            if period <= t:
                stands, factor = (self.usually, item.factor) if isinstance(item, Times) else (item, 1.0)
        holds = [item for condition, code, item in self.when if codes.get(condition) == code]
        instead = next((item for item in holds if not isinstance(item, Times)), None)
        if instead is not None:
            stands, factor = instead, 1.0
        return stands, factor * math.prod(item.factor for item in holds if isinstance(item, Times))

    def reads(self) -> tuple[int, ...]:
        """The conditions that it reads."""
        return tuple(sorted({condition for condition, _, _ in self.when}))


def constant(value: float) -> Changing:
    """A number that never changes."""
    return Changing(np.array([[float(value)]]))


@dataclass
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
        if scalar is None:
            return 1.0
        try:
            return self.units.number(scalar.text, unit, cannot, least, most)
        except QuantityError as error:
            return self.fail(error, node)

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
        return self.number(node, "days") / self.period_days

    def whole_periods(self, node: Node, least: int = 0) -> int:
        """A duration in whole periods, rounded to the nearest."""
        return max(least, math.floor(self.periods(node) + 0.5))

    def per_period(self, node: Node) -> float:
        """A rate of events, per period: `0.04/year`, `2 %/year`, `1 per 40 years`."""
        return self.number(node, "1/day") * self.period_days

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
        found = [self.name(item, listed, what) for item in items]
        return tuple(i for i in found if i >= 0)

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
            return Said(parse(node))
        for key in node.entries:
            if key not in CHANGES:
                message = f"'{key}' is not a field of a value that changes"
                self.problems.add("HF101", node.key_place(key), node.path, message, did_you_mean(key, CHANGES))
        if "usually" not in node:
            fix = "add usually: what stands when nothing else does"
            self.problems.add("HF102", node, None, "a value that changes needs 'usually'", fix)
            return Said(parse(next(iter(node.entries.values()))))
        usually = parse(node.entries["usually"])
        since = sorted(self._since(node.get("since"), parse), key=lambda s: s[0])
        return Said(usually, tuple(since), tuple(self._while(node.get("while"), parse)))

    def _item(self, node: Node, parse: Parse[T]) -> T | Times:
        if isinstance(node, Scalar):
            try:
                factor = quantities.times(node.text, self.units)
            except QuantityError as error:
                factor = self.fail(error, node)
            if factor is not None:
                return Times(factor)
        return parse(node)

    def _since(self, node: Node | None, parse: Parse[T]) -> list[tuple[int, T | Times]]:
        if node is None:
            return []
        if not isinstance(node, Mapping):
            self.form(node, "dates with values", "write since: {2023-01: ...}")
            return []
        return [(max(0, self.date(key_of(node, name))), self._item(child, parse)) for name, child in node.items()]

    def _while(self, node: Node | None, parse: Parse[T]) -> list[tuple[int, int, T | Times]]:
        if node is None:
            return []
        if not isinstance(node, Mapping):
            self.form(node, "conditions with values", "write while: {regime: {state: ...}}")
            return []
        out: list[tuple[int, int, T | Times]] = []
        for name, child in node.items():
            index = self.condition_index(key_of(node, name))
            if index < 0:
                continue
            states = self.conditions[index].states
            if states == ("off", "on"):
                out.append((index, 1, self._item(child, parse)))
            elif not isinstance(child, Mapping):
                self.form(child, f"a state of {name}", f"write {name}: {{{states[-1]}: {self.text(child)}}}")
            else:
                for state, value in child.items():
                    code = self.name(key_of(child, state), states, f"states of {name}")
                    if code >= 0:
                        out.append((index, code, self._item(value, parse)))
        return out

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
        values = np.zeros((1, len(states)))
        values[0, max(0, code)] = 1.0
        return Changing(values, (index,))

    def table(self, said: Said[float]) -> Changing:
        """A changing number as a table (conventions §5)."""
        starts, reads, combos = self._grid(said)
        values = np.empty((len(starts), len(combos)))
        for s, t in enumerate(starts):
            for i, codes in enumerate(combos):
                stands, factor = said.at(t, codes)
                values[s, i] = 0.0 if factor == 0.0 else stands * factor
        return Changing(values, reads, starts)

    def law_table(self, said: Said[Law]) -> ChangingLaw:
        """A changing law as tables."""
        starts, reads, combos = self._grid(said)
        laws: list[Law] = []
        which = np.zeros((len(starts), len(combos)))
        scale = np.ones((len(starts), len(combos)))
        for s, t in enumerate(starts):
            for i, codes in enumerate(combos):
                law, factor = said.at(t, codes)
                if law.counting and factor != 1.0:
                    law, factor = law.scaled(factor), 1.0
                if law not in laws:
                    laws.append(law)
                which[s, i], scale[s, i] = laws.index(law), factor
        return ChangingLaw(tuple(laws), Changing(which, reads, starts), Changing(scale, reads, starts))

    def _grid(self, said: Said[T]) -> tuple[tuple[int, ...], tuple[int, ...], list[dict[int, int]]]:
        starts = tuple(sorted({0, *(t for t, _ in said.since if t < NEVER)}))
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
