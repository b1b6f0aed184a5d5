"""The report of a result: one HTML file with the answer, the pictures, the evidence and how it was made.

`report_data` says what the page shows, in the shape of web/src/data.ts; `write` puts it into one file.
"""

from __future__ import annotations

import contextlib
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from holdfast.errors import Place, Problems, ScenarioError
from holdfast.output import report_service
from holdfast.output.report_charts import CHARTS, SECTIONS, Material
from holdfast.output.report_page import page
from holdfast.output.report_parts import Json, clean, share_text
from holdfast.output.words import findings, first_to_run_out
from holdfast.study import measures
from holdfast.study.figures import number, percent, percents, spread, year

if TYPE_CHECKING:
    from holdfast.output.words import Reading
    from holdfast.spec.document import Document
    from holdfast.study.estimates import Estimate
    from holdfast.study.result import Result

FORMAT: Final = 1
"""Version of the data that the page reads."""
EVENTS: Final = (
    ("world", "regimes, warnings, prices and projects move"),
    ("receipts", "shipments due clear or are held; inspected lots are released; stores take what they have room for"),
    ("decisions", "signals are read and orders placed, knowing what has come in"),
    ("production", "lines run, take inputs and form lots, which enter inspection"),
    ("demand", "people draw, by priority; what is not served is backordered or lost"),
    ("ageing", "accidents, expiry"),
    ("accounts", "costs and records on the end state"),
)
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
    document = _document(result)
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
        "sections": _sections(material),
        "evidence": _evidence(document, next((each.text for each in said if each.kind == "evidence"), "")),
        "method": _method(result),
    }
    cleaned: Json = clean(data)
    return cleaned


def _sections(material: Material) -> list[Json]:
    """The charts by section; sections without charts are left out."""
    parts = [
        (name, title, [chart for each in names for chart in CHARTS[each](material)]) for name, title, names in SECTIONS
    ]
    return [
        {"id": f"s-{name}", "title": title, "text": "", "charts": charts} for name, title, charts in parts if charts
    ]


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


def _document(result: Result) -> Document | None:
    """The scenario as it was read, for its evidence; nothing where its text cannot be read any more."""
    from holdfast.spec import document

    try:
        return document.from_text(result.about.text, f"{result.about.name}.yaml", Problems())
    except ScenarioError:
        return None


def _text(node: Any, key: str) -> str:
    """The text under a key of a tree."""
    from holdfast.spec.tree import Mapping, Scalar

    found = node.get(key) if isinstance(node, Mapping) else None
    return found.text if isinstance(found, Scalar) else ""


def _evidence(document: Document | None, summary: str) -> Json:
    """What each number rests on."""
    from holdfast.spec.evidence import WORLD

    if document is None:
        return {"summary": summary, "rows": [], "sources": []}
    rows = [
        {
            "where": row.path,
            "place": f"line {row.place.line}",
            "value": row.value or "all that stands below it",
            "kind": row.kind,
            "range": f"{row.low} to {row.high}" if row.low else "",
            "how": row.how,
            "quote": row.quote,
            "sources": list(row.sources),
            "hindsight": row.hindsight,
        }
        for row in document.evidence
        if row.section in WORLD
    ]
    rows.sort(key=lambda row: ("stated", "derived", "assumed").index(str(row["kind"])))
    sources = [
        {
            "name": name,
            "title": _text(node, "title"),
            "publisher": _text(node, "publisher"),
            "date": _text(node, "date"),
            "link": _text(node, "url") or _text(node, "link"),
        }
        for name, node in document.base.mapping("sources").items()
    ]
    return {"summary": summary, "rows": rows, "sources": sources}


def _method(result: Result) -> Json:
    """Order of events, inputs, seed, versions and the methods behind the figures."""
    told = result.provenance
    environment = told.get("environment", {})
    versions = ", ".join(f"{name} {value}" for name, value in environment.items())
    provenance = [
        ("scenario", result.about.name),
        ("inputs, SHA-256", result.about.digest),
        ("seed", str(result.seed)),
        ("futures of each plan, base world", str(told.get("replications", ""))),
        ("futures of each plan, other worlds", str(told.get("replications_what_if", "none"))),
        ("futures of each plan, all cut", str(told.get("replications_cut", "none"))),
        ("version of Holdfast", str(told.get("version", ""))),
        ("environment", versions),
    ]
    return {
        "events": [{"phase": phase, "what": what} for phase, what in EVENTS],
        "provenance": [{"label": label, "value": value} for label, value in provenance if value],
        "citations": [{"what": what, "source": source} for what, source in CITATIONS],
        "scenario": result.about.text,
    }


def write_report(result: Result, path: str | os.PathLike[str]) -> None:
    """Writes the report of a result as one HTML file, whole or not at all.

    Raises:
        ScenarioError: HF401, it cannot be written.
    """
    text = page(report_data(result))
    target = Path(path)
    beside = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)
    except OSError as error:
        problems = Problems()
        message = f"the report cannot be written: {error.strerror or error}"
        problems.add("HF401", Place(str(target)), "", message, "choose another place")
        problems.raise_if_any()
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
