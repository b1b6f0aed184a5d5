"""How long a network survives the loss of nodes, and what is lost until they recover: linear programmes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from holdfast.study.theory import require

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Node:
    """A place that makes something out of what other places make."""

    stock: float
    """Made and not yet used [units]."""
    capacity: float
    """[units per time]."""
    demand: float = 0.0
    """From outside [units per time]."""
    profit: float = 0.0
    """Per unit of that demand served."""
    needs: tuple[tuple[float, tuple[str, ...]], ...] = ()
    """By material: how much a unit takes, and which nodes can give it."""


Network = dict[str, Node]

EXAMPLE: Network = {
    "P1": Node(20, 10, demand=6, profit=3, needs=((1, ("A1", "A2")), (1, ("B",)))),
    "P2": Node(10, 8, demand=4, profit=5, needs=((1, ("A2",)), (2, ("B",)))),
    "A1": Node(30, 8, needs=((1, ("R",)),)),
    "A2": Node(5, 6, needs=((1, ("R",)),)),
    "B": Node(40, 20),
    "R": Node(60, 30),
}
"""Six nodes: two products, two parts with a shared raw material, and a part that both products need."""


class _Programme:
    """Variables u_j (made), y_ij (sent from i to j for a material), then one or more of its own; rows a x <= b."""

    def __init__(self, network: Mapping[str, Node], left: Mapping[str, float], extra: int) -> None:
        self.network, self.left = network, left
        self.arcs = [
            (source, name, k)
            for name, node in network.items()
            for k, need in enumerate(node.needs)
            for source in need[1]
        ]
        for source, name, _ in self.arcs:
            require(source in network, f"{name} needs {source}, which is not in the network")
        self.made = {name: n for n, name in enumerate(network)}
        self.sent = {arc: len(self.made) + n for n, arc in enumerate(self.arcs)}
        self.size = len(self.made) + len(self.sent) + extra
        self.rows: list[dict[int, float]] = []
        self.bounds: list[float] = []

    def at_most(self, row: dict[int, float], bound: float) -> None:
        self.rows.append(row)
        self.bounds.append(bound)

    def flows(self) -> None:
        """What is made needs its materials; what is sent comes from stock or is made."""
        for name, node in self.network.items():
            for k, (amount, sources) in enumerate(node.needs):
                self.at_most({self.made[name]: amount, **{self.sent[s, name, k]: -1.0 for s in sources}}, 0.0)
            out = {n: 1.0 for arc, n in self.sent.items() if arc[0] == name}
            if out:
                self.at_most({**out, self.made[name]: -1.0}, node.stock)

    def capacity(self, name: str) -> float:
        return self.network[name].capacity * self.left.get(name, 1.0)

    def solve(self, objective: dict[int, float]) -> Any:
        from scipy.optimize import linprog
        from scipy.sparse import lil_matrix

        matrix = lil_matrix((len(self.rows), self.size))
        for n, row in enumerate(self.rows):
            for column, value in row.items():
                matrix[n, column] = value
        cost = [objective.get(n, 0.0) for n in range(self.size)]
        return linprog(cost, A_ub=matrix.tocsr(), b_ub=self.bounds, bounds=(0, None), method="highs")


def _left(
    network: Mapping[str, Node], disrupted: Iterable[str], degraded: Mapping[str, float] | None
) -> dict[str, float]:
    left = dict.fromkeys(disrupted, 0.0) | dict(degraded or {})
    for name, share in left.items():
        require(name in network, f"{name} is not in the network, which holds {', '.join(network)}")
        require(share >= 0, f"{name} keeps {share:g} of its capacity: at least 0 is needed")
    return left


def time_to_survive(
    network: Mapping[str, Node], disrupted: Iterable[str] = (), degraded: Mapping[str, float] | None = None
) -> float:
    """How long all outside demand can be met after nodes are lost; infinite if for ever.

    Args:
        network: nodes by name.
        disrupted: nodes that make nothing any more; what they have made stays.
        degraded: the share of its capacity that a node keeps.

    Source: Simchi-Levi, Schmidt and Wei, Harvard Business Review 92 (2014) 96; Simchi-Levi et al., Interfaces 45
    (2015) 375 (TTS model).
    """
    lp = _Programme(network, _left(network, disrupted, degraded), 1)
    time = lp.size - 1
    lp.flows()
    for name, node in network.items():
        lp.at_most({lp.made[name]: 1.0, time: -lp.capacity(name)}, 0.0)
        if node.demand:
            lp.at_most({time: node.demand, lp.made[name]: -1.0}, node.stock)
    found = lp.solve({time: -1.0})
    if found.status == 3:
        return math.inf
    require(found.status == 0, f"the linear programme was not solved: {found.message}")
    return float(-found.fun)


def lost_profit(
    network: Mapping[str, Node],
    time_to_recover: float,
    disrupted: Iterable[str] = (),
    degraded: Mapping[str, float] | None = None,
) -> float:
    """The least profit lost until nodes recover, with stock and the other nodes used as well as can be.

    Source: as `time_to_survive` (TTR model).
    """
    require(time_to_recover >= 0, f"time_to_recover is {time_to_recover:g}, and must be 0 or more")
    served = [name for name, node in network.items() if node.demand]
    lp = _Programme(network, _left(network, disrupted, degraded), len(served))
    lost = {name: lp.size - len(served) + n for n, name in enumerate(served)}
    lp.flows()
    for name, node in network.items():
        lp.at_most({lp.made[name]: 1.0}, lp.capacity(name) * time_to_recover)
        if node.demand:
            lp.at_most({lp.made[name]: -1.0, lost[name]: -1.0}, node.stock - node.demand * time_to_recover)
    found = lp.solve({lost[name]: network[name].profit for name in served})
    require(found.status == 0, f"the linear programme was not solved: {found.message}")
    return float(found.fun)


def single_time_to_survive(stock: float, demand: float, alternative: float = 0.0) -> float:
    """How long one stock lasts: stock / (demand - what still comes); infinite if it all comes. Source: definition."""
    return stock / (demand - alternative) if demand > alternative else math.inf


def single_lost(stock: float, demand: float, time_to_recover: float, alternative: float = 0.0) -> float:
    """Units lost of one product, period by period, until supply is back; the last period may be a part of one.

    Source: definition.
    """
    lost, left = 0.0, time_to_recover
    while left > 1e-12:
        part = min(1.0, left)
        short = max(0.0, (demand - alternative) * part - stock)
        stock = max(0.0, stock - (demand - alternative) * part)
        lost += short
        left -= part
    return lost
