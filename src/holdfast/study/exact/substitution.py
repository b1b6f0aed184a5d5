"""Two perishable goods, of which one can stand in for the other.

A period as in `perishables`, with a life of two and orders that arrive for the next period, oldest first: B's demand is
served first; of its customers who find none each takes A instead with a given probability; A serves its own and those.

Source: Hendrix et al., Computational and Mathematical Methods 1 (2019) e1027.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from holdfast.study.exact.chains import Average, average, boxed
from holdfast.study.exact.demands import Demand
from holdfast.study.theory import probability, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """Goods A and B, with a price and a cost per unit that both share.

    Raises:
        ValueError: a largest order is below 1, or `accepts` is no probability.
    """

    demand_a: Demand
    demand_b: Demand
    most_a: int
    """[units] A's largest order"""
    most_b: int
    accepts: float = 0.5
    """Probability that a customer who finds no B takes A."""
    price: float = 1.0
    order: float = 0.5

    def __post_init__(self) -> None:
        require(self.most_a >= 1 and self.most_b >= 1, "the largest orders must be at least 1")
        probability(accepts=self.accepts)


def _takers(pair: Pair, stock_b: int) -> tuple[Floats, Floats]:
    """With so much B: probabilities of the demands for it that it meets, and of A's whole demand where it runs out.

    Together they sum to 1.
    """
    law_b, law_a = pair.demand_b.ended(), pair.demand_a.ended()
    served = law_b[: stock_b + 1]
    spilled = np.zeros(1)
    thinned = np.ones(1)
    for share in law_b[stock_b + 1 :]:
        thinned = np.convolve(thinned, [1 - pair.accepts, pair.accepts])
        longer = np.zeros(len(thinned))
        longer[: len(spilled)] = spilled
        spilled = longer + share * thinned
    return served, np.convolve(law_a, spilled)


def _tables(pair: Pair) -> tuple[Floats, Floats]:
    """How the leftovers come about, (a_1, a_2, b_1, b_2) to (left of a_1, left of b_1), and sales per period.

    Only fresh leftovers live on; index 1 is the fresh stock, 2 the old.
    """
    na, nb = pair.most_a + 1, pair.most_b + 1
    law_a = pair.demand_a.ended()
    fresh, old = np.arange(na)[:, None], np.arange(na)[None, :]
    moved = np.zeros((na, na, nb, nb, na, nb))
    sales = np.zeros((na, na, nb, nb))
    for b1 in range(nb):
        for b2 in range(nb):
            served, spilled = _takers(pair, b1 + b2)
            runs = [(max(min(b1, b1 + b2 - d), 0), d, share * law_a) for d, share in enumerate(served)]
            for left_b, sold_b, law in [*runs, (0, b1 + b2, spilled)]:
                for demand, share in enumerate(law):
                    left_a = np.clip(fresh + old - demand, 0, fresh)
                    moved[fresh, old, b1, b2, left_a, left_b] += share
                    sales[:, :, b1, b2] += share * (np.minimum(demand, fresh + old) + sold_b)
    return moved, sales


def optimal_profit(pair: Pair) -> Average:
    """The greatest long-run average profit per period.

    Demand is ended where 1e-14 is left.

    Raises:
        ValueError: there are too many states to be held.
        ArithmeticError: the bounds do not close.
    """
    na, nb = pair.most_a + 1, pair.most_b + 1
    boxed((na, na, nb, nb, na * nb))
    moved, sales = _tables(pair)
    ahead = moved.reshape(-1, na * nb)
    paid = pair.order * (np.arange(na)[:, None] + np.arange(nb)[None, :]).ravel()
    gained = pair.price * sales

    def update(values: Floats) -> Floats:
        # values are by (a_1, a_2, b_1, b_2); next period's a_1, b_1 are ordered, its a_2, b_2 are left over.
        by_left = values.transpose(1, 3, 0, 2).reshape(na * nb, na * nb)
        return np.asarray(gained + (ahead @ by_left - paid).max(axis=1).reshape(values.shape))

    return average(update, np.zeros((na, na, nb, nb)))
