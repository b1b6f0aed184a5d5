"""Writes the pages of docs/reference that are made from the code: errors, language, measures, commands, Python."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

import holdfast
from holdfast import cli
from holdfast.spec.language_page import language_page
from holdfast.spec.reference import errors_page
from holdfast.study import estimates, measures, standards

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

REFERENCE: Final = Path(__file__).parent / "reference"
WIDTH: Final = 80
SKIPPED: Final = frozenset(
    "all_measures goods_of unit_of money costs use student order bound judge_all parts verdict".split()  # noqa: SIM905
)
"""Functions that serve others and are no measures."""


def pages() -> dict[str, str]:
    """The text of each page, by file name."""
    made: dict[str, Callable[[], str]] = {
        "api.md": api_page,
        "cli.md": cli_page,
        "errors.md": errors_page,
        "language.md": language_page,
        "measures.md": measures_page,
    }
    return {name: make() for name, make in made.items()}


def cli_page() -> str:
    """Every command with its help, as the terminal shows it at 80 columns."""
    lines = [
        "# Commands",
        "",
        "Generated from `--help`. Exit codes: 0 fine, 2 bad input (never a traceback), 130 interrupted, "
        "143 told to end.",
        "",
        *_help(cli.cli, "holdfast", None),
    ]
    group = click.Context(cli.cli, info_name="holdfast", terminal_width=WIDTH, max_content_width=WIDTH)
    for name in cli.COMMANDS:
        command = cli.cli.get_command(group, name)
        assert command is not None
        lines += ["", f"## {name}", "", *_help(command, name, group)]
    return "\n".join(lines) + "\n"


def _help(command: click.Command, name: str, parent: click.Context | None) -> list[str]:
    """The help of one command as a block."""
    names = {"help_option_names": ["-h", "--help"]}
    context = click.Context(command, parent, name, terminal_width=WIDTH, max_content_width=WIDTH, **names)  # type: ignore[arg-type]
    return ["```text", *(line.rstrip() for line in command.get_help(context).splitlines()), "```"]


def api_page() -> str:
    """Everything that `import holdfast` offers, with its signature and docstring."""
    lines = [
        "# Python",
        "",
        "Generated from the docstrings of what `import holdfast as hf` offers. A shape such as (replication,) says",
        "what the axes of an array are.",
        "",
        *_doc(holdfast),
    ]
    for name in holdfast.__all__:
        each = getattr(holdfast, name)
        if inspect.ismodule(each):
            lines += ["", f"## {name}", "", *_doc(each)]
            for member in each.__all__:
                function = getattr(each, member)
                lines += ["", f"### {name}.{member}", "", *_signed(f"{name}.{member}", function), *_doc(function)]
            continue
        lines += ["", f"## {name}", "", *_signed(name, each), *_doc(each)]
        if inspect.isclass(each) and not issubclass(each, Exception):
            for member, value in vars(each).items():
                if member.startswith("_") or not (inspect.isfunction(value) or isinstance(value, property)):
                    continue
                lines += ["", f"### {name}.{member}", "", *_signed(member, value), *_doc(value)]
    return "\n".join(lines) + "\n"


def _signed(name: str, what: object) -> list[str]:
    """How something is called, as a block; nothing for a property or an error."""
    if isinstance(what, property) or (isinstance(what, type) and issubclass(what, Exception)):
        return []
    signature = str(inspect.signature(what)).replace("'", "")  # type: ignore[arg-type]
    parts = signature[1:].rpartition(")")
    given = [part for part in _split(parts[0]) if part != "self"]
    whole = f"{name}({', '.join(given)}){parts[2]}"
    if len(whole) > WIDTH:
        whole = "\n".join([f"{name}(", *(f"    {part}," for part in given), f"){parts[2]}"])
    return ["```text", whole, "```", ""]


def _split(text: str) -> list[str]:
    """Parameters of a signature, at the commas outside brackets."""
    found, depth = [""], 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return [part.strip() for part in found if part.strip()]


def _doc(what: object) -> list[str]:
    """A docstring as Markdown: sections in bold, their entries as a list, sessions as blocks."""
    out: list[str] = []
    listing = session = False
    for line in (inspect.getdoc(what) or "").splitlines():
        text = line.strip()
        if text.startswith(">>>") != session and (text.startswith(">>>") or not text):
            session = text.startswith(">>>")
            out.append("```pycon" if session else "```")
        if text in ("Args:", "Returns:", "Raises:", "Yields:"):
            out += [f"**{text.removesuffix(':')}**", ""]
            listing = True
        elif listing and line.startswith("    ") and not line.startswith("     "):
            head, colon, rest = text.partition(": ")
            out.append(f"- `{head}`: {rest}" if colon else f"- {text}")
        elif listing and line.startswith("     "):
            out.append(f"  {text}")
        else:
            listing = listing and not text
            out.append(line.partition("# doctest:")[0].rstrip())
    return [*out, "```"] if session else out


def measures_page() -> str:
    """Every measure with its formula and its source, then how intervals are made."""
    lines = [
        "# Measures and their formulas",
        "",
        "Generated from `holdfast.study`. E[x] is a mean over futures. What is wanted, served and unmet is in",
        "[conventions](../conventions.md) §18; [json.md](json.md) lists the names that `--json` prints.",
    ]
    parts = {
        "Measures": (measures, ""),
        "Standards": (standards, "conventions §19 defines the windows of a standard."),
        "Estimates and their intervals": (estimates, "Every interval is at 95 %."),
    }
    for title, (module, note) in parts.items():
        lines += ["", f"## {title}", ""]
        lines += [note, ""] if note else []
        for name, text in _functions(module):
            lines += [f"### {name}", "", *text, ""]
        lines.pop()
    return "\n".join(lines) + "\n"


def _functions(module: ModuleType) -> list[tuple[str, list[str]]]:
    """Public functions of a module in file order, with their docstrings up to the arguments."""
    found = []
    for name, function in vars(module).items():
        public = inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
        if not public or name in SKIPPED:
            continue
        text = (inspect.getdoc(function) or "").splitlines()
        end = next((i for i, line in enumerate(text) if line in ("Args:", "Raises:")), len(text))
        found.append((name, [line.replace("|", "\\|") for line in text[:end]]))
        while found[-1][1] and not found[-1][1][-1]:
            found[-1][1].pop()
    return found
