"""Running a model: blocks of replications over threads, and what comes out."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from holdfast.engine import compiling, kernel, memory
from holdfast.engine.lower import lower
from holdfast.errors import EngineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.engine.model import BandSpec, Model
    from holdfast.parts.world import World

Device = Literal["cpu", "cuda"]
"""Where replications are simulated: on this machine's cores, or on an NVIDIA graphics processor."""

BLOCK: Final = 200
"""Replications of a block, at most: as many as keep their state in a core's cache. Results do not depend on it.

An odd number of `_VECTOR`: rows that lie a power of two apart would share few places of a cache.
"""
_VECTOR: Final = 8
"""Replications that a core takes at once, at most."""

_compute = threading.Lock()
"""One simulation on several threads at a time: it uses all that it may. Those on one thread go side by side."""


@dataclass(frozen=True)
class Band:
    """The histogram of a level over replications, every `stride` periods."""

    name: str
    periods: NDArray[np.int64]
    """Shape (band_period,): the periods looked at."""
    counts: NDArray[np.int64]
    """Shape (band_period, bin): bin 0 is exactly 0, the last is `top` and above."""
    top: float

    @functools.cached_property
    def _below(self) -> NDArray[np.int64]:
        """(band_period, bin) futures in a bin or below it."""
        return np.cumsum(self.counts, axis=1)

    def quantile(self, q: float) -> NDArray[np.float64]:
        """The q-quantile in each band period, shape (band_period,); a bin is at most 1/510 of `top` wide."""
        below = self._below
        need = q * below[:, -1:]
        bins = self.counts.shape[1]
        chosen = np.minimum((below < need).sum(axis=1), bins - 1)
        rows = np.arange(len(chosen))
        inside = self.counts[rows, chosen]
        part = np.where(inside > 0, (need[:, 0] - (below[rows, chosen] - inside)) / np.maximum(inside, 1), 0.0)
        value = (chosen - 1 + part) * self.top / (bins - 2)
        return np.where(chosen == 0, 0.0, np.minimum(value, self.top))


@dataclass(frozen=True)
class Outcome:
    """What many replications of one world gave."""

    replications: int
    first: int
    totals: dict[str, NDArray[np.float64]]
    """By name of conventions §22, shape (replication,): flows over the horizon, per-future figures, and "mean."
    levels.
    """
    yearly: dict[str, NDArray[np.float32]]
    """By name of a flow, shape (year, replication), or (period, replication) where every period was asked for."""
    bands: dict[str, Band]
    status: NDArray[np.int32]
    """Shape (replication,): 0, or bits of engine.ops.records.STATUS_*."""


@dataclass
class _Scratch:
    """One thread's state of a block, and what it reads."""

    numbers: NDArray[np.float64]
    integers: NDArray[np.int32]
    words: NDArray[np.uint32]
    parameters: NDArray[np.float64]
    arguments: NDArray[np.int64]
    bins: NDArray[np.int64]


def _scratch(model: Model, block: int) -> _Scratch:
    numbers, integers, words, parameters, arguments = memory.arrays(
        (model.rows * block, np.float64), (model.integer_rows * block, np.int32), (model.word_rows * block, np.uint32),
        (model.parameters.size, np.float64), (model.arguments.size, np.int64),
    )  # fmt: skip
    parameters[:], arguments[:] = model.parameters, model.arguments
    return _Scratch(numbers, integers, words, parameters, arguments, np.zeros(model.bins, dtype=np.int64))


def compiles(model: Model) -> int:
    """How many kernels this model still needs to load or compile."""
    return sum(not kernel.is_compiled(f) for f in set(model.functions))


def default_threads() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def simulate(
    world: World,
    *,
    replications: int,
    seed: int,
    first: int = 0,
    threads: int | None = None,
    on_progress: Callable[[int], None] | None = None,
    block: int | None = None,
    each_period: Sequence[str] = (),
    device: Device = "cpu",
    model: Model | None = None,
) -> Outcome:
    """Simulates replications `first` to `first + replications - 1` of a world.

    The outcome is the same, bit for bit, whatever `threads` and `block` are, and replication n is the
    same whatever else is simulated.

    Args:
        world: What to simulate.
        replications: How many futures.
        seed: 0 to 2**64 - 1.
        first: Number of the first replication.
        threads: At most so many; all cores by default.
        on_progress: Called with the number of replications done since the last call.
        block: Replications of a block; as many as give each thread the same work, where nothing is said.
        each_period: Flows of which every period is kept, in place of the yearly figures of all (`Outcome.yearly`).
        device: "cuda" simulates on an NVIDIA graphics processor, for which `threads` and `block` say nothing.
        model: What `lower` gives for this world, these replications and `each_period`, where it was asked before.

    Raises:
        EngineError: a replication went wrong (a number that is not finite, a negative stock).
        ScenarioError: HF421, the graphics processor cannot be used.
    """
    if replications < 1:
        message = f"{replications} replications: at least 1 is needed"
        raise EngineError(message)
    if model is None:
        model = lower(world, replications=replications, each_period=each_period)
    outputs = np.zeros((len(model.totals) + 1, replications))
    yearly = np.zeros((max(1, len(model.yearly)), model.years, replications), dtype=np.float32)
    if device == "cuda":
        from holdfast.engine import cuda

        with _compute:
            bins = cuda.run(world, outputs, yearly, seed, first, on_progress)
    else:
        size = block or _even(replications, threads or default_threads())
        bins = _run(model, outputs, yearly, replications, seed, first, threads, on_progress, size)
    status = outputs[-1].astype(np.int32)
    _raise_if_wrong(world, status, first, seed)
    totals = dict(zip(model.totals, outputs[:-1], strict=True))
    for name in totals:
        if name.startswith("mean."):
            totals[name] = totals[name] / model.periods
    return Outcome(
        replications=replications,
        first=first,
        totals=totals,
        yearly=dict(zip(model.yearly, yearly, strict=False)),
        bands={spec.name: _band(spec, bins) for spec in model.bands},
        status=status,
    )


def _even(replications: int, threads: int) -> int:
    """Replications of a block, where each thread simulates as many blocks of one size."""
    blocks = threads * -(-replications // (threads * BLOCK))
    vectors = -(-replications // (blocks * _VECTOR))
    return (vectors | 1) * _VECTOR


def record(world: World, *, seed: int, replication: int) -> tuple[dict[str, NDArray[np.float64]], dict[str, float]]:
    """Every record of conventions §22 of one replication, by period, and its per-future figures.

    Raises:
        EngineError: the replication went wrong.
    """
    return next(_recorded(world, seed, replication, 1))


def records(world: World, *, seed: int, first: int = 0, replications: int) -> Iterator[dict[str, NDArray[np.float64]]]:
    """The records of replications `first`, `first` + 1, ... by period, a few of which are simulated together.

    Raises:
        EngineError: a replication went wrong.
    """
    for begin in range(0, replications, TOGETHER):
        for told, _ in _recorded(world, seed, first + begin, min(TOGETHER, replications - begin)):
            yield told


TOGETHER: Final = 8
"""Replications recorded together: all that is recorded of one takes megabytes."""

_models: list[tuple[World, int, Model]] = []
"""The world recorded last, how many of its futures together, and its model: a world is mostly told again and again."""


def _recorded(
    world: World, seed: int, first: int, n: int
) -> Iterator[tuple[dict[str, NDArray[np.float64]], dict[str, float]]]:
    """Records and per-future figures of n replications that are simulated together."""
    if not _models or _models[0][0] is not world or _models[0][1] != n:
        _models[:] = [(world, n, lower(world, replications=n, record=True))]
    model = _models[0][2]
    figures = len(model.totals) + 1
    outputs = np.zeros((figures + len(model.records) * model.periods) * n)
    _run(model, outputs, np.zeros((1, 1, 1), dtype=np.float32), n, seed, first, 1, None, n)
    totals = outputs[: figures * n].reshape(figures, n)
    _raise_if_wrong(world, totals[-1].astype(np.int32), first, seed)
    by_replication = outputs[figures * n :].reshape(n, len(model.records), model.periods)
    for i in range(n):
        told = dict(zip(model.records, by_replication[i], strict=True))
        _add_derived(told)
        yield told, {
            name: float(values[i]) for name, values in zip(model.totals, totals[:-1], strict=True)
            if name not in told and not name.startswith("mean.")
        }  # fmt: skip


def _add_derived(records: dict[str, NDArray[np.float64]]) -> None:
    """What is inside each inspection: all that entered and has not left."""
    for name in [n for n in records if n.startswith("inspections.") and n.endswith(".entered")]:
        flow = name.removesuffix(".entered")
        inside = np.cumsum(records[name] - records[f"{flow}.accepted"] - records[f"{flow}.scrapped"])
        records[f"{flow}.inside"] = inside


def _run(
    model: Model, outputs: NDArray[np.float64], yearly: NDArray[np.float32], replications: int, seed: int, first: int,
    threads: int | None, on_progress: Callable[[int], None] | None, block: int,
) -> NDArray[np.int64]:  # fmt: skip
    compiling.prepare(model.functions, threads or default_threads())
    addresses = np.array([kernel.address(f) for f in model.functions], dtype=np.int64)
    run_block = kernel.run_block()
    workers = max(1, min(threads or default_threads(), -(-replications // block)))
    local = threading.local()
    scratches: list[_Scratch] = []

    def one(begin: int) -> None:
        if not hasattr(local, "scratch"):
            local.scratch = _scratch(model, block)
            scratches.append(local.scratch)
        scratch: _Scratch = local.scratch
        scratch.numbers[:] = 0.0
        scratch.integers[:] = 0
        n = min(block, replications - begin)
        run_block(
            model.initial, model.schedule, addresses, model.at, scratch.numbers, scratch.integers, scratch.words,
            scratch.parameters, scratch.arguments, scratch.bins, yearly.reshape(-1), outputs.reshape(-1), n, block,
            model.periods, first + begin, begin, seed,
        )  # fmt: skip
        if on_progress is not None:
            on_progress(n)

    with _compute if workers > 1 else contextlib.nullcontext():
        starts = range(0, replications, block)
        if workers == 1:
            for begin in starts:
                one(begin)
        else:
            with ThreadPoolExecutor(workers) as pool:
                try:
                    for _ in pool.map(one, starts):
                        pass
                except BaseException:  # someone pressed Ctrl-C: what has not begun does not begin
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
    bins = scratches[0].bins
    for other in scratches[1:]:
        bins += other.bins
    return bins


def _band(spec: BandSpec, bins: NDArray[np.int64]) -> Band:
    counts = bins[spec.at : spec.at + spec.bins * spec.periods].reshape(spec.periods, spec.bins)
    return Band(spec.name, np.arange(spec.periods) * spec.stride, counts, spec.top)


def _raise_if_wrong(world: World, status: NDArray[np.int32], first: int, seed: int) -> None:
    wrong = np.flatnonzero(status)
    if wrong.size:
        n = int(wrong[0])
        what = "a number that is not finite" if status[n] & 1 else "a negative stock"
        message = (
            f"{wrong.size} of {status.size} futures went wrong ({what}); "
            f"the first is replication {first + n} of {world.alternative!r} with seed {seed}"
        )
        raise EngineError(message)
