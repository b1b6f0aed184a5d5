"""Price indices (conventions §14)."""

from __future__ import annotations

from holdfast.parts.base import Part, Text


class MeanRevertingSpec(Part):
    """exp of a mean-reverting process. Source: Schwartz, Journal of Finance 52 (1997), model 1."""

    level: Text
    """Index to which it returns: 1."""
    half_life: Text
    """Time in which half of a deviation is gone."""
    volatility: Text
    """Per square root of a year, written 25 %/year."""


class PriceSpec(Part):
    """An index that multiplies the prices that name it in moves_with."""

    mean_reverting: MeanRevertingSpec | None = None
    """Returns to a level."""
    fixed: Text | None = None
    """Always the same."""
    correlated_with: dict[str, Text] | None = None
    """Correlation with other indices: {copper: 40 %}."""
