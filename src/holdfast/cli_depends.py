"""`holdfast depends`: on what supply hangs once something is made at home."""

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
    help="With this plan; may be said again [today's and four that build].",
)
@click.option("--what-if", "what_if", default=None, metavar="W", help="In this other world [the base world].")
@click.option("--at", metavar="DATE", help="From when each is cut [the middle of the horizon].")
@click.option("--for", "length", metavar="TIME", help="How long [1 year, at most half of what is left].")
@click.option("--replications", type=int, default=None, metavar="N", help="Futures of each world [400].")
@click.option("--seed", type=int, default=None, metavar="N", help="Where the random numbers come from [7].")
@click.option("--json", "as_json", is_flag=True, help="Print every dependency as JSON.")
@click.option("--report", type=click.Path(path_type=Path), default=None, metavar="FILE", help="Write a page too.")
@click.option("--threads", type=int, default=None, metavar="N", help="At most so many [all cores].")
def depends(
    scenario: str,
    alternatives: tuple[str, ...],
    what_if: str | None,
    at: str | None,
    length: str | None,
    replications: int | None,
    seed: int | None,
    as_json: bool,
    report: Path | None,
    threads: int | None,
) -> None:
    """Say on what the supply of SCENARIO (a file or a shipped example) hangs: goods, inputs, spares, builders.

    Beside today's plan, those with a plant that it has not: what goes by each thing, what would be spared if it never
    failed, and what would be missed if it were cut.
    """
    import holdfast
    from holdfast.output.words_depends import answer, findings
    from holdfast.study import depends as study
    from holdfast.study import simulate

    futures = study.FUTURES if replications is None else replications
    start = simulate.SEED if seed is None else seed
    simulate.check(futures, start, threads)
    read = holdfast.load(scenario)
    with Progress(as_json) as progress:
        found = study.depends(read, alternatives or None, what_if, at, length, futures, start, threads, progress)
    tell(found, findings, answer, as_json)
    if report is not None:
        from holdfast.output.report_depends import depends_data
        from holdfast.output.report_made import write

        write(depends_data(found), report)
