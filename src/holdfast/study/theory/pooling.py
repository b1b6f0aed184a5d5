"""Spare parts in several places: what sharing them saves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.study.theory import positive, require
from holdfast.study.theory.queues import erlang_b

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Pooling:
    """The cheapest stock that keeps the mean wait."""

    stock: float
    """In all places together; not whole, as the wait is met by mixing two whole stocks."""
    cost: float
    """Per time: holding, emergency and lateral shipments."""
    wait: float


@dataclass(frozen=True)
class _Point:
    """One whole stock."""

    stock: int
    cost: float
    wait: float


def kranenburg(
    demand: float,
    places: int,
    holding: float,
    emergency_cost: float,
    lateral_cost: float,
    wait: float,
    emergency_time: float,
    lateral_time: float,
    lead_time: float,
    pooled: bool,
) -> Pooling:
    """The stock and cost of one part in equal places that keep the mean wait, with and without sharing.

    Demand is Poisson, replenishment one for one, and demand that finds nothing is met by an emergency shipment. Without
    sharing each place is an Erlang loss system. With sharing all places are one loss system, and a demand whose own
    place is out is met by another place (a lateral shipment); with at most one unit a place the share of demand met at
    home is exact whatever place sends: the mean number on the shelf over the number of places.

    Args:
        demand: rate of each place.
        places: how many.
        holding: cost per unit and time.
        emergency_cost: per emergency shipment.
        lateral_cost: per lateral shipment.
        wait: the most that demand may wait on average.
        emergency_time: an emergency shipment takes.
        lateral_time: a lateral shipment takes.
        lead_time: of replenishment, mean.
        pooled: whether places share.

    Raises:
        ValueError: a parameter is out of range, or sharing would need more than one unit a place.

    Source: Kranenburg, Spare Parts Inventory Control under System Availability Constraints (2006), chapter 5;
        Kranenburg and van Houtum, European Journal of Operational Research 199 (2009) 498.
    """
    positive(demand=demand, places=places, holding=holding, wait=wait, lead_time=lead_time)
    if not pooled:

        def alone(stock: int) -> _Point:
            lost = erlang_b(demand * lead_time, stock)
            cost = holding * stock + demand * emergency_cost * lost
            return _Point(stock, cost, emergency_time * lost)

        one = _cheapest(alone, wait, 10_000)
        return Pooling(one.stock * places, one.cost * places, one.wait)

    def shared(stock: int) -> _Point:
        load = demand * places * lead_time
        lost = erlang_b(load, stock)
        home = (stock - load * (1 - lost)) / places
        lateral = 1 - lost - home
        cost = holding * stock + demand * places * (emergency_cost * lost + lateral_cost * lateral)
        return _Point(stock, cost, emergency_time * lost + lateral_time * lateral)

    return _cheapest(shared, wait, places)


def _cheapest(point: Callable[[int], _Point], wait: float, most: int) -> Pooling:
    """The cheapest mixture of whole stocks from 0 to `most` whose mean wait is at most `wait`."""
    points: list[_Point] = []
    best = Pooling(math.nan, math.inf, math.nan)
    for stock in range(most + 1):
        here = point(stock)
        if here.wait <= wait and here.cost < best.cost:
            best = Pooling(stock, here.cost, here.wait)
        for other in points:
            low, high = (other, here) if other.wait > here.wait else (here, other)
            if low.wait <= wait or high.wait > wait:
                continue
            part = (wait - high.wait) / (low.wait - high.wait)
            cost = part * low.cost + (1 - part) * high.cost
            if cost < best.cost - 1e-12:
                best = Pooling(part * low.stock + (1 - part) * high.stock, cost, wait)
        points.append(here)
        if here.wait <= wait and here.cost > 2 * best.cost + 1:
            return best
    require(
        math.isfinite(best.cost),
        f"a mean wait of {wait:g} needs more than {most} units, for which no exact formula is known here",
    )
    return best
