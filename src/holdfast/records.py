"""Records: frozen dataclasses that are cheap to define.

`dataclass` writes six functions for every class and compiles them, half a millisecond a class on Python 3.11: for the
fifty classes that a scenario is read into, a fifth of the time that it takes to check one. The functions of a record
are these, and all that knows dataclasses (`fields`, `replace`, `asdict`) knows records.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, fields
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Makes a frozen dataclass of a class that extends none: the same if its fields are the same, and never changed."""
    known = fields(dataclass(init=False, repr=False, eq=False)(cls))  # type: ignore[arg-type]
    names = tuple(each.name for each in known)
    every = set(names)
    defaults = {each.name: each.default for each in known if each.default is not MISSING}
    makers = {each.name: each.default_factory for each in known if each.default_factory is not MISSING}

    def __init__(self: T, *args: Any, **named: Any) -> None:
        given = dict(zip(names, args, strict=False), **named) if args else named
        whole = given
        if len(given) < len(names):
            whole = {**defaults, **{name: make() for name, make in makers.items() if name not in given}, **given}
        if len(given) != len(args) + len(named) or whole.keys() != every:
            raise TypeError(f"{cls.__name__} is made of {', '.join(names)}, not of {args} and {named}")
        self.__dict__.update(whole)

    def values(self: T) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in names])

    def __repr__(self: T) -> str:
        shown = (f"{name}={value!r}" for name, value in zip(names, values(self), strict=True))
        return f"{cls.__qualname__}({', '.join(shown)})"

    def __eq__(self: T, other: object) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def __hash__(self: T) -> int:
        return hash(values(self))

    def __setattr__(self: T, name: str, value: object = None) -> NoReturn:
        raise FrozenInstanceError(f"'{name}' of a {cls.__name__} never changes")

    for function in (__init__, __repr__, __eq__, __hash__, __setattr__):
        setattr(cls, function.__name__, function)
    cls.__delattr__ = __setattr__  # type: ignore[assignment]
    cls.__dataclass_params__.frozen = True  # type: ignore[attr-defined]  # so that frozen dataclasses may extend it
    return cls
