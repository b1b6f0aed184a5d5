"""The generated pages are those that the program would generate now."""

from __future__ import annotations

from pathlib import Path

from holdfast.spec import reference

ROOT = Path(__file__).parents[2]


def test_the_page_of_errors_is_the_catalogue() -> None:
    assert (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8") == reference.errors_page()
