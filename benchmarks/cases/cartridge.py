"""The shipped case, whole: one alternative, its memory, and the command that answers it."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.machine import command, core_seconds, empty_folder, python, seconds
from benchmarks.registry import Case, Figure, Settings, register

CASE: Final = "cartridge-plant"
FUTURES: Final = 10_000


def _world(alternative: str) -> Any:
    import holdfast

    return holdfast.load(CASE).world(alternative)


def prepare(_: Settings) -> dict[str, Any]:
    """Worlds, compiled."""
    from holdfast.engine.run import simulate

    worlds = {name: _world(name) for name in ("plant", "imports")}
    for world in worlds.values():
        simulate(world, replications=1, seed=7)
    return worlds


def measure(settings: Settings, worlds: dict[str, Any]) -> dict[str, float]:
    """Time and memory."""
    from holdfast.engine.run import simulate

    n, few = settings.size(FUTURES, 500), settings.size(1_920, 192)
    peak = python(
        "import holdfast; from benchmarks.machine import peak; from holdfast.engine.run import simulate\n"
        f"simulate(holdfast.load({CASE!r}).world('plant'), replications={n}, seed=7); print(peak())"
    )
    found = {
        "one_alternative": seconds(lambda: simulate(worlds["plant"], replications=n, seed=7)),
        "peak_memory": float(peak.split()[-1]),
    }
    for name, world in worlds.items():
        spent = core_seconds(lambda world=world: simulate(world, replications=few, seed=7, threads=1))  # type: ignore[misc]
        found[f"core_{name}"] = spent / few / world.periods * 1e9
    with empty_folder() as cache:
        found["first_command"] = _run(cache, settings)
        found["second_command"] = _run(cache, settings)
    return found


def _run(cache: str, settings: Settings) -> float:
    """Seconds of the whole command, with the kernels of a cache."""
    fewer = ["--replications", "50"] if settings.quick else []
    with empty_folder() as folder:
        return command("run", CASE, "--quiet", "--out", folder, *fewer, HOLDFAST_CACHE_DIR=cache)


register(
    Case(
        name="cartridge",
        title="The case cartridge-plant: 1,566 weeks",
        figures=(
            Figure("one_alternative", "s", "one alternative, 10,000 futures, all cores", promise=0.8),
            Figure("peak_memory", "MB", "its peak memory", promise=500.0),
            Figure("core_plant", "ns", "one core, a future and week, plan `plant`"),
            Figure("core_imports", "ns", "one core, a future and week, plan `imports`", promise=200.0),
            Figure("first_command", "s", "holdfast run cartridge-plant, nothing compiled", promise=120.0),
            Figure("second_command", "s", "holdfast run cartridge-plant, again", promise=12.0),
        ),
        measure=measure,
        prepare=prepare,
    )
)
