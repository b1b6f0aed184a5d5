"""Memory in which a processor finds its way quickly: the state of a block is spread over thousands of small pages.

What one simulation has let go the next one takes: a page that the system gives anew is first cleared by it, which takes
longer than to clear what is there, and what is written before it is read need not be cleared at all.
"""

from __future__ import annotations

import ctypes
import mmap
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike, NDArray

HUGE: Final = 1 << 21
"""Bytes of a huge page on the processors that have them."""
IDLE: Final = 1 << 25
"""Bytes that are kept for the next simulation, at most; what alone is more than half of it goes at once."""
_LINE: Final = 64
"""Bytes that a cache moves at once."""

_idle: Final[list[mmap.mmap]] = []
"""What has been let go, the oldest first. Threads append and remove, each of which Python does at once."""


def arrays(*wanted: tuple[int, DTypeLike]) -> Iterator[NDArray[Any]]:
    """Arrays of so many numbers of a type, all 0, side by side in huge pages where the system gives them.

    The memory is let go with the last of them.
    """
    return _side_by_side(wanted, cleared=True)


def blank(*wanted: tuple[int, DTypeLike]) -> Iterator[NDArray[Any]]:
    """The same with any numbers in them: for what is written before it is read."""
    return _side_by_side(wanted, cleared=False)


def _side_by_side(wanted: tuple[tuple[int, DTypeLike], ...], *, cleared: bool) -> Iterator[NDArray[Any]]:
    sizes = [-(-count * np.dtype(kind).itemsize // _LINE) * _LINE for count, kind in wanted]
    whole = _memory(sum(sizes), cleared=cleared)
    begin = 0
    for (count, kind), size in zip(wanted, sizes, strict=True):
        yield whole[begin : begin + count * np.dtype(kind).itemsize].view(kind)
        begin += size


def _memory(size: int, *, cleared: bool) -> NDArray[np.uint8]:
    """Bytes, from the beginning of a huge page on; all 0 where they are to be cleared."""
    if not hasattr(mmap, "MADV_HUGEPAGE"):
        return np.zeros(size, dtype=np.uint8) if cleared else np.empty(size, dtype=np.uint8)
    pages = (-(-size // HUGE) + 1) * HUGE  # begins anywhere
    mapped = _let_go(pages)
    used = mapped is not None
    if mapped is None:
        # memory that processes could share would be in small pages on most systems
        mapped = mmap.mmap(-1, pages, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        mapped.madvise(mmap.MADV_HUGEPAGE)
    held = (ctypes.c_ubyte * len(mapped)).from_buffer(mapped)
    weakref.finalize(held, _keep, mapped).atexit = False
    whole: NDArray[np.uint8] = np.frombuffer(memoryview(held), dtype=np.uint8)
    begin = -whole.ctypes.data % HUGE
    if used and cleared:
        whole[begin : begin + size] = 0
    return whole[begin : begin + size]


def _let_go(size: int) -> mmap.mmap | None:
    """The smallest of what has been let go that holds so many bytes, and not many times as many."""
    for each in sorted(_idle, key=len):
        if size <= len(each) <= 2 * size:
            with suppress(ValueError):  # another thread has just taken it
                _idle.remove(each)
                return each
    return None


def _keep(mapped: mmap.mmap) -> None:
    """Keeps what has been let go, and gives the system back what has been idle for longest."""
    if len(mapped) <= IDLE // 2:
        _idle.append(mapped)
    with suppress(IndexError):
        while sum(map(len, _idle)) > IDLE:
            _idle.pop(0)
