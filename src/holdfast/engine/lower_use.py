"""Lowering of use and of the accounts: consumers, windows, holding, bands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from holdfast.engine.model import BandSpec
from holdfast.engine.ops import consumers, lines, records, stores
from holdfast.engine.sample import BY_TURNS, draw_any, draw_count, draw_four

if TYPE_CHECKING:
    from holdfast.engine.lowering import Lowering
    from holdfast.parts.world import ChangingLaw, Use

_BINS = 512
_BAND_PERIODS = 400


class _Rows:
    """Rows of the uses while the demand phase is lowered."""

    def __init__(self, low: Lowering) -> None:
        b, n = low.builder, len(low.world.uses)
        self.asked = [b.f() for _ in range(n)]
        self.wanted = [b.spare] * n
        self.got = [b.f() for _ in range(n)]
        c = len(low.world.consumers)
        self.short = [b.f() for _ in range(c)]
        self.all_wanted = [b.f() for _ in range(c)]
        self.all_served = [b.f() for _ in range(c)]


def lower_consumers(low: Lowering) -> None:
    """Demand, issuing and what is unmet (conventions §18), and windows (§19)."""
    b, world = low.builder, low.world
    rows = _Rows(low)
    cleared = [*rows.short, *rows.all_wanted, *rows.all_served]
    b.emit("demand", lines.clear, len(cleared), *cleared)
    for c, consumer in enumerate(world.consumers):
        share = -1
        if consumer.saves is not None:
            share = b.f()
            b.emit(
                "demand",
                consumers.save,
                share,
                low.rates.row(consumer.saves, "decisions"),
                b.param(consumer.saves_step),
            )
        cap = -1 if consumer.at_most is None else low.rates.row(consumer.at_most, "decisions")
        for u in consumer.uses:
            _lower_ask(low, c, u, rows, share, cap)
    _lower_issue(low, rows)
    for c, consumer in enumerate(world.consumers):
        for u in consumer.uses:
            use = world.uses[u]
            name = f"consumers.{consumer.name}.{world.goods[use.good].name}"
            b.emit(
                "demand", consumers.settle, rows.wanted[u], low.backlogs[u], low.own.get(u, -1), rows.got[u],
                int(consumer.backordered),
                b.param(consumer.shortage_cost), low.cost("shortage"), low.discount, b.param(use.normal_use),
                b.flow(f"{name}.unmet"), b.flow(f"{name}.received"), rows.short[c], rows.all_served[c],
            )  # fmt: skip
            b.derived(f"{name}.served", [(1.0, b.flow(f"{name}.wanted")), (-1.0, b.flow(f"{name}.unmet"))], [])
            if (got := _got(low, u)) is not None:
                b.derived(f"{name}.received", *got)
            b.level(f"{name}.backorders", low.backlogs[u])
            if u in low.own:
                b.level(f"{name}.own_stock", low.own[u])
    _lower_backorders(low)
    _lower_shortage(low, rows)
    _lower_windows(low, rows)


def _lower_ask(low: Lowering, c: int, u: int, rows: _Rows, share: int, cap: int) -> None:
    b, world = low.builder, low.world
    use, consumer = world.uses[u], world.consumers[c]
    name, good = f"consumers.{consumer.name}", world.goods[use.good].name
    drawn = _lower_draw(low, use.demand, b.words(f"{name}.demand.{good}"))
    wanted_flow, saved_flow = b.flow(f"{name}.{good}.wanted"), b.flow(f"{name}.{good}.saved")
    b.derived(f"{name}.{good}.demand", [(1.0, wanted_flow), (1.0, saved_flow)], [])
    rows.wanted[u] = b.f()
    if share >= 0:
        b.emit(
            "demand", consumers.want, *drawn, share, rows.wanted[u], saved_flow, b.param(consumer.saves_cost),
            low.cost("savings"), low.discount,
        )  # fmt: skip
        drawn = rows.wanted[u], 0, b.const(1.0)
    own, level = low.own.get(u, -1), 0
    if use.own_stock is not None:
        level = low.rates.row(use.own_stock, "decisions")
    b.emit(
        "demand", consumers.ask, *drawn, rows.wanted[u], low.backlogs[u], own, level, cap, b.param(use.normal_use),
        rows.asked[u], rows.got[u], wanted_flow, rows.all_wanted[c],
    )  # fmt: skip


def _lower_draw(low: Lowering, demand: ChangingLaw, words: int) -> tuple[int, int, int]:
    """Draws a demand; first row of what is drawn, whether it has rows by turns, and the row of its scale."""
    b = low.builder
    which, law, scale = low.rates.law(demand, "decisions")
    discrete = [one.atoms() is not None for one in demand.laws]
    if which < 0 and not any(discrete):
        rows = b.f(4)
        b.emit("demand", draw_four, rows, words, law, b.spare_z(0), every=4)
        return rows, BY_TURNS, scale
    out, draw = b.f(), draw_count if all(discrete) else draw_any
    b.emit("demand", draw, out, words, which if which >= 0 else b.const(float(law)), scale)
    return out, 0, b.const(1.0)


def _got(low: Lowering, u: int) -> tuple[list[tuple[float, int]], list[tuple[float, int, float]]] | None:
    """From which flows and levels what a use got follows; nothing where it has a stock of its own."""
    b, use = low.builder, low.world.uses[u]
    consumer = low.world.consumers[use.consumer]
    if u in low.own:
        return None
    name = f"consumers.{consumer.name}.{low.world.goods[use.good].name}"
    if consumer.backordered:
        return [(1.0, b.flow(f"{name}.wanted"))], [(-1.0, low.backlogs[u], 0.0)]
    return [(1.0, b.flow(f"{name}.wanted")), (-1.0, b.flow(f"{name}.unmet"))], []


def _lower_issue(low: Lowering, rows: _Rows) -> None:
    b, world, index = low.builder, low.world, low.flow_index
    rounds = max((len(c.draws_from) for c in world.consumers), default=0)
    before, total = b.f(), b.f()
    issued = [_lower_issued(low, i) for i in range(len(world.keeps))]
    for j in range(rounds):
        for i, keep in enumerate(world.keeps):
            users = [
                u for u, use in enumerate(world.uses)
                if use.good == keep.good and world.consumers[use.consumer].draws_from[j : j + 1] == (keep.store,)
            ]  # fmt: skip
            for priority in sorted({world.consumers[world.uses[u].consumer].priority for u in users}):
                group = [u for u in users if world.consumers[world.uses[u].consumer].priority == priority]
                args = [x for u in group for x in (rows.asked[u], _above(low, world.uses[u], j), rows.got[u])]
                is_open = low.rates.row(world.stores[keep.store].open, "decisions")
                b.emit(
                    "demand", consumers.issue, low.keeps[i], is_open, before, total, issued[i], *index.ages[i].args(),
                    len(group), *args,
                )  # fmt: skip


def _lower_issued(low: Lowering, i: int) -> int:
    """The flow of what a keep issues; -1 where it follows from what its uses got."""
    b, world, keep = low.builder, low.world, low.world.keeps[i]
    name = f"stores.{low.keep_name(i)}.issued"
    uses = [
        u for u, use in enumerate(world.uses)
        if use.good == keep.good and keep.store in world.consumers[use.consumer].draws_from
    ]  # fmt: skip
    alone = all(world.consumers[world.uses[u].consumer].draws_from == (keep.store,) for u in uses)
    parts = [got for u in uses if (got := _got(low, u)) is not None]
    if not alone or len(parts) < len(uses):
        return b.flow(name)
    b.derived(name, [x for flows, _ in parts for x in flows], [x for _, levels in parts for x in levels])
    return -1


def _above(low: Lowering, use: Use, j: int) -> int:
    return low.rates.row(use.served_above[j], "decisions") if j < len(use.served_above) else low.builder.const(0.0)


def _lower_backorders(low: Lowering) -> None:
    for i, keep in enumerate(low.keeps):
        if backlogs := low.backlogs_of(i):
            low.builder.emit("demand", consumers.backorders, keep, len(backlogs), *backlogs)


def _lower_shortage(low: Lowering, rows: _Rows) -> None:
    b, world = low.builder, low.world
    for c, consumer in enumerate(world.consumers):
        name = f"consumers.{consumer.name}"
        first, run, most = b.f(), b.f(), b.f()
        b.start_at(first, -1.0)
        b.emit("accounts", consumers.shortage, rows.short[c], b.flow(f"{name}.short"), first, run, most)
        b.finals[f"{name}.first_short"] = first
        b.finals[f"{name}.longest_short"] = most


def _lower_windows(low: Lowering, rows: _Rows) -> None:
    """What standards judge (conventions §19); windows of one condition go together."""
    b, world = low.builder, low.world
    together: dict[tuple[int, int], list[int]] = {}
    for w, window in enumerate(world.windows):
        c, out = window.consumer, b.f(6)
        for j, what in enumerate(("wanted", "served", "periods", "short_periods", "spells", "short_spells")):
            b.finals[f"windows.{w}.{what}"] = out + j
        judged = (rows.all_wanted[c], rows.all_served[c], rows.short[c], out)
        if window.condition >= 0:
            args = together.setdefault((low.code_rows[window.condition], window.state), [])
            args += [window.within, b.z(), *judged]
        elif (within := min(window.within, world.periods)) > 0:
            b.start_at(out + 2, within)
            b.start_at(out + 4, 1.0)
            b.emit("accounts", consumers.window_from_start, *judged, last=within - 1)
    for held, args in together.items():
        b.emit(
            "accounts", consumers.windows, *held, b.z(), b.spare_z(0), len(args) // consumers.WINDOW_ARGS, *args,
        )  # fmt: skip


def lower_accounts(low: Lowering) -> None:
    """Holding costs and means of stock."""
    b, world = low.builder, low.world
    for i, keep in enumerate(world.keeps):
        store, good = world.stores[keep.store], world.goods[keep.good]
        total = b.f()
        b.finals[f"mean.stores.{low.keep_name(i)}.on_hand"] = total
        rate = store.holding_cost * good.value + store.holding_fixed
        outside = store.waiting_cost * good.value + store.waiting_fixed
        row = low.keeps[i] + stores.ON_HAND
        b.emit(
            "accounts", stores.holding, row, low.keeps[i] + stores.WAITING, b.param(rate), b.param(outside),
            low.cost("holding"), low.discount, total
        )  # fmt: skip


def lower_bands(low: Lowering) -> None:
    """Histograms of stocks and backorders over futures."""
    b, world = low.builder, low.world
    args: list[int] = []
    stride = max(1, math.ceil(b.periods / _BAND_PERIODS))
    for i, keep in enumerate(world.keeps):
        capacity = world.stores[keep.store].capacity.values
        finite = capacity[np.isfinite(capacity)]
        top = float(finite.max()) if finite.size else 0.0
        if finite.size < capacity.size or top <= 0.0:
            top = max(top, 2.0 * _highest(low, i), 1.0)
        args += _band(low, f"stores.{low.keep_name(i)}.on_hand", low.keeps[i] + stores.ON_HAND, top, stride)
    for u, use in enumerate(world.uses):
        consumer = world.consumers[use.consumer]
        if consumer.backordered:
            name = f"consumers.{consumer.name}.{world.goods[use.good].name}.backorders"
            top = max(1.0, use.normal_use * 2 * 365.25 / world.period_days)
            args += _band(low, name, low.backlogs[u], top, stride)
    if args:
        n = len(args) // records.BAND_ARGS
        b.emit("records", records.band, stride, b.spare_z(0), n, *args, every=stride)


def _highest(low: Lowering, i: int) -> float:
    """A level that a keep is unlikely to exceed."""
    keep = low.world.keeps[i]
    most = keep.on_hand
    rule = keep.ordering
    for value in (rule.order_up_to, rule.reorder_point, rule.order_quantity) if rule else ():
        if value is not None:
            most += float(np.max(value.values))
    if rule:
        most += max(rule.levels, default=0.0)
    return most


def _band(low: Lowering, name: str, row: int, top: float, stride: int) -> tuple[int, ...]:
    """Arguments of a level for `records.band`."""
    b = low.builder
    spec = BandSpec(name, b.bins, _BINS, top, stride, math.ceil(b.periods / stride))
    b.bands.append(spec)
    b.bins += _BINS * spec.periods
    return row, spec.at, _BINS, b.param((_BINS - 2) / top)
