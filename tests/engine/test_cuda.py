"""The kernel for graphics processors: what is in its PTX, and that it walks futures as this machine's threads do.

There is no processor here. The PTX is read, and assembled where NVIDIA's assembler is at hand; the intermediate code
that it is written from is run on this machine, behind a played driver (`tests.engine.device`).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import holdfast as hf
from holdfast.cli import main
from holdfast.engine import cuda, driver, ptx
from holdfast.engine.kernel import name_of
from holdfast.engine.lower import lower
from holdfast.engine.run import Outcome, simulate
from holdfast.errors import ScenarioError
from tests.cluster.test_join import equal
from tests.engine.device import NAME, Played
from tests.engine.worlds import cartridges

SPILLS = 256
"""[bytes] of registers, at most, that the assembler moves to memory where a kernel has as many as it is given."""
EXAMPLES = ("adblue-australia", "cartridge-plant", "iv-fluids", "magnets-2025", "rubber-1942")


@pytest.fixture(scope="module")
def text() -> str:
    return ptx.ptx()


@pytest.fixture
def played(monkeypatch):
    """Plugs a played driver in; the last one that was made is the one that answers."""

    def plug(**given: object) -> Played:
        library = Played(**given)
        monkeypatch.setattr(driver, "load", lambda: library)
        driver.processor.cache_clear()
        return library

    yield plug
    driver.processor.cache_clear()


@pytest.fixture
def nothing(monkeypatch):
    """No driver, whatever this machine has."""
    monkeypatch.setattr(driver, "LIBRARY", "libcuda-that-is-not-there.so.1")
    driver.processor.cache_clear()
    yield
    driver.processor.cache_clear()


def operations(text: str) -> Counter[str]:
    """How often each instruction occurs."""
    return Counter(re.findall(r"^\s+(?:@!?%p\d+\s+)?([a-z]\w*(?:\.\w+)*)\s", text, re.MULTILINE))


def test_every_op_of_the_shipped_cases_is_in_the_kernel(text):
    models = [lower(s.world(name, None), replications=1) for s in map(hf.load, EXAMPLES) for name in s.alternatives]
    needed = {function for model in models for function in model.functions}
    assert len(needed) > 50
    assert needed <= set(ptx.ops())
    assert len({name_of(function) for function in ptx.ops()}) == len(ptx.ops())
    assert sorted(re.findall(r"\.entry (\w+)", text)) == sorted([ptx.NEXT_PERIOD, *map(name_of, ptx.ops())])
    assert ".func" not in text  # what an op calls is in its body


def test_the_kernel_says_for_which_processors_and_drivers_it_is(text):
    assert re.findall(r"^\.(?:version|target) (.*)$", text, re.MULTILINE) == ["6.3", "sm_70"]


def test_products_and_sums_are_rounded_apart(text):
    found = operations(text)
    assert not [name for name in found if name.startswith(("fma", "mad.rn", "mad.f"))]
    rounded = [n for n in found if n.startswith(("add.", "sub.", "mul.", "div.", "sqrt.")) and n.endswith("f64")]
    assert {"add.rn.f64", "mul.rn.f64", "sub.rn.f64", "div.rn.f64"} == set(rounded)  # without .rn they may be fused


def test_numbers_have_64_bits_but_for_what_is_kept_by_year(text):
    single = {name for name in operations(text) if "f32" in name}
    assert single == {"cvt.rn.f32.f64"}


def test_least_and_greatest_treat_zeros_and_what_is_not_finite_as_this_machine_does(text):
    """`max.f64` is the choice that this machine makes only beside a constant of at least 0."""
    beside = re.findall(r"(?:max|min)\.f64\s+%\w+, %\w+, (\S+);", text)
    assert len(beside) == sum(n for name, n in operations(text).items() if name in ("max.f64", "min.f64"))
    assert set(beside) <= {"0d0000000000000000", "0d3FF0000000000000"}


def test_threads_share_the_histograms_alone(text):
    found = operations(text)
    assert {name for name in found if name.startswith(("atom", "red"))} == {"atom.global.add.u32"}
    assert not [name for name in found if ".shared" in name or name.startswith("bar")]


def test_nothing_of_a_lane_lies_in_slow_memory(text):
    assert "__local_depot" not in text
    assert not [name for name in operations(text) if ".local" in name or name.startswith("call")]
    loads = {name for name in operations(text) if name.startswith(("ld.", "st."))}
    assert {name.split(".")[1] for name in loads} == {"global", "param"}


def test_nvidias_assembler_takes_it_and_spills_few_registers(text, tmp_path):
    assembler = shutil.which("ptxas")
    if assembler is None:
        pytest.skip("ptxas is not on the path: it comes with NVIDIA's toolkit, or in the wheel nvidia-cuda-nvcc")
    (tmp_path / "kernels.ptx").write_text(text)
    done = subprocess.run(
        [assembler, "-v", "-arch=sm_90", f"-maxrregcount={driver.REGISTERS}", "kernels.ptx", "-o", "kernels.cubin"],
        cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    moved = re.findall(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", done.stderr)
    assert len(moved) == len(ptx.ops()) + 1
    spilling = [int(frame) for frame, _, _ in moved if frame != "0"]
    assert len(spilling) <= 4
    assert max(spilling) <= SPILLS
    registers = sorted(map(int, re.findall(r"Used (\d+) registers", done.stderr)))
    assert (
        registers[len(registers) // 2] <= 40
    )  # so three quarters of the threads that there can be, or more, are at work in half of the ops


def both(world, replications: int, **given: object) -> tuple[Outcome, Outcome]:
    here = simulate(world, replications=replications, seed=11, first=given.get("first", 0), threads=1)
    return here, simulate(world, replications=replications, seed=11, device="cuda", **given)


def test_most_kinds_of_parts_come_out_the_same_bit_for_bit(played):
    library = played()
    here, there = both(cartridges(periods=520, plant=True), 70, first=5)
    assert equal(here, there)
    assert len({*lower(cartridges(plant=True), replications=1).functions}) > 45
    assert {(blocks, threads) for _, blocks, threads in library.launches} == {(1, 70), (1, 1)}
    assert 500 < library.repeated <= 520  # nearly all periods are like others, and recorded once
    assert library.launches[ptx.NEXT_PERIOD, 1, 1] + library.repeated - len(library.graphs) // 2 == 520
    assert library.held == {}
    assert not any(library.graphs.values())


def test_the_shipped_case_comes_out_the_same_bit_for_bit(played):
    played()
    world = hf.load("cartridge-plant").world("plant", None)
    assert equal(*both(replace(world, periods=780), 40))


def test_chunks_say_nothing_about_what_comes_out(played, monkeypatch):
    library = played()
    done: list[int] = []
    monkeypatch.setattr(cuda, "CHUNK", 60)
    here, there = both(cartridges(periods=60), 150, on_progress=done.append)
    assert equal(here, there)
    assert [n for n in done if n] == [50, 50, 50]  # chunks of one size
    assert library.launches[ptx.NEXT_PERIOD, 1, 1] < 60 <= library.repeated  # what was recorded serves all of them


def test_what_is_kept_of_every_period_comes_out_the_same(played, monkeypatch):
    played()
    monkeypatch.setattr(cuda, "CHUNK", 40)
    world = hf.load("adblue-australia").world("nothing", None)
    names = tuple(name for name in lower(world, replications=1).yearly if name.endswith(".unmet"))
    assert names
    here, there = (
        simulate(world, replications=60, seed=3, each_period=names, device=device) for device in ("cpu", "cuda")
    )
    assert all(here.yearly[name].shape == (world.periods, 60) for name in names)
    assert here.yearly.keys() == there.yearly.keys()
    assert all(here.yearly[name].tobytes() == there.yearly[name].tobytes() for name in here.yearly)
    assert any(values.any() for values in here.yearly.values())


def test_a_small_memory_makes_small_chunks(played):
    world = cartridges(periods=60)
    each = cuda._bytes(lower(world, replications=1))
    played(memory=int(each * 200 / cuda.SHARE) + 2_000_000)
    done: list[int] = []
    here, there = both(world, 300, on_progress=done.append)
    assert equal(here, there)
    assert 2 <= len([n for n in done if n]) <= 3


RECORDING = ("cuStreamBeginCapture_v2", "cuLaunchKernel", "cuStreamEndCapture", "cuGraphInstantiateWithFlags")


@pytest.mark.parametrize("name", RECORDING)
@pytest.mark.parametrize("comes", ["before", "after"])
def test_ctrl_c_while_a_period_is_recorded_leaves_a_processor_that_works(played, monkeypatch, name, comes):
    library = played()
    world = cartridges(periods=20)
    call, once = getattr(library, name), [True]

    def interrupted(*arguments):
        if not once or (name == "cuLaunchKernel" and library.recording is None):
            return call(*arguments)
        once.pop()
        if comes == "after":
            assert call(*arguments) == 0
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(library, name, interrupted, raising=False)
        with pytest.raises(KeyboardInterrupt):
            simulate(world, replications=3, seed=11, device="cuda")
    assert library.held == {}
    assert library.recording is None
    assert not any(library.graphs.values())
    assert equal(*both(world, 3))


def test_more_stretches_than_figures_copy_nothing_for_some(played, monkeypatch):
    played()
    monkeypatch.setattr(cuda, "STRETCH", 1)
    assert equal(*both(cartridges(periods=400), 5))


def test_the_test_of_bits_sees_another_last_bit(played):
    played()
    here, there = both(cartridges(periods=20), 5)
    name = next(name for name, values in there.totals.items() if values.any())
    there.totals[name][0] = np.nextafter(there.totals[name][0], np.inf)
    assert not equal(here, there)


def test_a_study_says_on_what_it_was_simulated(played):
    played()
    scenario = hf.load("adblue-australia")
    here = hf.simulate(scenario, replications=20)
    there = hf.simulate(scenario, replications=20, device="cuda")
    assert there.provenance["environment"]["device"] == NAME.decode()
    assert "device" not in here.provenance["environment"]
    (one,), (other,) = here.cases.values(), there.cases.values()
    assert all(one.totals[name].tobytes() == other.totals[name].tobytes() for name in one.totals)


def refused(**given: object) -> str:
    with pytest.raises(ScenarioError) as caught:
        simulate(cartridges(periods=4), replications=given.pop("replications", 2), seed=1, device="cuda")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.file) == ("HF421", "--device")
    assert "leave --device out" in problem.fix
    return problem.message


def test_without_a_driver_it_is_told_before_any_work(nothing, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["run", "no-such-scenario", "--device", "cuda", "--out", str(tmp_path / "results")])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "HF421 --device" in told
    assert "there is no NVIDIA driver" in told
    assert "leave --device out: on this machine's cores the result is the same" in " ".join(told.split())
    assert not (tmp_path / "results").exists()
    assert "there is no NVIDIA driver" in refused()


def test_what_is_missing_is_told(played, monkeypatch):
    played(devices=0)
    assert refused() == "the NVIDIA driver shows no graphics processor"
    old = played()
    monkeypatch.setattr(driver, "load", lambda: SimpleNamespace(cuInit=old.cuInit))
    assert refused().startswith("the NVIDIA driver is too old: it has no cuGraphInstantiateWithFlags")
    played(capability=(6, 1))
    assert refused() == "Played processor has compute capability 6.1, and 7.0 is needed"
    played(memory=1_000)
    assert refused(replications=200).startswith("Played processor has 0 MB free, too little for")


def test_what_the_driver_says_of_the_kernel_is_told(played, monkeypatch):
    played()
    monkeypatch.setattr(ptx, "ptx", lambda on_op: "nonsense")
    told = refused()
    assert "refused cuModuleLoadDataEx (a PTX JIT compilation failed): ptxas fatal: not PTX" in told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--device", "gpu"), "there is no device 'gpu'"),
        (("--device", "cuda", "--threads", "2"), "HF403 --threads"),
        (("--device", "cuda", "--cluster", "tcp://localhost:8786"), "HF403 --cluster"),
    ],
)
def test_options_that_do_not_go_together_are_told(nothing, capsys, given, told):
    with pytest.raises(SystemExit) as ended:
        main(["run", "cartridge-plant", *given])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
