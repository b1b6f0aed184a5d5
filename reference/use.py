"""Signals (§9) and demand (§18)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference.draws import draw

if TYPE_CHECKING:
    from holdfast.parts.world import Consumer, Signal, Use, World
    from reference.draws import Draws
    from reference.moment import Moment
    from reference.storage import Flow, StoreTwin
    from reference.world_phase import RegimeTwin


class UseTwin:
    """One good used by one consumer."""

    def __init__(self, world: World, use: Use, draws: Draws) -> None:
        self.use = use
        self.consumer: Consumer = world.consumers[use.consumer]
        self.name = f"consumers.{self.consumer.name}.{world.goods[use.good].name}"
        self.stream = f"consumers.{self.consumer.name}.demand.{world.goods[use.good].name}"
        self.draws = draws
        self.backorders = 0.0
        self.own = use.own_opening
        self.share_saved = 0.0
        self.demand = self.saved = self.wanted = self.need = self.ask = 0.0
        self.received = self.served = self.unmet = 0.0

    def ask_for(self, now: Moment) -> None:
        """Draw demand, take savings off and settle what is asked of the stores."""
        law, scale = now.law(self.use.demand)
        self.demand = scale * draw(law, self.draws.word(self.stream, now.t))
        if self.consumer.saves is not None:
            step = self.consumer.saves_step
            change = now.value(self.consumer.saves) - self.share_saved
            self.share_saved += min(step, max(-step, change))
        self.saved = self.demand * self.share_saved
        self.wanted = self.demand - self.saved
        self.need = self.backorders + self.wanted
        self.ask = self.need
        if self.use.own_stock is not None:
            self.ask = max(0.0, now.value(self.use.own_stock) + self.need - self.own)
        if self.consumer.at_most is not None:
            self.ask = min(self.ask, now.value(self.consumer.at_most) * self.use.normal_use)
        self.received = 0.0

    def settle(self, flow: Flow) -> bool:
        """Serve from what was received, and carry what is unmet; whether the period was short."""
        served = self.received
        if self.use.own_stock is not None:
            self.own += self.received
            served = min(self.own, self.need)
            self.own -= served
        self.served = max(0.0, served - self.backorders)
        self.unmet = self.wanted - self.served
        if self.consumer.backordered:
            self.backorders = max(0.0, self.need - served)
        for what in ("demand", "saved", "wanted", "served", "unmet", "received"):
            flow.add(f"{self.name}.{what}", getattr(self, what))
        flow.level(f"{self.name}.backorders", self.backorders)
        flow.level(f"{self.name}.own_stock", self.own)
        return self.unmet > 1e-9 * self.use.normal_use + 1e-9


class Demand:
    """All consumers."""

    def __init__(self, world: World, draws: Draws, flow: Flow) -> None:
        self.world = world
        self.flow = flow
        self.uses = [UseTwin(world, u, draws) for u in world.uses]
        self.short = [False] * len(world.consumers)

    def backorders(self, store: int, good: int) -> float:
        """Backorders for a good of the consumers that draw from a store first."""
        return sum(u.backorders for u in self.uses if u.use.good == good and u.consumer.draws_from[:1] == (store,))

    def phase(self, now: Moment, stores: list[StoreTwin]) -> None:
        """The demand phase."""
        for use in self.uses:
            use.ask_for(now)
        for j in range(max((len(c.draws_from) for c in self.world.consumers), default=0)):
            for s, store in enumerate(stores):
                if now.value(store.store.open) > 0:
                    for pile in store.piles:
                        self._issue(now, store, j, s, pile.keep.good)
        self.short = [False] * len(self.world.consumers)
        for use in self.uses:
            if use.settle(self.flow):
                self.short[use.use.consumer] = True
        for c, short in zip(self.world.consumers, self.short, strict=True):
            self.flow.level(f"consumers.{c.name}.short", short)

    def _issue(self, now: Moment, store: StoreTwin, j: int, s: int, good: int) -> None:
        """Round j at one store for one good: by priority, and in proportion within a priority."""
        here = [u for u in self.uses if u.use.good == good and u.consumer.draws_from[j : j + 1] == (s,)]
        for priority in sorted({u.consumer.priority for u in here}):
            group = [u for u in here if u.consumer.priority == priority]
            pile = store.pile(good)
            on_hand = pile.on_hand if pile else 0.0
            asks = [max(0.0, u.ask - u.received) for u in group]
            total = sum(asks)
            if total <= 0:
                continue
            for use, ask in zip(group, asks, strict=True):
                above = max(0.0, on_hand - now.value(use.use.served_above[j]))
                use.received += store.take(good, ask * min(1.0, above / total), "issued")


class SignalTwin:
    """One signal: what is true, and what is noticed later."""

    def __init__(self, signal: Signal, condition: int) -> None:
        self.signal = signal
        self.condition = condition
        self.on = False
        self.history: list[bool] = []

    def read(self, now: Moment, stores: list[StoreTwin], uses: list[UseTwin], regimes: list[RegimeTwin]) -> None:
        """Read the true state, and show policies the one of `delay` periods ago."""
        s = self.signal
        if s.kind == "warning":
            self.on = now.t < regimes[s.regime].warned_at + s.lasts
        elif s.kind == "cover":
            cover = self._cover(stores, uses)
            self.on = cover < s.on_at - _slack(s.on_at) or (self.on and cover < s.off_at - _slack(s.off_at))
        else:
            backorders = sum(u.backorders for u in uses if u.use.consumer == s.consumer)
            self.on = backorders > s.on_at + _slack(s.on_at) or (self.on and backorders > s.off_at + _slack(s.off_at))
        self.history.append(self.on)
        now.codes[self.condition] = int(now.t >= s.delay and self.history[now.t - s.delay])

    def _cover(self, stores: list[StoreTwin], uses: list[UseTwin]) -> float:
        """The lowest cover over the goods of the store, or of the consumer's own stock."""
        if self.signal.store >= 0:
            piles = stores[self.signal.store].piles
            covers = [p.on_hand / p.keep.use for p in piles if p.keep.use > 0]
        else:
            mine = [u for u in uses if u.use.consumer == self.signal.consumer and u.use.own_stock is not None]
            covers = [u.own / u.use.normal_use for u in mine if u.use.normal_use > 0]
        return min(covers, default=math.inf)


def _slack(level: float) -> float:
    """What rounding may move a value at a level by (§9)."""
    return 1e-9 * (1 + level)
