"""docs/validation.md is written from judged rows, and says why the engine does not answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from truths import page
from truths.bank import OWN, Row, as_json, read
from truths.registry import Step, answers
from truths.run import main
from truths.unexpressed import unexpressed


def row(name: str, **more: Any) -> Row:
    """A row that passed by the engine, but for what is said."""
    given: dict[str, Any] = {
        "by": "engine", "estimate": 2.01, "standard_error": 0.004, "value": 2.0, "z": 2.5, "passed": True, "note": "",
        "seconds": 1.0, "model": "m",
    }  # fmt: skip
    return Row(id=f"{name}/1", family=name, **{**given, **more})


ROWS = [
    row("waits", steps=(Step(0.1, 2.2, 0.002), Step(0.05, 2.1, 0.002)), theory=2.0, theory_passed=True),
    row("waits", passed=False, z=5.25),
    row("gaps", by="theory", z=0.0, model="dual.gap", why="a | in a cell"),
    row("gaps", by="none", estimate=None, standard_error=None, z=None, passed=False, note="nobody", model="odd"),
]
EMPTY = "\n".join(f"<!-- {name} -->\n<!-- end {name} -->" for name in ("summary", "families", "steps", "theory"))


def test_the_table_by_family() -> None:
    lines = page.families(ROWS).splitlines()[2:]
    assert lines == [
        "| waits | 2 | 2 | 0 | 0 | 1 | 5.25 |",
        "| gaps | 2 | 0 | 1 | 1 | 1 |  |",
        "| **all** | 4 | 2 | 1 | 1 | 2 | 5.25 |",
    ]


def test_the_sentence_counts_who_answers() -> None:
    text = page.summary(ROWS)
    assert "Of 4 results **2 are reproduced**: 2 by the engine" in text
    assert "1 are answered by theory too, and 1 of these agree" in text


def test_periods_that_were_tried_are_shown() -> None:
    assert page.steps(ROWS).splitlines()[2:] == ["| waits/1 | 0.1 | 2.2 | 0.05 | 2.1 | 2.01 ± 0.004 | 2 |"]


def test_reasons_are_shown_by_model() -> None:
    assert page.reasons(ROWS).splitlines()[2:] == ["| dual.gap | 1 | a \\| in a cell |", "| odd | 1 | nobody |"]


def test_a_page_is_written_between_its_marks_and_again() -> None:
    once = page.written(f"before\n{EMPTY}\nafter", ROWS)
    assert once.startswith("before\n<!-- summary -->\nOf 4")
    assert once.endswith("<!-- end theory -->\nafter")
    assert page.written(once, ROWS) == once
    assert page.written(once, ROWS[:1]) != once


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(AssertionError, match="summary is not marked once"):
        page.written("nothing", ROWS)


def test_the_page_shows_every_family_of_the_bank() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    bank = read(OWN)
    families = {truth.question.family for truth in bank}
    shown = [line.split("|") for line in text.splitlines() if line.startswith("| ")]
    counts = {cells[1].strip(): cells[2].strip() for cells in shown if len(cells) == 9}
    assert families <= counts.keys()
    assert counts["**all**"] == str(len(bank))


def test_every_model_is_answered_by_the_engine_or_says_why_not() -> None:
    for model in {truth.question.model for truth in read(OWN)}:
        known = [by for by, _ in answers(model)]
        assert known, model
        assert "engine" in known or unexpressed(model) != unexpressed("a model that nobody knows"), model


def test_no_reason_is_kept_of_a_model_that_the_engine_answers() -> None:
    from truths.unexpressed import _REASONS

    assert [model for model in _REASONS if answers(model)[0][0] == "engine"] == []


def test_rows_that_were_judged_before_are_told_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank, told, again = tmp_path / "bank.json", tmp_path / "told.json", tmp_path / "again.json"
    rows = [r for r in json.loads(OWN.read_text(encoding="utf-8")) if r["family"] == "project_facts"]
    bank.write_text(json.dumps(rows), encoding="utf-8")
    assert main(["--bank", str(bank), "--jobs", "1", "--json", str(told)]) == 0
    first = capsys.readouterr().out.splitlines()[:-1]
    assert main(["--bank", str(bank), "--judged", str(told), "--json", str(again)]) == 0
    assert capsys.readouterr().out.splitlines()[:-1] == first
    assert told.read_text(encoding="utf-8") == again.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("judged", "said"),
    [("{", "does not hold judged rows"), ('{"rows": [{"id": 3}]}', "does not hold judged rows"),
     (json.dumps(as_json([row("a")])), "its rows are not those of the bank")],
)  # fmt: skip
def test_other_rows_are_not_taken_for_the_bank(
    judged: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "judged.json"
    path.write_text(judged, encoding="utf-8")
    assert main(["--judged", str(path)]) == 2
    assert said in capsys.readouterr().err


def test_the_page_is_only_written_from_the_whole_bank(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--family", "eoq", "--write"]) == 2
    assert "leave --family and --bank out" in capsys.readouterr().err
