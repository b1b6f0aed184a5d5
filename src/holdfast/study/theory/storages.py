"""Finite stores: what is lost when supply comes and goes, and what outdates when supply and demand are random."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from holdfast.study.theory import positive, probability, require

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_STATES: Final = 200_000


@dataclass(frozen=True)
class EmbargoChain:
    """A store under embargo in the long run, from its exact Markov chain."""

    lost_fraction: float
    """Share of demand that is lost."""
    mean_stock: float
    """At the end of a period."""
    refused_fraction: float
    """Share of what arrives that the full store refuses."""


def stationary(transitions: Any) -> NDArray[np.float64]:
    """The long-run distribution over states of a chain with one recurrent class.

    Args:
        transitions: scipy sparse matrix (state, state) of probabilities, rows adding up to 1.
    """
    import numpy as np
    from scipy.sparse import csc_matrix, eye, vstack
    from scipy.sparse.linalg import spsolve

    n = transitions.shape[0]
    balance = (eye(n, format="csr") - transitions.T.tocsr())[:-1]
    full = csc_matrix(vstack([balance, np.ones((1, n))]))
    right = np.zeros(n)
    right[-1] = 1.0
    share = np.atleast_1d(spsolve(full, right))
    return np.asarray(share, dtype=np.float64)


def embargo_chain(capacity: float, demand: float, supply: float, failure: float, recovery: float) -> EmbargoChain:
    """How a store of a given size fares where supply arrives in each period without embargo, and none within one.

    A period: the regime moves; if open, `supply` arrives and what exceeds the capacity is refused; demand is served
    from stock and the rest is lost.

    Args:
        capacity: of the store [units].
        demand: per period [units].
        supply: per open period [units].
        failure: chance per period that an embargo begins.
        recovery: chance per period that it ends.

    Source: Moran, Australian Journal of Applied Science 5 (1954) 116 (dam of finite size), with a Markov inflow.
    """
    import numpy as np
    from scipy.sparse import csr_matrix

    positive(capacity=capacity, demand=demand, supply=supply, failure=failure, recovery=recovery)
    probability(failure=failure, recovery=recovery)
    top, use, comes = (Fraction(str(x)) for x in (capacity, demand, supply))
    states: dict[tuple[Fraction, bool], int] = {}
    todo, rows, columns, chances = [(max(top - use, Fraction(0)), True)], [], [], []
    states[todo[0]] = 0
    while todo:
        stock, up = todo.pop()
        for now, chance in ((not up, failure if up else recovery), (up, 1 - (failure if up else recovery))):
            full = min(stock + comes, top) if now else stock
            following = (max(full - use, Fraction(0)), now)
            if following not in states:
                require(len(states) < MOST_STATES, f"capacity {capacity:g} makes more than {MOST_STATES} states")
                states[following] = len(states)
                todo.append(following)
            rows.append(states[stock, up])
            columns.append(states[following])
            chances.append(chance)
    n = len(states)
    share = stationary(csr_matrix((chances, (rows, columns)), shape=(n, n)))
    stock_of = np.array([float(stock) for stock, _ in states])
    opened = np.array([up for _, up in states])
    lost, refused = np.zeros(n), np.zeros(n)
    exact = list(states)
    for row, column, chance in zip(rows, columns, chances, strict=True):
        stock, now = exact[row][0], exact[column][1]
        full = min(stock + comes, top) if now else stock
        lost[row] += chance * float(max(use - full, Fraction(0)))
        refused[row] += chance * float(stock + comes - full if now else 0)
    return EmbargoChain(
        float(share @ lost) / demand, float(share @ stock_of), float(share @ refused) / (supply * float(share @ opened))
    )


@dataclass(frozen=True)
class FluidStore:
    """A store that fills and empties at constant rates, in the long run."""

    lost_fraction: float
    """Share of time, and of demand, without supply and empty."""
    full_fraction: float
    """Share of time full, with supply open."""
    mean_stock: float


def fluid_store(
    capacity: float, supply: float, demand: float, failure: float, recovery: float, steps: int = 2_000
) -> FluidStore:
    """How a store fares in continuous time: supply at a rate while open, none during exponential embargoes.

    The flow up equals the flow down at every level, so the density is exponential in it, with masses at both ends.

    Args:
        capacity: K [units].
        supply: rate while open; above the demand.
        demand: rate.
        failure: rate from open to closed.
        recovery: rate from closed to open.
        steps: of the quadrature of the mean stock.

    Source: Mitra, Advances in Applied Probability 20 (1988) 646 (one source).
    """
    import numpy as np

    positive(capacity=capacity, demand=demand, failure=failure, recovery=recovery)
    require(supply > demand, f"supply is {supply:g}, and must be above the demand of {demand:g}: it never fills")
    rise = supply - demand
    slope = recovery / demand - failure / rise
    scale = max(slope * capacity, 0.0)  # densities relative to the larger end
    full = rise * math.exp(slope * capacity - scale) / failure
    empty = rise * math.exp(-scale) / recovery
    both = 1 + rise / demand
    inside = both * _exponential_integral(slope, capacity, scale)
    level = (np.arange(steps) + 0.5) * capacity / steps
    moment = both * float(np.sum(level * np.exp(slope * level - scale))) * capacity / steps
    total = inside + full + empty
    return FluidStore(empty / total, full / total, (moment + capacity * full) / total)


def _exponential_integral(slope: float, length: float, scale: float) -> float:
    """The integral of exp(slope x - scale) from 0 to length."""
    if abs(slope * length) < 1e-12:
        return length * math.exp(-scale)
    return (math.exp(slope * length - scale) - math.exp(-scale)) / slope


def disruption_survival(recovery: float, periods: float) -> float:
    """The chance that a disruption, which ends with probability beta in each period, is over within n periods.

    Source: the geometric law; Snyder and Shen (2019), 9.2.2.
    """
    probability(recovery=recovery)
    return -math.expm1(periods * math.log1p(-recovery)) if recovery < 1 else float(periods > 0)


@dataclass(frozen=True)
class PoissonPerishable:
    """A perishable that arrives and is asked for at random, in the long run."""

    p_stockout: float
    """Share of demand that finds nothing, and is lost."""
    outdating_rate: float
    """Items that expire, per time."""


def perishable_poisson(arrival: float, demand: float, life: float) -> PoissonPerishable:
    """How often an item that lives for a fixed time is missing, and how many expire; oldest first, lost sales.

    The age of the oldest item has density c exp((arrival - demand) x) below the life, by level crossing; the store is
    empty with c / arrival, and items expire at the rate of the density at the life.

    Args:
        arrival: rate of items, Poisson.
        demand: rate of units asked for, Poisson.
        life: of an item.

    Source: Graves, Management Science 28 (1982) 1; Kaspi and Perry, Advances in Applied Probability 15 (1983) 674.
    """
    positive(arrival=arrival, demand=demand, life=life)
    slope = arrival - demand
    scale = max(slope * life, 0.0)
    total = _exponential_integral(slope, life, scale) + math.exp(-scale) / arrival
    return PoissonPerishable(math.exp(-scale) / arrival / total, math.exp(slope * life - scale) / total)
