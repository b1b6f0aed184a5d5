"""Lowering of what is made at home: plants and their lines (conventions §13)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from holdfast.engine.lower_flow import emit_enter, entered, gathers, never_runs
from holdfast.engine.ops import lines, projects, stores, values

if TYPE_CHECKING:
    from holdfast.engine.lowering import Lowering
    from holdfast.parts.world import Line, Plant


def lower_plants(low: Lowering) -> None:
    """Plants work, lines run in file order, lots start."""
    b, world = low.builder, low.world
    for p, plant in enumerate(world.plants):
        b.muted = never_runs(world, plant)
        _lower_plant(low, p, plant)
        b.muted = False
    for function, args in low.late_production:
        b.emit("production", function, *args)


def _lower_plant(low: Lowering, p: int, plant: Plant) -> None:
    b, world = low.builder, low.world
    on, is_open, somewhere, ramped = b.z(), b.z(), b.z(), b.f()
    runs = low.rates.row(plant.runs, "decisions")
    first, over = 1.0, 0.0
    if plant.project >= 0:
        project = world.projects[plant.project]
        first, over = project.ramp_from, project.ramp_over
    state = low.project_code(plant.project) if plant.project >= 0 else -1
    opened = low.opened[plant.project] if plant.project >= 0 else 0
    works = (
        on, is_open, b.z(), state, runs, math.ceil(plant.restart), plant.closes, opened, ramped, b.param(first),
        b.param(over), somewhere,
    )  # fmt: skip
    if plant.project < 0 and plant.runs.plain:  # what works stays so until it closes
        for period in (0, plant.closes):
            b.emit("production", projects.plant, *works, first=period, last=period)
    else:
        b.emit("production", projects.plant, *works)
    nameplates = effectives = b.spare
    if plant.lines:
        nameplates, effectives = (b.flow(f"plants.{plant.name}.{flow}") for flow in ("nameplate", "effective_capacity"))
    effective, output = effectives, -1
    costs = np.any(plant.fixed_running.values != 0) or np.any(plant.fixed_warm_base.values != 0)
    if costs:  # they alone ask what a plant could make and made in a period
        effective, output = b.f(), b.f()
        b.emit("production", lines.clear, 2, effective, output)
    for index in plant.lines:
        _lower_line(low, plant, world.lines[index], (on, is_open, somewhere, ramped), (nameplates, output, effective))
        if plant.inspection < 0:
            emit_enter(low, "production", plant.output_to)
    if costs:
        b.emit(
            "accounts", projects.plant_costs, is_open, runs, low.rates.row(plant.fixed_running, "decisions"),
            low.rates.row(plant.fixed_warm_base, "decisions"), effective, output, low.cost("fixed"),
            b.flow("memos.idle"), low.discount, effectives,
        )  # fmt: skip


def _lower_line(
    low: Lowering, plant: Plant, line: Line, flags: tuple[int, int, int, int], of_plant: tuple[int, int, int]
) -> None:
    b, world, index = low.builder, low.world, low.flow_index
    on, is_open, somewhere, ramped = flags
    nameplates, made, effective = of_plant
    name = f"lines.{plant.name}.{line.name}"
    state, opened, first, over = -1, 0, 1.0, 0.0
    if line.project >= 0:
        project = world.projects[line.project]
        state, opened = low.project_code(line.project), low.opened[line.project]
        first, over = project.ramp_from, project.ramp_over
    fails = -1 if np.all(np.isinf(line.mtbf.values)) else low.rates.inverse(line.mtbf, "decisions")
    number = b.z()
    if fails >= 0:
        b.emit("initial", values.codes, 1, number, -1)
    cost = low.charged(line.variable_cost, "decisions", line.moves_with)
    targets = dict(plant.target)
    goods: list[tuple[int, ...]] = []
    for good in line.goods:
        keep = low.keep_at(plant.output_to, good)
        arrives, inside, inspected = low.keeps[keep] + stores.ENTERING, b.spare, b.spare
        if plant.inspection >= 0 and not b.muted:
            arrives = gathers(low, plant.inspection, plant.name, keep)
            inside = low.keeps[keep] + stores.INSIDE
            inspected = b.flow(entered(low, plant.inspection, plant.name, keep))
        target = low.rates.row(targets[good], "decisions") if good in targets else b.const(-math.inf)
        use, value = b.param(world.goods[good].normal_use), b.param(world.goods[good].value)
        gap = b.spare_f(8 + len(goods)) if len(line.goods) > 1 else b.spare
        goods.append((low.keeps[keep], target, use, arrives, inside, inspected, value, gap))
    inputs: list[int] = []
    for good, amount, store in line.takes:
        keep = low.keep_at(store, good)
        inputs += [
            low.keeps[keep],
            b.param(amount),
            b.flow(f"stores.{low.keep_name(keep)}.taken"),
            *index.ages[keep].args(),
        ]
    run, output = b.flow(f"{name}.run"), _lower_output(low, plant, line, name)
    up, good_share = b.level(f"{name}.up", b.f()), low.rates.row(line.yield_, "decisions")
    rate, working, chosen = b.spare_f(7), b.spare_z(3), -1  # one line after the other
    b.emit(
        "production", lines.line_rate, on, is_open, ramped, state, opened, b.param(first), b.param(over),
        low.rates.row(line.nameplate, "decisions"), fails,
        low.rates.inverse(line.mttr, "decisions") if fails >= 0 else -1,
        low.rates.row(line.performance, "decisions"), good_share, b.f(), number, b.stream(name), up, rate, working,
        _lower_nameplate(low, plant, line, nameplates), effective, *(b.spare_f(j) for j in range(7)),
        *(b.spare_z(j) for j in range(3)), somewhere, _steady(low, line),
    )  # fmt: skip
    good_args = [x for good in goods for x in good]
    gap = b.spare_f(0)
    if len(goods) > 1:
        chosen = b.spare_z(4)
        b.emit(
            "production", lines.line_choose, somewhere, working, rate, chosen, b.z(), b.f(), b.param(plant.campaign),
            b.f(), b.param(line.changeover), gap, b.spare_f(1), b.spare_z(0), b.spare_z(1), len(goods), *good_args,
        )  # fmt: skip
    b.emit(
        "production", lines.line_make, somewhere, chosen, gap, rate, good_share, cost, b.spare_f(1),
        run, output, made, low.cost("production"), low.discount, low.write_off,
        len(line.takes), len(goods), *good_args, *inputs,
    )  # fmt: skip


def _lower_output(low: Lowering, plant: Plant, line: Line, name: str) -> int:
    """The row in which a line's output adds up; -1 where it follows from what the line has run.

    So does what enters inspection, where the line makes one good.
    """
    b = low.builder
    follows = line.yield_.plain and f"{name}.output" not in low.each_period
    output = b.flow(f"{name}.output")
    if follows:
        b.derived(f"{name}.output", [(float(line.yield_.values.flat[0]), b.flow(f"{name}.run"))], [])
    if plant.inspection >= 0 and len(line.goods) == 1 and not b.muted:
        keep = low.keep_at(plant.output_to, line.goods[0])
        b.derived(entered(low, plant.inspection, plant.name, keep), [(1.0, output)], [])
    return -1 if follows else output


def _lower_nameplate(low: Lowering, plant: Plant, line: Line, row: int) -> int:
    """The row in which a line's nameplate adds up while it stands; -1 where it follows from when the line opened."""
    b, name = low.builder, f"plants.{plant.name}.nameplate"
    if not line.nameplate.plain or name in low.each_period:
        return row
    if not b.muted:
        standing = (plant.project, line.project, plant.closes)
        if standing not in low.standing:
            low.standing[standing] = b.f()
        b.derived(name, [], [(float(line.nameplate.values.flat[0]), low.standing[standing], 0.0)])
    return -1


def _steady(low: Lowering, line: Line) -> int:
    """Where a line's numbers stand, if none of them ever changes: nameplate x performance, yield, failures, repairs."""
    each = (line.nameplate, line.performance, line.yield_, line.mtbf, line.mttr)
    if not all(value.plain for value in each):
        return -1
    nameplate, performance, good, *times = (float(value.values.flat[0]) for value in each)
    with np.errstate(divide="ignore"):
        rates = 1.0 / np.array(times)
    return low.builder.table(np.array([nameplate * performance, good, *rates]))
