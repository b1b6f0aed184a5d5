"""History in numbers: what happened, whose it was and when (conventions §23)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from holdfast.errors import Problems, did_you_mean
from holdfast.parts.history import DATES, FIELDS, FLOWS, OF, SHARES, Happened, Kind
from holdfast.spec.quantities import QuantityError, date
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence
from holdfast.terms import plural

if TYPE_CHECKING:
    import datetime

    from holdfast.spec.document import Document

EXAMPLE: Final = "{decided: plant, measure: opening_date, of: maracay, was: 2025-07-02}"
NEAR: Final = 0.07
"""[periods] An end of a span so near to the end of a period is at it: calendar months are not all of one length."""
_PER: Final = re.compile(r"\s*/\s*|\s+per\s+")


def history(read: Document, problems: Problems) -> tuple[Happened, ...]:
    """All that history says; what is wrong is noted, and left out."""
    found = []
    for name, node in read.base.mapping("history").items():
        if not isinstance(node, Mapping):
            problems.add("HF103", node, None, "history says what was decided and what came of it", EXAMPLE)
            continue
        before = len(problems)
        one = _Reader(read, node, problems).read_entry(name)
        if one is not None and len(problems) == before:
            found.append(one)
    return tuple(found)


class _Reader:
    """Reads one entry of history."""

    def __init__(self, read: Document, node: Mapping, problems: Problems) -> None:
        self.read, self.node, self.problems = read, node, problems
        clock = read.base.mapping("clock")
        self.start = self._clock_start(clock.get("start"))
        self.period = self._days(clock.get("period"), 7.0)
        self.periods = self._days(clock.get("horizon"), math.inf) / self.period

    def _clock_start(self, node: Node | None) -> datetime.date | None:
        try:
            return date(node.text) if isinstance(node, Scalar) else None
        except QuantityError:
            return None  # the clock says so itself

    def _days(self, node: Node | None, default: float) -> float:
        try:
            return (self.read.units.number(node.text, "days") if isinstance(node, Scalar) else 0.0) or default
        except QuantityError:
            return default

    def read_entry(self, name: str) -> Happened | None:
        """The entry in numbers; nothing where something of it is wrong."""
        node = self.node
        wrong = [key for key in node.entries if key not in FIELDS]
        for key in wrong:
            message = f"'{key}' is not a field of history"
            self.problems.add("HF101", node.key_place(key), f"{node.path}.{key}", message, did_you_mean(key, FIELDS))
        if wrong:
            return None
        missing = [key for key in ("decided", "measure", "of", "was") if key not in node]
        for key in missing:
            self.problems.add("HF102", node, f"{node.path}.{key}", f"'{key}' must be said", EXAMPLE)
        decided = self._one_of(node.get("decided"), list(self.read.alternatives.entries), "alternative")
        what_if = self._one_of(node.get("what_if"), list(self.read.what_if.entries), "what-if")
        measure = node.get("measure")
        word = measure.text if isinstance(measure, Scalar) else ""
        if measure is not None and word not in OF:
            self.problems.add("HF107", measure, None, f"'{word}' is not a measure of history", did_you_mean(word, OF))
        if missing or word not in OF:
            return None
        of = self._whose(node.entries["of"], word)
        span = self._span(word)
        return self._told(name, decided, what_if, word, of, span)

    def _one_of(self, node: Node | None, names: list[str], what: str) -> str:
        """A name, noted if it is not there."""
        if node is None:
            return ""
        text = node.text if isinstance(node, Scalar) else ""
        if text not in names:
            self.problems.add("HF201", node, None, f"there is no {what} '{text}'", did_you_mean(text, names, what))
        return text

    def _whose(self, node: Node, measure: str) -> tuple[str, ...]:
        """The names that a measure is of."""
        names = [name for section in OF[measure] for name in self._names(section)]
        if measure == "output":
            names += self._lines()
        what = " or ".join(section.removesuffix("s") for section in OF[measure])
        items = node.items if isinstance(node, Sequence) else (node,)
        if len(items) > 1 and measure not in FLOWS:
            self.problems.add("HF103", node, None, f"{measure} is of one {what}", f"name one {what}")
        return tuple(self._one_of(item, names, what) for item in items)

    def _lines(self) -> list[str]:
        plants = self.read.base.mapping("plants").items()
        blocks = [(name, plant.mapping("lines")) for name, plant in plants if isinstance(plant, Mapping)]
        return [f"{name}.{line}" for name, lines in blocks for line in lines.entries]

    def _names(self, section: str) -> list[str]:
        base = self.read.base
        if section == "states":
            regimes = [(n, r) for n, r in base.mapping("regimes").items() if isinstance(r, Mapping)]
            return [f"{name}.{state}" for name, regime in regimes for state in regime.mapping("states").entries]
        if section == "projects":
            lines = [name for name in self._lines() if base.get("plants", *self._line(name), "project") is not None]
            return [*base.mapping("plants").entries, *lines]
        return list(base.mapping(section).entries)

    @staticmethod
    def _line(name: str) -> tuple[str, str, str]:
        plant, _, line = name.partition(".")
        return plant, "lines", line

    def _moment(self, node: Node | None, default: float) -> float:
        """A date in periods since the start; an end of a period where it is near to one."""
        if node is None:
            return default
        text = node.text if isinstance(node, Scalar) else ""
        try:
            when = date(text)
        except QuantityError as error:
            self.problems.add(error.code, node, None, error.message, error.fix)
            return default
        if when is None or self.start is None:
            return math.inf
        at = (when - self.start).days / self.period
        return float(round(at)) if abs(at - round(at)) <= NEAR else at

    def _span(self, measure: str) -> tuple[float, float]:
        """Where the span begins and ends [periods]."""
        node = self.node
        begin, end = self._moment(node.get("from"), 0.0), self._moment(node.get("until"), self.periods)
        if measure == "on_hand":
            if "at" not in node:
                self.problems.add(
                    "HF102", node, f"{node.path}.at", "'at' must be said of a stock", "add at: 2025-06-01"
                )
            end = self._moment(node.get("at"), self.periods)
            begin = end - 1.0
        elif "at" in node:
            fix = "write from: and until: around it"
            self.problems.add("HF101", node.key_place("at"), f"{node.path}.at", "'at' is of a stock, on_hand", fix)
        place = node.get("at") or node.get("until") or node.get("from") or node
        if not (0.0 <= begin < end and end <= self.periods + NEAR):
            message = "these dates are no span within the horizon"
            self.problems.add("HF106", place, None, message, "write from: before until:, both within the horizon")
        return begin, min(end, self.periods)

    def _told(
        self, name: str, decided: str, what_if: str, measure: str, of: tuple[str, ...], span: tuple[float, float]
    ) -> Happened | None:
        was, title = self.node.entries["was"], self.node.get("title")
        if not isinstance(was, Scalar):
            self.problems.add("HF103", was, None, "what happened is one value", "write was: 2025-07-02, say")
            return None
        row = next((row for row in self.read.evidence if row.path == was.path), None)
        texts = [was.text, row.low or was.text, row.high or was.text] if row else [was.text] * 3
        try:
            kind, unit, per = self._form(was.text, measure, of)
            value, low, high = (self._amount(text, kind, unit, per) for text in texts)
        except QuantityError as error:
            self.problems.add(error.code, was, None, error.message, error.fix)
            return None
        per_days = self.read.units.unit(per)[0] if per else 1.0
        shown = f"{plural(unit)}/{per}" if kind == "rate" else per if kind == "time" else plural(unit)
        return Happened(
            name=name,
            title=title.text if isinstance(title, Scalar) else "",
            decided=decided,
            what_if=what_if,
            measure=measure,
            of=of,
            begin=span[0],
            end=span[1],
            kind=kind,
            was=value,
            low=low,
            high=high,
            unit=shown,
            per=per_days,
            said=was.text,
            sources=row.sources if row else (),
            quote=row.quote if row else "",
            how=row.how if row else "",
        )

    def _form(self, text: str, measure: str, of: tuple[str, ...]) -> tuple[Kind, str, str]:
        """What kind of value it is, the unit of its amount and the time in its unit, as written."""
        if measure in DATES:
            return "date", "", ""
        if measure in SHARES:
            return "share", "", ""
        written = self.read.units.parse(text).unit
        if measure == "tts" or (measure == "on_hand" and str(self.read.units.parse(text).dimension) == "day"):
            return "time", "", written
        if text.rstrip().endswith("%") and measure != "on_hand":
            return "share", "", ""
        unit = self._unit(measure, of)
        if measure in FLOWS and len(parts := _PER.split(text, maxsplit=1)) == 2:
            return "rate", unit, parts[1].strip()
        return "amount", unit, ""

    def _amount(self, text: str, kind: Kind, unit: str, per: str) -> float:
        units = self.read.units
        if kind == "date":
            when = date(text)
            if when is None or self.start is None:
                return math.inf
            return float(math.floor((when - self.start).days / self.period))
        if kind == "share":
            return units.number(text, "%") / 100 if text.rstrip().endswith("%") else units.share(text)
        if kind == "time":
            return units.number(text, per)
        return units.number(text, f"{plural(unit)}/{per}" if kind == "rate" else plural(unit))

    def _unit(self, measure: str, of: tuple[str, ...]) -> str:
        """The unit of what a measure counts."""
        base = self.read.base
        goods: list[str] = []
        for name in of:
            if measure == "output":
                plant, _, line = name.partition(".")
                lines = base.mapping("plants").mapping(plant).mapping("lines").items()
                makes = [block.get("makes") for n, block in lines if isinstance(block, Mapping) and line in ("", n)]
                goods += [each for node in makes for each in _texts(node)]
            elif measure in ("ordered", "received"):
                goods += _texts(base.get("channels", name, "carries"))
            else:
                section, field = ("stores", "keeps") if measure == "on_hand" else ("consumers", "demand")
                goods += base.mapping(section).mapping(name).mapping(field).entries
        found = {node.text for good in goods if isinstance(node := base.get("goods", good, "unit"), Scalar)}
        if len(found) > 1:
            shown = " and ".join(sorted(plural(unit) for unit in found))
            raise QuantityError("HF104", f"{measure} would add up {shown}", "name one with goods of one unit")
        return found.pop() if found else "unit"


def _texts(node: Node | None) -> list[str]:
    """The texts of a name or a list of names."""
    items = node.items if isinstance(node, Sequence) else (node,)
    return [item.text for item in items if isinstance(item, Scalar)]
