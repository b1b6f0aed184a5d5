"""From a chart of the report to a figure: which view, which drawer, how large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from holdfast.errors import StudyError
from holdfast.output.plot import amounts, over_time, plans
from holdfast.output.plot.sheet import Drawer, Sheet, header
from holdfast.output.plot.style import Frame, settings
from holdfast.output.report_charts import CHARTS, Material
from holdfast.output.report_parts import Json, clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from holdfast.study.result import Result

DRAWERS: Final[dict[str, Drawer]] = {
    "bars": amounts.bars,
    "dots": plans.dots,
    "fan": over_time.fan,
    "grid": plans.grid,
    "heat": plans.heat,
    "opening": over_time.opening,
    "panels": plans.panels,
    "sankey": amounts.sankey,
    "supply": over_time.supply,
    "survival": plans.survival,
    "timeline": over_time.timeline,
    "waterfall": amounts.waterfall,
}
"""By the kind of a view's data, what draws it."""
EDGE: Final = 0.04
"""[inches] left free around a figure."""
NARROWEST: Final = 2.5
"""[inches]"""
CAPTIONS: Final[WeakKeyDictionary[Figure, list[str]]] = WeakKeyDictionary()
"""What is said of the charts in a figure."""


def figure_of(
    result: Result, name: str, wanted: tuple[str | None, ...], missing: str, width: float, ax: Axes | None
) -> Figure:
    """The figure of a chart.

    Args:
        result: what was found.
        name: the chart's name in the report.
        wanted: parts of the label of the view that is asked for; None: any.
        missing: what the result lacks if it has no such chart.
        width: of a figure of its own [inches].
        ax: axes whose place the chart takes instead.

    Raises:
        StudyError: the result has no such chart or no such view, or the figure is too narrow; matplotlib is missing.
    """
    if width < NARROWEST:
        raise StudyError(f"a figure {width:g} inches wide has no room for its text; {NARROWEST:g} is the least")
    with settings():
        pass  # that matplotlib is missing is said before anything is simulated
    charts: list[Json] = clean(CHARTS[name](Material(result)))
    if not charts:
        raise StudyError(f"there is no {name} to draw: {missing}")
    return draw(_view(charts[0], name, wanted), charts[0]["read"], tuple(result.alternatives), width, ax)


def _view(chart: Json, name: str, wanted: tuple[str | None, ...]) -> Json:
    """The first view whose label holds all that is wanted.

    Raises:
        StudyError: there is none.
    """
    asked = [each for each in wanted if each is not None]
    views: list[Json] = chart["views"]
    for view in views:
        label: str = view["label"]
        if all(each == label or each in label.split(", ") for each in asked):
            return view
    there = "; ".join(view["label"] or "one view without a choice" for view in views)
    raise StudyError(f"there is no {name} of {', '.join(asked)} in this result; there is: {there}")


def draw(view: Json, read: str, names: tuple[str, ...], width: float, ax: Axes | None) -> Figure:
    """Draws one view of a chart.

    Args:
        view: title, subtitle and data, as the report has them.
        read: how to read the chart.
        names: of the plans, in order.
        width: of a figure of its own [inches].
        ax: axes whose place the chart takes instead.
    """
    with settings():
        sheet = _own_sheet(view, names, width) if ax is None else _sheet_of(ax)
        frame = Frame(sheet.width, names)
        head = header(view["title"], view["subtitle"], frame)
        head.paint(sheet)
        body = sheet.within(0.0, head.height, sheet.width, max(0.3, sheet.height - head.height))
        DRAWERS[view["data"]["kind"]](view["data"], frame).paint(body)
        CAPTIONS.setdefault(sheet.figure, []).append(f"{view['title']}. {view['subtitle']} {read}")
        sheet.figure.draw_without_rendering()  # what is made late is made under these settings
        return sheet.figure


def _own_sheet(view: Json, names: tuple[str, ...], width: float) -> Sheet:
    """A figure as tall as its chart likes to be."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    frame = Frame(width - 2 * EDGE, names)
    drawing = DRAWERS[view["data"]["kind"]](view["data"], frame)
    height = header(view["title"], view["subtitle"], frame).height + drawing.height
    made = Figure(figsize=(width, height + 2 * EDGE), dpi=150)
    FigureCanvasAgg(made)
    return Sheet(made, EDGE, EDGE, frame.width, height, None)


def _sheet_of(ax: Axes) -> Sheet:
    """The place of axes in a figure that somebody made."""
    root = ax.get_figure(root=True)
    assert root is not None
    if root.get_layout_engine() is not None:
        root.draw_without_rendering()  # layout has the last word on where the axes are
    box = ax.get_window_extent()
    tall = root.get_size_inches()[1]
    ax.set_in_layout(False)
    return Sheet(root, box.x0 / root.dpi, tall - box.y1 / root.dpi, box.width / root.dpi, box.height / root.dpi, ax)
