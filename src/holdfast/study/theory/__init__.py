"""Closed forms, recursions and small linear programmes with their sources: what Holdfast is checked against.

One module a topic: `lots` (EOQ and its kin), `newsvendors` (one period, base stock, disruptions), `storages` (finite
stores under embargo, perishables in continuous time), `reorder` ((s, S) and (r, Q)), `serial`, `production`,
`sampling`, `queues`, `rationing`, `pooling`, `survival` (time to survive) and `projects`. All are plain functions of
numbers; what they return is exact up to rounding unless the first line says otherwise. A parameter out of its range
raises ValueError with the value and what it must be.
"""

from __future__ import annotations


def require(holds: bool, message: str) -> None:
    """Refuses parameters for which a formula does not hold.

    Raises:
        ValueError: it does not hold; the message says with which value.
    """
    if not holds:
        raise ValueError(message)


def positive(**values: float) -> None:
    """Refuses the parameters that are not above 0.

    Raises:
        ValueError: one is 0, negative or not a number.
    """
    for name, value in values.items():
        require(value > 0, f"{name} is {value:g}, and must be above 0")


def probability(**values: float) -> None:
    """Refuses the parameters that are not from 0 to 1.

    Raises:
        ValueError: one is not.
    """
    for name, value in values.items():
        require(0 <= value <= 1, f"{name} is {value:g}, and must be from 0 to 1")
