"""`holdfast why`: to which causes a shortage is due."""

from __future__ import annotations

from pathlib import Path

import click

from holdfast.cli_run import Progress, tell


@click.command()
@click.argument("scenario")
@click.option(
    "--alternative", "alternatives", multiple=True, metavar="A", help="With this plan; may be said again [the first]."
)
@click.option("--consumer", default=None, metavar="C", help="Of this consumer [each, and all together].")
@click.option("--what-if", "what_if", default=None, metavar="W", help="In this other world [the base world].")
@click.option("--replications", type=int, default=None, metavar="N", help="Futures of each world [1000].")
@click.option("--seed", type=int, default=None, metavar="N", help="Where the random numbers come from [7].")
@click.option("--json", "as_json", is_flag=True, help="Print every part as JSON.")
@click.option("--report", type=click.Path(path_type=Path), default=None, metavar="FILE", help="Write a page too.")
@click.option("--threads", type=int, default=None, metavar="N", help="At most so many [all cores].")
def why(
    scenario: str,
    alternatives: tuple[str, ...],
    consumer: str | None,
    what_if: str | None,
    replications: int | None,
    seed: int | None,
    as_json: bool,
    report: Path | None,
    threads: int | None,
) -> None:
    """Say why consumers of SCENARIO (a file or a shipped example) are short: how much of it each cause did.

    Each cause (a regime that closes channels, a surge of demand, breakdowns, a late plant, rejected lots, full stores,
    accidents) is taken out of the same futures, alone and with others; the parts sum to the whole.
    """
    import holdfast
    from holdfast.output.words_why import answer, findings
    from holdfast.study import simulate
    from holdfast.study import why as study

    futures = study.FUTURES if replications is None else replications
    start = simulate.SEED if seed is None else seed
    simulate.check(futures, start, threads)
    read = holdfast.load(scenario)
    with Progress(as_json) as progress:
        found = study.why(read, alternatives or None, what_if, consumer, futures, start, threads, progress)
    tell(found, findings, answer, as_json)
    if report is not None:
        from holdfast.output.report_made import write
        from holdfast.output.report_why import why_data

        write(why_data(found), report)
