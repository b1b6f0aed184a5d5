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


def test_a_gap_is_told_as_it_is() -> None:
    instance = instances()[0]
    row = Landed(instance, {"reorder": 10.0, "level": 49.0}, 1.02 * instance.known, 1.0)
    assert row.gap == pytest.approx(0.02)
    assert "2.00 %" in page([row])
    assert instance.cost({"reorder": 10.0, "level": 49.0}) == pytest.approx(instance.known, abs=0.001)
