"""Measures of futures written by hand, so that every figure can be checked in the head."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from holdfast.errors import ScenarioError
from holdfast.parts.world import Standard, World
from holdfast.study import measures, standards
from holdfast.study.case import Case, issued_share, summarise
from tests.study import small


def hand(world: World | None = None, **totals: list[float]) -> Case:
    """Four futures; records of which nothing is said are 0."""
    names = {name.replace("__", "."): np.array(values, dtype=float) for name, values in totals.items()}
    plants = {f"mill.{n}": np.array([1.0, 2.0, 3.0, 4.0]) for n in ("nameplate", "output", "accepted", "delivered")}
    plants["mill.effective_capacity"] = np.full(4, 2.0)
    zero = {"costs.capex": np.zeros(4)}
    return Case(world or small.make(build=True), {**zero, **names}, plants=plants)


def test_costs() -> None:
    case = hand(
        costs__capex=[1, 2, 3, 4], costs__imports=[1, 1, 1, 1], costs__shortage=[0, 0, 0, 8], memos__idle=[9] * 4
    )
    assert measures.cost(case).estimate == 3.5
    assert measures.shortage_cost(case).estimate == 2.0
    assert measures.total_cost(case).estimate == 5.5
    assert measures.cost_quantile(case, 0.5).estimate == 3.0
    assert measures.cost_of(case, "idle").estimate == 9.0
    assert measures.cost(case).unit == "USD of 2020"


def test_fill_rate_weighs_by_what_is_wanted() -> None:
    case = hand(consumers__army__shell__served=[10, 0, 0, 30], consumers__army__shell__wanted=[10, 10, 20, 40])
    assert measures.fill_rate(case, "army").estimate == 0.5


def test_time_and_probability_of_shortage() -> None:
    periods = small.make().periods
    case = hand(
        consumers__town__short=[0, periods / 2, 0, periods / 2],
        consumers__town__first_short=[-1, 52, -1, 104],
        consumers__town__longest_short=[0, 4, 0, 8],
        consumers__town__shell__unmet=[0, 5, 0, 15],
    )
    assert measures.ready_rate(case, "town").estimate == 0.75
    assert measures.service_probability(case, "town").estimate == 0.5
    assert measures.ever_short(case, "town").estimate == 0.5
    assert measures.first_short(case, "town").estimate == pytest.approx(104 * 7 / 365.25)
    assert measures.first_short(case, "town", 0.9).estimate == math.inf
    assert measures.longest_short(case, "town").estimate == 21.0
    assert measures.expected_shortfall(case, "town").estimate == 5.0
    assert measures.cvar_unmet(case, "town").estimate == 15.0


def test_service_measures_agree_where_they_must() -> None:
    """On real futures: never short exactly where nothing is unmet, and unmet = wanted - served."""
    case = small.result().case("store-more")
    for consumer in ("army", "town"):
        unmet = case.totals[f"consumers.{consumer}.shell.unmet"]
        wanted, served = (case.totals[f"consumers.{consumer}.shell.{n}"] for n in ("wanted", "served"))
        np.testing.assert_allclose(unmet, wanted - served, atol=1e-6)
        np.testing.assert_array_equal(case.totals[f"consumers.{consumer}.short"] == 0, unmet <= 1e-6)
        never = case.totals[f"consumers.{consumer}.first_short"] < 0
        np.testing.assert_array_equal(never, case.totals[f"consumers.{consumer}.short"] == 0)


def test_home_and_imports_make_up_use() -> None:
    case = hand(
        lines__mill__one__output=[10, 10, 10, 10],
        stores__shed__shell__entered=[20, 20, 40, 40],
        stores__shed__shell__issued=[20, 20, 20, 20],
        consumers__army__shell__received=[20, 20, 20, 20],
        channels__ships__shed__shell__received=[10, 10, 30, 30],
    )
    np.testing.assert_array_equal(issued_share(case, "shed", ["shell"]), [1, 1, 0.5, 0.5])
    assert measures.made_at_home(case).estimate == pytest.approx(30 / 80)  # 10, 10, 5 and 5 of 20 each
    assert measures.net_import_reliance(case).estimate == pytest.approx(50 / 80)
    assert measures.without_permission(case).estimate == pytest.approx(30 / 80)
    assert measures.imported(case).estimate == 20.0
    needs = dataclasses.replace(case.world.lines[0], takes=((0, 1.0, 0),))  # an input that ships carry
    case = dataclasses.replace(case, world=dataclasses.replace(case.world, lines=(needs,)))
    assert measures.without_permission(case).estimate == 0.0
    assert measures.made_at_home(case).estimate == pytest.approx(30 / 80)


def test_five_numbers_never_grow_along_the_way() -> None:
    five = measures.five_numbers(small.result().case("build"), "mill")
    values = [each.estimate for each in five.values()]
    assert list(five) == ["nameplate", "effective_capacity", "output", "accepted", "delivered"]
    assert values[0] > values[1] > values[2] >= values[3] >= values[4] > 0
    assert five["output"].unit == "shell/year"


def test_plants_are_judged_over_late_whole_years() -> None:
    """12 years of 52 weeks are 11.96 years: the years from 10 on are one, with what was made in it."""
    from holdfast.engine.run import simulate

    world = small.make(build=True)
    outcome = simulate(world, replications=5, seed=7)
    case = summarise(world, outcome)
    assert (case.late_from, case.whole_years) == (10, 11)
    np.testing.assert_allclose(case.plants["mill.output"], outcome.yearly["lines.mill.one.output"][10], rtol=1e-6)
    np.testing.assert_array_equal(case.plants["mill.output"], case.plants["mill.accepted"])


def test_yearly_summaries_add_up_to_totals() -> None:
    case = small.result().case("imports")
    total = measures.cost_of(case, "imports").estimate
    assert case.yearly["costs.imports"][0].sum() == pytest.approx(total, rel=1e-5)
    assert (case.yearly["costs.imports"][1] <= case.yearly["costs.imports"][2]).all()


def window(case: Case, **values: list[float]) -> Case:
    return dataclasses.replace(
        case, totals={**case.totals, **{f"windows.0.{k}": np.array(v) for k, v in values.items()}}
    )


WINDOW = {
    "wanted": [10.0, 10.0, 0.0, 20.0],
    "served": [10.0, 5.0, 0.0, 19.0],
    "periods": [5.0, 5.0, 0.0, 10.0],
    "short_periods": [0.0, 4.0, 0.0, 1.0],
    "spells": [1.0, 1.0, 0.0, 2.0],
    "short_spells": [0.0, 1.0, 0.0, 1.0],
}


@pytest.mark.parametrize(
    ("measure", "whole", "futures"),
    [
        ("fill_rate", 34 / 40, [1, 0.5, math.nan, 0.95]),
        ("ready_rate", 15 / 20, [1, 0.2, math.nan, 0.9]),
        ("cycle_service_level", 2 / 4, [1, 0, math.nan, 0.5]),
        ("service_probability", 2 / 4, [1, 0, math.nan, 0]),
        ("unmet", 6 / 4, [0, 5, math.nan, 1]),
    ],
)
def test_measures_over_a_window(measure: str, whole: float, futures: list[float]) -> None:
    case = window(hand(), **WINDOW)
    assert standards.measure_of(case, 0, measure).estimate == pytest.approx(whole)
    np.testing.assert_allclose(standards.by_future(case, 0, measure), futures)


def test_a_future_without_such_a_period_meets_the_standard() -> None:
    case = window(hand(), **WINDOW)
    got = standards.judge(case, Standard("s", "", 0, "fill_rate", 0.95, None, 0.75))
    assert got.met.estimate == 0.75
    assert got.without.estimate == 0.25
    assert got.reached.estimate == 0.5  # in three of four futures at least 0.95, in all at least 0.5
    assert got.verdict == "cannot be told"


def test_a_bound_from_above() -> None:
    case = window(hand(), **WINDOW)
    got = standards.judge(case, Standard("s", "", 0, "unmet", None, 1.0, 0.75))
    assert got.met.estimate == 0.75
    assert got.reached.estimate == 1.0


def test_verdicts_follow_the_interval() -> None:
    """1,000 futures met in 900: Wilson 0.880 to 0.917."""
    periods = np.ones(1_000)
    short = (np.arange(1_000) >= 900).astype(float)
    totals = {f"windows.0.{n}": periods for n in ("wanted", "periods", "spells")}
    totals |= {"windows.0.served": 1 - short, "windows.0.short_periods": short, "windows.0.short_spells": short}
    case = Case(small.make(), totals)
    for asked, verdict in ((0.87, "yes"), (0.90, "cannot be told"), (0.93, "no")):
        assert standards.judge(case, Standard("s", "", 0, "fill_rate", 1.0, None, asked)).verdict == verdict
    for bound, verdict in ((0.87, "yes"), (0.90, "cannot be told"), (0.93, "no")):  # on the expected value
        assert standards.judge(case, Standard("s", "", 0, "fill_rate", bound, None, None)).verdict == verdict


def test_the_result_answers_for_windows_that_standards_name() -> None:
    result = small.result()
    got = result.fill_rate(consumer="army", during={"strait": "shut"}, within=13)
    assert got == standards.measure_of(result.case("imports"), 0, "fill_rate")
    assert result.fill_rate("town", alternative="build") == measures.fill_rate(result.case("build"), "town")


@pytest.mark.parametrize(
    ("during", "within"),
    [({"strait": "shut"}, None), ({"strait": "open"}, 13), ({"strait": "closed"}, 13), ({"sea": "shut"}, 13)],
)
def test_other_windows_are_refused_and_those_that_exist_named(during: dict[str, str], within: int | None) -> None:
    with pytest.raises(ScenarioError, match="army during strait: shut within 13 periods"):
        small.result().fill_rate("army", during=during, within=within)


def test_unknown_names_are_refused_with_the_nearest() -> None:
    result = small.result()
    for ask in (
        lambda: result.fill_rate("amry"),
        lambda: result.case("buidl"),
        lambda: result.case("build", "ruogh"),
        lambda: result.difference("build", "imports", "toal_cost"),
    ):
        with pytest.raises(ScenarioError, match=r"HF403(.|\n)*did you mean"):
            ask()


def test_common_random_numbers_sharpen_differences() -> None:
    """Storing a little more or less meets the same futures: the paired error is far below the unpaired one."""
    result = small.result()
    one, other = result.total_cost("imports"), result.total_cost("store-more")
    paired = result.difference("store-more", "imports", "cost").standard_error
    unpaired = math.hypot(result.cost("imports").standard_error, result.cost("store-more").standard_error)
    assert paired < unpaired
    assert result.difference("store-more", "imports").estimate == pytest.approx(other.estimate - one.estimate)
