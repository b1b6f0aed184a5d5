"""Climbing: NSGA-II over mixed levers, asked for one generation of plans at a time.

Source: Deb, Pratap, Agarwal and Meyarivan, IEEE Transactions on Evolutionary Computation 6 (2002) 182 (NSGA-II); the
implementation, and the operators for mixed variables, are those of pymoo: Blank and Deb, IEEE Access 8 (2020) 89497.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.errors import Place, Problems
from holdfast.study.search.scores import Aim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from holdfast.study.search.scores import Scores
    from holdfast.study.search.space import Plan, Space

POPULATION: Final = 32
OFFSPRING: Final = 16
MOST_AIMS: Final = 3
"""With more standards than this, the worst of them and their sum stand for all: fronts of many numbers hold nothing."""
WORST: Final = 1e30
"""What a plan gets that does not hold together."""


class Climb:
    """A population of plans that is asked for new ones, and told what came of them."""

    def __init__(self, space: Space, first: Sequence[Plan], aims: tuple[Aim, ...], seed: int) -> None:
        """Begins with some plans, and as many others as fill the population.

        Raises:
            ScenarioError: HF440, pymoo is not installed.
        """
        self.space, self.aims = space, aims
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries that pymoo loads
            self._algorithm = _algorithm(space, first, len(objectives(None, aims)), seed)
        self._asked: Any = None

    def ask(self) -> list[Plan]:
        """The plans of the next generation."""
        self._asked = self._algorithm.ask()
        names = [lever.name for lever in self.space.levers]
        return [self.space.plan([float(each.X[name]) for name in names]) for each in self._asked]

    def tell(self, found: Sequence[Scores | None]) -> None:
        """What came of the plans asked for last, in their order."""
        self._asked.set("F", np.array([objectives(scores, self.aims) for scores in found]))
        self._algorithm.tell(infills=self._asked)


def objectives(scores: Scores | None, aims: tuple[Aim, ...]) -> list[float]:
    """What is to be small: cost, what each standard's measure lacks, and the part of what is wanted that is unmet."""
    count = len(aims) if len(aims) <= MOST_AIMS else 2
    if scores is None:
        return [WORST] * (count + 2)
    lacks = []
    for aim in aims:
        value = float(np.nan_to_num(scores.measure(aim).estimate, nan=aim.asked))
        lacks.append(-value if aim.at_least else value)
    if len(aims) > MOST_AIMS:
        lacks = [max(lacks), sum(lacks)]
    money = scores.cost if aims else scores.total_cost
    return [money.estimate, *lacks, float(np.nan_to_num(scores.unmet.estimate))]


def _algorithm(space: Space, first: Sequence[Plan], objectives: int, seed: int) -> Any:
    try:
        from pymoo.algorithms.moo.nsga2 import RankAndCrowdingSurvival
        from pymoo.core.mixed import MixedVariableGA
        from pymoo.core.population import Population
        from pymoo.core.problem import Problem
        from pymoo.core.termination import NoTermination
        from pymoo.core.variable import Choice, Integer, Real
    except ImportError as error:
        problems = Problems()
        problems.add("HF440", Place("search"), "", "pymoo is not installed", 'pip install "holdfast[search]"')
        try:
            problems.raise_if_any()
        except Exception as told:
            raise told from error
    variables: dict[str, Any] = {}
    for lever in space.levers:
        if lever.kind == "choice":
            variables[lever.name] = Choice(options=list(range(len(lever.choices))))
        elif lever.kind in ("integer", "date"):
            variables[lever.name] = Integer(bounds=(round(lever.low), round(lever.high)))
        else:
            variables[lever.name] = Real(bounds=(lever.low, lever.high))
    problem = Problem(vars=variables, n_obj=objectives)
    rows = [_row(space, plan) for plan in first]
    chance = np.random.default_rng(seed)
    while len(rows) < POPULATION:
        rows.append(_row(space, space.plan([_anywhere(lever, chance.random()) for lever in space.levers])))
    algorithm = MixedVariableGA(
        pop_size=POPULATION,
        n_offsprings=OFFSPRING,
        sampling=Population.new(X=np.array(rows, dtype=object)),
        survival=RankAndCrowdingSurvival(),
    )
    algorithm.setup(problem, termination=NoTermination(), seed=seed % 2**32, verbose=False)
    return algorithm


def _row(space: Space, plan: Plan) -> dict[str, Any]:
    pairs = zip(space.levers, space.values(plan), strict=True)
    return {lever.name: value if lever.kind == "number" else round(value) for lever, value in pairs}


def _anywhere(lever: Any, u: float) -> float:
    """The value of a lever at a part of the way from its low end to its high one."""
    if lever.kind == "choice":
        return float(min(int(u * len(lever.choices)), len(lever.choices) - 1))
    return float(lever.low + u * (lever.high - lever.low))
