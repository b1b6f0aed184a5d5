"""Faults planted in the engine are caught: by the twin, and some by conservation alone (docs/explanation/twin.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from holdfast.engine import model
from reference.faults import FAULTS, OPS, Catches, Fault, catches, planted, some_worlds

if TYPE_CHECKING:
    from holdfast.parts.world import World
    from reference.simulator import Future

GOODS_GO_MISSING = {"waiting-lost", "backorders-lost", "inputs-not-taken", "owed-forgotten"}
"""Faults that need no twin to be seen."""


@pytest.fixture(scope="module")
def among() -> list[tuple[World, Future]]:
    """Random worlds, and what the twin tells of them."""
    return some_worlds(30)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_caught(name: str, among: list[tuple[World, Future]]) -> None:
    found = catches(FAULTS[name], among, first=True)
    assert found.caught, FAULTS[name].what
    assert bool(found.conservation) == (name in GOODS_GO_MISSING)


def test_what_is_no_fault_is_caught_by_nobody(among: list[tuple[World, Future]]) -> None:
    """The same meaning in other words, in ops that are compiled anew and in what is lowered."""
    ordering = Fault("nothing else", f"{OPS}.ordering", "put(F, Z, B, i, due, d, q)", "put(F, Z, B, i, due, d + 0, q)")
    lowering = Fault("nothing else", "holdfast.engine.model", '"production", "demand"', '"production", "dem" "and"')
    for fault in (ordering, lowering):
        assert catches(fault, among[:30]) == Catches()


def test_the_engine_is_right_again_afterwards(among: list[tuple[World, Future]]) -> None:
    phases = model.PHASES
    with planted(FAULTS["demand-before-production"]):
        assert phases != model.PHASES
    assert model.PHASES is phases
    assert (
        catches(Fault("nothing", "holdfast.engine.model", "ALWAYS: Final", "ALWAYS:  Final"), among[:10]) == Catches()
    )


def test_a_fault_that_would_not_be_planted_everywhere_is_refused() -> None:
    with (
        pytest.raises(ValueError, match="holds 'no such text' 0 times"),
        planted(Fault("", f"{OPS}.stores", "no such text", "")),
    ):
        pass
    take = Fault("oldest first", f"{OPS}.stores", "if rule == YOUNGEST_FIRST else", "if rule < 0 else")
    with pytest.raises(ValueError, match="has take in its own ops"), planted(take):
        pass
