"""Regimes: random states of the world, such as an embargo or a crisis (conventions §10, §11)."""

from __future__ import annotations

from holdfast.parts.base import Part, Text, Value


class StateSpec(Part):
    """One state: how long it lasts and what follows."""

    lasts: Value
    """A law of durations, or one duration."""
    then: Value
    """The next state, or shares of next states: {partial: 70 %, embargo: 30 %}."""
    pace: Value | None = None
    """How fast its clock goes, as a changing value; 1 if not said."""


class WarningSpec(Part):
    """Warnings that a state is about to come."""

    of: Text
    """The state warned of."""
    lead: Value
    """How long before: a law of durations."""
    seen: Text
    """Probability that a switch is seen coming."""
    false_alarms: Text
    """Rate of alarms that mean nothing; it must be said."""


class RegimeSpec(Part):
    """A semi-Markov process. Source: Howard, Dynamic Probabilistic Systems 2 (1971), ch. 10."""

    starts: Value
    """The first state, or {state: closed, age: 7 weeks}."""
    states: dict[str, StateSpec]
    """The states by name."""
    script: list[Value] | None = None
    """A fixed time line: [{from: 2006-08-01, state: partial}, ...]."""
    warning: WarningSpec | None = None
    """Warnings of one of its states."""
