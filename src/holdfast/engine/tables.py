"""Tables of laws and other figures, kept between processes: making them needs SciPy, which takes 0.2 s to import.

A file holds how many values a discrete law has, 0 for a continuous one, and then the arrays of its table.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast import caches
from holdfast.engine import objects, sources
from holdfast.parts import laws
from holdfast.parts.laws import OCTAVES, PIECES, SEGMENTS, ContinuousTable, DiscreteTable, Fixed, Law

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

MOST: Final = 1000
"""Tables that are kept, 35 kB each at most; when there are more, all are forgotten."""
OF_ONE: Final = 100
"""Tables that one process keeps, at most: one that makes more is trying values that hardly come again."""

_SUFFIX: Final = ".law"

_made = itertools.count()


@functools.lru_cache(maxsize=512)
def table(law: Law) -> ContinuousTable | DiscreteTable:
    """The table from which a law is sampled: what `laws.tabulate` makes of it, or made of it in an earlier process."""
    if isinstance(law, Fixed) or not type(law).__module__.startswith("holdfast."):
        return laws.tabulate(law)
    path = _folder() / f"{hashlib.blake2b(repr(law).encode(), digest_size=16).hexdigest()}{_SUFFIX}"
    raw = objects.read(path)
    if raw is not None:
        return _unpacked(raw)
    made = laws.tabulate(law)
    if next(_made) < OF_ONE:
        _make_room(path.parent)
        objects.write(path, _packed(made))
    return made


def figures(name: str, make: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
    """Figures of a name: what `make` gives, or gave in an earlier process."""
    path = _folder() / f"{name}.figures"
    raw = objects.read(path)
    if raw is not None:
        return np.frombuffer(raw)
    made = make()
    objects.write(path, made.tobytes())
    return made


def _folder() -> Path:
    """Where tables are that were made by these sources, with these libraries, on this kind of processor."""
    return caches.folder("tables", sources.of_tables()) / f"machine-{objects.machine()}"


def _packed(made: ContinuousTable | DiscreteTable) -> bytes:
    """A table as bytes."""
    if isinstance(made, DiscreteTable):
        return b"".join((_whole(made.values.size), made.values.astype(np.float64).tobytes(), made.thresholds.tobytes()))
    return b"".join((_whole(0), made.body.tobytes(), made.lower.tobytes(), made.upper.tobytes()))


def _whole(number: int) -> bytes:
    return number.to_bytes(8, sys.byteorder)


def _unpacked(raw: bytes) -> ContinuousTable | DiscreteTable:
    """The table of these bytes, which nobody can change."""
    count, rest = int.from_bytes(raw[:8], sys.byteorder), raw[8:]
    if count:
        return DiscreteTable(np.frombuffer(rest[: 8 * count]), np.frombuffer(rest[8 * count :], dtype=np.uint64))
    rows = np.frombuffer(rest).reshape(-1, 3)
    return ContinuousTable(*np.split(rows, (SEGMENTS, SEGMENTS + OCTAVES * PIECES)))


def _make_room(folder: Path) -> None:
    """Forgets all tables where there are too many."""
    kept = list(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else []
    if len(kept) >= MOST:
        for each in kept:
            each.unlink(missing_ok=True)
