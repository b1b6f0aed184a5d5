"""A slow, cheap channel and a fast, dear one.

Sources: Veeraraghavan and Scheller-Wolf, Operations Research 56 (2008); Sun and Van Mieghem, Manufacturing and Service
Operations Management 21 (2019); Allon and Van Mieghem, Management Science 56 (2010).
"""

from __future__ import annotations

from typing import Any, Final

from truths.engine import estimate, scenario, units
from truths.families.common import Parameters, average_cost, channel, consumer, demand, mean_demand, store
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 4000
"""[periods] of a future."""

RULES: Final = {
    "single_index": ("single_index", ("expedite_up_to", "order_up_to")),
    "dual_index": ("dual_index", ("expedite_up_to", "order_up_to")),
    "capped_dual_index": ("dual_index", ("expedite_up_to", "order_up_to", "order_at_most")),
    "tailored_base_surge": ("tailored_base_surge", ("expedite_up_to", "order_quantity")),
}
"""Rule and levels, in the order in which the bank gives its parameters."""


def dual_sourcing(p: Parameters, rule: dict[str, Any]) -> dict[str, Any]:
    """The scenario of two channels and backorders; the regular order is paid as it is placed."""
    return scenario(
        {
            "channels": {
                "slow": channel(float(p["l_r"]), float(p["c_r"]), paid={"on_order": "100 %"}),
                "fast": channel(float(p.get("l_e", 0)), float(p["c_e"]), paid={"on_order": "100 %"}),
            },
            "stores": {
                "store": store(
                    {**rule, "regular": "slow", "expedited": "fast"},
                    on_hand=2 * mean_demand(p), holding=float(p["h"]),
                )
            },
            "consumers": {"users": consumer(demand(p), "backordered", float(p["b"]))},
        }
    )  # fmt: skip


@engine("dual.policy_cost")
def policy_cost(p: Parameters, quantity: str) -> Estimate:
    """The cost of a rule whose levels are given."""
    kind, levels = RULES.get(str(p["policy"]), ("", ()))
    given = [float(x) for x in p.get("params") or ()]
    if not kind or len(given) != len(levels):
        message = f"no ordering rule of the language is {p['policy']!r} with parameters {given}"
        raise NotExpressible(message)
    rule = {"kind": kind, **{name: units(x) for name, x in zip(levels, given, strict=True)}}
    warm_up = 200 + 5 * int(p["l_r"])
    return estimate(dual_sourcing(p, rule), average_cost(LONG), periods=LONG, warm_up=warm_up)
