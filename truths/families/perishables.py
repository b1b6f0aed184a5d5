"""Goods that expire: oldest or youngest first.

Source: De Moor, Gijsbrechts and Boute, European Journal of Operational Research 301 (2022).
"""

from __future__ import annotations

import functools
from typing import Any, Final

from holdfast.study.exact import rounded_gamma
from truths.engine import Totals, best, days, estimate, money, quick, scenario, units
from truths.families.common import Parameters, atoms, channel, consumer, store, total_cost
from truths.registry import Estimate, NotExpressible, engine

PERIODS: Final = 365
"""That are charged."""
BURN_IN: Final = 100
"""[periods] before them, from an empty store."""
HIGHEST: Final = 10
"""[units] The largest base stock."""
KEPT: Final = 0.99
"""What money of the next period is worth in this one."""
ISSUES: Final = {"lifo": "youngest_first", "fifo": "oldest_first"}


@functools.cache
def _demand() -> dict[str, Any]:
    chances = rounded_gamma(4.0, 0.5).ended(1e-10)
    return atoms({float(k): float(chance) for k, chance in enumerate(chances)})


def de_moor(p: Parameters, level: float) -> dict[str, Any]:
    """The scenario of a perishable under a base stock, from an empty store."""
    issue = str(p["issue"]).lower()
    if issue not in ISSUES:
        message = f"the issue rule {p['issue']!r} is none of {', '.join(ISSUES)}"
        raise NotExpressible(message)
    kept = {"shelf_life": days(int(p["m"])), "issue": ISSUES[issue], "disposal_cost": money(float(p["c_w"]))}
    rule = {"kind": "base_stock", "order_up_to": units(level)}
    return scenario(
        {
            "channels": {"supplier": channel(int(p["L"]), 3.0, paid={"on_order": "100 %"})},
            "stores": {"store": store(rule, holding=1.0, keeps=kept)},
            "consumers": {"users": consumer(_demand(), "lost", 5.0)},
        },
        discount=f"{100 * (KEPT**-365.25 - 1):.12f} %/year",
    )


def mean_return(x: Totals) -> float:
    """What is earned, as seen from the end of the burn-in; all of it are costs."""
    return -total_cost(x) / KEPT**BURN_IN


@engine("perishable.de_moor")
def base_stock_return(p: Parameters, quantity: str) -> Estimate:
    """The mean return of a base stock: of the one that is given, or of the best, found in the same futures."""
    asked = str(p.get("quantity", quantity))
    if asked not in ("best_base_stock_mean_return", "base_stock_mean_return"):
        message = (
            "which order is best in each state is no ordering rule of the language"
            if "optimal" in asked
            else "a level: the engine simulates levels, theory says which is best"
        )
        raise NotExpressible(message)
    if asked == "base_stock_mean_return":
        level, note = float(p["S"]), ""
    else:
        level = best(0, HIGHEST, lambda s: -quick(de_moor(p, s), mean_return, PERIODS, BURN_IN))
        note = f"S = {level:g}, the best in the same futures"
    return estimate(de_moor(p, level), mean_return, periods=PERIODS, warm_up=BURN_IN, note=note)
