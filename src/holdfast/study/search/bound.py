"""A bound: what even a plan that knew the future would cost, so that one sees how much is left to gain.

In each future a linear program buys, stores and serves with everything known beforehand: demand, closures, prices. It
leaves out what could only cost more (lead times, rejected lots, expiry, accidents, order and retainer costs), and is
free to order in any way, so no ordering rule and no setting of the levers that are numbers can do better. Choices are
those of the best plan, and goods wait in stores, or outside at what that costs. Where standards are asked, the program
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
from holdfast.study import estimates
from holdfast.study.search.program import Program
from holdfast.study.worlds import to_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.parts.world import Changing, Channel, Store, World
    from holdfast.study.estimates import Estimate

    Floats = NDArray[np.float64]
    Records = dict[str, Floats]

FUTURES: Final = 10
"""Futures in which the programs are solved."""
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
    if any(_runs(best, i) for i in range(len(best.plants))):
        return "a plant may run, and what a clairvoyant would make is not bounded"
    if best.links or any(other.links for other in ends):
        return "stores order from stores, and what a clairvoyant would move between them is not bounded"
    if any(c.saves is not None for c in best.consumers) or any(use.own_stock is not None for use in best.uses):
        return "consumers save or keep stocks of their own"
    for other in ends:
        for name in ALIKE:
            one, two = (to_text(dataclasses.replace(_blank(w), **{name: getattr(w, name)})) for w in (best, other))
            if one != two:
                return f"a lever changes {name}"
    if any(window.condition >= len(best.regimes) for window in best.windows):
        return "a standard looks at what a plan does, not at the world alone"
    return ""


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


def _runs(world: World, plant: int) -> bool:
    """Whether a plant may run within the horizon: it stands or is built, and so is one of its lines."""
    this = world.plants[plant]

    def comes(project: int) -> bool:
        return project < 0 or world.projects[project].start < world.periods

    return comes(this.project) and any(comes(world.lines[i].project) for i in this.lines)


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
    n = min(FUTURES, costs.size)
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
    for k, keep in enumerate(best.keeps):
        due = np.zeros(best.periods)
        for period, amount, _ in keep.under_way:
            if period < best.periods:
                due[max(0, period)] += amount
        program.keep(k, keep.on_hand, due)
    for u, use in enumerate(best.uses):
        consumer = best.consumers[use.consumer]
        name = f"consumers.{consumer.name}.{best.goods[use.good].name}"
        keeps = [k for k, kept in enumerate(best.keeps) if kept.good == use.good and kept.store in consumer.draws_from]
        price = None if best.standards else consumer.shortage_cost * _discount(best)
        program.use(u, keeps, records[f"{name}.demand"], price, consumer.backordered)
        if not best.standards:
            continue
        served = records[f"{name}.served"]
        windows = [_inside(best, w, records) for w, each in enumerate(best.windows) if each.consumer == use.consumer]
        for inside in (np.ones(best.periods, dtype=bool), *windows):
            program.serve(u, inside, float(served[inside].sum()))
    return program.solve() + _room(best, ends)


def _store(program: Program, worlds: list[World], s: int) -> None:
    best = worlds[0]
    store: Store = best.stores[s]
    keeps = list(store.keeps)
    values = [[w.goods[w.keeps[k].good].value for w in worlds] for k in keeps]
    stores = [w.stores[s] for w in worlds]
    inside = [min(w.holding_cost * v + w.holding_fixed for w, v in zip(stores, each, strict=True)) for each in values]
    outside = [min(w.waiting_cost * v + w.waiting_fixed for w, v in zip(stores, each, strict=True)) for each in values]
    holding = [min(pair) for pair in zip(inside, outside, strict=True)]
    beyond = min(out - held for out, held in zip(outside, holding, strict=True)) if keeps else 0.0
    waits = any(w.overflow == "waits" for w in stores)
    sizes = [(float(np.min(w.stores[s].capacity.values)), float(np.max(w.stores[s].capacity.values))) for w in worlds]
    low, high = min(size[0] for size in sizes), max(size[1] for size in sizes)
    rooms = [w.stores[s].room for w in worlds]
    priced = max(rooms) > min(rooms) and high > low
    slope = (max(rooms) - min(rooms)) / (high - low) if priced else 0.0
    floor = low if priced else high
    wait = beyond * _discount(best) if waits else None
    program.store(keeps, [h * _discount(best) for h in holding], floor, high, slope, wait)


def _channel(program: Program, worlds: list[World], c: int, records: Records) -> None:
    best = worlds[0]
    channel: Channel = best.channels[c]
    capacity = np.max([_values(w, w.channels[c].capacity, records, True) for w in worlds], axis=0)
    is_open = np.max([_values(w, w.channels[c].open, records, True) for w in worlds], axis=0)
    capacity = np.where(is_open > 0, capacity, 0.0)
    price = np.min([_values(w, w.channels[c].price, records, False) for w in worlds], axis=0)
    for i in channel.moves_with:
        price = price * records[f"prices.{best.prices[i].name}.index"]
    price = np.minimum.accumulate(price) * _discount(best)  # an order may have been priced earlier
    keeps = [k for k, keep in enumerate(best.keeps) if keep.good in channel.goods]
    if channel.in_transit == "passes":
        longest = max((k.ordering.review_period for k in best.keeps if k.ordering is not None), default=1)
        capacity = np.cumsum(capacity) + longest * capacity[0]
        program.channel(keeps, price, capacity, together=True)
    else:
        program.channel(keeps, price, capacity, together=False)


def _discount(world: World) -> Floats:
    years = np.arange(world.periods) * world.period_days / 365.25
    return np.asarray((1.0 + world.discount_rate) ** -years, dtype=np.float64)


def _values(world: World, changing: Changing, records: Records, most: bool) -> Floats:
    """(period,) a value that changes: as its regimes were, and the most or least over whatever else it reads."""
    out = np.zeros(world.periods)
    sizes = [len(world.conditions[i].states) for i in changing.reads]
    for s, start in enumerate(changing.starts):
        end = changing.starts[s + 1] if s + 1 < len(changing.starts) else world.periods
        table = changing.values[s].reshape(sizes)
        other = tuple(axis for axis, i in enumerate(changing.reads) if i >= len(world.regimes))
        table = (table.max if most else table.min)(axis=other) if other else table
        codes = tuple(
            records[f"regimes.{world.regimes[i].name}.state"][start:end].astype(int)
            for i in changing.reads if i < len(world.regimes)
        )  # fmt: skip
        out[start:end] = table[codes] if codes else table
    return out


def _inside(world: World, window: int, records: Records) -> NDArray[np.bool_]:
    """(period,) which periods a window counts."""
    this = world.windows[window]
    at = np.arange(world.periods)
    if this.condition < 0:
        return np.asarray(at < this.within, dtype=bool)
    held = records[f"regimes.{world.regimes[this.condition].name}.state"] == this.state
    began = np.where(held & ~np.concatenate([[False], held[:-1]]), at, -1)
    return np.asarray(held & (at - np.maximum.accumulate(began) < this.within), dtype=bool)


def part_above(found: Bound) -> tuple[float, float]:
    """From where to where the part lies by which the best plan is dearer than the clairvoyant; at most this is left."""
    low = found.above.low / found.least.high if found.least.high > 0 else math.inf
    high = found.above.high / found.least.low if found.least.low > 0 else math.inf
    return low, high
