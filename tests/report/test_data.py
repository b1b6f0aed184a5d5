"""What the report shows equals what the study measured, and its titles claim no more."""

import dataclasses
import json
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from holdfast.output import report_plants, report_service
from holdfast.output.report import report_data, write_report
from holdfast.output.report_futures import telling, unmet
from holdfast.output.words import Reading
from holdfast.study import estimates, measures, standards
from tests.report.test_page import assert_contract
from tests.study import small


@pytest.fixture(scope="module")
def result():
    return small.result()


@pytest.fixture(scope="module")
def data(result):
    return report_data(result)


def chart(data, name):
    return next(chart for section in data["sections"] for chart in section["charts"] if chart["id"] == name)


def test_the_data_follow_the_contract_and_are_json(data):
    assert_contract(data)
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_every_chart_of_the_case_is_there(data):
    names = [chart["id"] for section in data["sections"] for chart in section["charts"]]
    assert names == [
        "frequencies", "cost-service", "stock", "survival", "shortage", "causes", "supply", "flows", "opening",
        "five-numbers", "costs", "worlds", "one-future",
    ]  # fmt: skip


def test_frequencies_are_the_judgements(result, data):
    view = chart(data, "frequencies")["views"][0]
    for row in view["data"]["rows"]:
        judged = standards.judge_all(result.case(result.alternatives[row["plan"]]))
        assert [cell["share"]["estimate"] for cell in row["cells"]] == pytest.approx(
            [one.met.estimate for one in judged.values()], rel=1e-5
        )


def test_costs_add_up_to_the_total_cost(result, data):
    view = chart(data, "costs")["views"][0]
    factor = {"thousand": 1e3, "million": 1e6}.get(view["data"]["unit"].split()[0], 1.0)
    for i, name in enumerate(result.alternatives):
        drawn = sum(panel["values"][i] for panel in view["data"]["panels"]) * factor
        assert drawn == pytest.approx(measures.total_cost(result.case(name)).estimate, rel=1e-4)


def test_shortage_by_year_adds_up_to_what_is_unmet(result, data):
    case = result.case("imports")
    view = chart(data, "shortage")["views"][0]
    wanted = case.yearly["consumers.army.shell.wanted"][0][: case.whole_years]
    drawn = np.array(view["data"]["values"][0]) / 100 * wanted
    whole = case.yearly["consumers.army.shell.unmet"][0][: case.whole_years].sum()
    assert drawn.sum() == pytest.approx(whole, rel=1e-4)


def test_stock_is_in_days_at_the_use_that_the_store_serves(result, data):
    panel = chart(data, "stock")["views"][0]["data"]["panels"][0]
    keep = result.case("imports").world.keeps[0]
    first = result.case("imports").bands["stores.shed.shell.on_hand"][3][0]
    assert panel["middle"][0] == pytest.approx(first / keep.use * 7, rel=0.01)
    assert all(a <= b <= c for a, b, c in zip(panel["low"], panel["middle"], panel["high"], strict=True))


def test_survival_falls_from_one_and_its_half_is_time_to_survive(result, data):
    view = chart(data, "survival")["views"][0]
    line = view["data"]["lines"][0]
    assert line["values"][0] == 1.0
    assert all(a >= b for a, b in pairwise(line["values"]))
    half = next(x for x, y in zip(view["data"]["x"], line["values"], strict=True) if y <= 0.5)
    median = measures.time_to_survive(result.cuts["imports"], "army").estimate / 7
    step = view["data"]["x"][1]
    assert half - step <= median + step
    assert median <= half


def test_dots_are_quantiles_of_the_opening(result, data):
    view = chart(data, "opening")["views"][0]
    opened = result.case("build").totals["projects.mill.opened"]
    dots = view["data"]["dots"]
    assert len(dots) == 50
    assert dots.count(None) == pytest.approx(50 * (opened < 0).mean(), abs=1)
    middle = measures.opening(result.case("build"), "mill")
    assert dots[24] <= middle.high
    assert dots[25] >= middle.low


def test_what_leaves_the_store_is_what_consumers_received(result, data):
    view = chart(data, "flows")["views"][0]
    plan = view["label"]
    case = result.case(plan)
    factor = {"thousand": 1e3, "million": 1e6}.get(view["data"]["unit"].split()[0], 1.0)
    drawn = sum(link["value"] for link in view["data"]["links"] if link["target"] in ("army", "town"))
    assert drawn * factor * case.years == pytest.approx(float(measures.use(case).mean()), rel=1e-4)


def test_shares_of_what_is_short_add_up(data):
    for view in chart(data, "causes")["views"]:
        assert sum(bar["value"]["estimate"] for bar in view["data"]["bars"]) == pytest.approx(100, abs=0.01)


def test_typical_bad_and_worst_are_ranked(result):
    case = result.case("imports")
    amount, chosen = unmet(case), telling(case)
    assert amount[chosen["typical"]] <= amount[chosen["bad"]] <= amount[chosen["worst"]] == amount.max()


def test_one_future_is_the_stored_one(result, data):
    view = chart(data, "one-future")["views"][0]
    replication = telling(result.case("imports"))["typical"]
    assert f"Replication {replication} " in view["subtitle"]
    shortage = next(row for row in view["data"]["rows"] if row["label"] == "Shortage")
    factor = {"thousand": 1e3, "million": 1e6}.get(shortage["unit"].split()[0], 1.0)
    drawn = {series["label"]: sum(series["values"]) * factor for series in shortage["series"]}
    stored = result.case("imports").totals
    for consumer, amount in drawn.items():
        assert amount == pytest.approx(stored[f"consumers.{consumer}.shell.unmet"][replication], rel=0.01)


def test_spells_cover_the_horizon_without_gaps(data):
    for view in chart(data, "one-future")["views"]:
        for strip in view["data"]["strips"]:
            ends = [(spell["from"], spell["to"]) for spell in strip["spells"]]
            assert ends[0][0] == 0
            assert all(a[1] == b[0] for a, b in pairwise(ends))
            assert ends[-1][1] == pytest.approx(view["data"]["x"][-1], abs=0.01)


def reading(verdicts, shares):
    """A reading with given verdicts of one standard, and shares that meet it all."""
    made = object.__new__(Reading)
    made.names, made.today = list(verdicts), next(iter(verdicts))
    case = SimpleNamespace(replications=1000, world=SimpleNamespace(standards=(1,)))
    cost = SimpleNamespace(estimate=1.0)
    vars(made).update(
        judged={name: {"held": SimpleNamespace(verdict=v)} for name, v in verdicts.items()},
        joint={name: estimates.share(np.arange(1000) < 1000 * share) for name, share in shares.items()},
        costs=dict.fromkeys(verdicts, cost),
        result=SimpleNamespace(cases={}, case=lambda *_: case),
    )
    return made


@pytest.mark.parametrize(
    ("verdicts", "title"),
    [
        ({"a": "yes", "b": "no"}, 'Only "a" meets every standard'),
        ({"a": "yes", "b": "yes"}, '"a" and "b" meet every standard'),
        ({"a": "yes", "b": "cannot be told"}, '"a" meets every standard'),
        ({"a": "cannot be told", "b": "no"}, '"a" may meet every standard; 1,000 futures cannot tell'),
        ({"a": "no", "b": "no"}, 'No plan meets every standard; "b" comes nearest, in 30 of 100 futures (27 to 33)'),
        ({"b": "no"}, '"b" meets every standard in 30 of 100 futures (27 to 33), which is not enough'),
    ],
)
def test_the_title_says_no_more_than_the_verdicts(verdicts, title):
    shares = {"a": 0.2, "b": 0.3}
    assert report_service.verdict_title(reading(verdicts, {name: shares[name] for name in verdicts})) == title


def test_a_difference_that_holds_zero_is_not_claimed(result):
    same = dataclasses.replace(result, cases={(n, ""): result.case("imports") for n in ("imports", "store-more")})
    made = Reading(same)
    vars(made)["chosen"] = "store-more"
    title = report_plants.costs(made)[0]["views"][0]["title"]
    assert title == '"store-more" cannot be told from "imports" in any kind of cost'


def test_a_report_is_under_two_megabytes_and_whole(result, tmp_path):
    path = tmp_path / "report.html"
    write_report(result, path)
    assert path.stat().st_size < 2_000_000
    assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_report_that_cannot_be_written_says_so(result, tmp_path):
    from holdfast.errors import ScenarioError

    with pytest.raises(ScenarioError, match="HF401"):
        write_report(result, tmp_path / "nowhere" / "report.html")


def test_a_result_of_one_plan_in_one_world_has_a_report(result):
    one = dataclasses.replace(result, cases={("imports", ""): result.case("imports")}, cuts={})
    data = report_data(one)
    assert_contract(data)
    names = [chart["id"] for section in data["sections"] for chart in section["charts"]]
    assert "worlds" not in names
    assert "survival" not in names
    assert "stock" in names


def test_what_can_be_asked_next_names_the_file_unless_the_case_is_shipped(result, data):
    told = next(section["text"] for section in data["sections"] if section["id"] == "s-next")
    assert f"holdfast why {result.about.name}.yaml" in told
    shipped = dataclasses.replace(result, about=dataclasses.replace(result.about, name="adblue-australia"))
    sections = {section["id"]: section["text"] for section in report_data(shipped)["sections"]}
    assert "holdfast why adblue-australia”" in sections["s-next"]
