"""Signals: what a decider can see (conventions §9)."""

from __future__ import annotations

from holdfast.parts.base import Part, Text


class SignalSpec(Part):
    """On or off, read once a period."""

    cover_of: Text | None = None
    """A store, or a consumer with a stock of its own: its lowest cover."""
    backorders_of: Text | None = None
    """A consumer: what it waits for."""
    warning_of: Text | None = None
    """regime.state of a regime with warnings."""
    below: Text | None = None
    """cover_of: on below this cover."""
    above: Text | None = None
    """backorders_of: on above this amount."""
    until: Text | None = None
    """Off at this cover or amount."""
    for_: Text | None = None
    """warning_of: how long it stays on after a warning."""
    noticed_after: Text | None = None
    """Delay until it is seen."""
