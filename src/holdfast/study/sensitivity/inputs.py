"""Inputs of which a range is known: where today's value lies in it, and what is written for any other."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from holdfast.spec.evidence import WORLD
from holdfast.spec.levers import size
from holdfast.spec.quantities import times

if TYPE_CHECKING:
    from typing import Literal

    from holdfast.spec.evidence import Evidence
    from holdfast.spec.quantities import Units
    from holdfast.spec.scenario import Scenario

    Kind = Literal["number", "times", "date"]

_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
DIGITS: Final = 6
"""Significant digits of a value: what a person could write."""
SECTIONS: Final = WORLD | {"alternatives", "what_if"}
"""Where inputs stand; what happened (`history`) is none."""
GRAMMAR: Final = frozenset(
    "states usually while lognormal gamma beta exponential uniform mixture mean_reverting keeps lines project".split()  # noqa: SIM905
)
"""Steps of a path that people do not say."""
OF_LAWS: Final = frozenset(["mean", "median", "cv", "sd", "p90"])
"""Last steps of a path that say what of a law is meant."""


@dataclass(frozen=True)
class Input:
    """A number of the scenario that could be another one, and how far."""

    path: str
    """Where it was written (Evidence.path)."""
    label: str
    """The path in few words."""
    kind: Kind
    value: str
    """Today's text."""
    low: float
    """Lower end, in `unit`; days from the first of year 1 for a date."""
    high: float
    today: float
    """Today's value, in `unit`."""
    ends: tuple[str, str]
    """Both ends as written."""
    unit: str = ""
    """As written at the upper end: `months`, `million rounds`, `%`."""

    @property
    def at(self) -> float:
        """Where today's value lies in the range: 0 at the lower end, 1 at the upper."""
        return (self.today - self.low) / (self.high - self.low)

    def text(self, position: float, digits: int = DIGITS) -> str:
        """What is written in the scenario for a position in the range, with the unit as written."""
        if position <= 0.0 or position >= 1.0:
            return self.ends[position > 0.0]
        value = self.low + position * (self.high - self.low)
        if self.kind == "date":
            return datetime.date.fromordinal(round(value)).isoformat()
        number = f"{value:.{digits}g}" if abs(value) < 10**digits else f"{value:.0f}"
        return f"times {number} {self.unit}".strip() if self.kind == "times" else f"{number} {self.unit}".strip()


def inputs(scenario: Scenario) -> tuple[Input, ...]:
    """The inputs of a scenario that have a range, in the order of the file; a range without width is none."""
    rows = [row for row in scenario.evidence if row.low and row.high and row.section in SECTIONS]
    units = scenario.document.units
    short = [label(row.path) for row in rows]
    found = [
        _input(row, units, name if short.count(name) == 1 else row.path) for row, name in zip(rows, short, strict=True)
    ]
    return tuple(each for each in found if each.low < each.high)


def label(path: str) -> str:
    """A path in few words: `sanctions embargo lasts (mean)`."""
    section, *steps = re.sub(r"\[(\d+)\]", lambda match: f".{int(match[1]) + 1}", path).split(".")
    silent = GRAMMAR if section in WORLD else GRAMMAR | WORLD  # an overlay names its plan first
    said = [step for step in steps if step not in silent]
    if len(said) > 1 and said[-1] in OF_LAWS:
        said[-1] = f"({said[-1]})"
    return " ".join(said).replace("_", " ")


def _input(row: Evidence, units: Units, name: str) -> Input:
    """An input from what was noted of it; the reader has checked that its three texts are in one unit."""
    ends = row.low, row.high
    factors = [times(text, units) for text in (row.low, row.value, row.high)]
    if factors[2] is not None:
        plain = all("%" in text for text in (row.low, row.value, row.high))
        low, today, high = (float(factor or 0.0) * (100.0 if plain else 1.0) for factor in factors)
        return Input(row.path, name, "times", row.value, low, high, today, ends, "%" if plain else "")
    (low, measure), (today, _), (high, _) = (size(text, units) for text in (row.low, row.value, row.high))
    if measure == "date":
        return Input(row.path, name, "date", row.value, low, high, today, ends)
    unit = _unit(row.high)
    each = size(f"1 {unit}".strip(), units)[0]
    return Input(row.path, name, "number", row.value, low / each, high / each, today / each, ends, unit)


def _unit(text: str) -> str:
    """The unit as written after the number: `1 per 40 years` is 1 of `per 40 years`."""
    return _NUMBER.sub("", text, count=1).strip()
