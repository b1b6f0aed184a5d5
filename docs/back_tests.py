"""Writes the figures of docs/explanation/back-tests.md: what each shipped case says beside what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import holdfast as hf
from docs import marks
from holdfast.output.words_history import sentence

PAGE: Final = Path(__file__).parent / "explanation" / "back-tests.md"
CASES: Final = ("adblue-australia", "iv-fluids", "rubber-1942", "magnets-2025")
FUTURES: Final = 300


def figures(name: str) -> str:
    """The sentences of one case, as the answer says them."""
    scenario = hf.load(name)
    decided = list(dict.fromkeys(one.decided for one in scenario.history))
    worlds = list(dict.fromkeys(one.what_if for one in scenario.history if one.what_if))
    result = hf.compare(scenario, decided, worlds, replications=FUTURES)
    return "\n".join(f"- {sentence(result, one)}" for one in result.history)


def filled(page: str) -> str:
    """The page with its figures as they would be now."""
    for name in CASES:
        page = marks.filled(page, name, figures(name))
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
