"""`holdfast sensitivity`: what an answer owes to inputs of which only ranges are known."""

from __future__ import annotations

from pathlib import Path

import click

from holdfast.cli_run import Progress, tell


@click.command()
@click.argument("scenario")
@click.option(
    "--alternative",
    "alternatives",
    multiple=True,
    metavar="A",
    help="This plan; may be said again, the first is told of [the chosen one].",
)
@click.option("--measure", default=None, metavar="M", help="Score by this [how often all standards are met].")
@click.option("--budget", default=None, metavar="N|TIME", help="Runs, at most, or how long, such as '2 min' [1500].")
@click.option("--replications", type=int, default=None, metavar="N", help="Futures of each run [200].")
@click.option("--seed", type=int, default=None, metavar="N", help="Where the random numbers come from [7].")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--report", type=click.Path(path_type=Path), default=None, metavar="FILE", help="Write a page too.")
@click.option("--threads", type=int, default=None, metavar="N", help="At most so many [all cores].")
def sensitivity(
    scenario: str,
    alternatives: tuple[str, ...],
    measure: str | None,
    budget: str | None,
    replications: int | None,
    seed: int | None,
    as_json: bool,
    report: Path | None,
    threads: int | None,
) -> None:
    """Say what the answer of SCENARIO owes to inputs of which only a range is known (`between`).

    One at a time, all together (Morris, Sobol), the regret of plans, and the box of inputs in which a plan misses a
    standard or another one is chosen. A run is one plan at one setting of the inputs.
    """
    import holdfast
    from holdfast.output.words_sensitivity import answer, findings
    from holdfast.study import simulate
    from holdfast.study.sensitivity import study

    futures = study.FUTURES if replications is None else replications
    start = simulate.SEED if seed is None else seed
    simulate.check(futures, start, threads)
    read = holdfast.load(scenario)
    most = study.BUDGET if budget is None else int(budget) if budget.isdecimal() else budget
    with Progress(as_json, "runs") as progress:
        found = study.sensitivity(read, alternatives or None, measure, most, futures, start, threads, progress)
    tell(found, findings, answer, as_json)
    if report is not None:
        from holdfast.output.report_made import write
        from holdfast.output.report_sensitivity import sensitivity_data

        write(sensitivity_data(found), report)
