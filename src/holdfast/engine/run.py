"""Running a model: blocks of replications over threads, and what comes out."""

from __future__ import annotations

import collections
import contextlib
import functools
import math
import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

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

BLOCK: Final = 264
"""Replications of a block, at most: as many as keep their state in a core's cache. Results do not depend on it.

An odd number of `_VECTOR`: rows that lie a power of two apart would share few places of a cache.
"""
_VECTOR: Final = 8
"""Replications that a core takes at once, at most."""

_graphics = threading.Lock()
"""One simulation on the graphics processor at a time: it uses all of its memory."""


@dataclass(frozen=True)
class Band:
    """The histogram of a level over replications, every `stride` periods."""

    name: str
    periods: NDArray[np.int64]
    """Shape (band_period,): the periods looked at."""
    counts: NDArray[np.int32]
    """Shape (band_period, bin): bin 0 is exactly 0, the last is `top` and above."""
    top: float

    def quantile(self, q: float) -> NDArray[np.float64]:
        """The q-quantile in each band period, shape (band_period,); a bin is at most 1/510 of `top` wide."""
        (found,) = self.quantiles((q,))
        return np.asarray(found)

    def quantiles(self, qs: Sequence[float]) -> NDArray[np.float64]:
        """Several quantiles in each band period, shape (quantile, band_period); see `quantile`."""
        rows, bins = self.counts.shape
        fits = self.counts.sum(dtype=np.int64) <= np.iinfo(np.int32).max
        kind = np.int32 if fits else np.int64  # which takes five times as long
        before = np.zeros(rows * bins + 1, dtype=kind)
        """Futures in all bins before this one, of earlier periods too: so one search finds every quantile."""
        np.cumsum(self.counts, dtype=kind, out=before[1:])
        begin = before[:-1:bins]
        need = np.multiply.outer(np.asarray(qs, dtype=np.float64), before[bins::bins] - begin)
        found = np.searchsorted(before[1:], begin + np.ceil(need).astype(kind))
        at = np.clip(found, np.arange(rows) * bins, np.arange(1, rows + 1) * bins - 1)
        inside = self.counts.reshape(-1)[at]
        part = np.where(inside > 0, (need - (before[at] - begin)) / np.maximum(inside, 1), 0.0)
        chosen = at % bins
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
    head: Outcome | None = None
    """What the first replications alone gave, where that was asked for; its arrays are views of these."""


@dataclass
class _Scratch:
    """One thread's state of a block, and what it reads."""

    numbers: NDArray[np.float64]
    integers: NDArray[np.int32]
    words: NDArray[np.uint32]
    parameters: NDArray[np.float64]
    arguments: NDArray[np.int64]
    bins: NDArray[np.int32]
    """Shape (part, bin): what is counted of each part of the replications."""


def _scratch(model: Model, block: int, parts: int = 1) -> _Scratch:
    numbers, integers, words, parameters, arguments = memory.arrays(
        (model.rows * block, np.float64), (model.integer_rows * block, np.int32), (model.word_rows * block, np.uint32),
        (model.parameters.size, np.float64), (model.arguments.size, np.int64),
    )  # fmt: skip
    parameters[:], arguments[:] = model.parameters, model.arguments
    (bins,) = memory.arrays((parts * model.bins, np.int32))  # which may outlive the rest
    return _Scratch(numbers, integers, words, parameters, arguments, bins.reshape(parts, model.bins))


class Task(NamedTuple):
    """What to simulate."""

    world: World
    model: Model
    """What `lower` gives for the world and so many replications."""
    replications: int
    head: int = 0
    """So many of the first replications are also told alone (`Outcome.head`)."""


AHEAD: Final = 2
"""Worlds of which blocks are simulated or wait: one more than are needed to keep every thread at work."""


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
        EngineError: a replication went wrong (a number that is not finite, a negative stock), or the model is one of
            another number of replications.
        ScenarioError: HF421, the graphics processor cannot be used.
    """
    if replications < 1:
        message = f"{replications} replications: at least 1 is needed"
        raise EngineError(message)
    if model is None:
        model = lower(world, replications=replications, each_period=each_period)
    cores = threads or default_threads()
    begun = _Simulation(world, model, replications, seed, first, on_progress, block or _even(replications, cores))
    if device == "cuda":
        from holdfast.engine import cuda

        with _graphics:
            bins = cuda.run(world, each_period, begun.outputs, begun.yearly, seed, first, on_progress)
            return begun.outcome(bins[np.newaxis])
    begun.compile(cores)
    if len(begun.starts) == 1 or cores == 1:
        for begin in begun.starts:
            begun.block(begin)
        return begun.outcome(begun.bins())
    with _pool(min(cores, len(begun.starts))) as pool:
        return _finished(begun, [pool.submit(begun.block, begin) for begin in begun.starts])


def simulate_each(
    tasks: Iterable[Task],
    *,
    seed: int,
    threads: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Generator[Outcome]:
    """What comes of each world, in their order; the next begins while the last blocks of one are simulated.

    So no thread waits for another between two worlds. Outcomes are what `simulate` gives, bit for bit. To be closed
    where not all of them are taken.

    Args:
        tasks: worlds, each taken when the one before it begins.
        seed: 0 to 2**64 - 1.
        threads: At most so many; all cores by default.
        on_progress: Called with the place of a world and the number of its replications done since the last call.

    Raises:
        EngineError: a replication went wrong.
    """
    cores = threads or default_threads()
    under_way: collections.deque[tuple[_Simulation, list[Future[None]]]] = collections.deque()
    with _pool(cores) as pool:
        for place, task in enumerate(tasks):
            report = None if on_progress is None else functools.partial(on_progress, place)
            size = _even(task.replications, cores)
            begun = _Simulation(task.world, task.model, task.replications, seed, 0, report, size, task.head)
            begun.compile(cores)
            under_way.append((begun, [pool.submit(begun.block, begin) for begin in begun.starts]))
            del begun, task  # what is over is let go while others are simulated
            if len(under_way) == AHEAD:
                yield _finished(*under_way.popleft())
        while under_way:
            yield _finished(*under_way.popleft())


@contextlib.contextmanager
def _pool(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Threads; where something goes wrong, or someone presses Ctrl-C, what has not begun does not begin."""
    with ThreadPoolExecutor(threads) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _finished(begun: _Simulation, blocks: list[Future[None]]) -> Outcome:
    """What came of all blocks."""
    for each in blocks:
        each.result()
    return begun.outcome(begun.bins())


class _Simulation:
    """The replications of one world, block by block, by whichever threads are free."""

    def __init__(
        self, world: World, model: Model, replications: int, seed: int, first: int,
        on_progress: Callable[[int], None] | None, size: int, head: int = 0,
    ) -> None:  # fmt: skip
        if model.replications != replications:  # blocks would write where nothing is
            message = f"{replications} replications with a model of {model.replications}: lower the world for so many"
            raise EngineError(message)
        self.world, self.model, self.replications, self.seed, self.first = world, model, replications, seed, first
        self.on_progress, self.size = on_progress, size
        self.parts = [part for part in (range(head), range(head, replications)) if part]
        """Replications of which bands are counted apart."""
        self.starts = [begin for part in self.parts for begin in part[::size]]
        """Where blocks begin."""
        figures, flows = (len(model.totals) + 1, replications), (max(1, len(model.yearly)), model.years, replications)
        outputs, yearly = memory.blank((math.prod(figures), np.float64), (math.prod(flows), np.float32))
        self.outputs, self.yearly = outputs.reshape(figures), yearly.reshape(flows)  # blocks write all of both
        self._addresses = np.zeros(0, dtype=np.int64)
        self._local = threading.local()
        self._scratches: list[_Scratch] = []

    def compile(self, cores: int) -> None:
        """Compiles or loads what its blocks need."""
        compiling.prepare(self.model.functions, cores)
        self._addresses = _addresses(self.model)

    def block(self, begin: int) -> None:
        """Simulates the block that begins there."""
        scratch: _Scratch | None = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = _scratch(self.model, self.size, len(self.parts))
            self._scratches.append(scratch)
        else:
            scratch.numbers[:] = 0.0
            scratch.integers[:] = 0
        of, part = next((i, part) for i, part in enumerate(self.parts) if begin in part)
        n = min(self.size, part.stop - begin)
        _run_block(
            self.model, self._addresses, scratch, scratch.bins[of], self.outputs, self.yearly, n, self.size,
            self.first + begin, begin, self.seed,
        )  # fmt: skip
        if self.on_progress is not None:
            self.on_progress(n)

    def bins(self) -> NDArray[np.int32]:
        """Shape (part, bin): what all threads counted."""
        bins = self._scratches[0].bins
        for other in self._scratches[1:]:
            bins += other.bins
        return bins

    def outcome(self, bins: NDArray[np.int32]) -> Outcome:
        """What came of it.

        Args:
            bins: shape (part, bin).

        Raises:
            EngineError: a replication went wrong.
        """
        model, status = self.model, self.outputs[-1].astype(np.int32)
        _raise_if_wrong(self.world, status, self.first, self.seed)
        totals = dict(zip(model.totals, self.outputs[:-1], strict=True))
        for name in totals:
            if name.startswith("mean."):
                totals[name] = totals[name] / model.periods
        yearly = dict(zip(model.yearly, self.yearly, strict=False))

        def told(n: int, counts: NDArray[np.int32], head: Outcome | None) -> Outcome:
            return Outcome(
                replications=n,
                first=self.first,
                totals={name: values[:n] for name, values in totals.items()},
                yearly={name: values[:, :n] for name, values in yearly.items()},
                bands={spec.name: _band(spec, counts) for spec in model.bands},
                status=status[:n],
                head=head,
            )

        if len(self.parts) == 1:
            return told(self.replications, bins[0], None)
        return told(self.replications, bins[0] + bins[1], told(self.parts[0].stop, bins[0], None))


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

_recorders: collections.deque[tuple[World, Model]] = collections.deque(maxlen=16)
"""Worlds recorded last, and their models: a world is mostly told again and again."""
_looking = threading.Lock()


def _recorder(world: World) -> Model:
    """The model that records up to `TOGETHER` replications of a world."""
    with _looking:
        known = next((model for other, model in _recorders if other is world), None)
        if known is None:
            known = lower(world, replications=TOGETHER, record=True)
            _recorders.append((world, known))
        return known


def _recorded(
    world: World, seed: int, first: int, n: int
) -> Iterator[tuple[dict[str, NDArray[np.float64]], dict[str, float]]]:
    """Records and per-future figures of n replications that are simulated together."""
    model = _recorder(world)
    figures = len(model.totals) + 1
    outputs = np.zeros((figures + len(model.records) * model.periods) * TOGETHER)
    scratch, nothing = _scratch(model, n), np.zeros(1, dtype=np.float32)
    _run_block(model, _addresses(model), scratch, scratch.bins[0], outputs, nothing, n, n, first, 0, seed)
    totals = outputs[: figures * TOGETHER].reshape(figures, TOGETHER)[:, :n]
    _raise_if_wrong(world, totals[-1].astype(np.int32), first, seed)
    by_replication = outputs[figures * TOGETHER :].reshape(TOGETHER, len(model.records), model.periods)
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


def _addresses(model: Model) -> NDArray[np.int64]:
    """Where the machine code of each kernel is; compiled or loaded where it was not."""
    return np.array([kernel.address(f) for f in model.functions], dtype=np.int64)


def _run_block(
    model: Model, addresses: NDArray[np.int64], scratch: _Scratch, bins: NDArray[np.int32],
    outputs: NDArray[np.float64], yearly: NDArray[np.float32], n: int, block: int, first: int, begin: int, seed: int,
) -> None:  # fmt: skip
    """Takes a block of n replications, the first of which is number `first`, through all periods.

    Args:
        model: what to simulate.
        addresses: of its kernels.
        scratch: all 0 but for what the model says.
        bins: where levels are counted.
        outputs: where totals go, a row each.
        yearly: where yearly figures go.
        n: replications.
        block: replications that the scratch has room for.
        first: number of the first replication.
        begin: its place in outputs and yearly.
        seed: 0 to 2**64 - 1.
    """
    kernel.run_block()(
        model.initial, model.schedule, addresses, model.at, scratch.numbers, scratch.integers, scratch.words,
        scratch.parameters, scratch.arguments, bins, yearly.reshape(-1), outputs.reshape(-1), n, block,
        model.periods, first, begin, seed,
    )  # fmt: skip


def _band(spec: BandSpec, bins: NDArray[np.int32]) -> Band:
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
