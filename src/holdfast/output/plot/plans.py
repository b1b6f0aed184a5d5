"""Drawers of plans beside one another: standards met, cost and service, shades by year or world, survival, costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from holdfast.output.plot.axis import numbers_across, numbers_down
from holdfast.output.plot.labels import Box, beside
from holdfast.output.plot.sheet import Drawing, clip, halo, tall, wide, wrap
from holdfast.output.plot.style import (
    ACCENT,
    BAD,
    FAINT,
    GREY,
    GROUND,
    MUTED,
    RULE,
    TEXT,
    colour,
    dash,
    ink_on,
    mark,
    mix,
)
from holdfast.study.figures import number, percent, percents

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from holdfast.output.plot.shapes import (
        DotsData,
        GridCell,
        GridData,
        HeatData,
        PanelsData,
        Span,
        SurvivalData,
        SurvivalLine,
    )
    from holdfast.output.plot.sheet import Sheet
    from holdfast.output.plot.style import Frame

SAID = {"yes": "met", "no": "not met", "unsure": "cannot be told"}


def of_100(share: float) -> str:
    """A share as a number of 100; only where it is exactly so, all or none."""
    return f"{percent(share)} %"


def grid(data: GridData, frame: Frame) -> Drawing:
    """For each plan and standard 100 cells, one for each of 100 futures; filled: the standard is met."""
    names = [frame.plan(row["plan"]) for row in data["rows"]]
    left = 0.0 if frame.narrow else min(1.6, 0.12 + max(wide(n, frame.base, bold=True) for n in names))
    gap = 0.14 if frame.narrow else 0.26
    count = len(data["columns"])
    room = (frame.width - left - gap * (count - 1)) / count
    across = 25 if room > 1.45 else 20
    pitch = min(room / across, 0.085)
    heads = [wrap(c["label"], room, frame.base, bold=True, most=2) for c in data["columns"]]
    notes = [wrap(c["note"], room, frame.small, most=4) for c in data["columns"]]
    said = [
        len(_says(cell, room + gap / 2, frame)) for row in data["rows"] for cell in row["cells"] if cell is not None
    ]
    under = tall(frame.small, max(said, default=1)) + 0.03
    label = tall(frame.base) if frame.narrow else 0.0
    head = max(tall(frame.base, len(h)) + tall(frame.small, len(n)) for h, n in zip(heads, notes, strict=True)) + 0.08
    step = label + pitch * 100 / across + under + 0.09

    def paint(sheet: Sheet) -> None:
        board = sheet.board()
        for c in range(count):
            x = left + c * (room + gap)
            board.text(x, 0, "\n".join(heads[c]), fontsize=frame.base, weight="bold", va="top", linespacing=1.28)
            below = tall(frame.base, len(heads[c]))
            board.text(x, below, "\n".join(notes[c]), fontsize=frame.small, color=MUTED, va="top", linespacing=1.28)
        for r, row in enumerate(data["rows"]):
            y = head + r * (sheet.height - head) / len(data["rows"])
            name = clip(names[r], sheet.width if label else left - 0.06, frame.base, bold=True)
            board.text(0, y, name, fontsize=frame.base, weight="bold", color=colour(row["plan"]), va="top")
            for c, cell in enumerate(row["cells"]):
                place = (left + c * (room + gap), y + label + 0.01, pitch, room + gap / 2)
                if cell is not None:
                    gid = f"{names[r]} {data['columns'][c]['label']}"
                    _block(board, cell, place, across, colour(row["plan"]), frame, gid)

    return Drawing(head + step * len(names), paint)


def _says(cell: GridCell, room: float, frame: Frame) -> list[str]:
    """How often a standard is met, how surely, and whether that is enough: in one line where there is room."""
    share, said = cell["share"], SAID[cell["verdict"]]
    often, sure = percent(share["estimate"]), percents(share["low"], share["high"])
    whole = f"{often} of 100 ({sure}), {said}"
    if wide(whole, frame.small, bold=True) <= room:
        return [whole]
    first = f"{often} of 100, {said}"
    return [first if wide(first, frame.small, bold=True) <= room else f"{often}, {said}", f"({sure})"]


def _block(
    board: Axes,
    cell: GridCell,
    place: tuple[float, float, float, float],
    across: int,
    tone: str,
    frame: Frame,
    gid: str,
) -> None:
    """100 cells and what they say."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    x, y, pitch, room = place
    filled = math.floor(100 * cell["share"]["estimate"] + 0.5)
    spots = [(x + i % across * pitch, y + i // across * pitch) for i in range(100)]
    size = pitch * 0.84
    full = [Rectangle(spot, size, size) for spot in spots[:filled]]
    rest = [Rectangle(spot, size, size) for spot in spots[filled:]]
    board.add_collection(PatchCollection(full, facecolor=tone, linewidth=0, gid=f"filled {gid}"))
    board.add_collection(PatchCollection(rest, facecolor="none", edgecolor=FAINT, linewidth=0.4, gid=f"empty {gid}"))
    lines = _says(cell, room, frame)
    yes = cell["verdict"] == "yes"
    below = y + pitch * 100 / across + 0.01
    board.text(
        x, below, "\n".join(lines), fontsize=frame.small, va="top", weight="bold" if yes else "normal",
        color=TEXT if yes else MUTED, linespacing=1.28, gid=f"says {gid}",
    )  # fmt: skip


def dots(data: DotsData, frame: Frame) -> Drawing:
    """Plans as points: what they cost against how well they serve, each with its interval in both directions."""
    from_left = wide("100 %", frame.small) + 0.08
    foot = tall(frame.small, 2) + 0.12

    def paint(sheet: Sheet) -> None:
        lines = wrap(data["yLabel"], sheet.width, frame.small, most=2)
        head = tall(frame.small, len(lines)) + 0.1
        sheet.write(0, 0, "\n".join(lines), frame.small, color=MUTED)
        room, height = sheet.width - from_left - 0.1, sheet.height - head - foot
        ax = sheet.axes(from_left, head, room, height)
        numbers_down(ax, 1.0, frame, 5, say=of_100)
        low = min(p["x"]["low"] for p in data["points"])
        high = max(p["x"]["high"] for p in data["points"])
        names = max(wide(frame.plan(p["plan"]), frame.base) for p in data["points"])
        reach = (high - low) or abs(high) or 1.0
        right = reach * min(0.45, (names * 0.6) / room)
        numbers_across(ax, low - 0.12 * reach, high + right, frame, 5 if frame.narrow else 8)
        xlabel = wrap(data["xLabel"], sheet.width, frame.small, most=1)[0]
        sheet.write(
            from_left + room / 2,
            head + height + tall(frame.small) + 0.08,
            xlabel,
            frame.small,
            ha="center",
            color=MUTED,
        )
        for p in data["points"]:
            _point(ax, p["x"], p["y"], p["plan"], frame.plan(p["plan"]))
        _names(ax, data, frame, room, height)

    return Drawing(2.6 if frame.narrow else 3.3, paint)


def _point(ax: Axes, x: Span, y: Span, plan: int, name: str) -> None:
    """A plan's mark and its two intervals."""
    tone, (shape, hollow) = colour(plan), mark(plan)
    ax.plot([x["low"], x["high"]], [y["estimate"]] * 2, color=tone, linewidth=1.1, gid=f"x interval {name}")
    ax.plot([x["estimate"]] * 2, [y["low"], y["high"]], color=tone, linewidth=1.1, gid=f"y interval {name}")
    ax.plot(
        [x["estimate"]], [y["estimate"]], shape, markersize=5.5, markerfacecolor=GROUND if hollow else tone,
        markeredgecolor=tone, markeredgewidth=1.2, zorder=5, clip_on=False, gid=f"plan {name}",
    )  # fmt: skip


def _names(ax: Axes, data: DotsData, frame: Frame, room: float, height: float) -> None:
    """Names beside their marks, with a thin line to those that had to stand away."""
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()

    def at(x: float, y: float) -> tuple[float, float]:
        return (x - x0) / (x1 - x0) * room, (1 - (y - y0) / (y1 - y0)) * height

    marks = [at(p["x"]["estimate"], p["y"]["estimate"]) for p in data["points"]]
    names = [clip(frame.plan(p["plan"]), room * 0.45, frame.base) for p in data["points"]]
    taken = [Box(x - 0.05, y - 0.05, x + 0.05, y + 0.05) for x, y in marks]
    for p, (x, y) in zip(data["points"], marks, strict=True):
        left, top = at(p["x"]["low"], p["y"]["high"])
        right, bottom = at(p["x"]["high"], p["y"]["low"])
        taken += [Box(left, y - 0.02, right, y + 0.02), Box(x - 0.02, top, x + 0.02, bottom)]
    sizes = [(wide(name, frame.base), tall(frame.base) * 0.95) for name in names]
    found = beside(marks, sizes, taken, Box(0.02, 0.0, room + 0.08, height))
    for p, name, box, (x, y) in zip(data["points"], names, found, marks, strict=True):
        place = (box.left + box.right) / 2 / room, 1 - (box.top + box.bottom) / 2 / height
        near = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
        if math.hypot(near[0] - x, near[1] - y) > 0.16:
            ends = ([x / room, near[0] / room], [1 - y / height, 1 - near[1] / height])
            ax.plot(*ends, color=FAINT, linewidth=0.7, transform=ax.transAxes, zorder=2, clip_on=False)
        ax.text(
            *place, name, transform=ax.transAxes, fontsize=frame.base, ha="center", va="center",
            color=colour(p["plan"]), path_effects=halo(2.0), zorder=7, gid=f"label {frame.plan(p['plan'])}",
        )  # fmt: skip


def heat(data: HeatData, frame: Frame) -> Drawing:
    """Shades by row and column: the darker, the more; with numbers and intervals where there are few."""
    longest = max(wide(row["label"], frame.base, bold=True) for row in data["rows"])
    own = data["numbers"] and frame.narrow
    left = 0.0 if own else min(frame.width * 0.36, longest + 0.1)
    room = (frame.width - left) / len(data["columns"])
    cell = tall(frame.base) + tall(frame.small) + 0.1 if data["numbers"] else 0.2
    label = tall(frame.base) + 0.02 if own else 0.0
    names = [wrap(c, room - 0.04, frame.small, most=4) for c in data["columns"]] if data["numbers"] else []
    head = max((tall(frame.small, len(n)) for n in names), default=0.0) + (0.04 if names else 0.0)
    foot = 0.0 if data["numbers"] else (3 if frame.narrow else 2) * tall(frame.small) + 0.2
    step = cell + label + (0.05 if own else 0.0)

    def paint(sheet: Sheet) -> None:
        board = sheet.board()
        each = (sheet.height - head - foot) / len(data["rows"])
        box = each * cell / step
        for r, row in enumerate(data["rows"]):
            tone = TEXT if row["plan"] is None else colour(row["plan"])
            y = head + r * each + (each - box) / 2 + label / 2
            name = clip(row["label"], sheet.width if own else left - 0.06, frame.base, bold=True)
            middle = y - label / 2 if own else y + box / 2
            board.text(0, middle, name, fontsize=frame.base, weight="bold", color=tone, va="center")
            for c in range(len(data["columns"])):
                _cell(board, data, (r, c), (left + c * room, y, room, box), frame)
        for c, lines in enumerate(names):
            middle = left + (c + 0.5) * room
            board.text(
                middle,
                head - 0.04,
                "\n".join(lines),
                fontsize=frame.small,
                color=MUTED,
                ha="center",
                va="bottom",
                linespacing=1.28,
            )
        if not data["numbers"]:
            _heat_foot(board, data, (left, head + len(data["rows"]) * each, room), frame)

    return Drawing(head + step * len(data["rows"]) + foot, paint)


def shade(data: HeatData, value: float) -> str:
    """The shade of a value."""
    share = min(1.0, value / data["max"]) if data["max"] > 0 else 0.0
    return mix(GROUND, ACCENT if data["good"] else BAD, 0.04 + 0.92 * share)


def _cell(
    board: Axes, data: HeatData, at: tuple[int, int], place: tuple[float, float, float, float], frame: Frame
) -> None:
    """One value: its shade, and its number and interval, or a dot where it cannot be told from none."""
    from matplotlib.patches import Rectangle

    (r, c), (x, y, wide_one, tall_one) = at, place
    value = data["values"][r][c]
    if value is None:
        return
    tone = shade(data, value)
    gid = f"cell {data['rows'][r]['label']} {data['columns'][c]}"
    board.add_patch(Rectangle((x + 0.005, y), wide_one - 0.01, tall_one - 0.01, facecolor=tone, linewidth=0, gid=gid))
    low, high = data["spans"][r][c]
    middle = x + wide_one / 2
    if not data["numbers"]:
        if low <= 0 < value:
            board.plot([middle], [y + tall_one / 2], "o", markersize=1.6, color=MUTED, markeredgewidth=0, gid="unsure")
        return
    ink = ink_on(tone)
    up = y + tall_one / 2 - tall(frame.small) / 2
    down = y + tall_one / 2 + tall(frame.base) / 2
    board.text(
        middle,
        up,
        number(value),
        fontsize=frame.base,
        weight="bold",
        color=ink,
        ha="center",
        va="center",
        gid=f"number {gid}",
    )
    if low < high:
        ends = [str(round(v)) if 1 <= v < 99 else number(v) for v in (low, high)]
        sure = f"{ends[0]} to {ends[1]}"
        sure = sure if wide(sure, frame.small) < wide_one - 0.04 else f"{ends[0]}–{ends[1]}"
        board.text(middle, down, sure, fontsize=frame.small, color=ink, ha="center", va="center")


def _heat_foot(board: Axes, data: HeatData, place: tuple[float, float, float], frame: Frame) -> None:
    """The columns below, and what shades mean."""
    from matplotlib.patches import Rectangle

    left, y, room = place
    years = [int(c) for c in data["columns"]]
    step = next((s for s in (1, 2, 5, 10) if room * s > 1.3 * wide("2026", frame.small)), 20)
    end = left + room * len(years)
    for c, year in enumerate(years):
        half = wide(str(year), frame.small) / 2
        middle = min(left + (c + 0.5) * room, end - half)
        if year % step == 0 or len(years) == 1:
            board.text(middle, y + 0.02, str(year), fontsize=frame.small, color=MUTED, ha="center", va="top")
    key, long, steps = y + tall(frame.small) + 0.11, 0.9, 12
    begin = left + wide("0", frame.small) + 0.06
    line = key + tall(frame.small) / 2
    board.text(left, line, "0", fontsize=frame.small, color=MUTED, va="center")
    for k in range(steps):
        tone = shade(data, data["max"] * (k + 0.5) / steps)
        board.add_patch(
            Rectangle((begin + k * long / steps, line - 0.045), long / steps + 0.002, 0.09, facecolor=tone, linewidth=0)
        )
    most = f"{number(data['max'])} {data['unit']}"
    board.text(begin + long + 0.06, line, most, fontsize=frame.small, color=MUTED, va="center")
    pairs = [pair for row in zip(data["values"], data["spans"], strict=True) for pair in zip(*row, strict=True)]
    if not any(value is not None and low <= 0 < value for value, (low, _) in pairs):
        return
    dot = left + 0.03 if frame.narrow else begin + long + 0.06 + wide(most, frame.small) + 0.22
    line += tall(frame.small) + 0.02 if frame.narrow else 0.0
    board.plot([dot], [line], "o", markersize=1.8, color=MUTED, markeredgewidth=0)
    board.text(dot + 0.07, line, "cannot be told from 0", fontsize=frame.small, color=MUTED, va="center")


def survival(data: SurvivalData, frame: Frame) -> Drawing:
    """How many of the futures are still served in full, so long after everything from outside is cut."""
    left, foot = wide("100 %", frame.small) + 0.08, 2 * tall(frame.small) + 0.12

    def paint(sheet: Sheet) -> None:
        room, height = sheet.width - left - 0.1, sheet.height - foot - 0.08
        ax = sheet.axes(left, 0.08, room, height)
        numbers_down(ax, 1.0, frame, 5, say=of_100)
        to = data["x"][-1]
        numbers_across(ax, 0.0, to, frame, 6)
        sheet.write(
            left + room / 2, height + 0.16 + tall(frame.small), data["xLabel"], frame.small, ha="center", color=MUTED
        )
        groups: dict[tuple[float, ...], list[SurvivalLine]] = {}
        for line in data["lines"]:
            groups.setdefault(tuple(line["values"]), []).append(line)
        ranked = sorted(groups.values(), key=lambda lines: -sum(v > 0.5 for v in lines[0]["values"]))
        for k, lines in enumerate(ranked):
            tone = colour(lines[0]["plan"]) if len(lines) == 1 else GREY
            _survives(ax, data, lines, tone, frame)
            level = 0.93 - 0.86 * k / (len(ranked) - 1) if len(ranked) > 1 else 0.5
            name = _together(lines, len(data["lines"]), len(ranked), frame)
            others = [_falls(data, other[0], level) for other in ranked if other is not lines]
            _name_at(ax, data, lines[0], (level, others), name, (tone if len(lines) == 1 else TEXT, room), frame)

    return Drawing(2.4 if frame.narrow else 3.1, paint)


def _survives(ax: Axes, data: SurvivalData, lines: list[SurvivalLine], tone: str, frame: Frame) -> None:
    """Plans that fall alike: one line, and its interval as a shade."""
    first = lines[0]
    ax.fill_between(
        data["x"], first["low"], first["high"], step="pre", color=mix(GROUND, tone, 0.25), linewidth=0, zorder=1
    )
    for line in lines:
        ax.plot(
            data["x"], line["values"], drawstyle="steps-pre", color=tone, linestyle=dash(line["plan"]), linewidth=1.5,
            zorder=3, gid=f"line {frame.plan(line['plan'])}",
        )  # fmt: skip


def _together(lines: list[SurvivalLine], every: int, groups: int, frame: Frame) -> str:
    """The name of plans that fall alike."""
    names = [frame.plan(line["plan"]) for line in lines]
    if len(names) < 3:
        return ", ".join(names)
    return "every plan" if len(names) == every else f"{'the ' if groups == 2 else ''}{len(names)} other plans"


def _falls(data: SurvivalData, line: SurvivalLine, level: float) -> float:
    """Where a line falls through a level; a part of the way along where it does not."""
    at = next((i for i, value in enumerate(line["values"]) if value <= level), None)
    return data["x"][max(0, at - 1)] if at is not None else data["x"][-1] * 0.6


def _name_at(
    ax: Axes,
    data: SurvivalData,
    line: SurvivalLine,
    at: tuple[float, list[float]],
    name: str,
    look: tuple[str, float],
    frame: Frame,
) -> None:
    """A name where its line falls through a level, on the side that has room and fewer of the other lines."""
    (tone, room), (level, others) = look, at
    x = _falls(data, line, level)
    y = level if min(line["values"]) <= level else line["values"][-1]
    text = clip(name, room * 0.6, frame.base, bold=True)
    long = (wide(text, frame.base, bold=True) + 0.12) / room * data["x"][-1]
    crossed = {side: sum(min(x, x + side * long) <= o <= max(x, x + side * long) for o in others) for side in (1, -1)}
    late = x + long > data["x"][-1] or (crossed[-1] < crossed[1] and x - long >= 0)
    ax.plot([x], [y], "o", markersize=3.2, color=tone, zorder=5)
    ax.annotate(
        text, (x, y), (-7 if late else 7, -3 if late else 3), textcoords="offset points",
        ha="right" if late else "left", va="center",
        fontsize=frame.base, weight="bold", color=tone, path_effects=halo(2.4), zorder=6, gid=f"label {name}",
    )  # fmt: skip


def panels(data: PanelsData, frame: Frame) -> Drawing:
    """A panel for each kind of cost, a bar for each plan; all panels share one scale."""
    names = [frame.plan(plan) for plan in data["plans"]]
    left = min(frame.width * 0.34, max(wide(n, frame.base, bold=True) for n in names) + 0.1)
    count = len(data["panels"])
    most = max(1, min(count, int((frame.width - left) / 0.95)))
    down = -(-count // most)
    across = -(-count // down)
    gap, head, bar = 0.1, tall(frame.base) + 0.05, 0.145 if frame.narrow else 0.165
    row = head + bar * len(names) + 0.1
    highest = max([span[1] for panel in data["panels"] for span in panel["spans"]] + [1e-9])
    figure_room = max(wide(number(v), frame.small) for panel in data["panels"] for v in panel["values"]) + 0.08

    def paint(sheet: Sheet) -> None:
        board = sheet.board()
        room = (sheet.width - left - gap * (across - 1)) / across
        scale = (room - figure_room) / highest
        each = sheet.height / down
        pitch = (each - head - 0.1) / len(names)
        for p, panel in enumerate(data["panels"]):
            x, y = left + p % across * (room + gap), p // across * each
            board.text(
                x, y, clip(panel["label"], room, frame.base, bold=True), fontsize=frame.base, weight="bold", va="top"
            )
            board.plot([x, x], [y + head, y + head + pitch * len(names)], color=RULE, linewidth=0.8)
            for i, name in enumerate(names):
                middle = y + head + (i + 0.5) * pitch
                tone = colour(data["plans"][i])
                if p % across == 0:
                    shown = clip(name, left - 0.06, frame.base, bold=True)
                    board.text(0, middle, shown, fontsize=frame.base, weight="bold", color=tone, va="center")
                _bar(
                    board,
                    (x, middle, pitch, scale),
                    (panel["values"][i], panel["spans"][i]),
                    tone,
                    frame,
                    f"{panel['label']} {name}",
                )

    return Drawing(row * down, paint)


def _bar(
    board: Axes,
    place: tuple[float, float, float, float],
    value: tuple[float, list[float]],
    tone: str,
    frame: Frame,
    gid: str,
) -> None:
    """A bar with its interval and its number."""
    from matplotlib.patches import Rectangle

    (x, y, pitch, scale), (size, (low, high)) = place, value
    board.add_patch(
        Rectangle((x, y - pitch * 0.31), size * scale, pitch * 0.62, facecolor=tone, linewidth=0, gid=f"bar {gid}")
    )
    if low < high:
        board.plot([x + low * scale, x + high * scale], [y, y], color=TEXT, linewidth=0.8, gid=f"interval {gid}")
    end = x + max(size, high) * scale + 0.06
    board.text(end, y, number(size), fontsize=frame.small, va="center", color=TEXT if size else MUTED)
