"""Charts of history: what happened drawn over the band that holds 80 % of the model's futures (conventions §23)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from holdfast.output.report_parts import (
    Json,
    chart,
    figures,
    per_scale,
    points,
    start_year,
    table,
    view,
    years_at,
)
from holdfast.output.words_history import Saying, headline, title_of
from holdfast.study.history import LINES

if TYPE_CHECKING:
    from holdfast.output.words import Reading
    from holdfast.study.history import Judged

MOST_DOTS = 50
"""Equally likely futures of a date that are drawn."""
BAND_NAMES = ("low", "lower", "middle", "upper", "high")
READ = {
    "fan": "The thick line is the median of the model's futures; 8 of 10 lie in the light band, 5 of 10 in the dark"
    " one. The thin line is what happened, over the time of which it is told.",
    "opening": "Each dot is an equally likely future, at the time when it comes in it.",
    "bars": "The bar of the model ends at its median; its thin line is the range of 8 of 10 futures.",
}
"""How each kind of picture is read."""


def history(reading: Reading) -> list[Json]:
    """What happened, over the model's 80 % band: a view for each thing that history tells."""
    views = []
    for judged in reading.result.history:
        if judged.path is not None:
            views.append(_over_time(reading, judged))
        elif judged.told.kind == "date":
            views.append(_dates(reading, judged))
        else:
            views.append(_single(reading, judged))
    kinds = dict.fromkeys(one["data"]["kind"] for one in views)
    return chart("history", " ".join(READ[kind] for kind in kinds), views, label="What happened")


def _with(reading: Reading, judged: Judged) -> str:
    """In which plan and world the model is asked."""
    told, about = judged.told, reading.result.about
    world = f' in "{about.what_ifs.get(told.what_if) or told.what_if}"' if told.what_if else ""
    return f"With {reading.title(told.decided)}{world}"


def _view(reading: Reading, judged: Judged, subtitle: str, data: Json, shown: Json) -> Json:
    return view(
        headline(reading.result, judged), f"{_with(reading, judged)}. {subtitle}", data, shown, title_of(judged.told)
    )


def _plan(reading: Reading, judged: Judged) -> int:
    return reading.names.index(judged.told.decided) if judged.told.decided in reading.names else 0


def _case(reading: Reading, judged: Judged) -> Any:
    return reading.result.case(judged.told.decided, judged.told.what_if)


def _figures(reading: Reading, judged: Judged) -> Json:
    """What happened and the band, in words."""
    say = Saying(reading.result, judged.told)
    low, high = judged.band
    rows = [
        ["what happened", say.happened()],
        ["1 in 10 futures below", say.value(low)],
        ["half of the futures below", say.value(judged.quantile(0.5))],
        ["9 in 10 futures below", say.value(high)],
    ]
    return table(["what", "value"], rows)


def _over_time(reading: Reading, judged: Judged) -> Json:
    """A flow or a stock by period, and what happened over its span."""
    path, told, world = judged.path, judged.told, _case(reading, judged).world
    assert path is not None
    quantiles = path.quantiles[:, : _until(judged, world.period_days)]
    periods = np.arange(path.first, path.first + quantiles.shape[1])
    begin, end = (told.end - 1.0, told.end) if told.measure == "on_hand" else (told.begin, told.end)
    level = told.was
    if told.measure == "tts":
        begin = end = told.begin + told.was * told.per / world.period_days
        level = 0.0
    elif told.kind == "amount" and told.measure != "on_hand":
        level = told.was / max(end - begin, 1e-9)
    factor, unit = (
        (0.01, "% of what it is a share of")
        if path.unit == "share"
        else per_scale([*quantiles.ravel(), level], path.unit)
    )
    inside = (
        (periods + 1.0 > begin - 1e-9) & (periods < end + 1e-9)
        if told.measure == "tts"
        else ((periods + 0.5 > begin) & (periods + 0.5 < max(end, begin + 1.0)))
    )
    happened = [figures(level / factor) if yes else None for yes in inside]
    x = [round(years_at(world, float(p)), 4) for p in periods]
    panel: Json = {
        "plan": _plan(reading, judged),
        "mark": {
            "x": round(years_at(world, begin), 4),
            "text": f"happened: {Saying(reading.result, told).happened()}",
        },
        **{name: points(row, factor) for name, row in zip(BAND_NAMES, quantiles, strict=True)},
        "futures": [happened],
    }
    data = {"kind": "fan", "start": start_year(world), "unit": unit, "x": x, "panels": [panel]}
    rows = [
        [round(start_year(world) + x[k], 3), *(panel[name][k] for name in BAND_NAMES), happened[k]]
        for k in range(len(x))
    ]
    shown = table(["year", *(f"{round(100 * q)} % of futures below" for q in LINES), "what happened"], rows)
    what = "stock at the end of each period" if told.measure in ("on_hand", "tts") else f"{told.measure} by period"
    return _view(reading, judged, f"The {what}, in {unit}, over {judged.values.size:,} futures.", data, shown)


def _until(judged: Judged, period_days: float) -> int | None:
    """How many periods are drawn: of a time to survive twice as long, since what comes later says nothing of it."""
    told, path = judged.told, judged.path
    times = [value for value in (told.was, *judged.band) if math.isfinite(value)]
    if told.measure != "tts" or path is None or not times:
        return None
    return max(4, math.ceil(told.begin + 2.0 * max(times) * told.per / period_days) - path.first)


def _dates(reading: Reading, judged: Judged) -> Json:
    """When it comes: each dot an equally likely future, and when it came."""
    world = _case(reading, judged).world
    ordered = np.sort(judged.values)
    n = min(MOST_DOTS, ordered.size)
    chosen = ordered[np.floor((np.arange(n) + 0.5) / n * ordered.size).astype(int)]
    dots = [round(years_at(world, float(at)), 4) if math.isfinite(at) else None for at in chosen]
    median, was = judged.quantile(0.5), judged.told.was
    seen = [at for at in (*ordered.tolist(), was) if math.isfinite(at)]
    data = {
        "kind": "opening",
        "start": start_year(world),
        "end": round(years_at(world, max(seen, default=1.0) + 1.0), 4),
        "dots": dots,
        "promised": None,
        "median": round(years_at(world, median), 4) if math.isfinite(median) else None,
        "happened": round(years_at(world, was), 4) if math.isfinite(was) else None,
    }
    subtitle = f"Each dot is one of {n} equally likely futures; {judged.values.size:,} were simulated."
    return _view(reading, judged, subtitle, data, _figures(reading, judged))


def _single(reading: Reading, judged: Judged) -> Json:
    """One figure of each future: the band, and what happened."""
    told = judged.told
    low, high = judged.band
    middle, was = judged.quantile(0.5), told.was
    seen = [value for value in (low, middle, high, was) if math.isfinite(value)]
    factor, unit = (0.01, "%") if told.kind == "share" else (1.0, told.unit)

    def bar(label: str, value: float, ends: tuple[float, float], strong: bool) -> Json:
        numbers = [value, *ends]
        estimate, first, last = (figures((v if math.isfinite(v) else max(seen)) / factor) for v in numbers)
        return {"label": label, "value": {"estimate": estimate, "low": first, "high": last}, "strong": strong}

    bars = [
        bar("the model, 8 of 10 futures", middle, (low, high), False),
        bar("what happened", was, (told.low, told.high), True),
    ]
    data = {"kind": "bars", "unit": unit, "bars": bars}
    subtitle = f"In {unit}: the median and the range of 8 of 10 of {judged.values.size:,} futures, and what happened."
    return _view(reading, judged, subtitle, data, _figures(reading, judged))
