"""The page of `holdfast search`: the frontier of cost and service, with today's plan, the knee and the choice on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from holdfast.output.report_parts import Json, chart, figures, percent_figure, span, table, view
from holdfast.output.report_study import study_data
from holdfast.output.words_search import search_findings, told
from holdfast.study.estimates import told_apart
from holdfast.study.figures import capital, number, scale_of, share, spread
from holdfast.study.search.space import BASE_PLAN

if TYPE_CHECKING:
    from holdfast.study.estimates import Estimate
    from holdfast.study.search.found import Found
    from holdfast.study.search.space import Plan

CITATIONS: Final = (
    (
        "Search (NSGA-II)",
        "Deb, Pratap, Agarwal and Meyarivan, IEEE Transactions on Evolutionary Computation 6 (2002) 182",
    ),
    ("The knee of a frontier", "Das, Structural Optimization 18 (1999) 107"),
)
CLOUD: Final = 1_500
"""Plans that are drawn as a cloud, at most."""


def search_data(found: Found) -> Json:
    """What the page shows, in the shape of web/src/data.ts."""
    made = found.provenance
    return study_data(
        found.about,
        made,
        made=f"a search of {made['plans']:,} plans, seed {made['seed']}",
        said=search_findings(found),
        sections=[
            ("frontier", "What service costs", _frontier(found)),
            ("marginal", "What a little more buys", _marginals(found)),
        ],
        citations=CITATIONS,
    )


def _names(found: Found) -> dict[Plan, str]:
    """What the plans that the words speak of are called."""
    names: dict[Plan, str] = {BASE_PLAN: "today"} if BASE_PLAN in found.scores else {}
    if found.knee is not None:
        names[found.knee] = "knee"
    for chosen in found.chosen:
        if chosen.best is not None:
            names[chosen.best] = "chosen" if chosen.goal.kind == "cheapest" else "best for the budget"
    return names


def _frontier(found: Found) -> list[Json]:
    """Every plan tried, those on the frontier, and the ones that are told."""
    front, names = set(found.frontier), _names(found)
    plans = [plan for plan, scores in found.scores.items() if scores.futures >= found.futures]
    drawn = {plan: found.at(plan) for plan in plans if plan in front or plan in names}
    # a short search chooses plans that it tried on fewer futures than those of the frontier: as they were last tested
    drawn |= {plan: found.tested[plan] for plan in names if plan not in drawn and plan in found.tested}
    if not drawn:
        return []
    at, shown = {plan: (scores.cost, found.service(scores)) for plan, scores in drawn.items()}, list(drawn)
    factor, word = scale_of([cost.estimate for cost, _ in at.values()])
    label = "every standard" if found.aims else "demand"
    rest = sorted(
        (plan for plan in found.scores if plan not in shown), key=lambda plan: found.scores[plan].cost.estimate
    )
    costs = [at[plan][0] for plan in shown]
    most = 2 * max(each.high for each in costs) - min(each.low for each in costs)
    near = [plan for plan in rest if found.scores[plan].cost.estimate <= most]  # few beyond would squeeze all others
    beyond, rest = len(rest) - len(near), near
    step = max(1, len(rest) // CLOUD)
    cloud = [
        [figures(found.scores[p].cost.estimate / factor, 4), figures(found.service(found.scores[p]).estimate, 4)]
        for p in rest[::step]
    ]
    points = [
        {
            "label": names.get(plan, ""),
            "x": span(at[plan][0], factor),
            "y": span(at[plan][1]),
            "edge": plan in front,
            "strong": names.get(plan) == "chosen",
            "settings": [f"{name}: {text}" for name, text in found.settings(plan).items()],
        }
        for plan in shown
    ]
    data = {
        "kind": "frontier",
        "xLabel": f"cost, {word}{found.money}",
        "yLabel": f"futures that meet {label}" if found.aims else "part of what is wanted that is served",
        "asked": None,
        "cloud": cloud,
        "points": points,
    }
    rows: list[list[Any]] = [
        [names.get(plan, ""), told(found, plan), *_ends(at[plan][0]), *(percent_figure(x) for x in _ends(at[plan][1]))]
        for plan in sorted(shown, key=lambda plan: at[plan][0].estimate)
    ]
    heads = ["", "plan", f"cost [{found.money}]", "low", "high", "service [%]", "low", "high"]
    read = (
        "Up is better, left is cheaper. Each dot is a plan that was tried; the line joins those that no other beats in"
        " both. Thin lines are 95 % intervals; pale dots were dropped on fewer futures."
    )
    if beyond:
        read += f" Not drawn: {beyond} that cost more than {number(most / factor)} {word}{found.money}."
    subtitle = f"Mean cost, discounted, shortages not counted, against service; {found.futures:,} futures of each plan."
    return chart("frontier", read, [view(_title(found, names), subtitle, data, table(heads, rows))])


def _title(found: Found, names: dict[Plan, str]) -> str:
    """What the picture shows."""
    chosen = next((plan for plan, name in names.items() if name == "chosen"), None)
    if chosen is not None and chosen in found.tested:
        scores = found.tested[chosen]
        serves = found.service(scores)
        factor, word = scale_of([scores.cost.estimate])
        money = f"{number(scores.cost.estimate / factor)} {word}{found.money.split(' ', 1)[0]}"
        often = share(serves.estimate, serves.low, serves.high, " of futures" if found.aims else " of demand")
        return f"The chosen plan costs {money} and serves {'in ' if found.aims else ''}{often}"
    best = max(found.frontier, key=lambda plan: found.service(found.at(plan)).estimate)
    serves = found.service(found.at(best))
    return f"No plan tried does all that is asked; the best does in {share(serves.estimate, serves.low, serves.high)}"


def _marginals(found: Found) -> list[Json]:
    """What a little more of each thing buys."""
    if not found.marginals:
        return []
    factor, word = scale_of([each.cost.estimate for each in found.marginals])
    bars = [{"label": each.what, "value": span(each.service), "strong": False} for each in found.marginals]
    best = max(range(len(bars)), key=lambda i: found.marginals[i].service.estimate)
    bars[best]["strong"] = True
    unit = found.marginals[0].service.unit
    rows = [[each.what, *_ends(each.service), *_ends(each.cost)] for each in found.marginals]
    first = found.marginals[best]
    price = f"{number(first.cost.estimate / factor)} {word}{found.money.split(' ', 1)[0]}"
    gain = f"{number(first.service.estimate)} {unit} of service ({spread(first.service.low, first.service.high)})"
    title = f"{first.what} buys {gain}, for {price}"
    if not told_apart(first.service) or first.service.estimate < 0.0:
        title = "None of these buys service that can be told"
    read = (
        "Paired differences from the chosen plan in the same fresh futures; money is spent as the best plans tried do."
        " The thin lines are 95 % intervals."
    )
    subtitle = f"Change in service, {unit}, with a little more or less of one thing."
    heads = ["what", f"service [{unit}]", "low", "high", f"cost [{found.money}]", "low", "high"]
    return chart(
        "marginal",
        read,
        [view(capital(title), subtitle, {"kind": "bars", "unit": unit, "bars": bars}, table(heads, rows))],
    )


def _ends(each: Estimate) -> list[float]:
    return [each.estimate, each.low, each.high]
