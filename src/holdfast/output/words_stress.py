"""A study of cuts in sentences: who lasts how long, which cut is worst, when a plan pays (conventions §24)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.study import estimates
from holdfast.study.estimates import Estimate, told_apart
from holdfast.study.figures import (
    days,
    listed,
    number,
    percent,
    percents,
    plural,
    share,
    share_digits,
    shorten,
    spread,
    within,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from holdfast.study.stress.effects import Effect
    from holdfast.study.stress.payoff import Payoff
    from holdfast.study.stress.study import Stress, Struck

    Floats = NDArray[np.float64]

MOST: Final = 6
"""So many cuts at most are named in one sentence."""
LONGEST: Final = 60
ROUNDING: Final = 1e-9
"""[days of normal use] What a future differs by, up to which it is rounding."""
TOLD: Final = 10
"""In so many futures at least a consumer must be exposed before a range of them is told."""


def sentences(found: Stress) -> list[tuple[str, str]]:
    """Everything that the study says, in order: kind and text."""
    rules = (
        ("worst", _worst),
        ("alike", _alike),
        ("unsure", _unsure),
        ("helps", _helps),
        ("nothing", _nothing),
        ("pairs", _pairs),
        ("pays", _pays),
        ("rests-on", _rests_on),
    )
    return [(kind, text) for kind, rule in rules if (text := rule(found))]


def harmful(found: Stress) -> list[Struck]:
    """Single cuts under the first plan by which surely more is missed, the worst first; the same ones once."""
    kept: list[Struck] = []
    for each in found.ranking():
        if each.exposed and each.missing.low > 0 and not any(same(each, other) for other in kept):
            kept.append(each)
    return kept


def same(one: Struck, other: Struck) -> bool:
    """Whether two cuts do the same to everybody in every future."""
    return all(
        np.array_equal(a.survives, b.survives) and np.array_equal(a.recovers, b.recovers) and a.missing == b.missing
        for a, b in zip(one.effects, other.effects, strict=True)
    )


def likewise(found: Stress, one: Struck) -> list[str]:
    """Short names of other single cuts that do the same as one."""
    return [found.cuts[s.cut[0]].short for s in found.ranking() if s is not one and same(s, one)]


def label(found: Stress, cut: tuple[str, ...]) -> str:
    """Short names of what is cut."""
    return " + ".join(found.cuts[name].short for name in cut)


def event(found: Stress, cut: tuple[str, ...]) -> str:
    """What happens, as the first half of a sentence: `"world" is cut`."""
    return " and ".join(_event(found, name) for name in cut)


def _event(found: Stress, name: str) -> str:
    cut = found.cuts[name]
    if cut.kind == "everything":
        return "all channels are cut"
    if cut.kind == "regime":
        regime, _, state = name.split(".", 1)[1].rpartition(".")
        return f'"{shorten(regime, LONGEST)}" stays in "{shorten(state, LONGEST)}"'
    own = shorten(name.split(".", 1)[1], LONGEST)
    return {"plant": f'"{own}" stands still', "input": f'no "{own}" comes in'}.get(cut.kind, f'"{own}" is cut')


def when(found: Stress) -> str:
    """From when and for how long something is cut: `for 12 months from 2 January 2006`."""
    return f"for {days(found.length)} from {found.at.day} {found.at:%B %Y}"


def _title(found: Stress, name: str) -> str:
    return f'"{shorten(found.about.alternatives.get(name) or name, LONGEST)}"'


def _worst(found: Stress) -> str:
    """The worst single cut: who lasts how long and is short until when."""
    if not found.singles:
        return ""
    bad = harmful(found)
    plan = _title(found, found.alternatives[0])
    if not bad:
        return f"With {plan}, no cut is surely to anybody's harm, whatever is cut {when(found)}."
    parts = [f"If {event(found, bad[0].cut)} {when(found)}, with {plan}: {_lasts(found, bad[0])}."]
    if len(bad) > 1:
        parts.append(f"{_missed(bad[0].missing)} are missed, each consumer counting alike; {_next(found, bad[1:])}.")
    return " ".join(parts)


def _next(found: Stress, others: list[Struck]) -> str:
    """What comes after the worst."""
    named = [f"{label(found, each.cut)} ({_missed(each.missing)})" for each in others[: MOST - 1]]
    more = f", and {len(others) - len(named)} more" if len(others) > len(named) else ""
    return f"next {'comes' if len(others) == 1 else 'come'} {', '.join(named)}{more}"


def _missed(missing: Estimate) -> str:
    """Days of normal use with their interval."""
    size = within(missing.estimate, missing.low, missing.high)
    return f"{size} days of use ({spread(missing.low, missing.high)})"


def _lasts(found: Stress, struck: Struck) -> str:
    """Each consumer: how long it lasts, until when it is short, how often it is exposed."""
    parts = [_of_consumer(found, each) for each in struck.exposed]
    fine = [each.consumer for each in struck.effects if each.exposed.estimate == 0]
    if fine:
        parts.append(f"for {listed(fine)}, nothing is missing in any future")
    return "; ".join(parts)


def _of_consumer(found: Stress, each: Effect) -> str:
    often = f"exposed in {share(each.exposed.estimate, each.exposed.low, each.exposed.high, ' of futures')}"
    if int(each.hit.sum()) < TOLD:
        return f"{each.consumer} will be {often}"
    unit = unit_of_time(found)[1]
    lasts, back = (_told(found, each, which) for which in (each.tts, each.ttr))
    count = plural(unit, 1 if lasts[0] == "1" else 2)
    if not math.isfinite(each.ttr["p50"].estimate):
        back = (f"after {unit} {back[0].removeprefix('over ')}", "")
    else:
        back = (f"until {unit} {back[0]}", back[1])
    return f"{each.consumer} will last {lasts[0]} {count}{lasts[1]} and be short {back[0]}{back[1]}: {often}"


def unit_of_time(found: Stress) -> tuple[float, str]:
    """In what times after a cut are counted: its length [days] and its name."""
    if found.watched < 100:
        return 1.0, "day"
    return (7.0, "week") if found.period_days <= 7 and found.watched < 4 * 365.25 else (365.25 / 12, "month")


def _told(found: Stress, each: Effect, which: dict[str, Estimate]) -> tuple[str, str]:
    """A time in the middle of the futures that are exposed, and from where to where 80 % of them lie."""
    size = unit_of_time(found)[0]
    low, middle, high = (number_of_times(which[p].estimate, each.watched, size, "over ") for p in ("p10", "p50", "p90"))
    return middle, "" if low == high else f" (80 %: {low} to {high})"


def number_of_times(value: float, watched: float, size: float, over: str) -> str:
    """How many weeks, days or months; more than were watched: `over 104`."""
    return f"{value / size:,.0f}" if math.isfinite(value) else f"{over}{watched / size:,.0f}"


def _alike(found: Stress) -> str:
    """Whether the worst can be told from the next."""
    bad = harmful(found)
    if len(bad) < 2:
        return ""
    gap = estimates.difference(bad[0].missing, bad[1].missing)
    if told_apart(gap):
        return ""
    two = f"{label(found, bad[0].cut)} or {label(found, bad[1].cut)}"
    return f"Which is the worse, {two}, cannot be told ({spread(gap.low, gap.high)} days between them)."


def _unsure(found: Stress) -> str:
    """What leaves some short that would not be, and as many served that would not be, as far as can be told."""
    open_ones = [each for each in found.ranking() if each.exposed and each.missing.low <= 0 <= each.missing.high]
    if not open_ones:
        return ""
    named = [f"{label(found, each.cut)} ({_missed(each.missing)})" for each in open_ones]
    more = f" and {len(named) - MOST} more" if len(named) > MOST else ""
    start = "Whether more is missed cannot be told with"
    return f"{start} {', '.join(named[:MOST]) + more if more else listed(named)}."


def _helps(found: Stress) -> str:
    """What leaves less missing than the world as it is drawn."""
    good = [each for each in found.ranking() if each.missing.high < 0]
    if not good:
        return ""
    named = [f"{label(found, each.cut)} ({_missed(_negative(each.missing))} fewer)" for each in good[-MOST:][::-1]]
    return f"Less is missed than otherwise with {listed(named)}."


def _negative(found: Estimate) -> Estimate:
    return Estimate(-found.estimate, -found.high, -found.low, found.standard_error, found.unit)


def _nothing(found: Stress) -> str:
    """What changes nothing for anybody."""
    idle = [label(found, each.cut) for each in found.ranking() if not each.exposed and not _moves(each)]
    if not idle:
        return ""
    more = f" and {len(idle) - MOST} more" if len(idle) > MOST else ""
    start = ", ".join(idle[:MOST]) + more if more else listed(idle)
    seen = f"within {days(found.watched)} of the cut"
    return f"Nobody misses anything, in any of {_futures(found):,} futures {seen}, without {start}."


def _moves(struck: Struck) -> bool:
    """Whether anything is missed more or less in any future."""
    return struck.missing.estimate != 0 or struck.missing.standard_error > 0


def _futures(found: Stress) -> int:
    return int(found.provenance["replications"])


def _pairs(found: Stress) -> str:
    """The worst pair, and the pair that does most beyond its parts."""
    if not found.pairs:
        return ""
    ranked = joined(found)
    if not ranked:
        return "No two cuts together do more than one of them."
    worst = ranked[0]
    parts = [f"The worst pair is {label(found, worst.cut)}: {_missed(worst.missing)}."]
    beyond = [(more, pair) for pair in ranked if (more := together(found, pair)).low > 0]
    if beyond:
        more, pair = max(beyond, key=lambda each: each[0].estimate)
        which = "it, too" if pair is worst else label(found, pair.cut)
        text = f"The pair that does most beyond its parts is {which}: {_missed(more)} more than both by themselves."
        parts.append(text)
    return " ".join(parts)


def joined(found: Stress) -> list[Struck]:
    """Pairs by which surely more is missed, but not the same as by one of the two, the worst first; the same once."""
    alone = {each.cut[0]: each for each in found.ranking()}
    kept: list[Struck] = []
    for pair in found.ranking_of_pairs():
        others = [*(alone[name] for name in pair.cut), *kept]
        if pair.missing.low > 0 and not any(same(pair, other) for other in others):
            kept.append(pair)
    return kept


def together(found: Stress, pair: Struck) -> Estimate:
    """What a pair does beyond the sum of its parts [days of normal use], in the same futures."""
    alone = {each.cut[0]: each.missing for each in found.ranking()}
    one, two = (alone[name] for name in pair.cut)
    beyond = _each(pair.missing) - _each(one) - _each(two)
    return estimates.mean(np.where(np.abs(beyond) > ROUNDING, beyond, 0.0), pair.missing.unit)


def _each(found: Estimate) -> Floats:
    """(replication,) what each future gives of a mean."""
    assert found.influence is not None
    return found.influence + found.estimate


def _pays(found: Stress) -> str:
    """At which probability of the crisis each plan pays."""
    crises: dict[str, list[str]] = {}
    for cut in dict.fromkeys(each.cut for each in found.payoffs):
        pays = [each for each in found.payoffs if each.cut == cut]
        told = [_pay(found, each) for each in pays if each.verdict in ("above", "below")]
        for verdict, text in _OTHERWISE.items():
            names = [_title(found, each.alternative) for each in pays if each.verdict == verdict]
            if names:
                told.append(f"{listed(names)} {text[len(names) > 1]}")
        crises.setdefault("; ".join(told), []).append(event(found, (cut,)))
    today = _title(found, found.alternatives[0])
    parts = [
        f"Say the crisis is that {' or '.join(said)} {when(found)}. Set against {today}, {told}."
        for told, said in crises.items()
    ]
    if found.early and any(each.verdict == "never" for each in found.payoffs):
        parts.append("What needs time to act cannot help so early: --at asks for a later cut.")
    return " ".join(parts)


_OTHERWISE: Final = {
    "always": ("pays at any probability", "pay at any probability"),
    "never": ("pays at no probability", "pay at no probability"),
    "cannot be told": ("may pay or not: that cannot be told", "may pay or not: that cannot be told"),
}
"""What is said of plans without a break-even probability: of one, and of several."""


def _pay(found: Stress, each: Payoff) -> str:
    side, p = each.verdict, each.probability
    often = share(p.estimate, p.low, p.high)
    return f"{_title(found, each.alternative)} pays if the crisis has a probability {side} {often}"


def _rests_on(found: Stress) -> str:
    """What the break-even probability rests on."""
    if not found.payoffs:
        return ""
    worth = f"{found.valued} for each unit short" if found.valued else "what the scenario says that shortage costs"
    rest = [f"{name} in {state}" for name, state in found.resting.items()]
    calm = f"otherwise with {listed(rest)}" if rest else "whose regimes go on as drawn"
    once = "the crisis comes once or not at all"
    return (
        f"The break-even rests on {worth}, on discounted costs over {number(found.horizon)} years, and on a world"
        f" {calm}; {once}, and nobody's probability of it is in the model."
    )


def share_text(each: Estimate) -> str:
    """A share in per cent for a table: `97 (94 to 99)`."""
    return f"{percent(each.estimate, share_digits(each.low, each.high))} ({percents(each.low, each.high)})"
