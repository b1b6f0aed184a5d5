"""What all parts of a report's data share: shapes of web/src/data.ts, and numbers as a page carries them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from holdfast.output.letters import visible
from holdfast.study.figures import capital, plural, scale_of, share, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from holdfast.parts.world import World
    from holdfast.study.case import Case
    from holdfast.study.estimates import Estimate

Json = dict[str, Any]
FIGURES: Final = 6
"""Significant figures that a page carries: enough that what it shows is not rounded twice."""
ROUGH: Final = 3
"""The same for the many points of lines and bands, which nobody reads as numbers."""
YEAR: Final = 365.25


def figures(value: float, most: int = FIGURES) -> float:
    """A number with as many significant figures as a page carries; what is not finite has no place there.

    >>> figures(1234567.0), figures(0.000123456789)
    (1234570.0, 0.000123457)

    Raises:
        ValueError: the number is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be drawn")
    if value == 0:
        return 0.0
    rounded = round(float(value), most - 1 - math.floor(math.log10(abs(value))))
    return int(rounded) if most == ROUGH and rounded == int(rounded) else rounded


def each(values: Iterable[float], factor: float = 1.0) -> list[float]:
    """Numbers divided by a factor, as a page carries them."""
    return [figures(float(value) / factor) for value in values]


def points(values: Iterable[float], factor: float = 1.0) -> list[float]:
    """The points of a line or a band, divided by a factor, roughly."""
    return [figures(float(value) / factor, ROUGH) for value in values]


def share_text(found: Estimate) -> str:
    """A share with its interval: `42.3 % (42.2 to 42.4)`."""
    return share(found.estimate, found.low, found.high)


def span(value: Estimate, factor: float = 1.0) -> Json:
    """An estimate and its interval, as a page carries them."""
    low, high = (end if math.isfinite(end) else value.estimate for end in (value.low, value.high))
    return {"estimate": figures(value.estimate / factor), "low": figures(low / factor), "high": figures(high / factor)}


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Json:
    """The data of a chart as a table; a column is numeric where all of it is numbers."""
    numeric = [
        bool(rows) and all(isinstance(row[i], int | float) or row[i] is None for row in rows)
        for i in range(len(columns))
    ]
    heads = [{"label": label, "numeric": is_number} for label, is_number in zip(columns, numeric, strict=True)]
    return {"columns": heads, "rows": [list(row) for row in rows]}


def named(plan: str) -> str:
    """A plan's short name as a title says it: in quotes, since it may be a word like `nothing` or `save`."""
    return f'"{shorten(plan, 40)}"'


def view(title: str, subtitle: str, data: Json, shown: Json, label: str = "") -> Json:
    """One picture; names of any length do not fill a page."""
    texts = {"label": shorten(label, 80), "title": shorten(capital(title), 400), "subtitle": shorten(subtitle, 400)}
    return {**texts, "table": shown, "data": data}


def chart(name: str, read: str, views: list[Json], control: str = "select", label: str = "") -> list[Json]:
    """A chart in a list; no chart at all where there is nothing to show."""
    if not views:
        return []
    how = control if len(views) > 1 else "none"
    return [{"id": name, "read": read, "control": how, "controlLabel": label, "views": views}]


def start_year(world: World) -> float:
    """The start as a year with its fraction."""
    first = world.start.replace(month=1, day=1)
    return round(world.start.year + (world.start - first).days / YEAR, 4)


def years_at(world: World, period: float) -> float:
    """Years from the start to a period."""
    return period * world.period_days / YEAR


def year_names(case: Case) -> list[str]:
    """The calendar years of the horizon, one for each whole year since the start."""
    return [str(math.floor(start_year(case.world) + k + 0.001)) for k in range(case.whole_years)]


def per_scale(values: Iterable[float], unit: str) -> tuple[float, str]:
    """What to divide numbers by, and the unit that they are in then: (1e6, 'million rounds')."""
    factor, word = scale_of([value for value in values if math.isfinite(value)])
    return factor, f"{word}{plural(unit)}"


def percent_figure(share: float) -> float:
    """A share as a percentage."""
    return figures(100.0 * share)


def clean(value: Any) -> Any:
    """Data whose texts hold no signs that a page cannot show: controls, and those that turn the direction of text."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value
