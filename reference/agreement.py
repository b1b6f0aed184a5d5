"""Whether the engine and its slow twin agree on random worlds, draw for draw: `dev.py twin`.

Codes and counts must be equal; other numbers may differ by rounding alone: by at most `TOLERANCE` x (1 + what
the largest record of the same thing, as of one store and good, adds up to over the future).
"""

from __future__ import annotations

import argparse
import contextlib
import math
import random
import tempfile
import textwrap
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings

from reference.conservation import check
from reference.covers import covers, happened
from reference.scenarios import worlds
from reference.simulator import simulate
from reference.telling import tell
from reference.texts import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    from holdfast.parts.world import World
    from reference.simulator import Future

T = TypeVar("T")

TOLERANCE = 1e-9
EXACT = (".state", ".noticed", ".warned", ".lots", ".short", ".opened", ".first_short", ".longest_short")
EXACT_WINDOWS = (".periods", ".short_periods", ".spells", ".short_spells")


class Disagreement(AssertionError):
    """The engine and the twin tell different futures, or one of them loses goods."""


def difference(world: World, *, seed: int, replication: int, twin: Future | None = None) -> str | None:
    """The first period and record in which engine and twin differ, in words; None if they agree."""
    from holdfast.engine.run import record

    twin = twin or simulate(world, seed=seed, replication=replication)
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


@dataclass
class Tally:
    """How many random scenarios agreed, and what was in them."""

    agreed: int = 0
    worlds: int = 0
    """Futures compared, each of one alternative in one what_if."""
    periods: int = 0
    """Periods of these futures."""
    figures: int = 0
    """Values compared, one for each record and period."""
    covered: Counter[str] = field(default_factory=Counter)
    """In how many worlds each part was, or each rare thing happened."""
    worst: str | None = None
    """The smallest disagreement found, in words."""

    def compare(self, world: World, what: str, *, seed: int, replication: int) -> None:
        """Compare one future of one world.

        Raises:
            Disagreement: engine and twin tell different futures.
        """
        twin = simulate(world, seed=seed, replication=replication)
        found = difference(world, seed=seed, replication=replication, twin=twin)
        if found is not None:
            self.worst = f"{what}\nseed {seed}, replication {replication}\n{found}"
            raise Disagreement(found)
        self.worlds += 1
        self.periods += world.periods
        self.figures += sum(map(len, twin.records.values())) + len(twin.finals)
        self.covered.update(covers(world) | happened(twin.records))


def run(scenarios: int, first_seed: int) -> Tally:
    """Compare two futures each of so many random worlds, up to the first disagreement.

    Args:
        scenarios: How many worlds.
        first_seed: Seed of Hypothesis; the same worlds come again for the same seed.
    """
    tally = Tally()

    def compare(world: World) -> None:
        draws = random.Random(first_seed)
        for _ in range(2):
            tally.compare(world, tell(world), seed=draws.randrange(2**63), replication=draws.randrange(10_000))

    return _search(worlds(), compare, tally, scenarios, first_seed)


def run_files(files: int, first_seed: int) -> Tally:
    """Compare one future of each alternative in each what_if of so many random scenario files."""
    import holdfast

    tally = Tally()

    def compare(written: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "random.yaml"
            path.write_text(written)
            scenario = holdfast.load(path)
        for alternative in (None, *scenario.alternatives):
            for what_if in (None, *scenario.what_ifs):
                what = f"{written}\n{alternative or 'the base'}, {what_if or 'no what_if'}"
                tally.compare(scenario.world(alternative, what_if), what, seed=first_seed, replication=1)

    return _search(texts(), compare, tally, files, first_seed)


def _search(
    strategy: SearchStrategy[T], compare: Callable[[T], None], tally: Tally, examples: int, first_seed: int
) -> Tally:
    """Try random examples until one disagrees, and make that one as small as can be."""

    @seed(first_seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
    )
    @given(strategy)
    def one(example: T) -> None:
        compare(example)
        if tally.worst is None:
            tally.agreed += 1

    with contextlib.suppress(Disagreement):
        one()
    return tally


PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "twin.md"
WIDTH = 120
"""Columns of a line on the page."""


def told(drawn: Tally, written: Tally, options: argparse.Namespace) -> str:
    """What agreed and what was in it, as it stands on the page."""
    command = (
        f"uv run dev.py twin --scenarios {options.scenarios} --files {options.files} --seed {options.seed} --write"
    )
    text = (
        f"All of {drawn.agreed:,} random worlds agreed in two futures each ({drawn.worlds:,} futures), and all of "
        f"{written.agreed:,} random scenario files in all their worlds ({written.worlds:,} futures): "
        f"{drawn.periods + written.periods:,} periods, {drawn.figures + written.figures:,} figures compared, none "
        "apart. In how many of these futures each part was there, or each rare thing happened:"
    )
    covered = drawn.covered + written.covered
    parts = "; ".join(f"{part} ({count:,})" for part, count in sorted(covered.items()))
    lines = [f"    {command}", "", *textwrap.wrap(text, WIDTH), ""]
    return "\n".join([*lines, *textwrap.wrap(parts, WIDTH, initial_indent="> ", subsequent_indent="> ")])


def main(argv: Sequence[str] | None = None) -> int:
    """Compare engine and twin and print how many agreed and what they covered; 0 if all did."""
    parser = argparse.ArgumentParser(prog="dev.py twin", description=main.__doc__)
    parser.add_argument("--scenarios", type=int, default=500, help="how many random worlds [500]")
    parser.add_argument("--files", type=int, default=20, help="how many random scenario files [20]")
    parser.add_argument("--seed", type=int, default=1, help="which random ones [1]")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/explanation/twin.md")
    options = parser.parse_args(argv)
    begun = time.perf_counter()
    drawn = run(options.scenarios, options.seed)
    written = run_files(options.files, options.seed) if drawn.worst is None and options.files else Tally()
    covered = drawn.covered + written.covered
    print("In how many of the futures compared each part was there, or each rare thing happened:")
    for part, count in sorted(covered.items()):
        print(f"{count:6} {part}")
    took = f"{time.perf_counter() - begun:.0f} s"
    for what, tally in (("random worlds", drawn), ("random scenario files", written)):
        if tally.worst is not None:
            print(f"After {tally.agreed} {what} that agreed, one did not ({took}). The smallest found:\n{tally.worst}")
            return 1
    print(f"{drawn.agreed} of {drawn.agreed} random worlds agreed in two futures each,")
    print(f"{written.agreed} of {written.agreed} random files agreed in their {written.worlds} worlds ({took}).")
    if options.write:
        from docs.marks import fill

        fill(PAGE, "twin", told(drawn, written, options))
    return 0
