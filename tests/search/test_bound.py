"""The bound: what a plan that knew the future would cost, reckoned by hand."""

from __future__ import annotations

import numpy as np
import pytest

import holdfast as hf
from holdfast.engine.run import record
from holdfast.output.words_search import search_findings
from holdfast.study.search.bound import bound, part_above, why_not
from holdfast.study.search.journal import Journal
from holdfast.study.search.space import Plan, Space, space_of
from holdfast.study.search.trials import Budget, Trials
from tests.search.conftest import changed


def worlds(space: Space, plan: Plan) -> tuple:
    ends = [space.plan([end, *space.values(plan)[1:]]) for end in (10.0, 400.0)]
    return space.world(plan), [space.world(each) for each in ends]


def costs_of(space: Space, plan: Plan, futures: int) -> np.ndarray:
    scores = Trials(space, 7, Journal({}), Budget()).extend(plan, futures)
    assert scores is not None
    return scores.part("cost")


def test_a_clairvoyant_buys_what_is_served_and_nothing_else(strait: hf.Scenario) -> None:
    """A sack is 1 EUR, ten are there at the start, and room is free up to what there is: what is served less ten."""
    space = space_of(strait, None)
    plan = ("150 sacks", "no")
    best, ends = worlds(space, plan)
    assert why_not(best, ends) == ""
    costs = costs_of(space, plan, 10)
    found = bound(best, ends, costs, 7, 0)
    assert found is not None
    served = [record(best, seed=7, replication=i)[0]["consumers.kitchens.salt.served"].sum() for i in range(10)]
    assert found.least.estimate == pytest.approx(np.mean(served) - 10.0, rel=1e-6)
    assert found.above.estimate == pytest.approx(costs.mean() - np.mean(served) + 10.0, rel=1e-6)
    low, high = part_above(found)
    assert 0 < low <= high


def test_room_that_must_be_bought_costs(tmp_path, strait: hf.Scenario) -> None:
    """With a lever on the barn, the clairvoyant buys the room that its stock needs, and no more."""
    scenario = changed(
        tmp_path,
        ("capacity: 500 sacks", "capacity: 100 sacks\n    overflow: refused"),
        ("  road: {sets", "  room: {sets: stores.barn.capacity, from: 100 sacks, to: 500 sacks}\n  road: {sets"),
    )
    space = space_of(scenario, None)
    plan = ("150 sacks", "200 sacks", "no")
    best = space.world(plan)
    ends = [space.world((kept, room, "no")) for kept, room in (("150 sacks", "100 sacks"), ("150 sacks", "500 sacks"))]
    assert why_not(best, ends) == ""
    found = bound(best, ends, costs_of(space, plan, 8), 7, 0)
    assert found is not None
    needed = []
    for i in range(8):
        records = record(best, seed=7, replication=i)[0]
        shut = records["regimes.strait.state"] == 1
        served = records["consumers.kitchens.salt.served"]
        stock = served[shut].sum()  # held when the strait shuts, after the use of the week before
        needed.append(served.sum() - 10.0 + max(0.0, stock - 100.0))
    assert found.least.estimate == pytest.approx(np.mean(needed), rel=1e-6)
    assert found.least.estimate <= costs_of(space, plan, 8).mean()


def test_no_simulated_plan_that_serves_as_well_is_cheaper(strait: hf.Scenario) -> None:
    space = space_of(strait, None)
    for plan in (("30 sacks", "no"), ("90 sacks", "yes"), ("400 sacks", "yes")):
        best, ends = worlds(space, plan)
        found = bound(best, ends, costs_of(space, plan, 6), 7, 0)
        assert found is not None
        assert found.above.estimate >= -1e-6


def test_the_answer_tells_the_bound(strait: hf.Scenario) -> None:
    found = hf.search(strait, evaluations=60, replications=1_000)
    assert found.bound is not None
    (text,) = [each.text for each in search_findings(found) if each.kind == "bound"]
    assert "that knew the future" in text
    assert "% dearer" in text
    best = found.chosen[0].best
    assert found.bound.least.estimate < found.tested[best].cost.estimate  # type: ignore[index]


def test_stock_that_waits_outside_is_told(tmp_path) -> None:
    """With a barn of 60 sacks, what is kept beyond them waits for room, and the answer warns where that is cheap."""
    found = hf.search(
        changed(tmp_path, ("capacity: 500 sacks", "capacity: 60 sacks")), evaluations=60, replications=500
    )
    assert found.best is not None
    assert found.waiting["barn"].low > 0.05
    (text,) = [each.text for each in search_findings(found) if each.kind == "waiting"]
    assert text.startswith("Beware: ")
    assert "waits outside" in text
    assert found.cheap_outside == ("barn",)
    assert found.bound is not None, "what waits outside serves too"
    assert found.bound.least.estimate < found.tested[found.chosen[0].best].cost.estimate  # type: ignore[index]


def test_a_plan_does_not_lean_on_waiting_that_costs_more_than_the_road(tmp_path) -> None:
    """A sack outside costs 1 EUR a week: for those few weeks the road, at 4 EUR a sack, is cheaper than the wait."""
    paid = changed(
        tmp_path, ("capacity: 500 sacks", "capacity: 60 sacks\n    waiting_cost: 1 EUR/sack/week")
    )  # fmt: skip
    found = hf.search(paid, evaluations=60, replications=500)
    free = hf.search(changed(tmp_path, ("capacity: 500 sacks", "capacity: 60 sacks")), evaluations=60, replications=500)
    assert found.best is not None
    assert free.best is not None
    assert (free.best["road"], found.best["road"]) == ("no", "yes")
    assert not found.cheap_outside
    assert not any(each.text.startswith("Beware") for each in search_findings(found))


def test_where_nothing_fits_there_is_no_bound(tmp_path) -> None:
    full = changed(tmp_path, ("capacity: 500 sacks", "capacity: 60 sacks\n    overflow: refused"))
    found = hf.search(full, evaluations=60, replications=500)
    text = "".join(each.text for each in search_findings(found))
    assert not found.waiting
    assert found.best is None or found.bound is not None or "does not fit into its stores" in text


def test_where_nothing_waits_nothing_is_said(strait: hf.Scenario) -> None:
    found = hf.search(strait, evaluations=30, replications=300)
    assert found.waiting == {}
    assert not [each for each in search_findings(found) if each.kind == "waiting"]
