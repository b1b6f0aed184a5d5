"""House rules that a test can hold: import direction, lengths, names, and nothing of one machine in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

import holdfast

ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = ROOT / "src" / "holdfast"
LAYERS: Final = ("base", "parts", "spec", "engine", "study", "output", "cli")
"""Who may import whom: each its own layer and those before it."""
BASE: Final = frozenset({"terms", "errors", "codes", "examples", "later", "records", "versions", "caches", "bytecode"})
TOP: Final = ("cli", "command", "__init__")
"""The uppermost layer: commands (cli and cli_NAME) and the public API."""
COMPILES: Final = frozenset({"parts", "engine"})
"""Who may import Numba."""
LONGEST_FUNCTION: Final = 70
LONGEST_FILE: Final = 600
ONE_WAY_UP: Final = frozenset(
    {(f"study/{name}.py", "output") for name in ("result", "sensitivity/result", "why", "depends")}
)
"""Their `table`, for people at a prompt."""
MODULES: Final = sorted(SOURCE.rglob("*.py"))
WRITTEN: Final = (".py", ".md", ".yaml", ".yml", ".toml", ".ts", ".svelte", ".css", ".mjs", ".json", ".html", "")
ASSETS: Final = "src/holdfast/output/assets/"
"""Built from web/, with what libraries hold in it."""


def _layer(parts: tuple[str, ...]) -> str:
    """The layer of a module by its path below holdfast."""
    name = parts[0].removesuffix(".py") if parts else "__init__"
    return "base" if name in BASE else "cli" if name in TOP or name.startswith("cli_") else name


def _imports(path: Path) -> list[str]:
    """What a module imports from anywhere in it, but for what only the type checker reads."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unread = {
        id(inside)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inside in ast.walk(node)
    }
    found: list[str] = []
    for node in ast.walk(tree):
        if id(node) in unread:
            continue
        if isinstance(node, ast.Import):
            found += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{each.name}" for each in node.names]
    return found


def _tracked() -> list[Path]:
    """Files of the repository that people wrote."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    names = [name for name in listed.stdout.decode("utf-8").split("\0") if name]
    written = [name for name in names if Path(name).suffix in WRITTEN and not name.startswith(ASSETS)]
    return [ROOT / name for name in written if (ROOT / name).is_file()]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    name = path.relative_to(SOURCE)
    here = _layer(name.parts)
    assert here in LAYERS, f"{name} is in no layer"
    for imported in _imports(path):
        if not imported.startswith("holdfast."):
            continue
        there = _layer(tuple(imported.split(".")[1:]))
        if here == "cli" or there not in LAYERS or (name.as_posix(), there) in ONE_WAY_UP:
            continue
        assert LAYERS.index(there) <= LAYERS.index(here), f"{name} ({here}) imports {imported} ({there})"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_only_the_engine_and_the_parts_compile(path: Path) -> None:
    if _layer(path.relative_to(SOURCE).parts) in COMPILES:
        return
    assert not [name for name in _imports(path) if name.split(".")[0] in ("numba", "llvmlite")]


def test_the_rule_of_imports_sees_one_that_points_the_wrong_way(tmp_path: Path) -> None:
    module = tmp_path / "wrong.py"
    module.write_text("def f():\n    from holdfast.study import simulate\n", encoding="utf-8")
    imported = _imports(module)
    assert imported == ["holdfast.study.simulate"]
    assert LAYERS.index(_layer(("study", "simulate"))) > LAYERS.index(_layer(("spec", "scenario.py")))


def test_functions_and_files_are_short() -> None:
    long = []
    for path in (p for p in _tracked() if p.suffix == ".py"):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        if len(text.splitlines()) > LONGEST_FILE:
            long.append(f"{name}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines >= LONGEST_FUNCTION:
                    long.append(f"{name}:{node.lineno} {node.name}: {lines} lines")
    assert long == []


def test_nothing_is_left_to_do() -> None:
    left = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _tracked()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if left.search(line)
    ]
    assert found == []


def test_no_machine_and_no_registry_is_named() -> None:
    folders, hosts = (
        r"(?<![\w.~-])/(?:work|tmp|home|root|Users)/\w|file" + ":///",
        "(?:pypi|npmjs|pythonhosted)[.]" + "org",
    )
    machine = re.compile(f"{folders}|{hosts}")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in _tracked()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if machine.search(line)
    ]
    assert found == []


def test_all_that_is_exported_is_there_and_nothing_else() -> None:
    assert holdfast.__all__ == sorted(holdfast.__all__)
    assert set(holdfast._HOMES) == set(holdfast.__all__)
    for name in holdfast.__all__:
        each = getattr(holdfast, name)
        assert getattr(each, "__module__", each.__name__).startswith("holdfast.")
    assert dir(holdfast) == holdfast.__all__
