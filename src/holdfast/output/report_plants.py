"""Charts of what building brings and of what plans cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.output.report_parts import (
    Json,
    chart,
    figures,
    named,
    per_scale,
    share_text,
    span,
    start_year,
    table,
    view,
    years_at,
)
from holdfast.study import estimates, measures
from holdfast.study.case import PLANT_NUMBERS
from holdfast.study.estimates import told_apart
from holdfast.study.figures import amount, date, listed, scale_of, spread, within

if TYPE_CHECKING:
    from holdfast.output.words import Reading
    from holdfast.parts.world import Project
    from holdfast.study.case import Case
    from holdfast.study.estimates import Estimate

DOTS: Final = 50
"""Equally likely futures in a plot of dots."""
SMALL: Final = 0.01
"""Kinds of cost below this part of the largest total are drawn together."""


def opening(reading: Reading, happened: dict[str, float]) -> list[Json]:
    """When each project opens: what was planned, equally likely futures, and what happened.

    Args:
        reading: the result, read.
        happened: when projects opened in history [years since the start].
    """
    views: dict[str, Json] = {}
    for plan in reading.names:
        case = reading.case(plan)
        for project in case.world.projects:
            if project.name not in views and (case.totals[f"projects.{project.name}.opened"] >= 0).any():
                views[project.name] = _opening_view(case, plan, project, happened.get(project.name))
    read = (
        "Each dot is one of 50 equally likely futures, at the time when the project opens in it. How long similar"
        " projects took, stalls and cancellation are in it."
    )
    return chart("opening", read, list(views.values()), label="Project")


def _opening_view(case: Case, plan: str, project: Project, happened: float | None) -> Json:
    """The opening of one project."""
    start = case.world.start
    opened = case.totals[f"projects.{project.name}.opened"]
    ordered = np.sort(np.where(opened < 0, math.inf, opened))
    years = [years_at(case.world, float(ordered[estimates.order(opened.size, (k + 0.5) / DOTS)])) for k in range(DOTS)]
    dots = [figures(v) if math.isfinite(v) else None for v in years]
    promised = years_at(case.world, project.start + project.planned_duration)
    middle, often = measures.opening(case, project.name), measures.opens(case, project.name)
    data = {
        "kind": "opening",
        "start": start_year(case.world),
        "end": math.ceil(case.years - 0.02),
        "dots": dots,
        "promised": figures(promised),
        "median": figures(middle.estimate) if math.isfinite(middle.estimate) else None,
        "happened": figures(happened) if happened is not None else None,
    }
    title = f"Planned for {date(start, promised)}, {project.name} opens in {share_text(often)} of futures"
    if math.isfinite(middle.high):
        title = f"Planned for {date(start, promised)}, {project.name} opens by {date(start, middle.estimate)}"
        title += f" in half of the futures ({date(start, middle.low)} to {date(start, middle.high)})"
    if happened is not None:
        title += f"; it opened in {date(start, happened)}"
    rows = [[k + 1, "not within the horizon" if v is None else date(start, v)] for k, v in enumerate(dots)]
    which = f"{DOTS} equally likely futures, of {opened.size:,} simulated"
    subtitle = f"Opening of {project.name} with {named(plan)}: {which}."
    return view(title, subtitle, data, table(["future, in order", "opens"], rows), project.name)


def five_numbers(reading: Reading) -> list[Json]:
    """What is lost between nameplate and people."""
    views = []
    for plan in reading.names:
        case = reading.case(plan)
        for plant in case.world.plants:
            five = measures.five_numbers(case, plant.name)
            if five["nameplate"].estimate:
                views.append(_five_view(case, plan, plant.name, five))
    read = (
        "Five numbers that are never one: what the plate says; what the lines could make, with failures, speed and"
        " yield; what they made; what inspection accepted; what left the store. The dashed part is lost from one to"
        " the next."
    )
    return chart("five-numbers", read, views, label="Plan")


def _five_view(case: Case, plan: str, plant: str, five: dict[str, Estimate]) -> Json:
    """The five numbers of one plant."""
    unit = five["output"].unit.removesuffix("/year")
    factor, word = per_scale([five["nameplate"].estimate], unit)
    steps = []
    for name in PLANT_NUMBERS:
        held = span(five[name], factor)
        steps.append({"label": name.replace("_", " "), "value": held.pop("estimate"), **held})
    part = estimates.ratio(case.plants[f"{plant}.delivered"], case.plants[f"{plant}.nameplate"])
    whole, last = (amount(five[name].estimate, unit) for name in ("nameplate", "delivered"))
    title = f"Of {whole} a year on the plate of {plant}, {last} reach people: {share_text(part)}"
    years = f"years {case.late_from + 1} to {case.whole_years}"
    subtitle = f"Plant {plant} with {named(plan)}, {years}, {word} a year, mean over futures."
    data = {"kind": "waterfall", "unit": f"{word} a year", "steps": steps}
    shown = table(["number", f"{word} a year", "low", "high"], [list(step.values()) for step in steps])
    return view(title, subtitle, data, shown, f"{plan}, {plant}")


def costs(reading: Reading) -> list[Json]:
    """What each plan spends on what."""
    world = reading.case(reading.today).world
    kinds = list(
        dict.fromkeys(name for plan in reading.names for name in reading.case(plan).totals if name.startswith("costs."))
    )
    means = {kind: [float(reading.case(plan).total([kind]).mean()) for plan in reading.names] for kind in kinds}
    highest = max((sum(column) for column in zip(*means.values(), strict=True)), default=0.0)
    if highest <= 0:
        return []
    large = [kind for kind in kinds if max(means[kind]) >= SMALL * highest]
    large.sort(key=lambda kind: -max(means[kind]))
    factor, word = reading.scale
    money = f"{word}{world.currency} of {world.price_year}"
    panels = [_panel(reading, kind.removeprefix("costs."), [kind], factor) for kind in large]
    small = [kind for kind in kinds if kind not in large and max(means[kind]) > 0]
    if small:
        label = f"{len(small)} others" if len(small) > 1 else small[0].removeprefix("costs.")
        panels.append(_panel(reading, label, small, factor))
    data = {"kind": "panels", "unit": money, "plans": list(range(len(reading.names))), "panels": panels}
    rows = [
        [plan, kind.removeprefix("costs."), *span(_spent(reading, plan, [kind]), factor).values()]
        for plan in reading.names
        for kind in kinds
    ]
    shown = table(["plan", "kind of cost", money, "low", "high"], rows)
    subtitle = (
        f"Cost by kind over the horizon, discounted, {money}, mean over futures. Shortage is what being short costs."
    )
    read = "One panel a kind of cost, one bar a plan, all on one scale; the thin lines are 95 % intervals."
    return chart("costs", read, [view(_cost_title(reading, kinds), subtitle, data, shown)])


def _spent(reading: Reading, plan: str, kinds: list[str]) -> Estimate:
    """What a plan spends on some kinds of cost together."""
    case = reading.case(plan)
    return estimates.mean(case.total(kinds), case.world.currency)


def _panel(reading: Reading, label: str, kinds: list[str], factor: float) -> Json:
    """What every plan spends on some kinds of cost, with intervals."""
    found = [span(_spent(reading, plan, kinds), factor) for plan in reading.names]
    return {
        "label": label,
        "values": [one["estimate"] for one in found],
        "spans": [[one["low"], one["high"]] for one in found],
    }


def _cost_title(reading: Reading, kinds: list[str]) -> str:
    """What the plan that the answer speaks of spends more or less on than today's."""
    today, other = reading.case(reading.today), reading.chosen
    currency = today.world.currency
    if other == reading.today:
        every = measures.costs(today, shortage=True)
        kind = max(kinds, key=lambda name: float(today.total([name]).mean()))
        share = estimates.ratio(today.total([kind]), every)
        return f"{share_text(share)} of what {named(reading.today)} costs is {kind.removeprefix('costs.')}"
    gaps: dict[str, Estimate] = {}
    for kind in kinds:
        gaps[kind] = estimates.mean(reading.case(other).total([kind]) - today.total([kind]), currency)
    parts = []
    for way, sign in (("more", 1), ("less", -1)):
        kind = max(kinds, key=lambda name: sign * gaps[name].estimate)
        gap = gaps[kind]
        if sign * gap.estimate <= 0 or not told_apart(gap):
            continue
        factor, word = scale_of([gap.low, gap.high])
        low, high = sorted((abs(gap.low) / factor, abs(gap.high) / factor))
        size = within(abs(gap.estimate) / factor, low, high)
        parts.append(f"{size} {word}{currency} {way} on {kind.removeprefix('costs.')} ({spread(low, high)})")
    if not parts:
        return f"{named(other)} cannot be told from {named(reading.today)} in any kind of cost"
    return f"{named(other)} spends {listed(parts)} than {named(reading.today)}"
