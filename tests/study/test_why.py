"""Why: parts that sum to the whole, by worlds without a cause in the same futures."""

from __future__ import annotations

import dataclasses
import itertools
import math
from pathlib import Path

import numpy as np
import pytest

import holdfast as hf
from holdfast.engine.run import record, simulate
from holdfast.parts.laws import Fixed
from holdfast.parts.world import Changing, ChangingLaw
from holdfast.study import causes
from holdfast.study.why import EXACT, exact_weights, ring_weights, sums
from tests.study.small import make, plain

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def blockade():
    return hf.load(HERE / "blockade.yaml")


def shares(found, consumer: str, alternative: str | None = None) -> dict[str, float]:
    return {part.name: part.amount.estimate for part in found.of(consumer, alternative).parts}


def test_one_cause_has_all_of_it_as_worked_by_hand(blockade) -> None:
    found = hf.why(blockade, replications=4)
    assert shares(found, "kitchens") == {"embargo.strait": 80.0, "embargo.canal": 0.0, "policy": 0.0}
    assert found.of("kitchens").parts[0].share.interval() == (1.0, 1.0)


def test_independent_causes_have_their_own_parts(blockade) -> None:
    found = hf.why(blockade, replications=4)
    assert shares(found, "all") == {"embargo.strait": 80.0, "embargo.canal": 30.0, "policy": 0.0}
    assert found.of("all").total.estimate == 110.0


def test_what_is_short_without_any_cause_is_the_policy(blockade) -> None:
    found = hf.why(blockade, ["too-little"], replications=4)
    assert shares(found, "kitchens", "too-little") == {"embargo.strait": 80.0, "embargo.canal": 0.0, "policy": 80.0}


def test_causes_that_work_together_share_what_both_do(blockade) -> None:
    # Twice as much is eaten for ten weeks: short by 180 if shut and hungry, by 80 if shut alone, by 0 if hungry alone,
    # so 100 come of the two together.
    found = hf.why(blockade, what_if="hungry", replications=4)
    expected = {"embargo.strait": 130.0, "surge": 50.0, "embargo.canal": 0.0, "policy": 0.0}
    assert shares(found, "kitchens") == pytest.approx(expected)


def test_nobody_short_has_no_shares(blockade) -> None:
    told = hf.why(blockade, ["well-stocked"], replications=4)
    assert math.isnan(told.of("kitchens", "well-stocked").parts[0].share.estimate)
    assert "nothing is missing for kitchens in any of 4 futures" in told.table()


def test_a_flooded_plant_is_the_flood_and_no_policy() -> None:
    """The hurricane of `iv-fluids` is a regime that lines feel: without it those who buy from the plant are served."""
    world = hf.load("iv-fluids").world()
    dry = causes.without_outage(world, 0)
    assert [a is b for a, b in zip(world.lines, dry.lines, strict=True)].count(False) == 1
    assert dry.channels is world.channels
    (flooded,) = [line for line in dry.lines if line.name == "bags"]
    assert set(flooded.performance.values.ravel()) == {1.0}
    found = hf.why(hf.load("iv-fluids"), replications=20).of("direct")
    parts = {part.name: part.share.estimate for part in found.parts}
    assert parts["outage.flooded"] > 0.9
    assert parts["policy"] < 0.1


@pytest.mark.parametrize("name", ["magnets-2025", "cartridge-plant"])
def test_parts_sum_to_the_whole_and_repeat(name: str) -> None:
    scenario = hf.load(name)
    plan = list(scenario.alternatives)[-1]
    one, two = (hf.why(scenario, [plan], replications=20, threads=n) for n in (1, 2))
    assert one.to_dict() == two.to_dict()
    for each in one.attributions:
        assert sums(each.parts) == pytest.approx(each.total.estimate, rel=1e-12)
        assert math.fsum(part.share.estimate for part in each.parts) == pytest.approx(1.0, rel=1e-12)


def _value(count: int, game: dict[frozenset[int], float], weights) -> list[float]:
    return [sum(w * game[there] for there, w in each.items()) for each in weights]


def _by_all_orders(count: int, game: dict[frozenset[int], float]) -> list[float]:
    """Shapley's value by its definition: the mean over all orders of what each adds."""
    out = [0.0] * count
    for order in itertools.permutations(range(count)):
        there: frozenset[int] = frozenset()
        for i in order:
            out[i] += (game[there | {i}] - game[there]) / math.factorial(count)
            there |= {i}
    return out


def _game(count: int, deepest: int) -> dict[frozenset[int], float]:
    """A random game in which at most so many players work together."""
    draw = np.random.default_rng(count).normal
    sets = [frozenset(s) for n in range(count + 1) for s in itertools.combinations(range(count), n)]
    works = {s: float(draw()) for s in sets if 1 <= len(s) <= deepest}
    return {s: sum(v for t, v in works.items() if t <= s) for s in sets}


@pytest.mark.parametrize("count", [1, 2, 4, EXACT])
def test_exact_weights_are_the_mean_over_all_orders(count: int) -> None:
    game = _game(count, count)
    assert _value(count, game, exact_weights(count)) == pytest.approx(_by_all_orders(count, game))


@pytest.mark.parametrize("count", [2, 5, 6])
def test_the_ring_is_exact_for_pairs_and_always_sums_to_the_whole(count: int) -> None:
    pairs, deep = _game(count, 2), _game(count, count)
    assert _value(count, pairs, ring_weights(count)) == pytest.approx(_by_all_orders(count, pairs))
    whole = deep[frozenset(range(count))]
    assert sum(_value(count, deep, ring_weights(count))) == pytest.approx(whole)
    assert len({there for each in ring_weights(count) for there in each}) == count * (count - 1) + 2


def test_a_world_has_the_causes_that_it_has() -> None:
    assert [each.name for each in causes.causes(make())] == ["embargo.strait", "surge", "storage", "accident"]
    built = [each.name for each in causes.causes(make(build=True))]
    assert built == ["embargo.strait", "surge", "breakdown", "slip", "storage", "accident"]


def test_regimes_go_on_as_they_were_when_channels_no_longer_feel_them() -> None:
    world = make()
    calm = causes.without_embargo(world, 0)
    name = "regimes.strait.state"
    before, after = (record(each, seed=3, replication=5)[0] for each in (world, calm))
    assert before[name].any()
    np.testing.assert_array_equal(before[name], after[name])
    np.testing.assert_array_equal(before["consumers.army.shell.demand"], after["consumers.army.shell.demand"])


def test_each_cause_taken_out_does_no_harm_any_more() -> None:
    world = make(build=True)
    totals = {
        each.name: simulate(each.without(world), replications=100, seed=3).totals for each in causes.causes(world)
    }
    with_all = simulate(world, replications=100, seed=3).totals
    promised = world.projects[0].start + 100
    assert (totals["slip"]["projects.mill.opened"] == promised).all()
    assert (with_all["projects.mill.opened"] > promised).any()
    assert with_all["stores.shed.shell.destroyed"].sum() > 0 == totals["accident"]["stores.shed.shell.destroyed"].sum()
    demand = "consumers.army.shell.demand"
    assert totals["surge"][demand].sum() < with_all[demand].sum() == totals["slip"][demand].sum()
    effective = "plants.mill.effective_capacity"
    built = with_all["projects.mill.opened"] >= 0
    assert (totals["breakdown"][effective][built] > with_all[effective][built]).all()


def test_a_full_store_is_a_cause_where_it_keeps_goods_out() -> None:
    world = make()
    small = dataclasses.replace(world, stores=(dataclasses.replace(world.stores[0], capacity=plain(40.0)),))
    freed = causes.without_storage_cap(small)
    short = [
        float(simulate(each, replications=50, seed=3).totals["consumers.town.shell.unmet"].sum())
        for each in (small, freed, world)
    ]
    assert short[0] > 1.05 * short[1] > 0
    assert causes.without_storage_cap(freed) is freed


def test_short_shipments_are_a_cause_and_an_allocation_is_its_regimes_too() -> None:
    """A channel that delivers 40 % while the strait is shut is open then: both the regime and its shipments did it."""
    world = make()
    share = Changing(np.array([[0.0, 1.0]]), reads=(0,))
    allocates = dataclasses.replace(
        world.channels[0], open=plain(1.0), capacity=plain(30.0),
        delivered=ChangingLaw((Fixed(1.0), Fixed(0.4)), share, plain(1.0)),
    )  # fmt: skip
    world = dataclasses.replace(world, channels=(allocates,))
    found = {each.name: each.without(world).channels[0].delivered for each in causes.causes(world)}
    assert list(found)[:2] == ["embargo.strait", "shipment"]
    assert found["shipment"] is None
    held = found["embargo.strait"]
    assert held is not None
    assert held.which.values.tolist() == [[0.0]]
    lacks = "channels.ships.shed.shell.missing"
    assert simulate(world, replications=50, seed=3).totals[lacks].sum() > 0
    whole = [each.without(world) for each in causes.causes(world)[:2]]
    assert all(not simulate(each, replications=50, seed=3).totals.get(lacks, np.zeros(1)).any() for each in whole)


def test_no_lot_is_rejected_without_rejection() -> None:
    world = hf.load("cartridge-plant").world("imports")
    found = {cause.name: cause for cause in causes.causes(world)}
    assert {"breakdown", "slip"}.isdisjoint(found)  # nobody starts the plant
    for name, none in (("rejection", True), ("accident", False)):
        totals = simulate(found[name].without(world), replications=5, seed=1).totals
        scrapped = sum(float(v.sum()) for k, v in totals.items() if k.endswith(".scrapped"))
        assert (scrapped == 0.0) is none


def test_what_is_not_there_is_refused(blockade) -> None:
    for asked in ({"alternatives": ["tody"]}, {"what_if": "hungri"}, {"consumer": "kitchen"}, {"replications": 0}):
        with pytest.raises(hf.ScenarioError, match="HF403"):
            hf.why(blockade, **asked)
