"""Levers and history: what a search may turn, and what happened; both are checked now and used later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from holdfast.errors import Problems, did_you_mean
from holdfast.spec import overlay
from holdfast.spec.quantities import QuantityError, Units, date
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence, at_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.spec.document import Document
    from holdfast.spec.overlay import Known

    Resolve = Callable[[Mapping, Problems], None]
    """Notes what is wrong with laid sections."""

LEVER_FIELDS: Final = ("sets", "from", "to", "one_of", "beyond", "title")
HISTORY_FIELDS: Final = ("decided", "what_if", "measure", "of", "until", "was", "title")
OF: Final[dict[str, tuple[str, ...]]] = {
    "opening_date": ("plants",),
    "output": ("plants",),
    "tts": ("stores", "consumers"),
    "fill_rate": ("consumers",),
    "ready_rate": ("consumers",),
    "cycle_service_level": ("consumers",),
    "service_probability": ("consumers",),
}
"""What history may be told of, and whose it is."""
UNIT: Final = {"opening_date": "a date", "output": "a rate", "tts": "a time"}
"""What each of them is; the others are shares."""


def check_levers(read: Document, known: Known, resolve: Resolve, problems: Problems) -> None:
    """Notes levers that turn nothing, turn no number, date or choice, or have an empty range.

    Each end of a range and each choice is laid over the scenario as an overlay would, so that what an alternative could
    not say, a lever cannot set.
    """
    for name, node in read.base.mapping("levers").items():
        if not isinstance(node, Mapping):
            problems.add(
                "HF103", node, None, "a lever says what it sets and how far", "{sets: PATH, from: ..., to: ...}"
            )
            continue
        if _fields(node, LEVER_FIELDS, "a lever", problems):
            _Lever(read, known, resolve, problems).check(name, node)


def _fields(node: Mapping, fields: tuple[str, ...], what: str, problems: Problems) -> bool:
    """Whether a mapping has no other fields; notes those."""
    wrong = [key for key in node.entries if key not in fields]
    for key in wrong:
        message = f"'{key}' is not a field of {what}"
        problems.add("HF101", node.key_place(key), f"{node.path}.{key}", message, did_you_mean(key, fields))
    return not wrong


class _Lever:
    """Checks one lever."""

    def __init__(self, read: Document, known: Known, resolve: Resolve, problems: Problems) -> None:
        self.read, self.known, self.resolve, self.problems = read, known, resolve, problems

    def check(self, name: str, node: Mapping) -> None:
        """Notes what is wrong with a lever."""
        sets = node.get("sets")
        if not isinstance(sets, Scalar):
            self.problems.add("HF102", node, f"{node.path}.sets", "say what the lever sets", "add sets: PATH")
            return
        low, high, choices = node.get("from"), node.get("to"), node.get("one_of")
        if isinstance(choices, Sequence) and choices.items and low is None and high is None:
            values = list(choices.items)
        elif choices is None and isinstance(low, Scalar) and isinstance(high, Scalar):
            values = [low, high]
            if not self._range(low, high):
                return
        else:
            fix = "add from: and to:, or one_of: [...]"
            self.problems.add("HF102", node, None, f"say how far {name} may be turned", fix)
            return
        block = self._block(sets.text)
        if block:
            message = f"{sets.text} is a block of fields, not a number, a date or a choice"
            self.problems.add("HF103", sets, None, message, f"set one of them, such as {sets.text}.{block}")
            return
        if self._is_share(sets.text):
            for value in values:
                self._share(value)
            return
        for value in values:
            if not self._lay(sets, self._value(value, node.get("beyond"))):
                return

    def _range(self, low: Scalar, high: Scalar) -> bool:
        """Whether a range goes up, in one unit."""
        try:
            first, last = (_size(each.text, self.read.units) for each in (low, high))
        except QuantityError as error:
            self.problems.add(error.code, low, None, error.message, error.fix)
            return False
        if first[1] != last[1]:
            self.problems.add(
                "HF104", high, None, f"{low.text} and {high.text} are not in the same unit", "use one unit"
            )
        elif first[0] >= last[0]:
            message = f"there is nothing between {low.text} and {high.text}"
            self.problems.add("HF204", high, None, message, "write the lower end as from")
        else:
            return True
        return False

    def _is_share(self, path: str) -> bool:
        """Whether a path names one of several shares, of which the others keep their proportions."""
        *steps, _ = path.split(".")
        above = [at_path(self.read.base, tuple(each)) for each in _spread(self.read.base, steps)]
        return (
            bool(above)
            and steps[-1:] == ["from"]
            and all(isinstance(each, Mapping) for each in above)
            and self._there(path)
        )

    def _block(self, path: str) -> str:
        """The first field of what a path names, where that is no value."""
        for steps in _spread(self.read.base, path.split(".")):
            node = at_path(self.read.base, tuple(steps))
            if isinstance(node, Mapping) and not overlay.is_value(node, steps[-1]):
                return next(iter(node.entries), "")
        return ""

    def _there(self, path: str) -> bool:
        return all(
            at_path(self.read.base, tuple(each)) is not None for each in _spread(self.read.base, path.split("."))
        )

    def _share(self, value: Node) -> None:
        try:
            self.read.units.share(value.text if isinstance(value, Scalar) else "")
        except QuantityError as error:
            self.problems.add(error.code, value, None, error.message, error.fix)

    @staticmethod
    def _value(value: Node, beyond: Node | None) -> Node:
        """What is laid: the value, or a cover beyond the lead time."""
        if beyond is None:
            return value
        return Mapping({"cover": value, "beyond": beyond}, {}, value.place, value.path)

    def _lay(self, sets: Scalar, value: Node) -> bool:
        """Lays one value over the scenario; whether it can be."""
        found = Problems()
        layer = overlay.expand_dotted(Mapping({sets.text: value}, {sets.text: sets.place}, sets.place, ""), found)
        assert isinstance(layer, Mapping)
        tree = overlay.lay_over(self.read.base, layer, sets.path, self.known, found)
        if not found.found:
            self.resolve(tree, found)
        self.problems.found += found.found
        return not found.found


def _spread(base: Mapping, steps: list[str]) -> list[list[str]]:
    """Paths with `all` written out."""
    if "all" not in steps:
        return [steps]
    at = steps.index("all")
    above = at_path(base, tuple(steps[:at]))
    names = list(above.entries) if isinstance(above, Mapping) else []
    return [path for name in names for path in _spread(base, [*steps[:at], name, *steps[at + 1 :]])]


def _size(text: str, units: Units) -> tuple[float, object]:
    """A number and what it measures; a date counts in days.

    Raises:
        QuantityError: it is neither.
    """
    try:
        when = date(text)
    except QuantityError:
        quantity = units.parse(text)
        return quantity.value, quantity.dimension
    return (float(when.toordinal()) if when else float("inf")), "date"


def check_history(read: Document, problems: Problems) -> None:
    """Notes history that is told of nothing in the scenario, or in another form than it can be judged in."""
    for node in read.base.mapping("history").entries.values():
        example = "{decided: plant, measure: opening_date, of: maracay, was: 2025-07-02}"
        if not isinstance(node, Mapping):
            problems.add("HF103", node, None, "history says what was decided and what came of it", example)
            continue
        if not _fields(node, HISTORY_FIELDS, "history", problems):
            continue
        for key in ("decided", "measure", "of", "was"):
            if key not in node:
                problems.add("HF102", node, f"{node.path}.{key}", f"'{key}' must be said", example)
        _one_of(node.get("decided"), list(read.alternatives.entries), "alternative", problems)
        _one_of(node.get("what_if"), list(read.what_if.entries), "what-if", problems)
        _told(read, node, problems)


def _one_of(node: Node | None, names: list[str], what: str, problems: Problems) -> None:
    """Notes a name that is not there."""
    if node is None:
        return
    text = node.text if isinstance(node, Scalar) else ""
    if text not in names:
        problems.add("HF201", node, None, f"there is no {what} '{text}'", did_you_mean(text, names, what))


def _told(read: Document, node: Mapping, problems: Problems) -> None:
    """Checks the measure, whose it is, and what it was."""
    measure, until = node.get("measure"), node.get("until")
    word = measure.text if isinstance(measure, Scalar) else ""
    if measure is not None and word not in OF:
        problems.add("HF107", measure, None, f"'{word}' is not a measure of history", did_you_mean(word, OF))
        return
    if measure is None:
        return
    names = [name for section in OF[word] for name in read.base.mapping(section).entries]
    _one_of(node.get("of"), names, " or ".join(section.removesuffix("s") for section in OF[word]), problems)
    for each, kind in ((node.get("was"), UNIT.get(word, "a share")), (until, "a date")):
        if isinstance(each, Scalar):
            _is_a(each, kind, read.units, problems)


def _is_a(node: Scalar, kind: str, units: Units, problems: Problems) -> None:
    """Notes a text that is not a date, a time, a share or a quantity."""
    try:
        if kind == "a date":
            date(node.text)
        elif kind == "a time":
            units.number(node.text, "weeks")
        elif kind == "a share":
            units.share(node.text)
        else:
            units.parse(node.text)
    except QuantityError as error:
        problems.add(error.code, node, None, error.message, error.fix)
