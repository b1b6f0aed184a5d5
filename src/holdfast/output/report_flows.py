"""Charts of goods: stock, supply, and flows from sources to those who use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.output.report_parts import (
    Json,
    chart,
    each,
    figures,
    named,
    per_scale,
    points,
    share_text,
    start_year,
    table,
    view,
    year_names,
    years_at,
)
from holdfast.study import estimates, measures
from holdfast.study.case import MEAN, QUANTILES, STANDARD_ERROR
from holdfast.study.estimates import Z95
from holdfast.study.figures import amount, percent, plural, shorten

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.output.words import Reading
    from holdfast.parts.world import Keep
    from holdfast.study.case import Case
    from holdfast.study.estimates import Floats

BAND: Final = (0.1, 0.25, 0.5, 0.75, 0.9)
BAND_NAMES: Final = ("low", "lower", "middle", "upper", "high")
EMPTY_DAYS: Final = 0.5
"""[days of supply] Less than this is an empty store."""
MOST_POINTS: Final = 200
"""Points of a band."""


def units(case: Case) -> dict[str, list[str]]:
    """The goods that consumers use, by their unit."""
    found: dict[str, list[str]] = {}
    for use in case.world.uses:
        good = case.world.goods[use.good]
        if good.name not in found.setdefault(good.unit, []):
            found[good.unit].append(good.name)
    return found


def stock(reading: Reading, whole: dict[str, list[dict[str, Floats]]]) -> list[Json]:
    """Stock in days of supply over time: bands over futures, and a few whole futures.

    Args:
        reading: the result, read.
        whole: by plan, the records of a few futures, each by name (period,).
    """
    first = reading.case(reading.today)
    used = {use.good for use in first.world.uses}
    views = []
    for keep in first.world.keeps:
        name = f"stores.{first.world.stores[keep.store].name}.{first.world.goods[keep.good].name}.on_hand"
        if keep.use > 0 and name in first.bands and keep.good in used:
            views.append(_stock_view(reading, whole, keep, name))
    read = (
        "The thick line is the median. 8 of 10 futures lie in the light band, 5 of 10 in the dark one. The thin lines"
        " are whole futures (the first three, the same for every plan): no future looks like its median."
    )
    return chart("stock", read, views, label="Good")


def _stock_view(reading: Reading, whole: dict[str, list[dict[str, Floats]]], keep: Keep, name: str) -> Json:
    """The stock of one good in one store, by plan."""
    first = reading.case(reading.today)
    world = first.world
    store, good = world.stores[keep.store], world.goods[keep.good]
    days = keep.use / world.period_days
    at = np.flatnonzero(first.band_periods < world.periods)
    at = at[:: -(-at.size // MOST_POINTS)]
    periods = first.band_periods[at]
    x = [round(years_at(world, float(p)), 3) for p in periods]
    panels: list[Json] = []
    empty: dict[str, float] = {}
    for i, plan in enumerate(reading.names):
        bands = [reading.case(plan).bands[name][QUANTILES.index(q)][at] / days for q in BAND]
        panel: Json = {"plan": i, "mark": None, **dict(zip(BAND_NAMES, map(points, bands), strict=True))}
        none = np.flatnonzero(bands[0] < EMPTY_DAYS)
        if none.size:
            empty[plan] = start_year(world) + x[none[0]]
            panel["mark"] = {"x": x[none[0]], "text": f"1 in 10 empty, {int(empty[plan])}"}
        panel["futures"] = [points(record[name][periods] / days) for record in whole.get(plan, [])]
        panels.append(panel)
    data = {"kind": "fan", "start": start_year(world), "unit": "days of supply", "x": x, "panels": panels}
    every = range(0, len(x), max(1, len(x) // 30))
    rows = [
        [reading.names[p["plan"]], figures(start_year(world) + x[k]), *(p[q][k] for q in BAND_NAMES)]
        for p in panels
        for k in every
    ]
    shown = table(["plan", "year", *(f"{percent(q)} % of futures below" for q in BAND)], rows)
    use = amount(keep.use * 7 / world.period_days, good.unit)
    where = f"{good.title or good.name} on hand in {store.title or store.name}"
    subtitle = f"{where}, in days of supply at the normal use of {use} a week."
    return view(_stock_title(reading, good.name, empty), subtitle, data, shown, f"{good.name}, {store.name}")


def _stock_title(reading: Reading, good: str, empty: dict[str, float]) -> str:
    """Which plan stands empty first in one future of ten."""
    if not empty:
        return f"There is no time when 1 in 10 futures have no {good} left, with any plan"
    first = min(empty, key=lambda plan: (int(empty[plan]), reading.names.index(plan)))
    chosen = reading.chosen
    same = chosen != first and int(empty.get(chosen, 0)) == int(empty[first])
    who = f"{named(first)} as with {named(chosen)}" if same else named(first)
    text = f"With {who}, {int(empty[first])} is the first year when 1 in 10 futures have no {good} left"
    if chosen == first or same:
        return text
    return (
        f"{text}; with {named(chosen)} it is {int(empty[chosen])}"
        if chosen in empty
        else f"{text}; with {named(chosen)} there is none"
    )


def _mean(case: Case, name: str, statistic: int = MEAN) -> Floats:
    """(year,) mean over futures of a record, or another statistic of it."""
    return case.yearly[name][statistic][: case.whole_years] if name in case.yearly else np.zeros(case.whole_years)


def _unsure(case: Case, name: str) -> Floats:
    """(year,) standard error of that mean."""
    return _mean(case, name, STANDARD_ERROR)


def _home(case: Case, plant: str, goods: list[str], of: Callable[[Case, str], Floats]) -> Floats:
    """What was accepted of a plant's output of some goods."""
    this = next(p for p in case.world.plants if p.name == plant)
    out = of(case, "")
    if this.inspection < 0:
        for line in (case.world.lines[i] for i in this.lines):
            made = [case.world.goods[g].name for g in line.goods]
            if set(made) & set(goods):
                out = out + of(case, f"lines.{plant}.{line.name}.output")
        return out
    inspection, store = case.world.inspections[this.inspection].name, case.world.stores[this.output_to].name
    for good in goods:
        out = out + of(case, f"inspections.{inspection}.{plant}.{store}.{good}.accepted")
    return out


def _abroad(case: Case, channel: str, goods: list[str], of: Callable[[Case, str], Floats]) -> Floats:
    """What came in through a channel of some goods."""
    out = of(case, "")
    for store in case.world.stores:
        for good in goods:
            out = out + of(case, f"channels.{channel}.{store.name}.{good}.received")
    return out


def supply(reading: Reading) -> list[Json]:
    """By year: what came in from where, against what was wanted."""
    views = []
    for plan in dict.fromkeys([reading.chosen, *reading.names]):
        case = reading.case(plan)
        for unit, goods in units(case).items():
            found = [(p.title or p.name, _home(case, p.name, goods, _mean), True) for p in case.world.plants]
            found += [(c.title or c.name, _abroad(case, c.name, goods, _mean), False) for c in case.world.channels]
            found = [one for one in found if one[1].sum() > 0]
            # Standard errors are added as if all moved together, so that the interval is never too narrow.
            unsure = sum((_home(case, p.name, goods, _unsure) for p in case.world.plants), np.zeros(case.whole_years))
            unsure = sum((_abroad(case, c.name, goods, _unsure) for c in case.world.channels), unsure)
            came = sum((one[1] for one in found), np.zeros(case.whole_years))
            wanted = sum(
                (_mean(case, f"consumers.{c.name}.{g}.wanted") for c in case.world.consumers for g in goods),
                np.zeros(case.whole_years),
            )
            factor, word = per_scale([*wanted], unit)
            layers: list[Json] = [
                {"label": shorten(label, 60), "values": each(values, factor), "home": home}
                for label, values, home in found
            ]
            line: Json = {"label": "wanted", "values": each(wanted, factor)}
            data: Json = {
                "kind": "supply",
                "start": start_year(case.world),
                "unit": f"{word} a year",
                "layers": layers,
                "wanted": line,
                "low": each(np.maximum(0.0, came - Z95 * unsure), factor),
                "high": each(came + Z95 * unsure, factor),
            }
            names = year_names(case)
            rows = [
                [year, line["values"][k], *(one["values"][k] for one in layers), data["low"][k], data["high"][k]]
                for k, year in enumerate(names)
            ]
            shown = table(["year", "wanted", *(one["label"] for one in layers), "all, low", "all, high"], rows)
            home = measures.made_at_home(case)
            title = f"With {named(plan)}, all that is used comes from abroad"
            if home.estimate > 0:
                title = f"With {named(plan)}, {share_text(home)} of use is made at home over the whole horizon"
            subtitle = (
                f"What came in and was accepted, by source, and what was wanted, {word} a year, mean over futures."
            )
            label = plan if len(units(case)) == 1 else f"{plan}, {plural(unit)}"
            views.append(view(title, subtitle, data, shown, label))
    read = (
        "Bars are what came in each year: what is made at home below, imports above. The line is what people wanted."
        " Bars above the line fill the store, bars below draw on it or leave people short. The thin lines are 95 %"
        " intervals of all that came in."
    )
    return chart("supply", read, views, label="Plan")


def _total(case: Case, name: str) -> Floats:
    """(replication,) total of a record."""
    return case.total([name])


def flows(reading: Reading) -> list[Json]:
    """Goods from sources over stores to those who use them, and what is lost on the way."""
    views = []
    for plan in dict.fromkeys([reading.chosen, *reading.names]):
        case = reading.case(plan)
        for unit, goods in units(case).items():
            links = [link for link in _links(case, goods) if link[2].mean() > 0]
            if not links:
                continue
            years = case.years
            factor, word = per_scale([float(link[2].mean()) / years for link in links], unit)
            nodes: dict[str, Json] = {}
            for source, target, _, (begin, end), home in links:
                nodes.setdefault(source, {"name": source, "depth": begin, "home": home, "bad": False})
                nodes.setdefault(target, {"name": target, "depth": end, "home": False, "bad": target in LOSSES})
            drawn = [
                {"source": s, "target": t, "value": figures(float(v.mean()) / years / factor)}
                for s, t, v, _, _ in links
            ]
            data = {"kind": "sankey", "unit": f"{word} a year", "nodes": list(nodes.values()), "links": drawn}
            rows = [[d["source"], d["target"], d["value"]] for d in drawn]
            shown = table(["from", "to", f"{word} a year"], rows)
            subtitle = (
                f"Goods from sources over stores to those who use them, {word} a year, mean over futures and years."
            )
            label = plan if len(units(case)) == 1 else f"{plan}, {plural(unit)}"
            views.append(view(_flow_title(plan, links), subtitle, data, shown, label))
    read = (
        "The width of a band is the amount. Blue is made at home; orange is lost. A store may give more than it takes"
        " where it draws on its opening stock."
    )
    return chart("flows", read, views, label="Plan")


LOSSES = ("rejected", "expired", "destroyed", "refused")
Link = tuple[str, str, "Floats", tuple[int, int], bool]
"""Source, target, (replication,) amount over the horizon, depths of both, whether it is made at home."""


def _links(case: Case, goods: list[str]) -> list[Link]:
    """Every flow between named places."""
    world = case.world
    found: list[Link] = []
    names, depths = _names(case), _depths(case)
    last = max(depths, default=0) + 1
    for plant in world.plants:
        store = names["stores." + world.stores[plant.output_to].name]
        out = _home(case, plant.name, goods, _total)
        found.append((names["plants." + plant.name], store, out, (0, depths[plant.output_to]), True))
    for channel in world.channels:
        source = names["channels." + channel.name]
        for i, at in enumerate(world.stores):
            amounts = case.total(f"channels.{channel.name}.{at.name}.{g}.received" for g in goods)
            found += [(source, names["stores." + at.name], amounts, (0, depths[i]), False)]
    for link in world.links:
        origin, keep = world.keeps[link.origin].store, world.keeps[link.keep]
        above, below, good = world.stores[origin].name, world.stores[keep.store].name, world.goods[keep.good].name
        if good in goods and depths[origin] < depths[keep.store]:
            amounts, ends = (
                case.total([f"transfers.{above}.{below}.{good}.received"]),
                (depths[origin], depths[keep.store]),
            )
            found.append((names["stores." + above], names["stores." + below], amounts, ends, False))
    for i, at in enumerate(world.stores):
        place, ends = names["stores." + at.name], (depths[i], last)
        for loss in ("expired", "destroyed", "refused"):
            found.append((place, loss, case.total(f"stores.{at.name}.{g}.{loss}" for g in goods), ends, False))
        found.append((place, "rejected", case.total(_scrapped(case, at.name, goods)), ends, False))
        users = [consumer.name for consumer in world.consumers if i in consumer.draws_from]
        found += [(place, names["consumers." + user], _drawn(case, i, user, goods), ends, False) for user in users]
    return found


def _depths(case: Case) -> list[int]:
    """How far from the left each store stands: a store that another supplies stands behind it."""
    world = case.world
    found = [1] * len(world.stores)
    for _ in world.stores:  # where goods go round in a circle, one each way, the picture leaves those flows out
        for link in world.links:
            above, below = world.keeps[link.origin].store, world.keeps[link.keep].store
            found[below] = max(found[below], min(len(found), found[above] + 1))
    return found


def _scrapped(case: Case, store: str, goods: list[str]) -> list[str]:
    """Names of the records of what inspections scrapped on its way to a store."""
    ends = tuple(f".{store}.{good}.scrapped" for good in goods)
    return [name for name in case.totals if name.startswith("inspections.") and name.endswith(ends)]


def _drawn(case: Case, store: int, consumer: str, goods: list[str]) -> Floats:
    """(replication,) what a consumer got from a store: in proportion to what its stores issued, so exact for one."""
    world = case.world
    who = next(c for c in world.consumers if c.name == consumer)
    out = np.zeros(case.replications)
    for good in goods:
        got = _total(case, f"consumers.{consumer}.{good}.received")
        issued = {s: _total(case, f"stores.{world.stores[s].name}.{good}.issued") for s in who.draws_from}
        every = sum(issued.values(), np.zeros(case.replications))
        out = out + got * np.divide(issued[store], every, out=np.zeros_like(got), where=every > 0)
    return out


def _names(case: Case) -> dict[str, str]:
    """A short name for each place in a picture, none twice."""
    world = case.world
    out: dict[str, str] = {}
    for section, parts in (
        ("plants", world.plants),
        ("channels", world.channels),
        ("stores", world.stores),
        ("consumers", world.consumers),
    ):
        for part in parts:
            taken = part.name in out.values() or part.name in LOSSES
            out[f"{section}.{part.name}"] = f"{part.name} ({section[:-1]})" if taken else part.name
    return out


def _flow_title(plan: str, links: list[Link]) -> str:
    """The source that brings most."""
    sources: dict[str, Floats] = {}
    for source, _, amounts, (depth, _), _ in links:
        if depth == 0:
            sources[source] = sources.get(source, np.zeros_like(amounts)) + amounts
    if not sources:
        return f"With {named(plan)}, nothing comes in"
    first = max(sources, key=lambda name: float(sources[name].mean()))
    share = estimates.ratio(sources[first], sum(sources.values(), np.zeros_like(sources[first])))
    if len(sources) == 1:
        return f"With {named(plan)}, all comes from one source: {first}"
    return f"With {named(plan)}, {share_text(share)} of what comes in comes from {first}"
