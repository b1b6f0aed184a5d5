"""How numbers are written for people: at most three significant figures, and never more than is known."""

from __future__ import annotations

import datetime
import math
from typing import Final

SCALES: Final = ((1e9, "billion "), (1e6, "million "), (1e3, "thousand "), (1.0, ""))


def scale_of(values: list[float]) -> tuple[float, str]:
    """The word that makes the largest of some numbers easy to read: (1e6, 'million ')."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return next(((factor, word) for factor, word in SCALES if largest * (1 + 1e-9) >= factor), SCALES[-1])


def number(value: float, figures: int = 3) -> str:
    """A number with at most so many significant figures: 12,300; 242; 1.24; 0.031."""
    if not math.isfinite(value):
        return "never" if value > 0 else "unknown"
    if value == 0:
        return "0"
    digits = figures - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    if digits <= 0 or rounded == int(rounded):
        return f"{rounded:,.0f}"
    return f"{rounded:.{digits}f}".rstrip("0").rstrip(".")


def amount(value: float, unit: str = "") -> str:
    """A number with its unit and the word for its size: `12.6 million rounds`."""
    factor, word = scale_of([value])
    size = number(value / factor)
    return f"{size} {word}{plural(unit, 1 if size == '1' and not word else 2)}".rstrip()


SYMBOLS = frozenset({"t", "kg", "g", "l", "m3", "kWh", "MWh", "GWh"})
"""Units that are written as symbols, which have no plural."""


def plural(unit: str, count: float = 2) -> str:
    """A unit as it is said of so many: round, rounds."""
    first, slash, rest = unit.partition("/")
    if not first or count == 1 or first.isupper() or first.endswith("s") or " of " in first or first in SYMBOLS:
        return unit
    return f"{first}s{slash}{rest}"


def percent(share: float, digits: int = 0) -> str:
    """A share as text without its sign; 0 and 100 only where it is exactly so."""
    if math.isnan(share):
        return "-"
    if share in (0.0, 1.0):
        return f"{100.0 * share:.0f}"
    value = 100.0 * share
    for places in (digits, digits + 1, digits + 2):
        text = f"{math.floor(value * 10**places + 0.5) / 10**places:.{places}f}"  # half a cell counts as one
        if float(text) not in (0.0, 100.0):
            return text
    least = 10.0 ** -(digits + 2)
    return f"<{least:.{digits + 2}f}" if share < 0.5 else f">{100.0 - least:.{digits + 2}f}"


EXACT: Final = "exactly"
"""What is said of an interval without width: the figure is the same in all futures."""
UNKNOWN: Final = "spread unknown"
"""What is said of an interval without ends: one future tells nothing of the others."""
ROUNDED: Final = "to within rounding"
"""What is said of an interval whose ends are written like the figure itself."""


def spread(low: float, high: float) -> str:
    """An interval, with as many decimals as tell its ends apart, at most three figures: `39 to 41`, `-0.2 to 0.1`."""
    if low == high:
        return EXACT
    if math.isinf(low) and math.isinf(high):
        return UNKNOWN
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{number(low)} to {number(high)}"
    places = _places(low, high)
    return _between(_fixed(low, places), _fixed(high, places))


def _between(low: str, high: str) -> str:
    return f"{low} to {high}" if low != high else ROUNDED


def within(value: float, low: float, high: float) -> str:
    """A value with as many decimals as its interval."""
    return number(value) if low == high or not math.isfinite(high - low) else _fixed(value, _places(low, high))


def _places(low: float, high: float) -> int:
    """Decimals that tell two ends apart, and neither from 0 unless it is; no more than three figures."""
    width, largest = high - low, max(abs(low), abs(high))
    most = min(15, max(0, 2 - math.floor(math.log10(largest))))
    places = 0 if width >= 2 else min(most, max(0, 1 - math.floor(math.log10(width))))
    while places < most and any(end and not round(end, places) for end in (low, high)):
        places += 1
    while places and _fixed(low, places)[-1] == _fixed(high, places)[-1] == "0":
        places -= 1
    return places


def _fixed(value: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text


def points(low: float, high: float) -> str:
    """A difference of shares in percentage points."""
    return f"{spread(low, high)} points" if low < high else "the same in every future" if low == 0 else EXACT


def percents(low: float, high: float) -> str:
    """An interval of shares, without the sign: `89.4 to 90.6`."""
    if low == high:
        return EXACT
    if not (math.isfinite(low) and math.isfinite(high)):
        return UNKNOWN
    digits = share_digits(low, high)
    return _between(percent(low, digits), percent(high, digits))


def share_digits(low: float, high: float) -> int:
    """Decimals of a percentage whose interval runs from one share to another."""
    return 1 if low < high < low + 0.02 else 0


def share(estimate: float, low: float, high: float, of: str = "") -> str:
    """A share with its interval, both to the same decimals: `42.3 % of futures (42.2 to 42.4)`."""
    return f"{percent(estimate, share_digits(low, high))} %{of} ({percents(low, high)})"


def capital(text: str) -> str:
    """A text that begins a sentence, with a capital letter where it begins with a letter."""
    return text[:1].upper() + text[1:]


def date(start: datetime.date, years: float) -> str:
    """A month so many years after the start: `May 2013`."""
    when = start + datetime.timedelta(days=years * 365.25)
    return f"{when:%B} {when.year}"


def year(years: float) -> str:
    """A time after the start, in few words: `year 7.4`, `week 9`; after the horizon: never."""
    if not math.isfinite(years):
        return "never"
    return f"year {number(years, 2)}" if years >= 2 else f"week {max(1, round(years * 365.25 / 7))}"


def days(value: float) -> str:
    """A length of time as people say it: 9 days, 14 weeks, 7 months, 3.2 years; longer than was looked at: never."""
    if not math.isfinite(value):
        return "never"
    for limit, size, unit in ((14, 1.0, "day"), (26 * 7, 7.0, "week"), (730.5, 365.25 / 12, "month")):
        if value < limit:
            count = round(value / size)
            return f"{count} {plural(unit, count)}"
    return f"{number(value / 365.25, 2)} years"


def days_between(low: float, high: float) -> str:
    """An interval of lengths of time, which has ends in whole periods: `12 weeks to 14 weeks`."""
    return _between(days(low), days(high))


def listed(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def shorten(text: str, width: int, mark: str = "…") -> str:
    """A text that fits a width, cut with a mark."""
    return text if len(text) <= width else text[: max(0, width - len(mark))].rstrip() + mark
