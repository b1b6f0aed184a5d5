"""Copies and overlays: `like`, dotted paths, alternatives and what_ifs laid over the base.

Names merge; a value (a law, shares, a cover, a changing value, a list) is replaced whole; `none` removes; `all` stands
for every entry of a section. A dotted path reaches into a value too. An overlay can change only what the base has, or
give it a field that the reference knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from holdfast.errors import Place, Problems, did_you_mean, nearest
from holdfast.parts.forms import FORMS
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence, join

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.spec.document import Document

LAWS: Final = frozenset({*FORMS, "triangular", "weibull", "mixture", "empirical", "discrete"})
VALUE_KEYS: Final = LAWS | {"usually", "since", "cover", "value"}
"""A mapping with one of these is a value, which an overlay replaces whole."""
VALUE_FIELDS: Final = frozenset({"from", "then", "paid", "starts", "under_way", "during"})
"""Fields whose mapping is a value: shares, or a state with its age."""
NONE_FIELDS: Final = frozenset({"under_way"})
"""Fields in which `none` is a word of its own and does not remove."""
NAME_LEVELS: Final = frozenset(
    {("stores", "*", "keeps"), ("plants", "*", "lines"), ("regimes", "*", "states"), ("consumers", "*", "demand")}
)
"""Below the sections, mappings whose keys are names that people give."""
OVERLAY_ONLY: Final = frozenset({"title", "like", "note"})
"""Keys of an overlay that say something about it."""
FRAME: Final = frozenset(
    ["holdfast", "name", "question", "clock", "sources", "alternatives", "what_if", "levers", "history"]
)
"""Sections that no overlay changes."""
MOST_NODES: Final = 200_000
"""Nodes that copies may make."""

Known = dict[str, set[str]]
"""For each section, dotted patterns of the fields that the reference knows; `*` stands for a name."""
LaidMemo = dict[tuple[tuple[str, ...], Mapping, Mapping], Mapping]
"""By path and two mappings: one laid over the other; it lives as long as its scenario."""


def expand_dotted(node: Node, problems: Problems, skip: Iterable[str] = ()) -> Node:
    """The tree with `a.b: v` written out as `a: {b: v}`; what is then said twice is a problem (HF304)."""
    if isinstance(node, Sequence):
        return Sequence(tuple(expand_dotted(item, problems) for item in node.items), node.place, node.path)
    if not isinstance(node, Mapping):
        return node
    out = Mapping({}, {}, node.place, node.path, node.dotted)
    for key, child in node.items():
        value = child if key in skip else expand_dotted(child, problems)
        first, *steps = key.split(".") if all(key.split(".")) else [key]
        place = node.key_place(key)
        for depth in range(len(steps), 0, -1):
            path = join(node.path, first, *steps[: depth - 1])
            value = Mapping({steps[depth - 1]: value}, {steps[depth - 1]: place}, place, path, dotted=True)
        _say(out, first, value, place, problems)
    return out


def _say(into: Mapping, key: str, node: Node, place: Place, problems: Problems) -> None:
    """Puts a node into a mapping that is being made, beside what dotted paths say of the same name."""
    other = into.entries.get(key)
    if isinstance(other, Mapping) and isinstance(node, Mapping) and (other.dotted or node.dotted):
        joined = Mapping(dict(other.entries), dict(other.keys), other.place, other.path, other.dotted and node.dotted)
        for name, child in node.items():
            _say(joined, name, child, node.key_place(name), problems)
        into.entries[key] = joined
    elif other is not None:
        path, line = join(into.path, key), into.key_place(key).line
        problems.add("HF304", place, path, f"'{path}' is said twice, first in line {line}", "remove one")
    else:
        into.entries[key], into.keys[key] = node, place


def is_value(node: Mapping, field: str) -> bool:
    """Whether a mapping is a value, which is replaced whole, rather than names, which merge."""
    return field in VALUE_FIELDS or not VALUE_KEYS.isdisjoint(node.entries) or set(node.entries) == {"share"}


def is_none(node: Node | None, field: str) -> bool:
    """Whether a node removes what stands there."""
    return isinstance(node, Scalar) and node.text == "none" and not node.quoted and field not in NONE_FIELDS


class _Layer:
    """Lays one mapping over another, and notes paths that are not in the base."""

    def __init__(
        self,
        problems: Problems,
        name: str = "",
        known: Known | None = None,
        check: bool = False,
        memo: LaidMemo | None = None,
    ) -> None:
        self.problems, self.name, self.known, self.check, self.memo = problems, name, known, check, memo

    def lay(self, base: Mapping, over: Mapping, path: tuple[str, ...]) -> Mapping:
        entries, keys = dict(base.entries), dict(base.keys)
        everything = over.entries.get("all") if "all" not in base.entries else None
        if everything is not None:
            for name, old in base.items():
                self._put(entries, name, old, everything, path)
        for name, new in over.items():
            if name == "all" and everything is not None:
                continue
            if name in entries:
                self._put(entries, name, entries[name], new, path)
                keys.setdefault(name, over.key_place(name))
            elif (not self.check or self._allowed(base, over, name, new, path)) and not is_none(new, name):
                entries[name], keys[name] = new, over.key_place(name)
        return base.with_entries(entries, keys)

    def _put(self, entries: dict[str, Node], name: str, old: Node, new: Node, path: tuple[str, ...]) -> None:
        """Lays a node over the entry of that name."""
        if is_none(new, name):
            del entries[name]
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            merge = new.dotted or not (is_value(old, name) or is_value(new, name))
            entries[name] = self._merged(old, new, (*path, name)) if merge else new
        elif isinstance(new, Mapping) and new.dotted:
            self._missing(new, (*path, name), next(iter(new.entries)), ())
        else:
            entries[name] = new

    def _merged(self, old: Mapping, new: Mapping, path: tuple[str, ...]) -> Mapping:
        """One mapping laid over another, the same node as before where the same two were laid and nothing was wrong."""
        if self.memo is None:
            return self.lay(old, new, path)
        key, before = (path, old, new), len(self.problems)
        if key in self.memo:
            return self.memo[key]
        laid = self.lay(old, new, path)
        if len(self.problems) == before:
            self.memo[key] = laid
        return laid

    def _allowed(self, base: Mapping, over: Mapping, name: str, new: Node, path: tuple[str, ...]) -> bool:
        """Whether an overlay may say something that the base does not have; notes a problem if not."""
        fields = self._fields(path)
        names_level = len(path) < 2 or (path[0], "*", *path[2:]) in NAME_LEVELS
        inside_value = bool(path) and is_value(base, path[-1])
        if not names_level and not is_none(new, name) and (inside_value or fields is None or name in fields):
            return not (isinstance(new, Mapping) and new.dotted) or self._deep(new, (*path, name))
        self._missing(over, path, name, set(base.entries) | (fields or set()) - {"*"})
        return False

    def _deep(self, new: Mapping, path: tuple[str, ...]) -> bool:
        """Whether the reference knows the rest of a dotted path."""
        fields = self._fields(path)
        for name, child in new.items():
            if fields is not None and name not in fields and "*" not in fields:
                self._missing(new, path, name, fields)
                return False
            if isinstance(child, Mapping) and child.dotted and not self._deep(child, (*path, name)):
                return False
        return True

    def _fields(self, path: tuple[str, ...]) -> set[str] | None:
        """Fields that the reference knows at a path; None where it says nothing."""
        if self.known is None or not path or path[0] not in self.known:
            return None
        below = path[1:]
        found = set()
        for text in self.known[path[0]]:
            parts = text.split(".")
            if len(parts) > len(below) and all(p in ("*", b) for p, b in zip(parts, below, strict=False)):
                found.add(parts[len(below)])
        return found or None

    def _missing(self, over: Mapping, path: tuple[str, ...], name: str, there: Iterable[str]) -> None:
        """Notes a path that is not in the scenario, with the nearest one."""
        rest: tuple[str, ...] = ()
        node: Node = over.entries[name]
        while isinstance(node, Mapping) and node.dotted and len(node) == 1:
            step = next(iter(node.entries))
            rest, node = (*rest, step), node.entries[step]
        whole = ".".join((*path, name, *rest))
        near = nearest(name, there)
        fix = f"did you mean {'.'.join((*path, near, *rest))}?" if near else did_you_mean(name, there)
        self.problems.add("HF301", over.key_place(name), self.name, f"{whole} is not in the scenario", fix)


def resolve_like(top: Mapping, problems: Problems) -> Mapping:
    """The base with every `like` replaced by a copy of the sibling, under the fields beside it."""
    return _Copies(problems).children(top)


class _Copies:
    """Resolves `like` in the base."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.made = 0
        self.full = False
        self.layer = _Layer(problems)

    def children(self, node: Mapping) -> Mapping:
        """A mapping whose entries are copied where they say `like`, at every depth."""
        self.made += len(node)
        if self.made > MOST_NODES:
            if not self.full:
                self.problems.add(
                    "HF305", node, None, "copies of copies grow too large", "write fewer likes inside likes"
                )
            self.full = True
            return node
        done: dict[str, Node] = {}
        for name in node.entries:
            self._expand(node, name, done, ())
        changed = {name: self._below(done[name]) for name in node.entries}
        if all(changed[name] is child for name, child in node.items()):
            return node
        return node.with_entries(changed)

    def _below(self, node: Node) -> Node:
        if isinstance(node, Mapping):
            return self.children(node)
        if isinstance(node, Sequence):
            return Sequence(tuple(self._below(item) for item in node.items), node.place, node.path)
        return node

    def _expand(self, siblings: Mapping, name: str, done: dict[str, Node], trail: tuple[str, ...]) -> Node:
        """The entry of a name with its own `like` resolved, its children not yet."""
        if name in done:
            return done[name]
        node = siblings.entries[name]
        done[name] = node
        if not isinstance(node, Mapping) or "like" not in node:
            return node
        like = node.entries["like"]
        # Until it is resolved, `like` stays: what a copy would have brought is then not missing (sections.check_form).
        own = node.with_entries({key: child for key, child in node.items() if key != "like"})
        if not isinstance(like, Scalar):
            self.problems.add("HF103", like, None, "'like' names one sibling here", "like: NAME")
        elif like.text == name or like.text in trail:
            circle = " -> ".join((*trail, name, like.text))
            self.problems.add("HF303", like, None, f"'like' goes round in a circle: {circle}", "write one of them out")
        elif like.text not in siblings.entries:
            others = set(siblings.entries) - {name}
            message = f"'{like.text}' does not stand beside '{name}'"
            self.problems.add("HF302", like, None, message, did_you_mean(like.text, others))
        else:
            del done[name]
            base = self._expand(siblings, like.text, done, (*trail, name))
            done[name] = self.layer.lay(base, own, ()) if isinstance(base, Mapping) else own
        return done[name]


def check_overlays(section: Mapping, problems: Problems) -> None:
    """Notes overlays that are not names with values, and `like` that names nothing or goes round in a circle."""
    for name, overlay in section.items():
        if not isinstance(overlay, Mapping):
            problems.add(
                "HF103", overlay, None, f"'{name}' says nothing to lay over the scenario", "write {title: ...}"
            )
            continue
        for like in _likes(overlay, problems):
            if like.text not in section.entries:
                others = set(section.entries) - {name}
                message = f"'{like.text}' is not in {section.path}"
                problems.add("HF302", like, None, message, did_you_mean(like.text, others))
        _circle(section, name, problems)
        for key, node in overlay.items():
            if key in FRAME:
                message = f"an overlay cannot change '{key}'"
                problems.add(
                    "HF306", overlay.key_place(key), join(section.path, name), message, "change it in the scenario"
                )
            _no_like_below(node, key, problems)


def _likes(overlay: Mapping, problems: Problems | None = None) -> list[Scalar]:
    """What an overlay lays first."""
    like = overlay.entries.get("like")
    nodes = list(like.items) if isinstance(like, Sequence) else [like] if like is not None else []
    for node in nodes:
        if not isinstance(node, Scalar) and problems is not None:
            problems.add("HF103", node, None, "'like' is a list of names here", "like: [NAME]")
    return [node for node in nodes if isinstance(node, Scalar)]


def _circle(section: Mapping, name: str, problems: Problems) -> None:
    """Notes an overlay that needs itself first."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        here = section.entries.get(todo.pop())
        for like in _likes(here) if isinstance(here, Mapping) else []:
            if like.text == name:
                problems.add(
                    "HF303", like, None, f"'like' of {section.path}.{name} comes back to itself", "remove one 'like'"
                )
                return
            if like.text not in seen:
                seen.add(like.text)
                todo.append(like.text)


def _no_like_below(node: Node, key: str, problems: Problems) -> None:
    """Notes a `like` inside what an overlay changes: copies are made in the base alone."""
    if isinstance(node, Mapping) and key != "like":
        if "like" in node:
            problems.add("HF302", node.entries["like"], None, "'like' copies in the base only", "copy it there")
        for name, child in node.items():
            _no_like_below(child, name, problems)


def chain(section: Mapping, name: str) -> list[str]:
    """The overlays that a name lays, in order, each once: those it is like first, itself last."""
    order: list[str] = []
    todo: list[tuple[str, bool]] = [(name, False)]
    seen: set[str] = set()
    while todo:
        here, ready = todo.pop()
        if ready:
            order.append(here)
        elif here not in seen:
            seen.add(here)
            todo.append((here, True))
            overlay = section.entries.get(here)
            likes = _likes(overlay) if isinstance(overlay, Mapping) else []
            todo.extend((like.text, False) for like in reversed(likes) if like.text in section.entries)
    return order


def lay_one(
    tree: Mapping,
    section: Mapping,
    name: str,
    problems: Problems,
    known: Known | None = None,
    memo: LaidMemo | None = None,
) -> Mapping:
    """Sections under one alternative or what_if, and under those that it is like first.

    With a memo, what is laid over the same twice is the same node, by which checks know that they have seen it.
    """
    for each in chain(section, name):
        overlay = section.entries[each]
        if isinstance(overlay, Mapping):
            body = {key: node for key, node in overlay.items() if key not in OVERLAY_ONLY | FRAME}
            tree = lay_over(tree, overlay.with_entries(body), join(section.path, each), known, problems, memo)
    return tree


def lay_over(
    base: Mapping,
    over: Mapping,
    name: str,
    known: Known | None,
    problems: Problems,
    memo: LaidMemo | None = None,
) -> Mapping:
    """Sections under one more layer, such as what a lever sets; problems are noted under `name`."""
    return _Layer(problems, name, known, check=True, memo=memo).lay(base, over, ())


def lay(
    document: Document,
    alternative: str | None = None,
    what_if: str | None = None,
    problems: Problems | None = None,
    known: Known | None = None,
    memo: LaidMemo | None = None,
) -> Mapping:
    """The sections of a scenario under an alternative, then under a what_if.

    Args:
        document: the scenario.
        alternative: a name in `alternatives`; None for today's plan.
        what_if: a name in `what_if`; None for the base world.
        problems: collects paths that are not in the scenario; None raises them.
        known: fields that the reference knows, by section; None accepts any last field.
        memo: what was laid over what before.

    Raises:
        ScenarioError: HF301, where `problems` is None.
        KeyError: no such alternative or what_if.
    """
    found = Problems() if problems is None else problems
    tree = document.base
    for section, name in ((document.alternatives, alternative), (document.what_if, what_if)):
        if name is None:
            continue
        if name not in section.entries:
            raise KeyError(name)
        tree = lay_one(tree, section, name, found, known, memo)
    if problems is None:
        found.raise_if_any()
    return tree
