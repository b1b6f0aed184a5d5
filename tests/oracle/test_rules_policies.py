"""Ordering rules with caps, levels by due time and two channels, worked by hand (conventions §7, §17)."""

from __future__ import annotations

import pytest

from tests.oracle.hand import channel, keep, law, ordering, since, use, world

ORDERED = "channels.{}.depot.g.ordered"


def test_a_cap_leaves_the_rest_for_the_next_review(tell):
    """§7: 50 wanted, 10 used a period, at most 30 a review: 30, then 20 + 10 = 30, then 10."""
    rule = ordering("base_stock", order_up_to=50.0, order_at_most=30.0)
    told = tell(world(4, channels=(channel("c", lead_time=law(2)),), keeps=(keep(0.0, rule),)))
    assert told[ORDERED.format("c")] == [30.0, 30.0, 10.0, 10.0]


def test_a_capped_s_s_rule_orders_at_its_point_only(tell):
    """§7: position 20 is at the point: at most 7 of the 25 wanted; 17 is below: 7 again."""
    rule = ordering("s_S", reorder_point=20.0, order_up_to=45.0, order_at_most=7.0)
    told = tell(world(2, channels=(channel("c"),), keeps=(keep(20.0, rule),)))
    assert told[ORDERED.format("c")] == [7.0, 7.0]


def test_levels_by_due_time_bound_what_comes_late(tell):
    """§7: the position may be 50 and what is due in 1 period or later 12, in 2 or later 7.

    Period 0: nothing under way: min(50, 12, 7) = 7. Period 1: 7 due in 1: min(.., 12 - 7, 7) = 5. Period 2: 7 came,
    5 are due in 1: min(.., 12 - 5, 7) = 7. Then 5 and 7 in turn.
    """
    rule = ordering("vector_base_stock", levels=(50.0, 12.0, 7.0))
    told = tell(world(5, channels=(channel("c", lead_time=law(2)),), keeps=(keep(0.0, rule),), uses=(use(law(0)),)))
    assert told[ORDERED.format("c")] == [7.0, 5.0, 7.0, 5.0, 7.0]


def test_a_first_level_bounds_the_position(tell):
    """§7: 45 on hand of a position of 50: 5 are ordered, though 12 might be under way."""
    rule = ordering("vector_base_stock", levels=(50.0, 12.0))
    told = tell(world(2, channels=(channel("c", lead_time=law(1)),), keeps=(keep(45.0, rule),), uses=(use(law(0)),)))
    assert told[ORDERED.format("c")] == [5.0, 0.0]


def test_a_single_index_looks_at_the_whole_position(tell):
    """§7: position 0: expedited 10, regular 30 - 0 - 10 = 20. Then 10 are used: position 20, so 0 and 10.

    A dual index sees what is here: after period 0 that is 0, so it expedites 10 again.
    """
    two = (channel("slow", lead_time=law(5)), channel("fast"))
    for kind, fast, slow in (("single_index", [10, 0], [20, 10]), ("dual_index", [10, 10], [20, 0])):
        rule = ordering(kind, (0, 1), (1.0, 0.0), order_up_to=30.0, expedite_up_to=10.0)
        told = tell(world(2, channels=two, keeps=(keep(0.0, rule),)))
        assert told[ORDERED.format("fast")] == fast
        assert told[ORDERED.format("slow")] == slow


def test_a_capped_dual_index_caps_the_regular_channel_alone(tell):
    """§7: expedited 10 whatever the cap; regular min(4, 30 - 0 - 10), then min(4, 30 - 4 + 10 - 10 ...) = 4."""
    two = (channel("slow", lead_time=law(5)), channel("fast"))
    rule = ordering("dual_index", (0, 1), (1.0, 0.0), order_up_to=30.0, expedite_up_to=10.0, order_at_most=4.0)
    told = tell(world(3, channels=two, keeps=(keep(0.0, rule),)))
    assert told[ORDERED.format("fast")] == [10.0, 10.0, 10.0]
    assert told[ORDERED.format("slow")] == [4.0, 4.0, 4.0]


def test_a_tailored_base_surge_orders_the_same_and_expedites_the_rest(tell):
    """§7: 6 a period arrive from period 2 on; of the 10 used then 4 are expedited."""
    two = (channel("slow", lead_time=law(2)), channel("fast"))
    rule = ordering("tailored_base_surge", (0, 1), (1.0, 0.0), order_quantity=6.0, expedite_up_to=10.0)
    told = tell(world(4, channels=two, keeps=(keep(0.0, rule),)))
    assert told[ORDERED.format("slow")] == [6.0] * 4
    assert told[ORDERED.format("fast")] == [10.0, 10.0, 4.0, 4.0]


def test_each_order_costs(tell):
    """§7, §17: of three orders that of 4 is below the minimum of 5; the others cost 3 each, besides their price."""
    amounts = since((0, 9), (1, 4), (2, 0), (3, 6))
    one = channel("c", minimum_order=5.0, order_cost=3.0)
    told = tell(world(4, channels=(one,), keeps=(keep(0.0, ordering("constant_order", order_quantity=amounts)),)))
    assert told["costs.imports"] == pytest.approx([12.0, 0.0, 0.0, 9.0])


def test_what_expires_costs_its_disposal(tell):
    """§17: 30 on hand keep two periods; 10 are used in each, so 10 expire at the end of period 1, at 0.5 each."""
    here = keep(30.0, shelf_life=2, disposal_cost=0.5)
    told = tell(world(3, keeps=(here,)))
    assert told["stores.depot.g.expired"] == [0.0, 10.0, 0.0]
    assert told["costs.disposal"] == [0.0, 5.0, 0.0]
