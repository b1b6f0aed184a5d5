"""Make, import or store, in words: up to which crisis which plan is the cheapest that serves."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, Final

from holdfast.output.letters import plain, wrap
from holdfast.output.table import Column, blocks
from holdfast.output.words import LONGEST_TITLE, Finding
from holdfast.study.figures import days, listed, number, percent, scale_of, share, shorten, spread

if TYPE_CHECKING:
    from holdfast.study.crossover import Crisis, Crossover, Interim, Lead

UNSURE: Final = "~"


def findings(found: Crossover) -> list[Finding]:
    """What the study says, in sentences."""
    said = []
    for text, group in groupby(found.multiples, key=lambda multiple: _by_length(found, multiple)):
        multiples = list(group)
        more = f" to {demand(multiples[-1])}" if len(multiples) > 1 else ""
        said.append(Finding("crossover", f"With {demand(multiples[0])}{more}, {text}"))
    said.append(Finding("standard", _standard(found)))
    rules = (("interim", _interim(found)), ("lead", _leads(found)))
    return [*said, *(Finding(kind, text) for kind, text in rules if text)]


def _title(found: Crossover, name: str) -> str:
    return f'"{shorten(found.about.alternatives.get(name) or name, LONGEST_TITLE)}"'


def _standard(found: Crossover) -> str:
    futures = int(found.provenance["replications"])
    when = f"{found.at.day} {found.at:%B} {found.at.year}"
    return (
        f"A plan serves a crisis if each consumer gets {percent(found.kept)} % of what it wants on time in"
        f" {percent(found.in_share)} % of futures, while every channel is closed from {when} on ({futures:,} futures)."
    )


def demand(multiple: float) -> str:
    """A multiple of demand as people say it."""
    return "the usual demand" if multiple == 1.0 else f"{number(multiple)} times the usual demand"


def _by_length(found: Crossover, multiple: float) -> str:
    """Up to which length which plan is the cheapest that serves, at one multiple of demand."""
    row = [found.crisis(length, multiple) for length in found.lengths]
    if all(each.chosen is None and each.sure for each in row):
        first, last = days(row[0].length), days(row[-1].length)
        return f"no plan serves in a crisis of {first}{f' to {last}' if first != last else ''}."
    parts = []
    for chosen, group in groupby(row, key=lambda each: each.chosen):
        cells = list(group)
        first, last = days(cells[0].length), days(cells[-1].length)
        over = first if first == last else f"{first} to {last}"
        if chosen is None:
            parts.append(f"for {over} none of them does{'' if all(c.sure for c in cells) else _nearest(found, cells)}")
        else:
            parts.append(f"for {over} it is {_title(found, chosen)} ({_served(cells, chosen)})")
    return f"the cheapest plan that serves: {'; '.join(parts)}."


def _served(cells: list[Crisis], chosen: str) -> str:
    """In how many futures a plan serves, in the longest of some crises."""
    longest = cells[-1].served[chosen]
    in_longest = f"in the longest {share(longest.estimate, longest.low, longest.high, ' of futures')}"
    return in_longest if len(cells) > 1 else f"{share(longest.estimate, longest.low, longest.high, ' of futures')}"


def _nearest(found: Crossover, cells: list[Crisis]) -> str:
    """The plan that comes nearest where none surely serves nor surely does not."""
    first = cells[0].served
    name = max(first, key=lambda each: first[each].estimate)
    best = first[name]
    return f" (nearest is {_title(found, name)}, {share(best.estimate, best.low, best.high, ' of futures')})"


def _interim(found: Crossover) -> str:
    """What must lie in store on the first day, whatever is ordered."""
    if not found.interim:
        return ""
    plans = list(dict.fromkeys(each.alternative for each in found.interim))
    length = min((each.length for each in found.interim), key=lambda each: abs(each - 365.25))
    rows = {name: next(e for e in found.interim if (e.alternative, e.length) == (name, length)) for name in plans}
    need = {name: each.stock["p90"] for name, each in rows.items()}
    most = max(need.values(), key=lambda each: each.estimate)
    least = min(plans, key=lambda name: need[name].estimate)
    text = (
        f"To last {days(length)} in 9 of 10 futures with what is made at home alone, {number(most.estimate)} days of"
        f" normal use ({spread(most.low, most.high)}) must lie in store on the first day"
    )
    if need[least].high >= most.low:
        return f"{text}; no plan surely needs less."
    some = need[least]
    less = f"with {_title(found, least)}, {number(some.estimate)} ({spread(some.low, some.high)})"
    return f"{text}; {less}. {_keeps_up(rows[least])}"


def _keeps_up(each: Interim) -> str:
    """When production keeps up with use."""
    middle, late = each.d_to_p["p50"], each.d_to_p["p90"]
    if not math.isfinite(middle.estimate):
        return "In half of the futures its production does not keep up with use before that time is over."
    end = f"after {days(late.estimate)}" if math.isfinite(late.estimate) else "later than that"
    return f"Its production keeps up with use after {days(middle.estimate)} in half of the futures, in 1 of 10 {end}."


def _leads(found: Crossover) -> str:
    """What comes later than the warning."""
    ways = [each for each in found.leads if each.kind != "warning"]
    warnings = [each for each in found.leads if each.kind == "warning"]
    if not ways:
        return ""
    told = [f"{each.title} {_time(each)}" for each in sorted(ways, key=lambda each: each.days[1])]
    takes = f"From order or decision until goods are there: {'; '.join(told)}."
    if not warnings:
        return f"Nothing warns of the crisis. {takes}"
    warns = listed(
        [
            f"of {w.title} come {_time(w)} before it, where they come at all ({percent(w.seen)} % of times)"
            for w in warnings
        ]
    )
    earliest = max(each.days[2] for each in warnings)
    late = [each for each in ways if each.days[1] > earliest]
    if len(late) == len(ways):
        end = (
            "All of it takes longer, in half of the futures, than 9 of 10 warnings leave: what is to help must be"
            " there, or begun, before."
        )
    elif late:
        end = f"Too late after most warnings: {listed([each.title for each in late])}."
    else:
        end = ""
    return f"Warnings {warns}. {takes} {end}".strip()


def _time(each: Lead) -> str:
    early, middle, late = each.days
    return days(middle) if early == late else f"{days(middle)} (80 %: {days(early)} to {days(late)})"


def answer(found: Crossover, width: int = 80, encoding: str = "utf-8") -> str:
    """Sentences, then the table of crises, then what must lie in store.

    Args:
        found: what the study gave.
        width: columns of a line, at most.
        encoding: the letters that there are.
    """
    title = " ".join(found.about.title.split())
    lines = wrap(plain(f"{title}: make, import or store?", encoding), width)
    for each in findings(found):
        lines += ["", *wrap(plain(each.text, encoding), width)]
    lines += ["", *_table(found, width, encoding), "", *_costs(found, width, encoding)]
    if found.interim:
        lines += ["", *_stock(found, width, encoding)]
    return "\n".join(lines)


def cell(each: Crisis) -> str:
    """The plan of a crisis, with a mark where it cannot be told."""
    return f"{each.chosen or 'none'}{'' if each.sure else f' {UNSURE}'}"


def _table(found: Crossover, width: int, encoding: str) -> list[str]:
    """Multiples down, lengths across: the cheapest plan that serves."""
    rows = tuple("usual" if multiple == 1.0 else f"{number(multiple)} times" for multiple in found.multiples)
    names = Column(("demand", ""), rows, left=True)
    columns = [
        Column(
            ("closed for", days(length)),
            tuple(plain(shorten(cell(found.crisis(length, multiple)), 22), encoding) for multiple in found.multiples),
        )
        for length in found.lengths
    ]
    return [*blocks(names, columns, width), f"{UNSURE} cannot be told from so many futures"]


def _costs(found: Crossover, width: int, encoding: str) -> list[str]:
    """What plans cost if the crisis never comes."""
    factor, word = scale_of([each.estimate for each in found.costs.values()])
    money = next(iter(found.costs.values())).unit
    names = Column(("plan",), tuple(plain(shorten(name, 24), encoding) for name in found.costs), left=True)
    cost = Column(("cost",), tuple(number(each.estimate / factor) for each in found.costs.values()))
    sure = Column(("95 % sure",), tuple(spread(each.low / factor, each.high / factor) for each in found.costs.values()))
    head = f"cost in {word}{money}, discounted, without the crisis and without what being short costs"
    return [*wrap(head, width), *blocks(names, [cost, sure], width)]


def _stock(found: Crossover, width: int, encoding: str) -> list[str]:
    """Days of use that must lie in store on the first day, by plan and length."""
    plans = list(dict.fromkeys(each.alternative for each in found.interim))
    by = {(each.alternative, each.length): each for each in found.interim}
    names = Column(("plan", ""), tuple(plain(shorten(name, 24), encoding) for name in plans), left=True)
    columns = [
        Column(("closed for", days(length)), tuple(number(by[name, length].stock["p90"].estimate) for name in plans))
        for length in found.lengths
    ]
    head = "days of normal use that must lie in store on the first day, to last in 9 of 10 futures"
    return [*wrap(head, width), *blocks(names, columns, width)]
