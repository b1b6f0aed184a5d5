"""A world as short lines, to read a disagreement by."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from holdfast.parts.world import NEVER, Changing

if TYPE_CHECKING:
    from holdfast.parts.world import World

LEFT_OUT = {"title", "name", "start", "currency", "price_year", "notes", "alternative", "what_if"}


def tell(world: World) -> str:
    """A world, one part a line; what is empty is left out."""
    lines = []
    for field in dataclasses.fields(world):
        value = getattr(world, field.name)
        if field.name in LEFT_OUT or value == ():
            continue
        if isinstance(value, tuple):
            lines += [f"{field.name}[{i}] {short(part)}" for i, part in enumerate(value)]
        else:
            lines.append(f"{field.name} {value!r}")
    return "\n".join(lines)


def short(thing: object) -> str:
    """A part in few words: numbers that never change as numbers, nothing that is empty."""
    if isinstance(thing, Changing):
        if thing.plain:
            return _number(float(thing.values.flat[0]))
        rows = "; ".join(" ".join(_number(float(x)) for x in row) for row in thing.values)
        return f"[{rows}] of conditions {list(thing.reads)} from {list(thing.starts)}"
    if dataclasses.is_dataclass(thing):
        name = str(getattr(thing, "name", type(thing).__name__))
        fields = {f.name: getattr(thing, f.name) for f in dataclasses.fields(thing) if f.name not in LEFT_OUT}
        return f"{name}(" + ", ".join(f"{k}={short(v)}" for k, v in fields.items() if v is not None and v != ()) + ")"
    if isinstance(thing, tuple):
        return "(" + ", ".join(short(x) for x in thing) + ")"
    return _number(thing) if isinstance(thing, int | float) else str(thing)


def _number(x: float) -> str:
    return "never" if x == NEVER else str(x) if isinstance(x, bool) else f"{x:.12g}"
