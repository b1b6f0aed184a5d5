"""Cuts (conventions §24): who lasts how long, against the same futures uncut, and when a plan pays."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

import holdfast as hf
from holdfast.engine.lower import value_at
from holdfast.engine.run import simulate
from holdfast.errors import Problems, ScenarioError
from holdfast.output.table_stress import answer
from holdfast.output.words_stress import joined, sentences, together
from holdfast.parts.world import Changing, World
from holdfast.study import estimates
from holdfast.study.stress import cuts as cutting
from holdfast.study.stress.effects import shortfalls, times, unmet_names
from holdfast.study.stress.payoff import fieller, payoff
from tests.study import small

STRAITS = Path(__file__).parent / "straits.yaml"
AT = "2030-03-18"
"""The start of period 10: 70 sacks are on hand, and ten a week are used."""


@pytest.fixture(scope="module")
def straits() -> hf.Scenario:
    return hf.load(STRAITS)


def strike(scenario: hf.Scenario, weeks: int, **asked: object) -> hf.Stress:
    told: dict[str, object] = {"alternatives": ["today"], "at": AT, "length": f"{weeks} weeks", "replications": 3}
    return hf.stress(scenario, **{**told, **asked})


def row(found: hf.Stress, cut: str, alternative: str = "today") -> tuple[float, float, float, float]:
    """Share exposed, median tts and ttr [days], days missed."""
    table = found.to_pandas().set_index(["alternative", "cut"]).loc[(alternative, cut)]
    return tuple(float(table[name]) for name in ("exposed", "tts_p50", "ttr_p50", "missing"))


def test_what_can_be_worked_out_by_hand(straits: hf.Scenario) -> None:
    """Ten weeks: what is at hand serves weeks 1 to 7; the held shipments clear as the strait opens, in week 11."""
    found = strike(straits, 10)
    assert found.at.isoformat() == AT
    assert (found.length, found.watched) == (70.0, 70.0 + 52 * 7)
    for name in ("channels.sea", "channels", "regimes.strait.shut"):
        assert row(found, name) == (1.0, 49.0, 70.0, pytest.approx(21.0))
    assert found.ranking()[0].extra_cost.estimate == pytest.approx(30 * 3 - 30)  # sacks missed, and not bought


@pytest.mark.parametrize(("weeks", "missed"), [(7, 0), (8, 1), (9, 2), (20, 13)])
def test_a_cut_that_ends_in_time_exposes_nobody_and_a_longer_one_as_long_as_it_lasts(
    straits: hf.Scenario, weeks: int, missed: int
) -> None:
    exposed, tts, ttr, missing = row(strike(straits, weeks, cuts=["sea"]), "channels.sea")
    assert missing == pytest.approx(7.0 * missed)
    if missed:
        assert (exposed, tts, ttr) == (1.0, 49.0, 7.0 * weeks)
    else:
        assert exposed == 0.0
        assert math.isnan(tts)
        assert math.isnan(ttr)


def test_what_nobody_uses_changes_nothing(straits: hf.Scenario) -> None:
    found = strike(straits, 10)
    for name in ("channels.road", "plants.mill", "inputs.grain", "regimes.strait.open"):
        struck = next(each for each in found.ranking() if each.cut == (name,))
        assert not struck.exposed
        assert struck.missing.interval() == (0.0, 0.0)
        assert struck.effects[0].tts == {}
        assert bool(np.isinf(struck.effects[0].survives).all())
        assert bool((struck.effects[0].recovers == 0).all())
    said = dict(sentences(found))
    assert "road" in said["nothing"]
    assert "sea" not in said["nothing"]


def test_longer_cuts_never_recover_sooner_in_any_future() -> None:
    world = dataclasses.replace(small.make(), periods=160)
    cut = cutting.all_cuts(world)[:1]
    base = missed(world, 1)
    before = np.zeros(60)
    for length in (4, 8, 16, 32):
        extra = missed(cutting.apply(world, cut, 52, 52 + length), 1) - base
        assert bool((extra[:52] == 0).all())
        _, ttr = times(extra, 52, 7.0)
        assert bool((ttr >= before).all())
        before = ttr
    assert float(before.max()) > 0


def missed(world: World, consumer: int) -> np.ndarray:
    """(period, replication) what a consumer misses in a few futures."""
    return shortfalls(world, simulate(world, replications=60, seed=3, each_period=unmet_names(world)), consumer)


def test_pairs_do_at_least_what_their_parts_do(straits: hf.Scenario) -> None:
    found = strike(straits, 12, alternatives=["by-both"], pairs=True)
    alone = {each.cut[0]: each.missing.estimate for each in found.ranking()}
    assert len(found.pairs) > 10
    assert not [p for p in found.pairs if p.missing.estimate < max(alone[name] for name in p.cut) - 1e-9]
    both = next(p for p in found.pairs if p.cut == ("channels.sea", "channels.road"))
    assert both.missing.estimate == pytest.approx(alone["channels"])
    assert alone["channels.sea"] == alone["channels.road"] == 0.0  # each takes what the other does not
    assert both.missing.estimate > 0
    assert not [p for p in found.pairs if {"channels", "channels.sea"} <= set(p.cut)]
    assert not [p for p in found.pairs if {"regimes.strait.shut", "regimes.strait.open"} <= set(p.cut)]
    assert both in joined(found)


def test_what_a_pair_does_beyond_its_parts_is_not_what_rounding_does() -> None:
    found = hf.stress(hf.load("iv-fluids"), ["caps-and-imports"], pairs=True, replications=20)
    beyond = [together(found, pair) for pair in found.pairs]
    assert all(each.estimate == 0.0 or abs(each.estimate) > 1e-9 for each in beyond)
    assert any(each.low == each.high == 0.0 for each in beyond)


def test_an_input_is_all_channels_that_bring_it(straits: hf.Scenario) -> None:
    found = strike(straits, 30, alternatives=["with-mill"], cuts=["grain", "rail", "mill", "sea"], pairs=True)
    assert found.cuts["inputs.grain"].channels == ("rail", "barge")
    with_sea = {p.cut: p.missing.estimate for p in found.pairs if "channels.sea" in p.cut}
    sea = next(each.missing.estimate for each in found.ranking() if each.cut == ("channels.sea",))
    assert with_sea["channels.rail", "channels.sea"] == pytest.approx(sea)  # the barge brings what the rail does not
    assert with_sea["inputs.grain", "channels.sea"] > sea
    assert with_sea["plants.mill", "channels.sea"] > with_sea["inputs.grain", "channels.sea"]  # grain was in the silo


def test_the_crisis_at_which_a_plan_pays(straits: hf.Scenario) -> None:
    """Twenty sacks more cost 20 EUR; in the crisis 20 sacks more are served, at 3 EUR each, and bought again."""
    found = strike(straits, 10, alternatives=["today", "more"], cuts=["sea"])
    assert row(found, "channels.sea", "more") == (1.0, 63.0, 70.0, pytest.approx(7.0))
    (pay,) = found.payoffs
    assert (pay.alternative, pay.against, pay.verdict) == ("more", "today", "above")
    assert (pay.calm.estimate, pay.crisis.estimate) == (pytest.approx(20.0), pytest.approx(60 - 40))
    assert pay.probability.estimate == pytest.approx(0.5)
    (dear,) = strike(straits, 10, alternatives=["today", "more"], cuts=["sea"], value="5 EUR/sack").payoffs
    assert dear.crisis.estimate == pytest.approx(100 - 40)
    assert dear.probability.estimate == pytest.approx(20 / 80)
    assert "above 50 %" in dict(sentences(found))["pays"]
    assert "5 EUR/sack" in dict(sentences(dataclasses.replace(found, valued="5 EUR/sack")))["rests-on"]


def test_times_read_off_shortfalls_written_by_hand() -> None:
    """(conventions §24) Columns: untouched; short in periods 3 and 4; better, then short; a late trifle; not over."""
    extra = np.zeros((10, 5))
    extra[3:5, 1] = 1.0
    extra[2, 2], extra[4:6, 2] = -5.0, 0.5
    extra[3:6, 3], extra[8, 3] = 1.0, 0.02
    extra[4:, 4] = 0.3
    tts, ttr = times(extra, 2, 7.0)
    assert tts.tolist() == [math.inf, 7.0, 14.0, 7.0, 14.0]
    assert ttr.tolist() == [0.0, 21.0, 28.0, 28.0, math.inf]
    assert times(extra * 1e-7, 2, 7.0)[0].tolist() == [math.inf] * 5  # rounding


def test_a_regime_is_seen_in_the_state_and_its_own_time_goes_on() -> None:
    world = small.make()
    table = Changing(np.array([[1.0, 2.0, 3.0, 4.0]]), reads=(0, 2))  # strait x low
    channel = dataclasses.replace(world.channels[0], price=table)
    world = dataclasses.replace(world, channels=(channel,))
    (shut,) = cutting.choose_cuts(world, ["strait.shut"], Problems())
    held = cutting.apply(world, [shut], 10, 20)
    for t, expected in ((9, 1.0), (10, 3.0), (19, 3.0), (20, 1.0)):
        assert value_at(held.channels[0].price, t, {0: 0, 2: 0}, held) == expected
        assert value_at(held.channels[0].price, t, {0: 1, 2: 1}, held) == 4.0
    assert value_at(held.channels[0].capacity, 15, {0: 0}, held) == 0.0
    assert held.regimes == world.regimes
    assert held.consumers is world.consumers


def test_at_rest_nothing_comes_but_the_cut() -> None:
    world = small.make()
    (shut,) = cutting.choose_cuts(world, ["regimes.strait.shut"], Problems())
    calm, crisis = (cutting.at_rest(world, {"strait": "open"}, 10, 20, cut) for cut in (None, shut))
    for code in (0, 1):
        assert [value_at(calm.channels[0].capacity, t, {0: code}, calm) for t in (0, 15, 90)] == [30.0] * 3
        assert [value_at(crisis.channels[0].capacity, t, {0: code}, crisis) for t in (9, 10, 20)] == [30.0, 0.0, 30.0]


def test_the_state_of_rest_is_the_one_of_which_no_while_speaks(straits: hf.Scenario) -> None:
    assert straits.resting == {"strait": "open"}
    assert hf.load("iv-fluids").resting == {"flooded": "whole"}
    assert hf.load("cartridge-plant").resting == {"tensions": "calm", "sanctions": "free", "partner-war": "peace"}


def test_the_ends_of_a_ratio_are_where_it_can_just_not_be_told() -> None:
    rng = np.random.default_rng(5)
    below = rng.normal(4.0, 6.0, 50)
    above = 0.3 * below + rng.normal(0.1, 1.0, 50)
    found = fieller(above, below)
    assert found.low < found.estimate < found.high
    for end in found.interval():
        gap = above - end * below
        assert abs(gap.mean()) / (gap.std(ddof=1) / math.sqrt(50)) == pytest.approx(estimates.student(50))
    assert fieller(above, rng.normal(0.1, 6.0, 50)).interval() == (0.0, 1.0)


@pytest.mark.parametrize(
    ("plan", "today", "verdict"),
    [
        ((3.0, 3.0), (1.0, 9.0), "above"),
        ((1.0, 9.0), (3.0, 3.0), "below"),
        ((1.0, 3.0), (3.0, 9.0), "always"),
        ((3.0, 9.0), (1.0, 3.0), "never"),
        ((3.0, 3.0), (3.0, 9.0), "always"),
        ((3.0, 9.0), (3.0, 9.0), "cannot be told"),
    ],
)
def test_whether_a_plan_pays(plan: tuple[float, float], today: tuple[float, float], verdict: str) -> None:
    noise = np.linspace(-0.1, 0.1, 20)
    costs = [(np.full(20, a) + noise, np.full(20, b) + noise) for a, b in (plan, today)]
    found = payoff("plan", "today", "sea", "EUR", *costs)
    assert found.verdict == verdict
    if verdict in ("above", "below"):
        assert found.probability.estimate == pytest.approx(2 / 8)
    else:
        assert math.isnan(found.probability.estimate)


def test_the_same_seed_gives_the_same_and_another_does_not() -> None:
    case = hf.load("adblue-australia")
    asked = {"alternatives": ["nothing"], "cuts": ["china"], "replications": 40}
    one = hf.stress(case, seed=5, **asked).to_pandas()
    assert one.equals(hf.stress(case, seed=5, threads=1, **asked).to_pandas())
    assert not one.equals(hf.stress(case, seed=6, **asked).to_pandas())


def test_all_that_is_wrong_is_said_at_once(straits: hf.Scenario) -> None:
    with pytest.raises(ScenarioError) as caught:
        strike(straits, 100, cuts=["see", "strait.shutt"], value="5 EUR/bag")
    text = str(caught.value)
    for part in ("did you mean sea?", "did you mean strait.shut?", "after the horizon", "EUR/sack", "4 errors"):
        assert part in text
    with pytest.raises(ScenarioError, match="2030-01-07"):
        strike(straits, 10, at="1999-01-01")


def test_the_answer_is_sentences_and_tables(straits: hf.Scenario) -> None:
    found = hf.stress(straits, at=AT, length="10 weeks", replications=20, pairs=True)
    text = answer(found)
    assert max(map(len, text.splitlines())) <= 80
    assert "will last 7 weeks and be short until week 10" in " ".join(text.split())
    assert "channels (as sea, strait.shut)" in text
