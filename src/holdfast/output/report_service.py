"""Charts of service: which plans meet which standard, when and in which worlds people are short."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from holdfast.output.report_parts import (
    Json,
    chart,
    each,
    figures,
    named,
    percent_figure,
    points,
    share_text,
    span,
    table,
    view,
    year_names,
)
from holdfast.output.words import extra_cost
from holdfast.study import estimates, measures, standards
from holdfast.study.case import MEAN, MISSING, STANDARD_ERROR
from holdfast.study.estimates import Z95, told_apart
from holdfast.study.figures import days, days_between, listed, percent, share
from holdfast.study.result import BASE

if TYPE_CHECKING:
    from holdfast.output.words import Reading
    from holdfast.study.case import Case
    from holdfast.study.estimates import Estimate
    from holdfast.study.standards import Judgement

VERDICTS = {"yes": "yes", "no": "no", "cannot be told": "unsure"}
MOST_CELLS = 110
"""Points of a curve."""


def asked(judgement: Judgement) -> str:
    """What a standard asks: `fill rate ≥ 95 %, in 90 of 100 futures`."""
    standard = judgement.standard
    limit = standards.bound(standard)
    amount = f"{percent(limit)} %" if standard.measure != "unmet" else f"{limit:g}"
    side = "≥" if standard.at_least is not None else "≤"
    often = "on average" if standard.in_share is None else f"in {percent(standard.in_share)} of 100 futures"
    return f"{standard.measure.replace('_', ' ')} {side} {amount}, {often}"


def frequencies(reading: Reading) -> list[Json]:
    """In how many of 100 futures each plan meets each standard."""
    first = reading.judged[reading.today]
    if not first:
        return []
    names = list(first)
    rows = []
    for i, plan in enumerate(reading.names):
        judged = reading.judged[plan]
        cells = [
            {"share": span(judged[n].met), "verdict": VERDICTS[judged[n].verdict]} if n in judged else None
            for n in names
        ]
        rows.append({"plan": i, "cells": cells})
    columns = [{"label": n, "note": asked(first[n]), "asked": first[n].standard.in_share} for n in names]
    shown = table(
        ["plan", "standard", "futures that meet it, %", "low", "high", "verdict"],
        [
            [plan, n, *(percent_figure(x) for x in (j.met.estimate, j.met.low, j.met.high)), j.verdict]
            for plan in reading.names
            for n, j in reading.judged[plan].items()
        ],
    )
    simulated = f"{reading.case(reading.today).replications:,} were simulated"
    subtitle = f"For each plan and standard, in how many of 100 futures it is met; {simulated}."
    read = (
        "Each block is 100 equally likely futures. A filled cell is a future in which the standard is met. A standard"
        " is met, or not, where the 95 % interval, in brackets, leaves no doubt."
    )
    return chart(
        "frequencies",
        read,
        [view(verdict_title(reading), subtitle, {"kind": "grid", "columns": columns, "rows": rows}, shown)],
    )


def verdict_title(reading: Reading) -> str:
    """Which plans meet every standard."""
    sure, nearly = reading.with_verdict(True), reading.with_verdict(False)
    if sure:
        only = "Only " if len(nearly) == 1 and len(reading.names) > 1 else ""
        return f"{only}{listed([named(n) for n in sure])} {'meets' if len(sure) == 1 else 'meet'} every standard"
    if nearly:
        futures = reading.case(reading.today).replications
        return f"{listed([named(n) for n in nearly])} may meet every standard; {futures:,} futures cannot tell"
    joint = reading.joint[reading.chosen]
    share = share_text(joint).replace(" %", " of 100 futures", 1)
    if len(reading.names) == 1:
        return f"{named(reading.chosen)} meets every standard in {share}, which is not enough"
    return f"No plan meets every standard; {named(reading.chosen)} comes nearest, in {share}"


def served(case: Case) -> Estimate:
    """The part of all that is wanted that is served on time: E[served] / E[wanted], all consumers together."""
    names = [f"consumers.{c.name}.{g}" for c in case.world.consumers for g in measures.goods_of(case, c.name)]
    return estimates.ratio(case.total(f"{n}.served" for n in names), case.total(f"{n}.wanted" for n in names))


def cost_service(reading: Reading) -> list[Json]:
    """What plans cost against how well they serve."""
    world = reading.case(reading.today).world
    judged = bool(world.standards)
    serves = reading.joint if judged else {name: served(reading.case(name)) for name in reading.names}
    factor, word = reading.scale
    money = f"{word}{world.currency} of {world.price_year}"
    points = [
        {"plan": i, "x": span(reading.costs[name], factor), "y": span(serves[name])}
        for i, name in enumerate(reading.names)
    ]
    what = "futures that meet every standard" if judged else "served on time, of all that is wanted"
    columns = ["plan", f"cost, {money}", "low", "high", f"{what}, %", "low", "high"]
    rows = [
        [name, *span(reading.costs[name], factor).values(), *(percent_figure(v) for v in span(serves[name]).values())]
        for name in reading.names
    ]
    best = max(reading.names, key=lambda name: serves[name].estimate)
    title = f"{reading.title(best)} serves best"
    if best != reading.today:
        title += f", and {extra_cost(reading, best, reading.today)}"
    subtitle = f"Mean cost over the horizon, discounted, shortages not counted, {money}, against {what}."
    read = (
        "Up is better, left is cheaper. The bars are 95 % intervals; where there is no bar, it is smaller than its"
        " mark."
    )
    data = {"kind": "dots", "xLabel": f"cost, {money}", "yLabel": what, "asked": None, "points": points}
    return chart("cost-service", read, [view(title, subtitle, data, table(columns, rows))])


def shortage_by_year(reading: Reading) -> list[Json]:
    """The part of what each consumer wants that is not served on time, by plan and year."""
    first = reading.case(reading.today)
    views = []
    for consumer in (c.name for c in first.world.consumers):
        lacks = [_missing(reading.case(plan), consumer) for plan in reading.names]
        values = [100.0 * mean for mean, _ in lacks]
        highest = max(float(row.max()) for row in values)
        names = year_names(first)
        spans = [
            [
                [figures(max(0.0, 100.0 * (m - Z95 * s))), figures(100.0 * (m + Z95 * s))]
                for m, s in zip(*one, strict=True)
            ]
            for one in lacks
        ]
        data: Json = {
            "kind": "heat",
            "unit": "% not served on time",
            "rows": [{"label": plan, "plan": i} for i, plan in enumerate(reading.names)],
            "columns": names,
            "values": [each(row) for row in values],
            "spans": spans,
            "max": figures(highest),
            "good": False,
            "numbers": False,
        }
        if highest > 0:
            row = max(range(len(values)), key=lambda i: float(values[i].max()))
            year = int(values[row].argmax())
            low, high = spans[row][year]
            part = share(highest / 100.0, low / 100.0, high / 100.0, " of what is wanted")
            title = (
                f"For {consumer}, most is missing with {named(reading.names[row])}: {part} in {names[year]}, on average"
            )
        else:
            title = f"For {consumer}, nothing is missing in any future of any plan"
        rows = [
            [plan, names[k], data["values"][i][k], *spans[i][k]]
            for i, plan in enumerate(reading.names)
            for k in range(len(names))
        ]
        shown = table(["plan", "year", "% not served on time", "low", "high"], rows)
        subtitle = (
            f"Share of what {consumer} wanted that was not served on time, by plan and year, mean over futures, %."
        )
        views.append(view(title, subtitle, data, shown, consumer))
    read = (
        "One row a plan, one column a year. The darker, the more of what is wanted is missing; the darkest is the"
        " highest value shown. The table below holds each figure with its 95 % interval."
    )
    return chart("shortage", read, views, label="Consumer")


def _missing(case: Case, consumer: str) -> tuple[estimates.Floats, estimates.Floats]:
    """(year,) the part of what a consumer wants that is not served on time, and its standard error, by whole year."""
    found = case.yearly.get(f"consumers.{consumer}.{MISSING}")
    if found is None:
        return np.zeros(case.whole_years), np.zeros(case.whole_years)
    return found[MEAN][: case.whole_years], found[STANDARD_ERROR][: case.whole_years]


def worlds(reading: Reading) -> list[Json]:
    """How each plan does in each other world."""
    result = reading.result
    if not result.what_ifs or len(reading.names) < 2 or any((n, BASE) not in result.cases for n in reading.names):
        return []
    judged = bool(reading.case(reading.today).world.standards)
    score = standards.all_met if judged else served
    scores = {w: {n: score(result.case(n, w)) for n in reading.names} for w in (BASE, *result.what_ifs)}
    best = max(reading.names, key=lambda n: scores[BASE][n].estimate)
    other = []
    for world in result.what_ifs:
        there = max(reading.names, key=lambda n: scores[world][n].estimate)
        if there != best and told_apart(estimates.difference(scores[world][there], scores[world][best])):
            other.append(f'in "{world}" it is {named(there)}')
    count = len(result.what_ifs)
    where = "the other world" if count == 1 else f"any of the {count} other worlds"
    what = "futures that meet every standard" if judged else "served on time, of all that is wanted"
    title = (
        f"{named(best)} serves best in the base world; {listed(other)}"
        if other
        else f"No other plan surely serves better than {named(best)} in {where}"
    )
    columns = ["base world", *result.what_ifs]
    values = [[percent_figure(scores[w][n].estimate) for w in scores] for n in reading.names]
    spans = [
        [[percent_figure(scores[w][n].low), percent_figure(scores[w][n].high)] for w in scores] for n in reading.names
    ]
    data = {
        "kind": "heat", "unit": f"% {what}", "rows": [{"label": n, "plan": i} for i, n in enumerate(reading.names)],
        "columns": columns, "values": values, "spans": spans, "max": 100.0, "good": True, "numbers": True,
    }  # fmt: skip
    rows = [
        [
            n,
            w or "base world",
            result.about.what_ifs.get(w, ""),
            *(percent_figure(x) for x in (e.estimate, e.low, e.high)),
        ]
        for n in reading.names
        for w in scores
        for e in [scores[w][n]]
    ]
    shown = table(["plan", "world", "which is", f"{what}, %", "low", "high"], rows)
    futures = result.case(reading.today, result.what_ifs[0]).replications
    subtitle = f"{what[0].upper()}{what[1:]}, %; {futures:,} futures in each other world, and no probability for any."
    read = (
        "One row a plan, one column a world. The darker, the better; below each figure stands its 95 % interval. Read"
        " down a column to see which plan is best in that world."
    )
    return chart("worlds", read, [view(title, subtitle, data, shown)])


def survival(reading: Reading) -> list[Json]:
    """How long each consumer is served in full if everything from outside is cut on the first day."""
    cuts = {name: reading.result.cuts[name] for name in reading.names if name in reading.result.cuts}
    if not cuts:
        return []
    world = next(iter(cuts.values())).world
    views = []
    for consumer in (c.name for c in world.consumers):
        first = {name: _first(cut, consumer) for name, cut in cuts.items()}
        end = max(float(np.quantile(np.minimum(v, cuts[n].world.periods), 0.99)) for n, v in first.items())
        last = int(min(world.periods, max(4.0, end * 1.15)))
        step = max(1, math.ceil(last / MOST_CELLS))
        periods = np.arange(0, last + 1, step)
        week = world.period_days / 7.0
        lines = [
            {
                "plan": reading.names.index(n),
                "values": each(e.estimate for e in served_yet),
                "low": points(e.low for e in served_yet),
                "high": points(e.high for e in served_yet),
                "median": None,
            }
            for n, v in first.items()
            for served_yet in [[estimates.share(v >= period) for period in periods]]
        ]
        data = {
            "kind": "survival",
            "xLabel": "weeks after everything is cut",
            "x": each(periods * week),
            "lines": lines,
        }
        spans = {n: [measures.time_to_survive(cut, consumer, p) for p in (0.1, 0.5, 0.9)] for n, cut in cuts.items()}
        rows = [
            [n, *(days(e.estimate) for e in found), days_between(found[1].low, found[1].high)]
            for n, found in spans.items()
        ]
        shown = table(["plan", "1 in 10 futures is short by", "half by", "9 in 10 by", "95 % interval of half"], rows)
        title = _survival_title(consumer, spans)
        subtitle = (
            f"Share of futures in which nothing has been missing for {consumer} yet, after all channels close on the"
            " first day."
        )
        views.append(view(title, subtitle, data, shown, consumer))
    read = (
        "Each line starts at 100 % and falls as futures run short; a line that falls later lasts longer. What each plan"
        " has on the first day counts, not what it would have gathered later. The shade is the 95 % interval."
    )
    return chart("survival", read, views, label="Consumer")


def _first(cut: Case, consumer: str) -> estimates.Floats:
    """(replication,) the first short period, infinity where there is none."""
    periods = cut.totals[f"consumers.{consumer}.first_short"]
    return np.where(periods < 0, math.inf, periods)


def _survival_title(consumer: str, spans: dict[str, list[Estimate]]) -> str:
    """The shortest and the longest median."""
    ranked = sorted(spans, key=lambda name: spans[name][1].estimate)
    low, high = spans[ranked[0]][1], spans[ranked[-1]][1]
    if not math.isfinite(low.estimate):
        return (
            f"If everything is cut today, nothing is missing for {consumer} in half of the futures as long as was"
            " looked at"
        )
    start = f"If everything is cut today, half of the futures are short for {consumer} after {days(low.estimate)}"
    if high.estimate <= low.high or len(ranked) == 1:
        return f"{start} ({days_between(low.low, low.high)})" + (", whatever the plan" if len(ranked) > 1 else "")
    long = f"after {days(high.estimate)}" if math.isfinite(high.estimate) else "never, as long as was looked at,"
    return f"{start} with {named(ranked[0])}, {long} with {named(ranked[-1])}"
