"""What all parts share: how people's fields are declared.

A part is a frozen pydantic model of texts: it says which fields there are, which must be said, and in what
form. The texts become numbers in `spec`, where units, places and the rest of the scenario are known.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

_TEXT = ["string", "number", "boolean"]

Text = Annotated[str, WithJsonSchema({"type": _TEXT})]
"""One word, date, quantity or share, as written."""

Value = Annotated[Any, WithJsonSchema({"type": [*_TEXT, "object", "array"]})]
"""A quantity, law, cover, share or changing value."""


class Part(BaseModel):
    """Something of a scenario, as people write it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True,
        defer_build=True,  # parts are read as fields of a whole scenario, hardly ever alone
    )  # fmt: skip

    title: Text | None = None
    """What people read instead of the name."""


def named(alias: str) -> Any:
    """An optional field whose name is a word of Python."""
    return Field(default=None, alias=alias)
