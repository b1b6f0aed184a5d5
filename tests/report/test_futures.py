"""Futures told again for a report are looked at one by one, and let go."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import numpy as np
import pytest

import holdfast as hf
from holdfast.engine import run
from holdfast.output.report_futures import KEPT, Futures, causes
from holdfast.output.words import Reading
from holdfast.parts.world import World
from holdfast.study.result import Result


@pytest.fixture(scope="module")
def result() -> Result:
    return hf.simulate(hf.load("adblue-australia"), replications=60, seed=7)


class Future(dict[str, np.ndarray]):
    """Records of a future, of which it can be seen whether they are still held."""


def test_no_more_than_a_few_futures_are_held_at_once(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[weakref.ref[Future]] = []
    most = 0
    plain = run.records

    def records(world: World, *, seed: int, replications: int) -> Iterator[Future]:
        nonlocal most
        for told in plain(world, seed=seed, replications=replications):
            future = Future(told)
            held.append(weakref.ref(future))
            most = max(most, sum(each() is not None for each in held))
            yield future
            del future

    monkeypatch.setattr(run, "records", records)
    reading = Reading(result)
    futures = {name: Futures(reading.case(name), result.seed, {}) for name in reading.names}
    assert causes(reading, futures)
    assert len(held) >= 50
    assert most <= 3
    assert not any(each.records for each in futures.values())


def test_what_is_kept_of_a_future_is_all_that_charts_read(result: Result) -> None:
    reading = Reading(result)
    one = Futures(reading.case(reading.today), result.seed, {})
    kept = one.of(0)
    told, _ = run.record(one.case.world, seed=result.seed, replication=0)
    assert one.of(0) is kept
    assert set(kept) == {name for name in told if name.endswith(KEPT)}
    assert len(kept) < len(told) / 2
    for name, values in kept.items():
        assert values.base is None, "a view would hold the whole future"
        assert np.array_equal(values, told[name])
