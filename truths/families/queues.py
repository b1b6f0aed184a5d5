"""Queues, and what is the same: spares ordered one for one, servers as a pool of spares, production to stock.

Time is continuous in these models. Something that happens at a rate happens in a period with the chance that the rate
makes; a demand counts, on average, in the middle of its period.

Sources: Palm, Feeney and Sherbrooke, Management Science 12 (1966); Cobham, Operations Research 2 (1954); Ha, Management
Science 43 (1997); Kranenburg and van Houtum, European Journal of Operational Research 199 (2009).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from holdfast.study.theory import production, rationing
from truths.engine import Totals, days, estimate, limit, money, number, scenario, units
from truths.families.common import Parameters, channel, consumer, spell, store
from truths.families.reorder import only_cost
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 12_000
"""[periods] of a future."""
ONCE: Final = 0.0012
"""Standard error aimed at where the limit of two periods takes the error with the first power of the period."""
MOST: Final = 900_000_000
"""Periods of futures after which no more are added."""
TWICE: Final = 0.0018
"""The same with the second power."""


def users(rate: float, unmet: str, **more: Any) -> dict[str, Any]:
    """A consumer who asks for one unit at a time, at a rate per period; a backorder costs 1 USD a period."""
    cost = 1.0 if unmet == "backordered" else 0.0
    return consumer({"poisson": {"mean": f"{number(rate)} units/day"}}, unmet, cost, **more)


def fill_rate(x: Totals, who: str = "users") -> float:
    """Share of demand that is served at once."""
    return 1.0 - lost(x, who)


def lost(x: Totals, who: str = "users") -> float:
    """Share of demand that is not served at once."""
    return x[f"consumers.{who}.good.unmet"] / x[f"consumers.{who}.good.wanted"]


def waiting(x: Totals) -> float:
    """Backorders, averaged over the periods, of those whose backorders cost 1 USD a period."""
    return x["costs.shortage"] / LONG


def on_shelf(x: Totals) -> float:
    """Stock, averaged over the periods."""
    return x["mean.stores.store.good.on_hand"] / LONG


def one_for_one(rate: float, lead: float, level: float, unmet: str) -> dict[str, Any]:
    """The scenario of spares: each unit used is ordered anew; rate and lead time in periods."""
    rule = {"kind": "base_stock", "order_up_to": units(level)}
    return scenario(
        {
            "channels": {"supplier": channel(lead)},
            "stores": {"store": store(rule, on_hand=level)},
            "consumers": {"users": users(rate, unmet)},
        }
    )


def _spares(rate: float, lead: float, level: int, unmet: str, measure: Callable[[Totals], float]) -> Estimate:
    """A unit that is used is away for the rest of its period, half a one on average, and the lead time from then."""

    def at(part: float) -> Estimate:
        step = part * min(lead, 1 / rate)
        text = one_for_one(rate * step, lead / step - 0.5, level, unmet)
        warm_up = int(20 / part) + math.ceil(5 * lead / step)  # no more is known of the start after some lead times
        return estimate(text, measure, periods=LONG, warm_up=warm_up, aim=TWICE)

    return limit(at, (0.25, 0.125), order=2, unit=min(lead, 1 / rate))


@engine("queue.erlang_b")
def erlang_b(p: Parameters, quantity: str) -> Estimate:
    """Lost calls: each server is a spare that comes back after its service, whatever the law of that."""
    return _spares(1.0, float(p["a"]), int(p["c"]), "lost", lost)


@engine("queue.one_for_one_lost")
def one_for_one_lost(p: Parameters, quantity: str) -> Estimate:
    """Lost demand for spares."""
    return _spares(float(p["lam"]), float(p["L"]), int(p["S"]), "lost", lost)


@engine("queue.one_for_one_backorders")
def one_for_one_backorders(p: Parameters, quantity: str) -> Estimate:
    """Fill rate, backorders and waiting time of spares.

    At the end of a period what was used in the L / period periods before is away, exactly, if an order covers its own
    period and one less than those; the fill rate looks into the period, and is taken to the limit.
    """
    rate, lead, level = float(p["lam"]), float(p["L"]), int(p["S"])
    asked = str(p.get("quantity", quantity))
    if asked == "fill_rate":
        return _spares(rate, lead, level, "backordered", fill_rate)
    a_unit = {"backorders": 1.0, "wait": 1.0 / rate}
    if asked not in a_unit:
        message = f"the quantity {asked!r} is not measured"
        raise NotExpressible(message)
    parts = 4
    text = one_for_one(rate * lead / parts, parts - 1, level, "backordered")
    return estimate(text, lambda x: a_unit[asked] * waiting(x), periods=LONG)


def _servers(arrivals: list[float], service: float, servers: int, step: float, asked: int = 0) -> dict[str, Any]:
    """The scenario of servers as a pool: one that is given away comes back after its service.

    Users draw first from a store that nobody fills, so that what they wait for is not ordered: no more than `servers`
    are ever away. A service lasts at least a period, and ends in each with the same chance.
    """
    mean = 1 / (service * step)
    if not mean >= 1:
        message = "a service is shorter than a period"
        raise NotExpressible(message)
    away = channel(0)
    away["lead_time"] = {"geometric": {"mean": days(mean - 1)}}
    pool = {"kind": "base_stock", "order_up_to": units(servers), "from": "service"}
    by_class = {
        f"class-{k}": {
            **users(rate * step, "backordered"), "draws_from": ["nobody", "servers"], "priority": str(k + 1),
            "shortage_cost": money(float(k == asked), "unit/day"),
        }
        for k, rate in enumerate(arrivals)
    }  # fmt: skip
    return scenario(
        {
            "channels": {"service": away},
            "stores": {"nobody": store(None), "servers": store(pool, on_hand=servers)},
            "consumers": by_class,
        }
    )


def settles(load: float, room: float = math.inf) -> float:
    """How long a queue takes to forget that it was empty, in mean services of all its servers together.

    Four of its relaxation times; `load` is arrivals by services, `room` how many find a place.
    Source: Karlin and McGregor, Pacific Journal of Mathematics 8 (1958) 87.
    """
    rate = 1 + load - 2 * math.sqrt(load) * math.cos(math.pi / (room + 1))
    return min(4 / rate, LONGEST) if rate > 0 else LONGEST


LONGEST: Final = 4000
"""A queue that takes longer is not waited for."""


@engine("queue.erlang_c")
def erlang_c(p: Parameters, quantity: str) -> Estimate:
    """The share of arrivals that find all servers busy."""
    load, servers = float(p["a"]), int(p["c"])

    def at(part: float) -> Estimate:
        step = part / servers
        text = _servers([load], 1.0, servers, step)
        warm_up = int(max(30, settles(load / servers) / servers) / step)
        return estimate(text, lambda x: lost(x, "class-0"), periods=LONG, warm_up=warm_up, aim=ONCE, most=MOST)

    return limit(at, (0.2, 0.1), order=1, unit=1 / servers)


@engine("queue.priority_mms")
def priority_mms(p: Parameters, quantity: str) -> Estimate:
    """The mean wait of a class; a server that is given away is not called back."""
    if p.get("preemptive"):
        message = "a unit that was given away does not come back, so that no service is interrupted"
        raise NotExpressible(message)
    rates, service, k, servers = [float(x) for x in p["lams"]], float(p["mu"]), int(p["k"]), int(p["s"])

    def at(part: float) -> Estimate:
        step = part / (servers * service)
        text = _servers(rates, service, servers, step, k)

        def wait(x: Totals) -> float:
            return waiting(x) / rates[k]

        warm_up = int(max(30 * servers, settles(sum(rates) / (servers * service))) / part)
        return estimate(text, wait, periods=LONG, warm_up=warm_up, aim=ONCE, most=MOST)

    parts = (0.2, 0.1) if servers == 1 else (0.1, 0.05)  # of many servers, what is rare comes from several at once
    return limit(at, parts, order=1, unit=1 / (servers * service))


def chance(happens: float) -> dict[str, Any]:
    """A regime that is `done` in each period with the same chance, whatever happened before."""
    spells = {"done": 1.0 - happens, "working": happens}
    return {
        "starts": "working",
        "states": {
            name: {
                "lasts": spell(leaves),
                "then": "working" if name == "done" else "done",
            }
            for name, leaves in spells.items()
        },
    }


def to_stock(
    consumers: Mapping[str, Any], service: float, level: float, holding: float = 0.0, room: str = "unlimited"
) -> dict[str, Any]:
    """The scenario of a machine that finishes a unit at a rate per period, while there are fewer than `level`."""
    machine = {
        "makes": ["good"], "nameplate": "1 unit/day", "variable_cost": "0 USD/unit",
        "performance": {"usually": "0 %", "while": {"machine": {"done": "100 %"}}},
    }  # fmt: skip
    plant = {
        "lines": {"line": machine}, "output_to": "store",
        "production": {"kind": "produce_to_target", "target": units(level)},
    }  # fmt: skip
    return scenario(
        {
            "regimes": {"machine": chance(service)},
            "plants": {"plant": plant},
            "stores": {"store": store(None, on_hand=level, holding=holding, capacity=room)},
            "consumers": dict(consumers),
        }
    )


def _made(
    text: Callable[[float], dict[str, Any]],
    measure: Callable[[Totals], float],
    arrivals: float,
    service: float,
    room: float = math.inf,
    note: str = "",
) -> Estimate:
    """The limit for short periods of a scenario of a machine that finishes units at a rate.

    Periods are short beside the times between arrivals and between services.
    """
    fastest = max(arrivals, service)

    def at(part: float) -> Estimate:
        warm_up = int(max(100, settles(arrivals / service, room) * fastest / service) / part)
        return estimate(text(part / fastest), measure, periods=LONG, warm_up=warm_up, aim=ONCE, most=MOST)

    return limit(at, (0.2, 0.1), order=1, unit=1 / fastest, note=note)


def _idle(x: Totals) -> float:
    """Share of what the machine could make that it did not."""
    return 1.0 - x["lines.plant.line.output"] / x["plants.plant.effective_capacity"]


@engine("queue.mm1k")
def mm1k(p: Parameters, quantity: str) -> Estimate:
    """A queue with room for K: as many empty places are a stock of K that a server fills and arrivals draw from."""
    load, room = float(p["rho"]), int(p["K"])
    asked = str(p.get("quantity", quantity))
    measures: dict[str, Callable[[Totals], float]] = {
        "block": lost, "mean": lambda x: room - on_shelf(x), "empty": _idle,
    }  # fmt: skip
    if asked not in measures:
        message = f"the quantity {asked!r} is not measured"
        raise NotExpressible(message)
    return _made(
        lambda step: to_stock({"users": users(load * step, "lost")}, step, room),
        measures[asked], load, 1.0, room,
    )  # fmt: skip


@engine("production.make_to_stock_mm1")
def make_to_stock(p: Parameters, quantity: str) -> Estimate:
    """Stock, backorders and stock-outs of production to stock."""
    asked = str(p.get("quantity", quantity))
    measures: dict[str, Callable[[Totals], float]] = {"stockout": lost, "backorders": waiting, "stock": on_shelf}
    if asked not in measures:
        message = f"the quantity {asked!r} is not measured"
        raise NotExpressible(message)
    rate, service, level = float(p["lam"]), float(p["mu"]), int(p["S"])
    return _made(
        lambda step: to_stock({"users": users(rate * step, "backordered")}, service * step, level),
        measures[asked], rate, service,
    )  # fmt: skip


@engine("production.make_to_stock_optimal")
def make_to_stock_optimal(p: Parameters, quantity: str) -> Estimate:
    """The cost of the best base stock, which theory tells."""
    only_cost(p, quantity)
    rate, service, holding, late = (float(p[name]) for name in ("lam", "mu", "h", "b"))
    level, _ = production.make_to_stock_optimal(rate, service, holding, late)
    return _made(
        lambda step: to_stock({"users": users(rate * step, "backordered")}, service * step, level),
        lambda x: holding * on_shelf(x) + late * waiting(x), rate, service, note=f"S = {level} as theory says",
    )  # fmt: skip


def _rationed(rates: list[float], levels: list[float], service: float, level: float, step: float) -> dict[str, Any]:
    """The scenario of lost sales by class, each served only from stock above its own level."""
    by_class = {
        f"class-{k}": {**users(rate * step, "lost"), "priority": str(k + 1), "served_above": units(above)}
        for k, (rate, above) in enumerate(zip(rates, levels, strict=True))
    }
    return to_stock(by_class, service * step, level)


@engine("queue.critical_level_lost")
def critical_level_lost(p: Parameters, quantity: str) -> Estimate:
    """The share of a class that is lost under critical levels, or the stock."""
    rates, levels = [float(x) for x in p["lams"]], [float(x) for x in p["levels"]]
    service, level = float(p["mu"]), float(p["S"])
    asked = str(p.get("quantity", quantity))
    measures: dict[str, Callable[[Totals], float]] = {
        f"loss_{k}": functools.partial(lost, who=f"class-{k}") for k in range(len(rates))
    }
    measures["stock"] = on_shelf
    if asked not in measures:
        message = f"the quantity {asked!r} is not measured"
        raise NotExpressible(message)
    return _made(
        lambda step: _rationed(rates, levels, service, level, step), measures[asked], sum(rates), service, level
    )


@engine("queue.ha_optimal")
def ha_optimal(p: Parameters, quantity: str) -> Estimate:
    """The cost of the best stock and critical levels, which theory tells."""
    only_cost(p, quantity)
    rates, costs = [float(x) for x in p["lams"]], [float(x) for x in p["c"]]
    service, holding = float(p["mu"]), float(p["h"])
    top, levels, _ = rationing.ha_optimal(rates, costs, service, holding)

    def cost(x: Totals) -> float:
        missed = sum(c * rate * lost(x, f"class-{k}") for k, (c, rate) in enumerate(zip(costs, rates, strict=True)))
        return holding * on_shelf(x) + missed

    note = f"S = {top}, levels {', '.join(map(str, levels))} as theory says"
    levels_ = [float(x) for x in levels]
    text = functools.partial(_rationed, rates, levels_, service, top)
    return _made(text, cost, sum(rates), service, top, note)
