"""The pages make a site without a warning, and it asks for nothing from elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.run import ROOT


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the pages and of the contents, to be built there."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    return tmp_path


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_the_site_is_built_without_a_warning_and_fetches_nothing(site: Path) -> None:
    done = build(site)
    assert done.returncode == 0, done.stderr + done.stdout
    pages = list((site / "site").rglob("*.html"))
    assert {"index.html", "tutorial.html", "conventions.html", "api.html"} <= {page.name for page in pages}
    assert not list((site / "site").rglob("*.py"))
    fetched = re.compile(r"""<(?:script|link|img)\b[^>]*\b(?:src|href)=["']?(https?:[^"' >]+)""")
    assert {url for page in pages for url in fetched.findall(page.read_text(encoding="utf-8"))} == set()


def test_a_broken_link_stops_the_build(site: Path) -> None:
    page = site / "docs" / "index.md"
    page.write_text(page.read_text(encoding="utf-8") + "[nowhere](nowhere.md)", encoding="utf-8")
    assert build(site).returncode != 0


def test_every_page_stands_in_the_contents() -> None:
    contents = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")]
    assert [page for page in pages if page not in contents] == []


def test_every_decision_is_listed_on_the_first_page() -> None:
    listed = re.findall(
        r"^(\d+)\. \[.*\]\(decisions/(.*)\)$", (ROOT / "docs" / "index.md").read_text(encoding="utf-8"), re.M
    )
    there = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [name for _, name in listed] == there
    assert [int(number) for number, _ in listed] == [int(name[:4]) for name in there]
