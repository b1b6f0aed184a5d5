"""Stores as sources in results: what is imported, what is delivered, what is told and drawn."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

import holdfast as hf
from holdfast.engine.run import record
from holdfast.output.report_flows import flows
from holdfast.spec.turning import substituted, turned
from holdfast.study import measures
from holdfast.study.case import issued_share
from holdfast.study.trace import tell

FILE = Path(__file__).parents[1] / "spec" / "reserve.yaml"
TEXT = FILE.read_text(encoding="utf-8")


@functools.cache
def result() -> hf.Result:
    return hf.compare(hf.load(FILE), replications=64, seed=3)


def scenario(tmp_path: Path, *pairs: tuple[str, str], more: str = "") -> hf.Scenario:
    """The scenario with other texts in it."""
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "reserve.yaml"
    path.write_text(text + more, encoding="utf-8")
    return hf.load(path)


def test_what_stores_ship_is_neither_an_import_nor_made_at_home() -> None:
    case = result().case("today")
    channels = case.total(n for n in case.totals if n.startswith("channels.") and n.endswith(".received"))
    assert measures.imported(case).estimate == pytest.approx(channels.mean())
    assert measures.net_import_reliance(case).estimate == 1.0
    assert case.total(["transfers.reserve.north.saline.received"]).mean() > 100 * 100  # two years of 100 a week


def test_what_enters_a_reserve_counts_as_issued_where_the_depots_issue_it() -> None:
    """Entered the reserve: all that it ships; each depot passes on nearly all that it got."""
    case = result().case("today")
    entered = case.total(["stores.reserve.saline.entered"])
    passed = sum(
        case.total([f"transfers.reserve.{depot}.saline.shipped"]) * issued_share(case, depot, ["saline"])
        for depot in ("north", "south")
    )
    np.testing.assert_allclose(issued_share(case, "reserve", ["saline"]), np.minimum(1.0, passed / entered))
    assert 0.5 < issued_share(case, "reserve", ["saline"]).mean() <= 1.0


def test_a_future_tells_what_a_store_owed() -> None:
    world = hf.load(FILE).world()
    records, _ = record(world, seed=3, replication=0)
    owed = records["transfers.reserve.north.saline.owed"]
    story = [line for line in tell(world, 3, 0) if "reserve owes north" in line]
    assert bool(story) == bool(owed.max() > 0)
    closed = records["regimes.roads.state"] == 1
    assert closed.any()
    assert (owed[closed] > 0).all()


def test_in_the_picture_depots_stand_behind_the_reserve() -> None:
    from holdfast.output.words import Reading

    views = flows(Reading(result()))[0]["views"]
    data = next(view["data"] for view in views if view["label"] == "today")
    depth = {node["name"]: node["depth"] for node in data["nodes"]}
    assert depth["world"] == 0
    assert (depth["reserve"], depth["north"], depth["south"], depth["hospitals"]) == (1, 2, 2, 3)
    drawn = {(link["source"], link["target"]) for link in data["links"]}
    assert {("world", "reserve"), ("reserve", "north"), ("reserve", "south"), ("world", "south")} <= drawn


LEVER = "levers:\n  from-reserve: {sets: stores.south.keeps.saline.ordering.from.reserve.share, from: 0 %, to: 100 %}\n"


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_lever_turns_the_share_of_a_store_and_leaves_its_lead_time(tmp_path: Path, share: float) -> None:
    world = turned(scenario(tmp_path, more=LEVER), {"from-reserve": f"{100 * share:g} %"})
    rule = world.keeps[3].ordering
    assert rule is not None
    parts = {c: float(part.values.item()) for c, part in zip(rule.channels, rule.shares, strict=True)}
    assert parts == pytest.approx({2: share, 0: 1 - share})
    assert [law.mean() for law in world.links[1].lead_time.laws] == [1.0, 3.0]


def test_a_range_on_the_share_of_a_store_moves_the_other_shares(tmp_path: Path) -> None:
    ranged = scenario(tmp_path, ("{share: 60 %,", "{share: {value: 60 %, between: [20 %, 80 %]},"))
    path = "stores.south.keeps.saline.ordering.from.reserve.share"
    rule = substituted(ranged, {path: "20 %"}).world().keeps[3].ordering
    assert rule is not None
    assert [float(part.values.item()) for part in rule.shares] == pytest.approx([0.2, 0.8])
