"""Standards: is a plan good enough, how surely, and by how much does it miss (conventions §19)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from holdfast.study import estimates, measures
from holdfast.study.estimates import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.parts.world import Standard
    from holdfast.study.case import Case

    Floats = NDArray[np.float64]

Verdict: TypeAlias = Literal["yes", "no", "cannot be told"]


@dataclass(frozen=True)
class Judgement:
    """One standard in one case."""

    standard: Standard
    met: Estimate
    """Share of futures in which the bound holds; a future without any such period counts as met."""
    reached: Estimate
    """The measure itself: in the share of futures that is asked, or as an expected value. What it misses by is
    its distance from the bound."""
    verdict: Verdict
    """`yes` or `no` where the interval leaves no doubt at 95 %."""
    without: Estimate
    """Share of futures in which no such period came."""

    @property
    def asked(self) -> float:
        """The share of futures that is asked, or the bound on the expected value."""
        return self.standard.in_share if self.standard.in_share is not None else bound(self.standard)


def bound(standard: Standard) -> float:
    """The bound of a standard."""
    return standard.at_least if standard.at_least is not None else standard.at_most or 0.0


def by_future(case: Case, window: int, measure: str) -> Floats:
    """(replication,) the measure over a window in each future; nan where the window never came.

    Raises:
        ValueError: there is no such measure.
    """
    named = {name: case.totals[f"windows.{window}.{name}"] for name in _WINDOW}
    below: Floats
    if measure == "fill_rate":
        above, below = named["served"], named["wanted"]
    elif measure == "ready_rate":
        above, below = named["periods"] - named["short_periods"], named["periods"]
    elif measure == "cycle_service_level":
        above, below = named["spells"] - named["short_spells"], named["spells"]
    elif measure == "service_probability":
        above, below = (named["short_periods"] == 0).astype(float), np.minimum(named["periods"], 1.0)
    elif measure == "unmet":
        above, below = named["wanted"] - named["served"], np.minimum(named["periods"], 1.0)
    else:
        raise ValueError(f"no measure of a window is called {measure}")
    out: Floats = np.divide(above, below, out=np.full(case.replications, math.nan), where=below > 0)
    return out


_WINDOW = ("wanted", "served", "periods", "short_periods", "spells", "short_spells")


def parts(case: Case, window: int, measure: str) -> tuple[Floats, Floats]:
    """(replication,) the two parts of a measure over a window: the ratio of their expected values is the measure.

    Raises:
        ValueError: there is no such measure.
    """
    each = {name: case.totals[f"windows.{window}.{name}"] for name in _WINDOW}
    one = np.ones(case.replications)
    if measure == "fill_rate":
        return each["served"], each["wanted"]
    if measure == "ready_rate":
        return each["periods"] - each["short_periods"], each["periods"]
    if measure == "cycle_service_level":
        return each["spells"] - each["short_spells"], each["spells"]
    if measure == "service_probability":
        return (each["short_periods"] == 0).astype(np.float64), one
    if measure == "unmet":
        return each["wanted"] - each["served"], one
    raise ValueError(f"no measure of a window is called {measure}")


def measure_of(case: Case, window: int, measure: str) -> Estimate:
    """The measure over a window, all futures together: the ratio of its expected parts."""
    above, below = parts(case, window, measure)
    if measure == "service_probability":
        return estimates.share(above > 0)
    if measure == "unmet":
        consumer = case.world.consumers[case.world.windows[window].consumer].name
        return estimates.mean(above, measures.unit_of(case, consumer))
    return estimates.ratio(above, below)


def met_in(case: Case, standard: Standard) -> NDArray[np.bool_]:
    """(replication,) whether the bound holds in each future; one without any such period meets it."""
    each = by_future(case, standard.window, standard.measure)
    limit = bound(standard)
    slack = 1e-12 * max(1.0, abs(limit))
    held = each >= limit - slack if standard.at_least is not None else each <= limit + slack
    return held | np.isnan(each)


def judge(case: Case, standard: Standard) -> Judgement:
    """Whether a standard is met, how surely, and what is reached."""
    met = estimates.share(met_in(case, standard))
    absent = estimates.share(case.totals[f"windows.{standard.window}.periods"] == 0)
    at_least = standard.at_least is not None
    if standard.in_share is None:
        reached = measure_of(case, standard.window, standard.measure)
        told = verdict(reached, bound(standard), at_least)
        return Judgement(standard, met, reached, told, absent)
    each = by_future(case, standard.window, standard.measure)
    each = np.where(np.isnan(each), math.inf if at_least else -math.inf, each)
    p = 1.0 - standard.in_share if at_least else standard.in_share
    unit = measure_of(case, standard.window, standard.measure).unit
    reached = estimates.quantile(each, p, unit.removesuffix(" of futures"))
    return Judgement(standard, met, reached, verdict(met, standard.in_share, True), absent)


def verdict(value: Estimate, limit: float, at_least: bool) -> Verdict:
    """What an interval says of a bound; an expected value that is undefined (no such period) meets it."""
    if math.isnan(value.estimate):
        return "yes"
    if (value.low >= limit) if at_least else (value.high <= limit):
        return "yes"
    if (value.high < limit) if at_least else (value.low > limit):
        return "no"
    return "cannot be told"


def judge_all(case: Case) -> dict[str, Judgement]:
    """Every standard of the case by name."""
    return {standard.name: judge(case, standard) for standard in case.world.standards}


def all_met(case: Case) -> Estimate:
    """The probability that a future meets every standard that is asked of single futures."""
    held = np.ones(case.replications, dtype=bool)
    for standard in case.world.standards:
        held &= met_in(case, standard)
    return estimates.share(held)
