"""What can be cut: a channel, an input, a plant, a regime's state, or all channels together (conventions §24).

A cut is a pure function from a World to a World, in which the thing is closed, stopped or held for some periods and all
else is as it was. No draw moves, so a cut future and the same future uncut differ by the cut alone.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.errors import Place, did_you_mean
from holdfast.parts.laws import Law
from holdfast.parts.world import Changing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from holdfast.errors import Problems
    from holdfast.parts.world import World

    Floats = NDArray[np.float64]

EVERYTHING: Final = "channels"
"""Name of the cut of all channels together."""


@dataclass(frozen=True)
class Cut:
    """One thing that can be cut, by its name in the scenario."""

    name: str
    """As people may write it: `channels.world`, `inputs.oxide`, `plants.maracay`, `regimes.sanctions.embargo`."""
    kind: str
    """channel, input, plant, regime or everything."""
    title: str
    """What people read."""
    short: str = ""
    """The name without its kind, where no other cut has the same."""
    channels: tuple[str, ...] = ()
    """Channels that it closes."""

    def excludes(self, other: Cut) -> bool:
        """Whether the two make no pair: two states of one regime, or one inside the other."""
        if self.kind == other.kind == "regime":
            return self.name.rsplit(".", 1)[0] == other.name.rsplit(".", 1)[0]
        closed, others = set(self.channels), set(other.channels)
        return self == other or bool(closed and others and (closed <= others or others <= closed))


def all_cuts(world: World) -> list[Cut]:
    """Every single cut of a world: all channels together, each channel, input, plant and state of a regime.

    An input that one channel alone brings is that channel.
    """
    found = [Cut(f"channels.{c.name}", "channel", c.title or c.name, channels=(c.name,)) for c in world.channels]
    if len(found) > 1:
        everything = tuple(channel.name for channel in world.channels)
        found.insert(0, Cut(EVERYTHING, "everything", "All channels together", EVERYTHING, everything))
    found += [cut for cut in _inputs(world) if len(cut.channels) > 1]
    found += [Cut(f"plants.{plant.name}", "plant", plant.title or plant.name) for plant in world.plants]
    for regime in world.regimes:
        title = regime.title or regime.name
        found += [Cut(f"regimes.{regime.name}.{s.name}", "regime", f"{title}: {s.name}") for s in regime.states]
    return _with_short_names(found)


def _inputs(world: World) -> list[Cut]:
    """A cut for each good that lines take and channels bring: the channels that bring it."""
    taken = sorted({good for line in world.lines for good, _, _ in line.takes})
    found = []
    for good in taken:
        brings = tuple(channel.name for channel in world.channels if good in channel.goods)
        if brings:
            name, title = world.goods[good].name, world.goods[good].title
            found.append(Cut(f"inputs.{name}", "input", f"{title or name}, from anywhere", channels=brings))
    return found


def _with_short_names(cuts: list[Cut]) -> list[Cut]:
    """The same cuts with short names, where they are of one meaning."""
    shorts = [cut.short or cut.name.split(".", 1)[-1] for cut in cuts]
    return [
        dataclasses.replace(cut, short=short if shorts.count(short) == 1 else cut.name)
        for cut, short in zip(cuts, shorts, strict=True)
    ]


def choose_cuts(world: World, names: Iterable[str] | None, problems: Problems) -> list[Cut]:
    """The cuts asked for, by full or short name; all of them where nothing is said.

    What nothing is called by is noted as HF403.
    """
    known = all_cuts(world)
    if names is None:
        return known
    inputs = [cut for cut in _with_short_names(_inputs(world)) if cut.name not in {each.name for each in known}]
    named: dict[str, Cut] = {}
    for cut in [*inputs, *known]:
        named |= {cut.short: cut, cut.name: cut}
    chosen = []
    for name in dict.fromkeys(names):
        if name in named:
            chosen.append(named[name])
        else:
            message = f"there is nothing called '{name}' to cut in the scenario"
            problems.add("HF403", Place("--cut"), "", message, did_you_mean(name, named, "channel, plant or regime"))
    return list(dict.fromkeys(chosen))


def apply(world: World, cuts: Sequence[Cut], begin: int, end: int) -> World:
    """The world in which some things are cut from period `begin` until before period `end`.

    A channel is closed: it takes no order, and what is under way does as its `in_transit` says. A plant's lines stand
    still. A regime is seen by all that reads it as if it were in the state; its own time goes on beneath. What the
    world does not have is not cut.
    """
    for cut in cuts:
        kind, _, rest = cut.name.partition(".")
        if kind == "plants":
            world = _stop(world, rest, begin, end)
        elif kind == "regimes":
            name, state = rest.rsplit(".", 1)
            world = _hold(world, name, state, begin, end)
        else:
            world = _close(world, cut.channels, begin, end)
    return world


def at_rest_from_the_start(world: World, resting: Mapping[str, str]) -> dict[str, str]:
    """By regime the state in which it starts, where that is the one in which it changes nothing.

    What has come already is no crisis that may never come: a regime that starts elsewhere goes on as drawn.
    """
    found = {}
    for regime in world.regimes:
        starts = regime.states[regime.starts].name
        original = regime.name if regime.name in resting else regime.name.rpartition(".")[0]  # of which it is a copy
        if resting.get(original) == starts:
            found[regime.name] = starts
    return found


def at_rest(world: World, resting: Mapping[str, str], begin: int, end: int, cut: Cut | None = None) -> World:
    """The world in which nothing comes but one cut: every regime is seen at rest, and the cut is as in `apply`.

    Args:
        world: the world.
        resting: by regime the state in which it changes nothing (`at_rest_from_the_start`).
        begin: the period in which the cut begins.
        end: the period before which it ends.
        cut: what is cut; nothing where nothing is said.
    """
    held = cut.name.split(".", 1)[1].rsplit(".", 1)[0] if cut is not None and cut.kind == "regime" else ""
    for regime in world.regimes:
        state = resting.get(regime.name)
        if state is None:
            continue
        spans = [(0, begin), (end, world.periods)] if regime.name == held else [(0, world.periods)]
        for first, last in spans:
            if first < last:
                world = _hold(world, regime.name, state, first, last)
    return world if cut is None else apply(world, (cut,), begin, end)


def _close(world: World, names: Sequence[str], begin: int, end: int) -> World:
    """Some channels closed for a while."""
    channels = tuple(
        dataclasses.replace(channel, open=between(channel.open, begin, end, np.zeros_like))
        if channel.name in names
        else channel
        for channel in world.channels
    )
    return dataclasses.replace(world, channels=channels)


def _stop(world: World, name: str, begin: int, end: int) -> World:
    """A plant's lines stopped for a while."""
    stopped = {line for plant in world.plants if plant.name == name for line in plant.lines}
    lines = tuple(
        dataclasses.replace(line, nameplate=between(line.nameplate, begin, end, np.zeros_like))
        if place in stopped
        else line
        for place, line in enumerate(world.lines)
    )
    return dataclasses.replace(world, lines=lines)


def _hold(world: World, name: str, state: str, begin: int, end: int) -> World:
    """A regime seen in one state for a while, by every value that reads it."""
    condition = next((i for i, each in enumerate(world.conditions[: len(world.regimes)]) if each.name == name), None)
    if condition is None or state not in world.conditions[condition].states:
        return world
    code = world.conditions[condition].states.index(state)

    def held(value: Changing) -> Changing:
        return held_between(world, value, condition, code, begin, end)

    whole: World = _each_changing(world, held)
    regimes = tuple(
        old if old.name == name else new for old, new in zip(world.regimes, whole.regimes, strict=True)
    )  # its own time goes on
    return dataclasses.replace(whole, regimes=regimes)


def held_between(world: World, value: Changing, condition: int, code: int, begin: int, end: int) -> Changing:
    """A changing value that sees a condition in one state in periods `begin` to `end` - 1."""
    if condition not in value.reads:
        return value
    axis, shape = value.reads.index(condition), [len(world.conditions[c].states) for c in value.reads]

    def inside(row: Floats) -> Floats:
        table = row.reshape(shape)
        return np.broadcast_to(np.take(table, [code], axis=axis), shape).reshape(-1)

    return between(value, begin, end, inside)


def between(value: Changing, begin: int, end: int, inside: Callable[[Floats], Floats]) -> Changing:
    """A changing value whose tables are others in periods `begin` to `end` - 1."""
    starts = tuple(sorted({*value.starts, begin, end}))
    rows = []
    for start in starts:
        segment = max(s for s, each in enumerate(value.starts) if each <= start)
        row = value.values[segment]
        rows.append(inside(row) if begin <= start < end else row)
    return Changing(np.stack(rows), value.reads, starts)


def _each_changing(part: Any, change: Callable[[Changing], Changing]) -> Any:
    """A part of a world with every changing value in it, however deep, changed; the same object where none is."""
    if isinstance(part, Changing):
        return change(part)
    if isinstance(part, tuple):
        items = tuple(_each_changing(item, change) for item in part)
        return part if all(a is b for a, b in zip(items, part, strict=True)) else items
    if not dataclasses.is_dataclass(part) or isinstance(part, Law | type):
        return part
    new = {}
    for each in dataclasses.fields(part):
        old = getattr(part, each.name)
        value = _each_changing(old, change)
        if value is not old:
            new[each.name] = value
    return dataclasses.replace(part, **new) if new else part
