"""The place that a figure is laid out on, in inches from its upper left corner, and text that fits it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from holdfast.output.plot.style import GROUND, LEADING, MUTED, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from holdfast.output.plot.style import Frame


ROOM: Final = 1.05
"""Letters that are fitted to the dots of a screen are up to so much wider than they were designed."""


TIED: Final = "\u00a0"
"""Stands for a space at which no line ends: between a number and its %."""


class Sheet:
    """A rectangle of a figure."""

    def __init__(self, figure: Figure, left: float, top: float, width: float, height: float, ax: Axes | None) -> None:
        self.figure, self.ax = figure, ax
        self.left, self.top, self.width, self.height = left, top, width, height
        """[inches] from the left and the upper edge of the figure."""

    def within(self, left: float, top: float, width: float, height: float) -> Sheet:
        """A part of this rectangle."""
        return Sheet(self.figure, self.left + left, self.top + top, width, height, self.ax)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes whose frame stands in a part of this rectangle; the first are those that somebody gave."""
        wide, tall = self.figure.get_size_inches()
        x, y = self.left + left, tall - self.top - top - height
        place = (x / wide, y / tall, max(width, 0.05) / wide, max(height, 0.05) / tall)
        if self.ax is None:
            made: Axes = self.figure.add_axes(place)
        else:
            made, self.ax = self.ax, None
            made.set_position(place)
        made.tick_params(length=0, pad=2)
        made.set_facecolor("none")
        for side in ("top", "right", "left"):
            made.spines[side].set_visible(False)
        return made

    def board(self, left: float = 0.0, top: float = 0.0, width: float = 0.0, height: float = 0.0) -> Axes:
        """Axes without a frame that count inches from the upper left; the whole rectangle where no size is given."""
        width, height = width or self.width, height or self.height
        made = self.axes(left, top, width, height)
        made.set_axis_off()
        made.set_xlim(0.0, width)
        made.set_ylim(height, 0.0)
        return made

    def write(self, x: float, y: float, text: str, size: float, **how: Any) -> Text:
        """Writes a text whose upper left corner, or another if `va` and `ha` say so, is at a place."""
        wide, tall = self.figure.get_size_inches()
        look: dict[str, Any] = {"va": "top", "ha": "left", "color": TEXT, "linespacing": LEADING, **how}
        place = ((self.left + x) / wide, (tall - self.top - y) / tall)
        return self.figure.text(*place, text, fontsize=size, **look)


@dataclass(frozen=True)
class Drawing:
    """What a drawer answers: how tall the chart likes to be [inches], and what draws it on a sheet."""

    height: float
    paint: Callable[[Sheet], None]


class Drawer(Protocol):
    """What draws the data of one kind of chart."""

    def __call__(self, data: Any, frame: Frame) -> Drawing:
        """How tall the chart is, and what draws it."""


def wide(text: str, size: float, bold: bool = False) -> float:
    """[inches] how wide a line of text is, in the letters of figures."""
    from matplotlib import rcParams

    return _measured(text, size, bold, tuple(rcParams["font.family"]))


@lru_cache(maxsize=8192)
def _measured(text: str, size: float, bold: bool, families: tuple[str, ...]) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    letters = FontProperties(family=list(families), size=size, weight="bold" if bold else "normal")
    width: float = text_to_path.get_text_width_height_descent(text, letters, False)[0]
    return width / 72 * ROOM


def tall(size: float, lines: int = 1) -> float:
    """[inches] how tall lines of text are."""
    return lines * size * LEADING / 72


def clip(text: str, room: float, size: float, bold: bool = False) -> str:
    """The first letters of a text that is too wide for its place, with a mark."""
    if wide(text, size, bold) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if wide(text[:middle].rstrip() + "…", size, bold) <= room else (low, middle - 1)
    return text[:low].rstrip() + "…"


def wrap(text: str, room: float, size: float, bold: bool = False, most: int = 0) -> list[str]:
    """A text in lines that fit a width: broken at spaces, within words after hyphens, and anywhere if it must be.

    Args:
        text: the text.
        room: the width [inches].
        size: of letters [points].
        bold: whether they are.
        most: lines; what is left of the text is cut. 0: as many as it takes.
    """
    pieces: list[tuple[str, str]] = []
    for word in text.replace(" %", f"{TIED}%").split(" "):
        parts = [word] if wide(word, size, bold) <= room else re.findall(r"[^-]+-*|-+", word)
        pieces += [(" " if i == 0 else "", part) for i, part in enumerate(parts)]
    lines: list[str] = []
    line = ""
    for glue, piece in pieces:
        joined = f"{line}{glue}{piece}" if line else piece
        if wide(joined, size, bold) <= room:
            line = joined
            continue
        lines += [line] if line else []
        line = piece
        while wide(line, size, bold) > room and len(line) > 1:
            head = max(1, len(clip(line, room, size, bold)) - 1)
            lines.append(line[:head])
            line = line[head:]
    lines = [*lines, line] if line else lines
    if most and len(lines) > most:
        lines = [*lines[: most - 1], clip(" ".join(lines[most - 1 :]), room, size, bold)]
    return [each.replace(TIED, " ") for each in lines] or [""]


def halo(width: float = 2.0) -> list[Any]:
    """An edge in the colour of the ground, so that a text reads over lines."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=width, foreground=GROUND)]


def header(title: str, subtitle: str, frame: Frame) -> Drawing:
    """The finding, and below it what is drawn and in which unit."""
    head = wrap(title, frame.width, frame.title, bold=True)
    note = wrap(subtitle, frame.width, frame.small)
    first = tall(frame.title, len(head))

    def paint(sheet: Sheet) -> None:
        sheet.write(0, 0, "\n".join(head), frame.title, weight="bold", gid="title")
        sheet.write(0, first + 0.02, "\n".join(note), frame.small, color=MUTED, gid="subtitle")

    return Drawing(first + 0.02 + tall(frame.small, len(note)) + 0.1, paint)
