"""Production lines (conventions §13)."""

from __future__ import annotations

from holdfast.parts.base import Part, Text, Value
from holdfast.parts.projects import ProjectSpec


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
    yield_: Value | None = None
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
