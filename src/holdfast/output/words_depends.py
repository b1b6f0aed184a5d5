"""On what supply hangs, in words: what is leaned on, what would be spared were it secure, and missed were it cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from holdfast.output.letters import plain, wrap
from holdfast.output.table import Column, blocks
from holdfast.output.words import LONGEST_TITLE, Finding
from holdfast.study import estimates
from holdfast.study.depends import DAYS
from holdfast.study.estimates import told_apart
from holdfast.study.figures import capital, days, listed, number, percent, share, shorten, spread, within

if TYPE_CHECKING:
    from holdfast.study.depends import Dependency, Depends, Plan
    from holdfast.study.estimates import Estimate

SMALL: Final = 0.005
"""Shares that surely lie below this are named together."""
SAID: Final = 4
"""Dependencies that a sentence names, at most."""


def findings(found: Depends) -> list[Finding]:
    """Everything that is said, in order."""
    if not found.plans:
        return [Finding("none", "No plan makes anything at home, so supply hangs on what comes from outside alone.")]
    moved = [Finding("moved", text) for plan in found.plans[1:] if (text := _moved(found, found.plans[0], plan))]
    return moved + [Finding("hangs", _hangs(found, plan)) for plan in found.plans]


def title_of(found: Depends, plan: Plan) -> str:
    """The title of a plan in quotes."""
    return f'"{shorten(found.about.alternatives.get(plan.name) or plan.name, LONGEST_TITLE)}"'


def cut_for(found: Depends) -> str:
    """How long things are cut: `12 months`."""
    return days(round(found.length / 7) * 7 if found.length < 350 else found.length)


def share_text(each: Estimate) -> str:
    """A share with its interval; it may be below 0."""
    if max(abs(each.low), abs(each.high)) < SMALL and each.low < each.high:
        return f"under {percent(SMALL, 1)} %"
    if each.low >= 0.0:
        return share(each.estimate, each.low, each.high)
    return f"{number(100 * each.estimate, 2)} % ({spread(100 * each.low, 100 * each.high)})"


def amount(each: Estimate) -> str:
    """Days with their interval."""
    if each.low == each.high == 0.0:
        return "0"
    return f"{within(each.estimate, each.low, each.high)} ({spread(each.low, each.high)})"


def _hangs(found: Depends, plan: Plan) -> str:
    """What is leaned on with a plan, and what securing it, or cutting it, would do."""
    title, free = title_of(found, plan), _free(plan)
    made = "nothing that is used is made at home"
    if plan.made.high > 0.0:
        how = f"{share_text(free)} of use" if free.high > 0.0 else "none of it"
        made = f"{share_text(plan.made)} of use is made at home, {how} free of all that follows"
    start = f"With {title}, {made}."
    if plan.short.high <= 0.0:
        return (
            f"{start} Nobody is short in any of {int(found.provenance['replications']):,} futures. {_cut(found, plan)}"
        )
    return f"{start} {amount(plan.short)} {DAYS} are short. {_spared(plan)} {_cut(found, plan)}"


def _free(plan: Plan) -> Estimate:
    """The share of use that leans on nothing that is told of."""
    bound = plan.together.leans
    return estimates.Estimate(1.0 - bound.estimate, 1.0 - bound.high, 1.0 - bound.low, bound.standard_error, bound.unit)


def _spared(plan: Plan) -> str:
    """What would be spared by what never fails."""
    told = [each for each in plan.ranked if each.share.high >= SMALL][:SAID]
    if not told:
        return f"None of that would be spared if {_any(plan)} never failed."
    parts = [f"{each.title} {share_text(each.share)}" for each in told]
    whole = f"; all of them together {share_text(plan.together.share)}" if len(plan.ranked) > 1 else ""
    return f"If one thing never failed, that would spare of it: {listed(parts)}{whole}."


def _any(plan: Plan) -> str:
    return " or ".join(each.title for each in plan.ranked)


def missed_most(plan: Plan) -> tuple[Dependency, Dependency | None]:
    """The dependency whose cut costs most, and another that cannot be told from it."""
    first, *others = _by_loss(plan)
    if others and not told_apart(estimates.difference(first.missed, others[0].missed)):
        return first, others[0]
    return first, None


def _by_loss(plan: Plan) -> list[Dependency]:
    return sorted(plan.ranked, key=lambda each: -each.missed.estimate)


def _cut(found: Depends, plan: Plan) -> str:
    """What would be missed if each were cut."""
    told = [each for each in _by_loss(plan) if each.missed.high > 0.0 and told_apart(each.missed)][:SAID]
    span = cut_for(found)
    if not told:
        return f"A cut of {span} of any of them would leave nobody surely shorter."
    parts = [f"{each.title}{' that late' if each.kind == 'builder' else ''} {amount(each.missed)}" for each in told]
    return f"A cut of {span} would cost, in {DAYS}: {listed(parts)}."


def _moved(found: Depends, before: Plan, after: Plan) -> str:
    """Whether what would be missed most is another thing with a plan than with the first one."""
    if not before.ranked or not after.ranked:
        return ""
    was, now, (most, other) = _by_loss(before)[0], _by_loss(after), missed_most(after)
    title, span = title_of(found, after), cut_for(found)
    if other is not None:
        either = f"{most.title} or {other.title}"
        return f"With {title} it cannot be told whether cutting {either} for {span} would cost more."
    if most.name == was.name:
        less = estimates.difference(was.missed, most.missed)
        fewer = f", {amount(less)} fewer than with {title_of(found, before)}"
        return (
            f"With {title} the dependency stays: cutting {was.title} for {span} still costs most,"
            f" {amount(most.missed)} {DAYS}{fewer if told_apart(less) and less.estimate > 0.0 else ''}."
        )
    same = next((each for each in now if each.name == was.name), None)
    left = f", and {same.title} {amount(same.missed)}" if same is not None else ""
    return (
        f"With {title} the dependency moves from {was.title} to {most.title}: cutting {most.title} for {span} would"
        f" cost {amount(most.missed)} {DAYS}{left}; with {title_of(found, before)} cutting {was.title} costs"
        f" {amount(was.missed)}."
    )


def answer(found: Depends, width: int = 80, encoding: str = "utf-8") -> str:
    """Sentences, a table for each plan, and how it was reckoned.

    Args:
        found: what was found.
        width: columns of a line, at most.
        encoding: the letters that there are.
    """
    told = found.provenance
    world = f', in "{found.about.what_ifs.get(found.what_if) or found.what_if}"' if found.what_if else ""
    name = " ".join(found.about.title.split())
    head = f"{name}{world}: on what supply hangs ({int(told['replications']):,} futures, seed {told['seed']})"
    lines = wrap(plain(head, encoding), width)
    for each in findings(found):
        lines += ["", *wrap(plain(each.text, encoding), width)]
    for plan in found.plans:
        lines += ["", *(plain(line, encoding) for line in _table(found, plan, width))]
    if found.plans:
        lines += ["", *wrap(plain(method(found), encoding), width)]
    return "\n".join(lines)


def _table(found: Depends, plan: Plan, width: int) -> list[str]:
    """Dependencies down; what leans on each, what it would spare, and what its cut would cost."""
    rows = (*plan.dependencies, plan.together) if len(plan.ranked) > 1 else plan.dependencies
    nothing = plan.short.high <= 0.0
    names = Column((plan.name, "supply hangs on"), tuple(each.title for each in rows), left=True)
    columns = [
        Column(("of use,", "goes by it"), tuple(f"{percent(each.leans.estimate)} %" for each in rows)),
        Column(
            ("of what is short,", "spared if secure"),
            tuple("-" if nothing else share_text(each.share) for each in rows),
        ),
        Column((f"cut for {cut_for(found)},", "days missed more"), tuple(amount(each.missed) for each in rows)),
    ]
    return blocks(names, columns, width)


def method(found: Depends) -> str:
    """How it was reckoned."""
    futures = int(found.provenance["replications"])
    return (
        f"The same {futures:,} futures again, with one thing secure from start to end (channels and lines feel no"
        f" regime, builders open as planned), and with it cut from {found.at:%d %B %Y} on (a builder is so much later)."
        " Shares do not add up: what two failures do together, neither alone undoes. What none of them spares is surges"
        f" of demand, breakdowns, rejected lots and the plan itself. {capital(DAYS)} are counted over the whole horizon"
        " and all consumers; what is served late, behind what others wait for, is short too. In brackets: 95 %"
        " intervals."
    )
