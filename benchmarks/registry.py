"""Benchmark cases: what each measures, and how a file in `benchmarks/cases` registers its own.

A case is asked once per round for all of its figures; rounds of all cases are interleaved, so that a slow moment of the
machine touches all of them alike. What is divided by another figure is divided within its round.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True)
class Settings:
    """How much a round measures."""

    quick: bool = False
    """A tenth of the work: to see that everything runs, not to quote."""

    def size(self, whole: int, quick: int) -> int:
        """One of two sizes."""
        return quick if self.quick else whole


@dataclass(frozen=True)
class Figure:
    """One thing measured, and what it should come to."""

    name: str
    unit: str
    what: str
    """What it is, as a row of the table says it."""
    promise: float | None = None
    """In the same unit; None where nothing is promised."""
    at_least: bool = False
    """Whether more is better."""

    def kept(self, value: float) -> bool | None:
        """Whether a value keeps the promise; None where nothing is promised."""
        if self.promise is None:
            return None
        return value >= self.promise if self.at_least else value <= self.promise


class Skip(Exception):
    """A case that cannot run on this machine; its text says why."""


@dataclass(frozen=True)
class Case:
    """Figures that are measured together."""

    name: str
    title: str
    figures: tuple[Figure, ...]
    measure: Callable[[Settings, Any], dict[str, float]]
    """One round, from what `prepare` gave; a figure that it leaves out is skipped."""
    prepare: Callable[[Settings], Any] = lambda _: None
    """Once, before the first round; raises Skip where the case cannot run, Disagreement where peers differ."""
    notes: Callable[[Any], dict[str, Any]] = field(default=lambda _: {})
    """What `prepare` found that a reader should know."""


CASES: Final[dict[str, Case]] = {}


def register(case: Case) -> Case:
    """Makes a case known.

    Raises:
        ValueError: there is one of that name.
    """
    if case.name in CASES:
        message = f"two benchmark cases are named {case.name!r}"
        raise ValueError(message)
    CASES[case.name] = case
    return case


def load_cases() -> dict[str, Case]:
    """Imports every file of `benchmarks/cases`; each registers its case."""
    from benchmarks import cases

    for module in pkgutil.iter_modules(cases.__path__):
        importlib.import_module(f"{cases.__name__}.{module.name}")
    return CASES
