"""The bound where lines make goods: what they make costs what it must, and no plan is cheaper in the same future."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

import holdfast as hf
from holdfast.engine.run import records, simulate
from holdfast.parts.world import Changing, Standard, World
from holdfast.study import measures
from holdfast.study.case import Case
from holdfast.study.search.bound import bound, why_not
from holdfast.study.search.futures import values
from holdfast.study.search.making import _most
from reference.scenarios import worlds

MILL = """
holdfast: 1
name: mill
question: What does a plan cost that knows the future?
clock: {start: 2026-01-05, period: 1 week, horizon: 10 weeks, cover_at: normal}
money: {currency: EUR, price_year: 2026, discount_rate: 0 %/year}
goods: {flour: {unit: bag}, grain: {unit: bag}}
regimes:
  road:
    starts: open
    states: {open: {lasts: 4 weeks, then: shut}, shut: {lasts: 90 years, then: open}}
channels:
  lorries:
    carries: [grain]
    price: 2 EUR/bag
    lead_time: 0 weeks
    capacity: {usually: 1000 bags/week, while: {road: {shut: 0 bags/week}}}
    in_transit: held
plants:
  mill:
    PROJECT
    runs: yes
    fixed_cost: {running: 3 EUR/week}
    lines:
      stones:
        makes: [flour]
        nameplate: NAMEPLATE bags/week
        yield: YIELD
        takes: {grain: 1 bag/bag}
        variable_cost: 0.5 EUR/bag
    production: {kind: produce_to_target, target: 40 bags}
    output_to: store
stores:
  store:
    capacity: unlimited
    keeps:
      flour: {opening: {on_hand: 20 bags, under_way: none}}
      grain:
        opening: {on_hand: 0 bags, under_way: none}
        ordering: {kind: base_stock, review_period: 1 week, order_up_to: 100 bags, from: lorries}
consumers:
  bakers: {draws_from: store, demand: {flour: 10 bags/week}, unmet: lost, shortage_cost: 50 EUR/bag}
"""


def mill(folder: Path, nameplate: int = 20, good: str = "100 %", project: str = "") -> World:
    text = MILL.replace("NAMEPLATE", str(nameplate)).replace("YIELD", good)
    text = text.replace("    PROJECT\n", project)
    path = folder / "mill.yaml"
    path.write_text(text, encoding="utf-8")
    return hf.load(path).world()


def costs_of(made: World, futures: int) -> np.ndarray:
    """(replication,) what a plan costs: being short counted where no standard is asked."""
    found = simulate(made, replications=futures, seed=7)
    return measures.costs(Case(made, found.totals), shortage=not made.standards)


def least(made: World, *ends: World) -> float:
    assert why_not(made, list(ends)) == ""
    found = bound(made, list(ends), costs_of(made, 2), 7, 0)
    assert found is not None
    assert found.above.low >= -1e-6
    return found.least.estimate


def test_a_line_makes_what_is_wanted_of_what_came_before_the_road_shut(tmp_path) -> None:
    """Twenty bags are there; eighty more are milled, at 2.5 EUR each; the mill stands there at 3 EUR a week."""
    assert least(mill(tmp_path)) == pytest.approx(80 * 2.5 + 30.0, rel=1e-6)


def test_a_line_makes_no_more_than_its_nameplate(tmp_path) -> None:
    """Five bags a week: fifty in all, and thirty of the hundred wanted are missing."""
    assert least(mill(tmp_path, nameplate=5)) == pytest.approx(50 * 2.5 + 30 * 50 + 30.0, rel=1e-6)


def test_what_is_scrapped_is_milled_and_paid_too(tmp_path) -> None:
    assert least(mill(tmp_path, good="80 %")) == pytest.approx(100 * 2.5 + 30.0, rel=1e-6)


def test_nothing_is_made_before_the_plant_is_built_and_capex_is_paid(tmp_path) -> None:
    """It runs from week 6 on: four weeks are served from it, two from what is there, and four not."""
    project = """    project:
      start: 2026-01-05
      planned_duration: 6 weeks
      capex: 600 EUR
      ramp_up: {from: 100 %, over: 0 weeks}
"""
    expected = 600 + 40 * 2.5 + 40 * 50 + 4 * 3.0
    assert least(mill(tmp_path, project=project)) == pytest.approx(expected, rel=1e-6)


def test_a_target_that_a_lever_turns_binds_no_clairvoyant(tmp_path) -> None:
    made = mill(tmp_path)
    low = dataclasses.replace(made.plants[0], target=((0, Changing(((0.0,),))),))
    idle = dataclasses.replace(made, plants=(low,))
    assert why_not(made, [idle]) == ""
    assert least(idle) == pytest.approx(least(made), rel=1e-9)


def test_stock_that_expires_need_not_be_held(tmp_path) -> None:
    """A thousand bags that nobody uses expire after two weeks: who knew that would pay no more than that for them."""
    made = mill(tmp_path)
    store = dataclasses.replace(made.stores[0], holding_fixed=1.0)
    flour = dataclasses.replace(made.keeps[0], on_hand=1_000.0, shelf_life=2, age_class=1)
    least(dataclasses.replace(made, stores=(store,), keeps=(flour, *made.keeps[1:])))


@seed(11)
@settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # a failing world is small enough
)
@given(worlds())
def test_in_no_future_is_a_random_plan_cheaper_than_the_bound(world: World) -> None:
    """Shortage paid where nothing is asked; where a standard is, the clairvoyant serves at least as much."""
    asked = (Standard("served", "", 0, "fill_rate", 0.9, None, None),) if world.windows else ()
    for made in (world, dataclasses.replace(world, standards=asked)):
        if why_not(made, []):
            return
        for future, cost in enumerate(costs_of(made, 2)):
            found = bound(made, [], np.array([cost]), 7, future)
            assert found is None or found.above.estimate >= -1e-6 * (1.0 + abs(cost))


@pytest.mark.parametrize(
    ("name", "alternative", "part"),
    [("rubber-1942", "programme", 0.7), ("iv-fluids", "no-imports", 0.4), ("adblue-australia", "expand", 0.5)],
)
def test_shipped_plans_with_plants_have_a_bound(name: str, alternative: str, part: float) -> None:
    """It lies below what the plan costs in each future, and not so far below that it says nothing."""
    made = hf.load(name).world(alternative)
    assert why_not(made, []) == ""
    costs = costs_of(made, 2)
    found = bound(made, [], costs, 7, 0)
    assert found is not None
    assert found.above.influence is not None
    each = found.above.estimate + found.above.influence
    assert (each >= 0.0).all()
    assert found.least.estimate >= part * costs.mean()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("pace", "how long a regime lasts goes by what a plan does"),
        ("stalls", "how long a project takes goes by what a plan does"),
        ("demand", "what is wanted goes by what a plan does"),
    ],
)
def test_what_a_plan_moves_in_the_world_is_not_bounded(change: str, why: str) -> None:
    made = hf.load("cartridge-plant").world("plant")
    signal = next(i for i, each in enumerate(made.conditions) if each.states == ("off", "on"))
    reads = Changing(((1.0, 2.0),), (signal,))
    if change == "pace":
        states = tuple(dataclasses.replace(each, pace=reads) for each in made.regimes[0].states)
        made = dataclasses.replace(made, regimes=(dataclasses.replace(made.regimes[0], states=states),))
    elif change == "stalls":
        made = dataclasses.replace(made, projects=(dataclasses.replace(made.projects[0], stall_rate=reads),))
    else:
        law = dataclasses.replace(made.uses[0].demand, scale=reads, which=Changing(((0.0, 0.0),), (signal,)))
        made = dataclasses.replace(made, uses=(dataclasses.replace(made.uses[0], demand=law), *made.uses[1:]))
    assert why_not(made, []) == why


def test_a_ramp_binds_the_clairvoyant_too(tmp_path) -> None:
    """From week 6 on a fifth of the rate and 8 % more each week: 4, 5.6, 7.2 and 8.8 bags of the ten wanted."""
    project = """    project:
      start: 2026-01-05
      planned_duration: 6 weeks
      ramp_up: {from: 20 %, over: 10 weeks}
"""
    made = 4.0 + 5.6 + 7.2 + 8.8
    expected = made * 2.5 + (100 - 20 - made) * 50 + 4 * 3.0
    assert least(mill(tmp_path, project=project)) == pytest.approx(expected, rel=1e-6)


def test_what_lines_can_make_is_what_the_simulator_says_they_can() -> None:
    """Failures, projects, ramps, performance and yield of each future, to the last bit that sums keep."""
    world = hf.load("cartridge-plant").world("plant")
    for told in records(world, seed=7, first=3, replications=3):
        each = [
            _most([world], i, told) * values(world, line.yield_, told, True) for i, line in enumerate(world.lines)
        ]  # fmt: skip
        can = told["plants.maracay.effective_capacity"]
        assert can.sum() > 0.0
        assert np.sum(each, axis=0) == pytest.approx(can, rel=1e-9, abs=1e-6)


def alone(folder: Path, use: dict | None = None, consumer: dict | None = None, store: dict | None = None) -> World:
    """Twenty bags and nothing more to come: bakers want ten a week for ten weeks."""
    made = mill(folder)
    return dataclasses.replace(
        made,
        plants=(),
        lines=(),
        keeps=(made.keeps[0], dataclasses.replace(made.keeps[1], ordering=None)),
        uses=(dataclasses.replace(made.uses[0], **(use or {})),),
        consumers=(dataclasses.replace(made.consumers[0], **(consumer or {})),),
        stores=(dataclasses.replace(made.stores[0], **(store or {})),),
    )


def test_what_is_saved_is_neither_served_nor_short(tmp_path) -> None:
    """Half of a hundred bags is saved at 1 EUR each; twenty of the rest are there."""
    saves = {"saves": Changing(((0.5,),)), "saves_step": 1.0, "saves_cost": 1.0}
    assert least(alone(tmp_path)) == pytest.approx(80 * 50, rel=1e-6)
    assert least(alone(tmp_path, consumer=saves)) == pytest.approx(50 * 1 + 30 * 50, rel=1e-6)


def test_what_users_keep_themselves_serves_them(tmp_path) -> None:
    own = {"own_stock": Changing(((30.0,),)), "own_opening": 10.0}
    assert least(alone(tmp_path, use=own)) == pytest.approx(70 * 50, rel=1e-6)


def test_what_is_there_at_the_start_stays_where_it_does_not_fit(tmp_path) -> None:
    full = {"capacity": Changing(((5.0,),)), "overflow": "refused"}
    assert least(alone(tmp_path, store=full)) == pytest.approx(80 * 50, rel=1e-6)
