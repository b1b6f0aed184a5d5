"""The command that searches: loaded only when it is called."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from holdfast.cli_run import JSON_FORMAT, kept_in, width

if TYPE_CHECKING:
    from holdfast.study.search.found import Found

ROOM: Final = 2**26
"""[bytes] that a journal may take, as a rule."""


@click.command()
@click.argument("scenario")
@click.option("--alternative", metavar="A", help="The plan that the levers change [today's plan].")
@click.option("--what-if", "what_if", metavar="W", help="In which other world [the base world].")
@click.option("--budget", metavar="TIME", help="How long it may take, such as '90 s' [2 min].")
@click.option("--evaluations", type=int, metavar="N", help="At most so many blocks of futures [what the time allows].")
@click.option("--cost-at-most", metavar="MONEY", help="The best plan for so much too, such as '300 million USD'.")
@click.option("--replications", type=int, metavar="N", help="Futures on which the best are judged [10000].")
@click.option("--seed", type=int, metavar="N", help="Where the random numbers come from [7].")
@click.option("--out", type=click.Path(path_type=Path), default=Path(), metavar="DIR", help="Where results go [here].")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--quiet", is_flag=True, help="Print only where the journal is.")
@click.option("--threads", type=int, metavar="N", help="At most so many [all cores].")
def search(
    scenario: str,
    alternative: str | None,
    what_if: str | None,
    budget: str | None,
    evaluations: int | None,
    cost_at_most: str | None,
    replications: int | None,
    seed: int | None,
    out: Path,
    as_json: bool,
    quiet: bool,
    threads: int | None,
) -> None:
    """Find the settings of SCENARIO's levers that meet its standards at least cost, and what more or less money buys.

    A search that was interrupted or killed goes on where it stopped when the same command is given again.
    """
    import holdfast
    from holdfast.study import simulate
    from holdfast.study.search import study

    seconds = None if budget is None else study.seconds_of(budget)
    futures = simulate.FUTURES if replications is None else replications
    start = simulate.SEED if seed is None else seed
    read = holdfast.load(scenario)
    ask = study.check(read, alternative, what_if, seconds, evaluations, cost_at_most, futures, start, threads)
    inputs = sorted(study.identity(read, ask).items(), key=str)
    with kept_in(out, simulate.about(read), inputs, ROOM) as folder, _Progress(quiet or as_json) as report:
        found = holdfast.search(
            read, ask.alternative, what_if, ask.budget, evaluations, cost_at_most, futures, start, threads,
            folder / study.JOURNAL, report,
        )  # fmt: skip
    if found.scores:
        from holdfast.output.report_made import write
        from holdfast.output.report_search import search_data

        write(search_data(found), folder / "report.html")
    _tell(found, folder / study.JOURNAL, as_json, quiet)
    if found.interrupted:
        sys.exit(130)


def _tell(found: Found, journal: Path, as_json: bool, quiet: bool) -> None:
    """Prints what was found."""
    from holdfast.output.words_search import search_answer

    if as_json:
        click.echo(json.dumps(to_json(found), indent=1))
        return
    if quiet:
        click.echo(journal)
        return
    click.echo(search_answer(found, width(), sys.stdout.encoding or "ascii"))
    click.echo("")
    if found.scores:
        click.echo(f"Report   {journal.with_name('report.html')}")
    click.echo(f"Journal  {journal}")


def to_json(found: Found) -> dict[str, Any]:
    """What was found, as documented in docs/reference/json.md."""
    from holdfast.output.words_search import search_findings

    goals = [
        {
            "goal": chosen.goal.kind,
            "best": None if chosen.best is None else found.settings(chosen.best),
            "sure": chosen.sure,
            "alike": [found.settings(plan) for plan in chosen.alike],
            "nearest": None if chosen.nearest is None else found.settings(chosen.nearest),
            "misses": {}
            if chosen.nearest is None
            else {name: each.to_dict() for name, each in found.misses(found.tested[chosen.nearest]).items()},
        }
        for chosen in found.chosen
    ]
    measures = sorted(found.measures_of(next(iter(found.scores.values())))) if found.scores else []
    return {
        "format": JSON_FORMAT,
        "provenance": found.provenance,
        "interrupted": found.interrupted,
        "answer": [{"kind": each.kind, "text": each.text} for each in search_findings(found)],
        "goals": goals,
        "tested": [_plan(found, plan, scores) for plan, scores in found.tested.items()],
        "frontier": [_plan(found, plan, found.at(plan)) for plan in found.frontier],
        "knee": None if found.knee is None else found.settings(found.knee),
        "frontiers": {
            name: [found.settings(plan) for plan in found.frontier_by(name)]
            for name in measures
            if name not in ("cost", "total_cost", "all_met")
        },
        "idle": list(found.idle),
        "waiting": {store: part.to_dict() for store, part in found.waiting.items()},
        "bound": None
        if found.bound is None
        else {"least": found.bound.least.to_dict(), "above": found.bound.above.to_dict()},
        "unbound": found.unbound,
        "exact": None
        if found.exact is None
        else {"least": found.exact.least, "states": found.exact.states, "above": found.exact.above.to_dict()},
        "inexact": found.inexact,
        "marginals": [
            {"what": each.what, "cost": each.cost.to_dict(), "service": each.service.to_dict()}
            for each in found.marginals
        ],
    }


def _plan(found: Found, plan: tuple[str, ...], scores: Any) -> dict[str, Any]:
    figures = {name: each.to_dict() for name, each in found.measures_of(scores).items()}
    return {"settings": found.settings(plan), "futures": scores.futures, "measures": figures}


class _Progress:
    """The frontier so far, on the terminal, for work that takes over a second; silent where nobody watches."""

    def __init__(self, silent: bool) -> None:
        self.silent = silent or not sys.stderr.isatty()
        self.shown = time.monotonic()
        self.live: Any = None

    def __enter__(self) -> Any:
        return None if self.silent else self.report

    def report(self, found: Found) -> None:
        """Shows what was found, at most once a second."""
        now = time.monotonic()
        if now - self.shown < 1.0 and not found.compiling:
            return
        self.shown = now
        if self.live is None:
            from rich.console import Console
            from rich.live import Live

            self.live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self.live.start()
        from rich.text import Text

        self.live.update(Text(_so_far(found)), refresh=True)

    def __exit__(self, *_: object) -> None:
        if self.live is not None:
            self.live.stop()


def _so_far(found: Found) -> str:
    from holdfast.output.words_search import table, with_base

    told = found.provenance
    if found.compiling:
        return f"compiling or loading {found.compiling} kernels, once after an update; the time does not run meanwhile"
    head = f"{told['plans']:,} plans, {told['evaluations']:,} evaluations, {told['seconds']:.0f} s; the frontier so far"
    known = {plan: found.at(plan) for plan in with_base(found, found.shown(6))}
    return "\n".join([head, *table(found, list(known), known, {found.knee: "knee"}, 80)]) if known else head
