"""Lowering of ordering: what a review asks of channels and of other stores, and what stores then ship."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from holdfast.engine.lower_flow import always, emit_enter, looks_ahead, never_arrives, shortest
from holdfast.engine.lower_links import link_source, lower_owing, lower_shipping
from holdfast.engine.lower_policies import KINDS, lower_order_costs, lower_want
from holdfast.engine.ops import ordering

if TYPE_CHECKING:
    from holdfast.engine.lowering import Lowering
    from holdfast.parts.world import Ordering


def name_of_lead(low: Lowering, channel: int, keep: int) -> str:
    """The stream of lead times of a channel's orders for a keep."""
    return f"channels.{low.world.channels[channel].name}.lead.{low.keep_name(keep)}"


def lower_ordering(low: Lowering) -> None:
    """Orders, tier by tier (conventions §25) and keep by keep (§7); then stores ship."""
    b, world, index = low.builder, low.world, low.flow_index
    for rows, channel in low.late_prices:
        rows.price_now = low.charged(channel.price, "decisions", channel.moves_with)
    tiers, spare = world.tiers(), (b.spare_f(0), b.spare_f(1), b.spare_z(0), b.spare_z(1), b.spare_u())
    rooms = [x for rows in index.channels for x in (rows.asked, rows.granted, rows.room)]
    rooms += [x for rows in index.links for x in (rows.asked, rows.granted, rows.room)]
    at_once: set[int] = set()
    for tier in range(max(tiers, default=0) + 1):
        orders: list[tuple[tuple[int, ...], Ordering, list[int]]] = []
        for i, keep in enumerate(world.keeps):
            rule = keep.ordering
            if tiers[i] != tier or rule is None or never_arrives(world, keep):
                continue
            sources = [x for j in range(len(rule.channels)) for x in _source(low, i, rule, j, at_once)]
            args = _order_args(low, i, rule, spare, sources)
            lower_owing(low, i, rule.review_period)
            lower_want(low, low.keeps[i], rule, args, sources, looks_ahead(keep, world))
            orders.append((args, rule, sources))
        if orders:
            every = math.gcd(*(rule.review_period for _, rule, _ in orders))
            b.emit("decisions", ordering.ration, len(rooms) // 3, *rooms, every=every)
        for args, rule, sources in orders:
            b.emit("decisions", ordering.order, *args, every=rule.review_period)
            lower_order_costs(low, rule, sources)
    for s in sorted(at_once):
        emit_enter(low, "decisions", s)
    lower_shipping(low, tiers)


def _order_args(low: Lowering, i: int, rule: Ordering, spare: tuple[int, ...], sources: list[int]) -> tuple[int, ...]:
    """Arguments of `ordering.order` for a keep."""
    row = {
        name: low.rates.row(value, "decisions")
        if (value := getattr(rule, name)) is not None
        else low.builder.const(0.0)
        for name in ("order_up_to", "reorder_point", "order_quantity", "expedite_up_to")
    }
    active = -1 if rule.active is None else low.rates.row(rule.active, "decisions")
    return (
        low.keeps[i], KINDS.get(rule.kind, -1), row["order_up_to"], row["reorder_point"], row["order_quantity"],
        row["expedite_up_to"], active, int(rule.reroute), len(rule.channels),
        looks_ahead(low.world.keeps[i], low.world), *spare, *sources,
    )  # fmt: skip


def _source(low: Lowering, i: int, rule: Ordering, j: int, at_once: set[int]) -> list[int]:
    """Arguments of one source of a keep; a store where an order may clear at once is added to `at_once`."""
    b, world, index, c = low.builder, low.world, low.flow_index, rule.channels[j]
    share = low.rates.row(rule.shares[j], "decisions") if j < len(rule.shares) else b.const(0.0)
    if c >= len(world.channels):
        return link_source(low, c - len(world.channels), share)
    channel, rows, flow = world.channels[c], index.channels[c], index.flows[c, i]
    which, law, scale = low.rates.law(channel.lead_time, "decisions")
    name = f"channels.{channel.name}.{low.keep_name(i)}"
    minimum = channel.minimum_order * (1 - 1e-9)  # what lacks no more than rounding is placed (§7)
    fixed = always(channel.lead_time)
    words = b.event_words(name_of_lead(low, c, i), rule.review_period) if fixed < 0 else 0
    if channel.inspection < 0 and shortest(channel.lead_time) < 1.0:
        at_once.add(world.keeps[i].store)
    return [
        share, rows.room, rows.left, flow.held, flow.ring, b.param(minimum), which, law, scale,
        words, -1 if channel.crossover else b.z(), rows.price_now, b.param(channel.paid_on_order), b.f(), flow.arrives,
        b.flow(f"{name}.received"), b.flow(f"{name}.ordered"), flow.inside, low.cost("imports"), low.discount,
        flow.paid, flow.paid_ring, rows.asked, rows.granted, fixed, *flow.in_part,
    ]  # fmt: skip
