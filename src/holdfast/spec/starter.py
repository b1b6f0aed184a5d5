"""Writes a small commented scenario to start from."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from holdfast.errors import Place, Problems
from holdfast.spec.load import NAME, as_name, examples


def write(name: str, folder: Path | None = None) -> Path:
    """Writes NAME.yaml into a folder (the current one), and says where.

    Raises:
        ScenarioError: HF014 not a name, HF402 the name is taken, HF401 it cannot be written.
    """
    problems = Problems()
    stem = name.removesuffix(".yaml")
    path = (folder or Path()) / f"{stem}.yaml"
    if not NAME.fullmatch(stem) or len(stem) > 60:
        small = as_name(stem)[:60].strip("-")
        fix = f"did you mean {small}?" if small and small != stem else "use small letters, digits and hyphens"
        problems.add("HF014", Place("new"), "", f"{name!a} is not a name", fix)
    elif path.exists() or path.is_symlink():
        problems.add("HF402", Place(str(path)), "", f"'{path}' is there already", "choose another name")
    elif stem in examples():
        problems.add(
            "HF402", Place("new"), "", f"'{stem}' is a shipped example", f"choose another name, such as my-{stem}"
        )
    problems.raise_if_any()
    try:
        _write_whole(path, text(stem))
    except FileExistsError:
        problems.add("HF402", Place(str(path)), "", f"'{path}' is there already", "choose another name")
    except OSError as error:
        problems.add(
            "HF401", Place(str(path)), "", f"the file cannot be written: {error.strerror}", "go to another directory"
        )
    problems.raise_if_any()
    return path


def text(name: str) -> str:
    """The starter scenario under a name."""
    title = name.replace("-", " ").capitalize()
    template = Path(__file__).with_name("starter.yaml").read_text(encoding="utf-8")
    return template.replace("@NAME@", name).replace("@TITLE@", f'"{title}"')


def _write_whole(path: Path, content: str) -> None:
    """Writes a file so that it is there whole or not at all, and replaces nothing."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".holdfast-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        try:
            os.link(temporary, path)
        except OSError as error:
            if isinstance(error, FileExistsError):
                raise
            with path.open("x", encoding="utf-8") as file:  # a file system without links
                file.write(content)
    finally:
        Path(temporary).unlink(missing_ok=True)
