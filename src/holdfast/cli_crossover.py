"""`holdfast crossover`: make, import or store, by length of the crisis and multiple of demand."""

from __future__ import annotations

from pathlib import Path

import click

from holdfast.cli_run import Progress, tell


@click.command()
@click.argument("scenario")
@click.option("--alternatives", metavar="A,B", help="Only these plans [all].")
@click.option("--lengths", metavar="T,T", help="How long channels are closed [3 to 48 months, as the horizon allows].")
@click.option("--multiples", metavar="X,X", help="By what demand is multiplied meanwhile [1,1.5,2,3].")
@click.option("--at", metavar="DATE", help="From when [a third into the horizon].")
@click.option("--kept", metavar="SHARE", help="Part of what is wanted that must be served [95%].")
@click.option("--in-share", "in_share", metavar="SHARE", help="Share of futures in which it must be [90%].")
@click.option("--replications", type=int, default=None, metavar="N", help="Futures of each plan and crisis [200].")
@click.option("--seed", type=int, default=None, metavar="N", help="Where the random numbers come from [7].")
@click.option("--threads", type=int, default=None, metavar="N", help="At most so many [all cores].")
@click.option("--json", "as_json", is_flag=True, help="Print every figure as JSON.")
@click.option("--report", type=click.Path(path_type=Path), default=None, metavar="FILE", help="Write a page too.")
def crossover(
    scenario: str,
    alternatives: str | None,
    lengths: str | None,
    multiples: str | None,
    at: str | None,
    kept: str | None,
    in_share: str | None,
    replications: int | None,
    seed: int | None,
    threads: int | None,
    as_json: bool,
    report: Path | None,
) -> None:
    """Say which plan of SCENARIO is the cheapest that serves, by how long trade is cut off and how much is wanted.

    Beside it: the stock that must be there on the first day, and what takes longer than a warning.
    """
    import holdfast
    from holdfast.output.words_crossover import answer, findings
    from holdfast.study import crossover as study
    from holdfast.study import simulate

    read = holdfast.load(scenario)
    with Progress(as_json) as progress:
        found = study.crossover(
            read,
            alternatives=_listed(alternatives),
            lengths=_listed(lengths) or None,
            multiples=study.MULTIPLES if multiples is None else _numbers("--multiples", multiples),
            at=at,
            kept=study.KEPT if kept is None else _share("--kept", kept),
            in_share=study.IN_SHARE if in_share is None else _share("--in-share", in_share),
            replications=study.FUTURES if replications is None else replications,
            seed=simulate.SEED if seed is None else seed,
            threads=threads,
            on_progress=progress,
        )
    tell(found, findings, answer, as_json)
    if report is not None:
        from holdfast.output.report_crossover import crossover_data
        from holdfast.output.report_made import write

        write(crossover_data(found), report)


def _listed(text: str | None) -> list[str] | None:
    """Texts between commas; None where nothing was said."""
    return None if text is None else [each.strip() for each in text.split(",") if each.strip()]


def _numbers(option: str, text: str) -> list[float]:
    """Numbers between commas.

    Raises:
        ScenarioError: HF403, one of them is no number.
    """
    from holdfast.errors import Place, Problems

    problems, found = Problems(), []
    for each in _listed(text) or []:
        try:
            found.append(float(each))
        except ValueError:
            problems.add("HF403", Place(option), "", f"'{each}' is not a number", "write 1,1.5,2")
    problems.raise_if_any()
    return found


def _share(option: str, text: str) -> float:
    """A share such as `95%` or `0.95`.

    Raises:
        ScenarioError: HF403, it is none.
    """
    from holdfast.errors import Place, Problems
    from holdfast.spec.quantities import QuantityError, Units

    try:
        return Units().share(text)
    except QuantityError as error:
        problems = Problems()
        problems.add("HF403", Place(option), "", error.message, error.fix)
        problems.raise_if_any()
        raise
