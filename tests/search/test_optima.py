"""Published optima: the search lands within 1 % of them (all of them: `dev.py optima`)."""

from __future__ import annotations

import pytest

from truths.optima import WITHIN, Landed, instances, landed, page


@pytest.mark.parametrize("name", ["s_S/zf-mu15-cost", "lost_sales/poisson-p4-L4-bb"])
def test_the_search_lands_near_the_published_optimum(name: str) -> None:
    instance = next(each for each in instances() if each.name == name)
    found = landed(instance, evaluations=120, futures=1_000)
    assert found.gap <= WITHIN, found.settings
    assert found.gap >= -WITHIN, "cheaper than the best there is"


def test_stages_in_a_row_land_near_the_published_optimum() -> None:
    """Three levers, of which the best values lie where no lever alone leads to from every start."""
    instance = next(each for each in instances() if each.name == "serial/ex6.1-cost-exact")
    found = landed(instance, evaluations=300, futures=1_000)
    assert found.gap <= WITHIN, found.settings
    assert found.gap >= -WITHIN, "cheaper than the best there is"


def test_stages_at_published_levels_cost_what_is_published() -> None:
    """Echelon levels 6.49, 12.02 and 22.71 (Snyder and Shen, example 6.1) as local ones; more on one costs more."""
    instance = next(each for each in instances() if each.name == "serial/ex6.1-cost-exact")
    best = {"stage-1": 6.49, "stage-2": 5.53, "stage-3": 10.69}
    assert instance.cost(best) == pytest.approx(instance.known, rel=0.005)
    assert instance.cost({**best, "stage-1": 10.0}) > 1.05 * instance.known
    assert set(instance.scenario["levers"]) == set(best)
    assert instance.scenario["levers"]["stage-2"]["sets"] == "stores.stage-2.keeps.good.ordering.order_up_to"


def test_a_gap_is_told_as_it_is() -> None:
    instance = instances()[0]
    row = Landed(instance, {"reorder": 10.0, "level": 49.0}, 1.02 * instance.known, 1.0)
    assert row.gap == pytest.approx(0.02)
    assert "2.00 %" in page([row])
    assert instance.cost({"reorder": 10.0, "level": 49.0}) == pytest.approx(instance.known, abs=0.001)
