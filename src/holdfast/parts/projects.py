"""Projects: building work that slips, stalls or is given up (conventions §12)."""

from __future__ import annotations

from holdfast.parts.base import Part, Text, Value


class StallsSpec(Part):
    """Stops of building work."""

    rate: Value
    """How often, while building; may change."""
    last: Value
    """A law of durations."""


class CancelledSpec(Part):
    """Giving up."""

    rate: Value
    """How often; may change."""
    while_: Value
    """The states in which it can happen: stalled, building, or both."""


class RampUpSpec(Part):
    """From opening to full rate."""

    from_: Text | None = None
    """Share of the full rate at opening."""
    over: Text | None = None
    """How long until the full rate."""


class ProjectSpec(Part):
    """Building work. Source: reference-class forecasting, Flyvbjerg, Project Management Journal 37 (2006)."""

    start: Text
    """Date, or never."""
    planned_duration: Text
    """What was promised."""
    schedule_ratio: Value | None = None
    """A law of actual over planned duration, stalls apart; 1 if not said."""
    stalls: StallsSpec | None = None
    """None if not said."""
    cancelled: CancelledSpec | None = None
    """Never if not said."""
    capex: Text | None = None
    """Planned cost; none if not said."""
    overrun: Value | None = None
    """A law of actual over planned cost; 1 if not said."""
    ramp_up: RampUpSpec | None = None
    """At full rate at once if not said."""
    finished: Text | None = None
    """Opens at this date, whatever is drawn."""
