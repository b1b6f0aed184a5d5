"""Levers: what a search may turn, and how far."""

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

NOT_OURS: Final = ("clock", "money", "standards")
"""Sections that judge a plan: who turned them would change what is asked, and no plan."""
OURS: Final = "set what can be decided: a store, an order, a plant"
"""What is said to who turns something else."""
TEXTS: Final = overlay.OVERLAY_ONLY | {
    "name",
    "question",
    "source",
    "sources",
    "quote",
    "derived",
    "assumed",
    "between",
}
"""Fields that say something to people, and turn nothing."""
LEVER_FIELDS: Final = ("sets", "from", "to", "one_of", "beyond", "title")


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
        if (section := sets.text.partition(".")[0]) in NOT_OURS:
            message = f"{section} is what plans are judged by, and no plan can turn it"
            self.problems.add("HF103", sets, None, message, OURS)
            return
        if sets.text.rpartition(".")[2] in TEXTS:
            message = f"{sets.text} is for people to read, not a number, a date or a choice"
            self.problems.add("HF103", sets, None, message, OURS)
            return
        values = self._values(name, node)
        if values is None:
            return
        block = self._block(sets.text)
        if block:
            message = f"{sets.text} is a block of fields, not a number, a date or a choice"
            self.problems.add("HF103", sets, None, message, f"set one of them, such as {sets.text}.{block}")
            return
        if is_share(self.read.base, sets.text):
            for value in values:
                self._share(value)
            return
        for value in values:
            if not self._lay(sets, self._value(value, node.get("beyond"))):
                return

    def _values(self, name: str, node: Mapping) -> list[Node] | None:
        """The ends of the range, or the choices; None if there are none, after noting why."""
        low, high, choices = node.get("from"), node.get("to"), node.get("one_of")
        if choices is not None and (low is not None or high is not None):
            message = f"{name} has a range and choices"
            self.problems.add("HF102", choices, None, message, "keep from: and to:, or one_of:")
            return None
        if isinstance(choices, Sequence):
            texts = {item.text for item in choices.items if isinstance(item, Scalar)}
            if len(texts) == len(choices.items) > 1:
                return list(choices.items)
            message = "a choice stands twice" if len(choices.items) > 1 else "there is nothing to choose"
            self.problems.add("HF204", choices, None, message, "write two or more choices, each once")
            return None
        if isinstance(low, Scalar) and isinstance(high, Scalar):
            return [low, high] if self._range(low, high) else None
        fix = "add from: and to:, or one_of: [...]"
        if low is not None or high is not None:
            fix = "add to:" if high is None else "add from:"
        self.problems.add("HF102", node, None, f"say how far {name} may be turned", fix)
        return None

    def _range(self, low: Scalar, high: Scalar) -> bool:
        """Whether a range goes up, in one unit."""
        try:
            first, last = (size(each.text, self.read.units) for each in (low, high))
        except QuantityError as error:
            self.problems.add(error.code, low, None, error.message, error.fix)
            return False
        if first[1] != last[1]:
            self.problems.add(
                "HF104", high, None, f"{low.text} and {high.text} are not in the same unit", "use one unit"
            )
        elif first[0] >= last[0]:
            message = f"there is nothing between {low.text} and {high.text}"
            fix = "write the lower end as from" if first[0] > last[0] else "write a higher end as to"
            self.problems.add("HF204", high, None, message, fix)
        else:
            return True
        return False

    def _block(self, path: str) -> str:
        """The first field of what a path names, where that is no value."""
        for steps in spread(self.read.base, path.split(".")):
            node = at_path(self.read.base, tuple(steps))
            if isinstance(node, Mapping) and not overlay.is_value(node, steps[-1]):
                return next(iter(node.entries), "")
        return ""

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


def is_share(base: Mapping, path: str) -> bool:
    """Whether a path names one of several shares, of which the others keep their proportions."""
    path = share_path(path)
    *steps, _ = path.split(".")
    above = [at_path(base, tuple(each)) for each in spread(base, steps)]
    there = all(at_path(base, tuple(each)) is not None for each in spread(base, path.split(".")))
    return bool(above) and steps[-1:] == ["from"] and all(isinstance(each, Mapping) for each in above) and there


def share_path(path: str) -> str:
    """The path of a source whose share a path names: a store as a source says its share in a field of its own."""
    *steps, last = path.split(".")
    return ".".join(steps) if last == "share" and steps[-2:-1] == ["from"] else path


def spread(base: Mapping, steps: list[str]) -> list[list[str]]:
    """Paths with `all` written out."""
    if "all" not in steps:
        return [steps]
    at = steps.index("all")
    above = at_path(base, tuple(steps[:at]))
    names = list(above.entries) if isinstance(above, Mapping) else []
    return [path for name in names for path in spread(base, [*steps[:at], name, *steps[at + 1 :]])]


def size(text: str, units: Units) -> tuple[float, object]:
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
