"""Drawers of what happens over time: stock, supply, openings, one future."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from holdfast.output.plot.axis import month, numbers_down, ticks, years_across
from holdfast.output.plot.labels import apart
from holdfast.output.plot.sheet import Drawing, clip, halo, tall, wide, wrap
from holdfast.output.plot.style import (
    ACCENT,
    BAD,
    DASHES,
    FAINT,
    GREY,
    GROUND,
    MUTED,
    RULE,
    TEXT,
    colour,
    mix,
)
from holdfast.study.figures import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from holdfast.output.plot.shapes import (
        FanData,
        FanPanel,
        Mark,
        OpeningData,
        Strip,
        SupplyData,
        TimelineData,
        TimelineRow,
    )
    from holdfast.output.plot.sheet import Sheet
    from holdfast.output.plot.style import Dash, Frame

INK = "#3a424c"
"""Whole futures over a band."""


def fan(data: FanData, frame: Frame) -> Drawing:
    """A panel for each plan on shared axes: bands over futures, the median, and a few whole futures."""
    count = len(data["panels"])
    across = min(count, 2 if frame.narrow else 3)
    down = -(-count // across)
    highs = [value for panel in data["panels"] for value in panel["high"]]
    whole = [v for panel in data["panels"] for future in panel["futures"] for v in future if v is not None]
    top = 1.04 * max([*highs, *whole]) or 1.0
    left = max(wide(number(v), frame.small) for v in ticks(0, top, 4)) + 0.06
    marked = any(panel["mark"] for panel in data["panels"])
    named = tall(frame.base) if count > 1 else 0.0
    gap, head, foot = 0.14, named + marked * tall(frame.small) + 0.05, tall(frame.small) + 0.1
    body = (1.9 if frame.narrow else 2.4) if count == 1 else 0.95 if frame.narrow else 1.25

    def paint(sheet: Sheet) -> None:
        wide_one = (sheet.width - left - 0.06 - gap * (across - 1)) / across
        row_tall = sheet.height / down
        for i, panel in enumerate(data["panels"]):
            column, row = i % across, i // across
            x, y = left + column * (wide_one + gap), row * row_tall
            if named:
                name = clip(frame.plan(panel["plan"]), wide_one, frame.base, bold=True)
                sheet.write(x, y, name, frame.base, weight="bold", color=colour(panel["plan"]))
            ax = sheet.axes(x, y + head, wide_one, row_tall - head - foot)
            if panel["mark"] is not None:
                _mark(sheet, panel["mark"], (x, y + named, wide_one), frame)
            numbers_down(ax, top, frame, named=column == 0)
            years_across(ax, data["start"], data["x"][-1], frame, wide_one)
            _fan_panel(ax, data, panel, frame)

    return Drawing(down * (body + head + foot), paint)


def _fan_panel(ax: Axes, data: FanData, panel: FanPanel, frame: Frame) -> None:
    """Bands, whole futures, the median and the moment that is marked."""
    tone, x = colour(panel["plan"]), data["x"]
    name = frame.plan(panel["plan"])
    for low, high, share in (("low", "high", 0.16), ("lower", "upper", 0.32)):
        band = ax.fill_between(x, panel[low], panel[high], color=mix(GROUND, tone, share), linewidth=0)  # type: ignore[literal-required]
        band.set_gid(f"{low}-{high} {name}")
    happened = len(data["panels"]) == len(panel["futures"]) == 1
    for future in panel["futures"]:
        _future(ax, x, future, name, happened)
    ax.plot(x, panel["middle"], color=tone, linewidth=1.7, gid=f"median {name}", zorder=4)
    mark = panel["mark"]
    if mark is not None:
        ax.plot([mark["x"]], [0], "^", color=BAD, markersize=5, clip_on=False, zorder=6, gid=f"mark {name}")


def _future(ax: Axes, x: list[float], values: list[float | None], name: str, happened: bool) -> None:
    """A whole future over the band, or what happened."""
    y = [math.nan if v is None else v for v in values]
    if not happened:
        ax.plot(x, y, color=INK, linewidth=0.45, alpha=0.75, gid=f"future {name}")
        return
    told = [v for v in values if v is not None]
    few = len(told) < 4 and any(told)  # too short for a line; where nothing is left, the mark says it
    ax.plot(
        x, y, color=BAD, linewidth=1.3, marker="o" if few else "", markersize=4, zorder=5, clip_on=False,
        gid=f"future {name}",
    )  # fmt: skip


def _mark(sheet: Sheet, mark: Mark, place: tuple[float, float, float], frame: Frame) -> None:
    """What the triangle on the axis says, with a triangle before it."""
    x, y, room = place
    board = sheet.figure
    wide_all, tall_all = board.get_size_inches()
    at = [(sheet.left + x + 0.04) / wide_all], [(tall_all - sheet.top - y - tall(frame.small) / 2) / tall_all]
    from matplotlib.lines import Line2D

    sign = Line2D(*at, marker="^", color=BAD, markersize=4, linestyle="", transform=board.transFigure)
    board.add_artist(sign)
    sheet.write(x + 0.12, y, clip(mark["text"], room - 0.12, frame.small), frame.small, color=BAD, gid="mark text")


def layer_colours(data: SupplyData) -> list[str]:
    """What is made at home in the accent, what comes from abroad in greys."""
    abroad = sum(not layer["home"] for layer in data["layers"])
    out, seen = [], 0
    for layer in data["layers"]:
        share = 0.95 - 0.5 * seen / (abroad - 1) if abroad > 1 else 0.75
        out.append(ACCENT if layer["home"] else mix(GROUND, GREY, share))
        seen += not layer["home"]
    return out


def supply(data: SupplyData, frame: Frame) -> Drawing:
    """By year: what came in by source as stacked bars, and what was wanted as a line."""
    years = [math.floor(data["start"] + k + 1e-9) for k in range(len(data["wanted"]["values"]))]
    total = np.sum([layer["values"] for layer in data["layers"]], axis=0)
    top = 1.05 * max(*data["wanted"]["values"], *data["high"], *total, 1e-9)
    names = [data["wanted"]["label"], *(layer["label"] for layer in data["layers"])]
    side = min(0.28 * frame.width, 0.16 + max(wide(name, frame.base, bold=True) for name in names))
    key = [wrap(name, frame.width - 0.2, frame.base, most=1)[0] for name in names] if frame.narrow else []
    lines = [wrap(name, side - 0.14, frame.base, bold=name == names[0], most=3) for name in names]
    head = len(key) * tall(frame.base) + (0.06 if key else 0.04)

    def paint(sheet: Sheet) -> None:
        left = max(wide(number(v), frame.small) for v in ticks(0, top, 4)) + 0.06
        room = sheet.width - left - (0.04 if key else side)
        foot = tall(frame.small) + 0.06
        ax = sheet.axes(left, head, room, sheet.height - head - foot)
        numbers_down(ax, top, frame, 5)
        ends = _supply_bars(ax, data, years)
        ax.set_xlim(years[0] - 0.6, years[-1] + 0.6)
        step = next((s for s in (1, 2, 5, 10) if room * s / len(years) > 1.3 * wide("2026", frame.small)), 20)
        at = [year for year in years if year % step == 0]
        ax.set_xticks(at, [str(year) for year in at], fontsize=frame.small, color=MUTED)
        tones = [TEXT, *layer_colours(data)]
        if key:
            order = [0, *range(len(key) - 1, 0, -1)]  # as they are stacked
            _key(sheet, [key[i] for i in order], [tones[i] for i in order], frame)
            return
        height = sheet.height - head - foot
        talls = [tall(frame.base, len(each)) for each in lines]
        places = apart([height * (1 - end / top) for end in ends], talls, -0.06, height + 0.06)
        for name, text, tone, y, end in zip(names, lines, tones, places, ends, strict=True):
            strong = "bold" if name == names[0] else "normal"
            ink = tone if tone in (TEXT, ACCENT) else TEXT
            place = {"va": "center", "color": ink, "weight": strong, "gid": f"label {name}"}
            sheet.write(left + room + 0.12, head + y, "\n".join(text), frame.base, **place)
            ax.annotate(
                "", (years[-1] + 0.48, end), (7, (height * (1 - end / top) - y) * 72), textcoords="offset points",
                arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0},
                annotation_clip=False,
            )  # fmt: skip

    return Drawing((1.7 if frame.narrow else 2.6) + head, paint)


def _supply_bars(ax: Axes, data: SupplyData, years: list[int]) -> list[float]:
    """Draws layers, what was wanted and intervals; answers the heights at which each ends on the right."""
    below = np.zeros(len(years))
    ends = [data["wanted"]["values"][-1]]
    for layer, tone in zip(data["layers"], layer_colours(data), strict=True):
        bars = ax.bar(years, layer["values"], 0.82, bottom=below, color=tone, edgecolor=GROUND, linewidth=0.3)
        for bar in bars:
            bar.set_gid(f"layer {layer['label']}")
        ends.append(float(below[-1] + layer["values"][-1] / 2))
        below = below + np.asarray(layer["values"])
    wanted = data["wanted"]
    ax.plot(years, wanted["values"], color=TEXT, linewidth=1.6, gid=wanted["label"], zorder=5)
    ax.vlines(years, data["low"], data["high"], color=TEXT, linewidth=0.8, zorder=6).set_gid("intervals")
    return ends


def _key(sheet: Sheet, names: list[str], tones: list[str], frame: Frame) -> None:
    """What each colour means, a line each, where there is no room beside the bars."""
    from matplotlib.patches import Rectangle

    board = sheet.within(0, 0, 0.14, len(names) * tall(frame.base)).board()
    for i, (name, tone) in enumerate(zip(names, tones, strict=True)):
        y = i * tall(frame.base)
        size = (0.02, 0.03) if i == 0 else (0.0, 0.075)
        board.add_patch(Rectangle((0, y + 0.06 - size[1] / 2), 0.13, size[1] or 0.02, facecolor=tone, linewidth=0))
        sheet.write(0.19, y, name, frame.base, gid=f"label {name}")


def opening(data: OpeningData, frame: Frame) -> Drawing:
    """When something comes: equally likely futures as dots, with what was promised and what happened."""
    marks: list[tuple[float | None, str, str, Dash]] = [
        (data["promised"], "promised", MUTED, "-"),
        (data["median"], "half of futures by", ACCENT, (0, (4, 2))),
        (data["happened"], "it happened", BAD, "-"),
    ]
    told = sorted(((x, label, tone, line) for x, label, tone, line in marks if x is not None), key=lambda one: one[0])
    found = [dot for dot in data["dots"] if dot is not None]
    never = len(data["dots"]) - len(found)
    last = max([*found, *(x for x, *_ in told)], default=1.0)
    to = min(data["end"], max(0.5, last * 1.12))
    rest = f"{never} of {len(data['dots'])} not within the horizon" if never else ""
    head = (len(told) + bool(rest)) * tall(frame.base) + 0.06
    pitch = 0.085 if frame.narrow else 0.115
    first = int(bool(rest))
    bin_wide = to / max(1, int((frame.width - 0.1) / pitch))
    levels: dict[int, int] = {}
    dots: list[tuple[float, float]] = []
    for dot in found:
        place = int(dot / bin_wide)
        levels[place] = levels.get(place, 0) + 1
        dots.append(((place + 0.5) * bin_wide, levels[place] - 0.5))
    highest = max(8, *levels.values(), 0)
    foot = tall(frame.small) + 0.08

    def paint(sheet: Sheet) -> None:
        height, room = sheet.height - head - foot, sheet.width - 0.1
        ax = sheet.axes(0.05, head, room, height)
        ax.set_ylim(0, highest)
        ax.set_yticks([])
        years_across(ax, data["start"], to, frame, room)
        size = 72 * min(room / to * bin_wide, height / highest) * 0.86
        x, y = ([], []) if not dots else zip(*dots, strict=True)
        ax.plot(x, y, "o", color=ACCENT, markersize=size, markeredgewidth=0, gid="dots")
        for i, (at, label, tone, line) in enumerate(told):
            begin = (first + i + 0.5) * tall(frame.base)
            _flag(sheet, ax, 0.05 + at / to * room, (begin, head + height), tone, line)
            when = month(data["start"] + at) if to < 2.5 else str(math.floor(data["start"] + at + 1e-9))
            _flag_text(sheet, 0.05 + at / to * room, begin, f"{label} {when}", tone, frame)
        if rest:
            sheet.write(
                sheet.width, 0.5 * tall(frame.base), rest, frame.small, ha="right", va="center", color=BAD, gid="never"
            )

    return Drawing(head + foot + min(highest * pitch, 1.7 if frame.narrow else 2.2), paint)


def _flag(sheet: Sheet, ax: Axes, x: float, ends: tuple[float, float], tone: str, line: Dash) -> None:
    """An upright line from a label down to the axis."""
    from matplotlib.lines import Line2D

    wide_all, tall_all = sheet.figure.get_size_inches()
    xs = [(sheet.left + x) / wide_all] * 2
    ys = [(tall_all - sheet.top - end) / tall_all for end in ends]
    transform = sheet.figure.transFigure
    sheet.figure.add_artist(Line2D(xs, ys, color=tone, linewidth=1.4, linestyle=line, transform=transform, gid="flag"))


def _flag_text(sheet: Sheet, x: float, y: float, text: str, tone: str, frame: Frame) -> None:
    late = x + 0.06 + wide(text, frame.base, bold=True) > sheet.width
    place = {"ha": "right" if late else "left", "va": "center", "color": tone, "weight": "bold"}
    sheet.write(x + (-0.05 if late else 0.05), y, text, frame.base, path_effects=halo(2.5), gid="flag text", **place)


def timeline(data: TimelineData, frame: Frame) -> Drawing:
    """One future: the states of the world as strips, below them stock, orders, output and shortages."""
    names = [wide(strip["label"], frame.base, bold=True) for strip in data["strips"]]
    left = 0.36 if frame.narrow else min(1.3, max([0.3, *names]) + 0.1)
    above = tall(frame.base) if frame.narrow else 0.0
    strip_tall = 0.19 + above
    head, body = tall(frame.base) + 0.05, 0.6 if frame.narrow else 0.72
    foot = tall(frame.small) + 0.06
    strips = len(data["strips"]) * strip_tall + 0.05

    def paint(sheet: Sheet) -> None:
        room = sheet.width - left - 0.06
        to = data["x"][-1]
        if data["strips"]:
            _strips(sheet, data["strips"], frame, (left, room / to, strip_tall, above))
        each = (sheet.height - strips - foot) / max(1, len(data["rows"]))
        for i, row in enumerate(data["rows"]):
            y = strips + i * each
            _row_head(sheet, row, frame, (0.0 if frame.narrow else left, y, left + room))
            ax = sheet.axes(left, y + head, room, each - head - 0.04)
            years_across(ax, data["start"], to, frame, room, named=i == len(data["rows"]) - 1)
            _row(ax, data, row, frame)

    return Drawing(strips + foot + len(data["rows"]) * (head + body), paint)


def _strips(sheet: Sheet, strips: list[Strip], frame: Frame, place: tuple[float, float, float, float]) -> None:
    """The spells of everything that has states."""
    from matplotlib.patches import Rectangle

    left, scale, pitch, above = place
    board = sheet.within(0, 0, sheet.width, pitch * len(strips)).board()
    for i, strip in enumerate(strips):
        y = i * pitch
        middle = y + above + 0.08
        name = clip(strip["label"], sheet.width if above else left - 0.06, frame.base, bold=True)
        board.text(
            0, y + tall(frame.base) / 2 if above else middle, name, fontsize=frame.base, weight="bold", va="center"
        )
        for spell in strip["spells"]:
            x, long = left + spell["from"] * scale, (spell["to"] - spell["from"]) * scale
            tone = mix(GROUND, GREY, 0.16) if spell["calm"] else mix(GROUND, BAD, 0.38)
            board.add_patch(
                Rectangle(
                    (x, y + above),
                    long,
                    0.16,
                    facecolor=tone,
                    edgecolor=GROUND,
                    linewidth=0.3,
                    gid=f"spell {strip['label']}",
                )
            )
            if long > wide(spell["state"], frame.small) + 0.06:
                board.text(x + 0.03, middle, spell["state"], fontsize=frame.small, va="center")


def _row_head(sheet: Sheet, row: TimelineRow, frame: Frame, place: tuple[float, float, float]) -> None:
    """The name of a row and its unit; to the right the names of its series, each in its look."""
    left, y, right = place
    title = f"{row['label']}, {row['unit']}"
    sheet.write(left, y, title, frame.base, weight="bold")
    if len(row["series"]) < 2:
        return
    x = right
    for k, series in reversed(list(enumerate(row["series"]))):
        x -= wide(series["label"], frame.small)
        if x < left + wide(title, frame.base, bold=True) + 0.25:
            return
        sheet.write(x, y + 0.01, series["label"], frame.small, color=_tone(row, k) if not row["bad"] else TEXT)
        _sample(sheet, x - 0.26, y + tall(frame.small) / 2 + 0.01, row, k)
        x -= 0.38


def _sample(sheet: Sheet, x: float, y: float, row: TimelineRow, k: int) -> None:
    """A short piece of a series, as it looks."""
    from matplotlib.lines import Line2D

    wide_all, tall_all = sheet.figure.get_size_inches()
    ys = [(tall_all - sheet.top - y) / tall_all] * 2
    xs = [(sheet.left + x) / wide_all, (sheet.left + x + 0.22) / wide_all]
    line: Dash = DASHES[k % len(DASHES)] if row["form"] == "line" else "-"
    thick = 1.4 if row["form"] == "line" else 4.0
    sheet.figure.add_artist(
        Line2D(
            xs,
            ys,
            color=_tone(row, k),
            linestyle=line,
            linewidth=thick,
            transform=sheet.figure.transFigure,
            solid_capstyle="butt",
        )
    )


def _tone(row: TimelineRow, k: int) -> str:
    if row["bad"]:
        return BAD if k == 0 else mix(GROUND, BAD, 0.55 if k == 1 else 0.3)
    return (ACCENT, GREY, MUTED, TEXT)[k % 4]


def _row(ax: Axes, data: TimelineData, row: TimelineRow, frame: Frame) -> None:
    """The series of one row: lines at the ends of steps, or bars over them."""
    stacked = np.sum([s["values"] for s in row["series"]], axis=0)
    highest = max(stacked) if row["form"] == "bar" else max(max(s["values"]) for s in row["series"])
    numbers_down(ax, 1.04 * (highest or 1.0), frame, 3)
    edges = [0.0, *data["x"]]
    below = np.zeros(len(data["x"]))
    for k, series in enumerate(row["series"]):
        tone, gid = _tone(row, k), f"{row['label']} {series['label']}"
        if row["form"] == "line":
            width = 1.4 if k == 0 else 1.0
            ax.plot(
                data["x"], series["values"], color=tone, linewidth=width, linestyle=DASHES[k % len(DASHES)], gid=gid
            )
            continue
        values = np.asarray(series["values"])
        ax.stairs(below + values, edges, baseline=below, fill=True, color=tone, linewidth=0, gid=gid)
        below = below + values
    ax.spines["bottom"].set_color(RULE)
