"""`dev.py truths`: it judges what it is told, never peeks at the value, and says what is wrong with a bank."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from truths.bank import OWN, Question, Reply, Truth, ask, judge, read
from truths.registry import Estimate, answers
from truths.run import main

Rows = list[dict[str, Any]]

QUICK: dict[str, tuple[str, ...]] = {
    "eoq": ("eoq/ex3.8-Q",),
    "eoqd": ("eoqd/ex9.1-Q",),
    "base_stock_disruptions": ("base_stock_disruptions/ex9.3-S",),
    "tomlin": ("tomlin/a0.04-b0.25-periods_covered",),
    "embargo_storage": (
        "embargo_storage/chain0-mean_stock",
        "embargo_storage/survive-12",
    ),
    "yield": ("yield/pr9.5-cost", "yield/ex9.5-Q"),
    "lost_sales": ("lost_sales/poisson-p4-L1-opt",),
    "dual_sourcing": ("dual_sourcing/l2-ce105-optimal",),
    "perishable_de_moor": ("perishable_de_moor/m2-exp2-table",),
    "perishable_hendrix": ("perishable_hendrix/one-m2-opt",),
    "production": (
        "production/mts-opt-0-S",
        "production/availability-8-2",
        "production/interval-availability-0",
    ),
    "sampling": (
        "sampling/nist-aoq",
        "sampling/std-500-7-0.0065",
    ),
    "queue": ("queue/lost-3.0-2.0-8",),
    "rationing": ("rationing/ha-1-S",),
    "pooling": ("pooling/m1e-4-sit1-R",),
    "s_S": (
        "s_S/zf-mu15-s",
        "s_S/zf-mu20-cost",
    ),
    "r_Q": (
        "r_Q/pr5.2-opt-Q",
        "r_Q/pr5.2@3,9",
    ),
    "newsvendor": (
        "newsvendor/ex4.3-S",
        "newsvendor/ex4.3-cost",
    ),
    "serial": (
        "serial/ex6.1-poisson-S",
        "serial/pr6.1-cost",
    ),
    "lost_sales_setup": ("lost_sales_setup/optimal",),
    "perishable_poisson": ("perishable_poisson/c3-outdating_rate",),
    "tts": (
        "tts/loss-A2-5",
        "tts/run-50-10-0",
        "tts/single-50-10-0",
    ),
    "project": ("project/clark-0",),
    "project_facts": ("project_facts/it-implied-body-mean-%",),
}
"""Rows that are answered within a second or so, by family: by the engine where one of its rows is that quick."""


@pytest.fixture(scope="module")
def own() -> dict[str, dict[str, Any]]:
    """The bank's rows by id."""
    return {row["id"]: row for row in json.loads(OWN.read_text(encoding="utf-8"))}


def run(tmp_path: Path, bank: object, *options: str) -> tuple[int, Rows]:
    """The exit code and the judged rows of a bank."""
    asked, told = tmp_path / "bank.json", tmp_path / "told.json"
    asked.write_text(bank if isinstance(bank, str) else json.dumps(bank), encoding="utf-8")
    told.unlink(missing_ok=True)
    code = main(["--bank", str(asked), "--json", str(told), "--jobs", "1", *options])
    return code, json.loads(told.read_text(encoding="utf-8"))["rows"] if told.exists() else []


ENGINE_ROW = "embargo_storage/chain0-mean_stock"
THEORY_ROW = "eoq/pr3.29-ww"


def test_a_row_that_the_engine_answers_passes(own: dict[str, Any], tmp_path: Path) -> None:
    code, (row,) = run(tmp_path, [own[ENGINE_ROW]])
    assert (code, row["by"], row["passed"], row["theory_passed"]) == (0, "engine", True, True)
    assert 0 < row["standard_error"] <= 0.003 * row["value"]
    assert row["theory"] == pytest.approx(row["value"], rel=1e-6)
    keys = {"id", "family", "by", "estimate", "standard_error", "value", "z", "passed"}
    assert keys <= row.keys()


@pytest.mark.parametrize("name", [ENGINE_ROW, THEORY_ROW])
def test_a_wrong_value_fails(
    name: str, own: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, (row,) = run(tmp_path, [{**own[name], "value": 1.03 * own[name]["value"]}])
    assert code == 1
    assert not row["passed"]
    assert f"off: {name}" in capsys.readouterr().out


def test_other_parameters_of_the_same_family_are_answered(own: dict[str, Any], tmp_path: Path) -> None:
    from holdfast.study.theory import lots, storages

    chain, order = own[ENGINE_ROW], own["eoq/ex3.8-Q"]
    changed = {"capacity": 14, "demand": 3, "supply": 4, "alpha": 0.08, "beta": 0.3}
    stock = storages.embargo_chain(14, 3, 4, 0.08, 0.3).mean_stock
    lot = lots.eoq_backorders(11, 0.3, 4, 900)[0]
    bank = [
        {**chain, "parameters": {**chain["parameters"], **changed}, "value": stock},
        {**order, "parameters": {"K": 11, "h": 0.3, "p": 4, "d": 900, "quantity": "Q"}, "value": lot},
    ]
    code, rows = run(tmp_path, bank)
    assert code == 0
    assert [row["by"] for row in rows] == ["engine", "theory"]
    assert all(row["passed"] for row in rows)


def test_lots_in_part_of_other_parameters_are_answered(own: dict[str, Any], tmp_path: Path) -> None:
    """By the engine, as formulas say; where more comes than was ordered, by the formula alone."""
    from holdfast.study.theory import lots, newsvendors

    share, amount, once = (own[name] for name in ("yield/ex9.5-cost", "yield/ex9.4@350000", "yield/pr9.5-cost"))
    part = {"K": 500, "h": 2, "d": 9000, "mean": 0.7, "sd": 0.2}
    less = {"K": 500, "h": 2, "d": 9000, "mean": -300, "sd": 90, "Q": 2500}
    level = {"h": 3, "p": 20, "d": 40, "lo": -12, "hi": -2, "S": 48}
    bank = [
        {**share, "parameters": part, "value": lots.multiplicative_yield(500, 2, 9000, 0.7, 0.2)[1]},
        {**amount, "parameters": less, "value": lots.additive_yield_cost(2500, 500, 2, 9000, -300, 90)},
        {**once, "parameters": level, "value": newsvendors.newsvendor_additive_yield_cost(48, 3, 20, 40, -12, -2)},
        {
            **share, "id": "more", "parameters": {**part, "mean": 1.1},
            "value": lots.multiplicative_yield(500, 2, 9000, 1.1, 0.2)[1],
        },
    ]  # fmt: skip
    code, rows = run(tmp_path, bank)
    assert [row["by"] for row in rows] == ["engine", "engine", "engine", "theory"]
    assert code == 0
    assert "more arrives than was ordered" in rows[3]["why"]


def test_what_is_rare_is_not_known_before_it_was_seen() -> None:
    """No standard error comes of what never happened, and one of 10 % is not yet enough."""
    from truths.engine import _seen

    never, half = np.zeros(96), np.arange(96) % 2.0
    assert not _seen([{"a": never}], lambda x: x["a"])
    assert not _seen([{"a": half}], lambda x: x["a"])
    assert _seen([{"a": half + 1.0}], lambda x: x["a"])


def test_the_value_is_not_looked_at_before_the_comparison(own: dict[str, Any], tmp_path: Path) -> None:
    names = [ENGINE_ROW, THEORY_ROW, "lost_sales/poisson-p4-L1-opt", "eoq/ex3.8-Q"]
    bank = [own[name] for name in names]
    values = [row["value"] for row in bank]
    swapped = [
        {**row, "value": value, "tolerance": 0} for row, value in zip(bank, values[1:] + values[:1], strict=True)
    ]
    code, rows = run(tmp_path, bank)
    code_swapped, rows_swapped = run(tmp_path, swapped)
    assert (code, code_swapped) == (0, 1)
    told = ("by", "estimate", "standard_error", "theory")
    assert [[row[k] for k in told] for row in rows] == [[row[k] for k in told] for row in rows_swapped]
    assert all(row["passed"] for row in rows)
    assert not any(row["passed"] for row in rows_swapped)


def test_a_question_holds_no_value() -> None:
    assert "value" not in Question.__dataclass_fields__


def test_a_model_that_nobody_knows_is_said_and_does_not_fail(own: dict[str, Any], tmp_path: Path) -> None:
    code, (row,) = run(tmp_path, [{**own[THEORY_ROW], "model": "eoq.of_the_moon"}])
    assert (code, row["by"], row["passed"], row["estimate"], row["z"]) == (0, "none", False, None, None)
    assert "eoq.of_the_moon" in row["note"]


def test_parameters_that_cannot_be_are_said_and_stop_nobody(own: dict[str, Any], tmp_path: Path) -> None:
    bad = {**own[ENGINE_ROW], "id": "bad", "parameters": {**own[ENGINE_ROW]["parameters"], "alpha": "often"}}
    _, rows = run(tmp_path, [bad, own[THEORY_ROW]])
    assert rows[0]["by"] == "none"
    assert "often" in rows[0]["note"]
    assert rows[1]["passed"]


ROW: dict[str, Any] = {
    "id": "a", "family": "eoq", "model": "eoq.eoq", "parameters": {"K": 1, "h": 1, "d": 1}, "quantity": "cost",
    "value": 1.0, "tolerance": 0.1,
}  # fmt: skip
BAD_BANKS: dict[str, tuple[object, str]] = {
    "not JSON": ("{rows", "is not JSON"),
    "nested without end": ("[" * 100_000, "is not JSON"),
    "no list": ({"rows": [ROW]}, "not a list of rows"),
    "no rows": ([], "holds no rows"),
    "no object": ([ROW, 7], "row 2: is 7, not an object"),
    "twice": ([ROW, ROW], "two rows are called 'a'"),
    "parameters": ([{**ROW, "parameters": [1]}], "parameters are [1], not an object"),
    "value of text": ([{**ROW, "value": "1"}], "the value '1' is not a number"),
    "value none": ([{**ROW, "value": None}], "the value None is not a number"),
    "value yes": ([{**ROW, "value": True}], "the value True is not a number"),
    "value empty": ([{**ROW, "value": []}], "the value [] is not a number"),
    "value not finite": (json.dumps([ROW]).replace("1.0", "NaN"), "the value nan is not a number"),
    "tolerance negative": ([{**ROW, "tolerance": -1}], "the tolerance -1 is not a number from 0 on"),
    "tolerance yes": ([{**ROW, "tolerance": True}], "the tolerance True is not"),
    "tolerance not finite": (json.dumps([ROW]).replace("0.1", "Infinity"), "the tolerance inf is not"),
    "family": ([{**ROW, "family": 3}], "family is 3, not a text"),
    "id": ([{**ROW, "id": ""}], "id is '', not a text"),
    **{f"lacks {key}": ([{k: v for k, v in ROW.items() if k != key}], f"lacks {key!r}; add it") for key in ROW},
}


@pytest.mark.parametrize(("bank", "said"), BAD_BANKS.values(), ids=BAD_BANKS)
def test_a_bank_that_cannot_be_read_is_an_error(
    bank: object, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, rows = run(tmp_path, bank)
    assert code == 2
    assert not rows
    told = capsys.readouterr()
    assert said in told.err
    assert str(tmp_path / "bank.json") in told.err
    assert not told.out


def test_all_problems_of_a_bank_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = run(tmp_path, [{**ROW, "value": "x", "tolerance": -1}, {**ROW, "id": "b", "model": 5}, 3])
    assert code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--family", "eoqq"], "no row of the family 'eoqq'; it holds eoq"),
        (["--jobs", "0"], "at least 1 is needed"),
    ],
)
def test_wrong_options_are_errors(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, rows = run(tmp_path, [ROW], *options)
    assert code == 2
    assert not rows
    assert said in capsys.readouterr().err


def test_an_answer_that_is_not_finite_loses_nothing(tmp_path: Path) -> None:
    """A network that nothing disrupts survives for ever, which JSON cannot say; the other rows are kept."""
    row = {**ROW, "id": "for ever", "family": "tts", "model": "tts.tts", "parameters": {"disrupted": []}}
    code, rows = run(tmp_path, [row, {**ROW, "value": 2**0.5}])
    assert code == 1
    assert [(each["estimate"] is None, each["passed"]) for each in rows] == [(True, False), (False, True)]


def test_a_file_that_cannot_be_written_is_an_error_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = tmp_path / "bank.json"
    bank.write_text(json.dumps([ROW]), encoding="utf-8")
    assert main(["--bank", str(bank), "--json", str(tmp_path / "none" / "told.json")]) == 2
    told = capsys.readouterr()
    assert "cannot be written" in told.err
    assert not told.out


def test_a_bank_that_is_not_there_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--bank", str(tmp_path / "none.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("family", QUICK)
def test_quick_rows_of_each_family_pass(family: str, own: dict[str, Any]) -> None:
    known = {truth.question.id: truth for truth in read(OWN)}
    for name in QUICK[family]:
        assert own[name]["family"] == family
        row = judge(known[name], ask(known[name].question))
        assert row.passed, row
        assert row.theory_passed is not False, row


def test_every_family_of_the_bank_has_a_quick_row(own: dict[str, Any]) -> None:
    assert {row["family"] for row in own.values()} - set(QUICK) == set()


def truth(value: Any, tolerance: float = 0.0) -> Truth:
    """A row with a value."""
    return Truth(Question("a", "f", "m", {}, "cost"), value, tolerance, "")


def reply(estimate: Any, error: float = 0.0) -> Reply:
    """An answer."""
    return Reply("engine", Estimate(estimate, error), "", 0.0)


@pytest.mark.parametrize(
    ("given", "answered", "passes", "z"),
    [
        (truth(100.0), reply(100.3, 0.1), True, 3.0),
        (truth(100.0), reply(100.41, 0.1), False, 4.1),
        (truth(100.0, 0.05), reply(100.41, 0.1), True, 3.6),
        (truth(100.0), reply(100.0, 0.31), False, 0.0),
        (truth(100.0), reply(100.0, 0.0), True, 0.0),
        (truth(100.0), reply(100.001, 0.0), False, None),
        (truth(5.0), reply(float("nan"), 0.001), False, None),
        (truth([1.0, 2.0]), reply([1.0, 2.0]), True, 0.0),
        (truth([1.0, 2.0]), reply([1.0, 3.0]), False, None),
        (truth([1.0, 2.0]), reply([1.0]), False, None),
        (truth([1.0, 2.0]), reply(1.0), False, None),
    ],
)  # fmt: skip
def test_the_criterion(given: Truth, answered: Reply, passes: bool, z: float | None) -> None:
    row = judge(given, answered)
    assert row.passed is passes
    assert row.z == (None if z is None else pytest.approx(z, abs=1e-6))


def test_the_engine_is_asked_before_theory() -> None:
    assert [by for by, _ in answers("disruption.embargo_lost_sales_chain")] == ["engine", "theory"]


@pytest.mark.parametrize(("error", "by"), [(0.002, "engine"), (0.004, "theory")])
def test_what_the_engine_knows_too_roughly_theory_answers(
    monkeypatch: pytest.MonkeyPatch, error: float, by: str
) -> None:
    def simulated(parameters: object, quantity: str) -> Estimate:
        return Estimate(1.0, error)

    def solved(parameters: object, quantity: str) -> Estimate:
        return Estimate(1.0)

    monkeypatch.setattr("truths.bank.answers", lambda model: [("engine", simulated), ("theory", solved)])
    reply = ask(Question("a", "eoq", "eoq.eoq", {}, "cost"))
    assert reply.by == by
    assert bool(reply.why) == (by == "theory")
