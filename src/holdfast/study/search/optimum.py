"""How far a plan is from the best of all ways to order, where its world is small enough to be solved exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.study import estimates
from holdfast.study.exact.horizons import TooLargeError, least
from holdfast.study.exact.worlds import NotSmallError, stock_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from holdfast.parts.world import World
    from holdfast.study.estimates import Estimate


@dataclass(frozen=True)
class Optimum:
    """What the best of all policies costs that orders in the world of the best plan, all else as in it."""

    least: float
    """Expected cost, being short counted [money]: exact, and so without an interval."""
    states: int
    """Over how many states it was found."""
    above: Estimate
    """What the best plan costs more than it, on average over fresh futures [money]."""


def optimum(best: World, costs: NDArray[np.float64]) -> tuple[Optimum | None, str]:
    """The least cost of any policy; or None, and why it is not known.

    Args:
        best: the world of the best plan.
        costs: (replication,) what the best plan costs, being short counted.
    """
    try:
        cost, states = least(stock_of(best))
    except NotSmallError as error:
        return None, str(error)
    except TooLargeError:
        return None, "it has too many states"
    return Optimum(cost, states, estimates.mean(costs - cost, "money")), ""
