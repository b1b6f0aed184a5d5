"""Consumers (conventions §18)."""

from __future__ import annotations

from holdfast.parts.base import Part, Text, Value


class SavesSpec(Part):
    """Use that is given up."""

    share: Value
    """Share of demand; may change."""
    within: Text
    """Time in which savings take full hold."""
    cost: Text
    """Money per unit given up."""


class OwnStockSpec(Part):
    """A stock of the consumer's own, filled from its stores."""

    order_up_to: Value
    """Level: an amount or a cover; may change. It is full at the start."""


class ConsumerSpec(Part):
    """Who uses goods, and what happens when they run short."""

    draws_from: Value
    """A store, or stores in this order."""
    demand: dict[str, Value]
    """By good, the law of the amount in a time: {gamma: {mean: 300 thousand rounds/week, cv: 0.4}}; may change."""
    unmet: Text
    """backordered or lost."""
    priority: Text | None = None
    """1 is served first; all alike if not said."""
    served_above: Value | None = None
    """Level kept for those before: an amount or a cover; may change."""
    at_most: Value | None = None
    """Cap on what is served, as a share of normal use; may change."""
    saves: SavesSpec | None = None
    """Nothing if not said."""
    own_stock: OwnStockSpec | None = None
    """None if not said."""
    shortage_cost: Text | None = None
    """Money per unit and time (backordered) or per unit (lost); none if not said."""
