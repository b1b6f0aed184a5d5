"""Arrays side by side in huge pages."""

from __future__ import annotations

import mmap
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.engine import memory
from holdfast.engine.lower import lower
from holdfast.engine.run import BLOCK, _even, simulate
from holdfast.parts.world import World
from reference.scenarios import worlds
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


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> list[mmap.mmap]:
    """What has been let go: nothing yet."""
    if not hasattr(mmap, "MADV_HUGEPAGE"):
        pytest.skip("this system gives no huge pages")
    kept: list[mmap.mmap] = []
    monkeypatch.setattr(memory, "_idle", kept)
    return kept


@pytest.mark.parametrize(("make", "left"), [(memory.arrays, 0), (memory.blank, 7)])
def test_what_was_let_go_is_taken_again_and_cleared_where_that_is_asked_for(make, left: int, idle) -> None:
    first, second = memory.blank((9, np.int64), (4, np.int32))
    first[:], second[:], address = 7, 7, first.ctypes.data
    part = second[2:]
    del first, second
    assert idle == []  # a view of one of them still needs it
    del part
    assert len(idle) == 1
    again, behind = make((9, np.int64), (4, np.int32))
    assert (idle, again.ctypes.data) == ([], address)
    assert set(again.tolist()) | set(behind.tolist()) == {left}


def test_what_is_in_use_is_given_to_nobody_else(idle) -> None:
    made = [next(memory.arrays((9, np.int64))) for _ in range(5)]
    assert len({each.ctypes.data for each in made}) == 5
    for number, each in enumerate(made):
        each[:] = number
    del each
    made[1:3] = [next(memory.arrays((9, np.int64)))]
    assert [each[0] for each in made] == [0, 0, 3, 4]
    assert len(idle) == 2


def test_not_much_is_kept_and_little_asked_for_takes_no_much_larger_one(idle) -> None:
    large = next(memory.blank((memory.IDLE // 4, np.uint8)))
    del large
    small = next(memory.blank((8, np.int64)))
    assert len(idle) == 1
    del small
    assert len(idle) == 2
    several = [next(memory.blank((memory.IDLE // 4, np.uint8))) for _ in range(6)]
    assert len(idle) == 1
    del several
    assert memory.IDLE / 2 < sum(map(len, idle)) <= memory.IDLE


def test_what_is_large_goes_back_to_the_system_at_once(idle) -> None:
    for size in (memory.IDLE // 2, 2 * memory.IDLE):
        large = next(memory.arrays((size, np.uint8)))
        assert not large.any()
        del large
        assert idle == []


def test_blocks_write_all_that_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lay in the memory before makes no difference to totals, yearly figures and status."""

    def soiled(*wanted):
        for each in plain(*wanted):
            each.view(np.uint8)[:] = 0xA5
            yield each

    plain = memory.blank

    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(worlds(), st.integers(1, 9))
    def each(world: World, replications: int) -> None:
        for more in ({}, {"each_period": list(lower(world, replications=1).totals)[:1]}):
            monkeypatch.setattr(memory, "blank", plain)
            clean = simulate(world, replications=replications, seed=7, threads=1, block=4, **more)
            monkeypatch.setattr(memory, "blank", soiled)
            dirty = simulate(world, replications=replications, seed=7, threads=1, block=4, **more)
            assert clean.totals.keys() == dirty.totals.keys()
            assert all(clean.totals[name].tobytes() == dirty.totals[name].tobytes() for name in clean.totals)
            assert all(clean.yearly[name].tobytes() == dirty.yearly[name].tobytes() for name in clean.yearly)
            assert clean.status.tolist() == dirty.status.tolist()

    each()


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
