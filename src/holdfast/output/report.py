"""The report of a result: one HTML file with the answer, the pictures, the evidence and how it was made.

`report_data` says what the page shows, in the shape of web/src/data.ts; `write` puts it into one file.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from holdfast.output import report_service, words_next
from holdfast.output.report_charts import CHARTS, SECTIONS, Material
from holdfast.output.report_made import FORMAT, evidence, method, write
from holdfast.output.report_parts import Json, clean, share_text
from holdfast.output.words import findings, first_to_run_out
from holdfast.study import measures
from holdfast.study.figures import number, percent, percents, spread, year

if TYPE_CHECKING:
    import os

    from holdfast.output.words import Reading
    from holdfast.study.estimates import Estimate
    from holdfast.study.result import Result

CITATIONS: Final = (
    (
        "Random numbers (Philox4x32-10)",
        "Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3, SC '11",
    ),
    ("Intervals of shares (score interval)", "Wilson, Journal of the American Statistical Association 22 (1927) 209"),
    ("Intervals of quantiles (order statistics)", "David and Nagaraja, Order Statistics (2003), 7.1"),
    ("Intervals of ratios (delta method)", "Asmussen and Glynn, Stochastic Simulation (2007), III.4"),
    ("Worst futures (CVaR)", "Rockafellar and Uryasev, Journal of Risk 2 (2000) 21"),
    ("Net import reliance", "U.S. Geological Survey, Mineral Commodity Summaries, appendix"),
)


def report_data(result: Result) -> Json:
    """What the report shows: answer, tables and charts, in the shape of web/src/data.ts."""
    material = Material(result)
    reading = material.reading
    case = result.case()
    said = findings(result)
    period = {1.0: "daily", 7.0: "weekly"}.get(
        case.world.period_days, f"in periods of {number(case.world.period_days)} days"
    )
    data = {
        "format": FORMAT,
        "title": result.about.title or result.about.name,
        "question": " ".join(result.about.question.split()),
        "made": f"{case.replications:,} futures of {number(case.years)} years, {period}, seed {result.seed}",
        "plans": [{"name": name, "title": result.about.alternatives.get(name) or ""} for name in reading.names],
        "answer": [each.text for each in said],
        "table": _table(reading),
        "sections": [*_sections(material), _next(result)],
        "evidence": evidence(result.about, next((each.text for each in said if each.kind == "evidence"), "")),
        "method": method(result.about, result.provenance, CITATIONS),
    }
    cleaned: Json = clean(data)
    return cleaned


def _sections(material: Material) -> list[Json]:
    """The charts by section; sections without charts are left out."""
    with ThreadPoolExecutor(2) as pool:  # some simulate futures again, in which time others are drawn
        made = {each: pool.submit(CHARTS[each], material) for _, _, names in SECTIONS for each in names}
        parts = [
            (name, title, [chart for each in names for chart in made[each].result()]) for name, title, names in SECTIONS
        ]
    return [
        {"id": f"s-{name}", "title": title, "text": "", "charts": charts} for name, title, charts in parts if charts
    ]


def _next(result: Result) -> Json:
    """The commands that ask more of the same scenario; of a file, its name stands for its path."""
    from holdfast.spec.load import examples

    name = result.about.name
    text = words_next.said(result.about, name if name in examples() else f"{name}.yaml")
    return {"id": "s-next", "title": words_next.TITLE, "text": text, "charts": []}


def _table(reading: Reading) -> Json:
    """What each plan costs, which standards it meets, who is short first and what is made at home."""
    names = reading.names
    world = reading.case(reading.today).world
    factor, word = reading.scale
    columns = [{"label": "cost", "note": f"{word}{world.currency} of {world.price_year}, mean; 90 % of futures"}]
    for name, judgement in reading.judged[reading.today].items():
        columns.append({"label": name, "note": report_service.asked(judgement)})
    columns.append({"label": "short first", "note": "in half of the futures"})
    columns.append({"label": "made at home", "note": "of all that is used"})
    rows = [{"plan": i, "cells": _row(reading, name, factor)} for i, name in enumerate(names)]
    note = (
        "Small figures under shares are 95 % intervals; under the cost, the range that holds 90 % of futures. A"
        " standard is met, or not, where its interval leaves no doubt. Cost is discounted and leaves out what being"
        " short costs."
    )
    return {"columns": columns, "rows": rows, "note": note}


def _row(reading: Reading, name: str, factor: float) -> list[Json]:
    """The cells of one plan."""
    case = reading.case(name)
    low, high = (measures.cost_quantile(case, p).estimate / factor for p in (0.05, 0.95))
    cells: list[Json] = [
        {
            "text": number(measures.cost(case).estimate / factor),
            "note": f"{number(low)} to {number(high)}",
            "verdict": None,
        }
    ]
    for standard in reading.judged[reading.today]:
        judgement = reading.judged[name].get(standard)
        if judgement is None:
            cells.append({"text": "not judged", "note": "", "verdict": None})
            continue
        met = judgement.met
        text, note = share_text(met).split(" (")[0], percents(met.low, met.high)
        if judgement.standard.in_share is None:
            reached = judgement.reached
            text, note = number(reached.estimate), spread(reached.low, reached.high)
            if reached.unit.startswith("share"):
                text, note = share_text(reached).split(" (")[0], percents(reached.low, reached.high)
        cells.append({"text": text, "note": note, "verdict": report_service.VERDICTS[judgement.verdict]})
    found = first_to_run_out(case)
    if found is None:
        text, note = "nobody", ""
    elif math.isfinite(found[1].estimate):
        text, note = f"{found[0]}, {year(found[1].estimate)}", _between(found[1])
    else:
        often = measures.ever_short(case, found[0])
        text, note = "nobody in half", f"{found[0]} in {percent(often.estimate)} % ({percents(often.low, often.high)})"
    cells.append({"text": text, "note": note, "verdict": None})
    home = measures.made_at_home(case)
    cells.append(
        {
            "text": share_text(home).split(" (")[0],
            "note": percents(home.low, home.high) if home.estimate > 0 else "",
            "verdict": None,
        }
    )
    return cells


def _between(when: Estimate) -> str:
    """An interval of a time after the start: `year 6.4 to 8.1`."""
    low, high = year(when.low), year(when.high)
    same = low.split(" ")[0] == high.split(" ")[0]
    return f"{low} to {high.split(' ')[-1]}" if same else f"{low} to {high}"


def write_report(result: Result, path: str | os.PathLike[str]) -> None:
    """Writes the report of a result as one HTML file, whole or not at all.

    Raises:
        ScenarioError: HF401, it cannot be written.
    """
    write(report_data(result), path)
