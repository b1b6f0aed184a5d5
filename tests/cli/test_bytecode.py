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


def python(sources: Path, *arguments: str, **environment: str) -> list[str]:
    """What a process prints that has none of the variables about bytecode but those given."""
    of_ours = ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "HOLDFAST_CACHE_DIR")
    kept = {name: value for name, value in os.environ.items() if name not in of_ours}
    done = subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, text=True, timeout=60,
        env=kept | {"PYTHONPATH": str(sources)} | environment,
    )  # fmt: skip
    return done.stdout.splitlines()


def compiled(folder: Path) -> set[str]:
    return {each.name.partition(".")[0] for each in folder.rglob("*.pyc")}


def test_it_is_kept_among_the_caches_and_the_sources_stay_clean(sources: Path, tmp_path: Path) -> None:
    told = {"PYTHONDONTWRITEBYTECODE": "1", "HOLDFAST_CACHE_DIR": str(tmp_path / "caches")}
    first, prefix = python(sources, "-c", TOLD, **told)
    (folder,) = (tmp_path / "caches").glob("bytecode-*")
    assert (first, prefix) == (f"{folder} False None", str(folder))
    assert "quantities" in compiled(folder)
    assert compiled(sources) == set()


def test_a_command_starts_from_what_is_kept(sources: Path, tmp_path: Path) -> None:
    """The second time nothing is compiled that the command line itself imports."""
    told = {"PYTHONDONTWRITEBYTECODE": "1", "HOLDFAST_CACHE_DIR": str(tmp_path / "caches")}
    command = "-v", "-m", "holdfast.command", "examples"
    python(sources, *command, **told)
    done = subprocess.run(
        [sys.executable, *command], check=True, capture_output=True, text=True, timeout=60,
        env=os.environ | told | {"PYTHONPATH": str(sources)},
    )  # fmt: skip
    matched = [line for line in done.stderr.splitlines() if " matches " in line]
    assert any("holdfast/cli" in line.replace("\\", "/") and "bytecode-" in line for line in matched)
    assert not [line for line in done.stderr.splitlines() if line.startswith("# wrote")]


@pytest.mark.parametrize("told", [{}, {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "elsewhere"}])
def test_what_someone_chose_stays(sources: Path, tmp_path: Path, told: dict[str, str]) -> None:
    chosen = {name: str(tmp_path / value) if value == "elsewhere" else value for name, value in told.items()}
    first, prefix = python(sources, "-c", TOLD, HOLDFAST_CACHE_DIR=str(tmp_path / "caches"), **chosen)
    expected = chosen.get("PYTHONPYCACHEPREFIX")
    assert (first, prefix) == (f"{expected} {bool(told)} {told.get('PYTHONDONTWRITEBYTECODE')}", str(expected))
    assert not (tmp_path / "caches").exists()


def test_what_lies_beside_the_sources_is_used(sources: Path, tmp_path: Path) -> None:
    """Who installs with bytecode and then lets nothing be written needs none of ours."""
    python(sources, "-c", "import holdfast")
    first, _ = python(sources, "-c", TOLD, PYTHONDONTWRITEBYTECODE="1", HOLDFAST_CACHE_DIR=str(tmp_path / "caches"))
    assert first == "None True 1"


def test_where_nothing_can_be_written_python_compiles_as_before(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    told = {"PYTHONDONTWRITEBYTECODE": "1", "HOLDFAST_CACHE_DIR": str(tmp_path / "file" / "caches")}
    assert "cartridge-plant" in "".join(python(sources, "-m", "holdfast.command", "examples", **told))
