"""Plants, lines and their projects in numbers (conventions §12, §13)."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

from holdfast.parts.laws import Fixed
from holdfast.parts.world import (
    BUILDING,
    NEVER,
    PROJECT_STATES,
    RUNS_NO,
    RUNS_WARM_BASE,
    RUNS_YES,
    STALLED,
    Changing,
    Line,
    Plant,
    Project,
)
from holdfast.spec.resolve import covers
from holdfast.spec.resolve.flow import priced
from holdfast.spec.tree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from holdfast.errors import Place, Problem
    from holdfast.spec.resolve.world import Reading

_RUNS = {"no": RUNS_NO, "warm_base": RUNS_WARM_BASE, "yes": RUNS_YES}


def projects(reading: Reading) -> tuple[Project, ...]:
    """All projects, of plants and of lines."""
    return tuple(
        reading.once(functools.partial(_project, reading, name, node), ("project", name), node)
        for name, node in reading.projects
    )


def _project(reading: Reading, name: str, node: Mapping) -> Project:
    values = reading.values

    def law(key: str) -> object:
        child = node.get(key)
        return Fixed(1.0) if child is None else values.law(child, lambda n: values.number(n, ""))

    stalls, cancelled, ramp = node.mapping("stalls"), node.mapping("cancelled"), node.mapping("ramp_up")
    start, planned, capex, finished = (node.get(k) for k in ("start", "planned_duration", "capex", "finished"))
    during = cancelled.get("while")
    states = [PROJECT_STATES[STALLED], PROJECT_STATES[BUILDING]]
    if len(cancelled) and during is None:
        values.problems.add("HF102", cancelled, None, "say in which state it can be cancelled", "add while: stalled")
    last = stalls.get("last")
    first = ramp.get("from")
    over = ramp.get("over")
    return Project(
        name=name,
        start=NEVER if start is None else values.coming(start),
        planned_duration=1.0 if planned is None else values.time(planned),
        schedule_ratio=law("schedule_ratio"),  # type: ignore[arg-type]
        stall_rate=values.changing(stalls.get("rate"), values.per_period, 0.0),
        stall_lasts=Fixed(1.0) if last is None else values.law(last, values.periods),
        cancel_rate=values.changing(cancelled.get("rate"), values.per_period, 0.0),
        cancel_while=() if during is None else (PROJECT_STATES.index(values.one_of(during, states)),),
        capex=0.0 if capex is None else values.number(capex, values.currency),
        overrun=law("overrun"),  # type: ignore[arg-type]
        ramp_from=1.0 if first is None else values.share(first),
        ramp_over=0.0 if over is None else values.periods(over),
        finished=-1 if finished is None else values.coming(finished),
    )


def _rate_parts(reading: Reading, node: Mapping) -> tuple[list[int], float, float]:
    """Goods, gross rate with nothing on and ramp over, and yield of a line."""
    values, goods = reading.values, reading.known_goods(node.get("makes"))
    if not goods:
        return [], 0.0, 1.0
    use = sum(reading.good_use[g] for g in goods)

    def at_cover(key: str, parse: object, default: float, block: Mapping = node) -> float:
        child = block.get(key)
        return default if child is None else math.prod(values.at_cover(values.said(child, parse)))  # type: ignore[arg-type]

    def rates() -> tuple[float, float]:
        nameplate = at_cover("nameplate", lambda n: covers.rate(values, n, reading.units[goods[0]], use), 0.0)
        fails = node.mapping("fails")
        up, down = at_cover("mtbf", values.periods, math.inf, fails), at_cover("mttr", values.periods, 0.0, fails)
        availability = 1.0 if math.isinf(up) else up / (up + down) if up + down > 0 else 1.0
        performance = at_cover("performance", values.share, 1.0)
        return nameplate * availability * performance, at_cover("yield", values.share, 1.0)

    return goods, *reading.once(rates, ("rates", use), node)


def input_use(reading: Reading, use: list[float]) -> dict[tuple[int, int], float]:
    """What lines take in normal use, by (store, good) (conventions §6)."""
    parts = [_rate_parts(reading, node) for _, _, node in reading.lines]
    total = [sum(rate for goods, rate, _ in parts if g in goods) for g in range(len(use))]
    out: dict[tuple[int, int], float] = {}
    for (_, _, node), (goods, rate, good_share) in zip(reading.lines, parts, strict=True):
        wanted = sum(use[g] / good_share * rate / total[g] for g in goods if total[g] > 0 and good_share > 0)
        run = min(rate, wanted)
        for good, amount, store in takes(reading, node, note=False):
            out[store, good] = out.get((store, good), 0.0) + run * amount
    return out


def takes(reading: Reading, node: Mapping, *, note: bool) -> list[tuple[int, float, int]]:
    """Inputs of a line: (good, amount per unit run, store)."""
    values, names = reading.values, reading.names["goods"]
    made, out = reading.known_goods(node.get("makes")), []
    for good, child in node.mapping("takes").items():
        before = len(values.problems)
        block = node.mapping("takes")
        g = values.name(Scalar(good, block.key_place(good), f"{block.path}.{good}"), names, "goods")
        if g < 0 or not made:
            _forget(values.problems.found, before, note)
            continue
        unit = f"{reading.units[g]}/{reading.units[made[0]]}"
        amount = values.positive(child, unit)
        store = _store_of_input(reading, node, g, block.key_place(good))
        _forget(values.problems.found, before, note)
        if store >= 0:
            out.append((g, amount, store))
    return out


def _forget(found: list[Problem], before: int, note: bool) -> None:
    """Drops problems that another reading of the same text notes."""
    if not note:
        del found[before:]


def _store_of_input(reading: Reading, node: Mapping, g: int, place: Place) -> int:
    values = reading.values
    said = node.get("inputs_from")
    keepers = [s for s, good, _ in reading.keeps if good == g]
    if said is not None:
        return _named(reading, said, keepers)
    if len(keepers) == 1:
        return keepers[0]
    good = reading.names["goods"][g]
    what = f"no store keeps the input {good}" if not keepers else f"several stores keep the input {good}"
    fix = f"add keeps.{good} to a store" if not keepers else "add inputs_from: STORE to the line"
    values.problems.add("HF202", place, node.path, what, fix)
    return -1


def _named(reading: Reading, node: Node, keepers: list[int]) -> int:
    names = [reading.names["stores"][s] for s in keepers]
    index = reading.values.name(node, names, "stores that keep it")
    return keepers[index] if index >= 0 else -1


def plants(reading: Reading) -> tuple[tuple[Plant, ...], tuple[Line, ...]]:
    """All plants and the lines that are built."""
    project_names = [name for name, _ in reading.projects]
    lines: list[Line] = []
    found = []
    for p, (name, node) in enumerate(reading.section("plants")):
        begin = len(lines)
        for plant, line_name, line in reading.lines:
            if plant == name:
                own = f"{name}.{line_name}"
                project = project_names.index(own) if own in project_names else -1
                use = tuple(reading.good_use[g] for g in reading.known_goods(line.get("makes")))
                make = functools.partial(_line, reading, p, line_name, line, project)
                lines.append(reading.once(make, ("line", p, line_name, project, use), line))
        project = project_names.index(name) if name in project_names else -1
        found.append(_plant(reading, name, node, project, tuple(range(begin, len(lines))), lines))
    return tuple(found), tuple(lines)


def _line(reading: Reading, plant: int, name: str, node: Mapping, project: int) -> Line:
    values = reading.values
    goods = values.names(node.get("makes"), reading.names["goods"], "goods")
    unit = reading.units[goods[0]] if goods else "unit"
    use = sum(reading.good_use[g] for g in goods)
    fails, over = node.mapping("fails"), node.get("changeover")
    money = f"{values.currency}/{unit}"
    cost, moves_with = priced(reading, node.get("variable_cost"))
    return Line(
        name=name,
        plant=plant,
        project=project,
        goods=goods,
        nameplate=values.changing(node.get("nameplate"), lambda n: _finite(reading, n, unit, use), 0.0),
        mtbf=values.changing(fails.get("mtbf"), values.time, math.inf),
        mttr=values.changing(fails.get("mttr"), values.time, 1.0),
        performance=values.changing(node.get("performance"), values.share, 1.0),
        yield_=values.changing(node.get("yield"), lambda n: _some(reading, n), 1.0),
        takes=tuple(takes(reading, node, note=True)),
        variable_cost=values.changing(cost, lambda n: values.number(n, money, f"price a good counted in {unit}s"), 0.0),
        moves_with=moves_with,
        changeover=0.0 if over is None else values.periods(over),
    )


def _finite(reading: Reading, node: Node, unit: str, use: float) -> float:
    """A nameplate, which has a limit."""
    rate = covers.rate(reading.values, node, unit, use)
    if math.isinf(rate):
        reading.values.problems.add("HF105", node, None, "a line without limit", "write an amount per time")
        return 1.0
    return rate


def _some(reading: Reading, node: Node) -> float:
    """A share above 0."""
    share = reading.values.share(node)
    if share <= 0:
        fix = "write a share above 0 %"
        reading.values.problems.add("HF108", node, None, "nothing of what is run is good", fix)
        return 1.0
    return share


def _plant(
    reading: Reading, name: str, node: Mapping, project: int, indices: tuple[int, ...], lines: list[Line]
) -> Plant:
    values = reading.values
    production, fixed = node.mapping("production"), node.mapping("fixed_cost")
    if (kind := production.get("kind")) is not None:
        values.one_of(kind, ["produce_to_target"])
    if (choose := production.get("choose")) is not None:
        values.one_of(choose, ["lowest_cover"])
    output_to = max(0, values.name(node.get("output_to"), reading.names["stores"], "stores"))
    made = list(dict.fromkeys(g for i in indices for g in lines[i].goods))
    kept = [g for g in made if any(k[0] == output_to and k[1] == g for k in reading.keeps)]
    for g in set(made) - set(kept) if reading.names["stores"] else ():
        good, store = reading.names["goods"][g], reading.names["stores"][output_to]
        at = node.entries.get("output_to", node)
        values.problems.add(
            "HF202", at, None, f"{store} does not keep {good}, which the plant makes", f"add keeps.{good} to {store}"
        )
    target = production.get("target")
    runs, restart, closes, campaign, inspection = (
        node.get("runs"), node.get("restart"), node.get("closes"), production.get("campaign"), node.get("inspection"),
    )  # fmt: skip
    return Plant(
        name=name,
        title=values.text(node.get("title"), name),
        project=project,
        closes=NEVER if closes is None else max(0, values.date(closes)),
        runs=values.changing(runs, lambda n: float(_RUNS[values.one_of(n, _RUNS)]), float(RUNS_YES)),
        restart=0.0 if restart is None else values.periods(restart),
        fixed_running=values.changing(fixed.get("running"), values.spending, 0.0),
        fixed_warm_base=values.changing(fixed.get("warm_base"), values.spending, 0.0),
        lines=indices,
        target=() if target is None else tuple((g, _target(reading, target, output_to, g)) for g in kept),
        campaign=math.inf if campaign is None else values.periods(campaign),
        output_to=output_to,
        inspection=-1 if inspection is None else values.name(inspection, reading.names["inspections"], "inspections"),
    )


def _target(reading: Reading, node: Node, store: int, g: int) -> Changing:
    values = reading.values
    where = f"{reading.names['goods'][g]} in {reading.names['stores'][store]}"
    drawn = (store, g) in reading.keep_use
    base = covers.Base(reading.units[g], reading.keep_use.get((store, g), 0.0), None, where, drawn)
    return values.changing(node, lambda n: covers.amount(values, n, base, reading.notes), 0.0)
