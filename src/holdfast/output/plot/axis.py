"""Axes with as little ink as they need: numbers with at most three figures, calendar years, months."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from holdfast.output.plot.sheet import wide
from holdfast.output.plot.style import MUTED, RULE
from holdfast.study.figures import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from holdfast.output.plot.style import Frame

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
    ax.set_xticks(places, texts if named else [""] * len(places), fontsize=frame.small, color=MUTED)
    if named:
        _keep_inside(ax, places, texts, (to, room), frame)


def _keep_inside(
    ax: Axes, places: Sequence[float], texts: Sequence[str], scale: tuple[float, float], frame: Frame
) -> None:
    """Turns the first and the last name inwards where they would stand out, if that leaves them apart from the next."""
    to, room = scale
    spans: list[tuple[float, float]] = []
    for label, place, text in zip(ax.get_xticklabels(), places, texts, strict=True):
        long, middle = wide(text, frame.small), place / to * room
        left = min(max(middle - long / 2, -0.02), room + 0.04 - long)
        if spans and left < spans[-1][1] + 0.06:
            label.set_text("")
            continue
        spans.append((left, left + long))
        if left > middle - long / 2 + 1e-6:
            label.set_horizontalalignment("left")
        elif left < middle - long / 2 - 1e-6:
            label.set_horizontalalignment("right")
