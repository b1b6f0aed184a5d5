"""Whether nothing came from nowhere and nothing vanished: conservation, in every period (§21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference.making import origins, sources
from reference.names import keep_name, link_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from holdfast.parts.world import World

TOLERANCE = 1e-9
"""Of what a balance may miss, relative to 1 + the sum of its absolute terms + what ever went in."""

Term = tuple[float, str]


def check(world: World, records: Mapping[str, Sequence[float]]) -> list[str]:
    """What does not add up, as one line for each balance and its first period; empty if all does."""
    found = _goods(world, records)
    found += [_balance(f"store {keep_name(world, i)}", *_keep(world, i), records) for i in range(len(world.keeps))]
    for i in range(len(world.keeps)):
        for c in sources(world, i):
            name = f"channels.{world.channels[c].name}.{keep_name(world, i)}"
            opening = sum(amount for _, amount, channel in world.keeps[i].under_way if channel == c)
            terms = [
                (1.0, f"{name}.ordered"),
                (-1.0, f"{name}.received"),
                (-1.0, f"{name}.lost"),
                (-1.0, f"{name}.missing"),
            ]
            found.append(_balance(name, opening, terms, [f"{name}.on_order"], records))
    for number, link in enumerate(world.links):
        name, source = link_name(world, number), len(world.channels) + number
        opening = sum(amount for _, amount, c in world.keeps[link.keep].under_way if c == source)
        found.append(
            _balance(
                f"{name}, owed", 0.0, [(1.0, f"{name}.ordered"), (-1.0, f"{name}.shipped")], [f"{name}.owed"], records
            )
        )
        terms = [(1.0, f"{name}.shipped"), (-1.0, f"{name}.received")]
        found.append(_balance(name, opening, terms, [f"{name}.under_way"], records))
    for i, inspection in enumerate(world.inspections):
        for origin, keep, _ in origins(world, i):
            name = f"inspections.{inspection.name}.{origin}.{keep_name(world, keep)}"
            terms = [(1.0, f"{name}.entered"), (-1.0, f"{name}.accepted"), (-1.0, f"{name}.scrapped")]
            found.append(_balance(name, 0.0, terms, [f"{name}.inside"], records))
    found += [line for u in range(len(world.uses)) for line in _use(world, u, records)]
    return [line for line in found if line]


def _goods(world: World, records: Mapping[str, Sequence[float]]) -> list[str]:
    """§21 itself, for each good.

    A line of several goods records its output as one number. Goods that such lines make are balanced together.
    """
    together = {g for line in world.lines if len(line.goods) > 1 for g in line.goods}
    together |= {g for line in world.lines for g in line.goods if together.intersection(line.goods)}
    groups = [[g] for g in range(len(world.goods)) if g not in together]
    groups += [sorted(together)] if together else []
    found = []
    for group in groups:
        parts = [_good(world, g) for g in group]
        terms = [term for part in parts for term in part[1]]
        terms += [
            (1.0, f"lines.{world.plants[line.plant].name}.{line.name}.output")
            for line in world.lines
            if line.goods[0] in group
        ]
        levels = [level for part in parts for level in part[2]]
        what = " and ".join(f"good {world.goods[g].name}" for g in group)
        found.append(_balance(what, sum(part[0] for part in parts), terms, levels, records))
    return found


def _good(world: World, good: int) -> tuple[float, list[Term], list[str]]:
    """Opening, flows and closing levels of a good over all places, but for what lines make."""
    terms: list[Term] = []
    levels: list[str] = []
    opening = 0.0
    for i, keep in enumerate(world.keeps):
        if keep.good != good:
            continue
        name = keep_name(world, i)
        opening += keep.on_hand
        terms += [(1.0, f"channels.{world.channels[c].name}.{name}.received") for c in sources(world, i)]
        terms += [(-1.0, f"stores.{name}.{x}") for x in ("issued", "taken", "expired", "destroyed", "refused")]
        levels += [f"stores.{name}.on_hand", f"stores.{name}.waiting"]
        for n, inspection in enumerate(world.inspections):
            for origin, k, _ in origins(world, n):
                if k == i:
                    flow = f"inspections.{inspection.name}.{origin}.{name}"
                    terms.append((-1.0, f"{flow}.scrapped"))
                    levels.append(f"{flow}.inside")
    for number, link in enumerate(world.links):
        if world.keeps[link.keep].good == good:
            source = len(world.channels) + number
            opening += sum(amount for _, amount, c in world.keeps[link.keep].under_way if c == source)
            levels.append(f"{link_name(world, number)}.under_way")
    return opening, terms, levels


def _keep(world: World, index: int) -> tuple[float, list[Term], list[str]]:
    """What entered a store and what left it."""
    name = f"stores.{keep_name(world, index)}"
    terms = [(1.0, f"{name}.entered")]
    terms += [(-1.0, f"{name}.{x}") for x in ("issued", "taken", "expired", "destroyed")]
    terms += [
        (-1.0, f"{link_name(world, number)}.shipped") for number, link in enumerate(world.links) if link.origin == index
    ]
    return world.keeps[index].on_hand, terms, [f"{name}.on_hand"]


def _balance(
    what: str, opening: float, terms: list[Term], levels: list[str], records: Mapping[str, Sequence[float]]
) -> str:
    """One balance in every period: levels before + flows = levels after."""
    before = opening
    ever = abs(opening)
    if not levels:
        return ""
    for t in range(len(records[levels[0]])):
        flows = sum(sign * records[name][t] for sign, name in terms)
        size = sum(abs(records[name][t]) for _, name in terms)
        after = sum(records[name][t] for name in levels)
        ever += size
        if abs(before + flows - after) > TOLERANCE * (1 + ever):
            return f"{what}, period {t}: {before!r} before, {flows!r} flowed, {after!r} after"
        if any(records[name][t] < -TOLERANCE * (1 + ever) for name in levels):
            return f"{what}, period {t}: a level is below 0"
        before = after
    return ""


def _use(world: World, index: int, records: Mapping[str, Sequence[float]]) -> list[str]:
    """What a consumer wanted, got and is owed."""
    use = world.uses[index]
    consumer = world.consumers[use.consumer]
    name = f"consumers.{consumer.name}.{world.goods[use.good].name}"

    def term(sign: float, what: str) -> Term:
        return sign, f"{name}.{what}"

    found = [_even(name, [term(1, "demand"), term(-1, "saved"), term(-1, "wanted")], records)]
    found.append(_even(name, [term(1, "wanted"), term(-1, "served"), term(-1, "unmet")], records))
    if consumer.backordered:
        # own stock + received + new need = what is left of the stock and of the need
        terms = [term(1, "received"), term(-1, "wanted")]
        found.append(_difference(name, use.own_opening, terms, f"{name}.own_stock", f"{name}.backorders", records))
    else:
        terms = [term(1, "received"), term(-1, "served")]
        found.append(_balance(name, use.own_opening, terms, [f"{name}.own_stock"], records))
    return found


def _even(what: str, terms: list[Term], records: Mapping[str, Sequence[float]]) -> str:
    """Flows of one period that add up to nothing."""
    for t in range(len(records[terms[0][1]])):
        parts = [sign * records[name][t] for sign, name in terms]
        if abs(sum(parts)) > TOLERANCE * (1 + sum(abs(x) for x in parts)):
            return f"{what}, period {t}: {' and '.join(name for _, name in terms)} do not add up"
    return ""


def _difference(
    what: str, opening: float, terms: list[Term], plus: str, minus: str, records: Mapping[str, Sequence[float]]
) -> str:
    """A balance of one level less another."""
    before, ever = opening, abs(opening)
    for t in range(len(records[plus])):
        flows = sum(sign * records[name][t] for sign, name in terms)
        ever += sum(abs(records[name][t]) for _, name in terms)
        after = records[plus][t] - records[minus][t]
        if abs(before + flows - after) > TOLERANCE * (1 + ever):
            return f"{what}, period {t}: {before!r} before, {flows!r} flowed, {after!r} after"
        before = after
    return ""
