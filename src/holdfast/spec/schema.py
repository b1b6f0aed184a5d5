"""The JSON Schema of scenario files, so that an editor completes names and marks what is not known.

It is generated from the typed sections. Those are plain, as they are after evidence, copies and dotted paths are
resolved; so each value is widened here to what a person may write in its place: evidence beside it, `like`, dotted
paths. An overlay is the same with nothing required, with `all` for every name and `none` to remove.
"""

from __future__ import annotations

import inspect
from typing import Any, Final, get_args, get_origin

from holdfast.parts.base import Form, fields, meanings
from holdfast.spec.evidence import KEYS
from holdfast.spec.overlay import FRAME

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TEXT: Final[Schema] = {"type": ["string", "number", "boolean"]}
"""A value as an editor sees it: `9 months`, `3`, `yes`."""
VALUE: Final[Schema] = {"type": [*TEXT["type"], "object", "array"]}
"""A quantity, law, cover, share or changing value."""
DOTTED: Final = r"^[^.]+(\.[^.]+)+$"
"""A dotted path as a key."""

EVIDENCE: Final[dict[str, Schema]] = {
    "source": {"description": "Who says so: a name under sources.", "type": ["string", "array"]},
    "sources": {"description": "Several sources.", "type": "array", "items": {"type": "string"}},
    "quote": {"description": "The words of the source.", "type": "string"},
    "derived": {"description": "How it was reckoned.", "type": "string"},
    "assumed": {"description": "Why it was assumed.", "type": "string"},
    "between": {
        "description": "What it could be: [low, high], with no probability.",
        "type": "array",
        "items": TEXT,
        "minItems": 2,
        "maxItems": 2,
    },
}
"""What may stand beside a value, a law or a block."""

BESIDE: Final[dict[str, Schema]] = {name: {"$ref": f"#/$defs/evidence-{name}"} for name in KEYS}


def base_schema(sections: type[Form]) -> Schema:
    """The schema of a scenario file, from the form that has one field for each section."""
    raw = _plain(sections)
    dressed = _dress(raw)
    overlays = {"type": "object", "additionalProperties": _overlay_body(raw)}
    own = {name: node for name, node in dressed.get("properties", {}).items() if name in raw["properties"]}
    properties = {**own, "alternatives": overlays, "what_if": overlays}
    whole = {name: _or_copied(name, node) for name, node in dressed.get("$defs", {}).items()}
    definitions = {**whole, **_loosened_definitions(raw)}
    return {
        **{key: node for key, node in dressed.items() if key != "patternProperties"},
        "$schema": DIALECT,
        "title": "A Holdfast scenario",
        "properties": properties,
        "$defs": {**definitions, **_common()},
    }


def overlay_schema(sections: type[Form]) -> Schema:
    """The schema of one alternative or what_if."""
    raw = _plain(sections)
    body = _overlay_body(raw)
    definitions = {**_loosened_definitions(raw), **_common()}
    return {**body, "$schema": DIALECT, "title": "A Holdfast overlay", "$defs": definitions}


def _plain(sections: type[Form]) -> Schema:
    """What fields there are, with the forms below as definitions."""
    definitions: dict[str, Schema] = {}
    return {**_block(sections, definitions), "$defs": definitions}


def _block(form: type[Form], definitions: dict[str, Schema]) -> Schema:
    """The fields of a form; the forms of its fields are added to the definitions."""
    properties = {}
    for name, field in fields(form).items():
        said = {"description": meanings(form)[name]} if name in meanings(form) else {}
        properties[name] = {**_kind(field.kind, definitions), **said}
    out: Schema = {
        "additionalProperties": False,
        "description": inspect.getdoc(form),
        "properties": properties,
        "title": form.__name__,
        "type": "object",
    }
    must = [name for name, field in fields(form).items() if field.must]
    return {**out, "required": must} if must else out


def _kind(kind: Any, definitions: dict[str, Schema]) -> Schema:
    """What may stand in the place of a field."""
    if kind in (str, Any):
        return TEXT if kind is str else VALUE
    if get_origin(kind) is list:
        return {"items": _kind(get_args(kind)[0], definitions), "type": "array"}
    if get_origin(kind) is dict:
        return {"additionalProperties": _kind(get_args(kind)[1], definitions), "type": "object"}
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # it has its place, should it be among its own fields
        definitions[kind.__name__] = _block(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _common() -> dict[str, Schema]:
    """Definitions that all values share: a text, or a text with evidence beside it."""
    beside = {"type": "object", "required": ["value"], "properties": {"value": TEXT, **BESIDE}}
    return {"value": {"anyOf": [TEXT, beside]}, **{f"evidence-{name}": node for name, node in EVIDENCE.items()}}


def _overlay_body(raw: Schema) -> Schema:
    """Sections that an overlay may change, all of them loose."""
    loose = _loosen(_dress(raw))
    leave = {*FRAME, *KEYS, "like", "title"}
    properties = {name: node for name, node in loose.get("properties", {}).items() if name not in leave}
    like = {"description": "Others to lay first.", "type": ["string", "array"]}
    return {
        "type": "object",
        "properties": {"title": {"type": "string"}, "like": like, **properties},
        "patternProperties": {DOTTED: {}},
        "additionalProperties": False,
    }


def _or_copied(name: str, node: Schema) -> Schema:
    """A definition, or what a copy changes of it: at every depth no more than that."""
    if "properties" not in node:
        return node
    copied = {"$ref": f"#/$defs/overlay-{name}"}
    kept: Schema = {key: node[key] for key in ("title", "description") if key in node}
    return {**kept, "if": {"type": "object", "required": ["like"]}, "then": copied, "else": node}


def _loosened_definitions(raw: Schema) -> dict[str, Schema]:
    """The definitions with nothing required, under names of their own."""
    definitions = _dress(raw).get("$defs", {})
    return {f"overlay-{name}": _loosen(node) for name, node in definitions.items()}


def _dress(node: Any) -> Any:
    """The schema with what a person may write around each value."""
    if isinstance(node, list):
        return [_dress(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == TEXT["type"]:
        return {**{key: child for key, child in node.items() if key != "type"}, "$ref": "#/$defs/value"}
    nested = ("properties", "$defs", "patternProperties")
    out = {
        key: {name: _dress(each) for name, each in child.items()} if key in nested else _dress(child)
        for key, child in node.items()
        if key != "required"
    }
    if "properties" in node:
        like = {"description": "A sibling to copy.", "type": "string"}
        out["properties"] = {**BESIDE, "like": like, **out["properties"]}
        out["patternProperties"] = {DOTTED: {}}
    if "required" in node:
        # A copy needs only what it changes, and a dotted path may say what is required.
        dotted = {"not": {"propertyNames": {"pattern": "^[^.]+$"}}}
        out["anyOf"] = [{"required": node["required"]}, {"required": ["like"]}, dotted]
    return out


def _loosen(node: Any) -> Any:
    """The schema of what an overlay may say in this place: nothing is required, and `none` removes."""
    if isinstance(node, list):
        return [_loosen(item) for item in node]
    if not isinstance(node, dict):
        return node
    name = node.get("$ref", "").rpartition("/")[2]
    if name and name not in _common():
        said = {key: child for key, child in node.items() if key != "$ref"}
        return {"anyOf": [{"$ref": f"#/$defs/overlay-{name}"}, {"const": "none"}], **said}
    nested = ("properties", "patternProperties")
    return {
        key: {name: _loosen(each) for name, each in child.items()} if key in nested else _loosen(child)
        for key, child in node.items()
        if key not in ("anyOf", "required") or "properties" not in node
    }
