"""Every chart of a result by its name, in the order of the questions that people ask."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from holdfast.output import report_flows, report_futures, report_history, report_plants, report_service
from holdfast.output.report_futures import WHOLE, Futures
from holdfast.output.words import Reading
from holdfast.spec.quantities import date

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.output.report_parts import Json
    from holdfast.study.estimates import Floats
    from holdfast.study.result import Result


class Material:
    """A result, and futures of it simulated again where a chart shows whole ones."""

    def __init__(self, result: Result) -> None:
        self.reading = Reading(result)

    @cached_property
    def futures(self) -> dict[str, Futures]:
        """By plan: the records of single futures."""
        seed = self.reading.result.seed
        return {name: Futures(self.reading.case(name), seed, {}) for name in self.reading.names}

    @cached_property
    def whole(self) -> dict[str, list[dict[str, Floats]]]:
        """By plan: the records of the first few futures, to be drawn over a band."""
        shown = min(WHOLE, self.reading.case(self.reading.today).replications)
        return {name: each.first(shown) for name, each in self.futures.items()}

    @property
    def happened(self) -> dict[str, float]:
        """When projects opened in history, in years since the start."""
        told = [one.told for one in self.reading.result.history if one.told.measure == "opening_date"]
        world = self.reading.case(self.reading.today).world
        days = {one.of[0]: date(one.said) for one in told}
        return {name: (day - world.start).days / 365.25 for name, day in days.items() if day is not None}


CHARTS: Final[dict[str, Callable[[Material], list[Json]]]] = {
    "frequencies": lambda of: report_service.frequencies(of.reading),
    "cost-service": lambda of: report_service.cost_service(of.reading),
    "stock": lambda of: report_flows.stock(of.reading, of.whole),
    "survival": lambda of: report_service.survival(of.reading),
    "shortage": lambda of: report_service.shortage_by_year(of.reading),
    "causes": lambda of: report_futures.causes(of.reading, of.futures),
    "supply": lambda of: report_flows.supply(of.reading),
    "flows": lambda of: report_flows.flows(of.reading),
    "opening": lambda of: report_plants.opening(of.reading, of.happened),
    "five-numbers": lambda of: report_plants.five_numbers(of.reading),
    "costs": lambda of: report_plants.costs(of.reading),
    "worlds": lambda of: report_service.worlds(of.reading),
    "history": lambda of: report_history.history(of.reading),
    "one-future": lambda of: report_futures.one_future(of.reading, of.futures),
}
"""By the name of a chart, what makes it: a list of one, or an empty one where the result has nothing to show."""

SECTIONS: Final = (
    ("service", "Which plans serve, and at what price", ("frequencies", "cost-service")),
    ("last", "How long stocks last", ("stock", "survival")),
    ("short", "Who is short, and when", ("shortage", "causes")),
    ("sources", "Where goods come from", ("supply", "flows")),
    ("plants", "What building brings", ("opening", "five-numbers")),
    ("money", "What it costs", ("costs",)),
    ("worlds", "What would change the answer", ("worlds",)),
    ("history", "Beside what happened", ("history",)),
    ("future", "One future, told", ("one-future",)),
)
"""Name, title and charts of each section of the report."""
