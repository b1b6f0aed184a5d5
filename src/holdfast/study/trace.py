"""One future, told event by event in plain words, and whether it comes out as it did before."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.errors import Place, Problems
from holdfast.study.figures import amount, days
from holdfast.study.result import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from holdfast.parts.world import Changing, World
    from holdfast.study.result import Result

    Floats = NDArray[np.float64]
    Event = tuple[int, int, str]
    """(period, phase, text)."""

WORLD, RECEIPTS, DECISIONS, DEMAND, AGEING = 1, 2, 3, 5, 6
"""Phases of a period (conventions §1), to order what happens in one."""
PAUSE: Final = 4
"""[periods] Shortages this close to each other are told as one."""
LONG_PAUSE: Final = 26
"""[periods] The same for full stores and for expiry."""
NOTHING: Final = 1e-6
"""[periods of normal use] Less than this is what rounding leaves, and not told."""


def again(result: Result, alternative: str, what_if: str, replication: int) -> int:
    """Simulates one future again; how many figures equal the stored ones, which must be all, bit for bit.

    Raises:
        ScenarioError: HF403, there is no such future; HF405, it does not come out the same.
    """
    from holdfast.engine.run import simulate

    problems = Problems()
    case = result.case(alternative, what_if)
    place = Place("--replication")
    if not 0 <= replication < case.replications:
        message = f"there is no future {replication} of {alternative}" + (f" in {what_if}" if what_if != BASE else "")
        problems.add("HF403", place, "", message, f"choose one from 0 to {case.replications - 1}")
        problems.raise_if_any()
    new = simulate(case.world, replications=1, seed=result.seed, first=replication).totals
    stored = {name: values[replication] for name, values in case.totals.items()}
    other = [name for name in stored if name not in new or new[name][0].tobytes() != stored[name].tobytes()]
    if other:
        shown = ", ".join(f"{n} ({stored[n]!r}, now {new[n][0]!r})" if n in new else n for n in other[:3])
        message = f"{len(other)} of {len(stored)} figures of future {replication} differ: {shown}"
        problems.add("HF405", place, "", message, f"the result was made by {result.provenance.get('version')}")
        problems.raise_if_any()
    return len(stored)


def tell(world: World, seed: int, replication: int) -> list[str]:
    """One future in plain words: a line for each event, its date first."""
    from holdfast.engine.run import record

    records, finals = record(world, seed=seed, replication=replication)
    story = _Story(world, records, finals)
    events = sorted(story.events(), key=lambda event: event[:2])
    return [f"{story.date(period)}  {text}" for period, _, text in events] + story.end()


class _Story:
    """What a future's records say."""

    def __init__(self, world: World, records: dict[str, Floats], finals: dict[str, float]) -> None:
        self.world, self.records, self.finals = world, records, finals

    def date(self, period: int) -> str:
        """The first day of a period."""
        return (self.world.start + datetime.timedelta(days=period * self.world.period_days)).isoformat()

    def lasting(self, periods: float) -> str:
        """A number of periods as a length of time."""
        return days(periods * self.world.period_days)

    def of(self, name: str) -> Floats:
        """A record, 0 where this world does not have it."""
        return self.records.get(name, np.zeros(self.world.periods))

    def events(self) -> Iterator[Event]:
        """Everything worth telling, in no order."""
        yield (0, 0, self.opening())
        yield from self.regimes()
        yield from self.projects()
        yield from self.warnings()
        yield from self.signals()
        yield from self.channels()
        yield from self.shipments()
        yield from self.transfers()
        yield from self.shortages()
        yield from self.stores()

    def opening(self) -> str:
        """How the future begins."""
        states = [r.states[int(self.of(f"regimes.{r.name}.state")[0])].name for r in self.world.regimes]
        stocks = []
        for keep in self.world.keeps:
            good, store = self.world.goods[keep.good], self.world.stores[keep.store]
            if keep.on_hand > 0:
                cover = f" ({self.lasting(keep.on_hand / keep.use)} of use)" if keep.use > 0 else ""
                stocks.append(f"{store.name} holds {self.amount(keep.on_hand, good.unit)} of {good.name}{cover}")
        way = sum(amount for keep in self.world.keeps for _, amount, _ in keep.under_way)
        units = {self.world.goods[k.good].unit for k in self.world.keeps if k.under_way}
        more = f"; {self.amount(way, units.pop() if len(units) == 1 else 'unit')} under way" if way else ""
        return f"{', '.join(states) or 'the start'}. {'; '.join(stocks) or 'nothing in store'}{more}"

    def amount(self, value: float, unit: str) -> str:
        """An amount in words."""
        return amount(value, unit)

    def changes(self, name: str) -> list[tuple[int, int, int]]:
        """(period, code before, code from then on) of every change of a level that is a code."""
        codes = self.of(name).astype(int)
        return [(int(t) + 1, int(codes[t]), int(codes[t + 1])) for t in np.flatnonzero(np.diff(codes))]

    def regimes(self) -> Iterator[Event]:
        """Switches of regimes."""
        for regime in self.world.regimes:
            changes = self.changes(f"regimes.{regime.name}.state")
            ends = [t for t, _, _ in changes[1:]] + [None]
            for (t, before, after), end in zip(changes, ends, strict=False):
                states = f"{regime.states[before].name} -> {regime.states[after].name}"
                lasts = f", for {self.lasting(end - t)}" if end is not None else ", to the end"
                yield (t, WORLD, f"{regime.name}: {states}{lasts}")

    def projects(self) -> Iterator[Event]:
        """What becomes of building projects."""
        from holdfast.parts.world import BUILDING, PLANNED, PROJECT_STATES, RUNNING, STALLED

        for project in self.world.projects:
            for t, before, after in self.changes(f"projects.{project.name}.state"):
                text = PROJECT_STATES[after]
                if before == PLANNED and after == BUILDING:
                    text = f"work starts; planned {self.lasting(project.planned_duration)}"
                elif after == RUNNING and before != STALLED:
                    late = t - project.start - project.planned_duration
                    text = f"opens, {self.lasting(abs(late))} {'later' if late > 0 else 'earlier'} than planned"
                elif before == STALLED and after != RUNNING:
                    text = "work goes on" if PROJECT_STATES[after] == "building" else PROJECT_STATES[after]
                yield (t, WORLD, f"{project.name}: {text}")

    def warnings(self) -> Iterator[Event]:
        """Warnings, and whether what they warned of came."""
        for regime in self.world.regimes:
            if regime.warning is None:
                continue
            codes = self.of(f"regimes.{regime.name}.state").astype(int)
            for t in np.flatnonzero(self.of(f"regimes.{regime.name}.warned")):
                state = regime.states[regime.warning.of].name
                later = np.flatnonzero(codes[t:] == regime.warning.of)
                came = f"it comes {self.lasting(int(later[0]))} later" if later.size else "it does not come"
                yield (int(t), WORLD, f"warned: {regime.name} may turn to {state} ({came})")

    def signals(self) -> Iterator[Event]:
        """Signals that go on and off."""
        for signal in self.world.signals:
            for t, _, after in self.changes(f"signals.{signal.name}.noticed"):
                yield (t, DECISIONS, f"signal {signal.name} goes {'on' if after else 'off'}")

    def channels(self) -> Iterator[Event]:
        """Channels that close, and what is held there."""
        for index, channel in enumerate(self.world.channels):
            capacity = self.capacity(index)
            for t in np.flatnonzero((capacity[1:] == 0) != (capacity[:-1] == 0)) + 1:
                if capacity[t] > 0:
                    yield (int(t), WORLD, f"channel {channel.name} opens")
                    continue
                way = sum(
                    float(values[t - 1])
                    for name, values in self.records.items()
                    if name.startswith(f"channels.{channel.name}.") and name.endswith(".on_order")
                )
                units = {self.world.goods[good].unit for good in channel.goods}
                fate = {"passes": "still pass", "held": "are held", "lost": "are lost", "refunded": "are refunded"}
                unit = units.pop() if len(units) == 1 else "unit"
                told = way > NOTHING * sum(self.world.goods[good].normal_use for good in channel.goods)
                under = f"; {self.amount(way, unit)} under way {fate[channel.in_transit]}" if told else ""
                yield (int(t), WORLD, f"channel {channel.name} closes{under}")

    def shipments(self) -> Iterator[Event]:
        """What was ordered and cleared, and did not come with its shipment."""
        for name, missing in self.records.items():
            if not (name.startswith("channels.") and name.endswith(".missing")):
                continue
            _, channel, store, good = name.removesuffix(".missing").split(".")
            unit = next(each.unit for each in self.world.goods if each.name == good)
            for first, last in spells(missing > 1e-9, LONG_PAUSE):
                lacks = self.amount(float(missing[first : last + 1].sum()), unit)
                over = f", over {self.lasting(last + 1 - first)}" if last > first else ""
                yield (first, RECEIPTS, f"shipments by {channel} to {store} lack {lacks} of {good}{over}")

    def transfers(self) -> Iterator[Event]:
        """Spells in which one store owes goods to another, with the most that it owes."""
        world = self.world
        for link in world.links:
            origin, keep = world.stores[world.keeps[link.origin].store], world.keeps[link.keep]
            good, store = world.goods[keep.good], world.stores[keep.store]
            owed = self.of(f"transfers.{origin.name}.{store.name}.{good.name}.owed")
            for first, last in spells(owed > NOTHING * keep.use, LONG_PAUSE):
                most = self.amount(float(owed[first : last + 1].max()), good.unit)
                over = self.lasting(last + 1 - first)
                text = f"{origin.name} owes {store.name} up to {most} of {good.name}, over {over}"
                yield (first, DECISIONS, text)

    def capacity(self, index: int) -> Floats:
        """(period,) what a channel can take, 0 where it is closed."""
        channel = self.world.channels[index]
        codes = self.codes()
        sizes = [len(condition.states) for condition in self.world.conditions]
        return table(channel.open, codes, sizes) * np.minimum(table(channel.capacity, codes, sizes), 1e300)

    def codes(self) -> Floats:
        """(condition, period) codes at the end of each period; signals as noticed."""
        world = self.world
        names = [f"regimes.{each.name}.state" for each in world.regimes]
        names += [f"projects.{each.name}.state" for each in world.projects]
        names += [f"signals.{each.name}.noticed" for each in world.signals]
        return np.stack([self.of(name) for name in names]) if names else np.zeros((0, world.periods))

    def shortages(self) -> Iterator[Event]:
        """Spells of shortage, with what was missing."""
        for consumer in self.world.consumers:
            goods = [self.world.goods[self.world.uses[use].good] for use in consumer.uses]
            unmet = {good.name: self.of(f"consumers.{consumer.name}.{good.name}.unmet") for good in goods}
            found = spells(self.of(f"consumers.{consumer.name}.short") > 0, PAUSE)
            for count, (first, last) in enumerate(found):
                missing = [
                    f"{self.amount(float(unmet[good.name][first : last + 1].sum()), good.unit)} of {good.name}"
                    for good in goods
                    if unmet[good.name][first : last + 1].sum() > 0
                ]
                which = "first shortage" if count == 0 else "short"
                text = (
                    f"{consumer.name}: {which}, over {self.lasting(last + 1 - first)}, {', '.join(missing)} not served"
                )
                yield (first, DEMAND, text)

    def stores(self) -> Iterator[Event]:
        """Full stores, accidents and expiry."""
        for keep in self.world.keeps:
            good, store = self.world.goods[keep.good], self.world.stores[keep.store]
            name = f"stores.{store.name}.{good.name}"
            for first, last in spells(self.of(f"{name}.waiting") > 1e-9, LONG_PAUSE):
                yield (
                    first,
                    RECEIPTS,
                    f"{store.name} is full: {good.name} waits, over {self.lasting(last + 1 - first)}",
                )
            for what, verb, pause in (("refused", "turned away", LONG_PAUSE), ("expired", "expires", LONG_PAUSE)):
                flow = self.of(f"{name}.{what}")
                for first, last in spells(flow > 1e-9, pause):
                    lost = self.amount(float(flow[first : last + 1].sum()), good.unit)
                    over = f", over {self.lasting(last + 1 - first)}" if last > first else ""
                    yield (first, AGEING, f"{store.name}: {lost} of {good.name} {verb}{over}")
            for t in np.flatnonzero(self.of(f"{name}.destroyed") > 0):
                lost = self.amount(float(self.of(f"{name}.destroyed")[t]), good.unit)
                yield (int(t), AGEING, f"{store.name}: an accident destroys {lost} of {good.name}")

    def end(self) -> list[str]:
        """What it came to."""
        world = self.world
        costs = {name: float(v.sum()) for name, v in self.records.items() if name.startswith("costs.")}
        short = costs.pop("costs.shortage", 0.0)
        money = f"{amount(sum(costs.values()))} {world.currency}, and {amount(short)} {world.currency} for shortages"
        lines = [f"{self.date(world.periods)}  the end: cost {money}"]
        for consumer in world.consumers:
            goods = [self.world.goods[world.uses[use].good] for use in consumer.uses]
            wanted = sum(float(self.of(f"consumers.{consumer.name}.{good.name}.wanted").sum()) for good in goods)
            served = sum(float(self.of(f"consumers.{consumer.name}.{good.name}.served").sum()) for good in goods)
            periods = int(self.of(f"consumers.{consumer.name}.short").sum())
            part = f"{100 * served / wanted:.1f} % of what it wanted on time" if wanted else "nothing, wanting nothing"
            times = f"short for {self.lasting(periods)} in all" if periods else "never short"
            lines.append(f"            {consumer.name} was served {part}; {times}")
        return lines


def table(changing: Changing, codes: Floats, sizes: list[int]) -> Floats:
    """(period,) what a changing value is in each period (conventions §5).

    Args:
        changing: the value.
        codes: (condition, period).
        sizes: how many codes each condition has.
    """
    periods = codes.shape[1]
    index = np.zeros(periods, dtype=np.int64)
    for read in changing.reads:
        index = index * sizes[read] + codes[read].astype(np.int64)
    segment = np.searchsorted(np.asarray(changing.starts), np.arange(periods), side="right") - 1
    return np.asarray(changing.values[segment, index], dtype=np.float64)


def spells(holds: NDArray[np.bool_], pause: int) -> list[tuple[int, int]]:
    """(first, last) period of each spell in which something holds, pauses of up to so many periods bridged."""
    found: list[tuple[int, int]] = []
    for t in np.flatnonzero(holds):
        if found and t - found[-1][1] <= pause + 1:
            found[-1] = (found[-1][0], int(t))
        else:
            found.append((int(t), int(t)))
    return found
