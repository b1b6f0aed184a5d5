"""Standards: what supply security must reach (conventions §19)."""

from __future__ import annotations

from typing import Final

from holdfast.parts.base import Part, Text, Value

MEASURES: Final = ("fill_rate", "ready_rate", "cycle_service_level", "service_probability")


class StandardSpec(Part):
    """A bound on a measure of one consumer."""

    consumer: Text
    """Who."""
    measure: Text
    """fill_rate, ready_rate, cycle_service_level or service_probability."""
    at_least: Text | None = None
    """The bound: 95 %."""
    at_most: Text | None = None
    """The bound, where less is better."""
    during: Value | None = None
    """{regime: state}: only while this holds."""
    within: Text | None = None
    """Only so long from the start of the state, or from the opening."""
    in_: Text | None = None
    """In how many futures: 90 % of futures; on average if not said."""
