"""Ordering in numbers: rules, sources and what is under way at the start (conventions §7)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from holdfast.parts.ordering import CAPPED, NEEDS, TWO_SOURCES
from holdfast.parts.world import Changing, Ordering
from holdfast.spec.resolve import covers
from holdfast.spec.resolve.sources import Source, sources
from holdfast.spec.resolve.values import constant
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence
from holdfast.terms import plural

if TYPE_CHECKING:
    from holdfast.parts.laws import Law
    from holdfast.spec.resolve.values import Said, Values
    from holdfast.spec.resolve.world import Reading

LEVELS = ("order_up_to", "reorder_point", "order_quantity", "expedite_up_to", "order_at_most")
FAINT = 1e-6
"""Probability below which a lead time is not followed further, when the flow under way at the start is laid out."""

LONGEST = 5000
"""[periods] Longest lead time that is laid out."""


def ordering(
    reading: Reading, node: Mapping, keep: tuple[int, int], base: covers.Base
) -> tuple[Ordering | None, list[Source]]:
    """The rule that orders a good for a store, and its sources; `keep` is (store, good)."""
    g = keep[1]
    values = reading.values
    kind_node, review_node = node.get("kind"), node.get("review_period")
    if kind_node is None or review_node is None:
        return None, []
    kind = values.one_of(kind_node, NEEDS)
    review = values.whole_periods(review_node, 1)
    found = _two(reading, node, kind) if kind in TWO_SOURCES else sources(reading, node, keep)
    _carried(reading, found, g)
    _fields(values, node, kind)
    leads = _leads(reading, found, kind, g)
    tables = _levels(reading, node, base, leads, review)
    _order_of_levels(reading, node, kind, g, tables)
    if_full, active = node.get("if_full"), node.get("while")
    if len(found) > 1 and any(each.way is None for each in found) and if_full is None and kind not in TWO_SOURCES:
        message = "say what becomes of an order that a channel cannot take"
        values.problems.add("HF102", node, f"{node.path}.if_full", message, "add if_full: reroute, or if_full: wait")
    rule = Ordering(
        kind=kind,  # type: ignore[arg-type]
        review_period=review,
        channels=tuple(source.channel for source in found),
        shares=tuple(source.table for source in found),
        reroute=if_full is not None and values.one_of(if_full, ["reroute", "wait"]) == "reroute",
        active=None if active is None else values.condition(active),
        levels=_vector(reading, node, kind, found, base._replace(beyond=leads[0] + review)),
        **tables,
    )
    return rule, found


def _leads(reading: Reading, sources: list[Source], kind: str, g: int) -> tuple[float, float]:
    """[periods] Mean lead time and inspection behind order_up_to and behind expedite_up_to."""
    from holdfast.spec.resolve.flow import inspected

    leads = [_lead(reading, source) for source in sources]
    parts = [_part(reading, source) for source in sources]
    waits = [inspected(reading, source.channel, g) if source.way is None else 0.0 for source in sources]
    if kind in TWO_SOURCES and sources:
        each = [lead / part + wait for lead, part, wait in zip(leads, parts, waits, strict=True)]
        return each[0], each[-1]
    whole = sum(source.share for source in sources) or 1.0
    arrives = delivered(reading, sources)
    mean = sum(
        source.share / whole * (lead + part * wait) / arrives
        for source, lead, part, wait in zip(sources, leads, parts, waits, strict=True)
    )
    return mean, mean


def delivered(reading: Reading, sources: list[Source]) -> float:
    """The part of what is ordered that arrives on average, over the sources (conventions §6)."""
    whole = sum(source.share for source in sources) or 1.0
    return 1.0 - sum(source.share / whole * (1.0 - _part(reading, source)) for source in sources)


def _part(reading: Reading, source: Source) -> float:
    """The part of what is ordered from one source that arrives on average; from a store, all of it."""
    return reading.delivered[source.channel] if source.way is None else 1.0


def _lead(reading: Reading, source: Source) -> float:
    """[periods] Mean lead time of one source, at clock.cover_at."""
    if source.way is None:
        return reading.lead[source.channel]
    law, factor = reading.values.at_cover(source.way)
    return law.mean() * factor


def _carried(reading: Reading, sources: list[Source], g: int) -> None:
    """Notes sources that do not carry the good."""
    good = reading.names["goods"][g]
    for source in (each for each in sources if each.way is None):
        carries = reading.section("channels")[source.channel][1].get("carries")
        names = [carries] if isinstance(carries, Scalar) else list(getattr(carries, "items", ()))
        if (
            carries is not None
            and not isinstance(carries, Mapping)
            and good not in [reading.values.text(name) for name in names]
        ):
            channel = reading.names["channels"][source.channel]
            fix = f"add {good} to channels.{channel}.carries, or order from another channel"
            reading.values.problems.add("HF202", source.node, None, f"{channel} does not carry {good}", fix)


def _fields(values: Values, node: Mapping, kind: str) -> None:
    """Notes levels that a rule lacks or does not use."""
    needs = (*NEEDS[kind], *(("regular", "expedited") if kind in TWO_SOURCES else ("from",)))
    needs += ("order_at_most",) if kind in CAPPED else ()
    for key in NEEDS[kind]:
        if key not in node:
            message = f"'{key}' must be said for {kind}"
            values.problems.add("HF102", node, f"{node.path}.{key}", message, f"add {key}: ...")
    for key in (*LEVELS, "levels", "regular", "expedited", "from"):
        if key in node and key not in needs:
            message, fix = f"{kind} does not use {key}", f"it uses {', '.join(needs)}"
            values.problems.add("HF101", node.key_place(key), f"{node.path}.{key}", message, fix)


def _levels(
    reading: Reading, node: Mapping, base: covers.Base, leads: tuple[float, float], review: int
) -> dict[str, Changing | None]:
    """The levels that a rule is told, in the unit of the good."""
    found: dict[str, Changing | None] = {}
    for key in LEVELS:
        child, beyond = node.get(key), leads[key == "expedite_up_to"] + review
        found[key] = None if child is None else _level(reading, child, base._replace(beyond=beyond))
    return found


def _level(reading: Reading, node: Node, base: covers.Base) -> Changing:
    values = reading.values
    return values.changing(node, lambda n: covers.amount(values, n, base, reading.notes), 0.0)


def _vector(reading: Reading, node: Mapping, kind: str, sources: list[Source], base: covers.Base) -> tuple[float, ...]:
    """The levels of vector_base_stock, in the unit of the good."""
    listed = node.get("levels")
    if kind != "vector_base_stock" or listed is None:
        return ()
    problems = reading.values.problems
    if not isinstance(listed, Sequence) or not listed.items:
        fix = "write levels: [80 units, 60 units], the first of the whole position"
        problems.add("HF103", listed, None, "levels are a list of amounts", fix)
        return ()
    if len(sources) > 1 or any(source.way is not None for source in sources):
        message, fix = "vector_base_stock orders from one channel", "name one channel, or use kind: base_stock"
        problems.add("HF103", node.entries["from"], None, message, fix)
    return tuple(covers.amount(reading.values, item, base, reading.notes) for item in listed.items)


def _two(reading: Reading, node: Mapping, kind: str) -> list[Source]:
    """The regular and the expedited channel."""
    values, found = reading.values, []
    for key, share in (("regular", 1.0), ("expedited", 0.0)):
        child = node.get(key)
        if child is None:
            message = f"'{key}' must be said for {kind}"
            values.problems.add("HF102", node, f"{node.path}.{key}", message, f"add {key}: CHANNEL")
        elif values.text(child) in set(reading.names["stores"]) - set(reading.names["channels"]):
            message, fix = (
                f"{kind} orders from channels, not from stores, yet",
                "name a channel, or use kind: base_stock",
            )
            values.problems.add("HF113", child, None, message, fix)
        elif (c := values.name(child, reading.names["channels"], "channels")) >= 0:
            found.append(Source(c, share, constant(share), child))
    if len({source.channel for source in found}) < len(found):
        fix = "name two channels"
        values.problems.add("HF204", found[1].node, None, "regular and expedited are the same channel", fix)
    return found


def _order_of_levels(reading: Reading, node: Mapping, kind: str, g: int, tables: dict[str, Changing | None]) -> None:
    """A reorder point above the order-up-to level orders what restores nothing."""
    point, level = tables["reorder_point"], tables["order_up_to"]
    if kind == "s_S" and point is not None and level is not None and point.most > level.least:
        at = node.entries["order_up_to"]
        unit = plural(reading.units[g])
        low, high = (f"{covers.short(each)} {unit}" for each in (level.least, point.most))
        levels = f"order_up_to ({low}) is below reorder_point ({high})"
        message = f"{levels}, so no order restores stock"
        reading.values.problems.add("HF204", at, None, message, "raise order_up_to, or use kind: r_Q")
    quantity = tables["order_quantity"]
    if quantity is not None and quantity.least <= 0:
        reading.values.problems.add(
            "HF109", node.entries["order_quantity"], None, "an order quantity must be more than 0", "write more than 0"
        )


def under_way(
    reading: Reading, node: Node | None, sources: list[Source], base: covers.Base
) -> tuple[tuple[int, float, int], ...]:
    """What was ordered before the start (conventions §7)."""
    values = reading.values
    if node is None or values.text(node) == "none":
        return ()
    if isinstance(node, Mapping):
        if not sources:
            values.problems.add(
                "HF202", node, None, "goods under way need an ordering", "add ordering, or write under_way: none"
            )
            return ()
        out = []
        for when, child in node.items():
            period = values.date(Scalar(when, node.key_place(when), f"{node.path}.{when}"))
            if period < 0:
                values.problems.add(
                    "HF106",
                    node.key_place(when),
                    node.path,
                    f"'{when}' lies before the start",
                    "write a date from the start on",
                )
            out.append((max(0, period), covers.amount(values, child, base, reading.notes), sources[0].channel))
        return tuple(out)
    if values.one_of(node, ["steady", "none"]) == "steady" and not sources:
        values.problems.add(
            "HF202", node, None, "nothing is ordered here, so nothing is under way", "write under_way: none"
        )
    out = []
    whole = sum(source.share for source in sources) or 1.0
    arrives = delivered(reading, sources)
    for source in sources:
        c, share = source.channel, source.share / whole
        way = source.way or _way_of(reading, c)
        if way is None or share == 0 or base.use == 0:
            continue
        law, factor = values.at_cover(way)
        out += _steady(law, factor, base.use * share / arrives, c)
    return tuple(out)


def _way_of(reading: Reading, c: int) -> Said[Law] | None:
    """The lead time of a channel; what is wrong with it is noted elsewhere."""
    values, lead = reading.values, reading.section("channels")[c][1].get("lead_time")
    if lead is None:
        return None
    before = len(values.problems)
    said = reading.once(lambda: values.said(lead, lambda n: values.law(n, values.periods)), "way", lead)
    del values.problems.found[before:]
    return said


@functools.lru_cache(maxsize=64)
def _steady(law: Law, factor: float, flow: float, channel: int) -> tuple[tuple[int, float, int], ...]:
    """What a steady flow has on order: period, amount and channel. Most worlds of a scenario have it in common."""
    return tuple((s, flow * rest, channel) for s, rest in enumerate(_late(law, factor), 1))


@functools.lru_cache(maxsize=64)
def _late(law: Law, factor: float) -> tuple[float, ...]:
    """P(lead time > s) for s = 1, 2, ... periods, until it is faint."""
    found: list[float] = []
    while factor > 0 and len(found) < LONGEST and (rest := 1.0 - law.cdf((len(found) + 1) / factor)) > FAINT:
        found.append(rest)
    return tuple(found)
