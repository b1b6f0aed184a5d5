"""The engine gives the same future whatever the threads, the blocks and what else is simulated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from holdfast.engine.lower import lower
from holdfast.engine.run import TOGETHER, Outcome, record, records, simulate
from holdfast.errors import EngineError
from tests.engine.worlds import cartridges, number


def same(a: Outcome, b: Outcome, count: int) -> bool:
    totals = all(np.array_equal(a.totals[k][:count], b.totals[k][:count]) for k in a.totals)
    return totals and all(np.array_equal(a.yearly[k][:, :count], b.yearly[k][:, :count]) for k in a.yearly)


@pytest.fixture(scope="module")
def reference():
    return simulate(cartridges(plant=True), replications=500, seed=7, threads=1)


@pytest.mark.parametrize(("threads", "block"), [(2, 192), (3, 192), (1, 1), (2, 37), (1, 512)])
def test_threads_and_blocks_do_not_matter(reference, threads, block):
    other = simulate(cartridges(plant=True), replications=500, seed=7, threads=threads, block=block)
    assert same(reference, other, 500)
    assert all(np.array_equal(reference.bands[k].counts, other.bands[k].counts) for k in reference.bands)


def test_the_first_of_many_equal_a_run_of_few(reference):
    assert same(simulate(cartridges(plant=True), replications=120, seed=7), reference, 120)


def test_chunks_can_be_joined(reference):
    tail = simulate(cartridges(plant=True), replications=100, seed=7, first=400)
    for name, values in tail.totals.items():
        assert np.array_equal(values, reference.totals[name][400:])


def test_another_seed_is_another_world(reference):
    other = simulate(cartridges(plant=True), replications=500, seed=8)
    assert not np.array_equal(other.totals["costs.imports"], reference.totals["costs.imports"])


def test_adding_a_part_moves_no_other_draws(reference):
    """Without the plant, demand and regimes are the same, future by future."""
    imports = simulate(cartridges(), replications=500, seed=7)
    for name in (
        "consumers.military.ball.demand",
        "consumers.police.ball.demand",
        "regimes.sanctions.warned",
        "windows.0.periods",
    ):
        assert np.array_equal(imports.totals[name], reference.totals[name])
    assert not np.array_equal(imports.totals["costs.imports"], reference.totals["costs.imports"])


@pytest.mark.parametrize("others", [1, 7, 9])
def test_a_model_of_another_number_of_replications_is_refused(others):
    """It says where outputs are put: with fewer of them a block would write beyond them."""
    world = cartridges(periods=10)
    with pytest.raises(EngineError, match=f"8 replications with a model of {others}"):
        simulate(world, replications=8, seed=7, model=lower(world, replications=others))


def test_futures_recorded_together_are_those_recorded_alone():
    world = cartridges(plant=True)
    together = list(records(world, seed=7, first=3, replications=TOGETHER + 2))
    assert len(together) == TOGETHER + 2
    for i in (0, TOGETHER - 1, TOGETHER, TOGETHER + 1):
        alone, _ = record(world, seed=7, replication=3 + i)
        assert alone.keys() == together[i].keys()
        assert all(np.array_equal(alone[name], together[i][name]) for name in alone)


def test_a_record_adds_up_to_the_totals(reference):
    told, finals = record(cartridges(plant=True), seed=7, replication=321)
    for name, value in finals.items():
        assert value == reference.totals[name][321]
    for name in told:
        if name in reference.totals:
            assert told[name].sum() == pytest.approx(reference.totals[name][321], rel=1e-12, abs=1e-9)


def test_bands_are_quantiles_of_what_is_recorded():
    world, n = cartridges(periods=60), 40
    outcome = simulate(world, replications=n, seed=3)
    stock = np.array([record(world, seed=3, replication=i)[0]["stores.depot.ball.on_hand"] for i in range(n)])
    band = outcome.bands["stores.depot.ball.on_hand"]
    exact = np.quantile(stock, 0.5, axis=0, method="inverted_cdf")[band.periods]
    assert np.max(np.abs(band.quantile(0.5) - exact)) <= 2 * band.top / 510


def test_yearly_figures_add_up(reference):
    for name, by_year in reference.yearly.items():
        assert by_year.sum(axis=0) == pytest.approx(reference.totals[name], rel=1e-4, abs=1e-2)


def test_what_goes_wrong_is_named_with_its_replication():
    world = cartridges(periods=10)
    broken = replace(world, keeps=(replace(world.keeps[0], on_hand=float("nan")), *world.keeps[1:]))
    with pytest.raises(EngineError, match=r"not finite.*replication 4 of 'imports' with seed 1"):
        simulate(broken, replications=3, seed=1, first=4)


def test_no_replication_is_an_error():
    with pytest.raises(EngineError, match="at least 1"):
        simulate(cartridges(periods=3), replications=0, seed=1)


def test_a_changed_parameter_compiles_nothing():
    from holdfast.engine import kernel

    world = cartridges(periods=5, plant=True)
    simulate(world, replications=5, seed=1)
    before = set(kernel._compiled)
    dearer = replace(world, channels=(replace(world.channels[0], price=number(9)), *world.channels[1:]))
    two = replace(world, channels=(*world.channels, replace(world.channels[0], name="another")))
    simulate(dearer, replications=5, seed=1)
    simulate(two, replications=5, seed=1)
    assert set(kernel._compiled) == before


def test_every_period_of_a_flow_is_kept_where_it_is_asked_for(reference):
    names = ["consumers.military.ball.unmet", "costs.imports"]
    world = cartridges(plant=True)
    found = simulate(world, replications=40, seed=7, each_period=names, block=7)
    assert list(found.yearly) == names
    for name in found.totals:
        assert np.array_equal(found.totals[name], reference.totals[name][:40]), name
    records, _ = record(world, seed=7, replication=33)
    for name in names:
        assert found.yearly[name].shape == (world.periods, 40)
        assert np.allclose(found.yearly[name][:, 33], records[name], rtol=1e-6, atol=1e-6)
        assert np.allclose(found.yearly[name].sum(axis=0), found.totals[name], rtol=1e-4)
        assert found.totals[name].max() > 0


def test_a_flow_that_follows_from_others_is_kept_in_every_period_as_well(reference):
    world = cartridges(plant=True)
    ends = (".output", ".entered", ".effective_capacity")
    names = [name for name in reference.totals if name.endswith(ends) and name.split(".")[0] != "stores"]
    assert {name.rpartition(".")[2] for name in names} == {each[1:] for each in ends}
    found = simulate(world, replications=12, seed=7, each_period=names, block=7)
    records, _ = record(world, seed=7, replication=9)
    for name in names:
        assert np.allclose(found.yearly[name][:, 9], records[name], rtol=1e-6, atol=1e-3), name
        assert np.allclose(found.totals[name], reference.totals[name][:12], rtol=1e-9), name
        assert found.totals[name].max() > 0, name
