"""Plants, their projects and their lines (conventions §12, §13)."""

from __future__ import annotations

from pydantic import Field

from holdfast.parts.base import Part, Text, Value, named


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
    while_: Value = Field(alias="while")
    """The states in which it can happen: stalled, building, or both."""


class RampUpSpec(Part):
    """From opening to full rate."""

    from_: Text | None = named("from")
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


class FailsSpec(Part):
    """Exponential times up and down. Source: Barlow and Proschan, Mathematical Theory of Reliability (1965)."""

    mtbf: Value
    """Mean running time between failures; may change."""
    mttr: Value
    """Mean time to repair; may change."""


class LineSpec(Part):
    """A production line."""

    makes: list[Text]
    """Goods."""
    nameplate: Value
    """Amount per time without any loss, or a share of normal use; may change."""
    fails: FailsSpec | None = None
    """It never fails if not said."""
    performance: Value | None = None
    """Speed as a share of nameplate; 100 % if not said."""
    yield_: Value | None = named("yield")
    """Share that is good; 100 % if not said."""
    takes: dict[str, Text] | None = None
    """Inputs per unit run: {inputs: 1.03 sets/round}."""
    inputs_from: Text | None = None
    """The store of the inputs, where several keep them."""
    variable_cost: Value | None = None
    """Money per unit run, with moves_with as a price has; none if not said."""
    changeover: Text | None = None
    """Time lost when it turns to another good."""
    project: ProjectSpec | None = None
    """Building work of its own."""


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
