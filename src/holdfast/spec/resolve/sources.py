"""Where an ordering gets its goods: channels, and other stores with the way from them (conventions §7, §25)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from holdfast.errors import did_you_mean
from holdfast.parts.laws import Fixed
from holdfast.parts.world import Changing, Keep, Link
from holdfast.spec.resolve.values import Said, key_of
from holdfast.spec.tree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from holdfast.parts.laws import Law
    from holdfast.spec.resolve.values import Values
    from holdfast.spec.resolve.world import Reading

WAY: Final = ("share", "lead_time", "cost")
"""What may be said of a store as a source."""
EXAMPLE: Final = (
    "write from: {reserve: {lead_time: 2 weeks}}, or with several sources {share: 60 %, lead_time: 2 weeks}"
)


class Source(NamedTuple):
    """A channel that is ordered from, or another store."""

    channel: int
    """As in Ordering.channels: a channel, or a link."""
    share: float
    """At clock.cover_at."""
    table: Changing
    """The share as it changes."""
    node: Node
    way: Said[Law] | None = None
    """Lead time from another store; None for a channel."""


@dataclass
class Named:
    """A source as it is named, before it is a channel or a link."""

    at: Node
    said: list[Mapping] = field(default_factory=list)
    """Blocks that say more than a share."""


def sources(reading: Reading, node: Mapping, keep: tuple[int, int]) -> list[Source]:
    """The sources of a rule and their shares: one, or shares of several, or either as a value that changes."""
    values, child = reading.values, node.get("from")
    if child is None:
        fix = "add from: CHANNEL, or shares of channels"
        values.problems.add("HF102", node, f"{node.path}.from", "say where it is ordered", fix)
        return []
    names = _Names(reading)
    said = values.said(child, names.shares)
    usual, factor = values.at_cover(said)
    if factor != 1.0:
        fix = "write the shares themselves"
        values.problems.add("HF103", child, None, "shares are replaced, not multiplied", fix)
    out = []
    for name, named in names.found.items():
        share, table = usual.get(name, 0.0), values.table(said, partial(_share_of, name=name))
        if name in reading.names["channels"]:
            out.append(Source(reading.names["channels"].index(name), share, table, named.at))
        elif (way := _way(reading, node, name, named, keep)) is not None:
            number = len(reading.names["channels"]) + len(reading.links)
            reading.links.append(way[0])
            out.append(Source(number, share, table, named.at, way[1]))
    return out


def store_shares(reading: Reading, node: Mapping) -> dict[int, float]:
    """Share of each store among the sources of an ordering, at clock.cover_at; what is wrong is noted elsewhere."""
    child, names = node.get("from"), reading.names["stores"]
    if child is None or not any(name in names for name in _words(child)):
        return {}
    before = len(reading.values.problems)
    usual, _ = reading.values.at_cover(reading.values.said(child, _Names(reading).shares))
    del reading.values.problems.found[before:]
    return {names.index(name): share for name, share in usual.items() if name in names}


def _words(node: Node) -> set[str]:
    """Every key and text in a node."""
    if isinstance(node, Mapping):
        return set(node.entries).union(*(_words(child) for child in node.entries.values()))
    return {node.text} if isinstance(node, Scalar) else set()


def _share_of(shares: dict[str, float], name: str) -> float:
    """The share of a source; 0 where it is not named."""
    return shares.get(name, 0.0)


class _Names:
    """Reads shares of sources, and gathers what is said of each."""

    def __init__(self, reading: Reading) -> None:
        self.values: Values = reading.values
        self.channels, self.stores = reading.names["channels"], reading.names["stores"]
        self.plants = reading.names["plants"]
        self.found: dict[str, Named] = {}

    def shares(self, node: Node) -> dict[str, float]:
        """Share of each source by its name."""
        asked = {name: key_of(node, name) for name in node.entries} if isinstance(node, Mapping) else {}
        if not isinstance(node, Mapping):
            asked = {node.text: node} if isinstance(node, Scalar) else {}
        known_ones = [self._known(name, at, node) for name, at in asked.items()]  # all of them are looked at
        if not all(known_ones):
            return {}
        known = [*self.channels, *self.stores]
        plain = self._plain(node) if isinstance(node, Mapping) else node
        before, out = len(self.values.problems), {}
        shares = self.values.shares(plain, known, "channels and stores")
        if isinstance(node, Mapping) and self._lacks(node):  # then what is left does not add up, as it were
            del self.values.problems.found[before:]
        for index, share, _ in shares:
            name = known[index]
            child = node.entries[name] if isinstance(node, Mapping) else node
            named = self.found.setdefault(name, Named(child))
            named.said += [child] if isinstance(child, Mapping) else []
            out[name] = share
        return out

    def _known(self, name: str, at: Node, node: Node) -> bool:
        """Whether a name is one source; notes a plant, and a name that two have."""
        if name in self.channels and name in self.stores:
            message = f"a channel and a store are called '{name}'"
            self.values.problems.add("HF014", at, None, message, "give one of them another name")
        if name in self.plants and name not in self.channels and name not in self.stores:
            message = f"ordering from '{name}', which is no channel or store, is not supported yet"
            fix = "order from channels and stores; a plant fills its own store"
            self.values.problems.add("HF113", node, None, message, fix)
            return False
        return True

    def _plain(self, node: Mapping) -> Mapping:
        """The sources with their shares alone; a single one has all."""
        entries: dict[str, Node] = {}
        for name, child in node.items():
            entries[name] = self._share(name, child, len(node) == 1) if isinstance(child, Mapping) else child
        return node.with_entries(entries)

    @staticmethod
    def _lacks(node: Mapping) -> bool:
        """Whether one of several sources has no share."""
        return len(node) > 1 and any(
            isinstance(child, Mapping) and "share" not in child for child in node.entries.values()
        )

    def _share(self, name: str, child: Mapping, alone: bool) -> Node:
        """The share in a block, which may also say how goods come from a store."""
        problems = self.values.problems
        for key in child.entries:
            if key in WAY[1:] and name in self.channels and name not in self.stores:
                message, fix = f"{key} of {name} stands in channels.{name}", f"write it there; here {name}: 60 %"
                problems.add("HF101", child.key_place(key), f"{child.path}.{key}", message, fix)
            elif key not in WAY:
                message = f"'{key}' is not a field of a source"
                problems.add("HF101", child.key_place(key), f"{child.path}.{key}", message, did_you_mean(key, WAY))
        if "share" in child:
            return child.entries["share"]
        if not alone:
            message = "several sources need a share each"
            problems.add("HF102", child, f"{child.path}.share", message, "add share: 60 %, say")
        return Scalar("100 %", child.place, child.path)


def _way(
    reading: Reading, node: Mapping, name: str, named: Named, keep: tuple[int, int]
) -> tuple[Link, Said[Law]] | None:
    """The way from another store, and its lead time as said; None with a problem where there can be none."""
    values, (store, good) = reading.values, keep
    origin = reading.names["stores"].index(name)
    here, what = reading.names["stores"][store], reading.names["goods"][good]
    if origin == store:
        values.problems.add("HF205", named.at, None, f"{here} orders from itself", "order from another store")
        return None
    kept = {(s, g): i for i, (s, g, _) in enumerate(reading.keeps)}
    if (origin, good) not in kept:
        fix = f"add {what} to stores.{name}.keeps, or order from another store"
        values.problems.add("HF202", named.at, None, f"{name} does not keep {what}", fix)
        return None
    lead, cost = (_once(values, named, key) for key in ("lead_time", "cost"))
    if lead is None:
        message = f"say how long {what} takes from {name} to {here}"
        values.problems.add("HF102", named.at, f"{node.path}.from.{name}.lead_time", message, EXAMPLE)
    law: Said[Law] = Said(Fixed(0.0)) if lead is None else values.said(lead, lambda n: values.law(n, values.periods))
    money = 0.0 if cost is None else values.number(cost, f"{values.currency}/{reading.units[good]}")
    return Link(kept[origin, good], kept[store, good], values.law_table(law), money), law


def _once(values: Values, named: Named, key: str) -> Node | None:
    """What is said of a source in one of the places where it is named; a second, other one is a problem."""
    said = [block.entries[key] for block in named.said if key in block]
    for other in said[1:]:
        if _plainly(other) != _plainly(said[0]):
            message = f"{key} is said in two ways"
            fix = f"say it once, and let it change: {key}: {{usually: ..., while: ...}}"
            values.problems.add("HF304", other, None, message, fix)
    return said[0] if said else None


def _plainly(node: Node) -> object:
    """What a node says, wherever it stands."""
    if isinstance(node, Mapping):
        return {key: _plainly(child) for key, child in node.items()}
    return node.text if isinstance(node, Scalar) else [_plainly(item) for item in node.items]


def check_links(reading: Reading, keeps: tuple[Keep, ...]) -> None:
    """Notes stores that order from each other in a circle, and goods whose ages would have to travel."""
    problems = reading.values.problems
    for link in reading.links:
        circle = _circle(reading.links, link)
        block = reading.keeps[link.keep][2].get("ordering")
        at = (block.get("from") if isinstance(block, Mapping) else None) or reading.keeps[link.keep][2]
        names = [reading.names["stores"][keeps[i].store] for i in circle]
        if circle and link.keep == min(circle):
            message = f"stores order from each other in a circle: {' from '.join([*names, names[0]])}"
            problems.add("HF205", at, None, message, "let the first store order from a channel")
        for i in dict.fromkeys((link.keep, link.origin)):
            life = reading.keeps[i][2].get("shelf_life")
            if life is not None:
                where, what = reading.names["stores"][keeps[i].store], reading.names["goods"][keeps[i].good]
                message = f"{what} has a shelf life in {where}, and ages do not travel between stores yet"
                problems.add("HF113", life, None, message, "order from channels, or let it keep for ever")


def _circle(links: list[Link], start: Link) -> list[int]:
    """The keeps of a circle that a link is part of, each ordering from the next; empty where there is none."""
    before: dict[int, int] = {start.origin: start.keep}
    todo = [start.origin]
    while todo:
        here = todo.pop()
        if here == start.keep:
            trail = [before[here]] if here != start.origin else []
            while trail and trail[-1] != start.keep:
                trail.append(before[trail[-1]])
            return trail[::-1]
        for link in links:
            if link.keep == here and link.origin not in before:
                before[link.origin] = here
                todo.append(link.origin)
    return []
