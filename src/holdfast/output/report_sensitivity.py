"""The page of `holdfast sensitivity`: the tornado, what matters wherever the others lie, and the regret of plans."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from holdfast.output.report_parts import Json, chart, figures, named, span, table, view
from holdfast.output.report_study import study_data
from holdfast.output.words_sensitivity import ROWS, findings, measure_of, unit_of, variance
from holdfast.study.figures import capital, spread, within

if TYPE_CHECKING:
    from holdfast.study.estimates import Estimate
    from holdfast.study.sensitivity.inputs import Input
    from holdfast.study.sensitivity.result import Sensitivity, Swing

CITATIONS: Final = (
    ("Screening of inputs (elementary effects)", "Morris, Technometrics 33 (1991) 161"),
    ("Indices of variance", "Sobol, Mathematics and Computers in Simulation 55 (2001) 271"),
    ("Settings spread over ranges", "McKay, Beckman and Conover, Technometrics 21 (1979) 239"),
    ("Boxes in which a plan fails", "Friedman and Fisher, Statistics and Computing 9 (1999) 123"),
    ("Scenario discovery", "Bryant and Lempert, Technological Forecasting and Social Change 77 (2010) 34"),
)

BESIDE: Final = 16
"""Letters that fit beside a bar."""


def sensitivity_data(found: Sensitivity) -> Json:
    """What the page shows, in the shape of web/src/data.ts."""
    told = found.provenance
    made = (
        f"what the answer owes to {len(found.inputs)} ranges: {told['runs']:,} runs of {told['replications']:,} futures"
    )
    return study_data(
        found.about,
        told,
        made=f"{made}, seed {told['seed']}",
        said=findings(found),
        sections=[
            ("alone", "One input at a time", _tornado(found)),
            ("together", "Wherever the others lie", [*_effects(found), *_indices(found)]),
            ("regret", "What a plan may cost in hindsight", _regret(found)),
        ],
        citations=CITATIONS,
    )


def _tornado(found: Sensitivity) -> list[Json]:
    """The inputs that alone move the score most."""
    factor, unit = unit_of(found)
    centre = (100.0 if unit == "points" else 1.0) * found.today.estimate / factor
    swings = [each for each in found.swings[:ROWS] if each.low.estimate or each.high.estimate]
    if not swings:
        return []

    def end(text: str, change: Estimate) -> Json:
        ends = (change.estimate, change.low, change.high)
        keys = ("estimate", "low", "high")
        values = [centre + x / factor for x in ends]
        if unit == "points":  # a share lies from 0 to 100 %
            values = [min(100.0, max(0.0, value)) for value in values]
        return {"text": text, "value": {key: figures(x) for key, x in zip(keys, values, strict=True)}}

    bars = [
        {"label": label, "low": end(texts[0], each.low), "high": end(texts[1], each.high)}
        for each in swings
        for label, texts in [_drawn(each.input)]
    ]
    first = swings[0]
    sides = ((first.input.ends[0], first.low), (first.input.ends[1], first.high))
    where, change = max(sides, key=lambda each: abs(each[1].estimate))
    low, middle, high = (x / factor for x in (change.low, change.estimate, change.high))
    moved = f"{within(middle, low, high)} {unit} ({spread(low, high)})"
    title = f"{capital(first.input.label)} moves {named(found.plan)} most: by {moved} at {where}"
    shown = "%" if unit == "points" else unit
    rows = [[*_row(each, 0), *_row(each, 1)[1:]] for each in swings]
    heads = ["input", "at the lower end", "change", "low", "high", "at the upper end", "change", "low", "high"]
    read = (
        "Each bar reaches from what comes of an input's lower end (grey) to what comes of its upper end (blue), all"
        " others as today; the line is today. Thin lines are 95 % intervals of the change, in the same futures."
    )
    subtitle = f"{capital(measure_of(found))}, {shown}, with each input at the ends of its range."
    data = {"kind": "tornado", "unit": shown, "centre": figures(centre), "bars": bars}
    return chart("tornado", read, [view(title, subtitle, data, table(heads, rows))])


def _drawn(each: Input) -> tuple[str, tuple[str, str]]:
    """How an input and its ends are written beside a bar: a unit that would not fit there twice stands once."""
    unit = f" {each.unit}"
    if each.unit and max(map(len, each.ends)) > BESIDE and all(text.endswith(unit) for text in each.ends):
        low, high = (text.removesuffix(unit) for text in each.ends)
        return f"{each.label}, {each.unit}", (low, high)
    return each.label, each.ends


def _row(each: Swing, end: int) -> list[Any]:
    change = (each.low, each.high)[end]
    return [each.input.label, each.input.ends[end], change.estimate, change.low, change.high]


def _effects(found: Sensitivity) -> list[Json]:
    """Morris's mean sizes of effects."""
    factor, unit = unit_of(found)
    labels = {each.path: each.label for each in found.inputs}
    shown = list(found.effects.items())[:ROWS]
    if not shown:
        return []
    bars = [
        {"label": labels[path], "value": span(each.mean, factor), "strong": i == 0}
        for i, (path, each) in enumerate(shown)
    ]
    rows = [[labels[p], *_ends(e.mean), e.spread] for p, e in shown]
    first = labels[shown[0][0]]
    sure = all(each.mean.high < shown[0][1].mean.low for _, each in shown[1:])
    title = f"Wherever the others lie, {first} matters most"
    if not sure:
        title = f"Wherever the others lie, which input matters most cannot be told; by the estimates it is {first}"
    subtitle = f"Mean size of the change in {measure_of(found)} over an input's range, {unit}."
    read = "From where the others lie at random; the thin lines are 95 % intervals. What is missing moved nothing."
    data = {"kind": "bars", "unit": unit, "bars": bars}
    return chart("effects", read, [view(title, subtitle, data, table(["input", "mean", "low", "high", "sigma"], rows))])


def _indices(found: Sensitivity) -> list[Json]:
    """Sobol's total indices."""
    labels = {each.path: each.label for each in found.inputs}
    shown = sorted(found.indices.items(), key=lambda item: -item[1].total.estimate)
    if not shown:
        return []
    bars = [
        {"label": labels[path], "value": span(_positive(each.total), 0.01), "strong": i == 0}
        for i, (path, each) in enumerate(shown)
    ]
    rows = [[labels[path], *_ends(each.first), *_ends(each.total)] for path, each in shown]
    first = shown[0]
    title = f"{variance(first[1].total)} of the variance involves {labels[first[0]]}"
    subtitle = "Share of the variance that an input has part in, alone or with others (total index), %."
    read = "The shares may add up to more than 100 %, since inputs act together; the thin lines are 95 % intervals."
    heads = ["input", "first", "low", "high", "total", "low", "high"]
    data = {"kind": "bars", "unit": "%", "bars": bars}
    return chart("indices", read, [view(title, subtitle, data, table(heads, rows))])


def _regret(found: Sensitivity) -> list[Json]:
    """How much worse a plan may be than the best one would have been."""
    if not found.regrets:
        return []
    factor, unit = unit_of(found)
    ways = (
        ("over the ranges, mean", [each.mean for each in found.regrets]),
        ("over the ranges, worst", [each.in_ranges for each in found.regrets]),
        ("over the worlds, worst", [each.in_worlds for each in found.regrets]),
    )
    views = []
    for label, values in ways:
        least = min(range(len(values)), key=lambda i: values[i].estimate)
        bars = [
            {"label": each.plan, "value": span(value, factor), "strong": i == least}
            for i, (each, value) in enumerate(zip(found.regrets, values, strict=True))
        ]
        rows = [[each.plan, *_ends(value)] for each, value in zip(found.regrets, values, strict=True)]
        sure = all(values[least].high < value.low for i, value in enumerate(values) if i != least)
        title = f"{named(found.regrets[least].plan)} is regretted least {label}"
        if not sure:
            title = f"Which plan is regretted least {label} cannot be told; by the estimates it is"
            title = f"{title} {named(found.regrets[least].plan)}"
        subtitle = f"How far behind the best plan there, {unit} ({measure_of(found)})."
        data = {"kind": "bars", "unit": unit, "bars": bars}
        views.append(view(title, subtitle, data, table(["plan", "regret", "low", "high"], rows), label))
    read = "Regret is what is lost by having chosen this plan, once it is known how things are. 0: it was the best one."
    return chart("regret", read, views, label="Regret")


def _positive(each: Estimate) -> Estimate:
    """An index, which is never below 0, whatever its interval says."""
    return dataclasses.replace(each, low=max(0.0, each.low), estimate=max(0.0, each.estimate))


def _ends(each: Estimate) -> list[float]:
    return [each.estimate, each.low, each.high]
