"""The plans that a search may choose among: what is written at each lever."""

from __future__ import annotations

import datetime
import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from holdfast.spec.turning import levers, standing, turned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from holdfast.parts.world import World
    from holdfast.spec.scenario import Scenario
    from holdfast.spec.turning import Lever

Plan: TypeAlias = tuple[str, ...]
"""What is written at each lever, in the order of the levers; the empty one leaves all of them as they stand."""

BASE_PLAN: Final[Plan] = ()
PARTS: Final = 100
"""Parts of a range, at least, that a search tells apart: no finer than a person would write."""
CORNERS: Final = 4
"""Up to so many levers every corner of the space is tried, and beyond it only the two ends of all together."""


@dataclass(frozen=True)
class Space:
    """Levers, and the world in which they are set."""

    levers: tuple[Lever, ...]
    world_of: Callable[[Mapping[str, str]], World]
    """From what is written at levers, by name, to the world; levers left out stay as they stand."""

    def world(self, plan: Plan) -> World:
        """The world under a plan.

        Raises:
            ScenarioError: what comes of it does not hold together.
        """
        return self.world_of(self.settings(plan))

    def settings(self, plan: Plan) -> dict[str, str]:
        """What a plan writes at each lever, by its name."""
        return dict(zip((lever.name for lever in self.levers), plan, strict=True)) if plan else {}

    def plan(self, values: Sequence[float]) -> Plan:
        """The plan with levers at values, each drawn to what a person would write."""
        pairs = zip(self.levers, values, strict=True)
        return tuple(lever.text(on_grid(lever, value)) for lever, value in pairs)

    def values(self, plan: Plan) -> list[float]:
        """Where the levers of a plan stand, in their units; a choice by its place."""
        return [value_of(lever, text) for lever, text in zip(self.levers, plan, strict=True)]

    @cached_property
    def corners(self) -> list[Plan]:
        """Plans at the ends of the levers: every combination where there are few, else all low and all high."""
        ends = [_ends(lever) for lever in self.levers]
        if len(ends) <= CORNERS:
            return [self.plan(each) for each in itertools.product(*ends)]
        return [self.plan([end[0] for end in ends]), self.plan([end[-1] for end in ends])]

    def neighbours(self, plan: Plan, part: float) -> list[Plan]:
        """Plans that differ at one lever, by a part of its range or by another choice; in the order of the levers.

        Then those that differ at two levers of one unit, one having more and the other as much less: where stock is
        moved from one store to another, more of either alone, or less, may be worse than both as they are.
        """
        middle = self.values(plan)
        found: dict[Plan, None] = {}
        for i, lever in enumerate(self.levers):
            for value in _around(lever, middle[i], part):
                found[self.plan([*middle[:i], value, *middle[i + 1 :]])] = None
        for values in self._traded(middle, part):
            found[self.plan(values)] = None
        return [other for other in found if other != plan]

    def _traded(self, middle: Sequence[float], part: float) -> Iterator[list[float]]:
        """Values of which one has more and another of its unit as much less, by a part of the longer of their ranges.

        A trade is as large as both ranges allow.
        """
        numbers = [i for i, lever in enumerate(self.levers) if lever.kind in ("number", "integer")]
        for i, j in itertools.permutations(numbers, 2):
            up, down = self.levers[i], self.levers[j]
            if up.unit != down.unit:
                continue
            step = max(part * (up.high - up.low), part * (down.high - down.low), grid(up), grid(down))
            step = min(step, up.high - middle[i], middle[j] - down.low)
            values = list(middle)
            values[i], values[j] = middle[i] + step, middle[j] - step
            yield values


def _ends(lever: Lever) -> tuple[float, ...]:
    return (0.0, float(len(lever.choices) - 1)) if lever.kind == "choice" else (lever.low, lever.high)


def _around(lever: Lever, value: float, part: float) -> list[float]:
    if lever.kind == "choice":
        return [float(i) for i in range(len(lever.choices)) if i != round(value)]
    step = max(part * (lever.high - lever.low), grid(lever))
    return [value - step, value + step]


def grid(lever: Lever) -> float:
    """The step between values of a lever that are told apart: a power of ten, at most a hundredth of the range."""
    if lever.kind != "number":
        return 1.0
    return float(10.0 ** math.floor(math.log10((lever.high - lever.low) / PARTS)))


def on_grid(lever: Lever, value: float) -> float:
    """The value nearest to one that is told apart from others; ends of the range stay ends."""
    if lever.kind == "choice" or not lever.low < value < lever.high:
        return value
    step = grid(lever)
    digits = max(0, -round(math.log10(step)))
    return round(round(value / step) * step, digits)


def value_of(lever: Lever, text: str) -> float:
    """Where a lever stands that says a text."""
    if lever.kind == "choice":
        return float(lever.choices.index(text))
    if lever.kind == "date":
        return float(datetime.date.fromisoformat(text).toordinal())
    return float(text.split()[0])


def space_of(scenario: Scenario, alternative: str | None, what_if: str | None = None) -> Space:
    """The plans that levers of a scenario can make of an alternative (of today's plan if None)."""
    return Space(levers(scenario), lambda settings: turned(scenario, settings, alternative, what_if))


def known_plans(scenario: Scenario, space: Space) -> dict[str, Plan]:
    """By alternative (`today` for today's plan): the plan with its levers where that alternative has them.

    A lever that stands at none of its values is left where the first choice or the low end is.
    """
    found: dict[str, Plan] = {}
    for name in (None, *scenario.alternatives):
        stands = standing(scenario, name)
        values = [stands.get(lever.name, lever.low) for lever in space.levers]
        found[name or "today"] = space.plan(values)
    return found
