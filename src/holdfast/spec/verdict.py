"""What `holdfast check` says: all that is wrong, or what is there."""

from __future__ import annotations

import os

from holdfast.errors import Problems
from holdfast.spec import document, overlay
from holdfast.spec.evidence import summary
from holdfast.spec.sections import check_form, known_fields


def verdict(name: str | os.PathLike[str]) -> str:
    """One paragraph on a scenario that is fine: what it holds and what its numbers rest on.

    Raises:
        ScenarioError: it is not fine; all problems of the base, of every alternative and of every what_if.
    """
    problems = Problems()
    read = document.read(name, problems)
    known = known_fields()
    for alternative in (None, *read.alternatives.entries):
        for what_if in (None, *read.what_if.entries):
            check_form(overlay.lay(read, alternative, what_if, problems, known), problems)
    problems.raise_if_any()
    return describe(read)


def describe(read: document.Document) -> str:
    """What a scenario holds, in words."""
    counts = []
    for section in ("goods", "regimes", "channels", "plants", "stores", "consumers", "standards"):
        number = len(read.base.mapping(section))
        if number:
            counts.append(f"{number} {section if number > 1 else section.removesuffix('s')}")
    rests = summary(read.evidence)
    worlds = f"{len(read.what_if)} what-if{'s' if len(read.what_if) != 1 else ''}"
    return (
        f"{read.file} is fine: {', '.join(counts)}.\n"
        f"{len(read.alternatives)} alternatives, each checked in the base world and in {worlds}.\n"
        f"Its numbers: {rests.stated} stated by sources, {rests.derived} derived, {rests.assumed} assumed "
        f"({rests.assumed_with_range} with a range), {rests.hindsight} known only in hindsight."
    )
