"""The sections of a scenario file, typed: which fields there are and which must be said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin

from holdfast.errors import Problems, did_you_mean
from holdfast.parts.base import Field, Form, Text, Value, fields, form_within, meanings
from holdfast.parts.channels import ChannelSpec
from holdfast.parts.consumers import ConsumerSpec
from holdfast.parts.goods import ClockSpec, GoodSpec, MoneySpec, SourceSpec
from holdfast.parts.inspections import InspectionSpec
from holdfast.parts.plants import PlantSpec
from holdfast.parts.prices import PriceSpec
from holdfast.parts.regimes import RegimeSpec
from holdfast.parts.signals import SignalSpec
from holdfast.parts.standards import StandardSpec
from holdfast.parts.stores import StoreSpec
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence, at_path, nearest_node


class Sections(Form):
    """A scenario without its overlays."""

    holdfast: Text
    """Format version: 1."""
    name: Text
    """Name of the scenario, in small letters, digits and hyphens."""
    title: Text | None = None
    """What people read instead of the name."""
    question: Text | None = None
    """What is asked."""
    clock: ClockSpec
    """When it starts, its step and how far it looks."""
    money: MoneySpec
    """In what money costs are told."""
    goods: dict[str, GoodSpec]
    """What is made, imported, stored and used."""
    stores: dict[str, StoreSpec]
    """Where goods are kept."""
    consumers: dict[str, ConsumerSpec]
    """Who uses goods."""
    sources: dict[str, SourceSpec] | None = None
    """Who says so."""
    regimes: dict[str, RegimeSpec] | None = None
    """Random states of the world."""
    prices: dict[str, PriceSpec] | None = None
    """Price indices."""
    signals: dict[str, SignalSpec] | None = None
    """What a decider can see."""
    channels: dict[str, ChannelSpec] | None = None
    """Import routes."""
    plants: dict[str, PlantSpec] | None = None
    """Home production."""
    inspections: dict[str, InspectionSpec] | None = None
    """Acceptance of lots."""
    standards: dict[str, StandardSpec] | None = None
    """What supply security must reach."""
    levers: dict[str, Value] | None = None
    """What a search may turn, and how far."""
    history: dict[str, Value] | None = None
    """What happened, to judge by."""


_NOT_YET = {
    "table": "a table of goods",
    "each": "one copy a good",
    "instead": "replacing one good by another",
    "delivered_in": "a delay to a consumer's own stock",
    "commitment": "take or pay",
    "groups": "groups of goods",
}
"""Forms of the language that this version does not simulate."""


RightForms = set[Node]
"""Sections whose form is right."""

Path = tuple[str | int, ...]

_WANTED: Final = {"block": "a block of names", "list": "a list", "text": "a text"}
"""What is expected where something of another form stands."""


class _Fault(NamedTuple):
    """Something whose form is not right."""

    kind: Literal["missing", "unknown", "block", "list", "text"]
    """It is missing, it is not a field, or it is no block, list or text."""
    path: Path


def check_form(tree: Mapping, problems: Problems, right: RightForms | None = None) -> bool:
    """Notes unknown and missing fields and wrong forms; whether all that is there has a form that can be read.

    Args:
        tree: the sections.
        problems: collects what is wrong.
        right: sections whose form was found right before, while all worlds of one scenario are checked.
    """
    known = set() if right is None else right
    found = list(_faults_of(Sections, tree, (), known))
    for each in found:
        _note(tree, each, problems)
    if not found:
        for section in tree.entries.values():
            known.add(section)
            known.update(section.entries.values() if isinstance(section, Mapping) else ())
    return all(each.kind in ("missing", "unknown") for each in found)


def _faults_of(form: type[Form], node: Mapping, path: Path, known: RightForms) -> Iterator[_Fault]:
    """What is not right in a block of fields, in the order of the fields; what is known to be right is passed by."""
    expected = fields(form)
    for name, field in expected.items():
        below = node.entries.get(name)
        if below is not None:
            if below not in known:
                yield from _faults(field.kind, below, (*path, name), known)
        elif field.must:
            yield _Fault("missing", (*path, name))
    for name in node.entries:
        if name not in expected:
            yield _Fault("unknown", (*path, name))


def _faults(kind: Any, node: Node, path: Path, known: RightForms) -> Iterator[_Fault]:
    """What is not right in the place of a field."""
    if kind is Any:
        return
    if kind is str:
        if not isinstance(node, Scalar):
            yield _Fault("text", path)
    elif (origin := getattr(kind, "__origin__", None)) is list:
        if not isinstance(node, Sequence):
            yield _Fault("list", path)
            return
        for number, item in enumerate(node.items):
            yield from _faults(kind.__args__[0], item, (*path, number), known)
    elif not isinstance(node, Mapping):
        yield _Fault("block", path)
    elif origin is dict:
        for name, below in node.items():
            if below not in known:
                yield from _faults(kind.__args__[1], below, (*path, name), known)
    else:
        yield from _faults_of(kind, node, path, known)


def _note(tree: Mapping, fault: _Fault, problems: Problems) -> None:
    path = fault.path
    parent, last = path[:-1], str(path[-1])
    if _copies_nothing(at_path(tree, parent)) and (fault.kind == "missing" or last == "like"):
        return  # that it copies nothing has been said
    dotted = ".".join(str(step) for step in path)
    if fault.kind == "unknown":
        node = at_path(tree, parent)
        place = node.key_place(last) if isinstance(node, Mapping) else nearest_node(tree, path)
        if last in _NOT_YET:
            fix = "leave it out, or see docs/reference/language.md for what is"
            problems.add("HF113", place, dotted, f"{_NOT_YET[last]} is not supported yet", fix)
            return
        problems.add("HF101", place, dotted, f"'{last}' is not a field here", did_you_mean(last, fields_at(parent)))
    elif fault.kind == "missing":
        fix = f"add {last}: {_meaning_at(parent, last)}"
        problems.add("HF102", nearest_node(tree, parent), dotted, f"'{last}' must be said", fix)
    else:
        fix = f"see {path[0]} in docs/reference/language.md"
        problems.add("HF103", nearest_node(tree, path), dotted, f"{_WANTED[fault.kind]} is expected here", fix)


def _copies_nothing(node: Node | None) -> bool:
    """Whether a block says `like` of what is not there, so that what it lacks may be what a copy would bring."""
    return isinstance(node, Mapping) and "like" in node


def _meaning_at(parent: Path, name: str) -> str:
    """What a field means, as a comment."""
    form = _form_at(parent)
    assert form is not None  # or nothing could be missing there
    return f"...   # {' '.join(meanings(form)[name].split())}"


def fields_at(path: Path) -> list[str]:
    """The fields that the reference knows at a path."""
    form = _form_at(path)
    return list(fields(form)) if form else []


def _form_at(path: Path) -> type[Form] | None:
    """The form of the block at a path; None where there is none."""
    here: Any = Sections
    for step in path:
        if get_origin(here) is dict:
            here = get_args(here)[1]
        elif (form := form_within(here)) is not None and step in fields(form):
            here = fields(form)[str(step)].kind
        else:
            return None
    return form_within(here) if get_origin(here) is not dict else None


def known_fields() -> dict[str, set[str]]:
    """For each section, dotted patterns of the fields that the reference knows; `*` stands for a name."""
    found = {}
    for name, field in fields(Sections).items():
        patterns = set(_patterns(field, ""))
        if patterns:
            found[name] = patterns
    return found


def _patterns(field: Field, prefix: str) -> Iterator[str]:
    """Dotted patterns of the fields below a field."""
    if get_origin(field.kind) is dict:
        prefix += "*."
    form = form_within(field.kind)
    for name, below in fields(form).items() if form else ():
        yield prefix + name
        yield from _patterns(below, f"{prefix}{name}.")
