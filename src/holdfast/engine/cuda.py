"""Running a model on an NVIDIA graphics processor: a thread for each replication, a launch for a stretch of periods.

The device's memory bounds how many replications it takes at a time; what comes out of each chunk is copied to where
this machine's threads would have put it.
"""

from __future__ import annotations

import math
from ctypes import c_uint64
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.engine.driver import THREADS, DriverError, Processor, processor
from holdfast.engine.lower import lower
from holdfast.errors import Place, Problem, ScenarioError, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from holdfast.engine.model import Model
    from holdfast.parts.world import World

CHUNK: Final = 2**18
"""Replications at a time, at most: more than any processor has threads at work."""
STRETCH: Final = 52
"""Periods of a launch: short enough for Ctrl-C, and for processors that also draw a screen and stop long kernels."""
SHARE: Final = 0.8
"""Part of the free memory that is used."""


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
    world: World, outputs: NDArray[np.float64], yearly: NDArray[np.float32], seed: int, first: int,
    on_progress: Callable[[int], None] | None,
) -> NDArray[np.int32]:  # fmt: skip
    """Simulates replications from `first` on, as many as `outputs` has places for.

    Args:
        world: what to simulate.
        outputs: shape (total and status, replication), filled.
        yearly: shape (flow, year, replication), filled.
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
            size = _chunk(opened, lower(world, replications=1), min(CHUNK, replications))
            chunks = _Chunks(opened, lower(world, replications=size), size, seed, report)
            for begin in range(0, replications, size):
                n = min(size, replications - begin)
                chunks.simulate(first + begin, n)
                chunks.fetch(outputs[:, begin : begin + n], yearly[:, :, begin : begin + n])
                report(n)
            return chunks.counts()
    except DriverError as error:
        raise _refusal(error) from error


def _silent(_: int) -> None:
    return


def _bytes(model: Model) -> int:
    """Memory of one replication on the device [bytes]."""
    state = 8 * model.rows + 4 * model.integer_rows + 4 * model.word_rows
    return state + 8 * (len(model.totals) + 1) + 4 * max(1, len(model.yearly)) * model.years


def _chunk(device: Processor, model: Model, most: int) -> int:
    """How many replications the device can take at a time.

    Raises:
        DriverError: hardly any.
    """
    fixed = model.parameters.nbytes + model.arguments.nbytes + 4 * model.bins
    room = int((SHARE * device.free() - fixed) // _bytes(model))
    if room < min(THREADS, most):
        message = f"{device.name} has {device.free() / 1e6:,.0f} MB free, too little for {THREADS} futures"
        raise DriverError(message)
    return min(room, most)


class _Chunks:
    """A model on the device, and room for one chunk of replications."""

    def __init__(self, device: Processor, model: Model, size: int, seed: int, report: Callable[[int], None]) -> None:
        from holdfast.engine import ptx

        self.kernel = device.kernel(ptx.ptx(lambda: report(0)), ptx.ENTRY)
        numbers = {function: number for number, function in enumerate(ptx.ops())}
        codes = np.array([numbers[function] for function in model.functions], dtype=np.int64)
        self.device, self.model, self.size, self.seed = device, model, size, seed
        self.shapes = (len(model.totals) + 1, size), (max(1, len(model.yearly)), model.years, size)
        self.sizes = (8 * model.rows * size, 4 * model.integer_rows * size, 4 * model.word_rows * size)
        self.numbers, self.integers, self.words = (device.allocate(each) for each in self.sizes)
        self.bins = device.upload(np.zeros(model.bins, dtype=np.int32))
        kept = 8 * math.prod(self.shapes[0]), 4 * math.prod(self.shapes[1])
        self.totals, self.years = (device.allocate(each) for each in kept)
        for pointer, each in zip((self.totals, self.years), kept, strict=True):
            device.clear(pointer, each)
        constants = (np.ascontiguousarray(model.schedule), codes, model.at)
        schedule, numbered, at = (device.upload(each) for each in constants)
        parameters, arguments = device.upload(model.parameters), device.upload(model.arguments)
        self.pointers = (
            schedule, numbered, at, self.numbers, self.integers, self.words, parameters, arguments, self.bins,
            self.years, self.totals,
        )  # fmt: skip

    def simulate(self, first: int, n: int) -> None:
        """Takes replications first to first + n - 1 through all periods."""
        model = self.model
        self.device.clear(self.numbers, self.sizes[0])
        self.device.clear(self.integers, self.sizes[1])
        for t in range(0, model.periods, STRETCH):
            numbers = (
                model.initial, len(model.functions), n, self.size, t, min(t + STRETCH, model.periods), first, 0,
                self.seed,
            )  # fmt: skip
            self.device.launch(self.kernel, n, [*self.pointers, *(c_uint64(each) for each in numbers)])

    def fetch(self, outputs: NDArray[np.float64], yearly: NDArray[np.float32]) -> None:
        """Copies what came of the chunk to its place."""
        self._fetch(self.totals, outputs, self.shapes[0])
        self._fetch(self.years, yearly, self.shapes[1])

    def _fetch(self, there: c_uint64, here: NDArray[Any], shape: tuple[int, ...]) -> None:
        if here.shape == shape and here.flags.c_contiguous:
            self.device.download(there, here)
            return
        copied = np.empty(shape, dtype=here.dtype)
        self.device.download(there, copied)
        here[:] = copied[..., : here.shape[-1]]

    def counts(self) -> NDArray[np.int32]:
        """The bins of all chunks together."""
        bins = np.zeros(self.model.bins, dtype=np.int32)
        self.device.download(self.bins, bins)
        return bins


def _refusal(error: DriverError) -> ScenarioError:
    fix = "leave --device out: on this machine's cores the result is the same"
    return ScenarioError([Problem(Place("--device"), "HF421", "", printable(str(error)), fix)])
