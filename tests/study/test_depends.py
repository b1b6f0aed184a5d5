"""On what supply hangs: a mill worked by hand, the shipped cases, and the words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import holdfast as hf
from holdfast.output.report_depends import depends_data
from holdfast.output.words_depends import findings
from holdfast.study.failure_points import failure_points

HERE = Path(__file__).parent
WEEK = 7.0
"""Days of normal use that a week without anything lacks."""


@pytest.fixture(scope="module")
def scenario():
    return hf.load(HERE / "mill.yaml")


@pytest.fixture(scope="module")
def found(scenario):
    return hf.depends(scenario, at="2024-07-29", length="5 weeks", replications=4)  # weeks 30 to 34


def figures(plan, what: str) -> dict[str, float]:
    return {each.name: getattr(each, what).estimate for each in (*plan.dependencies, plan.together)}


def test_todays_plan_and_those_that_build_are_told_of(found) -> None:
    assert [plan.name for plan in found.plans] == ["today", "mill"]


def test_imports_alone_hang_on_finished_goods(found) -> None:
    today = found.of("today")
    assert today.short.estimate == pytest.approx(10 * WEEK)
    assert figures(today, "leans") == {"goods": 1.0, "together": 1.0}
    assert figures(today, "spared") == pytest.approx({"goods": 10 * WEEK, "together": 10 * WEEK})
    assert figures(today, "missed") == pytest.approx({"goods": 5 * WEEK, "together": 5 * WEEK})


def test_the_mill_hangs_on_inputs_power_and_its_builder_as_worked_by_hand(found) -> None:
    # It opens in week 20 and not in 10, so the canal's five weeks are its builder's loss too: together they spare ten
    # weeks, the builder alone five, the canal alone nothing. Two weeks are dark.
    mill = found.of("mill")
    assert mill.short.estimate == pytest.approx(22 * WEEK)
    assert mill.made.estimate == 1.0
    made = {"inputs.brine": 1.0, "outage.grid": 1.0, "builder.mill": 1.0, "together": 1.0}
    assert figures(mill, "leans") == {"goods": 0.0, **made}
    spared = {"goods": 0, "inputs.brine": 0, "outage.grid": 2, "builder.mill": 5, "together": 12}
    assert figures(mill, "spared") == pytest.approx({name: weeks * WEEK for name, weeks in spared.items()})
    assert figures(mill, "share") == pytest.approx({name: weeks / 22 for name, weeks in spared.items()})
    missed = {"goods": 0, "inputs.brine": 5, "outage.grid": 5, "builder.mill": 5, "together": 10}
    assert figures(mill, "missed") == pytest.approx({name: weeks * WEEK for name, weeks in missed.items()})
    assert [each.name for each in mill.ranked] == ["builder.mill", "outage.grid", "goods", "inputs.brine"]


def test_the_words_say_so(found) -> None:
    told = {each.kind: each.text for each in findings(found)}  # of the mill
    assert "154 (exactly) days of normal use are short" in told["hangs"]
    assert "100 % (exactly) of use is made at home, none of it free of all that follows" in told["hangs"]
    assert "builder of mill 23 % (exactly)" in told["hangs"]
    assert "all of them together 55 % (exactly)" in told["hangs"]
    assert "cannot be told" in told["moved"]
    assert max(len(line) for line in found.table().splitlines()) <= 80


def test_a_dependency_that_moves_is_said_to_move(scenario) -> None:
    told = findings(hf.depends(scenario, ["today", "mill"], at="2024-01-01", length="8 weeks", replications=4))
    # In the first eight weeks the mill is not there yet: only its builder matters.
    assert told[0].kind == "moved"
    assert "moves from finished goods to builder of mill" in told[0].text
    assert "would cost 56 (exactly) days of normal use, and finished goods 0" in told[0].text


def test_where_nothing_is_made_nothing_hangs_on_a_plant(scenario) -> None:
    found = hf.depends(scenario, ["today", "more"], replications=2)
    assert found.plans == ()
    assert [each.kind for each in findings(found)] == ["none"]
    assert found.to_pandas().empty
    assert depends_data(found)["sections"] == []


def test_a_plan_that_lacks_nothing_says_so(scenario) -> None:
    found = hf.depends(scenario, ["mill", "more"], replications=2)
    assert "Nobody is short in any of 2 futures" in findings(found)[-1].text
    assert np.isnan(found.of("more").together.share.estimate)


def test_what_the_shipped_plant_hangs_on() -> None:
    world = hf.load("cartridge-plant").world("plant")
    names = [each.name for each in failure_points(world)]
    assert names == [
        "goods", "channels.partner", "channels.world", "inputs.inputs", "spares.partner-war", "builder.maracay",
    ]  # fmt: skip
    spares = failure_points(world)[4]
    war = next(i for i, each in enumerate(world.conditions) if each.name == "partner-war")
    usual, times = world.lines[0].mttr.values.min(), world.lines[0].mttr.values.max() / world.lines[0].mttr.values.min()
    assert times == pytest.approx(2.0)
    secured = spares.secured(world)
    assert all(set(line.mttr.values.ravel()) == {usual} for line in secured.lines)
    assert secured.channels is world.channels
    cut = spares.cut(world, 100, 152).lines[0].mttr
    assert cut.starts == (0, 100, 152)
    assert set(cut.values[1]) == {times * usual}
    assert np.array_equal(cut.values[0], cut.values[2])
    assert war in cut.reads


def test_shares_stay_within_what_is_short_and_repeat() -> None:
    scenario = hf.load("magnets-2025")
    one, other = (hf.depends(scenario, replications=20, threads=threads) for threads in (1, 2))
    assert json.dumps(one.to_dict()) == json.dumps(other.to_dict())
    for plan in one.plans:
        parts = sum(each.leans.estimate for each in plan.dependencies if each.kind == "channel")
        assert parts == pytest.approx(next(each for each in plan.dependencies if each.name == "goods").leans.estimate)
        for each in (*plan.dependencies, plan.together):
            assert 0.0 <= each.leans.estimate <= 1.0 + 1e-12
            assert each.share.estimate == pytest.approx(each.spared.estimate / plan.short.estimate)
            assert each.share.low <= each.share.estimate <= each.share.high


@pytest.mark.parametrize(
    "asked", [{"alternatives": ["mil"]}, {"what_if": "never"}, {"at": "1999-01-01"}, {"length": "5 sacks"}]
)
def test_what_cannot_be_is_refused(scenario, asked) -> None:
    with pytest.raises(hf.ScenarioError) as error:
        hf.depends(scenario, **asked)
    assert error.value.problems[0].code == "HF403"
