"""Fills what commands measure into a page, between `<!-- NAME -->` and `<!-- end -->`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def filled(page: str, name: str, text: str) -> str:
    """The page with this text in the place of that name.

    Raises:
        ValueError: the page has no such place.
    """
    found, count = re.subn(
        rf"<!-- {re.escape(name)} -->\n.*?<!-- end -->",
        lambda _: f"<!-- {name} -->\n{text}\n<!-- end -->",
        page,
        count=1,
        flags=re.DOTALL,
    )
    if not count:
        raise ValueError(f"the page has no <!-- {name} -->")
    return found


def fill(page: Path, name: str, text: str) -> None:
    """Writes a text into a page, in the place of that name.

    Raises:
        ValueError: the page has no such place.
    """
    page.write_text(filled(page.read_text(encoding="utf-8"), name, text), encoding="utf-8")
