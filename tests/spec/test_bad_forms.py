"""Fields that are not known, missing or of another form: located where the person wrote them, with the likely fix."""

from __future__ import annotations

import pytest

from holdfast.errors import Problem, ScenarioError
from holdfast.spec.starter import text
from holdfast.spec.verdict import verdict

STARTER = text("my-medicine")


def problems_of(tmp_path, old: str, new: str) -> tuple[Problem, ...]:
    """What is wrong with the starter after one replacement."""
    assert STARTER.count(old) == 1, old
    path = tmp_path / "f.yaml"
    path.write_text(STARTER.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        verdict(path)
    return caught.value.problems


@pytest.mark.parametrize(
    ("old", "new", "code", "path", "where", "fix"),
    [
        ("overflow: waits", "overfow: waits", "HF101", "stores.depot.overfow", "overfow", "did you mean overflow?"),
        ("    in_transit: held", "    #", "HF102", "channels.supplier.in_transit", "title: The supplier", "in_transit"),
        ("carries: [medicine]", "carries: medicine", "HF103", "channels.supplier.carries", "medicine", "language.md"),
        ("standards:\n", "standrds:\n", "HF101", "standrds", "standrds:", "did you mean standards?"),
    ],
)
def test_forms(tmp_path, old: str, new: str, code: str, path: str, where: str, fix: str) -> None:
    found = [problem for problem in problems_of(tmp_path, old, new) if problem.code == code]
    assert [problem.path for problem in found] == [path]
    changed = STARTER.replace(old, new).splitlines()
    assert changed[found[0].place.line - 1][found[0].place.column - 1 :].startswith(where)
    assert fix in found[0].fix


def test_a_mistake_in_a_copy_points_to_where_it_was_written_and_is_told_once(tmp_path) -> None:
    new = "overfow: waits\n  yard: {like: depot}\n  old-depot:\n    overflow: waits"
    found = [problem for problem in problems_of(tmp_path, "overflow: waits ", new) if problem.code == "HF101"]
    line = next(n for n, row in enumerate(STARTER.splitlines(), 1) if "overflow: waits" in row)
    assert [(problem.place.line, problem.path) for problem in found] == [(line, "stores.depot.overfow")]


def test_a_mistake_in_an_overlay_names_the_nearest_path(tmp_path) -> None:
    found = problems_of(tmp_path, "regimes.trade.starts: closed", "regimes.trade.strats: closed")
    assert [(problem.code, problem.path) for problem in found] == [("HF301", "what_if.cut-today")]
    assert found[0].fix == "did you mean regimes.trade.starts?"
