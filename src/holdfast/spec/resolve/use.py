"""Use in numbers: normal use, goods, consumers and standards."""

from __future__ import annotations

import functools
import math
import re
from typing import TYPE_CHECKING

from holdfast.errors import did_you_mean
from holdfast.parts.laws import Fixed, Law
from holdfast.parts.standards import MEASURES
from holdfast.parts.world import NEVER, Changing, Channel, Consumer, Good, Keep, Line, Standard, Use, Window
from holdfast.spec.quantities import TIME, QuantityError
from holdfast.spec.resolve import covers
from holdfast.spec.resolve.sources import store_shares
from holdfast.spec.resolve.values import constant
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence
from holdfast.terms import plural

if TYPE_CHECKING:
    from holdfast.spec.resolve.values import Said, Values
    from holdfast.spec.resolve.world import Reading

_PER = re.compile(r"/|\bper\b")


def demand(reading: Reading, node: Node, unit: str) -> Said[Law]:
    """A demand: a law of the amount in a period (conventions §4)."""
    return reading.once(
        lambda: reading.values.said(node, lambda n: _demand_law(reading, n, unit)), ("demand", unit), node
    )


def _demand_law(reading: Reading, node: Node, unit: str) -> Law:
    values, shown = reading.values, plural(unit)
    spans = _spans(values, node)
    if len(spans) > 1:
        message = "one law says its amounts per different times"
        values.problems.add("HF104", node, None, message, "write them all per week, or all per month")
    days = spans[0] if spans else values.period_days
    cannot = f"be a demand of a good counted in {shown}"
    law = values.law(node, lambda n: values.number(n, f"{shown}/week", cannot) / 7 * days)
    periods = values.period_days / days
    exact = law if abs(periods - 1.0) < 1e-9 else law.over(periods)
    if exact is None:
        message = (
            f"a {type(law).__name__.casefold()} law per {days:g} days cannot be cut exactly into periods of the clock"
        )
        fix = "write the mean per period of the clock, or use a gamma, normal, poisson or fixed law"
        values.problems.add("HF112", node, None, message, fix)
        return Fixed(1.0)
    return exact


def _spans(values: Values, node: Node) -> list[float]:
    """[days] The times after `/` or `per` in a law, each once."""
    if isinstance(node, Scalar):
        found = []
        for part in _PER.split(node.text)[1:]:
            try:
                factor, dimension = values.units.unit(part.strip())
            except QuantityError:
                continue
            if dimension == TIME:
                found.append(factor)
        return found
    children = node.items if isinstance(node, Sequence) else tuple(node.entries.values())
    return list(dict.fromkeys(span for child in children for span in _spans(values, child)))


def _stores_of(reading: Reading, node: Mapping) -> tuple[int, ...]:
    return reading.values.names(node.get("draws_from"), reading.names["stores"], "stores")


def normal_use(reading: Reading) -> tuple[dict[tuple[int, int], float], list[float], dict[tuple[int, int], float]]:
    """What everybody draws on average (conventions §6), by (consumer, good), by good and by (store, good)."""
    values, goods_ = reading.values, reading.names["goods"]
    by_good = [0.0] * len(goods_)
    first: dict[tuple[int, int], float] = {}
    later: dict[tuple[int, int], float] = {}
    for c, (_, node) in enumerate(reading.section("consumers")):
        stores = _quiet_stores(reading, node)
        for good, child in node.mapping("demand").items():
            if good not in goods_:
                continue
            g = goods_.index(good)
            law, factor = values.at_cover(demand(reading, child, reading.units[g]))
            rate = law.mean() * factor
            reading.use_of[c, g] = rate
            by_good[g] += rate
            for j, store in enumerate(stores):
                place = first if j == 0 else later
                place[store, g] = place.get((store, g), 0.0) + rate
    from holdfast.spec.resolve.make import input_use

    reading.good_use = by_good
    taken: dict[tuple[int, int], float] = {}
    for _ in goods_ if reading.lines else ():  # what lines take may itself be made by lines
        taken, before = input_use(reading, reading.good_use), taken
        if taken == before:
            break
        reading.good_use = list(by_good)
        for (_, g), rate in taken.items():
            reading.good_use[g] += rate
    for (store, g), rate in taken.items():
        first[store, g] = first.get((store, g), 0.0) + rate
    return reading.use_of, reading.good_use, {**later, **_ordered_from(reading, first, later)}


def _ordered_from(
    reading: Reading, first: dict[tuple[int, int], float], later: dict[tuple[int, int], float]
) -> dict[tuple[int, int], float]:
    """Use by (store, good) with that of the stores that order from a store, by their share (conventions §6)."""
    asked = [
        ((s, g), (origin, g), share)
        for s, g, keep in reading.keeps
        if isinstance(block := keep.get("ordering"), Mapping)
        for origin, share in store_shares(reading, block).items()
        if share > 0
    ]
    found = dict(first)
    for _ in reading.names["stores"] if asked else ():  # what a store serves may itself be asked of stores
        more = dict(first)
        for below, above, share in asked:
            more[above] = more.get(above, 0.0) + share * found.get(below, later.get(below, 0.0))
        found = more
    return {place: use for place, use in found.items() if use > 0 or place in first}


def _quiet_stores(reading: Reading, node: Mapping) -> list[int]:
    """Stores drawn from, without noting what is wrong (consumers() notes it); where one is unknown it may be any."""
    from_ = node.get("draws_from")
    items = from_.items if isinstance(from_, Sequence) else (from_,)
    names = reading.names["stores"]
    known = [names.index(item.text) for item in items if isinstance(item, Scalar) and item.text in names]
    return known if len(known) == len(items) else [*known, *(s for s in range(len(names)) if s not in known)]


def goods(
    reading: Reading, channels: tuple[Channel, ...], keeps: tuple[Keep, ...], lines: tuple[Line, ...]
) -> tuple[Good, ...]:
    """All goods, with what a unit is worth (conventions §17)."""
    out = []
    for g, (name, node) in enumerate(reading.section("goods")):
        worth = _worth(g, channels, keeps, lines)
        out.append(
            Good(name, reading.values.text(node.get("title"), name), reading.units[g], worth, reading.good_use[g])
        )
    return tuple(out)


def _worth(g: int, channels: tuple[Channel, ...], keeps: tuple[Keep, ...], lines: tuple[Line, ...]) -> float:
    for keep in keeps:
        if keep.good == g and keep.ordering is not None and any(c < len(channels) for c in keep.ordering.channels):
            bought = [
                (share.first, channels[c].price.first)
                for c, share in zip(keep.ordering.channels, keep.ordering.shares, strict=True)
                if c < len(channels)
            ]
            total = sum(share for share, _ in bought)
            if total <= 0:  # nothing is usually bought there: all sources weigh alike
                return sum(price for _, price in bought) / len(bought)
            return sum(share / total * price for share, price in bought)
    costs = [line.variable_cost.first for line in lines if g in line.goods]
    return min(costs, default=0.0)


def consumers(reading: Reading) -> tuple[tuple[Consumer, ...], tuple[Use, ...]]:
    """All consumers and what they use."""
    found: list[Consumer] = []
    uses: list[Use] = []
    _priorities(reading)
    for c, (name, node) in enumerate(reading.section("consumers")):
        use, begin = tuple(reading.use_of.items()), len(uses)
        stores, goods_ = _quiet_stores(reading, node), range(len(reading.units))
        drawn = tuple(reading.keep_use.get((s, g)) for s in stores for g in goods_)
        make = functools.partial(_consumer, reading, c, name, node, begin)
        one, own = reading.once(make, ("consumer", c, name, begin, use, drawn), node)
        found.append(one)
        uses += own
    return tuple(found), tuple(uses)


def _priorities(reading: Reading) -> None:
    """Where some consumers have a priority, the others need one too."""
    section = reading.section("consumers")
    if any("priority" in node for _, node in section):
        for name, node in section:
            if "priority" not in node:
                message = f"others have a priority, {name} has none"
                reading.values.problems.add("HF102", node, f"{node.path}.priority", message, "add priority: 2, say")


def _consumer(reading: Reading, c: int, name: str, node: Mapping, begin: int) -> tuple[Consumer, list[Use]]:
    """A consumer and what it uses, of which `begin` is the index of the first."""
    values, stores = reading.values, _stores_of(reading, node)
    uses = _uses(reading, c, node, stores)
    priority, unmet, cost, cap, saves = (
        node.get(k) for k in ("priority", "unmet", "shortage_cost", "at_most", "saves")
    )
    backordered = unmet is not None and values.one_of(unmet, ["backordered", "lost"]) == "backordered"
    goods_ = [g for g in node.mapping("demand").entries if g in reading.names["goods"]]
    unit = reading.units[reading.names["goods"].index(goods_[0])] if goods_ else "unit"
    money = 0.0
    if cost is not None:
        per = f"{values.currency}/{unit}" + ("/week" if backordered else "")
        money = values.number(cost, per, f"be the cost of what is {'backordered' if backordered else 'lost'}") * (
            values.period_days / 7 if backordered else 1.0
        )
    aim, step, price = None, 0.0, 0.0
    if isinstance(saves, Mapping) and all(k in saves for k in ("share", "within", "cost")):
        aim = values.changing(saves.entries["share"], values.share, 0.0)
        within = values.periods(saves.entries["within"])
        step = aim.most / within if within > 0 else math.inf
        price = values.number(saves.entries["cost"], f"{values.currency}/{unit}")
    consumer = Consumer(
        name=name,
        title=values.text(node.get("title"), name),
        draws_from=stores,
        priority=1 if priority is None else values.count(priority, 1),
        backordered=backordered,
        shortage_cost=money,
        at_most=None if cap is None else values.changing(cap, lambda n: values.number(n, ""), 1.0),
        saves=aim,
        saves_step=step,
        saves_cost=price,
        uses=tuple(range(begin, begin + len(uses))),
    )
    return consumer, uses


def _uses(reading: Reading, c: int, node: Mapping, stores: tuple[int, ...]) -> list[Use]:
    values, names = reading.values, reading.names["goods"]
    demands = node.mapping("demand")
    out = []
    for good, child in demands.items():
        g = values.name(Scalar(good, demands.key_place(good), f"{demands.path}.{good}"), names, "goods")
        if g < 0:
            continue
        kept = [s for s in stores if any(k[0] == s and k[1] == g for k in reading.keeps)]
        if stores and not kept:
            place = demands.key_place(good)
            where = ", ".join(reading.names["stores"][s] for s in stores) or "its stores"
            values.problems.add(
                "HF202",
                place,
                f"{demands.path}.{good}",
                f"{where} does not keep {good}",
                f"add keeps.{good} to it, or draw from another store",
            )
        use = reading.use_of.get((c, g), 0.0)
        own = node.mapping("own_stock").get("order_up_to")
        base = covers.Base(reading.units[g], use, None, f"{good} at {reading.names['consumers'][c]}")
        level, opening = None, 0.0
        if own is not None:
            said = values.said(own, lambda n, base=base: covers.amount(values, n, base, reading.notes))  # type: ignore[misc]
            level = values.table(said)
            opening = math.prod(values.at_cover(said))
        law = values.law_table(demand(reading, child, reading.units[g]))
        above = tuple(_above(reading, node.get("served_above"), s, g) for s in stores)
        out.append(Use(c, g, law, use, above, level, opening))
    return out


def _above(reading: Reading, node: Node | None, store: int, g: int) -> Changing:
    values = reading.values
    if node is None:
        return constant(0.0)
    where = f"{reading.names['goods'][g]} in {reading.names['stores'][store]}"
    base = covers.Base(reading.units[g], reading.keep_use.get((store, g), 0.0), None, where)
    return values.changing(node, lambda n: covers.amount(values, n, base, reading.notes), 0.0)


def standards(reading: Reading) -> tuple[tuple[Window, ...], tuple[Standard, ...]]:
    """All standards, and the windows over which they judge, each once."""
    windows: list[Window] = []
    found = []
    for name, node in reading.section("standards"):
        window = _window(reading, node)
        if window not in windows:
            windows.append(window)
        found.append(_standard(reading, name, node, windows.index(window)))
    for c in range(len(reading.names["consumers"])):
        whole = Window(c, -1, 0, NEVER)
        if whole not in windows:
            windows.append(whole)
    return tuple(windows), tuple(found)


def _window(reading: Reading, node: Mapping) -> Window:
    values = reading.values
    consumer = values.name(node.get("consumer"), reading.names["consumers"], "consumers")
    condition, state = -1, 0
    during = node.get("during")
    if isinstance(during, Mapping) and len(during) == 1:
        name, child = next(iter(during.items()))
        names = [c.name for c in values.conditions]
        condition = values.name(
            Scalar(name, during.key_place(name), f"{during.path}.{name}"), names, "regimes, projects and signals"
        )
        if condition >= 0:
            state = max(0, values.name(child, values.conditions[condition].states, f"states of {name}"))
    elif during is not None:
        values.problems.add("HF103", during, None, "'during' names one state", "write during: {regime: state}")
    within = node.get("within")
    return Window(max(0, consumer), condition, state, NEVER if within is None else values.whole_periods(within, 1))


def _standard(reading: Reading, name: str, node: Mapping, window: int) -> Standard:
    values = reading.values
    measure = node.get("measure")
    word = values.text(measure)
    if measure is not None and word not in MEASURES:
        values.problems.add(
            "HF107", measure, None, f"'{word}' is not a measure of a standard", did_you_mean(word, MEASURES)
        )
    least, most = node.get("at_least"), node.get("at_most")
    if (least is None) == (most is None):
        values.problems.add("HF102", node, None, "a standard has one bound", "add at_least: 95 %")
    share = node.get("in")
    return Standard(
        name=name,
        title=values.text(node.get("title"), name),
        window=window,
        measure=word,
        at_least=None if least is None else values.share(least),
        at_most=None if most is None else values.share(most),
        in_share=None if share is None else _of_futures(reading, share),
    )


def _of_futures(reading: Reading, node: Node) -> float:
    values = reading.values
    text = re.sub(r"\s+of\s+futures\s*$", "", values.text(node))
    if isinstance(node, Scalar):
        node = Scalar(text, node.place, node.path)
    return values.share(node, "a share of futures")
