"""Finite horizons, solved exactly: the same world as the simulator's, and the best there is in it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

from holdfast.engine.run import records, simulate
from holdfast.parts.laws import Exponential, Fixed, Gamma
from holdfast.study import measures
from holdfast.study.case import Case
from holdfast.study.exact import dual_sourcing, horizons, lost_sales, poisson
from holdfast.study.exact.horizons import TooLargeError, cost_of, least
from holdfast.study.exact.spells import lasting, leaving, spells
from holdfast.study.exact.worlds import NotSmallError, stock_of
from tests.study.stock import BASE_STOCK, SHUT, STRAIT, channel, scenario

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.parts.world import World
    from holdfast.study.exact.horizons import Rule, Stock

FUTURES = 20_000
ERRORS = 6.2
"""Standard errors: a right recursion fails one time in 10^9. One that is off by 1 % of the cost passes once in 10^6 at
most, since the standard error is below 0.09 % of the cost."""
SCRIPT = "script: [{from: 2026-02-02, state: shut}, {from: 2026-03-30, state: open}]"
HALF = ", paid: {on_order: 40 %, on_receipt: 60 %}"
LESS = "{usually: 9 sacks/week, since: {2026-03-02: 5 sacks/week}}"
HELD = channel(more=f", capacity: {SHUT}, in_transit: held")
ROAD = channel(0, "4 EUR/sack", name="road")


def base_stock(stock: Stock, level: int) -> Rule:
    """Order up to a level of the position; nothing where all sources are closed."""

    def rule(t: int, r: int, x: np.ndarray, late: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        ways = stock.slow or stock.fast
        coming = int(stock.due[t + 1 + stock.shift :].sum())
        wanted = np.clip(level - x - sum(late) - coming, 0, ways[0].most[t, r])
        return (x * 0, wanted) if stock.lag else (wanted, x * 0)

    return rule


def dual_index(level: int, expedite: int) -> Rule:
    def rule(t: int, r: int, x: np.ndarray, late: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        quick = np.maximum(0, expedite - x)
        return quick, np.maximum(0, level - x - sum(late) - quick)

    return rule


def up_to(level: int, **parts: str) -> dict[str, str]:
    return {"RULE": BASE_STOCK.replace("12", str(level)), **parts}


CASES: dict[str, tuple[int, dict]] = {
    "at once": (12, {}),
    "after one": (12, {"CHANNELS": channel(1)}),
    "after three, half paid, under way": (20, up_to(20, CHANNELS=channel(3, more=HALF), UNDERWAY="steady")),
    "backordered": (12, {"backordered": True}),
    "backordered after two": (
        20,
        up_to(20, CHANNELS=channel(2, more=HALF), UNDERWAY="steady") | {"backordered": True},
    ),
    "some waits": (12, {"CAPACITY": "9 sacks\n    overflow: waits\n    waiting_cost: 3 EUR/sack/week"}),
    "some is refused": (12, {"CAPACITY": "9 sacks\n    overflow: refused", "CHANNELS": channel(1)}),
    "eight a week": (12, {"CHANNELS": channel(more=", capacity: 8 sacks/week")}),
    "a retainer": (12, {"CHANNELS": channel(more=", retainer: 3 EUR/week")}),
    "a strait": (25, up_to(25, REGIMES=STRAIT, CHANNELS=HELD)),
    "an old strait": (
        25,
        up_to(25, REGIMES=STRAIT.replace("starts: open", "starts: {state: shut, age: 2 weeks}"), CHANNELS=HELD),
    ),
    "a strait as told": (
        25,
        up_to(25, REGIMES=STRAIT.replace("AGE", SCRIPT),
              CHANNELS=HELD),
    ),
    "a strait whose price rises": (
        30,
        up_to(30, REGIMES=STRAIT, CHANNELS=channel(
            1, "{usually: 2 EUR/sack, while: {strait: {shut: 9 EUR/sack}}}", f"{HALF}, capacity: {SHUT}")),
    ),
    "a strait, backordered after two": (
        35,
        up_to(35, REGIMES=STRAIT, CHANNELS=channel(2, more=f"{HALF}, capacity: {SHUT}")) | {"backordered": True},
    ),
    "a crisis of demand": (
        30,
        up_to(30, REGIMES=STRAIT, DEMAND="{usually: {poisson: {mean: 5 sacks/week}}, while: {strait: {shut: times 2}}}",
              CHANNELS=channel(1)) | {"backordered": True},
    ),
}  # fmt: skip


def simulated(world: World) -> tuple[float, float]:
    """What a plan costs on average, being short counted, and its standard error."""
    costs = measures.costs(Case(world, simulate(world, replications=FUTURES, seed=7).totals), shortage=True)
    return float(costs.mean()), float(costs.std()) / FUTURES**0.5


@pytest.mark.parametrize("name", list(CASES))
def test_a_rule_costs_what_it_costs_in_the_simulator(tmp_path: Path, name: str) -> None:
    """The recursion with the rule of the plan gives the cost of the plan, and the best of all costs no more."""
    level, parts = CASES[name]
    world = scenario(tmp_path, **parts).world()
    stock = stock_of(world)
    mean, error = simulated(world)
    exact = cost_of(stock, base_stock(stock, level), -120, level + 5, level)
    assert error < 0.0018 * mean
    assert abs(mean - exact) < ERRORS * error
    assert least(stock)[0] <= exact * (1 + 1e-12)


@pytest.mark.parametrize(("backordered", "leads"), [(False, (0, 2)), (True, (0, 2)), (True, (1, 3)), (False, (0, 1))])
def test_two_sources_cost_what_they_cost_in_the_simulator(tmp_path: Path, backordered: bool, leads: tuple) -> None:
    rule = "kind: dual_index, review_period: 1 week, order_up_to: 20 sacks, expedite_up_to: 6 sacks"
    world = scenario(
        tmp_path,
        backordered,
        HORIZON="16",
        RULE=f"{rule}, regular: ships, expedited: road",
        CHANNELS=channel(leads[1]) + ROAD.replace("lead_time: 0", f"lead_time: {leads[0]}"),
    ).world()
    stock = stock_of(world)
    assert (stock.lag, stock.shift) == (leads[1] - leads[0], leads[0])
    mean, error = simulated(world)
    exact = cost_of(stock, dual_index(20, 6), -80, 30, 20)
    assert abs(mean - exact) < ERRORS * error
    assert least(stock)[0] <= exact


def test_a_cost_of_each_order_is_counted(tmp_path: Path) -> None:
    rule = "kind: s_S, review_period: 1 week, reorder_point: 6 sacks, order_up_to: 17 sacks, from: ships"
    world = scenario(tmp_path, RULE=rule, CHANNELS=channel(more=", order_cost: 20 EUR, minimum_order: 4 sacks")).world()
    stock = stock_of(world)
    mean, error = simulated(world)
    exact = cost_of(stock, lambda _t, _r, x, _late: (np.where(x <= 6, 17 - x, 0), x * 0), 0, 60, 0)
    assert abs(mean - exact) < ERRORS * error
    assert least(stock)[0] < exact


def test_the_last_period_alone_is_a_newsvendor(tmp_path: Path) -> None:
    """Seven sacks are there; more cost 2 EUR each, a sack kept 1 EUR and a sack short 9."""
    stock = stock_of(scenario(tmp_path, HORIZON="1").world())
    law = poisson(5).first(60)
    counts = np.arange(60)
    costs = [
        2.0 * (s - 7) + float(law @ (np.maximum(s - counts, 0) + 9.0 * np.maximum(counts - s, 0))) for s in range(7, 30)
    ]
    assert least(stock)[0] == pytest.approx(min(costs), rel=1e-8)


def per_period(folder: Path, **parts: str) -> float:
    """What a week costs at least, far from both ends: no discount."""
    cost = {
        weeks: least(stock_of(scenario(folder, HORIZON=str(weeks), DISCOUNT="0", **parts).world()))[0]
        for weeks in (60, 90)
    }
    return (cost[90] - cost[60]) / 30


@pytest.mark.parametrize("lead", [1, 2])
def test_far_from_both_ends_it_is_the_long_run_average_of_lost_sales(tmp_path: Path, lead: int) -> None:
    """Zipkin's model: here 2 EUR a sack are paid on receipt, so a sack lost costs 7 more than one sold, and each 2."""
    average = lost_sales.optimal(lost_sales.LostSales(poisson(5), holding=1, shortage=7, lead_time=lead)).cost.value
    assert per_period(tmp_path, CHANNELS=channel(lead)) == pytest.approx(average + 2 * 5, rel=1e-4)


def test_far_from_both_ends_it_is_the_long_run_average_of_two_sources(tmp_path: Path) -> None:
    model = dual_sourcing.DualSourcing(poisson(2), lead_time=2, regular=2, expedited=4, holding=1, backlog=9)
    found = per_period(
        tmp_path, backordered=True, CHANNELS=channel(2) + ROAD, DEMAND="{poisson: {mean: 2 sacks/week}}",
        RULE="kind: dual_index, review_period: 1 week, order_up_to: 9 sacks, expedite_up_to: 3 sacks, regular: ships,"
        " expedited: road",
    )  # fmt: skip
    assert found == pytest.approx(dual_sourcing.optimal(model).value, rel=1e-4)


def test_orders_in_halves_are_no_better(tmp_path: Path) -> None:
    """The claim on which whole orders rest, by plain recursion over half sacks."""
    parts = {"HORIZON": "4", "DEMAND": "{poisson: {mean: 2 sacks/week}}", "CHANNELS": channel(1)}
    whole = stock_of(scenario(tmp_path, **parts).world())
    twice = dataclasses.replace(
        whole,
        laws=tuple(np.concatenate([np.stack([law, law * 0], axis=1).ravel()[:-1]]) for law in whole.laws),
        slow=tuple(dataclasses.replace(way, price=way.price / 2) for way in whole.slow),
        holding=whole.holding / 2,
        shortage=whole.shortage / 2,
        opening=2 * whole.opening,
    )
    assert least(twice)[0] == pytest.approx(least(whole)[0], rel=1e-9)


def test_a_bound_that_is_wide_enough_is_found(tmp_path: Path) -> None:
    """Before a strait that shuts for long, far more is stored than a week's use; bounds are widened until they do."""
    strait = STRAIT.replace("gamma: {mean: 3 weeks, cv: 0.5}", "gamma: {mean: 12 weeks, cv: 0.3}")
    stock = stock_of(scenario(tmp_path, REGIMES=strait, CHANNELS=HELD).world())
    found, _ = least(stock)
    best = min(cost_of(stock, base_stock(stock, level), 0, 200, 0) for level in (12, 30, 50, 70))
    assert found < best
    assert horizons._solved(horizons._Grid(stock, 0, 400, 0)) + stock.standing == pytest.approx(found, rel=1e-9)


def test_how_long_a_spell_lasts() -> None:
    """2.5 periods of work last two or three; an exponential is memoryless from the second period on."""
    assert lasting(Fixed(2.5), np.array([2.0, 3.0, 4.0])) == pytest.approx([1.0, 0.5, 0.0])
    leaves = leaving(Exponential(4.0), 0.0, 300)
    assert len(leaves) == 2
    assert leaves[1] == pytest.approx(-np.expm1(-0.25), abs=1e-9)
    draws = np.random.default_rng(7)
    gamma = Gamma.from_mean(3.0, 0.5)
    work = draws.gamma(gamma.shape, gamma.scale, 400_000)
    lengths = np.maximum(1, np.floor(work + draws.random(work.size)))
    drawn = [(lengths >= n).mean() for n in (2, 3, 5, 8)]
    assert lasting(gamma, np.array([2.0, 3.0, 5.0, 8.0])) == pytest.approx(drawn, abs=0.004)


def test_a_chain_stays_in_a_state_as_long_as_its_spells(tmp_path: Path) -> None:
    world = scenario(tmp_path, REGIMES=STRAIT, CHANNELS=HELD).world()
    chain = spells(world.regimes[0], world.periods)
    now = np.zeros(len(chain.codes))
    now[chain.start] = 1.0
    shares = []
    for t in range(world.periods):
        shares.append(float(now[chain.codes == 1].sum()))
        now = chain.move(t).T @ now
        assert now.sum() == pytest.approx(1.0)
    told = np.array(
        [each["regimes.strait.state"].mean() for each in records(world, seed=7, first=0, replications=2_000)]
    )
    assert np.mean(shares) == pytest.approx(float(told.mean()), abs=ERRORS * float(told.std()) / told.size**0.5)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"DEMAND": "{gamma: {mean: 5 sacks/week, cv: 0.5}}"}, "demand is not counted in whole numbers"),
        ({"CHANNELS": channel().replace("0 weeks", "{uniform: {between: [1 week, 3 weeks]}}")}, "a lead time is drawn"),
        ({"CHANNELS": HELD.replace("lead_time: 0", "lead_time: 2"), "REGIMES": STRAIT}, "what is under way"),
        ({"CHANNELS": channel(more=f", capacity: {LESS}")}, "the room"),
        ({"CAPACITY": "9 sacks\n    overflow: waits", "backordered": True}, "its store may be full"),
        ({"CAPACITY": "5 sacks\n    overflow: waits"}, "more is there at the start"),
        ({"LEVERS": "standards: {fed: {consumer: kitchens, measure: fill_rate, at_least: 90 %}}"}, "it weighs costs"),
    ],
)  # fmt: skip
def test_what_is_not_small_is_refused_in_words(tmp_path: Path, parts: dict, why: str) -> None:
    with pytest.raises(NotSmallError) as error:
        stock_of(scenario(tmp_path, **parts).world())
    assert str(error.value).startswith(why)


def test_too_many_states_are_refused_before_they_are_tried(tmp_path: Path) -> None:
    with pytest.raises(TooLargeError, match="too many"):
        least(stock_of(scenario(tmp_path, CHANNELS=channel(9)).world()))


def test_below_the_lowest_stock_cost_goes_on_in_a_line(tmp_path: Path) -> None:
    """Where an order can always be placed it is one, so nothing need be listed; where not, it lies below the cost."""
    always = stock_of(scenario(tmp_path, backordered=True).world())
    few, many = (horizons._solved(horizons._Grid(always, low, 60, 0)) for low in (-1, -200))
    assert few == pytest.approx(many, rel=1e-9)
    little = channel(more=", capacity: 6 sacks/week")
    slow = stock_of(scenario(tmp_path, backordered=True, CHANNELS=little).world())
    few, some, many = (horizons._solved(horizons._Grid(slow, low, 120, 0)) for low in (-1, -6, -200))
    assert 0.8 * many < few < some < many
