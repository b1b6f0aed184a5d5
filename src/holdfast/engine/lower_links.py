"""Lowering of stores as sources: what is owed, shipped and under way between stores (conventions §25)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from holdfast.engine.lower_flow import always, emit_enter, most_and_usual, ring, shortest
from holdfast.engine.lowering import LinkRows
from holdfast.engine.ops import consumers, stores, transfers
from holdfast.parts.laws import Fixed

if TYPE_CHECKING:
    from holdfast.engine.lowering import Lowering


def lower_links(low: Lowering) -> None:
    """Rows of the links, and what arrives on them."""
    b, world = low.builder, low.world
    args: list[int] = []
    for number, link in enumerate(world.links):
        source = len(world.channels) + number
        due = [(t, amount) for t, amount, c in world.keeps[link.keep].under_way if c == source]
        most, usual = most_and_usual(link.lead_time)
        opening = np.zeros(min(world.periods, 1 + max((t for t, _ in due), default=-1)))
        for t, amount in due:
            if t < opening.size:
                opening[t] += amount
        name, total = low.link_name(number), math.fsum(amount for _, amount in due)
        low.on_order_at_start[link.keep] = low.on_order_at_start.get(link.keep, 0.0) + total
        owed, room = b.level(f"{name}.owed", b.f()), b.f()
        b.start_at(room, math.inf)
        shipped, received = b.flow(f"{name}.shipped"), b.flow(f"{name}.received")
        b.flow(f"{name}.ordered")
        b.adds_up(f"{name}.under_way", total, [(1.0, shipped), (-1.0, received)])
        on_the_way = ring(b, b.f, min(world.periods, most + 2), usual + 2, opening)
        low.flow_index.links.append(LinkRows(owed, on_the_way, room, b.f(), b.f()))
        args += [on_the_way, low.keeps[link.keep], received]
    if args:
        b.emit("receipts", transfers.arrive, len(world.links), b.spare_f(0), *args)


def link_source(low: Lowering, number: int, share: int) -> list[int]:
    """A link as a source of an order: a channel without capacity, at which what is ordered is held, and so owed."""
    b, name, rows = low.builder, low.link_name(number), low.flow_index.links[number]
    return [
        share, rows.room, b.const(0.0), rows.owed, rows.ring, b.param(0.0), -1, b.law(Fixed(0.0)), b.const(1.0),
        0, -1, b.const(0.0), b.param(0.0), b.f(), low.keeps[low.world.links[number].keep] + stores.ENTERING,
        b.flow(f"{name}.received"), b.flow(f"{name}.ordered"), b.spare, b.spare, low.discount, -1, -1,
        rows.asked, rows.granted, 0, -1, -1, -1,
    ]  # fmt: skip


def lower_owing(low: Lowering, keep: int, every: int = 1) -> None:
    """What a keep owes to stores and to consumers counts as its backorders, as it is now."""
    if any(link.origin == keep for link in low.world.links):
        backlogs = low.backlogs_of(keep)
        low.builder.emit("decisions", consumers.backorders, low.keeps[keep], len(backlogs), *backlogs, every=every)


def lower_shipping(low: Lowering, tiers: tuple[int, ...]) -> None:
    """Stores ship, those of the highest tier first; what takes no time enters before the next tier ships."""
    b, world = low.builder, low.world
    spare = (b.spare_f(0), b.spare_f(1), b.spare_z(0))
    for tier in range(max(tiers, default=0), 0, -1):
        enters = set()
        for i in (i for i, found in enumerate(tiers) if found == tier):
            args: list[int] = []
            mine = [(number, link) for number, link in enumerate(world.links) if link.origin == i]
            for number, link in mine:
                name, rows = low.link_name(number), low.flow_index.links[number]
                fixed = always(link.lead_time)
                stream = f"transfers.{low.link_place(number, 'lead')}"
                args += [
                    rows.owed, b.flow(f"{name}.shipped"), low.keeps[link.keep], b.flow(f"{name}.received"), rows.ring,
                    *low.rates.law(link.lead_time, "decisions"),
                    b.event_words(stream, 1) if fixed < 0 else 0, b.param(link.cost), fixed,
                ]  # fmt: skip
                if shortest(link.lead_time) < 1.0:
                    enters.add(world.keeps[link.keep].store)
            store = world.stores[world.keeps[i].store]
            if store.overflow == "waits" and np.any(np.isfinite(store.capacity.values)):
                enters.add(world.keeps[i].store)
            is_open = low.rates.row(store.open, "decisions")
            money = (low.cost("transfers"), low.discount)
            b.emit("decisions", transfers.ship, low.keeps[i], is_open, *spare, *money, len(mine), *args)
        for s in sorted(enters):
            emit_enter(low, "decisions", s)
    for i in range(len(world.keeps)):
        lower_owing(low, i)
