"""A case: one alternative in one world, and what its futures came to.

It keeps the totals of every future, and of the yearly figures and the stocks only summaries, so that hundreds of cases
fit in memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.study import estimates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from holdfast.engine.run import Outcome
    from holdfast.parts.world import World

    Floats = NDArray[np.float64]

STATISTICS: Final = ("mean", "p10", "p50", "p90", "standard_error")
"""What is kept of each yearly figure; the standard error is the mean's."""
MEAN, STANDARD_ERROR = STATISTICS.index("mean"), STATISTICS.index("standard_error")
MISSING: Final = "missing"
"""The yearly figure `consumers.{c}.missing`: the part of what a consumer wants that is not served on time."""
QUANTILES: Final = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""What is kept of each band."""
LATE_YEARS: Final = 10
"""Plants are judged from this year on where one of them is built within the horizon."""
PLANT_NUMBERS: Final = ("nameplate", "effective_capacity", "output", "accepted", "delivered")


@dataclass(frozen=True)
class Case:
    """One alternative in one world."""

    world: World
    totals: dict[str, Floats]
    """(replication,) by record (conventions §22)."""
    yearly: dict[str, Floats] = field(default_factory=dict)
    """(statistic, year) by record."""
    bands: dict[str, Floats] = field(default_factory=dict)
    """(quantile, band period) by level."""
    band_periods: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    plants: dict[str, Floats] = field(default_factory=dict)
    """(replication,) by `plant.number` [unit/year], over the years from `late_from` on."""

    @property
    def replications(self) -> int:
        """How many futures."""
        return int(next(iter(self.totals.values())).size) if self.totals else 0

    @property
    def years(self) -> float:
        """Length of the horizon [years]."""
        return self.world.periods * self.world.period_days / 365.25

    @property
    def whole_years(self) -> int:
        """Full years in the horizon, at least 1."""
        return max(1, int(self.years + 1e-9))

    @property
    def late_from(self) -> int:
        """The first year that counts for the five numbers of a plant."""
        return LATE_YEARS if self.world.projects and self.whole_years > LATE_YEARS else 0

    def total(self, names: Iterable[str]) -> Floats:
        """(replication,) the sum of some totals; those that this world does not have add nothing."""
        out = np.zeros(self.replications)
        for name in names:
            if name in self.totals:
                out = out + self.totals[name]
        return out


class Once:
    """Figures of futures, kept once where several cases have the same: nothing at all, or what no plan changes."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], list[Floats]] = {}
        """By kind, shape and sum, which tell nearly all apart."""

    def each(self, figures: Mapping[str, Floats]) -> dict[str, Floats]:
        """The same figures by the same names, none of which can be changed."""
        return {name: self._one(values) for name, values in figures.items()}

    def _one(self, values: Floats) -> Floats:
        raw, alike = values.tobytes(), self._known.setdefault((values.dtype, values.shape, float(values.sum())), [])
        for own in alike:
            if own.tobytes() == raw:
                return own
        own = values.copy()  # not a view, which would keep all that the engine gave
        own.flags.writeable = False
        alike.append(own)
        return own


def summarise(world: World, outcome: Outcome, once: Once | None = None) -> Case:
    """What is kept of an outcome: totals whole, the rest as summaries.

    Args:
        world: what was simulated.
        outcome: what came of it.
        once: figures that cases before this one have, which are not kept again.
    """
    once = Once() if once is None else once
    bands = {name: band.quantiles(QUANTILES) for name, band in outcome.bands.items()}
    periods = next((np.asarray(band.periods, dtype=np.int64) for band in outcome.bands.values()), None)
    case = Case(
        world,
        once.each(outcome.totals),
        {name: _by_year(values) for name, values in outcome.yearly.items()},
        {name: np.asarray(values, dtype=np.float64) for name, values in bands.items()},
        np.zeros(0, dtype=np.int64) if periods is None else periods,
    )
    case.plants.update(once.each(_plants(case, outcome.yearly)))
    for consumer in world.consumers:
        if (found := _missing(consumer.name, outcome.yearly)) is not None:
            case.yearly[f"consumers.{consumer.name}.{MISSING}"] = found
    return case


def _missing(consumer: str, yearly: Mapping[str, NDArray[np.floating]]) -> Floats | None:
    """(statistic, year) of what a consumer lacks, over all its goods; the mean is of all futures together.

    Source: the delta method for a ratio of means, as in `estimates.ratio`.
    """
    unmet, wanted = (
        [v for name, v in yearly.items() if name.startswith(f"consumers.{consumer}.") and name.endswith(f".{what}")]
        for what in ("unmet", "wanted")
    )
    if not unmet or not wanted:
        return None
    lacks, asks = (np.sum(each, axis=0, dtype=np.float64) for each in (unmet, wanted))
    share = np.divide(lacks, asks, out=np.zeros_like(lacks), where=asks > 0)
    out = _by_year(share)
    whole = asks.mean(axis=1)
    ratio = np.divide(lacks.mean(axis=1), whole, out=np.zeros_like(whole), where=whole > 0)
    spread = np.std(lacks - ratio[:, None] * asks, axis=1) / math.sqrt(asks.shape[1])
    out[MEAN] = ratio
    out[STANDARD_ERROR] = np.divide(spread, whole, out=np.zeros_like(whole), where=whole > 0)
    return out


def _by_year(values: NDArray[np.floating]) -> Floats:
    """(statistic, year) of (year, replication)."""
    n = values.shape[1]
    ranks = [estimates.order(n, p) for p in (0.1, 0.5, 0.9)]
    if bool((values[-1] == values[-1, 0]).all()) and bool((values == values[:, :1]).all()):
        same = np.repeat(values[:, :1].T, len(STATISTICS), axis=0).astype(np.float64)
        same[STANDARD_ERROR] = 0.0
        return same
    ordered = np.sort(values, axis=1)  # vectorised, and so faster than a partition
    mean = values.mean(axis=1, dtype=np.float64, keepdims=True)
    spread = np.std(values, axis=1, dtype=np.float64, mean=mean) / math.sqrt(n)
    rows = [mean[:, 0], *(ordered[:, rank] for rank in ranks), spread]
    return np.asarray(np.stack(rows), dtype=np.float64)


def _plants(case: Case, yearly: Mapping[str, NDArray[np.floating]]) -> dict[str, Floats]:
    """(replication,) each plant's five numbers [unit/year], over the years that count; see `measures.five_numbers`."""
    out: dict[str, Floats] = {}
    first, last = case.late_from, case.whole_years
    nothing = np.zeros(case.replications)

    def late(name: str) -> Floats:
        if name not in yearly:
            return nothing
        amount: Floats = yearly[name][first:last].sum(axis=0, dtype=np.float64) / (last - first)
        return amount

    for plant in case.world.plants:
        accepted, delivered = _accepted(case, plant.name, late)
        numbers = {
            "nameplate": late(f"plants.{plant.name}.nameplate"),
            "effective_capacity": late(f"plants.{plant.name}.effective_capacity"),
            "output": sum((late(name) for name in yearly if _is_output(name, plant.name)), nothing),
            "accepted": accepted,
            "delivered": delivered,
        }
        out |= {f"{plant.name}.{number}": values for number, values in numbers.items()}
    return out


def _is_output(name: str, plant: str) -> bool:
    return name.startswith(f"lines.{plant}.") and name.endswith(".output")


def issued_share(case: Case, store: str, goods: Iterable[str]) -> Floats:
    """(replication,) the part of what entered a store that was issued or taken, there or in stores it supplies."""
    world, goods = case.world, list(goods)
    names = [f"stores.{store}.{good}" for good in goods]
    entered = case.total(f"{name}.entered" for name in names)
    left = case.total(f"{name}.{way}" for name in names for way in ("issued", "taken"))
    for link in world.links:
        origin, keep = world.keeps[link.origin], world.keeps[link.keep]
        good, below = world.goods[keep.good].name, world.stores[keep.store].name
        if world.stores[origin.store].name == store and good in goods:
            shipped = case.total([f"transfers.{store}.{below}.{good}.shipped"])
            left = left + shipped * issued_share(case, below, [good])
    return np.minimum(1.0, np.divide(left, entered, out=np.zeros_like(left), where=entered > 0))


def _accepted(case: Case, plant: str, amount: Callable[[str], Floats]) -> tuple[Floats, Floats]:
    """(replication,) what of a plant's output was accepted, and what of that was delivered.

    Args:
        case: the case.
        plant: name of the plant.
        amount: function from the name of a record to (replication,) its amount.
    """
    world = case.world
    this = next(p for p in world.plants if p.name == plant)
    store = world.stores[this.output_to].name
    goods = sorted({world.goods[g].name for line in this.lines for g in world.lines[line].goods})
    accepted = delivered = np.zeros(case.replications)
    if this.inspection < 0:
        for line in this.lines:
            accepted = accepted + amount(f"lines.{plant}.{world.lines[line].name}.output")
        return accepted, accepted * issued_share(case, store, goods)
    inspection = world.inspections[this.inspection].name
    for good in goods:
        passed = amount(f"inspections.{inspection}.{plant}.{store}.{good}.accepted")
        accepted = accepted + passed
        delivered = delivered + passed * issued_share(case, store, [good])
    return accepted, delivered


def home(case: Case, plant: str) -> tuple[Floats, Floats]:
    """(replication,) what was accepted of a plant's output over the horizon, and what of that was delivered [unit]."""
    nothing = np.zeros(case.replications)
    return _accepted(case, plant, lambda name: case.totals.get(name, nothing))
