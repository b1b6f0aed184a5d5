"""docs/validation.md: what Holdfast reproduces, written from judged rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from truths.bank import Row

PAGE: Final = Path(__file__).parents[1] / "docs" / "validation.md"
MARKS: Final = ("<!-- {} -->", "<!-- end {} -->")


def written(page: str, rows: Sequence[Row]) -> str:
    """The page with these rows' figures between its marks."""
    parts = {"summary": summary(rows), "families": families(rows), "steps": steps(rows), "theory": reasons(rows)}
    for name, text in parts.items():
        begin, end = (mark.format(name) for mark in MARKS)
        pattern = f"{re.escape(begin)}\n.*?{re.escape(end)}"
        page, found = re.subn(pattern, f"{begin}\n{text}\n{end}".replace("\\", r"\\"), page, flags=re.DOTALL)
        assert found == 1, f"{name} is not marked once"
    return page


def summary(rows: Sequence[Row]) -> str:
    """How many rows there are, who answers them and how many pass, in a sentence."""
    by = {who: sum(row.by == who for row in rows) for who in ("engine", "theory", "none")}
    passed, crossed = sum(row.passed for row in rows), sum(row.theory is not None for row in rows)
    worst = max((row.z for row in rows if row.by == "engine" and row.z is not None), default=0.0)
    agree = sum(row.theory_passed is True for row in rows)
    return (
        f"Of {len(rows)} results **{passed} are reproduced**: {by['engine']} by the engine from a scenario, "
        f"{by['theory']} by formulas and exact solvers, {by['none']} by nobody. Of those that the engine answers, "
        f"{crossed} are answered by theory too, and {agree} of these agree with what is published. The engine's worst "
        f"answer lies {worst:.1f} standard errors beyond the tolerance of its row (4 are allowed)."
    )


def families(rows: Sequence[Row]) -> str:
    """By family: rows, who answers, how many pass, the worst distance."""
    head = "| family | rows | engine | theory | none | passed | worst z |\n|---|---:|---:|---:|---:|---:|---:|"
    names = dict.fromkeys(row.family for row in rows)
    lines = [_family(name, [row for row in rows if row.family == name]) for name in names]
    return "\n".join([head, *lines, _family("**all**", rows)])


def _family(name: str, rows: Sequence[Row]) -> str:
    by = [sum(row.by == who for row in rows) for who in ("engine", "theory", "none")]
    distances = [row.z for row in rows if row.by == "engine" and row.z is not None]
    worst = f"{max(distances):.2f}" if distances else ""
    return f"| {name} | {len(rows)} | {by[0]} | {by[1]} | {by[2]} | {sum(row.passed for row in rows)} | {worst} |"


def steps(rows: Iterable[Row]) -> str:
    """What each period gave where time is continuous in the model."""
    head = (
        "| row | period | gives | half of it | gives | limit | published |\n|---|---:|---:|---:|---:|---:|---:|"
    )  # fmt: skip
    lines = [
        f"| {row.id} | {coarse.period:.3g} | {coarse.estimate:.5g} | {fine.period:.3g} | {fine.estimate:.5g} "
        f"| {row.estimate:.5g} ± {row.standard_error:.1g} | {row.value:.5g} |"
        for row in rows if len(row.steps) == 2
        for coarse, fine in [row.steps]
    ]  # fmt: skip
    return "\n".join([head, *lines])


def reasons(rows: Iterable[Row]) -> str:
    """Why rows are not answered by the engine, by model."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.by != "engine":
            found.setdefault((row.model, row.why or row.note), []).append(row)
    head = "| model | rows | why the engine does not answer |\n|---|---:|---|"
    lines = [f"| {model} | {len(those)} | {_cell(why)} |" for (model, why), those in sorted(found.items())]
    return "\n".join([head, *lines])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
