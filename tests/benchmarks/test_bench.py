"""The benchmark's machinery: cases are found, peers that differ are seen. Nothing is timed."""

from __future__ import annotations

import json
import math
import shutil

import numpy as np
import pytest

from benchmarks import bench, wide
from benchmarks.agreement import FALSE_FAIL, Disagreement, compare, z_of_means
from benchmarks.cases.chain import agree
from benchmarks.cases.sizes import slope
from benchmarks.peers import bound, chain, numpy_model
from benchmarks.peers.reference import FANS, SEED, TOTALS, Peer, fans, numbers, of_engine, world
from benchmarks.registry import Case, Figure, Settings, Skip, load_cases, register
from holdfast.engine.run import simulate

CASES = {"cartridge", "chain", "cluster", "cuda", "phases", "reference", "sizes", "start"}


@pytest.fixture(scope="module")
def ours() -> Peer:
    return of_engine(simulate(world(), replications=2_000, seed=SEED))


def test_every_file_of_cases_registers_one():
    from pathlib import Path

    files = {path.stem for path in Path(bench.__file__).with_name("cases").glob("[a-z]*.py")}
    assert set(load_cases()) == files == CASES
    for case in load_cases().values():
        names = [figure.name for figure in case.figures]
        assert len(names) == len(set(names)) > 0


def test_a_name_taken_twice_is_an_error():
    case = next(iter(load_cases().values()))
    with pytest.raises(ValueError, match="two benchmark cases"):
        register(case)


def test_what_the_json_names_at_its_top_is_measured_by_a_case():
    known = {name: {figure.name for figure in case.figures} for name, case in load_cases().items()}
    for home, name in bench.TOP.values():
        assert name in known[home]
    found = {group: {n for home in homes for n in known[home] if n.startswith(begins)}
             for group, (begins, homes) in bench.GROUPS.items()}  # fmt: skip
    assert {"ratio_simpy", "ratio_numpy", "ratio_c"} <= found["ratios"]
    assert found["exponents"] == {"exponent_replications", "exponent_periods", "exponent_parts"}


def test_rounds_of_cases_are_interleaved_and_their_medians_kept(capsys):
    taken: list[str] = []

    def made(name: str, values: list[float]) -> Case:
        def measure(_: Settings, ready: list[float]) -> dict[str, float]:
            taken.append(name)
            return {"a": ready.pop(0)}

        figure = Figure("a", "s", "what", promise=2.0)
        return Case(name, name, (figure, Figure("b", "s", "never")), measure, prepare=lambda _: list(values))

    def skips(_: Settings) -> None:
        raise Skip("there is no such thing here")

    cases = [made("one", [3.0, 1.0, 2.0]), made("two", [9.0, 8.0, 7.0]),
             Case("none", "none", (), lambda *_: {}, prepare=skips)]  # fmt: skip
    found = bench.measure(cases, Settings(), 3)
    assert taken == ["one", "two"] * 3
    assert found["figures"]["one"]["a"] == {
        "what": "what", "unit": "s", "median": 2.0, "least": 1.0, "most": 3.0, "promise": 2.0, "kept": True,
        "rounds": [3.0, 1.0, 2.0],
    }  # fmt: skip
    assert found["figures"]["two"]["a"]["kept"] is False
    assert found["skipped"] == {"none": "there is no such thing here"}
    table = bench.markdown(found, cases)
    for text in ("| what | 2 s | 1 s | 3 s | at most 2 s |", "**missed**", "Skipped: there is no such thing here",
                 "not measured"):  # fmt: skip
        assert text in table
    assert json.loads(json.dumps(found)) == found


def test_the_command_refuses_what_is_no_case(capsys):
    with pytest.raises(SystemExit):
        bench.main(["--case", "nothing"])
    assert "invalid choice: 'nothing'" in capsys.readouterr().err


def test_the_bound_makes_the_draws_of_the_engine(ours):
    if shutil.which("cc") is None:
        pytest.skip("no C compiler")
    theirs = bound.build()(2_000)
    for name in TOTALS:
        np.testing.assert_allclose(theirs.totals[name], ours.totals[name], rtol=1e-6, atol=1e-6)
    for name in FANS:  # a level on the edge of a bin may fall to either side by rounding
        assert np.abs(theirs.fans[name] - ours.fans[name]).sum() < 1e-3 * ours.fans[name].sum()


def test_numpy_agrees(ours):
    assert compare("numpy", ours, numpy_model.simulate(2_000)).figures == len(TOTALS) + 18


def test_simpy_agrees(ours):
    from benchmarks.peers import simpy_model

    assert compare("simpy", ours, simpy_model.simulate(60)).seen < 1.5


@pytest.mark.parametrize("field", ["poisson", "lead", "accepts", "mtbf", "ramp_over"])
def test_a_peer_with_another_model_is_seen(ours, field, monkeypatch):
    import dataclasses

    m = numbers()
    wrong = {"poisson": m.poisson * 1.05, "lead": m.lead + 12, "accepts": m.accepts - 0.03, "mtbf": m.mtbf * 0.8}
    wrong["ramp_over"] = m.ramp_over * 6
    other = dataclasses.replace(numbers(), **{field: wrong[field]})
    monkeypatch.setattr(numpy_model, "numbers", lambda: other)
    theirs = numpy_model.simulate(2_000)
    with pytest.raises(Disagreement, match="numpy differs from the engine"):
        compare("numpy", ours, theirs)


def test_a_fan_that_differs_is_seen_where_totals_do_not(ours):
    moved = {name: np.roll(counts, 40, axis=1) for name, counts in ours.fans.items()}
    with pytest.raises(Disagreement, match="on_hand at"):
        compare("peer", ours, Peer(ours.totals, {**ours.fans, FANS[0]: moved[FANS[0]]}))


def test_z_of_means_by_hand():
    a, b = np.array([1.0, 3.0]), np.array([2.0, 6.0])
    assert z_of_means(a, b) == pytest.approx(-2.0 / math.sqrt(2 / 2 + 8 / 2))
    assert z_of_means(np.ones(3), np.ones(3)) == 0.0
    assert math.isinf(z_of_means(np.ones(3), np.zeros(3)))
    assert FALSE_FAIL == 1e-9


def test_the_chain_has_its_closed_form():
    on_hand, owed = chain.exact()
    assert on_hand - owed == pytest.approx(chain.numbers().level - 5 * chain.numbers().demand)
    found = chain.holdfast(30)
    assert "closed form" in agree("holdfast", found, (on_hand, owed))
    with pytest.raises(Disagreement, match="on hand"):
        agree("holdfast", found, (on_hand + 3, owed))


def test_without_uv_or_a_compiler_it_says_so(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(Skip, match="no uv"):
        chain.elsewhere("stockpyl", 1)
    with pytest.raises(Skip, match="no C compiler"):
        bound.compiler()


def test_a_copy_of_the_model_beside_it_changes_nothing_in_distribution(ours):
    two = simulate(wide.world(2), replications=500, seed=SEED)
    assert len(wide.world(2).lines) == 2 * len(world().lines)
    for number in (0, 1):
        name = f"mean.stores.depot-{number}.item-{number}.on_hand"
        assert abs(z_of_means(ours.totals["mean.stores.depot.item.on_hand"], two.totals[name])) < 6


def test_the_slope_of_a_power_is_its_exponent():
    sizes = [1.0, 2.0, 4.0, 8.0]
    assert slope(sizes, [3 * size**1.25 for size in sizes]) == pytest.approx(1.25)


def test_fans_are_laid_out_as_the_engine_does(ours):
    for name, fan in zip(FANS, fans(), strict=True):
        assert ours.fans[name].shape == (-(-numbers().periods // fan.stride), fan.bins)
