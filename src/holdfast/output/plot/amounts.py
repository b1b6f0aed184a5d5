"""Drawers of amounts: bars with intervals, the five numbers, flows between places."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from holdfast.output.plot.axis import numbers_across
from holdfast.output.plot.labels import apart
from holdfast.output.plot.sheet import Drawing, clip, halo, tall, wide, wrap
from holdfast.output.plot.style import ACCENT, BAD, FAINT, GREY, GROUND, MUTED, RULE, TEXT, mix
from holdfast.study.figures import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from holdfast.output.plot.shapes import BarsData, Node, SankeyData, WaterfallData
    from holdfast.output.plot.sheet import Sheet
    from holdfast.output.plot.style import Frame


def bars(data: BarsData, frame: Frame) -> Drawing:
    """Amounts with their intervals; the one that the title speaks of stands out."""
    found = [
        (bar["label"], bar["value"]["estimate"], bar["value"]["low"], bar["value"]["high"]) for bar in data["bars"]
    ]
    tones = [BAD if bar["strong"] else GREY for bar in data["bars"]]
    return _bars(found, tones, [0.0] * len(found), data["unit"], frame)


def waterfall(data: WaterfallData, frame: Frame) -> Drawing:
    """What is left at each step, and what was lost on the way to it."""
    steps = data["steps"]
    found = [(step["label"], step["value"], step["low"], step["high"]) for step in steps]
    lost = [0.0] + [max(0.0, a["value"] - b["value"]) for a, b in pairwise(steps)]
    tones = [*[GREY] * (len(steps) - 1), ACCENT]
    return _bars(found, tones, lost, data["unit"], frame)


def _bars(
    found: list[tuple[str, float, float, float]], tones: list[str], lost: list[float], unit: str, frame: Frame
) -> Drawing:
    """Level bars from the top down: names on the left, the interval over the end, the number behind it."""
    longest = max(wide(label, frame.base) for label, *_ in found)
    left = min(frame.width * 0.4, longest + 0.12)
    names = [wrap(label, left - 0.1, frame.base, most=3) for label, *_ in found]
    pitch = max(0.27, tall(frame.base, max(len(lines) for lines in names)) + 0.08)
    behind = max(wide(number(value), frame.base, bold=True) for _, value, _, _ in found) + 0.13
    highest = max([max(value + more, high) for (_, value, _, high), more in zip(found, lost, strict=True)] + [1e-9])
    foot = 2 * tall(frame.small) + 0.06

    def paint(sheet: Sheet) -> None:
        room, height = sheet.width - left - behind, sheet.height - foot
        ax = sheet.axes(left, 0, room, height)
        numbers_across(ax, 0.0, highest, frame, 5)
        ax.set_ylim(len(found) - 0.5, -0.5)
        ax.set_yticks([])
        ax.axvline(0, color=RULE, linewidth=0.8, clip_on=False)
        for i, ((label, value, low, high), tone, more) in enumerate(zip(found, tones, lost, strict=True)):
            ax.barh([i], [value], 0.6, color=tone, linewidth=0)[0].set_gid(f"bar {label}")
            if more > 0:
                gone = ax.barh(
                    [i], [more], 0.6, left=value, color="none", edgecolor=FAINT, linewidth=0.8, linestyle=(0, (3, 2))
                )
                gone[0].set_gid(f"lost {label}")
            if low < high:
                ax.plot([low, high], [i, i], color=TEXT, linewidth=1.0, gid=f"interval {label}", clip_on=False)
            y = (i + 0.5) * height / len(found)
            sheet.write(0, y, "\n".join(names[i]), frame.base, va="center", gid=f"label {label}")
            end = left + max(value + more, high) / highest * room + 0.09
            sheet.write(end, y, number(value), frame.base, va="center", weight="bold", gid=f"number {label}")
        sheet.write(left, sheet.height, unit, frame.small, va="bottom", color=MUTED)

    return Drawing(pitch * len(found) + foot, paint)


def sankey(data: SankeyData, frame: Frame) -> Drawing:
    """Where goods come from and where they end: the width of a band is the amount."""
    columns = [[n for n in data["nodes"] if n["depth"] == d] for d in sorted({n["depth"] for n in data["nodes"]})]
    line = tall(frame.base) if not frame.narrow else tall(frame.base, 2)
    fullest = max(len(column) for column in columns)

    def paint(sheet: Sheet) -> None:
        board = sheet.board()
        last = [f"{n['name']}  {number(_through(data, n['name']))}" for n in columns[-1]]
        side = min(sheet.width * 0.3, max(wide(text, frame.base) for text in last) + 0.08)
        places = _places(data, columns, (sheet.width - side - 0.1, sheet.height), line)
        _ribbons(board, data, places)
        for column in columns:
            _nodes(board, data, column, places, frame, sheet.width)

    return Drawing(max(1.9 if frame.narrow else 2.4, fullest * (line + 0.12) + 0.4), paint)


NODE = 0.1
"""[inches] width of a place."""


def _through(data: SankeyData, name: str) -> float:
    """What comes in or goes out, whichever is more."""
    links = data["links"]
    coming = sum(link["value"] for link in links if link["target"] == name)
    return max(coming, sum(link["value"] for link in links if link["source"] == name))


def _places(
    data: SankeyData, columns: list[list[Node]], room: tuple[float, float], line: float
) -> dict[str, tuple[float, float, float]]:
    """Left, top and height [inches] of each place: large ones first, what is lost last."""
    wide_all, tall_all = room
    amount = {n["name"]: _through(data, n["name"]) for column in columns for n in column}
    gap = line * 0.9
    scale = min(
        (tall_all - gap * max(0, len(column) - 1) - line) / max(1e-12, sum(amount[n["name"]] for n in column))
        for column in columns
    )
    out: dict[str, tuple[float, float, float]] = {}
    for k, column in enumerate(columns):
        ordered = sorted(column, key=lambda n: (n["bad"], -amount[n["name"]]))
        talls = [max(0.01, amount[n["name"]] * scale) for n in ordered]
        whole = sum(talls) + gap * (len(talls) - 1)
        y = (tall_all - whole) / 2
        x = wide_all * k / max(1, len(columns) - 1)
        for node, tall_one in zip(ordered, talls, strict=True):
            out[node["name"]] = (x, y, tall_one)
            y += tall_one + gap
    return out


def _ribbons(board: Axes, data: SankeyData, places: dict[str, tuple[float, float, float]]) -> None:
    """The bands between places, in the order in which the places stand."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    tones = {n["name"]: _tone(n) for n in data["nodes"]}
    scale = {name: tall_one / max(1e-12, _through(data, name)) for name, (_, _, tall_one) in places.items()}
    out = {name: top for name, (_, top, _) in places.items()}
    come = dict(out)
    for link in sorted(data["links"], key=lambda li: (places[li["source"]][1], places[li["target"]][1])):
        source, target = link["source"], link["target"]
        begin, end = places[source][0] + NODE, places[target][0]
        a, b = out[source], come[target]
        one, two = link["value"] * scale[source], link["value"] * scale[target]
        out[source], come[target] = a + one, b + two
        half = (begin + end) / 2
        upper = [(begin, a), (half, a), (half, b), (end, b)]
        lower = [(end, b + two), (half, b + two), (half, a + one), (begin, a + one)]
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3]
        tone = mix(GROUND, tones[target] if tones[target] == BAD else tones[source], 0.3)
        board.add_patch(
            PathPatch(Path([*upper, *lower], codes), facecolor=tone, linewidth=0, gid=f"link {source} {target}")
        )


def _tone(node: Node) -> str:
    return BAD if node["bad"] else ACCENT if node["home"] else GREY


def _nodes(
    board: Axes,
    data: SankeyData,
    column: list[Node],
    places: dict[str, tuple[float, float, float]],
    frame: Frame,
    width: float,
) -> None:
    """Places of one column and their names, kept apart."""
    from matplotlib.patches import Rectangle

    lines = [f"{number(_through(data, n['name']))}" for n in column]
    two = frame.narrow
    middles = [places[n["name"]][1] + places[n["name"]][2] / 2 for n in column]
    talls = [tall(frame.base, 2 if two else 1) * 0.98] * len(column)
    whole = board.get_ylim()[0]
    for node, amount, y in zip(column, lines, apart(middles, talls, 0.0, whole), strict=True):
        x, top, tall_one = places[node["name"]]
        rect = Rectangle(
            (x, top), NODE, tall_one, facecolor=_tone(node), linewidth=0, zorder=3, gid=f"node {node['name']}"
        )
        board.add_patch(rect)
        room = width - x - NODE - 0.05
        name = clip(
            node["name"], min(room, 1.0 if two else 1.9) - (0 if two else wide("  " + amount, frame.base)), frame.base
        )
        text = f"{name}\n{amount}" if two else f"{name}  {amount}"
        board.text(
            x + NODE + 0.05, y, text, fontsize=frame.base, va="center", path_effects=halo(2.0), zorder=5, color=TEXT,
            linespacing=1.1, gid=f"label {node['name']}",
        )  # fmt: skip
