"""Machine code is kept for the next process, which loads it without the compiler and gives the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.engine import compiler, kernel, objects
from holdfast.engine.ops import lines, values
from holdfast.engine.run import simulate
from tests.engine.worlds import cartridges

ROOT = Path(__file__).parents[2]
WARM = """
import sys
from tests.engine.worlds import cartridges
from holdfast.engine.run import simulate
totals = simulate(cartridges(periods=30), replications=3, seed=1).totals
print({"numba", "scipy.special", "xarray", "pandas"} & set(sys.modules) or "nothing heavy")
print(sum(int(each.view("u8").sum()) for each in totals.values()))
"""

only_where_kept = pytest.mark.skipif(not objects.KEPT, reason="machine code is kept on Linux alone")


@only_where_kept
def test_a_new_process_imports_no_compiler_and_gives_the_same_bits():
    totals = simulate(cartridges(periods=30), replications=3, seed=1).totals
    for heavy in (None, "nothing heavy"):  # the first keeps what this process knows from another cache alone
        done = subprocess.run(
            [sys.executable, "-c", WARM], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True,
            text=True, check=True, timeout=300,
        )  # fmt: skip
        found, bits = done.stdout.split("\n")[:2]
        assert heavy is None or found == heavy
        assert int(bits) == sum(int(each.view("u8").sum()) for each in totals.values())


@pytest.fixture
def made(monkeypatch):
    """Names of the ops of which machine code was made here."""
    found = []
    make = kernel.make
    monkeypatch.setattr(kernel, "make", lambda name, find: found.append(name) or make(name, find))
    return found


@only_where_kept
@pytest.mark.parametrize("harm", [lambda raw: raw[:-8], lambda raw: raw[:900] + b"\xff" + raw[901:], lambda _: b""])
def test_a_damaged_file_is_never_loaded(nothing_compiled, made, harm):
    kernel.address(lines.clear)
    path = kernel._object_file(kernel.name_of(lines.clear))
    whole = path.read_bytes()
    path.write_bytes(harm(whole))
    kernel._compiled.clear()
    kernel.address(lines.clear)
    assert made == ["lines_clear"] * 2
    kernel._compiled.clear()
    kernel.address(lines.clear)
    assert made == ["lines_clear"] * 2, "it was kept again, and whole"


@only_where_kept
def test_another_processor_and_other_settings_have_files_of_their_own(monkeypatch):
    here = objects.machine()
    objects.machine.cache_clear()
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    there = objects.machine()
    objects.machine.cache_clear()
    assert here != there


def test_what_stands_outside_the_engine_is_not_kept_here(nothing_compiled, made):
    def theirs(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        F[lo] = 1.0

    assert kernel.address(theirs)
    assert made == []
    assert kernel.kept_names() == set()
    assert not list(kernel._kernels().glob("machine-*")), "it is Numba's own cache that has it"


def test_code_that_calls_python_does_not_stand_alone(nothing_compiled):
    def raises(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        print(lo)

    assert objects.make(compiler.intermediate("codes", values.codes)) is not None
    assert objects.make(compiler.intermediate("raises", raises)) is None


@only_where_kept
def test_an_op_that_calls_python_is_compiled_by_numba_whole(nothing_compiled, monkeypatch):
    def raises(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        print(lo)

    monkeypatch.setattr(raises, "__module__", values.__name__)
    assert kernel.address(raises)
    assert kernel.kept_names() == set()
