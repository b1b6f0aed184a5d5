"""The answer as a table in plain text: it fits its width, whatever the names, and needs no colour."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from holdfast.output.words import Reading, findings, first_to_run_out
from holdfast.study import measures
from holdfast.study.figures import amount, number, percent, scale_of, shorten, year

if TYPE_CHECKING:
    from holdfast.study.result import Result

WIDTH: Final = 80
MARKS: Final = {"yes": "yes", "no": "no", "cannot be told": "~"}
GAP: Final = "  "
PLAIN: Final = {"→": "->", "…": "...", "–": "-", "—": "-", "≥": ">=", "≤": "<=", "“": '"', "”": '"', "’": "'"}


@dataclass(frozen=True)
class Column:
    """One column: its head, its cells, and to which side they lean."""

    head: tuple[str, ...]
    cells: tuple[str, ...]
    left: bool = False

    @property
    def width(self) -> int:
        """Characters of its widest cell."""
        return max(len(text) for text in (*self.head, *self.cells))


def render(columns: list[Column]) -> list[str]:
    """Lines of a table: heads, then rows."""
    heads = max(len(column.head) for column in columns)
    lines = []
    for row in range(heads + len(columns[0].cells)):
        cells = []
        for column in columns:
            head = (*column.head, *[""] * (heads - len(column.head)))
            text = head[row] if row < heads else column.cells[row - heads]
            cells.append(text.ljust(column.width) if column.left else text.rjust(column.width))
        lines.append(GAP.join(cells).rstrip())
    return lines


def plain(text: str, encoding: str | None) -> str:
    """The text in the letters that an encoding has; what it lacks becomes the nearest plain sign, or `?`."""
    name = encoding or "ascii"
    try:
        text.encode(name)
    except UnicodeEncodeError:
        for sign, other in PLAIN.items():
            text = text.replace(sign, other)
        text = text.encode(name, "replace").decode(name)
    return text


def answer_table(result: Result, width: int = WIDTH) -> str:
    """What each plan costs, which standards it meets and who runs out first; in several blocks where it is wide."""
    reading = Reading(result)
    columns = [*_cost_columns(reading), *_standard_columns(reading), _runs_out_column(reading)]
    longest = max(8, width // 4)
    names = Column(("plan",), tuple(shorten(name, longest) for name in reading.names), left=True)
    blocks: list[list[Column]] = [[names]]
    for column in columns:
        taken = sum(each.width + len(GAP) for each in blocks[-1])
        if len(blocks[-1]) > 1 and taken + column.width > width:
            blocks.append([names])
        blocks[-1].append(column)
    text = "\n\n".join("\n".join(render(block)) for block in blocks)
    return "\n".join(line[:width].rstrip() for line in text.splitlines()) + "\n" + "\n".join(_legend(reading, width))


def _cost_columns(reading: Reading) -> list[Column]:
    """Mean cost, and from where to where 90 % of futures lie."""
    cases = [reading.case(name) for name in reading.names]
    means = [measures.cost(case).estimate for case in cases]
    ranges = [[measures.cost_quantile(case, p).estimate for p in (0.05, 0.95)] for case in cases]
    factor, word = scale_of([high for _, high in ranges])
    money = f"cost, {word}{cases[0].world.currency}"
    return [
        Column((money, "mean"), tuple(number(value / factor) for value in means)),
        Column(("90 % of", "futures"), tuple(f"{number(a / factor)} to {number(b / factor)}" for a, b in ranges)),
    ]


def _standard_columns(reading: Reading) -> list[Column]:
    """For each standard the share of futures in which it is met, and the verdict."""
    columns = []
    for standard in reading.case(reading.today).world.standards:
        judged = [reading.judged[name].get(standard.name) for name in reading.names]
        cells = []
        for each in judged:
            if each is None:
                cells.append("-")
            elif standard.in_share is None:
                cells.append(f"{number(each.reached.estimate)} {MARKS[each.verdict]:<3}")
            else:
                cells.append(f"{percent(each.met.estimate)} % {MARKS[each.verdict]:<3}")
        columns.append(Column((shorten(standard.name, 16), _asked(reading, standard.name)), tuple(cells)))
    return columns


def _asked(reading: Reading, name: str) -> str:
    """What a standard asks, in few words: `90 % asked`."""
    judgement = reading.judged[reading.today][name]
    standard = judgement.standard
    return (
        f"{percent(standard.in_share)} % asked" if standard.in_share is not None else f"{number(judgement.asked)} asked"
    )


def _runs_out_column(reading: Reading) -> Column:
    """Who is short first in the median future, and when."""
    cells = []
    for name in reading.names:
        found = first_to_run_out(reading.case(name))
        if found is None:
            cells.append("nobody")
        elif math.isfinite(found[1].estimate):
            cells.append(f"{shorten(found[0], 16)}, {year(found[1].estimate)}")
        else:
            cells.append("nobody in half")
    return Column(("short first", "(median)"), tuple(cells), left=True)


def _legend(reading: Reading, width: int) -> list[str]:
    """What the signs mean, and the titles of the plans."""
    lines = []
    if reading.case(reading.today).world.standards:
        text = "% = futures in which the standard is met; yes or no where that is sure at 95 %, ~ cannot be told"
        lines += textwrap.wrap(text, width)
    lines.append("")
    longest = min(max(len(name) for name in reading.names), max(8, width // 4))
    for name in reading.names:
        title = reading.result.about.alternatives.get(name) or name
        start = f"{shorten(name, longest):<{longest}}{GAP}"
        lines.append(f"{start}{shorten(title, max(4, width - len(start)))}")
    return lines


def five_numbers(result: Result) -> list[str]:
    """For each plan that has a plant: nameplate to delivered, never one number."""
    reading = Reading(result)
    lines = []
    for name in reading.names:
        case = reading.case(name)
        for plant in case.world.plants:
            five = measures.five_numbers(case, plant.name)
            if not five["nameplate"].estimate:
                continue
            parts = " -> ".join(f"{label.replace('_', ' ')} {amount(value.estimate)}" for label, value in five.items())
            years = f"years {case.late_from + 1} to {case.whole_years}"
            lines.append(f"{name}, {plant.name} ({years}, {five['output'].unit}): {parts}")
    return lines


def answer(result: Result, width: int = WIDTH) -> str:
    """The whole answer: question, sentences, table, the five numbers, what it rests on."""
    case = result.case()
    base = "futures" if case.replications != 1 else "future"
    period = {1.0: "daily", 7.0: "weekly"}.get(
        case.world.period_days, f"periods of {number(case.world.period_days)} days"
    )
    about = f"{case.replications:,} {base} of {number(case.years)} years, {period}, seed {result.seed}"
    title = shorten(result.about.title, width)
    room = width - len(title) - len(about)
    lines = [title + " " * room + about] if room >= 2 else [title, about]
    said = findings(result)
    paragraphs = [result.about.question, *[each.text for each in said if each.kind != "evidence"]]
    for text in paragraphs:
        if text.strip():
            lines += ["", *textwrap.wrap(" ".join(text.split()), width)]
    lines += ["", answer_table(result, width)]
    five = five_numbers(result)
    if five:
        lines += ["", "The five numbers of a plant"]
        lines += [line for text in five for line in textwrap.wrap(text, width, subsequent_indent="  ")]
    for each in said:
        if each.kind == "evidence":
            lines += ["", *textwrap.wrap(each.text, width)]
    return "\n".join(lines)
