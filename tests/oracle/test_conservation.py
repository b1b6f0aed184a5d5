"""Nothing comes from nowhere and nothing vanishes (conventions §21), in the twin as in the engine."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from reference.conservation import check
from reference.scenarios import worlds
from reference.simulator import simulate


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_the_twin_conserves_goods_in_every_period(world):
    assert check(world, simulate(world, seed=5, replication=0).records) == []


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_a_leak_is_found_and_its_period_named(world):
    records = simulate(world, seed=5, replication=0).records
    name = f"stores.{world.stores[0].name}.{world.goods[0].name}.on_hand"
    records[name][7] += 0.01
    found = check(world, records)
    assert any(line.startswith("store d0.g0, period 7:") for line in found)
    assert any(line.startswith("good g0") and "period 7:" in line for line in found)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_a_consumer_served_from_nothing_is_found(world):
    records = simulate(world, seed=5, replication=0).records
    use = world.uses[0]
    name = f"consumers.{world.consumers[use.consumer].name}.{world.goods[use.good].name}"
    records[f"{name}.served"][3] += 0.01
    assert any(line.startswith(f"{name}, period 3:") for line in check(world, records))
