"""The answer as plain text: it fits, whatever stands in it."""

from __future__ import annotations

import dataclasses

import pytest

from holdfast.output import table as of_plans
from holdfast.output.table import answer, answer_table
from holdfast.study import figures
from holdfast.study.result import Result
from tests.study import small


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_line_fits(width: int) -> None:
    assert max(len(line) for line in answer(small.result(), width).splitlines()) <= width


def test_long_names_do_not_break_it() -> None:
    result = small.result()
    name = "a-very-long-name-that-somebody-chose-for-a-plan-that-has-no-end"
    cases = {(name, ""): result.case("build"), ("b", ""): result.case("imports")}
    about = dataclasses.replace(result.about, alternatives={name: "A title " * 60, "b": "B"})
    lines = answer(Result(about, result.provenance, cases)).splitlines()
    assert max(len(line) for line in lines) <= 80


def test_the_table_holds_every_plan_and_standard() -> None:
    result = small.result()
    table = answer_table(result)
    for name in (*result.alternatives, "shut-start", "town-", "served", "asked 90", "Imports only, as today"):
        assert name in table
    assert result.table() == table


def test_figures_in_the_table_are_those_of_the_measures() -> None:
    result = small.result()
    table = answer_table(result, 120)
    row = next(line for line in table.splitlines() if line.startswith("store-more"))
    assert figures.number(result.cost("store-more").estimate / 1e3) in row
    met = result.standards("store-more")["shut-start"].met.estimate
    assert f"{figures.percent(met)} % no" in row


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (12345, "12,300"),
        (242.4, "242"),
        (1.2345, "1.23"),
        (0.03149, "0.0315"),
        (-5.5, "-5.5"),
        (99999, "100,000"),
    ],
)
def test_numbers_have_three_figures(value: float, text: str) -> None:
    assert figures.number(value) == text


def test_shares_are_never_rounded_to_certainty() -> None:
    assert [figures.percent(p) for p in (0.905, 0.585, 0.125)] == ["91", "59", "13"], "half a cell counts as one"
    assert [figures.percent(p) for p in (0.0, 1.0, 0.5, 0.999, 0.0004, 0.99999, 1e-6)] == [
        "0", "100", "50", "99.9", "0.04", ">99.99", "<0.01",
    ]  # fmt: skip


def test_an_interval_of_shares_is_as_exact_at_either_end() -> None:
    assert figures.percents(0.99999, 0.9999999) == "99.999 to >99.999"
    assert figures.share(2e-7, 1e-8, 1e-5) == "<0.001 % (<0.001 to 0.001)"


def test_intervals_show_that_they_leave_out_0() -> None:
    assert figures.spread(0.2, 5.1) == "0.2 to 5.1"
    assert figures.spread(39.4, 41.2) == "39.4 to 41.2"
    assert figures.spread(194.2, 276.4) == "194 to 276"
    assert figures.spread(-0.004, 0.003) == "-0.004 to 0.003"
    assert figures.spread(2.0, 2.0) == "exactly"


def test_intervals_of_time_have_ends_that_are_read_apart():
    assert figures.days_between(84.0, 98.0) == "12 weeks to 14 weeks"
    assert figures.days_between(13.0, 14.0) == "13 days to 2 weeks"
    assert figures.days_between(91.0, 91.0) == figures.days_between(90.0, 92.0) == "to within rounding"
    assert figures.days_between(91.0, float("inf")) == "13 weeks to never"


def test_amounts_and_times() -> None:
    assert figures.amount(12_600_000, "round") == "12.6 million rounds"
    assert figures.amount(1, "round") == "1 round"
    assert figures.amount(2500, "shell/year") == "2.5 thousand shells/year"
    assert [figures.days(d) for d in (1, 9, 98, 213, 1168.8, float("inf"))] == [
        "1 day", "9 days", "14 weeks", "7 months", "3.2 years", "never",
    ]  # fmt: skip
    assert figures.year(7.43) == "year 7.4"
    assert figures.year(float("inf")) == "never"
    assert figures.listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(
    ("low", "high", "cell"),
    [(0.0, 0.0, "0"), (29.46, 29.46, "29.5"), (28.412, 28.413, "28.4"), (-4.5, -4.1, "-4.5 to -4.1")],
)
def test_a_gap_between_plans_is_always_told_in_figures(low: float, high: float, cell: str) -> None:
    """Beside no figure, `exactly` would tell nothing."""
    assert of_plans._gap(low, high) == cell
