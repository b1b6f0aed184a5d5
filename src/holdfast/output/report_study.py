"""The page of a study other than a run: its answer in words, its charts, its evidence and how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from holdfast.output.report_made import FORMAT, evidence, method
from holdfast.output.report_parts import Json, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from holdfast.output.words import Finding
    from holdfast.study.result import About


def study_data(
    about: About,
    provenance: dict[str, Any],
    *,
    made: str,
    said: Sequence[Finding],
    sections: Iterable[tuple[str, str, list[Json]]],
    citations: Iterable[tuple[str, str]],
    summary: str = "",
) -> Json:
    """What the page of a study shows, in the shape of web/src/data.ts.

    Args:
        about: the scenario.
        provenance: seed, versions and all else that makes it again.
        made: what was done, in a line.
        said: the answer.
        sections: name, title and charts; those without charts are left out.
        citations: what was done, and whose method it is.
        summary: what the answer rests on, in a sentence.
    """
    data = {
        "format": FORMAT,
        "title": about.title or about.name,
        "question": " ".join(about.question.split()),
        "made": made,
        "plans": [{"name": name, "title": title} for name, title in about.alternatives.items()],
        "answer": [each.text for each in said],
        "table": None,
        "sections": [
            {"id": f"s-{name}", "title": title, "text": "", "charts": charts}
            for name, title, charts in sections
            if charts
        ],
        "evidence": evidence(about, summary),
        "method": method(about, provenance, citations),
    }
    cleaned: Json = clean(data)
    return cleaned
