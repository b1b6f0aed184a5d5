"""What the families' scenarios share: laws of demand, a store that one channel fills, its costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from truths.engine import Totals, days, money, number, share, units
from truths.registry import NotExpressible

Parameters = Mapping[str, Any]
AT: Final = "store.good"
"""How records name the store and the good."""


def demand(p: Parameters, *, periods: float = 1.0) -> dict[str, Any]:
    """The law of demand that parameters name, as a scenario writes it; per so many periods of theirs.

    Raises:
        NotExpressible: the law is unknown.
    """
    kind = p.get("demand")
    if isinstance(kind, list):
        return atoms({float(x): 1.0 / len(kind) for x in kind})
    if "demand_low" in p and "demand_high" in p:
        low, high = int(p["demand_low"]), int(p["demand_high"])
        return atoms({float(x): 1.0 / (high - low + 1) for x in range(low, high + 1)})
    if kind is None:
        kind = "normal" if "sd" in p else "poisson" if "mean" in p or "lam" in p else "fixed"
    mean = float(p.get("mean", p.get("lam", p.get("d", 0.0)))) * periods
    rate = f"{number(mean)} units/day"
    if kind in ("fixed", "deterministic", "constant"):
        return {"fixed": rate}
    if kind in ("poisson", "geometric"):
        return {kind: {"mean": rate}}
    if kind == "normal":
        return {"normal": {"mean": rate, "sd": f"{number(float(p['sd']) * math.sqrt(periods))} units/day"}}
    if kind == "gamma":
        cv = float(p["cv"]) if "cv" in p else float(p["sd"]) / float(p["mean"])
        return {"gamma": {"mean": rate, "cv": number(cv)}}
    message = f"the law of demand {kind!r} is not in the language"
    raise NotExpressible(message)


def mean_demand(p: Parameters) -> float:
    """The mean of that law."""
    if isinstance(p.get("demand"), list):
        return float(sum(p["demand"]) / len(p["demand"]))
    if "demand_low" in p:
        return (float(p["demand_low"]) + float(p["demand_high"])) / 2
    return float(p.get("mean", p.get("lam", p.get("d", 0.0))))


def atoms(law: Mapping[float, float]) -> dict[str, Any]:
    """A law of few values."""
    whole = sum(law.values())
    return {"mixture": [{"weight": share(w / whole), "value": f"{number(x)} units/day"} for x, w in law.items()]}


def spell(chance: float) -> Any:
    """How long a state lasts that ends in each period with the same chance; without one it outlasts every horizon."""
    if chance <= 0:
        return days(1_000_000)
    return {"geometric": {"mean": f"{1.0 / chance:.17g} days", "least": "1 day"}}


def channel(lead: float, price: float = 0.0, **more: Any) -> dict[str, Any]:
    """A channel with a fixed lead time."""
    return {
        "carries": ["good"], "price": money(price), "lead_time": days(lead), "capacity": "unlimited",
        "in_transit": "passes", **more,
    }  # fmt: skip


def store(
    ordering: Mapping[str, Any] | None,
    *,
    on_hand: float = 0.0,
    holding: float = 0.0,
    keeps: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A store that holds the good; it reviews each period."""
    kept: dict[str, Any] = {"opening": {"on_hand": units(on_hand), "under_way": "none"}, **(keeps or {})}
    if ordering is not None:
        kept["ordering"] = {"review_period": "1 day", "from": "supplier", **ordering}
        if "regular" in ordering:
            del kept["ordering"]["from"]
    return {"keeps": {"good": kept}, "capacity": "unlimited", "holding_cost": money(holding, "unit/day"), **more}


def consumer(law: Mapping[str, Any], unmet: str, shortage: float = 0.0, **more: Any) -> dict[str, Any]:
    """A consumer with a penalty for what is late or lost."""
    per = "unit/day" if unmet == "backordered" else "unit"
    found = {"draws_from": ["store"], "demand": {"good": law}, "unmet": unmet, **more}
    if shortage:
        found["shortage_cost"] = money(shortage, per)
    return found


def total_cost(x: Totals) -> float:
    """All costs, those of shortage too."""
    return sum(value for name, value in x.items() if name.startswith("costs."))


def average_cost(periods: int) -> Any:
    """The measure: all costs per period."""
    return lambda x: total_cost(x) / periods
