"""A world as text and back."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
from collections.abc import Iterator

import numpy as np
import pytest

from holdfast.parts import laws
from holdfast.study.worlds import alike, from_text, to_text
from tests.study import small


def test_a_world_comes_back_the_same() -> None:
    world = dataclasses.replace(small.make(build=True), notes={"a.b": "text"})
    text = to_text(world)
    back = from_text(text)
    assert to_text(back) == text
    assert back.start == world.start
    assert back.plants[0].campaign == float("inf")
    assert back.notes == {"a.b": "text"}
    np.testing.assert_array_equal(back.channels[0].capacity.values, world.channels[0].capacity.values)
    assert back.regimes[0].states[1].lasts == world.regimes[0].states[1].lasts


def test_the_same_world_gives_the_same_futures() -> None:
    from holdfast.engine.run import simulate

    world = small.make(build=True)
    one = simulate(world, replications=3, seed=5).totals
    two = simulate(from_text(to_text(world)), replications=3, seed=5).totals
    assert all(one[name].tobytes() == two[name].tobytes() for name in one)


def numbers(value: object, at: str = "") -> Iterator[tuple[str, object]]:
    """Every part of a world with each of its numbers changed in turn: where, and the whole part anew."""
    if isinstance(value, bool | str | None):
        return
    if isinstance(value, int | float):
        yield at, value + 1 if math.isfinite(value) else 1.0
    elif isinstance(value, np.ndarray):
        yield at, np.where(np.isfinite(value), value, 0) + 1
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from ((where, (*value[:i], new, *value[i + 1 :])) for where, new in numbers(item, f"{at}[{i}]"))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            for where, new in numbers(getattr(value, field.name), f"{at}.{field.name}"):
                changed = copy.copy(value)  # and no check of what a part may be
                object.__setattr__(changed, field.name, new)
                yield where, changed


def test_worlds_are_alike_where_no_number_that_matters_differs() -> None:
    world = small.make(build=True)
    again = dataclasses.replace(from_text(to_text(world)), what_if="rough")
    assert alike(world, again)
    changed = dict(numbers(world))
    assert {".projects[0].capex", ".regimes[0].states[1].lasts.mu", ".uses[0].demand.scale.values"} < set(changed)
    assert not [where for where, other in changed.items() if alike(world, other)]
    assert not alike(world, dataclasses.replace(world, notes={"a": "b"}))
    assert not alike(world, dataclasses.replace(world, standards=world.standards[:1]))


def test_projects_that_never_begin_make_no_difference() -> None:
    world = small.make()
    promised = dataclasses.replace(world, projects=(dataclasses.replace(world.projects[0], finished=90),))
    assert alike(world, promised)
    begun = dataclasses.replace(world, projects=(dataclasses.replace(world.projects[0], start=90),))
    assert not alike(world, begun)
    assert not alike(begun, world)


@pytest.mark.parametrize(
    "rows", [((1, 2.5, 0),), ((1, math.inf, 0),), ((1, 2.0), 3.0), (True, None, 2), (), ((), (4,)), (math.nan, "x")]
)
def test_rows_of_numbers_are_kept_whatever_is_among_them(rows: tuple[object, ...]) -> None:
    """Rows that JSON can hold are taken whole; all others are looked into, for it knows no infinity."""
    world = small.make()
    keep = dataclasses.replace(world.keeps[0], under_way=rows)
    back = from_text(to_text(dataclasses.replace(world, keeps=(keep,)))).keeps[0].under_way
    assert repr(back) == repr(rows)


@pytest.mark.parametrize("text", ["[]", "{}", '{"$": "os"}', '{"$": "Good"}', '{"$": "array", "dtype": "O"}', "3"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="world"):
        from_text(text)


def test_only_known_classes_are_built() -> None:
    packed = json.loads(to_text(small.make()))
    packed["regimes"][0]["$"] = "builtins.exec"
    with pytest.raises(ValueError, match="not the text of a world"):
        from_text(json.dumps(packed))


def test_every_law_can_be_kept() -> None:
    """Also those that hold other laws."""
    inner = (laws.Fixed(1.0), laws.Exponential(2.0))
    for law in (laws.Mixture((0.5, 0.5), inner), laws.Discrete((1.0, 2.0), (0.5, 0.5)), laws.Beta(2.0, 5.0)):
        world = dataclasses.replace(small.make())
        store = dataclasses.replace(world.stores[0], accident_destroys=law)
        back = from_text(to_text(dataclasses.replace(world, stores=(store,))))
        assert back.stores[0].accident_destroys == law
