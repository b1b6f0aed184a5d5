"""Tables of laws, kept between processes: making them takes longer than loading a model's kernels, and needs SciPy."""

from __future__ import annotations

import functools
import hashlib
import io
import itertools
from pathlib import Path
from typing import Final

import numpy as np

from holdfast.engine import objects, sources
from holdfast.engine.kernel import cache_home
from holdfast.parts import laws
from holdfast.parts.laws import ContinuousTable, DiscreteTable, Fixed, Law

MOST: Final = 1000
"""Tables that are kept, 35 kB each at most; when there are more, all are forgotten."""
OF_ONE: Final = 100
"""Tables that one process keeps, at most: one that makes more is trying values that hardly come again."""

_made = itertools.count()


@functools.lru_cache(maxsize=512)
def table(law: Law) -> ContinuousTable | DiscreteTable:
    """The table from which a law is sampled: what `laws.tabulate` makes of it, or made of it in an earlier process."""
    if isinstance(law, Fixed) or not type(law).__module__.startswith("holdfast."):
        return laws.tabulate(law)
    path = _folder() / f"{hashlib.blake2b(repr(law).encode(), digest_size=16).hexdigest()}.table"
    raw = objects.read(path)
    if raw is not None:
        return _unpacked(raw)
    made = laws.tabulate(law)
    if next(_made) < OF_ONE:
        _make_room(path.parent)
        objects.write(path, _packed(made))
    return made


def _folder() -> Path:
    """Where tables are that were made by these sources, with these libraries, on this kind of processor."""
    return cache_home() / f"tables-{sources.of_tables()}" / f"machine-{objects.machine()}"


def _packed(made: ContinuousTable | DiscreteTable) -> bytes:
    """A table as bytes: its arrays, one after the other."""
    arrays = (made.values, made.thresholds) if isinstance(made, DiscreteTable) else (made.body, made.lower, made.upper)
    out = io.BytesIO()
    for each in arrays:
        np.save(out, each, allow_pickle=False)
    return out.getvalue()


def _unpacked(raw: bytes) -> ContinuousTable | DiscreteTable:
    """The table of these bytes: two arrays of a discrete law, or three of a continuous one."""
    file, arrays = io.BytesIO(raw), []
    while file.tell() < len(raw):
        arrays.append(np.load(file, allow_pickle=False))
    return DiscreteTable(*arrays) if len(arrays) == 2 else ContinuousTable(*arrays)


def _make_room(folder: Path) -> None:
    """Forgets all tables where there are too many."""
    kept = list(folder.glob("*.table")) if folder.is_dir() else []
    if len(kept) >= MOST:
        for each in kept:
            each.unlink(missing_ok=True)
