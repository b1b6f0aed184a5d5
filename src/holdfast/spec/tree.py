"""The tree of a scenario file: what a person wrote, each part with its place.

Scalars stay text: what `2006-07` or `no` means is for the spec to say, not for a YAML loader. Nodes are never changed
once made, so copies made by `like` and by overlays share them, and an error in a copy points to where it was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from holdfast.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

NOWHERE = Place("")


class Scalar:
    """A text as written, without its quotes."""

    __slots__ = ("path", "place", "quoted", "text")

    def __init__(self, text: str, place: Place = NOWHERE, path: str = "", quoted: bool = False) -> None:
        self.text: Final = text
        self.place: Final = place
        self.path: Final = path
        """Dotted path at which it was written."""
        self.quoted: Final = quoted

    def written_at(self, path: str) -> Scalar:
        """The same as if it were written at another path."""
        return Scalar(self.text, self.place, path, self.quoted)


class Sequence:
    """A list."""

    __slots__ = ("items", "path", "place")

    def __init__(self, items: tuple[Node, ...], place: Place = NOWHERE, path: str = "") -> None:
        self.items: Final = items
        self.place: Final = place
        self.path: Final = path

    def written_at(self, path: str) -> Sequence:
        """The same as if it were written at another path."""
        return Sequence(self.items, self.place, path)


class Mapping:
    """Names and what stands at them, in the order of the file."""

    __slots__ = ("dotted", "entries", "keys", "path", "place")

    def __init__(
        self,
        entries: dict[str, Node],
        keys: dict[str, Place] | None = None,
        place: Place = NOWHERE,
        path: str = "",
        dotted: bool = False,
    ) -> None:
        self.entries: Final = entries
        self.keys: Final = {} if keys is None else keys
        """Place of each key."""
        self.place: Final = place
        self.path: Final = path
        self.dotted: Final = dotted
        """Whether it is only a step of a dotted path, as `stores` in `stores.depot.capacity`."""

    def written_at(self, path: str) -> Mapping:
        """The same as if it were written at another path."""
        return Mapping(self.entries, self.keys, self.place, path, self.dotted)

    def get(self, name: str, *below: str) -> Node | None:
        """The node at a path of names below this one; None if there is none."""
        node = self.entries.get(name)
        for each in below:
            if not isinstance(node, Mapping):
                return None
            node = node.entries.get(each)
        return node

    def mapping(self, name: str, *below: str) -> Mapping:
        """The mapping at a path of names; an empty one where there is none."""
        node = self.get(name, *below)
        return node if isinstance(node, Mapping) else Mapping({}, {}, self.place, join(self.path, name, *below))

    def items(self) -> Iterator[tuple[str, Node]]:
        """Names and nodes in file order."""
        yield from self.entries.items()

    def key_place(self, name: str) -> Place:
        """Where the key was written; the place of its value where the key was implied."""
        return self.keys.get(name) or (self.entries[name].place if name in self.entries else self.place)

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    def with_entries(self, entries: dict[str, Node], keys: dict[str, Place] | None = None) -> Mapping:
        """The same mapping with other entries; keys that are not given keep their places."""
        known = self.keys if keys is None else {**self.keys, **keys}
        places = {name: known.get(name, node.place) for name, node in entries.items()}
        return Mapping(entries, places, self.place, self.path, self.dotted)


Node: TypeAlias = Scalar | Sequence | Mapping
Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"


def to_plain(node: Node) -> Plain:
    """The tree as texts, lists and dicts, for schemas and for hashing."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [to_plain(item) for item in node.items]
    return {name: to_plain(child) for name, child in node.entries.items()}


def at_path(node: Node, path: str | tuple[str | int, ...]) -> Node | None:
    """The node at a path: dotted text, or names and list indices."""
    steps: tuple[str | int, ...] = tuple(path.split(".")) if isinstance(path, str) else path
    here: Node | None = node
    for step in steps:
        if isinstance(here, Mapping):
            here = here.entries.get(str(step))
        elif isinstance(here, Sequence) and str(step).isdigit() and int(step) < len(here.items):
            here = here.items[int(step)]
        else:
            return None
    return here


def nearest_node(node: Node, path: tuple[str | int, ...]) -> Node:
    """The deepest node on a path that exists: where to point when what is asked for is missing."""
    here = node
    for end in range(1, len(path) + 1):
        found = at_path(node, path[:end])
        if found is None:
            break
        here = found
    return here


def join(*parts: str) -> str:
    """A dotted path from its parts, empty ones left out."""
    return ".".join(filter(None, parts))


def kind_of(node: Node) -> str:
    """What a node is, in words."""
    if isinstance(node, Scalar):
        return f"the text '{node.text}'"
    return "a list" if isinstance(node, Sequence) else "names with values"
