"""Small worlds by hand, told by the twin and by the engine alike, so that single rules can be worked out on paper."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from holdfast.parts.laws import Fixed, Law
from holdfast.parts.world import (
    NEVER,
    Changing,
    ChangingLaw,
    Channel,
    Consumer,
    Good,
    Inspection,
    Keep,
    Line,
    Link,
    Ordering,
    Plant,
    Project,
    Regime,
    RegimeState,
    Store,
    Use,
    World,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def number(value: float) -> Changing:
    """A plain number."""
    return Changing(np.array([[float(value)]]))


def since(*segments: tuple[int, float]) -> Changing:
    """A number that changes at given periods: (from, value)."""
    return Changing(np.array([[float(v)] for _, v in segments]), (), tuple(t for t, _ in segments))


def law(one: Law | float) -> ChangingLaw:
    """A law that does not change; a number stands for itself."""
    return ChangingLaw((Fixed(float(one)) if isinstance(one, (int, float)) else one,), number(0), number(1))


def channel(name: str, **more: Any) -> Channel:
    """An open channel of lead time 0 at price 1, without limits."""
    given: dict[str, Any] = {
        "title": name, "goods": (0,), "open": number(1), "capacity": number(np.inf), "price": number(1),
        "moves_with": (), "lead_time": law(0), "crossover": True, "minimum_order": 0.0, "paid_on_order": 0.0,
        "in_transit": "held", "retainer": number(0), **more,
    }  # fmt: skip
    return Channel(name=name, **given)


def ordering(kind: str, channels: Sequence[int] = (0,), shares: Sequence[float] = (1.0,), **more: Any) -> Ordering:
    """A rule reviewed in every period; levels may be plain numbers."""
    given = {
        k: number(v) if isinstance(v, (int, float)) and k not in ("review_period", "reroute") else v
        for k, v in more.items()
    }
    given.setdefault("review_period", 1)
    given.setdefault("reroute", False)
    return Ordering(kind, channels=tuple(channels), shares=tuple(map(number, shares)), **given)  # type: ignore[arg-type]


def keep(on_hand: float, rule: Ordering | None = None, **more: Any) -> Keep:
    """Good 0 in store 0, which does not spoil."""
    given: dict[str, Any] = {
        "store": 0, "good": 0, "on_hand": on_hand, "under_way": (), "shelf_life": NEVER, "age_class": 1,
        "issue": "oldest_first", "use": 10.0, "ordering": rule, **more,
    }  # fmt: skip
    return Keep(**given)


def link(origin: int, keep_: int, lead_time: Law | float, cost: float = 0.0) -> Link:
    """A way from one keep to another."""
    return Link(origin, keep_, law(lead_time), cost)


def store(name: str = "depot", **more: Any) -> Store:
    """A store without limits, costs or accidents; give `keeps`."""
    given: dict[str, Any] = {
        "title": name, "capacity": number(np.inf), "overflow": "waits", "room": 0.0, "holding_cost": 0.0,
        "holding_fixed": 0.0, "waiting_cost": 0.0, "waiting_fixed": 0.0, "open": number(1), "accident_rate": number(0),
        "accident_destroys": Fixed(0.0), "keeps": (0,), **more,
    }  # fmt: skip
    return Store(name=name, **given)


def consumer(name: str, uses: Sequence[int], **more: Any) -> Consumer:
    """Draws from store 0; what is unmet is backordered."""
    given: dict[str, Any] = {
        "title": name, "draws_from": (0,), "priority": 1, "backordered": True, "shortage_cost": 0.0, "at_most": None,
        "saves": None, "saves_step": 1.0, "saves_cost": 0.0, **more,
    }  # fmt: skip
    return Consumer(name=name, uses=tuple(uses), **given)


def use(demand: ChangingLaw, consumer_: int = 0, **more: Any) -> Use:
    """Use of good 0."""
    given: dict[str, Any] = {"good": 0, "normal_use": 10.0, "served_above": (number(0),), **more}
    return Use(consumer_, demand=demand, **given)


def regime(name: str, script: Sequence[tuple[int, int]], **more: Any) -> Regime:
    """A regime of states a and b that follows a script."""
    states = (
        RegimeState("a", Fixed(1000.0), (0.0, 1.0), number(1)),
        RegimeState("b", Fixed(1000.0), (1.0, 0.0), number(1)),
    )
    given: dict[str, Any] = {"title": name, "states": states, "starts": 0, "age": 0.0, "script": tuple(script), **more}
    return Regime(name, **given)


def project(name: str, **more: Any) -> Project:
    """Starts in period 0, takes four periods, costs 100, never stalls."""
    given: dict[str, Any] = {
        "start": 0, "planned_duration": 4.0, "schedule_ratio": Fixed(1.0), "stall_rate": number(0),
        "stall_lasts": Fixed(1.0), "cancel_rate": number(0), "cancel_while": (), "capex": 100.0, "overrun": Fixed(1.0),
        "ramp_from": 1.0, "ramp_over": 0.0, "finished": -1, **more,
    }  # fmt: skip
    return Project(name=name, **given)


def line(name: str, goods: Sequence[int] = (0,), **more: Any) -> Line:
    """A line of plant 0 that makes 10 a period and never fails."""
    given: dict[str, Any] = {
        "plant": 0, "project": -1, "nameplate": number(10), "mtbf": number(np.inf), "mttr": number(1),
        "performance": number(1), "yield_": number(1), "takes": (), "variable_cost": number(0), "moves_with": (),
        "changeover": 0.0, **more,
    }  # fmt: skip
    return Line(name=name, goods=tuple(goods), **given)


def plant(**more: Any) -> Plant:
    """A plant that stands, with one line, and makes good 0 to a target of 1000."""
    given: dict[str, Any] = {
        "name": "p", "title": "p", "project": -1, "closes": NEVER, "runs": number(2), "restart": 0.0,
        "fixed_running": number(0), "fixed_warm_base": number(0), "lines": (0,), "target": ((0, number(1000)),),
        "campaign": float("inf"), "output_to": 0, **more,
    }  # fmt: skip
    return Plant(**given)


def inspection(**more: Any) -> Inspection:
    """Lots of 10, held for two periods, all accepted, without limits."""
    given: dict[str, Any] = {
        "name": "range", "title": "range", "lot": 10.0, "accepts": 1.0, "hold": law(2), "capacity": number(np.inf),
        "rework": 0.0, "rework_takes": 1, "cost": 0.0, **more,
    }  # fmt: skip
    return Inspection(**given)


def world(periods: int, **parts: Any) -> World:
    """A world of one good; by default one store of 0 on hand and one consumer who wants 10 a period."""
    given: dict[str, Any] = {
        "conditions": (), "goods": (Good("g", "g", "unit", 1.0, 10.0),), "keeps": (keep(0.0),), "stores": (store(),),
        "consumers": (consumer("user", (0,)),), "uses": (use(law(10)),), **parts,
    }  # fmt: skip
    return World(
        name="hand", alternative="base", what_if="", start=datetime.date(2025, 1, 1), period_days=7.0, periods=periods,
        currency="USD", price_year=2025, discount_rate=0.0, **given,
    )  # fmt: skip
