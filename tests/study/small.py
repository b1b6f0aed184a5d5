"""A small world in numbers: one regime, one channel, a plant that may be built, a store, two consumers."""

from __future__ import annotations

import dataclasses
import datetime
import functools

import numpy as np

from holdfast.parts.laws import Exponential, Fixed, Gamma, Lognormal
from holdfast.parts.world import (
    NEVER,
    RUNS_YES,
    Changing,
    ChangingLaw,
    Channel,
    Condition,
    Consumer,
    Good,
    Keep,
    Line,
    Ordering,
    Plant,
    Project,
    Regime,
    RegimeState,
    Signal,
    Standard,
    Store,
    Use,
    Warning_,
    Window,
    World,
)
from holdfast.study.case import Case, summarise
from holdfast.study.result import About, Result
from holdfast.study.simulate import cut_today, provenance


def plain(value: float) -> Changing:
    return Changing(np.array([[float(value)]]))


def law(each) -> ChangingLaw:
    return ChangingLaw((each,), plain(0), plain(1))


def make(alternative: str = "imports", what_if: str = "", *, stock: float = 20.0, build: bool = False) -> World:
    """Two shells a week are used on average; `stock` weeks of them are kept."""
    conditions = (
        Condition("strait", ("open", "shut")),
        Condition("mill", ("planned", "building", "stalled", "running", "cancelled", "closed")),
        Condition("low", ("off", "on")),
    )
    crisis = Changing(np.array([[1.0, 2.0]]), reads=(0,))
    shut = Changing(np.array([[30.0, 0.0]]), reads=(0,))
    strait = Regime(
        "strait", "The strait",
        (
            RegimeState("open", Exponential(80.0 if what_if != "rough" else 25.0), (0.0, 1.0), plain(1)),
            RegimeState("shut", Lognormal.from_mean(15.0, 0.8), (1.0, 0.0), plain(1)),
        ),
        starts=0, age=0.0, warning=Warning_(1, Fixed(4.0), 0.6, 0.01),
    )  # fmt: skip
    channel = Channel(
        "ships", "Ships", (0,), plain(1), shut, plain(2.0), (), law(Gamma(4.0, 1.0)), True, 0.0, 0.0, "held", plain(0)
    )
    project = Project(
        "mill", 20 if build else NEVER, 100.0, Lognormal.from_median(1.2, 1.8), plain(0.002), Fixed(10.0),
        plain(0.0), (), 500.0, Fixed(1.1), 0.2, 20.0, -1,
    )  # fmt: skip
    line = Line("one", 0, -1, (0,), plain(9.0), plain(10), plain(1), plain(0.9), plain(1), (), plain(1), (), 0.0)
    plant = Plant(
        "mill", "The mill", 0, NEVER, plain(RUNS_YES), 0.0, plain(1.0), plain(0.0), (0,), ((0, plain(8 * stock)),),
        float("inf"), 0,
    )  # fmt: skip
    ordering = Ordering("base_stock", 1, (0,), (plain(1),), True, order_up_to=plain(8 * (stock + 5)))
    keep = Keep(0, 0, 8.0 * stock, ((1, 32.0, 0),), 200, 10, "oldest_first", 8.0, ordering)
    store = Store(
        "shed", "The shed", plain(16.0 * stock), "waits", 0.0, 0.001, 0.0, 0.001, 0.0, plain(1), plain(0.0005),
        Fixed(0.2), (0,),
    )  # fmt: skip
    army = Consumer("army", "The army", (0,), 1, True, 0.5, None, None, 0.0, 0.0, (0,))
    town = Consumer("town", "The town", (0,), 2, False, 3.0, None, None, 0.0, 0.0, (1,))
    uses = (
        Use(0, 0, ChangingLaw((Gamma(6.0, 2.0),), plain(0), crisis), 6.0, (plain(0),)),
        Use(1, 0, law(Gamma(2.0, 1.0)), 2.0, (plain(16.0),)),
    )
    return World(
        "small", alternative, what_if, datetime.date(2020, 1, 6), 7.0, 12 * 52, "USD", 2020, 0.03, conditions,
        (Good("shell", "Shells", "shell", 2.0, 8.0),),
        regimes=(strait,), signals=(Signal("low", "Low", "cover", store=0, on_at=5.0, off_at=10.0),),
        channels=(channel,), projects=(project,), plants=(plant,), lines=(line,), stores=(store,), keeps=(keep,),
        consumers=(army, town), uses=uses, windows=(Window(0, 0, 1, 13), Window(1, -1, 0, NEVER)),
        standards=(
            Standard("shut-start", "", 0, "fill_rate", 0.95, None, 0.9),
            Standard("town-served", "", 1, "fill_rate", 0.95, None, 0.9),
        ),
    )  # fmt: skip


PLANS = {
    "imports": make(),
    "store-more": make("store-more", stock=60.0),
    "build": make("build", build=True),
}


def in_world(world: World, what_if: str) -> World:
    """The same plan where the strait shuts three times as often."""
    first = dataclasses.replace(world.regimes[0].states[0], lasts=Exponential(25.0))
    states = (first, *world.regimes[0].states[1:])
    return dataclasses.replace(world, what_if=what_if, regimes=(dataclasses.replace(world.regimes[0], states=states),))


def case(world: World, replications: int = 300, seed: int = 7) -> Case:
    from holdfast.engine.run import simulate

    return summarise(world, simulate(world, replications=replications, seed=seed))


def about() -> About:
    titles = {"imports": "Imports only, as today", "store-more": "A year on the shelf", "build": "The mill"}
    what_ifs = {"rough": "The strait shuts every half year"}
    evidence = {"stated": 3, "derived": 1, "assumed": 12, "assumed_with_range": 5, "hindsight": 0}
    question = "Will there be enough shells?"
    return About("small", "Shells over the strait", question, titles, what_ifs, "holdfast: 1\n", "00ff" * 16, evidence)


@functools.cache
def result(replications: int = 300) -> Result:
    told = about()
    cases = {(name, ""): case(world, replications) for name, world in PLANS.items()}
    cases |= {(name, "rough"): case(in_world(world, "rough"), 200) for name, world in PLANS.items()}
    cuts = {name: case(cut_today(world), 100) for name, world in PLANS.items()}
    where = {**provenance(told, 7, replications), "replications_what_if": 200, "replications_cut": 100}
    return Result(told, where, cases, cuts)
