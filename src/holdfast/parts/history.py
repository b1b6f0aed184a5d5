"""History: what happened, to judge a scenario by (conventions §23)."""

from __future__ import annotations

from typing import Final, Literal

from holdfast.records import record

Kind = Literal["date", "time", "amount", "rate", "share"]

DATES: Final = ("opening_date", "begins", "first_accepted", "first_short")
"""Measures that are a date."""
FLOWS: Final = ("output", "ordered", "received", "shortfall")
"""Measures that add up over a span: an amount, an amount per time, or a share of what it is part of."""
SHARES: Final = ("fill_rate", "ready_rate", "service_probability")
"""Measures that are a share of a span."""
OF: Final[dict[str, tuple[str, ...]]] = {
    "opening_date": ("projects",),
    "begins": ("states",),
    "first_accepted": ("plants",),
    "first_short": ("consumers",),
    "output": ("plants",),
    "ordered": ("channels",),
    "received": ("channels",),
    "shortfall": ("consumers",),
    "on_hand": ("stores",),
    "tts": ("stores", "consumers"),
    "fill_rate": ("consumers",),
    "ready_rate": ("consumers",),
    "service_probability": ("consumers",),
}
"""What history may be told of, and whose it is."""
MEANS: Final[dict[str, str]] = {
    "opening_date": "when a plant, or a line (`plant.line`), opens",
    "begins": "when a regime first enters a state (`regime.state`), from `from` on",
    "first_accepted": "when the first of a plant's output is accepted, from `from` on",
    "first_short": "when a consumer is first short, from `from` on",
    "output": "good units made by a plant or a line; a share is one of nameplate",
    "ordered": "what a channel lets through its door: orders that it takes; a share is one of normal use",
    "received": "what a channel brings in; a share is one of normal use",
    "shortfall": "what is not served on time; a share is one of what is wanted",
    "on_hand": "what a store holds `at` a date; a time is its cover",
    "tts": "time to survive, from `from` on: until a store is first empty, or a consumer first short",
    "fill_rate": "served on time as a share of what is wanted",
    "ready_rate": "share of the time in which nobody is short",
    "service_probability": "100 % in a future in which nobody is short, else 0 %",
}
"""What each measure says."""


FIELDS: Final[dict[str, str]] = {
    "decided": "The alternative whose futures it is set beside. It must be said.",
    "what_if": "In which world; the base world if not said.",
    "measure": "One of those below. It must be said.",
    "of": "Whose it is, a name or, of what adds up, a list of names. It must be said.",
    "was": "What happened: a date, a time, a share, an amount or an amount per time. It must be said.",
    "from": "First day of the span; the start if not said.",
    "until": "First day after the span; the end of the horizon if not said.",
    "at": "Of on_hand: the day.",
    "title": "What people read.",
}
"""The fields of one entry of history."""


@record
class Happened:
    """One thing that happened, and what it is set beside."""

    name: str
    title: str
    decided: str
    """The alternative whose futures it is set beside."""
    what_if: str
    """In which world; "" for the base world."""
    measure: str
    of: tuple[str, ...]
    """Names, of the kind that `OF` says."""
    begin: float
    """[periods] Where the span begins."""
    end: float
    """[periods] Where it ends; of `on_hand` the moment that is looked at."""
    kind: Kind
    was: float
    """What happened: a date as its period, a share, a time or an amount in `unit`."""
    low: float
    """The least that it may have been; `was` where no range is said."""
    high: float
    unit: str
    """As it was written: `weeks`, `t`, `litres/week`; empty for dates and shares."""
    per: float
    """[days] Of a rate, the time in its unit; of a time its unit; else 1."""
    said: str
    """As it was written."""
    sources: tuple[str, ...] = ()
    quote: str = ""
    how: str = ""
    """How it was derived, or why it was assumed."""
