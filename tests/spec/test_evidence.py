"""Evidence is taken out of the tree and kept in a table by path."""

from __future__ import annotations

from holdfast.errors import Problems
from holdfast.spec import document, overlay
from holdfast.spec.evidence import summary
from holdfast.spec.tree import at_path, to_plain

TEXT = """holdfast: 1
clock: {start: 2006-01-02}
sources:
  early: {title: Early, date: 2005}
  late: {title: Late, date: 2025-07}
goods: {ball: {unit: round}}
channels:
  partner:
    price: {value: 0.35 USD/round, between: [0.25 USD/round, 0.60 USD/round], assumed: tenders, moves_with: [copper]}
    lead_time: {lognormal: {mean: {value: 8 months, between: [4 months, 9 months]}, cv: 0.4}, source: early}
    capacity: {usually: 40 rounds/year, while: {war: {value: times 3, between: [times 1, times 6]}}}
    delay: {uniform: {between: [1 week, 2 weeks]}}
  world: {like: partner}
stores: {depot: {keeps: {ball: {ordering: {review_period: 4 weeks}}}}}
signals: {low: {below: 3 months, noticed_after: {value: 2 weeks, between: [1 week, 4 weeks], assumed: counted monthly}}}
plants:
  maracay: {nameplate: {value: 70 rounds/year, derived: four lines, sources: [early, late], quote: up to 70}}
alternatives:
  more: {channels.partner.price: {value: 0.30 USD/round, source: late}}
"""


def read() -> document.Document:
    problems = Problems()
    found = document.from_text(TEXT, "f.yaml", problems)
    problems.raise_if_any()
    return found


def test_the_tree_that_is_left_is_plain() -> None:
    base = read().base
    partner = to_plain(at_path(base, "channels.partner"))
    assert partner["price"] == {"value": "0.35 USD/round", "moves_with": ["copper"]}
    assert partner["lead_time"] == {"lognormal": {"mean": "8 months", "cv": "0.4"}}
    assert partner["capacity"]["while"] == {"war": "times 3"}
    assert partner["delay"] == {"uniform": {"between": ["1 week", "2 weeks"]}}
    assert to_plain(at_path(base, "plants.maracay.nameplate")) == "70 rounds/year"


def test_the_table_says_what_each_number_rests_on() -> None:
    rows = {row.path: row for row in read().evidence}
    price = rows["channels.partner.price"]
    assert (price.kind, price.low, price.high, price.how) == ("assumed", "0.25 USD/round", "0.60 USD/round", "tenders")
    plate = rows["plants.maracay.nameplate"]
    assert (plate.kind, plate.sources, plate.quote, plate.hindsight) == ("derived", ("early", "late"), "up to 70", True)
    assert "channels.partner.lead_time" not in rows, "a block has no row beside those of its numbers"
    for name in ("mean", "cv"):
        row = rows[f"channels.partner.lead_time.lognormal.{name}"]
        assert (row.kind, row.sources, row.hindsight) == ("stated", ("early",), False)
    mean = rows["channels.partner.lead_time.lognormal.mean"]
    assert (mean.value, mean.low, mean.high) == ("8 months", "4 months", "9 months")
    usual = rows["channels.partner.capacity.usually"]
    assert (usual.kind, usual.said) == ("assumed", False)
    assert price.place.line == 9
    assert "signals.low.below" not in rows, "a threshold is chosen"
    assert "stores.depot.keeps.ball.ordering.review_period" not in rows, "a rule is chosen"


def test_the_summary_counts_the_base_world_and_a_copied_range_once() -> None:
    counts = summary(read().evidence)
    # stated: mean, cv; derived: nameplate; assumed: price, usually, times 3, two ends of delay, noticed_after.
    assert (counts.stated, counts.derived, counts.assumed, counts.assumed_with_range, counts.hindsight) == (
        2,
        1,
        6,
        3,
        1,
    )


def test_an_overlay_keeps_the_evidence_of_what_it_says() -> None:
    found = read()
    laid = at_path(overlay.lay(found, "more"), "channels.partner.price")
    row = next(row for row in found.evidence if row.path == laid.path)
    assert (row.value, row.kind, row.hindsight) == ("0.30 USD/round", "stated", True)
