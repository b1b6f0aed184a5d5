"""Simulates and compares: every alternative in the base world and in each what_if, in the same futures.

All cases of a study share one seed. Every random decision owns its stream (conventions §20), so the nth future of one
alternative meets the same wars, failures and demand as the nth future of another, and their difference is sharp.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import platform
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from holdfast.errors import Place, Problems, did_you_mean
from holdfast.study.case import Case, Once, summarise
from holdfast.study.history import judge
from holdfast.study.result import BASE, ORDER_OF_EVENTS, About, Result
from holdfast.study.store import CUT, FORMAT, group_of
from holdfast.study.until import MOST, PILOT, Needs, needs_of, reached, read
from holdfast.study.worlds import alike
from holdfast.versions import version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.engine.run import Device, Outcome, Task
    from holdfast.parts.world import World
    from holdfast.spec.scenario import Scenario

_T = TypeVar("_T")

SEED: Final = 7
FUTURES: Final = 10_000
"""Futures of each alternative in the base world."""
CUT_FUTURES: Final = 1_000
CUT_YEARS: Final = 10.0
"""How long the question "what if everything is cut today" looks ahead, at most."""

DEVICES: Final = ("cpu", "cuda")
"""Where futures can be simulated on this machine."""

TODAY: Final = "today"
"""Name of the plan of a scenario that has no alternatives."""


OnWorld = Callable[[str, "dict[str, Case]"], None]
"""Takes the name of a world's group in a result's file, and its cases by alternative."""


@dataclass(frozen=True, eq=False)
class _Job:
    """One case to simulate."""

    stage: str
    alternative: str
    what_if: str
    make: Callable[[], World]
    replications: int
    group: str
    """Which group of a result's file it belongs to."""
    others: tuple[_Job, ...] = ()
    """The same plan in other worlds, of fewer futures."""

    @functools.cached_property
    def world(self) -> World:
        """The world in numbers, made when it is first asked for: mostly aside, while another is simulated."""
        return self.make()

    @functools.cached_property
    def alike(self) -> tuple[_Job, ...]:
        """Other worlds that no future tells from this one: its first futures are theirs."""
        return tuple(other for other in self.others if alike(other.world, self.world))


def _job(
    stage: str, scenario: Scenario, alternative: str, what_if: str, replications: int, others: Iterable[_Job] = ()
) -> _Job:
    make = functools.partial(world_of, scenario, alternative, what_if)
    return _Job(stage, alternative, what_if, make, replications, group_of(what_if), tuple(others))


def futures_of_what_if(replications: int) -> int:
    """How many futures each what_if gets: a tenth of the base world's, but at least 200 where there are as many."""
    return min(replications, max(200, replications // 10))


def simulate(
    scenario: Scenario,
    alternative: str | None = None,
    what_if: str | None = None,
    replications: int = 1_000,
    seed: int = SEED,
    threads: int | None = None,
    cluster: str | None = None,
    device: Literal["cpu", "cuda"] = "cpu",
) -> Result:
    """What comes of one alternative in one world.

    Args:
        scenario: what `holdfast.load` gives.
        alternative: which; the first where nothing is said.
        what_if: in which world; the base world where nothing is said.
        replications: how many futures.
        seed: where the random numbers come from.
        threads: how many at most; all cores where nothing is said. The result does not depend on it.
        cluster: address of a Dask scheduler whose workers simulate; this machine where nothing is said. The result
            does not depend on it.
        device: "cuda" simulates on this machine's NVIDIA graphics processor, "cpu" on its cores. The futures do not
            depend on it.

    Raises:
        ScenarioError: there is no such alternative or what_if, a number is out of range, or cluster or device cannot
            be used.
    """
    chosen = None if alternative is None else [alternative]
    names = choose(scenario, chosen)[:1]
    worlds = choose_what_ifs(scenario, None if what_if in (None, BASE) else [str(what_if)])
    where = BASE if what_if in (None, BASE) else worlds[0]
    check(replications, seed, threads, cluster, device)
    jobs = [_job("futures", scenario, names[0], where, replications)]
    with _machines(threads, cluster, device) as outcomes:
        return _on(device, _study(scenario, jobs, [], seed, outcomes))


def compare(
    scenario: Scenario,
    alternatives: Iterable[str] | None = None,
    what_if: Iterable[str] | None = None,
    replications: int | None = None,
    seed: int = SEED,
    threads: int | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
    cluster: str | None = None,
    until: str | Needs | None = None,
    device: Literal["cpu", "cuda"] = "cpu",
    on_world: OnWorld | None = None,
) -> Result:
    """What comes of alternatives, side by side in the same futures, in the base world and in each what_if.

    Each is also asked how long it lasts if everything from outside is cut on the first day.

    Args:
        scenario: what `holdfast.load` gives.
        alternatives: which; all where nothing is said.
        what_if: in which other worlds; all where nothing is said, none for [].
        replications: futures of each alternative in the base world [10,000]; a what_if gets a tenth
            (`futures_of_what_if`). With `until`, as many at most [100,000].
        seed: where the random numbers come from.
        threads: how many at most; all cores where nothing is said. The result does not depend on it.
        on_progress: called with the stage, the futures done in it and all of its futures.
        cluster: address of a Dask scheduler whose workers simulate; this machine where nothing is said. The result
            does not depend on it.
        until: how surely an answer is to be known, such as "service within 1 %": a pilot says how many futures that
            needs, and so many are simulated; or what `foresee` said of it.
        device: "cuda" simulates on this machine's NVIDIA graphics processor, "cpu" on its cores. The futures do not
            depend on it.
        on_world: called with each world when all alternatives have been simulated in it, while others are: the name of
            its group in a result's file (`Saving.add` takes both), and its cases.

    Raises:
        ScenarioError: there is no such alternative or what_if, a number is out of range, cluster or device cannot be
            used, or `until` cannot be read.
    """
    check(FUTURES if replications is None else replications, seed, threads, cluster, device)
    names = choose(scenario, alternatives)
    if isinstance(until, str):
        until = foresee(scenario, until, names, replications, seed, threads, on_progress, cluster, device)
    if until is not None:
        replications = until.replications
    elif replications is None:
        replications = FUTURES
    worlds = choose_what_ifs(scenario, what_if)
    plans = f"{len(names)} plan{'s' if len(names) != 1 else ''}"
    fewer = futures_of_what_if(replications)
    stage = f"{plans} x {len(worlds)} what-if{'s' if len(worlds) != 1 else ''}"
    others = [_job(stage, scenario, n, w, fewer) for w in worlds for n in names]
    here = cluster is None and device == "cpu"
    shared = {n: [each for each in others if here and each.alternative == n] for n in names}
    base = [_job(f"{plans} x base world", scenario, n, BASE, replications, shared[n]) for n in names]
    cut = min(replications, CUT_FUTURES)
    cuts = [_cut(f"{plans}, all cut", job, cut) for job in base]
    with _machines(threads, cluster, device) as outcomes:
        result = _on(device, _study(scenario, [*base, *others], cuts, seed, outcomes, on_progress, on_world))
    provenance = {**result.provenance, "replications_what_if": fewer, "replications_cut": cut}
    if until is not None:
        provenance["until"] = reached({name: result.case(name, BASE) for name in names}, until)
    return dataclasses.replace(result, provenance=provenance)


def foresee(
    scenario: Scenario,
    until: str,
    alternatives: Iterable[str] | None = None,
    most: int | None = None,
    seed: int = SEED,
    threads: int | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
    cluster: str | None = None,
    device: Device = "cpu",
) -> Needs:
    """How many futures an answer needs, reckoned from a pilot of each alternative in the base world.

    The pilot's futures are the first of a comparison with the same seed.

    Args:
        scenario: what `holdfast.load` gives.
        until: how surely which measures are to be known, such as "service within 1 %, cost within 2 %".
        alternatives: which; all where nothing is said.
        most: futures of each alternative that may be simulated [100,000].
        seed: where the random numbers come from.
        threads: how many at most; all cores where nothing is said.
        on_progress: called with the stage, the futures done in it and all of its futures.
        cluster: address of a Dask scheduler whose workers simulate; this machine where nothing is said.
        device: where futures are simulated, as in `compare`.

    Raises:
        ScenarioError: `until` cannot be read, a number is out of range, or cluster or device cannot be used.
    """
    cap = MOST if most is None else most
    check(cap, seed, threads, cluster, device)
    pilot = min(PILOT, cap)
    jobs = [_job("pilot", scenario, n, BASE, pilot) for n in choose(scenario, alternatives)]
    goals = read(until, [standard.name for job in jobs for standard in job.world.standards])
    with _machines(threads, cluster, device) as outcomes:
        cases = {job.alternative: case for job, case in _run(jobs, seed, outcomes, on_progress)}
    return needs_of(cases, goals, pilot, cap)


def world_of(scenario: Scenario, alternative: str, what_if: str) -> World:
    """One alternative in one world, in numbers."""
    return scenario.world(alternative if alternative in scenario.alternatives else None, what_if or None)


def cut_today(world: World) -> World:
    """The same world with every channel closed for good from the first period on; what is under way is held."""
    import numpy as np

    from holdfast.parts.world import Changing

    nothing = Changing(np.zeros((1, 1)))
    closed = tuple(
        dataclasses.replace(channel, open=nothing, capacity=nothing, in_transit="held") for channel in world.channels
    )
    horizon = min(world.periods, math.ceil(CUT_YEARS * 365.25 / world.period_days))
    return dataclasses.replace(world, channels=closed, periods=horizon)


def _cut(stage: str, job: _Job, replications: int) -> _Job:
    """The world of a job with everything cut today."""
    return _Job(stage, job.alternative, BASE, lambda: cut_today(job.world), replications, CUT)


def choose(scenario: Scenario, names: Iterable[str] | None) -> list[str]:
    """The alternatives asked for, each known; all of them where nothing is said.

    Raises:
        ScenarioError: HF403, there is no such alternative.
    """
    return _chosen(about(scenario).alternatives, names, "alternative")


def choose_what_ifs(scenario: Scenario, names: Iterable[str] | None) -> list[str]:
    """The what_ifs asked for, each known; all of them where nothing is said.

    Raises:
        ScenarioError: HF403, there is no such what_if.
    """
    return _chosen(about(scenario).what_ifs, names, "what_if")


def _chosen(known: dict[str, str], names: Iterable[str] | None, what: str) -> list[str]:
    if names is None:
        return list(known)
    problems = Problems()
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in known:
            message = f"there is no {what} '{name}' in the scenario"
            problems.add("HF403", Place(f"--{what.replace('_', '-')}"), "", message, did_you_mean(name, known, what))
    if not wanted and what == "alternative":
        problems.add(
            "HF403", Place("--alternatives"), "", "no alternative is named", f"name some of {', '.join(known)}"
        )
    problems.raise_if_any()
    return wanted


def check(
    replications: int, seed: int, threads: int | None, cluster: str | None = None, device: Device = "cpu"
) -> None:
    """Refuses numbers that no study can have, and a device that cannot be used.

    Raises:
        ScenarioError: HF403; HF421, the graphics processor cannot be used.
    """
    problems = Problems()
    if replications < 1:
        problems.add("HF403", Place("--replications"), "", f"{replications} futures", "ask for 1 or more")
    if not 0 <= seed < 2**64:
        problems.add("HF403", Place("--seed"), "", f"the seed {seed} is out of range", "take one from 0 to 2^64 - 1")
    if threads is not None and threads < 1:
        problems.add("HF403", Place("--threads"), "", f"{threads} threads", "ask for 1 or more")
    if threads is not None and cluster is not None:
        problems.add("HF403", Place("--threads"), "", "a cluster's workers have threads of their own", "leave one out")
    if device not in DEVICES:
        problems.add("HF403", Place("--device"), "", f"there is no device '{device}'", "one of: cpu, cuda")
    if device == "cuda":
        for option, given in (("--threads", threads), ("--cluster", cluster)):
            if given is not None:
                problems.add(
                    "HF403", Place(option), "", "a graphics processor has nothing to do with it", "leave one out"
                )
    problems.raise_if_any()
    if device == "cuda":
        from holdfast.engine import cuda

        cuda.name()


_Outcomes = Callable[["Iterable[_Job]", int, Callable[[int, int], None]], "Generator[Outcome]"]
"""From jobs, a seed, and what to call with the place of a job and how many more of its futures are there, to what comes
of each, in their order.
"""


@contextmanager
def _machines(threads: int | None, cluster: str | None, device: Device) -> Iterator[_Outcomes]:
    """Where futures are simulated: here, or on a cluster for as long as the context lasts."""
    if cluster is None:
        yield functools.partial(_graphics if device == "cuda" else _here, threads)
        return
    from holdfast.study.cluster import Cluster

    def there(jobs: Iterable[_Job], seed: int, on_progress: Callable[[int, int], None]) -> Generator[Outcome]:
        return connected.outcomes([(job.world, job.replications) for job in jobs], seed, on_progress)

    with Cluster(cluster) as connected:
        yield there


def _here(
    threads: int | None, jobs: Iterable[_Job], seed: int, on_progress: Callable[[int, int], None]
) -> Generator[Outcome]:
    """What comes of jobs on the cores of this machine."""
    from holdfast.engine.run import simulate_each

    yield from simulate_each(_lowered(jobs), seed=seed, threads=threads, on_progress=on_progress)


def _graphics(
    _: int | None, jobs: Iterable[_Job], seed: int, on_progress: Callable[[int, int], None]
) -> Generator[Outcome]:
    """What comes of jobs on the graphics processor."""
    from holdfast.engine.run import simulate as run

    for place, task in enumerate(_lowered(jobs)):
        report = functools.partial(on_progress, place)
        yield run(
            task.world, replications=task.replications, seed=seed, on_progress=report, device="cuda", model=task.model
        )


def _lowered(jobs: Iterable[_Job]) -> Iterator[Task]:
    """Each job's world and its model; the next is made aside while somebody works with the last."""
    from holdfast.engine.lower import lower
    from holdfast.engine.run import Task

    def made(job: _Job) -> Task:
        head = max((each.replications for each in job.alike), default=0)
        return Task(job.world, lower(job.world, replications=job.replications), job.replications, head)

    return _ahead(functools.partial(made, job) for job in jobs)


def _ahead(calls: Iterable[Callable[[], _T]]) -> Iterator[_T]:
    """What each call gives; the next one is made aside while somebody works with the last."""
    with ThreadPoolExecutor(1) as aside:
        coming: Future[_T] | None = None
        for call in calls:
            last, coming = coming, aside.submit(call)
            if last is not None:
                yield last.result()
        if coming is not None:
            yield coming.result()


def _study(
    scenario: Scenario,
    jobs: list[_Job],
    cuts: list[_Job],
    seed: int,
    outcomes: _Outcomes,
    on_progress: Callable[[str, int, int], None] | None = None,
    on_world: OnWorld | None = None,
) -> Result:
    """Simulates the jobs and then the cuts, and says where the result comes from."""
    told = about(scenario)
    most = max(job.replications for job in jobs)
    found: dict[_Job, Case] = {}
    groups: dict[str, dict[str, Case | None]] = {}
    for job in (*jobs, *cuts):
        groups.setdefault(job.group, {})[job.alternative] = None
    with closing(_run([*jobs, *cuts], seed, outcomes, on_progress)) as coming:
        for job, case in coming:
            found[job] = groups[job.group][job.alternative] = case
            whole = {name: each for name, each in groups[job.group].items() if each is not None}
            if on_world is not None and len(whole) == len(groups[job.group]):
                on_world(job.group, whole)
    cases = {(job.alternative, job.what_if): found[job] for job in jobs}
    cut = {job.alternative: found[job] for job in cuts}
    return Result(told, provenance(told, seed, most), cases, cut, history=judge(scenario.history, cases, seed, most))


def _on(device: Device, result: Result) -> Result:
    """The result, with the graphics processor that simulated it."""
    if device == "cpu":
        return result
    from holdfast.engine import cuda

    environment = {**result.provenance["environment"], "device": cuda.name()}
    return dataclasses.replace(result, provenance={**result.provenance, "environment": environment})


def _run(
    jobs: list[_Job], seed: int, outcomes: _Outcomes, on_progress: Callable[[str, int, int], None] | None
) -> Generator[tuple[_Job, Case]]:
    """Simulates the jobs in their order; each is summarised while the next is simulated.

    Of worlds that are alike only the first is simulated; others of the same plan are told by its first futures.
    """
    sizes: dict[str, int] = {}
    done: dict[str, int] = {}
    counting = threading.Lock()
    once = Once()
    for job in jobs:
        sizes[job.stage] = sizes.get(job.stage, 0) + job.replications
    simulated: list[_Job] = []

    def to_simulate() -> Iterator[_Job]:
        told: set[_Job] = set()
        for job in jobs:
            if job not in told:
                told.update(job.alike)
                simulated.append(job)
                yield job

    def report(job: _Job, n: int) -> None:
        with counting:
            done[job.stage] = done.get(job.stage, 0) + n
            if on_progress is not None:
                on_progress(job.stage, done[job.stage], sizes[job.stage])

    def at(place: int, n: int) -> None:
        report(simulated[place], n)

    with closing(outcomes(to_simulate(), seed, at)) as coming, ThreadPoolExecutor(1) as aside:
        last: tuple[_Job, Future[Case]] | None = None
        told: dict[_Job, Future[Case]] = {}
        for job in jobs:
            if job in told:
                case = told.pop(job)
                report(job, job.replications)
            else:
                outcome = next(coming)  # and no zip, which would keep it beside the next two
                case = aside.submit(summarise, job.world, outcome, once)
                first = outcome if outcome.head is None else outcome.head
                for other in job.alike:
                    assert other.replications == first.replications
                    told[other] = aside.submit(summarise, other.world, first, once)
                del outcome, first
            if last is not None:
                yield last[0], last[1].result()
            last = job, case
        if last is not None:
            yield last[0], last[1].result()


def about(scenario: Scenario) -> About:
    """What a result keeps of its scenario; without alternatives there is today's plan alone."""
    counts = scenario.rests_on._asdict()
    return About(
        name=scenario.name,
        title=scenario.title,
        question=scenario.question,
        alternatives=dict(scenario.alternatives) or {TODAY: "Today's plan"},
        what_ifs=dict(scenario.what_ifs),
        text=scenario.text,
        digest=scenario.digest,
        evidence=counts,
    )


def provenance(told: About, seed: int, replications: int) -> dict[str, Any]:
    """Where a result comes from: inputs, seed, versions and the order of events; no times, names or paths."""
    packages = {name: version(name) for name in ("numpy", "numba", "scipy", "h5py")}
    return {
        "format": FORMAT,
        "scenario": told.name,
        "inputs_sha256": told.digest,
        "seed": seed,
        "replications": replications,
        "version": version("holdfast"),
        "environment": {
            "python": platform.python_version(),
            "system": platform.system(),
            "machine": platform.machine(),
            **packages,
        },
        "order_of_events": ORDER_OF_EVENTS,
    }
