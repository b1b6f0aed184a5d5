"""Charts of goods and money: stock, supply, flows, the plant and what things cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from holdfast.output.report_parts import Json, chart, each, figures, per_scale, span, start_year, table, view, year_names, years_at
from holdfast.study import estimates, measures
from holdfast.study.case import PLANT_NUMBERS, QUANTILES
from holdfast.study.estimates import told_apart
from holdfast.study.figures import amount, date, listed, number, percent, percents, plural, scale_of, shorten, spread, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.output.words import Reading
    from holdfast.study.case import Case
    from holdfast.study.estimates import Estimate, Floats

BAND = (0.1, 0.25, 0.5, 0.75, 0.9)
DOTS = 50
"""Equally likely futures in a plot of dots."""
SMALL = 0.01
"""Kinds of cost below this part of the largest total are drawn together."""


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
    views = []
    for keep in first.world.keeps:
        store, good = first.world.stores[keep.store], first.world.goods[keep.good]
        name = f"stores.{store.name}.{good.name}.on_hand"
        if keep.use <= 0 or name not in first.bands or good.name not in {g for gs in units(first).values() for g in gs}:
            continue
        days = keep.use / first.world.period_days
        at = [i for i, p in enumerate(first.band_periods) if p < first.world.periods]
        periods = first.band_periods[at]
        panels, empty = [], {}
        for i, plan in enumerate(reading.names):
            case = reading.case(plan)
            low, lower, middle, upper, high = (case.bands[name][QUANTILES.index(q)][at] / days for q in BAND)
            none = np.flatnonzero(low < 0.5)
            mark = None
            if none.size:
                x = years_at(case.world, float(periods[none[0]]))
                empty[plan] = start_year(case.world) + x
                mark = {"x": figures(x), "text": f"1 in 10 empty, {int(empty[plan])}"}
            futures = [each(record[name][periods] / days) for record in whole.get(plan, [])]
            panels.append({
                "plan": i, "low": each(low), "lower": each(lower), "middle": each(middle), "upper": each(upper), "high": each(high),
                "futures": futures, "mark": mark,
            })  # fmt: skip
        x = [round(years_at(first.world, float(p)), 3) for p in periods]
        data = {"kind": "fan", "start": start_year(first.world), "unit": "days of supply", "x": x, "panels": panels}
        every = range(0, len(x), max(1, len(x) // 30))
        rows = [
            [reading.names[p["plan"]], figures(start_year(first.world) + x[k]), *(p[q][k] for q in ("low", "lower", "middle", "upper", "high"))]
            for p in panels
            for k in every
        ]
        shown = table(["plan", "year", *(f"{percent(q)} % of futures below" for q in BAND)], rows)
        use = amount(keep.use * 7 / first.world.period_days, good.unit)
        subtitle = f"{good.title or good.name} on hand in {store.title or store.name}, in days of supply at the normal use of {use} a week."
        views.append(view(_stock_title(reading, good.name, empty), subtitle, data, shown, f"{good.name}, {store.name}"))
    read = (
        "The thick line is the median. 8 of 10 futures lie in the light band, 5 of 10 in the dark one. The thin lines are whole "
        "futures (the first three, the same for every plan): no future looks like its median."
    )
    return chart("stock", read, views, label="Good")


def _stock_title(reading: Reading, good: str, empty: dict[str, float]) -> str:
    """Which plan stands empty first in one future of ten."""
    if not empty:
        return f"At no time do 1 in 10 futures find no {good} in store"
    first = min(empty, key=lambda plan: empty[plan])
    text = f"From {int(empty[first])} on there are times when 1 in 10 futures have no {good} left with {first}"
    chosen = reading.chosen
    if chosen != first:
        text += f"; with {chosen} from {int(empty[chosen])} on" if chosen in empty else f", and never with {chosen}"
    return text


def _mean(case: Case, name: str) -> Floats:
    """(year,) mean over futures of a record."""
    return case.yearly[name][0][: case.whole_years] if name in case.yearly else np.zeros(case.whole_years)


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
            wanted = sum((_mean(case, f"consumers.{c.name}.{g}.wanted") for c in case.world.consumers for g in goods), np.zeros(case.whole_years))
            factor, word = per_scale([*wanted], unit)
            layers = [{"label": shorten(label, 60), "values": each(values, factor), "home": home} for label, values, home in found]
            line = {"label": "wanted", "values": each(wanted, factor)}
            data = {"kind": "supply", "start": start_year(case.world), "unit": f"{word} a year", "layers": layers, "wanted": line}
            names = year_names(case)
            rows = [[year, line["values"][k], *(one["values"][k] for one in layers)] for k, year in enumerate(names)]
            shown = table(["year", "wanted", *(one["label"] for one in layers)], rows)
            home = measures.made_at_home(case)
            title = f"With {plan} all that is used comes from abroad"
            if home.estimate > 0:
                title = f"With {plan}, {percent(home.estimate)} % of use is made at home over the whole horizon ({percents(home.low, home.high)})"
            subtitle = f"What came in and was accepted, by source, and what was wanted, {word} a year, mean over futures."
            label = plan if len(units(case)) == 1 else f"{plan}, {plural(unit)}"
            views.append(view(title, subtitle, data, shown, label))
    read = (
        "Bars are what came in each year: what is made at home below, imports above. The line is what people wanted. Bars above "
        "the line fill the store, bars below draw on it or leave people short."
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
            nodes = {}
            for source, target, _, depth, home in links:
                nodes.setdefault(source, {"name": source, "depth": depth, "home": home, "bad": False})
                nodes.setdefault(target, {"name": target, "depth": depth + 1, "home": False, "bad": target in LOSSES})
            drawn = [{"source": s, "target": t, "value": figures(float(v.mean()) / years / factor)} for s, t, v, _, _ in links]
            data = {"kind": "sankey", "unit": f"{word} a year", "nodes": list(nodes.values()), "links": drawn}
            rows = [[d["source"], d["target"], d["value"]] for d in drawn]
            shown = table(["from", "to", f"{word} a year"], rows)
            subtitle = f"Goods from sources over stores to those who use them, {word} a year, mean over futures and years."
            label = plan if len(units(case)) == 1 else f"{plan}, {plural(unit)}"
            views.append(view(_flow_title(plan, links), subtitle, data, shown, label))
    read = "The width of a band is the amount. Blue is made at home; orange is lost. A store may give more than it takes where it draws on its opening stock."
    return chart("flows", read, views, label="Plan")


LOSSES = ("rejected", "expired", "destroyed", "refused")
Link = tuple[str, str, "Floats", int, bool]
"""Source, target, (replication,) amount over the horizon, depth of the source, whether it is made at home."""


def _links(case: Case, goods: list[str]) -> list[Link]:
    """Every flow between named places."""
    world = case.world
    found: list[Link] = []
    names = _names(case)
    for plant in world.plants:
        store = names["stores." + world.stores[plant.output_to].name]
        found.append((names["plants." + plant.name], store, _home(case, plant.name, goods, _total), 0, True))
    for channel in world.channels:
        for at in world.stores:
            amounts = sum((_total(case, f"channels.{channel.name}.{at.name}.{g}.received") for g in goods), np.zeros(case.replications))
            found.append((names["channels." + channel.name], names["stores." + at.name], amounts, 0, False))
    for i, at in enumerate(world.stores):
        for loss in ("expired", "destroyed", "refused"):
            amounts = sum((_total(case, f"stores.{at.name}.{g}.{loss}") for g in goods), np.zeros(case.replications))
            found.append((names["stores." + at.name], loss, amounts, 1, False))
        rejected = case.total(n for n in case.totals if n.startswith("inspections.") and n.endswith(".scrapped") and f".{at.name}." in n and n.split(".")[-2] in goods)
        found.append((names["stores." + at.name], "rejected", rejected, 1, False))
        for consumer in world.consumers:
            if i in consumer.draws_from:
                found.append((names["stores." + at.name], names["consumers." + consumer.name], _drawn(case, i, consumer.name, goods), 1, False))
    return found


def _drawn(case: Case, store: int, consumer: str, goods: list[str]) -> Floats:
    """(replication,) what a consumer got from a store: exact for one store, else in proportion to what its stores issued."""
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
    for section, parts in (("plants", world.plants), ("channels", world.channels), ("stores", world.stores), ("consumers", world.consumers)):
        for part in parts:  # type: ignore[attr-defined]
            taken = part.name in out.values() or part.name in LOSSES
            out[f"{section}.{part.name}"] = f"{part.name} ({section[:-1]})" if taken else part.name
    return out


def _flow_title(plan: str, links: list[Link]) -> str:
    """The source that brings most."""
    sources: dict[str, Floats] = {}
    for source, _, amounts, depth, _ in links:
        if depth == 0:
            sources[source] = sources.get(source, np.zeros_like(amounts)) + amounts
    if not sources:
        return f"With {plan} nothing comes in"
    first = max(sources, key=lambda name: float(sources[name].mean()))
    share = estimates.ratio(sources[first], sum(sources.values(), np.zeros_like(sources[first])))
    if len(sources) == 1:
        return f"With {plan} all comes from one source: {first}"
    return f"With {plan}, {percent(share.estimate)} % of what comes in comes from {first} ({percents(share.low, share.high)})"


def opening(reading: Reading, happened: dict[str, float]) -> list[Json]:
    """When each project opens: what was planned, equally likely futures, and what happened."""
    views = []
    seen = set()
    for plan in reading.names:
        case = reading.case(plan)
        for project in case.world.projects:
            opened = case.totals[f"projects.{project.name}.opened"]
            if project.name in seen or not (opened >= 0).any():
                continue
            seen.add(project.name)
            start = start_year(case.world)
            ranks = [estimates.order(opened.size, (k + 0.5) / DOTS) for k in range(DOTS)]
            ordered = np.sort(np.where(opened < 0, math.inf, opened))[ranks]
            dots = [figures(years_at(case.world, float(v))) if math.isfinite(v) else None for v in ordered]
            promised = years_at(case.world, project.start + project.planned_duration)
            middle, often = measures.opening(case, project.name), measures.opens(case, project.name)
            median = figures(middle.estimate) if math.isfinite(middle.estimate) else None
            data = {
                "kind": "opening", "start": start, "end": math.ceil(case.years - 0.02), "dots": dots, "promised": figures(promised), "median": median,
                "happened": figures(happened[project.name]) if project.name in happened else None,
            }  # fmt: skip
            title = f"Planned for {date(case.world.start, promised)}, {project.name} opens in {percent(often.estimate)} % of futures ({percents(often.low, often.high)})"
            if median is not None and math.isfinite(middle.high):
                span_text = f"{date(case.world.start, middle.low)} to {date(case.world.start, middle.high)}"
                title = f"Planned for {date(case.world.start, promised)}, {project.name} opens by {date(case.world.start, middle.estimate)} in half of the futures ({span_text})"
            if project.name in happened:
                title += f"; it opened in {date(case.world.start, happened[project.name])}"
            rows = [[k + 1, "not within the horizon" if v is None else date(case.world.start, v)] for k, v in enumerate(dots)]
            subtitle = f"Opening of {project.name} with {plan}, by year: {DOTS} equally likely futures, of {opened.size:,} simulated."
            views.append(view(title, subtitle, data, table(["future, in order", "opens"], rows), project.name))
    read = "Each dot is one of 50 equally likely futures, in the year in which the project opens in it. The reference class of similar projects, stalls and cancellation are in it."
    return chart("opening", read, views, label="Project")


def five_numbers(reading: Reading) -> list[Json]:
    """What is lost between nameplate and people."""
    views = []
    for plan in reading.names:
        case = reading.case(plan)
        for plant in case.world.plants:
            five = measures.five_numbers(case, plant.name)
            if not five["nameplate"].estimate:
                continue
            unit = five["output"].unit.removesuffix("/year")
            factor, word = per_scale([five["nameplate"].estimate], unit)
            steps = []
            for name in PLANT_NUMBERS:
                held = span(five[name], factor)
                steps.append({"label": name.replace("_", " "), "value": held["estimate"], "low": held["low"], "high": held["high"]})
            last = five["delivered"]
            part = estimates.ratio(case.plants[f"{plant.name}.delivered"], case.plants[f"{plant.name}.nameplate"])
            title = (
                f"Of {amount(five['nameplate'].estimate, unit)} a year on the plate of {plant.name}, {amount(last.estimate, unit)} reach people:"
                f" {percent(part.estimate)} % ({percents(part.low, part.high)})"
            )
            years = f"years {case.late_from + 1} to {case.whole_years}"
            subtitle = f"Plant {plant.name} with {plan}, {years}, {word} a year, mean over futures."
            data = {"kind": "waterfall", "unit": f"{word} a year", "steps": steps}
            shown = table(["number", f"{word} a year", "low", "high"], [[s["label"], s["value"], s["low"], s["high"]] for s in steps])
            views.append(view(title, subtitle, data, shown, f"{plan}, {plant.name}"))
    read = (
        "Five numbers that are never one: what the plate says; what the lines could make, with failures, speed and yield; what they "
        "made; what inspection accepted; what left the store. The dashed part is lost from one to the next."
    )
    return chart("five-numbers", read, views, label="Plan")


def costs(reading: Reading) -> list[Json]:
    """What each plan spends on what."""
    world = reading.case(reading.today).world
    kinds = list(dict.fromkeys(name for plan in reading.names for name in reading.case(plan).totals if name.startswith("costs.")))
    means = {kind: [float(reading.case(plan).total([kind]).mean()) for plan in reading.names] for kind in kinds}
    highest = max((sum(column) for column in zip(*means.values(), strict=True)), default=0.0)
    if highest <= 0:
        return []
    large = [kind for kind in kinds if max(means[kind]) >= SMALL * highest]
    large.sort(key=lambda kind: -max(means[kind]))
    factor, word = scale_of([highest])
    money = f"{word}{world.currency} of {world.price_year}"
    panels = [{"label": kind.removeprefix("costs."), "values": each(means[kind], factor)} for kind in large]
    small = [kind for kind in kinds if kind not in large and max(means[kind]) > 0]
    if small:
        rest = [sum(means[kind][i] for kind in small) for i in range(len(reading.names))]
        panels.append({"label": f"{len(small)} others" if len(small) > 1 else small[0].removeprefix("costs."), "values": each(rest, factor)})
    data = {"kind": "panels", "unit": money, "plans": list(range(len(reading.names))), "panels": panels}
    rows = [[plan, *(figures(means[kind][i] / factor) for kind in kinds)] for i, plan in enumerate(reading.names)]
    shown = table(["plan", *(kind.removeprefix("costs.") for kind in kinds)], rows)
    subtitle = f"Cost by kind over the horizon, discounted, {money}, mean over futures. Shortage is what being short costs."
    read = "One panel a kind of cost, one bar a plan, all on one scale. Read along a row to see what a plan spends on."
    return chart("costs", read, [view(_cost_title(reading, kinds, factor, word), subtitle, data, shown)])


def _cost_title(reading: Reading, kinds: list[str], factor: float, word: str) -> str:
    """What the plan that the answer speaks of spends more or less on than today's."""
    today, other = reading.case(reading.today), reading.chosen
    currency = today.world.currency
    if other == reading.today:
        every = measures.costs(today, shortage=True)
        kind = max(kinds, key=lambda name: float(today.total([name]).mean()))
        share = estimates.ratio(today.total([kind]), every)
        return f"{percent(share.estimate)} % of what {reading.today} costs is {kind.removeprefix('costs.')} ({percents(share.low, share.high)})"
    gaps: dict[str, Estimate] = {}
    for kind in kinds:
        gaps[kind] = estimates.mean(reading.case(other).total([kind]) - today.total([kind]), currency)
    parts = []
    for way, sign in (("more", 1), ("less", -1)):
        kind = max(kinds, key=lambda name: sign * gaps[name].estimate)
        gap = gaps[kind]
        if sign * gap.estimate <= 0 or not told_apart(gap):
            continue
        low, high = sorted((abs(gap.low) / factor, abs(gap.high) / factor))
        size = within(abs(gap.estimate) / factor, low, high)
        parts.append(f"{size} {word}{currency} {way} on {kind.removeprefix('costs.')} ({spread(low, high)})")
    if not parts:
        return f"{other} cannot be told from {reading.today} in any kind of cost"
    return f"{other} spends {listed(parts)} than {reading.today}"


__all__ = ["costs", "five_numbers", "flows", "number", "opening", "stock", "supply", "units"]
