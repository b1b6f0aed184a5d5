"""`holdfast search`: what it prints, what it leaves behind, and how it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def call(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "holdfast.cli", "search", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


def test_json_and_its_journal(tmp_path: Path) -> None:
    ask = (str(HERE / "levered.yaml"), "--evaluations", "40", "--replications", "400", "--json")
    done = call(*ask, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["format"] == 1
    assert [goal["goal"] for goal in told["goals"]] == ["cheapest"]
    assert told["provenance"]["evaluations"] == 40
    assert {"kept", "road"} == set(told["goals"][0]["best"])
    for plan in told["tested"]:
        cost = plan["measures"]["cost"]
        assert cost["low"] <= cost["estimate"] <= cost["high"]
        assert cost["unit"] == "EUR of 2024"
    assert set(told["frontiers"]) == {
        "standards.served", "consumers.kitchens.expected_shortfall", "consumers.kitchens.cvar_unmet",
    }  # fmt: skip
    (journal,) = tmp_path.glob("levered-*/search.jsonl")
    before = journal.read_bytes()
    assert json.loads(call(*ask, folder=tmp_path).stdout)["goals"] == told["goals"]
    assert journal.read_bytes() == before, "nothing was simulated again"


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (["--budget", "soon"], "HF431 --budget"),
        (["--cost-at-most", "3 apples"], "HF431 --cost-at-most"),
        (["--alternative", "nobody"], "HF403 --alternative"),
        (["--evaluations", "0", "--replications", "0"], "HF403 --replications"),
    ],
)
def test_bad_input_ends_with_2_and_leaves_nothing(tmp_path: Path, ask: list[str], says: str) -> None:
    done = call(str(HERE / "levered.yaml"), *ask, folder=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
