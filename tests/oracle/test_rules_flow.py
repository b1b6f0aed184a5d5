"""Single rules of the flow of goods, worked by hand, in the twin and in the engine (conventions §7 to §9, §16, §18)."""

from __future__ import annotations

import numpy as np
import pytest

from holdfast.parts.laws import Discrete, Fixed
from holdfast.parts.world import Changing, ChangingLaw, Condition, Signal
from tests.oracle.hand import channel, consumer, keep, law, number, ordering, regime, since, store, use, world


def orders(*amounts_by_period):
    """A constant order that changes with the period."""
    return ordering("constant_order", order_quantity=since(*amounts_by_period))


@pytest.mark.parametrize(("lead", "first"), [(0, 0), (1, 1), (3, 3)])
def test_an_order_is_there_after_its_lead_time(tell, lead, first):
    """§2: what is ordered in period 0 meets the demand of period L; L = 0 is in time for demand at once."""
    rule = ordering("constant_order", order_quantity=10.0)
    told = tell(world(6, channels=(channel("c", lead_time=law(lead)),), keeps=(keep(0.0, rule),)))
    served = told["consumers.user.g.received"]
    assert served == [0.0] * first + [10.0] * (6 - first)
    assert told["channels.c.depot.g.on_order"] == [10.0 * min(t + 1, lead) for t in range(6)]


def test_a_base_stock_position_counts_what_is_under_way(tell):
    """§7: 50 wanted, 5 on hand, 8 under way: 37 ordered, and then the demand of each period before."""
    rule = ordering("base_stock", order_up_to=50.0)
    here = keep(5.0, rule, under_way=((4, 8.0, 0),))
    told = tell(world(4, channels=(channel("c", lead_time=law(2)),), keeps=(here,)))
    assert told["channels.c.depot.g.ordered"] == [37.0, 10.0, 10.0, 10.0]


def test_a_position_at_the_reorder_point_orders(tell):
    """§7: s_S and r_Q order at the reorder point, r_Q the multiple that lifts the position above it."""
    to_level = ordering("s_S", reorder_point=20.0, order_up_to=45.0)
    lots = ordering("r_Q", reorder_point=20.0, order_quantity=5.0)
    for rule, amounts in ((to_level, [25.0, 0.0, 0.0, 30.0]), (lots, [5.0, 10.0, 10.0, 10.0])):
        told = tell(world(4, channels=(channel("c"),), keeps=(keep(20.0, rule),)))
        assert told["channels.c.depot.g.ordered"] == pytest.approx(amounts)


def closing_channel(mode, **more):
    """Closed in periods 2 to 4; an order of 9 is due in period 3, paid half at once when the price is 2."""
    price = since((0, 2), (1, 7))
    closed = since((0, 1), (2, 0), (5, 1))
    one = channel("c", lead_time=law(3), open=closed, in_transit=mode, price=price, paid_on_order=0.5, **more)
    return world(7, channels=(one,), keeps=(keep(100.0, orders((0, 9), (1, 0))),))


@pytest.mark.parametrize(
    ("mode", "received", "lost", "paid"),
    [
        ("passes", {3: 9}, {}, {0: 9, 3: 31.5}),
        ("held", {5: 9}, {}, {0: 9, 5: 31.5}),
        ("lost", {}, {3: 9}, {0: 9}),
        ("refunded", {}, {3: 9}, {0: 9, 3: -9}),
    ],
)
def test_what_is_due_at_a_closed_channel(tell, mode, received, lost, paid):
    """§8, §17: it passes, waits, is lost, or is lost and what was paid comes back, at the price paid."""
    told = tell(closing_channel(mode))
    for name, by_period in (("received", received), ("lost", lost)):
        assert told[f"channels.c.depot.g.{name}"] == [float(by_period.get(t, 0)) for t in range(7)]
    assert told["costs.imports"] == [float(paid.get(t, 0)) for t in range(7)]
    assert told["channels.c.depot.g.held"] == [9.0 if mode == "held" and t in (3, 4) else 0.0 for t in range(7)]


def test_a_narrow_channel_clears_what_it_can(tell):
    """§8: 24 due in period 1, at 10 a period: 10, 10, 4."""
    narrow = channel("c", capacity=number(10))
    told = tell(world(5, channels=(narrow,), keeps=(keep(0.0, under_way=((1, 24.0, 0),)),)))
    assert told["channels.c.depot.g.received"] == [0.0, 10.0, 10.0, 4.0, 0.0]


def test_keeps_share_a_channel_and_room_is_carried_over_a_review(tell):
    """§7: two stores ask 60 and 30 of 30: 20 and 10. At a review every two, the room of both."""
    both = tuple(
        keep(0.0, ordering("base_stock", order_up_to=level, review_period=2), store=s)
        for s, level in ((0, 60.0), (1, 30.0))
    )
    narrow = channel("c", capacity=number(30), lead_time=law(5))
    parts = {"channels": (narrow,), "keeps": both, "stores": (store(), store("other", keeps=(1,)))}
    told = tell(world(5, uses=(use(law(0)),), **parts))
    assert told["channels.c.depot.g.ordered"] == pytest.approx([20, 0, 40, 0, 0])
    assert told["channels.c.other.g.ordered"] == pytest.approx([10, 0, 20, 0, 0])


def test_rerouting_goes_on_to_whoever_has_room(tell):
    """§7: 100 asked half and half of a (10) and b (70): b takes 70 after a round, c, with share 0, the last 20."""
    rule = ordering("base_stock", (0, 1, 2), (0.5, 0.5, 0.0), order_up_to=100.0, reroute=True)
    three = tuple(channel(n, capacity=number(k), lead_time=law(9)) for n, k in (("a", 10), ("b", 70), ("c", 25)))
    told = tell(world(1, channels=three, keeps=(keep(0.0, rule),)))
    assert [told[f"channels.{n}.depot.g.ordered"][0] for n in "abc"] == pytest.approx([10, 70, 20])


def test_without_rerouting_what_a_source_does_not_take_waits(tell):
    """§7: the same with if_full: wait: the second review asks for it again."""
    rule = ordering("base_stock", (0, 1), (0.5, 0.5), order_up_to=100.0)
    two = (channel("a", capacity=number(10), lead_time=law(9)), channel("b", lead_time=law(9)))
    told = tell(world(2, channels=two, keeps=(keep(0.0, rule),), uses=(use(law(0)),)))
    assert told["channels.a.depot.g.ordered"] == pytest.approx([10, 10])
    assert told["channels.b.depot.g.ordered"] == pytest.approx([50, 20])


def test_an_order_below_the_minimum_gives_its_room_back(tell):
    """§7: store one asks 4 of which 5 are the least; the room of 10 is then all there for store two's rerouted 10."""
    first = ordering("base_stock", (0,), (1.0,), order_up_to=4.0)
    second = ordering("base_stock", (0, 1), (0.6, 0.4), order_up_to=10.0, reroute=True)
    two = (
        channel("a", capacity=number(10), minimum_order=5.0, lead_time=law(9)),
        channel("b", capacity=number(0), lead_time=law(9)),
    )
    parts = {"stores": (store(), store("other", keeps=(1,))), "keeps": (keep(0.0, first), keep(0.0, second, store=1))}
    told = tell(world(1, channels=two, uses=(use(law(0)),), **parts))
    assert told["channels.a.depot.g.ordered"] == [0.0]
    assert told["channels.a.other.g.ordered"] == pytest.approx([10.0])


def test_without_crossover_orders_arrive_in_turn(tell):
    """§7: an order never overtakes the one before it, though its own lead time may be 0; order k is of 2^k units."""
    leads = law(Discrete((0.0, 6.0), (0.5, 0.5)))
    rule = orders(*((t, 2.0**t) for t in range(12)))

    def arrivals(crossover):
        one = channel("c", lead_time=leads, crossover=crossover)
        received = tell(world(18, channels=(one,), keeps=(keep(0.0, rule),)))["channels.c.depot.g.received"]
        return [k for amount in received for k in range(18) if int(amount) >> k & 1]

    assert arrivals(False) == sorted(arrivals(False))
    assert arrivals(True) != sorted(arrivals(True))


@pytest.mark.parametrize(("issue", "expired"), [("oldest_first", 10), ("youngest_first", 40), ("at_random", 20.48)])
def test_what_spoils_depends_on_what_is_issued_first(tell, issue, expired):
    """§16: 50 on hand of shelf life 4, 10 more in each of periods 1 to 3, 10 issued a period.

    Oldest first, the 50 lose 40 and 10 spoil. Youngest first, they lose 10 in period 0 alone. At random, 40 are left
    after period 0; of 50 in each of the next three, a fifth goes: 40 x 0.8 x 0.8 x 0.8 = 20.48.
    """
    fresh = tuple((t, 10.0, 0) for t in (1, 2, 3))
    here = keep(50.0, under_way=fresh, shelf_life=4, issue=issue)
    told = tell(world(4, channels=(channel("c"),), keeps=(here,)))
    assert told["stores.depot.g.expired"] == pytest.approx([0, 0, 0, expired])


def test_crumbs_that_do_not_expire_are_counted_with_the_next_class(tell):
    """§16: 100 have entered, so up to 1.01e-7 counts as nothing; 7e-8 stays, and with the next 7e-8 it is more."""
    crumbs = ((1, 7e-8, 0), (2, 7e-8, 0))
    here = keep(100.0, under_way=crumbs, shelf_life=3)
    uses = (use(ChangingLaw((Fixed(0.0), Fixed(100.0)), Changing(np.array([[1.0], [0.0]]), (), (0, 1)), number(1))),)
    told = tell(world(5, channels=(channel("c"),), keeps=(here,), uses=uses))
    assert told["stores.depot.g.expired"] == pytest.approx([0, 0, 0, 0, 1.4e-7], abs=1e-12)


@pytest.mark.parametrize("overflow", ["waits", "refused"])
def test_a_full_store(tell, overflow):
    """§16: 30 arrive in period 1 where there is room for 20; 10 wait for room, which demand makes, or are refused."""
    full = store(capacity=number(20), overflow=overflow)
    told = tell(world(4, channels=(channel("c"),), stores=(full,), keeps=(keep(0.0, under_way=((1, 30.0, 0),)),)))
    waits = overflow == "waits"
    assert told["stores.depot.g.entered"] == ([0, 20, 10, 0] if waits else [0, 20, 0, 0])
    assert told["stores.depot.g.refused"] == ([0, 0, 0, 0] if waits else [0, 10, 0, 0])


def test_what_waits_for_room_costs_too(tell):
    """§17: of 40, 20 enter in period 1 and go to those who wait for 20; the other 20 wait, and half of those stay."""
    full = store(capacity=number(20), holding_fixed=0.5, waiting_fixed=3.0)
    told = tell(world(4, channels=(channel("c"),), stores=(full,), keeps=(keep(0.0, under_way=((1, 40.0, 0),)),)))
    assert told["stores.depot.g.on_hand"] == [0, 0, 10, 0]
    assert told["stores.depot.g.waiting"] == [0, 20, 0, 0]
    assert told["costs.holding"] == [0, 60, 5, 0]


def test_priorities_and_what_is_kept_for_those_before(tell):
    """§18: 36 on hand; the first takes 10; two share what is above 12, asking 10 and 20: 14/30 of each."""
    three = (consumer("first", (0,)), consumer("second", (1,), priority=2), consumer("third", (2,), priority=2))
    kept = (number(12),)
    uses = (use(law(10)), use(law(10), 1, served_above=kept), use(law(20), 2, served_above=kept))
    told = tell(world(1, keeps=(keep(36.0),), consumers=three, uses=uses))
    got = [told[f"consumers.{name}.g.served"][0] for name in ("first", "second", "third")]
    assert got == pytest.approx([10, 10 * 14 / 30, 20 * 14 / 30])


def test_backorders_are_met_first_and_are_not_served_on_time(tell):
    """§18: 10 wanted a period, 25 come in period 1: 10 meet what is owed, 10 are on time, 5 are left."""
    told = tell(world(3, channels=(channel("c"),), keeps=(keep(0.0, under_way=((1, 25.0, 0),)),)))
    assert told["consumers.user.g.served"] == [0, 10, 5]
    assert told["consumers.user.g.backorders"] == [10, 0, 5]
    assert told["consumers.user.first_short"] == [0]


def test_a_consumer_fills_a_stock_of_its_own(tell):
    """§18: an own stock of 25 from 5: 30 are asked for at first, and what is issued serves 10 of them."""
    told = tell(world(2, keeps=(keep(100.0),), uses=(use(law(10), own_stock=number(25), own_opening=5.0),)))
    assert told["consumers.user.g.received"] == [30, 10]
    assert told["consumers.user.g.own_stock"] == [25, 25]


def test_a_signal_is_noticed_late_and_goes_off_at_its_own_level(tell):
    """§9: cover falls 4, 3, 2 (periods of use), below 3 in period 2, up to 5 in period 4, noticed one period later."""
    low = Signal("low", "low", "cover", store=0, on_at=3.0, off_at=4.5, delay=1)
    here = keep(40.0, under_way=((3, 20.0, 0), (4, 30.0, 0)))
    seen = (Condition("low", ("off", "on")),)
    told = tell(world(7, channels=(channel("c"),), keeps=(here,), signals=(low,), conditions=seen))
    # In the decisions phase, before demand, there are 40, 30, 20, 30, 50, 40 and 30 on hand.
    assert told["signals.low.noticed"] == [0, 0, 0, 1, 1, 0, 0]


def test_what_reads_a_regime_follows_its_script(tell):
    """§10: the script's states stand in its periods, and a value that reads the regime changes with them."""
    always = Changing(np.zeros((1, 2)), (0,))
    wanted = use(ChangingLaw((Fixed(10.0),), always, Changing(np.array([[1.0, 2.0]]), (0,))))
    told = tell(
        world(5, regimes=(regime("r", ((1, 1), (3, 0))),), conditions=(Condition("r", ("a", "b")),), uses=(wanted,))
    )
    assert told["regimes.r.state"] == [0, 1, 1, 0, 0]
    assert told["consumers.user.g.demand"] == [10, 20, 20, 10, 10]


@pytest.mark.parametrize("lead", [0, 2])
def test_a_shipment_arrives_in_part_and_the_rest_is_on_nobodys_books(tell, lead):
    """§8, §17: of 40, 60 % less 4 arrive. 30 % of the price of 40 is paid on order, 70 % of that of 20 on receipt."""
    part = channel("c", lead_time=law(lead), paid_on_order=0.3, delivered=law(0.6), short_by=law(4))
    told = tell(world(4, channels=(part,), keeps=(keep(100.0, orders((0, 40), (1, 0))),)))
    at = [float(t == lead) for t in range(4)]
    assert told["channels.c.depot.g.received"] == [20 * x for x in at]
    assert told["channels.c.depot.g.missing"] == [20 * x for x in at]
    assert told["channels.c.depot.g.on_order"] == [40.0 * (t < lead) for t in range(4)]
    assert told["costs.imports"] == pytest.approx([12 * (t == 0) + 14 * x for t, x in enumerate(at)])


def test_a_shipment_lacks_no_more_than_it_holds(tell):
    """§8: of 3, nothing arrives where 5 are missing; a share above 1 is 1."""
    less = channel("c", lead_time=law(1), delivered=ChangingLaw((Fixed(0.5),), number(0), number(4)), short_by=law(5))
    told = tell(world(4, channels=(less,), keeps=(keep(100.0, orders((0, 3), (1, 8), (2, 0))),)))
    assert told["channels.c.depot.g.received"] == [0.0, 0.0, 3.0, 0.0]
    assert told["channels.c.depot.g.missing"] == [0.0, 3.0, 5.0, 0.0]


def test_the_buyer_learns_on_receipt_what_is_missing(tell):
    """§7: a base stock of 50 counts what was ordered; the 10 of 20 that are missing are asked for as it arrives."""
    half = channel("c", lead_time=law(2), delivered=law(0.5))
    told = tell(
        world(4, channels=(half,), keeps=(keep(30.0, ordering("base_stock", order_up_to=50.0)),), uses=(use(law(0)),))
    )
    assert told["channels.c.depot.g.ordered"] == [20.0, 0.0, 10.0, 0.0]


def test_what_a_narrow_channel_clears_is_a_shipment(tell):
    """§8: capacity is of what was ordered; each part of an order that clears is a shipment of its own."""
    narrow = channel("c", capacity=number(10), lead_time=law(1), delivered=law(0.9), short_by=law(1))
    told = tell(world(5, channels=(narrow,), keeps=(keep(0.0, under_way=((1, 24.0, 0),)),)))
    assert told["channels.c.depot.g.received"] == pytest.approx([0.0, 8.0, 8.0, 2.6, 0.0])
    assert told["channels.c.depot.g.missing"] == pytest.approx([0.0, 2.0, 2.0, 1.4, 0.0])


def test_what_never_came_is_not_missing_from_a_shipment(tell):
    """§8: what is lost or paid back at a closed channel is so whole."""
    told = tell(closing_channel("refunded", delivered=law(0.5)))
    assert told["channels.c.depot.g.lost"] == [0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0]
    assert sum(told["channels.c.depot.g.missing"]) == 0.0
    assert told["costs.imports"] == [9.0, 0.0, 0.0, -9.0, 0.0, 0.0, 0.0]
