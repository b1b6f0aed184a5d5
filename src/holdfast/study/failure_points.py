"""Where a plan's supply can fail at one point: goods and inputs from outside, spares, power and the like, and builders.

Each is said as the lines or channels that lean on it, and as two pure functions from a world to a world: one in which
it never fails, and one in which it is cut for a while. Draws keep their streams (conventions §20), so the futures that
are compared are the same ones in all else.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from holdfast.study.causes import hold, lines_at_work, mean_of, uninterrupted, without_outage, without_slip
from holdfast.study.stress.cuts import Cut, apply, held_between

if TYPE_CHECKING:
    from holdfast.parts.world import Changing, Line, Project, World

Kind = Literal["goods", "channel", "input", "spares", "outage", "builder"]

GOODS: Final = "goods"
"""Name of all channels of what consumers use, together."""


@dataclass(frozen=True)
class FailurePoint:
    """One thing on which supply hangs: where it fails, supply may."""

    name: str
    """`goods`, `channels.partner`, `inputs.oxide`, `spares.partner-war`, `outage.flooded`, `builder.maracay`."""
    kind: Kind
    title: str
    secured: Callable[[World], World]
    """The same world in which it never fails; the world itself where it never does."""
    cut: Callable[[World, int, int], World]
    """The world in which it is cut from a period until before another; a builder is so much later."""
    channels: tuple[str, ...] = ()
    """What comes through it, of finished goods."""
    lines: frozenset[int] = frozenset()
    """What is made with it."""


def failure_points(world: World) -> tuple[FailurePoint, ...]:
    """All on which the supply of a plan can hang: finished goods, inputs, spares, outages, builders."""
    at_work = lines_at_work(world)
    return (*_goods(world), *_inputs(world, at_work), *_regimes(world, at_work), *_builders(world, at_work))


def _goods(world: World) -> list[FailurePoint]:
    used = {use.good for use in world.uses}
    brings = [each for each in world.channels if used & set(each.goods) and each.open.values.any()]
    if not brings:
        return []
    every = tuple(channel.name for channel in brings)
    found = [_of_channels(GOODS, "goods", "finished goods", every, every)]
    if len(brings) > 1:
        found += [_of_channels(f"channels.{name}", "channel", f"through {name}", (name,), (name,)) for name in every]
    return found


def _inputs(world: World, at_work: frozenset[int]) -> list[FailurePoint]:
    found = []
    for good in sorted({good for i in at_work for good, _, _ in world.lines[i].takes}):
        brings = tuple(each.name for each in world.channels if good in each.goods and each.open.values.any())
        lines = frozenset(i for i in at_work if any(good == each for each, _, _ in world.lines[i].takes))
        if brings:
            name = world.goods[good].name
            found.append(
                _of_channels(
                    f"inputs.{name}", "input", f"inputs ({name})" if name != "inputs" else name, brings, (), lines
                )
            )
    return found


def _of_channels(
    name: str,
    kind: Kind,
    title: str,
    cut: tuple[str, ...],
    through: tuple[str, ...],
    lines: frozenset[int] = frozenset(),
) -> FailurePoint:
    closed = Cut(f"channels.{name}", "channel", title, channels=cut)
    return FailurePoint(
        name,
        kind,
        title,
        functools.partial(uninterrupted, names=cut),
        lambda world, begin, end: apply(world, (closed,), begin, end),
        through,
        lines,
    )


def _regimes(world: World, at_work: frozenset[int]) -> list[FailurePoint]:
    """What lines feel of regimes: how often they fail and are mended, and how much they make."""
    found = []
    for regime, each in enumerate(world.regimes):
        mended = frozenset(i for i in at_work if _feels(world.lines[i], SPARES, regime))
        if mended:
            found.append(_spares(world, regime, mended))
        stopped = frozenset(i for i in at_work if _feels(world.lines[i], RATES, regime))
        if stopped:
            states = range(len(each.states))
            worst = min(states, key=lambda state: _makes(world, stopped, RATES, regime, state))
            cut = functools.partial(_held, fields=RATES, regime=regime, state=worst, lines=stopped)
            secured = functools.partial(without_outage, regime=regime)
            title = f"plants stopped by {each.name}"
            found.append(FailurePoint(f"outage.{each.name}", "outage", title, secured, cut, lines=stopped))
    return [each for each in found if each.secured(world) is not world]


SPARES: Final = ("mtbf", "mttr")
RATES: Final = ("nameplate", "performance", "yield_")


def _feels(line: Line, fields: tuple[str, ...], regime: int) -> bool:
    values: list[Changing] = [getattr(line, field) for field in fields]
    return any(regime in value.reads and bool((value.values != value.values.flat[0]).any()) for value in values)


def _spares(world: World, regime: int, lines: frozenset[int]) -> FailurePoint:
    """Spares and mending, that come late or not in some states of a regime."""
    name = world.regimes[regime].name
    states = range(len(world.regimes[regime].states))
    up = [round(_makes(world, lines, SPARES, regime, state), 9) for state in states]
    best = max(states, key=lambda state: (up[state], -state))
    worst = min(states, key=lambda state: (up[state], state))
    cut = functools.partial(_held, fields=SPARES, regime=regime, state=worst, lines=lines)

    def secured(world: World) -> World:
        return _changed(world, lines, SPARES, lambda value: hold(world, value, regime, best))

    return FailurePoint(f"spares.{name}", "spares", f"spares late in {name}", secured, cut, lines=lines)


def _makes(world: World, lines: frozenset[int], fields: tuple[str, ...], regime: int, state: int) -> float:
    """What lines make, or how much they are up, while a regime is in a state: enough to rank states by."""
    total = 0.0
    for i in lines:
        means = [mean_of(hold(world, getattr(world.lines[i], field), regime, state)) for field in fields]
        if fields == SPARES:
            total += 1.0 if means[0] == float("inf") else means[0] / (means[0] + means[1])
        else:
            total += means[0] * means[1] * means[2]
    return total


def _held(
    world: World, begin: int, end: int, fields: tuple[str, ...], regime: int, state: int, lines: frozenset[int]
) -> World:
    """The world in which some values of some lines see a regime in one state for a while."""
    return _changed(world, lines, fields, lambda value: held_between(world, value, regime, state, begin, end))


def _changed(
    world: World, lines: frozenset[int], fields: tuple[str, ...], change: Callable[[Changing], Changing]
) -> World:
    """The world in which some values of some lines are others."""

    def changed(line: Line) -> Line:
        new: dict[str, Any] = {field: change(getattr(line, field)) for field in fields}
        return dataclasses.replace(line, **new)

    return dataclasses.replace(
        world, lines=tuple(changed(line) if i in lines else line for i, line in enumerate(world.lines))
    )


def _builders(world: World, at_work: frozenset[int]) -> list[FailurePoint]:
    """Projects that a plan starts: whoever builds them."""
    found = []
    for p, project in enumerate(world.projects):
        lines = frozenset(
            i for i in at_work if p in (world.lines[i].project, world.plants[world.lines[i].plant].project)
        )
        if lines:
            secured = functools.partial(without_slip, only=p)
            title = f"builder of {project.name}"
            found.append(
                FailurePoint(
                    f"builder.{project.name}",
                    "builder",
                    title,
                    secured,
                    functools.partial(_later, project=p),
                    lines=lines,
                )
            )
    return found


def _later(world: World, begin: int, end: int, project: int) -> World:
    """The world in which a project begins, and so opens, as much later as the cut lasts."""

    def later(each: Project) -> Project:
        finished = each.finished + end - begin if each.finished >= 0 else each.finished
        return dataclasses.replace(each, start=each.start + end - begin, finished=finished)

    return dataclasses.replace(
        world, projects=tuple(later(each) if p == project else each for p, each in enumerate(world.projects))
    )
