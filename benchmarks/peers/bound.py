"""The reference model in C, compiled here with the machine's own compiler: `-O3 -march=native`, one thread."""

from __future__ import annotations

import atexit
import ctypes
import functools
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.reference import FANS, SEED, TOTALS, Floats, Peer, fans, numbers, world
from benchmarks.registry import Skip

SOURCE: Final = Path(__file__).with_name("bound.c")
FLAGS: Final = (
    "-O3", "-march=native", "-mprefer-vector-width=512", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math",
    "-fopenmp-simd",
)  # fmt: skip
"""Values are those of plain C: none of these reorders a sum."""
BUCKETS: Final = 4096


def compiler() -> str:
    """The C compiler.

    Raises:
        Skip: there is none.
    """
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if found is None:
        message = "no C compiler (cc, gcc or clang) on this machine, so there is no bound"
        raise Skip(message)
    return found


def _array(name: str, values: Sequence[Any], kind: str = "double") -> str:
    cells = ", ".join(_array_cells(each) if isinstance(each, Sequence) else _cell(each) for each in values)
    shape = ""
    level: Any = values
    while isinstance(level, Sequence):
        shape += f"[{len(level)}]"
        level = level[0]
    return f"static const {kind} {name}{shape} = {{{cells}}};"


def _array_cells(values: Sequence[Any]) -> str:
    return "{" + ", ".join(_array_cells(v) if isinstance(v, Sequence) else _cell(v) for v in values) + "}"


def _cell(value: float) -> str:
    return f"{value}ull" if isinstance(value, int) else float(value).hex()


def header() -> str:
    """The numbers of the scenario as C."""
    from holdfast.engine.random import stream_number

    m, w, (stock, backlog) = numbers(), world(), fans()
    plants = [w.plants[line.plant] for line in w.lines]
    scalars: dict[str, float] = {
        "PERIODS": m.periods, "LINES": len(w.lines), "LEAD0": int(m.lead[0]), "LEAD1": int(m.lead[1]),
        "STRIDE": stock.stride, "BINS": stock.bins, "LAW": LAW, "POISSON": _poisson()[1].shape[1],
    }  # fmt: skip
    reals = {
        "OPENING": m.opening, "ROOM": m.room, "ORDER_UP_TO": m.order_up_to, "SHARE0": m.share[0], "SHARE1": m.share[1],
        "PRICE0": m.price[0], "PRICE1": m.price[1], "TARGET": m.target, "UNIT_COST": m.unit_cost,
        "HOLDING": m.holding, "LATE": m.late, "LOST": m.lost, "SHORT0": 1e-9 * m.normal[0] + 1e-9,
        "SHORT1": 1e-9 * m.normal[1] + 1e-9, "TOP0": stock.top, "TOP1": backlog.top,
    }  # fmt: skip
    inspected = [
        f"inspections.{w.inspections[p.inspection].name}.{p.name}.{w.stores[0].name}.{w.goods[0].name}.accepted"
        for p in plants
    ]
    projects = [f"projects.{p.name}.{line.name}" for p, line in zip(plants, w.lines, strict=True)]
    streams = {
        "REGIME_STREAM": [f"regimes.{r.name}" for r in w.regimes],
        "LINE_STREAM": [f"lines.{p.name}.{line.name}" for p, line in zip(plants, w.lines, strict=True)],
        "LOT_STREAM": inspected, "PROJECT_STREAM": projects,
    }  # fmt: skip
    users = [f"consumers.{c.name}.demand.{w.goods[0].name}" for c in w.consumers]
    then = np.rint(np.cumsum(m.then, axis=2) * 2.0**32).astype(np.int64).tolist()
    return "\n".join([
        *(f"#define {name} {value}" for name, value in scalars.items()),
        *(f"#define {name} {float(value).hex()}" for name, value in reals.items()),
        *(f"#define {n}_STREAM {stream_number(u)}u" for n, u in zip(("GUARDS", "TOWNS"), users, strict=True)),
        *(_array(n, [stream_number(each) for each in names], "uint32_t") for n, names in streams.items()),
        _array("THEN", then, "uint64_t"), _array("CAPACITY", m.capacity.tolist()),
        _array("FAILS", (1 / m.mtbf).tolist()), _array("MENDS", (1 / m.mttr).tolist()),
        _array("PLANNED", m.planned.tolist()), _array("NAMEPLATE", m.nameplate.tolist()),
        _array("RAMP_FROM", m.ramp_from.tolist()), _array("RAMP_OVER", m.ramp_over.tolist()),
        _array("ACCEPTS", [int(np.ceil(a * 2**32 - 0.5)) for a in m.accepts], "uint64_t"),
    ])  # fmt: skip


LAW: Final = 1 + 3 * (1024 + 2 * 23 * 8)
"""Numbers of a continuous law as the engine lays it out."""


def _law(law: Any) -> Floats:
    from holdfast.engine.sample import lay_out
    from holdfast.parts.laws import tabulate

    found: Floats = lay_out(tabulate(law))
    assert found.size == LAW
    return found


@functools.cache
def _poisson() -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
    """The guards' demand, calm and in crisis: by bucket of the word, and thresholds where it does not decide."""
    from holdfast.parts.laws import DiscreteTable, tabulate

    tables = [tabulate(law) for law in world().uses[0].demand.laws]
    assert all(isinstance(t, DiscreteTable) and (t.values == np.arange(len(t.values))).all() for t in tables)
    thresholds = [t.thresholds for t in tables if isinstance(t, DiscreteTable)]
    most = max(len(t) for t in thresholds)
    padded = np.full((2, most), 2**32, dtype=np.uint64)
    bucket = np.empty((2, BUCKETS), dtype=np.int32)
    begin = np.arange(BUCKETS, dtype=np.uint64) << np.uint64(20)
    for row, limits in enumerate(thresholds):
        padded[row, : len(limits)] = limits
        padded[row, len(limits) - 1] = 2**32
        low = np.searchsorted(padded[row], begin, side="right")
        high = np.searchsorted(padded[row], begin + np.uint64(2**20 - 1), side="right")
        bucket[row] = np.where(low == high, low, -1 - low)
    return bucket, padded


@functools.cache
def build(flags: tuple[str, ...] = FLAGS) -> Callable[[int], Peer]:
    """Compiles the bound.

    Raises:
        Skip: there is no C compiler, or it cannot compile this.
    """
    folder = Path(tempfile.mkdtemp(prefix="holdfast-bound-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "numbers.h").write_text(header(), encoding="utf-8")
    library = folder / "bound.so"
    done = subprocess.run(
        [compiler(), *flags, '-DNUMBERS="numbers.h"', f"-I{folder}", "-shared", "-fPIC", "-o", str(library),
         str(SOURCE), "-lm"], capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if done.returncode:
        message = f"the C compiler refused the bound: {done.stderr.strip()[:300]}"
        raise Skip(message)
    function = ctypes.CDLL(str(library)).simulate
    regimes = [[state.lasts for state in regime.states] for regime in world().regimes]
    laws = np.concatenate([_law(states[min(s, len(states) - 1)]) for states in regimes for s in range(3)])
    ratio = next(p.schedule_ratio for p in world().projects)
    bucket, threshold = _poisson()
    inputs = (laws, _law(ratio), _law(world().uses[1].demand.laws[0]), bucket, threshold, numbers().discount)

    def simulate(n: int, first: int = 0) -> Peer:
        out = np.zeros((len(TOTALS), n))
        counts = [np.zeros((-(-numbers().periods // fan.stride), fan.bins), dtype=np.int64) for fan in fans()]
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in (*inputs, out, *counts)]
        function(ctypes.c_int64(n), ctypes.c_uint32(first), ctypes.c_uint64(SEED), *pointers)
        return Peer(dict(zip(TOTALS, out, strict=True)), dict(zip(FANS, counts, strict=True)))

    return simulate
