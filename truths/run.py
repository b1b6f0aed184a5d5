"""`dev.py truths`: asks Holdfast every row of a bank and says, by family, what it reproduces."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truths import page
from truths.bank import OWN, BankError, Reply, Row, Truth, as_json, ask, judge, read, read_judged

if TYPE_CHECKING:
    from collections.abc import Sequence


def judged(bank: list[Truth], jobs: int) -> list[Row]:
    """Asks every row, on so many processes, and judges it; the rows keep the order of the bank."""
    replies: dict[str, Reply] = {}
    if jobs == 1:
        for n, truth in enumerate(bank, 1):
            replies[truth.question.id] = ask(truth.question)
            _tell(n, len(bank), truth.question.id)
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            asked = {pool.submit(ask, truth.question): truth.question.id for truth in bank}
            for n, done in enumerate(as_completed(asked), 1):
                replies[asked[done]] = done.result()
                _tell(n, len(bank), asked[done])
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    return [judge(truth, replies[truth.question.id]) for truth in bank]


def _tell(n: int, of: int, name: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{n} of {of}: {name}", end="", file=sys.stderr, flush=True)


def table(rows: list[Row]) -> str:
    """By family: rows, who answered, how many passed and the worst distance in standard errors."""
    head = f"{'family':26}{'rows':>6}{'engine':>8}{'theory':>8}{'none':>6}{'passed':>8}{'worst z':>9}{'seconds':>9}"
    families = dict.fromkeys(row.family for row in rows)
    lines = [_line(family, [row for row in rows if row.family == family]) for family in families]
    return "\n".join([head, *lines, _line("all", rows)])


def _line(name: str, rows: list[Row]) -> str:
    by = [sum(row.by == who for row in rows) for who in ("engine", "theory", "none")]
    worst = max((row.z for row in rows if row.z is not None), default=0.0)
    seconds = sum(row.seconds for row in rows)
    counts = f"{len(rows):6}{by[0]:8}{by[1]:8}{by[2]:6}{sum(row.passed for row in rows):8}"
    return f"{name:26}{counts}{worst:9.2f}{seconds:9.1f}"


def _failures(rows: list[Row]) -> list[str]:
    """What was answered and is off, and what nobody answered."""
    off = [row for row in rows if row.by != "none" and not row.passed]
    lines = [
        f"off: {row.id} by {row.by}: {row.estimate} +- {row.standard_error}, published {row.value}. {row.note}"
        for row in off
    ]
    lines += [
        f"off: {row.id} by theory, as a cross-check: {row.theory}, published {row.value}"
        for row in rows if row.theory_passed is False
    ]  # fmt: skip
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row.by == "none":
            reasons.setdefault(row.note, []).append(row.id)
    return lines + [f"not expressed: {', '.join(ids)}: {reason}" for reason, ids in reasons.items()]


def main(argv: Sequence[str] | None = None) -> int:
    """Ask a bank of published results and print what Holdfast reproduces; 0 unless an answer is off."""
    parser = argparse.ArgumentParser(prog="dev.py truths", description=main.__doc__)
    parser.add_argument("--bank", type=Path, default=OWN, help="a bank in the format of truths/bank.json [that one]")
    parser.add_argument("--family", action="append", help="only this family; may be repeated")
    parser.add_argument("--json", type=Path, help="write the judged rows to this file")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/validation.md")
    parser.add_argument("--judged", type=Path, help="rows that --json wrote before, instead of asking again")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="processes [one a core]")
    options = parser.parse_args(argv)
    begun = time.perf_counter()
    try:
        bank = _chosen(read(options.bank), options.family, options.bank)
        if options.jobs < 1:
            message = f"--jobs {options.jobs}: at least 1 is needed"
            raise BankError(message)
        if options.write and (options.family or options.bank != OWN):
            message = "--write: the page shows the whole of the project's own bank; leave --family and --bank out"
            raise BankError(message)
        _can_write(options.json)
        before = read_judged(options.judged, bank) if options.judged else None
    except BankError as error:
        print(error, file=sys.stderr)
        return 2
    rows = judged(bank, min(options.jobs, len(bank))) if before is None else before
    if options.json:
        _write(options.json, as_json(rows))
    print(table(rows))
    for line in _failures(rows):
        print(line)
    print(f"{time.perf_counter() - begun:.0f} s")
    if options.write:
        page.PAGE.write_text(page.written(page.PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")
    return int(any((row.by != "none" and not row.passed) or row.theory_passed is False for row in rows))


def _chosen(bank: list[Truth], families: list[str] | None, path: Path) -> list[Truth]:
    """The rows of these families."""
    known = list(dict.fromkeys(truth.question.family for truth in bank))
    unknown = [family for family in families or () if family not in known]
    if unknown:
        message = f"{path}: no row of the family {', '.join(map(repr, unknown))}; it holds {', '.join(known)}"
        raise BankError(message)
    chosen = [truth for truth in bank if families is None or truth.question.family in families]
    if not chosen:
        message = f"{path}: holds no rows"
        raise BankError(message)
    return chosen


def _can_write(path: Path | None) -> None:
    """Refuses a file that cannot be written before half an hour of work.

    Raises:
        BankError: it cannot.
    """
    try:
        if path is not None:
            new = not path.exists()
            with path.open("a", encoding="utf-8"):
                pass
            if new:
                path.unlink()
    except OSError as error:
        message = f"--json {path}: cannot be written ({error.strerror}); name another file"
        raise BankError(message) from None


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=1, allow_nan=False) + "\n", encoding="utf-8")
