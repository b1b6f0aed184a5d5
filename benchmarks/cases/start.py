"""What a person at a terminal waits for before anything is simulated."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.machine import command, empty_folder, python, seconds
from benchmarks.peers.reference import SCENARIO
from benchmarks.registry import Case, Figure, Settings, register

CASE: Final = "cartridge-plant"
FIRST_FUTURES: Final = (
    f"import holdfast as hf; hf.simulate(hf.load({CASE!r}), alternative='plant', replications=20, seed=7)"
)
COMPILE: Final = """
import time, holdfast
from holdfast.engine.run import simulate
world = holdfast.load({scenario!r}).world({alternative!r} or None)
a = time.perf_counter(); simulate(world, replications=1, seed=7)
b = time.perf_counter(); simulate(world, replications=1, seed=7)
print((b - a) - (time.perf_counter() - b))
"""


def _cold(scenario: str, alternative: str) -> float:
    """Seconds that compiling takes with an empty cache."""
    with empty_folder() as cache:
        code = COMPILE.format(scenario=scenario, alternative=alternative)
        return float(python(code, HOLDFAST_CACHE_DIR=cache).split()[-1])


def prepare(_: Settings) -> None:
    """Everything is compiled and read once."""
    python(FIRST_FUTURES)


def measure(_: Settings, __: Any) -> dict[str, float]:
    """Seconds of commands and processes of their own."""
    return {
        "help": command("--help"),
        "check": command("check", CASE),
        "warm_start": seconds(lambda: python(FIRST_FUTURES)),
        "cold_compile": _cold(str(SCENARIO), ""),
        "cold_compile_case": _cold(CASE, "plant"),
    }


register(
    Case(
        name="start",
        title="Before anything is simulated",
        figures=(
            Figure("help", "s", "holdfast --help", promise=0.15),
            Figure("check", "s", "holdfast check cartridge-plant", promise=0.5),
            Figure("warm_start", "s", "from a new process to its first futures, compiled before", promise=1.0),
            Figure("cold_compile", "s", "compiling the reference model, empty cache", promise=6.0),
            Figure("cold_compile_case", "s", "compiling the case, empty cache"),
        ),
        measure=measure,
        prepare=prepare,
    )
)
