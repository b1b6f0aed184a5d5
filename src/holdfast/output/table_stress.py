"""A study of cuts as tables in plain text: every cut by consumer, pairs, and plans in the crisis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from holdfast.output.letters import columns as wide
from holdfast.output.letters import cut as shorten_to
from holdfast.output.letters import plain, wrap
from holdfast.output.table import WIDTH, Column, blocks, render
from holdfast.output.words_stress import (
    event,
    harmful,
    joined,
    label,
    likewise,
    number_of_times,
    sentences,
    share_text,
    together,
    unit_of_time,
    when,
)
from holdfast.study.figures import capital, days, number, scale_of, spread, within

if TYPE_CHECKING:
    from holdfast.study.estimates import Estimate
    from holdfast.study.stress.effects import Effect
    from holdfast.study.stress.payoff import Payoff
    from holdfast.study.stress.study import Stress, Struck

PAIRS: Final = 10
"""So many pairs are listed."""
DASH: Final = "-"


def answer(found: Stress, width: int = WIDTH, encoding: str = "utf-8") -> str:
    """The whole answer: sentences, the table of cuts, pairs, and plans in the crisis.

    Args:
        found: what was found.
        width: columns of a line, at most.
        encoding: the letters there are.
    """
    futures = int(found.provenance["replications"])
    seed = found.provenance["seed"]
    about = f"{futures:,} future{'s' if futures != 1 else ''} of each cut, seed {seed}"
    title = shorten_to(" ".join(plain(found.about.title, encoding).split()), width)
    room = width - wide(title) - len(about)
    lines = [title + " " * room + about] if room >= 2 else [title, about]
    said = sentences(found)
    for kind, text in said:
        if kind != "rests-on":
            lines += ["", *wrap(plain(text, encoding), width)]
    lines += _cuts(found, width)
    lines += _pairs(found, width)
    lines += _plans(found, width)
    lines += [line for kind, text in said if kind == "rests-on" for line in ("", *wrap(plain(text, encoding), width))]
    return plain("\n".join(shorten_to(line, width, "").rstrip() for line in lines), encoding)


def _cuts(found: Stress, width: int) -> list[str]:
    """Every single cut by which somebody misses more, the worst first, with a row for each consumer."""
    bad = harmful(found)
    if not bad:
        return []
    size, unit = unit_of_time(found)
    effects = [each for struck in bad for each in struck.effects]
    rows = render(
        [
            Column(("",), tuple(f"   {shorten_to(each.consumer, max(8, width // 6))}" for each in effects), left=True),
            Column(("exposed, %",), tuple(share_text(each.exposed) for each in effects)),
            Column((f"lasts, {unit}s",), tuple(_span(each, each.tts, size) for each in effects)),
            Column((f"short until {unit}",), tuple(_span(each, each.ttr, size) for each in effects)),
            Column(("missed",), tuple(_size(each.missing) for each in effects)),
        ]
    )
    lines, place = ["", rows[0]], 1
    for rank, struck in enumerate(bad, 1):
        lines.append(_heading(found, struck, rank, width))
        lines += rows[place : place + len(struck.effects)]
        place += len(struck.effects)
    legend = (
        f"cut {when(found)}, watched for {days(found.watched)}. exposed: futures in which a consumer runs short before"
        " it has recovered (95 % sure). lasts, short until: median (80 %) of those futures. missed: days of normal use,"
        " mean; at each cut on average over consumers (95 % sure)"
    )
    return [*lines, *wrap(capital(legend), width)]


def _heading(found: Stress, struck: Struck, rank: int, width: int) -> str:
    """The line of a cut: its rank and name, what does the same, and what is missed."""
    missed = f"{_size(struck.missing)} ({spread(struck.missing.low, struck.missing.high)})"
    others = likewise(found, struck)
    name = f"{rank:>2} {label(found, struck.cut)}" + (f" (as {', '.join(others)})" if others else "")
    name = shorten_to(name, width - len(missed) - 2)
    return name + " " * (width - wide(name) - len(missed)) + missed


def _span(each: Effect, found: dict[str, Estimate], size: float) -> str:
    """Median and range over the futures that are exposed: `20 (17 to 22)`."""
    if not found:
        return DASH
    low, middle, high = (number_of_times(found[p].estimate, each.watched, size, ">") for p in ("p10", "p50", "p90"))
    return middle if low == high else f"{middle} ({low} to {high})"


def _size(found: Estimate) -> str:
    return within(found.estimate, found.low, found.high)


def _pairs(found: Stress, width: int) -> list[str]:
    """The worst pairs."""
    pairs = joined(found)
    ranked = pairs[:PAIRS]
    if not ranked:
        return []
    beyond = [together(found, pair) for pair in ranked]
    missed = [f"{_size(pair.missing)} ({spread(pair.missing.low, pair.missing.high)})" for pair in ranked]
    more = [f"{_size(each)} ({spread(each.low, each.high)})" for each in beyond]
    room = width - max(map(len, (*missed, "missed, days"))) - max(map(len, (*more, "beyond its parts"))) - 4
    names = tuple(shorten_to(label(found, pair.cut), max(12, room)) for pair in ranked)
    table = render(
        [
            Column(("pair",), names, left=True),
            Column(("missed, days",), tuple(missed)),
            Column(("beyond its parts",), tuple(more)),
        ]
    )
    worst = "" if len(ranked) == len(pairs) else f"The worst {len(ranked)} of "
    text = f"{worst}{len(pairs)} pairs that do more than one of the two by itself; --json has all {len(found.pairs)}."
    return ["", *table, *wrap(text, width)]


def _plans(found: Stress, width: int) -> list[str]:
    """For each crisis: what every plan misses in it, and when it pays."""
    lines: list[str] = []
    for cut in dict.fromkeys(each.cut for each in found.payoffs):
        struck = {each.alternative: each for each in found.singles if each.cut == (cut,)}
        pays = {each.alternative: each for each in found.payoffs if each.cut == cut}
        rows = [name for name in found.alternatives if name in struck]
        scale = scale_of([each.calm.estimate for each in pays.values()])
        unit = next(iter(pays.values())).calm.unit
        columns = [
            Column(("missed,", "days"), tuple(_with_interval(struck[name].missing) for name in rows)),
            Column(("first", "short"), tuple(_first(found, struck[name]) for name in rows), left=True),
            Column(("costs more", "if nothing comes"), tuple(_cost(pays.get(name), "calm", scale[0]) for name in rows)),
            Column(("costs less", "if it comes"), tuple(_cost(pays.get(name), "crisis", scale[0]) for name in rows)),
            Column(("pays if its prob-", "ability is, %"), tuple(_pays(pays.get(name)) for name in rows)),
        ]
        names = Column(("plan",), tuple(shorten_to(name, max(8, width // 4)) for name in rows), left=True)
        head = f"Plans where {event(found, (cut,))}; money in {scale[1]}{unit}"
        lines += ["", *wrap(head, width), *blocks(names, columns, width)]
    return lines


def _with_interval(found: Estimate) -> str:
    return f"{_size(found)} ({spread(found.low, found.high)})"


def _first(found: Stress, struck: Struck) -> str:
    """Who is short first, in the median of the futures that are exposed."""
    if not struck.exposed:
        return "nobody"
    size, unit = unit_of_time(found)
    first = min(struck.exposed, key=lambda each: each.tts["p50"].estimate)
    return f"{shorten_to(first.consumer, 12)}, {unit} {number(first.tts['p50'].estimate / size)}"


def _cost(each: Payoff | None, which: str, factor: float) -> str:
    if each is None:
        return DASH
    found: Estimate = getattr(each, which)
    if found.low == found.high:
        return f"{number(found.estimate / factor)} (exactly)"
    return spread(found.low / factor, found.high / factor)


def _pays(each: Payoff | None) -> str:
    if each is None:
        return DASH
    if each.verdict in ("above", "below"):
        return f"{each.verdict} {share_text(each.probability)}"
    return {"never": "never", "always": "whatever it is"}.get(each.verdict, "~")
