"""What a cut does to those who use goods: how long they last, how long they are short, how much they miss (§24).

Every figure compares a future in which something is cut with the same future in which it is not: what is short in both
is not the cut's doing.

Source: time to survive and time to recover are those of Simchi-Levi, Schmidt and Wei, Harvard Business Review 92 (2014)
96, and Simchi-Levi et al., Interfaces 45 (2015) 375, read off a simulation future by future and not from a linear
programme on mean rates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.study import estimates
from holdfast.study.estimates import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.engine.run import Outcome
    from holdfast.parts.world import World

    Floats = NDArray[np.float64]

ROUNDING: Final = 1e-6
"""Share of a period's normal use up to which a difference of shortfalls is rounding."""
BEHIND: Final = 0.99
"""Share of the shortfall that a cut causes which must be behind for a consumer to have recovered."""
QUANTILES: Final = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class Effect:
    """What one cut does to one consumer under one plan."""

    alternative: str
    cut: tuple[str, ...]
    """Names of what is cut, one or two."""
    consumer: str
    watched: float
    """[days] From the cut to the end of what was simulated."""
    survives: Floats
    """(replication,) tts [days]; infinite where nothing is missed that is not missed without the cut."""
    recovers: Floats
    """(replication,) ttr [days]; 0 where there is nothing to recover from, infinite where it is not over yet."""
    missing: Estimate
    """E[shortfall with the cut less shortfall without it], in days of the consumer's normal use."""

    @property
    def hit(self) -> NDArray[np.bool_]:
        """(replication,) whether tts < ttr."""
        found: NDArray[np.bool_] = self.survives < self.recovers
        return found

    @cached_property
    def exposed(self) -> Estimate:
        """The probability that the consumer runs short before it has recovered: P(tts < ttr)."""
        return estimates.share(self.hit)

    @cached_property
    def tts(self) -> dict[str, Estimate]:
        """Time to survive, over the futures that are exposed: p10, p50 and p90 [days]; empty if there are none."""
        return _quantiles(self.survives[self.hit])

    @cached_property
    def ttr(self) -> dict[str, Estimate]:
        """Time to recover, over the futures that are exposed: p10, p50 and p90 [days]; infinite: later than watched."""
        return _quantiles(self.recovers[self.hit])


def _quantiles(values: Floats) -> dict[str, Estimate]:
    if not values.size:
        return {}
    return {name: estimates.quantile(values, p, "days") for name, p in QUANTILES.items()}


def unmet_names(world: World) -> list[str]:
    """The record of each use's shortfall, in the order of `world.uses`."""
    consumers, goods = world.consumers, world.goods
    return [f"consumers.{consumers[use.consumer].name}.{goods[use.good].name}.unmet" for use in world.uses]


def shortfalls(world: World, outcome: Outcome, consumer: int) -> Floats:
    """(period, replication) what a consumer misses, over its goods, in periods of its normal use."""
    names = unmet_names(world)
    normal = sum(use.normal_use for use in world.uses if use.consumer == consumer)
    total = np.zeros((world.periods, outcome.replications))
    for name, use in zip(names, world.uses, strict=True):
        if use.consumer == consumer:
            total += outcome.yearly[name]
    return total / normal if normal > 0 else total


def times(extra: Floats, begin: int, period_days: float) -> tuple[Floats, Floats]:
    """How long each future lasts and how long until it has recovered (conventions §24).

    Args:
        extra: (period, replication) shortfall with the cut less shortfall without it [periods of normal use].
        begin: the period in which the cut begins.
        period_days: length of a period.

    Returns:
        (replication,) tts and ttr [days].
    """
    after = np.where(np.abs(extra[begin:]) > ROUNDING, extra[begin:], 0.0)
    short = after > 0.0
    hit = short.any(axis=0)
    first = np.argmax(short, axis=0)
    tts = np.where(hit, first * period_days, math.inf)
    periods = np.arange(after.shape[0])[:, None]
    caused = np.cumsum(np.where(periods >= first, after, 0.0), axis=0)  # what is missed more, less what is missed less
    most = caused.max(axis=0)
    last = np.argmax(caused >= BEHIND * most, axis=0)
    still = short[-1] & (last == after.shape[0] - 1)
    ttr = np.where(still, math.inf, (last + 1) * period_days)
    return tts, np.where(hit, ttr, 0.0)


def effects(
    world: World, base: list[Floats], struck: Outcome, begin: int, alternative: str, cut: tuple[str, ...]
) -> list[Effect]:
    """What a cut does to each consumer, beside the same futures uncut.

    Args:
        world: the world as far as it was simulated.
        base: shortfalls of each consumer without the cut (`shortfalls`).
        struck: what came of the cut.
        begin: the period in which it began.
        alternative: name of the plan.
        cut: what was cut.
    """
    found = []
    watched = (world.periods - begin) * world.period_days
    for c, consumer in enumerate(world.consumers):
        extra = shortfalls(world, struck, c) - base[c]
        tts, ttr = times(extra, begin, world.period_days)
        missed = np.where(np.abs(extra) > ROUNDING, extra, 0.0).sum(axis=0) * world.period_days
        found.append(
            Effect(alternative, cut, consumer.name, watched, tts, ttr, estimates.mean(missed, "days of normal use"))
        )
    return found
