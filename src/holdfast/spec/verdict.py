"""What `holdfast check` says: all that is wrong, or what is there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from holdfast import errors
from holdfast.spec.evidence import summary
from holdfast.spec.scenario import load

if TYPE_CHECKING:
    from holdfast.spec import document


def verdict(name: str | os.PathLike[str]) -> str:
    """One paragraph on a scenario that is fine: what it holds and what its numbers rest on; and what is remarked.

    Raises:
        ScenarioError: it is not fine; all problems of the base, of every alternative and of every what_if.
    """
    read = load(name)
    remarks = [errors.describe(read.remarks, what="remark")] if read.remarks else []
    return "\n\n".join([describe(read.document), *remarks])


def describe(read: document.Document) -> str:
    """What a scenario holds, in words."""
    counts = []
    for section in ("goods", "regimes", "channels", "plants", "stores", "consumers", "standards"):
        number = len(read.base.mapping(section))
        if number:
            counts.append(f"{number} {section if number > 1 else section.removesuffix('s')}")
    rests = summary(read.evidence)
    worlds = f"{len(read.what_if)} what-if{'s' if len(read.what_if) != 1 else ''}"
    plans = f"{len(read.alternatives)} alternative{'s' if len(read.alternatives) != 1 else ''}"
    return (
        f"{read.file} is fine: {', '.join(counts)}.\n"
        f"{plans}, each checked in the base world and in {worlds}.\n"
        f"Its numbers: {rests.stated} stated by sources, {rests.derived} derived, {rests.assumed} assumed "
        f"({rests.assumed_with_range} with a range), {rests.hindsight} known only in hindsight."
    )
