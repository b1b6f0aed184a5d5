"""Faults planted in the engine's own source, and who catches each: `dev.py faults`.

A fault changes one place of one module of the engine. What of that module then differs, and whoever calls it, is
compiled anew, in this process only and never kept. The same random worlds are then told by the faulty engine: the twin
must tell another future, or goods must go missing, or the engine's own checks must stop it. A published result that
then comes out wrong is a catch as well.
"""

from __future__ import annotations

import argparse
import collections
import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, Phase, given, seed, settings

from holdfast.errors import EngineError
from holdfast.parts.world import World
from reference.agreement import PAGE, difference
from reference.conservation import check
from reference.scenarios import worlds
from reference.simulator import Future, simulate

OPS = "holdfast.engine.ops"
AIMED = Path(__file__).with_name("aimed.yaml")
REPLICATION = 3
"""Not the first, so that a lane is not taken for a replication."""
SEED = 5


@dataclass(frozen=True)
class Fault:
    """One thing done wrong."""

    what: str
    """What the engine then does."""
    module: str
    right: str
    """Text that the module holds once."""
    wrong: str


FAULTS = {
    "demand-before-production": Fault(
        "demand is served before lines have run",
        "holdfast.engine.model",
        '"production", "demand"',
        '"demand", "production"',
    ),
    "orders-before-receipts": Fault(
        "orders are placed before what is due has arrived",
        "holdfast.engine.model",
        '"receipts", "decisions"',
        '"decisions", "receipts"',
    ),
    "lead-time": Fault(
        "an order arrives a period late",
        f"{OPS}.ordering",
        "put(F, Z, B, i, due, d, q)",
        "put(F, Z, B, i, due, d + 1, q)",
    ),
    "crossover": Fault(
        "an order may overtake earlier ones where it must not",
        f"{OPS}.ordering",
        "d = max(d, np.int64(Z[last + i]) - t)",
        "d = max(d, np.int64(0))",
    ),
    "held-lost": Fault(
        "what a full channel does not clear is forgotten",
        f"{OPS}.channels",
        "F[held + i] = h - x\n",
        "F[held + i] = 0.0\n",
    ),
    "missing-awaited": Fault(
        "what is missing from a shipment is still waited for",
        f"{OPS}.channels",
        "F[coming + i] -= x",
        "F[coming + i] -= got",
    ),
    "closed-door": Fault(
        "a closed channel has room for orders",
        f"{OPS}.channels",
        "F[room + i] = most if c > 0.0 else 0.0",
        "F[room + i] = min(left + capacity, review * capacity)",
    ),
    "waiting-lost": Fault(
        "what waits for room in a store is forgotten",
        f"{OPS}.stores",
        "F[waiting + i] += came - x\n",
        "F[waiting + i] += 0.0\n",
    ),
    "backorders-lost": Fault(
        "backorders are not carried over",
        f"{OPS}.consumers",
        "after = before + F[wanted + i] - F[got + i]",
        "after = max(0.0, F[wanted + i] - F[got + i])",
    ),
    "expiry": Fault(
        "a class expires a period late",
        f"{OPS}.stores",
        "row = (A[k + 1] + ((t - A[k + 4] + 1) // width) % A[k + 2]) * B",
        "row = (A[k + 1] + ((t - A[k + 4]) // width) % A[k + 2]) * B",
    ),
    "youngest-first": Fault(
        "the oldest goes out first where the youngest should",
        "holdfast.engine.lower_flow",
        '"youngest_first": 1',
        '"youngest_first": 0',
    ),
    "kept-back": Fault(
        "what is kept for others is issued too",
        f"{OPS}.consumers",
        "max(0.0, F[before + i] - F[above + i])",
        "max(0.0, F[before + i])",
    ),
    "owed-forgotten": Fault(
        "what a store cannot ship at once is forgotten",
        f"{OPS}.transfers",
        "F[owed + i] -= x\n",
        "F[owed + i] = 0.0\n",
    ),
    "closed-store-ships": Fault(
        "a closed store ships to other stores",
        f"{OPS}.transfers",
        "max(0.0, F[here + i]) if F[is_open + i] != 0.0 else 0.0",
        "max(0.0, F[here + i])",
    ),
    "owed-not-counted": Fault(
        "what a store owes to others is no backorder of its own",
        "holdfast.engine.lowering",
        "link.origin == keep",
        "link.origin < 0",
    ),
    "window": Fault(
        "a standard judges one period too many",
        f"{OPS}.consumers",
        "np.float64(age < within)",
        "np.float64(age <= within)",
    ),
    "stream-shared": Fault(
        "a warning draws from its regime's stream",
        "holdfast.engine.lower",
        'b.stream(f"regimes.{regime.name}.warning")',
        'b.stream(f"regimes.{regime.name}")',
    ),
    "word-twice": Fault(
        "the next state is drawn with the word of how long the last one lasted",
        f"{OPS}.regimes",
        "Z[following + i] = next_state(P, thresholds, n, s, c)",
        "Z[following + i] = next_state(P, thresholds, n, s, a)",
    ),
    "lane-for-replication": Fault(
        "a block's first futures are drawn again in every block",
        f"{OPS}.regimes",
        "event(key, rep0 + i, stream, number)",
        "event(key, i, stream, number)",
    ),
    "regime-not-noticed": Fault(
        "what depends on a regime is not reckoned again when its state has changed",
        f"{OPS}.regimes",
        "Z[changes + lo] += 1\n    count = listed",
        "count = listed",
    ),
    "signal-not-noticed": Fault(
        "what depends on a signal is not reckoned again when it goes on or off",
        f"{OPS}.signals",
        "Z[changes + lo] += np.int32(changed != 0)",
        "Z[changes + lo] += np.int32(0)",
    ),
    "project-not-noticed": Fault(
        "what depends on a project is not reckoned again when its state has changed",
        f"{OPS}.projects",
        "Z[changes + lo] += np.int32(changed != 0)",
        "Z[changes + lo] += np.int32(0)",
    ),
    "rounded-to-nearest": Fault(
        "a spell is rounded to the nearest period",
        f"{OPS}.regimes",
        "max(1.0, whole(draw(P, law, a), b))",
        "max(1.0, np.floor(draw(P, law, a) + 0.5))",
    ),
    "rate-for-probability": Fault(
        "a rate is taken for a probability",
        "holdfast.engine.model",
        "-np.expm1(-rate.values)",
        "np.minimum(1.0, rate.values)",
    ),
    "opening": Fault(
        "a project opens a period late",
        f"{OPS}.projects",
        "if F[left + i] <= 0.0:\n                    s = RUNNING",
        "if F[left + i] < 0.0:\n                    s = RUNNING",
    ),
    "mends-as-it-fails": Fault(
        "a line is down for as long as it is up",
        f"{OPS}.lines",
        "(fail, mend) if even else (mend, fail)",
        "(fail, fail) if even else (mend, fail)",
    ),
    "inputs-not-taken": Fault(
        "inputs limit a line and are not used up",
        f"{OPS}.lines",
        "F[here + i] = stock - x",
        "F[here + i] = stock",
    ),
    "rework": Fault(
        "reworked lots come again at once",
        f"{OPS}.inspections",
        "np.int64(Z[holds + m]) + (takes if mends else 0)",
        "np.int64(Z[holds + m])",
    ),
    "signal-delay": Fault(
        "a signal is noticed at once, whatever its delay",
        f"{OPS}.signals",
        "(past + (t + 1) % (delay + 1)) * B",
        "(past + t % (delay + 1)) * B",
    ),
    "discount": Fault(
        "costs are discounted a period too far",
        "holdfast.engine.lowering",
        "b.table(world.discounts)",
        "b.table(world.discounts * world.discount(1))",
    ),
    "correlation": Fault(
        "correlated prices move on their own",
        f"{OPS}.prices",
        "spread * P[at + 3 + j]",
        "spread * (1.0 if j == n - 1 else 0.0)",
    ),
}


@dataclass
class Catches:
    """Who saw that a fault was there."""

    twin: int = 0
    """The first of the worlds in which the twin told another future, from 1; 0: none."""
    conservation: int = 0
    """The first in which goods or demand went missing, by the engine's records alone."""
    checks: int = 0
    """The first that the engine's own checks stopped."""
    truths: tuple[str, ...] = ()
    """Published results that came out wrong."""

    @property
    def caught(self) -> bool:
        """Whether anybody saw it without a published result."""
        return bool(self.twin or self.conservation or self.checks)


def _differs(one: CodeType, other: CodeType) -> bool:
    """Whether two functions do different things."""
    return (one.co_code, one.co_names, one.co_varnames) != (other.co_code, other.co_names, other.co_varnames) or repr(
        [c for c in one.co_consts if not isinstance(c, CodeType)]
    ) != repr([c for c in other.co_consts if not isinstance(c, CodeType)])


def _python(what: object) -> FunctionType | None:
    """The Python of a function or of what Numba made of it."""
    what = getattr(what, "py_func", what)
    return what if isinstance(what, FunctionType) else None


def _faulty(fault: Fault) -> tuple[ModuleType, ModuleType]:
    """The right module, and one of the same name made of the wrong text.

    Raises:
        ValueError: the module does not hold the right text exactly once.
    """
    right = importlib.import_module(fault.module)
    text = Path(str(right.__file__)).read_text(encoding="utf-8")
    if text.count(fault.right) != 1:
        raise ValueError(f"{fault.module} holds {fault.right!r} {text.count(fault.right)} times")
    wrong = ModuleType(fault.module)
    wrong.__package__ = right.__package__
    with mock.patch.dict(sys.modules, {fault.module: wrong}):  # dataclasses look their module up
        exec(compile(text.replace(fault.right, fault.wrong), f"<{fault.what}>", "exec"), vars(wrong))
    return right, wrong


def _changed(right: ModuleType, wrong: ModuleType) -> list[str]:
    """Names of what differs, and of the functions of the module that call it."""
    pairs = {name: (_python(vars(right).get(name)), _python(what)) for name, what in vars(wrong).items()}
    of_it = {n: (a, b) for n, (a, b) in pairs.items() if a and b and b.__code__.co_filename.startswith("<")}
    found = {name for name, (a, b) in of_it.items() if _differs(a.__code__, b.__code__)}
    while more := {n for n, (_, b) in of_it.items() if n not in found and found & set(b.__code__.co_names)}:
        found |= more
    others = [n for n, what in vars(wrong).items() if isinstance(what, type) and what.__module__ == wrong.__name__]
    constants = [n for n in vars(wrong) if n.isupper() and repr(vars(wrong)[n]) != repr(vars(right).get(n))]
    return [*found, *others, *constants]


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """The engine with a fault in it."""
    from holdfast.engine import kernel, run

    right, wrong = _faulty(fault)
    names = _changed(right, wrong)
    anew = {what for n in names if isinstance(what := vars(wrong)[n], FunctionType)}
    compiled: dict[Callable[..., None], Any] = {}
    address = kernel.address

    def uncached(function: Callable[..., None]) -> int:
        if function not in anew:
            return address(function)
        if function not in compiled:
            compiled[function] = kernel.compile_op(function)
        return int(compiled[function].address)

    with ExitStack() as patches:
        patches.enter_context(mock.patch.object(kernel, "address", uncached))
        patches.enter_context(mock.patch.object(run, "_recorders", collections.deque()))
        for module, name in _where(fault, right, names):
            patches.enter_context(mock.patch.object(module, name, vars(wrong)[name]))
        yield


def _where(fault: Fault, right: ModuleType, names: Sequence[str]) -> list[tuple[ModuleType, str]]:
    """Every place in the engine that holds what differs.

    Raises:
        ValueError: it is a step that other modules have compiled into their ops, where it would stay right.
    """
    found = []
    for module in [m for n, m in sorted(sys.modules.items()) if n.startswith("holdfast.engine")]:
        held = [name for name in names if vars(module).get(name) is vars(right)[name]]
        steps = [name for name in held if hasattr(vars(right)[name], "py_func")]
        if steps and module is not right:
            raise ValueError(f"{fault.what}: {module.__name__} has {', '.join(steps)} in its own ops")
        found += [(module, name) for name in held]
    return found


def some_worlds(number: int, first_seed: int = SEED) -> list[tuple[World, Future]]:
    """A world by hand and so many random ones, each with what the twin tells of one future of it.

    The one by hand is there for what few random worlds show: a store that issues the youngest first and is not empty,
    one in which goods wait for room, a line that uses up its inputs, warnings, a regime
    with a choice of what follows, a store that is closed and owes to another.
    """
    import holdfast

    found: list[World] = [holdfast.load(AIMED).world()]

    @seed(first_seed)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(worlds())
    def keep(world: World) -> None:
        found.append(world)

    keep()
    return [(world, simulate(world, seed=SEED, replication=REPLICATION)) for world in found]


def catches(fault: Fault, among: Sequence[tuple[World, Future]], *, first: bool = False) -> Catches:
    """Who catches a fault in some worlds; with `first`, up to the first world in which anybody does."""
    from holdfast.engine.run import record

    found = Catches()
    with planted(fault):
        for n, (world, twin) in enumerate(among, 1):
            try:
                if not found.twin and difference(world, seed=SEED, replication=REPLICATION, twin=twin) is not None:
                    found.twin = n
                records, _ = record(world, seed=SEED, replication=REPLICATION)
            except EngineError:
                found.checks = found.checks or n
                continue
            if not found.conservation:
                told = {name: [float(x) for x in values] for name, values in records.items()}
                told = {name: told.get(name, [0.0] * world.periods) for name in twin.records}
                found.conservation = n if check(world, told) else 0
            if (first and found.caught) or (found.twin and found.conservation):
                break
    return found


PUBLISHED = ("embargo_storage/chain0-mean_stock", "lost_sales/poisson-p4-L3-sv")
"""Published results that the engine is asked for with each fault in it: a few that are quick, of several hundred."""


def wrong_truths() -> tuple[str, ...]:
    """Those of these published results that the engine now gets wrong."""
    from truths.bank import OWN, ask, judge, read

    rows = [truth for truth in read(OWN) if truth.question.id in PUBLISHED]
    return tuple(row.id for row in (judge(truth, ask(truth.question)) for truth in rows) if not row.passed)


def table(found: dict[str, Catches], among: int) -> str:
    """Who catches what, as a table of Markdown."""
    head = "| planted in | the engine | twin | conservation | its own checks | published results |"
    lines = [head, "|---|---|---|---|---|---|"]
    for name, each in found.items():
        fault = FAULTS[name]
        where = fault.module.removeprefix("holdfast.engine.")
        seen = [f"world {n}" if n else "-" for n in (each.twin, each.conservation, each.checks)]
        wrong = ", ".join(truth.split("/")[0] for truth in each.truths) or "-"
        lines.append(f"| {where} | {fault.what} | {' | '.join(seen)} | {wrong} |")
    seen_by = [(c.twin, c.conservation, c.checks, c.truths) for c in found.values()]
    caught = [sum(map(bool, column)) for column in zip(*seen_by, strict=True)]
    lines.append(f"| {len(found)} faults | caught by | {' | '.join(map(str, caught))} |")
    start = (
        f"The first in which each was seen, and by whom, of a world by hand (1) and {among - 1} random ones, "
        f"and which of {len(PUBLISHED)} published results came out wrong:"
    )
    return "\n".join([start, "", *lines])


def main(argv: Sequence[str] | None = None) -> int:
    """Plant each fault in the engine and print who catches it; 1 if nobody does."""
    parser = argparse.ArgumentParser(prog="dev.py faults", description=main.__doc__)
    parser.add_argument("--worlds", type=int, default=30, help="random worlds, at most, to catch it in [30]")
    parser.add_argument("--write", action="store_true", help="write the table into docs/explanation/twin.md")
    options = parser.parse_args(argv)
    among = some_worlds(options.worlds)
    found: dict[str, Catches] = {}
    for name, fault in FAULTS.items():
        found[name] = catches(fault, among, first=True)
        with planted(fault):
            found[name].truths = wrong_truths()
        print(f"{name:26} {found[name]}", flush=True)
    if options.write:
        from docs.marks import fill

        fill(PAGE, "faults", table(found, len(among)))
    missed = [name for name, each in found.items() if not each.caught]
    print(f"{len(found) - len(missed)} of {len(found)} faults were caught")
    return int(bool(missed) or bool(wrong_truths()))
