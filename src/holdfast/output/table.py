"""The answer as a table in plain text: it fits its width, whatever the names, and needs no colour."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from holdfast.output.letters import columns as wide
from holdfast.output.letters import cut, plain, wrap
from holdfast.output.words import Reading, findings, first_to_run_out
from holdfast.study import measures
from holdfast.study.estimates import difference
from holdfast.study.figures import EXACT, ROUNDED, days, number, percent, plural, scale_of, spread

if TYPE_CHECKING:
    from holdfast.study.result import Result
    from holdfast.study.standards import Judgement
    from holdfast.study.stress import Stress

WIDTH: Final = 80
MARKS: Final = {"yes": "yes", "no": "no", "cannot be told": "~"}
GAP: Final = "  "


@dataclass(frozen=True)
class Column:
    """One column: its head, its cells, and to which side they lean."""

    head: tuple[str, ...]
    cells: tuple[str, ...]
    left: bool = False

    @property
    def width(self) -> int:
        """Characters of its widest cell."""
        return max(wide(text) for text in (*self.head, *self.cells))


def render(columns: list[Column]) -> list[str]:
    """Lines of a table: heads, then rows."""
    heads = max(len(column.head) for column in columns)
    lines = []
    for row in range(heads + len(columns[0].cells)):
        cells = []
        for column in columns:
            head = (*column.head, *[""] * (heads - len(column.head)))
            text = head[row] if row < heads else column.cells[row - heads]
            room = " " * (column.width - wide(text))
            cells.append(text + room if column.left else room + text)
        lines.append(GAP.join(cells).rstrip())
    return lines


def answer_table(result: Result, width: int = WIDTH, encoding: str = "utf-8") -> str:
    """What each plan costs, which standards it meets and who runs out first; in several blocks where it is wide."""
    reading = Reading(result)
    longest = max(8, width // 4)
    names = Column(("plan",), tuple(cut(name, longest) for name in reading.names), left=True)
    first = blocks(names, [*_cost_columns(reading), *_standard_columns(reading), _runs_out_column(reading)], width)
    second = blocks(names, [*_more_columns(reading), *_dependence_columns(reading)], width)
    lines = [_units(reading), *first, *_legend(reading, width), "", *second]
    lines += ["", *_titles(reading, width, encoding)]
    return "\n".join(cut(line, width, "").rstrip() for line in lines)


def blocks(names: Column, columns: list[Column], width: int) -> list[str]:
    """Lines of tables side by side as far as they fit, then below one another, each with the plans' names."""
    blocks: list[list[Column]] = [[names]]
    for column in columns:
        taken = sum(each.width + len(GAP) for each in blocks[-1])
        if len(blocks[-1]) > 1 and taken + column.width > width:
            blocks.append([names])
        blocks[-1].append(column)
    lines: list[str] = []
    for block in blocks:
        lines += ["", *render(block)] if lines else render(block)
    return lines


def _units(reading: Reading) -> str:
    """What money in the tables is counted in."""
    world = reading.case(reading.today).world
    return f"cost in {reading.scale[1]}{world.currency} of {world.price_year}, discounted"


def _cost_columns(reading: Reading) -> list[Column]:
    """Mean cost, and from where to where 90 % of futures lie."""
    cases = [reading.case(name) for name in reading.names]
    factor, _ = reading.scale
    means = [measures.cost(case).estimate for case in cases]
    ranges = [[measures.cost_quantile(case, p).estimate for p in (0.05, 0.95)] for case in cases]
    return [
        Column(("cost", "mean"), tuple(number(value / factor) for value in means)),
        Column(("90 % of", "futures"), tuple(f"{number(a / factor)} to {number(b / factor)}" for a, b in ranges)),
    ]


def _standard_columns(reading: Reading) -> list[Column]:
    """For each standard the share of futures in which it is met, and the verdict."""
    columns = []
    for standard in reading.case(reading.today).world.standards:
        cells = []
        for name in reading.names:
            each = reading.judged[name].get(standard.name)
            cells.append("-" if each is None else f"{_value(each)} {MARKS[each.verdict]:<3}")
        judged = reading.judged[reading.today][standard.name]
        asked = percent(judged.asked) if _is_share(judged) else number(judged.asked)
        columns.append(Column((*textwrap.wrap(standard.name, 10)[:2], f"asked {asked}"), tuple(cells)))
    return columns


def _is_share(judgement: Judgement) -> bool:
    """Whether a standard's figure is a share, to be read in per cent."""
    return judgement.standard.in_share is not None or judgement.reached.unit.startswith("share")


def _value(judgement: Judgement) -> str:
    """The share of futures in which a standard is met, or the expected value that it bounds."""
    if judgement.standard.in_share is not None:
        return f"{percent(judgement.met.estimate)} %"
    reached = judgement.reached.estimate
    return f"{percent(reached)} %" if _is_share(judgement) else number(reached)


def _runs_out_column(reading: Reading) -> Column:
    """Who is short first in the median future, and in which year."""
    cells = []
    for name in reading.names:
        found = first_to_run_out(reading.case(name))
        if found is None:
            cells.append("nobody")
        elif math.isfinite(found[1].estimate):
            cells.append(f"{cut(found[0], 12)} {number(found[1].estimate, 2)}")
        else:
            cells.append("-")
    return Column(("short first", "(median", "year)"), tuple(cells), left=True)


def _more_columns(reading: Reading) -> list[Column]:
    """What each plan costs more than the first and in how many more futures it meets every standard: intervals."""
    factor, _ = reading.scale
    dearer, better = [], []
    for name in reading.names:
        gap = difference(reading.costs[name], reading.costs[reading.today])
        dearer.append("-" if name == reading.today else _gap(gap.low / factor, gap.high / factor))
        gain = difference(reading.joint[name], reading.joint[reading.today])
        better.append("-" if name == reading.today else _gap(gain.low, gain.high))
    first = cut(reading.today, 14)
    columns = [Column(("cost above", f"{first},", "95 % sure"), tuple(dearer))]
    if reading.case(reading.today).world.standards:
        columns.append(Column(("all met,", "points more,", "95 % sure"), tuple(better)))
    return columns if len(reading.names) > 1 else []


def _gap(low: float, high: float) -> str:
    """An interval as a cell shows it; where its ends are written alike, what they are."""
    text = spread(low, high)
    return number((low + high) / 2) if text in (EXACT, ROUNDED) else text


def _dependence_columns(reading: Reading) -> list[Column]:
    """Where use comes from, and how long the first to run out lasts if everything is cut today."""
    cases = [reading.case(name) for name in reading.names]
    columns = [
        Column(
            ("net import", "reliance"), tuple(f"{percent(measures.net_import_reliance(c).estimate)} %" for c in cases)
        ),
        Column(
            ("no foreign", "permission"), tuple(f"{percent(measures.without_permission(c).estimate)} %" for c in cases)
        ),
    ]
    if reading.result.cuts:
        lasts = tuple(_survives(reading, name) for name in reading.names)
        columns.append(Column(("lasts if all", "is cut today", "(median)"), lasts))
    return columns


def _survives(reading: Reading, name: str) -> str:
    """How long the first to run out is served in full if everything is cut today."""
    cut = reading.result.cuts[name]
    first = min(measures.time_to_survive(cut, consumer.name).estimate for consumer in cut.world.consumers)
    return days(first) if math.isfinite(first) else f"over {days(cut.world.periods * cut.world.period_days)}"


def _legend(reading: Reading, width: int) -> list[str]:
    """What the signs mean."""
    if not reading.case(reading.today).world.standards:
        return []
    text = "% = futures in which the standard is met; yes or no where that is sure at 95 %, ~ cannot be told"
    return wrap(text, width)


def _titles(reading: Reading, width: int, encoding: str) -> list[str]:
    """The titles of the plans."""
    lines = []
    longest = min(max(len(name) for name in reading.names), max(8, width // 4))
    for name in reading.names:
        title = plain(reading.result.about.alternatives.get(name) or name, encoding)
        start = f"{cut(name, longest):<{longest}}{GAP}"
        lines.append(f"{start}{cut(' '.join(title.split()), max(4, width - wide(start)))}")
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
            factor, word = scale_of([value.estimate for value in five.values()])
            parts = [f"{label.replace('_', ' ')} {number(v.estimate / factor)}" for label, v in five.items()]
            unit = plural(five["output"].unit)
            years = f"{word}{unit}, years {case.late_from + 1} to {case.whole_years}"
            lines.append(f"{name}, {plant.name} ({years}): {' -> '.join(parts)}")
    return lines


def answer(result: Result | Stress, width: int = WIDTH, encoding: str = "utf-8") -> str:
    """The whole answer: question, sentences, table, the five numbers, what it rests on; or that of a study of cuts.

    Args:
        result: what it answers for.
        width: columns of a line, at most.
        encoding: the letters there are; it is laid out in them, since `...` takes more room than `…`.
    """
    from holdfast.study.stress import Stress

    if isinstance(result, Stress):
        from holdfast.output import table_stress

        return table_stress.answer(result, width, encoding)
    case = result.case()
    base = "futures" if case.replications != 1 else "future"
    period = {1.0: "daily", 7.0: "weekly"}.get(
        case.world.period_days, f"periods of {number(case.world.period_days)} days"
    )
    about = f"{case.replications:,} {base} of {number(case.years)} years, {period}, seed {result.seed}"
    title = cut(" ".join(plain(result.about.title, encoding).split()), width)
    room = width - wide(title) - len(about)
    lines = [title + " " * room + about] if room >= 2 else [title, about]
    said = findings(result)
    paragraphs = [result.about.question, *[each.text for each in said if each.kind != "evidence"]]
    for text in paragraphs:
        if text.strip():
            lines += ["", *wrap(plain(text, encoding), width)]
    lines += ["", answer_table(result, width, encoding)]
    five = five_numbers(result)
    if five:
        lines += ["", "The five numbers of a plant"]
        lines += [line for text in five for line in wrap(plain(text, encoding), width, "  ")]
    for each in said:
        if each.kind == "evidence":
            lines += ["", *wrap(plain(each.text, encoding), width)]
    return plain("\n".join(lines), encoding)
