"""The sections of a scenario file, typed: which fields there are and which must be said."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from holdfast.errors import Problems, did_you_mean
from holdfast.parts.base import FORM, Text, Value, meanings
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
from holdfast.spec.tree import Mapping, Node, at_path, nearest_node, to_plain


class Sections(BaseModel):
    """A scenario without its overlays."""

    model_config = FORM

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
    sources: dict[str, SourceSpec] = {}
    """Who says so."""
    regimes: dict[str, RegimeSpec] = {}
    """Random states of the world."""
    prices: dict[str, PriceSpec] = {}
    """Price indices."""
    signals: dict[str, SignalSpec] = {}
    """What a decider can see."""
    channels: dict[str, ChannelSpec] = {}
    """Import routes."""
    plants: dict[str, PlantSpec] = {}
    """Home production."""
    inspections: dict[str, InspectionSpec] = {}
    """Acceptance of lots."""
    standards: dict[str, StandardSpec] = {}
    """What supply security must reach."""
    levers: dict[str, Value] = {}
    """What a search may turn, and how far."""
    history: dict[str, Value] = {}
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


RightForms = dict[int, Node]
"""Sections whose form is right, by identity; the nodes are kept, so that no other gets their id."""


def check_form(tree: Mapping, problems: Problems, right: RightForms | None = None) -> bool:
    """Notes unknown and missing fields and wrong forms; whether all that is there has a form that can be read.

    Args:
        tree: the sections.
        problems: collects what is wrong.
        right: sections whose form was found right before, while all worlds of one scenario are checked.
    """
    known = {} if right is None else right
    required = {name for name, field in Sections.model_fields.items() if field.is_required()}
    if required <= tree.entries.keys() and all(id(node) in known for node in tree.entries.values()):
        return True
    fresh = {name: node for name, node in tree.items() if id(node) not in known}
    try:
        Sections.model_validate({name: to_plain(node) for name, node in fresh.items()})
    except ValidationError as error:
        found = [one for one in error.errors(include_url=False) if not _is_known(one, tree)]
        for one in found:
            _note(tree, one, problems)
        if found:
            return all(one["type"] in ("missing", "extra_forbidden") for one in found)
    known.update({id(node): node for node in fresh.values()})
    return True


def _is_known(error: Any, tree: Mapping) -> bool:
    """Whether what is missing is a section that was left out because its form is known to be right."""
    return error["type"] == "missing" and len(error["loc"]) == 1 and error["loc"][0] in tree


def _note(tree: Mapping, error: Any, problems: Problems) -> None:
    path = tuple(step for step in error["loc"] if step != "[key]")
    parent, last = path[:-1], str(path[-1])
    if _copies_nothing(at_path(tree, parent)) and (error["type"] == "missing" or last == "like"):
        return  # that it copies nothing has been said
    dotted = ".".join(str(step) for step in path)
    if error["type"] == "extra_forbidden":
        node = at_path(tree, parent)
        place = node.key_place(last) if isinstance(node, Mapping) else nearest_node(tree, path)
        if last in _NOT_YET:
            fix = "leave it out, or see docs/reference/language.md for what is"
            problems.add("HF113", place, dotted, f"{_NOT_YET[last]} is not supported yet", fix)
            return
        fields = fields_at(parent)
        problems.add("HF101", place, dotted, f"'{last}' is not a field here", did_you_mean(last, fields))
    elif error["type"] == "missing":
        node = nearest_node(tree, parent)
        form = _form_of(parent, last)
        problems.add("HF102", node, dotted, f"'{last}' must be said", f"add {last}: {form}")
    else:
        node = nearest_node(tree, path)
        want = (
            "a block of names"
            if error["type"] in ("dict_type", "model_type")
            else "a list"
            if error["type"] == "list_type"
            else "a text"
        )
        problems.add(
            "HF103",
            node,
            dotted,
            f"{want} is expected here",
            f"see {'.'.join(map(str, path[:1]))} in docs/reference/language.md",
        )


def _copies_nothing(node: Node | None) -> bool:
    """Whether a block says `like` of what is not there, so that what it lacks may be what a copy would bring."""
    return isinstance(node, Mapping) and "like" in node


def _form_of(parent: tuple[str | int, ...], field: str) -> str:
    model = _model_at(parent)
    if model is None:
        return "..."
    for name, info in model.model_fields.items():
        if (info.alias or name) == field and name in meanings(model):
            return f"...   # {' '.join(meanings(model)[name].split())}"
    return "..."


def fields_at(path: tuple[str | int, ...]) -> list[str]:
    """The fields that the reference knows at a path."""
    model = _model_at(path)
    return [info.alias or name for name, info in model.model_fields.items()] if model else []


def _model_at(path: tuple[str | int, ...]) -> type[BaseModel] | None:
    here: Any = Sections
    for step in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            names = {info.alias or name: info.annotation for name, info in here.model_fields.items()}
            here = inner(names.get(str(step)))
        elif get_origin(here) is dict:
            here = inner(get_args(here)[1])
        else:
            return None
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def inner(annotation: Any) -> Any:
    """The one thing that an optional annotation stands for."""
    for option in get_args(annotation) if get_origin(annotation) is not dict else ():
        if option is not type(None) and get_origin(annotation) is not None:
            return option
    return annotation


def known_fields() -> dict[str, set[str]]:
    """For each section, dotted patterns of the fields that the reference knows; `*` stands for a name."""
    found: dict[str, set[str]] = {}
    for name, info in Sections.model_fields.items():
        patterns: set[str] = set()
        _walk(inner(info.annotation), "", patterns)
        if patterns:
            found[name] = patterns
    return found


def _walk(annotation: Any, prefix: str, patterns: set[str]) -> None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            path = f"{prefix}{info.alias or name}"
            patterns.add(path)
            _walk(inner(info.annotation), f"{path}.", patterns)
    elif get_origin(annotation) is dict:
        _walk(inner(get_args(annotation)[1]), f"{prefix}*.", patterns)
