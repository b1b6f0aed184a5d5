"""Machines that fail, lines with and without buffers, and production to stock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.study.theory import positive, probability, require
from holdfast.study.theory.newsvendors import least_integer
from holdfast.study.theory.storages import stationary

if TYPE_CHECKING:
    from collections.abc import Sequence


def availability(mtbf: float, mttr: float) -> float:
    """The share of time a machine is up: mtbf / (mtbf + mttr). Source: alternating renewal; Ross (2014), 7.5."""
    positive(mtbf=mtbf)
    return mtbf / (mtbf + mttr)


def point_availability(failure: float, repair: float, time: float) -> float:
    """The chance that a machine that is up now is up after `time`, both changes exponential.

    Source: Rausand and Hoyland, System Reliability Theory (2004), 9.4.
    """
    both = failure + repair
    positive(both=both)
    return (repair + failure * math.exp(-both * time)) / both


def interval_availability(failure: float, repair: float, time: float) -> float:
    """The mean share of the next `time` that a machine that is up now will be up. Source: as `point_availability`."""
    both = failure + repair
    positive(both=both, time=time)
    return repair / both - failure * math.expm1(-both * time) / (both**2 * time)


def k_out_of_n(k: int, n: int, up: float) -> float:
    """The chance that at least k of n machines are up, each independently with `up`. Source: binomial law."""
    probability(up=up)
    return sum(math.comb(n, i) * up**i * (1 - up) ** (n - i) for i in range(max(k, 0), n + 1))


@dataclass(frozen=True)
class MachineRepair:
    """Machines that share repairers, in the long run."""

    mean_down: float
    availability: float
    """Share of machines up."""
    repairers_busy: float
    """Mean number."""


def machine_repair(machines: int, repairers: int, failure: float, repair: float) -> MachineRepair:
    """How many machines are down where repairers are few; all times exponential.

    Source: Palm (1947), machine interference; Gross and Harris, Fundamentals of Queueing Theory (2008), 2.7.
    """
    positive(machines=machines, repairers=repairers, failure=failure, repair=repair)
    weight = [1.0]
    for down in range(machines):
        weight.append(weight[-1] * (machines - down) * failure / (min(down + 1, repairers) * repair))
    total = sum(weight)
    mean = sum(down * w for down, w in enumerate(weight)) / total
    busy = sum(min(down, repairers) * w for down, w in enumerate(weight)) / total
    return MachineRepair(mean, 1 - mean / machines, busy)


def series_line_no_buffer(efficiencies: Sequence[float]) -> float:
    """The share of time a line runs that stops whenever one of its machines is down: 1 / (1 + sum (1 - e) / e).

    Machines fail only while the line runs. Source: Buzacott, International Journal of Production Research 5 (1967).
    """
    positive(**{f"efficiency {n}": e for n, e in enumerate(efficiencies, 1)})
    return 1 / (1 + sum((1 - e) / e for e in efficiencies))


@dataclass(frozen=True)
class Line:
    """A line of two machines in the long run."""

    throughput: float
    """Parts per slot."""
    mean_buffer: float
    """Parts in the buffer."""


def bernoulli_line(first: float, second: float, buffer: int) -> Line:
    """Parts per slot of two machines that are up independently in each slot, with a buffer of N between them.

    A full buffer takes a part if one leaves in the same slot. Source: Li and Meerkov, Production Systems Engineering
    (2009), 4.2.
    """
    probability(first=first, second=second)
    require(buffer >= 1, f"buffer is {buffer}, and must be at least 1")
    weight = [1.0, first / (second * (1 - first))] if first < 1 else [0.0, 1.0]
    odds = first * (1 - second) / (second * (1 - first)) if first < 1 else math.inf
    if math.isinf(odds):
        weight = [0.0] * buffer + [1.0]
    else:
        while len(weight) <= buffer:
            weight.append(weight[-1] * odds)
    total = sum(weight)
    return Line(second * (1 - weight[0] / total), sum(n * w for n, w in enumerate(weight)) / total)


def geometric_line(repair_1: float, fail_1: float, repair_2: float, fail_2: float, buffer: int) -> Line:
    """Parts per slot, and parts stored, of two machines with geometric up and down times and a buffer of N.

    In a slot states change first: a machine that is down is repaired with r; one that is up fails with p, but only if
    it can work, seen from the buffer of the slot before (the first not blocked, n < N; the second not starved, n > 0).
    Then parts move. Exact, from the chain over (n, first up, second up).

    Source: Schick and Gershwin (1978); Gershwin, Manufacturing Systems Engineering (1994), 3.
    """
    from scipy.sparse import csr_matrix

    probability(repair_1=repair_1, fail_1=fail_1, repair_2=repair_2, fail_2=fail_2)
    positive(repair_1=repair_1, repair_2=repair_2)
    require(buffer >= 1, f"buffer is {buffer}, and must be at least 1")
    rows, columns, chances = [], [], []
    states = [(n, a, b) for n in range(buffer + 1) for a in (0, 1) for b in (0, 1)]
    for at, (n, a, b) in enumerate(states):
        up_1 = (1 - fail_1 if n < buffer else 1.0) if a else repair_1
        up_2 = (1 - fail_2 if n > 0 else 1.0) if b else repair_2
        for now_a, chance_a in ((0, 1 - up_1), (1, up_1)):
            for now_b, chance_b in ((0, 1 - up_2), (1, up_2)):
                following = n + (now_a and n < buffer) - (now_b and n > 0)
                rows.append(at)
                columns.append(4 * following + 2 * now_a + now_b)
                chances.append(chance_a * chance_b)
    share = stationary(csr_matrix((chances, (rows, columns)), shape=(len(states), len(states))))
    made = sum(x * ((1 - fail_2) if b else repair_2) for x, (n, _, b) in zip(share, states, strict=True) if n > 0)
    return Line(float(made), float(sum(x * n for x, (n, _, _) in zip(share, states, strict=True))))


@dataclass(frozen=True)
class MakeToStock:
    """Production to stock in the long run."""

    stockout: float
    """Share of demand that finds no stock."""
    backorders: float
    stock: float


def make_to_stock(arrival: float, service: float, base_stock: int) -> MakeToStock:
    """Stock and backorders of one machine that works until stock is S; Poisson demand, exponential making, backorders.

    Source: Buzacott and Shanthikumar, Stochastic Models of Manufacturing Systems (1993), 4.2.
    """
    positive(arrival=arrival, service=service)
    load = arrival / service
    require(load < 1, f"arrival / service is {load:g}, and must be below 1")
    backorders = load ** (base_stock + 1) / (1 - load)
    return MakeToStock(load**base_stock, backorders, base_stock - load / (1 - load) + backorders)


def make_to_stock_optimal(arrival: float, service: float, holding: float, shortage: float) -> tuple[int, float]:
    """The best base stock of production to stock, and its cost per time. Source: as `make_to_stock`."""
    positive(holding=holding, shortage=shortage)

    def cost(level: int) -> float:
        found = make_to_stock(arrival, service, level)
        return holding * found.stock + shortage * found.backorders

    level = least_integer(cost, 0)
    return level, cost(level)
