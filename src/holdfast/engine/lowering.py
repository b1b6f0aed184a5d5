"""What the lowerings of the parts share: the world, the builder, and where things are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from holdfast.engine.model import Builder, Rates
from holdfast.engine.ops import prices
from holdfast.engine.ops.stores import KEEP_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from holdfast.engine.kernel import OpFunction
    from holdfast.parts.world import Changing, Channel, World


@dataclass
class ChannelRows:
    """Where a channel's numbers are."""

    capacity: int
    room: int
    left: int
    price: int
    """Price with its indices, as receipts see it."""
    price_now: int
    """The same after signals were read, as orders see it."""
    asked: int
    """What all keeps ask of it in this period."""
    granted: int
    """The part of it that its room grants."""


@dataclass
class FlowRows:
    """Where one channel's goods for one keep are."""

    held: int
    ring: int
    """Where the ring of what is due stands in the arguments."""
    arrives: int
    inside: int
    paid: int
    """Money paid on order for what is held, -1 where it would not be paid back."""
    paid_ring: int
    in_part: tuple[int, int, int]
    """Rows of the share delivered, of the amount short and of what is missing; -1 where all arrives."""


@dataclass
class LinkRows:
    """Where the goods that one store gets from another are (conventions §25)."""

    owed: int
    ring: int
    """Where the ring of what is under way stands in the arguments."""
    room: int
    """Room for orders, without end."""
    asked: int
    granted: int


@dataclass
class Ages:
    """How a keep's ages are kept: (classes, number, width, rule); number 0 where no class is kept."""

    classes: int
    number: int
    width: int
    rule: int

    def args(self) -> tuple[int, int, int, int]:
        """As ops take them."""
        return self.classes, self.number, self.width, self.rule


@dataclass
class FlowIndex:
    """What lower_channels leaves for the others."""

    channels: list[ChannelRows] = field(default_factory=list)
    flows: dict[tuple[int, int], FlowRows] = field(default_factory=dict)
    """By (channel, keep)."""
    links: list[LinkRows] = field(default_factory=list)
    gathered: dict[tuple[int, str, int], int] = field(default_factory=dict)
    """By (inspection, origin, keep): the row where arrivals gather."""
    ages: list[Ages] = field(default_factory=list)


class Lowering:
    """What the parts' lowerings share: the world, the builder, and where things are."""

    def __init__(self, world: World, each_period: Sequence[str] = ()) -> None:
        self.world = world
        self.each_period = frozenset(each_period)
        """Flows of which every period is kept: these add up as they flow, so that nothing has to be derived then."""
        self.builder = b = Builder(world.periods)
        self.code_rows = [b.z() for _ in world.conditions]
        self.changes = [b.z() for _ in world.conditions]
        """Rows, of which the first lane says how often some lane has changed its state."""
        self.rates = Rates(b, self.code_rows, [len(c.states) for c in world.conditions], self.changes)
        self.discount = b.table(world.discounts)
        self.keeps = [b.f(KEEP_ROWS) for _ in world.keeps]
        self.price_rows = [b.f() for _ in world.prices]
        self.pulses = [b.z() for _ in world.regimes]
        self.opened = [b.z() for _ in world.projects]
        self.write_off = b.flow("memos.write_off")
        self.backlogs: dict[int, int] = {}
        """Row of the backorders of each use."""
        self.own: dict[int, int] = {}
        """Row of the own stock of each use that has one."""
        self.flow_index = FlowIndex()
        self.on_order_at_start: dict[int, float] = {}
        self.late_prices: list[tuple[ChannelRows, Channel]] = []
        """Channels whose prices orders see after signals were read."""
        self.standing: dict[tuple[int, int, int], int] = {}
        """Rows of how long what opens and closes together has stood: project of its plant, its own, and end."""
        self.late_production: list[tuple[OpFunction, tuple[int, ...]]] = []
        """Ops that follow the lines."""
        self.expiries: list[tuple[OpFunction, tuple[int, ...], int, int]] = []
        """Ops of expiry, with their first period and how often; they follow accidents."""

    def project_code(self, p: int) -> int:
        """Row of a project's state."""
        return self.code_rows[self._project(p)]

    def project_changes(self, p: int) -> int:
        """Row that counts changes of it."""
        return self.changes[self._project(p)]

    def signal_code(self, s: int) -> int:
        """Row of a signal's noticed state."""
        return self.code_rows[self._signal(s)]

    def signal_changes(self, s: int) -> int:
        """Row that counts changes of it."""
        return self.changes[self._signal(s)]

    def _project(self, p: int) -> int:
        return len(self.world.regimes) + p

    def _signal(self, s: int) -> int:
        return len(self.world.regimes) + len(self.world.projects) + s

    def charged(self, price: Changing, phase: str, moves_with: Sequence[int]) -> int:
        """Row of a price times the indices that it moves with, reckoned in a phase."""
        said = self.rates.row(price, phase)
        if not moves_with:
            return said
        row = self.builder.f()
        indices = [self.price_rows[index] for index in moves_with]
        self.builder.emit(phase, prices.times_indices, row, said, len(indices), *indices)
        return row

    def cost(self, kind: str) -> int:
        """Row of a kind of cost."""
        return self.builder.flow(f"costs.{kind}")

    def keep_name(self, index: int) -> str:
        """store.good of a keep."""
        keep = self.world.keeps[index]
        return f"{self.world.stores[keep.store].name}.{self.world.goods[keep.good].name}"

    def link_name(self, number: int) -> str:
        """The records of a link."""
        return f"transfers.{self.link_place(number)}"

    def link_place(self, number: int, *between: str) -> str:
        """from.store.good of a link, with words after the store that ships."""
        link = self.world.links[number]
        origin = self.world.stores[self.world.keeps[link.origin].store].name
        return ".".join((origin, *between, self.keep_name(link.keep)))

    def backlogs_of(self, keep: int) -> list[int]:
        """Rows of what a keep owes: to consumers that draw from it first, and to other stores."""
        world, this = self.world, self.world.keeps[keep]
        found = []
        for u, use in enumerate(world.uses):
            consumer = world.consumers[use.consumer]
            if use.good == this.good and consumer.backordered and consumer.draws_from[:1] == (this.store,):
                found.append(self.backlogs[u])
        return found + [
            rows.owed for rows, link in zip(self.flow_index.links, world.links, strict=True) if link.origin == keep
        ]

    def keep_at(self, store: int, good: int) -> int:
        """Index of the keep of a good in a store."""
        return next(i for i, k in enumerate(self.world.keeps) if k.store == store and k.good == good)
