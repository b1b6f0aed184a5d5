"""A bound: what even a plan that knew the future would cost, so that one sees how much is left to gain.

In each future a linear program buys, moves, stores and serves with everything known beforehand: demand, closures,
prices. It leaves out what could only cost more (lead times of channels, rejected lots, expiry, accidents, closed
stores, order and retainer costs), and is free to order in any way from the sources that each store has, so no ordering
rule and no setting of the levers that are numbers can do better. What one store ships to another arrives within the
shortest and the longest time that the way can take, as suits best. What lines may make is told in `making`; a consumer
may fill a stock of its own as it likes, and save as much as it ever may, at once. Choices are
those of the best plan, and goods wait in stores, or outside at what that costs; where they can be lost (they expire,
burn or are refused), they are lost or not as suits best. Where standards are asked, the program
serves every use at least as much as the best plan does, over the horizon and in each window of a standard; else what
shortage costs is paid.

Source: perfect-information relaxation, Brown, Smith and Sun, Operations Research 58 (2010) 785; the programs are solved
by HiGHS (Huangfu and Hall, Mathematical Programming Computation 10 (2018) 119), through SciPy.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.engine.run import records
from holdfast.parts.world import NEVER
from holdfast.study import estimates
from holdfast.study.search.futures import inside, steered, values
from holdfast.study.search.making import follows, make, standing
from holdfast.study.search.program import Program
from holdfast.study.worlds import to_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.parts.world import Channel, Store, World
    from holdfast.study.estimates import Estimate
    from holdfast.study.search.futures import Records

    Floats = NDArray[np.float64]

FUTURES: Final = 10
"""Futures in which the programs are solved."""
FEW: Final = 5
"""The same, where a program is large and takes seconds."""
LARGE: Final = 10_000
"""[periods x (goods in stores + lines + uses)] from which on it is."""
EXACT: Final = 1e-9
"""[periods] by which a time that is a whole number of them may differ from it."""
ALIKE: Final = (
    "regimes", "prices", "signals", "projects", "plants", "lines", "inspections", "consumers", "uses", "windows",
)  # fmt: skip
"""What levers that are numbers must leave alone, or there is no bound."""


@dataclass(frozen=True)
class Bound:
    """What any plan with the same choices costs at least."""

    least: Estimate
    """Expected cost of the clairvoyant [money]."""
    above: Estimate
    """What the best plan costs more than it, in the same futures [money]."""


def why_not(best: World, ends: list[World]) -> str:
    """Why there is no bound for a world, in words; empty where there is one.

    Args:
        best: the world of the best plan.
        ends: the same with one lever that is a number at either end.
    """
    if any(steered(best, state.pace) for regime in best.regimes for state in regime.states):
        return "how long a regime lasts goes by what a plan does"
    if not follows(best):
        return "how long a project takes goes by what a plan does"
    if any(steered(best, use.demand.which, use.demand.scale) for use in best.uses):
        return "what is wanted goes by what a plan does"
    ways = [[(link.origin, link.keep) for link in world.links] for world in (best, *ends)]
    if any(each != ways[0] for each in ways):
        return "a lever changes which store orders from which"
    for other in ends:
        for name in ALIKE:
            one, two = (_text(w, name) for w in (best, other))
            if one != two:
                return f"a lever changes {name}"
    if any(window.condition >= len(best.regimes) + len(best.projects) for window in best.windows):
        return "a standard looks at what a plan does, not at the world alone"
    return ""


def _text(world: World, name: str) -> str:
    """One kind of parts of a world, as text; but for the targets of plants, which bind no clairvoyant."""
    if name == "plants":
        world = dataclasses.replace(world, plants=tuple(dataclasses.replace(each, target=()) for each in world.plants))
    return to_text(dataclasses.replace(_blank(world), **{name: getattr(world, name)}))


def _blank(world: World) -> World:
    """A world with nothing in it."""
    return dataclasses.replace(
        world,
        alternative="",
        conditions=(),
        goods=(),
        regimes=(),
        prices=(),
        signals=(),
        channels=(),
        projects=(),
        plants=(),
        lines=(),
        inspections=(),
        stores=(),
        keeps=(),
        links=(),
        consumers=(),
        uses=(),
        windows=(),
        standards=(),
        notes={},
    )


def bound(best: World, ends: list[World], costs: Floats, seed: int, first: int) -> Bound | None:
    """What any plan with the choices of the best one costs at least; None where none could do it from its stores.

    Args:
        best: the world of the best plan.
        ends: the same with each lever that is a number at either end.
        costs: (replication,) what the best plan costs in futures `first`, `first` + 1, ...; all kinds where no standard
            is asked, else all but shortage.
        seed: of those futures.
        first: number of the first.
    """
    size = best.periods * (len(best.keeps) + len(best.lines) + len(best.uses))
    n = min(FUTURES if size < LARGE else FEW, costs.size)
    known = records(best, seed=seed, first=first, replications=n)
    each = np.array([_least(best, ends, told) for told in known])
    if not np.isfinite(each).all():
        return None
    return Bound(estimates.mean(each, "money"), estimates.mean(costs[:n] - each, "money"))


def _room(best: World, ends: list[World]) -> float:
    """What room costs at least."""
    return sum(min(w.stores[i].room for w in (best, *ends)) for i in range(len(best.stores)))


def _least(best: World, ends: list[World], records: Records) -> float:
    """What the clairvoyant pays in one future, in which the best plan did what the records say."""
    program = Program(best.periods)
    worlds = [best, *ends]
    for s in range(len(best.stores)):
        _store(program, worlds, s)
    for c in range(len(best.channels)):
        _channel(program, worlds, c, records)
    for i in range(len(best.links)):
        _link(program, worlds, i)
    for k, keep in enumerate(best.keeps):
        due = np.zeros(best.periods)
        for period, amount, _ in keep.under_way:
            if period < best.periods:
                due[max(0, period)] += amount
        program.keep(k, keep.on_hand, due, any(_lost(w, k) for w in worlds))
    for u in range(len(best.uses)):
        _use(program, best, u, records)
    make(program, worlds, records)
    return program.solve() + _room(best, ends) + standing(worlds, records)


def _use(program: Program, best: World, u: int, records: Records) -> None:
    use = best.uses[u]
    consumer = best.consumers[use.consumer]
    name = f"consumers.{consumer.name}.{best.goods[use.good].name}"
    keeps = [k for k, kept in enumerate(best.keeps) if kept.good == use.good and kept.store in consumer.draws_from]
    demand = records.get(f"{name}.demand", np.zeros(best.periods))
    program.use(u, keeps, demand, None if use.own_stock is None else use.own_opening)
    if not best.standards:
        saved = demand * (0.0 if consumer.saves is None else consumer.saves.most)
        shortage, saving = (price * best.discounts for price in (consumer.shortage_cost, consumer.saves_cost))
        program.short(u, shortage, consumer.backordered, saved, saving)
        return
    program.no_more(u)
    served = records.get(f"{name}.served", np.zeros(best.periods))
    windows = [inside(best, w, records) for w, each in enumerate(best.windows) if each.consumer == use.consumer]
    for counted in (np.ones(best.periods, dtype=bool), *windows):
        program.serve(u, counted, float(served[counted].sum()))


def _lost(world: World, k: int) -> bool:
    """Whether goods may go from a keep without serving anyone: they expire, or are destroyed or refused."""
    keep = world.keeps[k]
    store = world.stores[keep.store]
    return keep.shelf_life < NEVER or store.accident_rate.most > 0.0 or store.overflow == "refused"


def _store(program: Program, worlds: list[World], s: int) -> None:
    best = worlds[0]
    store: Store = best.stores[s]
    keeps = list(store.keeps)
    worths = [[w.goods[w.keeps[k].good].value for w in worlds] for k in keeps]
    stores = [w.stores[s] for w in worlds]
    within = [min(w.holding_cost * v + w.holding_fixed for w, v in zip(stores, each, strict=True)) for each in worths]
    outside = [min(w.waiting_cost * v + w.waiting_fixed for w, v in zip(stores, each, strict=True)) for each in worths]
    holding = [min(pair) for pair in zip(within, outside, strict=True)]
    beyond = min(out - held for out, held in zip(outside, holding, strict=True)) if keeps else 0.0
    waits = any(w.overflow == "waits" for w in stores)
    sizes = [(float(np.min(w.stores[s].capacity.values)), float(np.max(w.stores[s].capacity.values))) for w in worlds]
    low, high = min(size[0] for size in sizes), max(size[1] for size in sizes)
    rooms = [w.stores[s].room for w in worlds]
    priced = max(rooms) > min(rooms) and high > low
    slope = (max(rooms) - min(rooms)) / (high - low) if priced else 0.0
    there = sum(best.keeps[k].on_hand for k in keeps)  # it stays there, even where it does not fit
    floor, high = max(there, low if priced else high), max(there, high)
    wait = beyond * best.discounts if waits else None
    program.store(keeps, [h * best.discounts for h in holding], floor, high, slope, wait)


def _channel(program: Program, worlds: list[World], c: int, records: Records) -> None:
    best = worlds[0]
    channel: Channel = best.channels[c]
    capacity = np.max([values(w, w.channels[c].capacity, records, True) for w in worlds], axis=0)
    is_open = np.max([values(w, w.channels[c].open, records, True) for w in worlds], axis=0)
    capacity = np.where(is_open > 0, capacity, 0.0)
    price = np.min([values(w, w.channels[c].price, records, False) for w in worlds], axis=0)
    for i in channel.moves_with:
        price = price * records[f"prices.{best.prices[i].name}.index"]
    price = np.minimum.accumulate(price) * best.discounts  # an order may have been priced earlier
    keeps = [k for k in range(len(best.keeps)) if any(_orders_from(w, k, c) for w in worlds)]
    if not keeps:
        return
    if channel.in_transit == "passes":
        longest = max((k.ordering.review_period for k in best.keeps if k.ordering is not None), default=1)
        capacity = np.cumsum(capacity) + longest * capacity[0]
        program.channel(keeps, price, capacity, together=True)
    else:
        program.channel(keeps, price, capacity, together=False)


def _orders_from(world: World, keep: int, channel: int) -> bool:
    rule = world.keeps[keep].ordering
    return rule is not None and channel in rule.channels


def _link(program: Program, worlds: list[World], i: int) -> None:
    links = [world.links[i] for world in worlds]
    times = [(law, float(scale)) for w in links for law in w.lead_time.laws for scale in w.lead_time.scale.values.flat]
    with np.errstate(divide="ignore"):  # the longest of a law without an end
        ends = np.array([[law.quantile(np.array([p]))[0] * scale for p in (0.0, 1.0)] for law, scale in times])
    least, most = max(0.0, float(np.min(ends[:, 0]))), float(np.max(ends[:, 1]))
    longest = math.ceil(most - EXACT) if math.isfinite(most) else None
    cost = min(link.cost for link in links) * worlds[0].discounts
    program.link(links[0].origin, links[0].keep, cost, math.floor(least + EXACT), longest)


def part_above(found: Bound) -> tuple[float, float]:
    """From where to where the part lies by which the best plan is dearer than the clairvoyant; at most this is left.

    Both are of the same futures, and cost more in the same ones: their ratio is known better than either.
    """
    least, above = found.least, found.above
    if least.influence is None or above.influence is None or least.estimate <= 0.0:
        return -math.inf, math.inf
    pairs = above.estimate + above.influence, least.estimate + least.influence
    part = estimates.ratio(*pairs, proportion=False)
    return part.low, part.high
