"""Measures: what a case's futures say, each with its interval (words of docs/conventions.md §17 to §19).

Every function is pure: from a `Case` to an `Estimate`. Sums over futures are written E[x], a mean over futures.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.study import estimates
from holdfast.study.case import PLANT_NUMBERS, Case, home
from holdfast.study.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from holdfast.parts.world import Line

    Floats = NDArray[np.float64]

TAIL: Final = 0.05
"""Share of futures in the tail of `cvar_unmet`."""


def money(case: Case) -> str:
    """The unit of money: currency and price year."""
    return f"{case.world.currency} of {case.world.price_year}"


def costs(case: Case, shortage: bool) -> Floats:
    """(replication,) discounted cost over the horizon [money], with or without what shortage costs."""
    names = sorted(name for name in case.totals if name.startswith("costs."))
    return case.total(name for name in names if shortage or name != "costs.shortage")


def cost(case: Case) -> Estimate:
    """What the plan costs: E[sum of all kinds of cost but shortage], discounted [money]."""
    return estimates.mean(costs(case, shortage=False), money(case))


def shortage_cost(case: Case) -> Estimate:
    """What being short costs: E[costs.shortage], discounted [money]."""
    return estimates.mean(case.total(["costs.shortage"]), money(case))


def total_cost(case: Case) -> Estimate:
    """What the plan and being short cost together: E[cost + shortage_cost], discounted [money]."""
    return estimates.mean(costs(case, shortage=True), money(case))


def cost_quantile(case: Case, p: float) -> Estimate:
    """The cost that a share p of futures stays below or at: p quantile of cost [money]."""
    return estimates.quantile(costs(case, shortage=False), p, money(case))


def cost_of(case: Case, kind: str) -> Estimate:
    """One kind of cost (conventions §17), or a memo such as `idle`: E[costs.kind], discounted [money]."""
    return estimates.mean(case.total([f"costs.{kind}", f"memos.{kind}"]), money(case))


def _of(case: Case, consumer: str, what: str) -> Floats:
    """(replication,) a record of a consumer, summed over its goods."""
    return case.total(f"consumers.{consumer}.{good}.{what}" for good in goods_of(case, consumer))


def goods_of(case: Case, consumer: str) -> list[str]:
    """The goods that a consumer uses."""
    world = case.world
    return [world.goods[use.good].name for use in world.uses if world.consumers[use.consumer].name == consumer]


def unit_of(case: Case, consumer: str) -> str:
    """The unit of what a consumer uses; `units` where its goods have several."""
    units = {good.unit for good in case.world.goods if good.name in goods_of(case, consumer)}
    return units.pop() if len(units) == 1 else "units"


def fill_rate(case: Case, consumer: str) -> Estimate:
    """The part of what is wanted that is served on time, over the horizon (type 2): E[served] / E[wanted].

    Not to be confused with `ready_rate`, the part of the time. Goods of one consumer are added up unit by unit.
    """
    return estimates.ratio(_of(case, consumer, "served"), _of(case, consumer, "wanted"))


def ready_rate(case: Case, consumer: str) -> Estimate:
    """The part of the time in which the consumer is not short: 1 - E[short periods] / periods."""
    short = case.total([f"consumers.{consumer}.short"])
    return estimates.mean(1.0 - short / case.world.periods, "share")


def service_probability(case: Case, consumer: str) -> Estimate:
    """The probability that the consumer is never short over the horizon: P(short periods = 0)."""
    return estimates.share(case.total([f"consumers.{consumer}.short"]) == 0)


def expected_shortfall(case: Case, consumer: str) -> Estimate:
    """How much is not served on time over the horizon: E[unmet] [unit].

    Not to be confused with the expected shortfall of finance, which is `cvar_unmet` here.
    """
    return estimates.mean(_of(case, consumer, "unmet"), unit_of(case, consumer))


def cvar_unmet(case: Case, consumer: str) -> Estimate:
    """What is not served on time in the worst 5 % of futures, on average: CVaR of unmet at 95 % [unit]."""
    return estimates.tail_mean(_of(case, consumer, "unmet"), TAIL, unit_of(case, consumer))


def _years(case: Case, periods: Floats) -> Floats:
    """Years after the start of a period; -1 (never) becomes infinity."""
    return np.where(periods < 0, math.inf, periods * case.world.period_days / 365.25)


def ever_short(case: Case, consumer: str) -> Estimate:
    """The probability that the consumer is short at least once over the horizon: P(short periods > 0)."""
    return estimates.share(case.total([f"consumers.{consumer}.short"]) > 0)


def first_short(case: Case, consumer: str, p: float = 0.5) -> Estimate:
    """When the consumer is first short [years after the start]: p quantile over all futures, never is infinity."""
    return estimates.quantile(_years(case, case.totals[f"consumers.{consumer}.first_short"]), p, "years")


def longest_short(case: Case, consumer: str) -> Estimate:
    """How long the longest shortage lasts: E[longest run of short periods] [days], 0 where there is none."""
    days = case.totals[f"consumers.{consumer}.longest_short"] * case.world.period_days
    return estimates.mean(days, "days")


def opening(case: Case, project: str, p: float = 0.5) -> Estimate:
    """When a project opens [years after the start]: p quantile over all futures, never is infinity."""
    return estimates.quantile(_years(case, case.totals[f"projects.{project}.opened"]), p, "years")


def opens(case: Case, project: str) -> Estimate:
    """The probability that a project opens within the horizon: P(opened >= 0)."""
    return estimates.share(case.totals[f"projects.{project}.opened"] >= 0)


def time_to_survive(cut: Case, consumer: str, p: float = 0.5) -> Estimate:
    """How long a consumer is served in full if everything from outside is cut [days]: p quantile, never is infinity.

    `cut` is the case in which every channel is closed from the first period on. A future in which the consumer is not
    short within its horizon counts as longer than it, not as never short.
    """
    periods = cut.totals[f"consumers.{consumer}.first_short"]
    days = np.where(periods < 0, math.inf, periods * cut.world.period_days)
    return estimates.quantile(days, p, "days")


def five_numbers(case: Case, plant: str) -> dict[str, Estimate]:
    """Nameplate, effective capacity, output, accepted and delivered of a plant, which are never one [unit/year].

    Each is E[sum over the years from `Case.late_from` on] / those years. nameplate counts from opening; effective
    capacity = nameplate x up x performance x ramp x yield; output = good units made; accepted = what passed inspection;
    delivered = accepted x (issued + taken) / entered, by good, of the store that the plant fills (at most 1).
    """
    world = case.world
    this = next(p for p in world.plants if p.name == plant)
    units = {world.goods[good].unit for line in this.lines for good in world.lines[line].goods}
    unit = f"{units.pop()}/year" if len(units) == 1 else "units/year"
    return {number: estimates.mean(case.plants[f"{plant}.{number}"], unit) for number in PLANT_NUMBERS}


def use(case: Case) -> Floats:
    """(replication,) all that stores issued to consumers over the horizon [unit]."""
    return sum((_of(case, c.name, "received") for c in case.world.consumers), np.zeros(case.replications))


def made(case: Case, by: Callable[[Line], bool]) -> Floats:
    """(replication,) what consumers got of what some lines made at home, at most all that they got [unit]."""
    world = case.world
    used = {use.good for use in world.uses}
    out = np.zeros(case.replications)
    for plant in world.plants:
        lines = [world.lines[i] for i in plant.lines]
        counted = [line for line in lines if by(line)]
        if not counted or not any(set(line.goods) & used for line in lines):
            continue
        whole = case.total(f"lines.{plant.name}.{line.name}.output" for line in lines)
        own = case.total(f"lines.{plant.name}.{line.name}.output" for line in counted)
        out = out + home(case, plant.name)[1] * np.divide(own, whole, out=np.zeros_like(own), where=whole > 0)
    return np.minimum(out, use(case))


def _takes_from_outside(case: Case, line: Line) -> bool:
    """Whether any input of a line comes through a channel."""
    return any(good in channel.goods for good, _, _ in line.takes for channel in case.world.channels)


def made_at_home(case: Case) -> Estimate:
    """The part of use that is made at home: E[delivered by plants] / E[issued to consumers]."""
    return estimates.ratio(made(case, lambda _: True), use(case))


def without_permission(case: Case) -> Estimate:
    """The part of use made at home from inputs that no channel carries: no one abroad can stop it.

    As `made_at_home`, over lines none of whose inputs is carried by a channel.
    """
    return estimates.ratio(made(case, lambda line: not _takes_from_outside(case, line)), use(case))


def net_import_reliance(case: Case) -> Estimate:
    """The part of use that is not made at home: (use - made at home) / use, so stock drawn down counts as imported.

    Source: U.S. Geological Survey, Mineral Commodity Summaries, appendix (net import reliance as a share of apparent
    consumption).
    """
    return estimates.ratio(use(case) - made(case, lambda _: True), use(case))


def imported(case: Case) -> Estimate:
    """How much of the goods that consumers use came in from outside: E[received through channels] [unit]."""
    used = {case.world.goods[use.good].name for use in case.world.uses}
    names = sorted(
        n for n in case.totals if n.startswith("channels.") and n.endswith(".received") and n.split(".")[-2] in used
    )
    units = {good.unit for good in case.world.goods if good.name in used}
    return estimates.mean(case.total(names), units.pop() if len(units) == 1 else "units")


def stock(case: Case, store: str, good: str) -> Estimate:
    """How much is on hand, on average over time: E[mean on hand at the end of a period] [unit]."""
    unit = next(g.unit for g in case.world.goods if g.name == good)
    return estimates.mean(case.totals[f"mean.stores.{store}.{good}.on_hand"], unit)


def expired(case: Case, store: str, good: str) -> Estimate:
    """How much expires over the horizon: E[expired] [unit]."""
    unit = next(g.unit for g in case.world.goods if g.name == good)
    return estimates.mean(case.total([f"stores.{store}.{good}.expired"]), unit)


def all_measures(case: Case) -> dict[str, Estimate]:
    """Every measure of a case by its name, as `holdfast run --json` prints them."""
    world = case.world
    out = {
        "cost": cost(case),
        "shortage_cost": shortage_cost(case),
        "total_cost": total_cost(case),
        "cost.p05": cost_quantile(case, 0.05),
        "cost.p50": cost_quantile(case, 0.5),
        "cost.p95": cost_quantile(case, 0.95),
        "net_import_reliance": net_import_reliance(case),
        "made_at_home": made_at_home(case),
        "without_permission": without_permission(case),
        "imported": imported(case),
    }
    for name in sorted(n for n in case.totals if n.startswith(("costs.", "memos."))):
        out[name] = cost_of(case, name.split(".", 1)[1])
    for consumer in world.consumers:
        out |= {f"consumers.{consumer.name}.{name}": value for name, value in _of_consumer(case, consumer.name).items()}
    for keep in world.keeps:
        name = f"stores.{world.stores[keep.store].name}.{world.goods[keep.good].name}"
        store, good = world.stores[keep.store].name, world.goods[keep.good].name
        if f"mean.{name}.on_hand" in case.totals:
            out[f"{name}.on_hand"] = stock(case, store, good)
        out[f"{name}.expired"] = expired(case, store, good)
    for plant in world.plants:
        out |= {f"plants.{plant.name}.{number}": value for number, value in five_numbers(case, plant.name).items()}
    for project in world.projects:
        out[f"projects.{project.name}.opens"] = opens(case, project.name)
        out |= {f"projects.{project.name}.opening.{n}": opening(case, project.name, p) for n, p in _PARTS.items()}
    return out


_PARTS: Final = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def _of_consumer(case: Case, consumer: str) -> dict[str, Estimate]:
    return {
        "fill_rate": fill_rate(case, consumer),
        "ready_rate": ready_rate(case, consumer),
        "service_probability": service_probability(case, consumer),
        "expected_shortfall": expected_shortfall(case, consumer),
        "cvar_unmet": cvar_unmet(case, consumer),
        "ever_short": ever_short(case, consumer),
        "longest_short": longest_short(case, consumer),
        **{f"first_short.{name}": first_short(case, consumer, p) for name, p in _PARTS.items()},
    }
