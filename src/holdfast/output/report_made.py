"""How a report was made: what its numbers rest on, the methods and versions behind it, and the file that holds it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from holdfast.errors import Place, Problems
from holdfast.output.report_page import page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.output.report_parts import Json
    from holdfast.study.result import About

FORMAT: Final = 1
"""Version of the data that the page reads."""
EVENTS: Final = (
    ("world", "regimes, warnings, prices and projects move"),
    ("receipts", "shipments due clear or are held; inspected lots are released; stores take what they have room for"),
    ("decisions", "signals are read and orders placed, knowing what has come in; stores ship to other stores"),
    ("production", "lines run, take inputs and form lots, which enter inspection"),
    ("demand", "people draw, by priority; what is not served is backordered or lost"),
    ("ageing", "accidents, expiry"),
    ("accounts", "costs and records on the end state"),
)


def _text(node: Any, key: str) -> str:
    """The text under a key of a tree."""
    from holdfast.spec.tree import Mapping, Scalar

    found = node.get(key) if isinstance(node, Mapping) else None
    return found.text if isinstance(found, Scalar) else ""


def evidence(about: About, summary: str) -> Json:
    """What each number of a scenario rests on, and a sentence that sums it up."""
    from holdfast.spec.document import of_result
    from holdfast.spec.evidence import WORLD

    document = of_result(about.text, about.name)
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


def method(about: About, told: dict[str, Any], citations: Iterable[tuple[str, str]]) -> Json:
    """Order of events, inputs, seed, versions and the methods behind the figures."""
    environment = told.get("environment", {})
    versions = ", ".join(f"{name} {value}" for name, value in environment.items())
    provenance = [
        ("scenario", about.name),
        ("inputs, SHA-256", about.digest),
        ("seed", str(told.get("seed", ""))),
        ("futures of each plan, base world", str(told.get("replications", ""))),
        ("futures of each plan, other worlds", str(told.get("replications_what_if", ""))),
        ("futures of each plan, all cut", str(told.get("replications_cut", ""))),
        ("version of Holdfast", str(told.get("version", ""))),
        ("environment", versions),
    ]
    return {
        "events": [{"phase": phase, "what": what} for phase, what in EVENTS],
        "provenance": [{"label": label, "value": value} for label, value in provenance if value],
        "citations": [{"what": what, "source": source} for what, source in citations],
        "scenario": about.text,
    }


def write(data: Json, path: str | os.PathLike[str]) -> None:
    """Writes a page as one HTML file, whole or not at all.

    Raises:
        ScenarioError: HF401, it cannot be written.
    """
    text = page(data)
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
