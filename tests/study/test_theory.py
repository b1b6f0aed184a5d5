"""Formulas of study.theory against brute force, conservation and each other; published values are in truths/."""

from __future__ import annotations

import itertools
import math

import pytest

from holdfast.study.theory import (
    lots,
    newsvendors,
    pooling,
    production,
    projects,
    queues,
    rationing,
    reorder,
    sampling,
    serial,
    storages,
    survival,
)


@pytest.mark.parametrize(("h", "p", "k", "mean"), [(1, 9, 64, 12), (2, 5, 3, 4), (1, 4, 0.5, 7.5), (0.1, 20, 30, 1.3)])
def test_no_s_S_policy_of_a_grid_is_cheaper(h: float, p: float, k: float, mean: float) -> None:
    s, top, cost = reorder.s_S_optimal(h, p, k, mean)
    low, high = s - 8, top + 25
    costs = {(a, b): reorder.s_S_cost(a, b, h, p, k, mean) for a in range(low, high) for b in range(a + 1, high + 1)}
    assert cost == pytest.approx(min(costs.values()), rel=1e-10)
    assert costs[s, top] == pytest.approx(cost, rel=1e-12)


@pytest.mark.parametrize(("h", "p", "k", "rate", "time"), [(4, 28, 4, 12, 0.5), (1, 3, 50, 2.5, 2), (1, 90, 0.1, 5, 1)])
def test_no_r_Q_policy_of_a_grid_is_cheaper(h: float, p: float, k: float, rate: float, time: float) -> None:
    r, lot, cost = reorder.r_Q_optimal(h, p, k, rate, time)
    grid = itertools.product(range(r - 8, r + 9), range(1, lot + 15))
    assert cost == pytest.approx(min(reorder.r_Q_cost(a, b, h, p, k, rate, time) for a, b in grid), rel=1e-10)


def test_one_stage_is_a_newsvendor_and_no_lead_time_above_it_changes_nothing() -> None:
    level, cost = newsvendors.newsvendor_normal(3, 20, 10, 2)
    levels, total = serial.serial_normal([3], [2], 20, 5, math.sqrt(2))
    assert levels[0] == pytest.approx(level, abs=1e-3)
    assert total == pytest.approx(cost, rel=1e-6)
    whole, cost = newsvendors.newsvendor_poisson(3, 20, 10)
    assert serial.serial_poisson([3], [2], 20, 5) == ([whole], pytest.approx(cost, rel=1e-12))
    levels, longer = serial.serial_poisson([3, 1e-9], [2, 0], 20, 5)
    assert levels[0] == whole
    assert longer == pytest.approx(cost, rel=1e-6)


def test_normal_stages_agree_with_many_poisson_ones() -> None:
    """With a rate of 10,000 Poisson demand is nearly normal: costs per unit of sd agree to the skewness, 1 / 100."""
    rate = 10_000
    _, poisson = serial.serial_poisson([3, 2], [1, 2], 40, rate)
    _, normal = serial.serial_normal([3, 2], [1, 2], 40, rate, math.sqrt(rate))
    pipeline = 2 * rate * 1  # what is on its way to the first stage is held at the second one's rate
    assert (poisson - pipeline) == pytest.approx(normal - pipeline, rel=0.01)


def test_the_best_order_under_disruptions_has_no_cheaper_neighbour() -> None:
    for approximate in (False, True):
        best, cost = lots.eoqd(35, 4, 22, 30, 1, 12, approximate)
        for factor in (0.9, 0.99, 0.9999, 1.0001, 1.01, 1.1):
            assert lots.eoqd_cost(best * factor, 35, 4, 22, 30, 1, 12, approximate) > cost
    assert lots.eoqd(35, 4, 22, 30, 1e-12, 12)[0] == pytest.approx(lots.eoq(35, 4, 30)[0], rel=1e-6)


def test_wagner_whitin_against_every_plan() -> None:
    demand, fixed, holding = [3, 0, 8, 5, 0, 9], 11.0, 1.5

    def cost(orders: tuple[bool, ...]) -> float:
        total, last = 0.0, None
        for t, d in enumerate(demand):
            last = t if orders[t] else last
            if d and last is None:
                return math.inf
            total += fixed * orders[t] + (holding * (t - last) * d if last is not None else 0)
        return total

    least = min(cost(orders) for orders in itertools.product((False, True), repeat=len(demand)))
    found, plan = lots.wagner_whitin(fixed, holding, demand)
    assert found == least
    assert sum(plan) == sum(demand)


def test_base_stock_without_demand_noise_is_the_known_demand_model() -> None:
    """A lead time shifts the level by its demand; disruptions that end at once leave a plain newsvendor."""
    assert newsvendors.base_stock_disruptions(1, 9, 5, 1e-15, 1, 2)[0] == newsvendors.newsvendor_poisson(1, 9, 15)[0]
    level, cost = newsvendors.newsvendor_disruptions(1, 9, 100, 0.1, 0.3)
    for other in (level - 100, level - 50, level + 50, level + 100):
        assert newsvendors.newsvendor_disruptions_cost(other, 1, 9, 100, 0.1, 0.3) >= cost


def test_what_enters_an_embargoed_store_leaves_it() -> None:
    for capacity, demand, supply in ((20, 2, 3), (7.5, 1.5, 4), (5, 2, 3)):
        found = storages.embargo_chain(capacity, demand, supply, 0.05, 0.2)
        came = supply * 0.8 * (1 - found.refused_fraction)
        assert came == pytest.approx(demand * (1 - found.lost_fraction), rel=1e-12)


def test_short_periods_turn_the_chain_into_the_fluid() -> None:
    fluid = storages.fluid_store(10, 2, 1, 0.2, 0.25)
    gaps = []
    for dt in (0.1, 0.05):
        chain = storages.embargo_chain(10, dt, 2 * dt, -math.expm1(-0.2 * dt), -math.expm1(-0.25 * dt))
        gaps.append(chain.lost_fraction - fluid.lost_fraction)
    assert abs(gaps[1]) < 0.6 * abs(gaps[0]), "the gap halves with the period"
    assert abs(gaps[1]) < 0.02 * fluid.lost_fraction


def test_perishables_that_come_expire_or_are_sold() -> None:
    for arrival, demand, life in ((1, 1, 10), (0.8, 1, 30), (3, 2, 400), (2, 5, 0.3)):
        found = storages.perishable_poisson(arrival, demand, life)
        assert arrival - found.outdating_rate == pytest.approx(demand * (1 - found.p_stockout), rel=1e-12)


def test_lines_against_their_limits() -> None:
    line = production.geometric_line(0.05, 0.005, 0.2, 0.02, 400)
    assert line.throughput == pytest.approx(0.2 / 0.22, abs=0.01), "the slower machine bounds a long buffer"
    equal = production.geometric_line(0.1, 0.01, 0.1, 0.01, 10)
    assert equal.mean_buffer == pytest.approx(5), "equal machines leave the buffer half full"
    one, other = production.bernoulli_line(0.7, 0.85, 4), production.bernoulli_line(0.85, 0.7, 4)
    assert one.throughput == pytest.approx(other.throughput, rel=1e-12), "a line backwards makes as much"
    assert production.bernoulli_line(1.0, 0.6, 3).throughput == pytest.approx(0.6)


def test_the_smallest_plan_of_two_points() -> None:
    size, limit = sampling.two_point_plan(0.02, 0.05, 0.08, 0.1)
    fits = [
        (n, c)
        for c in range(limit + 1)
        for n in range(c + 1, size + 1)
        if sampling.accepts(n, c, 0.02) >= 0.95 and sampling.accepts(n, c, 0.08) <= 0.1
    ]
    assert fits == [(size, limit)]


def test_a_double_plan_by_counting() -> None:
    n1, c1, r1, n2, c2, p = 6, 0, 2, 5, 2, 0.2
    passed = looked = 0.0
    for one, two in itertools.product(range(n1 + 1), range(n2 + 1)):
        chance = math.comb(n1, one) * math.comb(n2, two) * p ** (one + two) * (1 - p) ** (n1 + n2 - one - two)
        undecided = c1 < one < r1
        passed += chance * (one <= c1 or (undecided and one + two <= c2))
        looked += chance * (n1 + n2 * undecided)
    found = sampling.double_plan(n1, c1, n2, c2, p, r1)
    assert (found.pa, found.asn) == (pytest.approx(passed), pytest.approx(looked))


def test_the_hypergeometric_law_nears_the_binomial_in_large_lots() -> None:
    small = sampling.accepts(50, 1, 0.02, "hypergeometric", 500)
    large = sampling.accepts(50, 1, 0.02, "hypergeometric", 500_000)
    assert large == pytest.approx(sampling.accepts(50, 1, 0.02), rel=1e-3)
    assert abs(small - large) > 100 * abs(large - sampling.accepts(50, 1, 0.02))


def test_priority_moves_waits_between_classes_and_makes_none() -> None:
    rates, service = [0.2, 0.6, 1.2], 3.0
    for servers in (1, 2, 3):
        waits = [queues.priority_wait(rates, service, servers, k) for k in range(3)]
        mean = sum(rate * wait for rate, wait in zip(rates, waits, strict=True)) / sum(rates)
        assert mean == pytest.approx(queues.mmc_wait(sum(rates), service, servers), rel=1e-12)
        urgent = [queues.priority_wait(rates, service, servers, k, preemptive=True) for k in range(3)]
        assert urgent[0] < waits[0]
        assert urgent[2] > waits[2]
    assert queues.mg1_wait(2, 1 / 3, 2 / 9) == pytest.approx(queues.mmc_wait(2, 3, 1))


@pytest.mark.parametrize(
    ("rates", "costs", "holding"),
    [([0.4, 0.5], [8, 3], 0.1), ([0.3, 0.9], [20, 1], 0.2), ([0.3, 0.3, 0.5], [30, 8, 1], 0.2)],
)
def test_no_levels_of_a_grid_ration_better(rates: list[float], costs: list[float], holding: float) -> None:
    top, levels, cost = rationing.ha_optimal(rates, costs, 1.0, holding)
    assert levels[0] == 0
    least = min(
        rationing.critical_levels(rates, 1.0, s, (0, *rest)).cost(rates, costs, holding)
        for s in range(1, top + 6)
        for rest in itertools.product(range(s + 1), repeat=len(rates) - 1)
    )
    assert cost == pytest.approx(least, rel=1e-12)


def test_pooling_without_lateral_time_needs_less_and_the_limit_is_said() -> None:
    numbers = (0.001, 10, 10.0, 1000.0, 500.0, 0.2, 2.0)
    alone = pooling.kranenburg(*numbers, 0.5, 10.0, pooled=False)
    shared = pooling.kranenburg(*numbers, 0.0, 10.0, pooled=True)
    assert shared.stock < alone.stock
    assert alone.wait == pytest.approx(0.2)
    with pytest.raises(ValueError, match="no exact formula is known"):
        pooling.kranenburg(1.0, 2, 10.0, 1000.0, 500.0, 0.001, 2.0, 0.5, 10.0, pooled=True)


def test_a_network_that_loses_what_it_does_not_need_survives_for_ever() -> None:
    assert survival.time_to_survive(survival.EXAMPLE) == math.inf
    assert survival.time_to_survive(survival.EXAMPLE, degraded={"R": 1.0}) == math.inf
    assert survival.lost_profit(survival.EXAMPLE, 3.0, ["A2"]) == pytest.approx(0.0, abs=1e-9)
    with pytest.raises(ValueError, match="P9 is not in the network, which holds P1"):
        survival.time_to_survive(survival.EXAMPLE, ["P9"])
    assert survival.single_lost(50, 10, 7.5) == pytest.approx(25.0)
    assert survival.single_time_to_survive(50, 10, 10) == math.inf


def test_projects_order_their_activities_and_refuse_circles() -> None:
    backwards = dict(reversed(projects.RELIABLE.items()))
    assert projects.pert(backwards) == projects.pert(projects.RELIABLE)
    assert (projects.finish_times(projects.RELIABLE, 5_000) >= 44 - 3 * 6).all()
    circle = {"a": projects.Activity(1, 2, 3, ("b",)), "b": projects.Activity(1, 2, 3, ("a",))}
    with pytest.raises(ValueError, match="wait for each other: a, b"):
        projects.pert(circle)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lots.eoq(0, 1, 1), "fixed is 0, and must be above 0"),
        (lambda: queues.erlang_c(3, 2), "load is 3, and must be below the 2 servers"),
        (lambda: storages.fluid_store(10, 1, 2, 1, 1), "supply is 1, and must be above the demand of 2"),
        (lambda: sampling.accepts(10, 1, 1.5), "defective is 1.5, and must be from 0 to 1"),
        (lambda: reorder.s_S_cost(5, 5, 1, 1, 1, 1), "S is 5, and must be above s, 5"),
        (lambda: production.make_to_stock(2, 1, 3), "must be below 1"),
    ],
)
def test_parameters_out_of_range_are_told(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
