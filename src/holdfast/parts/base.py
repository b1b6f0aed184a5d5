"""What all parts share: how people's fields are declared.

A part is a class of annotations that nothing ever fills: it says which fields there are, which must be said (those
without a default), and in what form. `spec.sections` holds a file against them, and the texts become numbers in `spec`,
where units, places and the rest of the scenario are known.
"""

from __future__ import annotations

from types import UnionType
from typing import Any, NamedTuple, TypeAlias, Union, get_args, get_origin, get_type_hints

Text: TypeAlias = str
"""One word, date, quantity or share, as written."""

Value: TypeAlias = Any
"""A quantity, law, cover, share or changing value."""


class Form:
    """A block of fields, as people write it.

    Annotations are Text, Value, another form, and lists of texts or blocks of names of any of these; a field that may
    be left out is `| None = None`. A field whose name is a word of Python ends in an underscore, which people do not
    write.
    """


class Part(Form):
    """Something of a scenario that may have a title."""

    title: Text | None = None
    """What people read instead of the name."""


class Field(NamedTuple):
    """A field of a form."""

    kind: Any
    """`str`, `Any`, a form, `list[str]`, or `dict[str, K]` of one of these kinds."""
    must: bool
    """Whether it must be said."""


_fields: dict[type[Form], dict[str, Field]] = {}
"""What has been asked for: of each form once."""
_meanings: dict[type[Form], dict[str, str]] = {}


def fields(form: type[Form]) -> dict[str, Field]:
    """The fields of a form by the names that people write, those of the classes above it first."""
    if form not in _fields:
        found = _fields[form] = {}
        for attribute, hint in get_type_hints(form).items():
            optional = get_origin(hint) in (Union, UnionType)
            kind = next(each for each in get_args(hint) if each is not type(None)) if optional else hint
            found[attribute.removesuffix("_")] = Field(kind, not hasattr(form, attribute))
    return _fields[form]


def form_within(kind: Any) -> type[Form] | None:
    """The form that a field of this kind holds, alone or by name; None if it holds values."""
    while get_origin(kind) is dict:
        kind = get_args(kind)[1]
    return kind if isinstance(kind, type) and issubclass(kind, Form) else None


def meanings(form: type[Form]) -> dict[str, str]:
    """What each field of a form means, by the names that people write: the text below it in its class.

    The sources are read for it, which is why this is done only where somebody asks.
    """
    import ast
    import inspect

    if form in _meanings:
        return _meanings[form]
    found = _meanings[form] = {}
    for each in reversed(form.__mro__):
        if not issubclass(each, Form):
            continue
        (block,) = ast.parse(inspect.getsource(each)).body
        assert isinstance(block, ast.ClassDef)
        for field, below in zip(block.body, block.body[1:], strict=False):
            said = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and below.value.value
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(said, str):
                found[field.target.id.removesuffix("_")] = inspect.cleandoc(said)
    return found
