"""Goods, the clock and money, as people write them."""

from __future__ import annotations

from holdfast.parts.base import Part, Text, Value


class GoodSpec(Part):
    """A good and the unit in which it is counted."""

    unit: Text
    """Singular: round, set, litre, transformer."""


class ClockSpec(Part):
    """When the scenario starts, its step and how far it looks."""

    start: Text
    """Date of the first period: 2006-01-02."""
    period: Text
    """Step: 1 week."""
    horizon: Text
    """How far: 30 years."""
    cover_at: Value
    """Where covers are computed: normal (every surge off), or {regime: state}."""


class MoneySpec(Part):
    """In what money costs are told."""

    currency: Text
    """Three letters: USD."""
    price_year: Text
    """Year of the prices: 2006."""
    discount_rate: Text
    """4 %/year."""


class SourceSpec(Part):
    """Who says something."""

    publisher: Text | None = None
    """Who published it."""
    date: Text | None = None
    """When: 2025, 2025-07 or 2025-07-02."""
    url: Text | None = None
    """Where it can be read."""
