"""The bound where stores order from stores: what is on its way takes its time, and no plan is cheaper."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import holdfast as hf
from holdfast.engine.run import simulate
from holdfast.parts.world import World
from holdfast.study import measures
from holdfast.study.case import Case
from holdfast.study.search.bound import Bound, bound, why_not
from truths.engine import world
from truths.families.serial import stages

RESERVE = Path(__file__).parents[1] / "spec" / "reserve.yaml"

CHAIN = """
holdfast: 1
name: chain
question: What does a plan cost that knows the future?
clock: {start: 2026-01-05, period: 1 week, horizon: 8 weeks, cover_at: normal}
money: {currency: EUR, price_year: 2026, discount_rate: 0 %/year}
goods:
  saline: {unit: bag}
stores:
  reserve:
    capacity: unlimited
    holding_cost: RESERVE EUR/bag/week
    keeps: {saline: {opening: {on_hand: 100 bags, under_way: none}}}
  depot:
    capacity: unlimited
    holding_cost: DEPOT EUR/bag/week
    keeps:
      saline:
        opening: {on_hand: 10 bags, under_way: none}
        ordering:
          kind: base_stock
          review_period: 1 week
          order_up_to: 40 bags
          from: {reserve: {lead_time: TIME, cost: 0.1 EUR/bag}}
consumers:
  clinics: {draws_from: [depot], demand: {saline: {fixed: 10 bags/week}}, unmet: lost, shortage_cost: 5 EUR/bag}
"""


def chain(tmp_path: Path, time: str, reserve: float = 0.0, depot: float = 0.0) -> World:
    text = CHAIN.replace("TIME", time).replace("RESERVE", f"{reserve:g}").replace("DEPOT", f"{depot:g}")
    path = tmp_path / "chain.yaml"
    path.write_text(text, encoding="utf-8")
    return hf.load(path).world()


def costs_of(made: World, futures: int) -> np.ndarray:
    """(replication,) what a plan costs, being short counted."""
    return measures.costs(Case(made, simulate(made, replications=futures, seed=7).totals), shortage=True)


def bounded(made: World, futures: int, *ends: World) -> Bound:
    assert why_not(made, list(ends)) == ""
    found = bound(made, list(ends), costs_of(made, futures), 7, 0)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("time", "short"), [("0 weeks", 0), ("1 week", 0), ("2 weeks", 1), ("4 weeks", 3), ("9 weeks", 7)]
)
def test_nothing_arrives_before_it_can(tmp_path, time: str, short: int) -> None:
    """Ten bags serve the first week; what comes from the reserve serves from its lead time on, at 0.1 EUR a bag."""
    found = bounded(chain(tmp_path, time), 2)
    assert found.least.estimate == pytest.approx(50 * short + 0.1 * 10 * (7 - short), rel=1e-6)


def test_a_way_that_may_be_quick_is_taken_to_be_so_where_that_is_cheaper(tmp_path) -> None:
    """From one to three weeks: no week goes unserved. A way of exactly three weeks loses two."""
    drawn = bounded(chain(tmp_path, "{uniform: {between: [1 week, 3 weeks]}}"), 4)
    assert drawn.least.estimate == pytest.approx(7.0, rel=1e-6)
    assert drawn.above.estimate >= 0.0


@pytest.mark.parametrize("time", ["2 weeks", "{uniform: {between: [1 week, 3 weeks]}}"])
def test_what_is_held_where_is_paid_there(tmp_path, time: str) -> None:
    """A bag a week costs 1 EUR in the reserve and 2 in the depot.

    Two weeks: ten a week are shipped two weeks before they are used, and the forty that nobody will use when they no
    longer arrive in time: 90 + 80 + 70 + 60 + 50 + 40, ten bags short, a hundred shipped. From one to three weeks, a
    bag is shipped three weeks before it is used, or before the end.
    """
    found = bounded(chain(tmp_path, time, reserve=1.0, depot=2.0), 2)
    if time == "2 weeks":
        assert found.least.estimate == pytest.approx(390 + 50 + 10, rel=1e-6)
    else:  # weeks 1, 2 and 3 are shipped for at once; after week 4 no bag need arrive
        assert found.least.estimate == pytest.approx(70 + 60 + 50 + 40 + 30 + 10, rel=1e-6)


def test_a_way_whose_time_a_lever_turns_is_as_quick_as_it_can_be(tmp_path) -> None:
    slow, quick = chain(tmp_path, "4 weeks"), chain(tmp_path, "1 week")
    assert bounded(slow, 2, quick).least.estimate == pytest.approx(7.0, rel=1e-6)


def test_where_a_lever_turns_who_orders_from_whom_there_is_no_bound(tmp_path) -> None:
    made = chain(tmp_path, "1 week")
    assert why_not(made, [dataclasses.replace(made, links=())]) == "a lever changes which store orders from which"


@pytest.mark.parametrize("alternative", ["today", "slow", "direct"])
def test_no_simulated_plan_is_cheaper(alternative: str) -> None:
    """Poisson demand, a reserve that closes, lead times that change, two sources."""
    made = hf.load(RESERVE).world(alternative)
    found = bounded(made, 8)
    assert found.least.estimate > 0.0
    assert found.above.low >= 0.0


@pytest.mark.parametrize(
    ("parameters", "levels", "optimum"),
    [
        ({"local_h": [7, 4, 2], "L": [1, 1, 2], "p": 37.12, "mean": 5, "sd": 1}, [6.49, 12.02, 22.71], 47.660161),
        ({"echelon_h": [3, 2, 2], "L": [1, 1, 2], "p": 37.12, "lam": 5}, [9, 15, 26], 72.0467),
    ],
)
def test_the_bound_of_a_serial_system_lies_below_its_optimum(parameters: dict, levels: list, optimum: float) -> None:
    """Clark and Scarf: no plan costs less than the optimum on average, and who knows demand costs no more than it.

    The optimum counts what is on its way, at 4 and 2 a unit and period: 5 units of demand and the lead time of each.
    The bound is not trivial: who knows demand still holds what is there at the start until it is used.
    """
    periods = 60
    made = dataclasses.replace(world(stages(parameters, levels)[0]), periods=periods)
    found = bounded(made, 10)
    moving = sum(rate * lead * 5 for rate, lead in zip([4, 2], parameters["L"], strict=False))
    assert 0.0 < found.least.high < (optimum - moving) * periods
    assert found.above.low > 0.0
