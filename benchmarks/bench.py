"""`uv run dev.py bench [--case NAME] [--json FILE] [--rounds N] [--quick]`: times and memory, beside promises.

Nothing is asserted about time: a figure stands beside its promise. What peers compute is compared first, and a peer
that does not agree is not timed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any, Final

from benchmarks.machine import machine
from benchmarks.registry import Case, Figure, Settings, Skip, load_cases

FORMAT: Final = 1
TOP: Final = {
    "what_if_ms": ("reference", "what_if"),
    "preview_ms": ("reference", "preview"),
    "cold_compile_s": ("start", "cold_compile"),
    "warm_start_s": ("start", "warm_start"),
}
"""Figures that the JSON also names at its top."""
GROUPS: Final = {"ratios": ("ratio_", ("reference", "chain")), "exponents": ("exponent_", ("sizes",))}
"""Figures that the JSON gathers: what their names begin with, and their cases."""


def main(arguments: list[str]) -> int:
    """Measures, prints Markdown and writes JSON."""
    known = load_cases()
    parser = argparse.ArgumentParser(prog="dev.py bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--case", action="append", choices=sorted(known), help="only this one; may be repeated")
    parser.add_argument("--json", type=Path, help="where to write everything that was measured")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, one round: does it run?")
    given = parser.parse_args(arguments)
    chosen = [case for name, case in known.items() if not given.case or name in given.case]
    if given.rounds < 1:
        parser.error("--rounds: at least 1")
    found = measure(chosen, Settings(given.quick), 1 if given.quick else given.rounds)
    print(markdown(found, chosen))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(cases: list[Case], settings: Settings, rounds: int) -> dict[str, Any]:
    """Everything that the JSON holds."""
    about = machine()
    ready: dict[str, Any] = {}
    skipped: dict[str, str] = {}
    for case in cases:
        _say(f"preparing {case.name}")
        try:
            ready[case.name] = case.prepare(settings)
        except Skip as reason:
            skipped[case.name] = str(reason)
    values: dict[str, dict[str, list[float]]] = {name: {} for name in ready}
    for number in range(rounds):
        for case in cases:
            if case.name not in ready:
                continue
            _say(f"round {number + 1} of {rounds}: {case.name}")
            for name, value in case.measure(settings, ready[case.name]).items():
                values[case.name].setdefault(name, []).append(value)
    _say("")
    figures = {
        case.name: {f.name: _summary(f, values[case.name][f.name]) for f in case.figures if f.name in values[case.name]}
        for case in cases
        if case.name in ready
    }
    notes = {case.name: case.notes(ready[case.name]) for case in cases if case.name in ready}
    return {
        "format": FORMAT, "machine": about, "rounds": rounds, "quick": settings.quick, **_gathered(figures),
        "figures": figures, "notes": {name: note for name, note in notes.items() if note}, "skipped": skipped,
    }  # fmt: skip


def _summary(figure: Figure, values: list[float]) -> dict[str, Any]:
    middle = statistics.median(values)
    return {
        "what": figure.what, "unit": figure.unit, "median": middle, "least": min(values), "most": max(values),
        "promise": figure.promise, "kept": figure.kept(middle), "rounds": values,
    }  # fmt: skip


def _gathered(figures: dict[str, dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """What the JSON says at its top."""
    top: dict[str, Any] = {}
    for group, (begins, homes) in GROUPS.items():
        top[group] = {
            name.removeprefix(begins): each["median"]
            for home in homes
            for name, each in figures.get(home, {}).items()
            if name.startswith(begins)
        }
    for key, (home, name) in TOP.items():
        if name in figures.get(home, {}):
            top[key] = figures[home][name]["median"]
    return top


def markdown(found: dict[str, Any], cases: list[Case]) -> str:
    """The same as tables for people."""
    about = found["machine"]
    lines = [
        f"{about['processor']}, {about['cores']} cores, {about['vectors']}, Python {about['python']}, load "
        f"{about['load_before']} before; medians of {found['rounds']} interleaved rounds."
    ]
    if found["quick"]:
        lines.append("Quick: a tenth of the work. Not to be quoted.")
    for case in cases:
        lines += ["", f"**{case.title}**", ""]
        if case.name in found["skipped"]:
            lines.append(f"Skipped: {found['skipped'][case.name]}")
            continue
        lines += ["| | median | least | most | promised |", "|---|---|---|---|---|"]
        lines += [_row(figure, found["figures"][case.name].get(figure.name)) for figure in case.figures]
        lines += ["", *(f"- {key}: {text}" for key, text in found["notes"].get(case.name, {}).items())]
    return "\n".join(lines)


def _row(figure: Figure, found: dict[str, Any] | None) -> str:
    if found is None:
        return f"| {figure.what} | not measured | | | |"
    cells = [f"{found[key]:.3g} {figure.unit}".strip() for key in ("median", "least", "most")]
    promise = ""
    if figure.promise is not None:
        side = "at least" if figure.at_least else "at most"
        promise = f"{side} {figure.promise:g} {figure.unit}".strip() + ("" if found["kept"] else ", **missed**")
    return f"| {figure.what} | {' | '.join(cells)} | {promise} |"


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text:70}", end="" if text else "\r", file=sys.stderr, flush=True)
