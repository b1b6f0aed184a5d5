"""Several worlds one after the other: no thread waits between two, and what comes out is what each gives alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from holdfast.engine import run
from holdfast.engine.lower import lower
from holdfast.engine.run import Band, Task, simulate, simulate_each
from tests.engine.test_blocks import bits
from tests.engine.worlds import cartridges

SIZES = (450, 30, 210)


def tasks(*sizes: int) -> Iterator[Task]:
    for place, n in enumerate(sizes):
        world = cartridges(plant=place % 2 == 0, periods=40)
        yield Task(world, lower(world, replications=n), n)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_worlds_together_are_worlds_alone(threads: int) -> None:
    done: dict[int, int] = {}
    counting = threading.Lock()

    def report(place: int, n: int) -> None:
        with counting:
            done[place] = done.get(place, 0) + n

    together = list(simulate_each(tasks(*SIZES), seed=7, threads=threads, on_progress=report))
    assert done == dict(enumerate(SIZES))
    for found, task in zip(together, tasks(*SIZES), strict=True):
        assert (found.first, found.replications) == (0, task.replications)
        assert bits(found) == bits(simulate(task.world, replications=task.replications, seed=7))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("head", [1, 60, 200, 449])
def test_the_first_replications_are_also_told_alone(threads: int, head: int) -> None:
    (task,) = tasks(450)
    (whole,) = simulate_each([task._replace(head=head)], seed=7, threads=threads)
    assert bits(whole) == bits(simulate(task.world, replications=450, seed=7))
    assert whole.head is not None
    assert bits(whole.head) == bits(simulate(task.world, replications=head, seed=7))
    (plain,) = simulate_each([task], seed=7, threads=threads)
    assert plain.head is None


def test_a_thread_that_is_free_begins_the_next_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last block of the first world ends only when the second world has begun."""
    begun, block, second = threading.Event(), run._Simulation.block, {"seen": False}

    def slow(self: run._Simulation, begin: int) -> None:
        if self.replications == 60:
            begun.set()
        elif begin == self.starts[-1]:
            second["seen"] = begun.wait(20.0)
        block(self, begin)

    monkeypatch.setattr(run._Simulation, "block", slow)
    found = list(simulate_each(tasks(450, 60), seed=7, threads=2))
    assert second["seen"]
    assert [each.replications for each in found] == [450, 60]


def test_no_more_worlds_are_at_work_than_two() -> None:
    """What a world takes in memory is there for two at most, and for the one that is taken."""
    taken: list[int] = []

    def told() -> Iterator[Task]:
        for place, task in enumerate(tasks(24, 24, 24, 24)):
            taken.append(place)
            yield task

    for place, _ in enumerate(simulate_each(told(), seed=7, threads=2)):
        assert len(taken) <= place + run.AHEAD


def test_what_has_not_begun_does_not_begin_when_nobody_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks: list[int] = []
    block, stopped = run._Simulation.block, threading.Event()

    def counted(self: run._Simulation, begin: int) -> None:
        if self.replications == 2_000:
            blocks.append(begin)
            stopped.wait(20.0)
        else:
            block(self, begin)

    monkeypatch.setattr(run._Simulation, "block", counted)
    stream = simulate_each(tasks(24, 2_000), seed=7, threads=2)
    next(stream)
    threading.Timer(0.2, stopped.set).start()
    stream.close()
    assert len(blocks) <= 2
    assert not [each for each in threading.enumerate() if each.name.startswith("ThreadPoolExecutor")]


def test_what_goes_wrong_ends_all_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: run._Simulation, begin: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run._Simulation, "block", broken)
    with pytest.raises(KeyboardInterrupt):
        list(simulate_each(tasks(24, 24), seed=7, threads=2))


def by_the_book(band: Band, q: float) -> list[float]:
    """The q-quantile of each period: the place in its bin, reckoned one by one."""
    found = []
    for counts in band.counts:
        need, below = q * counts.sum(), 0
        for bin_, inside in enumerate(counts):
            if below + inside >= need or bin_ == len(counts) - 1:
                part = (need - below) / inside if inside else 0.0
                value = min((bin_ - 1 + part) * band.top / (len(counts) - 2), band.top)
                found.append(value if bin_ else 0.0)
                break
            below += inside
    return found


def test_quantiles_of_a_band_are_those_of_every_bin() -> None:
    """Periods that counted as many futures and such that did not, and one that counted none."""
    random = np.random.default_rng(11)
    for wide in (1, 5, 60):
        counts = random.poisson(0.3, (40, wide + 2)) * random.integers(0, 50, (40, wide + 2))
        counts[3] = 0
        counts[4, -1] += 1
        band = Band("x", np.arange(40), counts.astype(np.int64), 17.0)
        qs = (0.0, 0.05, 0.5, 0.9, 1.0)
        found = band.quantiles(qs)
        assert found.shape == (len(qs), 40)
        for q, row in zip(qs, found, strict=True):
            assert row.tolist() == by_the_book(band, q)
            assert row.tobytes() == band.quantile(q).tobytes()


def test_quantiles_of_a_band_may_need_more_than_32_bits() -> None:
    """As many futures in all periods together as 32 bits just hold, and a few more."""
    few = np.array([[5, 0, 3, 1], [0, 2, 6, 1]])
    qs = (0.1, 0.5, 0.9)
    for times in (119_304_647, 119_304_648):  # 18 of these are less and more than 2**31
        many = Band("x", np.arange(2), (few * times).astype(np.int32), 17.0)
        np.testing.assert_allclose(many.quantiles(qs), [by_the_book(many, q) for q in qs], rtol=1e-12)
