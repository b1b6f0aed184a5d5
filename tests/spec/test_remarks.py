"""What is allowed and most likely not meant is remarked, where it stands, and stops nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.spec.scenario import Scenario, load
from holdfast.spec.verdict import verdict

SMALL = Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")


def scenario(folder: Path, lasts: str, age: str, more: str = "") -> Path:
    """The small scenario, whose regime starts closed at an age."""
    text = SMALL.replace("    starts: open", f"    starts: {{state: closed, age: {age}}}{more}", 1)
    text = text.replace("{lognormal: {mean: 5 months, cv: 0.8}}", lasts, 1)
    path = folder / "old.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, lasts: str, age: str, more: str = "") -> Scenario:
    return load(scenario(folder, lasts, age, more))


@pytest.mark.parametrize(
    ("lasts", "age", "most"),
    [
        ("10 weeks", "10 weeks", "10 weeks"),
        ("{uniform: {low: 10 weeks, high: 20 weeks}}", "3 years", "20 weeks"),
        ("{pert: {best: 5 weeks, likely: 8 weeks, worst: 30 weeks}}", "31 weeks", "30 weeks"),
        ("{mixture: [{weight: 50 %, fixed: {value: 3 weeks}}, {weight: 50 %, fixed: {value: 9 weeks}}]}",
         "9 weeks", "9 weeks"),
        ("{mixture: [{weight: 50 %, uniform: [1 week, 4 weeks]}, {weight: 50 %, uniform: [5 weeks, 8 weeks]}]}",
         "9 weeks", "8 weeks"),
    ],
)  # fmt: skip
def test_a_state_older_than_it_can_last_is_remarked(tmp_path: Path, lasts: str, age: str, most: str) -> None:
    found = read(tmp_path, lasts, age)
    (remark,) = found.remarks
    assert (remark.code, remark.path, remark.place.line, remark.place.column) == (
        "HF206",
        "regimes.trade.starts.age",
        10,
        34,
    )
    assert f"'closed' is {age} old and lasts {most} at most" in remark.message
    assert remark.fix == f"write less than {most}, or let 'closed' last longer"
    assert found.world().regimes[0].age > 0, "and it is simulated as it says"


@pytest.mark.parametrize(
    ("lasts", "age"),
    [
        ("10 weeks", "9 weeks"),
        ("{uniform: {low: 10 weeks, high: 20 weeks}}", "19 weeks"),
        ("{exponential: {mean: 2 weeks}}", "3 years"),
        ("{gamma: {mean: 2 weeks, cv: 0.5}}", "3 years"),
    ],
)
def test_a_state_that_may_be_so_old_is_not(tmp_path: Path, lasts: str, age: str) -> None:
    assert read(tmp_path, lasts, age).remarks == []


def test_check_says_it_after_what_is_fine_and_goes_on(tmp_path: Path) -> None:
    path = scenario(tmp_path, "10 weeks", "3 years")
    said = verdict(path)
    assert "is fine" in said.splitlines()[0]
    assert f"HF206 {path}:10:34   regimes.trade.starts.age" in said
    assert said.endswith("1 remark. holdfast explain HF206 says more.")
    done = subprocess.run(
        [sys.executable, "-c", "from holdfast.cli import main; main()", "run", str(path), "--replications", "2",
         "--quiet", "--out", str(tmp_path)], capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert "HF206" in done.stderr
    assert "HF206" not in done.stdout


def test_an_overlay_that_says_it_is_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "overlay.yaml"
    text = SMALL.replace("{regimes.trade.starts: closed}", "{regimes.trade.starts: {state: closed, age: 40 weeks}}", 1)
    path.write_text(text.replace("{lognormal: {mean: 5 months, cv: 0.8}}", "10 weeks", 1), encoding="utf-8")
    (remark,) = load(path).remarks
    assert remark.place.line == 1 + text[: text.index("age: 40 weeks")].count("\n")
