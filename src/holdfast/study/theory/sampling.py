"""Acceptance sampling by attributes: how often a lot passes, what leaves the gate, how much is looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from holdfast.study.theory import probability, require

if TYPE_CHECKING:
    from collections.abc import Sequence

Law = Literal["binomial", "poisson", "hypergeometric"]


def accepts(size: int, limit: int, defective: float, law: Law = "binomial", lot: int | None = None) -> float:
    """The chance that a lot passes: at most c defectives in a sample of n (the OC curve at p).

    Args:
        size: n, of the sample.
        limit: c, the acceptance number.
        defective: p, share of items that are defective.
        law: of the number of defectives in a sample; hypergeometric for a finite lot with round(p x lot) defectives.
        lot: N, its size.

    Source: Montgomery, Introduction to Statistical Quality Control (2012), 15.2; ISO 2859-1.
    """
    from scipy.special import bdtr, pdtr

    _plan(size, limit)
    probability(defective=defective)
    if limit >= size and law != "poisson":
        return 1.0
    if law == "binomial":
        return float(bdtr(float(limit), size, defective))
    if law == "poisson":
        return float(pdtr(limit, size * defective))
    require(law == "hypergeometric", f"law is {law!r}, and must be binomial, poisson or hypergeometric")
    require(lot is not None and lot >= size, f"lot is {lot}, and must be at least the sample of {size}")
    whole = int(lot or 0)
    bad = round(defective * whole)
    ways = sum(math.comb(bad, x) * math.comb(whole - bad, size - x) for x in range(min(limit, bad, size) + 1))
    return ways / math.comb(whole, size)


def _plan(size: int, limit: int) -> None:
    require(size >= 1, f"a sample of {size}: at least 1 is needed")
    require(limit >= 0, f"an acceptance number of {limit}: at least 0 is needed")


def outgoing(size: int, limit: int, defective: float, lot: int, law: Law = "binomial") -> float:
    """AOQ: the share of defectives that leave, where those found are replaced and rejected lots are screened.

    Source: Dodge and Romig (1959); Montgomery (2012), 15.2.
    """
    return accepts(size, limit, defective, law, lot) * defective * (lot - size) / lot


def inspected(size: int, limit: int, defective: float, lot: int, law: Law = "binomial") -> float:
    """ATI: the items of a lot that are looked at, where rejected lots are screened. Source: as `outgoing`."""
    return size + (1 - accepts(size, limit, defective, law, lot)) * (lot - size)


def worst_outgoing(size: int, limit: int, lot: int, law: Law = "binomial") -> tuple[float, float]:
    """AOQL: the worst average outgoing quality whatever comes in, and the incoming share at which it occurs.

    Source: as `outgoing`.
    """
    from scipy.optimize import minimize_scalar

    top = min(1.0, 3 * (limit + 2) / size)
    found = minimize_scalar(
        lambda p: -outgoing(size, limit, float(p), lot, law),
        bounds=(0.0, top),
        method="bounded",
        options={"xatol": 1e-12},
    )
    return -float(found.fun), float(found.x)


def quality_at(size: int, limit: int, chance: float, law: Law = "binomial") -> float:
    """The share of defectives at which a lot passes with a given chance. Source: the law's quantile."""
    from scipy.special import bdtri, gammaincinv

    _plan(size, limit)
    require(0 < chance < 1, f"chance is {chance:g}, and must lie between 0 and 1")
    if law == "poisson":
        return float(gammaincinv(limit + 1, 1 - chance)) / size
    require(law == "binomial", f"law is {law!r}, and must be binomial or poisson")
    require(limit < size, f"an acceptance number of {limit} passes every sample of {size}")
    return float(bdtri(float(limit), size, chance))


@dataclass(frozen=True)
class DoublePlan:
    """A plan with two samples."""

    pa_first: float
    pa_second: float
    pa: float
    asn: float
    """Average sample number, both samples taken whole."""


def double_plan(
    first: int, limit_1: int, second: int, limit_2: int, defective: float, reject_1: int | None = None
) -> DoublePlan:
    """The chance to pass, and the items looked at, where an undecided first sample is followed by a second.

    Args:
        first: n1.
        limit_1: c1: at most so many pass at once.
        second: n2.
        limit_2: c2: at most so many in both samples pass.
        defective: p.
        reject_1: r1: so many or more in the first sample reject at once; c2 + 1 where not said.

    Source: Montgomery (2012), 15.3.
    """
    stop = limit_2 + 1 if reject_1 is None else reject_1
    once = accepts(first, limit_1, defective)
    then = again = 0.0
    for found in range(limit_1 + 1, min(stop, first + 1)):
        chance = math.comb(first, found) * defective**found * (1 - defective) ** (first - found)
        again += chance
        if limit_2 >= found:
            then += chance * accepts(second, limit_2 - found, defective)
    return DoublePlan(once, then, once + then, first + second * again)


def good_accepted(size: int, limit: int, defective: float, lot: int) -> float:
    """Good items that a lot yields where the sample is destroyed and rejected lots are scrapped.

    Source: expectation.
    """
    return accepts(size, limit, defective) * (lot - size) * (1 - defective)


def lots_needed(size: int, limit: int, defective: float, accepted: float) -> float:
    """Lots to be made, on average, until so many are accepted. Source: mean of the negative binomial law."""
    return accepted / accepts(size, limit, defective)


def two_point_plan(good: float, producer: float, bad: float, consumer: float, most: int = 100_000) -> tuple[int, int]:
    """The smallest plan (n, c) that passes good lots, and stops bad ones, surely enough.

    Args:
        good: p1, share of defectives that should pass.
        producer: alpha, chance at most with which such a lot is rejected.
        bad: p2, share that should not pass.
        consumer: beta, chance at most with which such a lot passes.
        most: samples larger than this are not looked for.

    Source: Guenther, Journal of Quality Technology 1 (1969) 81.
    """
    require(0 < good < bad < 1, f"p1 is {good:g} and p2 is {bad:g}: 0 < p1 < p2 < 1 is needed")
    size = 1
    for limit in range(most):
        size = max(size, limit + 1)
        step = 1
        while accepts(size + step, limit, bad) > consumer:
            step *= 2
            require(size + step < 2 * most, f"no plan with a sample of at most {most}")
        low, high = size - 1, size + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if accepts(max(middle, 1), limit, bad) > consumer else (low, middle)
        size = high
        if accepts(size, limit, good) >= 1 - producer:
            return size, limit
    raise ValueError(f"no plan with a sample of at most {most}")


def rolled_yield(yields: Sequence[float]) -> float:
    """The share that passes every step in a row. Source: Montgomery (2012), 1."""
    return math.prod(yields)
