"""Comparing: worlds are handed over as soon as they are whole, made when their turn comes, and dropped at Ctrl-C."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import holdfast as hf
from holdfast.engine import run
from holdfast.parts.world import World
from holdfast.study import simulate
from holdfast.study.case import Case, Once
from holdfast.study.store import Saving


@pytest.fixture(scope="module")
def scenario() -> hf.Scenario:
    return hf.load("adblue-australia")


def test_every_world_is_told_once_and_whole(scenario: hf.Scenario, tmp_path: Path) -> None:
    told: list[tuple[str, dict[str, Case]]] = []
    result = hf.compare(scenario, replications=40, on_world=lambda group, cases: told.append((group, cases)))
    assert [group for group, _ in told] == ["base", *(f"what_if.{name}" for name in scenario.what_ifs), "cut"]
    whole = {"base": "", **{f"what_if.{name}": name for name in scenario.what_ifs}}
    for group, cases in told:
        assert list(cases) == list(scenario.alternatives)
        kept = result.cuts if group == "cut" else {name: result.case(name, whole[group]) for name in cases}
        assert all(cases[name] is kept[name] for name in cases)
    with Saving(tmp_path / "result.nc") as saving:
        again = hf.compare(scenario, replications=40, on_world=saving.add)
        saving.finish(again)
    name = result.alternatives[0]
    assert hf.Result.open(tmp_path / "result.nc").measures(name) == result.measures(name)


def test_what_no_plan_changes_is_kept_once(scenario: hf.Scenario) -> None:
    """And nothing is kept that no case names: figures are no views of all that the engine gave."""
    result = hf.compare(scenario, replications=40)
    cases = [*result.cases.values(), *result.cuts.values()]
    figures = [each for case in cases for part in (case.totals, case.plants) for each in part.values()]
    kept = {id(each): each for each in figures}
    assert len({each.tobytes() for each in kept.values()}) == len(kept), "nothing is kept twice"
    assert len(kept) < 0.7 * len(figures), "among them what regimes do, which no plan changes"
    assert all(each.base is None and not each.flags.writeable for each in kept.values())
    alone = hf.simulate(scenario, result.alternatives[1], replications=40)
    one = result.case(result.alternatives[1])
    assert all((values == one.totals[name]).all() for name, values in alone.case(result.alternatives[1]).totals.items())


def test_figures_of_other_kinds_or_shapes_are_others_though_their_bytes_are_the_same() -> None:
    kinds = {"real": np.zeros(4), "whole": np.zeros(4, dtype=np.int64), "by year": np.zeros((2, 2))}
    kept = Once().each(kinds)
    assert {name: (each.dtype, each.shape) for name, each in kept.items()} == {
        name: (each.dtype, each.shape) for name, each in kinds.items()
    }


@pytest.mark.parametrize("replications", [40, 250])
def test_worlds_that_are_alike_are_simulated_once(
    scenario: hf.Scenario, monkeypatch: pytest.MonkeyPatch, replications: int
) -> None:
    """A plan without a project under way knows no difference between as it was drawn and as it was promised."""
    begun: list[tuple[str, str]] = []
    init = run._Simulation.__init__

    def counted(self: run._Simulation, world: World, *args: Any) -> None:
        begun.append((world.alternative, world.what_if))
        init(self, world, *args)

    monkeypatch.setattr(run._Simulation, "__init__", counted)
    progress: dict[str, int] = {}
    together = hf.compare(
        scenario, replications=replications, on_progress=lambda stage, done, _: progress.update({stage: done})
    )
    assert ("nothing", "") in begun
    assert ("nothing", "as-promised") not in begun
    assert len(begun) == len(together.cases) + len(together.cuts) - 1
    assert sum(progress.values()) == sum(c.replications for c in (*together.cases.values(), *together.cuts.values()))
    monkeypatch.setattr(simulate, "alike", lambda *_: False)
    apart = hf.compare(scenario, replications=replications)
    for key, case in together.cases.items():
        other = apart.cases[key]
        assert case.world.what_if == key[1]
        for part in ("totals", "yearly", "bands", "plants"):
            found, expected = getattr(case, part), getattr(other, part)
            assert list(found) == list(expected)
            assert all(np.array_equal(found[name], expected[name], equal_nan=True) for name in expected)


def test_worlds_are_made_when_their_turn_comes(scenario: hf.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = simulate.world_of

    def counted(scenario: hf.Scenario, alternative: str, what_if: str) -> object:
        made.append(alternative)
        return make(scenario, alternative, what_if)

    class Enough(Exception):
        pass

    def stop(stage: str, done: int, whole: int) -> None:
        raise Enough

    monkeypatch.setattr(simulate, "world_of", counted)
    with pytest.raises(Enough):
        hf.compare(scenario, replications=40, on_progress=stop)
    assert len(set(made)) <= run.AHEAD + 2, "plans at work, the next, and the one that is made aside"


@pytest.mark.parametrize("where", ["summarised", "handed over"])
def test_ctrl_c_ends_what_has_not_begun(where: str, scenario: hf.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it comes while others are simulated: blocks that wait are dropped, and no thread stays."""
    blocks: list[int] = []
    block, before = run._Simulation.block, set(threading.enumerate())

    def counted(self: run._Simulation, begin: int) -> None:
        blocks.append(begin)
        block(self, begin)

    def pressed(*_: object) -> Case:
        raise KeyboardInterrupt

    monkeypatch.setattr(run._Simulation, "block", counted)
    if where == "summarised":
        monkeypatch.setattr(simulate, "summarise", pressed)
    names = list(scenario.alternatives)
    try:
        hf.compare(scenario, names, replications=2_000, on_world=pressed)
    except KeyboardInterrupt:
        assert not set(threading.enumerate()) - before, "while the error is still looked at"
    else:
        pytest.fail("nothing was interrupted")
    each = len(range(0, 2_000, run._even(2_000, run.default_threads())))
    fewer = len(range(0, 200, run._even(200, run.default_threads())))
    most = len(names) * each if where == "handed over" else 3 * each
    assert len(blocks) <= most + 3 * fewer
