"""What a search found: every plan tried, the frontier, the last choice on fresh futures, what a little more buys."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.study import estimates, measures
from holdfast.study.search.final import misses
from holdfast.study.search.goals import frontier_of, service
from holdfast.study.search.trials import MANY

if TYPE_CHECKING:
    import pandas as pd

    from holdfast.spec.turning import Lever
    from holdfast.study.estimates import Estimate
    from holdfast.study.result import About
    from holdfast.study.search.bound import Bound
    from holdfast.study.search.final import Chosen
    from holdfast.study.search.optimum import Optimum
    from holdfast.study.search.scores import Aim, Scores
    from holdfast.study.search.space import Plan

SHOWN: Final = 8
"""Plans of a frontier that are shown, at most."""


@dataclass(frozen=True)
class Marginal:
    """What a little more of one thing buys, in the same fresh futures."""

    what: str
    """Such as `30 days more of stored`."""
    plan: Plan
    beside: Plan
    cost: Estimate
    service: Estimate


@dataclass(frozen=True)
class Found:
    """What a search found.

    >>> import holdfast as hf                                                           # doctest: +SKIP
    >>> found = hf.search(hf.load("cartridge-plant"), budget=60)                         # doctest: +SKIP
    >>> found.best, found.to_pandas()                                                    # doctest: +SKIP
    """

    about: About
    provenance: dict[str, Any]
    levers: tuple[Lever, ...]
    aims: tuple[Aim, ...]
    money: str
    """Currency and price year."""
    scores: dict[Plan, Scores]
    """Every plan tried, on the futures of the search, in the order in which they were first tried."""
    tested: dict[Plan, Scores] = field(default_factory=dict)
    """Today's plan, the finalists and the plans beside them, on fresh futures; empty if the search was interrupted."""
    chosen: tuple[Chosen, ...] = ()
    """The last choice of each goal: the cheapest plan first."""
    marginals: tuple[Marginal, ...] = ()
    idle: tuple[str, ...] = ()
    """Levers that make no difference to the best plan, in any future tried."""
    waiting: dict[str, Estimate] = field(default_factory=dict)
    """By store: the part of the best plan's goods that waits outside it for room, where that is not nothing."""
    cheap_outside: tuple[str, ...] = ()
    """Of these stores, those outside which goods wait at no more than inside."""
    bound: Bound | None = None
    """What any plan with the choices of the best one costs at least."""
    unbound: str = ""
    """Why there is no such bound."""
    exact: Optimum | None = None
    """What the best of all ways to order costs in the world of the best plan, where that can be solved exactly."""
    inexact: str = ""
    """Why it cannot."""
    broken: dict[Plan, str] = field(default_factory=dict)
    """Plans that do not hold together, and why."""
    known: dict[str, Plan] = field(default_factory=dict)
    """By alternative: the plan with its levers where that alternative has them."""
    note: str = ""
    """What people should know of how the journal was read."""
    interrupted: bool = False
    compiling: int = 0
    """Kernels that are compiled or loaded just now, before the search goes on; its clock stands still meanwhile."""

    @property
    def best(self) -> dict[str, str] | None:
        """What the cheapest plan that does writes at each lever; None if none does, or the search was interrupted."""
        plan = self.chosen[0].best if self.chosen else None
        return None if plan is None else self.settings(plan)

    def settings(self, plan: Plan) -> dict[str, str]:
        """What a plan writes at each lever, by its name."""
        return dict(zip((lever.name for lever in self.levers), plan, strict=True)) if plan else {}

    @cached_property
    def futures(self) -> int:
        """Futures on which plans of the frontier are set beside each other: as many as several plans have."""
        if not self.scores:
            return 0
        counts = sorted({scores.futures for scores in self.scores.values() if scores.futures <= MANY}, reverse=True)
        few = max(1, min(12, len(self.scores) // 8))
        return next((n for n in counts if sum(s.futures >= n for s in self.scores.values()) >= few), counts[-1])

    @cached_property
    def frontier(self) -> tuple[Plan, ...]:
        """Plans that no other tried plan beats in cost and service, by rising cost; on the same futures."""
        plans = [plan for plan, scores in self.scores.items() if scores.futures >= self.futures]
        points = [(self.at(plan).cost.estimate, self.service(self.at(plan)).estimate) for plan in plans]
        return tuple(plans[i] for i in frontier_of(points))

    def at(self, plan: Plan) -> Scores:
        """The scores of a plan on the futures of the frontier."""
        return self.scores[plan].first(self.futures)

    def service(self, scores: Scores) -> Estimate:
        """What stands for service where one number must: the share of futures that meet all, or the part served."""
        return service(scores, self.aims)

    def shown(self, most: int = SHOWN) -> tuple[Plan, ...]:
        """Plans of the frontier spread evenly along it, the knee among them."""
        plans = self.frontier
        if len(plans) <= most:
            return plans
        points = self._unit_points(plans)
        along = np.concatenate([[0.0], np.cumsum([math.dist(a, b) for a, b in itertools.pairwise(points)])])
        chosen = {int(np.argmin(np.abs(along - part * along[-1]))) for part in np.linspace(0, 1, most)}
        if self.knee is not None and (at := plans.index(self.knee)) not in chosen:
            inner = chosen - {0, len(plans) - 1}
            chosen -= {min(inner, key=lambda i: abs(i - at))} if inner else set()
            chosen.add(at)
        return tuple(plans[i] for i in sorted(chosen))

    @cached_property
    def knee(self) -> Plan | None:
        """The plan of the frontier from which more money buys much less: the farthest from the line of its ends.

        Source: Das, Structural Optimization 18 (1999) 107.
        """
        plans = self.frontier
        if len(plans) < 3:
            return None
        points = self._unit_points(plans)
        best = max(range(len(plans)), key=lambda i: points[i][1] - points[i][0])
        return plans[best] if points[best][1] - points[best][0] > 0.05 else None

    def _unit_points(self, plans: tuple[Plan, ...]) -> list[tuple[float, float]]:
        points = [(self.at(plan).cost.estimate, self.service(self.at(plan)).estimate) for plan in plans]
        low, high = np.min(points, axis=0), np.max(points, axis=0)
        width = np.where(high > low, high - low, 1.0)
        return [(float((x - low[0]) / width[0]), float((y - low[1]) / width[1])) for x, y in points]

    def frontier_by(self, measure: str) -> tuple[Plan, ...]:
        """Plans that no other beats in cost and one measure (`measures_of` names them), by rising cost.

        Raises:
            KeyError: there is no such measure.
        """
        plans = [plan for plan, scores in self.scores.items() if scores.futures >= self.futures]
        sign = 1.0 if measure.startswith("standards.") and self._more_is_better(measure) else -1.0
        found = [self.measures_of(self.at(plan)) for plan in plans]
        points = [(each["cost"].estimate, sign * each[measure].estimate) for each in found]
        return tuple(plans[i] for i in frontier_of(points))

    def _more_is_better(self, measure: str) -> bool:
        return next(aim.at_least for aim in self.aims if measure == f"standards.{aim.name}")

    def measures_of(self, scores: Scores) -> dict[str, Estimate]:
        """What is kept of a plan, by name: cost, total_cost, each standard's measure, shortfall and its tail."""
        out = {"cost": _money(scores.cost, self.money), "total_cost": _money(scores.total_cost, self.money)}
        out |= {f"standards.{aim.name}": scores.measure(aim) for aim in self.aims}
        if self.aims:
            out["all_met"] = estimates.share(scores.all_met(self.aims))
        for name in (n.removeprefix("unmet.") for n in scores.parts if n.startswith("unmet.")):
            unmet = scores.part(f"unmet.{name}")
            out[f"consumers.{name}.expected_shortfall"] = estimates.mean(unmet, "units")
            out[f"consumers.{name}.cvar_unmet"] = estimates.tail_mean(unmet, measures.TAIL, "units")
        return out

    def misses(self, scores: Scores) -> dict[str, Estimate]:
        """By how much each standard is missed, by its name; below 0 where it is met."""
        return {aim.name: misses(aim, scores) for aim in self.aims}

    def to_pandas(self) -> pd.DataFrame:
        """A row for each plan tried: its levers, on how many futures it was tried, its measures, where it stands."""
        import pandas as pd

        front, rows = set(self.frontier), []
        best = {each.best for each in self.chosen}
        for plan, scores in self.scores.items():
            row: dict[str, Any] = {lever.name: None for lever in self.levers} | dict(self.settings(plan))
            row |= {"futures": scores.futures, "frontier": plan in front, "best": plan in best}
            for name, each in self.measures_of(scores).items():
                row |= {name: each.estimate, f"{name}.low": each.low, f"{name}.high": each.high}
            rows.append(row)
        return pd.DataFrame(rows)


def _money(estimate: Estimate, unit: str) -> Estimate:
    from dataclasses import replace

    return replace(estimate, unit=unit)
