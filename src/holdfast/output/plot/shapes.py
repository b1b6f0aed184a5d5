"""The shapes of the data that charts are drawn from, kind by kind: what web/src/data.ts says, for the type checker."""

from __future__ import annotations

from typing import TypedDict


class Span(TypedDict):
    """An expected value with its 95 % interval."""

    estimate: float
    low: float
    high: float


class GridColumn(TypedDict):
    """A standard: its name, what it asks."""

    label: str
    note: str
    asked: float | None


class GridCell(TypedDict):
    """In which share of futures a standard is met, and whether that is enough."""

    share: Span
    verdict: str


class GridRow(TypedDict):
    """One plan: a cell for each standard, none where it is not judged."""

    plan: int
    cells: list[GridCell | None]


class GridData(TypedDict):
    """In how many of 100 futures each plan meets each standard."""

    columns: list[GridColumn]
    rows: list[GridRow]


class Dot(TypedDict):
    """One plan as a point."""

    plan: int
    x: Span
    y: Span


class DotsData(TypedDict):
    """Plans as points; y is a share."""

    xLabel: str
    yLabel: str
    points: list[Dot]


class Mark(TypedDict):
    """A moment [years since the start] and what is said of it."""

    x: float
    text: str


class FanPanel(TypedDict):
    """Quantiles over futures of one plan at each x, and whole futures."""

    plan: int
    low: list[float]
    lower: list[float]
    middle: list[float]
    upper: list[float]
    high: list[float]
    futures: list[list[float | None]]
    mark: Mark | None


class FanData(TypedDict):
    """A quantity over time by plan; x in years since `start`."""

    start: float
    unit: str
    x: list[float]
    panels: list[FanPanel]


class Layer(TypedDict):
    """What came from one source, by year."""

    label: str
    values: list[float]
    home: bool


class Series(TypedDict):
    """Values with a name."""

    label: str
    values: list[float]


class SupplyData(TypedDict):
    """Where goods came from by year, against what was wanted."""

    start: float
    unit: str
    layers: list[Layer]
    wanted: Series
    low: list[float]
    high: list[float]


class HeatRow(TypedDict):
    """A row of a table of shades; its plan, if it is one."""

    label: str
    plan: int | None


class HeatData(TypedDict):
    """A table of amounts as shades."""

    unit: str
    rows: list[HeatRow]
    columns: list[str]
    values: list[list[float | None]]
    spans: list[list[list[float]]]
    max: float
    good: bool
    numbers: bool


class OpeningData(TypedDict):
    """When something comes, each dot an equally likely future [years since `start`]; None: not within the horizon."""

    start: float
    end: float
    dots: list[float | None]
    promised: float | None
    median: float | None
    happened: float | None


class Step(TypedDict):
    """One of the five numbers."""

    label: str
    value: float
    low: float
    high: float


class WaterfallData(TypedDict):
    """What is lost from step to step."""

    unit: str
    steps: list[Step]


class Panel(TypedDict):
    """One kind of cost: a value and an interval for each plan."""

    label: str
    values: list[float]
    spans: list[list[float]]


class PanelsData(TypedDict):
    """A panel for each kind of cost, a bar for each plan."""

    unit: str
    plans: list[int]
    panels: list[Panel]


Spell = TypedDict("Spell", {"from": float, "to": float, "state": str, "calm": bool})
"""A time in one state [years since the start]."""


class Strip(TypedDict):
    """The spells of something with states."""

    label: str
    spells: list[Spell]


class TimelineRow(TypedDict):
    """Series of one unit over time."""

    label: str
    unit: str
    form: str
    bad: bool
    series: list[Series]


class TimelineData(TypedDict):
    """One future; x are the ends of its steps [years since `start`]."""

    start: float
    x: list[float]
    strips: list[Strip]
    rows: list[TimelineRow]


class SurvivalLine(TypedDict):
    """Shares of futures still served in full, at each x, with intervals."""

    plan: int
    values: list[float]
    low: list[float]
    high: list[float]


class SurvivalData(TypedDict):
    """How long people are served in full."""

    xLabel: str
    x: list[float]
    lines: list[SurvivalLine]


class Bar(TypedDict):
    """An amount with its interval."""

    label: str
    value: Span
    strong: bool


class BarsData(TypedDict):
    """Amounts side by side."""

    unit: str
    bars: list[Bar]


class Node(TypedDict):
    """A place that goods come from, lie in, or go to."""

    name: str
    depth: int
    home: bool
    bad: bool


class Link(TypedDict):
    """An amount that goes from one place to another."""

    source: str
    target: str
    value: float


class SankeyData(TypedDict):
    """Flows between places."""

    unit: str
    nodes: list[Node]
    links: list[Link]
