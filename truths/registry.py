"""Who can answer a row: functions by the row's `model`, those of the engine and those of theory.

A module of `truths.families` (the engine, from a scenario) or `truths.theory` (formulas and exact solvers) says

    @engine("lost_sales.standard_base_stock")          # or @theory("queue.erlang_b")
    def standard_base_stock(parameters, quantity) -> Estimate:

and is found without being listed. It is given the row's `parameters` and `quantity`, never its value. The engine is
asked first; what it cannot express it leaves to theory by raising NotExpressible, with the reason that people read.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeVar

By = Literal["engine", "theory"]
Number = float | list[Any]
"""A number, or numbers in nested lists."""


class NotExpressible(Exception):
    """A model, a quantity or parameters that are not covered; the message says why."""


@dataclass(frozen=True)
class Step:
    """What a period gave, where a model in continuous time is approximated."""

    period: float
    """In the time unit of the row."""
    estimate: float
    standard_error: float


@dataclass(frozen=True)
class Estimate:
    """What Holdfast says."""

    estimate: Number
    standard_error: float = 0.0
    """0 where it is exact, up to rounding."""
    note: str = ""
    """What people should know of how it came about: a level that theory gave, a simplification."""
    steps: tuple[Step, ...] = ()
    """Where a continuous model is approximated: each period that was tried; the estimate is their limit."""


Answer = Callable[[Mapping[str, Any], str], Estimate]
_A = TypeVar("_A", bound=Answer)

ASKED: Final[tuple[By, ...]] = ("engine", "theory")
"""In this order."""

_known: dict[By, dict[str, Answer]] = {"engine": {}, "theory": {}}


def _register(by: By, models: tuple[str, ...]) -> Callable[[_A], _A]:
    def keep(function: _A) -> _A:
        for model in models:
            if model in _known[by]:
                message = f"two functions answer {model} by {by}"
                raise ValueError(message)
            _known[by][model] = function
        return function

    return keep


def engine(*models: str) -> Callable[[_A], _A]:
    """Marks a function that answers rows of these models by simulating a scenario."""
    return _register("engine", models)


def theory(*models: str) -> Callable[[_A], _A]:
    """Marks a function that answers rows of these models by a formula or an exact solver of holdfast.study."""
    return _register("theory", models)


@cache
def _load() -> None:
    for package in ("truths.families", "truths.theory"):
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
            importlib.import_module(f"{package}.{module.name}")


def answers(model: str) -> list[tuple[By, Answer]]:
    """Who can answer rows of a model, in the order in which they are asked."""
    _load()
    return [(by, _known[by][model]) for by in ASKED if model in _known[by]]
