"""Why: each unit short is laid to its cause, and the causes sum to the whole.

The same futures are simulated again without some of the causes (`holdfast.study.causes`). What each cause adds to the
shortage depends on which others are there already: a cut-off hurts more in a surge. Shapley's value shares that out: it
is the mean of what a cause adds over all orders in which the causes could have come. What is left when none of them is
there is the policy's: the rules, levels and opening stocks against ordinary ups and downs.

Sources: Shapley, A value for n-person games, Contributions to the Theory of Games II (1953) 307; Castro, Gomez and
Tejada, Computers & Operations Research 36 (2009) 1726 (values by orders).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from holdfast.errors import Place, Problems, did_you_mean
from holdfast.study import estimates, simulate
from holdfast.study.causes import TITLES, Cause, Kind, causes
from holdfast.study.result import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from holdfast.parts.world import World
    from holdfast.spec.scenario import Scenario
    from holdfast.study.estimates import Estimate
    from holdfast.study.result import About

    Floats = NDArray[np.float64]

FUTURES: Final = 1_000
EXACT: Final = 5
"""Up to so many causes, Shapley's value is reckoned from every set of them; beyond, from orders round a ring."""
EVERYBODY: Final = "all"
"""The consumers together."""

Method = Literal["every set", "ring"]
Set = frozenset[int]
"""The causes that are there, by number."""


@dataclass(frozen=True)
class Part:
    """What one cause did."""

    name: str
    """Of the cause; `policy` for what is left without any."""
    kind: Kind
    title: str
    amount: Estimate
    """Units short for this reason, on average over futures. Below 0: the cause spared so much."""
    share: Estimate
    """Of all that was short; undefined (nan) where nothing was."""


@dataclass(frozen=True)
class Attribution:
    """Why one consumer is short with one plan."""

    alternative: str
    consumer: str
    total: Estimate
    """What is not served on time over the horizon: the sum of the parts."""
    parts: tuple[Part, ...]
    """The largest first, policy last."""


@dataclass(frozen=True)
class Why:
    """Why consumers are short, by alternative."""

    about: About
    provenance: dict[str, Any]
    what_if: str
    attributions: tuple[Attribution, ...]
    methods: dict[str, tuple[Method, int]]
    """By alternative: how the shares are reckoned, and from how many worlds."""

    def of(self, consumer: str, alternative: str | None = None) -> Attribution:
        """The attribution of one consumer; with the first alternative where nothing is said.

        Raises:
            KeyError: there is none.
        """
        name = alternative if alternative is not None else self.attributions[0].alternative
        for each in self.attributions:
            if (each.consumer, each.alternative) == (consumer, name):
                return each
        raise KeyError((consumer, name))

    def to_dict(self) -> dict[str, Any]:
        """For JSON; see docs/reference/json.md."""
        out: dict[str, dict[str, Any]] = {}
        for each in self.attributions:
            parts = [
                {
                    "cause": part.name,
                    "kind": part.kind,
                    "title": part.title,
                    "amount": part.amount.to_dict(),
                    "share": part.share.to_dict(),
                }
                for part in each.parts
            ]
            told = {"total": each.total.to_dict(), "causes": parts}
            out.setdefault(each.alternative, {})[each.consumer] = told
        methods = {name: {"method": how, "worlds": worlds} for name, (how, worlds) in self.methods.items()}
        return {"provenance": self.provenance, "what_if": self.what_if, "methods": methods, "alternatives": out}

    def to_pandas(self) -> pd.DataFrame:
        """A row for each alternative, consumer and cause: amount and share with their intervals."""
        import pandas as pd

        rows = [
            {
                "alternative": each.alternative,
                "consumer": each.consumer,
                "cause": part.name,
                "amount": part.amount.estimate,
                "amount_low": part.amount.low,
                "amount_high": part.amount.high,
                "unit": part.amount.unit,
                "share": part.share.estimate,
                "share_low": part.share.low,
                "share_high": part.share.high,
            }
            for each in self.attributions
            for part in each.parts
        ]
        return pd.DataFrame(rows).set_index(["alternative", "consumer", "cause"])

    def table(self, width: int = 80) -> str:
        """The answer in words and a table, as in the terminal."""
        from holdfast.output.words_why import answer  # the one way up: a convenience for people at a prompt

        return answer(self, width)


def why(
    scenario: Scenario,
    alternatives: Iterable[str] | None = None,
    what_if: str | None = None,
    consumer: str | None = None,
    replications: int = FUTURES,
    seed: int = simulate.SEED,
    threads: int | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Why:
    """Why consumers are short: how much of it each cause did, in the same futures.

    Args:
        scenario: what `holdfast.load` gives.
        alternatives: with which plans; the first where nothing is said.
        what_if: in which world; the base world where nothing is said.
        consumer: who; each of them, and all together where goods have one unit, where nothing is said.
        replications: futures of each world.
        seed: where the random numbers come from.
        threads: how many at most; all cores where nothing is said. The result does not depend on it.
        on_progress: called with the stage, the futures done in it and all of its futures.

    Raises:
        ScenarioError: there is no such alternative, what_if or consumer, or a number is out of range.
    """
    simulate.check(replications, seed, threads)
    names = simulate.choose(scenario, alternatives)
    names = names[:1] if alternatives is None else names
    where = BASE if what_if in (None, BASE) else simulate.choose_what_ifs(scenario, [str(what_if)])[0]
    worlds = {name: simulate.world_of(scenario, name, where) for name in names}
    for world in worlds.values():
        _check_consumer(world, consumer)
    plans = {name: _Plan(world) for name, world in worlds.items()}
    whole = sum(len(plan.sets) for plan in plans.values()) * replications
    done = 0
    found: list[Attribution] = []
    for name, plan in plans.items():
        short: dict[Set, dict[str, Floats]] = {}
        for there in plan.sets:
            short[there] = _short(plan.world_with(there), replications, seed, threads)
            done += replications
            if on_progress is not None:
                on_progress("worlds without causes", done, whole)
        found += [
            attribute(name, who, plan, {there: each[who] for there, each in short.items()})
            for who in _asked(plan.world, consumer)
        ]
    told = simulate.about(scenario)
    methods = {name: (plan.method, len(plan.sets)) for name, plan in plans.items()}
    return Why(told, simulate.provenance(told, seed, replications), where, tuple(found), methods)


def _check_consumer(world: World, consumer: str | None) -> None:
    known = [*_asked(world, None)]
    if consumer is None or consumer in known:
        return
    problems = Problems()
    message = f"there is no consumer '{consumer}' in the scenario"
    problems.add("HF403", Place("--consumer"), "", message, did_you_mean(consumer, known, "consumer"))
    problems.raise_if_any()


def _asked(world: World, consumer: str | None) -> list[str]:
    """Whose shortage is told."""
    if consumer is not None:
        return [consumer]
    names = [each.name for each in world.consumers]
    units = {world.goods[use.good].unit for use in world.uses}
    return [*names, *([EVERYBODY] if len(names) > 1 and len(units) == 1 else [])]


def _unit(world: World, consumer: str) -> str:
    names = {c.name for c in world.consumers} if consumer == EVERYBODY else {consumer}
    units = {world.goods[use.good].unit for use in world.uses if world.consumers[use.consumer].name in names}
    return units.pop() if len(units) == 1 else "unit"


def _short(world: World, replications: int, seed: int, threads: int | None) -> dict[str, Floats]:
    """(replication,) what each consumer is not served on time over the horizon [unit], and all of them together."""
    from holdfast.engine.run import simulate as run

    totals = run(world, replications=replications, seed=seed, threads=threads).totals
    out = {consumer.name: np.zeros(replications) for consumer in world.consumers}
    for use in world.uses:
        name = world.consumers[use.consumer].name
        out[name] = out[name] + totals[f"consumers.{name}.{world.goods[use.good].name}.unmet"]
    return {**out, EVERYBODY: sum(out.values(), np.zeros(replications))}


class _Plan:
    """The worlds that one attribution needs, and how what is short in them makes the parts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.causes: tuple[Cause, ...] = causes(world)
        count = len(self.causes)
        self.method: Method = "every set" if count <= EXACT else "ring"
        self.weights = exact_weights(count) if self.method == "every set" else ring_weights(count)
        whole, nothing = frozenset(range(count)), frozenset[int]()
        used = {whole, nothing, *(there for each in self.weights for there in each)}
        self.sets: list[Set] = sorted(used, key=lambda there: (-len(there), sorted(there)))

    def world_with(self, there: Set) -> World:
        """The world with some of its causes alone."""
        world = self.world
        for i, cause in enumerate(self.causes):
            if i not in there:
                world = cause.without(world)
        return world


def exact_weights(count: int) -> list[dict[Set, float]]:
    """For each cause, what the shortage with each set of causes counts in Shapley's value.

    value(i) = sum over sets S without i of |S|! (n - |S| - 1)! / n! (short(S and i) - short(S)).
    """
    out: list[dict[Set, float]] = []
    for i in range(count):
        others = [j for j in range(count) if j != i]
        weights: dict[Set, float] = {}
        for size in range(count):
            weight = 1.0 / (count * math.comb(count - 1, size))
            for each in itertools.combinations(others, size):
                before = frozenset(each)
                weights[before | {i}] = weight
                weights[before] = -weight
        out.append(weights)
    return out


def ring_weights(count: int) -> list[dict[Set, float]]:
    """As `exact_weights`, from the orders that go round the ring of causes, from each of them, in both directions.

    Each cause takes each place twice, and of any two each comes first in half of the orders, so the values are
    Shapley's where causes work on one another in pairs, and sum to the whole always. It takes n (n - 1) + 2 worlds and
    not 2^n.
    """
    out: list[dict[Set, float]] = [{} for _ in range(count)]
    for start in range(count):
        for step in (1, -1):
            there: Set = frozenset()
            for place in range(count):
                i = (start + step * place) % count
                for each, sign in ((there | {i}, 1.0), (there, -1.0)):
                    out[i][each] = out[i].get(each, 0.0) + sign / (2 * count)
                there |= {i}
    return out


def attribute(alternative: str, consumer: str, plan: _Plan, short: Mapping[Set, Floats]) -> Attribution:
    """The parts of a shortage, from what is short with each set of causes (replication,).

    Shares are ratios of means over the same futures, with intervals of their own (`estimates.ratio`). Where no part
    is surely below 0, none is above the whole, and the shares are proportions.
    """
    unit = _unit(plan.world, consumer)
    whole, nothing = short[frozenset(range(len(plan.causes)))], short[frozenset()]
    amounts = [
        sum((weight * short[there] for there, weight in weights.items()), np.zeros_like(whole))
        for weights in plan.weights
    ]
    adds = all(estimates.mean(amount, unit).high >= 0.0 for amount in amounts)
    parts = [
        _part(cause.name, cause.kind, cause.title, amount, whole, unit, adds)
        for cause, amount in zip(plan.causes, amounts, strict=True)
    ]
    parts.sort(key=lambda part: -part.amount.estimate)
    policy = _part("policy", "policy", TITLES["policy"], nothing, whole, unit, adds)
    return Attribution(alternative, consumer, estimates.mean(whole, unit), (*parts, policy))


def _part(name: str, kind: Kind, title: str, amount: Floats, whole: Floats, unit: str, proportion: bool) -> Part:
    share = estimates.ratio(amount, whole, proportion=proportion)
    return Part(name, kind, title, estimates.mean(amount, unit), share)


def sums(parts: Sequence[Part]) -> float:
    """What the parts come to together: the total, but for rounding."""
    return math.fsum(part.amount.estimate for part in parts)
