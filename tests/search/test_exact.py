"""The search tells how far its best is from the best of all ways to order, where that can be solved exactly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import holdfast as hf
from holdfast.output.report_search import search_data
from holdfast.output.words_search import search_findings
from holdfast.study.exact.horizons import least
from holdfast.study.exact.worlds import stock_of
from tests.search.test_command import call
from tests.study.stock import channel, scenario

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = "levers: {kept: {sets: stores.barn.keeps.salt.ordering.order_up_to, from: 4 sacks, to: 40 sacks}}"


def said(found: hf.Found, kind: str) -> str:
    return "".join(each.text for each in search_findings(found) if each.kind == kind)


def test_a_base_stock_that_is_best_cannot_be_told_from_it(tmp_path: Path) -> None:
    """Backordered and far from the end a base stock is best of all: only near the end does less pay."""
    made = scenario(tmp_path, backordered=True, LEVERS=LEVELS, HORIZON="52")
    found = hf.search(made, evaluations=60, replications=4_000)
    assert found.exact is not None
    assert found.inexact == ""
    best = found.tested[found.chosen[0].best].total_cost  # type: ignore[index]
    assert found.exact.above.estimate == pytest.approx(best.estimate - found.exact.least, rel=1e-9)
    assert found.exact.above.high > 0.0, "nothing is cheaper than the best of all"
    assert found.exact.above.high < 0.03 * found.exact.least
    assert found.bound is not None
    assert found.bound.least.estimate < found.exact.least, "who knows the future pays less than who does not"


def test_a_rule_that_is_not_best_is_told_so(tmp_path: Path) -> None:
    """With a lead time and a cost of each order, ordering up to a level every week is far from the best."""
    made = scenario(tmp_path, LEVERS=LEVELS, CHANNELS=channel(1, more=", order_cost: 25 EUR"))
    found = hf.search(made, evaluations=40, replications=2_000)
    assert found.exact is not None
    assert found.exact.least == pytest.approx(least(stock_of(made.world()))[0])
    assert found.exact.above.low > 0.1 * found.exact.least
    text = said(found, "exact")
    assert text.startswith("Of all ways to order that do not know the future, all else as in the best plan, the best")
    assert "% dearer, and no rule at all can save more than that" in text
    assert text in json.dumps(search_data(found), ensure_ascii=False), "the report says it too"


def test_where_it_is_not_solved_it_is_said_why(strait: hf.Scenario) -> None:
    found = hf.search(strait, evaluations=30, replications=300)
    assert found.exact is None
    why = "it weighs costs, and standards are asked"
    assert said(found, "exact") == f"What the best of all ways to order costs was not solved exactly: {why}."


def test_json_holds_the_exact_bound(tmp_path: Path) -> None:
    made = scenario(tmp_path, LEVERS=LEVELS)
    asked = ("stock.yaml", "--evaluations", "20", "--replications", "500", "--json")
    done = call(*asked, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["inexact"] == told["unbound"] == ""
    assert told["exact"]["states"] > 10
    assert told["exact"]["least"] == pytest.approx(least(stock_of(made.world()))[0])
    assert told["exact"]["above"]["low"] <= told["exact"]["above"]["high"]
    assert "exact" in [each["kind"] for each in told["answer"]]
