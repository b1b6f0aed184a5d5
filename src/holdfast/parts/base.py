"""What all parts share: how people's fields are declared.

A part is a frozen pydantic model of texts: it says which fields there are, which must be said, and in what
form. The texts become numbers in `spec`, where units, places and the rest of the scenario are known.
"""

from __future__ import annotations

import ast
import functools
import inspect
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

_TEXT = ["string", "number", "boolean"]

Text = Annotated[str, WithJsonSchema({"type": _TEXT})]
"""One word, date, quantity or share, as written."""

Value = Annotated[Any, WithJsonSchema({"type": [*_TEXT, "object", "array"]})]
"""A quantity, law, cover, share or changing value."""


@functools.cache
def meanings(model: type[BaseModel]) -> dict[str, str]:
    """What each field of a model means: the text below it in its class.

    The sources are read for it, which is why this is done only where somebody asks.
    """
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if not issubclass(each, BaseModel) or each is BaseModel:
            continue
        (block,) = ast.parse(inspect.getsource(each)).body
        assert isinstance(block, ast.ClassDef)
        for field, below in zip(block.body, block.body[1:], strict=False):
            said = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and below.value.value
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(said, str):
                found[field.target.id] = inspect.cleandoc(said)
    return found


def _describe(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Adds what its fields mean to the JSON Schema of a model."""
    for name, text in meanings(model).items():
        schema["properties"][model.model_fields[name].alias or name]["description"] = text


FORM: Final = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_describe)
"""How every model of people's fields reads: nothing changes it, and what it does not know is an error."""


class Part(BaseModel):
    """Something of a scenario, as people write it."""

    model_config = ConfigDict(
        **FORM, populate_by_name=True, defer_build=True
    )  # a part is read as a field of a whole scenario, hardly ever alone

    title: Text | None = None
    """What people read instead of the name."""


def named(alias: str) -> Any:
    """An optional field whose name is a word of Python."""
    return Field(default=None, alias=alias)
