"""Levers and inputs: a scenario under other values."""

import pytest

import holdfast as hf
from holdfast.spec.turning import Lever, levers, substituted, turned
from holdfast.study.worlds import to_text


@pytest.fixture(scope="module")
def case() -> hf.Scenario:
    return hf.load("cartridge-plant")


def test_levers_are_read_in_file_order(case: hf.Scenario) -> None:
    found = {lever.name: lever for lever in levers(case)}
    assert list(found) == ["stored", "room", "partner", "second", "plant", "lines"]
    assert (found["stored"].low, found["stored"].high, found["stored"].unit) == (2.0, 36.0, "months")
    assert (found["room"].low, found["room"].unit) == (30.0, "million rounds")
    assert found["partner"].share
    assert found["partner"].high == 100.0
    assert found["second"].choices == ("no", "yes")
    assert found["stored"].beyond == "lead_time"


@pytest.mark.parametrize(
    ("lever", "value", "text"),
    [
        (Lever("a", "a", "x", "number", 2.0, 36.0, "months"), 7.25, "7.25 months"),
        (Lever("a", "a", "x", "number", 2.0, 36.0, "months"), 99.0, "36 months"),
        (Lever("a", "a", "x", "integer", 1.0, 4.0), 2.6, "3"),
        (Lever("a", "a", "x", "choice", choices=("no", "yes")), 1.0, "yes"),
        (Lever("a", "a", "x", "choice", choices=("no", "yes")), -3.0, "no"),
        (Lever("a", "a", "x", "date", 731_000.0, 733_000.0), 731_993.4, "2005-02-16"),
    ],
)
def test_a_value_is_written_as_a_person_would(lever: Lever, value: float, text: str) -> None:
    assert lever.text(value) == text


def test_what_an_alternative_says_a_lever_can_say(case: hf.Scenario) -> None:
    """The lever that sets what an alternative sets gives the world of that alternative."""
    plain = turned(case, {}, "imports")
    assert to_text(plain) == to_text(case.world("imports"))
    wide = turned(case, {"room": "99 million rounds"}, "imports")
    assert to_text(wide) != to_text(plain)
    assert wide.stores != plain.stores
    assert repr(wide.channels) == repr(plain.channels)


def test_other_shares_keep_their_proportions(case: hf.Scenario) -> None:
    for text, share in (("25 %", 0.25), ("100 %", 1.0), ("0 %", 0.0)):
        world = turned(case, {"partner": text}, "imports")
        names = [channel.name for channel in world.channels]
        orderings = [
            keep.ordering for keep in world.keeps if keep.ordering and names.index("world") in keep.ordering.channels
        ]
        assert len(orderings) == 3
        for ordering in orderings:
            parts = [float(part.values[0, 0]) for part in ordering.shares]
            shares = dict(zip((names[channel] for channel in ordering.channels), parts, strict=True))
            assert shares.get("partner", 0.0) == pytest.approx(share)
            assert sum(shares.values()) == pytest.approx(1.0)


def test_an_unknown_lever_is_an_error(case: hf.Scenario) -> None:
    with pytest.raises(KeyError, match="storage"):
        turned(case, {"storage": "2 months"})


def test_what_does_not_hold_together_is_an_error(case: hf.Scenario) -> None:
    with pytest.raises(hf.ScenarioError, match="HF104"):
        turned(case, {"room": "99 kg"})


def test_an_input_and_its_copies_follow(case: hf.Scenario) -> None:
    ranged = next(row for row in case.evidence if row.low and row.path.startswith("channels."))
    other = substituted(case, {ranged.path: ranged.high})
    assert repr(other.world().channels) != repr(case.world().channels)
    same = substituted(case, {ranged.path: ranged.value})
    assert repr(same.world()) == repr(case.world())
    with pytest.raises(KeyError, match=r"channels\.nowhere"):
        substituted(case, {"channels.nowhere": "1 week"})


def test_every_range_of_the_shipped_case_can_be_set_to_its_ends(case: hf.Scenario) -> None:
    ranged = [row for row in case.evidence if row.low]
    assert len(ranged) > 10
    for row in ranged:
        for end in (row.low, row.high):
            substituted(case, {row.path: end}).world(next(iter(case.alternatives)))
