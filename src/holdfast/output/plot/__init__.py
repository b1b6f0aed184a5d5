"""Figures for papers: each chart of the report in matplotlib, with the same title, data, units and intervals.

A function takes a result and answers with a `matplotlib.figure.Figure`; nothing is shown, and no state of pyplot
is touched. The figure is made for a width: 7 inches, or 3.5 for one column of a paper. With `ax` the whole chart,
its title too, takes the place of axes that you made.

>>> import holdfast as hf
>>> result = hf.compare(hf.load("adblue-australia"), replications=50)
>>> figure = hf.plot.cost_service(result, width=3.5)
>>> hf.plot.caption(figure)[:46]
'"Pay the plant to stay" serves best, and costs'
>>> hf.plot.save(figure, "cost.pdf")                                                 # doctest: +SKIP

What the report shows as tables (the answer, the evidence, the order of events) is not drawn: it is text, which a paper
sets itself, and the report holds it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from holdfast.errors import StudyError
from holdfast.output.plot.draw import CAPTIONS, figure_of
from holdfast.output.plot.style import settings
from holdfast.study.figures import plural

if TYPE_CHECKING:
    import os

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from holdfast.study.result import Result

__all__ = [
    "caption",
    "causes",
    "cost_service",
    "costs",
    "five_numbers",
    "flows",
    "frequencies",
    "history",
    "one_future",
    "opening",
    "save",
    "shortage",
    "stock",
    "supply",
    "survival",
    "worlds",
]

FORMATS: Final = ("pdf", "svg", "png")
WIDTH: Final = 7.0
"""[inches] The width of a page's text in most papers; a column is 3.5."""


def frequencies(result: Result, *, width: float = WIDTH, ax: Axes | None = None) -> Figure:
    """Which plans meet which standard, and how surely: 100 cells for each, one for each of 100 futures.

    Args:
        result: what was found.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: the scenario has no standards; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.frequencies(result)          # doctest: +SKIP
    """
    return figure_of(result, "frequencies", (), "the scenario has no standards", width, ax)


def cost_service(result: Result, *, width: float = WIDTH, ax: Axes | None = None) -> Figure:
    """What each plan costs against how well it serves, with 95 % intervals in both directions.

    Args:
        result: what was found.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: no plan was simulated; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.cost_service(result, width=3.5)          # doctest: +SKIP
    """
    return figure_of(result, "cost-service", (), "no plan was simulated", width, ax)


def stock(
    result: Result, good: str | None = None, store: str | None = None, *, width: float = WIDTH, ax: Axes | None = None
) -> Figure:
    """How long stocks last: days of supply by plan, and when 1 in 10 futures run out.

    Args:
        result: what was found.
        good: which good; the first where nothing is said.
        store: in which store.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: no store keeps a good that consumers use; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.stock(result, good="ball")          # doctest: +SKIP
    """
    return figure_of(result, "stock", (good, store), "no store keeps a good that consumers use", width, ax)


def survival(result: Result, consumer: str | None = None, *, width: float = WIDTH, ax: Axes | None = None) -> Figure:
    """How long people are served in full once all from outside is cut: a line for each plan, with its interval.

    Args:
        result: what was found.
        consumer: whose; the first where nothing is said.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: there is no cut of all channels in the result; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.survival(result, consumer="police")          # doctest: +SKIP
    """
    return figure_of(
        result,
        "survival",
        (consumer,),
        "it was simulated without the cut of all channels (hf.compare makes it)",
        width,
        ax,
    )


def shortage(result: Result, consumer: str | None = None, *, width: float = WIDTH, ax: Axes | None = None) -> Figure:
    """Who is short, and when: the share that is not served on time, by plan and year, as shades.

    Args:
        result: what was found.
        consumer: whose; the first where nothing is said.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: nobody uses any good; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.shortage(result, consumer="police")          # doctest: +SKIP
    """
    return figure_of(result, "shortage", (consumer,), "nobody uses any good", width, ax)


def causes(
    result: Result,
    alternative: str | None = None,
    unit: str | None = None,
    *,
    width: float = WIDTH,
    ax: Axes | None = None,
) -> Figure:
    """In which states of the world the units that were short fell, with intervals; futures are simulated again for it.

    Args:
        result: what was found.
        alternative: with which plan; today's where nothing is said.
        unit: of the goods, where consumers use goods of several.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: nothing was ever short, or there are no regimes; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.causes(result, alternative="imports")          # doctest: +SKIP
    """
    return figure_of(
        result,
        "causes",
        (alternative, plural(unit) if unit else None),
        "nothing was ever short, or the world has no regimes",
        width,
        ax,
    )


def supply(
    result: Result,
    alternative: str | None = None,
    unit: str | None = None,
    *,
    width: float = WIDTH,
    ax: Axes | None = None,
) -> Figure:
    """Where goods come from by year, against what is wanted.

    Args:
        result: what was found.
        alternative: with which plan; the one that the answer speaks of where nothing is said.
        unit: of the goods, where consumers use goods of several.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: nobody uses any good; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.supply(result, alternative="plant")          # doctest: +SKIP
    """
    return figure_of(result, "supply", (alternative, plural(unit) if unit else None), "nobody uses any good", width, ax)


def flows(
    result: Result,
    alternative: str | None = None,
    unit: str | None = None,
    *,
    width: float = WIDTH,
    ax: Axes | None = None,
) -> Figure:
    """How goods flow from sources over stores to those who use them, and what is lost on the way.

    Args:
        result: what was found.
        alternative: with which plan; the one that the answer speaks of where nothing is said.
        unit: of the goods, where consumers use goods of several.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: no goods move; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.flows(result, alternative="plant")          # doctest: +SKIP
    """
    return figure_of(result, "flows", (alternative, plural(unit) if unit else None), "no goods move", width, ax)


def opening(result: Result, project: str | None = None, *, width: float = WIDTH, ax: Axes | None = None) -> Figure:
    """When a project opens: what was promised, 50 equally likely futures, and what happened where history tells it.

    Args:
        result: what was found.
        project: which; the first where nothing is said.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: no project opens in any future; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.opening(result, project="maracay")          # doctest: +SKIP
    """
    return figure_of(result, "opening", (project,), "no project opens in any future", width, ax)


def five_numbers(
    result: Result,
    alternative: str | None = None,
    plant: str | None = None,
    *,
    width: float = WIDTH,
    ax: Axes | None = None,
) -> Figure:
    """What is left of a plant's nameplate: effective capacity, output, what is accepted, what is delivered.

    Args:
        result: what was found.
        alternative: with which plan; the first that has the plant where nothing is said.
        plant: which plant.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: no plan has a plant; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.five_numbers(result, alternative="plant")          # doctest: +SKIP
    """
    return figure_of(result, "five-numbers", (alternative, plant), "no plan has a plant", width, ax)


def costs(result: Result, *, width: float = WIDTH, ax: Axes | None = None) -> Figure:
    """What each plan spends on what: a panel for each kind of cost, on one scale, with intervals.

    Args:
        result: what was found.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: nothing costs anything; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.costs(result)          # doctest: +SKIP
    """
    return figure_of(result, "costs", (), "nothing costs anything", width, ax)


def worlds(result: Result, *, width: float = WIDTH, ax: Axes | None = None) -> Figure:
    """Which plan is best in which other world: a table of shades with figures and intervals.

    Args:
        result: what was found.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: the result has one plan only, or no other world; or matplotlib is missing.

    >>> figure = hf.plot.worlds(result)          # doctest: +SKIP
    """
    return figure_of(
        result,
        "worlds",
        (),
        "it needs two plans, and other worlds beside the base world (hf.compare makes them)",
        width,
        ax,
    )


def history(result: Result, what: str | None = None, *, width: float = WIDTH, ax: Axes | None = None) -> Figure:
    """What happened beside the band that holds 8 of 10 of the model's futures.

    Args:
        result: what was found.
        what: what is told, by its title in the report; the first where nothing is said.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: the scenario tells no history; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.history(result)          # doctest: +SKIP
    """
    return figure_of(result, "history", (what,), "the scenario tells no history", width, ax)


def one_future(
    result: Result,
    future: str | None = None,
    alternative: str | None = None,
    *,
    width: float = WIDTH,
    ax: Axes | None = None,
) -> Figure:
    """How one future goes: states of the world, then stock, orders, output and shortages; simulated again for it.

    Args:
        result: what was found.
        future: typical, bad or worst.
        alternative: with which plan; today's where nothing is said.
        width: of the figure [inches].
        ax: axes whose place the chart takes instead of a figure of its own.

    Raises:
        StudyError: no plan was simulated; there is no such view; or matplotlib is missing.

    >>> figure = hf.plot.one_future(result, future="worst")          # doctest: +SKIP
    """
    return figure_of(result, "one-future", (future, alternative), "no plan was simulated", width, ax)


def caption(figure: Figure) -> str:
    """What stands below a figure: the finding, what is drawn and in which unit, and how to read it.

    Args:
        figure: one that a function of hf.plot made or drew into; several charts are told one after another.

    Raises:
        StudyError: nothing of hf.plot is in it.

    >>> text = hf.plot.caption(hf.plot.costs(result))          # doctest: +SKIP
    """
    if figure not in CAPTIONS:
        raise StudyError("hf.plot drew nothing in this figure, so it has no caption")
    return " ".join(CAPTIONS[figure])


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Writes a figure as PDF, SVG or PNG (300 dots an inch): the same bytes whenever the figure is the same.

    Letters in a PDF stay letters, as journals ask; the caption is in the file, where its format has a place for it.

    Args:
        figure: what to write.
        path: where; its ending says the format.

    Raises:
        StudyError: the ending is none of .pdf, .svg and .png, or the file cannot be written.

    >>> hf.plot.save(hf.plot.costs(result), "costs.svg")          # doctest: +SKIP
    """
    target = Path(path)
    kind = target.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise StudyError(f"a figure cannot be written as '{target.name}'; end it with one of .{', .'.join(FORMATS)}")
    said = " ".join(CAPTIONS.get(figure, []))
    told: dict[str, dict[str, str | None]] = {
        "pdf": {"CreationDate": None, "Subject": said or None},
        "svg": {"Date": None, "Description": said or None},
        "png": {"Description": said or None},
    }
    try:
        with settings():
            figure.savefig(target, format=kind, dpi=300, metadata=told[kind])
    except OSError as error:
        raise StudyError(f"the figure cannot be written to {target}: {error.strerror or error}") from error
