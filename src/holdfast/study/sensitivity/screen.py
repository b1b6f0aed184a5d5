"""Which inputs matter, over their whole ranges and together with others: Morris's screening and Sobol's indices.

Both take any function of points in the unit cube, so that what is printed for a scenario is reckoned by the code that
the tests hold against functions of known indices. The samples and the estimators are SALib's.

Sources: Morris, Technometrics 33 (1991) 161; Campolongo, Cariboni and Saltelli, Environmental Modelling & Software 22
(2007) 1509 (mu*); Sobol, Mathematics and Computers in Simulation 55 (2001) 271; Saltelli et al., Computer Physics
Communications 181 (2010) 259; Herman and Usher, Journal of Open Source Software 2 (2017) 97 (SALib).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.errors import Place, Problems
from holdfast.study.estimates import Z95, Estimate

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Function = Callable[[Floats], Floats]
    """From (point, input), each from 0 to 1, to (point,)."""

LEVELS: Final = 4
"""Values of each input in Morris's design."""
RESAMPLES: Final = 1_000
VARIANCE: Final = "share of variance"


@dataclass(frozen=True)
class Effect:
    """How much an input moves the score on average over the range, wherever the others lie."""

    mean: Estimate
    """mu*: mean of |elementary effects|, over the whole range of the input."""
    spread: float
    """sigma: how much the effect depends on where the others lie, or on where it lies itself."""


@dataclass(frozen=True)
class Index:
    """What part of the variance of the score an input is behind, where all are uniform in their ranges."""

    first: Estimate
    """Alone."""
    total: Estimate
    """Together with what it does in company of others."""


def salib(name: str) -> ModuleType:
    """A module of SALib.

    Raises:
        ScenarioError: HF440, it is not installed.
    """
    import importlib

    try:
        return importlib.import_module(f"SALib.{name}")
    except ImportError:
        problems = Problems()
        fix = 'pip install "holdfast[sensitivity]"'
        problems.add("HF440", Place("sensitivity"), "", "SALib is not installed", fix)
        problems.raise_if_any()
        raise


def _problem(count: int) -> dict[str, Any]:
    return {"num_vars": count, "names": [str(i) for i in range(count)], "bounds": [[0.0, 1.0]] * count}


def morris_runs(count: int, trajectories: int) -> int:
    """How many points Morris's screening takes."""
    return trajectories * (count + 1)


def morris(function: Function, count: int, trajectories: int, seed: int, unit: str) -> list[Effect]:
    """The effect of each of `count` inputs, from so many trajectories through the cube.

    Raises:
        ScenarioError: HF440.
    """
    problem, start = _problem(count), _seed(seed)
    points = salib("sample.morris").sample(problem, trajectories, num_levels=LEVELS, seed=start)
    found = salib("analyze.morris").analyze(
        problem, points, function(points), num_resamples=RESAMPLES, num_levels=LEVELS, seed=start
    )
    return [
        Effect(_positive(_around(found["mu_star"][i], found["mu_star_conf"][i], unit)), float(found["sigma"][i]))
        for i in range(count)
    ]


def sobol_runs(count: int, points: int) -> int:
    """How many points Sobol's indices take."""
    return points * (count + 2)


def sobol(function: Function, count: int, points: int, seed: int) -> list[Index]:
    """First-order and total indices of `count` inputs; `points` is a power of 2. Empty where the score never varies.

    Raises:
        ScenarioError: HF440.
    """
    problem, start = _problem(count), _seed(seed)
    sample = salib("sample.sobol").sample(problem, points, calc_second_order=False, seed=start)
    values = function(sample)
    if float(np.ptp(values)) == 0.0:
        return []
    found = salib("analyze.sobol").analyze(
        problem, values, calc_second_order=False, num_resamples=RESAMPLES, seed=start
    )
    unseen = min(1.0, 3.0 / points)  # what never happened in n trials may still happen in 3 of n
    return [
        Index(
            _around(found["S1"][i], found["S1_conf"][i] or unseen, VARIANCE),
            _around(found["ST"][i], found["ST_conf"][i] or unseen, VARIANCE),
        )
        for i in range(count)
    ]


def _seed(seed: int) -> int:
    """What SALib takes as a seed."""
    return seed % 2**32


def _around(estimate: float, half: float, unit: str) -> Estimate:
    """An estimate with the half width of its bootstrap interval at 95 %."""
    middle, half = float(estimate), float(np.nan_to_num(half))
    return Estimate(middle, middle - half, middle + half, half / Z95, unit)


def _positive(each: Estimate) -> Estimate:
    """A mean of sizes, which are not below 0."""
    return dataclasses.replace(each, low=max(0.0, each.low))
