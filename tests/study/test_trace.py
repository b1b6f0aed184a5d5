"""One future, told and made again."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from holdfast.errors import ScenarioError
from holdfast.parts.laws import Fixed
from holdfast.parts.world import Changing
from holdfast.study.result import Result
from holdfast.study.trace import again, spells, table, tell
from tests.study import small


def test_futures_come_out_the_same() -> None:
    result = small.result()
    for alternative, what_if, n in (("imports", "", 0), ("build", "", 299), ("store-more", "rough", 199)):
        assert again(result, alternative, what_if, n) == len(result.case(alternative, what_if).totals)


def test_a_future_that_differs_is_an_error() -> None:
    result = small.result()
    totals = {name: values.copy() for name, values in result.case("build").totals.items()}
    totals["costs.capex"][3] = np.nextafter(totals["costs.capex"][3], np.inf)
    case = dataclasses.replace(result.case("build"), totals=totals)
    tampered = Result(result.about, result.provenance, {("build", ""): case})
    assert again(tampered, "build", "", 2) == len(totals)
    with pytest.raises(ScenarioError, match=r"HF405(.|\n)*costs.capex"):
        again(tampered, "build", "", 3)


@pytest.mark.parametrize("n", [-1, 300])
def test_a_future_that_is_not_there(n: int) -> None:
    with pytest.raises(ScenarioError, match=r"HF403(.|\n)*choose one from 0 to 299"):
        again(small.result(), "build", "", n)


def test_the_story_holds_what_happened() -> None:
    world = small.make(build=True)
    from holdfast.engine.run import record

    records, finals = record(world, seed=7, replication=5)
    story = tell(world, 7, 5)
    assert story[0].startswith("2020-01-06  open. shed holds 160 shells of shell (20 weeks of use)")
    state = records["regimes.strait.state"]
    assert sum("strait: " in line for line in story) == int((np.diff(state) != 0).sum())
    assert sum("channel ships closes" in line for line in story) == int((np.diff(state) == 1).sum())
    assert any("mill: work starts; planned" in line for line in story)
    first = next(line for line in story if "army: first shortage" in line)
    from datetime import timedelta

    when = world.start + timedelta(days=7 * int(finals["consumers.army.first_short"]))
    assert first.startswith(when.isoformat())
    dates = [line[:10] for line in story if line[0] == "2"]
    assert dates == sorted(dates)


def test_the_story_tells_what_shipments_lack() -> None:
    world = small.make()
    part = dataclasses.replace(world.channels[0], delivered=small.law(Fixed(0.5)))
    story = tell(dataclasses.replace(world, channels=(part,)), 7, 5)
    lacks = [line for line in story if "shipments by ships to shed lack" in line]
    assert lacks
    assert " shells of shell" in lacks[0]
    assert not any("lack" in line for line in tell(world, 7, 5))


def test_spells_bridge_pauses() -> None:
    holds = np.array([1, 1, 0, 1, 0, 0, 0, 1], dtype=bool)
    assert spells(holds, 0) == [(0, 1), (3, 3), (7, 7)]
    assert spells(holds, 1) == [(0, 3), (7, 7)]
    assert spells(holds, 3) == [(0, 7)]


def test_a_table_of_two_conditions_and_two_segments() -> None:
    """Mixed radix: the first condition read is the most significant (World.Changing)."""
    values = np.array([[0.0, 1, 2, 3, 4, 5], [10, 11, 12, 13, 14, 15]])
    changing = Changing(values, reads=(1, 0), starts=(0, 2))
    codes = np.array([[0, 1, 2, 2], [0, 0, 1, 1]], dtype=float)  # sizes 3 and 2
    np.testing.assert_array_equal(table(changing, codes, [3, 2]), [0, 1, 15, 15])
