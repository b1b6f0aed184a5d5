"""Base stock from a supplier that is cut off at random; a premium supplier beside it.

Sources: Snyder and Shen, Fundamentals of Supply Chain Theory, 2nd ed. (2019), ch. 9; Tomlin, Management Science 52
(2006).
"""

from __future__ import annotations

import math
from typing import Any, Final

from truths.engine import ENOUGH, Totals, best, days, estimate, limit, quick, scenario, units
from truths.families.common import Parameters, average_cost, channel, consumer, demand, mean_demand, spell, store
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 4000
"""[periods] of a future."""


def regime(alpha: float, beta: float) -> dict[str, Any]:
    """A supply that is cut with chance alpha a period and comes back with chance beta."""
    spells = {"on": alpha, "off": beta}
    return {
        "supply": {
            "starts": "on",
            "states": {
                name: {
                    "lasts": spell(chance),
                    "then": "off" if name == "on" else "on",
                }
                for name, chance in spells.items()
            },
        }
    }


def forgets(p: Parameters) -> int:
    """[periods] After so many it no longer matters whether the supply was on at the start: 1 in 3,000 of it is left."""
    return max(200, math.ceil(8.0 / (float(p["alpha"]) + float(p["beta"]))))


OPEN_WHILE_ON: Final = {"usually": "yes", "while": {"supply": {"off": "no"}}}


def base_stock(p: Parameters, level: float) -> dict[str, Any]:
    """The scenario of a base stock S with disruptions and backorders."""
    lead = float(p.get("lead_time", p.get("L", 0)))
    return scenario(
        {
            "regimes": regime(float(p["alpha"]), float(p["beta"])),
            "channels": {"supplier": channel(lead, open=OPEN_WHILE_ON)},
            "stores": {
                "store": store(
                    {"kind": "base_stock", "order_up_to": units(level)}, on_hand=level, holding=float(p["h"])
                )
            },
            "consumers": {"users": consumer(demand(p), "backordered", float(p["p"]))},
        }
    )


def _best_level(p: Parameters) -> float:
    """The base stock of least cost, in the same futures; whole units, or whole periods of a steady demand."""
    steady = "d" in p and "mean" not in p
    step = float(p["d"]) if steady else 1.0
    lead = float(p.get("lead_time", p.get("L", 0)))
    reach = lead + 1 + math.log(1e-3) / math.log(max(1e-6, 1.0 - float(p["beta"])))
    most = math.ceil(mean_demand(p) * reach / step) + math.ceil(5 * math.sqrt(mean_demand(p) / step)) + 2
    return step * best(0, most, lambda n: quick(base_stock(p, step * n), average_cost(LONG), LONG, forgets(p)))


@engine("disruption.base_stock_disruptions", "disruption.newsvendor_disruptions")
def base_stock_disruptions(p: Parameters, quantity: str) -> Estimate:
    """The cost of a base stock that is given, or of the best one."""
    if quantity != "cost":
        message = "the engine simulates a level; which level is best is told by theory"
        raise NotExpressible(message)
    level = float(p["S"]) if "S" in p else _best_level(p)
    note = "" if "S" in p else f"S = {level:g}, the best in the same futures"
    warm_up = forgets(p) + math.ceil(float(p.get("lead_time", p.get("L", 0))))
    return estimate(base_stock(p, level), average_cost(LONG), periods=LONG, warm_up=warm_up, note=note)


@engine("disruption.tomlin_threshold")
def tomlin_threshold(p: Parameters, quantity: str) -> Estimate:
    """The premium at which a reliable supplier pays: what the best base stock costs, per unit of demand."""
    if str(p.get("quantity", quantity)) != "premium_threshold":
        message = "the engine simulates a level; which level is best is told by theory"
        raise NotExpressible(message)
    level, d = _best_level({**p, "lead_time": 0}), float(p["d"])
    text, cost = base_stock({**p, "lead_time": 0}, level), average_cost(LONG)
    note = f"S = {level:g}, the best in the same futures"
    return estimate(text, lambda x: cost(x) / d, periods=LONG, warm_up=forgets(p), note=note)


@engine("disruption.tomlin_split_cost")
def tomlin_split_cost(p: Parameters, quantity: str) -> Estimate:
    """The cost of a share w of demand from a reliable supplier, the rest from one that is cut off at random."""
    w, d = float(p["w"]), float(p["d"])
    level = (1.0 - w) * _best_level({**p, "lead_time": 0})
    parts = {"reliable": (w, w * d), "unreliable": (1.0 - w, level)}
    price = {"reliable": float(p["c_r"]), "unreliable": float(p["c_u"])}
    text = scenario(
        {
            "regimes": regime(float(p["alpha"]), float(p["beta"])),
            "channels": {
                name: channel(0, price[name], **({"open": OPEN_WHILE_ON} if name == "unreliable" else {}))
                for name, (part, _) in parts.items() if part > 0
            },
            "stores": {
                f"{name}-store": store(
                    {"kind": "base_stock", "order_up_to": units(s), "from": name}, on_hand=s, holding=float(p["h"])
                )
                for name, (part, s) in parts.items() if part > 0
            },
            "consumers": {
                f"of-{name}": {
                    **consumer(demand({"d": part * d}), "backordered", float(p["p"])), "draws_from": [f"{name}-store"],
                }
                for name, (part, _) in parts.items() if part > 0
            },
        }
    )  # fmt: skip
    note = f"S = {level:g} of the supplier that is cut off"
    return estimate(text, average_cost(LONG), periods=LONG, warm_up=forgets(p), note=note)


def drift(p: Parameters) -> float:
    """What a store gains in a period on average, before it is full or empty."""
    alpha, beta = float(p["alpha"]), float(p["beta"])
    return float(p["supply"]) * beta / (alpha + beta) - float(p["demand"])


def settles(p: Parameters) -> int:
    """[periods] After so many a finite store has forgotten where it started: at the end towards which it drifts.

    Six relaxation times of a Brownian motion between two reflecting ends, as far apart as the store is large; its
    variance grows by `spread` a period. Source: Cox and Miller, The Theory of Stochastic Processes (1965), ch. 5.
    """
    alpha, beta, room = (float(p[name]) for name in ("alpha", "beta", "capacity"))
    on = beta / (alpha + beta)
    spread = float(p["supply"]) ** 2 * on * (1.0 - on) * (2.0 - alpha - beta) / (alpha + beta)
    if spread <= 0 or room <= 0:
        return forgets(p)
    rate = drift(p) ** 2 / (2.0 * spread) + math.pi**2 * spread / (2.0 * room**2)
    return forgets(p) + math.ceil(min(6.0 / rate, MOST_SETTLING))


MOST_SETTLING: Final = 40_000
"""[periods] A store that takes longer is not waited for."""


def embargo(p: Parameters) -> dict[str, Any]:
    """The scenario of a finite store that is filled while the supply is on; what does not fit is refused."""
    opening = float(p["capacity"]) if drift(p) > 0 else 0.0
    return scenario(
        {
            "regimes": regime(float(p["alpha"]), float(p["beta"])),
            "channels": {"supplier": channel(0, open=OPEN_WHILE_ON)},
            "stores": {
                "store": store(
                    {"kind": "constant_order", "order_quantity": units(float(p["supply"]))},
                    on_hand=opening, capacity=units(float(p["capacity"])), overflow="refused",
                )
            },
            "consumers": {"users": consumer(demand({"d": float(p["demand"])}), "lost")},
        }
    )  # fmt: skip


def _lost(x: Totals) -> float:
    return x["consumers.users.good.unmet"] / x["consumers.users.good.wanted"]


def _refused(x: Totals) -> float:
    return x["stores.store.good.refused"] / x["channels.supplier.store.good.received"]


@engine("disruption.embargo_lost_sales_chain")
def embargo_chain(p: Parameters, quantity: str) -> Estimate:
    """How much is lost, refused and held on average."""
    measures = {
        "lost_fraction": _lost,
        "refused_fraction": _refused,
        "mean_stock": lambda x: x["mean.stores.store.good.on_hand"] / LONG,
    }
    if quantity not in measures:
        message = f"the quantity {quantity!r} is not measured"
        raise NotExpressible(message)
    return estimate(embargo(p), measures[quantity], periods=LONG, warm_up=settles(p), enough=ENOUGH)


STEPS: Final = (0.3, 0.15)
"""Parts of the shorter mean spell that a period lasts: a coarse one, and one half as long."""


def _on_off(p: Parameters, step: float) -> tuple[dict[str, Any], int]:
    """The scenario of a continuous on-off supply in periods of a step, and its warm-up; spells are exponential.

    What flows in during a period enters before what flows out of it is drawn, so the room is larger by that.
    """
    a_step = {
        "alpha": float(p["lam"]) * step, "beta": float(p["mu"]) * step, "supply": float(p["supply"]) * step,
        "demand": float(p["demand"]) * step, "capacity": float(p["K"]) + float(p["demand"]) * step,
    }  # fmt: skip
    text = embargo(a_step)
    for state, rate in (("on", "lam"), ("off", "mu")):
        lasts = {"exponential": {"mean": days(1.0 / float(p[rate]) / step)}}
        text["regimes"]["supply"]["states"][state]["lasts"] = lasts
    return text, settles(a_step)


@engine("disruption.fluid_onoff_storage")
def fluid(p: Parameters, quantity: str) -> Estimate:
    """A continuous on-off supply: two periods, one half as long as the other, and what they tend to."""
    if quantity not in ("lost_fraction", "full_fraction"):
        message = f"the quantity {quantity!r} is not measured"
        raise NotExpressible(message)
    surplus = float(p["supply"]) - float(p["demand"])
    unit = 1.0 / max(float(p["lam"]), float(p["mu"]))

    def at(part: float) -> Estimate:
        step = part * unit
        periods = int(LONG * STEPS[0] / part)

        def full(x: Totals) -> float:
            return x["stores.store.good.refused"] / surplus / (step * periods)

        measure = _lost if quantity == "lost_fraction" else full
        text, warm_up = _on_off(p, step)
        return estimate(text, measure, periods=periods, warm_up=max(periods // 10, warm_up), aim=0.0019)

    return limit(at, STEPS, order=2, unit=unit)
