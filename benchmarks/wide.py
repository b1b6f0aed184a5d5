"""Scenarios of any size: the reference model several times side by side, each copy with names of its own."""

from __future__ import annotations

import functools
import io
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.peers.reference import SCENARIO

if TYPE_CHECKING:
    from holdfast.parts.world import World

SECTIONS: Final = ("goods", "regimes", "channels", "plants", "inspections", "stores", "consumers")


def text(copies: int) -> str:
    """The scenario with so many copies of everything in it."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    base: dict[str, Any] = YAML(typ="base", pure=True).load(SCENARIO.read_text(encoding="utf-8"))
    names = {name for section in SECTIONS for name in base[section]}

    def renamed(value: Any, number: int) -> Any:
        if isinstance(value, dict):
            return {renamed(key, number): renamed(each, number) for key, each in value.items()}
        if isinstance(value, list):
            return [renamed(each, number) for each in value]
        return f"{value}-{number}" if value in names else value

    wide = {**base, "name": f"{base['name']}-{copies}"}
    for section in SECTIONS:
        copied = [renamed(base[section], number) for number in range(copies)]
        wide[section] = {name: each for one in copied for name, each in one.items()}
    out = io.StringIO()
    yaml.dump(wide, out)
    # Quantities such as "1.5" are texts here and plain in a scenario.
    return re.sub(r"'([0-9.]+)'", r"\1", out.getvalue())


@functools.cache
def world(copies: int) -> World:
    """The same as the engine reads it."""
    import holdfast

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wide.yaml"
        path.write_text(text(copies), encoding="utf-8")
        return holdfast.load(path).world(None)
