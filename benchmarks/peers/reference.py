"""The reference model as plain numbers, read from `reference-model.yaml`, and what its peers are compared by.

Every number is written once, in the scenario; peers write the events in their own way, in the order of conventions §1.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from holdfast.engine.run import Outcome
    from holdfast.parts.world import World

Floats = NDArray[np.float64]
SCENARIO: Final = Path(__file__).parents[1] / "reference-model.yaml"
SEED: Final = 7
ROUNDING: Final = 1e-9
"""A gap, a lot or a shortage below this part of its measure is rounding (conventions §7, §13, §15, §18)."""
TOTALS: Final = (
    "costs.imports", "costs.production", "costs.holding", "costs.shortage", "consumers.guards.item.unmet",
    "consumers.towns.item.unmet", "consumers.guards.longest_short", "consumers.towns.longest_short",
    "mean.stores.depot.item.on_hand",
)  # fmt: skip
"""What every peer must give for each future."""
FANS: Final = ("stores.depot.item.on_hand", "consumers.guards.item.backorders")


@dataclass(frozen=True)
class Numbers:
    """The model in numbers; times in weeks."""

    periods: int
    stay: Floats
    """(embargo, state) mean time in a state, exponential."""
    then: Floats
    """(embargo, state, next state)."""
    capacity: Floats
    """(channel, state of its embargo) [unit/week]."""
    crisis_stay: Floats
    """(state,) mean time in calm and in crisis."""
    poisson: Floats
    """(crisis state,) mean demand of the guards."""
    towns: tuple[float, float]
    """mu and sigma of the towns' lognormal demand."""
    lead: NDArray[np.int64]
    price: Floats
    share: Floats
    nameplate: Floats
    """(line,)"""
    mtbf: Floats
    mttr: Floats
    accepts: Floats
    """(line,) probability that a lot is accepted."""
    planned: Floats
    """(line,) planned duration of its project; 0: it stands already."""
    ratio: tuple[float, float]
    """Lowest and highest schedule ratio, uniform."""
    ramp_from: Floats
    ramp_over: Floats
    unit_cost: float
    target: float
    order_up_to: float
    room: float
    opening: float
    holding: float
    late: float
    """Cost of a unit backordered for a week."""
    lost: float
    """Cost of a unit of the towns that is lost."""
    discount: Floats
    """(period,)"""
    normal: tuple[float, float]
    """Normal use of guards and towns."""


@dataclass(frozen=True)
class Fan:
    """How a level's histogram over futures is laid out: as the engine keeps it."""

    stride: int
    bins: int
    top: float

    def add(self, counts: NDArray[np.int64], t: int, values: Floats) -> None:
        """Adds a level of every future in one period: bin 0 is exactly 0, the last is the top and above."""
        if t % self.stride == 0:
            inside = 1 + np.minimum((values * ((self.bins - 2) / self.top)).astype(np.int64), self.bins - 2)
            counts[t // self.stride] += np.bincount(np.where(values <= 0.0, 0, inside), minlength=self.bins)


@dataclass(frozen=True)
class Peer:
    """What a peer gave: (replication,) by total, (band period, bin) by fan."""

    totals: Mapping[str, Floats]
    fans: Mapping[str, NDArray[np.integer]]


@functools.cache
def world() -> World:
    """The reference model as the engine reads it."""
    import holdfast

    return holdfast.load(SCENARIO).world(None)


@functools.cache
def fans() -> tuple[Fan, ...]:
    """The layout of both fans."""
    from holdfast.engine.lower import lower

    found = {band.name: band for band in lower(world(), replications=1).bands}
    return tuple(Fan(found[name].stride, found[name].bins, found[name].top) for name in FANS)


def of_engine(outcome: Outcome) -> Peer:
    """What the engine gave, as a peer gives it."""
    return Peer({name: outcome.totals[name] for name in TOTALS}, {name: outcome.bands[name].counts for name in FANS})


def _one(value: Any) -> float:
    """A number that never changes."""
    assert value.plain
    return float(value.values[0, 0])


@functools.cache
def numbers() -> Numbers:
    """The model in numbers.

    Raises:
        AssertionError: the scenario holds what peers do not write.
    """
    w = world()
    east, west, crisis = w.regimes
    keep, store, guards, towns = w.keeps[0], w.stores[0], w.consumers[0], w.consumers[1]
    rule = keep.ordering
    assert rule is not None
    assert rule.order_up_to is not None
    assert (rule.kind, rule.review_period, rule.reroute, store.overflow) == ("base_stock", 1, False, "refused")
    assert all(p.lot == 0 and p.hold.laws[0].mean() == 1.0 and p.rework == 0.0 for p in w.inspections)
    assert [c.capacity.reads for c in w.channels] == [(0,), (1,)]
    assert w.uses[0].demand.which.reads == (2,)
    projects = [w.projects[line.project] if line.project >= 0 else None for line in w.lines]
    ratio = next(cast(Any, p.schedule_ratio) for p in projects if p)
    towns_law = cast(Any, w.uses[1].demand.laws[0])
    return Numbers(
        periods=w.periods,
        stay=np.array([[s.lasts.mean() for s in r.states] for r in (east, west)]),
        then=np.array([[s.then for s in r.states] for r in (east, west)]),
        capacity=np.array([c.capacity.values[0] for c in w.channels]),
        crisis_stay=np.array([s.lasts.mean() for s in crisis.states]),
        poisson=np.array([law.mean() for law in w.uses[0].demand.laws]),
        towns=(towns_law.mu, towns_law.sigma),
        lead=np.array([int(c.lead_time.laws[0].mean()) for c in w.channels]),
        price=np.array([_one(c.price) for c in w.channels]),
        share=np.array([_one(s) for s in rule.shares]),
        nameplate=np.array([_one(line.nameplate) for line in w.lines]),
        mtbf=np.array([_one(line.mtbf) for line in w.lines]),
        mttr=np.array([_one(line.mttr) for line in w.lines]),
        accepts=np.array([w.inspections[w.plants[line.plant].inspection].accepts for line in w.lines]),
        planned=np.array([p.planned_duration if p else 0.0 for p in projects]),
        ratio=(ratio.low, ratio.high),
        ramp_from=np.array([p.ramp_from if p else 1.0 for p in projects]),
        ramp_over=np.array([p.ramp_over if p else 1.0 for p in projects]),
        unit_cost=_one(w.lines[0].variable_cost),
        target=_one(w.plants[0].target[0][1]),
        order_up_to=_one(rule.order_up_to),
        room=_one(store.capacity),
        opening=keep.on_hand,
        holding=store.holding_fixed,
        late=guards.shortage_cost,
        lost=towns.shortage_cost,
        discount=w.discounts,
        normal=(w.uses[0].normal_use, w.uses[1].normal_use),
    )


Simulates = Callable[[int], Peer]
"""From how many futures to what they gave."""
