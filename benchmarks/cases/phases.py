"""Where the time goes: load, lower, compile, simulate, summarise, each apart."""

from __future__ import annotations

import json
from typing import Any, Final

from benchmarks.machine import python
from benchmarks.peers.reference import SCENARIO
from benchmarks.registry import Case, Figure, Settings, register

FUTURES: Final = 1_000
SCENARIOS: Final = {"reference": (str(SCENARIO), ""), "case": ("cartridge-plant", "plant")}
PHASES: Final = {
    "import": "the library is imported",
    "load": "the scenario is read and checked",
    "world": "one alternative is laid over it, in numbers",
    "lower": "it becomes arrays and a list of ops",
    "compile": "kernels are loaded from the cache",
    "one": "one future, all else done before",
    "simulate": f"{FUTURES:,} futures, all cores",
    "summarise": "what is kept of them",
}
CODE: Final = """
import json, time
at = [time.perf_counter()]
tick = lambda: at.append(time.perf_counter())
import holdfast, numpy
from holdfast.engine.lower import lower
from holdfast.engine.run import simulate
from holdfast.study.case import summarise
tick(); scenario = holdfast.load({scenario!r})
tick(); world = scenario.world({alternative!r} or None)
tick(); lower(world, replications={futures})
tick(); simulate(world, replications=1, seed=7)
tick(); simulate(world, replications=1, seed=7)
tick(); outcome = simulate(world, replications={futures}, seed=7)
tick(); summarise(world, outcome)
tick(); print(json.dumps([b - a for a, b in zip(at, at[1:])]))
"""


def measure(settings: Settings, _: Any) -> dict[str, float]:
    """Milliseconds of each phase in a process of its own, with kernels compiled before."""
    found: dict[str, float] = {}
    for name, (scenario, alternative) in SCENARIOS.items():
        code = CODE.format(scenario=scenario, alternative=alternative, futures=settings.size(FUTURES, 100))
        spent = dict(zip(PHASES, json.loads(python(code).splitlines()[-1]), strict=True))
        spent["compile"] -= spent["one"]
        found |= {f"{name}_{phase}": value * 1000 for phase, value in spent.items()}
    return found


def prepare(settings: Settings) -> None:
    """Compiles what is not compiled yet."""
    measure(settings, None)


register(
    Case(
        name="phases",
        title="Phases apart: the reference model, and the plan `plant` of the case",
        figures=tuple(
            Figure(f"{name}_{phase}", "ms", f"{name}: {what}") for name in SCENARIOS for phase, what in PHASES.items()
        ),
        measure=measure,
        prepare=prepare,
    )
)
