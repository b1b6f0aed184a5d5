"""What a search found, in sentences and tables: the choice first, then how sure it is, then the frontier."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from holdfast.output.letters import cut, plain, wrap
from holdfast.output.table import MARKS, WIDTH, Column, blocks
from holdfast.output.words import Finding
from holdfast.study import estimates
from holdfast.study.estimates import Estimate, told_apart
from holdfast.study.figures import (
    EXACT,
    ROUNDED,
    amount,
    listed,
    number,
    percent,
    points,
    scale_of,
    share,
    spread,
    within,
)
from holdfast.study.search.bound import part_above
from holdfast.study.search.final import judge, misses
from holdfast.study.search.space import BASE_PLAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from holdfast.spec.turning import Lever
    from holdfast.study.search.final import Chosen
    from holdfast.study.search.found import Found
    from holdfast.study.search.goals import Goal
    from holdfast.study.search.scores import Aim, Scores
    from holdfast.study.search.space import Plan

LATE: Final = 0.6
"""Part of the plans after which the best is found late."""
OUTSIDE: Final = 0.05
"""Part of a stock that may wait outside its store without a word."""
ALIKE: Final = 0.01
"""Part of the cost by which plans may differ and still be said to cost nearly the same."""


def search_findings(found: Found) -> list[Finding]:
    """Everything that is said of a search, in order."""
    rules = (
        ("choice", _choice),
        ("waiting", _waiting),
        ("alike", _alike),
        ("budget", _budget),
        ("bound", _bound),
        ("exact", _exact),
        ("frontier", _frontier),
        ("marginal", _marginal),
        ("made", _made),
    )
    return [Finding(kind, text) for kind, rule in rules if (text := rule(found))]


def told(found: Found, plan: Plan) -> str:
    """A plan in words: `stored 26 months, room 84 million rounds, second no`."""
    if plan == BASE_PLAN:
        return base_name(found)
    return ", ".join(f"{lever.name} {text}" for lever, text in zip(found.levers, plan, strict=True))


def base_name(found: Found) -> str:
    """What the plan is called that leaves the levers as they stand."""
    name = found.provenance["alternative"]
    return f'"{found.about.alternatives.get(name) or name}" as it is' if name else "today's plan"


def _choice(found: Found) -> str:
    """The cheapest plan that does, what it costs and how surely it does; or that none does, and the nearest."""
    if not found.chosen:
        return _so_far(found) if found.interrupted else ""
    chosen = found.chosen[0]
    if chosen.best is None:
        return _none(found, chosen)
    scores = found.tested[chosen.best]
    if not found.aims:
        start = f"Of the plans tried, {told(found, chosen.best)} costs least, shortages counted"
        return f"{start}: {_cost(found, scores.total_cost)}.{_beside_base(found, chosen, total=True)}"
    plans = found.provenance["plans"]
    if chosen.sure:
        start = f"The cheapest of {plans:,} plans tried that surely meets every standard"
    else:
        start = f"The cheapest of {plans:,} plans tried that meets every standard as nearly as can be told"
    met = listed([_met(aim, scores.measure(aim)) for aim in found.aims])
    more = _beside_base(found, chosen, total=False)
    idle = f" No difference to it comes from {listed(list(found.idle))}." if found.idle else ""
    return f"{start}: {told(found, chosen.best)}.{idle} It costs {_cost(found, scores.cost)}.{more} It meets {met}."


def _met(aim: Aim, measure: Estimate) -> str:
    """How well a standard is met, beside what is asked."""
    if aim.share:
        often = share(measure.estimate, measure.low, measure.high, " of futures")
        return f"{aim.name} in {often[:-1]}, asked {percent(aim.asked)})"
    return f"{aim.name} with {_size(measure, measure)} ({_ends(measure)}, asked {_asked(aim, measure)})"


def _size(value: Estimate, unit_of: Estimate) -> str:
    return f"{percent(value.estimate, 1)} %" if unit_of.unit.startswith("share") else number(value.estimate)


def _ends(measure: Estimate) -> str:
    shares = measure.unit.startswith("share")
    ends = [100.0 * end if shares else end for end in (measure.low, measure.high)]
    return spread(*ends)


def _asked(aim: Aim, measure: Estimate) -> str:
    return percent(aim.asked) if measure.unit.startswith("share") else number(aim.asked)


def _cost(found: Found, cost: Estimate) -> str:
    """A cost with its interval: `275 million USD (274 to 276)`."""
    factor, word = scale_of([cost.estimate])
    size = within(cost.estimate / factor, cost.low / factor, cost.high / factor)
    return f"{size} {word}{_currency(found)} ({spread(cost.low / factor, cost.high / factor)})"


def _currency(found: Found) -> str:
    return found.money.split(" ", 1)[0]


def _beside_base(found: Found, chosen: Chosen, total: bool) -> str:
    """What the best plan costs beside the plan that leaves the levers as they stand."""
    if chosen.best in (None, BASE_PLAN) or BASE_PLAN not in found.tested:
        return ""
    one, other = found.tested[chosen.best], found.tested[BASE_PLAN]
    pair = (one.total_cost, other.total_cost) if total else (one.cost, other.cost)
    return f" That is {_more(found, estimates.difference(*pair))} {base_name(found)}."


def _more(found: Found, gap: Estimate) -> str:
    """A difference of costs: `44 million USD more (43 to 45) than`."""
    factor, word = scale_of([gap.low, gap.high])
    low, high = gap.low / factor, gap.high / factor
    if not told_apart(gap):
        return f"as much as far as can be told ({spread(low, high)} {word}{_currency(found)} more) as"
    way = "more" if gap.estimate > 0 else "less"
    low, high = (low, high) if gap.estimate > 0 else (-high, -low)
    return f"{within(abs(gap.estimate) / factor, low, high)} {word}{_currency(found)} {way} ({spread(low, high)}) than"


def _none(found: Found, chosen: Chosen) -> str:
    """That no plan does, and by how much the nearest misses."""
    if chosen.nearest is None:
        return "No plan could be tried: none of those that the levers make holds together."
    scores = found.tested[chosen.nearest]
    verdicts = judge(chosen.goal, scores)
    missed = [_missed(aim, scores, found.misses(scores)[aim.name]) for aim in found.aims if verdicts[aim.name] == "no"]
    unsure = [f"{aim.name} ({_reached(aim, scores)})" for aim in found.aims if verdicts[aim.name] == "cannot be told"]
    parts = [f"misses {listed(missed)}"] if missed else []
    parts += [f"cannot be told to meet {listed(unsure)}"] if unsure else []
    return (
        f"No plan within these levers meets every standard, of {found.provenance['plans']:,} tried. The nearest,"
        f" {told(found, chosen.nearest)}, {' and '.join(parts)}. It costs {_cost(found, scores.cost)}.{_unmoved(found)}"
    )


def _unmoved(found: Found) -> str:
    """Standards that are missed and that no lever moves, in any future of the last test."""
    names = []
    for aim in found.aims:
        each = {scores.measure(aim).estimate for scores in found.tested.values()}
        if len(each) == 1 and len(found.tested) > 2 and misses(aim, next(iter(found.tested.values()))).low > 0:
            names.append(aim.name)
    return f" No lever moves {listed(names)}, in any plan of the last test." if names else ""


def _missed(aim: Aim, scores: Scores, gap: Estimate) -> str:
    """By how much a standard is missed: `trucks-roll by 70 points (68 to 73; in 24.5 % of futures, asked 95)`."""
    if gap.unit.startswith("share"):
        low, high = 100.0 * gap.low, 100.0 * gap.high
        size, ends = f"{within(100.0 * gap.estimate, low, high)} points", spread(low, high)
    else:
        size, ends = number(gap.estimate), spread(gap.low, gap.high)
    return f"{aim.name} by {size} ({ends}; {_reached(aim, scores)})"


def _reached(aim: Aim, scores: Scores) -> str:
    measure = scores.measure(aim)
    if aim.share:
        return f"met in {percent(measure.estimate, 1)} % of futures, asked {percent(aim.asked)}"
    return f"it is {_size(measure, measure)}, asked {_asked(aim, measure)}"


def _so_far(found: Found) -> str:
    """What an interrupted search found: nothing of it was tested on fresh futures."""
    plans = [plan for plan in found.frontier if all(_seems(aim, found.at(plan)) for aim in found.aims)]
    start = "Interrupted: nothing below was tested on fresh futures, so the best look better than they are."
    if not plans:
        return f"{start} No plan tried so far seems to meet every standard." if found.aims else start
    best = min(plans, key=lambda plan: found.at(plan).cost.estimate)
    if not found.aims:
        return start
    return f"{start} The cheapest that seems to meet every standard: {told(found, best)}."


def _seems(aim: Aim, scores: Scores) -> bool:
    measure = scores.measure(aim).estimate
    return math.isnan(measure) or (measure >= aim.asked if aim.at_least else measure <= aim.asked)


def _waiting(found: Found) -> str:
    """Where the best plan leans on goods that wait outside a store, and whether that costs more than room does."""
    said = []
    for cheap in (True, False):
        parts = [
            f"{share(part.estimate, part.low, part.high)} of what is held for {name}"
            for name, part in found.waiting.items()
            if part.low >= OUTSIDE and (name in found.cheap_outside) == cheap
        ]
        if parts and cheap:
            said.append(
                f"Beware: {listed(parts)} waits outside for room, and the scenario charges no more for it than inside:"
                " say with waiting_cost what rented rooms or idle ships cost."
            )
        elif parts:
            said.append(f"{listed(parts)} waits outside for room, at the waiting_cost of the scenario.")
    return " ".join(said)


def _alike(found: Found) -> str:
    """Which plans cannot be told from the best, which nearly cost the same, and which cheaper ones may do."""
    if not found.chosen or found.chosen[0].best is None:
        return ""
    chosen = found.chosen[0]
    best = found.tested[chosen.best]  # type: ignore[index]
    parts = []
    if chosen.alike:
        count = {2: "two", 3: "three", 4: "four", 5: "five"}.get(len(chosen.alike) + 1, str(len(chosen.alike) + 1))
        others = "; ".join(told(found, plan) for plan in chosen.alike)
        parts.append(f"These {count} plans cannot be told apart in what they cost: it, and {others}.")
    rest = [plan for plan in chosen.finalists if plan not in (chosen.best, *chosen.alike)]
    near = [plan for plan in rest if _dearer(chosen, found, plan, best)]
    if near:
        more = [estimates.difference(_price(chosen.goal, found.tested[p]), _price(chosen.goal, best)) for p in near]
        each = "; ".join(f"{told(found, plan)} ({_gap(found, gap)} more)" for plan, gap in zip(near, more, strict=True))
        parts.append(f"Nearly the same cost, within {percent(ALIKE)} %: {each}.")
    if chosen.sure:
        for plan in rest:
            verdicts = judge(chosen.goal, found.tested[plan]).values()
            gap = estimates.difference(_price(chosen.goal, best), _price(chosen.goal, found.tested[plan]))
            if gap.low > 0 and "no" not in verdicts:
                parts.append(
                    f"A cheaper one, {told(found, plan)}, costs {_gap(found, gap)} less, but whether it meets every"
                    " standard cannot be told."
                )
                break
    return " ".join(parts)


def _price(goal: Goal, scores: Scores) -> Estimate:
    return scores.total_cost if goal.total else scores.cost


def _dearer(chosen: Chosen, found: Found, plan: Plan, best: Scores) -> bool:
    """Whether a plan meets all as surely as the best does and costs a little more."""
    scores = found.tested[plan]
    verdicts = judge(chosen.goal, scores).values()
    fine = all(each == "yes" for each in verdicts) if chosen.sure else "no" not in verdicts
    gap = estimates.difference(_price(chosen.goal, scores), _price(chosen.goal, best))
    return fine and gap.low > 0 and gap.high < ALIKE * abs(_price(chosen.goal, best).estimate)


def _gap(found: Found, gap: Estimate) -> str:
    """How large a difference of costs is, whatever its sign: `9.35 to 9.62 EUR`."""
    factor, word = scale_of([gap.low, gap.high])
    low, high = sorted((abs(gap.low) / factor, abs(gap.high) / factor))
    size = spread(low, high)
    size = number(abs(gap.estimate) / factor) if size in (EXACT, ROUNDED) else size
    return f"{size} {word}{_currency(found)}"


def _budget(found: Found) -> str:
    """The best plan for what may be spent."""
    for chosen in found.chosen:
        if chosen.goal.kind != "best_for_budget":
            continue
        most = amount(chosen.goal.cost_at_most, _currency(found))
        if chosen.best is None:
            least = "" if chosen.nearest is None else f"; the cheapest, {told(found, chosen.nearest)}, costs"
            cost = "" if chosen.nearest is None else f" {_cost(found, found.tested[chosen.nearest].cost)}"
            return f"No plan tried costs at most {most}{least}{cost}."
        scores = found.tested[chosen.best]
        service = found.service(scores)
        text = f"The best for at most {most}: {told(found, chosen.best)}. It costs {_cost(found, scores.cost)} and"
        text += f" {_service(found, service)}."
        if chosen.alike:
            others = "; ".join(told(found, plan) for plan in chosen.alike)
            text += f" As good as far as can be told: {others}."
        return text
    return ""


def _service(found: Found, service: Estimate) -> str:
    """What stands for service, as a verb and its figure."""
    if found.aims:
        all_of = "every standard" if len(found.aims) > 1 else "the standard"
        return f"meets {all_of} in {share(service.estimate, service.low, service.high, ' of futures')}"
    return f"serves {share(service.estimate, service.low, service.high, ' of what is wanted')} on time"


def _bound(found: Found) -> str:
    """How much better a plan could be that knew the future."""
    if found.bound is None:
        return f"How much better any plan could be is not bounded: {found.unbound}." if found.unbound else ""
    low, high = (100.0 * end for end in part_above(found.bound))
    asks = " and served everyone as well in every future," if found.aims else ", shortages counted,"
    futures = 0 if found.bound.above.influence is None else found.bound.above.influence.size
    return (
        f"A plan with the same choices that knew the future, kept its goods in its stores{asks} would cost at least"
        f" {_cost(found, found.bound.least)}, by {futures} futures. The best found is {spread(low, high)} % dearer; no"
        " other setting of its numbers, nor any other way to order, that serves as well can save more than that."
    )


def _exact(found: Found) -> str:
    """How much better the best of all ways to order is, exactly; or why that is not known."""
    if found.exact is None:
        why = found.inexact
        return f"What the best of all ways to order costs was not solved exactly: {why}." if why else ""
    least, above = found.exact.least, found.exact.above
    start = (
        "Of all ways to order that do not know the future, all else as in the best plan, the best costs"
        f" {amount(least, _currency(found))} on average, shortages counted: exact, over {found.exact.states:,} states."
    )
    factor = 100.0 / least if least > 0.0 else math.inf
    if above.low <= 0.0:
        return f"{start} The best found cannot be told from it: it is at most {number(factor * above.high)} % dearer."
    part = spread(factor * above.low, factor * above.high)
    part = number(factor * above.estimate) if part in (EXACT, ROUNDED) else part
    return f"{start} The best found is {part} % dearer, and no rule at all can save more than that."


def _frontier(found: Found) -> str:
    """Where money buys most, and whether today's plan is beaten."""
    plans = found.frontier
    if len(plans) < 2:
        return ""
    first, last = found.at(plans[0]), found.at(plans[-1])
    text = (
        f"The frontier of {len(plans)} plans, on {found.futures:,} futures of the search, runs from"
        f" {_cost(found, first.cost)}, which {_service(found, found.service(first))}, to {_cost(found, last.cost)},"
        f" which {_service(found, found.service(last))}."
    )
    if found.knee is not None:
        knee = found.at(found.knee)
        text += (
            f" Its knee, beyond which more money buys much less, is {told(found, found.knee)}:"
            f" {_cost(found, knee.cost)}, and it {_service(found, found.service(knee))}."
        )
    return f"{text}{_base_on_it(found)}"


def _base_on_it(found: Found) -> str:
    """Whether some plan of the frontier beats the plan that leaves the levers as they stand."""
    if BASE_PLAN not in found.scores:
        return ""
    base, name = found.at(BASE_PLAN), base_name(found)
    if base.futures < found.futures:
        return ""
    better = []
    for plan in found.frontier:
        scores = found.at(plan)
        cost, gain = estimates.difference(scores.cost, base.cost), _gain(found, scores, base)
        if cost.high <= 0 and gain.low >= 0 and (cost.high < 0 or gain.low > 0):
            better.append((gain.estimate, plan, cost, gain))
    start = name[:1].upper() + name[1:]
    if not better:
        return f" {start} lies on it as far as can be told: none of these surely serves as well for less."
    _, plan, cost, gain = max(better, key=lambda each: each[0])
    way = points(gain.low, gain.high)
    return f" {start} does not lie on it: {told(found, plan)} costs {_more(found, cost)} it, and serves {way} better."


def _gain(found: Found, one: Scores, other: Scores) -> Estimate:
    return estimates.difference(found.service(one), found.service(other))


def _marginal(found: Found) -> str:
    """What a little more of each lever buys, beside the best plan."""
    parts = []
    for each in found.marginals:
        if each.cost.estimate == 0 and each.service.estimate == 0:
            continue
        way = "more" if each.cost.estimate > 0 else "less"
        sure = told_apart(each.cost)
        cost = f"costs {_gap(found, each.cost)} {way}" if sure else "costs as much as far as can be told"
        what = "of futures meeting all" if found.aims else "of what is wanted"
        low, high = sorted((abs(each.service.low), abs(each.service.high)))
        if told_apart(each.service):
            gain = f"{'buys' if each.service.estimate > 0 else 'loses'} {points(low, high)} {what}"
        else:
            gain = f"buys nothing that can be told ({points(each.service.low, each.service.high)} {what})"
        parts.append(f"{each.what} {cost} and {gain}")
    return f"Beside the best plan, {'; '.join(parts)}." if parts else ""


def _made(found: Found) -> str:
    """How it was found, and how to find it again."""
    told_ = found.provenance
    futures = max((scores.futures for scores in found.scores.values()), default=0)
    text = f"{told_['plans']:,} plans were tried in {told_['evaluations']:,} evaluations, on up to {futures:,} futures"
    if found.tested:
        fresh = next(iter(found.tested.values())).futures
        text += f"; the finalists then on {fresh:,} futures that the search never saw"
    if found.interrupted:
        text += ". The same command goes on from here."
    else:
        text += f". --evaluations {told_['evaluations']} --seed {told_['seed']} finds the same again."
    text += _late(found)
    if found.broken:
        text += f" {len(found.broken):,} more do not hold together: {next(iter(found.broken.values()))}."
    return f"{text} {found.note[:1].upper() + found.note[1:]}." if found.note else text


def _late(found: Found) -> str:
    """That the best plan was found late in the search, so that a longer one may find a better."""
    best = found.chosen[0].best if found.chosen else None
    if best is None or best not in found.scores:
        return ""
    place, of = list(found.scores).index(best) + 1, len(found.scores)
    if place < LATE * of:
        return ""
    return f" The best was plan {place:,} of {of:,} to be tried: a longer search may well find a better one."


def search_answer(found: Found, width: int = WIDTH, encoding: str = "utf-8") -> str:
    """The whole answer: question, sentences, the last choice and the frontier as tables.

    Args:
        found: what it answers for.
        width: columns of a line, at most.
        encoding: the letters there are.
    """
    lines = [cut(" ".join(plain(found.about.title, encoding).split()), width)]
    if found.about.question.strip():
        lines += ["", *wrap(plain(found.about.question, encoding), width)]
    for each in search_findings(found):
        lines += ["", *wrap(plain(each.text, encoding), width)]
    if found.tested:
        plans = [BASE_PLAN, *dict.fromkeys(plan for chosen in found.chosen for plan in chosen.finalists)]
        first = next(iter(found.tested.values()))
        marks = {chosen.best: "best" for chosen in found.chosen[:1]} | {
            chosen.best: "for money" for chosen in found.chosen[1:]
        }
        lines += ["", f"The last choice, on {first.futures:,} fresh futures"]
        lines += table(found, [p for p in dict.fromkeys(plans) if p in found.tested], found.tested, marks, width)
    if found.frontier:
        known = {plan: found.at(plan) for plan in with_base(found, found.shown())}
        lines += ["", f"The frontier, on {found.futures:,} futures of the search"]
        lines += table(found, list(known), known, {found.knee: "knee"}, width)
    lines += ["", *wrap(_legend(found), width)]
    return plain("\n".join(line.rstrip() for line in lines), encoding)


def with_base(found: Found, plans: Sequence[Plan]) -> list[Plan]:
    """Plans by rising cost, the one that leaves the levers as they stand among them."""
    chosen = dict.fromkeys(plan for plan in (BASE_PLAN, *plans) if plan in found.scores)
    return sorted(chosen, key=lambda plan: found.at(plan).cost.estimate)


def table(
    found: Found, plans: list[Plan], scores: dict[Plan, Scores], marks: dict[Plan | None, str], width: int
) -> list[str]:
    """Plans with their levers, what they cost and how well they serve; in several blocks where it is wide."""
    label = [marks.get(plan) or ("as it is" if plan == BASE_PLAN else str(i)) for i, plan in enumerate(plans)]
    names = Column(("plan",), tuple(label), left=True)
    prices = sorted(scores[plan].cost.estimate for plan in plans)
    factor, word = scale_of([prices[(len(prices) - 1) // 2]])
    columns = [_lever_column(i, lever, plans) for i, lever in enumerate(found.levers)]
    cells = tuple(_figure(scores[plan].cost, factor) for plan in plans)
    columns.append(Column((f"cost, {word}".rstrip(", "), f"{_currency(found)}"), cells))
    columns += [_aim_column(aim, plans, scores) for aim in found.aims]
    if len(found.aims) != 1 or not found.aims[0].share:
        head = ("all met",) if found.aims else ("served", "on time")
        cells = tuple(f"{percent(found.service(scores[plan]).estimate, 1)} %" for plan in plans)
        columns.append(Column(head, cells))
    return blocks(names, columns, width)


def _figure(cost: Estimate, factor: float) -> str:
    return within(cost.estimate / factor, cost.low / factor, cost.high / factor)


def _lever_column(i: int, lever: Lever, plans: list[Plan]) -> Column:
    unit = cut(lever.unit, 12)
    cells = tuple("-" if plan == BASE_PLAN else plan[i].removesuffix(f" {lever.unit}") for plan in plans)
    return Column((cut(lever.name, 12), *((unit,) if unit else ())), cells)


def _aim_column(aim: Aim, plans: list[Plan], scores: dict[Plan, Scores]) -> Column:
    from holdfast.study.standards import verdict

    cells = []
    for plan in plans:
        measure = scores[plan].measure(aim)
        cells.append(f"{_size(measure, measure)} {MARKS[verdict(measure, aim.asked, aim.at_least)]:<3}")
    measure = scores[plans[0]].measure(aim)
    return Column((cut(aim.name, 13), f"asked {_asked(aim, measure)}"), tuple(cells))


def _legend(found: Found) -> str:
    text = f"cost is discounted, in money of {found.money.rsplit(' ', 1)[-1]}; - a lever left as it stands"
    if found.aims:
        text += "; yes or no where it is sure at 95 % that a standard is met, ~ cannot be told"
    return text
