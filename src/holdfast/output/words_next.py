"""What can be asked after a run: the commands, each with the question that it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.study.result import About

TITLE = "What can be asked next"


def asks(about: About, scenario: str) -> list[tuple[str, str]]:
    """Commands and what they answer, of those that this scenario has something for.

    Args:
        about: the scenario of a result.
        scenario: how the scenario is named on the command line: a shipped example or a file.
    """
    from holdfast.spec.document import of_result

    document, found = of_result(about.text, about.name), []
    if document is not None and document.base.mapping("levers").entries:
        found.append(("search", "which setting of its levers meets the standards at least cost?"))
    found += [
        ("stress", "who lasts how long if one thing is cut, and how likely must a crisis be for a plan to pay?"),
        ("crossover", "which plan is the cheapest that serves, by how long a cut-off lasts and how much is used?"),
        ("why", "how much of what is short is the work of which cause?"),
    ]
    if document is not None and document.base.mapping("plants").entries:
        found.append(("depends", "on what does supply hang once something is made at home: inputs, spares, builders?"))
    if about.evidence.get("assumed_with_range"):
        found.append(("sensitivity", "which number, of those of which only a range is known, could change the answer?"))
    return [(f"holdfast {command} {scenario}", what) for command, what in found]


def said(about: About, scenario: str) -> str:
    """The same, a paragraph each."""
    return "\n".join(f"“{command}”: {what}" for command, what in asks(about, scenario))
