"""Plants and lines (§13) and inspections (§15)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from holdfast.parts.world import RUNNING, RUNS_YES
from reference.draws import draw, unit, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.parts.world import Changing, Inspection, Line, Plant, World
    from reference.draws import Draws
    from reference.moment import Moment
    from reference.storage import Flow, StoreTwin
    from reference.world_phase import ProjectTwin


class PlantTwin:
    """One plant: whether it stands, is told to run, or must restart."""

    def __init__(self, world: World, index: int, project: ProjectTwin | None) -> None:
        self.plant: Plant = world.plants[index]
        self.project = project
        self.told_off = False
        self.restart_left = 0
        self.stands = False
        self.runs = RUNS_YES
        self.at_work = False

    def begin(self, now: Moment) -> None:
        """Settle for this period whether the plant stands and its lines may run."""
        self.stands = now.t < self.plant.closes and (self.project is None or self.project.state == RUNNING)
        self.runs = int(now.value(self.plant.runs))
        self.at_work = False
        if not self.stands:
            self.told_off = False
            return
        if self.runs != RUNS_YES:
            self.told_off = True
            return
        if self.told_off:
            self.told_off = False
            self.restart_left = math.ceil(self.plant.restart)
        if self.restart_left > 0:
            self.restart_left -= 1
        else:
            self.at_work = True


class LineTwin:
    """One line: its good, its clock of failures and repairs, and what it makes."""

    def __init__(self, world: World, index: int, plant: PlantTwin, project: ProjectTwin | None, draws: Draws) -> None:
        self.world = world
        self.line: Line = world.lines[index]
        self.plant = plant
        self.project = project
        self.draws = draws
        self.stream = f"lines.{plant.plant.name}.{self.line.name}"
        self.phase = 0
        self.work = self._draw_work()
        self.good = -1
        self.run_for = 0
        self.owed = 0.0
        self.target: dict[int, Changing] = dict(plant.plant.target)

    def _draw_work(self) -> float:
        return -math.log(unit(self.draws.word(self.stream, self.phase)))

    def stands(self) -> bool:
        """Whether plant and line are built and not closed."""
        return self.plant.stands and (self.project is None or self.project.state == RUNNING)

    def clock(self, now: Moment) -> float:
        """Let the clock of failures run for one period; the share of it that the line was up."""
        mtbf, mttr = now.value(self.line.mtbf), now.value(self.line.mttr)
        left, up = 1.0, 0.0
        while True:
            is_up = self.phase % 2 == 0
            mean = mtbf if is_up else mttr
            lasts = self.work * mean
            spent = min(lasts, left)
            if is_up:
                up += spent
            if lasts > left:
                self.work -= left / mean
                return up
            left -= lasts
            self.phase += 1
            self.work = self._draw_work()

    def ramp(self, t: int) -> float:
        """Product of the ramps of plant and line."""
        ramps = [p.ramp(t) for p in (self.plant.project, self.project) if p is not None]
        return math.prod(ramps)

    def gap(self, now: Moment, good: int, level: Callable[[int], float]) -> float:
        """How much of a good is to be made; what is only rounding counts as 0."""
        if good not in self.target:
            return 0.0
        target = now.value(self.target[good])
        gap = target - level(good)
        return gap if gap > 1e-9 * target else 0.0

    def choose(self, now: Moment, level: Callable[[int], float]) -> float:
        """Choose the good of this period; its gap."""
        gaps = {g: self.gap(now, g, level) for g in self.line.goods}
        if len(self.line.goods) == 1:
            self.good = self.line.goods[0]
            return gaps[self.good]
        if self.good < 0 or gaps[self.good] <= 0 or self.run_for >= self.plant.plant.campaign:
            wanted = [g for g in self.line.goods if gaps[g] > 0]
            if wanted:
                chosen = wanted[0]
                for good in wanted:
                    if self._cover(good, level) < self._cover(chosen, level) - 1e-9:
                        chosen = good
                if self.good not in (-1, chosen):
                    self.owed += self.line.changeover
                self.good = chosen
                self.run_for = 0
        if self.good < 0:
            return 0.0
        if gaps[self.good] > 0:
            self.run_for += 1
        return gaps[self.good]

    def _cover(self, good: int, level: Callable[[int], float]) -> float:
        use = self.world.goods[good].normal_use
        return level(good) / use if use > 0 else math.inf


class Making:
    """All plants and lines."""

    def __init__(self, world: World, projects: list[ProjectTwin], draws: Draws, flow: Flow) -> None:
        self.world = world
        self.flow = flow

        def project(i: int) -> ProjectTwin | None:
            return projects[i] if i >= 0 else None

        self.plants = [PlantTwin(world, i, project(p.project)) for i, p in enumerate(world.plants)]
        self.lines = [
            LineTwin(world, i, self.plants[line.plant], project(line.project), draws)
            for i, line in enumerate(world.lines)
        ]
        self.run = [0.0] * len(self.lines)

    def phase(
        self,
        now: Moment,
        stores: list[StoreTwin],
        level: Callable[[int, int], float],
        deliver: Callable[[PlantTwin, int, float], None],
    ) -> None:
        """Run the lines of this period, in file order.

        Args:
            now: The moment.
            stores: All stores, for inputs.
            level: Level of a good at a store, after what earlier lines made.
            deliver: What to do after each line: its plant, the good and how much of it there is (perhaps 0).
        """
        for plant in self.plants:
            plant.begin(now)
        for i, line in enumerate(self.lines):
            self.run[i] = 0.0
            made = self._run(now, i, stores, level) if line.stands() else 0.0
            deliver(line.plant, line.good, made)

    def _run(self, now: Moment, i: int, stores: list[StoreTwin], level: Callable[[int, int], float]) -> float:
        """Run one line for one period; its good output."""
        line = self.lines[i]
        plant = line.plant
        name = f"plants.{plant.plant.name}"
        nameplate = now.value(line.line.nameplate)
        self.flow.add(f"{name}.nameplate", nameplate)
        if not plant.at_work:
            return 0.0
        up = line.clock(now)
        yield_ = now.value(line.line.yield_)
        rate = nameplate * up * now.value(line.line.performance) * line.ramp(now.t)
        self.flow.level(f"{line.stream}.up", up)
        self.flow.add(f"{name}.effective_capacity", rate * yield_)
        gap = line.choose(now, lambda good: level(plant.plant.output_to, good))
        if gap <= 0:
            return 0.0
        off = min(1.0, line.owed)
        line.owed -= off
        run = self._inputs(line, min(rate * (1 - off), gap / yield_), stores)
        self.run[i] = run
        self.flow.add(f"{line.stream}.run", run)
        self.flow.add(f"{line.stream}.output", run * yield_)
        return run * yield_

    @staticmethod
    def _inputs(line: LineTwin, run: float, stores: list[StoreTwin]) -> float:
        """Cut a run to the inputs at hand, and take them."""
        for good, amount, store in line.line.takes:
            pile = stores[store].pile(good)
            if amount > 0:
                run = min(run, (pile.on_hand if pile else 0.0) / amount)
        for good, amount, store in line.line.takes:
            stores[store].take(good, run * amount, "taken")
        return run


@dataclass
class Lot:
    """Goods that go through inspection together."""

    amount: float
    leaves: int
    accepted: bool
    reworked: bool


@dataclass
class Origin:
    """What goes through one inspection from one origin for one keep."""

    name: str
    keep: int
    plant: int
    """-1: imports."""
    gathered: float = 0.0
    waiting: int = 0
    started: int = 0
    held: list[Lot] = field(default_factory=list)
    rework: list[tuple[int, float]] = field(default_factory=list)

    def inside(self, lot: float) -> float:
        """All that is in inspection."""
        held = sum(x.amount for x in self.held) + sum(amount for _, amount in self.rework)
        return self.gathered + self.waiting * lot + held


class InspectionTwin:
    """One inspection and the flows that go through it."""

    def __init__(self, world: World, index: int, draws: Draws, flow: Flow) -> None:
        self.inspection: Inspection = world.inspections[index]
        self.draws = draws
        self.flow = flow
        self.rest = 0.0
        self.flows = [
            Origin(f"inspections.{self.inspection.name}.{origin}.{_where(world, keep)}", keep, plant)
            for origin, keep, plant in origins(world, index)
        ]

    def gather(self, keep: int, plant: int, amount: float) -> None:
        """Take in goods from a channel (plant -1) or a plant."""
        for f in self.flows:
            if f.keep == keep and f.plant == plant:
                f.gathered += amount
                self.flow.add(f"{f.name}.entered", amount)
                return
        raise ValueError(f"no flow of keep {keep} from {plant} through inspection {self.inspection.name}")

    def inside(self, keep: int) -> float:
        """All of a keep's goods under inspection."""
        return sum(f.inside(self.inspection.lot) for f in self.flows if f.keep == keep)

    def release(self, t: int) -> dict[int, float]:
        """Receipts phase: lots leave; what was accepted, by keep. Rework comes back."""
        accepted: dict[int, float] = {}
        for f in self.flows:
            for lot in [x for x in f.held if x.leaves == t]:
                f.held.remove(lot)
                if lot.accepted:
                    accepted[f.keep] = accepted.get(f.keep, 0.0) + lot.amount
                    self.flow.add(f"{f.name}.accepted", lot.amount)
                elif lot.reworked:
                    f.rework.append((t + max(1, self.inspection.rework_takes), lot.amount))
                else:
                    self.flow.add(f"{f.name}.scrapped", lot.amount)
            f.gathered += sum(amount for back, amount in f.rework if back == t)
            f.rework = [(back, amount) for back, amount in f.rework if back != t]
        return accepted

    def start(self, now: Moment) -> None:
        """Production phase, after the lines: form lots and start their hold."""
        size = self.inspection.lot
        if size <= 0:
            for f in self.flows:
                if f.gathered > 1e-9:
                    amount, f.gathered = f.gathered, 0.0
                    self._hold(now, f, amount)
            return
        for f in self.flows:
            lots = math.floor(f.gathered / size + 1e-9)
            f.gathered = max(0.0, f.gathered - lots * size)
            f.waiting += lots
        credit = self.rest + now.value(self.inspection.capacity)
        while credit >= 1 - 1e-9 and any(f.waiting for f in self.flows):
            first = max(self.flows, key=lambda f: f.waiting)
            first.waiting -= 1
            credit -= 1
            self._hold(now, first, size)
        self.rest = max(0.0, credit) if any(f.waiting for f in self.flows) else 0.0

    def _hold(self, now: Moment, f: Origin, amount: float) -> None:
        """Start the hold of one lot and draw how it ends."""
        law, scale = now.law(self.inspection.hold)
        if self.inspection.lot > 0:
            n = f.started
            f.started += 1
            words = [self.draws.event(f.name, n, k) for k in range(4)]
        else:
            words = [self.draws.event(f.name, now.t, k) for k in (0, 1)]
            words += [self.draws.word(f"{f.name}.{end}", now.t) for end in ("accepted", "reworked")]
        hold = whole(scale * draw(law, words[0]), words[1], least=1)
        accepted = unit(words[2]) < self.inspection.accepts
        reworked = unit(words[3]) < self.inspection.rework
        f.held.append(Lot(amount, now.t + hold, accepted, reworked))
        self.flow.add(f"inspections.{self.inspection.name}.lots", 1)

    def note(self) -> None:
        """Note the levels at the end of the period."""
        for f in self.flows:
            self.flow.level(f"{f.name}.inside", f.inside(self.inspection.lot))


def _where(world: World, keep: int) -> str:
    k = world.keeps[keep]
    return f"{world.stores[k.store].name}.{world.goods[k.good].name}"


def sources(world: World, keep: int) -> list[int]:
    """The channels through which a keep is supplied, ascending."""
    k = world.keeps[keep]
    ordered = set(k.ordering.channels) if k.ordering is not None else set()
    ordered |= {channel for _, _, channel in k.under_way}
    return sorted(c for c in ordered if world.link(c) is None)


def origins(world: World, index: int) -> list[tuple[str, int, int]]:
    """(origin, keep, plant or -1) of all that goes through an inspection: imports first, then by keep and plant."""
    found = [
        ("imports", i, -1)
        for i in range(len(world.keeps))
        if any(world.channels[c].inspection == index for c in sources(world, i))
    ]
    for i, keep in enumerate(world.keeps):
        for p, plant in enumerate(world.plants):
            makes = {g for line in plant.lines for g in world.lines[line].goods}
            if plant.inspection == index and plant.output_to == keep.store and keep.good in makes:
                found.append((plant.name, i, p))
    return found
