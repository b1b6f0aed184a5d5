"""Whether two simulations agree in distribution: z tests on means and on how often a level is low, with stated errors.

Each of the m figures is tested two-sided at level FALSE_FAIL / m, so that all of them together reject equal
distributions with probability FALSE_FAIL. A difference of `seen` standard deviations is passed with probability
FALSE_PASS.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from benchmarks.peers.reference import FANS, TOTALS, Floats, Peer

FALSE_FAIL: Final = 1e-9
FALSE_PASS: Final = 1e-6
PERIODS: Final = (0.25, 0.5, 1.0)
"""Where in the horizon fans are compared."""
SHARES: Final = (0.25, 0.5, 0.9)
"""Which quantiles of the first simulation its peers' levels are compared at."""


class Disagreement(Exception):
    """Two simulations of one model differ in distribution."""


@dataclass(frozen=True)
class Agreement:
    """What a comparison found."""

    figures: int
    most: float
    """Largest |z|."""
    where: str
    limit: float
    """|z| from which they differ."""
    seen: float
    """A difference of a mean, in standard deviations, that is seen but for a chance of FALSE_PASS."""

    def __str__(self) -> str:
        return (
            f"{self.figures} figures agree, largest |z| {self.most:.1f} ({self.where}) below {self.limit:.1f}; equal "
            f"ones fail with {FALSE_FAIL:g}, a shift of {self.seen:.2g} standard deviations passes with {FALSE_PASS:g}"
        )


def compare(name: str, ours: Peer, theirs: Peer) -> Agreement:
    """How well a peer agrees.

    Args:
        name: whose, for the message.
        ours: what the engine gave.
        theirs: what the peer gave, from random numbers of its own.

    Raises:
        Disagreement: a figure differs by more than chance allows.
    """
    found = {total: z_of_means(ours.totals[total], theirs.totals[total]) for total in TOTALS} | _fans(ours, theirs)
    limit = -NormalDist().inv_cdf(FALSE_FAIL / len(found) / 2)
    where = max(found, key=lambda each: abs(found[each]))
    a, b = (next(iter(each.totals.values())).size for each in (ours, theirs))
    seen = (limit - NormalDist().inv_cdf(FALSE_PASS)) * math.sqrt(1 / a + 1 / b)
    if not abs(found[where]) <= limit:
        message = f"{name} differs from the engine: z of {where} is {found[where]:.1f}, and chance allows {limit:.1f}"
        raise Disagreement(message)
    return Agreement(len(found), abs(found[where]), where, limit, seen)


def z_of_means(a: Floats, b: Floats) -> float:
    """Z of the difference of two means; 0 where both never vary and are equal."""
    spread = math.sqrt(a.var(ddof=1) / a.size + b.var(ddof=1) / b.size)
    difference = float(a.mean() - b.mean())
    if spread == 0.0:
        return 0.0 if difference == 0.0 else math.inf
    return difference / spread


def _fans(ours: Peer, theirs: Peer) -> dict[str, float]:
    """Z of the share of futures in which a level lies below some quantiles of ours, in some periods."""
    found: dict[str, float] = {}
    for name in FANS:
        a, b = ours.fans[name], theirs.fans[name]
        for place in PERIODS:
            t = min(len(a) - 1, int(place * len(a)))
            below_a, below_b = np.cumsum(a[t]), np.cumsum(b[t])
            for share in SHARES:
                k = int(np.searchsorted(below_a, share * below_a[-1]))
                p, q = below_a[k] / below_a[-1], below_b[k] / below_b[-1]
                both = (below_a[k] + below_b[k]) / (below_a[-1] + below_b[-1])
                spread = math.sqrt(both * (1 - both) * (1 / below_a[-1] + 1 / below_b[-1]))
                found[f"{name} at {place:.0%}, {share:.0%}"] = 0.0 if spread == 0 else float((p - q) / spread)
    return found
