"""The three-node chain in stockpyl, SupplyNetPy and Holdfast, and its closed form.

At the end of a week the depot holds (S - D)+ and owes (D - S)+, D the demand of lead time + 1 weeks (Snyder and Shen,
Fundamentals of Supply Chain Theory, 2nd ed. (2019), sec. 4.3.4). stockpyl orders after it has seen the week's demand
and Holdfast before, so the lead time of stockpyl is a week longer for the same flow of goods.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import logging
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.machine import LONGEST, ROOT
from benchmarks.peers.reference import Floats
from benchmarks.registry import Skip

if TYPE_CHECKING:
    from holdfast.parts.world import World

SCENARIO: Final = Path(__file__).parents[1] / "chain-model.yaml"
REVIEWS: Final = 0.5
"""SupplyNetPy: reviews come so long before the demand of a week, and the state is read so long after it."""
WARM: Final = 6
"""Weeks until the first order has come."""


@dataclass(frozen=True)
class Chain:
    """The chain in numbers."""

    periods: int
    lead: int
    level: float
    demand: float


@dataclass(frozen=True)
class Means:
    """(replication,) means over the weeks from WARM on, at the end of the week."""

    on_hand: Floats
    backorders: Floats


Simulates = Callable[[int], Means]


@functools.cache
def world() -> World:
    """The chain as the engine reads it."""
    import holdfast

    return holdfast.load(SCENARIO).world(None)


@functools.cache
def numbers() -> Chain:
    """The chain in numbers."""
    w = world()
    rule = w.keeps[0].ordering
    assert rule is not None
    assert rule.order_up_to is not None
    level = float(rule.order_up_to.values[0, 0])
    assert w.keeps[0].on_hand == level
    return Chain(w.periods, int(w.channels[0].lead_time.laws[0].mean()), level, w.uses[0].demand.laws[0].mean())


def exact() -> tuple[float, float]:
    """Mean on hand and mean backorders at the end of a week."""
    from scipy import stats

    chain = numbers()
    law = stats.poisson((chain.lead + 1) * chain.demand)
    below = np.arange(int(chain.level) + 1)
    on_hand = float(((chain.level - below) * law.pmf(below)).sum())
    return on_hand, on_hand - chain.level + float(law.mean())


def holdfast(n: int, seed: int = 7) -> Means:
    """Every future period by period, from the records; slow, and never timed."""
    from holdfast.engine.run import record

    found = []
    for replication in range(n):
        records, _ = record(world(), seed=seed, replication=replication)
        levels = records["stores.depot.item.on_hand"], records["consumers.users.item.backorders"]
        found.append([level[WARM:].mean() for level in levels])
    return Means(*np.array(found).T)


def stockpyl(n: int) -> Means:
    """What stockpyl gives."""
    from stockpyl.sim import simulation
    from stockpyl.supply_chain_network import single_stage_system

    chain = numbers()
    found = []
    for replication in range(n):
        network = single_stage_system(
            demand_type="P", mean=chain.demand, policy_type="BS", base_stock_level=chain.level,
            shipment_lead_time=chain.lead + 1, initial_inventory_level=chain.level,
        )  # fmt: skip
        simulation(network, chain.periods, rand_seed=replication + 1, progress_bar=False, consistency_checks="N")
        states = network.nodes[0].state_vars[WARM : chain.periods]
        levels = np.array([sum(state.inventory_level.values()) for state in states])
        found.append((np.maximum(levels, 0).mean(), np.maximum(-levels, 0).mean()))
    return Means(*np.array(found).T)


def supplynetpy(n: int) -> Means:
    """What SupplyNetPy gives."""
    with contextlib.redirect_stdout(io.StringIO()):
        import SupplyNetPy.Components as parts

    logging.disable(logging.WARNING)
    try:
        return Means(*np.array([_network(parts, replication) for replication in range(n)]).T)
    finally:
        logging.disable(logging.NOTSET)


def _network(parts: Any, replication: int) -> tuple[float, float]:
    import simpy

    chain, rng = numbers(), np.random.default_rng(replication)
    env = simpy.Environment()
    supplier = parts.Supplier(env=env, ID="S", name="supplier", node_type="infinite_supplier")
    depot = parts.InventoryNode(
        env=env, ID="D", name="depot", node_type="warehouse", capacity=float("inf"), initial_level=chain.level,
        inventory_holding_cost=0.0, replenishment_policy=parts.SSReplenishment,
        policy_param={"s": chain.level, "S": chain.level, "period": 1, "first_review_delay": REVIEWS},
        product_sell_price=1.0, product_buy_price=1.0,
    )  # fmt: skip
    link = parts.Link(env=env, ID="L", source=supplier, sink=depot, cost=0.0, lead_time=lambda: chain.lead)
    users = parts.Demand(
        env=env, ID="U", name="users", order_arrival_model=lambda: 1,
        order_quantity_model=lambda: int(rng.poisson(chain.demand)), demand_node=depot, tolerance=float("inf"),
        order_min_split_ratio=1e-3,
    )  # fmt: skip
    levels = []

    def read() -> Any:
        yield env.timeout(REVIEWS / 2)
        while True:
            levels.append((depot.inventory.level, depot.stats.backorder[1]))
            yield env.timeout(1)

    env.process(read())
    network = parts.create_sc_net(nodes=[supplier, depot], links=[link], demands=[users], env=env)
    parts.simulate_sc_net(network, sim_time=chain.periods, logging=False)
    on_hand, backorders = np.array(levels[WARM : chain.periods]).mean(axis=0)
    return float(on_hand), float(backorders)


PEERS: Final[dict[str, Simulates]] = {"stockpyl": stockpyl, "supplynetpy": supplynetpy}


def elsewhere(name: str, n: int) -> tuple[Means, float]:
    """What a peer gives in an environment of its own, and its processor seconds without imports.

    Raises:
        Skip: there is no uv to make the environment, or the peer cannot be installed or run.
    """
    uv = shutil.which("uv")
    if uv is None:
        message = "there is no uv to install it with"
        raise Skip(message)
    made = [uv, "run", "--isolated", "--group", "peers", "python", "-W", "ignore", "-m", __name__, name, str(n)]
    done = subprocess.run(made, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST)
    if done.returncode:
        message = f"it did not run: {' '.join(done.stderr.split()[-40:])}"
        raise Skip(message)
    found = json.loads(done.stdout.splitlines()[-1])
    return Means(np.array(found["on_hand"]), np.array(found["backorders"])), float(found["seconds"])


def main(arguments: list[str]) -> None:
    """Simulates a peer: its name, how many futures."""
    name, n = arguments[0], int(arguments[1])
    numbers()
    PEERS[name](1)
    begin = time.process_time()
    means = PEERS[name](n)
    spent = time.process_time() - begin
    print(json.dumps({"on_hand": list(means.on_hand), "backorders": list(means.backorders), "seconds": spent}))


if __name__ == "__main__":
    main(sys.argv[1:])
