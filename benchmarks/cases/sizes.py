"""How the cost grows with replications, periods and parts, in time and in memory."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, Final

from benchmarks import wide
from benchmarks.machine import core_seconds, python
from benchmarks.peers.reference import SEED, world
from benchmarks.registry import Case, Figure, Settings, register

REPLICATIONS: Final = (2_000, 4_000, 8_000)
PERIODS: Final = (260, 520, 1_040)
COPIES: Final = (1, 2, 4)
FUTURES: Final = 1_920
"""Futures while periods or parts grow."""
MEMORY: Final = (2_000, 20_000)


def slope(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Least-squares slope of log cost over log size: 1 where the cost is in proportion."""
    x, y = [math.log(size) for size in sizes], [math.log(cost) for cost in costs]
    middle, height = sum(x) / len(x), sum(y) / len(y)
    rise = sum((a - middle) * (b - height) for a, b in zip(x, y, strict=True))
    return rise / sum((a - middle) ** 2 for a in x)


def _cost(simulated: Any, n: int) -> float:
    """Processor seconds of n futures on one thread; the least of two."""
    from holdfast.engine.run import simulate

    return min(core_seconds(lambda: simulate(simulated, replications=n, seed=SEED, threads=1)) for _ in range(2))


def memory(n: int) -> tuple[float, float]:
    """Peak megabytes of a process that simulates n futures of the reference model, and megabytes that it keeps."""
    code = (
        "from benchmarks.peers.reference import world; from benchmarks.machine import peak\n"
        "from holdfast.engine.run import simulate\n"
        f"o = simulate(world(), replications={n}, seed=7)\n"
        "kept = sum(v.nbytes for v in (*o.totals.values(), *o.yearly.values(), o.status))\n"
        "print(peak(), kept / 2**20)"
    )
    found = python(code).split()
    return float(found[-2]), float(found[-1])


def prepare(_: Settings) -> dict[str, list[Any]]:
    """The worlds of every size, compiled."""
    periods = [dataclasses.replace(world(), periods=n) for n in PERIODS]
    parts = [wide.world(n) for n in COPIES]
    for each in (*periods, *parts):
        _cost(each, 1)
    return {"periods": periods, "parts": parts}


def measure(settings: Settings, ready: dict[str, list[Any]]) -> dict[str, float]:
    """Costs by size, and how they grow."""
    shrink = settings.size(1, 8)
    replications = [n // shrink for n in REPLICATIONS]
    costs = {
        "replications": (replications, [_cost(world(), n) for n in replications]),
        "periods": (PERIODS, [_cost(each, FUTURES // shrink) for each in ready["periods"]]),
        "parts": (COPIES, [_cost(each, FUTURES // shrink) for each in ready["parts"]]),
    }
    (small, kept_small), (large, kept_large) = (memory(n // shrink) for n in MEMORY)
    found = {f"exponent_{name}": slope(sizes, cost) for name, (sizes, cost) in costs.items()}
    found |= {
        f"parts_{n}": cost * 1e9 / (FUTURES // shrink) / PERIODS[-1] for n, cost in zip(*costs["parts"], strict=True)
    }
    futures = (MEMORY[1] - MEMORY[0]) // shrink
    return found | {
        "memory_small": small,
        "memory_large": large,
        "kept": (kept_large - kept_small) * 2**20 / futures,
        "beside": ((large - small) - (kept_large - kept_small)) * 2**20 / futures,
    }


register(
    Case(
        name="sizes",
        title="How the cost grows: slope of log cost over log size, one core",
        figures=(
            Figure("exponent_replications", "", "in replications", promise=1.05),
            Figure("exponent_periods", "", "in periods", promise=1.05),
            Figure("exponent_parts", "", "in parts", promise=1.1),
            *(Figure(f"parts_{n}", "ns", f"a future and week of {n} x the reference model") for n in COPIES),
            Figure("memory_small", "MB", f"peak memory, {MEMORY[0]:,} futures"),
            Figure("memory_large", "MB", f"peak memory, {MEMORY[1]:,} futures"),
            Figure("kept", "bytes", "kept of a future: totals and yearly figures"),
            Figure("beside", "bytes", "peak memory beside it, a future more"),
        ),
        measure=measure,
        prepare=prepare,
    )
)
