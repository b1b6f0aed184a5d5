"""Lowering: from a World to the engine's Model, part by part, in the order of conventions §1."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np

from holdfast.engine.lower_flow import (
    begins,
    lower_channels,
    lower_inspections,
    lower_stores,
)
from holdfast.engine.lower_links import lower_links
from holdfast.engine.lower_make import lower_plants
from holdfast.engine.lower_orders import lower_ordering
from holdfast.engine.lower_use import lower_accounts, lower_bands, lower_consumers
from holdfast.engine.lowering import Lowering
from holdfast.engine.model import Model, records_op
from holdfast.engine.ops import prices, projects, records, regimes, signals
from holdfast.engine.ops.stores import ON_HAND
from holdfast.engine.sample import draw_four
from holdfast.parts.laws import StandardNormal
from holdfast.parts.world import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from holdfast.parts.world import Changing, Regime, World

YEARLY = (
    "consumers.", "costs.", "memos.", "channels.", "inspections.", "plants.", "lines.", "stores.",
    "transfers.",
)  # fmt: skip
_NOT_YEARLY = (
    ".ordered",
    ".lost",
    ".missing",
    ".shipped",
    ".entered",
    ".taken",
    ".destroyed",
    ".refused",
    ".run",
    ".lots",
    ".demand",
    ".received_by",
)


def lower(world: World, *, replications: int, record: bool = False, each_period: Sequence[str] = ()) -> Model:
    """The model of a world.

    Args:
        world: What to simulate.
        replications: Replications whose outputs are kept together.
        record: Keep every period of each replication instead of yearly figures and bands.
        each_period: Flows of which every period is kept, in place of the yearly figures of all; those that are 0 in
            every future (§22) are left out.
    """
    low = Lowering(world, each_period)
    b = low.builder
    for r, regime in enumerate(world.regimes):
        _lower_regime(low, r, regime)
    _lower_prices(low)
    _lower_projects(low)
    lower_channels(low)
    lower_links(low)
    lower_inspections(low)
    lower_stores(low)
    for u, use in enumerate(world.uses):
        low.backlogs[u] = b.f()
        if use.own_stock is not None:
            low.own[u] = b.f()
            b.start_at(low.own[u], use.own_opening)
    _lower_signals(low)
    lower_ordering(low)
    lower_plants(low)
    lower_consumers(low)
    lower_accounts(low)
    if not record:
        lower_bands(low)
    return _finish(low, replications, record, each_period)


def _lower_regime(low: Lowering, r: int, regime: Regime) -> None:
    b, world = low.builder, low.world
    state, changes, left, following, spell = low.code_rows[r], low.changes[r], b.f(), b.z(), b.z()
    b.codes[f"regimes.{regime.name}.state"] = state
    n, stream = len(regime.states), b.stream(f"regimes.{regime.name}")
    cumulative = np.rint(np.cumsum([s.then for s in regime.states], axis=1) * 2.0**32)
    thresholds = b.table(cumulative)
    laws = [b.law(s.lasts) for s in regime.states]
    age = regime.age
    passed = math.floor(2.0**32 * regime.states[regime.starts].lasts.cdf(age)) if age > 0 else 0
    w0 = min(2**32 - 1, passed)  # it may be older than its law lasts
    common = (state, left, following, spell, changes, stream, n, thresholds)
    b.emit("initial", regimes.regime_start, *common, regime.starts, w0, b.param(age), *laws)
    paces = [low.rates.row(s.pace, "start") for s in regime.states]
    pace = paces[0]
    if any(p != paces[0] for p in paces):
        pace = _pace_by_state(low, regime, r)
    past = [e for e in regime.script if e[0] <= 0]
    script = [(0, past[-1][1])] if past else []
    script += [e for e in regime.script if 0 < e[0] < world.periods]
    first = script[0][0] if script else world.periods
    spare = b.spare_z(0), b.spare_z(1), b.spare_u()
    b.emit("world", regimes.regime, *common, pace, *spare, *laws, first=1, last=first - 1)
    if script:
        b.emit("world", regimes.regime_scripted, left, first=first + 1)
    for j, (t, code) in enumerate(script):
        ends, then = script[j + 1] if j + 1 < len(script) else (t + NEVER, code)
        b.emit(
            "world",
            regimes.regime_script,
            state,
            left,
            following,
            spell,
            changes,
            code,
            b.param(ends - t),
            then,
            first=t,
            last=t,
        )
    if regime.warning is not None:
        warning, pulse = regime.warning, low.pulses[r]
        lead = (
            b.f(),
            b.z(),
            b.law(warning.lead),
            b.param(warning.seen),
            b.stream(f"regimes.{regime.name}.warning"),
            pulse,
        )
        for row, begin, end in ((pace, 0, first - 1), (b.const(1.0), first, world.periods)):
            b.emit("world", regimes.warning, following, left, spell, row, warning.of, *lead, first=begin, last=end)
        if warning.false_alarms > 0:
            p = b.param(-math.expm1(-warning.false_alarms))
            b.emit(
                "world", regimes.false_alarm, state, warning.of, b.words(f"regimes.{regime.name}.false-alarm"), p, pulse
            )
        b.emit("world", regimes.count_pulse, pulse, b.flow(f"regimes.{regime.name}.warned"))


def _pace_by_state(low: Lowering, regime: Regime, r: int) -> int:
    """The pace as one table that also reads the regime's own state."""
    from holdfast.parts.world import Changing

    starts = tuple(sorted({t for s in regime.states for t in s.pace.starts}))
    reads = tuple(sorted({c for s in regime.states for c in s.pace.reads} | {r}))
    sizes = [len(low.world.conditions[c].states) for c in reads]
    values = np.empty((len(starts), int(np.prod(sizes))))
    for s, t in enumerate(starts):
        for i, index in enumerate(np.ndindex(*sizes)):
            codes = dict(zip(reads, index, strict=True))
            values[s, i] = value_at(regime.states[codes[r]].pace, t, codes, low.world)
    return low.rates.row(Changing(values, reads, starts), "start")


def value_at(value: object, t: int, codes: dict[int, int], world: World) -> float:
    """A changing value in period t under given conditions (§5)."""
    from holdfast.parts.world import Changing

    assert isinstance(value, Changing)
    segment = max(s for s, start in enumerate(value.starts) if start <= t)
    index = 0
    for c in value.reads:
        index = index * len(world.conditions[c].states) + codes[c]
    return float(value.values[segment, index])


def _lower_prices(low: Lowering) -> None:
    b, world = low.builder, low.world
    normals = []
    for price in world.prices:
        out = b.f(4)
        words, normal = b.words(f"prices.{price.name}"), b.law(StandardNormal())
        b.emit("world", draw_four, out, words, normal, b.spare_z(0), every=4)
        normals.append(out)
    for p, price in enumerate(world.prices):
        index = low.price_rows[p]
        b.level(f"prices.{price.name}.index", index)
        at = b.table(np.array([price.level, price.persistence, price.spread, *price.correlation]))
        n = max((j + 1 for j, c in enumerate(price.correlation) if c != 0.0), default=0)
        b.emit("world", prices.price, b.f(), index, at, n, *normals[:n])


def _lower_projects(low: Lowering) -> None:
    b, world = low.builder, low.world
    closing = _closing(world)
    for p, project in enumerate(world.projects):
        name, state, changes, opened = project.name, low.project_code(p), low.project_changes(p), low.opened[p]
        b.codes[f"projects.{name}.state"] = state
        b.integer_finals[f"projects.{name}.opened"] = opened
        begin, fixed = begins(project)
        left, spend = b.f(), b.f()
        b.emit(
            "initial", projects.project_start, left, spend, b.stream(f"projects.{name}"), b.law(project.schedule_ratio),
            b.law(project.overrun), b.param(project.planned_duration), b.param(project.capex),
            b.param(project.finished - begin if fixed else 0), opened,
        )  # fmt: skip
        if begin >= world.periods:
            continue
        last = closing.get(p, world.periods) - 1  # what is closed does not open
        if fixed:
            b.emit("world", projects.project_fixed, state, changes, opened, project.finished, first=begin, last=last)
        else:
            stall, stall_words = _happens(low, project.stall_rate, f"projects.{name}.stall")
            cancel, cancel_words = _happens(low, project.cancel_rate, f"projects.{name}.cancel")
            b.emit(
                "world", projects.project, state, changes, left, b.f(), b.z(), opened, stall, cancel,
                int(1 in project.cancel_while), int(2 in project.cancel_while), stall_words, cancel_words,
                b.stream(f"projects.{name}.stalled"), b.law(project.stall_lasts), first=begin, last=last,
            )  # fmt: skip
        b.emit("accounts", projects.capex, state, spend, low.cost("capex"), low.discount)
    for p, closes in closing.items():
        b.emit("world", projects.project_close, low.project_code(p), low.project_changes(p), first=max(0, closes))


def _happens(low: Lowering, rate: Changing, stream: str) -> tuple[int, int]:
    """The row of the probability that an event of a rate happens in a period, and the first of the rows of its words.

    Nothing is drawn where it never happens: no word is below a probability of 0.
    """
    words = low.builder.words(stream) if np.any(rate.values > 0) else low.builder.spare_u()
    return low.rates.probability(rate, "start"), words


def _closing(world: World) -> dict[int, int]:
    """Period in which a project closes with its plant, by project; a line's own project closes with its plant too."""
    found = {}
    for plant in world.plants:
        if plant.closes < world.periods:
            of_lines = [world.lines[i].project for i in plant.lines]
            found.update({p: plant.closes for p in (plant.project, *of_lines) if p >= 0})
    return found


def _lower_signals(low: Lowering) -> None:
    b, world = low.builder, low.world
    for s, signal in enumerate(world.signals):
        noticed, changes, true = low.signal_code(s), low.signal_changes(s), b.z()
        b.codes[f"signals.{signal.name}.noticed"] = noticed
        past = b.z(signal.delay + 1)
        if signal.kind == "warning":
            b.emit(
                "decisions",
                signals.warned,
                noticed,
                changes,
                true,
                past,
                low.pulses[signal.regime],
                b.z(),
                signal.lasts,
                signal.delay,
            )
            continue
        value = b.f()
        if signal.kind == "backorders":
            rows = [low.backlogs[u] for u in world.consumers[signal.consumer].uses]
            b.emit("decisions", signals.add_up, value, len(rows), *rows)
        else:
            pairs = []
            if signal.store >= 0:
                for keep in world.stores[signal.store].keeps:
                    if world.keeps[keep].use > 0:
                        pairs += [low.keeps[keep] + ON_HAND, b.param(1.0 / world.keeps[keep].use)]
            else:
                for u in world.consumers[signal.consumer].uses:
                    if u in low.own and world.uses[u].normal_use > 0:
                        pairs += [low.own[u], b.param(1.0 / world.uses[u].normal_use)]
            b.emit("decisions", signals.lowest_cover, value, len(pairs) // 2, *pairs)
        b.emit(
            "decisions", signals.threshold, noticed, changes, true, past, value, b.param(signal.on_at),
            b.param(signal.off_at), int(signal.kind == "cover"), signal.delay,
        )  # fmt: skip


@functools.lru_cache(maxsize=16)
def _years(periods: int, period_days: float) -> tuple[int, ...]:
    """Year of each period that ends one, -1 of the others."""
    year = [math.floor(t * period_days / 365.25) for t in range(periods + 1)]
    return tuple(year[t] if t == periods - 1 or year[t + 1] != year[t] else -1 for t in range(periods))


def _finish(low: Lowering, replications: int, record: bool, each_period: Sequence[str]) -> Model:
    b, world = low.builder, low.world
    years = _years(world.periods, world.period_days)
    kept = [] if record else [n for n in b.flows if n.startswith(YEARLY) and not n.endswith(_NOT_YEARLY)]
    by_period = [name for name in each_period if name in b.flows]
    yearly = [] if each_period else kept
    totals = {name: b.f() for name in b.flows}
    place = {name: j for j, name in enumerate(yearly)}
    finals = {**totals, **b.finals}
    at = len(finals) + len(b.integer_finals) + 1
    derived = {row for row, _ in b.sums} | {row for row, *_ in b.changes}
    each = record or any(b.flows[name] in derived for name in by_period)
    where = b.constants([0] * world.periods if each else years)
    to_add = [*b.sums, *b.added_up] if record else b.sums
    sums = [x for row, terms in to_add for x in (row, len(terms), *(y for f, r in terms for y in (b.param(f), r)))]
    changes = [x for row, factor, level, was in b.changes for x in (row, b.param(factor), level, was)]
    standing = [
        x for (plant, line, closes), row in low.standing.items()
        for x in (row, low.opened[plant] if plant >= 0 else -1, low.opened[line] if line >= 0 else -1, closes)
    ]  # fmt: skip
    if standing:
        b.emit("records", projects.stood, where, len(low.standing), *standing)
    b.emit("records", records.derive, where, len(to_add), *sums, len(b.changes), *changes)
    if record:
        records_op(b, at, replications)
    if by_period:
        rows = [x for j, name in enumerate(by_period) for x in (b.flows[name], b.f(), j)]
        b.emit("records", records.keep_period, len(by_period), replications, world.periods, where, *rows)
    triples = [x for name, row in b.flows.items() for x in (row, totals[name], place.get(name, -1))]
    b.emit("records", records.flush, len(b.flows), replications, max(years) + 1, where, *triples)
    on_hand = [low.keeps[i] + ON_HAND for i in range(len(world.keeps))]
    b.emit(
        "records", records.finish, replications, len(finals) + len(b.integer_finals), len(finals), *finals.values(),
        len(b.integer_finals), *b.integer_finals.values(), len(on_hand), *on_hand, first=world.periods - 1,
    )  # fmt: skip
    return b.build(
        replications=replications,
        years=world.periods if each_period else max(years) + 1,
        yearly=by_period or yearly,
        totals=[*finals, *b.integer_finals],
        records_=[*b.flows, *b.levels, *b.codes] if record else [],
    )
