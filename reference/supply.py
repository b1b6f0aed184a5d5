"""Channels (§8) and ordering (§7): what is ordered, what is under way and what clears."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.parts.ordering import TWO_SOURCES
from reference.draws import draw, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.parts.laws import Law
    from holdfast.parts.world import Changing, Channel, Keep, Ordering, World
    from reference.draws import Draws
    from reference.moment import Moment
    from reference.storage import Flow
    from reference.transfers import LinkTwin
    from reference.world_phase import PricesTwin


@dataclass(eq=False)
class Order:
    """Goods under way, or held at their channel, for one keep."""

    keep: int
    due: int
    amount: float
    paid: float
    """Money paid for what is left of it, not discounted."""


class ChannelTwin:
    """One channel and all that is under way through it."""

    def __init__(self, world: World, index: int, draws: Draws, flow: Flow, prices: PricesTwin) -> None:
        self.world = world
        self.prices = prices
        self.channel: Channel = world.channels[index]
        self.draws = draws
        self.flow = flow
        self.orders: list[Order] = []
        self.capacity = 0.0
        self.capacity_left = 0.0
        self.room = 0.0
        self.latest: dict[int, int] = {}
        self.of_shipments: dict[str, tuple[Law, float]] = {}
        self.paid = 0.0
        self.retainer = 0.0
        orderings = [k.ordering for k in world.keeps if k.ordering is not None]
        self.review = max([o.review_period for o in orderings if index in o.channels], default=1)
        for i, keep in enumerate(world.keeps):
            for due, amount, channel in keep.under_way:
                if channel == index:
                    self.orders.append(Order(i, due, amount, 0.0))

    @property
    def minimum_order(self) -> float:
        """The smallest order that is taken."""
        return self.channel.minimum_order

    def name(self, keep: int) -> str:
        """Where this channel's records for a keep stand."""
        k = self.world.keeps[keep]
        return f"channels.{self.channel.name}.{self.world.stores[k.store].name}.{self.world.goods[k.good].name}"

    def begin(self, now: Moment) -> None:
        """Read the period's capacity after the world phase, and add it to the room that orders left."""
        opened = now.value(self.channel.open) > 0
        laws = {"delivered": self.channel.delivered, "short_by": self.channel.short_by}
        self.of_shipments = {what: now.law(law) for what, law in laws.items() if law is not None}
        self.capacity = now.value(self.channel.capacity) if opened else 0.0
        self.capacity_left = self.capacity
        self.room = min(self.room + self.capacity, self.review * self.capacity) if self.capacity > 0 else 0
        self.paid = 0.0
        self.retainer = now.value(self.channel.retainer) if opened else 0.0

    def price(self, now: Moment) -> float:
        """What a unit costs now."""
        return now.value(self.channel.price) * self.prices.product(self.channel.moves_with)

    def clear(self, now: Moment) -> dict[int, float]:
        """Clear in the receipts phase what is due or held; what came through, by keep."""
        due = [o for o in self.orders if o.due <= now.t]
        total = sum(o.amount for o in due)
        arrived: dict[int, float] = {}
        if total <= 0:
            return arrived
        if self.capacity > 0:
            share = min(1.0, self.capacity / total)
            self.capacity_left = max(0.0, self.capacity - total)
        elif self.channel.in_transit == "passes":
            share = 1.0
        elif self.channel.in_transit == "held":
            share = 0.0
        else:
            self._lose(due)
            return arrived
        for order in due:
            amount = self._clear(order, order.amount * share)
            arrived[order.keep] = arrived.get(order.keep, 0.0) + amount
        return {keep: self._deliver(now, keep, amount) for keep, amount in arrived.items()}

    def _lose(self, due: list[Order]) -> None:
        for order in due:
            self.flow.add(f"{self.name(order.keep)}.lost", order.amount)
            if self.channel.in_transit == "refunded":
                self.paid -= order.paid
        self.orders = [o for o in self.orders if o not in due]

    def _clear(self, order: Order, amount: float) -> float:
        """Clear an amount of an order."""
        if amount <= 0:
            return 0.0
        order.paid *= 1 - amount / order.amount
        order.amount -= amount
        if order.amount <= 0:
            self.orders = [o for o in self.orders if o is not order]
        return amount

    def _deliver(self, now: Moment, keep: int, cleared: float) -> float:
        """What arrives of a shipment; the rest of its price is paid."""
        share, short = self._drawn(now, "delivered", keep, 1.0), self._drawn(now, "short_by", keep, 0.0)
        amount = max(0.0, cleared * min(1.0, max(0.0, share)) - max(0.0, short))
        self.flow.add(f"{self.name(keep)}.received", amount)
        self.flow.add(f"{self.name(keep)}.missing", cleared - amount)
        self.paid += amount * (1 - self.channel.paid_on_order) * self.price(now)
        return amount

    def _drawn(self, now: Moment, what: str, keep: int, default: float) -> float:
        """What a law of shipments gives in this period, as it stood after the world phase."""
        if what not in self.of_shipments:
            return default
        k = self.world.keeps[keep]
        stream = (
            f"channels.{self.channel.name}.{what}.{self.world.stores[k.store].name}.{self.world.goods[k.good].name}"
        )
        law, scale = self.of_shipments[what]
        return scale * draw(law, self.draws.word(stream, now.t))

    def place(self, now: Moment, keep: int, amount: float) -> float:
        """Place an order; how much of it clears at once (lead time 0)."""
        t = now.t
        k = self.world.keeps[keep]
        stream = f"channels.{self.channel.name}.lead.{self.world.stores[k.store].name}.{self.world.goods[k.good].name}"
        law, scale = now.law(self.channel.lead_time)
        due = t + whole(scale * draw(law, self.draws.event(stream, t, 0)), self.draws.event(stream, t, 1))
        if not self.channel.crossover:
            due = max(due, self.latest.get(keep, due))
            self.latest[keep] = due
        order = Order(keep, due, amount, amount * self.channel.paid_on_order * self.price(now))
        self.orders.append(order)
        self.paid += order.paid + self.channel.order_cost
        self.flow.add(f"{self.name(keep)}.ordered", amount)
        if due > t:
            return 0.0
        at_once = min(amount, self.capacity_left)
        self.capacity_left -= at_once
        return self._deliver(now, keep, self._clear(order, at_once))

    def under_way(self, keep: int) -> float:
        """Placed for a keep and not yet cleared."""
        return sum(o.amount for o in self.orders if o.keep == keep)

    def due_by(self, keep: int, period: int) -> float:
        """Held for a keep, or due by the end of a period."""
        return sum(o.amount for o in self.orders if o.keep == keep and o.due <= period)

    def note(self, keep: int, t: int) -> None:
        """Note the levels at the end of period t."""
        self.flow.level(f"{self.name(keep)}.on_order", self.under_way(keep))
        self.flow.level(f"{self.name(keep)}.held", self.due_by(keep, t))


class OrderingTwin:
    """The rule by which one keep orders."""

    def __init__(self, keep: int, world: World, channels: list[ChannelTwin], links: list[LinkTwin]) -> None:
        self.keep = keep
        self.tier = world.tiers()[keep]
        self.sources: list[ChannelTwin | LinkTwin] = [*channels, *links]
        self.data: Keep = world.keeps[keep]
        self.channels = channels

    def wanted(self, now: Moment, shelf: float, position: float) -> list[float]:
        """What this review wants of each source.

        Args:
            now: The moment.
            shelf: on_hand + waiting + under inspection - backorders.
            position: The inventory position.
        """
        rule = self.data.ordering
        if rule is None or now.t % rule.review_period or (rule.active is not None and not now.value(rule.active)):
            return []
        if rule.kind in TWO_SOURCES:
            return self._two_sources(now, rule, shelf, position)
        cap = math.inf if rule.order_at_most is None else now.value(rule.order_at_most)
        amount = min(cap, self._amount(now, rule, position))
        return [amount * now.value(share) for share in rule.shares]

    @staticmethod
    def _read(now: Moment, changing: Changing | None) -> float:
        if changing is None:
            raise ValueError("an ordering lacks a number that its kind needs")
        return now.value(changing)

    def _amount(self, now: Moment, rule: Ordering, position: float) -> float:
        """What a rule without an expedited source wants in all, its cap apart."""
        if rule.kind == "vector_base_stock":
            return self._vector(now, rule, position)
        if rule.kind == "base_stock":
            return _real(self._read(now, rule.order_up_to) - position, self._read(now, rule.order_up_to))
        if rule.kind == "constant_order":
            return self._read(now, rule.order_quantity)
        reorder = self._read(now, rule.reorder_point)
        if position - reorder > 1e-9 * (1 + abs(position)):
            return 0.0
        if rule.kind == "s_S":
            return _real(self._read(now, rule.order_up_to) - position, self._read(now, rule.order_up_to))
        lot = self._read(now, rule.order_quantity)
        return (math.floor((reorder - position) / lot + 1e-9) + 1) * lot if lot > 0 else 0.0

    def _vector(self, now: Moment, rule: Ordering, position: float) -> float:
        """What keeps the position, and what is due in k periods or later, at their levels at most."""
        source = self.channels[rule.channels[0]]
        parts = [position] + [
            source.under_way(self.keep) - source.due_by(self.keep, now.t + k - 1) for k in range(1, len(rule.levels))
        ]
        return min(_real(level - part, level) for level, part in zip(rule.levels, parts, strict=True))

    def _two_sources(self, now: Moment, rule: Ordering, shelf: float, position: float) -> list[float]:
        """What the regular and the expedited source are asked for."""
        near = position if rule.kind == "single_index" else self._expedited_position(now, rule, shelf)
        expedite_up_to = self._read(now, rule.expedite_up_to)
        fast = _real(expedite_up_to - near, expedite_up_to)
        if rule.kind == "tailored_base_surge":
            return [self._read(now, rule.order_quantity), fast]
        up_to = self._read(now, rule.order_up_to)
        cap = math.inf if rule.order_at_most is None else now.value(rule.order_at_most)
        return [min(cap, _real(up_to - position - fast, up_to)), fast]

    def _expedited_position(self, now: Moment, rule: Ordering, shelf: float) -> float:
        """The shelf, and what is held or due within the expedited source's lead time."""
        regular, expedited = (self.channels[c] for c in rule.channels)
        lead = expedited.channel.lead_time
        law, scale = lead.laws[int(lead.which.values.flat[0])], float(lead.scale.values.flat[0])
        soon = now.t + round(law.mean() * scale)
        return shelf + regular.due_by(self.keep, soon) + expedited.due_by(self.keep, soon)

    def split(self, now: Moment, wanted: list[float], granted: list[float]) -> list[float]:
        """What is ordered from each source: the granted part of what is wanted, rerouting, minimum orders."""
        rule = self.data.ordering
        if rule is None or not wanted:
            return []
        sources = [self.sources[c] for c in rule.channels]
        take = [amount * granted[c] for amount, c in zip(wanted, rule.channels, strict=True)]
        if rule.reroute:
            shares = [now.value(s) for s in rule.shares]
            for _ in sources:
                self._reroute(sources, take, shares, sum(wanted))
        for i, source in enumerate(sources):
            if take[i] > 0 and take[i] < source.minimum_order * (1 - 1e-9):
                source.room += take[i]
                take[i] = 0.0
        return take

    @staticmethod
    def _reroute(sources: list[ChannelTwin | LinkTwin], take: list[float], shares: list[float], total: float) -> None:
        """Offer what is left once more, to the sources that still have room."""
        left = total - sum(take)
        roomy = [i for i, s in enumerate(sources) if s.room > 0]
        if not roomy or left <= 1e-12 * total:
            return
        weight = sum(shares[i] for i in roomy)
        parts = [0.0] * len(sources)
        for i in roomy:
            parts[i] = left * (shares[i] / weight if weight > 0 else 1 / len(roomy))
        _offer(sources, take, parts)


def _real(gap: float, aim: float) -> float:
    """A gap to an aim; what is only rounding counts as 0 (§7)."""
    return gap if gap > 1e-9 * (1 + abs(aim)) else 0.0


def _offer(sources: list[ChannelTwin | LinkTwin], take: list[float], parts: list[float]) -> None:
    """Let each source take what is offered, as far as it has room."""
    for i, source in enumerate(sources):
        got = min(parts[i], source.room)
        take[i] += got
        source.room = source.room - got if got < source.room else 0.0


def ordering_phase(
    now: Moment,
    rules: list[OrderingTwin],
    shelf: Callable[[int], tuple[float, float]],
) -> list[tuple[ChannelTwin, int, float]]:
    """Reckon this period's orders, share the channels' room, and place them (§7), tier by tier (§25).

    Args:
        now: The moment.
        rules: One for each keep.
        shelf: Of a keep: (on_hand + waiting + under inspection, backorders).

    Returns:
        What clears at once: (channel, keep, amount).
    """
    cleared = []
    for tier in sorted({rule.tier for rule in rules}):
        cleared += _one_tier(now, [rule for rule in rules if rule.tier == tier], shelf)
    return cleared


def _one_tier(
    now: Moment, rules: list[OrderingTwin], shelf: Callable[[int], tuple[float, float]]
) -> list[tuple[ChannelTwin, int, float]]:
    """The orders of keeps that decide together."""
    wanted = []
    for rule in rules:
        goods, backorders = shelf(rule.keep)
        on_order = sum(source.under_way(rule.keep) for source in rule.sources)
        wanted.append(rule.wanted(now, goods - backorders, goods + on_order - backorders))
    granted = _grant(rules, wanted)
    cleared: list[tuple[ChannelTwin, int, float]] = []
    for rule, amounts in zip(rules, wanted, strict=True):
        for i, amount in enumerate(rule.split(now, amounts, granted)):
            if amount > 0 and rule.data.ordering is not None:
                source = rule.sources[rule.data.ordering.channels[i]]
                at_once = source.place(now, rule.keep, amount)
                if isinstance(source, ChannelTwin) and at_once > 0:
                    cleared.append((source, rule.keep, at_once))
    return cleared


def _grant(rules: list[OrderingTwin], wanted: list[list[float]]) -> list[float]:
    """The part of what all keeps first ask of each source that its room grants; the room is taken."""
    sources = rules[0].sources if rules else []
    asked = [0.0] * len(sources)
    for rule, amounts in zip(rules, wanted, strict=True):
        if rule.data.ordering is not None:
            for c, amount in zip(rule.data.ordering.channels, amounts, strict=False):
                asked[c] += amount
    granted = []
    for source, total in zip(sources, asked, strict=True):
        granted.append(1.0 if total <= source.room else source.room / total)
        source.room = max(0.0, source.room - total)
    return granted
