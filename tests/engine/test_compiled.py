"""What the compiler makes of ops: loops over lanes as wide as the machine's vectors, nothing anew for other numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
import pytest

import holdfast
from benchmarks import wide
from benchmarks.peers.reference import world as reference
from holdfast.engine import compiler, kernel, lanes, objects
from holdfast.engine.lower import lower
from holdfast.engine.ops import consumers, inspections, lines, ordering, signals, values
from holdfast.engine.run import simulate
from holdfast.parts.world import Changing

LANE_BY_LANE = {
    "clear": "it is the library's own fill of memory",
    "draw_any": "values of a discrete law are searched for",
    "band": "lanes may count in the same bin",
    "class_ends": "it is the library's own copy of memory",
}
"""Ops of a period that are not vectorised, and why; each costs little, or is seldom at work."""
PACKED = re.compile(
    r"\bv(?:add|sub|mul|max|min|div|fn?m(?:add|sub)\w*|cmp\w*|and|or|blend\w*|round\w*|rndscale)pd\s[^\n]*%([yz])mm"
    r"|\bvp(?:muludq|add[dq]|sub[dq])\s[^\n]*%([yz])mm"
)
"""Arithmetic on packed numbers of 256 or 512 bits."""


def _flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return set()
    found = re.search(r"^flags\s*: (.*)$", text, re.MULTILINE)
    return set(found[1].split()) if found else set()


def _of_a_period() -> list[kernel.OpFunction]:
    """Every op that acts in periods of the reference model or of the case."""
    models = [lower(each, replications=1) for each in (reference(), holdfast.load("cartridge-plant").world("plant"))]
    return list(dict.fromkeys(f for model in models for f in model.functions[model.initial :]))


@pytest.mark.skipif("avx2" not in _flags(), reason="the instructions looked for are those of x86-64 with AVX2")
def test_ops_of_a_period_are_as_wide_as_the_machine():
    wide_enough = "z" if "avx512f" in _flags() else "y"
    narrow = []
    for function in _of_a_period():
        assembly = objects.assembly(kernel.intermediate(function))
        widths = {a or b for a, b in PACKED.findall(assembly)}
        if not widths & {wide_enough, "z"} and function.__name__ not in LANE_BY_LANE:
            narrow.append(function.__name__)
    assert narrow == []


def made(function: kernel.OpFunction) -> objects.Made:
    """What is made of an op that stands in a test, in the way of ops of the engine."""
    found = objects.make(compiler.intermediate("theirs", function))
    assert found is not None
    return found


@pytest.mark.skipif("avx2" not in _flags(), reason="the instructions looked for are those of x86-64 with AVX2")
def test_a_loop_that_cannot_be_vectorised_is_seen():
    def serial(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        for i in range(lo + 1, hi):
            F[i] = F[i] + F[i - 1] * 0.5

    assembly = objects.assembly(made(serial).intermediate)
    assert not PACKED.findall(assembly)


@pytest.mark.skipif("avx2" not in _flags(), reason="the instructions looked for are those of x86-64 with AVX2")
def test_lots_draw_their_words_side_by_side():
    def drawn(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        inspections.draw_lots(Z, U, B, hi, rep0, key, (A[k], A[k + 1], A[k], A[k], A[k]), A[k + 2], hi)

    assembly = objects.assembly(made(drawn).intermediate)
    assert re.search(r"\bvpmuludq\s[^\n]*%[yz]mm", assembly)
    assert not re.search(r"\bvpmuludq\s[^\n]*%xmm", assembly)


@pytest.mark.skipif("avx2" not in _flags(), reason="the instructions looked for are those of x86-64 with AVX2")
def test_lots_that_start_in_all_lanes_go_side_by_side():
    def started(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        inspections.start_all(F, U, P, A, B, lo, hi, t, A[k], A[k + 1], P[0])

    assembly = objects.assembly(made(started).intermediate)
    assert PACKED.search(assembly)
    assert "vector.memcheck" not in made(started).intermediate


def chosen(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
    """A row changes in some lanes."""
    row, other = A[k] * B, A[k + 1] * B
    for i in range(lo, hi):
        F[row + i] = max(F[row + i], F[other + i])


def given_up(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
    """A row changes to a constant in some lanes."""
    row = A[k] * B
    for i in range(lo, hi):
        asked = F[row + i]
        F[row + i] = asked if asked >= P[0] else 0.0


def told(function: kernel.OpFunction) -> int:
    """Of how many loops of an op LLVM is told that lanes lie apart."""
    return lanes.apart(compiler.intermediate("theirs", function)).count('"llvm.loop.parallel_accesses"')


def test_rows_are_not_compared_where_lanes_are_known_to_lie_apart(monkeypatch):
    assert "vector.memcheck" not in made(chosen).intermediate
    for function in (consumers.ask, consumers.settle, consumers.shortage, consumers.windows, ordering.want):
        assert "vector.memcheck" not in kernel.intermediate(function)
    monkeypatch.setattr(lanes, "apart", lambda text: text)
    assert "vector.memcheck" in made(chosen).intermediate


def test_llvm_is_told_of_loops_whose_steps_read_whatever_they_are_given():
    @kernel.step
    def sum_of(F, i, row, other):
        return F[row + i] + F[other + i]

    def adds(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        for i in range(lo, hi):
            F[A[k] * B + i] = sum_of(F, i, A[k + 1] * B, A[k + 2] * B)

    assert told(chosen) == told(adds) == 1


def test_llvm_is_not_told_where_lanes_meet_or_only_some_read():
    @kernel.step
    def looked_up(P, at):
        return P[at] if at >= 0 else 0.0

    def counts(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        for i in range(lo, hi):
            H[Z[A[k] * B + i]] += 1

    def some_read(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        for i in range(lo, hi):
            if Z[A[k] * B + i] >= 0:
                F[A[k + 1] * B + i] = P[Z[A[k] * B + i]]

    def a_step_reads_for_some(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        for i in range(lo, hi):
            F[A[k + 1] * B + i] = looked_up(P, Z[A[k] * B + i])

    def others_lanes(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        for i in range(lo + 1, hi):
            F[i] = F[i] + F[i - 1] * 0.5

    def lists(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        count = 0
        for i in range(lo, hi):
            Z[A[k] * B + count] = i
            count += np.int64(F[i] > 0.0)

    assert [told(each) for each in (counts, lists, some_read, a_step_reads_for_some, others_lanes)] == [0] * 5


def test_llvm_is_told_of_loops_that_count_lanes_and_do_not_list_them():
    def how_many(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):  # noqa: E741
        count = 0
        for i in range(lo, hi):
            F[A[k] * B + i] *= 2.0
            count += np.int64(F[A[k + 1] * B + i] > 0.0)
        O[out0] = count

    assert told(how_many) == 1


def compared_with_themselves(intermediate: str) -> list[str]:
    """Rows of which LLVM asks before a loop whether they lie together with themselves: it never runs side by side.

    Two rows lie together where each begins before the other ends: two comparisons, which are one for a row and itself.
    """
    alone = []
    for block in re.findall(r"^vector\.memcheck\d*:.*?\n\n", intermediate, re.MULTILINE | re.DOTALL):
        paired = {name for pair in re.findall(r"= and i1 (%bound\S*), (%bound\S*)", block) for name in pair}
        alone += [row for name, row in re.findall(r"(%bound\S*) = icmp ult ptr (\S+), ", block) if name not in paired]
    return alone


@pytest.mark.parametrize("function", kernel.OPS, ids=kernel.name_of)
def test_no_loop_is_compared_with_itself(function):
    assert compared_with_themselves(kernel.intermediate(function)) == []


def test_a_loop_that_is_compared_with_itself_is_seen():
    comparisons = """vector.memcheck:                                  ; preds = %before
  %bound0 = icmp ult ptr %stock, %gone.end
  %bound1 = icmp ult ptr %gone, %stock.end
  %found.conflict = and i1 %bound0, %bound1
  %bound021 = icmp ult ptr %stock, %stock.end
  %conflict.rdx = or i1 %found.conflict, %bound021

"""
    assert compared_with_themselves(comparisons) == ["%stock"]


STORED_IN_SOME_LANES = re.compile(r"\bvp?maskmov\w*\s+%[yx]mm\d+, %[yx]mm\d+, [^\n]*\(")


@pytest.mark.skipif(
    "avx2" not in _flags() or "avx512f" in _flags(), reason="with AVX-512 a store in some lanes is quick"
)
def test_a_row_that_changes_in_some_lanes_is_stored_whole(monkeypatch):
    for function in (chosen, given_up):
        assert not STORED_IN_SOME_LANES.findall(objects.assembly(made(function).intermediate))
    for function in (consumers.settle, consumers.shortage, signals.lowest_cover, ordering.order, lines.line_rate):
        assert not STORED_IN_SOME_LANES.findall(objects.assembly(kernel.intermediate(function)))
    monkeypatch.setattr(objects, "unmasked", lambda module: module)
    for function in (chosen, given_up):
        assert STORED_IN_SOME_LANES.findall(objects.assembly(made(function).intermediate))


@pytest.fixture
def no_compiler(monkeypatch):
    """All that the reference model needs is compiled; whatever else is asked for is an error."""
    simulate(reference(), replications=2, seed=1)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was compiled")

    monkeypatch.setattr(objects, "make", refuse)
    monkeypatch.setattr(compiler, "compiled", refuse)
    monkeypatch.setattr(numba, "njit", refuse)


def test_more_parts_compile_nothing(no_compiler):
    assert set(lower(wide.world(3), replications=1).functions) == set(lower(reference(), replications=1).functions)
    outcome = simulate(wide.world(3), replications=2, seed=1)
    assert outcome.replications == 2


def test_the_guard_of_these_tests_sees_what_is_compiled(no_compiler, monkeypatch, tmp_path):
    with pytest.raises(AssertionError, match="something was compiled"):
        kernel.address(lambda: None)
    monkeypatch.setenv("HOLDFAST_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(kernel, "_compiled", {})
    with pytest.raises(AssertionError, match="something was compiled"):
        kernel.address(values.codes)


def _other(value: object, scale: float) -> object:
    """Another number of the same kind."""
    if isinstance(value, Changing):
        return replace(value, values=value.values * scale)
    return value * scale if isinstance(value, float) else value


FIELDS = {
    "channels": ("capacity", "price"),
    "lines": ("nameplate", "mtbf", "mttr", "performance", "variable_cost"),
    "stores": ("capacity", "holding_cost", "holding_fixed", "waiting_cost", "waiting_fixed"),
    "keeps": ("on_hand",),
    "projects": ("planned_duration", "ramp_from", "ramp_over"),
    "consumers": ("shortage_cost",),
    "inspections": ("accepts",),
}


@pytest.mark.parametrize(("section", "field"), [(section, each) for section in FIELDS for each in FIELDS[section]])
def test_another_number_compiles_nothing(no_compiler, section, field):
    world = reference()
    parts = getattr(world, section)
    changed = replace(world, **{section: tuple(replace(p, **{field: _other(getattr(p, field), 0.9)}) for p in parts)})
    outcome = simulate(changed, replications=3, seed=1)
    assert np.isfinite(outcome.totals["mean.stores.depot.item.on_hand"]).all()


def test_another_horizon_seed_or_rule_compiles_nothing(no_compiler):
    world = reference()
    rule = world.keeps[0].ordering
    assert rule is not None
    lazy = replace(rule, review_period=4, order_up_to=_other(rule.order_up_to, 0.5))
    for each in (replace(world, periods=52), replace(world, keeps=(replace(world.keeps[0], ordering=lazy),))):
        simulate(each, replications=3, seed=5)
