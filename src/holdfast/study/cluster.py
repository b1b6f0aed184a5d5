"""Simulates on a Dask cluster that exists already: chunks of replications on its workers, joined in a fixed order.

A chunk is a world, a first replication and how many: the engine gives the same futures wherever they are simulated, so
the result does not depend on how many workers there are, which of them took what, or whether one was lost on the way.
The world of a case goes to the scheduler once, as a task of its own, so that it can be made again if the worker that
holds it is lost.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import logging
import pickle
import platform
import queue
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from holdfast.errors import EngineError, HoldfastError, Place, Problem, ScenarioError, printable
from holdfast.versions import version

if TYPE_CHECKING:
    from types import TracebackType

    from holdfast.engine.run import Outcome
    from holdfast.parts.world import World

CHUNK: Final = 1_000
"""Replications of a chunk."""
CONNECT: Final = 5.0
"""[s] in which the scheduler must answer."""
WITHOUT_WORKERS: Final = 60.0
"""[s] that a study waits for workers to come back when it has lost all of them."""
FETCH: Final = 2.0
"""[s] that a finished chunk may take to come before the workers are looked at again."""
AHEAD: Final = 3
"""Chunks under way for each thread of a worker: so many that none waits, so few that what came back fits in memory."""
PLACE: Final = "--cluster"
PACKAGES: Final = ("numba", "llvmlite", "numpy", "scipy")
"""What else futures depend on, bit for bit."""


@functools.cache
def identity() -> dict[str, str]:
    """What must be the same on every machine for futures to be the same, bit for bit.

    `holdfast` is the version, `sources` a hash of all of the library's code.
    """
    import holdfast

    digest = hashlib.blake2b(digest_size=8)
    home = Path(holdfast.__file__).parent
    for path in sorted(home.rglob("*.py")):
        digest.update(path.relative_to(home).as_posix().encode())
        digest.update(path.read_bytes())
    return {
        "holdfast": version("holdfast"),
        "sources": digest.hexdigest(),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "machine": platform.machine(),
        **{name: version(name) for name in (*PACKAGES, "dask", "distributed")},
    }


def unpack(world: bytes) -> World:
    """A task: the world of a case, once on each worker that needs it."""
    found: World = pickle.loads(world)
    return found


def chunk(world: World, first: int, replications: int, seed: int, expected: dict[str, str]) -> Outcome:
    """A task: some replications of a world, on the threads of this worker.

    Raises:
        EngineError: a replication went wrong.
        StudyError: this worker runs something else than who asked.
    """
    from distributed import get_worker

    from holdfast.engine.run import simulate
    from holdfast.errors import StudyError

    differing = differences(expected, identity())
    if differing:
        message = f"a worker that joined later runs something else ({differing})"
        raise StudyError(message)
    threads = get_worker().state.nthreads
    # A thread of its own: Dask samples the stacks of those it knows, and that doubles the time that compiling takes.
    with ThreadPoolExecutor(1) as pool:
        run = functools.partial(simulate, world, replications=replications, seed=seed, first=first, threads=threads)
        return pool.submit(run).result()


def differences(ours: dict[str, str], theirs: dict[str, str]) -> str:
    """In what two machines differ, for people; empty where they do not."""
    return ", ".join(
        f"{name} {theirs.get(name, 'missing')} and not {value}" for name, value in ours.items()
        if theirs.get(name) != value
    )  # fmt: skip


@dataclass
class _Case:
    """One world whose chunks are under way."""

    payload: bytes
    key: str
    waiting: int
    """Chunks that have not come back."""
    parts: dict[int, Outcome]
    """By the first replication."""


class Cluster:
    """A connection to a cluster, closed at the end of a `with`."""

    def __init__(self, address: str) -> None:
        """Connects, and makes sure that scheduler and workers run what this process runs.

        Raises:
            ScenarioError: HF420, what is wrong with the cluster.
        """
        self.address = address
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Dask warns of other versions; they are told as errors
            self._client = _connect(address)
        try:
            self._threads = self._checked()
        except BaseException:
            self._client.close(timeout=1)
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(Exception):
            self._client.close(timeout=1)

    def _checked(self) -> int:
        """Threads of all workers, when scheduler and workers run what this process runs."""
        ours = identity()
        try:
            workers = self._client.run(identity, on_error="return")
            scheduler = self._client.run_on_scheduler(identity)
        except Exception as error:
            raise _refusal(
                f"the scheduler at {self.address} cannot run Holdfast ({_said(error)})",
                f"start scheduler and workers with holdfast[cluster] {ours['holdfast']}",
            ) from error
        if not workers:
            raise _refusal(f"the cluster at {self.address} has no workers", f"start some: dask worker {self.address}")
        found = {"the scheduler": scheduler, **workers}
        for name, theirs in found.items():
            if isinstance(theirs, BaseException):
                raise _refusal(
                    f"worker {name} cannot load Holdfast ({_said(theirs)})", "install holdfast[cluster] there"
                )
            elif told := differences(ours, theirs):
                raise _refusal(
                    f"{name} at {self.address} runs {told}", "install the same on every machine of the cluster"
                )
        known = self._client.scheduler_info(n_workers=-1)["workers"]
        return max(1, sum(int(each["nthreads"]) for each in known.values()))

    def outcomes(
        self, tasks: Sequence[tuple[World, int]], seed: int, on_progress: Callable[[int, int], None], size: int = CHUNK
    ) -> Generator[Outcome]:
        """What comes of each world, in the order given, whatever order chunks come back in.

        Args:
            tasks: worlds, and how many replications of each.
            seed: where the random numbers come from.
            on_progress: called with the place of a world in `tasks` and how many more of its replications are there.
            size: replications of a chunk.

        Raises:
            ScenarioError: HF420, the cluster was lost.
            EngineError: a replication went wrong.
        """
        from holdfast.engine.join import join

        cases = [_case(world, replications, size) for world, replications in tasks]
        plan = deque(
            (number, first, min(size, replications - first))
            for number, (_, replications) in enumerate(tasks)
            for first in range(0, replications, size)
        )
        under_way: dict[Any, tuple[int, int, int]] = {}
        back: queue.SimpleQueue[Any] = queue.SimpleQueue()
        worlds: dict[int, Any] = {}
        try:
            for case in cases:
                while case.waiting:
                    while plan and len(under_way) < AHEAD * self._threads:
                        future = self._submit(cases, worlds, plan[0], seed)
                        under_way[future] = plan.popleft()
                        future.add_done_callback(back.put)
                    future = self._next(back)
                    which, first, n = under_way.pop(future)
                    cases[which].parts[first] = self._result(future)
                    cases[which].waiting -= 1
                    if not cases[which].waiting:
                        worlds.pop(which, None)
                    on_progress(which, n)
                yield join([case.parts.pop(first) for first in sorted(case.parts)])
        finally:
            with suppress(Exception):
                self._client.cancel([*under_way, *worlds.values()])

    def _submit(self, cases: list[_Case], worlds: dict[int, Any], which: tuple[int, int, int], seed: int) -> Any:
        number, first, n = which
        case = cases[number]
        if number not in worlds:
            worlds[number] = self._client.submit(unpack, case.payload, key=f"holdfast-world-{case.key}-{number}")
        key = f"holdfast-chunk-{case.key}-{number}-{seed}-{first}-{n}"
        return self._client.submit(chunk, worlds[number], first, n, seed, identity(), key=key)

    def _next(self, back: queue.SimpleQueue[Any]) -> Any:
        """The next chunk that is there.

        Raises:
            ScenarioError: HF420, the scheduler or all workers are gone.
        """
        seen = time.monotonic()
        while True:
            try:
                return back.get(timeout=1.0)
            except queue.Empty:
                seen = self._still_there(seen)

    def _still_there(self, seen: float) -> float:
        """When there were workers last, looked at now.

        Raises:
            ScenarioError: HF420, the scheduler or all workers are gone.
        """
        if self._client.status != "running":
            raise _refusal(f"the scheduler at {self.address} is gone", "start it and run the study again")
        with suppress(Exception):
            if self._client.scheduler_info(n_workers=1)["workers"]:
                return time.monotonic()
        if time.monotonic() - seen > WITHOUT_WORKERS:
            raise _refusal(
                f"the cluster at {self.address} has had no workers for {WITHOUT_WORKERS:.0f} seconds",
                "start workers and run the study again",
            )
        return seen

    def _result(self, future: Any) -> Outcome:
        """What came of a chunk; it is waited for as long as there are workers."""
        seen = time.monotonic()
        while True:
            try:
                return self._fetched(future)
            except TimeoutError:  # the worker that held it may be lost: then it is simulated again
                seen = self._still_there(seen)

    def _fetched(self, future: Any) -> Outcome:
        """A chunk that is there, brought here.

        Raises:
            TimeoutError: it did not come in time, and may be asked for again.
            ScenarioError: HF420, the cluster was lost.
            EngineError: a replication went wrong.
        """
        try:
            found: Outcome = future.result(timeout=FETCH)
        except (EngineError, TimeoutError):
            raise
        except HoldfastError as error:
            raise _refusal(
                f"the cluster at {self.address} changed: {error}", "install the same on every machine"
            ) from error
        except Exception as error:
            if type(error).__name__ == "KilledWorker":
                raise _refusal(
                    f"several workers of {self.address} died on the same futures, perhaps for want of memory",
                    "give workers more memory, and look at their logs",
                ) from error
            raise _refusal(
                f"the scheduler at {self.address} is gone ({_said(error)})", "start it and run the study again"
            ) from error
        return found


def _case(world: World, replications: int, size: int) -> _Case:
    payload = pickle.dumps(world)
    told = repr(sorted(identity().items())).encode()
    key = hashlib.blake2b(payload + told, digest_size=12).hexdigest()
    return _Case(payload, key, -(-replications // size), {})


def _connect(address: str) -> Any:
    """A client of the scheduler.

    Raises:
        ScenarioError: HF420, Dask is not installed, the address is none, or nobody answers there.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise _refusal("Dask is not installed", "pip install 'holdfast[cluster]'") from error
    for name in ("distributed", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told once, in words
    try:
        answer = _asked(address)
        if answer.get("type") != "Scheduler":
            raise _refusal(f"'{address}' is a {answer.get('type')}", "name the scheduler and not a worker")
        connect: Any = Client
        return connect(address, timeout=CONNECT, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise _refusal(
            f"no scheduler answers at '{address}' within {CONNECT:.0f} seconds",
            "start one (dask scheduler), and look at its address: tcp://HOST:8786",
        ) from error
    except HoldfastError:
        raise
    except Exception as error:
        raise _refusal(
            f"'{address}' is no address of a scheduler ({_said(error)})", "write it as tcp://HOST:8786"
        ) from error


def _asked(address: str) -> dict[str, Any]:
    """Who answers at an address; a client is not made before, since one without a scheduler is slow to give up."""
    from distributed.core import rpc

    async def ask() -> dict[str, Any]:
        reach: Any = rpc
        async with reach(address, timeout=CONNECT) as remote:
            found: dict[str, Any] = await remote.identity()
            return found

    with ThreadPoolExecutor(1) as pool:  # whoever calls may have an event loop of their own
        return pool.submit(asyncio.run, asyncio.wait_for(ask(), CONNECT)).result()


def _said(error: BaseException) -> str:
    """The first line of what an error says."""
    text = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _refusal(message: str, fix: str) -> ScenarioError:
    """What to raise when the cluster cannot be used."""
    return ScenarioError([Problem(Place(PLACE), "HF420", "", printable(message), fix)])
