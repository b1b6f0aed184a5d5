"""What a future tells whatever a plan does in it: values that go by regimes and projects, and what counts when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.parts.world import Changing, World

    Floats = NDArray[np.float64]
    Records = dict[str, Floats]


def steered(world: World, *each: Changing) -> bool:
    """Whether one of these values reads a signal, and so goes by what a plan does."""
    return any(i >= len(world.regimes) + len(world.projects) for changing in each for i in changing.reads)


def state(world: World, condition: int, records: Records) -> NDArray[np.int64]:
    """(period,) code of a regime's or a project's state."""
    kind = "regimes" if condition < len(world.regimes) else "projects"
    name = world.conditions[condition].name
    return records.get(f"{kind}.{name}.state", np.zeros(world.periods)).astype(np.int64)


def values(world: World, changing: Changing, records: Records, most: bool) -> Floats:
    """(period,) a value that changes: as regimes and projects were, and the most or least over signals it reads."""
    out = np.zeros(world.periods)
    sizes = [len(world.conditions[i].states) for i in changing.reads]
    known = len(world.regimes) + len(world.projects)
    other = tuple(axis for axis, i in enumerate(changing.reads) if i >= known)
    states = [state(world, i, records) for i in changing.reads if i < known]
    for s, start in enumerate(changing.starts):
        end = changing.starts[s + 1] if s + 1 < len(changing.starts) else world.periods
        table = changing.values[s].reshape(sizes)
        table = (table.max if most else table.min)(axis=other) if other else table
        codes = tuple(each[start:end] for each in states)
        out[start:end] = table[codes] if codes else table
    return out


def inside(world: World, window: int, records: Records) -> NDArray[np.bool_]:
    """(period,) which periods a window counts."""
    this = world.windows[window]
    at = np.arange(world.periods)
    if this.condition < 0:
        return np.asarray(at < this.within, dtype=bool)
    held = state(world, this.condition, records) == this.state
    began = np.where(held & ~np.concatenate([[False], held[:-1]]), at, -1)
    return np.asarray(held & (at - np.maximum.accumulate(began) < this.within), dtype=bool)
