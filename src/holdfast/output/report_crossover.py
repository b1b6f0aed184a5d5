"""The page of `holdfast crossover`: the plan of each crisis, the stock that must be there, and what comes in time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from holdfast.output.report_parts import Json, chart, named, span, table, view
from holdfast.output.report_study import study_data
from holdfast.output.words_crossover import cell, demand, findings
from holdfast.study import estimates
from holdfast.study.estimates import told_apart
from holdfast.study.figures import days, number, percent, scale_of, share, shorten, spread

if TYPE_CHECKING:
    from holdfast.study.crossover import Crisis, Crossover

CITATIONS: Final = (
    ("Stock from the first day until production keeps up (D to P)", "United States Army, D-to-P concept (1970)"),
)


def crossover_data(found: Crossover) -> Json:
    """What the page shows, in the shape of web/src/data.ts."""
    return study_data(
        found.about,
        found.provenance,
        made=f"make, import or store: {int(found.provenance['replications']):,} futures of each plan and crisis",
        said=findings(found),
        sections=[
            ("crossover", "Which plan, for which crisis", _choice(found)),
            ("calm", "What it costs if the crisis never comes", _calm(found)),
            ("interim", "What must be there on the first day", _interim(found)),
            ("lead", "What must start before", _leads(found)),
        ],
        citations=CITATIONS,
    )


def _choice(found: Crossover) -> list[Json]:
    """The cheapest plan that serves, by multiple of demand and length."""
    plans = list(found.about.alternatives)
    cells = [[_cell(found, found.crisis(length, m), plans) for length in found.lengths] for m in found.multiples]
    longest = [each for each in found.crises if each.chosen is not None]
    title = "No plan serves any of these crises"
    if longest:
        ordinary = min(found.multiples, key=lambda each: abs(each - 1.0))
        last = [each for each in longest if each.multiple == ordinary] or longest
        best = max(last, key=lambda each: each.length)
        serves = best.served[str(best.chosen)]
        sure = share(serves.estimate, serves.low, serves.high, " of futures")
        title = f"With {demand(best.multiple)}, {named(str(best.chosen))} serves up to {days(best.length)} ({sure})"
    rows: list[list[Any]] = [
        [f"{number(each.multiple)} times", days(each.length), name, s.estimate, s.low, s.high, name == each.chosen]
        for each in found.crises
        for name, s in each.served.items()
    ]
    rows = [[*row[:-1], "cheapest that serves" if row[-1] else ""] for row in rows]
    kept, often = percent(found.kept), percent(found.in_share)
    data = {
        "kind": "choice",
        "rows": ["usual demand" if m == 1.0 else f"{number(m)} times usual" for m in found.multiples],
        "columns": [days(length) for length in found.lengths],
        "columnLabel": "all channels closed for",
        "cells": cells,
    }
    read = (
        f"Each cell is a crisis. It names the plan that costs least, if the crisis never comes, of those that serve:"
        f" each consumer gets {kept} % of what it wants on time, in {often} % of futures. A wave (~): so many futures"
        " cannot tell."
    )
    shown = table(["demand", "closed for", "plan", "futures served", "low", "high", ""], rows)
    subtitle = "The cheapest plan that serves, by how long all channels are closed and how much is wanted."
    return chart("crossover", read, [view(title, subtitle, data, shown)])


def _cell(found: Crossover, each: Crisis, plans: list[str]) -> Json:
    """One cell: the plan, in how many futures it serves, and what it costs."""
    if each.chosen is None:
        best = max(each.served, key=lambda name: each.served[name].estimate)
        s = each.served[best]
        note = f"nearest: {best}, {share(s.estimate, s.low, s.high, ' of futures')}"
        return {"plan": None, "brief": cell(each).removeprefix("none").strip(), "note": note}
    s, cost = each.served[each.chosen], found.costs[each.chosen]
    factor, word = scale_of([cost.estimate])
    money = f"{number(cost.estimate / factor)} {word}{cost.unit}"
    note = f"serves in {share(s.estimate, s.low, s.high, ' of futures')}; costs {money}"
    brief = f"{number(100 * s.estimate, 2)} %{cell(each).removeprefix(each.chosen)}"
    return {"plan": plans.index(each.chosen), "brief": brief, "note": note}


def _calm(found: Crossover) -> list[Json]:
    """What each plan costs if the crisis never comes, a bar for each."""
    first, *others = found.costs
    if not others:
        return []
    chosen = [each.chosen for each in found.crises if each.chosen is not None]
    most = max(chosen, key=chosen.count, default=None)
    told = most if most not in (None, first) else max(others, key=lambda name: found.costs[name].estimate)
    assert told is not None
    factor, word = scale_of([each.estimate for each in found.costs.values()])
    gap = estimates.difference(found.costs[told], found.costs[first])
    unit = f"{word}{found.costs[first].unit}"
    size, ends = number(abs(gap.estimate) / factor), spread(*sorted((abs(gap.low) / factor, abs(gap.high) / factor)))
    currency = found.costs[first].unit.split(" ", 1)[0]
    way = "more" if gap.estimate > 0 else "less"
    costs = f"If the crisis never comes, {named(told)} costs"
    title = f"{costs} {size} {word}{currency} {way} than {named(first)} ({ends})"
    if not told_apart(gap):
        title = f"{costs} as much as {named(first)}, as far as can be told"
    bars = [{"label": name, "value": span(each, factor), "strong": name == told} for name, each in found.costs.items()]
    rows = [[name, each.estimate, each.low, each.high] for name, each in found.costs.items()]
    heads = ["plan", f"cost [{found.costs[first].unit}]", "low", "high"]
    read = "What being prepared costs where nothing happens; the thin lines are 95 % intervals."
    subtitle = f"Mean cost of each plan in {unit}, discounted, without the crisis and without what being short costs."
    data = {"kind": "bars", "unit": unit, "bars": bars}
    return chart("calm", read, [view(title, subtitle, data, table(heads, rows))])


def _interim(found: Crossover) -> list[Json]:
    """The stock that must lie in store on the first day, a bar for each plan, by length."""
    views = []
    for length in sorted({each.length for each in found.interim}, key=lambda each: abs(each - 365.25)):
        rows = [each for each in found.interim if each.length == length]
        least = min(rows, key=lambda each: each.stock["p90"].estimate)
        need = least.stock["p90"]
        bars = [{"label": each.alternative, "value": span(each.stock["p90"]), "strong": each is least} for each in rows]
        cells = [
            [each.alternative, *(_finite(end) for end in (s.estimate, s.low, s.high)), *keeps_up]
            for each in rows
            for s in (each.stock["p90"],)
            for keeps_up in ([_finite(each.d_to_p[p].estimate) for p in ("p50", "p90")],)
        ]
        views.append(
            view(
                f"To last {days(length)} without imports takes at least {number(need.estimate)} days of use in store",
                "Days of normal use that must lie in store on the first day, so that use is met in 9 of 10 futures.",
                {"kind": "bars", "unit": "days of normal use", "bars": bars},
                table(["plan", "days", "low", "high", "keeps up after, median [days]", "in 9 of 10"], cells),
                days(length),
            )
        )
    read = (
        "The most by which use gets ahead of what is made at home and accepted, whatever the plan orders; the thin"
        " lines are 95 % intervals. A plan without a plant needs all of it."
    )
    return chart("interim", read, views, label="Closed for")


def _leads(found: Crossover) -> list[Json]:
    """How early warnings come, and how long everything else takes."""
    shown = [each for each in found.leads if math.isfinite(each.days[1])]
    if not shown:
        return []
    month = 365.25 / 12
    ends = [[end if math.isfinite(end) else each.days[1] for end in each.days] for each in shown]
    bars = [
        {
            "label": f"{shorten(each.name, 30)} ({each.kind})",
            "value": {"estimate": middle / month, "low": low / month, "high": high / month},
            "strong": each.kind == "warning",
        }
        for each, (low, middle, high) in zip(shown, ends, strict=True)
    ]
    rows = [[each.title, each.kind, *(_finite(end / month) for end in each.days)] for each in shown]
    warned = max((each.days[1] for each in shown if each.kind == "warning"), default=0.0)
    quickest = min((each.days[1] for each in shown if each.kind != "warning"), default=math.inf)
    title = f"The quickest way to goods takes {days(quickest)}; " + (
        f"a warning comes {days(warned)} before" if warned else "nothing warns"
    )
    read = (
        "Bars are medians; the thin lines hold 80 % of futures. What takes longer than a warning must begin before it."
    )
    subtitle = "From order or decision until goods are there, and from a warning until the cut-off, in months."
    data = {"kind": "bars", "unit": "months", "bars": bars}
    return chart("lead", read, [view(title, subtitle, data, table(["what", "kind", "p10", "p50", "p90"], rows))])


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
