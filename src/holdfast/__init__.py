"""Holdfast simulates and plans supply security: how much of a critical good to make, to import and to store.

>>> import holdfast as hf
>>> s = hf.load("cartridge-plant")
>>> r = hf.simulate(s, alternative="imports", replications=50, seed=7)
>>> share = r.fill_rate(consumer="military", during={"tensions": "crisis"})
>>> 0 < share.low <= share.estimate <= share.high <= 1
True

Everything is loaded when it is first used, so that importing holdfast costs nothing.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # for those who check types it is True; the program would wait for the import of `typing`
if TYPE_CHECKING:
    from typing import Any

    from holdfast.errors import EngineError, HoldfastError, ScenarioError, StudyError
    from holdfast.output import plot
    from holdfast.output.report import write_report
    from holdfast.output.table import answer
    from holdfast.output.words import Finding, findings
    from holdfast.spec.scenario import Scenario, load
    from holdfast.study.crossover import Crossover, crossover
    from holdfast.study.depends import Depends, depends
    from holdfast.study.estimates import Estimate, difference
    from holdfast.study.result import Result
    from holdfast.study.search.found import Found
    from holdfast.study.search.study import search
    from holdfast.study.sensitivity.result import Sensitivity
    from holdfast.study.sensitivity.study import sensitivity
    from holdfast.study.simulate import compare, simulate
    from holdfast.study.stress.study import Stress, stress
    from holdfast.study.why import Why, why

__all__ = [
    "Crossover",
    "Depends",
    "EngineError",
    "Estimate",
    "Finding",
    "Found",
    "HoldfastError",
    "Result",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "Stress",
    "StudyError",
    "Why",
    "answer",
    "compare",
    "crossover",
    "depends",
    "difference",
    "findings",
    "load",
    "plot",
    "search",
    "sensitivity",
    "simulate",
    "stress",
    "why",
    "write_report",
]

_HOMES = {
    "Crossover": "holdfast.study.crossover",
    "Depends": "holdfast.study.depends",
    "EngineError": "holdfast.errors",
    "Estimate": "holdfast.study.estimates",
    "Finding": "holdfast.output.words",
    "Found": "holdfast.study.search.found",
    "HoldfastError": "holdfast.errors",
    "Result": "holdfast.study.result",
    "Scenario": "holdfast.spec.scenario",
    "ScenarioError": "holdfast.errors",
    "Sensitivity": "holdfast.study.sensitivity.result",
    "Stress": "holdfast.study.stress.study",
    "StudyError": "holdfast.errors",
    "Why": "holdfast.study.why",
    "answer": "holdfast.output.table",
    "compare": "holdfast.study.simulate",
    "crossover": "holdfast.study.crossover",
    "depends": "holdfast.study.depends",
    "difference": "holdfast.study.estimates",
    "findings": "holdfast.output.words",
    "load": "holdfast.spec.scenario",
    "sensitivity": "holdfast.study.sensitivity.study",
    "plot": "holdfast.output",
    "search": "holdfast.study.search.study",
    "simulate": "holdfast.study.simulate",
    "why": "holdfast.study.why",
    "stress": "holdfast.study.stress.study",
    "write_report": "holdfast.output.report",
}

_ROOMS = frozenset({"plot"})
"""Names that are modules themselves."""


def __getattr__(name: str) -> Any:
    """Loads a public name from its home when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'holdfast' has no attribute '{name}'")
    if name in _ROOMS:
        return import_module(f"{_HOMES[name]}.{name}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
