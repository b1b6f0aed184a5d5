"""The world in numbers: what the slow twin and the engine both read.

`spec` turns a scenario file, laid over by one alternative and one what_if, into a `World`. Everything
here is a plain number in the clock's own measure: amounts in the unit of their good, times in periods,
rates per period, money in the currency of the price year, shares and probabilities from 0 to 1.
References are indices into the tuples of `World`; -1 means "none". Section numbers (§) point to
docs/conventions.md, which says what each field does and when.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, Never, overload

from holdfast.parts.discounting import discounted, discounts
from holdfast.records import record

if TYPE_CHECKING:
    import datetime

    import numpy as np
    from numpy.typing import NDArray

    from holdfast.parts.laws import Law

    Rows = tuple[tuple[float, ...], ...]

NEVER = 2**30
"""A period after every horizon: what `never` means in numbers."""

# Codes of a project's state, in the order in which a scenario may name them (§12).
PLANNED, BUILDING, STALLED, RUNNING, CANCELLED, CLOSED = range(6)
PROJECT_STATES = ("planned", "building", "stalled", "running", "cancelled", "closed")

# Codes of `plants.*.runs` (§13).
RUNS_NO, RUNS_WARM_BASE, RUNS_YES = range(3)

# What happens to goods that fall due at a closed channel (§8).
IN_TRANSIT = ("passes", "held", "lost", "refunded")


@record
class Condition:
    """Something with a state that a changing value may read: a regime, a project or a signal.

    `World.conditions` lists all regimes, then all projects, then all signals, each in file order, so
    the condition of regime r is r, of project p is len(regimes) + p, and so on.
    """

    name: str
    """As people write it: `sanctions`, `maracay`, `gibson-island.more`, `low`."""
    states: tuple[str, ...]
    """Names of the states by code; signals are ("off", "on")."""


class _Table:
    """A field that holds numbers as rows, from which an array is made when it is first asked for.

    A scenario is read and checked without NumPy, whose import takes longer than that.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __set__(self, part: object, numbers: Rows | NDArray[np.float64]) -> None:
        part.__dict__[self.name] = numbers

    @overload
    def __get__(self, part: None, owner: type) -> Never: ...
    @overload
    def __get__(self, part: object, owner: type) -> NDArray[np.float64]: ...
    def __get__(self, part: object | None, owner: type) -> NDArray[np.float64]:
        if part is None:
            raise AttributeError(self.name)  # by which dataclass knows that there is no default
        numbers: Rows | NDArray[np.float64] = part.__dict__[self.name]
        if isinstance(numbers, tuple):
            import numpy as np

            part.__dict__[self.name] = numbers = np.array(numbers, dtype=np.float64)
        return numbers


@record
class Changing:
    """A number that changes with the date and with conditions (§5).

    The value in period t is `values[s, i]`: s is the last segment with `starts[s] <= t`; i is the
    mixed-radix index of the conditions' codes, the first of `reads` being the most significant:
    i = ((code[reads[0]] * size[1] + code[reads[1]]) * size[2] + ...). A plain number has no reads, one
    segment and one value.
    """

    values: _Table = _Table()  # a descriptor, not a default
    """Shape (segment, product of the sizes of the conditions read)."""
    reads: tuple[int, ...] = ()
    """Indices into World.conditions."""
    starts: tuple[int, ...] = (0,)
    """First period of each segment, ascending, the first is 0."""

    @property
    def plain(self) -> bool:
        """Whether this is one number, whatever the date and the conditions."""
        numbers = self.__dict__["values"]
        return (sum(map(len, numbers)) if isinstance(numbers, tuple) else numbers.size) == 1

    @property
    def first(self) -> float:
        """What stands at the start, while every condition has its first state."""
        return self._numbers()[0]

    @property
    def least(self) -> float:
        """The smallest number that may stand."""
        return min(self._numbers())

    @property
    def most(self) -> float:
        """The largest number that may stand."""
        return max(self._numbers())

    def _numbers(self) -> list[float]:
        """All numbers, the rows one after the other."""
        numbers = self.__dict__["values"]
        return [each for row in (numbers if isinstance(numbers, tuple) else numbers.tolist()) for each in row]


@record
class ChangingLaw:
    """A law that changes (§5): in period t the draw is `scale * quantile of laws[which]`.

    `which` and `scale` are Changing tables with the same reads and starts. `which` holds indices into
    `laws`.
    """

    laws: tuple[Law, ...]
    which: Changing
    scale: Changing


@record
class Good:
    """A good, what a unit is worth and how much is used."""

    name: str
    title: str
    unit: str
    value: float
    """[money/unit] What a unit in stock is worth, for holding costs and write-offs (§17)."""
    normal_use: float
    """[unit/period] What all users draw on average at clock.cover_at (§6)."""


@record
class RegimeState:
    """One state of a regime: how long it lasts and what follows."""

    name: str
    lasts: Law
    """[periods] Work in the state."""
    then: tuple[float, ...]
    """Probability of each next state, by code; sums to 1; 0 for the state itself."""
    pace: Changing
    """Work done in a period (§10)."""


@record
class Warning_:
    """Warnings of one state of a regime (§11)."""

    of: int
    """Code of the state warned of."""
    lead: Law
    """[periods] How long before the switch."""
    seen: float
    false_alarms: float
    """[1/period] Rate of alarms that mean nothing."""


@record
class Regime:
    """A random state of the world (§10)."""

    name: str
    title: str
    states: tuple[RegimeState, ...]
    starts: int
    age: float
    """[periods] How long the first state has lasted already at the start."""
    script: tuple[tuple[int, int], ...] = ()
    """(period, state code), ascending; from the first entry on the script rules (§10)."""
    warning: Warning_ | None = None


@record
class Price:
    """An index: level * exp(x), x mean-reverting to 0 from 0 (§14)."""

    name: str
    title: str
    level: float
    persistence: float
    """x(t) = persistence * x(t-1) + spread * z(t)."""
    spread: float
    correlation: tuple[float, ...]
    """Row of the Cholesky factor over all prices: z(t) = sum over q of correlation[q] * normal_q(t)."""


@record
class Signal:
    """On or off, read once a period in the decisions phase (§9)."""

    name: str
    title: str
    kind: Literal["cover", "backorders", "warning"]
    store: int = -1
    """Of kind cover: the store whose lowest cover over the goods it keeps is read."""
    consumer: int = -1
    """Of kind cover: the consumer whose own stock is read; of kind backorders: whose backorders."""
    regime: int = -1
    """Of kind warning."""
    on_at: float = 0.0
    """cover: on below this [periods of normal use]; backorders: on above this [unit]."""
    off_at: float = 0.0
    """cover: off at or above this; backorders: off at or below this."""
    lasts: int = 0
    """[periods] Of kind warning: how long the signal stays on after a warning."""
    delay: int = 0
    """[periods] Noticed so many periods after it is true; at most 60."""


@record
class Channel:
    """An import route from a supplier (§8)."""

    name: str
    title: str
    goods: tuple[int, ...]
    open: Changing
    """1 or 0; 0 counts as capacity 0."""
    capacity: Changing
    """[unit/period] over all goods together; inf where the scenario says none."""
    price: Changing
    """[money/unit]"""
    moves_with: tuple[int, ...]
    """Price indices that multiply the price."""
    lead_time: ChangingLaw
    """[periods]"""
    crossover: bool
    minimum_order: float
    """[unit] per good and order."""
    paid_on_order: float
    """Share of the price paid when ordered; the rest is paid on receipt."""
    in_transit: Literal["passes", "held", "lost", "refunded"]
    retainer: Changing
    """[money/period] paid while open."""
    inspection: int = -1
    order_cost: float = 0.0
    """[money] for each order placed."""
    delivered: ChangingLaw | None = None
    """Share of a shipment that arrives; None: all of it."""
    short_by: ChangingLaw | None = None
    """[unit] that a shipment lacks besides; None: nothing."""


@record
class Project:
    """A building project at a plant or a line (§12)."""

    name: str
    """The plant's name, or plant.line."""
    start: int
    """[period] NEVER if no one starts it."""
    planned_duration: float
    """[periods]"""
    schedule_ratio: Law
    stall_rate: Changing
    """[1/period]"""
    stall_lasts: Law
    """[periods]"""
    cancel_rate: Changing
    """[1/period] while in a state of cancel_while."""
    cancel_while: tuple[int, ...]
    """Codes of project states in which it may be cancelled."""
    capex: float
    """[money] planned."""
    overrun: Law
    ramp_from: float
    ramp_over: float
    """[periods] from opening to full rate."""
    finished: int
    """[period] Opens exactly then if it was started; -1: as drawn."""


@record
class Line:
    """A production line (§13)."""

    name: str
    plant: int
    project: int
    """The line's own project, -1 for none."""
    goods: tuple[int, ...]
    nameplate: Changing
    """[unit/period]"""
    mtbf: Changing
    """[periods] of running time; inf: never fails."""
    mttr: Changing
    """[periods]"""
    performance: Changing
    yield_: Changing
    """Share of what is run that is good."""
    takes: tuple[tuple[int, float, int], ...]
    """(good, amount per unit run before yield, store it is taken from)."""
    variable_cost: Changing
    """[money/unit run]"""
    moves_with: tuple[int, ...]
    changeover: float
    """[periods] lost when the line turns to another good."""


@record
class Plant:
    """Lines under one roof, with one target (§13)."""

    name: str
    title: str
    project: int
    """-1: it stands already."""
    closes: int
    """[period] NEVER if it does not."""
    runs: Changing
    """RUNS_NO, RUNS_WARM_BASE or RUNS_YES."""
    restart: float
    """[periods] between being told to run and running."""
    fixed_running: Changing
    """[money/period]"""
    fixed_warm_base: Changing
    lines: tuple[int, ...]
    target: tuple[tuple[int, Changing], ...]
    """(good, level [unit] to produce to); empty: it makes nothing."""
    campaign: float
    """[periods] After so long on one good a line chooses anew; inf: only when the target is met."""
    output_to: int
    """Store."""
    inspection: int = -1


@record
class Inspection:
    """Lots are gathered, wait, are held and are accepted or not (§15)."""

    name: str
    title: str
    lot: float
    """[unit]; 0: every period's arrivals are one lot of their own size (needs no waiting)."""
    accepts: float
    """Probability that a lot is accepted: the OC curve over the law of defectives."""
    hold: ChangingLaw
    """[periods], at least 1 after rounding."""
    capacity: Changing
    """[lots/period] that may start their hold; inf: no limit."""
    rework: float
    """Probability that a rejected lot is reworked, and so comes again; else it is scrapped."""
    rework_takes: int
    """[periods]"""
    cost: float
    """[money/lot] when its hold starts."""


@record
class Ordering:
    """A rule that orders one good for one store or for a consumer's own stock (§7)."""

    kind: Literal[
        "base_stock", "s_S", "r_Q", "constant_order", "vector_base_stock", "dual_index", "single_index",
        "tailored_base_surge",
    ]  # fmt: skip
    review_period: int
    channels: tuple[int, ...]
    """Sources: indices of channels, and from len(World.channels) on of links. Where there are two kinds of source:
    (regular, expedited)."""
    shares: tuple[Changing, ...]
    """Share of each source; they sum to 1."""
    reroute: bool
    """What a source does not take goes to the others (§7); else it waits for the next review."""
    order_up_to: Changing | None = None
    """[unit] base_stock, s_S, dual_index and single_index (of the regular source)."""
    reorder_point: Changing | None = None
    """[unit] s_S and r_Q."""
    order_quantity: Changing | None = None
    """[unit] r_Q; constant_order and tailored_base_surge (of the regular source), per review."""
    expedite_up_to: Changing | None = None
    """[unit] of the expedited source."""
    order_at_most: Changing | None = None
    """[unit] per review, of the regular source where there are two; None: no cap."""
    levels: tuple[float, ...] = ()
    """[unit] vector_base_stock: of the whole position, of what is due in 1 period or later, in 2 or later, ..."""
    active: Changing | None = None
    """1 or 0; None: always."""


@record
class Keep:
    """One good in one store."""

    store: int
    good: int
    on_hand: float
    """[unit] at the start, received in period 0."""
    under_way: tuple[tuple[int, float, int], ...]
    """(period due, amount, source as in Ordering.channels) of what was ordered before the start (§7)."""
    shelf_life: int
    """[periods] NEVER: it keeps for ever. A whole number of age classes."""
    age_class: int
    """[periods] width of an age class (§16)."""
    issue: Literal["oldest_first", "youngest_first", "at_random"]
    use: float
    """[unit/period] Normal use that this keep serves: the rate behind its covers (§6)."""
    ordering: Ordering | None = None
    disposal_cost: float = 0.0
    """[money/unit] of what expires."""


@record
class Link:
    """A way on which one store supplies another with a good (§25)."""

    origin: int
    """Keep that ships."""
    keep: int
    """Keep that orders: the same good in another store."""
    lead_time: ChangingLaw
    """[periods]"""
    cost: float = 0.0
    """[money/unit] shipped."""


@record
class Store:
    """A place with room for goods (§16)."""

    name: str
    title: str
    capacity: Changing
    """[unit] over all goods together; inf: no limit."""
    overflow: Literal["refused", "waits"]
    room: float
    """[money] once, at the start, for capacity beyond the base scenario's."""
    holding_cost: float
    """Share of value per period."""
    holding_fixed: float
    """[money/unit/period] where the scenario states it in money."""
    waiting_cost: float
    """Share of value per period, of what waits for room."""
    waiting_fixed: float
    """[money/unit/period] where the scenario states it in money."""
    open: Changing
    """1: it issues; 0: it is closed to its users."""
    accident_rate: Changing
    """[1/period]"""
    accident_destroys: Law
    """Share of what is on hand."""
    keeps: tuple[int, ...] = ()
    """Indices into World.keeps."""


@record
class Use:
    """One good used by one consumer."""

    consumer: int
    good: int
    demand: ChangingLaw
    """[unit/period]"""
    normal_use: float
    """[unit/period] mean demand at clock.cover_at."""
    served_above: tuple[Changing, ...]
    """[unit] For each store drawn from: the level kept for those before (§18)."""
    own_stock: Changing | None = None
    """[unit] Level to which the consumer fills a stock of its own."""
    own_opening: float = 0.0
    """[unit]"""


@record
class Consumer:
    """Who uses goods, and what happens when they run short (§18)."""

    name: str
    title: str
    draws_from: tuple[int, ...]
    """Stores, in this order."""
    priority: int
    """Lower is served first."""
    backordered: bool
    """Else what is unmet is lost."""
    shortage_cost: float
    """[money/unit/period] backordered, [money/unit] lost."""
    at_most: Changing | None
    """Cap on what is served, as a share of normal use; None: no cap."""
    saves: Changing | None
    """Share of demand given up; None: nothing."""
    saves_step: float
    """Largest change of the share saved in one period."""
    saves_cost: float
    """[money/unit]"""
    uses: tuple[int, ...] = ()
    """Indices into World.uses."""


@record
class Window:
    """The periods over which a standard judges one consumer (§19)."""

    consumer: int
    condition: int
    """Condition that must hold, -1: none."""
    state: int
    within: int
    """[periods] from the start of the state, or of the horizon; NEVER: all."""


@record
class Standard:
    """A bound on a measure of one window (§19)."""

    name: str
    title: str
    window: int
    """Index into World.windows."""
    measure: str
    """fill_rate, ready_rate, cycle_service_level, service_probability or unmet."""
    at_least: float | None
    at_most: float | None
    in_share: float | None
    """Share of futures in which the bound must hold; None: the bound is on the expected value."""


@record
class World:
    """One alternative in one what_if, in numbers."""

    name: str
    alternative: str
    what_if: str
    """"" for the base world."""
    start: datetime.date
    period_days: float
    periods: int
    currency: str
    price_year: int
    discount_rate: float
    """[1/year]"""
    conditions: tuple[Condition, ...]
    goods: tuple[Good, ...]
    regimes: tuple[Regime, ...] = ()
    prices: tuple[Price, ...] = ()
    signals: tuple[Signal, ...] = ()
    channels: tuple[Channel, ...] = ()
    projects: tuple[Project, ...] = ()
    plants: tuple[Plant, ...] = ()
    lines: tuple[Line, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    stores: tuple[Store, ...] = ()
    keeps: tuple[Keep, ...] = ()
    links: tuple[Link, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    uses: tuple[Use, ...] = ()
    windows: tuple[Window, ...] = ()
    standards: tuple[Standard, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)
    """Rates computed once from the laws' means, as text to print, by path."""

    def link(self, source: int) -> Link | None:
        """The link that a source of an ordering is; None where it is a channel."""
        return self.links[source - len(self.channels)] if source >= len(self.channels) else None

    def tiers(self) -> tuple[int, ...]:
        """Of each keep: 0 where no keep orders from it, else one more than the highest tier of those that do (§25).

        Raises:
            ValueError: stores order from each other in a circle.
        """
        found = [0] * len(self.keeps)
        for _ in range(len(self.keeps) + 1):
            before = list(found)
            for link in self.links:
                found[link.origin] = max(found[link.origin], found[link.keep] + 1)
            if found == before:
                return tuple(found)
        raise ValueError("stores order from each other in a circle")

    def discount(self, t: int) -> float:
        """What money of period t is worth at the start (§17)."""
        return discounted(t, self.period_days, self.discount_rate)

    @property
    def discounts(self) -> NDArray[np.float64]:
        """(period,) the same of all periods; not to be written."""
        return discounts(self.periods, self.period_days, self.discount_rate)
