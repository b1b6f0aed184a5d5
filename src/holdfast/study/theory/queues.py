"""Waiting for servers, and one-for-one replenishment, which is the same thing seen from the shelf."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.study.theory import positive, require
from holdfast.study.theory.newsvendors import poisson_loss

if TYPE_CHECKING:
    from collections.abc import Sequence


def erlang_b(load: float, servers: int) -> float:
    """The share of arrivals lost where nobody waits: M/G/c/c. Source: Erlang (1917), by its recursion in c.

    Args:
        load: arrival rate x mean service time.
        servers: c.
    """
    require(load >= 0, f"load is {load:g}, and must be at least 0")
    lost = 1.0
    for c in range(1, servers + 1):
        lost = load * lost / (c + load * lost)
    return lost


def erlang_c(load: float, servers: int) -> float:
    """The share of arrivals that wait, M/M/c. Source: Erlang (1917)."""
    require(load < servers, f"load is {load:g}, and must be below the {servers} servers")
    lost = erlang_b(load, servers)
    return servers * lost / (servers - load * (1 - lost))


def mmc_wait(arrival: float, service: float, servers: int) -> float:
    """The mean time before service, M/M/c. Source: Gross and Harris (2008), 2.3."""
    return erlang_c(arrival / service, servers) / (servers * service - arrival)


def mg1_wait(arrival: float, mean: float, second_moment: float) -> float:
    """The mean time before service, M/G/1. Source: Pollaczek (1930), Khinchin (1932)."""
    require(arrival * mean < 1, f"arrival x mean is {arrival * mean:g}, and must be below 1")
    return arrival * second_moment / (2 * (1 - arrival * mean))


@dataclass(frozen=True)
class FiniteQueue:
    """A queue with room for K, in the long run."""

    block: float
    """Share of arrivals turned away."""
    empty: float
    """Share of time empty."""
    mean: float
    """In the system."""


def mm1k(load: float, room: int) -> FiniteQueue:
    """A queue with one server and room for K in all, M/M/1/K. Source: Gross and Harris (2008), 2.4."""
    positive(load=load, room=room)
    top = max(1.0, load)
    weight = [math.exp(n * math.log(load) - room * math.log(top)) for n in range(room + 1)]
    total = sum(weight)
    return FiniteQueue(weight[-1] / total, weight[0] / total, sum(n * w for n, w in enumerate(weight)) / total)


@dataclass(frozen=True)
class OneForOne:
    """A shelf under (S-1, S) replenishment in the long run, unmet demand backordered."""

    fill_rate: float
    backorders: float
    wait: float
    """Mean time until served, over all demand."""
    stock: float


def one_for_one_backorders(demand: float, lead_time: float, base_stock: int) -> OneForOne:
    """How a shelf fares where each unit sold is ordered at once: on order is Poisson, whatever the lead time's law.

    Source: Palm (1938); Feeney and Sherbrooke, Management Science 12 (1966) 391.
    """
    from scipy.special import pdtr

    positive(demand=demand, lead_time=lead_time)
    mean = demand * lead_time
    fill = float(pdtr(base_stock - 1, mean)) if base_stock >= 1 else 0.0
    short = poisson_loss(base_stock, mean)
    return OneForOne(fill, short, short / demand, base_stock - mean + short)


def one_for_one_lost(demand: float, lead_time: float, base_stock: int) -> float:
    """The share of demand lost where each unit sold is ordered at once: Erlang's loss. Source: Karush (1957)."""
    return erlang_b(demand * lead_time, base_stock)


def priority_wait(
    arrivals: Sequence[float], service: float, servers: int, which: int, preemptive: bool = False
) -> float:
    """The mean time of a class before and between its services; classes in order of priority, 0 first.

    Where priority is preemptive, those down to a class see a queue of their own, which gives the class's share by
    difference; time lost to interruptions counts as waiting.

    Args:
        arrivals: rates by class, Poisson.
        service: rate of each server, the same for all classes, exponential.
        servers: how many.
        which: the class asked for, from 0.
        preemptive: whether a higher class interrupts the service of a lower one, which is taken up again later.

    Source: Cobham, Operations Research 2 (1954) 70; Hillier and Lieberman, Introduction to Operations Research, 17.8.
    """
    positive(service=service, servers=servers)
    require(0 <= which < len(arrivals), f"class {which} of {len(arrivals)}")
    before, until = sum(arrivals[:which]), sum(arrivals[: which + 1])
    if preemptive:
        waiting = until * mmc_wait(until, service, servers) - (
            before * mmc_wait(before, service, servers) if before else 0.0
        )
        return waiting / arrivals[which]
    require(until < servers * service, f"classes 0 to {which} ask for more than there is: their wait never ends")
    busy = _busy(sum(arrivals) / service, servers)
    full = servers * service
    return busy / full / ((1 - before / full) * (1 - until / full))


def _busy(load: float, servers: int) -> float:
    """The chance to find all servers busy; 1 where lower classes keep them so for ever."""
    return erlang_c(load, servers) if load < servers else 1.0
