"""Where names stand so that none lies on another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

HAIR: Final = 0.015
"""[inches] between a name and what stands next to it."""


class Box(NamedTuple):
    """A rectangle [inches], y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> float:
        """[square inches] how much of two rectangles is the same."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, across) * max(0.0, down)


def apart(wanted: Sequence[float], talls: Sequence[float], low: float, high: float) -> list[float]:
    """Middles of names in a row, as near as can be to those wanted, none on the next, in the same order.

    Source: pool adjacent violators, Barlow et al., Statistical Inference under Order Restrictions (1972), 1.2.

    Args:
        wanted: middles.
        talls: how tall each name is.
        low: no name reaches below it.
        high: nor above this, unless there is no room for all.

    >>> apart([1.0, 1.1, 3.0], [0.5, 0.5, 0.5], 0.0, 4.0)
    [0.8, 1.3, 3.0]
    """
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    shift = [talls[order[0]] / 2]
    for a, b in pairwise(order):
        shift.append(shift[-1] + (talls[a] + talls[b]) / 2)
    groups: list[tuple[float, int]] = []  # mean of what is wanted less its shift, and how many
    for i, by in zip(order, shift, strict=True):
        groups.append((wanted[i] - by, 1))
        while len(groups) > 1 and groups[-1][0] < groups[-2][0]:
            (a_mean, n), (b_mean, m) = groups[-2:]
            groups[-2:] = [((a_mean * n + b_mean * m) / (n + m), n + m)]
    means = [mean for mean, count in groups for _ in range(count)]
    last = high - shift[-1] - talls[order[-1]] / 2
    out = [0.0] * len(wanted)
    for i, mean, by in zip(order, means, shift, strict=True):
        out[i] = round(max(low, min(mean, last)) + by, 6)
    return out


def beside(
    marks: Sequence[tuple[float, float]], sizes: Sequence[tuple[float, float]], taken: Sequence[Box], room: Box
) -> list[Box]:
    """A place for the name of each mark: near it, within the room, on no other name and on as little else as can be.

    Args:
        marks: where the marks are [inches].
        sizes: width and height of each name [inches].
        taken: what a name should not cover: marks and intervals.
        room: what names stay within.
    """
    placed: list[Box] = []
    order = sorted(range(len(marks)), key=lambda i: marks[i][1])
    found: dict[int, Box] = {}
    for i in order:
        best, least = None, float("inf")
        for far, box in _candidates(marks[i], sizes[i], room):
            names = sum(box.meets(other) for other in placed)
            others = sum(box.meets(other) for other in taken)
            cost = far + 1e4 * names + 400.0 * others
            if cost < least:
                best, least = box, cost
        assert best is not None
        placed.append(best)
        found[i] = best
    return [found[i] for i in range(len(marks))]


def _candidates(mark: tuple[float, float], size: tuple[float, float], room: Box) -> list[tuple[float, Box]]:
    """Places around a mark, farther ones later, moved into the room."""
    (x, y), (wide, tall) = mark, size
    out = []
    for step in range(40):
        up = step * tall * 0.5
        for side, near in ((1.0, 0.0), (-1.0, 0.02)):
            for aside in (0.11, 0.25, 0.5):
                for sign in (-1.0, 1.0) if step else (1.0,):
                    left = x + aside if side > 0 else x - aside - wide
                    top = y + sign * up - tall / 2
                    left = min(max(left, room.left), room.right - wide)
                    top = min(max(top, room.top), room.bottom - tall)
                    box = Box(left - HAIR, top, left + wide + HAIR, top + tall)
                    out.append((near + up + aside - 0.11, box))
        for sign in (-1.0, 1.0):
            top = y + sign * (0.06 + tall / 2 + up) - tall / 2
            left = min(max(x - wide / 2, room.left), room.right - wide)
            top = min(max(top, room.top), room.bottom - tall)
            out.append((0.05 + up, Box(left - HAIR, top, left + wide + HAIR, top + tall)))
    return out
