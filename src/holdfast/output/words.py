"""The answer in sentences, made from measures by rules; the terminal, the report and Python say the same words.

No sentence claims what its interval does not show: what cannot be told apart is said to be so. Every rule is a function
from a `Result` to text, or to nothing where it has nothing to say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.output.words_history import history
from holdfast.output.words_stress import sentences
from holdfast.study import estimates, measures, standards
from holdfast.study.estimates import Estimate, told_apart
from holdfast.study.figures import (
    capital,
    date,
    days,
    listed,
    number,
    percent,
    percents,
    plural,
    points,
    scale_of,
    share,
    share_digits,
    shorten,
    spread,
    within,
    year,
)
from holdfast.study.result import BASE

if TYPE_CHECKING:
    from holdfast.study.case import Case
    from holdfast.study.result import Result
    from holdfast.study.standards import Judgement
    from holdfast.study.stress import Stress

FEWEST: Final = 30
"""So many futures at least must be behind a sentence about some of them."""
LONGEST_TITLE: Final = 90


@dataclass(frozen=True)
class Finding:
    """One thing that the answer says."""

    kind: str
    """standards, plant, runs-out, cut, alike, worlds, peace, history, until or evidence; of cuts: worst, alike, unsure,
    helps, nothing, pairs, pays or rests-on; studies have kinds of their own (docs/reference/json.md)."""
    text: str


class Reading:
    """A result read once: what the rules ask it again and again."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.names = result.alternatives
        self.today = self.names[0]

    def case(self, name: str, what_if: str = BASE) -> Case:
        """A case, the base world's where nothing is said (or the only world's)."""
        return self.result.case(name, what_if if (name, what_if) in self.result.cases else None)

    def title(self, name: str) -> str:
        """The title of an alternative in quotes."""
        return f'"{shorten(self.result.about.alternatives.get(name) or name, LONGEST_TITLE)}"'

    @cached_property
    def judged(self) -> dict[str, dict[str, Judgement]]:
        """Every standard of every alternative in the base world."""
        return {name: standards.judge_all(self.case(name)) for name in self.names}

    @cached_property
    def joint(self) -> dict[str, Estimate]:
        """By alternative: the share of futures that meet every standard."""
        return {name: standards.all_met(self.case(name)) for name in self.names}

    @cached_property
    def costs(self) -> dict[str, Estimate]:
        """By alternative: cost."""
        return {name: measures.cost(self.case(name)) for name in self.names}

    @cached_property
    def scale(self) -> tuple[float, str]:
        """How money is counted where plans stand beside one another: by what half of them cost at most."""
        means = sorted(cost.estimate for cost in self.costs.values())
        return scale_of([means[(len(means) - 1) // 2]])

    @cached_property
    def totals(self) -> dict[str, Estimate]:
        """By alternative: total cost."""
        return {name: measures.total_cost(self.case(name)) for name in self.names}

    def with_verdict(self, sure: bool) -> list[str]:
        """Alternatives that meet every standard surely, or at least miss none surely, cheapest first."""
        fine = {"yes"} if sure else {"yes", "cannot be told"}
        found = [n for n in self.names if all(j.verdict in fine for j in self.judged[n].values())]
        return sorted(found, key=lambda name: self.costs[name].estimate)

    @cached_property
    def chosen(self) -> str:
        """The plan that the answer speaks of: the cheapest that meets the standards, or else the nearest to it."""
        if not self.case(self.today).world.standards:
            return min(self.names, key=lambda name: self.totals[name].estimate)
        fine = self.with_verdict(True) or self.with_verdict(False)
        return fine[0] if fine else max(self.names, key=lambda name: self.joint[name].estimate)


def findings(result: Result | Stress) -> list[Finding]:
    """Everything that the answer says, in order."""
    from holdfast.study.stress import Stress

    if isinstance(result, Stress):
        return [Finding(kind, text) for kind, text in sentences(result)]
    reading = Reading(result)
    rules = (
        ("standards", _standards),
        ("plant", _plant),
        ("runs-out", _runs_out),
        ("cut", _cut),
        ("alike", _alike),
        ("worlds", _worlds),
        ("peace", _peace),
        ("history", lambda read: history(read.result)),
        ("until", _until),
        ("evidence", _evidence),
    )
    return [Finding(kind, text) for kind, rule in rules if (text := rule(reading))]


def extra_cost(reading: Reading, name: str, other: str) -> str:
    """What a plan costs beside another: `costs 40 million USD more than "Imports" (39 to 41)`."""
    more = estimates.difference(reading.costs[name], reading.costs[other])
    factor, word = scale_of([more.low, more.high])
    currency = reading.case(name).world.currency
    low, high = more.low / factor, more.high / factor
    if more.low == more.high == 0:
        return f"costs the same as {reading.title(other)} in every future"
    if not told_apart(more):
        return f"costs as much as {reading.title(other)} as far as can be told ({spread(low, high)} {word}{currency})"
    if more.estimate < 0:
        low, high = -high, -low
    way = "more" if more.estimate > 0 else "less"
    size = within(abs(more.estimate) / factor, low, high)
    return f"costs {size} {word}{currency} {way} than {reading.title(other)} ({spread(low, high)})"


def _share_text(judgement: Judgement) -> str:
    """How often a standard holds, beside what is asked."""
    met, standard = judgement.met, judgement.standard
    if standard.in_share is None:
        reached = judgement.reached
        if reached.unit.startswith("share"):
            size = percent(reached.estimate, share_digits(reached.low, reached.high))
            return f"{size} %, {percents(reached.low, reached.high)}, asked {percent(judgement.asked)}"
        return f"{number(reached.estimate)}, {spread(reached.low, reached.high)}, asked {number(judgement.asked)}"
    size = percent(met.estimate, share_digits(met.low, met.high))
    return f"{size} % of futures, {percents(met.low, met.high)}, asked {percent(standard.in_share)}"


def _standards(reading: Reading) -> str:
    """Which plans meet every standard, how surely, and the cheapest of them."""
    if not reading.case(reading.today).world.standards:
        return _cheapest(reading)
    sure, nearly = reading.with_verdict(True), reading.with_verdict(False)
    nearly = [name for name in nearly if name not in sure]
    many = len(reading.names) > 1
    parts = []
    if len(sure) == 1:
        only = "Only " if not nearly and many else ""
        parts.append(f"{only}{reading.title(sure[0])} meets every standard.")
    elif sure:
        parts.append(f"{listed([reading.title(name) for name in sure])} meet every standard.")
        parts.append(_cheapest_of(reading, sure))
    parts += [_nearly(reading, name) for name in nearly]
    if not sure and not nearly:
        parts.append(_nearest(reading))
    if many and reading.chosen != reading.today:
        subject = reading.title(reading.chosen) if len(sure) + len(nearly) > 1 else "It"
        parts.append(f"{subject} {extra_cost(reading, reading.chosen, reading.today)}.")
    return " ".join(parts)


def _cheapest_of(reading: Reading, names: list[str]) -> str:
    """The cheapest of some plans, or that it cannot be told."""
    first, second = names[0], names[1]
    gap = estimates.difference(reading.costs[second], reading.costs[first])
    if told_apart(gap):
        more = extra_cost(reading, second, first)
        return f"The cheapest of them is {reading.title(first)}: {reading.title(second)} {more}."
    if gap.low == gap.high == 0:
        return f"{reading.title(first)} and {reading.title(second)} cost the same in every future."
    return f"Which of {reading.title(first)} and {reading.title(second)} is cheaper cannot be told."


def _cheapest(reading: Reading) -> str:
    """Without standards: the plan of the lowest total cost."""
    ranked = sorted(reading.names, key=lambda name: reading.totals[name].estimate)
    if len(ranked) == 1:
        return ""
    gap = estimates.difference(reading.totals[ranked[1]], reading.totals[ranked[0]])
    first, second = reading.title(ranked[0]), reading.title(ranked[1])
    if not told_apart(gap):
        return f"Whether {first} or {second} costs less, shortages counted, cannot be told."
    return f"{first} costs least, shortages counted."


def _nearly(reading: Reading, name: str) -> str:
    """A plan that misses no standard surely, but does not surely meet them all either."""
    judged = reading.judged[name]
    open_ones = [f"{n} ({_share_text(j)})" for n, j in judged.items() if j.verdict == "cannot be told"]
    futures = reading.case(name).replications
    start = (
        f"{reading.title(name)} meets"
        if len(open_ones) == len(judged)
        else f"{reading.title(name)} meets the others, and"
    )
    return f"{start} {listed(open_ones)} as nearly as {futures:,} {plural('future', futures)} can tell."


def _nearest(reading: Reading) -> str:
    """Where no plan meets every standard: the one that meets them all in most futures, and what it misses."""
    name = max(reading.names, key=lambda each: reading.joint[each].estimate)
    joint, judged = reading.joint[name], reading.judged[name]
    missed = [f"{n} ({_share_text(j)})" for n, j in judged.items() if j.verdict == "no"]
    subject = (
        "No plan meets every standard."
        if len(reading.names) > 1
        else f"{reading.title(name)} does not meet every standard."
    )
    nearest = f"{reading.title(name)} comes nearest" if len(reading.names) > 1 else "It"
    verb = ": it meets" if len(reading.names) > 1 else " meets"
    all_of = "them all" if len(judged) > 1 else "it"
    often = _often(joint, " of futures")
    return f"{subject} {nearest}{verb} {all_of} in {often}, and misses {listed(missed)}."


def _often(found: Estimate, of: str = "") -> str:
    """A share with its interval."""
    return share(found.estimate, found.low, found.high, of)


def _plant(reading: Reading) -> str:
    """What building buys: cost, service, opening, and whether the dependency only moved."""
    builds = [n for n in reading.names if _opens(reading, n) and not _opens(reading, reading.today)]
    if not builds:
        return ""
    name = min(builds, key=lambda each: reading.costs[each].estimate)
    case = reading.case(name)
    parts = [f"{reading.title(name)} {extra_cost(reading, name, reading.today)}{_service_gain(reading, name)}."]
    for project in case.world.projects:
        opens = measures.opens(case, project.name)
        if opens.estimate > 0:
            parts.append(_opening(case, project.name, opens))
    home, free = measures.made_at_home(case), measures.without_permission(case)
    permission = _often(free, " without anyone's permission abroad")
    parts.append(f"With it, {_often(home, ' of use is made at home')}, and {permission}.")
    return " ".join(parts)


def _opens(reading: Reading, name: str) -> bool:
    """Whether any project of the plan ever opens."""
    case = reading.case(name)
    return any(bool((case.totals[f"projects.{p.name}.opened"] >= 0).any()) for p in case.world.projects)


def _service_gain(reading: Reading, name: str) -> str:
    """What a plan changes in service beside today's."""
    if not reading.case(name).world.standards:
        return ""
    gain = estimates.difference(reading.joint[name], reading.joint[reading.today])
    if not told_apart(gain):
        return f", and cannot be told from it in how many futures meet every standard ({points(gain.low, gain.high)})"
    way = "more" if gain.estimate > 0 else "fewer"
    low, high = sorted((abs(gain.low), abs(gain.high)))
    size = within(abs(gain.estimate), low, high)
    return f", and meets every standard in {size} points {way} of the futures ({spread(low, high)})"


def _opening(case: Case, project: str, opens: Estimate) -> str:
    """When a project opens."""
    low, middle, high = (measures.opening(case, project, p) for p in (0.1, 0.5, 0.9))
    start = case.world.start
    often = capital(f"{project} opens in {_often(opens, ' of futures')}")
    if not math.isfinite(middle.estimate):
        return f"{often}."
    half, early = date(start, middle.estimate), date(start, low.estimate)
    late = date(start, high.estimate) if math.isfinite(high.estimate) else "never"
    most = f"80 % in {early}" if early == late else f"80 % between {early} and {late}"
    return f"{often}; half of all by {half}, {most}."


def first_to_run_out(case: Case) -> tuple[str, Estimate] | None:
    """The consumer that is short first in the median future, and when; the most often short where none is in half."""
    waits = {c.name: measures.first_short(case, c.name) for c in case.world.consumers}
    often = {c.name: measures.ever_short(case, c.name).estimate for c in case.world.consumers}
    if not any(often.values()):
        return None
    name = min(waits, key=lambda each: (waits[each].estimate, -often[each]))
    return name, waits[name]


def _runs_out(reading: Reading) -> str:
    """Who runs out first with today's plan and with the chosen one, and when."""
    parts = []
    for name in dict.fromkeys((reading.today, reading.chosen)):
        case = reading.case(name)
        found = first_to_run_out(case)
        if found is None:
            any_of = f"any of {case.replications:,} {plural('future', case.replications)}"
            parts.append(f"With {reading.title(name)}, nobody is short in {any_of}.")
            continue
        consumer, when = found
        ever = measures.ever_short(case, consumer)
        often = _often(ever, " of futures")
        if not math.isfinite(when.estimate):
            parts.append(
                f"With {reading.title(name)}, nobody is short in half of the futures; most often {consumer},"
                f" in {often}."
            )
            continue
        span = f", {year(when.low)} to {year(when.high)}" if when.high > when.low and math.isfinite(when.low) else ""
        by = f"by {date(case.world.start, when.estimate)} ({year(when.estimate)}{span})"
        parts.append(
            f"With {reading.title(name)}, {consumer} will be the first to be short: in half of the futures {by}, at"
            f" some time in {often}."
        )
    return " ".join(parts)


def _cut(reading: Reading) -> str:
    """How long each plan lasts if everything from outside is cut on the first day."""
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for name, cut in reading.result.cuts.items():
        lasts = []
        for consumer in cut.world.consumers:
            low, middle, high = (measures.time_to_survive(cut, consumer.name, p) for p in (0.1, 0.5, 0.9))
            horizon = days(cut.world.periods * cut.world.period_days)
            text, top = (
                days(e.estimate) if math.isfinite(e.estimate) else f"more than {horizon}" for e in (middle, high)
            )
            bottom = days(low.estimate) if math.isfinite(low.estimate) else f"more than {horizon}"
            lasts.append((consumer.name, f"{text} (80 % of futures: {bottom} to {top})" if bottom != top else text))
        groups.setdefault(tuple(lasts), []).append(name)
    parts: list[str] = []
    for spans, names in sorted(
        groups.items(), key=lambda item: len(item[1])
    ):  # the most common last: "every other plan"
        who = listed([f"{consumer} for {text}" for consumer, text in spans])
        whom = listed([reading.title(name) for name in names])
        if len(names) > 2 and len(parts) == len(groups) - 1:
            whom = "every other plan" if parts else "every plan"
        parts.append(f"{whom}: {who}")
    start = "Served in full if everything from outside were cut today, with"
    return f"{start} {'; with '.join(parts)}." if parts else ""


def _alike(reading: Reading) -> str:
    """Plans that buy nothing that can be seen, beside today's."""
    parts: list[str] = []
    if not reading.case(reading.today).world.standards:
        return ""
    for name in reading.names[1:]:
        gain = estimates.difference(reading.joint[name], reading.joint[reading.today])
        if not told_apart(gain) and not _opens(reading, name):
            parts.append(f"{reading.title(name)} ({points(gain.low, gain.high)})")
    if not parts:
        return ""
    start = f"What cannot be told from {reading.title(reading.today)} in how many futures"
    return f"{start} meet every standard: {listed(parts)}."


def _score(reading: Reading, name: str, what_if: str) -> Estimate:
    """What orders plans in one world: the share of futures that meet every standard; or else minus total cost."""
    case = reading.result.case(name, what_if)
    if case.world.standards:
        return standards.all_met(case)
    return estimates.mean(-measures.costs(case, shortage=True), measures.money(case))


def _worlds(reading: Reading) -> str:
    """Worlds in which another plan serves best, where the paired interval leaves no doubt."""
    if (
        BASE not in {world for _, world in reading.result.cases}
        or len(reading.names) < 2
        or not reading.result.what_ifs
    ):
        return ""
    base = {name: _score(reading, name, BASE) for name in reading.names}
    best = max(base, key=lambda name: base[name].estimate)
    surely = all(told_apart(estimates.difference(base[best], base[name])) for name in reading.names if name != best)
    parts = []
    for what_if in reading.result.what_ifs:
        there = {name: _score(reading, name, what_if) for name in reading.names}
        other = max(there, key=lambda name: there[name].estimate)
        gap = estimates.difference(there[other], there[best])
        if other != best and told_apart(gap):
            title = shorten(reading.result.about.what_ifs.get(what_if) or what_if, LONGEST_TITLE)
            more = f" ({points(gap.low, gap.high)} more)" if gap.unit == "points" else ""
            parts.append(
                f'in "{title}" {"it is " if surely else ""}{reading.title(other)}{"" if surely else " does"}{more}'
            )
    if surely:
        told = f"{reading.title(best)} meets every standard most often in the base world"
        if not reading.case(best).world.standards:
            told = f"{reading.title(best)} costs least in the base world, shortages counted"
    else:
        told = f"In the base world no plan surely meets every standard more often than {reading.title(best)}"
        if not reading.case(best).world.standards:
            told = f"In the base world no plan surely costs less than {reading.title(best)}, shortages counted"
    count = len(reading.result.what_ifs)
    where = "the other world" if count == 1 else f"any of the {count} other worlds"
    rest = f"; {listed(parts)}" if parts else f", and no other plan does surely better in {where}"
    return f"{told}{rest}."


def _peace(reading: Reading) -> str:
    """What the chosen plan costs if what the standards guard against never comes."""
    case, other = reading.case(reading.chosen), reading.case(reading.today)
    windows = {s.window for s in case.world.standards if case.world.windows[s.window].condition >= 0}
    if not windows or reading.chosen == reading.today:
        return ""
    never = np.ones(case.replications, dtype=bool)
    for window in windows:
        never &= (case.totals[f"windows.{window}.periods"] == 0) & (other.totals[f"windows.{window}.periods"] == 0)
    if int(never.sum()) < FEWEST:
        return ""
    gap = (measures.costs(case, shortage=False) - measures.costs(other, shortage=False))[never]
    more = estimates.mean(gap, measures.money(case))
    factor, word = scale_of([more.low, more.high])
    part = _often(estimates.share(never), " of futures")
    low, high = more.low / factor, more.high / factor
    span = f" ({spread(low, high)} {word}{case.world.currency})"
    if told_apart(more):
        low, high = sorted((abs(low), abs(high)))
        way = "more" if more.estimate > 0 else "less"
        size = f"{within(abs(more.estimate) / factor, low, high)} {word}{case.world.currency} {way} than"
        span = f" ({spread(low, high)})"
    elif low == high == 0:
        size, span = "the same as", " in every one of them"
    else:
        size = "as much, as far as can be told, as"
    states = listed(sorted({_state(case, window) for window in windows}))
    start = f"In the {part} in which {states} never comes, {reading.title(reading.chosen)}"
    return f"{start} costs {size} {reading.title(reading.today)}{span}."


def _state(case: Case, window: int) -> str:
    """The state that a window waits for: `"crisis" of tensions`."""
    condition = case.world.conditions[case.world.windows[window].condition]
    return f'"{condition.states[case.world.windows[window].state]}" of {condition.name}'


def _until(reading: Reading) -> str:
    """How many futures the answer was said to need, and how surely it is known with them."""
    told = reading.result.provenance.get("until")
    if told is None:
        return ""
    futures = reading.case(reading.today).replications
    wanted = [goal["needed"] for goal in told["goals"]]
    need = f"about {max(wanted):,} futures" if all(wanted) else "more futures than it can tell"
    why = ", the most allowed, were" if told["capped"] else " were"
    first = f"{capital(told['asked'])} takes {need}, said a pilot of {told['pilot']:,}; {futures:,}{why} simulated."
    return " ".join([first, *[_known(reading, goal) for goal in told["goals"]]])


def _known(reading: Reading, goal: dict[str, Any]) -> str:
    """How surely one measure is known, where it is known least."""
    if goal["half_width"] == 0.0:
        return capital(f"{goal['measure']} is the same in every future.")
    figure = f"{goal['of']} " if goal["of"] != goal["measure"] else ""
    where = f"least surely {figure}with {reading.title(goal['alternative'])}"
    if goal["half_width"] is None:
        return capital(f"{goal['measure']} is not known to any part of itself ({where}).")
    missed = "" if goal["reached"] else f", and not within the {goal['within']:g} asked"
    return capital(
        f"{goal['measure']} is known within {number(goal['half_width'], 2)} {goal['unit']}{missed} ({where})."
    )


def _evidence(reading: Reading) -> str:
    """What the answer rests on."""
    counts = reading.result.about.evidence
    if not counts:
        return ""
    ranged = f" ({counts['assumed_with_range']} with a range)" if counts.get("assumed_with_range") else ""
    late = f", {counts['hindsight']} known only in hindsight" if counts.get("hindsight") else ""
    stated, derived, assumed = counts["stated"], counts["derived"], counts["assumed"]
    total = stated + derived + assumed
    parts = f"{stated} stated by sources, {derived} derived, {assumed} assumed{ranged}"
    return f"This rests on {total} numbers: {parts}{late}."
