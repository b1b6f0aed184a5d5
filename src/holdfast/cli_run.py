"""The commands that simulate and that read results; each is loaded only when it is called."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from holdfast.engine.run import Device
    from holdfast.output.words import Finding
    from holdfast.spec.scenario import Scenario
    from holdfast.study.result import About, Result
    from holdfast.study.store import Saving


class _Study(Protocol):
    """What a study beside a run found."""

    def to_dict(self) -> dict[str, Any]: ...


_Found = TypeVar("_Found", bound=_Study)

JSON_FORMAT: Final = 1
"""Version of what `--json` prints; see docs/reference/json.md."""
MARGIN: Final = 1.5
"""How much more a result may take than is reckoned from two plans: others may keep other figures."""
SLACK: Final = 2**24
"""[bytes] that must be free beside it."""


@click.command()
@click.argument("scenario")
@click.option("--alternatives", metavar="A,B", help="Only these; all of them otherwise.")
@click.option("--what-if", "what_if", metavar="A,B", help="Only these other worlds; 'none' for none.")
@click.option("--replications", type=int, default=None, metavar="N", help="Futures of each alternative [10000].")
@click.option("--until", metavar="GOAL", help="As many as it takes: 'service within 1 %', at most --replications.")
@click.option("--seed", type=int, default=None, metavar="N", help="Where the random numbers come from [7].")
@click.option("--out", type=click.Path(path_type=Path), default=Path(), metavar="DIR", help="Where results go [here].")
@click.option("--json", "as_json", is_flag=True, help="Print every measure as JSON.")
@click.option("--quiet", is_flag=True, help="Print only where the result is.")
@click.option("--threads", type=int, default=None, metavar="N", help="At most so many [all cores].")
@click.option("--cluster", metavar="ADDRESS", help="On the workers of this Dask scheduler [here].")
@click.option("--device", default="cpu", metavar="cpu|cuda", help="On an NVIDIA graphics processor: cuda [cpu].")
def run(
    scenario: str,
    alternatives: str | None,
    what_if: str | None,
    replications: int | None,
    until: str | None,
    seed: int | None,
    out: Path,
    as_json: bool,
    quiet: bool,
    threads: int | None,
    cluster: str | None,
    device: Device,
) -> None:
    """Simulate SCENARIO's alternatives (a file or a shipped example), and answer its question."""
    import holdfast
    from holdfast.errors import describe
    from holdfast.study import simulate
    from holdfast.study.store import Saving

    start = simulate.SEED if seed is None else seed
    futures = simulate.FUTURES if replications is None else replications
    simulate.check(futures, start, threads, cluster, device)
    read = holdfast.load(scenario)
    if read.remarks:
        click.echo(describe(read.remarks, what="remark") + "\n", err=True)
    names = simulate.choose(read, names_of(alternatives))
    worlds = simulate.choose_what_ifs(read, names_of(what_if))
    needs = None
    if until is not None:
        with Progress(quiet or as_json) as report:
            needs = simulate.foresee(read, until, names, replications, start, threads, report, cluster, device)
        futures = needs.replications
        _say(needs.said(), quiet, as_json)
    inputs = (names, worlds, futures, start) if needs is None else (names, worlds, futures, start, needs.asked)
    size = _bytes(read, names, worlds, futures)
    with kept_in(out, simulate.about(read), inputs, size) as folder, Saving(folder / "result.nc") as saving:
        with Progress(quiet or as_json) as report:
            result = simulate.compare(
                read, names, worlds, futures, start, threads, report, cluster, needs, device, saving.add
            )
        _keep(result, saving, folder)
    if as_json:
        click.echo(json.dumps(to_json(result), indent=1))
        return
    if not quiet:
        _print(result)
    _where(result, folder, quiet, scenario)


def _say(text: str, quiet: bool, as_json: bool) -> None:
    """Says something before the work starts: beside the JSON, and nothing where nobody listens."""
    from holdfast.output.letters import plain, wrap

    stream = sys.stderr if as_json else sys.stdout
    if not quiet:
        lines = [each for line in text.split("\n") for each in wrap(plain(line, stream.encoding or "ascii"), width())]
        click.echo("\n".join([*lines, ""]), err=as_json)


def width() -> int:
    """Columns of the terminal, in bounds."""
    return max(60, min(120, shutil.get_terminal_size((80, 24)).columns)) if sys.stdout.isatty() else 80


def tell(
    found: _Found, findings: Callable[[_Found], list[Finding]], answer: Callable[[_Found, int, str], str], as_json: bool
) -> None:
    """Prints what a study found, in words or as JSON; before its page is written, so that nothing is lost with it."""
    if as_json:
        told = [{"kind": each.kind, "text": each.text} for each in findings(found)]
        click.echo(json.dumps({"format": JSON_FORMAT, "answer": told, **found.to_dict()}, indent=1))
    else:
        click.echo(answer(found, width(), sys.stdout.encoding or "ascii"))


def names_of(text: str | None) -> list[str] | None:
    """Names between commas; None where nothing was said; none at all for `none`."""
    if text is None:
        return None
    return [] if text.strip() == "none" else [name.strip() for name in text.split(",") if name.strip()]


def _bytes(read: Scenario, names: list[str], worlds: list[str], futures: int) -> int:
    """What a result takes on disk, reckoned from what the first plan and the last keep."""
    from holdfast.engine.lower import lower
    from holdfast.study.case import PLANT_NUMBERS, QUANTILES, STATISTICS
    from holdfast.study.result import BASE
    from holdfast.study.simulate import CUT_FUTURES, futures_of_what_if, world_of

    each = futures + min(futures, CUT_FUTURES) + len(worlds) * futures_of_what_if(futures)
    totals: set[str] = set()
    summaries = 0
    for name in {names[0], names[-1]}:
        world = world_of(read, name, BASE)
        model = lower(world, replications=1)
        totals |= {*model.totals, *(f"{plant.name}.{number}" for plant in world.plants for number in PLANT_NUMBERS)}
        bands = sum(band.periods for band in model.bands) * len(QUANTILES)
        summaries = max(summaries, bands + (len(model.yearly) + len(world.consumers)) * model.years * len(STATISTICS))
    groups = 2 + len(worlds)  # the base world, and everything cut today
    return int(MARGIN * 8 * len(names) * (each * len(totals) + groups * summaries))


@contextlib.contextmanager
def kept_in(out: Path, about: About, inputs: object, size: int) -> Iterator[Path]:
    """The folder of a result, made and tried before the work starts: NAME-xxxx, of the inputs and the seed.

    Where the work ends early, whatever the reason, a folder with nothing in it is removed again.

    Raises:
        ScenarioError: HF401, it cannot be made or written, or there is no room for the result.
    """
    import hashlib

    digest = hashlib.sha256(repr((about.digest, inputs)).encode()).hexdigest()
    folder = out / f"{about.name}-{digest[:4]}"
    try:
        _try(folder, size)
        yield folder
    except BaseException:
        with contextlib.suppress(OSError):
            (folder / _PROBE).unlink(missing_ok=True)
            folder.rmdir()
        raise


_PROBE: Final = ".writable"


def _try(folder: Path, size: int) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _PROBE).write_bytes(b"holdfast")
        (folder / _PROBE).unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        _refuse(
            str(folder), "HF401", f"no result can be written here: {error.strerror or error}", "choose another --out"
        )
    if free < size + SLACK:
        text = f"the result may take {size / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free"
        _refuse(str(folder), "HF401", text, "make room, choose another --out, or ask for fewer --replications")


def _refuse(place: str, code: str, message: str, fix: str) -> None:
    """Raises one problem.

    Raises:
        ScenarioError: always.
    """
    from holdfast.errors import Place, Problems

    problems = Problems()
    problems.add(code, Place(place), "", message, fix)
    problems.raise_if_any()


class Progress:
    """A progress display on the terminal for work that takes over a second; silent where nobody watches."""

    def __init__(self, silent: bool, counted: str = "futures") -> None:
        self.counted = counted
        self.silent = silent or not sys.stderr.isatty()
        self.began = time.monotonic()
        self.bars: Any = None
        self.tasks: dict[str, Any] = {}

    def __enter__(self) -> Callable[[str, int, int], None]:
        return self.report

    def report(self, stage: str, done: int, total: int) -> None:
        """Shows how far a stage is."""
        if self.silent or (self.bars is None and time.monotonic() - self.began < 1.0):
            return
        if self.bars is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

            columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,} " + self.counted)
            times = TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(compact=True)
            self.bars = Progress(*columns, *times, console=Console(stderr=True))
            self.bars.start()
        if stage not in self.tasks:
            self.tasks[stage] = self.bars.add_task(stage, total=total)
        self.bars.update(self.tasks[stage], completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        if self.bars is not None:
            self.bars.stop()


def _keep(result: Result, saving: Saving, folder: Path) -> None:
    """Writes what is left of the result, while its report is made, and then the report."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as aside:
        saved = aside.submit(saving.finish, result)
        try:
            from holdfast.output.report import report_data
            from holdfast.output.report_made import write
        except ImportError:
            saved.result()
            return
        page = report_data(result)
        saved.result()
    write(page, folder / "report.html")


def _print(result: Result) -> None:
    """The answer, in the letters that the terminal has."""
    from holdfast.output.table import answer

    click.echo(answer(result, width(), sys.stdout.encoding or "ascii"))


def _where(result: Result, folder: Path, quiet: bool, scenario: str) -> None:
    """Where the results are, and what to do next."""
    click.echo("" if not quiet else str(folder), nl=not quiet)
    if quiet:
        click.echo()
        return
    if (folder / "report.html").exists():
        click.echo(f"Report  {folder / 'report.html'}")
    click.echo(f"Result  {folder / 'result.nc'}")
    name = result.alternatives[0]
    click.echo(f"One future:  holdfast rerun {folder} --alternative {name} --replication 0 --trace")
    from holdfast.output.letters import wrap
    from holdfast.output.words_next import TITLE, asks

    click.echo(f"\n{TITLE}")
    for command, what in asks(result.about, scenario):
        click.echo("\n    ".join([f"  {command}", *wrap(what, width() - 4)]))


def to_json(result: Result) -> dict[str, Any]:
    """Every measure with its interval, as documented in docs/reference/json.md."""
    from holdfast.output.words import findings
    from holdfast.study.estimates import difference

    base = {name: result.measures(name, "") for name in result.alternatives}
    first = result.alternatives[0]
    differences: dict[str, dict[str, Any]] = {}
    for name in result.alternatives[1:]:
        pairs = {m: (base[name][m], base[first][m]) for m in base[name] if m in base[first]}
        differences[name] = {
            measure: difference(one, other).to_dict()
            for measure, (one, other) in pairs.items()
            if one.influence is not None and other.influence is not None and one.unit == other.unit
        }
    others = {
        world: {name: _plain(result.measures(name, world)) for name in result.alternatives} for world in result.what_ifs
    }
    return {
        "format": JSON_FORMAT,
        "provenance": result.provenance,
        "answer": [{"kind": each.kind, "text": each.text} for each in findings(result)],
        "alternatives": {name: _plain(found) for name, found in base.items()},
        "what_if": others,
        "differences": {"from": first, "alternatives": differences},
        "history": {one.told.name: one.to_dict() for one in result.history},
    }


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    return {name: estimate.to_dict() for name, estimate in found.items()}


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option("--alternative", required=True, metavar="A", help="Which plan.")
@click.option("--what-if", "what_if", default="", metavar="W", help="In which other world [the base world].")
@click.option("--replication", type=int, required=True, metavar="N", help="Which future, counted from 0.")
@click.option("--trace", is_flag=True, help="Tell it event by event.")
def rerun(result: Path, alternative: str, what_if: str, replication: int, trace: bool) -> None:
    """Simulate one future of a RESULT again, and say whether it comes out the same, bit for bit."""
    from holdfast.output.letters import plain
    from holdfast.study.result import Result
    from holdfast.study.trace import again, tell

    stored = Result.open(result)
    case = stored.case(alternative, what_if)
    same = again(stored, alternative, what_if, replication)
    if trace:
        for line in tell(case.world, stored.seed, replication):
            click.echo(plain(line, sys.stdout.encoding))
    click.echo(f"All {same} figures of this future equal the stored ones, bit for bit.")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
def results(folder: Path) -> None:
    """List the results in a FOLDER (here, if none is named), the newest first."""
    from holdfast.errors import ScenarioError
    from holdfast.study.store import summary

    if not folder.is_dir():
        _refuse(str(folder), "HF401", f"there is no folder '{folder}'", "name one that holds results")
    found = sorted(folder.glob("*/result.nc"), key=lambda path: path.stat().st_mtime, reverse=True)
    if not found:
        click.echo("No results here. holdfast run cartridge-plant makes one.")
    for path in found:
        try:
            told = summary(path)
        except ScenarioError:
            click.echo(f"{path.parent.name}  cannot be read")
            continue
        click.echo(f"{path.parent.name}  {told}")


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=None, metavar="FILE", help="Where to [beside it].")
def report(result: Path, out: Path | None) -> None:
    """Write the report of a RESULT (its folder or its result.nc) again."""
    from holdfast.output.report import write_report
    from holdfast.study.result import Result

    place = out or (result if result.is_dir() else result.parent) / "report.html"
    write_report(Result.open(result), place)
    click.echo(place)
