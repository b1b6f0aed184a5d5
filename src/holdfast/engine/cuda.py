"""Running a model on an NVIDIA graphics processor: a thread for each replication, a launch for each op of a period.

The device's memory bounds how many replications it takes at a time; what comes out of each chunk is copied to where
this machine's threads would have put it, while the next one is simulated.
"""

from __future__ import annotations

import functools
from collections import Counter
from ctypes import c_uint64
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.engine.driver import THREADS, DriverError, Processor, processor
from holdfast.engine.kernel import name_of
from holdfast.engine.lower import lower
from holdfast.errors import Place, Problem, ScenarioError, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from ctypes import c_void_p

    from numpy.typing import NDArray

    from holdfast.engine.model import Model
    from holdfast.parts.world import World

CHUNK: Final = 2**17
"""Replications at a time, at most: some half of the threads that a large processor can hold. With fewer chunks, less of
what is copied is copied beside the next one.
"""
STRETCH: Final = 52
"""Periods between two looks at Ctrl-C and at what can be copied."""
OFTEN: Final = 4
"""Periods in which the same ops act, from which on they are recorded as a graph."""
SHARE: Final = 0.8
"""Part of the free memory that is used."""
_Ops = tuple[tuple[int, int], ...]
"""Ops of one kind that stand side by side: (first, last + 1), ..."""


def name() -> str:
    """What the processor is called.

    Raises:
        ScenarioError: HF421, it cannot be used.
    """
    try:
        return processor().name
    except DriverError as error:
        raise _refusal(error) from error


def run(
    world: World, each_period: Sequence[str], outputs: NDArray[np.float64], yearly: NDArray[np.float32], seed: int,
    first: int, on_progress: Callable[[int], None] | None,
) -> NDArray[np.int32]:  # fmt: skip
    """Simulates replications from `first` on, as many as `outputs` has places for.

    Args:
        world: what to simulate.
        each_period: flows of which every period is kept, in place of the yearly figures of all.
        outputs: shape (total and status, replication), filled.
        yearly: shape (flow, year or period, replication), filled.
        seed: where the random numbers come from.
        first: number of the first replication.
        on_progress: called with the number of replications done since the last call; 0 while kernels compile.

    Returns:
        The bins of all bands.

    Raises:
        ScenarioError: HF421, the device cannot be used, or has no memory for even a few replications.
    """
    report = on_progress if on_progress is not None else _silent
    try:
        with processor() as opened:
            replications = outputs.shape[1]
            lowered = functools.partial(lower, world, each_period=each_period)
            size = _chunk(opened, lowered(replications=1), replications)
            kept = outputs, yearly.reshape(-1, replications)
            chunks = _Chunks(opened, lowered, size, replications > size, seed, report)
            copies = chunks.touched(kept)
            for begin in range(0, replications, size):
                n = min(size, replications - begin)
                chunks.simulate(first + begin, n, copies)
                report(n)
                copies = chunks.copies([each[:, begin : begin + n] for each in kept])
            for _ in copies:
                pass
            return chunks.counts()
    except DriverError as error:
        raise _refusal(error) from error


def _silent(_: int) -> None:
    return


def _bytes(model: Model) -> int:
    """Memory of one replication on the device, what comes out of it twice [bytes]."""
    state = 8 * model.rows + 4 * model.integer_rows + 4 * model.word_rows
    return state + 2 * (8 * (len(model.totals) + 1) + 4 * max(1, len(model.yearly)) * model.years)


def _chunk(device: Processor, model: Model, replications: int) -> int:
    """How many replications the device shall take at a time: chunks are of one size, but for the last.

    Raises:
        DriverError: it can take hardly any.
    """
    fixed = model.parameters.nbytes + model.arguments.nbytes + 4 * model.bins
    room = int((SHARE * device.free() - fixed) // _bytes(model))
    if room < min(THREADS, replications):
        message = f"{device.name} has {device.free() / 1e6:,.0f} MB free, too little for {THREADS} futures"
        raise DriverError(message)
    return -(-replications // -(-replications // min(CHUNK, room)))


class _Chunks:
    """A model on the device, and room for one chunk of replications and for what came of the last one."""

    def __init__(
        self, device: Processor, lowered: Callable[..., Model], size: int, several: bool, seed: int,
        report: Callable[[int], None],
    ) -> None:  # fmt: skip
        from holdfast.engine import ptx

        text = ptx.ptx(lambda: report(0))
        self.device, self.size, self.seed, self.several = device, size, seed, several
        self.width = 2 * size if several else size
        """Replications of which the device keeps what came out."""
        self.model = model = lowered(replications=self.width)
        self.kernels = [device.kernel(text, name_of(function)) for function in model.functions]
        self.next_period = device.kernel(text, ptx.NEXT_PERIOD)
        self.due = [_together(model, due) for due in _due(model)]
        self.sizes = (8 * model.rows * size, 4 * model.integer_rows * size, 4 * model.word_rows * size)
        self.numbers, self.integers, self.words = (device.allocate(each) for each in self.sizes)
        self.bins = device.upload(np.zeros(model.bins, dtype=np.int32))
        self.totals = device.allocate(8 * (len(model.totals) + 1) * self.width)
        self.years = device.allocate(4 * max(1, len(model.yearly)) * model.years * self.width)
        self.now = device.allocate(8 * len(ptx.NOW))
        parameters, arguments, at = (device.upload(each) for each in (model.parameters, model.arguments, model.at))
        self.pointers = (
            self.numbers, self.integers, self.words, parameters, arguments, self.bins, self.years, self.totals, at,
            self.now,
        )  # fmt: skip
        self.graphs: dict[_Ops, c_void_p] = {}
        self.parts = max(1, model.periods // STRETCH)
        self.parity = 1

    def simulate(self, first: int, n: int, meanwhile: Iterator[None]) -> None:
        """Takes replications first to first + n - 1 through all periods, and goes on with `meanwhile` beside that."""
        model, often = self.model, Counter(self.due)
        self.parity = 1 - self.parity if self.several else 0
        self.device.clear(self.numbers, self.sizes[0])
        self.device.clear(self.integers, self.sizes[1])
        self.device.put(np.array([0, n, first, self.parity * self.size, self.seed], dtype=np.uint64), self.now)
        self._act(_together(model, range(model.initial)))
        for t, due in enumerate(self.due):
            if often[due] < OFTEN:
                self._period(due)
            else:
                if due not in self.graphs:
                    self.graphs[due] = self.device.recorded(functools.partial(self._period, due))
                self.device.repeat(self.graphs[due])
            if (t + 1) % STRETCH == 0:
                next(meanwhile, None)
                self.device.wait()
        for _ in meanwhile:
            pass
        self.device.wait()

    def _period(self, due: _Ops) -> None:
        self._act(due)
        self.device.launch(self.next_period, 1, [self.now])

    def _act(self, due: _Ops) -> None:
        """Launches some ops of the model; threads beyond the last replication do nothing."""
        for first, last in due:
            numbers = (c_uint64(each) for each in (first, last, self.size))
            self.device.launch(self.kernels[first], self.size, [*self.pointers, *numbers])

    def touched(self, kept: Sequence[NDArray[Any]]) -> Iterator[None]:
        """Has memory found for what will come out, beside the first chunk: it is found when it is first written."""
        for part in range(self.parts):
            for here in kept:
                begin, end = self._share(part, here)
                here[begin:end] = 0
            yield

    def copies(self, kept: Sequence[NDArray[Any]]) -> Iterator[None]:
        """Copies what came of the last chunk to its place, a share for each stretch of the periods of the next one."""
        return self._copied(list(zip((self.totals, self.years), kept, strict=True)), self.parity * self.size)

    def _copied(self, wholes: list[tuple[c_uint64, NDArray[Any]]], at: int) -> Iterator[None]:
        for part in range(self.parts):
            for pointer, here in wholes:
                begin, end = self._share(part, here)
                start = c_uint64(pointer.value + (begin * self.width + at) * here.itemsize)
                self.device.download(start, self.width * here.itemsize, here[begin:end])
            yield

    def _share(self, part: int, here: NDArray[Any]) -> tuple[int, int]:
        """Which rows belong to a part of the periods."""
        rows = len(here)
        return part * rows // self.parts, (part + 1) * rows // self.parts

    def counts(self) -> NDArray[np.int32]:
        """The bins of all chunks together."""
        bins = np.zeros(self.model.bins, dtype=np.int32)
        self.device.download(self.bins, bins.nbytes, bins.reshape(1, -1))
        return bins


def _due(model: Model) -> list[list[int]]:
    """The ops that act in each period."""
    schedule = model.schedule.reshape(-1, 4)
    begin, end, every, offset = schedule[model.initial :].T
    periods = np.arange(model.periods)[:, np.newaxis]
    acts = (begin <= periods) & (periods <= end) & (periods % every == offset)
    return [(np.flatnonzero(each) + model.initial).tolist() for each in acts]


def _together(model: Model, ops: Iterable[int]) -> _Ops:
    found: list[tuple[int, int]] = []
    for j in ops:
        if found and found[-1][1] == j and model.functions[j] is model.functions[j - 1]:
            found[-1] = found[-1][0], j + 1
        else:
            found.append((j, j + 1))
    return tuple(found)


def _refusal(error: DriverError) -> ScenarioError:
    fix = "leave --device out: on this machine's cores the result is the same"
    return ScenarioError([Problem(Place("--device"), "HF421", "", printable(str(error)), fix)])
