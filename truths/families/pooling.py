"""Spare parts in several places, alone and shared.

Sources: Kranenburg, Spare Parts Inventory Control under System Availability Constraints (2006), ch. 5; Kranenburg and
van Houtum, European Journal of Operational Research 199 (2009).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from holdfast.study.theory import pooling
from truths.engine import Totals, estimate, quick, scenario, units
from truths.families.common import Parameters, channel, store
from truths.families.queues import lost, one_for_one, users
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 1000
"""[periods] of a future."""
PARTS: Final = 5
"""Periods of a lead time."""


def _shared(rate: float, places: int, stock: int) -> dict[str, Any]:
    """The scenario of places of which the first `stock` hold one part, and all help each other.

    An order covers its own period, so that at the end of one what was used in a lead time is away.
    """
    names = [f"place-{i}" for i in range(places)]
    return scenario(
        {
            "channels": {"supplier": channel(PARTS - 1)},
            "stores": {
                name: store({"kind": "base_stock", "order_up_to": units(i < stock)}, on_hand=float(i < stock))
                for i, name in enumerate(names)
            },
            "consumers": {
                f"users-{i}": {**users(rate, "lost"), "draws_from": [*names[i:], *names[:i]]} for i in range(places)
            },
        }
    )


def _point(p: Parameters, stock: int) -> tuple[dict[str, Any], Callable[[Totals], tuple[float, float]]]:
    """The scenario of a stock, and how its share lost and its share helped by another place are read."""
    places, rate = int(p["J"]), float(p["m"]) * float(p["t_reg"]) / PARTS
    if p["situation"] == 1:
        return one_for_one(rate, PARTS - 0.5, stock, "lost"), lambda x: (lost(x), 0.0)

    def read(x: Totals) -> tuple[float, float]:
        """A place meets demand from its own shelf as often as there is a part on it: arrivals see time averages."""
        wanted = sum(x[f"consumers.users-{i}.good.wanted"] for i in range(places))
        missed = sum(x[f"consumers.users-{i}.good.unmet"] for i in range(places)) / wanted
        shelf = sum(x[f"mean.stores.place-{i}.good.on_hand"] for i in range(stock)) / LONG / places
        return missed, 1 - missed - shelf

    return _shared(rate, places, stock), read


def _told(p: Parameters, read: tuple[float, float], stock: int) -> tuple[float, float]:
    """The cost and the mean wait of a stock, by what is lost and what others help with."""
    missed, helped = read
    rate = float(p["m"]) * (1 if p["situation"] == 1 else int(p["J"]))
    cost = float(p["h"]) * stock + rate * (float(p["c_em"]) * missed + float(p["c_lat"]) * helped)
    return cost, float(p["t_em"]) * missed + float(p["t_lat"]) * helped


def _measured(p: Parameters, stock: int, which: int) -> float:
    """The cost (0) or the mean wait (1) of the smaller of the two stocks that are mixed."""
    if stock == 0:
        return _told(p, (1.0, 0.0), 0)[which]  # nothing is ever there
    text, read = _point(p, stock)
    return quick(text, lambda x: _told(p, read(x), stock)[which], LONG, LONG)


@engine("queue.kranenburg")
def kranenburg(p: Parameters, quantity: str) -> Estimate:
    """The stock and cost that keep the mean wait, mixed from two whole stocks; theory says which two."""
    asked, situation = str(p.get("quantity", quantity)), p.get("situation")
    if asked not in ("R", "cost") or situation not in (1, 3):
        message = f"{asked!r} in situation {situation} is not measured"
        raise NotExpressible(message)
    names = ("m", "J", "h", "c_em", "c_lat", "w_obj", "t_em", "t_lat", "t_reg")
    told = pooling.kranenburg(*[*(p[name] for name in names), situation == 3])
    alike = int(p["J"]) if situation == 1 else 1
    high = math.ceil(told.stock / alike)
    before = tuple(_measured(p, high - 1, which) for which in (0, 1))
    text, read = _point(p, high)

    def mixed(x: Totals) -> float:
        """Both stocks so mixed that the wait is what it may be."""
        cost, wait = _told(p, read(x), high)
        part = (float(p["w_obj"]) - wait) / (before[1] - wait)
        return alike * (high - part if asked == "R" else part * before[0] + (1 - part) * cost)

    note = f"{high - 1} and {high} mixed, as theory says"
    return estimate(text, mixed, periods=LONG, warm_up=LONG, note=note)
