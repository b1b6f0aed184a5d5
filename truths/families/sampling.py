"""Acceptance of lots by single sampling. Source: Montgomery, Statistical Quality Control, ch. 15; ISO 2859-1."""

from __future__ import annotations

from typing import Any, Final

from truths.engine import Totals, estimate, scenario, share, units
from truths.families.common import Parameters, channel, consumer, store
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 1000
"""[periods] of a future, with a lot each."""


def lots(p: Parameters) -> dict[str, Any]:
    """The scenario of a lot that arrives each period and is inspected by a sampling plan."""
    if p.get("model", "binomial") != "binomial":
        message = "the sampling plans of the language take lots that are large beside their samples (binomial)"
        raise NotExpressible(message)
    plan = {"sample_size": str(int(p["n"])), "acceptance_number": str(int(p["c"]))}
    rule = {"kind": "constant_order", "order_quantity": units(1)}
    return scenario(
        {
            "inspections": {"lab": {"lot": units(1), "plan": plan, "defective": share(float(p["p"]))}},
            "channels": {"supplier": channel(0, inspection="lab")},
            "stores": {"store": store(rule)},
            "consumers": {"users": consumer({"fixed": "1 units/day"}, "lost")},
        }
    )


def _accepted(x: Totals) -> float:
    at = "inspections.lab.imports.store.good"
    return x[f"{at}.accepted"] / (x[f"{at}.accepted"] + x[f"{at}.scrapped"])


@engine("sampling.pa")
def pa(p: Parameters, quantity: str) -> Estimate:
    """The share of lots that are accepted."""
    return estimate(lots(p), _accepted, periods=LONG, warm_up=2)


@engine("sampling.lots_needed")
def lots_needed(p: Parameters, quantity: str) -> Estimate:
    """How many lots must come, on average, until so many are accepted."""
    return estimate(lots(p), lambda x: float(p["good_lots"]) / _accepted(x), periods=LONG, warm_up=2)
