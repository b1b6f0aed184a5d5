"""Whether the engine and its slow twin agree on random worlds, draw for draw: `dev.py twin`.

Codes and counts must be equal; other numbers may differ by rounding alone: by at most `TOLERANCE` x (1 + what
the largest record of the same thing, as of one store and good, adds up to over the future).
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, seed, settings

from reference.conservation import check
from reference.covers import covers
from reference.scenarios import worlds
from reference.simulator import simulate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from holdfast.parts.world import World

TOLERANCE = 1e-9
EXACT = (".state", ".noticed", ".warned", ".lots", ".short", ".opened", ".first_short", ".longest_short")
EXACT_WINDOWS = (".periods", ".short_periods", ".spells", ".short_spells")


class Disagreement(AssertionError):
    """The engine and the twin tell different futures, or one of them loses goods."""


def difference(world: World, *, seed: int, replication: int) -> str | None:
    """The first period and record in which engine and twin differ, in words; None if they agree."""
    from holdfast.engine.run import record

    twin = simulate(world, seed=seed, replication=replication)
    records, finals = record(world, seed=seed, replication=replication)
    theirs = {name: [float(x) for x in values] for name, values in records.items()}
    extra = _extra(twin.records, theirs) or _extra(twin.finals, finals)
    if extra:
        return extra
    theirs = {name: theirs.get(name, [0.0] * world.periods) for name in twin.records}
    return (
        _first_period(twin.records, theirs, world.periods)
        or _finals(twin.finals, {name: finals.get(name, 0.0) for name in twin.finals})
        or next((f"the twin does not conserve: {x}" for x in check(world, twin.records)), None)
        or next((f"the engine does not conserve: {x}" for x in check(world, theirs)), None)
    )


def _extra(twin: Mapping[str, object], engine: Mapping[str, object]) -> str | None:
    """Names that only the engine has; what it leaves out must be 0 in the twin (§22)."""
    extra = sorted(engine.keys() - twin.keys())
    return f"only the engine has {extra}" if extra else None


def _first_period(twin: dict[str, list[float]], engine: dict[str, list[float]], periods: int) -> str | None:
    """All records that differ in the first period in which any does."""
    size: dict[str, float] = {}
    for name in twin:
        thing = name.rpartition(".")[0]
        size[thing] = max(size.get(thing, 0.0), math.fsum(map(abs, twin[name])))
    for t in range(periods):
        found = [
            f"  {name}: twin {twin[name][t]!r}, engine {engine[name][t]!r}"
            for name in twin
            if not _same(name, twin[name][t], engine[name][t], size[name.rpartition(".")[0]])
        ]
        if found:
            return "\n".join([f"period {t}:", *found])
    return None


def _finals(twin: dict[str, float], engine: Mapping[str, float]) -> str | None:
    found = [
        f"  {name}: twin {value!r}, engine {float(engine[name])!r}"
        for name, value in twin.items()
        if not _same(name, value, float(engine[name]), max(abs(value), abs(float(engine[name]))))
    ]
    return "\n".join(["at the end:", *found]) if found else None


def _same(name: str, a: float, b: float, size: float) -> bool:
    """Whether two values of a record are the same, or close enough where rounding may differ."""
    exact = name.endswith(EXACT) or (name.startswith("windows.") and name.endswith(EXACT_WINDOWS))
    return a == b if exact else abs(a - b) <= TOLERANCE * (1 + size)


def run(scenarios: int, first_seed: int) -> tuple[int, Counter[str], str | None]:
    """Compare on so many random worlds.

    Args:
        scenarios: How many worlds.
        first_seed: Seed of Hypothesis; the same worlds come again for the same seed.

    Returns:
        How many agreed before the first disagreement, how many of those covered each part, and the
        smallest disagreement in words (None: there is none).
    """
    agreed = 0
    covered: Counter[str] = Counter()
    worst: list[str] = []

    @seed(first_seed)
    @settings(
        max_examples=scenarios,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
    )
    @given(worlds())
    def compare(world: World) -> None:
        nonlocal agreed
        draws = random.Random(first_seed)
        for _ in range(2):
            key = {"seed": draws.randrange(2**63), "replication": draws.randrange(10_000)}
            found = difference(world, **key)
            if found is not None:
                worst[:] = [f"{world}\n{key}\n{found}"]
                raise Disagreement(found)
        if not worst:
            agreed += 1
            covered.update(covers(world))

    try:
        compare()
    except Disagreement:
        return agreed, covered, worst[0]
    return agreed, covered, None


def main(argv: Sequence[str] | None = None) -> int:
    """Compare engine and twin and print how many agreed and what they covered; 0 if all did."""
    parser = argparse.ArgumentParser(prog="dev.py twin", description=main.__doc__)
    parser.add_argument("--scenarios", type=int, default=500, help="how many random worlds [500]")
    parser.add_argument("--seed", type=int, default=1, help="which random worlds [1]")
    options = parser.parse_args(argv)
    begun = time.perf_counter()
    agreed, covered, worst = run(options.scenarios, options.seed)
    for part, count in sorted(covered.items()):
        print(f"{count:6} {part}")
    took = time.perf_counter() - begun
    if worst is None:
        print(f"{agreed} of {agreed} random worlds agreed, in two futures each ({took:.0f} s)")
        return 0
    print(f"After {agreed} worlds that agreed, one did not ({took:.0f} s). The smallest found:\n{worst}")
    return 1
