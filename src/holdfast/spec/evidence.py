"""What each number rests on: taken out of the tree at loading into a table by path.

The tree that is left is plain, so the types of the model are plain too, and an overlay keeps the evidence of what it
says. A number is *stated* (a source says it), *derived* (reckoned from what sources say) or *assumed*. What a law or a
block rests on holds for every number in it that says nothing else; a number with only a range rests on the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from holdfast.errors import Place, Problems, did_you_mean
from holdfast.spec.quantities import QuantityError, Units, date, times
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

Kind = Literal["stated", "derived", "assumed"]

KEYS: Final = ("source", "sources", "quote", "derived", "assumed", "between")
WORLD: Final = frozenset(
    ["money", "regimes", "prices", "signals", "channels", "plants", "inspections", "stores", "consumers"]
)
"""Sections whose numbers are counted."""
OWN_BETWEEN: Final = frozenset({"uniform"})
"""Laws of which `between` is a parameter."""
CHOSEN: Final = frozenset(
    [
        "price_year",
        "level",
        "ordering",
        "production",
        "plan",
        "lot",
        "served_above",
        "priority",
        "below",
        "until",
        "for",
        "in_classes_of",
    ]
)
"""Fields that are chosen, not known: rules, thresholds, bases. Their numbers count only where they carry evidence."""
UNIT: Final = ("usually", "1")
"""What a factor is while nothing changes it: no claim about the world."""


class Evidence(NamedTuple):
    """What one number rests on, or a law or block in which there is no number."""

    path: str
    """Where it was written."""
    place: Place
    value: str
    """Its text; empty for a law or block."""
    kind: Kind
    said: bool
    """Whether the scenario says so; else it counts as assumed because nothing is said."""
    how: str = ""
    """How it was derived, or why it was assumed."""
    sources: tuple[str, ...] = ()
    quote: str = ""
    low: str = ""
    """Text of the lower end of `between`; empty for no range."""
    high: str = ""
    hindsight: bool = False
    """Whether a source is dated after clock.start."""

    @property
    def section(self) -> str:
        """The section in which it was written."""
        return self.path.partition(".")[0]


class Summary(NamedTuple):
    """How many numbers of the base world rest on what."""

    stated: int
    derived: int
    assumed: int
    assumed_with_range: int
    hindsight: int


def summary(table: Iterable[Evidence]) -> Summary:
    """How many numbers are stated, derived and assumed, how many of these have a range, and how many are hindsight."""
    rows = [row for row in table if row.section in WORLD and is_number(row.value)]
    kinds = {kind: [row for row in rows if row.kind == kind] for kind in ("stated", "derived", "assumed")}
    with_range = sum(1 for row in kinds["assumed"] if row.low)
    hindsight = sum(1 for row in rows if row.hindsight)
    return Summary(len(kinds["stated"]), len(kinds["derived"]), len(kinds["assumed"]), with_range, hindsight)


def strip(top: Mapping, units: Units, problems: Problems) -> tuple[Mapping, tuple[Evidence, ...]]:
    """The tree without evidence, and the table of evidence in the order of the file."""
    stripper = _Stripper(top, units, problems)
    entries: dict[str, Node] = {}
    for section, node in top.items():
        entries[section] = node if section == "sources" else stripper.node(node, section, section in WORLD, cover=None)
    return top.with_entries(entries), tuple(stripper.table)


class _Stripper:
    """Walks the tree, and gathers the table."""

    def __init__(self, top: Mapping, units: Units, problems: Problems) -> None:
        self.units, self.problems = units, problems
        self.table: list[Evidence] = []
        start = top.get("clock", "start")
        self.start = self._date(start)
        sources = top.mapping("sources")
        self.sources = {
            name: self._date(node.get("date")) for name, node in sources.items() if isinstance(node, Mapping)
        }
        self.names = set(sources.entries)

    def _date(self, node: Node | None) -> datetime.date | None:
        """A date, where a year alone is its first day; None where there is none (the spec complains if it must)."""
        if not isinstance(node, Scalar):
            return None
        try:
            return date(f"{node.text}-01" if len(node.text) == 4 else node.text)
        except QuantityError:
            return None

    def node(self, node: Node, key: str, counted: bool, cover: Evidence | None) -> Node:
        """The node without evidence. `cover`: what the law or block above says that it rests on."""
        if key in CHOSEN:
            counted, cover = False, None
        if isinstance(node, Sequence):
            items = tuple(self.node(item, "", counted, cover) for item in node.items)
            return Sequence(items, node.place, node.path)
        if isinstance(node, Scalar):
            if (counted or cover) and not node.quoted and is_number(node.text) and (key, node.text) != UNIT:
                bare = cover or Evidence(node.path, node.place, "", "assumed", said=False)
                self.table.append(bare._replace(path=node.path, place=node.place, value=node.text))
            return node
        said = node.entries
        keys: list[str] = [name for name in KEYS if name in said and not (name == "between" and key in OWN_BETWEEN)]
        rest = {name: child for name, child in said.items() if name not in keys} if keys else said
        value = rest.get("value")
        own = self._note(node, keys, value, cover) if keys else cover
        if keys and isinstance(value, Scalar) and own:
            self.table.append(own)
        rows = len(self.table)
        stripped: dict[str, Node] = {}
        for name, child in rest.items():
            if keys and name == "value" and isinstance(child, Scalar):
                stripped[name] = child
            else:
                inside = own if name == "value" or value is None else cover
                stripped[name] = self.node(child, key if name == "value" else name, counted, inside)
        if keys and own and not isinstance(value, Scalar) and len(self.table) == rows:
            self.table.append(own)
        if value is not None and len(rest) == 1:
            return stripped["value"].written_at(node.path)
        return node.with_entries(stripped)

    def _note(self, node: Mapping, keys: list[str], value: Node | None, cover: Evidence | None) -> Evidence:
        """What a node says that it rests on; with no more than a range, what stands above it says."""
        sources = self._sources(node)
        text = {
            name: child.text for name in ("quote", "derived", "assumed") if isinstance(child := node.get(name), Scalar)
        }
        for name in ("quote", "derived", "assumed"):
            if name in keys and name not in text:
                self.problems.add("HF111", node.entries[name], None, f"'{name}' is a text", "put the text in quotes")
        if "derived" in text and "assumed" in text:
            fix = "keep one of them"
            self.problems.add("HF111", node.entries["assumed"], None, "a value is either derived or assumed", fix)
        if "quote" in text and not sources:
            self.problems.add("HF111", node.entries["quote"], None, "a quote without its source", "add source: NAME")
        low, high = self._range(node, value) if "between" in keys else ("", "")
        place, amount = (value or node).place, value.text if isinstance(value, Scalar) else ""
        if cover and keys == ["between"]:
            return cover._replace(path=node.path, place=place, value=amount, low=low, high=high)
        late = [name for name in sources if self.start and (when := self.sources.get(name)) and when > self.start]
        return Evidence(
            path=node.path,
            place=place,
            value=amount,
            kind="derived" if "derived" in text else "stated" if sources and "assumed" not in text else "assumed",
            said=bool(sources or text),
            how=text.get("derived", text.get("assumed", "")),
            sources=sources,
            quote=text.get("quote", ""),
            low=low,
            high=high,
            hindsight=bool(late),
        )

    def _sources(self, node: Mapping) -> tuple[str, ...]:
        """Names of the sources, each of which must be known."""
        names: list[str] = []
        for key in ("source", "sources"):
            child = node.get(key)
            items = child.items if isinstance(child, Sequence) else () if child is None else (child,)
            for item in items:
                if not isinstance(item, Scalar):
                    self.problems.add("HF111", item, None, "a source is a name", "name it under sources")
                elif item.text not in self.names:
                    fix = did_you_mean(item.text, self.names, "source")
                    self.problems.add("HF110", item, None, f"'{item.text}' is not one of the sources", fix)
                else:
                    names.append(item.text)
        return tuple(names)

    def _range(self, node: Mapping, value: Node | None) -> tuple[str, str]:
        """The two ends of `between`, checked against the value."""
        between = node.entries["between"]
        ends = (
            [item.text for item in between.items if isinstance(item, Scalar)] if isinstance(between, Sequence) else []
        )
        if len(ends) != 2 or not isinstance(value, Scalar):
            what = "'between' has two ends" if len(ends) != 2 else "'between' stands beside a value"
            self.problems.add("HF111", between, None, what, "{value: 8 months, between: [3 months, 18 months]}")
            return "", ""
        try:
            low, middle, high = (self._amount(text) for text in (ends[0], value.text, ends[1]))
        except QuantityError as error:
            self.problems.add(error.code, between, None, error.message, error.fix)
            return "", ""
        if not low[1] == middle[1] == high[1]:
            message = f"{ends[0]}, {value.text} and {ends[1]} are not in the same unit"
            self.problems.add("HF104", between, None, message, "write all three in one unit")
        elif not low[0] <= middle[0] <= high[0]:
            message = f"{value.text} does not lie between {ends[0]} and {ends[1]}"
            self.problems.add("HF111", between, None, message, "write [low, high] around the value")
        return ends[0], ends[1]

    def _amount(self, text: str) -> tuple[float, object]:
        """A number and what it measures; a date counts in days, `times` is a plain number."""
        try:
            when = date(text)
            return (float(when.toordinal()), "date") if when else (float("inf"), "date")
        except QuantityError:
            factor = times(text, self.units)
            if factor is not None:
                return factor, "times"
            quantity = self.units.parse(text)
            return quantity.value, quantity.dimension


def is_number(text: str) -> bool:
    """Whether a text is a number that the answer could rest on."""
    return text.removeprefix("times ")[:1].isdigit()
