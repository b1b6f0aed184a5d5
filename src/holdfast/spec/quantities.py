"""Turns the text of a value into a number: quantities with units, shares, factors, dates, yes and no.

Units form a small algebra of their own: products of powers of base units, enough for `0.10 USD/round/week` and
`1 per 40 years`. Nothing is guessed: an unknown unit or a missing one is an error that says what is likely meant.
"""

from __future__ import annotations

import datetime
import functools
import math
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from holdfast.errors import HoldfastError, did_you_mean, nearest
from holdfast.terms import UNITS, WORDS, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER: Final = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_START: Final = re.compile(rf"({_NUMBER})\s*(%?)\s*(.*)", re.DOTALL)
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}([,_' ]\d{3})+(\.\d+)?(\s|%|$|/)")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_DATE: Final = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
LARGEST: Final = 1e300


class QuantityError(HoldfastError):
    """A text that is not the number it should be: a code, what is wrong, and the likely fix."""

    def __init__(self, code: str, message: str, fix: str = "") -> None:
        self.code, self.message, self.fix = code, message, fix
        super().__init__(f"{message}: {fix}" if fix else message)


class Dimension(NamedTuple):
    """What a quantity measures: powers of base units, sorted by name."""

    powers: tuple[tuple[str, int], ...] = ()

    def times(self, other: Dimension, sign: int = 1) -> Dimension:
        """The dimension of a product (sign 1) or of a quotient (sign -1)."""
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, 0) + sign * power
        return Dimension(tuple(sorted((name, power) for name, power in powers.items() if power)))

    def __str__(self) -> str:
        above = "".join(f" {name}" * power for name, power in self.powers if power > 0).strip()
        below = "".join(f"/{name}" * -power for name, power in self.powers if power < 0)
        return (above or ("1" if below else "a plain number")) + below


PLAIN: Final = Dimension()
TIME: Final = Dimension((("day", 1),))


class Quantity(NamedTuple):
    """A number in base units (day, kg, litre, kWh, the currency, the units of goods)."""

    value: float
    dimension: Dimension
    number: str
    """The number as written, with its word: `17.5 million`."""
    unit: str
    """The unit as written: `rounds/year`, `%`, `%/year`; empty for a plain number."""


class Units:
    """The units of one scenario: those that all know, its goods' own, and currencies by three letters."""

    def __init__(self, counts: Iterable[str] = ()) -> None:
        self.singular: dict[str, tuple[float, str]] = dict(UNITS)
        for name in counts:
            self.singular.setdefault(name, (1.0, name))
        self.known = {form: self.singular[name] for name in self.singular for form in (name, plural(name))}
        self.parse = functools.lru_cache(maxsize=4096)(self._parse)
        self.unit = functools.lru_cache(maxsize=512)(self._unit)

    def is_count(self, name: str) -> bool:
        """Whether a unit is one of the things counted, not a measure such as litre."""
        return name in self.singular and self.singular[name][1] == name and name not in UNITS

    def _unit(self, text: str) -> tuple[float, Dimension]:
        """Factor to base units and dimension of a unit such as `USD/round/week`, `1/year` or `%`."""
        quantity = self.parse(text if _START.fullmatch(text) else f"1 {text}")
        return quantity.value, quantity.dimension

    def _parse(self, text: str) -> Quantity:
        """The quantity that a text says.

        Raises:
            QuantityError: HF105 not a number, HF104 unknown unit.
        """
        written = text.strip()
        if _GROUPED.match(written):
            plain = re.sub(r"(?<=\d)[,_' ](?=\d{3})", "", written)
            raise QuantityError("HF105", f"'{text}': digits are not grouped", f"write {plain}, or thousand, million")
        match = _START.fullmatch(written)
        if not match:
            raise QuantityError("HF105", f"'{text}' is not a number", "write a number with its unit, such as 4 weeks")
        value, number = float(match[1]), match[1]
        percent, rest = match[2], match[3].strip()
        if percent:
            value /= 100
        above, *below = re.split(r"\s*/\s*|(?:^|\s+)per\s+", rest)
        words = above.split()
        while words and words[0] in WORDS:
            value *= WORDS[words[0]]
            number += f" {words.pop(0)}"
        dimension = PLAIN
        if words:
            factor, dimension = self._one(" ".join(words), text)
            value *= factor
        for part in below:
            factor, each = self._below(part, text)
            value /= factor
            dimension = dimension.times(each, -1)
        if not math.isfinite(value) or abs(value) > LARGEST:
            raise QuantityError("HF105", f"'{text}' is too large a number", "write a smaller number")
        unit = rest if not number.count(" ") else rest.split(maxsplit=number.count(" "))[-1] if rest else ""
        unit = "" if unit in WORDS else unit
        return Quantity(value, dimension, number, percent + unit)

    def _below(self, part: str, text: str) -> tuple[float, Dimension]:
        """Factor and dimension of what stands after `/` or `per`: `year`, `40 years`."""
        match = _START.fullmatch(part)
        if not match:
            return self._one(part, text)
        value, words = float(match[1]), match[3].split()
        while words and words[0] in WORDS:
            value *= WORDS[words.pop(0)]
        if value <= 0 or match[2] or not words:
            raise QuantityError("HF105", f"'{text}' divides by '{part}'", "write it as 1 per 40 years")
        factor, dimension = self._one(" ".join(words), text)
        return value * factor, dimension

    def _one(self, name: str, text: str) -> tuple[float, Dimension]:
        """Factor and dimension of one unit."""
        if name in self.known:
            factor, base = self.known[name]
            return factor, Dimension(((base, 1),))
        if _CURRENCY.fullmatch(name):
            return 1.0, Dimension(((name, 1),))
        if not name:
            raise QuantityError("HF104", f"'{text}' lacks a unit after '/'", "say per what")
        near = nearest(name, self.known) or nearest(name, WORDS)
        fix = f"did you mean {near}?" if near else "units of goods are declared as goods.NAME.unit"
        if name in ("T", "kt", "ton", "tons", "MT"):
            fix = "write tonne, long-ton or thousand tonnes"
        raise QuantityError("HF104", f"'{text}': '{name}' is not a unit that this scenario knows", fix)

    def number(
        self, text: str, unit: str, cannot: str = "", least: float | None = 0.0, most: float | None = None
    ) -> float:
        """The number of a text in a unit such as `rounds/year`, `USD/round`, `days`, or `` for a plain number or share.

        Args:
            text: what a person wrote.
            unit: the unit of the answer.
            cannot: what it cannot do in another unit: `price a good counted in rounds`.
            least: smallest value allowed, in the unit; None for any.
            most: largest value allowed, in the unit; None for any.

        Raises:
            QuantityError: HF104 another or no unit, HF105 no number, HF108 or HF109 out of bounds.
        """
        quantity = self.parse(text)
        factor, dimension = self.unit(unit) if unit else (1.0, PLAIN)
        if quantity.dimension != dimension:
            raise self._mismatch(quantity, text, unit, cannot)
        if unit and not dimension.powers and not quantity.unit:
            raise self._mismatch(quantity, text, unit, cannot)
        value = quantity.value / factor
        if least is not None and value < least:
            if least == 0:
                raise QuantityError("HF109", f"'{text}' is negative", "write 0 or more")
            raise QuantityError("HF109", f"'{text}' is too small", f"write at least {least:g} {unit}".rstrip())
        if most is not None and value > most:
            bound = f"{most * 100:g} %" if not unit else f"{most:g} {unit}"
            raise QuantityError("HF108", f"'{text}' is more than {bound}", f"write at most {bound}")
        return value

    def _mismatch(self, quantity: Quantity, text: str, unit: str, cannot: str) -> QuantityError:
        """The error for a quantity of another dimension."""
        wanted = unit or "%"
        if not quantity.unit:
            message = f"'{text}' has no unit" if unit else f"'{text}' is not a share"
        elif cannot:
            message = f"'{text}' cannot {cannot}"
        else:
            message = f"'{text}' is in {quantity.unit}, but this is in {unit}" if unit else f"'{text}' is not a share"
        return QuantityError("HF104", message, f"did you mean {quantity.number} {wanted}?")

    def share(self, text: str, what: str = "a share") -> float:
        """A share or a probability, from 0 to 1.

        Raises:
            QuantityError: HF104, HF105, or HF108 where it lies outside 0 to 100 %.
        """
        quantity = self.parse(text)
        if quantity.dimension.powers:
            raise QuantityError("HF104", f"'{text}' is not {what}", f"did you mean {quantity.number} %?")
        if not 0 <= quantity.value <= 1:
            fix = f"did you mean {quantity.number} %?" if not quantity.unit and 1 < quantity.value <= 100 else ""
            message = f"'{text}' cannot be {what}: it lies outside 0 to 100 %"
            raise QuantityError("HF108", message, fix or "write 0 % to 100 %")
        return quantity.value


def times(text: str, units: Units) -> float | None:
    """The factor of `times 3` or `times 30 %`; None where the text is not a factor.

    Raises:
        QuantityError: `times` without a plain number of at least 0.
    """
    words = text.split(maxsplit=1)
    if not words or words[0] != "times":
        return None
    quantity = units.parse(words[1] if len(words) > 1 else "")
    if quantity.dimension.powers:
        raise QuantityError("HF104", f"'{text}' multiplies by a quantity", f"did you mean times {quantity.number}?")
    if quantity.value < 0:
        raise QuantityError("HF109", f"'{text}' is negative", "write times 0 or more")
    return quantity.value


def date(text: str) -> datetime.date | None:
    """The date of `2006-07-02` or `2006-07` (its first day); None for `never`.

    Raises:
        QuantityError: HF106, it is no date.
    """
    if text.strip() == "never":
        return None
    match = _DATE.fullmatch(text.strip())
    fix = "write it as 2006-07-02 or 2006-07"
    if not match:
        raise QuantityError("HF106", f"'{text}' is not a date", fix)
    try:
        return datetime.date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        raise QuantityError("HF106", f"'{text}' is not a day of the calendar", fix) from None


def is_date(text: str) -> bool:
    """Whether a text has the form of a date."""
    return bool(_DATE.fullmatch(text.strip()))


def yes_no(text: str) -> bool:
    """Whether a text says yes.

    Raises:
        QuantityError: HF107, it is neither yes nor no.
    """
    if text in ("yes", "no"):
        return text == "yes"
    meant = {"true": "yes", "on": "yes", "y": "yes", "false": "no", "off": "no", "n": "no"}.get(text.casefold())
    raise QuantityError("HF107", f"'{text}' is neither yes nor no", f"did you mean {meant}?" if meant else "yes or no")


def one_of(text: str, choices: Iterable[str]) -> str:
    """One of a few words.

    Raises:
        QuantityError: HF107, with the nearest choice.
    """
    known = list(choices)
    if text in known:
        return text
    raise QuantityError("HF107", f"'{text}' is not one of {', '.join(known)}", did_you_mean(text, known))
