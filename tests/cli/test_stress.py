"""The command stress, as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_run import call

STRAITS = Path(__file__).parents[1] / "study" / "straits.yaml"
ASKED = ["stress", str(STRAITS), "--at", "2030-03-18", "--for", "10 weeks", "--replications", "5"]
ESTIMATE = {"estimate", "low", "high", "standard_error", "unit"}


def test_it_answers_in_words_and_tables_of_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, *ASKED, "--pairs")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    assert max(len(line) for line in out.splitlines()) <= 80
    for text in (
        "If all channels are cut",
        "short until week",
        "channels (as sea, strait.shut)",
        "above 50",
        "rests on",
    ):
        assert text in out


def test_json_is_as_documented_and_the_same_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    asked = [*ASKED, "--json", "--pairs", "--cut", "sea", "--cut", "road"]
    code, out, err = call(capsys, *asked)
    assert (code, err) == (0, "")
    assert call(capsys, *asked, "--threads", "1")[1] == out
    told = json.loads(out)
    keys = ["format", "provenance", "what_if", "at", "length", "watched", "cuts", "answer"]
    keys += ["singles", "pairs", "payoffs", "rests_on"]
    assert list(told) == keys
    assert (told["at"], told["length"]) == ("2030-03-18", 70.0)
    assert told["cuts"]["channels.sea"] == {"kind": "channel", "title": "By sea"}
    first = told["singles"][0]
    assert (first["alternative"], first["cut"]) == ("today", ["channels.sea"])
    town = first["consumers"]["town"]
    assert set(town["exposed"]) == set(first["missing"]) == set(first["extra_cost"]) == ESTIMATE
    assert (town["tts"]["p50"]["estimate"], town["ttr"]["p90"]["estimate"]) == (49.0, 70.0)
    assert told["singles"][1]["consumers"]["town"]["tts"] == {}
    assert set(told["pairs"][0]["beyond_parts"]) == ESTIMATE
    verdicts = {(each["alternative"], each["cut"]): each for each in told["payoffs"]}
    assert verdicts["more", "channels.sea"]["probability"]["estimate"] == pytest.approx(0.5)
    assert verdicts["more", "channels.road"]["verdict"] == "never"
    assert verdicts["more", "channels.road"]["probability"]["estimate"] is None
    assert told["rests_on"]["resting"] == {"strait": "open"}


def test_all_that_is_wrong_is_told_with_the_likely_fix(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, *ASKED, "--cut", "se", "--watch", "soon", "--value", "3 EUR")
    assert (code, out) == (2, "")
    for text in ("HF403 --cut", "did you mean sea?", "HF403 --watch", "HF403 --value", "3 errors"):
        assert text in err
    for wrong in (["--at", "someday"], ["--at", "2099-01-01"], ["--for", "9 years"], ["--alternatives", "non"]):
        code, out, err = call(capsys, "stress", str(STRAITS), *wrong)
        assert (code, out) == (2, "")
        assert "HF403" in err


def test_long_names_do_not_break_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = STRAITS.read_text(encoding="utf-8")
    for name in ("sea", "town", "by-both"):
        text = text.replace(f"{name}:", f"{name}-{'very-long-indeed-' * 5}so:")
    file = tmp_path / "long.yaml"
    file.write_text(text, encoding="utf-8")
    code, out, err = call(capsys, "stress", str(file), *ASKED[2:], "--pairs")
    assert (code, err) == (0, "")
    assert max(len(line) for line in out.splitlines()) <= 80
    assert "town-very" in out
