"""Texts become numbers in the unit asked for, or an error that says what was meant."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.spec import quantities
from holdfast.spec.quantities import QuantityError, Units
from holdfast.terms import UNITS, plural

KNOWN = Units(["round", "set", "battery"])


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("17.5 million rounds/year", "rounds/week", 17.5e6 * 7 / 365.25),
        ("1 per 40 years", "1/week", 7 / 365.25 / 40),
        ("0.1/year", "1/month", 0.1 / 12),
        ("0.10 USD/round/week", "USD/round/day", 0.1 / 7),
        ("0.10 USD per round per week", "USD/round/day", 0.1 / 7),
        ("8 %/year", "1/year", 0.08),
        ("40 %", "", 0.4),
        ("0.4", "", 0.4),
        ("9 months", "years", 0.75),
        ("6 thousand USD/lot", "USD/lot", 6000),
        ("1.03 sets/round", "sets/round", 1.03),
        ("2 batteries", "battery", 2),
        ("5 tonnes", "kg", 5000),
        ("0.0045 barrels/round", "litres/round", 0.0045 * 158.987294928),
        ("1e3 litres", "cubic-metre", 1),
        ("3 million per 2 weeks", "1/week", 1.5e6),
    ],
)
def test_quantities_in_the_unit_asked_for(text: str, unit: str, value: float) -> None:
    assert KNOWN.number(text, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "code", "fix"),
    [
        ("0.35 USD/kg", "USD/round", "HF104", "did you mean 0.35 USD/round?"),
        ("0.35 EUR/round", "USD/round", "HF104", "did you mean 0.35 USD/round?"),
        ("35", "USD/round", "HF104", "did you mean 35 USD/round?"),
        ("17.5 million", "rounds", "HF104", "did you mean 17.5 million rounds?"),
        ("4 weeks", "", "HF104", "did you mean 4 %?"),
        ("4 weks", "days", "HF104", "did you mean weeks?"),
        ("5 kt", "kg", "HF104", "tonnes"),
        ("5 tons", "kg", "HF104", "tonne, long-ton"),
        ("5 /", "kg", "HF104", "per what"),
        ("1,000 rounds", "rounds", "HF105", "write 1000 rounds"),
        ("1_000", "", "HF105", "write 1000"),
        ("12 000 rounds", "rounds", "HF105", "write 12000 rounds"),
        ("many rounds", "rounds", "HF105", "number with its unit"),
        ("nan", "", "HF105", "number with its unit"),
        ("1e999", "", "HF105", "smaller"),
        ("1 per 0 years", "1/year", "HF105", "1 per 40 years"),
        ("-4 weeks", "days", "HF109", "0 or more"),
        ("0x10 rounds", "rounds", "HF104", "did you mean rounds?"),
    ],
)
def test_what_is_not_the_quantity_asked_for(text: str, unit: str, code: str, fix: str) -> None:
    with pytest.raises(QuantityError) as caught:
        KNOWN.number(text, unit)
    assert caught.value.code == code
    assert fix in caught.value.fix
    assert text in caught.value.message


def test_the_message_says_what_the_quantity_cannot_do() -> None:
    with pytest.raises(QuantityError, match=r"'0\.35 USD/kg' cannot price a good counted in rounds"):
        KNOWN.number("0.35 USD/kg", "USD/round", cannot="price a good counted in rounds")


@pytest.mark.parametrize(("text", "code", "fix"), [("110 %", "HF108", "100 %"), ("70", "HF108", "did you mean 70 %?"),
                                                   ("-1 %", "HF108", "0 %"), ("3 weeks", "HF104", "3 %")])  # fmt: skip
def test_impossible_shares(text: str, code: str, fix: str) -> None:
    with pytest.raises(QuantityError) as caught:
        KNOWN.share(text)
    assert caught.value.code == code
    assert fix in caught.value.fix


def test_factors() -> None:
    assert quantities.times("times 3", KNOWN) == 3
    assert quantities.times("times 30 %", KNOWN) == pytest.approx(0.3)
    assert quantities.times("3", KNOWN) is None
    for wrong in ("times", "times -1", "times 3 weeks"):
        with pytest.raises(QuantityError):
            quantities.times(wrong, KNOWN)


def test_dates() -> None:
    assert quantities.date("2006-07-02") == datetime.date(2006, 7, 2)
    assert quantities.date("2006-07") == datetime.date(2006, 7, 1)
    assert quantities.date("never") is None
    for wrong in ("2006", "2006-13", "2006-02-30", "July", "02/07/2006", ""):
        with pytest.raises(QuantityError) as caught:
            quantities.date(wrong)
        assert caught.value.code == "HF106"


def test_yes_and_no_and_words() -> None:
    assert quantities.yes_no("yes")
    assert not quantities.yes_no("no")
    with pytest.raises(QuantityError, match="did you mean yes"):
        quantities.yes_no("true")
    with pytest.raises(QuantityError, match="did you mean held"):
        quantities.one_of("hold", ["passes", "held", "lost"])


@given(st.floats(0, 1e9, allow_nan=False), st.sampled_from(sorted(UNITS)))
def test_every_unit_singular_and_plural_is_the_same(number: float, unit: str) -> None:
    text = f"{number:.6f}"
    assert KNOWN.parse(f"{text} {unit}").value == KNOWN.parse(f"{text} {plural(unit)}").value
    assert KNOWN.number(f"{text} {unit}", unit) == pytest.approx(float(text), rel=1e-12)


@given(st.text(max_size=40))
def test_any_text_is_a_quantity_or_a_clear_error(text: str) -> None:
    code = "fine"
    try:
        KNOWN.parse(text)
    except QuantityError as error:
        code = error.code
    assert code in ("fine", "HF104", "HF105")


SAME: dict[str, str] = {
    "1 minute": "60 seconds", "1 hour": "60 minutes", "1 day": "24 hours", "1 week": "7 days", "12 months": "1 year",
    "4 years": "1461 days", "1 g": "1000 mg", "1 kg": "1000 g", "1 t": "1000 kg", "1 tonne": "1 t",
    "2240 lb": "1 long-ton", "100000000 lb": "45359237 kg", "1 litre": "1000 ml", "1 cubic-metre": "1000 litres",
    "1 barrel": "158.987294928 litres", "1 GJ": "1000 MJ", "1 kWh": "3.6 MJ", "1 MWh": "1000 kWh", "1 GWh": "1000 MWh",
}  # fmt: skip
"""Amounts that are the same by definition; a barrel is 42 gallons of 231 cubic inches, of 2.54 cm."""


@pytest.mark.parametrize(("one", "other"), SAME.items())
def test_units_are_as_large_as_they_are_defined(one: str, other: str) -> None:
    units = Units()
    same, asked = units.parse(other), units.parse(one)
    assert asked.value == pytest.approx(same.value, rel=1e-12)
    assert asked.dimension == same.dimension


def test_every_unit_is_held_against_another() -> None:
    told = {each.split()[1] for pair in SAME.items() for each in pair}
    measures = {name for name, (_, base) in UNITS.items() if base not in ("lot", "future")}
    assert {name for name in measures if not told & {name, plural(name)}} == set()
