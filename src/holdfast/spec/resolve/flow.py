"""Channels, inspections, stores and ordering in numbers (conventions §7, §8, §15, §16)."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

from holdfast.parts.laws import Beta, Fixed, Law
from holdfast.parts.world import (
    IN_TRANSIT,
    NEVER,
    Changing,
    ChangingLaw,
    Channel,
    Inspection,
    Keep,
    Link,
    Ordering,
    Store,
)  # fmt: skip
from holdfast.spec.resolve import covers
from holdfast.spec.resolve.ordering import ordering, under_way
from holdfast.spec.resolve.sources import Source, check_links
from holdfast.spec.resolve.values import UNKNOWN, Said
from holdfast.spec.tree import Mapping, Node, Scalar
from holdfast.terms import plural

if TYPE_CHECKING:
    from holdfast.spec.resolve.world import Reading

BEYOND = 1e-6
"""Probability with which a law of a share may give what is none; the engine takes it for the nearest share."""


def channels(reading: Reading) -> tuple[tuple[Channel, ...], dict[int, float], dict[int, float]]:
    """All channels, the mean lead time of each [periods], and the mean share of its shipments that arrives."""
    found = []
    for c, (name, node) in enumerate(reading.section("channels")):
        use = tuple(reading.good_use[g] for g in reading.known_goods(node.get("carries")))
        one, reading.lead[c], reading.delivered[c] = reading.once(
            functools.partial(_channel, reading, c, name, node), ("channel", c, name, use), node
        )
        found.append(one)
    return tuple(found), reading.lead, reading.delivered


def _channel(reading: Reading, c: int, name: str, node: Mapping) -> tuple[Channel, float, float]:
    """A channel, its mean lead time [periods] and the mean share of its shipments that arrives."""
    values = reading.values
    goods = values.names(node.get("carries"), reading.names["goods"], "goods")
    unit = reading.units[goods[0]] if goods else UNKNOWN
    for g in goods:
        if reading.units[g] != unit:
            values.problems.add(
                "HF113",
                node.entries["carries"],
                None,
                "a channel carries goods of one unit",
                "write a channel for each unit",
            )
            unit = UNKNOWN  # its price and amounts cannot be judged
            break
    use = sum(reading.good_use[g] for g in goods)
    money = f"{values.currency}/{unit}"
    lead, minimum, crossover, retainer, inspection, setup = (
        node.get(k) for k in ("lead_time", "minimum_order", "crossover", "retainer", "inspection", "order_cost")
    )
    price, moves_with = priced(reading, node.get("price"))
    law = values.said(lead if lead is not None else Scalar("0 days"), lambda n: values.law(n, values.periods))
    mean, factor = values.at_cover(law)
    reading.lead[c], reading.delivered[c] = mean.mean() * factor, 1.0
    delivered, short_by = _in_part(reading, c, node, unit)
    transit = node.get("in_transit")
    channel = Channel(
        name=name,
        title=values.text(node.get("title"), name),
        goods=goods,
        open=values.changing(node.get("open"), values.yes_no, 1.0),
        capacity=values.changing(node.get("capacity"), lambda n: covers.rate(values, n, unit, use), math.inf),
        price=values.changing(price, lambda n: values.number(n, money, f"price a good counted in {plural(unit)}"), 0.0),
        moves_with=moves_with,
        lead_time=values.law_table(law),
        crossover=crossover is None or values.yes_no(crossover) == 1.0,
        minimum_order=0.0 if minimum is None else values.number(minimum, plural(unit)),
        paid_on_order=_paid(reading, node.get("paid")),
        in_transit=values.one_of(transit, IN_TRANSIT) if transit is not None else "held",  # type: ignore[arg-type]
        retainer=values.changing(retainer, values.spending, 0.0),
        inspection=-1 if inspection is None else values.name(inspection, reading.names["inspections"], "inspections"),
        order_cost=0.0 if setup is None else values.number(setup, values.currency),
        delivered=delivered,
        short_by=short_by,
    )
    return channel, reading.lead[c], reading.delivered[c]


def _in_part(reading: Reading, c: int, node: Mapping, unit: str) -> tuple[ChangingLaw | None, ChangingLaw | None]:
    """What part of a shipment arrives, and what it lacks besides (conventions §8)."""
    values, part, less = reading.values, node.get("delivered"), node.get("short_by")
    share = None if part is None else values.said(part, lambda n: values.law(n, values.share))
    amount = (
        None if less is None else values.said(less, lambda n: values.law(n, lambda x: values.number(x, plural(unit))))
    )
    if part is not None and share is not None:
        if any(law.cdf(1.0) < 1.0 - BEYOND or law.cdf(-1e-12) > BEYOND for law in share.parts()):
            message = "a shipment arrives to no less than 0 % and no more than 100 %, and this law goes beyond"
            values.problems.add(
                "HF112", part, None, message, "write {beta: {mean: 90 %, cv: 0.1}} or {uniform: [80 %, 100 %]}"
            )
        law, factor = values.at_cover(share)
        reading.delivered[c] = min(1.0, law.mean() * factor)
        if reading.delivered[c] <= 0.0:
            message = "a channel that normally delivers nothing is no source"
            values.problems.add("HF109", part, None, message, "write more than 0 %, or close it with open: no")
            reading.delivered[c] = 1.0
    if less is not None and amount is not None and any(law.cdf(-1e-12) > BEYOND for law in amount.parts()):
        message = "no shipment lacks less than nothing, and this law goes below 0"
        values.problems.add("HF112", less, None, message, "write a law from 0 on, such as gamma or uniform")
    laws = (None if each is None else values.law_table(each) for each in (share, amount))
    return next(laws), next(laws)


def priced(reading: Reading, node: Node | None) -> tuple[Node | None, tuple[int, ...]]:
    """A price apart from the indices that it moves with: `{value: 0.35 USD/round, moves_with: [currency]}`."""
    if not isinstance(node, Mapping) or "moves_with" not in node:
        return node, ()
    indices = reading.values.names(node.entries["moves_with"], reading.names["prices"], "prices")
    rest = {key: child for key, child in node.items() if key != "moves_with"}
    return (rest["value"] if set(rest) == {"value"} else node.with_entries(rest)), indices


def _paid(reading: Reading, node: Node | None) -> float:
    if node is None:
        return 0.0
    return sum(
        share
        for index, share, _ in reading.values.shares(node, ["on_order", "on_receipt"], "ways to pay")
        if index == 0
    )


def inspections(reading: Reading) -> tuple[Inspection, ...]:
    """All inspections."""
    return tuple(_inspection(reading, name, node) for name, node in reading.section("inspections"))


def _inspection(reading: Reading, name: str, node: Mapping) -> Inspection:
    values = reading.values
    lot, hold, capacity, cost = (node.get(k) for k in ("lot", "hold", "capacity", "cost"))
    rejected = node.mapping("rejected")
    takes = rejected.get("takes")
    size = 0.0
    if lot is not None:
        unit = _unit_inspected(reading, name)
        size = values.positive(lot, plural(unit))
    law: Said[Law] = (
        values.said(hold, lambda n: values.law(n, values.periods)) if hold is not None else Said(Fixed(1.0))
    )
    return Inspection(
        name=name,
        title=values.text(node.get("title"), name),
        lot=size,
        accepts=_accepts(reading, node),
        hold=values.law_table(law),
        capacity=values.changing(capacity, lambda n: values.number(n, "lots/week") * values.period_days / 7, math.inf),
        rework=values.share(rejected.entries["rework"]) if "rework" in rejected else 0.0,
        rework_takes=1 if takes is None else values.whole_periods(takes, 1),
        cost=0.0 if cost is None else values.number(cost, f"{values.currency}/lot"),
    )


def _unit_inspected(reading: Reading, name: str) -> str:
    """The unit of what comes to an inspection."""
    for section in ("channels", "plants"):
        for _, node in reading.section(section):
            if reading.values.text(node.get("inspection")) != name:
                continue
            lines = [line for plant, _, line in reading.lines if reading.tree.get("plants", plant) is node]
            for block in [node, *lines]:
                units = {reading.units[g] for g in reading.known_goods(block.get("carries") or block.get("makes"))}
                if units:
                    return units.pop() if len(units) == 1 else UNKNOWN
    return reading.units[0] if reading.units else "unit"


def _accepts(reading: Reading, node: Mapping) -> float:
    """Probability that a lot is accepted: the OC curve over the law of defectives.

    Source: Montgomery, Introduction to Statistical Quality Control, ch. 15; the beta-binomial law.
    """
    values, plan, defective = reading.values, node.get("plan"), node.get("defective")
    if not isinstance(plan, Mapping) or "sample_size" not in plan or "acceptance_number" not in plan:
        return 1.0
    if defective is None:
        values.problems.add(
            "HF102", node, f"{node.path}.defective", "a plan needs the share that is defective", "add defective: 2 %"
        )
        return 1.0
    n, most = values.count(plan.entries["sample_size"], 1), values.count(plan.entries["acceptance_number"])
    if most >= n:
        values.problems.add(
            "HF109",
            plan.entries["acceptance_number"],
            None,
            f"every sample of {n} has at most {most} defectives",
            f"write less than {n}",
        )
        return 1.0
    law = values.law(defective, values.share)
    if isinstance(law, Fixed):
        p = law.value
        return math.fsum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(most + 1))
    if isinstance(law, Beta):
        return math.fsum(math.exp(_log_beta_binomial(k, n, law.a, law.b)) for k in range(most + 1))
    values.problems.add(
        "HF112",
        defective,
        None,
        "the share that is defective is a share or a beta law",
        "write {beta: {mean: 2 %, cv: 0.6}}",
    )
    return 1.0


def _log_beta_binomial(k: int, n: int, a: float, b: float) -> float:
    def log_beta(x: float, y: float) -> float:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    return math.log(math.comb(n, k)) + log_beta(k + a, n - k + b) - log_beta(a, b)


def stores(reading: Reading) -> tuple[tuple[Store, ...], tuple[Keep, ...], tuple[Link, ...]]:
    """All stores, what they keep, and the ways on which they supply each other."""
    found = []
    reading.links = []
    for s, (name, node) in enumerate(reading.section("stores")):
        indices = tuple(i for i, (store, _, _) in enumerate(reading.keeps) if store == s)
        use = tuple(reading.keep_use.get(reading.keeps[i][:2]) for i in indices)
        make = functools.partial(_store, reading, name, node, indices)
        found.append(reading.once(make, ("store", name, indices, use), node))
    keeps = tuple(_kept(reading, s, g, node) for s, g, node in reading.keeps)
    check_links(reading, keeps)
    return tuple(found), keeps, tuple(reading.links)


def _store(reading: Reading, name: str, node: Mapping, keeps: tuple[int, ...]) -> Store:
    values = reading.values
    kept = [reading.units[reading.keeps[i][1]] for i in keeps]
    unit = kept[0] if kept else UNKNOWN
    if len(set(kept)) > 1:
        at, message = (
            node.get("capacity") or node,
            f"goods counted in {' and '.join(sorted(set(kept)))} share this room",
        )
        values.problems.add("HF104", at, None, message, "keep them in stores of their own")
    use = sum(reading.keep_use.get(reading.keeps[i][:2], 0.0) for i in keeps)
    base = covers.Base(unit, use, 0.0, name)

    def amount(n: Node) -> float:
        return math.inf if values.text(n) == "unlimited" else covers.amount(values, n, base)

    accident = node.mapping("accident")
    overflow = node.get("overflow")
    destroys = accident.get("destroys")
    capacity = values.changing(node.get("capacity"), amount, math.inf)
    share, fixed = _holding(reading, node.get("holding_cost"), unit)
    outside = node.get("waiting_cost")
    waiting_share, waiting_fixed = (share, fixed) if outside is None else _holding(reading, outside, unit)
    return Store(
        name=name,
        title=values.text(node.get("title"), name),
        capacity=capacity,
        overflow="waits" if overflow is None else values.one_of(overflow, ["refused", "waits"]),  # type: ignore[arg-type]
        room=_room(reading, name, node, unit, capacity),
        holding_cost=share,
        holding_fixed=fixed,
        waiting_cost=waiting_share,
        waiting_fixed=waiting_fixed,
        open=values.changing(node.get("open"), values.yes_no, 1.0),
        accident_rate=values.changing(accident.get("rate"), values.per_period, 0.0),
        accident_destroys=Fixed(0.0) if destroys is None else values.law(destroys, values.share),
        keeps=keeps,
    )


def _room(reading: Reading, name: str, node: Mapping, unit: str, capacity: Changing) -> float:
    """Money for room beyond the base scenario's (conventions §17)."""
    values, cost = reading.values, node.get("room_cost")
    if cost is None:
        return 0.0
    price = values.number(cost, f"{values.currency}/{unit}")
    before = reading.base.get("stores", name, "capacity")
    now = capacity.first
    if before is None or values.text(before) == "unlimited":
        return 0.0
    if math.isinf(now):
        at = node.get("capacity") or node
        values.problems.add("HF202", at, None, "unlimited room has no cost, but room_cost is said", "write an amount")
        return 0.0
    base = covers.Base(
        unit, sum(reading.keep_use.get(k[:2], 0.0) for k in reading.keeps if reading.names["stores"][k[0]] == name)
    )
    was = math.prod(values.said(before, lambda n: covers.amount(values, n, base)).at(0, {}))
    return price * max(0.0, now - was)


def _holding(reading: Reading, node: Node | None, unit: str) -> tuple[float, float]:
    """A cost of what is held or waits: share of value per period, and money per unit and period."""
    values = reading.values
    if node is None:
        return 0.0, 0.0
    if isinstance(node, Mapping):
        if (of := node.get("of")) is not None:
            values.one_of(of, ["value"])
        rate = node.get("value")
        return (values.per_period(rate) if rate is not None else 0.0), 0.0
    if "%" in values.text(node):
        return values.per_period(node), 0.0
    return 0.0, values.number(node, f"{values.currency}/{unit}/week") * values.period_days / 7


def _kept(reading: Reading, s: int, g: int, node: Mapping) -> Keep:
    """A keep; the ways on which it is supplied by other stores go to the links."""
    before, channels = len(reading.links), range(len(reading.section("channels")))
    leads = tuple((reading.lead[c], reading.delivered[c], inspected(reading, c, g)) for c in channels)
    what = ("keep", s, g, before, reading.keep_use.get((s, g)), leads)
    keep, reading.links[before:] = reading.once(
        lambda: (_keep(reading, s, g, node), reading.links[before:]), what, node, reading.tree.get("channels")
    )
    return keep


def _keep(reading: Reading, s: int, g: int, node: Mapping) -> Keep:
    values = reading.values
    store, good = reading.names["stores"][s], reading.names["goods"][g]
    use = reading.keep_use.get((s, g), 0.0)
    block, opening = node.get("ordering"), node.mapping("opening")
    base = covers.Base(reading.units[g], use, None, f"{good} in {store}", (s, g) in reading.keep_use)
    rule: Ordering | None = None
    sources: list[Source] = []
    way = opening.get("under_way")
    if isinstance(block, Mapping):
        rule, sources = ordering(reading, block, (s, g), base)
        way = way if sources else None  # what is wrong with the ordering has been said
    life, width = _shelf_life(reading, node.get("shelf_life"))
    issue, on_hand, disposal = node.get("issue"), opening.get("on_hand"), node.get("disposal_cost")
    return Keep(
        store=s,
        good=g,
        on_hand=0.0 if on_hand is None else covers.amount(values, on_hand, base, reading.notes),
        under_way=under_way(reading, way, sources, base),
        shelf_life=life,
        age_class=width,
        issue="oldest_first"
        if issue is None
        else values.one_of(issue, ["oldest_first", "youngest_first", "at_random"]),  # type: ignore[arg-type]
        use=use,
        ordering=rule,
        disposal_cost=0.0 if disposal is None else values.number(disposal, f"{values.currency}/{reading.units[g]}"),
    )


def _shelf_life(reading: Reading, node: Node | None) -> tuple[int, int]:
    """Shelf life and width of an age class, in periods; a whole number of classes."""
    values = reading.values
    if node is None:
        return NEVER, 1
    if isinstance(node, Mapping):
        time, each = node.get("value"), node.get("in_classes_of")
        if time is None:
            values.problems.add(
                "HF102", node, None, "a shelf life says its time", "write {value: 15 years, in_classes_of: 1 year}"
            )
            return NEVER, 1
        life = values.time(time)
        wide = values.time(each) if each is not None else 1.0
        width = max(1, round(wide))
        if life < wide:
            values.problems.add(
                "HF109", node, None, "the shelf life is shorter than its age class", "write narrower classes"
            )
        return max(1, round(life / width)) * width, width
    periods = values.periods(node)
    if periods < 1:
        message = f"the shelf life {values.text(node)} is shorter than a period"
        values.problems.add("HF109", node, None, message, "write a longer one, or a shorter clock.period")
    return max(1, math.floor(periods + 0.5)), 1


def inspected(reading: Reading, c: int, g: int) -> float:
    """Mean time that arrivals of a channel spend in inspection (conventions §6)."""
    if c not in reading.holds:
        reading.holds[c] = _hold(reading, c)
    hold, lot = reading.holds[c]
    return hold + (lot / (2.0 * reading.good_use[g]) if reading.good_use[g] > 0 else 0.0)


def _hold(reading: Reading, c: int) -> tuple[float, float]:
    """Mean hold of arrivals of a channel, and the lot that is gathered for it; what is wrong is noted elsewhere."""
    values, (_, node) = reading.values, reading.section("channels")[c]
    name = values.text(node.get("inspection"))
    block = reading.tree.get("inspections", name) if name else None
    if not isinstance(block, Mapping):
        return 0.0, 0.0
    before = len(values.problems)
    others = (reading.tree.get(section) for section in ("channels", "plants"))
    one = reading.once(lambda: _inspection(reading, name, block), ("inspected", name), block, *others)
    del values.problems.found[before:]
    law, factor = one.hold.laws[0], one.hold.scale.first
    return max(1.0, law.mean() * factor), one.lot
