"""Spare parts in several places, alone and shared.

Sources: Kranenburg, Spare Parts Inventory Control under System Availability Constraints (2006), ch. 5; Kranenburg and
van Houtum, European Journal of Operational Research 199 (2009).
"""

from __future__ import annotations

import math
from typing import Any, Final

from holdfast.study.theory import pooling
from truths.engine import Totals, estimate, scenario, units
from truths.families.common import Parameters, channel, store
from truths.families.queues import lost, users
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 1000
"""[periods] of a future."""
LEAST: Final = 5
"""Periods of a lead time, at least."""
RARE: Final = 0.002
"""Demand of a place in a period, at most: two in one period count as if they came at once."""


def _parts(p: Parameters) -> int:
    """Periods of a lead time."""
    return max(LEAST, math.ceil(float(p["m"]) * float(p["t_reg"]) / RARE - 1e-9))


def _load(p: Parameters) -> float:
    """Demand of a place in a period."""
    return float(p["m"]) * float(p["t_reg"]) / _parts(p)


def _alone(p: Parameters, stock: int) -> dict[str, Any]:
    """The parts of a scenario of a place that nobody helps.

    Where a place holds one part its shelf is read, and an order covers its own period, so that at the
    end of one what was used in a lead time is away. Else what is lost is counted, and what is used is away for half
    a period besides.
    """
    supplier = f"supplier-{stock}"
    rule = {"kind": "base_stock", "order_up_to": units(stock), "from": supplier}
    here = [f"place-{stock}"]
    return {
        "channels": {supplier: channel(_parts(p) - (1 if stock == 1 else 0.5))},
        "stores": {here[0]: store(rule, on_hand=float(stock))},
        "consumers": {f"users-{stock}": users(_load(p), "lost", draws_from=here)},
    }


def _read_alone(stock: int, x: Totals) -> tuple[float, float]:
    """The share lost, and the share helped by another place: none.

    Arrivals see time averages: of those who come to a place with one part, as many find none as it is away of the time.
    So few are lost that this is far sharper than counting them.
    """
    if stock == 1:
        return 1 - x["mean.stores.place-1.good.on_hand"] / LONG, 0.0
    return lost(x, f"users-{stock}"), 0.0


def _shared(p: Parameters, stock: int) -> dict[str, Any]:
    """The parts of a scenario of places of which the first `stock` hold one part, and all help each other."""
    places, supplier = int(p["J"]), f"supplier-{stock}"
    names = [f"place-{stock}-{i}" for i in range(places)]
    rules = [{"kind": "base_stock", "order_up_to": units(i < stock), "from": supplier} for i in range(places)]
    return {
        "channels": {supplier: channel(_parts(p) - 1)},
        "stores": {name: store(rules[i], on_hand=float(i < stock)) for i, name in enumerate(names)},
        "consumers": {
            f"users-{stock}-{i}": users(_load(p), "lost", draws_from=[*names[i:], *names[:i]]) for i in range(places)
        },
    }


def _read_shared(p: Parameters, stock: int, x: Totals) -> tuple[float, float]:
    """The share lost and the share helped: a place meets demand itself as often as there is a part on its shelf."""
    places = int(p["J"])
    wanted = sum(x[f"consumers.users-{stock}-{i}.good.wanted"] for i in range(places))
    missed = sum(x[f"consumers.users-{stock}-{i}.good.unmet"] for i in range(places)) / wanted
    shelf = sum(x[f"mean.stores.place-{stock}-{i}.good.on_hand"] for i in range(stock)) / LONG / places
    return missed, 1 - missed - shelf


def _told(p: Parameters, read: tuple[float, float], stock: int) -> tuple[float, float]:
    """The cost and the mean wait of a stock, by what is lost and what others help with."""
    missed, helped = read
    rate = float(p["m"]) * (1 if p["situation"] == 1 else int(p["J"]))
    cost = float(p["h"]) * stock + rate * (float(p["c_em"]) * missed + float(p["c_lat"]) * helped)
    return cost, float(p["t_em"]) * missed + float(p["t_lat"]) * helped


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
    stocks = [stock for stock in (high - 1, high) if stock > 0]  # of none, all is lost

    def point(x: Totals, stock: int) -> tuple[float, float]:
        read = (1.0, 0.0) if stock == 0 else _read_alone(stock, x) if situation == 1 else _read_shared(p, stock, x)
        return _told(p, read, stock)

    def mixed(x: Totals) -> float:
        """Both stocks so mixed that the wait is what it may be."""
        (less, late), (cost, wait) = (point(x, stock) for stock in (high - 1, high))
        part = (float(p["w_obj"]) - wait) / (late - wait)
        return alike * (high - part if asked == "R" else part * less + (1 - part) * cost)

    parts = [_alone(p, stock) if situation == 1 else _shared(p, stock) for stock in stocks]
    text = scenario({name: {k: v for each in parts for k, v in each[name].items()} for name in parts[0]})
    note = f"{high - 1} and {high} mixed, as theory says"
    return estimate(text, mixed, rare=lambda x: point(x, high)[1], periods=LONG, warm_up=LONG, note=note)
