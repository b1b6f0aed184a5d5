"""Plants: lines under one roof, and what they aim at (conventions §13)."""

from __future__ import annotations

from holdfast.parts.base import Part, Text, Value
from holdfast.parts.lines import LineSpec
from holdfast.parts.projects import ProjectSpec


class ProductionSpec(Part):
    """What a plant aims at."""

    kind: Text
    """produce_to_target."""
    target: Value
    """Level to produce to: an amount or a cover; may change."""
    choose: Text | None = None
    """lowest_cover: which good a line of several goods makes."""
    campaign: Text | None = None
    """A line of several goods chooses anew after so long; only when its target is met if not said."""


class FixedCostSpec(Part):
    """Cost of a plant, whatever it makes."""

    running: Value | None = None
    """Money per time while it runs."""
    warm_base: Value | None = None
    """Money per time while it is kept ready."""


class PlantSpec(Part):
    """Lines under one roof."""

    lines: dict[str, LineSpec]
    """The lines by name."""
    production: ProductionSpec
    """What it aims at."""
    output_to: Text
    """The store that gets its output."""
    project: ProjectSpec | None = None
    """Building work; it stands already if not said."""
    runs: Value | None = None
    """yes, warm_base or no; may change. Yes if not said."""
    restart: Text | None = None
    """Time from being told to run to running."""
    closes: Text | None = None
    """Date from which it is closed for good."""
    fixed_cost: FixedCostSpec | None = None
    """None if not said."""
    lines_built: Text | None = None
    """Only the first so many lines."""
    inspection: Text | None = None
    """Where output is inspected."""
