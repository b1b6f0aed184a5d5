"""A scenario under other values: what a search turns by levers, and what could be otherwise in its inputs.

A lever is ours: what it sets is laid over an alternative, as one more overlay. An input is the world's: its text is
replaced wherever the one place at which it was written ended up, so a range that `like` copies stays one unknown.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from holdfast.errors import Problems
from holdfast.spec import overlay
from holdfast.spec.levers import is_share, share_path, size, spread
from holdfast.spec.quantities import QuantityError
from holdfast.spec.resolve.world import to_tree_world
from holdfast.spec.scenario import Scenario, known_fields_once
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence, at_path

if TYPE_CHECKING:
    import collections.abc
    from typing import Literal

    from holdfast.parts.world import World
    from holdfast.spec.quantities import Units

    Kind = Literal["number", "integer", "date", "choice"]

_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
SHARES: Final[dict[str, tuple[str, ...]]] = {"from": (), "then": (), "paid": ("on_order", "on_receipt")}
"""Fields whose mapping is shares of one whole, with the names that a share may have beside those written."""
DIGITS: Final = 6
"""Significant digits of a number that a lever sets: what a person could write."""


@dataclass(frozen=True)
class Lever:
    """What a search may turn, and how far."""

    name: str
    title: str
    sets: str
    """Dotted path; `all` stands for every entry of a section."""
    kind: Kind
    low: float = 0.0
    """Lower end, in `unit`; days from the first of year 1 for a date."""
    high: float = 0.0
    unit: str = ""
    """As written: `months`, `million rounds`, `%`."""
    choices: tuple[str, ...] = ()
    """Texts, for a choice."""
    beyond: str = ""
    share: bool = False
    """Whether it sets one of several shares, of which the others keep their proportions."""

    def text(self, value: float) -> str:
        """What is written in the scenario for a value: of the range, in `unit`, or the index of a choice.

        A value outside the range is drawn to its nearer end; numbers are rounded to six digits.
        """
        if self.kind == "choice":
            return self.choices[min(max(round(value), 0), len(self.choices) - 1)]
        inside = min(max(value, self.low), self.high)
        if self.kind == "date":
            return datetime.date.fromordinal(round(inside)).isoformat()
        number = f"{inside:.0f}" if self.kind == "integer" else f"{inside:.{DIGITS}g}"
        return f"{number} {self.unit}".strip()


def levers(scenario: Scenario) -> tuple[Lever, ...]:
    """The levers of a scenario, in file order; it was checked when it was loaded."""
    read = scenario.document
    found = read.base.mapping("levers").items()
    return tuple(_lever(name, node, read.base, read.units) for name, node in found if isinstance(node, Mapping))


def _lever(name: str, node: Mapping, base: Mapping, units: Units) -> Lever:
    sets, title, beyond = _text(node, "sets"), _text(node, "title") or name, _text(node, "beyond")
    share = is_share(base, sets)
    choices = node.get("one_of")
    if isinstance(choices, Sequence):
        texts = tuple(item.text for item in choices.items if isinstance(item, Scalar))
        return Lever(name, title, sets, "choice", choices=texts, beyond=beyond, share=share)
    ends = _text(node, "from"), _text(node, "to")
    (low, measure), (high, _) = (size(text, units) for text in ends)
    if measure == "date":
        return Lever(name, title, sets, "date", low, high)
    unit = _NUMBER.sub("", ends[1], count=1).strip()
    each = size(f"1 {unit}".strip(), units)[0]
    whole = not unit and all(re.fullmatch(r"\d+", text) for text in ends)
    return Lever(
        name, title, sets, "integer" if whole else "number", low / each, high / each, unit, (), beyond, share
    )  # fmt: skip


def _text(node: Mapping, field: str) -> str:
    found = node.get(field)
    return found.text if isinstance(found, Scalar) else ""


def turned(
    scenario: Scenario,
    settings: collections.abc.Mapping[str, str],
    alternative: str | None = None,
    what_if: str | None = None,
) -> World:
    """The world in which levers are set: over an alternative (today's plan if None), below a what_if.

    Args:
        scenario: whose levers.
        settings: what to write at each lever, by its name, as `Lever.text` gives it; levers left out stay as they are.
        alternative: the plan that the levers change.
        what_if: the world that it must stand in.

    Raises:
        KeyError: there is no such lever, alternative or what_if.
        ScenarioError: what comes of it does not hold together.
    """
    known = {lever.name: lever for lever in levers(scenario)}
    problems = Problems()
    read, fields = scenario.document, known_fields_once()
    made, laid = scenario.shared.copied()  # no other setting has a use for what is made here
    tree = overlay.lay(read, alternative, None, problems, fields, laid)
    for name, text in settings.items():
        tree = _set(tree, known[name], text, problems, read.units)
    if what_if is not None:
        if what_if not in read.what_if.entries:
            raise KeyError(what_if)
        tree = overlay.lay_one(tree, read.what_if, what_if, problems, fields, laid)
    problems.raise_if_any()
    world = to_tree_world(read, tree, alternative or "today", what_if or "", problems, scenario.folder, made)
    problems.raise_if_any()
    return world


def standing(scenario: Scenario, alternative: str | None = None) -> dict[str, float]:
    """At which values levers stand under an alternative (today's plan if None): in their unit, or as places of choices.

    A lever is left out where what stands there is none of what it may set: a value that changes, several values, one
    outside its range.
    """
    read = scenario.document
    tree = overlay.lay(read, alternative, None, Problems(), known_fields_once())
    found = {}
    for lever in levers(scenario):
        path = share_path(lever.sets) if lever.share else lever.sets
        values = {_stands(tree, tuple(steps), lever, read.units) for steps in spread(tree, path.split("."))}
        value = values.pop() if len(values) == 1 else None
        if value is not None:
            found[lever.name] = value
    return found


def _stands(tree: Mapping, steps: tuple[str, ...], lever: Lever, units: Units) -> float | None:
    """The value at one place of a lever; None where it is none that the lever could set."""
    if lever.share:
        try:
            share = _shares(at_path(tree, steps[:-1]), units).get(steps[-1], 0.0)
            return round(share * 100.0 if lever.unit == "%" else share, 9)
        except QuantityError:
            return None
    node = at_path(tree, steps)
    if lever.beyond:
        beyond = node.get("beyond") if isinstance(node, Mapping) and set(node.entries) == {"cover", "beyond"} else None
        node = node.get("cover") if isinstance(beyond, Scalar) and beyond.text == lever.beyond else None  # type: ignore[union-attr]
    if not isinstance(node, Scalar):
        return None
    if lever.kind == "choice":
        return float(lever.choices.index(node.text)) if node.text in lever.choices else None
    try:
        value, measure = size(node.text, units)
        each, own = size(f"1 {lever.unit}".strip(), units) if lever.kind != "date" else (1.0, "date")
    except QuantityError:
        return None
    inside = measure == own and lever.low <= value / each <= lever.high
    return round(value / each, 9) if inside else None


def _set(tree: Mapping, lever: Lever, text: str, problems: Problems, units: Units) -> Mapping:
    """The sections with a lever set."""
    value: Node = Scalar(text)
    if lever.beyond:
        value = Mapping({"cover": value, "beyond": Scalar(lever.beyond)})
    if not lever.share:
        return _lay(tree, lever.sets, value, lever.name, problems)
    for steps in spread(tree, share_path(lever.sets).split(".")):
        *above, name = steps
        node = at_path(tree, tuple(above))
        shares = _share(_shares(node, units), name, units.share(text))
        was = node.entries if isinstance(node, Mapping) else {}
        body = Mapping({key: _shared(was.get(key), _percent(each, Scalar(""))) for key, each in shares.items()})
        tree = _lay(tree, ".".join(above), body, lever.name, problems)
    return tree


def _lay(tree: Mapping, path: str, value: Node, name: str, problems: Problems) -> Mapping:
    layer = overlay.expand_dotted(Mapping({path: value}), problems)
    assert isinstance(layer, Mapping)
    return overlay.lay_over(tree, layer, f"levers.{name}", known_fields_once(), problems)


def _shares(node: Node | None, units: Units) -> dict[str, float]:
    """Shares of one whole by name, of which one name alone has all."""
    if isinstance(node, Scalar):
        return {node.text: 1.0}
    entries = node.items() if isinstance(node, Mapping) else ()
    said = {name: _share_in(child) for name, child in entries}
    return {name: 1.0 if child is None else units.share(child.text) for name, child in said.items()}


def _share_in(node: Node) -> Scalar | None:
    """What says a share: a text, or `share` of a block; None where a block says none, and so has all."""
    share = node.get("share") if isinstance(node, Mapping) else node
    return share if isinstance(share, Scalar) else None


def _shared(node: Node | None, share: Scalar) -> Node:
    """A share where another stood: of a block, such as of a store as a source, it is one field."""
    return node.with_entries({**node.entries, "share": share}) if isinstance(node, Mapping) else share


def _share(shares: dict[str, float], name: str, value: float) -> dict[str, float]:
    """The shares with one set; the others keep their proportions, or are equal where all of them were nothing."""
    others = {key: share for key, share in shares.items() if key != name}
    whole = sum(others.values())
    rest = {key: (1 - value) * (share / whole if whole else 1 / len(others)) for key, share in others.items()}
    return {key: value if key == name else rest[key] for key in (shares if name in shares else {**shares, name: 0.0})}


def substituted(scenario: Scenario, inputs: collections.abc.Mapping[str, str]) -> Scenario:
    """The scenario in which numbers are other ones, each named by the path at which it was written (Evidence.path).

    Where it is one of several shares or weights, the others keep their proportions. Copies made by `like` follow, since
    they are the same number; what an overlay says instead stays.

    Raises:
        KeyError: no number was written at one of the paths.
    """
    replacing = _Replacing(inputs, scenario.document.units)
    read = scenario.document
    base, alternatives, what_if = (replacing.section(each) for each in (read.base, read.alternatives, read.what_if))
    if replacing.missing:
        raise KeyError(sorted(replacing.missing)[0])
    other = dataclasses.replace(read, base=base, alternatives=alternatives, what_if=what_if)
    return dataclasses.replace(scenario, document=other)


class _Replacing:
    """Replaces numbers in sections, each known by the path at which it was written."""

    def __init__(self, inputs: collections.abc.Mapping[str, str], units: Units) -> None:
        self.inputs, self.units = inputs, units
        self.missing = set(inputs)

    def section(self, node: Mapping) -> Mapping:
        """A section with its numbers replaced."""
        replaced = self._node(node)
        assert isinstance(replaced, Mapping)
        return replaced

    def _node(self, node: Node) -> Node:
        if isinstance(node, Scalar):
            return self._number(node, node.path)
        if isinstance(node, Sequence):
            items = tuple(self._node(item) for item in node.items)
            weighed = items != node.items and _field(node) == "mixture"
            return Sequence(self._weights(items) if weighed else items, node.place, node.path)
        entries = {name: self._node(child) for name, child in node.items()}
        beside = entries.get("value")
        if isinstance(beside, Scalar) and beside.path != node.path:
            entries["value"] = self._number(beside, node.path)  # a number with more said of it than evidence
        if entries == node.entries:
            return node
        changed = node.with_entries(entries)
        return self._shares(changed) if _field(node) in SHARES else changed

    def _number(self, node: Scalar, path: str) -> Scalar:
        if path not in self.inputs:
            return node
        self.missing.discard(path)
        return Scalar(self.inputs[path], node.place, node.path, node.quoted)

    def _shares(self, node: Mapping) -> Mapping:
        """Shares of one whole: those that are not replaced keep their proportions."""
        said = {name: _share_in(child) for name, child in node.items()}
        if any(child is None for child in said.values()):
            return node
        shares = dict.fromkeys(SHARES[_field(node)], 0.0) | _shares(node, self.units)
        for name, child in said.items():
            if child is not None and child.path in self.inputs:
                shares = _share(shares, name, shares[name])
        parts = {name: (node.entries.get(name, node), share) for name, share in shares.items()}
        return node.with_entries(
            {
                name: _shared(at if name in node.entries else None, _percent(share, at))
                for name, (at, share) in parts.items()
            }
        )

    def _weights(self, items: tuple[Node, ...]) -> tuple[Node, ...]:
        """The parts of a mixture: weights that are not replaced keep their proportions."""
        weights = {
            str(i): node
            for i, item in enumerate(items)
            if isinstance(item, Mapping) and isinstance(node := item.get("weight"), Scalar)
        }
        shares = {i: self.units.share(node.text) for i, node in weights.items()}
        for i, node in weights.items():
            if node.path in self.inputs:
                shares = _share(shares, i, shares[i])
        return tuple(
            item.with_entries({**item.entries, "weight": _percent(shares[str(i)], weights[str(i)])})
            if isinstance(item, Mapping) and str(i) in weights
            else item
            for i, item in enumerate(items)
        )


def _field(node: Node) -> str:
    """The last step of the path at which a node was written."""
    return node.path.rpartition(".")[2]


def _percent(share: float, at: Node) -> Scalar:
    """A share as text, where another node stands."""
    return Scalar(f"{100 * share!r} %", at.place, at.path)
