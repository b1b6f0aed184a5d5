"""Arrays side by side in huge pages."""

from __future__ import annotations

import mmap
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from holdfast.engine import memory
from holdfast.engine.run import BLOCK, _even
from tests.engine import guarded


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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell nothing of their pages")
def test_they_are_the_process_s_own() -> None:
    """Memory that processes could share lies in small pages, as Linux is set up by most distributions."""
    (made,) = memory.arrays((memory.HUGE, np.uint8))
    for line in Path("/proc/self/maps").read_text().splitlines():
        where, allowed = line.split()[:2]
        begin, end = (int(each, 16) for each in where.split("-"))
        if begin <= made.ctypes.data < end:
            assert allowed == "rw-p"
            return
    pytest.fail("it is in no mapping")


@pytest.mark.skipif(sys.platform != "linux", reason="pages are closed as Linux closes them")
@pytest.mark.parametrize("side", ["first", "last"])
def test_no_kernel_reaches_beyond_what_it_is_given(side: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", guarded.__name__, side], cwd=Path(__file__).parents[2], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.strip()) == (0, str(guarded.WORLDS)), done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="pages are closed as Linux closes them")
@pytest.mark.parametrize("side", ["first", "last"])
def test_what_reaches_beyond_is_ended(side: str) -> None:
    beyond = "x[-1:].ctypes.data + 8" if side == "last" else "x.ctypes.data - 8"
    code = (
        "import ctypes; import numpy as np; from tests.engine.guarded import between_closed_pages\n"
        f"x, = between_closed_pages({side!r}, (3, np.float64)); x[:] = 1.0; print(ctypes.string_at({beyond}, 1))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True)
    assert done.returncode == -signal.SIGSEGV


@pytest.mark.parametrize("replications", [1, 7, 50, 128, 192, 256, 1_000, 2_048, 10_000])
@pytest.mark.parametrize("threads", [1, 2, 3, 16])
def test_threads_get_blocks_alike_whose_rows_lie_no_power_of_two_apart(replications: int, threads: int) -> None:
    block = _even(replications, threads)
    assert block % 16 == 8
    assert block <= BLOCK
    blocks = -(-replications // block)
    rounds = -(-blocks // threads)
    assert rounds * block < replications / threads + 24 * rounds
