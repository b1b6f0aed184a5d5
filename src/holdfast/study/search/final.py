"""The last choice: the best plans are tested again on futures that the search never saw.

What did best on the futures of a search did so partly by luck. The choice is therefore among few finalists, on fresh
futures, which are independent of how the finalists were found; and since the best of several is looked for, each
interval is widened so that all of them hold together with 95 % confidence.

Source: Andradottir and Kim, Naval Research Logistics 57 (2010) 403 (constraints first, then the objective); Nelson and
Matejcik, Management Science 41 (1995) 1935 (common random numbers); Bonferroni's inequality.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from holdfast.study import estimates
from holdfast.study.estimates import LEVEL, Estimate
from holdfast.study.standards import verdict

if TYPE_CHECKING:
    from holdfast.study.search.goals import Goal
    from holdfast.study.search.scores import Aim, Scores
    from holdfast.study.search.space import Plan
    from holdfast.study.standards import Verdict

FRESH_FROM: Final = 1_000_000
"""Number of the first fresh future: no search comes near it."""
STEPS: Final = (0.0, 1.0, 2.0, 3.0)
"""Finalists clear what is asked by so many times the margin of the last test: the cheapest of each."""
RIVALS: Final = 2
"""Finalists beside those."""


@dataclass(frozen=True)
class Chosen:
    """What the last test says of one goal."""

    goal: Goal
    finalists: tuple[Plan, ...]
    """In the order of what they cost."""
    best: Plan | None
    """The cheapest that surely does (or serves best within a budget); or else that may do; None if none may."""
    sure: bool
    """Whether the best surely meets every standard."""
    alike: tuple[Plan, ...]
    """Others that may do as well and whose cost (or service, within a budget) cannot be told from the best's."""
    nearest: Plan | None
    """Where none may do: the one that misses least."""


def finalists(goal: Goal, known: dict[Plan, Scores]) -> list[Plan]:
    """The plans that are worth a last test.

    Args:
        goal: what is looked for.
        known: the plans of the last round that was reached.
    """
    plans = sorted(known, key=lambda plan: goal.key(known[plan]))
    if goal.kind == "best_for_budget" or not goal.aims:
        return plans[: len(STEPS) + RIVALS]
    margins = {plan: min(_margins(goal, known[plan])) for plan in plans}
    priced = sorted(plans, key=lambda plan: goal.price(known[plan]))
    found: dict[Plan, None] = {}
    for step in STEPS:
        plan = next((plan for plan in priced if margins[plan] >= step), None)
        if plan is not None:
            found[plan] = None
    for plan in plans:
        if len(found) >= len(STEPS) + RIVALS:
            break
        found[plan] = None
    return list(found)


def _margins(goal: Goal, scores: Scores) -> list[float]:
    """How far each measure clears what is asked, in margins of the last test."""
    found = []
    for aim in goal.aims:
        margin = goal.margin(scores, aim)
        gap = goal.slack(scores, aim) * max(abs(aim.asked), 1e-12) + margin
        found.append(gap / margin if margin else math.copysign(math.inf, gap))
    return found


def choose(goal: Goal, tested: dict[Plan, Scores]) -> Chosen:
    """The last choice among plans tested on fresh futures."""
    plans = sorted(tested, key=lambda plan: goal.price(tested[plan]))
    level = 1.0 - (1.0 - LEVEL) / max(1, len(plans))
    if goal.kind == "best_for_budget":
        return _best_for_budget(goal, tested, plans, level)
    verdicts = {plan: judge(goal, tested[plan], level) for plan in plans}
    sure = [plan for plan in plans if all(each == "yes" for each in verdicts[plan].values())]
    may = [plan for plan in plans if "no" not in verdicts[plan].values()]
    best = next(iter(sure or may), None)
    nearest = None if best is not None else min(plans, key=lambda plan: goal.key(tested[plan]), default=None)
    alike = tuple(
        plan
        for plan in (sure or may)
        if best not in (None, plan) and not _apart(goal, tested[plan], tested[best], level)
    )
    return Chosen(goal, tuple(plans), best, bool(sure), alike, nearest)


def _best_for_budget(goal: Goal, tested: dict[Plan, Scores], plans: list[Plan], level: float) -> Chosen:
    may = [plan for plan in plans if tested[plan].cost.estimate <= goal.cost_at_most]
    best = min(may, key=lambda plan: goal.key(tested[plan]), default=None)
    alike: tuple[Plan, ...] = ()
    if best is not None:
        service = {plan: goal.service(tested[plan]) for plan in may}
        alike = tuple(p for p in may if p != best and not told_apart(service[p], service[best], level))
    nearest = None if best is not None else min(plans, key=lambda plan: tested[plan].cost.estimate, default=None)
    return Chosen(goal, tuple(plans), best, best is not None, alike, nearest)


def judge(goal: Goal, scores: Scores, level: float = LEVEL) -> dict[str, Verdict]:
    """What is said of each standard, by its name, at a confidence."""
    return {aim.name: verdict(widened(scores.measure(aim), level), aim.asked, aim.at_least) for aim in goal.aims}


def widened(estimate: Estimate, level: float) -> Estimate:
    """An estimate with its interval at another confidence than 95 %: its ends moved out in proportion."""
    by = _quantile(level) / _quantile(LEVEL)
    low, high = (estimate.estimate + by * (end - estimate.estimate) for end in (estimate.low, estimate.high))
    return Estimate(estimate.estimate, low, high, estimate.standard_error, estimate.unit, estimate.influence)


def _quantile(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2)


def _apart(goal: Goal, one: Scores, other: Scores, level: float) -> bool:
    pair = [scores.total_cost if goal.total else scores.cost for scores in (one, other)]
    return told_apart(pair[0], pair[1], level)


def told_apart(one: Estimate, other: Estimate, level: float) -> bool:
    """Whether a paired difference leaves out 0 at a confidence."""
    return estimates.told_apart(widened(estimates.difference(one, other), level))


def misses(aim: Aim, scores: Scores) -> Estimate:
    """By how much a standard is missed: what is asked less what there is; below 0 where it is met."""
    found = scores.measure(aim)
    sign = 1.0 if aim.at_least else -1.0
    ends = sorted(sign * (aim.asked - end) for end in (found.low, found.high))
    return Estimate(sign * (aim.asked - found.estimate), ends[0], ends[1], found.standard_error, found.unit)
