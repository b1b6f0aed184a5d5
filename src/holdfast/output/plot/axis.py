"""Axes with as little ink as they need: numbers with at most three figures, calendar years, months."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from holdfast.output.plot.sheet import wide
from holdfast.output.plot.style import MUTED, RULE
from holdfast.study.figures import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from holdfast.output.plot.style import Frame

Turn = Literal["left", "center", "right", ""]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from low to high, at most so many steps."""
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(nbins=max(1, most), steps=[1, 2, 5, 10]).tick_values(low, high)
    reach = 1e-9 * max(abs(low), abs(high), 1e-9)
    return [float(value) for value in found if low - reach <= value <= high + reach]


def numbers_down(
    ax: Axes, high: float, frame: Frame, most: int = 4, say: Callable[[float], str] = number, named: bool = True
) -> None:
    """An upright axis of numbers from 0, with light lines across."""
    ax.set_ylim(0.0, high)
    at = ticks(0.0, high, most)
    ax.set_yticks(at, [say(value) for value in at] if named else [""] * len(at), fontsize=frame.small, color=MUTED)
    ax.grid(axis="y", color=RULE, linewidth=0.6)
    ax.set_axisbelow(True)


def numbers_across(ax: Axes, low: float, high: float, frame: Frame, most: int = 5) -> None:
    """A level axis of numbers."""
    ax.set_xlim(low, high)
    at = ticks(low, high, most)
    ax.set_xticks(at, [number(value) for value in at], fontsize=frame.small, color=MUTED)


def month(at: float) -> str:
    """The month of a moment in years: `Jan 2013`."""
    months = math.floor(at * 12 + 1e-6)
    return f"{MONTHS[months % 12]} {months // 12}"


def years_across(ax: Axes, start: float, to: float, frame: Frame, room: float, named: bool = True) -> None:
    """A level axis of calendar years (of months where it is short) over years since the start.

    Args:
        ax: the axes.
        start: the start, as a year with its fraction.
        to: the end [years since the start].
        frame: how letters look.
        room: how wide the axes are [inches].
        named: whether the years are written.
    """
    months = to < 2.5
    step = next(
        (
            each
            for each in ((1 / 12, 0.25, 0.5, 1.0) if months else (1, 2, 5, 10, 20, 50))
            if room * each / to > 1.3 * wide("Jan 2026" if months else "2026", frame.small)
        ),
        50.0,
    )
    first = math.ceil(start / step - 1e-6)
    places = [k * step - start for k in range(first, first + 1 + math.ceil(to / step)) if k * step - start <= to + 1e-9]
    ax.set_xlim(0.0, to)
    ax.tick_params(axis="x", length=2.5, color=RULE)
    texts = [month(start + x) if months else str(round(start + x)) for x in places]
    longs = [wide(text, frame.small) for text in texts]
    none: list[Turn] = [""] * len(places)
    turned = _kept_inside([x / to * room for x in places], longs, room) if named else none
    ax.set_xticks(
        places, [t if how else "" for t, how in zip(texts, turned, strict=True)], fontsize=frame.small, color=MUTED
    )
    for label, how in zip(ax.get_xticklabels(), turned, strict=True):
        label.set_horizontalalignment(how or "center")


def _kept_inside(middles: Sequence[float], longs: Sequence[float], room: float) -> list[Turn]:
    """How each name stands to its place: turned inwards where it would stand out, '' where that would touch another."""
    spans = [(m - long / 2, m + long / 2) for m, long in zip(middles, longs, strict=True)]
    inside = [left > -0.12 and right < room + 0.05 for left, right in spans]
    kept = [span for span, yes in zip(spans, inside, strict=True) if yes]
    out: list[Turn] = []
    for m, long, yes in zip(middles, longs, inside, strict=True):
        left = m if m < room / 2 else m - long
        free = not any(left < end + 0.05 and begin - 0.05 < left + long for begin, end in kept)
        out.append("center" if yes else "" if not free else "left" if m < room / 2 else "right")
    return out
