"""Ordering rules (conventions §7). Source: Snyder and Shen, Fundamentals of Supply Chain Theory, 2nd ed. (2019)."""

from __future__ import annotations

from typing import Final

from holdfast.parts.base import Part, Text, Value, named

NEEDS: Final = {
    "base_stock": ("order_up_to",),
    "s_S": ("reorder_point", "order_up_to"),
    "r_Q": ("reorder_point", "order_quantity"),
    "constant_order": ("order_quantity",),
    "dual_index": ("order_up_to", "expedite_up_to"),
}
"""What each rule needs to be told."""


class OrderingSpec(Part):
    """A rule that orders one good for one store."""

    kind: Text
    """base_stock, s_S, r_Q, constant_order or dual_index."""
    review_period: Text
    """Time between looks at the position."""
    from_: Value | None = named("from")
    """A channel, or shares of channels: {partner: 60 %, world: 40 %}."""
    regular: Text | None = None
    """dual_index: the slow, cheap channel."""
    expedited: Text | None = None
    """dual_index: the fast, dear channel."""
    order_up_to: Value | None = None
    """S: an amount, a cover, or {cover: 5 months, beyond: lead_time}; may change."""
    reorder_point: Value | None = None
    """s: as order_up_to."""
    order_quantity: Value | None = None
    """Q: as order_up_to."""
    expedite_up_to: Value | None = None
    """dual_index: S of the expedited channel."""
    if_full: Text | None = None
    """reroute, or wait: what becomes of an order that a channel cannot take. Must be said with several channels."""
    while_: Text | None = named("while")
    """Orders only while this holds: maracay.running, or a signal."""
