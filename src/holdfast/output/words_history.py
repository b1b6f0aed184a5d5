"""What happened beside the model, in sentences (conventions §23)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from holdfast.spec.quantities import date
from holdfast.study.figures import listed, number, percent, plural, scale_of
from holdfast.study.history import date_of

if TYPE_CHECKING:
    from holdfast.parts.history import Happened
    from holdfast.study.history import Judged
    from holdfast.study.result import Result

MONTHLY: Final = 28.0
"""[days] In longer periods a date is a month."""
SUBJECTS: Final = {
    "opening_date": "{of} opened",
    "begins": "{of} began",
    "first_accepted": "the first output of {of} was accepted",
    "first_short": "{of} first ran short",
    "output": "{of} made",
    "ordered": "through {of} went out",
    "received": "through {of} came in",
    "shortfall": "what {of} went short of",
    "on_hand": "in {of}",
    "tts": "{of} lasted",
    "fill_rate": "of what {of} wanted was served on time",
    "ready_rate": "of the time nothing was missing for {of}",
    "service_probability": "that nothing was ever missing for {of}",
}


class Saying:
    """Says values of one measure as people do."""

    def __init__(self, result: Result, told: Happened) -> None:
        world = result.case(told.decided, told.what_if).world
        self.told, self.start, self.period_days = told, world.start, world.period_days

    def value(self, value: float) -> str:
        """A value of the measure: a date, a share, a time or an amount."""
        kind = self.told.kind
        if not math.isfinite(value):
            return "never"
        if kind == "date":
            monthly = self.period_days > MONTHLY
            when = date_of(self.start, self.period_days, value + 0.5 if monthly else value)
            return f"{when:%B} {when.year}" if monthly else f"{when.day} {when:%B} {when.year}"
        if kind == "share":
            return f"{percent(value)} %"
        if kind == "time":
            return f"{number(value)} {self.told.unit}"
        factor, word = scale_of([value])
        return f"{number(value / factor)} {word}{self.told.unit}"

    def happened(self) -> str:
        """What happened: a date on the day that was written, where periods are not longer than that can be told."""
        when = date(self.told.said) if self.told.kind == "date" and self.period_days <= MONTHLY else None
        return f"{when.day} {when:%B} {when.year}" if when is not None else self.value(self.told.was)

    def values(self, low: float, high: float) -> str:
        """From one value to another, the unit said once."""
        first, second = self.value(low), self.value(high)
        tail = second.split(" ", 1)[-1]
        if self.told.kind != "date" and " " in first and first.split(" ", 1)[-1] == tail:
            first = first.split(" ", 1)[0]
        return second if low == high else f"{first} to {second}"

    def apart(self, beyond: float) -> str:
        """How far outside the band: `3 weeks later than its end`."""
        size = abs(beyond)
        if not math.isfinite(size):
            return "which never comes in so many"
        if self.told.kind == "date":
            days = size * self.period_days
            unit, each = ("week", 7.0) if days < 26 * 7 else ("month", 365.25 / 12) if days < 731 else ("year", 365.25)
            count = number(days / each, 2)
            text = f"{count} {plural(unit, 1 if count == '1' else 2)}"
            return f"by {text}, {'before' if beyond < 0 else 'after'} it"
        side = "below" if beyond < 0 else "above"
        if self.told.kind == "share":
            return f"by {number(100 * size, 2)} points, {side} it"
        return f"by {self.value(size)}, {side} it"


def title_of(told: Happened) -> str:
    """What an entry of history is called: its title, or whose measure it is."""
    text = SUBJECTS[told.measure].format(of=listed(list(told.of)))
    return told.title or text[:1].upper() + text[1:]


def sentence(result: Result, judged: Judged) -> str:
    """One thing that happened, the band beside it, and whether it lies inside."""
    told, say = judged.told, Saying(result, judged.told)
    where = f'"{result.about.alternatives.get(told.decided) or told.decided}"'
    if told.what_if:
        where += f' in "{result.about.what_ifs.get(told.what_if) or told.what_if}"'
    band = say.values(*judged.band)
    shown = told.said if told.kind in ("amount", "rate", "time") else say.happened()
    was = shown if told.low == told.high else f"{shown} ({say.values(told.low, told.high)})"
    low, high = judged.band
    said = f"{band} in 8 of 10 futures" if low != high else f"{band} {_often(judged)}"
    verdict = "inside" if judged.inside else f"outside {say.apart(judged.beyond)}"
    if judged.inside and told.low < told.high and not low <= told.was <= high:
        verdict = "inside only by the range of what happened"
    return f"{title_of(told)}: {was}. With {where} {said}: {verdict}."


def headline(result: Result, judged: Judged) -> str:
    """One thing that happened as the title of a picture: what it was, and where the model's futures lie."""
    told, say = judged.told, Saying(result, judged.told)
    low, high = judged.band
    band = say.values(low, high)
    of = f"{band} {_often(judged)}" if low == high else f"8 of 10 futures lie from {band}"
    return f"{title_of(told)}: {say.happened()}; {of}"


def _often(judged: Judged) -> str:
    """In how many futures the one value that is both ends of the band stands."""
    return "in every future" if bool((judged.values == judged.values[0]).all()) else "in 8 of 10 futures or more"


def history(result: Result) -> str:
    """All that happened, beside the model; nothing where no history is told."""
    found = result.history
    if not found:
        return ""
    inside = sum(one.inside for one in found)
    if len(found) == 1:
        lies = f"what happened lies {'inside' if inside else 'outside'}"
    else:
        of = f"of the {len(found)}"
        count = {len(found): f"all {inside}", 0: f"none {of}"}.get(inside, f"{inside} {of}")
        lies = f"{count} things that happened {'lies' if inside == 1 else 'lie'} inside"
    start = f"Beside history: {lies} the band of 80 % of futures."
    return " ".join([start, *(sentence(result, one) for one in found)])
