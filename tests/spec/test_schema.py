"""The schema takes what a person may write around each value, and nothing that is not known."""

from __future__ import annotations

import jsonschema
import pytest

from holdfast.errors import Problems
from holdfast.parts.base import Form, Text
from holdfast.spec import load, sections
from holdfast.spec.schema import base_schema, overlay_schema
from holdfast.spec.tree import to_plain


class Keep(Form):
    """One good."""

    on_hand: Text
    """What is there."""
    issue: Text | None = None
    """Which goes first."""


class Store(Form):
    """A place."""

    capacity: Text
    """Its room."""
    keeps: dict[str, Keep] | None = None
    """Goods."""


class Sections(Form):
    """A whole file."""

    holdfast: Text
    """Its version."""
    stores: dict[str, Store]


WHOLE = {"holdfast": 1, "stores": {"depot": {"capacity": "30 rounds", "keeps": {"ball": {"on_hand": "5 rounds"}}}}}


def errors(schema: dict, document: object) -> list[str]:
    jsonschema.Draft202012Validator.check_schema(schema)
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(document)]


@pytest.mark.parametrize(
    "depot",
    [
        {"capacity": "30 rounds"},
        {"capacity": {"value": "30 rounds", "between": ["20 rounds", "40 rounds"], "assumed": "a guess"}},
        {"like": "yard"},
        {"like": "yard", "keeps": {"ball": {"issue": "at_random"}}},
        {"like": "yard", "keeps.ball.on_hand": "7 rounds"},
        {"capacity": "3 rounds", "source": "paper", "keeps": {"ball": {"like": "blank", "issue": "at_random"}}},
    ],
)
def test_what_a_person_may_write_in_the_base(depot: dict) -> None:
    assert errors(base_schema(Sections), {"holdfast": 1, "stores": {"depot": depot}}) == []


@pytest.mark.parametrize(
    "depot",
    [
        {"capcity": "30 rounds"},
        {"like": "yard", "capcity": "30 rounds"},
        {},
        {"capacity": ["30 rounds"]},
        {"capacity": "3 rounds", "keeps": {"ball": {"issue": "x"}}},
    ],
)
def test_what_is_not_a_base(depot: dict) -> None:
    assert errors(base_schema(Sections), {"holdfast": 1, "stores": {"depot": depot}})


@pytest.mark.parametrize(
    ("overlay", "fine"),
    [
        ({"title": "More", "stores.depot.capacity": "45 rounds"}, True),
        ({"like": ["more"], "stores": {"depot": {"keeps": {"all": {"issue": "at_random"}}}}}, True),
        ({"stores": {"depot": {"keeps": {"ball": "none"}}}}, True),
        ({"stores": {"depot": {"capcity": "45 rounds"}}}, False),
        ({"holdfast": 2}, False),
        ({"storse": {}}, False),
    ],
)
def test_overlays_need_nothing_and_know_the_same_fields(overlay: dict, fine: bool) -> None:
    assert (errors(overlay_schema(Sections), overlay) == []) == fine
    assert (errors(base_schema(Sections), {**WHOLE, "what_if": {"w": overlay}}) == []) == fine


@pytest.mark.parametrize("name", list(load.examples()))
def test_the_shipped_cases_keep_the_schema_of_the_sections(name: str) -> None:
    problems = Problems()
    path, shown = load.find(name)
    written = to_plain(load.parse(load.decode(load.read_bytes(path, shown), shown), shown, problems))
    problems.raise_if_any()
    assert errors(base_schema(sections.Sections), written) == []
    for overlay in (*written["alternatives"].values(), *written["what_if"].values()):
        assert errors(overlay_schema(sections.Sections), overlay) == []
    written["stores"]["capcity"] = {"capcity": "3 rounds"}
    assert errors(base_schema(sections.Sections), written)
