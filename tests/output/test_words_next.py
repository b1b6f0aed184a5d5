"""What can be asked next: only what a scenario has something for, with commands that there are."""

from __future__ import annotations

import dataclasses

import pytest

import holdfast as hf
from holdfast.cli import COMMANDS
from holdfast.output.words_next import asks, said
from holdfast.study.simulate import about


def commands(name: str) -> list[str]:
    return [command.split()[1] for command, _ in asks(about(hf.load(name)), name)]


def test_every_study_of_a_scenario_with_levers_and_ranges_is_named() -> None:
    told = commands("cartridge-plant")
    assert told == ["search", "stress", "crossover", "why", "depends", "sensitivity"]
    assert set(told) < set(COMMANDS)


def test_what_a_scenario_has_nothing_for_is_left_out() -> None:
    plain = about(hf.load("adblue-australia"))
    bare = dataclasses.replace(plain, evidence={**plain.evidence, "assumed_with_range": 0}, text="not a scenario")
    assert [command for command, _ in asks(bare, "my.yaml")] == [
        "holdfast stress my.yaml",
        "holdfast crossover my.yaml",
        "holdfast why my.yaml",
    ]


@pytest.mark.parametrize("name", ["cartridge-plant", "rubber-1942"])
def test_a_paragraph_each_holds_a_command_before_its_question(name: str) -> None:
    told = about(hf.load(name))
    text = said(told, name)
    for command, what in asks(told, name):
        assert what[0].islower()
        assert what.endswith("?")
        assert f"“{command}”: {what}" in text.split("\n")
