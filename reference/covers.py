"""Which parts and options a world covers, so that a random check can say what it has checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from holdfast.parts.world import NEVER, PROJECT_STATES, Changing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.parts.world import World


def covers(world: World) -> set[str]:
    """The parts and options of a world, as tags."""
    parts = (_outside(world), _ordering(world), _made(world), _stored(world), _used(world), _changing(world))
    return {tag for part in parts for tag, there in part if there}


def _outside(world: World) -> Iterator[tuple[str, bool]]:
    for r in world.regimes:
        yield "regime", True
        yield "regime: script", bool(r.script)
        yield "regime: age", r.age > 0
        yield "regime: warning", r.warning is not None
        yield "regime: pace", any(not s.pace.plain for s in r.states)
    yield "price", bool(world.prices)
    yield "price: correlated", len(world.prices) > 1
    for s in world.signals:
        yield f"signal: {s.kind}", True
        yield "signal: of own stock", s.kind == "cover" and s.consumer >= 0
        yield "signal: delay", s.delay > 0
    for c in world.channels:
        yield f"channel: {c.in_transit}", True
        yield "channel: crossover no", not c.crossover
        yield "channel: minimum order", c.minimum_order > 0
        yield "channel: order cost", c.order_cost > 0
        yield "channel: inspection", c.inspection >= 0
        yield "channel: delivered", c.delivered is not None
        yield "channel: short by", c.short_by is not None
        yield "channel: price moves", bool(c.moves_with)
        yield "channel: part paid on order", 0 < c.paid_on_order < 1


def _ordering(world: World) -> Iterator[tuple[str, bool]]:
    for keep in world.keeps:
        yield "opening under way", bool(keep.under_way)
        rule = keep.ordering
        if rule is not None:
            yield f"ordering: {rule.kind}", True
            yield "ordering: several sources", len(rule.channels) > 1
            links = [world.link(c) is not None for c in rule.channels]
            yield "ordering: from a store", any(links)
            yield "ordering: from a store and a channel", any(links) and not all(links)
            yield "ordering: reroute", rule.reroute and len(rule.channels) > 1
            yield "ordering: wait", not rule.reroute
            yield "ordering: while", rule.active is not None
            yield "ordering: capped", rule.order_at_most is not None


def _made(world: World) -> Iterator[tuple[str, bool]]:
    for p in world.projects:
        yield "project", True
        yield "project: finished", 0 <= p.finished < world.periods
        yield "project: never started", p.start == NEVER
        yield "project: cancelled", bool(p.cancel_while)
        yield "project: ramp", p.ramp_over > 0
    for plant in world.plants:
        yield "plant", True
        yield "plant: closes", plant.closes < NEVER
        yield "plant: runs changes", not plant.runs.plain
        yield "plant: restart", plant.restart > 0 and not plant.runs.plain
        yield "plant: campaign", bool(np.isfinite(plant.campaign))
        yield "plant: inspection", plant.inspection >= 0
        yield "plant: stands already", plant.project < 0
    for line in world.lines:
        yield "line: several goods", len(line.goods) > 1
        yield "line: inputs", bool(line.takes)
        yield "line: own project", line.project >= 0
        yield "line: never fails", bool(np.isinf(line.mtbf.values).all())
    for i in world.inspections:
        yield "inspection: lots", i.lot > 0
        yield "inspection: lot 0", i.lot == 0
        yield "inspection: rework", i.rework > 0
        yield "inspection: no limit", bool(np.isinf(i.capacity.values).all())


def _stored(world: World) -> Iterator[tuple[str, bool]]:
    yield "several stores", len(world.stores) > 1
    for s in world.stores:
        yield f"store: {s.overflow}", bool(np.isfinite(s.capacity.values).any())
        yield "store: open changes", not s.open.plain
        yield "store: accidents", bool((s.accident_rate.values > 0).any())
        outside = s.overflow == "waits" and bool(np.isfinite(s.capacity.values).any())
        yield "store: what waits costs", outside and (s.waiting_cost > 0 or s.waiting_fixed > 0)
        yield "store: several goods", len(s.keeps) > 1
    yield "link: chain", max(world.tiers(), default=0) > 1
    yield "link: several ask", len({link.origin for link in world.links}) < len(world.links)
    yield "link: cost", any(link.cost > 0 for link in world.links)
    yield "link: opening", any(world.link(c) is not None for k in world.keeps for _, _, c in k.under_way)
    for keep in world.keeps:
        yield f"shelf life: {keep.issue}", keep.shelf_life < NEVER
        yield "shelf life: disposal cost", keep.shelf_life < NEVER and keep.disposal_cost > 0
        yield "shelf life: wide classes", keep.shelf_life < NEVER and keep.age_class > 1


def _used(world: World) -> Iterator[tuple[str, bool]]:
    for c in world.consumers:
        yield "consumer: backordered" if c.backordered else "consumer: lost", True
        yield "consumer: several stores", len(c.draws_from) > 1
        yield "consumer: at_most", c.at_most is not None
        yield "consumer: saves", c.saves is not None
    priorities = [c.priority for c in world.consumers]
    yield "consumers: equal priority", len(set(priorities)) < len(priorities)
    yield "consumers: unequal priority", len(set(priorities)) > 1
    for u in world.uses:
        yield "consumer: own stock", u.own_stock is not None
        yield "consumer: served_above", any(bool((a.values > 0).any()) for a in u.served_above)
    for window in world.windows:
        yield "window", True
        yield "window: during", window.condition >= 0
        yield "window: within", window.within < NEVER


def _changing(world: World) -> Iterator[tuple[str, bool]]:
    first_project = len(world.regimes)
    first_signal = first_project + len(world.projects)
    for c in _walk(world):
        yield "value: since", len(c.starts) > 1
        yield "value: several conditions", len(c.reads) > 1
        for read in c.reads:
            kind = "regime" if read < first_project else "project" if read < first_signal else "signal"
            yield f"value: reads a {kind}", True


def _walk(thing: object) -> Iterator[Changing]:
    """Every changing number of a world."""
    if isinstance(thing, Changing):
        yield thing
    elif isinstance(thing, tuple):
        for x in thing:
            yield from _walk(x)
    elif hasattr(thing, "__dataclass_fields__"):
        for name in thing.__dataclass_fields__:
            yield from _walk(getattr(thing, name))


def happened(records: dict[str, list[float]]) -> set[str]:
    """Rare things that happened in a future, as tags: a part may be there and never act."""
    tags = set()
    for name, values in records.items():
        last = name.rsplit(".", 1)[-1]
        if name.startswith("transfers.") and last in ("shipped", "owed") and any(x > 0 for x in values):
            tags.add(f"happened: {last}")
        if last in (
            "lost",
            "missing",
            "held",
            "expired",
            "destroyed",
            "refused",
            "waiting",
            "scrapped",
            "saved",
            "warned",
            "taken",
        ):
            if any(x > 0 for x in values):
                tags.add(f"happened: {last}")
        elif name.startswith("projects."):
            tags |= {f"happened: {PROJECT_STATES[int(x)]}" for x in values}
    return tags
