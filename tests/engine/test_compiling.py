"""A second process compiles from the other end of the list, and what it does not do is done here."""

from __future__ import annotations

import sys
import time

import pytest

from holdfast.engine import compiling, kernel
from holdfast.engine.kernel import name_of
from holdfast.engine.ops import consumers, lines, policies, prices, projects, regimes, stores, values

SMALL = (
    values.codes, lines.clear, regimes.count_pulse, projects.project_close, policies.before_expiry, stores.class_ends,
    prices.times_indices, consumers.backorders,
)  # fmt: skip
PATIENCE = 120
"""[s] that a second process may take on a busy machine."""


@pytest.fixture
def compiled_here(monkeypatch):
    """Names of the ops of which this process made machine code itself."""
    found: set[str] = set()
    make = kernel.make
    monkeypatch.setattr(kernel, "make", lambda name, find: found.add(name) or make(name, find))
    return found


def test_a_second_process_leaves_its_share_in_the_cache(nothing_compiled, compiled_here, monkeypatch):
    alone, last = kernel.address, name_of(SMALL[-1])

    def when_the_other_has_begun(function):
        end = time.monotonic() + PATIENCE
        while last not in kernel.kept_names() and time.monotonic() < end:
            time.sleep(0.05)
        return alone(function)

    monkeypatch.setattr(kernel, "address", when_the_other_has_begun)
    compiling.prepare(SMALL, cores=2)
    assert last not in compiled_here
    assert kernel.kept_names() == {name_of(each) for each in SMALL}
    assert all(kernel.is_compiled(each) for each in SMALL)


@pytest.mark.parametrize("program", ["no-such-program", "false"])
def test_without_a_second_process_all_is_compiled_here(nothing_compiled, compiled_here, monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    compiling.prepare(SMALL, cores=2)
    assert compiled_here == {name_of(each) for each in SMALL}
    assert all(kernel.is_compiled(each) for each in SMALL)


@pytest.mark.parametrize(("ops", "cores"), [(SMALL, 1), (SMALL[:-1], 2)])
def test_a_single_core_and_a_few_kernels_start_no_process(nothing_compiled, monkeypatch, ops, cores):
    monkeypatch.setattr(compiling, "_start", lambda _: pytest.fail("a process was started"))
    compiling.prepare(ops, cores=cores)


def test_what_the_cache_holds_is_not_compiled_by_name(nothing_compiled, compiled_here):
    name = f"{SMALL[0].__module__}:{SMALL[0].__name__}"
    compiling.main([name])
    assert kernel.kept_names() == {name_of(SMALL[0])}
    kernel._compiled.clear()
    compiling.main([name])
    assert not kernel._compiled
