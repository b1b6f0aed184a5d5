"""The page of `holdfast why`: how much of what is short each cause did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from holdfast.output.report_parts import Json, chart, named, per_scale, share_text, span, table, view
from holdfast.output.report_study import study_data
from holdfast.output.words_why import findings, method
from holdfast.study.figures import capital, number, spread

if TYPE_CHECKING:
    from holdfast.study.why import Attribution, Why

CITATIONS: Final = (
    ("Parts that sum to the whole", "Shapley, Contributions to the Theory of Games II (1953) 307"),
    ("Shapley's value from orders", "Castro, Gomez and Tejada, Computers & Operations Research 36 (2009) 1726"),
)


def why_data(why: Why) -> Json:
    """What the page shows, in the shape of web/src/data.ts."""
    short = [each for each in why.attributions if each.total.high > 0.0]
    charts = chart("causes", f"{capital(method(why))}", [_view(each) for each in short], label="Plan and consumer")
    where = f'in "{why.about.what_ifs.get(why.what_if) or why.what_if}"' if why.what_if else "in the base world"
    futures = int(why.provenance["replications"])
    return study_data(
        why.about,
        why.provenance,
        made=f"why consumers are short: {futures:,} futures {where}, seed {why.provenance['seed']}",
        said=findings(why),
        sections=[("causes", "Why people are short", charts)],
        citations=CITATIONS,
    )


def _view(each: Attribution) -> Json:
    """The causes of one consumer's shortage with one plan, in amounts."""
    factor, unit = per_scale([each.total.estimate], each.total.unit)
    parts = sorted(each.parts, key=lambda part: -part.amount.estimate)
    first = parts[0]
    bars = [
        {"label": capital(part.title), "value": span(part.amount, factor), "strong": part is first} for part in parts
    ]
    lacks = f"what {each.consumer} lacks with {named(each.alternative)}"
    size = f"{number(each.total.estimate / factor)} {unit}"
    sure = spread(each.total.low / factor, each.total.high / factor)
    rows = [
        [part.title, part.amount.estimate, part.amount.low, part.amount.high, part.share.estimate] for part in parts
    ]
    return view(
        f"{share_text(first.share)} of {lacks} is due to {first.title}",
        f"What is not served on time over the horizon, {unit}, mean over futures; {size} ({sure}) in all.",
        {"kind": "bars", "unit": unit, "bars": bars},
        table(["cause", each.total.unit, "low", "high", "share"], rows),
        f"{each.alternative}, {each.consumer}",
    )
