"""At which probability of a crisis a plan pays: its cost if none comes, against what it saves if one does (§24)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from holdfast.study import estimates
from holdfast.study.estimates import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Verdict = Literal["above", "below", "always", "never", "cannot be told"]


@dataclass(frozen=True)
class Payoff:
    """Whether a plan pays against today's, by the probability of one crisis."""

    alternative: str
    against: str
    cut: str
    calm: Estimate
    """What the plan costs more than today's if the crisis never comes, shortage counted [money]."""
    crisis: Estimate
    """What it costs less than today's if the crisis comes, shortage counted [money]."""
    probability: Estimate
    """calm / (calm + crisis), where plan and today's cost the same; from 0 to 1, nan where there is none."""
    verdict: Verdict
    """above, below: it pays from `probability` on, or up to it; always, never: whatever the probability."""


def payoff(
    alternative: str, against: str, cut: str, money: str, plan: tuple[Floats, Floats], today: tuple[Floats, Floats]
) -> Payoff:
    """The break-even probability of a crisis, from futures that both plans share.

    A plan that costs c more if the crisis never comes and g less if it does pays where p g > (1 - p) c, so from
    p = c / (c + g) on.

    Args:
        alternative: name of the plan.
        against: name of today's plan.
        cut: name of the crisis.
        money: the unit of money.
        plan: (replication,) costs of the plan without and with the crisis.
        today: the same of today's plan.
    """
    more, less = plan[0] - today[0], today[1] - plan[1]
    calm, crisis = estimates.mean(more, money), estimates.mean(less, money)
    verdict = _verdict(calm, crisis)
    probability = Estimate(math.nan, math.nan, math.nan, math.nan, estimates.SHARE)
    if verdict in ("above", "below"):
        sign = 1.0 if verdict == "above" else -1.0
        probability = fieller(sign * more, sign * (more + less))
    return Payoff(alternative, against, cut, calm, crisis, probability, verdict)


def _verdict(calm: Estimate, crisis: Estimate) -> Verdict:
    """What the intervals of both differences allow to say."""
    dearer, saves = calm.low > 0.0, crisis.low > 0.0
    cheaper, loses = calm.high < 0.0, crisis.high < 0.0
    if dearer and saves:
        return "above"
    if cheaper and loses:
        return "below"
    if (dearer and crisis.high <= 0.0) or (calm.low >= 0.0 and loses):
        return "never"
    if (cheaper and crisis.low >= 0.0) or (calm.high <= 0.0 and saves):
        return "always"
    return "cannot be told"


def fieller(above: Floats, below: Floats) -> Estimate:
    """The ratio of two paired means, both above 0, with an interval that holds where the lower one is unsure too.

    The interval holds every r for which the mean of above - r x below cannot be told from 0 by Student's t.

    Source: Fieller, Journal of the Royal Statistical Society B 16 (1954) 175.
    """
    n, x, y = above.size, float(above.mean()), float(below.mean())
    ratio = x / y
    if n < 2:
        return Estimate(ratio, 0.0, 1.0, math.inf, estimates.SHARE)
    spread = np.cov(np.stack([above, below])) * (estimates.student(n) ** 2 / n)
    a, b, c = y * y - spread[1, 1], x * y - spread[0, 1], x * x - spread[0, 0]
    root = b * b - a * c
    if a <= 0.0 or root < 0.0:  # the lower mean cannot be told from 0: any ratio is possible
        return Estimate(ratio, 0.0, 1.0, math.inf, estimates.SHARE)
    low, high = ((b + sign * math.sqrt(root)) / a for sign in (-1.0, 1.0))
    error = float(np.std(above - ratio * below, ddof=1)) / math.sqrt(n) / y
    return Estimate(ratio, max(0.0, low), min(1.0, high), error, estimates.SHARE)
