"""The state in which each regime rests: the one that changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.spec.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.spec.document import Document
    from holdfast.spec.tree import Node


def resting(document: Document) -> dict[str, str]:
    """By regime the first of its states of which no `while` speaks, in the base or in any overlay.

    There every value is what it usually is, as at `cover_at: normal` (conventions §6). A regime is left out if some
    `while` speaks of its every state.
    """
    spoken = {pair for tree in (document.base, document.alternatives, document.what_if) for pair in _spoken(tree)}
    found = {}
    for name in document.base.mapping("regimes").entries:
        states = document.base.mapping("regimes", name, "states").entries
        calm = next((state for state in states if (name, state) not in spoken), None)
        if calm is not None:
            found[name] = calm
    return found


def _spoken(node: Node) -> Iterator[tuple[str, str]]:
    """Every (condition, state) of which a `while` at or below a node speaks."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _spoken(item)
    if not isinstance(node, Mapping):
        return
    for name, child in node.items():
        if name == "while" and isinstance(child, Scalar):
            condition, _, state = child.text.rpartition(".")
            yield condition, state
        elif name == "while" and isinstance(child, Mapping):
            yield from (
                (c, state) for c, states in child.items() if isinstance(states, Mapping) for state in states.entries
            )
        yield from _spoken(child)
