"""The three-node chain beside libraries of the field; all of them are held against its closed form first."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, Final

from benchmarks.agreement import FALSE_FAIL, FALSE_PASS, Disagreement
from benchmarks.machine import core_seconds
from benchmarks.peers import chain
from benchmarks.registry import Case, Figure, Settings, Skip, register

CHECKED: Final = 60
TIMED: Final = 5
OURS: Final = 10_000


@dataclass
class _Ready:
    peers: list[str] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)


def prepare(settings: Settings) -> _Ready:
    """Holds Holdfast and every peer that is installed against the closed form."""
    ready = _Ready()
    n = settings.size(CHECKED, 20)
    exact = chain.exact()
    ready.notes["holdfast"] = agree("holdfast", chain.holdfast(n), exact)
    for name in chain.PEERS:
        try:
            means, _ = chain.elsewhere(name, n)
        except Skip as reason:
            ready.notes[name] = f"skipped: {reason}"
            continue
        ready.notes[name] = agree(name, means, exact)
        ready.peers.append(name)
    return ready


def agree(name: str, found: chain.Means, exact: tuple[float, float]) -> str:
    """How near the means are to the closed form.

    Raises:
        Disagreement: they are further than chance allows.
    """
    limit = -NormalDist().inv_cdf(FALSE_FAIL / 4)
    n = found.on_hand.size
    told = []
    for what, values, truth in zip(("on hand", "owed"), (found.on_hand, found.backorders), exact, strict=True):
        error = float(values.std(ddof=1)) / math.sqrt(n)
        z = (float(values.mean()) - truth) / error
        if not abs(z) <= limit:
            message = f"{name}: {what} is {values.mean():.3f}, its closed form {truth:.3f} (z {z:.1f})"
            raise Disagreement(message)
        seen = (limit - NormalDist().inv_cdf(FALSE_PASS)) * error
        told.append(f"{what} {values.mean():.2f} (closed form {truth:.2f}, sees {seen:.2g})")
    return "; ".join(told)


def measure(settings: Settings, ready: _Ready) -> dict[str, float]:
    """Thousand futures x weeks a second of one core."""
    from holdfast.engine.run import simulate

    n = settings.size(OURS, 1_000)
    spent = core_seconds(lambda: simulate(chain.world(), replications=n, seed=7, threads=1))
    speeds = {"holdfast": _speed(n, spent)}
    for name in ready.peers:
        speeds[name] = _speed(TIMED, chain.elsewhere(name, TIMED)[1])
    found = {f"speed_{name}": speed for name, speed in speeds.items()}
    return found | {f"ratio_{name}": speeds["holdfast"] / speeds[name] for name in ready.peers}


def _speed(n: int, spent: float) -> float:
    return n * chain.numbers().periods / spent / 1e3


THOUSAND: Final = "thousand/s"
register(
    Case(
        name="chain",
        title="Supplier, depot and users: 520 weeks, one core each",
        figures=(
            Figure("speed_holdfast", THOUSAND, "Holdfast, futures x weeks"),
            Figure("speed_stockpyl", THOUSAND, "stockpyl"),
            Figure("speed_supplynetpy", THOUSAND, "SupplyNetPy"),
            Figure("ratio_stockpyl", "x", "Holdfast / stockpyl"),
            Figure("ratio_supplynetpy", "x", "Holdfast / SupplyNetPy"),
        ),
        measure=measure,
        prepare=prepare,
        notes=lambda ready: ready.notes,
    )
)
