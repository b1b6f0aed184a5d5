"""Scores: what a search keeps of each future of a plan, small enough to keep for thousands of plans.

They are held as 32-bit numbers, whether they were just simulated or come from a journal, so that a search that goes on
after a break decides as one that never stopped. What is said of plans at the end rests on cases simulated anew.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.study import estimates, measures, standards
from holdfast.study.case import Case

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.engine.run import Outcome
    from holdfast.parts.world import World
    from holdfast.study.estimates import Estimate

    Floats = NDArray[np.float64]

COST: Final = "cost"
SHORTAGE: Final = "shortage"


@dataclass(frozen=True)
class Aim:
    """One standard as a search sees it: what is asked, and in which direction."""

    name: str
    asked: float
    at_least: bool
    """Whether more is better; a share of futures always is."""
    share: bool
    """Whether it is asked of single futures, in a share of them."""


def aims_of(world: World) -> tuple[Aim, ...]:
    """The standards of a world, as a search sees them."""
    return tuple(
        Aim(s.name, s.in_share, True, True)
        if s.in_share is not None
        else Aim(s.name, standards.bound(s), s.at_least is not None, False)
        for s in world.standards
    )


@dataclass(frozen=True)
class Scores:
    """What some futures of one plan came to."""

    parts: dict[str, NDArray[np.float32]]
    """(replication,) `cost`, `shortage`; of each standard whether it `held.NAME`, and the parts `above.NAME` and
    `below.NAME` whose ratio of means is an expected value that it bounds; of each consumer `unmet.NAME` and
    `wanted.NAME`."""

    @property
    def futures(self) -> int:
        """How many futures."""
        return int(self.parts[COST].size)

    def first(self, futures: int) -> Scores:
        """The first so many futures."""
        return self if futures >= self.futures else Scores({k: x[:futures] for k, x in self.parts.items()})

    def then(self, more: Scores) -> Scores:
        """These futures and those that follow."""
        return Scores({name: np.concatenate([x, more.parts[name]]) for name, x in self.parts.items()})

    def same(self, other: Scores) -> bool:
        """Whether others are the same in every part and future."""
        return all(np.array_equal(x, other.parts[name], equal_nan=True) for name, x in self.parts.items())

    def part(self, name: str) -> Floats:
        """(replication,) one part, in full precision."""
        return self.parts[name].astype(np.float64)

    @cached_property
    def cost(self) -> Estimate:
        """What the plan costs but for shortage [money]."""
        return estimates.mean(self.part(COST), "money")

    @cached_property
    def total_cost(self) -> Estimate:
        """What the plan and being short cost [money]."""
        return estimates.mean(self.part(COST) + self.part(SHORTAGE), "money")

    def measure(self, aim: Aim) -> Estimate:
        """The measure that a standard bounds: the share of futures that meet it, or an expected value."""
        if aim.share:
            return estimates.share(self.parts[f"held.{aim.name}"] > 0)
        return estimates.ratio(self.part(f"above.{aim.name}"), self.part(f"below.{aim.name}"))

    def all_met(self, aims: tuple[Aim, ...]) -> NDArray[np.bool_]:
        """(replication,) whether a future meets every standard, as `standards.all_met` counts it."""
        held = np.ones(self.futures, dtype=bool)
        for aim in aims:
            held &= self.parts[f"held.{aim.name}"] > 0
        return held

    @cached_property
    def unmet(self) -> Estimate:
        """The part of all that is wanted that is not served on time."""
        names = [name for name in self.parts if name.startswith("unmet.")]
        wanted = [name for name in self.parts if name.startswith("wanted.")]
        zero = np.zeros(self.futures)
        return estimates.ratio(sum(map(self.part, names), zero), sum(map(self.part, wanted), zero))

    def to_json(self) -> dict[str, str]:
        """As text, for a journal."""
        return {name: _packed(x) for name, x in self.parts.items()}

    @classmethod
    def from_json(cls, text: dict[str, Any], futures: int) -> Scores:
        """From such text.

        Raises:
            ValueError: it is not such text, or of another number of futures.
        """
        parts = {name: _unpacked(each) for name, each in text.items()}
        if COST not in parts or any(x.size != futures for x in parts.values()):
            raise ValueError("not the scores of so many futures")
        return cls(parts)


def _packed(x: NDArray[np.float32]) -> str:
    """Numbers as text; where they are all alike, one of them."""
    if bool((x == x[0]).all()):
        return f"{x.size}x{float(x[0]).hex()}"
    return base64.b85encode(zlib.compress(x.astype("<f4").tobytes(), 6)).decode("ascii")


def _unpacked(text: str) -> NDArray[np.float32]:
    count, alike, value = text.partition("x")
    if alike and count.isdigit() and value.lstrip("-").startswith(("0x", "inf", "nan")):
        return np.full(int(count), float.fromhex(value), dtype=np.float32)
    return np.frombuffer(zlib.decompress(base64.b85decode(text)), dtype="<f4").astype(np.float32)


def scores_of(world: World, outcome: Outcome) -> Scores:
    """What a search keeps of an outcome."""
    case = Case(world, outcome.totals)
    parts: dict[str, Floats] = {
        COST: measures.costs(case, shortage=False),
        SHORTAGE: case.total(["costs.shortage"]),
    }
    for standard in world.standards:
        parts[f"held.{standard.name}"] = standards.met_in(case, standard).astype(np.float64)
        if standard.in_share is None:
            above, below = standards.parts(case, standard.window, standard.measure)
            parts[f"above.{standard.name}"], parts[f"below.{standard.name}"] = above, below
    for consumer in world.consumers:
        for what in ("unmet", "wanted"):
            goods = measures.goods_of(case, consumer.name)
            parts[f"{what}.{consumer.name}"] = case.total(f"consumers.{consumer.name}.{g}.{what}" for g in goods)
    return Scores({name: np.asarray(x, dtype=np.float32) for name, x in parts.items()})
