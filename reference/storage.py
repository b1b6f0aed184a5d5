"""Stores: age classes kept one by one, room, expiry and accidents (§16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference.draws import chance, draw

if TYPE_CHECKING:
    from holdfast.parts.world import Keep, Store, World
    from reference.draws import Draws
    from reference.moment import Moment


class Pile:
    """One good in one store, by the period class in which it entered."""

    def __init__(self, keep: Keep, index: int) -> None:
        self.keep = keep
        self.index = index
        self.classes: dict[int, float] = {0: keep.on_hand} if keep.on_hand > 0 else {}
        self.waiting = 0.0
        self.ever = keep.on_hand

    @property
    def on_hand(self) -> float:
        """All that is in the store."""
        return sum(self.classes.values())

    def add(self, t: int, amount: float) -> None:
        """Put an amount into the class of period t."""
        if amount > 0:
            c = t // self.keep.age_class
            self.classes[c] = self.classes.get(c, 0.0) + amount
            self.ever += amount

    def take(self, amount: float, rule: str) -> float:
        """Take at most an amount out, by an issue rule; what was taken."""
        amount = min(amount, self.on_hand)
        if amount <= 0:
            return 0.0
        if rule == "at_random":
            left = 1 - amount / self.on_hand
            self.classes = {c: x * left for c, x in self.classes.items()}
            return amount
        still = amount
        for c in sorted(self.classes, reverse=rule == "youngest_first"):
            part = min(still, self.classes[c])
            self.classes[c] -= part
            still -= part
        self.classes = {c: x for c, x in self.classes.items() if x > 0}
        return amount

    def expire(self, t: int) -> float:
        """Take out what expires at the end of period t; how much it was.

        Crumbs stay: as the oldest, to be counted with what comes of age next, where the oldest goes first, else as if
        they were fresh.
        """
        due = [c for c in self.classes if c * self.keep.age_class + self.keep.shelf_life - 1 <= t]
        crumb = 1e-9 * (1 + self.ever)
        if self.keep.issue == "oldest_first":
            left = sum(self.classes[c] for c in due)
            if left <= crumb:
                return 0.0
            self.classes = {c: x for c, x in self.classes.items() if c not in due}
            return left
        gone = crumbs = 0.0
        for left in [self.classes.pop(c) for c in due]:
            if left > crumb:
                gone += left
            else:
                crumbs += left
        self.add(t, crumbs)
        self.ever -= crumbs
        return gone


class StoreTwin:
    """One store and its piles."""

    def __init__(self, world: World, store: Store, draws: Draws, flow: Flow) -> None:
        self.store = store
        self.draws = draws
        self.flow = flow
        self.capacity = 0.0
        self.piles = [Pile(world.keeps[k], k) for k in store.keeps]
        self.names = [f"stores.{store.name}.{world.goods[p.keep.good].name}" for p in self.piles]

    def pile(self, good: int) -> Pile | None:
        """The pile of a good, if the store keeps it."""
        return next((p for p in self.piles if p.keep.good == good), None)

    def begin(self, now: Moment) -> None:
        """Read the period's capacity, after the world phase."""
        self.capacity = now.value(self.store.capacity)

    def enter(self, now: Moment, amounts: dict[int, float]) -> None:
        """Let what waited in first, then amounts by good, as far as there is room."""
        room = max(0.0, self.capacity - sum(p.on_hand for p in self.piles))
        waiting = sum(p.waiting for p in self.piles)
        if waiting > 0:
            share = min(1.0, room / waiting)
            for pile, name in zip(self.piles, self.names, strict=True):
                part = pile.waiting * share
                self._put(pile, name, now.t, part)
                pile.waiting -= part
            room = max(0.0, room - waiting)
        new = sum(amounts.values())
        if new <= 0:
            return
        share = min(1.0, room / new)
        for pile, name in zip(self.piles, self.names, strict=True):
            amount = amounts.get(pile.keep.good, 0.0)
            part = amount * share
            self._put(pile, name, now.t, part)
            if self.store.overflow == "waits":
                pile.waiting += amount - part
            else:
                self.flow.add(f"{name}.refused", amount - part)

    def _put(self, pile: Pile, name: str, t: int, amount: float) -> None:
        pile.add(t, amount)
        self.flow.add(f"{name}.entered", amount)

    def take(self, good: int, amount: float, what: str) -> float:
        """Take a good out by the store's issue rule: `issued` to consumers or `taken` by lines."""
        for pile, name in zip(self.piles, self.names, strict=True):
            if pile.keep.good == good:
                got = pile.take(amount, pile.keep.issue)
                self.flow.add(f"{name}.{what}", got)
                return got
        return 0.0

    def age(self, now: Moment) -> None:
        """The ageing phase: accidents, then expiry."""
        t = now.t
        if self.draws.happens(chance(now.value(self.store.accident_rate)), f"stores.{self.store.name}.accident", t):
            share = draw(self.store.accident_destroys, self.draws.word(f"stores.{self.store.name}.destroyed", t))
            share = min(1.0, max(0.0, share))
            for pile, name in zip(self.piles, self.names, strict=True):
                self.flow.add(f"{name}.destroyed", pile.take(share * pile.on_hand, "oldest_first"))
        for pile, name in zip(self.piles, self.names, strict=True):
            self.flow.add(f"{name}.expired", pile.expire(t))


class Flow:
    """The records of one future, filled period by period (§22)."""

    def __init__(self, names: list[str]) -> None:
        self.records: dict[str, list[float]] = {name: [] for name in names}
        self.now = dict.fromkeys(names, 0.0)

    def add(self, name: str, amount: float) -> None:
        """Add to a flow of this period; a name that is no record is a KeyError."""
        self.now[name] += amount

    def level(self, name: str, value: float) -> None:
        """Note a level at the end of this period."""
        if name not in self.now:
            raise KeyError(name)
        self.now[name] = float(value)

    def close(self) -> None:
        """End the period."""
        for name, values in self.records.items():
            values.append(self.now[name])
        self.now = dict.fromkeys(self.records, 0.0)
