"""Both tellers of a future: a rule worked out by hand must hold in the twin and in the engine."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from holdfast.engine.run import record
from reference.simulator import simulate

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.parts.world import World

Records = dict[str, list[float]]


def _by_twin(world: World) -> Records:
    future = simulate(world, seed=1, replication=0)
    return {**future.records, **{name: [value] for name, value in future.finals.items()}}


def _by_engine(world: World) -> Records:
    records, finals = record(world, seed=1, replication=0)
    told: Records = defaultdict(lambda: [0.0] * world.periods)
    told.update({name: [float(x) for x in values] for name, values in records.items()})
    told.update({name: [float(value)] for name, value in finals.items()})
    return told


@pytest.fixture(params=[_by_twin, _by_engine], ids=["twin", "engine"])
def tell(request: pytest.FixtureRequest) -> Callable[[World], Records]:
    """Tells one future of a world: values by period, and per-future figures as lists of one."""
    return request.param  # type: ignore[no-any-return]
