"""`like`, dotted paths and overlays: what the language says they mean."""

from __future__ import annotations

import pytest

from holdfast.errors import Problems, ScenarioError
from holdfast.parts.forms import FORMS
from holdfast.spec import document, overlay
from holdfast.spec.tree import at_path, to_plain

TEXT = """holdfast: 1
goods:
  ball: {unit: round}
  blank: {unit: round}
channels:
  partner: {price: 1 USD/round, capacity: {usually: 5 rounds/week, while: {war: 0 rounds/week}}}
  world: {like: partner, price: 2 USD/round}
stores:
  depot:
    capacity: 30 rounds
    fixed_cost: {running: 5 USD/year, warm_base: 2 USD/year}
    keeps:
      ball:
        opening: {on_hand: 5 rounds, under_way: steady}
        ordering:
          kind: base_stock
          order_up_to: {cover: 5 months, beyond: lead_time}
          from: {partner: 60 %, world: 40 %}
      blank: {like: ball, ordering.kind: r_Q}
  yard: {like: depot, keeps: {ball: {opening.on_hand: 7 rounds}, blank: none}}
regimes:
  war:
    states: {peace: {lasts: {exponential: {mean: 9 years}}, then: war}, war: {lasts: 3 weeks, then: {peace: 100 %}}}
alternatives:
  today: {title: As today}
  more: {title: More, stores.depot.capacity: 45 rounds, stores.depot.keeps.all.ordering.order_up_to: {cover: 9 months}}
  other: {like: [more], stores: {depot: {keeps.ball.ordering.from: {world: 100 %}, fixed_cost: {running: 6 USD/year}}}}
  share: {stores.depot.keeps.ball.ordering.from.partner: 50 %}
  fewer: {stores.yard.keeps.ball: none, stores.depot.keeps.ball.opening.under_way: none}
  chain: {like: [share, other], stores.depot.capacity: 50 rounds}
what_if:
  short: {regimes.war.states.peace.lasts: {lognormal: {mean: 1 year, cv: 1}}, stores.depot.capacity: 1 round}
"""


@pytest.fixture(scope="module")
def read() -> document.Document:
    problems = Problems()
    found = document.from_text(TEXT, "f.yaml", problems)
    problems.raise_if_any()
    return found


def plain(read: document.Document, path: str, alternative: str | None = None, what_if: str | None = None):
    node = at_path(overlay.lay(read, alternative, what_if), path)
    return None if node is None else to_plain(node)


def test_like_copies_a_sibling_and_lays_the_fields_beside_it_over_the_copy(read) -> None:
    assert plain(read, "channels.world") == {
        "price": "2 USD/round",
        "capacity": {"usually": "5 rounds/week", "while": {"war": "0 rounds/week"}},
    }
    assert plain(read, "stores.depot.keeps.blank.ordering.kind") == "r_Q"
    assert plain(read, "stores.depot.keeps.blank.ordering.from") == {"partner": "60 %", "world": "40 %"}


def test_like_reaches_into_copies_of_copies_and_none_removes(read) -> None:
    assert plain(read, "stores.yard.keeps.ball.opening") == {"on_hand": "7 rounds", "under_way": "steady"}
    assert plain(read, "stores.yard.keeps.blank") is None


def test_a_copy_points_to_where_it_was_written(read) -> None:
    copied = at_path(read.base, "stores.yard.keeps.ball.ordering.kind")
    original = at_path(read.base, "stores.depot.keeps.ball.ordering.kind")
    assert copied is original
    assert copied.path == "stores.depot.keeps.ball.ordering.kind"
    assert copied.place.line == 16


def test_all_stands_for_every_entry(read) -> None:
    for good in ("ball", "blank"):
        assert plain(read, f"stores.depot.keeps.{good}.ordering.order_up_to", "more") == {"cover": "9 months"}
    assert plain(read, "stores.yard.keeps.ball.ordering.order_up_to", "more") == {
        "cover": "5 months",
        "beyond": "lead_time",
    }


def test_names_merge_and_values_are_replaced_whole(read) -> None:
    assert plain(read, "stores.depot.fixed_cost", "other") == {"running": "6 USD/year", "warm_base": "2 USD/year"}
    assert plain(read, "stores.depot.keeps.ball.ordering.from", "other") == {"world": "100 %"}
    assert plain(read, "regimes.war.states.peace", None, "short") == {
        "lasts": {"lognormal": {"mean": "1 year", "cv": "1"}},
        "then": "war",
    }


@pytest.mark.parametrize("name", FORMS)
def test_every_law_replaces_another_whole(name: str) -> None:
    problems = Problems()
    text = TEXT.replace("{lognormal: {mean: 1 year, cv: 1}}", f"{{{name}: {{mean: 1 year}}}}")
    found = document.from_text(text, "f.yaml", problems)
    problems.raise_if_any()
    assert plain(found, "regimes.war.states.peace.lasts", None, "short") == {name: {"mean": "1 year"}}


def test_a_dotted_path_reaches_into_a_value(read) -> None:
    assert plain(read, "stores.depot.keeps.ball.ordering.from", "share") == {"partner": "50 %", "world": "40 %"}


def test_none_removes_except_where_it_is_a_word_of_the_field(read) -> None:
    assert plain(read, "stores.yard.keeps", "fewer") == {}
    assert plain(read, "stores.depot.keeps.ball.opening.under_way", "fewer") == "none"


def test_overlays_are_laid_in_order_and_the_what_if_last(read) -> None:
    assert overlay.chain(read.alternatives, "chain") == ["share", "more", "other", "chain"]
    assert plain(read, "stores.depot.capacity", "chain") == "50 rounds"
    assert plain(read, "stores.depot.capacity", "chain", "short") == "1 round"
    assert plain(read, "stores.depot.keeps.ball.ordering.from", "chain") == {"world": "100 %"}


def test_the_base_is_never_changed_by_an_overlay(read) -> None:
    before = to_plain(read.base)
    for name in read.alternatives.entries:
        overlay.lay(read, name, "short")
    assert to_plain(read.base) == before


def test_an_empty_overlay_shares_the_base(read) -> None:
    laid = overlay.lay(read, "today")
    assert all(laid.entries[name] is node for name, node in read.base.items())


def test_last_fields_may_be_any_that_the_reference_knows(read) -> None:
    known = {"stores": {"*.capacity", "*.room_cost", "*.keeps.*.ordering.kind"}}
    text = TEXT + "  fine: {stores.depot.room_cost: 1 USD/round}\n  wrong: {stores.depot.room_csot: 1 USD/round}\n"
    found = document.from_text(text, "f.yaml", Problems())
    assert "room_cost" in overlay.lay(found, None, "fine", known=known).mapping("stores", "depot")
    with pytest.raises(ScenarioError, match=r"did you mean stores\.depot\.room_cost\?"):
        overlay.lay(found, None, "wrong", known=known)


def test_unknown_overlays_are_key_errors(read) -> None:
    with pytest.raises(KeyError):
        overlay.lay(read, "nothing")
