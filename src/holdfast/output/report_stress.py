"""The page of `holdfast stress`: which cut hurts most, who lasts how long, and when a plan pays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from holdfast.output.report_parts import Json, chart, figures, named, percent_figure, span, table, view
from holdfast.output.report_study import study_data
from holdfast.output.words import findings
from holdfast.output.words_stress import event
from holdfast.study.figures import days, number, percent, share, shorten, spread

if TYPE_CHECKING:
    from holdfast.study.estimates import Estimate
    from holdfast.study.stress.effects import Effect
    from holdfast.study.stress.study import Stress, Struck

CITATIONS: Final = (
    ("Time to survive, time to recover", "Simchi-Levi, Schmidt and Wei, Harvard Business Review 92 (2014) 96"),
    ("Ratio of paired means", "Fieller, Journal of the Royal Statistical Society B 16 (1954) 175"),
)
MOST: Final = 14
"""Cuts that are drawn, at most."""


def stress_data(found: Stress) -> Json:
    """What the page shows, in the shape of web/src/data.ts."""
    futures = int(found.provenance["replications"])
    made = f"everything cut, one by one, for {days(found.length)} from {found.at}: {futures:,} futures of each"
    return study_data(
        found.about,
        found.provenance,
        made=f"{made}, seed {found.provenance['seed']}",
        said=findings(found),
        sections=[
            ("missing", "Which cut hurts most", _missing(found)),
            ("exposed", "Who lasts how long", _exposed(found)),
            ("pays", "When a plan pays", _payoffs(found)),
        ],
        citations=CITATIONS,
    )


def _name(found: Stress, struck: Struck) -> str:
    """What is cut, in few words."""
    return shorten(" and ".join(found.cuts[name].short or name for name in struck.cut), 46)


def _missing(found: Stress) -> list[Json]:
    """The cuts in the order of what is missing, one by one and two together."""
    views = []
    for label, ranked in (("one by one", found.ranking()), ("two together", found.ranking_of_pairs())):
        shown = [each for each in ranked if each.missing.estimate > 0.0][:MOST]
        if not shown:
            continue
        bars = [
            {"label": _name(found, each), "value": span(each.missing), "strong": i == 0} for i, each in enumerate(shown)
        ]
        first = shown[0].missing
        rows = [[_name(found, each), *_ends(each.missing), *_ends(each.extra_cost)] for each in ranked]
        money = shown[0].extra_cost.unit
        size = f"{number(first.estimate)} days of use ({spread(first.low, first.high)})"
        heads = ["cut", "days missing", "low", "high", f"extra cost [{money}]", "low", "high"]
        data = {"kind": "bars", "unit": "days of normal use", "bars": bars}
        subtitle = (
            f"What consumers miss more than without the cut, days of normal use, with {named(found.alternatives[0])}."
        )
        views.append(
            view(f"If {event(found, shown[0].cut)}, that costs {size}", subtitle, data, table(heads, rows), label)
        )
    read = "The longer the bar, the worse the cut, whatever its probability; the thin lines are 95 % intervals."
    return chart("missing", read, views, label="Cut")


def _exposed(found: Stress) -> list[Json]:
    """By cut and consumer: in how many futures it runs short before it has recovered."""
    ranked = [each for each in found.ranking() if each.exposed][:MOST]
    if not ranked:
        return []
    consumers = [each.consumer for each in ranked[0].effects]
    values = [[percent_figure(effect.exposed.estimate) for effect in each.effects] for each in ranked]
    spans = [[[percent_figure(e.exposed.low), percent_figure(e.exposed.high)] for e in each.effects] for each in ranked]
    data = {
        "kind": "heat",
        "unit": "% of futures",
        "rows": [{"label": _name(found, each), "plan": None} for each in ranked],
        "columns": consumers,
        "values": values,
        "spans": spans,
        "max": 100,
        "good": False,
        "numbers": True,
    }
    rows: list[list[Any]] = [_row(found, each, effect) for each in ranked for effect in each.effects]
    heads = [
        "cut",
        "consumer",
        "exposed [%]",
        "lasts, median [days]",
        "10 %",
        "90 %",
        "short until, median [days]",
        "10 %",
        "90 %",
    ]
    worst = max((effect for effect in ranked[0].effects), key=lambda each: each.exposed.estimate)
    often = share(worst.exposed.estimate, worst.exposed.low, worst.exposed.high, " of futures")
    lasts = f", after {days(worst.tts['p50'].estimate)} in half of them" if worst.tts else ""
    title = f"If {event(found, ranked[0].cut)}, there are shortages for {worst.consumer} in {often}{lasts}"
    read = (
        "Each cell: in how many of 100 futures the consumer runs short because of the cut, before all is as without it."
        " The table says how long it lasts and until when it is short."
    )
    subtitle = f"Share of futures in which a consumer is exposed, with {named(found.alternatives[0])}, %."
    return chart("exposed", read, [view(title, subtitle, data, table(heads, rows))])


def _row(found: Stress, struck: Struck, effect: Effect) -> list[Any]:
    times = [
        _finite(quantiles[p].estimate) if quantiles else None
        for quantiles in (effect.tts, effect.ttr)
        for p in ("p50", "p10", "p90")
    ]
    return [_name(found, struck), effect.consumer, percent_figure(effect.exposed.estimate), *times]


def _payoffs(found: Stress) -> list[Json]:
    """The probability of a crisis at which each plan pays against today's."""
    views = []
    for cut in dict.fromkeys(each.cut for each in found.payoffs):
        told = [each for each in found.payoffs if each.cut == cut and each.verdict in ("above", "below")]
        if not told:
            continue
        told.sort(key=lambda each: each.probability.estimate)
        bars = [
            {
                "label": f"{each.alternative}, {'pays above' if each.verdict == 'above' else 'pays below'}",
                "value": span(each.probability, 0.01),
                "strong": i == 0,
            }
            for i, each in enumerate(told)
        ]
        rows = [
            [
                each.alternative,
                each.verdict,
                *(percent_figure(p) for p in (each.probability.estimate, each.probability.low, each.probability.high)),
                *_ends(each.calm),
            ]
            for each in told
        ]
        first = told[0]
        name = found.cuts[cut].short or cut
        probability = f"{percent(first.probability.estimate, 1)} %"
        title = f"{named(first.alternative)} pays {first.verdict} a probability of {probability} that {name} is cut"
        heads = [
            "plan",
            "pays",
            "probability [%]",
            "low",
            "high",
            f"costs more if it never comes [{first.calm.unit}]",
            "low",
            "high",
        ]
        subtitle = f"Probability of one such crisis over {number(found.horizon)} years at which a plan breaks even, %."
        views.append(view(title, subtitle, {"kind": "bars", "unit": "%", "bars": bars}, table(heads, rows), name))
    read = "Beyond its bar a plan costs less than today's, shortages counted; the thin lines are 95 % intervals."
    return chart("pays", read, views, label="Crisis")


def _ends(each: Estimate) -> list[float | None]:
    return [_finite(end) for end in (each.estimate, each.low, each.high)]


def _finite(value: float) -> float | None:
    return figures(value) if math.isfinite(value) else None
