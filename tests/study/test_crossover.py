"""Make, import or store: tables that can be worked by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

import holdfast as hf
from holdfast.cli import main
from holdfast.output.report_crossover import crossover_data
from holdfast.output.words_crossover import answer, findings
from holdfast.study.crossover import _crisis, _interim, _served
from holdfast.study.estimates import share

SHELF = Path(__file__).with_name("shelf.yaml")


@pytest.fixture(scope="module")
def found() -> hf.Crossover:
    """10 parts are used a week, and 4 weeks of them are under way: 90 or 290 are left when the channel closes."""
    lengths, multiples = ["4 weeks", "9 weeks", "10 weeks", "29 weeks", "30 weeks"], [1.0, 2.0]
    scenario = hf.load(SHELF)
    return hf.crossover(scenario, None, lengths, multiples, at="2031-01-06", kept=1.0, replications=20)


def test_the_cheapest_plan_that_serves_is_the_one_with_enough_on_the_shelf(found: hf.Crossover) -> None:
    at = {(each.multiple, round(each.length / 7)): each.chosen for each in found.crises}
    assert at == {
        (1.0, 4): "today", (1.0, 9): "today", (1.0, 10): "shelf", (1.0, 29): "shelf", (1.0, 30): None,
        (2.0, 4): "today", (2.0, 9): "shelf", (2.0, 10): "shelf", (2.0, 29): None, (2.0, 30): None,
    }  # fmt: skip
    assert found.costs["today"].estimate < found.costs["shelf"].estimate


def test_a_part_that_may_be_missing_makes_a_shelf_last_longer() -> None:
    scenario = hf.load(SHELF)
    loose = hf.crossover(scenario, ["today"], ["10 weeks"], [1.0], at="2031-01-06", kept=0.9, replications=20)
    assert loose.crises[0].chosen == "today"  # 90 of 100


def test_what_must_lie_in_store_is_what_is_used_where_nothing_is_made(found: hf.Crossover) -> None:
    for each in found.interim:
        assert each.stock["p50"].estimate == pytest.approx(each.length)
        assert each.d_to_p["p50"].estimate == float("inf")


def test_interim_stock_and_d_to_p_of_a_plant_that_starts_late(found: hf.Crossover) -> None:
    """10 a week are used; from the fourth week on 15 are made: 3 weeks of use must lie in store."""
    wanted = np.full((10, 2), 10.0)
    made = np.where(np.arange(10)[:, None] >= 3, 15.0, 0.0) * np.ones((1, 2))
    world = hf.load(SHELF).world()
    each = _interim("plant", 70.0, world, wanted, made)
    assert each.stock["p90"].estimate == pytest.approx(21.0)
    assert each.d_to_p["p90"].estimate == 21.0


def test_served_means_every_consumer() -> None:
    wanted = np.ones((2, 4, 3))
    unmet = np.zeros((2, 4, 3))
    unmet[1, :, 0] = 0.1
    unmet[0, 0, 1] = 0.1
    assert _served(wanted, unmet, 0.95).tolist() == [False, True, True]


def test_a_plan_that_so_many_futures_cannot_judge_is_not_sure() -> None:
    served = {"a": share(np.arange(100) < 88), "b": share(np.ones(100, dtype=bool))}
    costs = {"a": share(np.zeros(9, dtype=bool)), "b": share(np.ones(9, dtype=bool))}
    crisis = _crisis(7.0, 1.0, served, costs, 0.9)
    assert (crisis.chosen, crisis.sure) == ("b", False)
    served["a"] = share(np.arange(100) < 50)
    assert _crisis(7.0, 1.0, served, costs, 0.9).sure


def test_the_words_say_it_and_the_page_draws_it(found: hf.Crossover) -> None:
    said = {each.kind: each.text for each in findings(found)}
    assert "for 7 months none of them does" in findings(found)[0].text
    assert 'for 4 weeks to 9 weeks it is "As today"' in findings(found)[0].text
    assert "100 % of what it wants on time in 90 % of futures" in said["standard"]
    assert "Nothing warns of the crisis" in said["lead"]
    assert all(len(line) <= 80 for line in answer(found).splitlines())
    data = crossover_data(found)
    choice = data["sections"][0]["charts"][0]["views"][0]["data"]
    assert [[cell["plan"] for cell in row] for row in choice["cells"]] == [[0, 0, 1, 1, None], [0, 1, 1, None, None]]
    json.dumps(data, allow_nan=False)


def test_demands_that_have_the_same_answer_share_a_sentence() -> None:
    found = hf.crossover(hf.load(SHELF), None, ["52 weeks"], [1.0, 2.0, 3.0], at="2031-01-06", replications=4)
    said = [each.text for each in findings(found) if each.kind == "crossover"]
    assert said == ["With the usual demand to 3 times the usual demand, no plan serves in a crisis of 12 months."]


def test_the_same_seed_gives_the_same_and_threads_do_not_matter(found: hf.Crossover) -> None:
    options = {"lengths": ["3 months"], "multiples": [1.5], "replications": 30}
    one = hf.crossover(hf.load("adblue-australia"), at="2022-01-03", **options, threads=1)
    two = hf.crossover(hf.load("adblue-australia"), at="2022-01-03", **options, threads=2)
    assert one.to_dict() == two.to_dict()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--lengths", "3 moons"], "moons"),
        (["--lengths", "40 years"], "after the horizon"),
        (["--multiples", "1,two"], "'two' is not a number"),
        (["--multiples", "-1"], "demand times -1"),
        (["--at", "1999-01-01"], "not within the horizon"),
        (["--kept", "120%"], "outside 0 to 100 %"),
        (["--alternatives", "shelves"], "did you mean shelf?"),
    ],
)
def test_bad_input_is_said(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["crossover", str(SHELF), *arguments])
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert "HF403" in told
    assert said in " ".join(told.split())


def test_the_command_prints_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    main(["crossover", str(SHELF), "--lengths", "5 weeks", "--multiples", "1", "--json", "--report", str(page)])
    told = json.loads(capsys.readouterr().out)
    assert told["crises"][0]["cheapest"] == "today"
    assert "<script" in page.read_text(encoding="utf-8")


def test_lengths_that_nobody_named_are_those_that_fit_into_the_horizon() -> None:
    """`iv-fluids` ends nine months after 30 September 2024, and a crisis begins a third into that."""
    scenario = hf.load("iv-fluids")
    found = hf.crossover(scenario, ["no-imports"], replications=10)
    assert [round(each / 30.4) for each in found.lengths] == [3, 6]
    with pytest.raises(hf.ScenarioError, match="a crisis of 12 months from 2024-12-30 ends after the horizon"):
        hf.crossover(scenario, ["no-imports"], lengths=["3 months", "12 months"], replications=10)


def test_the_page_draws_what_plans_cost_if_the_crisis_never_comes(found: hf.Crossover) -> None:
    section = next(each for each in crossover_data(found)["sections"] if each["charts"][0]["id"] == "calm")
    (drawn,) = section["charts"]
    (shown,) = drawn["views"]
    bars = shown["data"]["bars"]
    assert [bar["label"] for bar in bars] == list(found.costs)
    assert sum(bar["strong"] for bar in bars) == 1
    assert shown["title"].startswith("If the crisis never comes, ")
    told = next(bar for bar in bars if bar["strong"])
    first = next(iter(found.costs.values()))
    for bar, cost in zip(bars, found.costs.values(), strict=True):
        assert bar["value"]["estimate"] / bars[0]["value"]["estimate"] == pytest.approx(
            cost.estimate / first.estimate, rel=1e-4
        )
    assert f'"{told["label"]}"' in shown["title"] or told["label"] in shown["title"]
