"""Causes of shortage, and the world without each of them: what would have been, in the same futures.

A cause is taken out by a pure function from a `World` to a `World`. Every random decision keeps its stream
(conventions §20), so the wars, failures and draws of demand that are left are the same ones, and what changes in a
future is what the cause did there.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import numpy as np

from holdfast.parts.world import NEVER, Changing, ChangingLaw

if TYPE_CHECKING:
    from holdfast.parts.world import Channel, Inspection, Line, Plant, Project, Store, Use, World

T = TypeVar("T")
Kind = Literal[
    "embargo", "outage", "shipment", "surge", "breakdown", "slip", "rejection", "storage", "accident", "policy"
]  # fmt: skip

TITLES: Final[dict[Kind, str]] = {
    "embargo": "channels cut",
    "outage": "plants stopped",
    "shipment": "short shipments",
    "surge": "demand surge",
    "breakdown": "breakdown",
    "slip": "late plant",
    "rejection": "rejected lots",
    "storage": "full stores",
    "accident": "accidents in stores",
    "policy": "policy",
}
"""How a cause is said."""


@dataclass(frozen=True)
class Cause:
    """One thing that can leave consumers short."""

    name: str
    """`embargo.sanctions`, `surge`, `slip`, ...: the kind, with the regime where it has one."""
    kind: Kind
    title: str
    without: Callable[[World], World]
    """The same world in which it does no harm."""


def causes(world: World) -> tuple[Cause, ...]:
    """The causes that a world has; one that could do nothing in it is not among them."""
    found = [_embargo(world, regime) for regime in range(len(world.regimes))]
    found += [_outage(world, regime) for regime in range(len(world.regimes))]
    rest: tuple[tuple[Kind, Callable[[World], World]], ...] = (
        ("shipment", without_short_shipments),
        ("surge", without_surge),
        ("breakdown", without_breakdown),
        ("slip", without_slip),
        ("rejection", without_rejection),
        ("storage", without_storage_cap),
        ("accident", without_accident),
    )
    found += [Cause(kind, kind, TITLES[kind], without) for kind, without in rest]
    return tuple(cause for cause in found if cause.without(world) is not world)


def _embargo(world: World, regime: int) -> Cause:
    name = world.regimes[regime].name
    without = functools.partial(without_embargo, regime=regime)
    return Cause(f"embargo.{name}", "embargo", f"{TITLES['embargo']} by {name}", without)


def without_embargo(world: World, regime: int) -> World:
    """Channels that do not feel a regime: for them, and for nothing else, it stays in its calm state.

    The calm state is the one in which channels are open widest (summed over channels, each relative to its widest); of
    those alike, the one with the shortest lead times, and then the first in the file.
    """
    return _without_embargo(world, regime, world.channels)


def uninterrupted(world: World, names: Collection[str]) -> World:
    """Some channels that feel no regime: each stays for them in the state in which they are open widest together."""
    for regime in range(len(world.regimes)):
        world = _without_embargo(world, regime, [c for c in world.channels if c.name in names])
    return world


def _without_embargo(world: World, regime: int, chosen: Sequence[Channel]) -> World:
    """Some channels, the others as they are, that do not feel a regime."""
    touched = {c.name for c in chosen if any(regime in each.reads for each in _of_channel(c))}
    if not touched:
        return world
    calm = _calm_for_channels(world, regime, chosen)

    def held(changing: Changing) -> Changing:
        return hold(world, changing, regime, calm)

    def calmed(channel: Channel) -> Channel:
        return dataclasses.replace(
            channel,
            open=held(channel.open),
            capacity=held(channel.capacity),
            lead_time=_map_law(channel.lead_time, held),
            delivered=None if channel.delivered is None else _map_law(channel.delivered, held),
            short_by=None if channel.short_by is None else _map_law(channel.short_by, held),
        )

    return _replaced(world, "channels", lambda _, channel: channel.name in touched, calmed)


def _outage(world: World, regime: int) -> Cause:
    name = world.regimes[regime].name
    return Cause(
        f"outage.{name}", "outage", f"{TITLES['outage']} by {name}", functools.partial(without_outage, regime=regime)
    )


def without_outage(world: World, regime: int) -> World:
    """Lines that do not feel a regime: for what they can make it stays in the state in which they make most.

    That is summed over lines, each relative to its best; of states alike it is the first in the file.
    """

    def makes(line: Line, state: int) -> float:
        each = (line.nameplate, line.performance, line.yield_)
        return math.prod(mean_of(hold(world, changing, regime, state)) for changing in each)

    def reads(line: Line) -> bool:
        return any(regime in each.reads for each in (line.nameplate, line.performance, line.yield_))

    states = range(len(world.regimes[regime].states))
    best = [max(makes(line, state) for state in states) or 1.0 for line in world.lines]

    def share(state: int) -> float:
        return round(sum(makes(line, state) / most for line, most in zip(world.lines, best, strict=True)), 9)

    calm = max(states, key=lambda state: (share(state), -state))
    at_work = lines_at_work(world)

    def held(line: Line) -> Line:
        return dataclasses.replace(
            line,
            nameplate=hold(world, line.nameplate, regime, calm),
            performance=hold(world, line.performance, regime, calm),
            yield_=hold(world, line.yield_, regime, calm),
        )

    return _replaced(world, "lines", lambda i, line: i in at_work and reads(line), held)


def _of_channel(channel: Channel) -> tuple[Changing, ...]:
    laws = [law for law in (channel.lead_time, channel.delivered, channel.short_by) if law is not None]
    return channel.open, channel.capacity, *(each for law in laws for each in (law.which, law.scale))


def _calm_for_channels(world: World, regime: int, channels: Sequence[Channel]) -> int:
    """The state of a regime in which some channels are open widest."""
    states = range(len(world.regimes[regime].states))

    def width(state: int) -> tuple[float, float]:
        wide = slow = 0.0
        for channel in channels:
            rooms = [mean_of(hold(world, channel.capacity, regime, s)) for s in states]
            opens = [mean_of(hold(world, channel.open, regime, s)) for s in states]
            widest = max(rooms)
            share = 1.0 if rooms[state] == widest else rooms[state] / widest if widest else 1.0
            if channel.delivered is not None:
                share *= _mean_of_law(_map_law(channel.delivered, lambda each: hold(world, each, regime, state)))
            wide += share * opens[state]
            slow += _mean_of_law(_map_law(channel.lead_time, lambda each: hold(world, each, regime, state)))
        return round(wide, 9), -round(slow, 9)

    return max(states, key=lambda state: (width(state), -state))


def without_short_shipments(world: World) -> World:
    """Channels whose shipments arrive whole."""

    def falls_short(_: int, channel: Channel) -> bool:
        part, less = channel.delivered, channel.short_by
        return (part is not None and _mean_of_law(part) < 1.0) or (less is not None and _mean_of_law(less) > 0.0)

    return _replaced(
        world, "channels", falls_short, lambda each: dataclasses.replace(each, delivered=None, short_by=None)
    )


def without_surge(world: World) -> World:
    """Demand, and the stocks that consumers keep, that feel no regime and no signal.

    Each regime is held, for them alone, in the state in which demand is lowest (summed over uses, each relative to its
    normal use; of those alike the first in the file); signals, such as those at which people hoard, are off. What
    changes by date stays.
    """
    reads = {r for use in world.uses for each in _of_use(use) for r in each.reads}
    if not reads:
        return world
    calm = {condition: _calm_for_demand(world, condition) for condition in reads}

    def held(changing: Changing) -> Changing:
        for condition in changing.reads:
            changing = hold(world, changing, condition, calm[condition])
        return changing

    uses = tuple(
        dataclasses.replace(
            use,
            demand=_map_law(use.demand, held),
            own_stock=None if use.own_stock is None else held(use.own_stock),
        )
        for use in world.uses
    )
    return dataclasses.replace(world, uses=uses)


def _of_use(use: Use) -> tuple[Changing, ...]:
    own = () if use.own_stock is None else (use.own_stock,)
    return use.demand.which, use.demand.scale, *own


def _calm_for_demand(world: World, condition: int) -> int:
    """The state of a condition in which demand is lowest; off for a signal."""
    if condition >= len(world.regimes):
        return 0

    def asked(state: int) -> float:
        return sum(
            _mean_of_law(_map_law(use.demand, lambda each: hold(world, each, condition, state)))
            / (use.normal_use or 1.0)
            for use in world.uses
        )

    return min(range(len(world.conditions[condition].states)), key=lambda state: (round(asked(state), 9), state))


def without_breakdown(world: World) -> World:
    """Lines that never fail."""
    never = Changing(np.full((1, 1), math.inf))
    at_work = lines_at_work(world)

    def fails(i: int, line: Line) -> bool:
        return i in at_work and bool(np.isfinite(line.mtbf.values).any())

    return _replaced(world, "lines", fails, lambda line: dataclasses.replace(line, mtbf=never))


def lines_at_work(world: World) -> frozenset[int]:
    """The lines that a plan has, or starts to build."""
    return frozenset(
        i
        for plant in world.plants
        if _may_run(world, plant)
        for i in plant.lines
        if world.lines[i].project < 0 or world.projects[world.lines[i].project].start < NEVER
    )


def _may_run(world: World, plant: Plant) -> bool:
    return plant.project < 0 or world.projects[plant.project].start < NEVER


def without_slip(world: World, only: int | None = None) -> World:
    """Projects (or one of them) that open as planned: they neither take longer, nor stall, nor are cancelled."""

    def promised(project: Project) -> int:
        return project.start + max(1, round(project.planned_duration))

    def slips(i: int, project: Project) -> bool:
        if only not in (None, i):
            return False
        late = project.finished > promised(project) if project.finished >= 0 else not _sure(project)
        return project.start < NEVER and late

    return _replaced(world, "projects", slips, lambda each: dataclasses.replace(each, finished=promised(each)))


def _sure(project: Project) -> bool:
    """Whether a project, left to itself, opens as planned."""
    certain = project.schedule_ratio.variance() == 0.0 and project.schedule_ratio.mean() == 1.0
    disturbed = bool(project.stall_rate.values.any()) or bool(project.cancel_while and project.cancel_rate.values.any())
    whole = project.planned_duration == round(project.planned_duration)
    return certain and not disturbed and whole


def without_rejection(world: World) -> World:
    """Inspections that accept every lot; lots still wait and are held."""
    used = {c.inspection for c in world.channels} | {p.inspection for p in world.plants if _may_run(world, p)}

    def rejects(i: int, inspection: Inspection) -> bool:
        return i in used and inspection.accepts < 1.0

    return _replaced(world, "inspections", rejects, lambda each: dataclasses.replace(each, accepts=1.0))


def without_storage_cap(world: World) -> World:
    """Stores that take all that comes."""
    unlimited = Changing(np.full((1, 1), math.inf))

    def capped(_: int, store: Store) -> bool:
        return bool(np.isfinite(store.capacity.values).any())

    return _replaced(world, "stores", capped, lambda each: dataclasses.replace(each, capacity=unlimited))


def without_accident(world: World) -> World:
    """Stores in which nothing is destroyed."""
    never = Changing(np.zeros((1, 1)))

    def burns(_: int, store: Store) -> bool:
        return bool(store.accident_rate.values.any()) and store.accident_destroys.mean() > 0.0

    return _replaced(world, "stores", burns, lambda each: dataclasses.replace(each, accident_rate=never))


def _replaced(world: World, field: str, chosen: Callable[[int, T], bool], change: Callable[[T], T]) -> World:
    """A world in which some entries of one field are changed; the world itself where none is chosen."""
    entries: tuple[T, ...] = getattr(world, field)
    new = tuple(change(each) if chosen(i, each) else each for i, each in enumerate(entries))
    if all(a is b for a, b in zip(entries, new, strict=True)):
        return world
    changed: dict[str, Any] = {field: new}
    return dataclasses.replace(world, **changed)


def hold(world: World, changing: Changing, condition: int, code: int) -> Changing:
    """A number that changes as before, but for one condition, for which a state stands whatever comes."""
    if condition not in changing.reads:
        return changing
    sizes = [len(world.conditions[read].states) for read in changing.reads]
    at = changing.reads.index(condition)
    values = changing.values.reshape(len(changing.starts), *sizes).take(code, axis=at + 1)
    reads = tuple(read for read in changing.reads if read != condition)
    return Changing(np.ascontiguousarray(values.reshape(len(changing.starts), -1)), reads, changing.starts)


def _map_law(law: ChangingLaw, change: Callable[[Changing], Changing]) -> ChangingLaw:
    """A law that changes with both of its tables changed."""
    return ChangingLaw(law.laws, change(law.which), change(law.scale))


def mean_of(changing: Changing) -> float:
    """The mean of a table over its cells: enough to rank states by."""
    return float(changing.values.mean())


def _mean_of_law(law: ChangingLaw) -> float:
    """The mean of the amounts of a law over the cells of its tables."""
    means = np.array([each.mean() for each in law.laws])
    which = law.which.values.astype(np.int64)
    return float((means[which] * law.scale.values).mean())
