"""What the pages say is what a reader gets: every block runs, every generated page is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generate import REFERENCE, pages
from docs.run import ROOT, SHOWN, Run, run_page
from holdfast import load


@pytest.mark.parametrize("name", SHOWN)
def test_every_command_of_a_page_prints_what_it_shows(name: str, tmp_path: Path) -> None:
    runs = run_page(ROOT / name, tmp_path)
    assert runs, f"{name} shows no command"
    for run in runs:
        shown, printed = "\n".join(run.shown), "\n".join(run.printed)
        assert run.agrees, f"{name}: $ {run.command}\nshows\n{shown}\nand prints\n{printed}"


def test_a_gap_stands_for_any_lines_and_nothing_else_does() -> None:
    printed = ["first", "second", "third"]
    assert Run("x", ["first", "...", "third"], printed).agrees
    assert Run("x", ["first", "..."], printed).agrees
    assert not Run("x", ["first", "third"], printed).agrees
    assert not Run("x", ["first", "...", "fourth"], printed).agrees


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == pages()[name], "run `uv run dev.py docs`"


def test_the_readme_says_how_to_begin_and_its_program_runs(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [line for line in text.splitlines() if line.startswith("pip install uv && ")]
    assert commands == [
        "pip install uv && uv run holdfast run cartridge-plant",
        "pip install uv && uv run dev.py check",
    ]
    assert run_page(ROOT / "README.md", tmp_path) == []


def test_the_readme_shows_every_plan_of_the_case() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for plan in load("cartridge-plant").alternatives:
        assert re.search(rf"^{plan} +[0-9]", text, re.MULTILINE), f"{plan} is not in the answer that the README shows"


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not target.startswith("http") and not (page.parent / target).exists()
    ]
    assert broken == []
