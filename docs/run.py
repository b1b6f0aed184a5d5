"""Runs the blocks of a page in an empty folder, as a reader would, and compares what they print with what is shown.

- A `console` block holds commands after `$` and what they print; a line of `...` stands for any lines.
- A `python` block is a session (`>>>`), or a program of which nothing shown is compared.
- A comment before a `yaml` block says where a reader puts it: `<!-- in FILE before: TEXT -->`, or `instead of: TEXT`;
  `<!-- in FILE -->` alone makes the file.

Blocks in other languages are shown only.
"""

from __future__ import annotations

import difflib
import doctest
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
SHOWN: Final = (
    "docs/tutorial.md",
    "docs/how-to/back-test.md",
    "docs/how-to/civil-good.md",
    "docs/how-to/crossover.md",
    "docs/how-to/depends.md",
    "docs/how-to/figures.md",
    "docs/how-to/new-law-or-part.md",
    "docs/how-to/stress.md",
    "docs/how-to/sensitivity.md",
    "docs/how-to/why.md",
    "docs/how-to/search.md",
    "docs/how-to/reserve.md",
)
"""Pages with blocks that are run."""
GAP: Final = "..."
TIMEOUT: Final = 300
"""[seconds] for one command; it only ends what hangs."""

_BLOCK: Final = re.compile(
    r"(?:<!-- in (?P<file>\S+)(?: (?P<how>before|instead of): (?P<text>.*?))? -->\n)?"
    r"```(?P<language>\w+)[^\n]*\n(?P<body>.*?)\n```",
    re.DOTALL,
)


@dataclass(frozen=True)
class Run:
    """One command of a page."""

    command: str
    shown: list[str]
    printed: list[str]

    @property
    def agrees(self) -> bool:
        """Whether what it printed is what the page shows."""
        parts = [r"(?:.*\n)*?.*" if line == GAP else re.escape(line) for line in self.shown]
        return re.fullmatch("\n".join(parts), "\n".join(self.printed)) is not None


def run_page(page: Path, folder: Path) -> list[Run]:
    """Runs every block of a page in a folder, in order.

    Raises:
        ValueError: a text that a block should stand before, or instead of, is not there.
        AssertionError: a Python session prints something else.
    """
    runs: list[Run] = []
    names: dict[str, Any] = {}
    for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["file"]:
            _put(folder / block["file"], block)
        elif block["language"] == "console":
            runs += [Run(command, shown, _call(command, folder)) for command, shown in _commands(block["body"])]
        elif block["language"] == "python":
            _python(block["body"], names, page.name, folder)
    return runs


def _put(path: Path, block: re.Match[str]) -> None:
    """Writes a block where its comment says."""
    body = block["body"] + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    if block["how"] is None:
        path.write_text(body, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    if block["text"] not in text:
        raise ValueError(f"'{block['text']}' is not in {path.name}")
    new = body + block["text"] if block["how"] == "before" else body.strip()
    path.write_text(text.replace(block["text"], new, 1), encoding="utf-8")


def _commands(body: str) -> list[tuple[str, list[str]]]:
    """Commands with the lines shown below each."""
    found: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def _call(command: str, folder: Path) -> list[str]:
    """What a command prints, errors too, without spaces at the end of lines."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT,
        check=False,
    )
    return [line.rstrip() for line in done.stdout.decode("utf-8").splitlines()]


def _python(body: str, names: dict[str, Any], page: str, folder: Path) -> None:
    """Runs a session or a program."""
    here = Path.cwd()
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    try:
        if not body.startswith(">>>"):
            exec(compile(body, page, "exec"), names)
            return
        test = doctest.DocTestParser().get_doctest(body + "\n", names, page, page, 0)
        told: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        result = runner.run(test, out=told.append, clear_globs=False)
        names.update(test.globs)
        assert result.failed == 0, "".join(told)
    finally:
        sys.path.remove(str(folder))
        os.chdir(here)


def refresh() -> None:
    """Writes what commands print now into the pages; a gap stays a gap."""
    for name in SHOWN:
        page = ROOT / name
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            runs = run_page(page, Path(folder))
        for run in runs:
            if not run.agrees:
                old, new = [f"$ {run.command}", *run.shown], [f"$ {run.command}", *_nearest(run)]
                text = text.replace("\n".join(old), "\n".join(new), 1)
        page.write_text(text, encoding="utf-8")


def _nearest(run: Run) -> list[str]:
    """What a command printed now, with the gaps of what was shown."""
    if GAP not in run.shown:
        return run.printed
    out: list[str] = []
    rest = run.printed
    for line in run.shown:
        close = [line] if line == GAP else difflib.get_close_matches(line, rest, 1, 0.3)
        out += close
        rest = rest[rest.index(close[0]) + 1 :] if close and line != GAP else rest
    return out
