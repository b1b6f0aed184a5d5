"""The reference model beside its peers, a core each; and what a person who drags a slider waits for."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from benchmarks.agreement import compare
from benchmarks.machine import core_seconds, seconds, vectors
from benchmarks.peers import bound, numpy_model
from benchmarks.peers.reference import SEED, TOTALS, Peer, of_engine, world
from benchmarks.registry import Case, Figure, Settings, Skip, register

FUTURES: Final = 10_000
PREVIEW: Final = 1_000
SIMPY_CHECKED: Final = 1_000
SIMPY_TIMED: Final = 60
TIMES_SIMPY: Final = 1_200.0 if vectors() == "avx512f" else 750.0
"""What is asked of the engine beside SimPy, by the width of the processor's vectors."""
SAME: Final = 1e-6
"""Relative difference up to which a future of the bound is the engine's."""


@dataclass
class _Ready:
    """Peers that agree, and what the comparison found."""

    peers: dict[str, Callable[[int], Peer]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)


def _simpy() -> Callable[[int], Peer]:
    try:
        from benchmarks.peers import simpy_model
    except ImportError as missing:
        message = f"SimPy is not installed ({missing})"
        raise Skip(message) from missing
    return simpy_model.simulate


def prepare(settings: Settings) -> _Ready:
    """Compares every peer with the engine, before any time counts."""
    from holdfast.engine.run import simulate

    ready = _Ready()
    n = settings.size(FUTURES, 2_000)
    ours = of_engine(simulate(world(), replications=n, seed=SEED))
    builders: dict[str, tuple[Callable[[], Callable[[int], Peer]], int]] = {
        "numpy": (lambda: numpy_model.simulate, n),
        "simpy": (_simpy, settings.size(SIMPY_CHECKED, 200)),
        "c": (bound.build, n),
    }
    for name, (build, futures) in builders.items():
        try:
            peer = build()
        except Skip as reason:
            ready.notes[name] = f"skipped: {reason}"
            continue
        theirs = peer(futures)
        ready.notes[name] = str(compare(name, ours, theirs))
        if name == "c":
            ready.notes["c, future by future"] = _same(ours, theirs)
        ready.peers[name] = peer
    return ready


def _same(ours: Peer, theirs: Peer) -> str:
    """How many futures of the bound are the engine's own."""
    same = np.ones(next(iter(ours.totals.values())).size, dtype=np.bool_)
    for name in TOTALS:
        same &= np.isclose(ours.totals[name], theirs.totals[name], rtol=SAME, atol=SAME)
    return f"{int(same.sum()):,} of {same.size:,} are the engine's own (relative difference below {SAME:g})"


def measure(settings: Settings, ready: _Ready) -> dict[str, float]:
    """Futures and weeks a second of one core, and the time until an answer."""
    from holdfast.engine.run import simulate

    n = settings.size(FUTURES, PREVIEW)
    sizes = {"simpy": settings.size(SIMPY_TIMED, 10)}
    speeds: dict[str, float] = {}
    speeds["holdfast"] = _speed(n, lambda: simulate(world(), replications=n, seed=SEED, threads=1))
    for name, peer in ready.peers.items():
        futures = sizes.get(name, n)
        speeds[name] = _speed(futures, lambda peer=peer, futures=futures: peer(futures))  # type: ignore[misc]
    found = {f"speed_{name}": speed for name, speed in speeds.items()}
    found |= {f"ratio_{name}": speeds["holdfast"] / speeds[name] for name in ready.peers}
    found["preview"] = _answer(PREVIEW)
    found["what_if"] = _answer(n)
    one = min(seconds(lambda: simulate(world(), replications=n, seed=SEED, threads=1)) for _ in range(2))
    all_cores = min(seconds(lambda: simulate(world(), replications=n, seed=SEED)) for _ in range(2))
    found["threads"] = one / all_cores
    return found


def _speed(n: int, work: Callable[[], object]) -> float:
    """Million futures x weeks a second of processor time."""
    return n * world().periods / core_seconds(work) / 1e6


def _answer(n: int) -> float:
    """Milliseconds from a changed number to totals and both fans, on all cores."""
    from holdfast.engine.run import simulate

    begin_world = world()
    keep = begin_world.keeps[0]
    changed = dataclasses.replace(begin_world, keeps=(dataclasses.replace(keep, on_hand=keep.on_hand + 1.0),))
    begin = time.perf_counter()
    outcome = simulate(changed, replications=n, seed=SEED)
    for band in outcome.bands.values():
        band.quantiles((0.05, 0.5, 0.95))
    return (time.perf_counter() - begin) * 1000


MILLION: Final = "million/s"
register(
    Case(
        name="reference",
        title="Reference model: 1,040 weeks x 10,000 futures, one core each",
        figures=(
            Figure("speed_holdfast", MILLION, "Holdfast, futures x weeks"),
            Figure("speed_simpy", MILLION, "SimPy"),
            Figure("speed_numpy", MILLION, "NumPy over futures"),
            Figure("speed_c", MILLION, "C by hand, the engine's own draws"),
            Figure("ratio_simpy", "x", "Holdfast / SimPy", promise=TIMES_SIMPY, at_least=True),
            Figure("ratio_numpy", "x", "Holdfast / NumPy"),
            Figure("ratio_c", "x", "Holdfast / C", promise=0.6, at_least=True),
            Figure("what_if", "ms", "10,000 futures anew, totals and two fans, all cores", promise=100.0),
            Figure("preview", "ms", "1,000 futures anew", promise=20.0),
            Figure("threads", "x", "all cores / one core"),
        ),
        measure=measure,
        prepare=prepare,
        notes=lambda ready: ready.notes,
    )
)
