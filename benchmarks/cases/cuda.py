"""A graphics processor beside this machine's cores: the same bits first, then how long each takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from benchmarks.agreement import Disagreement
from benchmarks.machine import seconds
from benchmarks.peers.reference import SEED, world
from benchmarks.registry import Case, Figure, Settings, Skip, register
from holdfast.engine.run import Device, Outcome, simulate

FEW: Final = 10_000
MANY: Final = 262_144
WHOLE: Final = 1_000_000
"""Futures of a what-if, of two full chunks on the processor, and of a search."""


@dataclass(frozen=True)
class _Ready:
    """What `prepare` found."""

    processor: str
    figures: int
    compiling: float


def prepare(settings: Settings) -> _Ready:
    """Sees that there is a processor, compiles for it, and compares it with this machine bit for bit."""
    from holdfast.engine import cuda
    from holdfast.errors import ScenarioError

    try:
        processor = cuda.name()
    except ScenarioError as missing:
        raise Skip(missing.problems[0].message) from missing
    compiling = seconds(lambda: _simulate(1, "cuda"))
    n = settings.size(cuda.CHUNK + 10_000, 2_000)  # two chunks
    return _Ready(processor, _same(_simulate(n, "cpu"), _simulate(n, "cuda")), compiling)


def _simulate(n: int, device: Device) -> Outcome:
    return simulate(world(), replications=n, seed=SEED, device=device)


def _same(here: Outcome, there: Outcome) -> int:
    """How many figures were compared.

    Raises:
        Disagreement: one has other bits.
    """
    found: dict[str, tuple[Any, Any]] = {name: (here.totals[name], there.totals[name]) for name in here.totals}
    found |= {f"{name} by year": (here.yearly[name], there.yearly[name]) for name in here.yearly}
    found |= {f"{name} band": (here.bands[name].counts, there.bands[name].counts) for name in here.bands}
    for name, (one, other) in found.items():
        if one.tobytes() != other.tobytes():
            places = np.flatnonzero(one.ravel() != other.ravel())
            message = f"the processor differs from this machine in {name}, in {places.size} of {one.size} places"
            raise Disagreement(message)
    return sum(one.size for one, _ in found.values())


def measure(settings: Settings, _: _Ready) -> dict[str, float]:
    """Wall time of futures here, on all cores, and there."""
    few, many, whole = (settings.size(n, n // 10) for n in (FEW, MANY, WHOLE))
    found = {
        "few_here": seconds(lambda: _simulate(few, "cpu")),
        "few": seconds(lambda: _simulate(few, "cuda")),
        "many_here": seconds(lambda: _simulate(many, "cpu")),
        "many": seconds(lambda: _simulate(many, "cuda")),
        "whole": seconds(lambda: _simulate(whole, "cuda")),
    }
    found["ratio_few"] = found["few_here"] / found["few"]
    found["ratio_many"] = found["many_here"] / found["many"]
    found["speed"] = whole * world().periods / found["whole"] / 1e6
    return found


def notes(ready: _Ready) -> dict[str, Any]:
    """Which processor, what was compared and what its first use takes."""
    return {
        "processor": ready.processor,
        "bits": f"{ready.figures:,} numbers are the same, bit for bit",
        "first use": f"{ready.compiling:.1f} s to compile, to translate for the processor and to start",
    }


register(
    Case(
        name="cuda",
        title="An NVIDIA graphics processor beside this machine's cores: the reference model",
        figures=(
            Figure("few_here", "s", "10,000 futures on all cores"),
            Figure("few", "s", "the same on the processor"),
            Figure("ratio_few", "x", "cores / processor"),
            Figure("many_here", "s", "262,144 futures on all cores"),
            Figure("many", "s", "the same on the processor"),
            Figure("ratio_many", "x", "cores / processor"),
            Figure("whole", "s", "1,000,000 futures on the processor"),
            Figure("speed", "M/s", "future-weeks of these a second"),
        ),
        measure=measure,
        prepare=prepare,
        notes=notes,
    )
)
