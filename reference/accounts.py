"""The accounts phase: costs (§17) and standards' windows (§19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.parts.world import RUNS_WARM_BASE, RUNS_YES
from reference.names import KINDS

if TYPE_CHECKING:
    from holdfast.parts.world import Window, World
    from reference.making import InspectionTwin, Making
    from reference.moment import Moment
    from reference.storage import Flow, StoreTwin
    from reference.supply import ChannelTwin
    from reference.transfers import LinkTwin
    from reference.use import Demand
    from reference.world_phase import PricesTwin, ProjectTwin


class Accounts:
    """What the future costs."""

    def __init__(
        self,
        world: World,
        flow: Flow,
        prices: PricesTwin,
        projects: list[ProjectTwin],
        channels: list[ChannelTwin],
        links: list[LinkTwin],
        making: Making,
        inspections: list[InspectionTwin],
        stores: list[StoreTwin],
        demand: Demand,
    ) -> None:
        self.world = world
        self.flow = flow
        self.prices = prices
        self.projects = projects
        self.channels = channels
        self.links = links
        self.making = making
        self.inspections = inspections
        self.stores = stores
        self.demand = demand

    def phase(self, now: Moment) -> None:
        """Write down this period's money, discounted."""
        money = dict.fromkeys(KINDS, 0.0)
        money["capex"] = sum(p.capex() for p in self.projects)
        money["room"] = sum(s.store.room for s in self.stores) if now.t == 0 else 0.0
        money["imports"] = sum(c.paid for c in self.channels)
        money["retainer"] = sum(c.retainer for c in self.channels)
        money["transfers"] = sum(link.paid for link in self.links)
        for link in self.links:
            link.paid = 0.0
        money["production"] = sum(
            now.value(line.line.variable_cost) * run * self.prices.product(line.line.moves_with)
            for line, run in zip(self.making.lines, self.making.run, strict=True)
        )
        money["inspection"] = sum(
            i.inspection.cost * self.flow.now.get(f"inspections.{i.inspection.name}.lots", 0.0)
            for i in self.inspections
        )
        money["holding"] = self._holding()
        money["disposal"] = sum(
            pile.keep.disposal_cost * self.flow.now.get(f"{name}.expired", 0.0)
            for store in self.stores
            for pile, name in zip(store.piles, store.names, strict=True)
        )
        money["savings"] = sum(u.consumer.saves_cost * u.saved for u in self.demand.uses)
        money["shortage"] = sum(
            u.consumer.shortage_cost * (u.backorders if u.consumer.backordered else u.unmet) for u in self.demand.uses
        )
        money["fixed"], idle = self._fixed(now)
        worth = self.world.discount(now.t)
        for kind, amount in money.items():
            self.flow.level(f"costs.{kind}", amount * worth)
        self.flow.level("memos.idle", idle * worth)
        self.flow.level("memos.write_off", self._write_off() * worth)

    def _holding(self) -> float:
        total = 0.0
        for store in self.stores:
            for pile in store.piles:
                value = self.world.goods[pile.keep.good].value
                total += pile.on_hand * (value * store.store.holding_cost + store.store.holding_fixed)
                total += pile.waiting * (value * store.store.waiting_cost + store.store.waiting_fixed)
        return total

    def _fixed(self, now: Moment) -> tuple[float, float]:
        """Fixed costs of all plants, and the part of them that stood idle."""
        fixed = idle = 0.0
        for plant in self.making.plants:
            if not plant.stands:
                continue
            if plant.runs == RUNS_WARM_BASE:
                fixed += now.value(plant.plant.fixed_warm_base)
            elif plant.runs == RUNS_YES:
                running = now.value(plant.plant.fixed_running)
                fixed += running
                capacity = self.flow.now.get(f"plants.{plant.plant.name}.effective_capacity", 0.0)
                lines = [line for line in self.making.lines if line.plant is plant]
                output = sum(self.flow.now.get(f"{line.stream}.output", 0.0) for line in lines)
                idle += running * max(0.0, 1 - output / capacity) if capacity > 0 else 0.0
        return fixed, idle

    def _write_off(self) -> float:
        """Value of what expired, was destroyed, refused or scrapped in this period."""
        total = 0.0
        for store in self.stores:
            for pile, name in zip(store.piles, store.names, strict=True):
                gone = sum(self.flow.now.get(f"{name}.{what}", 0.0) for what in ("expired", "destroyed", "refused"))
                total += gone * self.world.goods[pile.keep.good].value
        for inspection in self.inspections:
            for f in inspection.flows:
                good = self.world.keeps[f.keep].good
                total += self.flow.now.get(f"{f.name}.scrapped", 0.0) * self.world.goods[good].value
        for line, run in zip(self.making.lines, self.making.run, strict=True):
            if run > 0:
                total += (run - self.flow.now[f"{line.stream}.output"]) * self.world.goods[line.good].value
        return total


class WindowTwin:
    """The periods over which a standard judges one consumer."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.sums = dict.fromkeys(("wanted", "served", "periods", "short_periods"), 0.0)
        self.spells: set[int] = set()
        self.short_spells: set[int] = set()

    def count(self, now: Moment, demand: Demand) -> None:
        """Count this period, if it is one of the window's."""
        state, entered = now.stays[self.window.condition] if self.window.condition >= 0 else (self.window.state, 0)
        if state != self.window.state or now.t - entered >= self.window.within:
            return
        mine = [u for u in demand.uses if u.use.consumer == self.window.consumer]
        short = demand.short[self.window.consumer]
        self.sums["wanted"] += sum(u.wanted for u in mine)
        self.sums["served"] += sum(u.served for u in mine)
        self.sums["periods"] += 1
        self.sums["short_periods"] += short
        self.spells.add(entered)
        if short:
            self.short_spells.add(entered)

    def finals(self, i: int) -> dict[str, float]:
        """The figures of the whole future."""
        counts = {"spells": len(self.spells), "short_spells": len(self.short_spells)}
        return {f"windows.{i}.{k}": float(v) for k, v in {**self.sums, **counts}.items()}


class ShortTwin:
    """When a consumer first ran short, and for how long at most."""

    def __init__(self) -> None:
        self.first = -1
        self.run = 0
        self.longest = 0

    def count(self, t: int, short: bool) -> None:
        """Count one period."""
        if short and self.first < 0:
            self.first = t
        self.run = self.run + 1 if short else 0
        self.longest = max(self.longest, self.run)
