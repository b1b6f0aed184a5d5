"""A record is a frozen dataclass in all that can be seen of it."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import dataclass, field

import pytest

from holdfast.records import record


@record
class Crate:
    """Made cheaply."""

    good: str
    units: float = 1.0
    marks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sealed(Crate):
    """With a field more, as another package may make it of a law."""

    seal: tuple[int, ...] = ()


def _twin(name: str) -> type:
    """The same class as `dataclass` makes it."""

    @dataclass(frozen=True)
    class Plain:
        good: str
        units: float = 1.0
        marks: list[str] = field(default_factory=list)

    Plain.__qualname__ = name
    return Plain


def test_it_is_made_shown_and_compared_as_a_dataclass_is() -> None:
    twin = _twin("Crate")
    for args, named in ((("ball",), {}), (("ball", 2.0), {"marks": ["x"]}), ((), {"units": 3.0, "good": "shot"})):
        one, other = Crate(*args, **named), twin(*args, **named)
        assert repr(one) == repr(other)
        assert dataclasses.asdict(one) == dataclasses.asdict(other)
        assert one == Crate(*args, **named)
        assert one != other
    assert [each.name for each in dataclasses.fields(Sealed)] == ["good", "units", "marks", "seal"]
    assert Crate("ball") != Crate("shot")
    assert Crate("ball") != Sealed("ball")
    assert Crate("ball").marks is not Crate("ball").marks
    assert dataclasses.replace(Sealed("ball", seal=(7,)), units=2.0) == Sealed("ball", 2.0, [], (7,))


@pytest.mark.parametrize(
    ("args", "named"),
    [((), {}), (("ball", 1.0, [], 4), {}), (("ball",), {"good": "shot"}), (("ball",), {"colour": "red"})],
    ids=["missing", "too many", "twice", "unknown"],
)
def test_fields_that_are_missing_unknown_or_said_twice_are_refused(args, named) -> None:
    for made in (Crate, _twin("Crate")):
        with pytest.raises(TypeError):
            made(*args, **named)


def test_an_unknown_field_does_not_stand_for_one_that_is_missing() -> None:
    with pytest.raises(TypeError, match="Crate is made of good, units, marks"):
        Crate(units=1.0, marks=[], colour="red")


def test_it_never_changes_and_can_be_a_key() -> None:
    one = Sealed("ball", 1.0, (), (1, 2))  # type: ignore[arg-type]
    assert {one: 1}[copy.deepcopy(one)] == 1
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.good = "shot"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.good  # type: ignore[misc]
    with pytest.raises(TypeError):
        hash(Crate("ball"))  # as of any list within
