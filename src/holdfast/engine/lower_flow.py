"""Lowering of what flows in: channels, inspections, stores and ordering."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.engine.lowering import Ages, ChannelRows, FlowRows
from holdfast.engine.ops import channels, inspections, policies, rings, stores
from holdfast.engine.sample import draw_any
from holdfast.engine.tables import table
from holdfast.parts.laws import Fixed, sample
from holdfast.parts.world import CLOSED, IN_TRANSIT, NEVER, PLANNED

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from holdfast.engine.lowering import Lowering
    from holdfast.engine.model import Builder
    from holdfast.parts.world import ChangingLaw, Channel, Inspection, Keep, Ordering, Plant, Project, World

NOTHING: Final = np.zeros(0)

RULES = {"oldest_first": 0, "youngest_first": 1, "at_random": 2}


def _drawn(law: ChangingLaw, word: int) -> float:
    """The most that a law can give for a word."""
    return max(sample(table(one), word) for one in law.laws) * float(np.max(law.scale.values))


def longest(law: ChangingLaw) -> float:
    """The longest that a law can give."""
    return _drawn(law, 2**32 - 1)


def shortest(law: ChangingLaw) -> float:
    """The shortest that a law can give."""
    return min(sample(table(one), 0) for one in law.laws) * float(np.min(law.scale.values))


def always(law: ChangingLaw) -> int:
    """The whole periods that a law gives whatever is drawn; -1 where that depends."""
    given = {one.value * k for one in law.laws if isinstance(one, Fixed) for k in np.unique(law.scale.values)}
    if len(given) != 1 or not all(isinstance(one, Fixed) for one in law.laws):
        return -1
    value = float(given.pop())
    return int(value) if value >= 0 and value.is_integer() else -1


def most_and_usual(law: ChangingLaw) -> tuple[int, int]:
    """The longest that a law can give, and what 99 in 100 of its draws do not exceed, in whole periods."""
    return max(1, math.ceil(longest(law))), max(1, math.ceil(_drawn(law, round(0.99 * 2**32))))


def ring(
    builder: Builder, rows: Callable[[int], int], slots: int, near: int, opening: NDArray[np.float64] = NOTHING
) -> int:
    """Where a new ring stands in the arguments (ops.rings); `rows` gives rows of its kind."""
    near = min(near, slots)
    far = slots if slots > near else 0
    mask = builder.z(2 * -(-far // rings.BITS)) if far else 0
    at = builder.table(opening) if opening.size else 0
    return builder.constants((rows(near), near, rows(far) if far else 0, far, mask, at, opening.size))


def looks_ahead(keep: Keep, world: World) -> int:
    """How many periods of what is under way a keep's rule looks at."""
    if keep.ordering is None:
        return 0
    if keep.ordering.kind in ("dual_index", "tailored_base_surge"):
        return expedited_lead(world, keep.ordering)
    return len(keep.ordering.levels)


def expedited_lead(world: World, rule: Ordering) -> int:
    """Mean lead time of the expedited source of a rule with two, in whole periods (conventions §7)."""
    fast = world.channels[rule.channels[1]].lead_time
    return round(fast.laws[int(fast.which.values.flat[0])].mean() * float(fast.scale.values.flat[0]))


def gathers(low: Lowering, inspection: int, origin: str, keep: int) -> int:
    """The row where arrivals of an origin for a keep gather, made at the first call."""
    gathered = low.flow_index.gathered
    key = (inspection, origin, keep)
    if key not in gathered:
        gathered[key] = low.builder.f()
    return gathered[key]


def entered(low: Lowering, inspection: int, origin: str, keep: int) -> str:
    """The name of the flow of what enters inspection."""
    return f"inspections.{low.world.inspections[inspection].name}.{origin}.{low.keep_name(keep)}.entered"


def _sources(world: World, keep: Keep) -> set[int]:
    """The channels through which something may arrive for a keep."""
    if never_arrives(world, keep):
        return set()
    return {*(keep.ordering.channels if keep.ordering else ()), *{c for _, _, c in keep.under_way}}


def never_arrives(world: World, keep: Keep) -> bool:
    """Whether nothing is under way to a keep and its ordering waits for plants that never open."""
    if keep.ordering is None or keep.ordering.active is None or keep.under_way:
        return False
    active, regimes = keep.ordering.active, len(world.regimes)
    codes = []
    for read in active.reads:
        project = world.projects[read - regimes] if 0 <= read - regimes < len(world.projects) else None
        stays = project is not None and begins(project)[0] >= world.periods
        codes.append((PLANNED, CLOSED) if stays else range(len(world.conditions[read].states)))
    sizes = [len(world.conditions[read].states) for read in active.reads]
    table = active.values.reshape(len(active.starts), *sizes)
    return not np.any(table[np.ix_(range(len(active.starts)), *codes)])


def lower_channels(low: Lowering) -> None:
    """Channels: capacity, price, what is due (conventions §8)."""
    b, world, index = low.builder, low.world, low.flow_index
    sources = [_sources(world, keep) for keep in world.keeps]
    for c, channel in enumerate(world.channels):
        rows = ChannelRows(b.f(), b.f(), b.f(), 0, 0, b.f(), b.f())
        index.channels.append(rows)
        said, is_open = low.rates.row(channel.capacity, "world"), low.rates.row(channel.open, "world")
        keeps = [i for i, found in enumerate(sources) if c in found]
        if not keeps and not np.any(channel.retainer.values != 0.0):
            continue
        orderings = [k.ordering for k in world.keeps if k.ordering and c in k.ordering.channels]
        review = max((o.review_period for o in orderings), default=1)
        b.emit("world", channels.capacity, rows.capacity, said, is_open, rows.room, b.param(review))
        rows.price = rows.price_now = low.charged(channel.price, "world", channel.moves_with)
        if any(r >= len(world.regimes) + len(world.projects) for r in channel.price.reads):
            low.late_prices.append((rows, channel))
        if np.any(channel.retainer.values != 0.0):
            money = low.rates.row(channel.retainer, "world")
            b.emit("accounts", channels.retainer, is_open, money, low.cost("retainer"), low.discount)
        args: list[int] = []
        for keep in keeps:
            flow = _lower_flow(low, c, keep)
            name = f"channels.{channel.name}.{low.keep_name(keep)}"
            args += [
                flow.held, flow.ring, low.keeps[keep], flow.arrives, b.flow(f"{name}.received"),
                b.flow(f"{name}.lost"), flow.inside, flow.paid, flow.paid_ring, *flow.in_part,
            ]  # fmt: skip
        if keeps:
            b.emit(
                "receipts", channels.receive, rows.capacity, b.f(), rows.left, IN_TRANSIT.index(channel.in_transit),
                rows.price, b.param(channel.paid_on_order), low.cost("imports"), low.discount, len(keeps), *args,
            )  # fmt: skip


def _lower_flow(low: Lowering, c: int, keep: int) -> FlowRows:
    b, world, channel = low.builder, low.world, low.world.channels[c]
    due = [(t, amount) for t, amount, source in world.keeps[keep].under_way if source == c]
    most, usual = most_and_usual(channel.lead_time)
    ahead = looks_ahead(world.keeps[keep], world)
    size = (min(world.periods, most + 2), max(usual, ahead) + 2)
    name = f"channels.{channel.name}.{low.keep_name(keep)}"
    held = b.level(f"{name}.held", b.f())
    # A rule that looks ahead sees, in the last periods, what is due after the horizon.
    opening = np.zeros(min(world.periods + ahead, 1 + max((t for t, _ in due), default=-1)))
    for t, amount in due:
        if t < opening.size:
            opening[t] += amount
    total = math.fsum(amount for _, amount in due)
    low.on_order_at_start[keep] = low.on_order_at_start.get(keep, 0.0) + total
    received = b.flow(f"{name}.received")
    moves = [(1.0, b.flow(f"{name}.ordered")), (-1.0, received), (-1.0, b.flow(f"{name}.lost"))]
    in_part = _in_part(low, channel, keep)
    if in_part[2] >= 0:
        moves.append((-1.0, in_part[2]))
    b.adds_up(f"{name}.on_order", total, moves)
    arrives, inside = low.keeps[keep] + stores.ENTERING, b.spare
    if channel.inspection >= 0:
        arrives, inside = gathers(low, channel.inspection, "imports", keep), low.keeps[keep] + stores.INSIDE
        b.derived(entered(low, channel.inspection, "imports", keep), [(1.0, received)], [])
    paid, paid_ring = -1, -1
    if channel.in_transit == "refunded" and channel.paid_on_order > 0:
        paid, paid_ring = b.f(), ring(b, b.f, *size)
    rows = FlowRows(held, ring(b, b.f, *size, opening), arrives, inside, paid, paid_ring, in_part)
    low.flow_index.flows[c, keep] = rows
    return rows


def _in_part(low: Lowering, channel: Channel, keep: int) -> tuple[int, int, int]:
    """Rows of what is drawn for a channel's shipments to a keep, each period (conventions §8)."""
    b, found = low.builder, []
    for what, law in (("delivered", channel.delivered), ("short_by", channel.short_by)):
        if law is None:
            found.append(-1)
            continue
        out, (which, fixed, scale) = b.f(), low.rates.law(law, "world")
        offsets = which if which >= 0 else b.const(float(fixed))
        words = b.words(f"channels.{channel.name}.{what}.{low.keep_name(keep)}")
        b.emit("world", draw_any, out, words, offsets, scale)
        found.append(out)
    missing = b.flow(f"channels.{channel.name}.{low.keep_name(keep)}.missing") if max(found) >= 0 else -1
    return found[0], found[1], missing


def begins(project: Project) -> tuple[int, bool]:
    """The period in which a project begins to build, and whether its opening is given (conventions §12)."""
    fixed = project.finished >= 0 and project.start < NEVER
    return max(0, min(project.start, project.finished - 1)) if fixed else max(0, project.start), fixed


def never_runs(world: World, plant: Plant) -> bool:
    """Whether a plant is still planned at the end of the horizon, so that nothing of it has an effect."""
    return plant.project >= 0 and begins(world.projects[plant.project])[0] >= world.periods


def lower_inspections(low: Lowering) -> None:
    """Inspections: release in receipts, lots in production (conventions §15)."""
    b, world, index = low.builder, low.world, low.flow_index
    for p, plant in enumerate(world.plants):
        if plant.inspection >= 0 and not never_runs(world, plant):
            for good in dict.fromkeys(g for line in plant.lines for g in world.lines[line].goods):
                keep = low.keep_at(plant.output_to, good)
                gathers(low, plant.inspection, world.plants[p].name, keep)
                b.flow(entered(low, plant.inspection, world.plants[p].name, keep))
    plant_order = {plant.name: p for p, plant in enumerate(world.plants)}
    for n, inspection in enumerate(world.inspections):
        which, law, scale = low.rates.law(inspection.hold, "production")
        lot, one_size = b.param(inspection.lot), inspection.lot > 0
        takes, rows = max(1, inspection.rework_takes), b.z if one_size else b.f
        most, usual = most_and_usual(inspection.hold)
        flows = sorted(
            ((origin, keep) for i, origin, keep in index.gathered if i == n),
            key=lambda f: (0, f[1], 0) if f[0] == "imports" else (1, f[1], plant_order[f[0]]),
        )
        flow_args: list[int] = []
        for origin, keep in flows:
            name = f"inspections.{inspection.name}.{origin}.{low.keep_name(keep)}"
            flow_args += [
                index.gathered[n, origin, keep], b.z(), b.z(), b.z(), ring(b, rows, most + 2, usual + 2),
                ring(b, rows, most + 2, usual + 2),
                ring(b, rows, most + takes + 2, usual + takes + 2) if inspection.rework > 0 else -1,
                b.stream(name) if one_size else -1, low.keeps[keep], low.keeps[keep] + stores.ENTERING,
                b.flow(f"{name}.accepted"), b.flow(f"{name}.scrapped"),
                b.param(world.goods[world.keeps[keep].good].value),
                *((-1,) * 3 if one_size else _words_of_lots(low, inspection, name)),
            ]  # fmt: skip
        release = inspections.release if one_size else inspections.release_whole
        b.emit("receipts", release, low.write_off, low.discount, lot, len(flows), *flow_args)
        low.late_production.append((
            inspections.inspect if one_size else inspections.inspect_whole,
            (lot, b.param(inspection.accepts), b.param(inspection.rework), takes, which, law, scale,
             low.rates.row(inspection.capacity, "production"), b.f(), b.flow(f"inspections.{inspection.name}.lots"),
             b.param(inspection.cost), low.cost("inspection"), low.discount, b.z(), *(b.spare_z(j) for j in range(5)),
             b.spare_u(), len(flows), always(inspection.hold), b.spare_f(0), b.spare_f(1),
             scale if inspection.hold.scale.plain else b.spare_f(0), *flow_args),
        ))  # fmt: skip


def _words_of_lots(low: Lowering, inspection: Inspection, flow: str) -> tuple[int, int, int]:
    """Rows of the words of a flow's lots of any size: of their holds, of who is accepted and of who is reworked.

    Nothing is drawn for what is the same for all lots.
    """
    b = low.builder
    hold = b.event_words(flow, 1) if always(inspection.hold) < 0 else b.spare_u()
    accept = b.words(f"{flow}.accepted") if inspection.accepts < 1 else b.spare_u()
    rework = b.words(f"{flow}.reworked") if inspection.rework > 0 else b.spare_u()
    return hold, accept, rework


def lower_stores(low: Lowering) -> None:
    """Stores: what enters, accidents and expiry (conventions §16)."""
    b, world, index = low.builder, low.world, low.flow_index
    for i, keep in enumerate(world.keeps):
        rows, name = low.keeps[i], f"stores.{low.keep_name(i)}"
        b.level(f"{name}.on_hand", rows + stores.ON_HAND)
        b.level(f"{name}.waiting", rows + stores.WAITING)
        b.start_at(rows + stores.ON_HAND, keep.on_hand)
        b.start_at(rows + stores.CAME_IN, keep.on_hand)
        b.start_at(rows + stores.ON_ORDER, low.on_order_at_start.get(i, 0.0))
        finite, rule = keep.shelf_life < NEVER, RULES[keep.issue]
        number = keep.shelf_life // keep.age_class + 1 if finite else 0
        classes = b.f(number) if finite else b.spare
        if finite and rule != stores.OLDEST_FIRST:
            b.start_at(classes, keep.on_hand)
            index.ages.append(Ages(classes, number, keep.age_class, rule))
        else:
            index.ages.append(Ages(b.spare, 0, 1, stores.OLDEST_FIRST))
        for what in ("issued", "taken", "expired", "destroyed", "refused"):
            b.flow(f"{name}.{what}")
        b.derived(f"{name}.entered", [], [(1.0, rows + stores.CAME_IN, keep.on_hand)])
        if finite:
            _lower_expiry(low, i, classes, number)
    room = sum(store.room for store in world.stores)
    if room:
        b.start_at(low.cost("room"), room * world.discount(0))
    for s, store in enumerate(world.stores):
        emit_enter(low, "receipts", s)
        if np.any(store.accident_rate.values > 0):
            parts: list[int] = []
            for i in store.keeps:
                ages = index.ages[i]
                destroyed = b.flow(f"stores.{low.keep_name(i)}.destroyed")
                parts += [
                    low.keeps[i],
                    destroyed,
                    b.param(world.goods[world.keeps[i].good].value),
                    ages.classes,
                    ages.number,
                    ages.width,
                ]
            b.emit(
                "ageing", stores.accident, b.words(f"stores.{store.name}.accident"),
                low.rates.probability(store.accident_rate, "demand"),
                b.law(store.accident_destroys), b.stream(f"stores.{store.name}.destroyed"), low.write_off, low.discount,
                len(store.keeps), *parts,
            )  # fmt: skip
    for function, args, first, every in low.expiries:
        b.emit("ageing", function, *args, first=first, every=every, offset=first)


def _lower_expiry(low: Lowering, i: int, classes: int, number: int) -> None:
    b, keep = low.builder, low.world.keeps[i]
    width, life = keep.age_class, keep.shelf_life
    value = b.param(low.world.goods[keep.good].value)
    expired = b.flow(f"stores.{low.keep_name(i)}.expired")
    args = (low.keeps[i], classes, number, width, life, expired, low.write_off, value, low.discount)
    oldest = RULES[keep.issue] == stores.OLDEST_FIRST
    if oldest:
        low.expiries.append((stores.class_ends, (low.keeps[i], classes, number, width), width - 1, width))
    function = stores.expire_oldest_first if oldest else stores.expire_class
    before = b.f()
    if keep.disposal_cost:
        low.expiries.append((policies.before_expiry, (expired, before), life - 1, width))
    low.expiries.append((function, args, life - 1, width))
    if keep.disposal_cost:
        money = (b.param(keep.disposal_cost), low.cost("disposal"), low.discount)
        low.expiries.append((policies.dispose, (expired, before, *money), life - 1, width))


def emit_enter(low: Lowering, phase: str, s: int) -> None:
    """Lets what waits and what enters into a store."""
    b, world, index = low.builder, low.world, low.flow_index
    store = world.stores[s]
    if not store.keeps:
        return
    args: list[int] = []
    for i in store.keeps:
        name, ages = f"stores.{low.keep_name(i)}", index.ages[i]
        value = b.param(world.goods[world.keeps[i].good].value)
        args += [low.keeps[i], b.flow(f"{name}.refused"), value, ages.classes, ages.number, ages.width]
    b.emit(
        phase, stores.enter, low.rates.row(store.capacity, "world"), b.f(), b.f(), int(store.overflow == "waits"),
        low.write_off, low.discount, len(store.keeps), *args,
    )  # fmt: skip
