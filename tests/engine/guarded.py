"""Simulates worlds whose state lies between pages that nobody may touch: whatever reaches beyond it ends the process.

Run by tests/engine/test_memory.py, with the side on which a page follows at once: `first` or `last`.
"""

from __future__ import annotations

import ctypes
import itertools
import mmap
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from numpy.typing import DTypeLike, NDArray

from holdfast.engine import memory
from holdfast.engine.run import simulate
from holdfast.parts.world import World
from reference.scenarios import worlds

GAP = 1024
"""Pages on each side."""
WORLDS = 40


def between_closed_pages(side: str, *wanted: tuple[int, DTypeLike]) -> Iterator[NDArray[Any]]:
    """What `memory.arrays` gives, each array at one side of a place of its own."""
    library = ctypes.CDLL(None, use_errno=True)
    for count, kind in wanted:
        size = count * np.dtype(kind).itemsize
        open_pages = max(1, -(-size // mmap.PAGESIZE))
        whole = np.frombuffer(mmap.mmap(-1, (open_pages + 2 * GAP) * mmap.PAGESIZE), dtype=np.uint8)
        for page in (0, GAP + open_pages):
            at = ctypes.c_void_p(whole.ctypes.data + page * mmap.PAGESIZE)
            if library.mprotect(at, ctypes.c_size_t(GAP * mmap.PAGESIZE), 0) != 0:
                raise OSError(ctypes.get_errno(), "pages cannot be closed")
        begin = GAP * mmap.PAGESIZE + (open_pages * mmap.PAGESIZE - size if side == "last" else 0)
        yield whole[begin : begin + size].view(kind)


def main(side: str) -> None:
    """Simulates random worlds, and says how many."""
    memory.arrays = memory.blank = lambda *wanted: between_closed_pages(side, *wanted)
    seen = itertools.count()

    @settings(
        max_examples=WORLDS, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(worlds())
    def each(world: World) -> None:
        for replications in (2, 40):
            simulate(world, replications=replications, seed=7, threads=1)
        next(seen)

    each()
    print(next(seen))


if __name__ == "__main__":
    main(sys.argv[1])
