"""Ordering rules (conventions §7).

Sources: Snyder and Shen, Fundamentals of Supply Chain Theory, 2nd ed. (2019). Two channels: Veeraraghavan and
Scheller-Wolf, Operations Research 56 (2008), dual index; Sun and Van Mieghem, Manufacturing and Service Operations
Management 21 (2019), capped dual index; Allon and Van Mieghem, Management Science 56 (2010), tailored base-surge.
Lost sales: Zipkin, Operations Research 56 (2008), vector base stock; Xin, Management Science 67 (2021), capped.
"""

from __future__ import annotations

from typing import Final

from holdfast.parts.base import Part, Text, Value

NEEDS: Final = {
    "base_stock": ("order_up_to",),
    "s_S": ("reorder_point", "order_up_to"),
    "r_Q": ("reorder_point", "order_quantity"),
    "constant_order": ("order_quantity",),
    "dual_index": ("order_up_to", "expedite_up_to"),
    "single_index": ("order_up_to", "expedite_up_to"),
    "tailored_base_surge": ("order_quantity", "expedite_up_to"),
    "vector_base_stock": ("levels",),
}
"""What each rule needs to be told."""

TWO_SOURCES: Final = ("dual_index", "single_index", "tailored_base_surge")
"""Rules that order from a regular and an expedited channel."""

CAPPED: Final = ("base_stock", "s_S", "dual_index", "single_index")
"""Rules that may be told `order_at_most`."""


class OrderingSpec(Part):
    """A rule that orders one good for one store."""

    kind: Text
    """base_stock, s_S, r_Q, constant_order, vector_base_stock, dual_index, single_index or tailored_base_surge."""
    review_period: Text
    """Time between looks at the position."""
    from_: Value | None = None
    """A channel, shares of several ({partner: 60 %, world: 40 %}), or another store and the way from it:
    {reserve: {lead_time: 2 weeks}}, or {reserve: {share: 60 %, lead_time: 2 weeks, cost: 0.1 EUR/bag}, world: 40 %}."""
    regular: Text | None = None
    """With two channels: the slow, cheap one."""
    expedited: Text | None = None
    """With two channels: the fast, dear one."""
    order_up_to: Value | None = None
    """S: an amount, a cover, or {cover: 5 months, beyond: lead_time}; may change."""
    reorder_point: Value | None = None
    """s: as order_up_to."""
    order_quantity: Value | None = None
    """Q: as order_up_to; of tailored_base_surge what the regular channel is asked for at each review."""
    expedite_up_to: Value | None = None
    """With two channels: S of the expedited one."""
    order_at_most: Value | None = None
    """Cap on what one review asks for, of the regular channel where there are two; no cap if not said; may change."""
    levels: list[Text] | None = None
    """vector_base_stock: S of the whole position, S of what is due in 1 period or later, in 2 periods or later, ..."""
    if_full: Text | None = None
    """reroute, or wait: what becomes of an order that a channel cannot take. Must be said with several sources one of
    which is a channel."""
    while_: Text | None = None
    """Orders only while this holds: maracay.running, or a signal."""
