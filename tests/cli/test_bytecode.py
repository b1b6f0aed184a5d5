"""Bytecode: kept among the caches where Python keeps none beside the sources, and left alone everywhere else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOLD = """
import os, sys
from holdfast import bytecode
bytecode.keep()
import holdfast.spec.quantities
print(sys.pycache_prefix, sys.dont_write_bytecode, os.environ.get("PYTHONDONTWRITEBYTECODE"))
print(os.environ.get("PYTHONPYCACHEPREFIX"))
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The package in a folder of its own, without bytecode."""
    copy = tmp_path / "sources"
    shutil.copytree(ROOT / "src" / "holdfast", copy / "holdfast", ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def python(sources: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process that has none of the variables about bytecode but those given."""
    of_ours = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "HOLDFAST_CACHE_DIR")
    kept = {name: value for name, value in os.environ.items() if name not in of_ours}
    return subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, text=True, timeout=60,
        env=kept | {"PYTHONPATH": str(sources)} | environment,
    )  # fmt: skip


def told(sources: Path, **environment: str) -> list[str]:
    """What a program says of its bytecode that asks for it to be kept."""
    return python(sources, "-c", TOLD, **environment).stdout.splitlines()


def compiled(folder: Path) -> set[str]:
    return {each.name.partition(".")[0] for each in folder.rglob("*.pyc")}


def test_it_is_kept_among_the_caches_and_the_sources_stay_clean(sources: Path, tmp_path: Path) -> None:
    first, prefix = told(sources, PYTHONDONTWRITEBYTECODE="1", HOLDFAST_CACHE_DIR=str(tmp_path / "caches"))
    (folder,) = (tmp_path / "caches").glob("bytecode-*")
    assert (first, prefix) == (f"{folder} False None", str(folder))
    assert "quantities" in compiled(folder)
    assert compiled(sources) == set()


def test_a_command_starts_from_what_is_kept(sources: Path, tmp_path: Path) -> None:
    """The second time nothing is compiled that the command line itself imports; Python says so where it is asked to."""
    environment = {"PYTHONDONTWRITEBYTECODE": "1", "HOLDFAST_CACHE_DIR": str(tmp_path / "caches")}
    first, second = (
        python(sources, "-v", "-m", "holdfast.command", "examples", **environment).stderr.splitlines() for _ in range(2)
    )
    assert [line for line in first if line.startswith("# created")]
    assert not [line for line in second if line.startswith("# created")]
    assert [line for line in second if " matches " in line and "bytecode-" in line]


@pytest.mark.parametrize("said", [{}, {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "elsewhere"}])
def test_what_someone_chose_stays(sources: Path, tmp_path: Path, said: dict[str, str]) -> None:
    chosen = {name: str(tmp_path / value) if value == "elsewhere" else value for name, value in said.items()}
    first, prefix = told(sources, HOLDFAST_CACHE_DIR=str(tmp_path / "caches"), **chosen)
    expected = chosen.get("PYTHONPYCACHEPREFIX")
    assert (first, prefix) == (f"{expected} {bool(said)} {said.get('PYTHONDONTWRITEBYTECODE')}", str(expected))
    assert not (tmp_path / "caches").exists()


def test_what_lies_beside_the_sources_is_used(sources: Path, tmp_path: Path) -> None:
    """Who installs with bytecode and then lets nothing be written needs none of ours."""
    python(sources, "-c", "import holdfast")
    first, _ = told(sources, PYTHONDONTWRITEBYTECODE="1", HOLDFAST_CACHE_DIR=str(tmp_path / "caches"))
    assert first == "None True 1"


def test_where_nothing_can_be_written_python_compiles_as_before(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    environment = {"PYTHONDONTWRITEBYTECODE": "1", "HOLDFAST_CACHE_DIR": str(tmp_path / "file" / "caches")}
    assert "cartridge-plant" in python(sources, "-m", "holdfast.command", "examples", **environment).stdout
