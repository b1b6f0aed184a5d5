"""Searching: the best plan is found, the same way every time, and nothing finished is lost."""

from __future__ import annotations

import math

import numpy as np
import pytest

import holdfast as hf
from holdfast.output.words_search import search_answer, search_findings
from holdfast.study.search import study, trials
from holdfast.study.search.found import Found
from holdfast.study.search.space import BASE_PLAN
from tests.search.conftest import changed

FAST = {"evaluations": 120, "replications": 2_000}
"""Enough to find what is known, and little to wait for."""


def same(one: Found, other: Found) -> None:
    """Two searches decided the same, plan by plan and future by future."""
    assert list(one.scores) == list(other.scores)
    for plan, scores in one.scores.items():
        assert scores.futures == other.scores[plan].futures
        for name, values in scores.parts.items():
            assert np.array_equal(values, other.scores[plan].parts[name], equal_nan=True)
    assert one.chosen == other.chosen
    assert one.frontier == other.frontier
    assert {p: s.cost.estimate for p, s in one.tested.items()} == {p: s.cost.estimate for p, s in other.tested.items()}


@pytest.fixture(scope="module")
def found(strait: hf.Scenario) -> Found:
    return hf.search(strait, **FAST)


def enough(weeks: int) -> float:
    """The probability that the strait is shut for at most so many weeks.

    The time shut is exponential with mean 8, x, and lasts floor(x + u) whole weeks (conventions §4), so that
    P(at most k) = 1 - E[exp(-(k + 1 - u) / 8)] = 1 - 8 (exp(1/8) - 1) exp(-(k + 1) / 8).
    """
    return 1 - 8 * (math.exp(1 / 8) - 1) * math.exp(-(weeks + 1) / 8)


def test_the_best_stock_is_the_one_that_can_be_reckoned(found: Found) -> None:
    """Ten a week are used and what is kept is there when the week begins: k weeks shut need 10 (k + 1) sacks."""
    needed = next(weeks for weeks in range(60) if enough(weeks) >= 0.8)
    assert needed == 13
    chosen = found.chosen[0]
    assert chosen.sure
    assert found.best is not None
    assert found.best["road"] == "no"  # twice the price for less than the stock it saves
    kept = int(found.best["kept"].split()[0])
    sure = next(weeks for weeks in range(60) if enough(weeks) - 4 * math.sqrt(0.16 / FAST["replications"]) >= 0.8)
    assert 10 * (needed + 1) <= kept < 10 * (sure + 2)  # a few sacks too many cost less than 1 %
    scores = found.tested[chosen.best]  # type: ignore[index]
    met = scores.measure(found.aims[0])
    expected = enough(kept // 10 - 1)
    assert abs(met.estimate - expected) <= 6 * math.sqrt(expected * (1 - expected) / scores.futures)


def test_the_first_futures_are_those_of_a_plain_simulation(strait: hf.Scenario, found: Found) -> None:
    plain = hf.simulate(strait, alternative="today", replications=1_000, seed=7)
    assert found.scores[BASE_PLAN].first(1_000).cost.estimate == pytest.approx(plain.cost().estimate, rel=1e-6)
    judged = plain.standards()["served"]
    assert found.scores[BASE_PLAN].first(1_000).measure(found.aims[0]).estimate == judged.met.estimate


def test_fresh_futures_are_none_of_the_search(found: Found) -> None:
    best = found.chosen[0].best
    assert best is not None
    assert not np.array_equal(found.tested[best].part("cost"), found.scores[best].part("cost"))


def test_threads_change_nothing(strait: hf.Scenario) -> None:
    same(*(hf.search(strait, evaluations=60, replications=500, threads=threads) for threads in (1, 2)))


def test_a_longer_search_begins_like_a_shorter_one(strait: hf.Scenario) -> None:
    short, long = (hf.search(strait, evaluations=n, replications=500) for n in (40, 60))
    assert list(long.scores)[: len(short.scores)] == list(short.scores)
    assert short.provenance["evaluations"] == 40


def test_another_seed_gives_other_futures(strait: hf.Scenario) -> None:
    one, other = (hf.search(strait, evaluations=10, replications=200, seed=seed) for seed in (1, 2))
    assert one.scores[BASE_PLAN].cost.estimate != other.scores[BASE_PLAN].cost.estimate


class _Killed(Exception):
    """As if the machine had stopped."""


def test_a_killed_search_goes_on_as_if_it_had_not_been(strait, tmp_path, monkeypatch) -> None:
    ask = {"evaluations": 60, "replications": 500}
    whole = hf.search(strait, **ask)
    path = tmp_path / "search.jsonl"
    blocks = 0
    plain = trials.simulate

    def dies(*arguments, **named):
        nonlocal blocks
        blocks += 1
        if blocks == 25:
            raise _Killed
        return plain(*arguments, **named)

    monkeypatch.setattr(trials, "simulate", dies)
    with pytest.raises(_Killed):
        hf.search(strait, **ask, journal=path)
    assert len(path.read_text().splitlines()) == 25  # what it is of, and 24 blocks
    blocks = 100
    again = hf.search(strait, **ask, journal=path)
    same(whole, again)
    simulated = blocks - 100
    last = hf.search(strait, **ask, journal=path)
    same(whole, last)
    assert blocks - 100 == simulated, "a search that is whole simulates nothing again"


def test_a_search_in_time_is_repeated_by_its_evaluations(strait, tmp_path) -> None:
    timed = hf.search(strait, budget=1.5, replications=400, journal=tmp_path / "one.jsonl")
    counted = hf.search(strait, evaluations=timed.provenance["evaluations"], replications=400)
    same(timed, counted)
    resumed = hf.search(strait, budget=1.5, replications=400, journal=tmp_path / "one.jsonl")
    same(timed, resumed)


@pytest.fixture(scope="module")
def journal(strait, tmp_path_factory):
    path = tmp_path_factory.mktemp("journal") / "search.jsonl"
    hf.search(strait, evaluations=20, replications=200, journal=path)
    return path.read_bytes()


def test_a_last_line_that_was_cut_short_is_left_out(strait, journal, tmp_path) -> None:
    path = tmp_path / "search.jsonl"
    path.write_bytes(journal[:-40])
    found = hf.search(strait, evaluations=20, replications=200, journal=path)
    assert "was not whole" in found.note
    assert "was not whole" in search_answer(found).replace("\n", " ")
    whole = journal.splitlines()[:-1]
    assert path.read_bytes().splitlines()[: len(whole)] == whole
    same(found, hf.search(strait, evaluations=20, replications=200))


def test_a_damaged_line_takes_no_other_with_it(strait, journal, tmp_path, monkeypatch) -> None:
    path = tmp_path / "search.jsonl"
    lines = journal.splitlines(keepends=True)
    lines[5] = lines[5].replace(b'"first":0', b'"first":9')
    lines[9] = b"\x00\xff" * 20 + b"\n"
    path.write_bytes(b"".join(lines))
    again = 0
    plain = trials.simulate

    def counted(*arguments, **named):
        nonlocal again
        again += named["replications"] > 1
        return plain(*arguments, **named)

    monkeypatch.setattr(trials, "simulate", counted)
    found = hf.search(strait, evaluations=20, replications=200, journal=path)
    assert again == 2, "of all blocks, those of the damaged lines run again"
    assert found.note.startswith("in ")
    assert "2 lines were damaged and left out; those futures run again" in " ".join(search_answer(found).split())
    assert path.read_bytes().startswith(b"".join(lines)), "what is there stays as it is"
    same(found, hf.search(strait, evaluations=20, replications=200))


def test_a_journal_that_does_not_say_of_what_it_is_is_refused(strait, journal, tmp_path) -> None:
    path = tmp_path / "search.jsonl"
    damaged = journal.replace(b'"seed":7', b'"seed":8', 1)
    path.write_bytes(damaged)
    with pytest.raises(hf.ScenarioError, match=r"HF430.*\n.*line 1, which says of what it is, is damaged"):
        hf.search(strait, evaluations=20, replications=200, journal=path)
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("text", [b"not a journal\n", b"\x00\x01\x02\n" * 9, b'{"plan": []}\n', b"\n"])
def test_a_foreign_file_is_refused(strait, text, tmp_path) -> None:
    path = tmp_path / "search.jsonl"
    path.write_bytes(text)
    with pytest.raises(hf.ScenarioError, match="HF430"):
        hf.search(strait, evaluations=20, replications=200, journal=path)
    assert path.read_bytes() == text


def test_the_journal_of_another_search_is_refused(strait, journal, tmp_path) -> None:
    path = tmp_path / "search.jsonl"
    path.write_bytes(journal)
    with pytest.raises(hf.ScenarioError, match=r"HF430[\s\S]*seed"):
        hf.search(strait, evaluations=20, replications=200, seed=8, journal=path)


def test_standards_that_contradict_each_other_are_said(tmp_path) -> None:
    """At least 99 % and at most 60 % of the same: whatever is kept, one of them is missed."""
    first = "  served: {consumer: kitchens, measure: fill_rate, at_least: 100 %, in: 80 % of futures}\n"
    both = "  most: {consumer: kitchens, measure: fill_rate, at_least: 99 %}\n"
    both += "  few: {consumer: kitchens, measure: fill_rate, at_most: 60 %}\n"
    found = hf.search(changed(tmp_path, (first, both)), evaluations=40, replications=500)
    assert found.best is None
    text = search_findings(found)[0].text
    assert text.startswith("No plan within these levers meets every standard")
    assert "few by " in text


def test_a_standard_that_no_lever_reaches_is_said(tmp_path) -> None:
    """All of use, and a barn that is too small: nothing meets it."""
    road = "  road: {sets: channels.road.open, one_of: [no, yes]}\n"
    scenario = changed(tmp_path, ("to: 400 sacks", "to: 60 sacks"), (road, ""))
    found = hf.search(scenario, evaluations=60, replications=1_000)
    chosen = found.chosen[0]
    assert chosen.best is None
    assert found.best is None
    assert found.settings(chosen.nearest)["kept"] == "60 sacks"  # type: ignore[arg-type]
    gap = found.misses(found.tested[chosen.nearest])["served"]  # type: ignore[index]
    assert gap.low < 0.8 - enough(5) < gap.high
    text = search_findings(found)[0].text
    assert text.startswith("No plan within these levers meets every standard")
    assert "points (" in text


def test_without_standards_the_least_total_cost_is_looked_for(tmp_path) -> None:
    """What is kept costs 10 EUR for each ten sacks that are left at the end, and a shortage 30 EUR for ten.

    k weeks kept, the cost beyond that of serving all is 10 for each of them, and 30 - 10 for each week that is short,
    since what is not served is not bought either: the best k is the first with P(shut for over k weeks) <= 10 / 20.
    """
    cut = "  served: {consumer: kitchens, measure: fill_rate, at_least: 100 %, in: 80 % of futures}\n"
    scenario = changed(tmp_path, ("standards:\n" + cut, ""))
    found = hf.search(scenario, evaluations=100, replications=2_000)
    best = next(weeks for weeks in range(60) if enough(weeks) >= 0.5)
    assert found.best is not None
    assert found.best["road"] == "no"
    kept = int(found.best["kept"].split()[0])
    assert abs(kept - 10 * (best + 1)) <= 11
    assert "shortages counted" in search_findings(found)[0].text


def test_what_a_budget_buys(strait: hf.Scenario) -> None:
    found = hf.search(strait, **FAST, cost_at_most="600 EUR")
    chosen = found.chosen[1]
    assert chosen.best is not None
    scores = found.tested[chosen.best]
    assert scores.cost.estimate <= 600
    better = [
        p for p, s in found.scores.items() if s.cost.high < 600 and found.service(s).low > found.service(scores).high
    ]
    assert not better


def test_the_frontier_holds_nothing_that_is_beaten(found: Found) -> None:
    points = [(found.at(p).cost.estimate, found.service(found.at(p)).estimate) for p in found.frontier]
    assert len(points) >= 4
    assert points == sorted(points)
    assert [y for _, y in points] == sorted({y for _, y in points})
    for plan, scores in found.scores.items():
        if scores.futures >= found.futures:
            here = found.at(plan)
            assert any(x <= here.cost.estimate and y >= found.service(here).estimate for x, y in points)
    assert found.knee in found.frontier
    assert set(found.shown(4)) <= set(found.frontier)


def test_marginal_values_are_paired(found: Found) -> None:
    *_, each = found.marginals
    assert each.what == "10 sacks more of kept"
    assert 9 < each.cost.estimate < 13  # ten sacks at 1 EUR, and those that they let be sold
    assert each.cost.high - each.cost.low < 1
    assert each.service.low >= 0


def test_what_more_or_less_money_buys_is_tested_on_fresh_futures(found: Found) -> None:
    """A round sum, about a sixth of what the best costs: plans of the frontier that cost so much more, and less."""
    each = {marginal.what: marginal for marginal in found.marginals}
    more, less = each["up to 100 EUR more"], each["at least 100 EUR less"]
    assert 0 < more.cost.estimate < 110
    assert more.service.low > 0, "sacks serve"
    assert -210 < less.cost.estimate < -90
    assert less.service.high < 0
    for marginal in (more, less):
        assert marginal.plan in found.frontier
        gap = found.tested[marginal.plan].cost.estimate - found.tested[marginal.beside].cost.estimate
        assert marginal.cost.estimate == pytest.approx(gap)
    assert "up to 100 EUR more costs" in next(f.text for f in search_findings(found) if f.kind == "marginal")


def test_where_no_more_can_be_had_less_is_looked_at(tmp_path) -> None:
    """Less than ten sacks below the upper end there are no ten more to look at."""
    found = hf.search(changed(tmp_path, ("to: 400 sacks", "to: 155 sacks")), **FAST)
    assert found.best is not None
    assert int(found.best["kept"].split()[0]) > 145
    each = next(marginal for marginal in found.marginals if marginal.what.endswith("of kept"))
    assert each.what == "10 sacks less of kept"
    assert each.cost.high < 0


def test_pandas(found: Found) -> None:
    frame = found.to_pandas()
    assert len(frame) == len(found.scores)
    assert frame["best"].sum() == 1
    assert set(frame.loc[frame["best"], "kept"]) == {found.best["kept"]}  # type: ignore[index]
    assert (frame["cost.low"] <= frame["cost"]).all()


def test_an_interruption_keeps_what_was_found(strait, monkeypatch) -> None:
    blocks = 0
    plain = trials.simulate

    def pressed(*arguments, **named):
        nonlocal blocks
        blocks += 1
        if blocks == 40:
            raise KeyboardInterrupt
        return plain(*arguments, **named)

    monkeypatch.setattr(trials, "simulate", pressed)
    found = hf.search(strait, **FAST)
    assert found.interrupted
    assert len(found.frontier) >= 3
    assert "Interrupted" in search_answer(found)
    assert found.chosen == ()


def test_words_fit_a_terminal(found: Found) -> None:
    text = search_answer(found)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "surely meets every standard" in text
    assert f"--evaluations {found.provenance['evaluations']}" in text.replace("\n", " ")


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        ({"budget": 0.0}, "HF431"),
        ({"budget": math.inf}, "HF431"),
        ({"evaluations": 0}, "HF431"),
        ({"cost_at_most": "300 kg"}, "HF431"),
        ({"cost_at_most": "a lot"}, "HF431"),
        ({"cost_at_most": -1.0}, "HF431"),
        ({"alternative": "nobody"}, "HF403"),
        ({"what_if": "nothing"}, "HF403"),
        ({"replications": 0}, "HF403"),
        ({"replications": 2_000_000}, "HF403"),
        ({"threads": 0}, "HF403"),
    ],
)
def test_what_cannot_be_asked_is_an_error(strait: hf.Scenario, ask: dict, code: str) -> None:
    with pytest.raises(hf.ScenarioError, match=code):
        hf.search(strait, **ask)


def test_a_scenario_without_levers_is_an_error(tmp_path) -> None:
    text = hf.load("cartridge-plant").text
    path = tmp_path / "none.yaml"
    path.write_text(text[: text.index("\nlevers:")], encoding="utf-8")
    with pytest.raises(hf.ScenarioError, match=r"HF431 .*levers\n.*no levers to turn"):
        hf.search(hf.load(path))


@pytest.mark.parametrize(("text", "seconds"), [("90 s", 90), ("2 min", 120), ("1.5 hours", 5400), ("1 minute", 60)])
def test_a_budget_is_a_time(text: str, seconds: float) -> None:
    assert study.seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["2", "soon", "-1 min", "2 weeks", ""])
def test_what_is_no_time_is_an_error(text: str) -> None:
    with pytest.raises(hf.ScenarioError, match="HF431"):
        study.seconds_of(text)


def test_without_pymoo_it_is_said_what_to_install(strait, monkeypatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pymoo.core.mixed", None)
    with pytest.raises(hf.ScenarioError, match=r"HF440[\s\S]*holdfast\[search\]"):
        hf.search(strait, evaluations=5, replications=200)


def test_a_plan_that_does_not_hold_together_is_passed_over(tmp_path) -> None:
    """Orders up to a level below the reorder point are refused, and the search goes around them."""
    kind, sets = "kind: base_stock, review_period: 1 week, ", "sets: stores.barn.keeps.salt.ordering"
    scenario = changed(
        tmp_path,
        (f"{kind}order_up_to: 30", "kind: s_S, review_period: 1 week, reorder_point: 20 sacks, order_up_to: 300"),
        ("from: 10 sacks, to: 400", "from: 30 sacks, to: 400"),
        ("  road: {sets", f"  point: {{{sets}.reorder_point, from: 5 sacks, to: 200 sacks}}\n  road: {{sets"),
    )
    found = hf.search(scenario, evaluations=40, replications=200)
    assert found.broken
    assert not set(found.broken) & set(found.scores)
    assert found.best is not None
    assert "do not hold together" in search_findings(found)[-1].text
