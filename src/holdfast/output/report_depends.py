"""The page of `holdfast depends`: on what supply hangs, plan beside plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from holdfast.output.report_parts import Json, chart, figures, named, table, view
from holdfast.output.report_study import study_data
from holdfast.output.words_depends import amount, cut_for, findings, method, missed_most, share_text
from holdfast.study.depends import DAYS
from holdfast.study.figures import capital

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.study.depends import Dependency, Depends
    from holdfast.study.estimates import Estimate

CITATIONS: Final = (
    ("Cuts in the same futures", "Simchi-Levi, Schmidt and Wei, Harvard Business Review 92 (2014) 96"),
    ("Ratios of means", "Asmussen and Glynn, Stochastic Simulation (2007), III.4"),
)


def depends_data(found: Depends) -> Json:
    """What the page shows, in the shape of web/src/data.ts."""
    where = f'in "{found.about.what_ifs.get(found.what_if) or found.what_if}"' if found.what_if else "in the base world"
    futures = int(found.provenance["replications"])
    views = _views(found) if found.plans else []
    read = "Each column is a plan: what it hangs on moves down or up as plans change. Below each figure: its interval."
    charts = chart("hangs", f"{read} {method(found)}", views, label="Measure")
    return study_data(
        found.about,
        found.provenance,
        made=f"on what supply hangs: {futures:,} futures {where}, seed {found.provenance['seed']}",
        said=findings(found),
        sections=[("hangs", "On what supply hangs", charts)],
        citations=CITATIONS,
    )


def _views(found: Depends) -> list[Json]:
    """Missed if cut, spared if secure, and what goes by it."""
    span, last = cut_for(found), found.plans[1 if len(found.plans) > 1 else 0]
    worst, other = missed_most(last)
    best, most = last.ranked[0], max(last.ranked, key=lambda each: each.leans.estimate)
    plan = named(last.name)
    views = [
        _view(
            found,
            f"With {plan}, cutting {worst.title} for {span} would cost most: {amount(worst.missed)} days"
            if other is None
            else f"With {plan}, whether cutting {worst.title} or {other.title} would cost more cannot be told",
            f"What would be short besides if each were cut for {span} from {found.at:%B %Y} on (a builder: so much"
            f" later), {DAYS} over the horizon, mean over futures.",
            DAYS,
            lambda each: each.missed,
            f"missed if cut for {span}",
        ),
        _view(
            found,
            f"With {plan}, {share_text(most.leans)} of use goes by {most.title}",
            "Share of what consumers got that came through it, or was made with it; a unit may count in several rows.",
            "% of use",
            lambda each: each.leans,
            "goes by it",
        ),
    ]
    if last.short.low > 0.0:
        spared = _view(
            found,
            f"With {plan}, {share_text(best.share)} of what is short would be spared if {best.title} never failed",
            "Share of what is short that would not be if each were secure from start to end, in the same futures.",
            "% of what is short",
            lambda each: each.share,
            "spared if secure",
        )
        views.insert(1, spared)
    return views


def _view(
    found: Depends, title: str, subtitle: str, unit: str, measure: Callable[[Dependency], Estimate], label: str
) -> Json:
    """Dependencies down, plans across."""
    titles = {each.name: each.title for plan in found.plans for each in plan.dependencies}
    titles[found.plans[0].together.name] = found.plans[0].together.title
    factor = 100.0 if unit.startswith("%") else 1.0
    cells: list[list[Estimate | None]] = []
    for name in titles:
        row = []
        for plan in found.plans:
            each = next((one for one in (*plan.dependencies, plan.together) if one.name == name), None)
            told = measure(each) if each is not None else None
            row.append(told if told is None or told.estimate == told.estimate else None)
        cells.append(row)
    values = [[None if c is None else figures(factor * c.estimate) for c in row] for row in cells]
    spans = [
        [[0.0, 0.0] if c is None else [figures(factor * c.low), figures(factor * c.high)] for c in row] for row in cells
    ]
    largest = max((value for row in values for value in row if value is not None), default=0.0)
    data = {
        "kind": "heat",
        "unit": unit,
        "rows": [{"label": capital(text), "plan": None} for text in titles.values()],
        "columns": [plan.name for plan in found.plans],
        "values": values,
        "spans": spans,
        "max": 100 if factor == 100.0 else figures(max(largest, 0.0)),
        "good": False,
        "numbers": True,
    }
    rows: list[list[Any]] = [
        [plan.name, text, values[i][k], *(spans[i][k] if values[i][k] is not None else (None, None))]
        for k, plan in enumerate(found.plans)
        for i, text in enumerate(titles.values())
    ]
    return view(title, subtitle, data, table(["plan", "supply hangs on", unit, "low", "high"], rows), label)
