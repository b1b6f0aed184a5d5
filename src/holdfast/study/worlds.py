"""A World as text and back: a result keeps the worlds that it was made from, so that it can be told and run again.

The text is JSON. Only the classes of `holdfast.parts.world` and the laws are ever built from it.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import itertools
import json
import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.parts.world import World

TAG = "$"
"""Key under which the class of a part stands; no field can have this name."""
Packed = dict[int, tuple[Any, dict[str, Any]]]
"""Parts and what JSON holds of them, by identity; the parts are kept, so that no other gets their id."""


@cache
def _classes() -> dict[str, type]:
    """Every class that may stand in a World, by name."""
    from holdfast.parts import laws, world

    found: dict[str, type] = {
        name: value
        for name, value in vars(world).items()
        if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == world.__name__
    }
    pending = [laws.Law]
    while pending:
        law = pending.pop()
        pending += law.__subclasses__()
        if law is not laws.Law:
            found[f"law.{law.__name__}"] = law
    return found


_PLAIN = frozenset((type(None), str, bool, int))
_NUMBERS = frozenset((int, float))


@cache
def _fields(part: type) -> tuple[str, ...]:
    """What a part is made of."""
    return tuple(each.name for each in dataclasses.fields(part) if each.init)


def _is_json(values: Iterable[Any]) -> bool:
    """Whether JSON can hold all of some values as they are."""
    values = tuple(values)
    kinds = set(map(type, values))
    return kinds <= _PLAIN or (kinds <= _NUMBERS and all(map(math.isfinite, values)))


def _pack(value: Any, known: Packed) -> Any:
    """What JSON can hold of a value in a World."""
    if type(value) in _PLAIN or isinstance(value, str | bool | int):
        return value
    if isinstance(value, tuple | list):
        rows = set(map(type, value)) == {tuple}
        whole = _is_json(itertools.chain.from_iterable(value) if rows else value)  # thousands of rows of numbers
        return value if whole else [_pack(item, known) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else {TAG: "float", "hex": value.hex()}
    if isinstance(value, np.generic):
        return _pack(value.item(), known)
    if isinstance(value, np.ndarray):
        raw = np.ascontiguousarray(value)
        data = base64.b64encode(raw.tobytes()).decode("ascii")
        return {TAG: "array", "dtype": raw.dtype.str, "shape": list(raw.shape), "data": data}
    if isinstance(value, datetime.date):
        return {TAG: "date", "iso": value.isoformat()}
    if isinstance(value, dict):
        return {TAG: "dict", "items": [[_pack(k, known), _pack(v, known)] for k, v in value.items()]}
    if id(value) not in known:
        known[id(value)] = value, _pack_part(value, known)
    return known[id(value)][1]


def _pack_part(value: Any, known: Packed) -> dict[str, Any]:
    from holdfast.parts.laws import Law

    name = type(value).__name__
    name = f"law.{name}" if isinstance(value, Law) else name
    return {TAG: name, **{field: _pack(getattr(value, field), known) for field in _fields(value.__class__)}}


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_unpack(item) for item in value)
    if not isinstance(value, dict):
        return value
    rest = {key: item for key, item in value.items() if key != TAG}
    name = value[TAG]
    if name == "float":
        return float.fromhex(rest["hex"])
    if name == "date":
        return datetime.date.fromisoformat(rest["iso"])
    if name == "dict":
        return {_unpack(k): _unpack(v) for k, v in rest["items"]}
    if name == "array":
        raw = np.frombuffer(base64.b64decode(rest["data"]), dtype=np.dtype(rest["dtype"]))
        return raw.reshape(rest["shape"]).copy()
    return _classes()[name](**{key: _unpack(item) for key, item in rest.items()})


def alike(one: World, other: World) -> bool:
    """Whether the same comes of two worlds: they differ by name alone, or in projects that never begin."""
    return _same(_matters(one), _matters(other))


def _matters(world: World) -> dict[str, Any]:
    """All of a world that has an effect."""
    from holdfast.engine.lower_flow import begins

    projects = [each if begins(each)[0] < world.periods else each.name for each in world.projects]
    whole = {each.name: getattr(world, each.name) for each in dataclasses.fields(world)}
    return whole | {"what_if": "", "projects": projects}


def _same(one: Any, other: Any) -> bool:
    """Whether two parts of worlds say the same."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return _same(list(one.items()), list(other.items()))
    if dataclasses.is_dataclass(one):
        return all(_same(getattr(one, name), getattr(other, name)) for name in _fields(one.__class__))
    return bool(one == other)


def to_text(world: World, known: Packed | None = None) -> str:
    """The world as JSON text; equal worlds give equal texts.

    Args:
        world: the world.
        known: what was packed of other worlds, most parts of which are the same.
    """
    return json.dumps(_pack(world, {} if known is None else known), separators=(",", ":"), allow_nan=False)


def from_text(text: str) -> World:
    """The world that a text says.

    Raises:
        ValueError: it is not the text of a world.
    """
    from holdfast.parts.world import World

    try:
        world = _unpack(json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not the text of a world: {error}") from None
    if not isinstance(world, World):
        raise ValueError("not the text of a world")
    return world
