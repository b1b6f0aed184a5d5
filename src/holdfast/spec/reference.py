"""The reference that is generated from the catalogue of codes, in text and in Markdown."""

from __future__ import annotations

import textwrap
from typing import Final

from holdfast.codes import CODES

GROUPS: Final = {
    "HF0": "The file",
    "HF1": "One value",
    "HF2": "Values that do not fit each other",
    "HF3": "Copies and overlays",
    "HF4": "Commands, results and output",
}
"""What the first digit of a code says."""

WIDTH: Final = 100


def code_text(code: str) -> str:
    """What a code means, as the terminal shows it.

    Raises:
        KeyError: there is no such code.
    """
    entry = CODES[code]
    parts = [f"{code}  {entry.title}", "", textwrap.fill(entry.explanation, WIDTH)]
    for label, example in (("wrong", entry.wrong), ("right", entry.right)):
        if example:
            parts += ["", f"  {label}", textwrap.indent(example, "    ")]
    return "\n".join(parts)


def errors_page() -> str:
    """docs/reference/errors.md: every code with its explanation and its example."""
    lines = [
        "# Error codes",
        "",
        "Generated from `holdfast.codes`. `holdfast explain CODE` prints one of them.",
    ]
    for start, title in GROUPS.items():
        lines += ["", f"## {title}"]
        for code, entry in CODES.items():
            if code.startswith(start):
                lines += ["", f"### {code}: {entry.title}", "", textwrap.fill(entry.explanation, 120)]
                for label, example in (("Wrong", entry.wrong), ("Right", entry.right)):
                    if example:
                        lines += ["", f"{label}:", "", "```", example, "```"]
    return "\n".join(lines) + "\n"
