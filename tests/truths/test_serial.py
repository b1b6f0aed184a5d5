"""Scenarios of stages in a row: their periods, local rates and local levels, worked by hand."""

from __future__ import annotations

import pytest

from truths.engine import world
from truths.families.serial import local_levels, local_rates, period_of, stages
from truths.registry import NotExpressible

SYSTEM = {"echelon_h": [3, 2, 2], "L": [1, 0.5, 2], "p": 37, "lam": 5}


@pytest.mark.parametrize(
    ("leads", "period"), [([1, 1, 2], 1.0), ([0.25, 0.25], 0.25), ([1, 0.5, 0.75], 0.25), ([2, 0, 4], 2.0)]
)
def test_a_period_goes_into_every_lead_time(leads: list[float], period: float) -> None:
    assert float(period_of(leads)) == period


@pytest.mark.parametrize(("leads", "why"), [([0, 1], "follow it"), ([1, 2**0.5], "no period in common")])
def test_lead_times_that_no_period_fits_are_refused(leads: list[float], why: str) -> None:
    with pytest.raises(NotExpressible, match=why):
        period_of(leads)


def test_local_rates_add_up_what_echelons_add() -> None:
    assert local_rates({"echelon_h": [3, 2, 2]}) == [7, 4, 2]
    assert local_rates({"local_h": [7, 4, 2]}) == [7, 4, 2]


def test_local_levels_are_differences_and_no_echelon_holds_more_than_the_next() -> None:
    assert local_levels([9, 15, 26]) == [9, 6, 11]
    assert local_levels([20, 15, 26]) == [15, 0, 11]


def test_the_last_stage_has_a_period_less_and_each_orders_from_the_next() -> None:
    text, period = stages(SYSTEM, [9, 15, 26])
    made = world(text)
    assert period == 0.5
    assert [made.stores[made.keeps[link.origin].store].name for link in made.links] == ["stage-2", "stage-3"]
    assert [link.lead_time.laws[0].mean() for link in made.links] == [1.0, 1.0]
    assert made.channels[0].lead_time.laws[0].mean() == 4.0
    assert made.uses[0].demand.laws[0].mean() == 2.5
    assert [store.holding_fixed for store in made.stores] == [3.5, 2.0, 1.0]
    assert made.consumers[0].shortage_cost == 18.5
