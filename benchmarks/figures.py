"""The figures that Holdfast promises, measured: `uv run dev.py bench [--rounds N] [--json FILE]`.

Each figure is the median of several rounds, the figures taken in turn within a round, so that a slow moment of the
machine touches all of them alike. Nothing is asserted: the promise stands beside the measurement.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

COMMAND = [sys.executable, "-m", "holdfast.cli"]
CASE = "cartridge-plant"


@dataclass(frozen=True)
class Figure:
    """One thing measured: its promise in the same unit, and how to measure it once."""

    name: str
    unit: str
    promise: float
    measure: Callable[[], float]


def _seconds(*arguments: str) -> float:
    """Wall time of a command in a process of its own."""
    begin = time.perf_counter()
    subprocess.run([*COMMAND, *arguments], check=True, capture_output=True)
    return time.perf_counter() - begin


def _one_alternative() -> float:
    """Seconds to simulate 10,000 futures of one alternative, warm."""
    import holdfast
    from holdfast.engine.run import simulate

    world = holdfast.load(CASE).world("plant")
    simulate(world, replications=200, seed=7)
    begin = time.perf_counter()
    simulate(world, replications=10_000, seed=7)
    return time.perf_counter() - begin


def _memory() -> float:
    """Peak megabytes of a process that simulates 10,000 futures of one alternative."""
    code = "import benchmarks.figures as f; f._one_alternative(); print(f.peak())"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def peak() -> float:
    """Peak megabytes of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def _run(*more: str) -> float:
    """Seconds of a whole `holdfast run` of the case."""
    with tempfile.TemporaryDirectory() as folder:
        return _seconds("run", CASE, "--quiet", "--out", folder, *more)


def _warm_start() -> float:
    """Seconds from the start of a process until it has simulated its first futures, everything compiled."""
    code = f"import holdfast as hf; hf.simulate(hf.load({CASE!r}), alternative='plant', replications=20, seed=7)"
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - begin


def _cold_compile() -> float:
    """Seconds of the smallest run with no kernel compiled."""
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        subprocess.run(
            [*COMMAND, "run", CASE, "--quiet", "--out", folder, "--replications", "20", "--alternatives", "plant"],
            check=True, capture_output=True, env={**os.environ, "HOLDFAST_CACHE_DIR": cache},
        )  # fmt: skip
        return time.perf_counter() - begin


def _core_nanoseconds() -> float:
    """Processor nanoseconds per future and period, one thread, imports only."""
    import holdfast
    from holdfast.engine.run import simulate

    world = holdfast.load(CASE).world("imports")
    simulate(world, replications=200, seed=7, threads=1)
    begin = time.process_time()
    simulate(world, replications=1920, seed=7, threads=1)
    return (time.process_time() - begin) / 1920 / world.periods * 1e9


FIGURES = (
    Figure("holdfast --help", "s", 0.15, lambda: _seconds("--help")),
    Figure("holdfast check, the case", "s", 0.5, lambda: _seconds("check", CASE)),
    Figure("until the first futures are there, warm", "s", 1.5, _warm_start),
    Figure("same with nothing compiled, one plan", "s", 60.0, _cold_compile),
    Figure("one plan, 10,000 futures x 1,566 weeks, warm", "s", 2.0, _one_alternative),
    Figure("its peak memory", "MB", 500.0, _memory),
    Figure("one core, per future and week", "ns", 200.0, _core_nanoseconds),
    Figure("holdfast run, the whole case, warm", "s", 30.0, _run),
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    found: dict[str, list[float]] = {figure.name: [] for figure in FIGURES}
    for number in range(given.rounds):
        for figure in FIGURES:
            print(f"\rround {number + 1} of {given.rounds}: {figure.name:50}", end="", file=sys.stderr, flush=True)
            found[figure.name].append(figure.measure())
    print("\r" + " " * 80, end="\r", file=sys.stderr)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    machine = f"{cores} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"| {machine} | median | least | most | promise |\n|---|---|---|---|---|")
    for figure in FIGURES:
        values = found[figure.name]
        cells = [
            f"{value:.3g} {figure.unit}"
            for value in (statistics.median(values), min(values), max(values), figure.promise)
        ]
        print(f"| {figure.name} | {' | '.join(cells)} |")
    if given.json:
        given.json.write_text(json.dumps({"machine": machine, "rounds": found}, indent=1))
    return 0
