"""Checking all worlds of a scenario shares what they have in common, and reads each as it would be read alone."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from holdfast.errors import Problems, ScenarioError
from holdfast.spec import overlay, scenario
from holdfast.spec.resolve import flow
from holdfast.spec.resolve.world import to_tree_world
from holdfast.spec.scenario import known_fields_once, load
from holdfast.spec.turning import substituted
from holdfast.study.worlds import to_text


@pytest.mark.parametrize("name", ["cartridge-plant", "magnets-2025", "adblue-australia"])
def test_what_worlds_share_makes_none_of_them_another(name: str) -> None:
    read, problems = load(name), Problems()
    for alternative in read.alternatives:
        for what_if in (None, *read.what_ifs):
            tree = overlay.lay(read.document, alternative, what_if, problems, known_fields_once())
            alone = to_tree_world(read.document, tree, alternative, what_if or "", problems, read.folder)
            assert to_text(read.world(alternative, what_if)) == to_text(alone), (alternative, what_if)
    assert not problems.found


def test_what_is_wrong_with_what_worlds_share_is_said_of_each_of_them() -> None:
    read = load("cartridge-plant")
    wrong = substituted(read, {"stores.depot.keeps.ball.opening.on_hand": "3 apples"})
    said = []
    for what_if in (None, *read.what_ifs):
        with pytest.raises(ScenarioError) as raised:
            wrong.world("imports", what_if)
        said.append(str(raised.value))
    assert "apples" in said[0]
    assert set(said) == {said[0]}


def test_channels_are_reckoned_once_where_nothing_that_they_rest_on_changes(monkeypatch) -> None:
    reckoned: list[str] = []
    channel = flow._channel
    monkeypatch.setattr(flow, "_channel", lambda *told: (reckoned.append(told[2]), channel(*told))[1])
    load(Path(__file__).with_name("small.yaml"))  # its plans and levers change stores and when a plant is built
    assert reckoned == ["abroad", "near", "chemicals"]


def test_nothing_is_collected_while_a_file_is_read_and_collecting_goes_on_after_it(monkeypatch, tmp_path) -> None:
    while_checked: list[bool] = []
    monkeypatch.setattr(scenario, "check", lambda *_: while_checked.append(gc.isenabled()))
    load("cartridge-plant")
    assert while_checked == [False]
    assert gc.isenabled()
    (tmp_path / "wrong.yaml").write_text("holdfast: 1\n- no\n", encoding="utf-8")
    with pytest.raises(ScenarioError):
        load(tmp_path / "wrong.yaml")
    assert gc.isenabled()
