"""How many futures an answer needs, reckoned from a pilot and said before they are simulated.

The number is fixed once, from how much the pilot's futures differ, and never changed by what the later ones say.
Whoever looks again and again, and stops when the answer looks as it should, stops too often where it looks so by
chance.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.errors import Place, Problems, did_you_mean
from holdfast.study import estimates, measures, standards
from holdfast.study.figures import listed, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from holdfast.study.case import Case
    from holdfast.study.estimates import Estimate

PILOT: Final = 1_000
"""Futures of the pilot."""
MOST: Final = 100_000
"""Futures of each alternative, at most, where nothing is said."""
FIGURES: Final = 2
"""Significant figures to which the number of futures is rounded up, so that it can be said."""
WIDEST: Final = 50.0
"""[%] within which it makes sense to ask for a share."""

SERVICE: Final = "service"
_MONEY: Final = {
    "cost": measures.cost,
    "total_cost": measures.total_cost,
    "shortage_cost": measures.shortage_cost,
}
_SERVED: Final[dict[str, Callable[[Case, str], Estimate]]] = {
    "fill_rate": measures.fill_rate,
    "ready_rate": measures.ready_rate,
    "service_probability": measures.service_probability,
}
_GOAL: Final = re.compile(r"\s*(?P<measure>\S.*?)\s+within\s+(?P<within>\d+(?:\.\d+)?|\.\d+)\s*%\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Goal:
    """A measure, and how surely it is to be known."""

    measure: str
    within: float
    """Half width of the 95 % interval [percentage points of a share, % of an amount]."""

    def __str__(self) -> str:
        return f"{self.measure} within {self.within:g} %"


@dataclass(frozen=True)
class Known:
    """How surely a goal's measure is known, where it is known least."""

    alternative: str
    what: str
    """Which figure of the measure: a standard, a consumer's, or the measure itself."""
    half_width: float
    """Of its 95 % interval [percentage points of a share, % of an amount]."""
    futures: float
    """How many futures bring it within the goal, as far as these can tell."""
    of_share: bool


@dataclass(frozen=True)
class Needs:
    """What a pilot says of how many futures an answer needs."""

    goals: tuple[Goal, ...]
    pilot: int
    """Futures of the pilot, which are the first of all."""
    most: int
    """Futures that may be simulated."""
    known: tuple[Known, ...]
    """After the pilot, for each goal."""

    @property
    def asked(self) -> str:
        """The goals in words."""
        return ", ".join(map(str, self.goals))

    @property
    def needed(self) -> float:
        """How many futures every goal needs together, at least the pilot's; infinite where none would do."""
        return max(self.pilot, *(rounded_up(each.futures) for each in self.known))

    @property
    def replications(self) -> int:
        """How many futures are simulated."""
        return int(min(self.most, self.needed))

    @property
    def capped(self) -> bool:
        """Whether more are needed than may be simulated."""
        return self.needed > self.most

    def said(self) -> str:
        """What is said before they are simulated: a sentence for each goal, then how many."""
        sentences = [_said(self, goal, each) for goal, each in zip(self.goals, self.known, strict=True)]
        why = ", the most allowed" if self.capped else ""
        return "\n".join([*sentences, f"Simulating {self.replications:,} futures of each plan{why}."])


def rounded_up(futures: float) -> float:
    """A number of futures that can be said: with two significant figures, not below."""
    if futures <= 0 or not math.isfinite(futures):
        return futures
    step = 10.0 ** max(0, math.floor(math.log10(futures)) - FIGURES + 1)
    return math.ceil(futures / step - 1e-9) * step


def _said(needs: Needs, goal: Goal, known: Known) -> str:
    """What a pilot says of one goal."""
    within = f"{goal.measure} is known within {goal.within:g} %"
    need = rounded_up(known.futures)
    if known.half_width == 0.0:
        return f"{goal.measure} is the same in each of the pilot's {needs.pilot:,} futures."
    if need <= needs.pilot:
        return f"{within} after the pilot's {needs.pilot:,} futures."
    figure = f"{known.what} " if known.what != goal.measure else ""
    where = f"least surely {figure}with {known.alternative}"
    if not math.isfinite(need):
        return f"How many futures {goal} takes cannot be told from {needs.pilot:,} ({where})."
    if need <= needs.most:
        return f"{within} after about {need:,.0f} futures ({where})."
    reach = number(known.half_width * math.sqrt(needs.pilot / needs.most), 2)
    unit = "points" if known.of_share else "%"
    return f"{within} after about {need:,.0f} futures ({where}); after {needs.most:,}, within about {reach} {unit}."


def read(text: str, known_standards: Iterable[str]) -> tuple[Goal, ...]:
    """The goals in words such as `service within 1 %, cost within 2 %`.

    Args:
        text: MEASURE within NUMBER %, several by commas. MEASURE is a standard's name; `service`, for every standard
            (or every consumer's fill rate where there is none); `cost`, `total_cost`, `shortage_cost`; or `fill_rate`,
            `ready_rate`, `service_probability`, for every consumer. A standard's name counts first.
        known_standards: names of the standards.

    Raises:
        ScenarioError: HF406, what is wrong, each with its place in the text.
    """
    valid = [*dict.fromkeys([*known_standards, SERVICE, *_MONEY, *_SERVED])]
    problems, goals, at = Problems(), [], 1
    for part in text.split(","):
        place = Place("--until", 1, at + len(part) - len(part.lstrip()))
        at += len(part) + 1
        found = _GOAL.fullmatch(part)
        if found is None:
            message = f"'{part.strip()}' is not MEASURE within NUMBER %"
            problems.add("HF406", place, "", message, "write for example: service within 1 %, cost within 2 %")
            continue
        measure, within = found["measure"].strip(), float(found["within"])
        if measure not in valid:
            fix = did_you_mean(measure, valid, "measure")
            message = f"there is no measure '{measure}' to know so surely; there are {listed(valid)}"
            problems.add("HF406", place, "", message, fix)
        elif not 0 < within < WIDEST:
            fix = f"ask for more than 0 and less than {WIDEST:g} %"
            problems.add("HF406", place, "", f"'{part.strip()}' says nothing: {within:g} % is out of range", fix)
        goals.append(Goal(measure, within))
    problems.raise_if_any()
    return tuple(goals)


def figures(case: Case, measure: str) -> dict[str, Estimate]:
    """The figures of a case that a measure asks for, by name; none where the case lacks the standard."""
    named = {standard.name for standard in case.world.standards}
    asked = {measure} & named or (named if measure == SERVICE else set())
    if asked:
        judged = standards.judge_all(case)
        return {n: judged[n].met if judged[n].standard.in_share is not None else judged[n].reached for n in asked}
    if measure in _MONEY:
        return {measure: _MONEY[measure](case)}
    name = "fill_rate" if measure == SERVICE else measure
    if name not in _SERVED:
        return {}
    return {f"{c.name}.{name}": _SERVED[name](case, c.name) for c in case.world.consumers}


def every_known(cases: Mapping[str, Case], goal: Goal) -> list[Known]:
    """How surely each figure of a goal's measure is known in each alternative."""
    found = [
        Known(name, what, half_width(each), futures_for(each, goal.within), each.unit.startswith("share"))
        for name, case in cases.items()
        for what, each in sorted(figures(case, goal.measure).items())
        if not math.isnan(each.estimate)  # a share of nothing wanted: more futures of nothing change nothing
    ]
    return found or [Known(next(iter(cases)), goal.measure, 0.0, 0.0, True)]


def needs_of(cases: Mapping[str, Case], goals: tuple[Goal, ...], pilot: int, most: int) -> Needs:
    """How many futures the goals need, from a pilot of each alternative."""
    known = (max(every_known(cases, goal), key=lambda each: (each.futures, each.half_width)) for goal in goals)
    return Needs(goals, pilot, most, tuple(known))


def half_width(found: Estimate) -> float:
    """Half the width of an interval [percentage points of a share, % of an amount]; 0 % of 0 known exactly."""
    half = 100.0 * (found.high - found.low) / 2
    if half == 0.0 or found.unit.startswith("share"):
        return half
    return half / abs(found.estimate) if found.estimate else math.inf


def futures_for(found: Estimate, within: float) -> float:
    """How many futures bring a figure within so much, from how much these futures differ.

    They may differ less than all do, by chance: what they differ by is taken at the far end of its own 95 % interval,
    so that the goal is missed in few studies. With the variance s^2 of the influences, of kurtosis k, in n futures that
    end is s^2 (1 + 1.96 sqrt((k - 1) / n)); for a share of futures it is p (1 - p) at that p in its interval which is
    nearest to a half.

    Args:
        found: the figure from the pilot.
        within: half width of its interval [percentage points of a share, % of an amount].

    Source: Stein, Annals of Mathematical Statistics 16 (1945) 243 (a sample in two stages); Cramer, Mathematical
    Methods of Statistics (1946), 27.4 (the variance of a variance).
    """
    if found.influence is None or found.influence.size < 2:
        return math.inf
    n = found.influence.size
    if found.unit == estimates.SHARE:
        worst = min(max(0.5, found.low), found.high)
        variance = worst * (1 - worst)
    else:
        square = float(np.mean(found.influence**2))
        if square == 0.0:
            return 0.0
        kurtosis = float(np.mean(found.influence**4)) / square**2
        variance = square * n / (n - 1) * (1 + estimates.Z95 * math.sqrt(max(0.0, kurtosis - 1) / n))
    allowed = within / 100.0 * (1.0 if found.unit.startswith("share") else abs(found.estimate))
    return estimates.student(n) ** 2 * variance / allowed**2 if allowed else math.inf


def reached(cases: Mapping[str, Case], needs: Needs) -> dict[str, Any]:
    """How the number of futures came about and what it reached: `until` in the provenance of a result."""
    told = []
    for goal, before in zip(needs.goals, needs.known, strict=True):
        widest = max(every_known(cases, goal), key=lambda each: each.half_width)
        need = rounded_up(before.futures)
        told.append(
            {
                "measure": goal.measure,
                "within": goal.within,
                "unit": "points" if widest.of_share else "%",
                "needed": max(needs.pilot, int(need)) if math.isfinite(need) else None,
                "alternative": widest.alternative,
                "of": widest.what,
                "half_width": widest.half_width if math.isfinite(widest.half_width) else None,
                "reached": widest.half_width <= goal.within,
            }
        )
    return {"asked": needs.asked, "pilot": needs.pilot, "most": needs.most, "capped": needs.capped, "goals": told}
