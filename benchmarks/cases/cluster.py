"""A Dask cluster of this machine: what a chunk costs beside its futures, and one worker against two."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.peers.reference import SEED, world
from benchmarks.registry import Case, Figure, Settings, Skip, register

PATIENCE: Final = 60.0
"""[s] that a process may take to start."""
FUTURES: Final = 20_000
SIZES: Final = (1, 41)
"""Futures of the chunks of which the overhead is told: the slope over size leaves the futures' own time out."""
CHUNKS: Final = 40


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[str]:
    """A scheduler and so many workers of a process and a thread each."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        dask = [sys.executable, "-m", "dask"]
        file = Path(folder) / "scheduler.json"
        quiet: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        local = ["--host", "127.0.0.1", "--no-dashboard"]

        def start(*arguments: str) -> None:
            process = subprocess.Popen([*dask, *arguments, *local], **quiet)
            stack.callback(process.wait)
            stack.callback(process.kill)

        start("scheduler", "--port", "0", "--scheduler-file", str(file))
        _wait(lambda: file.exists() and file.read_text(encoding="utf-8").strip().endswith("}"))
        address = str(json.loads(file.read_text(encoding="utf-8"))["address"])
        for _ in range(workers):
            start("worker", address, "--no-nanny", "--nthreads", "1", "--local-directory", folder)
        _wait_for_workers(address, workers)
        yield address


def _wait(ready: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end:
            message = "no Dask scheduler started on this machine"
            raise Skip(message)
        time.sleep(0.05)


def _wait_for_workers(address: str, workers: int) -> None:
    from distributed import Client

    connect: Any = Client
    with connect(address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=PATIENCE)


def prepare(_: Settings) -> None:
    """Sees that Dask is there, and compiles what workers load."""
    from holdfast.engine.run import simulate

    try:
        import distributed  # noqa: F401
    except ImportError as missing:
        message = f"holdfast[cluster] is not installed ({missing})"
        raise Skip(message) from missing
    simulate(world(), replications=1, seed=SEED)


def measure(settings: Settings, _: Any) -> dict[str, float]:
    """Seconds on one and on two workers of a thread each, and milliseconds of a chunk beside its futures."""
    n = settings.size(FUTURES, 2_000)
    found: dict[str, float] = {}
    for workers in (1, 2):
        with cluster(workers) as address:
            begin = time.perf_counter()
            with _connected(address) as connected:
                found["connect"] = (time.perf_counter() - begin) * 1000
                _all(connected, 2 * workers, 1)  # kernels are loaded
                found[f"workers_{workers}"] = _all(connected, n, 1_000)
                if workers == 1:
                    found["chunk"] = _overhead(connected)
    found["scaling"] = found["workers_1"] / found["workers_2"]
    return found


def _connected(address: str) -> Any:
    from holdfast.study.cluster import Cluster

    return Cluster(address)


def _all(connected: Any, n: int, size: int) -> float:
    begin = time.perf_counter()
    list(connected.outcomes([(world(), n)], SEED, lambda place, done: None, size))
    return time.perf_counter() - begin


def _overhead(connected: Any) -> float:
    """Milliseconds of a chunk of no futures: what chunks of two sizes take, extended to size 0."""
    small, large = (min(_all(connected, CHUNKS * size, size) for _ in range(2)) / CHUNKS for size in SIZES)
    return (small - SIZES[0] * (large - small) / (SIZES[1] - SIZES[0])) * 1000


register(
    Case(
        name="cluster",
        title="A Dask cluster on this machine, workers of one thread: the reference model",
        figures=(
            Figure("connect", "ms", "connecting, and seeing that all run the same"),
            Figure("chunk", "ms", "a chunk beside its futures: lowering, sending, joining"),
            Figure("workers_1", "s", "20,000 futures in chunks of 1,000, one worker"),
            Figure("workers_2", "s", "the same, two workers"),
            Figure("scaling", "x", "one worker / two workers"),
        ),
        measure=measure,
        prepare=prepare,
    )
)
