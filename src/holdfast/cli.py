"""The command line: thin commands over the library, each loaded only when it is called.

Exit codes: 0 fine, 2 bad input, 130 interrupted. Bad input never shows a traceback.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
from typing import Any, Final

import click

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "run": ("holdfast.cli_run:run", "Simulate a scenario's alternatives, and answer its question."),
    "search": ("holdfast.cli_search:search", "Find the best settings of a scenario's levers."),
    "stress": (
        "holdfast.cli_stress:stress",
        "Cut everything, one by one: who lasts how long, and when does a plan pay?",
    ),
    "crossover": (
        "holdfast.cli_crossover:crossover",
        "Say which plan is the cheapest that serves, by length of a cut-off and demand.",
    ),
    "why": ("holdfast.cli_why:why", "Say why consumers are short: how much of it each cause did."),
    "depends": (
        "holdfast.cli_depends:depends",
        "Say on what supply hangs: finished goods, inputs, spares, builders.",
    ),
    "sensitivity": (
        "holdfast.cli_sensitivity:sensitivity",
        "Say what the answer owes to inputs of which only ranges are known.",
    ),
    "check": ("holdfast.cli:check", "Say all that is wrong with a scenario, where, and the likely fix."),
    "explain": ("holdfast.cli:explain", "Explain an error code, with an example of wrong and right."),
    "new": ("holdfast.cli:new", "Write a small commented scenario to start from."),
    "examples": ("holdfast.cli:examples", "List the shipped scenarios, or print one."),
    "rerun": ("holdfast.cli_run:rerun", "Tell one future of a result, event by event."),
    "results": ("holdfast.cli_run:results", "List the results of earlier runs."),
    "report": ("holdfast.cli_run:report", "Write the report of a result again."),
    "schema": ("holdfast.cli:schema", "Print the JSON Schema of scenario files, for editors."),
}
"""Commands in the order of the help: where each is, and what it does."""


class _Lazy(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS:
            from holdfast.errors import did_you_mean

            ctx.fail(f"There is no command '{args[0]}': {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Prints the version."""
    if wanted and not ctx.resilient_parsing:
        from holdfast.versions import version

        click.echo(f"holdfast {version('holdfast')}")
        ctx.exit()


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, callback=_version, expose_value=False, is_eager=True, help="Print the version."
)
def cli() -> None:
    """How much of a critical good to make, to import and to store, when trade can be cut off."""


@click.command()
@click.argument("scenario")
def check(scenario: str) -> None:
    """Say all that is wrong with SCENARIO (a file or a shipped example), where, and the likely fix.

    Every alternative is laid over the base world and over each what-if, and checked there too.
    """
    from holdfast.spec.verdict import verdict

    click.echo(verdict(scenario))


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Explain an error CODE with an example; without one, list them all."""
    from holdfast.codes import CODES
    from holdfast.errors import Place, Problems, did_you_mean

    if code is None:
        for name, each in CODES.items():
            click.echo(f"{name}  {each.title}")
        return
    if code.upper() not in CODES:
        problems = Problems()
        problems.add("HF403", Place("explain"), "", f"'{code}' is not an error code", did_you_mean(code.upper(), CODES))
        problems.raise_if_any()
    from holdfast.spec.reference import code_text

    click.echo(code_text(code.upper()))


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Write NAME.yaml here: a small commented scenario that runs."""
    from holdfast.spec.starter import write

    path = write(name)
    click.echo(f"{path} is written. Next: holdfast check {path}, then holdfast run {path}")


@click.command()
@click.argument("name", required=False)
def examples(name: str | None) -> None:
    """List the shipped scenarios; print the one of that NAME."""
    from holdfast.spec.load import example_path, titles

    if name is not None:
        click.echo(example_path(name).read_text(encoding="utf-8"), nl=False)
        return
    known = titles()
    width = max(len(each) for each in known)
    for each, title in known.items():
        click.echo(f"{each:<{width}}  {title}")


@click.command()
@click.option("--overlay", is_flag=True, help="Of an alternative or a what-if alone.")
def schema(overlay: bool) -> None:
    """Print the JSON Schema of scenario files, so that an editor completes and checks them."""
    import json

    from holdfast.spec.schema import base_schema, overlay_schema
    from holdfast.spec.sections import Sections

    click.echo(json.dumps(overlay_schema(Sections) if overlay else base_schema(Sections), indent=2))


def main(arguments: list[str] | None = None) -> None:
    """Runs a command; ends with exit code 2 and no traceback on bad input."""
    from holdfast.errors import HoldfastError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(
            stream, io.TextIOWrapper
        ):  # a code page without a character shows a question mark, not a traceback
            stream.reconfigure(errors="replace")
    try:
        cli.main(args=arguments, prog_name="holdfast", standalone_mode=False)
        sys.stdout.flush()
    except HoldfastError as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(BAD_INPUT)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted: nothing was left half written.", err=True)
        # Where Ctrl-C came while text was executed, as the compiler does, Python remembers it and would die by the
        # signal at the end, though it was caught; executing any text makes it forget.
        exec("")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader, such as head, had enough
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if error.filename is not None or error.errno != errno.ENOSPC:
            raise
        _full()
        sys.exit(BAD_INPUT)


def _full() -> None:
    """Says that what is printed finds no room: the disk is full to which it goes."""
    from holdfast.errors import Place, Problems, ScenarioError

    problems = Problems()
    fix = "make room, or print elsewhere"
    problems.add("HF401", Place("standard output"), "", "the disk is full, and what is printed is cut short", fix)
    click.echo(str(ScenarioError(problems.found)), err=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left over is not tried again at the end


if __name__ == "__main__":
    main()
