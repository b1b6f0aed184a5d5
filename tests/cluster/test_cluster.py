"""A study on a cluster gives what one machine gives, whatever happens to workers; a wrong cluster is told.

The cluster is a real one: a scheduler and worker processes, started with the commands that the docs name.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import holdfast as hf
from holdfast.cli import main
from holdfast.errors import EngineError, ScenarioError
from holdfast.study import cluster as module
from holdfast.study.cluster import Cluster
from holdfast.study.result import Result
from tests.cluster.local import ROOT, local
from tests.cluster.test_join import equal
from tests.engine.worlds import cartridges

pytest.importorskip("distributed")
LIMIT = 120.0
"""[s] within which anything here must have ended."""
PLANS = ["imports", "plant"]


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A cluster of two workers that all tests may use and none may break."""
    with local(tmp_path_factory.mktemp("cluster")) as started:
        started.worker()
        started.worker()
        yield started


@pytest.fixture
def own(tmp_path):
    """A scheduler that a test may break."""
    with local(tmp_path) as started:
        yield started


@pytest.fixture(scope="module")
def scenario():
    return hf.load("cartridge-plant")


def same(a: Result, b: Result) -> None:
    """Asserts that two results hold the same, bit for bit."""
    assert a.provenance == b.provenance
    assert list(a.cases) == list(b.cases)
    assert list(a.cuts) == list(b.cuts)
    for one, other in [*zip(a.cases.values(), b.cases.values(), strict=True),
                       *zip(a.cuts.values(), b.cuts.values(), strict=True)]:  # fmt: skip
        for kind in ("totals", "yearly", "bands", "plants"):
            mine, theirs = getattr(one, kind), getattr(other, kind)
            assert list(mine) == list(theirs)
            assert all(mine[name].tobytes() == theirs[name].tobytes() for name in mine)


def chunked(address: str, tasks, size: int, on_progress=lambda place, n: None):
    with Cluster(address) as connected:
        return list(connected.outcomes(tasks, 7, on_progress, size))


@pytest.mark.parametrize("size", [50, 130, 1_000])
def test_chunks_of_any_size_on_two_workers_give_what_one_machine_gives(two, size):
    from holdfast.engine.run import simulate

    worlds = [(cartridges(plant=True, periods=100), 260), (cartridges(periods=100), 40)]
    seen: list[tuple[int, int]] = []
    found = chunked(two.address, worlds, size, lambda place, n: seen.append((place, n)))
    for (world, n), outcome in zip(worlds, found, strict=True):
        assert equal(outcome, simulate(world, replications=n, seed=7))
    assert [sum(n for place, n in seen if place == which) for which in (0, 1)] == [260, 40]


def test_a_study_is_the_same_with_its_what_ifs_and_cuts(two, scenario):
    arguments = {"alternatives": PLANS, "what_if": ["as-promised"], "replications": 60, "seed": 11}
    told: list[tuple[str, int, int]] = []
    there = hf.compare(scenario, **arguments, cluster=two.address, on_progress=lambda *each: told.append(each))
    same(there, hf.compare(scenario, **arguments))
    assert {stage: done for stage, done, _ in told} == {stage: whole for stage, _, whole in told}
    assert len(told) == 6
    same(
        hf.simulate(scenario, "plant", replications=30, cluster=two.address),
        hf.simulate(scenario, "plant", replications=30),
    )


def test_the_world_goes_to_the_cluster_once(two):
    """Chunks name the task that holds the world; they do not carry it."""
    import pickle

    world = cartridges(plant=True, periods=20)
    with Cluster(two.address) as connected:
        sent: list[tuple[str, int]] = []
        submit = connected._client.submit

        def spy(function, *arguments, **options):
            plain = [each for each in arguments if not hasattr(each, "key")]
            sent.append((function.__name__, len(pickle.dumps(plain))))
            return submit(function, *arguments, **options)

        connected._client.submit = spy
        list(connected.outcomes([(world, 90)], 7, lambda place, n: None, 10))
    names = [name for name, _ in sent]
    assert (names.count("unpack"), names.count("chunk")) == (1, 9)
    assert max(size for name, size in sent if name == "chunk") < 1_000


def test_a_worker_killed_half_way_changes_nothing(own):
    from holdfast.engine.run import simulate

    own.worker()
    victim = own.worker()
    worlds = [(cartridges(plant=True), 1_500), (cartridges(), 300)]
    done: list[int] = []

    def strike(_: int, n: int) -> None:
        done.append(n)
        if len(done) == 3:
            os.kill(victim.pid, signal.SIGKILL)

    found = chunked(own.address, worlds, 60, strike)
    assert victim.wait(10) == -signal.SIGKILL
    assert sum(done) == 1_800
    for (world, n), outcome in zip(worlds, found, strict=True):
        assert equal(outcome, simulate(world, replications=n, seed=7))


def test_a_worker_that_joins_half_way_takes_part(own):
    from holdfast.engine.run import simulate

    own.worker()
    done: list[int] = []

    def join_in(_: int, n: int) -> None:
        done.append(n)
        if len(done) == 2:
            own.worker()

    found = chunked(own.address, [(cartridges(periods=200), 400)], 20, join_in)
    assert equal(found[0], simulate(cartridges(periods=200), replications=400, seed=7))


def test_a_scheduler_lost_half_way_is_told(own):
    own.worker()

    def strike(_: int, n: int) -> None:
        own.scheduler.kill()

    begin = time.monotonic()
    with pytest.raises(ScenarioError, match="HF420"):
        chunked(own.address, [(cartridges(plant=True), 2_000)], 20, strike)
    assert time.monotonic() - begin < LIMIT


def test_all_workers_lost_is_told_and_not_waited_for_for_ever(own, monkeypatch):
    monkeypatch.setattr(module, "WITHOUT_WORKERS", 3.0)
    worker = own.worker()
    with pytest.raises(ScenarioError, match="no workers for 3 seconds"):
        chunked(own.address, [(cartridges(plant=True), 2_000)], 20, lambda place, n: worker.kill())


def test_what_goes_wrong_in_a_future_is_told_as_on_one_machine(two):
    world = cartridges(periods=10)
    broken = replace(world, keeps=(replace(world.keeps[0], on_hand=float("nan")), *world.keeps[1:]))
    with pytest.raises(EngineError, match=r"not finite.*replication 0 of 'imports' with seed 7"):
        chunked(two.address, [(broken, 3)], 3)


def refused(address: str) -> str:
    begin = time.monotonic()
    with pytest.raises(ScenarioError) as caught:
        Cluster(address)
    assert time.monotonic() - begin < 15
    assert [problem.code for problem in caught.value.problems] == ["HF420"]
    return str(caught.value)


def test_nobody_at_the_address(scenario, capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    assert "no scheduler answers" in refused(address)
    with pytest.raises(SystemExit) as stop:
        main(["run", "cartridge-plant", "--replications", "5", "--cluster", address])
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    assert (out, err.count("HF420")) == ("", 2)
    assert "Traceback" not in err


@pytest.mark.parametrize("address", ["localhost", "", "no such://thing", "http://127.0.0.1:80"])
def test_what_is_no_address(address):
    assert "is no address of a scheduler" in refused(address)


def test_a_worker_is_no_scheduler(two):
    log = next(two.folder.glob("worker-*.log")).read_text()
    address = re.search(r"Start worker at: *(tcp://\S+)", log)
    assert address is not None
    assert "is a Worker" in refused(address[1])


def test_no_workers(own):
    assert "has no workers" in refused(own.address)


def test_a_worker_with_another_holdfast_is_named(own, tmp_path):
    shutil.copytree(ROOT / "src" / "holdfast", tmp_path / "other" / "holdfast")
    changed = tmp_path / "other" / "holdfast" / "engine" / "ops" / "prices.py"
    changed.write_text(changed.read_text() + "# another\n")
    own.worker(PYTHONPATH=f"{tmp_path / 'other'}{os.pathsep}{ROOT}")
    assert re.search(r"tcp://\S+ at \S+ runs sources \w+ and not \w+\.", refused(own.address))


def test_a_worker_that_joins_later_with_another_holdfast_is_told(two, monkeypatch):
    with Cluster(two.address) as connected:
        monkeypatch.setattr(module, "identity", lambda: {**_identity, "sources": "0123"})
        with pytest.raises(ScenarioError, match="HF420") as caught:
            list(connected.outcomes([(cartridges(periods=5), 4)], 7, lambda place, n: None))
    assert "runs something else" in str(caught.value)


_identity = module.identity()


def test_threads_and_a_cluster_exclude_each_other(scenario):
    with pytest.raises(ScenarioError, match="threads of their own"):
        hf.simulate(scenario, replications=5, threads=1, cluster="tcp://127.0.0.1:1")


def test_without_dask_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "holdfast[cluster]" in refused("tcp://127.0.0.1:1")


def started(out: Path, replications: int, *more: str) -> subprocess.Popen[str]:
    """`holdfast run` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "holdfast.cli", "run", "cartridge-plant", "--replications", str(replications),
         "--what-if", "none", "--out", str(out), "--quiet", *more],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_the_command_writes_the_same_file(two, tmp_path):
    files = []
    for name, more in (("there", ["--cluster", two.address]), ("here", [])):
        process = started(tmp_path / name, 30, *more)
        out, err = process.communicate(timeout=LIMIT)
        assert (process.returncode, err) == (0, "")
        files.append((Path(out.split()[0]) / "result.nc").read_bytes())
    assert files[0] == files[1]


def test_an_interrupt_ends_the_command_and_leaves_nothing(two, tmp_path):
    from distributed import Client

    process = started(tmp_path, 200_000, "--cluster", two.address)
    with Client(two.address, set_as_default=False) as watching:
        end = time.monotonic() + LIMIT
        while not any(watching.processing().values()):
            assert time.monotonic() < end
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LIMIT)
        assert process.returncode == 130
        assert "Traceback" not in err
        assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
        while any(watching.processing().values()):  # what was asked for is forgotten, so that others can go on
            assert time.monotonic() < end
            time.sleep(0.1)
    assert chunked(two.address, [(cartridges(periods=20), 10)], 5)[0].replications == 10
