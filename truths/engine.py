"""Estimates by the engine: a scenario, its futures, and how many of them an answer needs.

A long-run average is taken over `periods` after a warm-up. Since a random decision owns its stream, the first w
periods of a future are the same however long the future is (conventions §20), so what happens after the warm-up is
what happens in w + n periods less what happens in w. Futures are independent of each other, so the standard error
comes from them alone. Batches of futures are added until it is small enough.
"""

from __future__ import annotations

import dataclasses
import json
import math
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from truths.registry import Estimate, NotExpressible, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.parts.world import World

Totals = Mapping[str, float]
"""Means over futures of what `holdfast.engine.run.Outcome.totals` holds, over the periods after the warm-up."""

SEED: Final = 20_260
AIM: Final = 0.0012
"""Standard error that is aimed at, as a part of the estimate."""
MOST: Final = 400_000_000
"""Periods of futures after which no batch is added."""
ENOUGH: Final = 0.0022
"""Standard error that will do where that would take too long and no limit makes it larger; 0.3 % is what is judged."""
SEEN: Final = 0.05
"""Standard error of something rare, as a part of it, from which on it counts as seen."""
PILOT: Final = 3
"""Batches after which it is foreseen how many more are needed."""
BATCH: Final = 768
"""Futures of a batch, and what their number is a multiple of."""
WORTH_IT: Final = 3_000_000
"""Periods of a batch, so that preparing it is little beside them."""
GROUPS: Final = 96
"""Groups of futures over which the standard error is reckoned by leaving one out."""


def number(value: float) -> str:
    """A number as scenarios write it, with all its digits and no exponent."""
    return np.format_float_positional(value, trim="-")


def units(value: float) -> str:
    """An amount of the good of a truth's scenario."""
    return f"{number(value)} units"


def money(value: float, per: str = "unit") -> str:
    """A price or a cost rate."""
    return f"{number(value)} USD/{per}"


def share(value: float) -> str:
    """A share or a probability."""
    return f"{number(100.0 * value)} %"


def days(value: float) -> str:
    """A time; a day is the period of every truth's scenario."""
    return f"{number(value)} days"


def scenario(sections: Mapping[str, Any], discount: str = "0 %/year", period: str = "1 day") -> dict[str, Any]:
    """A scenario of one good, counted in units; `sections` are those of the language, over the defaults here."""
    return {
        "holdfast": 1,
        "name": "truth",
        "clock": {"start": "2000-01-01", "period": period, "horizon": "1000 days", "cover_at": "normal"},
        "money": {"currency": "USD", "price_year": 2000, "discount_rate": discount},
        "goods": {"good": {"unit": "unit"}},
        **sections,
    }


def world(text: Mapping[str, Any]) -> World:
    """The world that a scenario says, read from a file as everybody's scenarios are."""
    import holdfast

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "truth.yaml"
        path.write_text(json.dumps(text, indent=1), encoding="utf-8")
        return holdfast.load(path).world()


def _totals(made: World, periods: int, first: int, futures: int) -> dict[str, NDArray[np.float64]]:
    """Totals of each future, shape (future,); means of levels as sums over periods."""
    from holdfast.engine.run import simulate

    timed = dataclasses.replace(made, periods=periods)
    found = simulate(timed, replications=futures, seed=SEED, first=first, threads=1).totals
    return {name: x * periods if name.startswith("mean.") else x for name, x in found.items()}


def futures_of(
    made: World, periods: int, warm_up: int, first: int = 0, futures: int = BATCH
) -> dict[str, NDArray[np.float64]]:
    """Totals of each future over `periods` after the warm-up, shape (future,)."""
    late = _totals(made, warm_up + periods, first, futures)
    if warm_up == 0:
        return late
    early = _totals(made, warm_up, first, futures)
    return {name: x - early[name] for name, x in late.items()}


def estimate(
    text: Mapping[str, Any],
    measure: Callable[[Totals], float],
    *,
    periods: int = 2000,
    warm_up: int = 200,
    aim: float = AIM,
    most: int = MOST,
    enough: float = 0.0,
    rare: Callable[[Totals], float] | None = None,
    note: str = "",
) -> Estimate:
    """Simulates a scenario until a measure is known well enough.

    Args:
        text: The scenario.
        measure: Of the mean totals over futures; a ratio of means is fine.
        periods: Length of a future after the warm-up.
        warm_up: Periods that do not count.
        aim: Standard error at which it stops, as a part of the estimate.
        most: Periods of all futures together after which no batch is added.
        enough: Standard error that will do if that would take more.
        rare: What the measure rests on and may not have been seen yet: it goes on until this is known to `SEEN`.
        note: What people should know of it.

    Raises:
        NotExpressible: the first batches say that it would take many more periods than `most`.
    """
    made, batches = world(text), 0
    size = BATCH * max(1, round(WORTH_IT / (BATCH * (periods + warm_up))))
    sums: list[dict[str, NDArray[np.float64]]] = []
    while True:
        each = futures_of(made, periods, warm_up, first=batches * size, futures=size)
        sums.append({name: x.reshape(GROUPS, -1).mean(axis=1) for name, x in each.items()})
        batches += 1
        value, error = _left_out(sums, measure)
        used = batches * size * (periods + warm_up)
        known = batches > 1 and error <= aim * abs(value) and (rare is None or _seen(sums, rare))
        if known or used >= most:
            return Estimate(value, error, note)
        least = max(aim, enough)
        if batches == PILOT and used * (error / (least * abs(value))) ** 2 > 1.5 * most:
            message = f"so rare that a standard error of {least:.2%} takes more than {most / 1e6:.0f} million periods"
            raise NotExpressible(message)


def _seen(sums: list[dict[str, NDArray[np.float64]]], rare: Callable[[Totals], float]) -> bool:
    """Whether something rare has come often enough."""
    value, error = _left_out(sums, rare)
    return 0.0 < error <= SEEN * abs(value)


def _left_out(sums: list[dict[str, NDArray[np.float64]]], measure: Callable[[Totals], float]) -> tuple[float, float]:
    """A measure and its standard error, by leaving out one group of futures at a time.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), ch. 11.
    """
    groups = {name: np.mean([part[name] for part in sums], axis=0) for name in sums[0]}
    means = {name: float(x.mean()) for name, x in groups.items()}
    value = measure(means)
    n = GROUPS
    less = np.array([measure({k: (means[k] * n - x[g]) / (n - 1) for k, x in groups.items()}) for g in range(n)])
    return value, math.sqrt((n - 1) / n * float(((less - less.mean()) ** 2).sum()))


def best(lowest: int, highest: int, cost: Callable[[int], float]) -> int:
    """The whole number at which a cost that falls and then rises is least; the lowest of equals."""
    known: dict[int, float] = {}

    def at(x: int) -> float:
        if x not in known:
            known[x] = cost(x)
        return known[x]

    while highest - lowest > 2:
        middle = (lowest + highest) // 2
        if at(middle) <= at(middle + 1):
            highest = middle + 1
        else:
            lowest = middle
    return min(range(lowest, highest + 1), key=lambda x: (at(x), x))


def quick(
    text: Mapping[str, Any], measure: Callable[[Totals], float], periods: int = 2000, warm_up: int = 200
) -> float:
    """A measure from one batch: the same futures whatever the scenario, so that two scenarios compare sharply."""
    each = futures_of(world(text), periods, warm_up)
    return measure({name: float(x.mean()) for name, x in each.items()})


def limit(
    at: Callable[[float], Estimate], periods: tuple[float, float], order: int, unit: float = 1.0, note: str = ""
) -> Estimate:
    """What estimates tend to as the period shrinks, from two periods, the second half the first.

    Args:
        at: The estimate for a period.
        periods: A coarse period, and half of it.
        order: Power of the period with which the error falls: 1 or 2.
        unit: What periods are measured in, in the time unit of the row.
        note: What people should know of it.

    Source: Richardson's extrapolation; Glasserman, Monte Carlo Methods in Financial Engineering (2003), ch. 6.2.4.
    """
    tried = [at(period) for period in periods]
    steps = tuple(_step(unit * period, each) for period, each in zip(periods, tried, strict=True))
    coarse, fine = steps
    k = 2.0**order
    value = (k * fine.estimate - coarse.estimate) / (k - 1.0)
    error = math.hypot(k * fine.standard_error, coarse.standard_error) / (k - 1.0)
    return Estimate(value, error, note, steps)


def _step(period: float, found: Estimate) -> Step:
    assert not isinstance(found.estimate, list)
    return Step(period, found.estimate, found.standard_error)
