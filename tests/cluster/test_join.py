"""Outcomes of chunks, joined, are bit for bit those of one simulation."""

from __future__ import annotations

import numpy as np
import pytest

from holdfast.engine.join import join
from holdfast.engine.run import Outcome, simulate
from tests.engine.worlds import cartridges

N = 300


def equal(a: Outcome, b: Outcome) -> bool:
    """Whether all that two outcomes hold is the same, bit for bit."""
    return (
        (a.replications, a.first) == (b.replications, b.first)
        and list(a.totals) == list(b.totals)
        and all(a.totals[name].tobytes() == b.totals[name].tobytes() for name in a.totals)
        and list(a.yearly) == list(b.yearly)
        and all(np.array_equal(a.yearly[name], b.yearly[name], equal_nan=True) for name in a.yearly)
        and list(a.bands) == list(b.bands)
        and all(np.array_equal(a.bands[name].counts, b.bands[name].counts) for name in a.bands)
        and all(np.array_equal(a.bands[name].periods, b.bands[name].periods) for name in a.bands)
        and np.array_equal(a.status, b.status)
    )


@pytest.fixture(scope="module")
def whole() -> Outcome:
    return simulate(cartridges(plant=True, periods=200), replications=N, seed=7, first=1_000)


@pytest.mark.parametrize("size", [1, 7, 100, 192, 299, 300, 1_000])
def test_chunks_of_any_size_give_the_same(whole, size):
    world = cartridges(plant=True, periods=200)
    if size == 1:
        starts = [(1_000, 1), (1_001, 1), (1_002, N - 2)]
    else:
        starts = [(first, min(size, 1_000 + N - first)) for first in range(1_000, 1_000 + N, size)]
    parts = [simulate(world, replications=n, seed=7, first=first) for first, n in starts]
    assert equal(join(parts), whole)


def test_a_gap_or_another_order_is_refused(whole):
    world = cartridges(plant=True, periods=5)
    one, two, three = (simulate(world, replications=2, seed=7, first=first) for first in (0, 2, 4))
    assert join([one, two, three]).replications == 6
    for wrong in ([one, three], [two, one], [one, one]):
        with pytest.raises(ValueError, match="follows"):
            join(wrong)
    with pytest.raises(ValueError, match="no outcomes"):
        join([])
