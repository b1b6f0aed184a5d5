"""Charts of single futures, simulated again: one told in full, and in which states of the world people were short."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from holdfast.output.report_flows import units
from holdfast.output.report_parts import (
    Json,
    chart,
    named,
    per_scale,
    percent_figure,
    points,
    share_text,
    span,
    start_year,
    table,
    view,
    years_at,
)
from holdfast.study import estimates
from holdfast.study.figures import days, listed, percent, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from holdfast.output.words import Reading
    from holdfast.parts.world import World
    from holdfast.study.case import Case
    from holdfast.study.estimates import Floats

    Periods = NDArray[np.int64]

WHOLE = 3
"""Whole futures drawn over a band."""
MOST_STEPS = 400
"""Points of a time line."""
MOST_BARS = 7
CAUSES = 100
"""Futures simulated again to see in which states people are short."""


KEPT = ("state", "on_hand", "ordered", "output", "unmet", "short")
"""Ends of the names of the records that charts read; the others are let go, since all of a future take megabytes."""


@dataclass(frozen=True)
class Futures:
    """Records of futures of one plan, by replication."""

    case: Case
    seed: int
    records: dict[int, dict[str, Floats]]

    def of(self, replication: int) -> dict[str, Floats]:
        """The records of a future that charts read, simulated again where it was not yet, and kept."""
        if replication not in self.records:
            self._tell(replication, 1)
        return self.records[replication]

    def first(self, n: int) -> list[dict[str, Floats]]:
        """The records of the first n futures, simulated together."""
        if not all(each in self.records for each in range(n)):
            self._tell(0, n)
        return [self.records[each] for each in range(n)]

    def _tell(self, first: int, n: int) -> None:
        """Simulates some futures again, and keeps what charts read."""
        from holdfast.engine.run import records

        told = records(self.case.world, seed=self.seed, first=first, replications=n)
        for replication, each in enumerate(told, first):
            self.records[replication] = {name: x.copy() for name, x in each.items() if name.endswith(KEPT)}


def unmet(case: Case) -> Floats:
    """(replication,) all that was not served on time, over consumers and goods, each in its periods of normal use."""
    out = np.zeros(case.replications)
    for use in case.world.uses:
        name = f"consumers.{case.world.consumers[use.consumer].name}.{case.world.goods[use.good].name}.unmet"
        if use.normal_use > 0:
            out = out + case.total([name]) / use.normal_use
    return out


def telling(case: Case) -> dict[str, int]:
    """Replications of a typical, a bad and the worst future, by how much was short in all."""
    ranked = np.argsort(unmet(case), kind="stable")
    n = ranked.size
    named = {"typical": estimates.order(n, 0.5), "bad": estimates.order(n, 0.95), "worst": n - 1}
    return {label: int(ranked[rank]) for label, rank in named.items()}


def one_future(reading: Reading, futures: dict[str, Futures]) -> list[Json]:
    """A typical, a bad and the worst future of today's plan, and what they are with the plan of the answer."""
    chosen = telling(reading.case(reading.today))
    views = []
    for plan in dict.fromkeys((reading.today, reading.chosen)):
        for label, replication in chosen.items():
            records = futures[plan].of(replication)
            data, shown = _timeline(reading.case(plan).world, records)
            title = _future_title(reading.case(plan).world, records, label, plan)
            what = {"typical": "half of the futures are worse", "bad": "1 in 20 is worse", "worst": "none is worse"}[
                label
            ]
            ranked = f"Ranked by all that was short with {named(reading.today)}: {what}."
            subtitle = f"Replication {replication} with {named(plan)}. {ranked}"
            views.append(view(title, subtitle, data, shown, f"{label}, {plan}"))
    read = (
        "Strips show the states of the world, orange where it is not in the state that the scenario names first; below"
        " them, on the same years, stock, orders, output and shortages. The same futures are shown for each plan."
    )
    return chart("one-future", read, views, "slider", "Future")


def _timeline(world: World, records: dict[str, Floats]) -> tuple[Json, Json]:
    """One future by steps of a few periods, and its table."""
    step = -(-world.periods // MOST_STEPS)
    edges = np.arange(0, world.periods, step)
    ends = np.minimum(edges + step, world.periods)
    x = [round(years_at(world, float(end)), 3) for end in ends]
    rows = [row for row in (_stock_row(world, records, ends), *_flow_rows(world, records, edges)) if row["series"]]
    strips = [_strip(world, records, "regimes", r.name, tuple(s.name for s in r.states)) for r in world.regimes]
    strips += [_project_strip(world, records, p.name) for p in world.projects if p.start < world.periods]
    data = {"kind": "timeline", "start": start_year(world), "x": x, "strips": strips, "rows": rows}
    columns = [f"{one['label']}: {row['label'].lower()}, {row['unit']}" for row in rows for one in row["series"]]
    series = [one["values"] for row in rows for one in row["series"]]
    every = range(0, len(x), max(1, len(x) // 100))
    shown = table(
        ["year", *columns], [[round(start_year(world) + x[k], 2), *(values[k] for values in series)] for k in every]
    )
    return data, shown


def _used(world: World) -> set[int]:
    return {use.good for use in world.uses}


def _stock_row(world: World, records: dict[str, Floats], ends: Periods) -> Json:
    """Stock at the end of each step, in days of supply."""
    series = []
    for keep in world.keeps:
        name = f"stores.{world.stores[keep.store].name}.{world.goods[keep.good].name}"
        if keep.use > 0 and keep.good in _used(world):
            values = records[f"{name}.on_hand"][ends - 1] / keep.use * world.period_days
            series.append({"label": world.goods[keep.good].name, "values": points(values)})
    if len({one["label"] for one in series}) < len(series):
        for one, keep in zip(series, [k for k in world.keeps if k.use > 0 and k.good in _used(world)], strict=True):
            one["label"] = f"{world.goods[keep.good].name}, {world.stores[keep.store].name}"
    return {"label": "Stock", "unit": "days of supply", "form": "line", "bad": False, "series": series[:4]}


def _flow_rows(world: World, records: dict[str, Floats], edges: Periods) -> list[Json]:
    """Orders, output and shortages in each step, over the goods of the first unit that consumers use."""
    first = world.goods[world.uses[0].good]
    goods = [g.name for i, g in enumerate(world.goods) if i in _used(world) and g.unit == first.unit]

    def summed(*names: str) -> Floats:
        values = sum((records[name] for name in names if name in records), np.zeros(world.periods))
        return np.asarray(np.add.reduceat(values, edges))

    orders = summed(
        *(n for n in records if n.startswith("channels.") and n.endswith(".ordered") and n.split(".")[-2] in goods)
    )
    made = {
        p.name: summed(
            *(
                f"lines.{p.name}.{world.lines[i].name}.output"
                for i in p.lines
                if {world.goods[g].name for g in world.lines[i].goods} & set(goods)
            )
        )
        for p in world.plants
    }
    short = {c.name: summed(*(f"consumers.{c.name}.{g}.unmet" for g in goods)) for c in world.consumers}
    out = []
    for label, found, bad in (
        ("Orders", {"orders": orders}, False),
        ("Output of plants", made, False),
        ("Shortage", short, True),
    ):
        some = {name: values for name, values in found.items() if values.sum() > 0}
        factor, word = per_scale([float(v.max()) for v in some.values()], first.unit)
        series = [{"label": name, "values": points(values, factor)} for name, values in some.items()]
        out.append({"label": label, "unit": word, "form": "bar", "bad": bad, "series": series})
    return out


def _strip(world: World, records: dict[str, Floats], section: str, name: str, states: tuple[str, ...]) -> Json:
    """The spells of something with states; the state that is named first is the calm one."""
    codes = records[f"{section}.{name}.state"].astype(int)
    cuts = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), world.periods]
    spells = [
        {
            "from": round(years_at(world, a), 3),
            "to": round(years_at(world, b), 3),
            "state": states[codes[a]],
            "calm": bool(codes[a] == 0),
        }
        for a, b in pairwise(cuts)
    ]
    return {"label": name, "spells": spells}


def _project_strip(world: World, records: dict[str, Floats], name: str) -> Json:
    """The states of a project; stalled and cancelled are trouble."""
    from holdfast.parts.world import PROJECT_STATES

    strip = _strip(world, records, "projects", name, PROJECT_STATES)
    for spell in strip["spells"]:
        spell["calm"] = spell["state"] not in ("stalled", "cancelled")
    return strip


def _future_title(world: World, records: dict[str, Floats], label: str, plan: str) -> str:
    """How long each consumer is short in a future."""
    parts = []
    for consumer in world.consumers:
        periods = float((records[f"consumers.{consumer.name}.short"] > 0).sum())
        spent = f"short for {days(periods * world.period_days)} in all" if periods else "never short"
        parts.append(f"{consumer.name} {spent}")
    kind = "The worst" if label == "worst" else f"A {label}"
    return f"{kind} future with {named(plan)}: {listed(parts)}"


def causes(reading: Reading, futures: dict[str, Futures]) -> list[Json]:
    """In which states of the world the units that were short fell."""
    if not reading.case(reading.today).world.regimes:
        return []
    from holdfast.engine.run import records

    views = []
    for plan in dict.fromkeys((reading.today, reading.chosen)):
        case = reading.case(plan)
        told = records(case.world, seed=futures[plan].seed, replications=min(CAUSES, case.replications))
        for unit, short in _by_state(case.world, told, units(case)).items():
            found = _ranked(case.world, *short)
            if found is None:
                continue
            bars, shares, time = found
            first = bars[0]
            title = (
                f"{share_text(shares[first])} of what is short with {named(plan)} falls while {first},"
                f" which is {percent(time[first])} % of the time"
            )
            drawn = [
                {"label": b, "value": {k: percent_figure(v) for k, v in span(shares[b]).items()}, "strong": i == 0}
                for i, b in enumerate(bars)
            ]
            rows = [[b, *(percent_figure(v) for v in span(shares[b]).values()), percent_figure(time[b])] for b in bars]
            shown = table(
                ["states of the world", "share of what is short, %", "low", "high", "share of the time, %"], rows
            )
            states = listed([regime.name for regime in case.world.regimes])
            subtitle = f"Share of all {plural(unit)} not served on time, by the states of {states}, %;"
            subtitle += f" {len(short[0])} futures."
            label = plan if len(units(case)) == 1 else f"{plan}, {plural(unit)}"
            views.append(
                view(title, subtitle, {"kind": "bars", "unit": "% of what is short", "bars": drawn}, shown, label)
            )
    read = (
        "Longest first; the thin lines are 95 % intervals. The states are those at the time of a shortage, which may"
        " come of earlier ones."
    )
    return chart("causes", read, views, label="Plan")


def _by_state(
    world: World, records: Iterable[dict[str, Floats]], goods: dict[str, list[str]]
) -> dict[str, tuple[Floats, Floats]]:
    """(replication, state) all that was short in each joint state of regimes, and its share of the time; by unit.

    Each future is looked at once and let go.
    """
    sizes = [len(regime.states) for regime in world.regimes]
    count = int(np.prod(sizes))
    short: dict[str, list[Floats]] = {unit: [] for unit in goods}
    time: list[Floats] = []
    for record in records:
        index = np.zeros(world.periods, dtype=np.int64)
        for regime, size in zip(world.regimes, sizes, strict=True):
            index = index * size + record[f"regimes.{regime.name}.state"].astype(np.int64)
        time.append(np.bincount(index, minlength=count) / world.periods)
        for unit, names in goods.items():
            missing = sum(
                (record[n] for c in world.consumers for g in names if (n := f"consumers.{c.name}.{g}.unmet") in record),
                np.zeros(world.periods),
            )
            short[unit].append(np.bincount(index, missing, minlength=count).astype(np.float64))
    return {unit: (np.stack(found), np.stack(time)) for unit, found in short.items()}


def _ranked(
    world: World, short: Floats, time: Floats
) -> tuple[list[str], dict[str, estimates.Estimate], dict[str, float]] | None:
    """The states in which most was short: names, shares of all that was short, shares of the time."""
    sizes = [len(regime.states) for regime in world.regimes]
    total, spent = short.sum(axis=1), time.mean(axis=0)
    if total.sum() <= 0:
        return None
    ranked = [int(code) for code in np.argsort(-short.sum(axis=0), kind="stable") if short[:, code].sum() > 0]
    shares, times = {}, {}
    for code in ranked[:MOST_BARS]:
        name = _state_name(world, sizes, code)
        shares[name], times[name] = estimates.ratio(short[:, code], total), float(spent[code])
    names = list(shares)
    rest = ranked[MOST_BARS:]
    if rest:
        shares["all other states"] = estimates.ratio(short[:, rest].sum(axis=1), total)
        times["all other states"] = float(spent[rest].sum())
        names.append("all other states")
    return names, shares, times


def _state_name(world: World, sizes: list[int], code: int) -> str:
    """The names of the states of all regimes: `crisis, embargo, peace`."""
    parts = []
    for regime, size in zip(reversed(world.regimes), reversed(sizes), strict=True):
        parts.append(regime.states[code % size].name)
        code //= size
    return ", ".join(reversed(parts))
