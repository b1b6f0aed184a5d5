"""The engine and its slow twin tell the same futures, draw for draw (docs/conventions.md as a whole)."""

from __future__ import annotations

import pytest

from reference.agreement import difference, run

EVERY_PART = {
    "channel: held",
    "channel: lost",
    "channel: passes",
    "channel: refunded",
    "consumer: backordered",
    "consumer: lost",
    "inspection: lots",
    "line: several goods",
    "ordering: base_stock",
    "ordering: constant_order",
    "ordering: r_Q",
    "ordering: s_S",
    "plant",
    "price",
    "project",
    "regime",
    "signal: backorders",
    "signal: cover",
    "store: refused",
    "store: waits",
}


def test_engine_and_twin_agree_on_random_worlds():
    agreed, covered, worst = run(150, first_seed=4)
    assert worst is None, worst
    assert agreed == 150
    assert set(covered) >= EVERY_PART


def test_a_wrong_twin_is_found(monkeypatch):
    """A twin that expires goods one period late must not pass."""
    from reference.storage import Pile

    right = Pile.expire
    monkeypatch.setattr(Pile, "expire", lambda pile, t: right(pile, t - 1))
    agreed, _, worst = run(200, first_seed=4)
    assert agreed < 200
    assert worst is not None
    assert ".expired: twin" in worst


@pytest.mark.parametrize("replication", [0, 1])
def test_engine_and_twin_agree_on_the_cartridge_plant(replication):
    from dataclasses import replace

    import holdfast as hf

    world = replace(hf.load("cartridge-plant").world("plant"), periods=400)
    assert difference(world, seed=7, replication=replication) is None
