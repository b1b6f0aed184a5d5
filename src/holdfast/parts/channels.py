"""Channels: import routes (conventions §8)."""

from __future__ import annotations

from holdfast.parts.base import Part, Text, Value


class ChannelSpec(Part):
    """An import route from a supplier."""

    carries: list[Text]
    """Goods."""
    price: Value
    """Money per unit; may change; {value: 0.35 USD/round, moves_with: [currency]} multiplies it by price indices."""
    lead_time: Value
    """A law of durations; may change."""
    capacity: Value
    """Amount per time over all goods, a share of normal use, or `unlimited`; may change."""
    in_transit: Text
    """When the channel is closed: passes, held, lost or refunded."""
    open: Value | None = None
    """yes or no; may change. Yes if not said."""
    minimum_order: Text | None = None
    """Smallest order of a good; none if not said."""
    order_cost: Text | None = None
    """Money for each order of a good, whatever its size; none if not said."""
    paid: dict[str, Text] | None = None
    """{on_order: 30 %, on_receipt: 70 %}; all on receipt if not said."""
    delivered: Value | None = None
    """Share of each shipment that arrives, a law of shares; may change. All of it if not said."""
    short_by: Value | None = None
    """Amount of a good that each shipment lacks, a law of amounts; may change. Nothing if not said."""
    crossover: Text | None = None
    """no: receipts keep the order of their orders. Yes if not said."""
    retainer: Value | None = None
    """Money per time for keeping the door open."""
    inspection: Text | None = None
    """Where arrivals are inspected."""
