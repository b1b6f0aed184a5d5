"""Why consumers are short, in words: `why: demand surge 61 % (55 to 66), channels cut by sanctions 27 % (22 to 33)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from holdfast.output.letters import plain, wrap
from holdfast.output.table import Column, blocks
from holdfast.output.words import LONGEST_TITLE, Finding
from holdfast.study.figures import (
    amount,
    capital,
    listed,
    number,
    percent,
    plural,
    scale_of,
    share,
    shorten,
    spread,
)
from holdfast.study.why import EVERYBODY

if TYPE_CHECKING:
    from holdfast.study.why import Attribution, Part, Why

SMALL: Final = 0.005
"""Parts that surely lie below this are named together."""


def findings(why: Why) -> list[Finding]:
    """Why each consumer is short with each plan, in sentences."""
    return [Finding("why", _sentence(why, each)) for each in why.attributions if each.consumer != EVERYBODY]


def _sentence(why: Why, each: Attribution) -> str:
    """What is short, and its causes with their intervals."""
    title = f'"{shorten(why.about.alternatives.get(each.alternative) or each.alternative, LONGEST_TITLE)}"'
    total = each.total
    if total.high <= 0.0:
        futures = int(why.provenance["replications"])
        return f"With {title}, nothing is missing for {each.consumer} in any of {futures:,} futures."
    factor, word = scale_of([total.estimate])
    unit = f"{word}{plural(total.unit)}"
    size = f"{number(total.estimate / factor)} {unit} ({spread(total.low / factor, total.high / factor)})"
    start = f"With {title}, what is missing for {each.consumer} over the horizon comes to {size}, on average."
    return f"{start} Why: {listed(_causes(each))}."


def _causes(each: Attribution) -> list[str]:
    """The causes that matter, the largest first; the others together."""
    told = [part for part in each.parts if _matters(part)]
    rest = [part.title for part in each.parts if not _matters(part)]
    texts = [f"{part.title} {_share(part)}" for part in sorted(told, key=lambda part: -part.share.estimate)]
    few = f"{listed(rest)} less than {percent(SMALL, 1)} %{' each' if len(rest) > 1 else ''}"
    return [*texts, few] if rest else texts


def _matters(part: Part) -> bool:
    return part.share.high >= SMALL or part.share.low <= -SMALL


def _share(part: Part) -> str:
    """A share with its interval; it may be below 0."""
    each = part.share
    if each.estimate >= 0.0 and each.low >= 0.0:
        return share(each.estimate, each.low, each.high)
    return f"{number(100 * each.estimate, 2)} % ({spread(100 * each.low, 100 * each.high)})"


def answer(why: Why, width: int = 80, encoding: str = "utf-8") -> str:
    """Sentences, a table for each plan, and how it was reckoned.

    Args:
        why: what was found.
        width: columns of a line, at most.
        encoding: the letters that there are.
    """
    world = f', in "{why.about.what_ifs.get(why.what_if) or why.what_if}"' if why.what_if else ""
    futures = int(why.provenance["replications"])
    title, seed = " ".join(why.about.title.split()), why.provenance["seed"]
    head = f"{title}{world}: why consumers are short ({futures:,} futures, seed {seed})"
    lines = wrap(plain(head, encoding), width)
    for each in findings(why):
        lines += ["", *wrap(plain(each.text, encoding), width)]
    for name in why.methods:
        rows = [each for each in why.attributions if each.alternative == name and each.total.high > 0.0]
        if rows:
            lines += ["", *_table(name, rows, width, encoding)]
    return "\n".join([*lines, "", *wrap(plain(capital(method(why)), encoding), width)])


def _table(name: str, rows: list[Attribution], width: int, encoding: str) -> list[str]:
    """Causes down, consumers across: the part of what each is short of."""
    order = {part.name: part.title for part in rows[-1].parts}
    names = Column((plain(name, encoding), "part of what is short"), (*order.values(), "sum"), left=True)
    columns = []
    for each in rows:
        parts = {part.name: part for part in each.parts}
        cells = [_share(parts[cause]) if cause in parts else "-" for cause in order]
        columns.append(Column((each.consumer, ""), (*cells, amount(each.total.estimate, each.total.unit))))
    return blocks(names, columns, width)


def method(why: Why) -> str:
    """How the shares were reckoned."""
    ways = {how for how, _ in why.methods.values()}
    worlds = sum(worlds for _, worlds in why.methods.values())
    how = {
        "every set": "from every set of causes",
        "ring": "from the orders round the ring of causes, both ways (exact where causes work on one another in pairs)",
    }
    futures = int(why.provenance["replications"])
    return (
        f"by Shapley's value, {listed([how[each] for each in sorted(ways)])}: the same {futures:,} futures in"
        f" {worlds} worlds, each without some causes. The parts sum to the whole. Policy is what is short when none of"
        " the causes is there. In brackets: from where to where a part lies, 95 % sure."
    )
