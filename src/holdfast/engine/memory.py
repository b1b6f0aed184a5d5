"""Memory in which a processor finds its way quickly: the state of a block is spread over thousands of small pages."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike, NDArray

HUGE: Final = 1 << 21
"""Bytes of a huge page on the processors that have them."""
_LINE: Final = 64
"""Bytes that a cache moves at once."""


def arrays(*wanted: tuple[int, DTypeLike]) -> Iterator[NDArray[Any]]:
    """Arrays of so many numbers of a type, all 0, side by side in huge pages where the system gives them.

    The memory is given back when the last of them is let go.
    """
    sizes = [-(-count * np.dtype(kind).itemsize // _LINE) * _LINE for count, kind in wanted]
    whole = _memory(sum(sizes))
    begin = 0
    for (count, kind), size in zip(wanted, sizes, strict=True):
        yield whole[begin : begin + count * np.dtype(kind).itemsize].view(kind)
        begin += size


def _memory(size: int) -> NDArray[np.uint8]:
    """Bytes, all 0, from the beginning of a huge page on."""
    if not hasattr(mmap, "MADV_HUGEPAGE"):
        return np.zeros(size, dtype=np.uint8)
    pages = -(-size // HUGE) * HUGE
    # begins anywhere; memory that processes could share would be in small pages on most systems
    mapped = mmap.mmap(-1, pages + HUGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    mapped.madvise(mmap.MADV_HUGEPAGE)
    whole = np.frombuffer(mapped, dtype=np.uint8)
    begin = -whole.ctypes.data % HUGE
    return whole[begin : begin + size]
