"""Stores as sources (§25): what a store owes to another, and what is on its way between them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference.draws import draw, whole
from reference.names import keep_name, link_name

if TYPE_CHECKING:
    from holdfast.parts.world import Link, World
    from reference.draws import Draws
    from reference.moment import Moment
    from reference.storage import Flow, StoreTwin


class LinkTwin:
    """One way between two stores; to an ordering it is a source like a channel that has always room."""

    minimum_order = 0.0

    def __init__(self, world: World, number: int, draws: Draws, flow: Flow) -> None:
        self.link: Link = world.links[number]
        self.draws = draws
        self.flow = flow
        self.name = link_name(world, number)
        origin = world.stores[world.keeps[self.link.origin].store].name
        self.stream = f"transfers.{origin}.lead.{keep_name(world, self.link.keep)}"
        self.room = math.inf
        self.owed = 0.0
        self.paid = 0.0
        source = len(world.channels) + number
        self.shipments = [(due, amount) for due, amount, c in world.keeps[self.link.keep].under_way if c == source]

    def place(self, _now: Moment, _keep: int, amount: float) -> float:
        """Take an order; nothing of it comes before it is shipped."""
        self.owed += amount
        self.flow.add(f"{self.name}.ordered", amount)
        return 0.0

    def under_way(self, keep: int) -> float:
        """On order of a keep: owed, and shipped and not arrived."""
        return self.owed + sum(amount for _, amount in self.shipments) if keep == self.link.keep else 0.0

    def arrive(self, now: Moment) -> float:
        """What arrives in the receipts phase, and by then."""
        came = sum(amount for due, amount in self.shipments if due <= now.t)
        self.shipments = [(due, amount) for due, amount in self.shipments if due > now.t]
        self.flow.add(f"{self.name}.received", came)
        return came

    def ship(self, now: Moment, amount: float) -> None:
        """Send an amount of what is owed on its way."""
        if amount <= 0:
            return
        law, scale = now.law(self.link.lead_time)
        lead = scale * draw(law, self.draws.event(self.stream, now.t, 0))
        self.shipments.append((now.t + whole(lead, self.draws.event(self.stream, now.t, 1)), amount))
        self.owed -= amount
        self.paid += amount * self.link.cost
        self.flow.add(f"{self.name}.shipped", amount)

    def note(self) -> None:
        """Note the levels at the end of the period."""
        self.flow.level(f"{self.name}.owed", self.owed)
        self.flow.level(f"{self.name}.under_way", sum(amount for _, amount in self.shipments))


def ship_from(now: Moment, keep: int, store: StoreTwin, good: int, links: list[LinkTwin]) -> None:
    """One keep ships what it owes, as far as it lasts, to all in proportion."""
    mine = [link for link in links if link.link.origin == keep]
    total, pile = sum(link.owed for link in mine), store.pile(good)
    if total <= 0 or pile is None or not now.value(store.store.open) > 0:
        return
    part = min(1.0, pile.on_hand / total)
    for link in mine:
        link.ship(now, pile.take(link.owed * part, pile.keep.issue))
