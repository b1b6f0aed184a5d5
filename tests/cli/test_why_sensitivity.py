"""The commands why, depends and sensitivity, as a person calls them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from holdfast.cli import main

HERE = Path(__file__).parents[1] / "study"
BLOCKADE, RANGES, MILL = str(HERE / "blockade.yaml"), str(HERE / "ranges.yaml"), str(HERE / "mill.yaml")
FEW = ("--replications", "30", "--budget", "240")


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = 0
    try:
        main(list(arguments))
    except SystemExit as stop:
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_why_says_who_is_short_and_of_what(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "why", BLOCKADE, "--replications", "3", "--alternative", "too-little")
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    said = "what is missing for kitchens over the horizon comes to 160 sacks (exactly), on average."
    assert f'With "Too little is ordered", {said}' in text
    assert "Why: channels cut by strait 50 % (exactly), policy 50 % (exactly)" in text
    assert "by canal less than 0.5 %" in text
    assert max(len(line) for line in out.splitlines()) <= 80


def test_the_parts_in_json_sum_to_the_total(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "why", BLOCKADE, "--what-if", "hungry", "--replications", "3", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["format"] == 1
    assert told["methods"]["today"] == {"method": "every set", "worlds": 8}
    kitchens = told["alternatives"]["today"]["kitchens"]
    amounts = {part["cause"]: part["amount"]["estimate"] for part in kitchens["causes"]}
    assert amounts["surge"] == pytest.approx(50.0)
    assert math.fsum(amounts.values()) == pytest.approx(kitchens["total"]["estimate"], rel=1e-12)


def test_why_of_one_consumer_tells_of_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(capsys, "why", BLOCKADE, "--consumer", "lamps", "--replications", "3", "--json")
    assert list(json.loads(out)["alternatives"]["today"]) == ["lamps"]


def test_sensitivity_answers_in_80_columns_and_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "sensitivity", RANGES, *FEW)
    assert (code, err) == (0, "")
    assert max(len(line) for line in out.splitlines()) <= 80
    text = " ".join(out.split())
    for said in (
        'the choice of "Fifteen weeks" is flipped by kitchens demand salt at 2 sacks/week (to "As it is")',
        '"Fifteen weeks" is regretted least at its worst: 0 points',
        '"As it is" misses a standard in',
        "3 of the 4 inputs change nothing that it rests on.",
    ):
        assert said in text
    code, out, _ = call(capsys, "sensitivity", RANGES, *FEW, "--json")
    told = json.loads(out)
    assert (code, told["format"], told["measure"], told["plan"]) == (0, 1, "all_met", "more")
    assert {each["kind"] for each in told["answer"]} == {
        "today",
        "alone",
        "together",
        "flips",
        "regret",
        "boxes",
        "silent",
    }


def test_depends_says_on_what_supply_hangs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    code, out, err = call(capsys, "depends", MILL, "--replications", "3", "--report", str(page))
    assert (code, err) == (0, "")
    assert "builder of mill" in " ".join(out.split())
    assert max(len(line) for line in out.splitlines()) <= 80
    assert "builder of mill" in page.read_text(encoding="utf-8")
    code, out, _ = call(capsys, "depends", MILL, "--replications", "3", "--for", "5 weeks", "--json")
    told = json.loads(out)
    assert (code, told["format"], told["length"]) == (0, 1, 35.0)
    assert {each["kind"] for each in told["answer"]} == {"moved", "hangs"}
    names = [each["dependency"] for each in told["alternatives"]["mill"]["dependencies"]]
    assert names == ["goods", "inputs.brine", "outage.grid", "builder.mill", "together"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("why", BLOCKADE, "--replications", "2"),
        ("depends", MILL, "--replications", "2"),
        ("stress", BLOCKADE, "--replications", "2"),
        ("crossover", BLOCKADE, "--replications", "2"),
        ("sensitivity", RANGES, *FEW),
    ],
)
def test_a_page_that_cannot_be_written_loses_no_answer(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], tmp_path: Path
) -> None:
    code, out, err = call(capsys, *arguments, "--report", str(tmp_path / "no-such-folder" / "page.html"))
    assert code == 2
    assert "HF401" in err
    assert len(out.splitlines()) > 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("depends", MILL, "--alternative", "mil"), "did you mean mill?"),
        (("depends", MILL, "--at", "1999-01-01"), "--at"),
        (("sensitivity", RANGES, "--budget", "soon"), "'soon' is no time"),
        (("why", BLOCKADE, "--alternative", "tody"), "did you mean today?"),
        (("why", BLOCKADE, "--what-if", "hungri"), "did you mean hungry?"),
        (("why", BLOCKADE, "--consumer", "kitchen"), "did you mean kitchens?"),
        (("why", BLOCKADE, "--replications", "0"), "ask for 1 or more"),
        (("why", "no-such-file"), "no-such-file"),
        (("sensitivity", BLOCKADE), "no number of blockade has a range"),
        (("sensitivity", RANGES, "--measure", "fill"), "--measure"),
        (("sensitivity", RANGES, "--alternative", "mor"), "did you mean more?"),
        (("sensitivity", RANGES, "--budget", "2"), "2 runs are too few for 4 inputs"),
        (("sensitivity", RANGES, "--seed", "-1"), "--seed"),
    ],
)
def test_bad_input_is_told_with_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "HF" in err
    assert "Traceback" not in err
