"""What lines may make in a future that is known, for the program of the bound (`bound`).

A line makes in a period at most nameplate x performance x ramp x the share of the period that it was up, from the
period on in which it stood in that future. All of that follows from the future alone, where no signal says whether the
plant runs or how it fails; else it counts as up all the time from its opening on. What is left out can only cost more:

- the target and the campaign (it makes what it likes, when it likes), changeovers, and the time of a restart where a
  signal may start the plant: the plan's own runs are among those allowed;
- yield, nameplate and performance are the best, and the variable cost the least, over signals and ends of levers;
- inspections accept every lot, at once or later as suits best, at no cost, and what waits in them costs nothing;
  without an inspection output enters in its period. What is made may also be thrown away, as rejected goods are.

Inputs leave their store as much per unit run as the scenario says, and are bought as any other good. Capex is charged
as the future tells it, and so are fixed costs where they go by the future alone; else they are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from holdfast.parts.world import RUNNING, RUNS_YES
from holdfast.study.search.futures import state, steered, values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.parts.world import World
    from holdfast.study.search.futures import Records
    from holdfast.study.search.program import Program

    Floats = NDArray[np.float64]


def follows(world: World) -> bool:
    """Whether every project goes its way whatever a plan does."""
    return not any(steered(world, each.stall_rate, each.cancel_rate) for each in world.projects)


def make(program: Program, worlds: list[World], records: Records) -> None:
    """Adds what each plant's lines run, what they take, and what comes of it to its store."""
    best = worlds[0]
    keeps = {(keep.store, keep.good): k for k, keep in enumerate(best.keeps)}
    for plant in best.plants:
        runs: dict[int, list[tuple[NDArray[np.int64], Floats]]] = {}
        for i in plant.lines:
            line, most = best.lines[i], _most(worlds, i, records)
            if not most.any():
                continue
            cost = np.min([values(w, w.lines[i].variable_cost, records, False) for w in worlds], axis=0)
            for p in line.moves_with:
                cost = cost * records[f"prices.{best.prices[p].name}.index"]
            yields = np.max([values(w, w.lines[i].yield_, records, True) for w in worlds], axis=0)
            made = program.line(cost * best.discounts, most, len(line.goods))
            for good, run in zip(line.goods, made, strict=True):
                runs.setdefault(good, []).append((run, yields))
                for taken, amount, store in line.takes:
                    program.take(keeps[store, taken], run, amount)
        for good, each in runs.items():
            if (plant.output_to, good) in keeps:
                program.output(keeps[plant.output_to, good], each, later=plant.inspection >= 0)


def _most(worlds: list[World], i: int, records: Records) -> Floats:
    """(period,) what a line can run at most."""
    best = worlds[0]
    line = best.lines[i]
    plant = best.plants[line.plant]
    at = np.arange(best.periods)
    stands = at < plant.closes
    ramps = np.ones(best.periods)
    for p in {plant.project, line.project} - {-1}:
        project = best.projects[p]
        runs = state(best, len(best.regimes) + p, records) == RUNNING
        stands &= runs
        for opened in np.flatnonzero(runs)[:1]:
            if project.ramp_over > 0:
                part = np.minimum(1.0, (at - opened) / project.ramp_over)
                ramps *= project.ramp_from + (1.0 - project.ramp_from) * part
    told = np.max([values(w, w.plants[line.plant].runs, records, True) for w in worlds], axis=0)
    up = (stands & (told == RUNS_YES)).astype(np.float64)
    if not any(steered(w, w.plants[line.plant].runs, w.lines[i].mtbf, w.lines[i].mttr) for w in worlds):
        up = up * records.get(f"lines.{plant.name}.{line.name}.up", np.zeros(best.periods))
    rates = [
        values(w, w.lines[i].nameplate, records, True) * values(w, w.lines[i].performance, records, True)
        for w in worlds
    ]  # fmt: skip
    return np.asarray(np.max(rates, axis=0) * ramps * up, dtype=np.float64)


def standing(worlds: list[World], records: Records) -> float:
    """What projects and plants cost in a future whatever a plan does [money]."""
    cost = float(records.get("costs.capex", np.zeros(1)).sum())
    if any(steered(w, p.runs, p.fixed_running, p.fixed_warm_base) for w in worlds for p in w.plants):
        return cost
    return cost + float(records.get("costs.fixed", np.zeros(1)).sum())
