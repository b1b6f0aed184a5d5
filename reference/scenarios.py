"""Random valid worlds for Hypothesis, which between them cover every part and option of `World`."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from hypothesis import strategies as st

from holdfast.parts import laws
from holdfast.parts import world as w
from holdfast.parts.ordering import CAPPED, NEEDS, TWO_SOURCES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")


class Builder:
    """Draws the pieces of one world.

    The shape (how many of each thing) is drawn first, since every changing value may read any condition.
    """

    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw
        self.periods = self.whole(20, 60)
        self.n_goods = self.whole(1, 3)
        self.n_stores = self.whole(1, 3)
        self.n_consumers = self.whole(1, 3)
        self.n_channels = self.whole(0, 3)
        self.n_inspections = self.whole(0, 2)
        self.n_prices = self.whole(0, 2)
        self.regime_sizes = [self.whole(2, 3) for _ in range(self.whole(0, 2))]
        self.plant_shapes = [
            (self.flip(), [self.flip() for _ in range(self.whole(1, 2))]) for _ in range(self.whole(0, 2))
        ]
        self.n_signals = self.whole(0, 2)
        self.keeps = self._kept()
        self.conditions = self._conditions()

    def whole(self, low: int, high: int) -> int:
        """A whole number."""
        return self.draw(st.integers(low, high))

    def number(self, low: float, high: float) -> float:
        """A number on a grid that is no sum of powers of two, so that sums are rounded."""
        return low + (high - low) * self.draw(st.integers(0, 1000)) / 1000

    def flip(self) -> bool:
        """Yes or no."""
        return self.draw(st.booleans())

    def rarely(self) -> bool:
        """Yes one time in five."""
        return self.draw(st.integers(0, 4)) == 4

    def pick(self, choices: Sequence[T]) -> T:
        """One of several."""
        return self.draw(st.sampled_from(choices))

    def some(self, choices: Sequence[T], least: int = 1, most: int = 3) -> list[T]:
        """Some of several, in the order given by the draw."""
        most = min(most, len(choices))
        return self.draw(st.lists(st.sampled_from(choices), min_size=min(least, most), max_size=most, unique=True))

    def _kept(self) -> list[tuple[int, int]]:
        """(store, good) of every keep; the first store keeps every good."""
        kept = [(0, g) for g in range(self.n_goods)]
        for s in range(1, self.n_stores):
            kept += [(s, g) for g in sorted(self.some(range(self.n_goods)))]
        return kept

    def goods_of(self, store: int) -> list[int]:
        """Goods that a store keeps."""
        return [g for s, g in self.keeps if s == store]

    def _conditions(self) -> tuple[w.Condition, ...]:
        found = [w.Condition(f"r{i}", tuple(f"s{k}" for k in range(n))) for i, n in enumerate(self.regime_sizes)]
        found += [w.Condition(name, w.PROJECT_STATES) for name in self.project_names()]
        found += [w.Condition(f"sig{i}", ("off", "on")) for i in range(self.n_signals)]
        return tuple(found)

    def project_names(self) -> list[str]:
        """Names of the projects, in file order."""
        names = []
        for p, (has_project, line_projects) in enumerate(self.plant_shapes):
            names += [f"p{p}"] if has_project else []
            names += [f"p{p}.l{i}" for i, has in enumerate(line_projects) if has]
        return names

    def table(self, values: SearchStrategy[float], fixed: tuple[tuple[int, ...], tuple[int, ...]]) -> w.Changing:
        """A changing number of given reads and starts."""
        reads, starts = fixed
        size = int(np.prod([len(self.conditions[c].states) for c in reads], dtype=int))
        few = [self.draw(values) for _ in range(min(3, size * len(starts)))]
        flat = [few[self.whole(0, len(few) - 1)] for _ in range(size * len(starts))] if len(few) > 2 else few
        return w.Changing(np.array(flat, dtype=np.float64).reshape(len(starts), size), reads, starts)

    def reads_and_starts(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What a changing number reads, and when its segments start."""
        reads: tuple[int, ...] = ()
        if self.conditions and self.rarely():
            reads = tuple(self.some(range(len(self.conditions)), 1, 2))
        starts = (0, self.whole(1, self.periods)) if self.rarely() else (0,)
        return reads, starts

    def changing(self, low: float, high: float) -> w.Changing:
        """A changing number between two bounds."""
        grid = st.integers(0, 1000).map(lambda i: low + (high - low) * i / 1000)
        return self.table(grid, self.reads_and_starts())

    def switch(self, choices: Sequence[float], usually: float) -> w.Changing:
        """A changing code; many are plain and as usual, the others change a few times."""
        if self.flip():
            return w.Changing(np.array([[usually]]))
        reads, _ = self.reads_and_starts()
        starts = (0, *sorted(self.some(range(1, self.periods), 1, 3)))
        return self.table(st.sampled_from(list(choices)), (reads, starts))

    def turning(self, low: float, high: float) -> w.Changing:
        """A number that is 0 now and then, for a while."""
        value = self.number(low, high)
        stops = sorted(self.some(range(1, self.periods), 1, 4))
        return w.Changing(np.array([[0.0 if s % 2 else value] for s in range(len(stops) + 1)]), (), (0, *stops))

    def law(self, mean: float) -> laws.Law:
        """A law of about a mean."""
        kind = self.pick(
            (
                "fixed",
                "exponential",
                "lognormal",
                "gamma",
                "normal",
                "uniform",
                "pert",
                "poisson",
                "geometric",
                "discrete",
                "mixture",
            )
        )
        if kind == "mixture" and not self.rarely():
            kind = "fixed"
        made: dict[str, Any] = {
            "fixed": lambda: laws.Fixed(mean),
            "exponential": lambda: laws.Exponential(mean),
            "lognormal": lambda: laws.Lognormal.from_mean(mean, 0.6),
            "gamma": lambda: laws.Gamma.from_mean(mean, 0.5),
            "normal": lambda: laws.Normal(mean, mean / 4),
            "uniform": lambda: laws.Uniform(0.5 * mean, 1.5 * mean),
            "pert": lambda: laws.Pert(0.5 * mean, mean, 3 * mean),
            "poisson": lambda: laws.Poisson(mean),
            "geometric": lambda: laws.Geometric(mean, 1.0 if mean > 1 else 0.0),
            "discrete": lambda: laws.Discrete((0.0, mean, 3 * mean), (0.25, 0.5, 0.25)),
            "mixture": lambda: laws.Mixture((laws.Exponential(mean), laws.Uniform(mean, 2 * mean)), (0.5, 0.5)),
        }
        law: laws.Law = made[kind]() if mean > 0 else laws.Fixed(0.0)
        return law

    def changing_law(self, low: float, high: float) -> w.ChangingLaw:
        """A law that changes, with scales."""
        few = tuple(self.law(self.number(low, high)) for _ in range(self.whole(1, 2)))
        fixed = self.reads_and_starts()
        which = self.table(st.sampled_from([float(i) for i in range(len(few))]), fixed)
        return w.ChangingLaw(few, which, self.table(st.sampled_from([1.0, 1.0, 0.5, 2.0]), fixed))


def _regime(b: Builder, i: int, size: int) -> w.Regime:
    states = []
    for k in range(size):
        others = [j for j in range(size) if j != k]
        share = b.pick((1.0, 0.25)) if len(others) > 1 else 1.0
        then = [0.0] * size
        then[others[0]] = share
        if len(others) > 1:
            then[others[1]] = 1 - share
        states.append(w.RegimeState(f"s{k}", b.law(b.number(1, 20)), tuple(then), b.changing(0.25, 3)))
    script: list[tuple[int, int]] = []
    if b.rarely():
        script = [(t, b.whole(0, size - 1)) for t in sorted(b.some(range(b.periods), 1, 3))]
    warning = None
    if b.flip():
        warning = w.Warning_(b.whole(0, size - 1), b.law(b.number(0.5, 6)), b.number(0, 1), b.number(0, 0.2))
    age = b.number(0, 10) if b.flip() else 0.0
    return w.Regime(f"r{i}", f"Regime {i}", tuple(states), b.whole(0, size - 1), age, tuple(script), warning)


def _price(b: Builder, i: int) -> w.Price:
    row = [0.0] * b.n_prices
    row[i] = 1.0
    if i == 1:
        row = [0.6, 0.8]
    return w.Price(f"q{i}", f"Price {i}", b.number(0.5, 2), b.number(0.5, 0.99), b.number(0, 0.3), tuple(row))


def _signal(b: Builder, i: int, consumers: list[w.Consumer]) -> w.Signal:
    kinds = ["cover", "backorders"] + (["warning"] if b.regime_sizes else [])
    kind = b.pick(kinds)
    delay = b.whole(0, 4)
    name, title = f"sig{i}", f"Signal {i}"
    if kind == "warning":
        return w.Signal(
            name, title, "warning", regime=b.whole(0, len(b.regime_sizes) - 1), lasts=b.whole(0, 8), delay=delay
        )
    on_at = b.number(0.1, 8)
    c = b.whole(0, len(consumers) - 1)
    if kind == "backorders":
        c = b.pick([i for i, x in enumerate(consumers) if x.backordered] or [c])
        return w.Signal(name, title, "backorders", consumer=c, on_at=on_at, off_at=on_at * b.number(0, 1), delay=delay)
    off_at = on_at * b.number(1, 2)
    if b.flip():
        return w.Signal(name, title, "cover", consumer=c, on_at=on_at, off_at=off_at, delay=delay)
    return w.Signal(name, title, "cover", store=b.whole(0, b.n_stores - 1), on_at=on_at, off_at=off_at, delay=delay)


def _channel(b: Builder, i: int) -> w.Channel:
    unlimited = w.Changing(np.array([[np.inf]]))
    return w.Channel(
        f"c{i}",
        f"Channel {i}",
        tuple(range(b.n_goods)),
        b.switch((0.0, 1.0), 1.0),
        unlimited if b.rarely() else b.turning(1, 30) if b.flip() else b.changing(0, 40),
        b.changing(1, 5),
        tuple(b.some(range(b.n_prices), 0, 2)) if b.n_prices else (),
        b.changing_law(0, 6),
        b.flip(),
        b.number(0, 30) if b.rarely() else 0.0,
        b.pick((0.0, 0.3, 1.0)),
        b.pick(("passes", "held", "lost", "refunded")),
        b.changing(0, 3),
        b.whole(-1, b.n_inspections - 1),
        b.number(0, 20) if b.rarely() else 0.0,
        b.changing_law(0.2, 1.5) if b.rarely() else None,
        b.changing_law(0, 4) if b.rarely() else None,
    )


def _project(b: Builder, name: str) -> w.Project:
    start = b.whole(0, 20)
    return w.Project(
        name,
        w.NEVER if b.rarely() else start,
        b.number(1, 12),
        b.law(b.number(0.5, 2)),
        b.changing(0, 0.3),
        b.law(b.number(1, 6)),
        b.changing(0, 0.2),
        tuple(sorted(b.some((w.BUILDING, w.STALLED), 0, 2))),
        b.number(0, 100),
        b.law(b.number(0.8, 1.5)),
        b.number(0, 1),
        b.number(0, 10) if b.flip() else 0.0,
        b.whole(0, b.periods) if b.rarely() else -1,
    )


def _line(b: Builder, name: str, plant: int, project: int, store: int) -> w.Line:
    kept = b.goods_of(store)
    goods = sorted(b.some(kept, 1, 3))
    inputs = [(g, s) for s, g in b.keeps if g not in goods]
    takes = [(g, b.number(0.1, 2), s) for g, s in b.some(inputs, 0, 2)] if inputs and b.flip() else []
    never_fails = w.Changing(np.array([[np.inf]]))
    return w.Line(
        name,
        plant,
        project,
        tuple(goods),
        b.changing(1, 30),
        never_fails if b.rarely() else b.changing(0.5, 20),
        b.changing(0.1, 4),
        b.changing(0.3, 1),
        b.changing(0.5, 1),
        tuple({g: (g, amount, s) for g, amount, s in takes}.values()),
        b.changing(0.5, 3),
        tuple(b.some(range(b.n_prices), 0, 1)) if b.n_prices else (),
        b.number(0, 3),
    )


def _plants(b: Builder) -> tuple[list[w.Plant], list[w.Line], list[w.Project]]:
    plants: list[w.Plant] = []
    lines: list[w.Line] = []
    projects: list[w.Project] = []
    for p, (has_project, line_projects) in enumerate(b.plant_shapes):
        own = len(projects) if has_project else -1
        if has_project:
            projects.append(_project(b, f"p{p}"))
        store = b.whole(0, b.n_stores - 1)
        first = len(lines)
        for i, has in enumerate(line_projects):
            at = len(projects) if has else -1
            if has:
                projects.append(_project(b, f"p{p}.l{i}"))
            lines.append(_line(b, f"l{i}", p, at, store))
        mine = tuple(range(first, len(lines)))
        made = sorted({g for i in mine for g in lines[i].goods})
        plants.append(
            w.Plant(
                f"p{p}",
                f"Plant {p}",
                own,
                b.whole(5, b.periods) if b.rarely() else w.NEVER,
                b.switch((0.0, 1.0, 2.0), 2.0),
                b.number(0, 4),
                b.changing(0, 10),
                b.changing(0, 5),
                mine,
                tuple((g, b.changing(5, 100)) for g in made),
                float(b.whole(1, 8)) if b.flip() else np.inf,
                store,
                b.whole(-1, b.n_inspections - 1),
            )
        )
    return plants, lines, projects


def _inspection(b: Builder, i: int) -> w.Inspection:
    return w.Inspection(
        f"i{i}",
        f"Inspection {i}",
        0.0 if b.rarely() else b.number(1, 20),
        b.number(0.5, 1),
        b.changing_law(0.5, 3),
        w.Changing(np.array([[np.inf]])) if b.rarely() else b.changing(0.2, 4),
        b.pick((0.0, 0.5, 1.0)),
        b.whole(1, 4),
        b.number(0, 2),
    )


def _ordering(b: Builder) -> w.Ordering | None:
    if not b.n_channels or b.rarely():
        return None
    kinds = ["base_stock", "s_S", "r_Q", "constant_order", "vector_base_stock"]
    kind = b.pick(kinds + (list(TWO_SOURCES) if b.n_channels > 1 else []))
    two, vector = kind in TWO_SOURCES, kind == "vector_base_stock"
    return _rule(b, kind, b.some(range(b.n_channels), 2 if two else 1, 2 if two else 1 if vector else 3))


def _rule(b: Builder, kind: str, sources: list[int]) -> w.Ordering:
    """A rule of a kind that orders from given sources."""
    two, vector = kind in TWO_SOURCES, kind == "vector_base_stock"
    fixed = [w.Changing(np.array([[x]])) for x in (1.0, 0.0)]
    shares = fixed if two else _shares(b, len(sources))
    level = b.number(10, 80)
    return w.Ordering(
        kind,  # type: ignore[arg-type]
        b.whole(1, 4),
        tuple(sources),
        tuple(shares),
        b.flip(),
        b.changing(level, 150) if "order_up_to" in NEEDS[kind] else None,
        b.changing(0, level) if "reorder_point" in NEEDS[kind] else None,
        b.changing(1, 60) if "order_quantity" in NEEDS[kind] else None,
        b.changing(0, level) if two else None,
        b.changing(1, 40) if kind in CAPPED and b.flip() else None,
        tuple(b.number(level / (n + 2), level) for n in range(b.whole(1, 6))) if vector else (),
        b.switch((0.0, 1.0), 1.0) if b.flip() else None,
    )


def _shares(b: Builder, n: int) -> list[w.Changing]:
    """Shares that sum to 1 whatever holds."""
    fixed = b.reads_and_starts()
    size = int(np.prod([len(b.conditions[c].states) for c in fixed[0]], dtype=int))
    kinds = [[1.0 if i == k else 0.0 for i in range(n)] for k in range(n)] + [[1 / n] * n]
    if n == 2:
        kinds.append([0.7, 0.3])
    if n == 3:
        kinds.append([0.5, 0.5, 0.0])
    cells = np.array([b.pick(kinds) for _ in range(size * len(fixed[1]))])
    return [w.Changing(cells[:, i].reshape(len(fixed[1]), size), *fixed) for i in range(n)]


def _keep(b: Builder, store: int, good: int) -> w.Keep:
    width = b.whole(1, 3)
    shelf_life = width * b.whole(1, 10) if b.flip() else w.NEVER
    under_way = []
    if b.n_channels and b.flip():
        under_way = [(b.whole(0, 8), b.number(0.5, 20), b.whole(0, b.n_channels - 1)) for _ in range(b.whole(1, 3))]
    keep = w.Keep(
        store,
        good,
        b.number(0, 80),
        tuple(under_way),
        shelf_life,
        width if shelf_life != w.NEVER else 1,
        b.pick(("oldest_first", "youngest_first", "at_random")),
        b.number(0.5, 20),
        _ordering(b),
        b.number(0, 3) if b.rarely() else 0.0,
    )
    rule = keep.ordering
    if rule is not None and rule.kind == "vector_base_stock":  # as the language has it: from its own source alone
        under_way = [each for each in under_way if each[2] in rule.channels]
    return dataclasses.replace(keep, under_way=tuple(under_way))


def _linked(b: Builder, keeps: list[w.Keep]) -> tuple[tuple[w.Keep, ...], tuple[w.Link, ...]]:
    """Keeps of which some order from other stores: all from those later in the file, or all from those before."""
    links: list[w.Link] = []
    later = b.flip()
    for i, keep in enumerate(keeps):
        above = [
            j for j, k in enumerate(keeps)
            if k.good == keep.good and k.store != keep.store and (k.store > keep.store) == later
        ]  # fmt: skip
        if not above or b.rarely():
            continue
        first = b.n_channels + len(links)
        origins = b.some(above, 1, 2)
        for j in origins:
            links.append(w.Link(j, i, b.changing_law(0, 5), b.number(0, 2) if b.flip() else 0.0))
            keeps[j] = dataclasses.replace(keeps[j], shelf_life=w.NEVER, age_class=1)  # ages do not travel
        numbers = list(range(first, first + len(origins)))
        bought = b.some(range(b.n_channels), 0, 3 - len(origins)) if b.n_channels else []
        sources = [*numbers, *bought] if b.flip() else [*bought, *numbers]
        rule = _rule(b, b.pick(("base_stock", "s_S", "r_Q", "constant_order")), sources)
        coming = ((b.whole(0, 6), b.number(0.5, 20), numbers[0]),) if b.rarely() else ()
        under_way = tuple(each for each in keep.under_way if each[2] in bought) + coming
        keeps[i] = dataclasses.replace(
            keeps[i], ordering=rule, under_way=under_way, shelf_life=w.NEVER, age_class=1
        )  # fmt: skip
    return tuple(keeps), tuple(links)


def _store(b: Builder, s: int) -> w.Store:
    return w.Store(
        f"d{s}",
        f"Store {s}",
        w.Changing(np.array([[np.inf]])) if b.flip() else b.changing(20, 120),
        b.pick(("refused", "waits")),
        b.number(0, 100) if b.rarely() else 0.0,
        b.number(0, 0.01),
        b.number(0, 0.1),
        b.number(0, 0.02),
        b.number(0, 0.2),
        b.switch((0.0, 1.0), 1.0),
        b.changing(0, 0.2),
        b.pick((laws.Fixed(0.4), laws.Uniform(0.0, 1.0), laws.Beta.from_mean(0.3, 0.5))),
        tuple(i for i, (store, _) in enumerate(b.keeps) if store == s),
    )


def _consumers(b: Builder) -> tuple[list[w.Consumer], list[w.Use]]:
    consumers: list[w.Consumer] = []
    uses: list[w.Use] = []
    for c in range(b.n_consumers):
        stores = b.some(range(b.n_stores), 1, 2)
        first = len(uses)
        kept = b.goods_of(stores[0])
        for g in kept if b.flip() else sorted(b.some(kept, 1, 2)):
            rate = b.number(0.5, 15)
            own = b.rarely()
            above = tuple(b.changing(0, 15) if b.rarely() else w.Changing(np.array([[0.0]])) for _ in stores)
            uses.append(
                w.Use(
                    c,
                    g,
                    b.changing_law(rate, rate * 1.5),
                    rate,
                    above,
                    b.changing(5, 40) if own else None,
                    b.number(0, 30) if own else 0.0,
                )
            )
        consumers.append(
            w.Consumer(
                f"u{c}",
                f"Consumer {c}",
                tuple(stores),
                b.whole(1, 2),
                b.flip(),
                b.number(0, 5),
                b.changing(0.3, 3) if b.rarely() else None,
                b.changing(0, 0.5) if b.rarely() else None,
                b.pick((0.05, 1.0)),
                b.number(0, 2),
                tuple(range(first, len(uses))),
            )
        )
    return consumers, uses


def _windows(b: Builder) -> list[w.Window]:
    found = [w.Window(0, -1, 0, w.NEVER)]
    for _ in range(b.whole(0, 3)):
        condition = b.whole(-1, len(b.conditions) - 1)
        state = b.whole(0, len(b.conditions[condition].states) - 1) if condition >= 0 else 0
        within = b.whole(1, 12) if b.flip() else w.NEVER
        found.append(w.Window(b.whole(0, b.n_consumers - 1), condition, state, within))
    return found


@st.composite
def worlds(draw: DrawFn) -> w.World:
    """A random valid world."""
    b = Builder(draw)
    plants, lines, projects = _plants(b)
    consumers, uses = _consumers(b)
    world = _world(b, plants, lines, projects, consumers, uses)
    keeps, links = _linked(b, list(world.keeps)) if b.n_stores > 1 else (world.keeps, ())
    return dataclasses.replace(world, keeps=keeps, links=links)


def _world(
    b: Builder,
    plants: list[w.Plant],
    lines: list[w.Line],
    projects: list[w.Project],
    consumers: list[w.Consumer],
    uses: list[w.Use],
) -> w.World:
    """A world in which stores do not supply each other."""
    return w.World(
        name="random",
        alternative="base",
        what_if="",
        start=datetime.date(2025, 1, 1),
        period_days=7.0,
        periods=b.periods,
        currency="USD",
        price_year=2025,
        discount_rate=b.pick((0.0, 0.05)),
        conditions=b.conditions,
        goods=tuple(
            w.Good(f"g{i}", f"Good {i}", "unit", b.number(0.5, 10), b.number(0.5, 20)) for i in range(b.n_goods)
        ),
        regimes=tuple(_regime(b, i, n) for i, n in enumerate(b.regime_sizes)),
        prices=tuple(_price(b, i) for i in range(b.n_prices)),
        signals=tuple(_signal(b, i, consumers) for i in range(b.n_signals)),
        channels=tuple(_channel(b, i) for i in range(b.n_channels)),
        projects=tuple(projects),
        plants=tuple(plants),
        lines=tuple(lines),
        inspections=tuple(_inspection(b, i) for i in range(b.n_inspections)),
        stores=tuple(_store(b, i) for i in range(b.n_stores)),
        keeps=tuple(_keep(b, s, g) for s, g in b.keeps),
        consumers=tuple(consumers),
        uses=tuple(uses),
        windows=tuple(_windows(b)),
    )
