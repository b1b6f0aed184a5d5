"""The shipped back-tests hold the facts of their time, and their page says what they say now."""

import numpy as np
import pytest

import holdfast as hf
from docs import back_tests
from holdfast.engine.run import record


def future(name, alternative, what_if):
    """The records of the first future."""
    return record(hf.load(name).world(alternative, what_if), seed=7, replication=0)[0]


@pytest.fixture(scope="module")
def judged():
    """Judgements by case and name."""
    out = {}
    for name in back_tests.CASES:
        result = hf.compare(hf.load(name), replications=120)
        out |= {(name, one.told.name): one for one in result.history}
    return out


def test_the_page_says_what_the_cases_say_now():
    page = back_tests.PAGE.read_text(encoding="utf-8")
    assert all(f"<!-- {name} -->\n- " in page for name in back_tests.CASES)
    assert back_tests.filled(page) == page


def test_adblue_is_empty_after_eight_and_three_quarter_weeks_without_chance(judged):
    one = judged["adblue-australia", "warned"]
    assert one.values == pytest.approx(np.full(one.values.size, 8.75), rel=1e-12)
    assert one.inside
    assert judged["adblue-australia", "with-chance"].beyond > 0, "hoarding empties the store sooner"
    assert judged["adblue-australia", "no-stockout"].inside
    assert judged["adblue-australia", "the-plant"].beyond > 0


def test_the_rubber_deficit_is_211_exactly_without_chance(judged):
    one = judged["rubber-1942", "deficit"]
    assert one.values == pytest.approx(np.full(one.values.size, 211_000.0), rel=1e-9)
    records = future("rubber-1942", "no-programme", "as-counted")
    months = slice(0, 18)
    wanted = sum(records[f"consumers.{c}.rubber.wanted"][months].sum() for c in ("forces", "essential"))
    assert wanted == pytest.approx(842_000, rel=1e-9)
    assert records["channels.other-lands.national.rubber.received"][months].sum() == pytest.approx(53_000, rel=1e-9)
    assert np.flatnonzero(records["stores.national.rubber.on_hand"] < 1)[0] == 13, "gone in August 1943"
    assert judged["rubber-1942", "first"].told.was == 9, "April 1943"
    assert judged["rubber-1942", "first"].inside


def test_intravenous_fluids_come_back_as_reported():
    records = future("iv-fluids", "caps-and-imports", "as-it-happened")
    share = records["lines.north-cove.bags.output"] / records["plants.north-cove.nameplate"]
    assert share[:4] == pytest.approx(0.0), "nothing from 27 September"
    assert share[[4, 6, 11]] == pytest.approx([0.25, 0.5, 0.85]), "31 October, 14 November, 19 December"
    accepted = records["inspections.release.north-cove.maker-a.bag.accepted"]
    assert np.flatnonzero(accepted)[0] == 7, "the week of 21 November"
    got = records["consumers.direct.bag.received"][:2] / 6.3e6
    assert got == pytest.approx([0.4, 0.6]), "40 %, then 60 % from 9 October"
    line = hf.load("iv-fluids").world("caps-and-imports").lines[0]
    uses = sum(u.normal_use for u in hf.load("iv-fluids").world("caps-and-imports").uses)
    assert float(line.nameplate.values.flat[0]) == pytest.approx(0.6 * uses)


def test_magnets_fall_to_a_trough_and_come_back(judged):
    told = {name: judged["magnets-2025", name] for name in ("may-foreseen", "may", "june", "july")}
    assert [told[n].told.was for n in ("may", "june", "july")] == [1238, 3188, 5577]
    low, mid, high = (float(np.median(told[n].values)) for n in ("may", "june", "july"))
    assert low < mid < high
    assert low == pytest.approx(1238, rel=0.2)
    assert mid == pytest.approx(3188, rel=0.1)
    assert high == pytest.approx(5577, rel=0.1)
    assert told["may-foreseen"].beyond < 0, "in January the model would not have foreseen it"
    assert judged["magnets-2025", "first-stop"].inside
