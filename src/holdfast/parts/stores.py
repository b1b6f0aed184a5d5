"""Stores and what they keep (conventions §16)."""

from __future__ import annotations

from holdfast.parts.base import Part, Text, Value
from holdfast.parts.ordering import OrderingSpec


class OpeningSpec(Part):
    """What is there at the start."""

    on_hand: Text
    """An amount or a cover."""
    under_way: Value
    """steady, none, or {date: amount}."""


class KeepSpec(Part):
    """One good in one store."""

    opening: OpeningSpec
    """What is there at the start; it must be said."""
    shelf_life: Value | None = None
    """A time, or {value: 15 years, in_classes_of: 1 year}; it keeps for ever if not said."""
    issue: Text | None = None
    """oldest_first, youngest_first or at_random; oldest_first if not said."""
    disposal_cost: Text | None = None
    """Money per unit that expires; none if not said."""
    ordering: OrderingSpec | None = None
    """Who orders it and how; nobody if not said."""


class AccidentSpec(Part):
    """Losses by fire, flood or theft."""

    rate: Value
    """How often: 1 per 40 years; may change."""
    destroys: Value
    """Share of what is on hand: a share or a law."""


class HoldingCostSpec(Part):
    """Cost of holding, as a share of value."""

    value: Text
    """5 %/year."""
    of: Text
    """value."""


class StoreSpec(Part):
    """A place with room for goods."""

    keeps: dict[str, KeepSpec]
    """Goods."""
    capacity: Value
    """Amount over all goods together, or `unlimited`; may change."""
    overflow: Text | None = None
    """What becomes of what does not fit: waits outside until there is room, or refused and lost; waits if not said."""
    room_cost: Text | None = None
    """Money per unit for capacity beyond that of the base scenario, once."""
    holding_cost: Value | None = None
    """{value: 5 %/year, of: value}, or money per unit and time."""
    waiting_cost: Value | None = None
    """What goods cost that wait outside, in the same forms: rented rooms, idle ships; the holding cost if not said."""
    open: Value | None = None
    """yes or no: whether it issues to its users and ships to other stores; may change. Yes if not said."""
    accident: AccidentSpec | None = None
    """None if not said."""
