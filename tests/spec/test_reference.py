"""The generated pages are those that the program would generate now."""

from __future__ import annotations

from pathlib import Path

from holdfast.spec import language_page, reference

ROOT = Path(__file__).parents[2]


def test_the_page_of_errors_is_the_catalogue() -> None:
    assert (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8") == reference.errors_page()


def test_the_page_of_the_language_is_what_the_sections_say() -> None:
    assert (ROOT / "docs/reference/language.md").read_text(encoding="utf-8") == language_page.language_page()


def test_the_page_of_the_language_names_every_field_and_stars_what_must_be_said() -> None:
    page = language_page.language_page()
    for field in ("`in_transit` *", "`minimum_order` |", "`starts` *", "`under_way` *", "`mtbf` *", "`in` |"):
        assert f"| {field}" in page
