"""The engine and its slow twin tell the same futures, draw for draw (docs/conventions.md as a whole)."""

from __future__ import annotations

from dataclasses import replace

import pytest

import holdfast as hf
from holdfast.parts.laws import Discrete, Fixed, Uniform
from holdfast.parts.ordering import NEEDS
from holdfast.parts.world import IN_TRANSIT, PROJECT_STATES, Condition, RegimeState
from reference.agreement import difference, run, run_files
from tests.oracle import hand

MUST_BE_THERE = {
    *(f"channel: {mode}" for mode in IN_TRANSIT),
    *(f"ordering: {kind}" for kind in (*NEEDS, "reroute", "wait", "capped")),
    *(f"signal: {kind}" for kind in ("backorders", "cover", "warning", "delay")),
    *(f"shelf life: {issue}" for issue in ("oldest_first", "youngest_first", "at_random")),
    *(f"store: {what}" for what in ("accidents", "open changes", "refused", "waits", "what waits costs")),
    *(f"consumer: {what}" for what in ("at_most", "backordered", "lost", "own stock", "saves", "served_above")),
    *(f"inspection: {what}" for what in ("lots", "lot 0", "rework")),
    *(f"line: {what}" for what in ("inputs", "own project", "several goods")),
    *(f"plant: {what}" for what in ("campaign", "closes", "restart", "runs changes", "stands already")),
    *(f"regime: {what}" for what in ("age", "pace", "script", "warning")),
    *(f"value: {what}" for what in ("reads a project", "reads a regime", "reads a signal", "since")),
    *(f"happened: {state}" for state in PROJECT_STATES),
    *(
        f"happened: {what}"
        for what in ("destroyed", "expired", "held", "lost", "missing", "refused", "scrapped", "waiting", "warned")
    ),
    "consumers: equal priority",
    "consumers: unequal priority",
    "channel: delivered",
    "channel: order cost",
    "channel: short by",
    *(f"link: {what}" for what in ("chain", "cost", "opening", "several ask")),
    "ordering: from a store",
    "ordering: from a store and a channel",
    "happened: owed",
    "happened: shipped",
    "price: correlated",
    "project: finished",
    "shelf life: disposal cost",
    "window: during",
    "window: within",
}


def test_engine_and_twin_agree_on_random_worlds():
    """All agree; what is seldom drawn is looked for in more of them, since a change of sources draws others."""
    covered: set[str] = set()
    for first_seed in (4, 5, 6, 7):
        tally = run(200, first_seed=first_seed)
        assert tally.worst is None, tally.worst
        assert tally.agreed == 200
        assert tally.worlds == 400
        covered |= set(tally.covered)
        if covered >= MUST_BE_THERE:
            break
    assert covered >= MUST_BE_THERE


def test_engine_and_twin_agree_on_random_scenario_files():
    tally = run_files(6, first_seed=2)
    assert tally.worst is None, tally.worst
    assert tally.agreed == 6
    assert tally.worlds >= 6 * 9


def test_a_wrong_twin_is_found_and_the_first_difference_told(monkeypatch):
    """A twin that lets goods expire one period late must not pass."""
    from reference.storage import Pile

    right = Pile.expire
    monkeypatch.setattr(Pile, "expire", lambda pile, t: right(pile, t - 1))
    tally = run(200, first_seed=4)
    assert tally.agreed < 200
    assert tally.worst is not None
    assert ".expired: twin 0.0, engine" in tally.worst


@pytest.mark.parametrize("rule", [("vector_base_stock", {"levels": (60.0, 15.0, 9.0)}), ("dual_index", {})])
def test_a_rule_that_looks_ahead_sees_what_was_under_way_beyond_the_horizon(rule):
    kind, levels = rule
    several = {"channels": (0, 1), "shares": (1.0, 0.0)}
    levels = levels or {"order_up_to": 40.0, "expedite_up_to": 200.0, **several}
    ships = (hand.channel("slow", lead_time=hand.law(2)), hand.channel("fast", lead_time=hand.law(3)))
    due = tuple((t, 2.0, 0) for t in range(1, 12))
    keep = hand.keep(30.0, hand.ordering(kind, **levels), under_way=due)
    assert difference(hand.world(8, channels=ships, keeps=(keep,)), seed=1, replication=0) is None


@pytest.mark.parametrize("lasts", [Discrete((1.0, 2.0, 5.0), (0.25, 0.5, 0.25)), Uniform(1.0, 5.0), Fixed(3.0)])
def test_engine_and_twin_agree_where_a_state_is_older_than_its_law_lasts(lasts):
    states = (
        RegimeState("a", lasts, (0.0, 1.0), hand.number(1)),
        RegimeState("b", lasts, (1.0, 0.0), hand.number(1)),
    )
    old = hand.world(
        40, conditions=(Condition("trade", ("a", "b")),), regimes=(hand.regime("trade", (), states=states, age=9.0),)
    )
    assert [difference(old, seed=3, replication=n) for n in range(4)] == [None] * 4


@pytest.mark.parametrize("replication", [0, 1])
def test_engine_and_twin_agree_on_the_cartridge_plant(replication):
    world = replace(hf.load("cartridge-plant").world("plant"), periods=400)
    assert difference(world, seed=7, replication=replication) is None
