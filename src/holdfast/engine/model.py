"""A world as the engine reads it: rows of state, parameters and a list of ops.

`Builder` hands out rows and parameters and collects ops by phase; `Model` is the constant outcome.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.engine.ops import records, values
from holdfast.engine.random import fill_event, fill_words, stream_number
from holdfast.engine.sample import lay_out
from holdfast.engine.tables import table
from holdfast.errors import EngineError
from holdfast.parts.laws import Law

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from holdfast.engine.kernel import OpFunction
    from holdfast.parts.world import Changing, ChangingLaw

ALWAYS: Final = 2**40
PHASES: Final = (
    "words", "start", "world", "receipts", "decisions", "production", "demand", "ageing", "accounts", "records",
)  # fmt: skip
"""Words are drawn; `start` reads the conditions of the period before; the rest is conventions §1, then what is
recorded.
"""


@dataclass(frozen=True)
class BandSpec:
    """Where the histogram of a level lies."""

    name: str
    at: int
    bins: int
    top: float
    stride: int
    periods: int


@dataclass(frozen=True)
class Model:
    """Constant arrays and the op list of one world."""

    functions: tuple[OpFunction, ...]
    at: NDArray[np.int64]
    schedule: NDArray[np.int64]
    """Shape (op, 4): first, last, every, offset."""
    initial: int
    parameters: NDArray[np.float64]
    arguments: NDArray[np.int64]
    rows: int
    integer_rows: int
    word_rows: int
    bins: int
    replications: int
    """As many as outputs have places for."""
    periods: int
    years: int
    yearly: tuple[str, ...]
    totals: tuple[str, ...]
    """Names of the per-future figures, in their order in the outputs; the status comes after them."""
    records: tuple[str, ...]
    bands: tuple[BandSpec, ...]


class Builder:
    """Hands out rows and parameters, and collects ops."""

    def __init__(self, periods: int) -> None:
        self.periods = periods
        self.rows = 0
        self.integer_rows = 0
        self.word_rows = 0
        self.bins = 0
        self.integers: list[int] = []
        self.flows: dict[str, int] = {}
        self.levels: dict[str, int] = {}
        self.codes: dict[str, int] = {}
        self.finals: dict[str, int] = {}
        self.integer_finals: dict[str, int] = {}
        self.bands: list[BandSpec] = []
        self.sums: list[tuple[int, list[tuple[float, int]]]] = []
        self.changes: list[tuple[int, float, int, int]] = []
        self.added_up: list[tuple[int, list[tuple[float, int]]]] = []
        self._chunks: list[NDArray[np.float64]] = []
        self._size = 0
        self._params: dict[float, int] = {}
        self._constants: dict[float, int] = {}
        self._initial_values: list[tuple[int, float]] = []
        self._laws: dict[Law, int] = {}
        self._streams: dict[int, str] = {}
        self._changing: dict[tuple[object, ...], int] = {}
        self._ops: dict[str, list[tuple[OpFunction, tuple[int, ...], tuple[int, int, int, int]]]] = defaultdict(list)
        self.muted = False
        """While true, ops are not added: what they would do never has an effect."""
        self.spare = self.f()
        self._spare_f: list[int] = []
        self._spare_z: list[int] = []
        self._spare_u = -1

    def f(self, n: int = 1) -> int:
        """First of n new rows of numbers, 0 at the start."""
        self.rows += n
        return self.rows - n

    def z(self, n: int = 1) -> int:
        """First of n new rows of whole numbers, 0 at the start."""
        self.integer_rows += n
        return self.integer_rows - n

    def u(self, n: int = 1) -> int:
        """First of n new rows of random words."""
        self.word_rows += n
        return self.word_rows - n

    def spare_f(self, j: int) -> int:
        """The jth of the rows of numbers that any op may use for itself; after it their content means nothing."""
        while len(self._spare_f) <= j:
            self._spare_f.append(self.f())
        return self._spare_f[j]

    def spare_z(self, j: int) -> int:
        """The jth of such rows of whole numbers."""
        while len(self._spare_z) <= j:
            self._spare_z.append(self.z())
        return self._spare_z[j]

    def spare_u(self) -> int:
        """The first of four such rows of random words."""
        if self._spare_u < 0:
            self._spare_u = self.u(4)
        return self._spare_u

    def flow(self, name: str) -> int:
        """The row in which a flow adds up between flushes."""
        if name not in self.flows:
            self.flows[name] = self.f()
        return self.flows[name]

    def derived(
        self, name: str, flows: Sequence[tuple[float, int]], levels: Sequence[tuple[float, int, float]]
    ) -> None:
        """A flow that follows from others, and from how levels change, is reckoned when it is kept.

        Args:
            name: of the flow.
            flows: factor and row of each.
            levels: factor, row and value at the start of each.
        """
        row = self.flow(name)
        if flows:
            self.sums.append((row, list(flows)))
        for factor, level, start in levels:
            was = self.f()
            self.start_at(was, start)
            self.changes.append((row, factor, level, was))

    def adds_up(self, name: str, start: float, flows: Sequence[tuple[float, int]]) -> None:
        """A level that only records show: what it was at the start, and all that flows have added since."""
        row = self.level(name, self.f())
        self.start_at(row, start)
        self.added_up.append((row, list(flows)))

    def level(self, name: str, row: int) -> int:
        """Names a row as a level that records show."""
        self.levels[name] = row
        return row

    def param(self, value: float) -> int:
        """Where a parameter stands."""
        key = float(value)
        if key not in self._params:
            self._params[key] = self.table(np.array([key]))
        return self._params[key]

    def table(self, data: NDArray[np.float64]) -> int:
        """Where an array of parameters starts."""
        self._chunks.append(np.ascontiguousarray(data, dtype=np.float64).ravel())
        self._size += self._chunks[-1].size
        return self._size - self._chunks[-1].size

    def constants(self, values: Sequence[int]) -> int:
        """Where whole numbers that several ops read start in the arguments."""
        self.integers.extend(values)
        return len(self.integers) - len(values)

    def law(self, law: Law) -> int:
        """Where a law's table starts."""
        if law not in self._laws:
            self._laws[law] = self.table(_laid_out(law))
        return self._laws[law]

    def const(self, value: float) -> int:
        """A row that holds one value for ever."""
        key = float(value)
        if key not in self._constants:
            self._constants[key] = self.f()
            self.start_at(self._constants[key], key)
        return self._constants[key]

    def start_at(self, row: int, value: float) -> None:
        """A row starts with a value other than 0."""
        self._initial_values.append((row, float(value)))

    def stream(self, name: str) -> int:
        """The number of a named stream.

        Raises:
            EngineError: two names have one number.
        """
        number = stream_number(name)
        if self._streams.setdefault(number, name) != name:
            message = f"the random streams of {name!r} and {self._streams[number]!r} collide: rename one of the two"
            raise EngineError(message)
        return number

    def words(self, name: str) -> int:
        """First of the four rows with the words of periods t to t+3 of a stream."""
        row = self.u(4)
        self.emit("words", fill_words, row, self.stream(name), every=4)
        return row

    def event_words(self, name: str, every: int) -> int:
        """First of the two rows with words 0 and 1 of event t of a stream, in each period that `every` divides."""
        row = self.u(2)
        self.emit("words", fill_event, row, self.stream(name), every=every)
        return row

    def changing(
        self, value: Changing, phase: str, code_rows: Sequence[int], sizes: Sequence[int], changes: Sequence[int]
    ) -> int:
        """The row of a value that changes, read in a phase."""
        if value.plain:
            return self.const(float(value.values.flat[0]))
        key = (value.values.tobytes(), value.reads, value.starts, phase)
        if key not in self._changing:
            out = self.f()
            self._changing[key] = out
            columns = value.values.shape[1]
            reads = [x for r in value.reads for x in (code_rows[r], sizes[r])]
            self._emit(
                phase, values.changing, out, self.z(), self.table(value.values), columns, len(value.starts),
                len(value.reads), *value.starts, *reads, *(changes[r] for r in value.reads),
            )  # fmt: skip
        return self._changing[key]

    def emit(
        self, phase: str, function: OpFunction, *args: int,
        first: int = 0, last: int = ALWAYS, every: int = 1, offset: int = 0,
    ) -> None:  # fmt: skip
        """Adds an op to a phase, or to `initial`."""
        if not self.muted:
            self._emit(phase, function, *args, first=first, last=last, every=every, offset=offset)

    def _emit(
        self, phase: str, function: OpFunction, *args: int,
        first: int = 0, last: int = ALWAYS, every: int = 1, offset: int = 0,
    ) -> None:  # fmt: skip
        self._ops[phase].append((function, tuple(map(int, args)), (first, last, every, offset % every)))

    def build(
        self, *, replications: int, years: int, yearly: Sequence[str], totals: Sequence[str], records_: Sequence[str]
    ) -> Model:
        """The model of all that was collected."""
        starts = [x for row, value in self._initial_values for x in (row, self.param(value))]
        initial = [(values.constants, (len(self._initial_values), *starts), (0, 0, 1, 0)), *self._ops["initial"]]
        listed = initial + [entry for phase in PHASES for entry in self._ops[phase]]
        at = []
        for _, args, _ in listed:
            at.append(len(self.integers))
            self.integers.extend(args)
        return Model(
            functions=tuple(entry[0] for entry in listed),
            at=np.array(at, dtype=np.int64),
            schedule=np.array([entry[2] for entry in listed], dtype=np.int64),
            initial=len(initial),
            parameters=np.concatenate(self._chunks),
            arguments=np.array(self.integers, dtype=np.int64),
            rows=self.rows,
            integer_rows=max(1, self.integer_rows),
            word_rows=max(1, self.word_rows),
            bins=max(1, self.bins),
            replications=replications,
            periods=self.periods,
            years=years,
            yearly=tuple(yearly),
            totals=tuple(totals),
            records=tuple(records_),
            bands=tuple(self.bands),
        )


class Rates:
    """Helpers that lower values and laws of one world into a builder."""

    def __init__(
        self, builder: Builder, code_rows: Sequence[int], sizes: Sequence[int], changes: Sequence[int]
    ) -> None:
        self.builder = builder
        self.code_rows = code_rows
        self.sizes = sizes
        self.changes = changes

    def row(self, value: Changing, phase: str) -> int:
        """The row of a value that changes."""
        return self.builder.changing(value, phase, self.code_rows, self.sizes, self.changes)

    def inverse(self, value: Changing, phase: str) -> int:
        """The row of how often a period holds a time that changes."""
        from holdfast.parts.world import Changing

        with np.errstate(divide="ignore"):
            return self.row(Changing(1.0 / value.values, value.reads, value.starts), phase)

    def probability(self, rate: Changing, phase: str) -> int:
        """The row of the probability that an event of a rate happens in a period (§4)."""
        from holdfast.parts.world import Changing

        return self.row(Changing(-np.expm1(-rate.values), rate.reads, rate.starts), phase)

    def law(self, law: ChangingLaw, phase: str) -> tuple[int, int, int]:
        """(row of law offsets or -1, law offset or -1, row of the scale)."""
        from holdfast.parts.world import Changing

        scale = self.row(law.scale, phase)
        offsets = [self.builder.law(one) for one in law.laws]
        chosen = law.which.values.astype(np.int64)
        if np.all(chosen == chosen.flat[0]):
            return -1, offsets[int(chosen.flat[0])], scale
        which = Changing(np.asarray(offsets, dtype=np.float64)[chosen], law.which.reads, law.which.starts)
        return self.row(which, phase), -1, scale


@functools.lru_cache(maxsize=128)
def _laid_out(law: Law) -> NDArray[np.float64]:
    """A law's table as it lies among the parameters; worlds of one scenario share most of their laws."""
    return lay_out(table(law))


def records_op(builder: Builder, at: int, replications: int) -> None:
    """Records every flow and level of each replication, period by period, after `at` figures of each."""
    rows = [*builder.flows.values(), *builder.levels.values()]
    builder.emit(
        "records", records.record, at * replications, builder.periods, len(rows), *rows, len(builder.codes),
        *builder.codes.values(),
    )  # fmt: skip
