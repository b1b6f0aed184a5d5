"""Stores as sources: what may be said, what it means in numbers, and what is refused (conventions §6, §25)."""

# ruff: noqa: E501
from __future__ import annotations

from pathlib import Path

import pytest

import holdfast as hf
from tests.spec.test_rules import problems_of

FILE = Path(__file__).parent / "reserve.yaml"
TEXT = FILE.read_text(encoding="utf-8")
NORTH = "from: {reserve: {lead_time: 2 weeks, cost: 0.1 EUR/bag}}"
SOUTH = "from: {reserve: {share: 60 %, lead_time: {usually: 1 week, while: {roads: {closed: 3 weeks}}}}, world: 40 %}"


def test_the_scenario_is_fine():
    assert problems_of(TEXT) == []


def test_a_store_is_a_source_with_its_lead_time_and_cost():
    world = hf.load(FILE).world()
    assert [(link.origin, link.keep, link.cost) for link in world.links] == [(0, 1, 0.1), (0, 3, 0.0)]
    assert [keep.ordering.channels for keep in world.keeps if keep.ordering] == [(0,), (1,), (2, 0)]
    assert [keep.ordering.shares[0].values.item() for keep in world.keeps if keep.ordering] == [1.0, 1.0, 0.6]
    assert world.links[0].lead_time.laws[0].mean() == 2.0
    assert [law.mean() for law in world.links[1].lead_time.laws] == [1.0, 3.0]
    assert world.tiers() == (1, 0, 0, 0)


def test_a_reserve_serves_the_use_of_those_who_order_from_it_by_their_share():
    """§6: 100 of north and 60 % of 50 of south, a week."""
    world = hf.load(FILE).world()
    assert world.keeps[0].use == pytest.approx(130.0)
    three_months = 3 * 365.25 / 12 / 7
    assert world.keeps[0].on_hand == pytest.approx(130.0 * three_months)
    assert world.keeps[0].ordering.order_up_to.values.item() == pytest.approx(130.0 * (three_months + 8 + 1))
    assert world.keeps[1].ordering.order_up_to.values.item() == pytest.approx(100.0 * (2 + 2 + 1))
    assert world.keeps[3].ordering.order_up_to.values.item() == pytest.approx(50.0 * (2 + 0.6 * 1 + 0.4 * 8 + 1))


def test_what_is_steadily_under_way_from_a_store_is_its_flow_times_the_lead_time():
    assert hf.load(FILE).world().keeps[1].under_way == ((1, pytest.approx(100.0), 1),)


def test_an_alternative_reaches_into_the_way_or_replaces_it():
    scenario = hf.load(FILE)
    assert scenario.world("slow").links[0].lead_time.laws[0].mean() == 4.0
    direct = scenario.world("direct")
    assert [link.keep for link in direct.links] == [3]
    assert direct.keeps[0].use == pytest.approx(30.0)


def test_the_value_of_a_good_is_what_it_costs_to_buy():
    """§17: the first keep that orders from a channel says it, though an earlier one orders from a store."""
    first = TEXT.index("  north:")
    moved = (
        TEXT[: TEXT.index("  reserve:")]
        + TEXT[first : TEXT.index("consumers:")]
        + TEXT[TEXT.index("  reserve:") : first]
        + TEXT[TEXT.index("consumers:") :]
    )
    folder = FILE.parent
    from holdfast.errors import Problems
    from holdfast.spec import document
    from holdfast.spec.scenario import Scenario

    world = Scenario(document.from_text(moved, "moved.yaml", Problems()), folder, moved).world()
    assert [store.name for store in world.stores] == ["north", "south", "reserve"]
    assert world.goods[0].value == 2.0


WRONG = [
    ("no-lead", NORTH, "from: reserve", "HF102", "30:67", "say how long saline takes from reserve to north"),
    ("no-lead-with-share", "{share: 60 %, lead_time: {usually: 1 week, while: {roads: {closed: 3 weeks}}}}", "60 %", "HF102", "40:27", "say how long saline takes from reserve to south"),
    ("no-share", "{share: 60 %, ", "{", "HF102", "40:27", "several sources need a share each"),
    ("shares", "share: 60 %", "share: 70 %", "HF203", "40:17", "the shares add up to 110 % (reserve 70 %, world 40 %)"),
    ("field", "cost: 0.1", "costs: 0.1", "HF101", "30:98", "'costs' is not a field of a source"),
    ("unit", "cost: 0.1 EUR/bag", "cost: 0.1 EUR/kg", "HF104", "30:104", "'0.1 EUR/kg' is in EUR/kg, but this is in EUR/bag"),
    ("of-a-channel", "world: 40 %", "world: {share: 40 %, lead_time: 1 week}", "HF101", "40:128", "lead_time of world stands in channels.world"),
    ("unknown", NORTH, "from: {reserv: {lead_time: 2 weeks}}", "HF201", "30:68", "'reserv' is not one of the channels and stores"),
    ("itself", NORTH, "from: {north: {lead_time: 2 weeks}}", "HF205", "30:75", "north orders from itself"),
    ("not-kept", "      iodine: {opening: {on_hand: 40 bags, under_way: none}}", "      iodine: {opening: {on_hand: 40 bags, under_way: none}, ordering: {kind: base_stock, review_period: 1 week, order_up_to: 9 bags, from: {reserve: {lead_time: 1 week}}}}", "HF202", "34:151", "reserve does not keep iodine"),
    ("circle", "from: world, order", "from: {north: {lead_time: 1 week}}, order", "HF205", "24:67", "stores order from each other in a circle: reserve from north from reserve"),
    ("shelf-life-above", "        opening: {on_hand: 3 months", "        shelf_life: 1 year\n        opening: {on_hand: 3 months", "HF113", "23:21", "saline has a shelf life in reserve, and ages do not travel between stores yet"),
    ("shelf-life-below", "        opening: {on_hand: 2 weeks, under_way: steady", "        shelf_life: 1 year\n        opening: {on_hand: 2 weeks, under_way: steady", "HF113", "29:21", "saline has a shelf life in north, and ages do not travel between stores yet"),
    ("two-names", "  world: {carries", "  reserve: {carries: [saline], price: 2 EUR/bag, lead_time: 8 weeks, capacity: unlimited, in_transit: held}\n  world: {carries", "HF014", "31:68", "a channel and a store are called 'reserve'"),
    ("two-leads", SOUTH, "from: {usually: {reserve: {lead_time: 1 week}}, while: {roads: {closed: {world: 60 %, reserve: {share: 40 %, lead_time: 2 weeks}}}}}", "HF304", "40:131", "lead_time is said in two ways"),
    ("vector", "kind: base_stock, review_period: 1 week, " + NORTH + ", order_up_to: {cover: 2 weeks, beyond: lead_time}", "kind: vector_base_stock, review_period: 1 week, " + NORTH + ", levels: [90 bags, 80 bags]", "HF103", "30:74", "vector_base_stock orders from one channel"),
    ("dual", NORTH + ", order_up_to: {cover: 2 weeks, beyond: lead_time}", "regular: world, expedited: reserve, order_up_to: 9 weeks, expedite_up_to: 2 weeks", "HF113", "30:88", "dual_index orders from channels, not from stores, yet"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "place", "message"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_what_cannot_be_is_told_with_its_place(old, new, code, place, message):
    assert old in TEXT
    text = TEXT[: TEXT.index("alternatives:")].replace(old, new, 1)
    if "dual_index" in message:
        text = text.replace(
            "kind: base_stock, review_period: 1 week, regular", "kind: dual_index, review_period: 1 week, regular"
        )
    found = [(p.code, f"{p.place.line}:{p.place.column}", p.message) for p in problems_of(text)]
    assert (code, place, message) in found
    assert len(found) <= 2


def test_a_lead_time_said_once_holds_wherever_the_store_is_named():
    changing = "from: {usually: {reserve: {lead_time: 1 week}}, while: {roads: {closed: {world: 60 %, reserve: 40 %}}}}"
    assert problems_of(TEXT.replace(SOUTH, changing)) == []
