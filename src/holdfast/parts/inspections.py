"""Inspection: acceptance of lots (conventions §15)."""

from __future__ import annotations

from holdfast.parts.base import Part, Text, Value


class PlanSpec(Part):
    """A single-sampling plan. Source: ISO 2859-1; Montgomery, Statistical Quality Control, ch. 15."""

    sample_size: Text
    """How many of a lot are tested."""
    acceptance_number: Text
    """Accepted when at most so many are defective."""


class RejectedSpec(Part):
    """What happens to a rejected lot."""

    rework: Text
    """Share of rejected lots that are reworked and come again; the rest is scrapped."""
    takes: Text
    """How long rework takes."""


class InspectionSpec(Part):
    """Lots are gathered, wait for room, are held, and are accepted or not."""

    lot: Text | None = None
    """Size; every period's arrivals are a lot if not said."""
    plan: PlanSpec | None = None
    """All are accepted if not said."""
    defective: Value | None = None
    """Share of a lot that is defective: a share or a beta law."""
    hold: Value | None = None
    """How long a lot is held: a law of durations; one period if not said."""
    capacity: Value | None = None
    """Lots per time that may start; no limit if not said."""
    rejected: RejectedSpec | None = None
    """All rejected lots are scrapped if not said."""
    cost: Text | None = None
    """Money per lot."""
