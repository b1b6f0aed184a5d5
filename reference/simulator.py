"""One future of a world, as plainly as it can be told: what the engine must agree with, draw for draw.

Every rule is written from docs/conventions.md and from nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.parts.world import NEVER
from reference.accounts import Accounts, ShortTwin, WindowTwin
from reference.draws import Draws
from reference.making import InspectionTwin, Making, sources
from reference.moment import Moment
from reference.names import record_names
from reference.storage import Flow, StoreTwin
from reference.supply import ChannelTwin, OrderingTwin, ordering_phase
from reference.transfers import LinkTwin, ship_from
from reference.use import Demand, SignalTwin
from reference.world_phase import PricesTwin, ProjectTwin, RegimeTwin

if TYPE_CHECKING:
    from holdfast.parts.world import World
    from reference.making import PlantTwin


@dataclass(frozen=True)
class Future:
    """What happened in one future (§22)."""

    records: dict[str, list[float]]
    """One value a period, by name."""
    finals: dict[str, float]
    """Figures of the whole future, by name."""


def simulate(world: World, *, seed: int, replication: int) -> Future:
    """What happens in one future of a world."""
    twin = Twin(world, Draws(seed, replication))
    for t in range(world.periods):
        twin.period(t)
    return Future(twin.flow.records, twin.finals())


class Twin:
    """All the parts of a world in one future."""

    def __init__(self, world: World, draws: Draws) -> None:
        self.world = world
        self.now = Moment(world)
        self.flow = Flow(record_names(world))
        self.regimes = [RegimeTwin(r, i, draws) for i, r in enumerate(world.regimes)]
        self.prices = PricesTwin(world, draws)
        self.projects = [
            ProjectTwin(p, self.now.projects + i, _closes(world, i), draws) for i, p in enumerate(world.projects)
        ]
        self.channels = [ChannelTwin(world, i, draws, self.flow, self.prices) for i in range(len(world.channels))]
        self.stores = [StoreTwin(world, s, draws, self.flow) for s in world.stores]
        self.links = [LinkTwin(world, number, draws, self.flow) for number in range(len(world.links))]
        self.orderings = [OrderingTwin(i, world, self.channels, self.links) for i in range(len(world.keeps))]
        self.making = Making(world, self.projects, draws, self.flow)
        self.inspections = [InspectionTwin(world, i, draws, self.flow) for i in range(len(world.inspections))]
        self.demand = Demand(world, draws, self.flow)
        self.signals = [SignalTwin(s, self.now.signals + i) for i, s in enumerate(world.signals)]
        self.windows = [WindowTwin(w) for w in world.windows]
        self.shorts = [ShortTwin() for _ in world.consumers]
        self.accounts = Accounts(
            world,
            self.flow,
            self.prices,
            self.projects,
            self.channels,
            self.links,
            self.making,
            self.inspections,
            self.stores,
            self.demand,
        )

    def period(self, t: int) -> None:
        """The seven phases of a period, in order (§1)."""
        self._world(t)
        self._receipts()
        self._decisions()
        self._production()
        self.demand.phase(self.now, self.stores)
        for store in self.stores:
            store.age(self.now)
        self._accounts()

    def _world(self, t: int) -> None:
        self.now.begin(t)
        for regime in self.regimes:
            regime.move(self.now)
        self.prices.move(t)
        for project in self.projects:
            project.move(self.now)
        for channel in self.channels:
            channel.begin(self.now)
        for store in self.stores:
            store.begin(self.now)

    def _receipts(self) -> None:
        arrived: dict[int, float] = {}
        for channel in self.channels:
            cleared = channel.clear(self.now)
            if channel.channel.inspection >= 0:
                for keep, amount in cleared.items():
                    self.inspections[channel.channel.inspection].gather(keep, -1, amount)
            else:
                _merge(arrived, cleared)
        for link in self.links:
            _merge(arrived, {link.link.keep: link.arrive(self.now)})
        for inspection in self.inspections:
            _merge(arrived, inspection.release(self.now.t))
        self._enter(arrived)

    def _enter(self, arrived: dict[int, float]) -> None:
        """Let what waited and what arrived, by keep, into the stores."""
        for s, store in enumerate(self.stores):
            store.enter(self.now, {k.good: arrived.get(i, 0.0) for i, k in enumerate(self.world.keeps) if k.store == s})

    def _decisions(self) -> None:
        for signal in self.signals:
            signal.read(self.now, self.stores, self.demand.uses, self.regimes)

        cleared = ordering_phase(self.now, self.orderings, self._shelf)
        arrived: dict[int, float] = {}
        for channel, keep, amount in cleared:
            if channel.channel.inspection >= 0:
                self.inspections[channel.channel.inspection].gather(keep, -1, amount)
            else:
                _merge(arrived, {keep: amount})
        self._enter(arrived)
        self._ship()

    def _ship(self) -> None:
        """Stores ship to other stores, those of the highest tier first (§25)."""
        tiers = self.world.tiers()
        for tier in range(max(tiers, default=0), 0, -1):
            for i, keep in enumerate(self.world.keeps):
                if tiers[i] == tier:
                    ship_from(self.now, i, self.stores[keep.store], keep.good, self.links)
            arrived: dict[int, float] = {}
            for link in self.links:
                _merge(arrived, {link.link.keep: link.arrive(self.now)})
            self._enter(arrived)

    def _production(self) -> None:
        def deliver(plant: PlantTwin, good: int, amount: float) -> None:
            store, inspection = plant.plant.output_to, plant.plant.inspection
            if inspection < 0:
                self.stores[store].enter(self.now, {good: amount})
            elif amount > 0:
                self.inspections[inspection].gather(self._keep(store, good), self.making.plants.index(plant), amount)

        self.making.phase(self.now, self.stores, self._level, deliver)
        for inspection in self.inspections:
            inspection.start(self.now)

    def _accounts(self) -> None:
        t = self.now.t
        self.now.note_stays()
        self.accounts.phase(self.now)
        for window in self.windows:
            window.count(self.now, self.demand)
        for c, counter in enumerate(self.shorts):
            counter.count(t, self.demand.short[c])
        self._note_levels()
        self.flow.close()

    def _note_levels(self) -> None:
        for regime in self.regimes:
            self.flow.level(f"regimes.{regime.regime.name}.state", regime.state)
            self.flow.level(f"regimes.{regime.regime.name}.warned", regime.warned)
        for project in self.projects:
            self.flow.level(f"projects.{project.project.name}.state", project.state)
        for signal in self.signals:
            self.flow.level(f"signals.{signal.signal.name}.noticed", self.now.codes[signal.condition])
        for price, index in zip(self.world.prices, self.prices.index, strict=True):
            self.flow.level(f"prices.{price.name}.index", index)
        for keep in range(len(self.world.keeps)):
            for c in sources(self.world, keep):
                self.channels[c].note(keep, self.now.t)
        for link in self.links:
            link.note()
        for inspection in self.inspections:
            inspection.note()
        for store in self.stores:
            for pile, name in zip(store.piles, store.names, strict=True):
                self.flow.level(f"{name}.on_hand", pile.on_hand)
                self.flow.level(f"{name}.waiting", pile.waiting)

    def _keep(self, store: int, good: int) -> int:
        return next(i for i, k in enumerate(self.world.keeps) if (k.store, k.good) == (store, good))

    def _shelf(self, keep: int) -> tuple[float, float]:
        """(on hand, waiting and under inspection; backorders) of a keep."""
        k = self.world.keeps[keep]
        pile = self.stores[k.store].pile(k.good)
        goods = pile.on_hand + pile.waiting if pile else 0.0
        owed = sum(link.owed for link in self.links if link.link.origin == keep)
        return goods + sum(i.inside(keep) for i in self.inspections), self.demand.backorders(k.store, k.good) + owed

    def _level(self, store: int, good: int) -> float:
        """The level that production looks at (§13)."""
        goods, backorders = self._shelf(self._keep(store, good))
        return goods - backorders

    def finals(self) -> dict[str, float]:
        """The figures of the whole future."""
        found: dict[str, float] = {}
        for i, window in enumerate(self.windows):
            found.update(window.finals(i))
        for consumer, counter in zip(self.world.consumers, self.shorts, strict=True):
            found[f"consumers.{consumer.name}.first_short"] = float(counter.first)
            found[f"consumers.{consumer.name}.longest_short"] = float(counter.longest)
        for project in self.projects:
            found[f"projects.{project.project.name}.opened"] = float(project.opened)
        return found


def _merge(into: dict[int, float], more: dict[int, float]) -> None:
    for key, amount in more.items():
        into[key] = into.get(key, 0.0) + amount


def _closes(world: World, project: int) -> int:
    """The period from which a project's plant is closed."""
    own = [p.closes for p in world.plants if p.project == project]
    lines = [world.plants[line.plant].closes for line in world.lines if line.project == project]
    return min(own + lines, default=NEVER)
