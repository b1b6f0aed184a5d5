# ruff: noqa: E501
"""History judged (conventions §23): every measure on worlds without chance, where it can be reckoned by hand."""

import json
import math

import numpy as np
import pytest

import holdfast as hf
from holdfast.errors import ScenarioError
from holdfast.output.report import report_data
from holdfast.output.table import answer
from holdfast.output.words_history import headline
from holdfast.parts.history import MEANS, OF
from holdfast.study.history import Judged, to_plain
from holdfast.study.result import Result

WORLD = """
holdfast: 1
name: by-hand
clock: {start: 2021-12-06, period: 1 week, horizon: 20 weeks, cover_at: normal}
money: {currency: AUD, price_year: 2021, discount_rate: 0 %/year}
sources: {paper: {title: A paper, publisher: P, date: 2022-03}}
goods: {blue: {unit: litre, title: Blue}}
regimes:
  port:
    starts: open
    script: [{from: 2021-12-20, state: shut}, {from: 2022-01-17, state: open}]
    states:
      open: {lasts: 50 weeks, then: shut}
      shut: {lasts: 4 weeks, then: open}
channels:
  sea:
    carries: [blue]
    capacity: {usually: 2 litres/week, while: {port: {shut: 0.5 litres/week}}}
    price: 1 AUD/litre
    lead_time: 3 weeks
    in_transit: passes
plants:
  mill:
    lines: {one: {makes: [blue], nameplate: 0.4 litres/week, performance: 50 %}}
    production: {kind: produce_to_target, target: 100 weeks}
    output_to: depot
    inspection: gate
inspections: {gate: {hold: 2 weeks}}
stores:
  depot:
    capacity: unlimited
    keeps: {blue: {opening: {on_hand: 28 litres, under_way: none}, ordering: {kind: base_stock, review_period: 1 week, order_up_to: 100 weeks, from: sea}}}
consumers:
  trucks: {draws_from: depot, demand: {blue: 4 litres/week}, unmet: lost}
alternatives: {wait: {title: Wait}, double: {consumers.trucks.demand.blue: 8 litres/week}}
what_if: {dry: {title: No ships, channels.sea.open: no, plants.mill.runs: no}}
history:
"""
"""Opening stock 28; sea ships of 2 litres arrive from week 3; the mill makes 0.2 a week, released from week 2."""


def judged(tmp_path, *entries: str) -> dict[str, Judged]:
    """Judgements of some entries."""
    path = tmp_path / "by-hand.yaml"
    path.write_text(WORLD + "".join(f"  {entry}\n" for entry in entries), encoding="utf-8")
    return {one.told.name: one for one in hf.compare(hf.load(path), replications=120).history}


ENTRIES = (
    ("tts: {decided: wait, what_if: dry, measure: tts, of: depot, was: 7 weeks}", 7.0),
    ("tts2: {decided: double, what_if: dry, measure: tts, of: depot, was: 24.5 days}", 24.5),
    ("user: {decided: wait, what_if: dry, measure: tts, of: trucks, was: 7 weeks}", 7.0),
    ("short: {decided: wait, what_if: dry, measure: first_short, of: trucks, was: 2022-01-24}", 7.0),
    ("begins: {decided: wait, measure: begins, of: port.shut, was: 2021-12-22}", 2.0),
    ("again: {decided: wait, measure: begins, of: port.open, from: 2022-01-01, was: 2022-01-17}", 6.0),
    ("first: {decided: wait, measure: first_accepted, of: mill, was: 2021-12-20}", 2.0),
    ("made: {decided: wait, measure: output, of: mill, until: 2022-01-10, was: 1 litre}", 1.0),
    ("cut: {decided: wait, measure: output, of: mill.one, from: 2021-12-09, until: 2021-12-16, was: 0.2 litres}", 0.2),
    (
        "rate: {decided: wait, measure: output, of: mill, from: 2022-01-03, until: 2022-02-01, was: 10.43571428571 litres/year}",
        0.2 / 7 * 365.25,
    ),
    ("share: {decided: wait, measure: output, of: mill, was: 50 %}", 0.5),
    ("out: {decided: wait, measure: ordered, of: sea, from: 2021-12-20, until: 2022-01-17, was: 0.5 litres/week}", 0.5),
    ("in: {decided: wait, measure: received, of: [sea], from: 2022-01-10, until: 2022-02-07, was: 31.25 %}", 0.3125),
    (
        "less: {decided: wait, what_if: dry, measure: shortfall, of: trucks, from: 2022-01-17, until: 2022-02-07, was: 8 litres}",
        8.0,
    ),
    (
        "less2: {decided: wait, what_if: dry, measure: shortfall, of: trucks, from: 2022-01-17, until: 2022-01-31, was: 50 %}",
        0.5,
    ),
    ("fill: {decided: wait, what_if: dry, measure: fill_rate, of: trucks, until: 2022-02-14, was: 70 %}", 0.7),
    ("ready: {decided: wait, what_if: dry, measure: ready_rate, of: trucks, until: 2022-02-14, was: 70 %}", 0.7),
    ("sure: {decided: wait, what_if: dry, measure: service_probability, of: trucks, was: 0 %}", 0.0),
    (
        "safe: {decided: wait, what_if: dry, measure: service_probability, of: trucks, until: 2022-01-24, was: 100 %}",
        1.0,
    ),
    ("stock: {decided: wait, what_if: dry, measure: on_hand, of: depot, at: 2022-01-10, was: 8 litres}", 8.0),
    ("cover: {decided: wait, what_if: dry, measure: on_hand, of: depot, at: 2022-01-10, was: 2 weeks}", 2.0),
)


def test_every_measure_by_hand(tmp_path):
    found = judged(tmp_path, *(entry for entry, _ in ENTRIES))
    for entry, value in ENTRIES:
        one = found[entry.split(":")[0]]
        assert one.values == pytest.approx(np.full(one.values.size, value), rel=1e-9), entry
        assert one.inside, entry
        assert one.beyond == 0.0, entry
        assert one.told.was == pytest.approx(value, rel=1e-9), entry
    assert {one.told.measure for one in found.values()} == set(OF) - {"opening_date"}
    assert OF.keys() == MEANS.keys()


@pytest.mark.parametrize(("was", "beyond"), [("9 weeks", 2.0), ("4.5 weeks", -2.5)])
def test_outside_is_said_with_how_far(tmp_path, was, beyond):
    one = judged(tmp_path, f"tts: {{decided: wait, what_if: dry, measure: tts, of: depot, was: {was}}}")["tts"]
    assert not one.inside
    assert one.beyond == pytest.approx(beyond)


def test_a_range_that_meets_the_band_is_inside(tmp_path):
    entry = "tts: {decided: wait, what_if: dry, measure: tts, of: depot, was: {value: 8 weeks, between: [6.5 weeks, 9 weeks]}}"
    assert judged(tmp_path, entry)["tts"].inside


def test_never_is_never(tmp_path):
    one = judged(
        tmp_path,
        "s: {decided: wait, what_if: dry, measure: first_short, of: trucks, until: 2022-01-24, was: 2022-01-20}",
    )["s"]
    assert math.isinf(one.band[1])
    assert not one.inside


BAD = (
    ("x: {decided: wait, measure: on_hand, of: depot, was: 8 litres}", "HF102", "'at' must be said of a stock"),
    ("x: {decided: wait, measure: output, of: mill, at: 2022-01-10, was: 8 litres}", "HF101", "'at' is of a stock, on_hand"),
    ("x: {decided: wait, measure: output, of: mill, from: 2022-01-10, until: 2022-01-03, was: 8 litres}", "HF106", "these dates are no span within the horizon"),
    ("x: {decided: wait, measure: output, of: mill, until: 2032-01-03, was: 8 litres}", "HF106", "these dates are no span within the horizon"),
    ("x: {decided: wait, measure: output, of: mill, was: 8 kg}", "HF104", "'8 kg' is in kg, but this is in litres"),
    ("x: {decided: wait, measure: begins, of: port.shot, was: 2022-01-03}", "HF201", "there is no state 'port.shot'"),
    ("x: {decided: wait, measure: tts, of: [depot, trucks], was: 8 weeks}", "HF103", "tts is of one store or consumer"),
    ("x: {decided: wait, measure: fill_rate, of: trucks, was: [1 %]}", "HF103", "what happened is one value"),
    ("x: {decided: wait, measure: begins, of: port.shut, was: soon}", "HF106", "'soon' is not a date"),
)  # fmt: skip


@pytest.mark.parametrize(("entry", "code", "message"), BAD)
def test_wrong_history_is_told(tmp_path, entry, code, message):
    with pytest.raises(ScenarioError) as error:
        judged(tmp_path, entry)
    assert (code, message) in [(p.code, p.message) for p in error.value.problems]


def test_history_is_in_the_file_the_words_and_the_report(tmp_path):
    path = tmp_path / "by-hand.yaml"
    path.write_text(WORLD + "".join(f"  {entry}\n" for entry, _ in ENTRIES), encoding="utf-8")
    result = hf.compare(hf.load(path), replications=120)
    result.save(tmp_path / "result.nc")
    again = Result.open(tmp_path / "result.nc")
    assert to_plain(again.history) == to_plain(result.history)
    text = " ".join(answer(result).split())
    assert f"all {len(ENTRIES)} things that happened lie inside" in text
    assert 'Depot lasted: 7 weeks. With "Wait" in "No ships" 7 weeks in every future: inside.' in text
    section = next(s for s in report_data(result)["sections"] if s["id"] == "s-history")
    views = section["charts"][0]["views"]
    assert [v["title"] for v in views] == [headline(result, one) for one in result.history]
    assert views[0]["title"] == "Depot lasted: 7 weeks; 7 weeks in every future"
    kinds = {v["data"]["kind"] for v in views}
    assert kinds == {"fan", "opening", "bars"}
    out = next(v for v, one in zip(views, result.history, strict=True) if one.told.name == "out")
    drawn = out["data"]["panels"][0]
    assert drawn["futures"][0] == [None, None, *[0.5] * 4, *[None] * 14][: len(drawn["middle"])]
    assert drawn["low"][:6] == [2, 2, 0.5, 0.5, 0.5, 0.5]


def test_a_range_that_alone_meets_the_band_is_said_to(tmp_path):
    """What happened lies outside; only what it may have been lies inside."""
    path = tmp_path / "by-hand.yaml"
    entry = "tts: {{decided: wait, what_if: dry, measure: tts, of: depot, was: {{value: {}, between: [6.5 weeks, 9 weeks]}}}}"
    for was, verdict in (("8 weeks", "inside only by the range of what happened."), ("7 weeks", ": inside.")):
        path.write_text(f"{WORLD}  {entry.format(was)}\n", encoding="utf-8")
        text = " ".join(answer(hf.compare(hf.load(path), replications=20)).split())
        assert verdict in text


def test_the_day_that_was_written_is_told_everywhere():
    scenario = hf.load("cartridge-plant")
    data = report_data(hf.compare(scenario, ["imports", "plant"], what_if=[], replications=40, seed=7))
    charts = {chart["id"]: chart for section in data["sections"] for chart in section["charts"]}
    (view,) = charts["history"]["views"]
    assert "Maracay opened: 2 July 2025. With" in json.dumps(data["answer"])
    assert view["title"].startswith("Maracay opened: 2 July 2025;")
    assert ["what happened", "2 July 2025"] in view["table"]["rows"]
    assert charts["opening"]["views"][0]["title"].endswith("it opened in July 2025")
