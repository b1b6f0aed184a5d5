"""A scenario file as read: the base, its overlays and its evidence, all still text with places."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass

from holdfast.errors import Problems, ScenarioError
from holdfast.spec import evidence, load, overlay
from holdfast.spec.quantities import Units
from holdfast.spec.tree import Mapping, Scalar

FORMAT = "1"
"""The format version that this program reads."""
NAMED = (
    "sources",
    "goods",
    "regimes",
    "prices",
    "signals",
    "channels",
    "plants",
    "inspections",
    "stores",
    "consumers",
    "standards",
    "alternatives",
    "what_if",
    "levers",
    "history",
)
"""Sections of names that people give."""
RESERVED = frozenset(["all", "none", "never", "like", "usually", "while", "since", "times", "value", "yes", "no"])
OVERLAYS = ("alternatives", "what_if")


@dataclass(frozen=True, eq=False, repr=False)
class Document:
    """What a scenario file says."""

    file: str
    """As messages name it."""
    raw: bytes
    """The file's bytes."""
    base: Mapping
    """All sections but the overlays: `like` resolved, dotted paths written out, evidence taken out."""
    alternatives: Mapping
    what_if: Mapping
    evidence: tuple[evidence.Evidence, ...]
    units: Units
    """The units that this scenario knows."""

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes."""
        import hashlib

        return hashlib.sha256(self.raw).hexdigest()


def read(name: str | os.PathLike[str], problems: Problems) -> Document:
    """Reads a file or a shipped example; what is wrong but readable is added to `problems`.

    Raises:
        ScenarioError: there is no such file, or it cannot be read to its end.
    """
    path, shown = load.find(name)
    raw = load.read_bytes(path, shown)
    return from_text(load.decode(raw, shown), shown, problems, raw)


def from_text(text: str, shown: str, problems: Problems, raw: bytes | None = None) -> Document:
    """The scenario that a text says.

    Raises:
        ScenarioError: the text cannot be read to its end.
    """
    top = load.parse(text, shown, problems)
    spread = overlay.expand_dotted(top, problems, skip=("sources",))
    assert isinstance(spread, Mapping)
    units = units_of(spread)
    _version(spread, problems)
    check_names(spread, problems)
    plain, table = evidence.strip(spread, units, problems)
    sections = {name: node for name, node in plain.items() if name not in OVERLAYS}
    base = overlay.resolve_like(plain.with_entries(sections), problems)
    alternatives, what_if = (_section(plain, name, problems) for name in OVERLAYS)
    overlay.check_overlays(alternatives, problems)
    overlay.check_overlays(what_if, problems)
    return Document(shown, text.encode() if raw is None else raw, base, alternatives, what_if, table, units)


@functools.lru_cache(maxsize=2)
def of_result(text: str, name: str) -> Document | None:
    """The scenario of a result, from its text; None where that is of another version and cannot be read any more."""
    try:
        return from_text(text, f"{name}.yaml", Problems())
    except ScenarioError:
        return None


def _section(top: Mapping, name: str, problems: Problems) -> Mapping:
    """A section of overlays; an empty one where there is none."""
    node = top.get(name)
    if node is not None and not isinstance(node, Mapping):
        problems.add("HF103", node, None, f"'{name}' is a section of names", f"{name}: {{NAME: {{title: ...}}}}")
    return top.mapping(name)


def _version(top: Mapping, problems: Problems) -> None:
    """Notes a format version that this program does not read."""
    version = top.get("holdfast")
    if version is None:
        problems.add(
            "HF015", top.place, "holdfast", "the file does not say its format version", "begin with 'holdfast: 1'"
        )
    elif not isinstance(version, Scalar) or version.text != FORMAT:
        message = f"format version {version.text if isinstance(version, Scalar) else '?'} is not known"
        problems.add("HF015", version, None, message, f"write 'holdfast: {FORMAT}'")


def check_names(top: Mapping, problems: Problems) -> None:
    """Notes names of people's own making that are not names."""
    levels = [top.mapping(section) for section in NAMED if isinstance(top.get(section), Mapping)]
    for first, _, last in overlay.NAME_LEVELS:
        entries = top.mapping(first).entries.values()
        levels += [entry.mapping(last) for entry in entries if isinstance(entry, Mapping)]
    for level in levels:
        for name in level.entries:
            if name in RESERVED:
                fix = f"call it {load.as_name(name)}-1, say"
                problems.add("HF014", level.key_place(name), level.path, f"'{name}' is a word of the language", fix)
            elif not load.NAME.fullmatch(name):
                small = load.as_name(name)
                fix = f"did you mean {small}?" if small else "use small letters, digits and hyphens"
                problems.add("HF014", level.key_place(name), level.path, f"'{name}' is not a name", fix)


def units_of(top: Mapping) -> Units:
    """The units that the goods of a scenario bring."""
    found = []
    for good in top.mapping("goods").entries.values():
        unit = good.get("unit") if isinstance(good, Mapping) else None
        if isinstance(unit, Scalar):
            found.append(unit.text)
    return Units(found)
