"""The cartridge case as a World made by hand, so that the engine is tested apart from the scenario language."""

from __future__ import annotations

import datetime

import numpy as np

from holdfast.parts.laws import Exponential, Fixed, Gamma, Law, Lognormal, Mixture, Uniform
from holdfast.parts.world import (
    NEVER,
    PROJECT_STATES,
    STALLED,
    Changing,
    ChangingLaw,
    Channel,
    Condition,
    Consumer,
    Good,
    Inspection,
    Keep,
    Line,
    Ordering,
    Plant,
    Price,
    Project,
    Regime,
    RegimeState,
    Signal,
    Store,
    Use,
    Warning_,
    Window,
    World,
)

WEEKS = 52.1786
USE = (360e3, 100e3, 120e3)


def number(v: float) -> Changing:
    return Changing(np.array([[float(v)]]))


def table(values: list[float], *reads: int) -> Changing:
    return Changing(np.array([[float(v) for v in values]]), reads)


def law(one: Law) -> ChangingLaw:
    return ChangingLaw((one,), number(0), number(1))


def scaled(one: Law, values: list[float], *reads: int) -> ChangingLaw:
    return ChangingLaw((one,), table([0] * len(values), *reads), table(values, *reads))


def price(name: str, half_life: float, volatility: float, row: tuple[float, ...]) -> Price:
    a = 2 ** (-1 / (half_life * WEEKS))
    rate = 2 * np.log(2) / (half_life * WEEKS)
    return Price(name, name, 1.0, a, volatility / np.sqrt(WEEKS) * float(np.sqrt((1 - a * a) / rate)), row)


def channel(
    name: str, goods: tuple[int, ...], capacity: Changing, cost: float, lead: float, cv: float, **more: object
) -> Channel:
    given = {
        "open": number(1), "moves_with": (), "crossover": True, "minimum_order": 50e3, "paid_on_order": 0.0,
        "in_transit": "held",
        "retainer": number(0), "inspection": 0, **more,
    }  # fmt: skip
    return Channel(
        name=name,
        title=name,
        goods=goods,
        capacity=capacity,
        price=number(cost),
        lead_time=law(Lognormal.from_mean(lead, cv)),
        **given,  # type: ignore[arg-type]
    )


def regimes() -> tuple[Regime, ...]:
    w, one = WEEKS, number(1)
    return (
        Regime("tensions", "", (
            RegimeState("calm", Exponential(14 * w), (0, 1), one),
            RegimeState("crisis", Lognormal.from_mean(34.8, 0.9), (1, 0), one),
        ), 0, 0.0),
        Regime("sanctions", "", (
            RegimeState("free", Exponential(20 * w), (0, 0.7, 0.3), table([1, 4], 0)),
            RegimeState(
                "partial", Mixture((Lognormal.from_mean(17.4, 0.7), Lognormal.from_mean(5 * w, 1.0)), (0.6, 0.4)),
                (0.6, 0, 0.4), table([1, 4], 0)
            ),
            RegimeState("embargo", Lognormal.from_mean(239, 1.1), (1, 0, 0), one),
        ), 0, 0.0, (), Warning_(2, Uniform(0, 16), 0.6, 0.1 / w)),
        Regime("partner-war", "", (
            RegimeState("peace", Exponential(15 * w), (0, 1), one),
            RegimeState("war", Lognormal.from_mean(3 * w, 0.7), (1, 0), one),
        ), 0, 0.0),
    )  # fmt: skip


def keeps(plant: bool) -> tuple[Keep, ...]:
    out = []
    leads = ((0.6, 34.8, 0.4), (0.4, 21.7, 0.5))
    for g, use in enumerate(USE):
        up_to = use * (21.74 + 0.6 * 34.8 + 0.4 * 21.7 + 4 + 3) + 125e3
        under_way = tuple(
            (s, use * share * (1 - Lognormal.from_mean(lead, cv).cdf(s)), c)
            for c, (share, lead, cv) in enumerate(leads)
            for s in range(1, 150)
        )
        rule = Ordering("base_stock", 4, (0, 1), (number(0.6), number(0.4)), True, number(up_to))
        out.append(Keep(0, g, use * 21.74, under_way, 15 * 52, 52, "oldest_first", use, rule))
    active = table([0, 0, 0, 1, 0, 0], 3) if plant else number(0)
    rule = Ordering("base_stock", 4, (2,), (number(1),), True, number(480e3 * 52), active=active)
    return (*out, Keep(1, 3, 0.0, (), NEVER, 1, "oldest_first", 480e3, rule))


def factory() -> tuple[tuple[Project, ...], tuple[Plant, ...], tuple[Line, ...]]:
    w = WEEKS
    project = Project(
        "maracay", 26, 4.5 * w, Lognormal.from_median(1.35, 2.0), table([0.04 / w, 0.04 / w, 0.16 / w], 1),
        Lognormal.from_mean(2.5 * w, 0.9),
        number(0.02 / w), (STALLED,), 220e6, Lognormal.from_median(1.3, 2.2), 0.2, 78.0, -1,
    )  # fmt: skip

    def line(name: str, goods: tuple[int, ...], changeover: float) -> Line:
        return Line(
            name,
            0,
            -1,
            goods,
            number(17.5e6 / w),
            number(5),
            table([1, 2], 2),
            number(0.72),
            number(0.98),
            ((3, 1.03, 1),),
            number(0.03),
            (),
            changeover,
        )

    lines = (line("ball-1", (0,), 0.0), line("ball-2", (0,), 0.0), line("tb-1", (1, 2), 1.0), line("tb-2", (1, 2), 1.0))
    targets = tuple((g, number(use * 26)) for g, use in enumerate(USE))
    plant = Plant(
        "maracay", "", 0, NEVER, number(2), 17.4, number(5e6 / w), number(2e6 / w), (0, 1, 2, 3), targets, 8.0, 0, 0
    )
    return (project,), (plant,), lines


def cartridges(periods: int = 520, *, plant: bool = False) -> World:
    """Imports only, or with the plant."""
    w = WEEKS
    conditions = [
        Condition("tensions", ("calm", "crisis")), Condition("sanctions", ("free", "partial", "embargo")),
        Condition("partner-war", ("peace", "war")),
    ]  # fmt: skip
    if plant:
        conditions.append(Condition("maracay", PROJECT_STATES))
    conditions += [Condition("warned", ("off", "on")), Condition("low", ("off", "on"))]
    low = len(conditions) - 1
    partner = table([40e6 / w * a * b for a in (1, 1, 0.7) for b in (1, 0.3)], 1, 2)
    builders = table([90e6 / w * a * b for a in (1, 1, 0.7) for b in (1, 0.4)], 1, 2)
    projects, plants, lines = factory() if plant else ((), (), ())
    goods = tuple(Good(n, n, "round", 0.38, u) for n, u in zip(("ball", "tracer", "blank"), USE, strict=True))
    gammas = ((300e3, 0.4, 3.0), (100e3, 0.5, 3.0), (120e3, 0.5, 0.3))
    uses = tuple(
        Use(0, g, scaled(Gamma.from_mean(m, cv), [1, k], 0), m, (number(0),)) for g, (m, cv, k) in enumerate(gammas)
    )
    police = Use(1, 0, scaled(Gamma.from_mean(60e3, 0.4), [1, 1.5], 0), 60e3, (table([0, 360e3 * 4.35], low),))
    return World(
        name="cartridges", alternative="plant" if plant else "imports", what_if="", start=datetime.date(2006, 1, 2),
        period_days=7.0,
        periods=periods, currency="USD", price_year=2006, discount_rate=0.04, conditions=tuple(conditions),
        goods=(*goods, Good("inputs", "inputs", "set", 0.1, 480e3)), regimes=regimes(),
        prices=(price("copper", 2, 0.25, (1.0, 0.0)), price("currency", 4, 0.12, (0.4, 0.84**0.5))),
        signals=(
            Signal("warned", "", "warning", regime=1, lasts=26), Signal("low", "", "cover", store=0, on_at=13.0,
            off_at=21.7, delay=2),
        ),
        channels=(
            channel("partner", (0, 1, 2), partner, 0.35, 34.8, 0.4, moves_with=(1,), paid_on_order=0.3),
            channel("world", (0, 1, 2), table([60e6 / w, 24e6 / w, 0], 1), 0.42, 21.7, 0.5),
            channel("builders", (3,), builders, 0.1, 21.7, 0.4, moves_with=(0, 1), minimum_order=0.0, inspection=-1),
        ),
        projects=projects, plants=plants, lines=lines,
        inspections=(Inspection("range", "", 250e3, 0.97, law(Lognormal.from_mean(3, 0.5)), number(6), 0.7, 4, 6e3),),
        stores=(
            Store("depot", "", number(30e6), "waits", 0.0, 0.05 / w, 0.0, 0.05 / w, 0.0, number(1),
            number(1 / (40 * w)), Uniform(0.05, 0.4), (0, 1, 2)),
            Store("input-store", "", number(60e6), "waits", 0.0, 0.05 / w, 0.0, 0.05 / w, 0.0, number(1), number(0),
            Fixed(0.0), (3,)),
        ),
        keeps=keeps(plant),
        consumers=(
            Consumer("military", "", (0,), 1, True, 0.1, None, None, 0.0, 0.0, (0, 1, 2)),
            Consumer("police", "", (0,), 2, False, 2.0, None, None, 0.0, 0.0, (3,)),
        ),
        uses=(*uses, police),
        windows=(Window(0, 0, 1, 26), Window(0, 0, 1, NEVER), Window(1, -1, 0, NEVER)),
    )  # fmt: skip
