"""Stores as sources, worked by hand (conventions §25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.oracle.hand import channel, consumer, keep, law, link, ordering, since, store, use, world

if TYPE_CHECKING:
    from holdfast.parts.world import Keep, Link, Store, World

FROM = "transfers.reserve.{}.g.{}"


def chain(
    periods: int,
    above: Keep,
    below: Keep,
    links: tuple[Link, ...],
    reserve: Store | None = None,
    **more: Any,
) -> World:
    """A reserve (keep 0) that feeds a depot (keep 1), from which the user draws."""
    stores = (reserve or store("reserve", keeps=(0,)), store("depot", keeps=(1,)))
    given: dict[str, Any] = {"consumers": (consumer("user", (0,), draws_from=(1,)),), **more}
    return world(periods, stores=stores, keeps=(above, below), links=links, **given)


def base_stock(level: float, *sources: int) -> Any:
    """Orders up to a level, all from the first source."""
    return ordering("base_stock", sources, [1.0, *[0.0] * (len(sources) - 1)], order_up_to=level)


def test_what_is_short_above_is_owed_and_on_order_below(tell):
    """§25: the depot asks 20, then 10 a period; the reserve holds 25 and gets 10 more in period 2.

    Shipped 20, 5 (5 owed), then 10 (5 owed still), none. What is owed is on order: the depot never asks for it again.
    """
    below = keep(0.0, base_stock(20.0, 0), store=1)
    above = keep(25.0, under_way=())
    found = tell(chain(4, above, below, (link(0, 1, 1),)))
    assert found[FROM.format("depot", "ordered")] == [20.0, 10.0, 10.0, 10.0]
    assert found[FROM.format("depot", "shipped")] == [20.0, 5.0, 0.0, 0.0]
    assert found[FROM.format("depot", "owed")] == [0.0, 5.0, 15.0, 25.0]
    assert found[FROM.format("depot", "received")] == [0.0, 20.0, 5.0, 0.0]
    assert found[FROM.format("depot", "under_way")] == [20.0, 5.0, 0.0, 0.0]
    assert found["stores.reserve.g.on_hand"] == [5.0, 0.0, 0.0, 0.0]
    assert found["consumers.user.g.backorders"] == [10.0, 0.0, 5.0, 15.0]
    assert found["stores.reserve.g.issued"] == [0.0] * 4


def test_the_store_above_sees_in_the_same_period_what_is_asked_of_it(tell):
    """§25: tiers: the depot asks 30, so the reserve's position is 40 - 30 = 10 and it orders 30 in the same period."""
    below = keep(0.0, base_stock(30.0, 1), store=1)
    above = keep(40.0, base_stock(40.0, 0))
    found = tell(chain(3, above, below, (link(0, 1, 0),), channels=(channel("c", lead_time=law(5)),)))
    assert found["channels.c.reserve.g.ordered"] == [30.0, 10.0, 10.0]
    assert found["stores.reserve.g.on_hand"] == [10.0, 0.0, 0.0]
    assert found[FROM.format("depot", "owed")] == [0.0, 0.0, 10.0]


def test_those_who_ask_share_in_proportion_to_what_is_owed(tell):
    """§25: 12 on hand, 30 and 10 asked: 9 and 3 are shipped; 21 and 7 are owed."""
    stores = (store("reserve", keeps=(0,)), store("depot", keeps=(1,)), store("camp", keeps=(2,)))
    keeps = (keep(12.0), keep(0.0, base_stock(30.0, 0), store=1), keep(0.0, base_stock(10.0, 1), store=2))
    found = tell(world(1, stores=stores, keeps=keeps, links=(link(0, 1, 1), link(0, 2, 2)), uses=(use(law(0)),)))
    assert found[FROM.format("depot", "shipped")] == pytest.approx([9.0])
    assert found[FROM.format("camp", "shipped")] == pytest.approx([3.0])
    assert found[FROM.format("depot", "owed")] == pytest.approx([21.0])
    assert found["stores.reserve.g.on_hand"] == pytest.approx([0.0], abs=1e-12)


def test_a_closed_store_takes_orders_and_ships_nothing(tell):
    """§25: closed in periods 0 and 1, the reserve owes 20, then 30; it ships all 40 in period 2."""
    below = keep(0.0, base_stock(20.0, 0), store=1)
    shut = store("reserve", keeps=(0,), open=since((0, 0.0), (2, 1.0)))
    found = tell(chain(3, keep(100.0), below, (link(0, 1, 1),), shut))
    assert found[FROM.format("depot", "owed")] == [20.0, 30.0, 0.0]
    assert found[FROM.format("depot", "shipped")] == [0.0, 0.0, 40.0]


def test_a_chain_without_lead_times_passes_goods_down_in_one_period(tell):
    """§25: the highest tier ships first and what takes no time enters before the next ships: all 10 reach the user."""
    stores = (store("port", keeps=(0,)), store("reserve", keeps=(1,)), store("depot", keeps=(2,)))
    keeps = (keep(50.0), keep(0.0, base_stock(0.0, 0), store=1), keep(0.0, base_stock(10.0, 1), store=2))
    user = consumer("user", (0,), draws_from=(2,))
    found = tell(world(2, stores=stores, keeps=keeps, links=(link(0, 1, 0), link(1, 2, 0)), consumers=(user,)))
    assert found["transfers.port.reserve.g.received"] == [10.0, 10.0]
    assert found["consumers.user.g.served"] == [10.0, 10.0]
    assert found["stores.port.g.on_hand"] == [40.0, 30.0]


def test_the_store_ships_before_its_own_consumers_are_served(tell):
    """§25: 15 on hand: 10 leave for the depot, 5 are left for the user of the reserve, who wants 10."""
    below = keep(0.0, base_stock(10.0, 0), store=1)
    near = consumer("user", (0,), draws_from=(0,))
    found = tell(chain(1, keep(15.0), below, (link(0, 1, 1),), consumers=(near,)))
    assert found["consumers.user.g.served"] == [5.0]


def test_what_is_shipped_costs_and_is_never_an_import(tell):
    """§17: 20 shipped at 0.5 each in period 0, 10 in each period after it."""
    below = keep(0.0, base_stock(20.0, 0), store=1)
    found = tell(chain(3, keep(100.0), below, (link(0, 1, 1, cost=0.5),)))
    assert found["costs.transfers"] == [10.0, 5.0, 5.0]
    assert found["costs.imports"] == [0.0] * 3


def test_with_reroute_a_store_takes_what_a_closed_channel_does_not(tell):
    """§25: a store always has room: the channel is closed, so all 30 are asked of the reserve, which has share 0."""
    rule = ordering("base_stock", (0, 1), (1.0, 0.0), order_up_to=30.0, reroute=True)
    shut = channel("c", open=since((0, 0.0)))
    found = tell(chain(1, keep(100.0), keep(0.0, rule, store=1), (link(0, 1, 0),), channels=(shut,)))
    assert found[FROM.format("depot", "ordered")] == [30.0]
    assert found["stores.depot.g.on_hand"] == [20.0]


def test_what_was_under_way_at_the_start_is_on_order_and_arrives(tell):
    """§7, §25: 10 due from the reserve in period 1: of the 30 wanted only 20 are asked for."""
    below = keep(0.0, base_stock(30.0, 0), store=1, under_way=((1, 10.0, 0),))
    found = tell(chain(2, keep(100.0), below, (link(0, 1, 3),), uses=(use(law(0)),)))
    assert found[FROM.format("depot", "ordered")] == [20.0, 0.0]
    assert found[FROM.format("depot", "received")] == [0.0, 10.0]
    assert found[FROM.format("depot", "under_way")] == [30.0, 20.0]


def test_room_that_is_freed_by_shipping_lets_in_what_waits(tell):
    """§25: the reserve holds 20 of 20 and 5 wait; when 20 are shipped, the 5 enter in the same period."""
    full = store("reserve", keeps=(0,), capacity=since((0, 20.0)))
    above = keep(20.0, under_way=((0, 5.0, 0),))
    below = keep(0.0, base_stock(20.0, 1), store=1)
    found = tell(chain(1, above, below, (link(0, 1, 2),), full, channels=(channel("c"),)))
    assert found["stores.reserve.g.waiting"] == [0.0]
    assert found["stores.reserve.g.on_hand"] == [5.0]


def test_what_is_owed_to_stores_makes_a_plant_run(tell):
    """§13: the level that a plant looks at is less what its store owes: the depot's 30 are made, 10 a period."""
    from tests.oracle.hand import line, number, plant

    below = keep(0.0, base_stock(30.0, 0), store=1)
    made = plant(target=((0, number(5)),))
    found = tell(chain(4, keep(0.0), below, (link(0, 1, 1),), plants=(made,), lines=(line("l"),), uses=(use(law(0)),)))
    assert found["lines.p.l.output"] == [10.0, 10.0, 10.0, 5.0]
    assert found[FROM.format("depot", "shipped")] == [0.0, 10.0, 10.0, 10.0]


def test_a_circle_has_no_tiers():
    keeps = (keep(1.0, base_stock(5.0, 1)), keep(1.0, base_stock(5.0, 0), store=1))
    circle = chain(1, *keeps, (link(0, 1, 1), link(1, 0, 1)))
    with pytest.raises(ValueError, match="circle"):
        circle.tiers()
