"""Which worlds are small enough to be solved exactly, and their numbers as `horizons` takes them."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.parts.laws import WORDS, DiscreteTable, Fixed, tabulate
from holdfast.study.exact.horizons import Stock, Way
from holdfast.study.exact.spells import spells

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from holdfast.parts.world import Changing, ChangingLaw, Channel, Keep, Regime, World

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

PARTS: Final = 10**6
"""Amounts are taken to be fractions with a denominator of at most so much."""
MOST_CHAIN: Final = 400
"""States of the regimes' chain, at most."""


class NotSmallError(ValueError):
    """A world cannot be solved exactly; the message says why, in words."""


def stock_of(world: World) -> Stock:
    """The one stock of a world, with all that its orders cost.

    Raises:
        NotSmallError: the world has more in it than can be solved.
    """
    _refuse(world)
    chain = _Chain(world)
    keep, use, store = world.keeps[0], world.uses[0], world.stores[0]
    consumer = world.consumers[0]
    assert keep.ordering is not None
    leads = {c: _lead(world.channels[c]) for c in keep.ordering.channels}
    quick = min(leads.values())
    lag = max(leads.values()) - quick
    if not consumer.backordered and not lag:
        quick, lag = 0, quick
    elif len(set(leads.values())) > 2 or (quick and not consumer.backordered):
        raise NotSmallError("its lead times are more than two, or two of which the shorter is not nought")
    shift = quick if consumer.backordered else 0
    laws = _demands(use.demand)
    unit = _unit([*(float(x) for law in laws.values() for x in law[0]), *_amounts(world, keep)])
    money = world.discounts
    ways = {c: _way(world, c, leads[c], unit, chain) for c in leads}
    law, numbers = _numbers(world, use.demand, laws, unit, chain)
    value = world.goods[keep.good].value
    costs = (
        value * store.holding_cost + store.holding_fixed,
        value * store.waiting_cost + store.waiting_fixed,
        consumer.shortage_cost,
    )
    holding, waiting, shortage = (each * unit * money for each in costs)
    due = np.zeros(world.periods, dtype=np.int64)
    for period, amount, _ in keep.under_way:
        if period < world.periods:
            due[max(0, period)] += round(amount / unit)
    full = store.capacity.first
    slow = bool(lag)
    return Stock(
        periods=world.periods,
        start=chain.start,
        moves=chain.move,
        laws=numbers,
        law=law,
        fast=tuple(way for c, way in ways.items() if not slow or leads[c] < max(leads.values())),
        slow=tuple(way for c, way in ways.items() if slow and leads[c] == max(leads.values())),
        lag=lag,
        shift=shift,
        lost=not consumer.backordered,
        holding=holding,
        waiting=waiting,
        shortage=shortage,
        room=round(full / unit) if math.isfinite(full) else None,
        refuses=store.overflow == "refused",
        opening=round(keep.on_hand / unit),
        due=due,
        standing=_standing(world, chain, keep),
    )


def _refuse(world: World) -> None:
    """Refuses what has no place in the model of one stock.

    Raises:
        NotSmallError: there is such a thing.
    """
    many = max(len(world.stores), len(world.keeps), len(world.uses), len(world.consumers)) > 1
    if many or not world.keeps or not world.uses:
        raise NotSmallError("it is for one good in one store with one user")
    keep, use, store, consumer = world.keeps[0], world.uses[0], world.stores[0], world.consumers[0]
    drawn = keep.good == use.good and keep.store in consumer.draws_from
    sources = (
        [] if keep.ordering is None else [world.channels[c] for c in keep.ordering.channels if c < len(world.channels)]
    )
    own = any(each is not None for each in (consumer.at_most, consumer.saves, use.own_stock))
    reasons: list[tuple[bool, str]] = [
        (bool(world.standards), "it weighs costs, and standards are asked"),
        (bool(world.plants), "there are plants"),
        (not drawn or not sources, "the store is not ordered for, or nobody draws from it"),
        (own or any(level.most > 0.0 for level in use.served_above), "its user is rationed, saves or keeps a stock"),
        (keep.shelf_life < world.periods, "goods expire"),
        (store.accident_rate.most > 0.0 or not _one(store.open), "its store may burn or close"),
        (not _one(store.capacity), "the room in its store changes"),
        (keep.on_hand > store.capacity.least, "more is there at the start than its store holds"),
        (consumer.backordered and math.isfinite(store.capacity.most), "its store may be full while demand waits"),
    ]  # fmt: skip
    for channel in sources:
        reasons += [
            (channel.inspection >= 0, "what arrives is inspected"),
            (channel.delivered is not None or channel.short_by is not None, "not all that is ordered arrives"),
            (bool(channel.moves_with), "prices move at random"),
        ]
    for refused, why in reasons:
        if refused:
            raise NotSmallError(why)
    for channel in sources:
        _refuse_channel(world, channel, keep)


def _refuse_channel(world: World, channel: Channel, keep: Keep) -> None:
    """Refuses a channel on which more is under way than a list by age can say.

    Raises:
        NotSmallError: it is so.
    """
    assert keep.ordering is not None
    rooms = {float(x) for x in np.asarray(channel.capacity.values).flat}
    closes = 0.0 in rooms or channel.open.least < 1.0
    waits = closes and channel.in_transit != "passes"
    index = world.channels.index(channel)
    coming = any(source == index for _, _, source in keep.under_way)
    if waits and (_lead(channel) > 0 or coming):
        raise NotSmallError("what is under way at a closed channel waits or is lost")
    limits = {room for room in rooms if 0.0 < room < math.inf}
    if limits and (len(rooms - {0.0}) > 1 or keep.ordering.review_period > 1 or coming):
        raise NotSmallError("the room of a channel changes, or adds up between reviews")


def _one(changing: Changing) -> bool:
    return changing.least == changing.most


def _lead(channel: Channel) -> int:
    """Its lead time [periods].

    Raises:
        NotSmallError: it is drawn, changes or is no whole number.
    """
    lead = channel.lead_time
    times = {
        law.value * float(scale) if isinstance(law, Fixed) else math.nan
        for law in lead.laws
        for scale in np.asarray(lead.scale.values).flat
    }
    time = next(iter(times))
    if len(times) > 1 or math.isnan(time) or abs(time - round(time)) > 1e-9:
        raise NotSmallError("a lead time is drawn, changes or is no whole number of periods")
    return round(time)


class _Chain:
    """All regimes that count, as one Markov chain."""

    def __init__(self, world: World) -> None:
        keep, use = world.keeps[0], world.uses[0]
        assert keep.ordering is not None
        read = [use.demand.which, use.demand.scale]
        for c in keep.ordering.channels:
            channel = world.channels[c]
            read += [channel.open, channel.capacity, channel.price, channel.retainer]
        for channel in world.channels:
            read += [channel.open, channel.retainer]
        indices = sorted({i for each in read for i in each.reads})
        if any(i >= len(world.regimes) for i in indices):
            raise NotSmallError("something goes by a project or a signal")
        self.regimes = [_regime(world.regimes[i]) for i in indices]
        self.parts = [spells(regime, world.periods) for regime in self.regimes]
        sizes = [len(part.codes) for part in self.parts]
        if math.prod(sizes) > MOST_CHAIN:
            raise NotSmallError("its regimes have too many states and ages")
        grid = np.indices(sizes or (1,)).reshape(max(1, len(sizes)), -1)
        self.codes = {i: part.codes[grid[k]] for k, (i, part) in enumerate(zip(indices, self.parts, strict=True))}
        self.size = grid.shape[1]
        self.start = int(np.ravel_multi_index([part.start for part in self.parts], sizes)) if sizes else 0
        self.scripted = any(part.script for part in self.parts)
        self._plain: Any = None

    def move(self, t: int) -> Any:
        """(from, to) probabilities from period t to the next, sparse."""
        if self._plain is None or self.scripted:
            self._plain = reduce(_together, [part.move(t) for part in self.parts], _certain())
        return self._plain

    def values(self, world: World, changing: Changing) -> Floats:
        """(period, chain state) of a value that changes."""
        index = np.zeros(self.size, dtype=np.int64)
        for i in changing.reads:
            index = index * len(world.conditions[i].states) + self.codes[i]
        table = np.asarray(changing.values)
        segment = np.searchsorted(np.asarray(changing.starts), np.arange(world.periods), side="right") - 1
        return np.asarray(table[segment][:, index], dtype=np.float64)

    def ahead(self, values: Floats, lead: int) -> Floats:
        """(period, chain state) what a value will be so many periods later on average; 0 beyond the horizon."""
        found = np.zeros_like(values)
        for t in range(len(values) - lead):
            each = values[t + lead]
            for k in reversed(range(t, t + lead)):
                each = self.move(k) @ each
            found[t] = each
        return found


def _together(one: Any, other: Any) -> Any:
    from scipy.sparse import kron

    return kron(one, other, format="csr")


def _certain() -> Any:
    from scipy.sparse import csr_array

    return csr_array(np.ones((1, 1)))


def _regime(regime: Regime) -> Regime:
    """A regime that goes its way at a pace of 1, unheralded.

    Raises:
        NotSmallError: it does not.
    """
    if regime.warning is not None:
        raise NotSmallError("warnings tell more than a regime's state and age")
    if any(state.pace.least != 1.0 or state.pace.most != 1.0 for state in regime.states):
        raise NotSmallError("the pace of a regime changes")
    return regime


def _demands(demand: ChangingLaw) -> dict[tuple[int, float], Floats]:
    """(values, their probabilities) by law of demand and scale.

    Raises:
        NotSmallError: demand is drawn from a law that is not of counts.
    """
    found: dict[tuple[int, float], Floats] = {}
    for i in {int(x) for x in np.asarray(demand.which.values).flat}:
        values, chances = _atoms(demand.laws[i])
        for scale in {float(x) for x in np.asarray(demand.scale.values).flat}:
            found[i, scale] = np.stack([values * scale, chances])
    return found


def _atoms(law: Any) -> tuple[Floats, Floats]:
    """What the simulator may draw from a law of counts, and with which probability."""
    if isinstance(law, Fixed):
        return np.array([law.value]), np.ones(1)
    table = tabulate(law)
    if not isinstance(table, DiscreteTable):
        raise NotSmallError("demand is not counted in whole numbers")
    words = table.thresholds.astype(np.float64)
    words[-1] = WORDS  # the last value is that of every word above
    chances = np.diff(np.concatenate([[0.0], words])) / WORDS
    return table.values[chances > 0.0], chances[chances > 0.0]


def _amounts(world: World, keep: Keep) -> list[float]:
    """Amounts beside demand that must be whole numbers of the unit."""
    assert keep.ordering is not None
    found = [keep.on_hand, *(amount for _, amount, _ in keep.under_way), world.stores[keep.store].capacity.first]
    for c in keep.ordering.channels:
        channel = world.channels[c]
        found += [channel.minimum_order, *(float(x) for x in np.asarray(channel.capacity.values).flat)]
    return found


def _unit(amounts: list[float]) -> float:
    """The largest amount of which all these are whole numbers.

    Raises:
        NotSmallError: there is none that is not tiny.
    """
    parts = {Fraction(x).limit_denominator(PARTS) for x in amounts if math.isfinite(x) and x != 0.0}
    if any(
        abs(Fraction(x).limit_denominator(PARTS) - x) > 1e-9 * max(1.0, abs(x)) for x in amounts if math.isfinite(x)
    ):
        raise NotSmallError("amounts are not whole numbers of a common part")
    if not parts:
        return 1.0
    below = math.lcm(*(part.denominator for part in parts))
    return math.gcd(*(int(part * below) for part in parts)) / below


def _numbers(
    world: World, demand: ChangingLaw, laws: dict[tuple[int, float], Floats], unit: float, chain: _Chain
) -> tuple[Ints, tuple[Floats, ...]]:
    """(period, chain state) which law of demand, and the laws as probabilities of 0, 1, ... units."""
    keys = list(laws)
    numbers = []
    for key in keys:
        whole = np.rint(laws[key][0] / unit).astype(np.int64)
        numbers.append(np.bincount(whole, weights=laws[key][1]).astype(np.float64))
    which, scale = chain.values(world, demand.which), chain.values(world, demand.scale)
    law: Ints = np.zeros(which.shape, dtype=np.int64)
    for k, (i, size) in enumerate(keys):
        law[(which == i) & (scale == size)] = k
    return law, tuple(numbers)


def _way(world: World, c: int, lead: int, unit: float, chain: _Chain) -> Way:
    """A channel as a source: what of its price falls due on receipt is what it will be on average."""
    channel = world.channels[c]
    money = world.discounts
    price = chain.values(world, channel.price) * unit * money[:, None]
    paid = channel.paid_on_order * price + (1.0 - channel.paid_on_order) * chain.ahead(price, lead)
    room = np.where(chain.values(world, channel.open) > 0.0, chain.values(world, channel.capacity), 0.0)
    most = np.where(np.isfinite(room), np.rint(np.where(np.isfinite(room), room, 0.0) / unit), 2**40)
    return Way(paid, channel.order_cost * money, most.astype(np.int64), round(channel.minimum_order / unit))


def _standing(world: World, chain: _Chain, keep: Keep) -> float:
    """Expected cost that no order changes: retainers, room, and what is under way and paid on receipt."""
    total = world.stores[keep.store].room
    money = world.discounts
    comes = np.zeros((world.periods, chain.size))
    for channel in world.channels:
        retained = chain.values(world, channel.retainer) * (chain.values(world, channel.open) > 0.0)
        comes += retained * money[:, None]
    for period, amount, source in keep.under_way:
        if period < world.periods:
            channel = world.channels[source]
            price = chain.values(world, channel.price)[max(0, period)]
            comes[max(0, period)] += (1.0 - channel.paid_on_order) * amount * price * money[max(0, period)]
    now = np.zeros(chain.size)
    now[chain.start] = 1.0
    for t in range(world.periods):
        total += float(now @ comes[t])
        now = chain.move(t).T @ now
    return total
