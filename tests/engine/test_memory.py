"""Arrays side by side in huge pages."""

from __future__ import annotations

import mmap

import numpy as np
import pytest

from holdfast.engine import memory
from holdfast.engine.run import BLOCK, _even


@pytest.mark.parametrize("huge", [True, False])
def test_arrays_are_zero_apart_and_of_their_types(huge: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not huge:
        monkeypatch.delattr(mmap, "MADV_HUGEPAGE", raising=False)
    wanted = ((5, np.float64), (3, np.int32), (0, np.uint32), (memory.HUGE // 8 + 1, np.int64))
    made = list(memory.arrays(*wanted))
    assert [(each.size, each.dtype) for each in made] == [(count, np.dtype(kind)) for count, kind in wanted]
    assert not any(each.any() for each in made)
    for number, each in enumerate(made):
        each[:] = number + 1
    assert all((each == number + 1).all() for number, each in enumerate(made))


@pytest.mark.skipif(not hasattr(mmap, "MADV_HUGEPAGE"), reason="this system gives no huge pages")
def test_they_begin_where_a_huge_page_does() -> None:
    first, second = memory.arrays((7, np.float64), (1, np.int32))
    assert first.ctypes.data % memory.HUGE == 0
    assert second.ctypes.data == first.ctypes.data + 64


@pytest.mark.parametrize("replications", [1, 7, 50, 128, 192, 256, 1_000, 2_048, 10_000])
@pytest.mark.parametrize("threads", [1, 2, 3, 16])
def test_threads_get_blocks_alike_whose_rows_lie_no_power_of_two_apart(replications: int, threads: int) -> None:
    block = _even(replications, threads)
    assert block % 16 == 8
    assert block <= BLOCK
    blocks = -(-replications // block)
    rounds = -(-blocks // threads)
    assert rounds * block < replications / threads + 24 * rounds
