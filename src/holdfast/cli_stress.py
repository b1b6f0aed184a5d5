"""The command that cuts things, one by one, without probabilities."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from holdfast.study.stress import Stress, Struck


@click.command()
@click.argument("scenario")
@click.option("--alternatives", metavar="A,B", help="Only these; the first is cut by everything [all].")
@click.option("--cut", "cuts", multiple=True, metavar="NAME", help="Only this, and again for more [everything].")
@click.option("--at", metavar="DATE", help="From when [the start of the scenario].")
@click.option("--for", "length", metavar="TIME", help="How long [1 year, at most half of the horizon].")
@click.option("--watch", metavar="TIME", help="How long what comes after is watched [as long, at least 1 year].")
@click.option("--pairs", is_flag=True, help="Also cut any two together, under the first plan.")
@click.option("--what-if", "what_if", metavar="W", help="In this other world [the base world].")
@click.option("--value", metavar="PRICE", help="What a unit short is worth [as the scenario says].")
@click.option("--replications", type=int, default=None, metavar="N", help="Futures of each cut [200].")
@click.option("--seed", type=int, default=None, metavar="N", help="Where the random numbers come from [7].")
@click.option("--threads", type=int, default=None, metavar="N", help="At most so many [all cores].")
@click.option("--json", "as_json", is_flag=True, help="Print every cut as JSON.")
@click.option("--report", type=click.Path(path_type=Path), default=None, metavar="FILE", help="Write a page too.")
def stress(
    scenario: str,
    alternatives: str | None,
    cuts: tuple[str, ...],
    at: str | None,
    length: str | None,
    watch: str | None,
    pairs: bool,
    what_if: str | None,
    value: str | None,
    replications: int | None,
    seed: int | None,
    threads: int | None,
    as_json: bool,
    report: Path | None,
) -> None:
    """Cut each channel, input, plant and state of SCENARIO: who lasts how long, and when does a plan pay?"""
    import holdfast
    from holdfast.cli_run import Progress, names_of, width
    from holdfast.study import simulate
    from holdfast.study import stress as study

    read = holdfast.load(scenario)
    with Progress(as_json) as progress:
        found = study.stress(
            read,
            alternatives=names_of(alternatives),
            cuts=cuts or None,
            at=at,
            length=length,
            watch=watch,
            pairs=pairs,
            what_if=what_if,
            replications=study.FUTURES if replications is None else replications,
            seed=simulate.SEED if seed is None else seed,
            threads=threads,
            value=value,
            on_progress=progress,
        )
    if as_json:
        click.echo(json.dumps(to_json(found), indent=1))
    else:
        from holdfast.output.table_stress import answer

        click.echo(answer(found, width(), sys.stdout.encoding or "ascii"))
    if report is not None:
        from holdfast.output.report_made import write
        from holdfast.output.report_stress import stress_data

        write(stress_data(found), report)


def to_json(found: Stress) -> dict[str, Any]:
    """Every cut with its intervals, as documented in docs/reference/json.md."""
    from holdfast.cli_run import JSON_FORMAT
    from holdfast.output.words_stress import sentences, together

    singles = [each for name in found.alternatives for each in found.ranking(name)]
    pairs = [{**_struck(each), "beyond_parts": together(found, each).to_dict()} for each in found.ranking_of_pairs()]
    return {
        "format": JSON_FORMAT,
        "provenance": found.provenance,
        "what_if": found.what_if,
        "at": found.at.isoformat(),
        "length": found.length,
        "watched": found.watched,
        "cuts": {cut.name: {"kind": cut.kind, "title": cut.title} for cut in found.cuts.values()},
        "answer": [{"kind": kind, "text": text} for kind, text in sentences(found)],
        "singles": [_struck(each) for each in singles],
        "pairs": pairs,
        "payoffs": [
            {
                "alternative": each.alternative,
                "against": each.against,
                "cut": each.cut,
                "verdict": each.verdict,
                "probability": each.probability.to_dict(),
                "costs_more_without": each.calm.to_dict(),
                "costs_less_with": each.crisis.to_dict(),
            }
            for each in found.payoffs
        ],
        "rests_on": {"value": found.valued or None, "horizon": found.horizon, "resting": found.resting},
    }


def _struck(each: Struck) -> dict[str, Any]:
    """One cut under one plan."""
    return {
        "alternative": each.alternative,
        "cut": list(each.cut),
        "missing": each.missing.to_dict(),
        "extra_cost": each.extra_cost.to_dict(),
        "consumers": {
            effect.consumer: {
                "exposed": effect.exposed.to_dict(),
                "tts": {p: found.to_dict() for p, found in effect.tts.items()},
                "ttr": {p: found.to_dict() for p, found in effect.ttr.items()},
                "missing": effect.missing.to_dict(),
            }
            for effect in each.effects
        },
    }
