"""Stages in a row: stores that order from stores.

Sources: Clark and Scarf, Management Science 6 (1960) 475; Shang and Song, Management Science 49 (2003) 618; Snyder and
Shen, Fundamentals of Supply Chain Theory, 2nd ed. (2019), ch. 6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Any, Final

from holdfast.study.theory import serial
from truths.engine import Totals, days, estimate, money, scenario, units
from truths.families.common import Parameters, channel, consumer, demand, mean_demand, total_cost
from truths.families.reorder import only_cost
from truths.registry import Estimate, NotExpressible, engine

LONG: Final = 4000
"""[periods] of a future."""
FINEST: Final = 1000
"""Parts of a time unit, of which a period may be one."""


def period_of(leads: Sequence[float]) -> Fraction:
    """The longest period of which every lead time is a whole number.

    Raises:
        NotExpressible: there is none that is not too short, or the last stage has no lead time.
    """
    if not float(leads[0]) > 0:
        message = "a last stage without a lead time is judged before demand; costs of a scenario follow it"
        raise NotExpressible(message)
    parts = [Fraction(float(each)).limit_denominator(FINEST) for each in leads]
    whole = math.lcm(*(part.denominator for part in parts))
    if whole > FINEST or any(abs(float(part) - float(each)) > 1e-9 for part, each in zip(parts, leads, strict=True)):
        message = f"lead times {list(leads)} have no period in common that is not too short"
        raise NotExpressible(message)
    return Fraction(math.gcd(*(int(part * whole) for part in parts)), whole)


def local_rates(p: Parameters) -> list[float]:
    """Local holding cost rates, the stage that faces demand first."""
    if "local_h" in p:
        return [float(h) for h in p["local_h"]]
    return list(accumulate(reversed([float(h) for h in p["echelon_h"]])))[::-1]


def local_levels(echelon: Sequence[float]) -> list[float]:
    """Local base-stock levels that do what echelon levels do: an echelon holds no more than the one above lets it.

    Source: Axsäter and Rosling, Management Science 39 (1993) 1274.
    """
    least = list(accumulate(reversed(list(echelon)), min))[::-1]
    return [here - below for here, below in zip(least, [0.0, *least], strict=False)]


def stages(p: Parameters, levels: Sequence[float]) -> tuple[dict[str, Any], float]:
    """The scenario of stages with echelon levels, and its period in the time unit of the parameters.

    A period's costs follow its demand, so the last stage covers its own period besides its lead time, and has one
    period of lead time less. Then stock and backorders are those of continuous time, whatever the period is.
    """
    each = period_of(p["L"])
    period = float(each)
    leads = [round(float(lead) / period) for lead in p["L"]]
    leads[0] -= 1
    names = [f"stage-{j}" for j in range(1, len(leads) + 1)]
    stores: dict[str, Any] = {}
    for j, (name, rate, level) in enumerate(zip(names, local_rates(p), local_levels(levels), strict=True)):
        last = j == len(names) - 1
        source: Any = "supplier" if last else {names[j + 1]: {"lead_time": days(leads[j])}}
        ordering = {"kind": "base_stock", "review_period": "1 day", "from": source, "order_up_to": units(level)}
        keep = {"opening": {"on_hand": units(max(0.0, level)), "under_way": "none"}, "ordering": ordering}
        holding = money(rate * period, "unit/day")
        stores[name] = {"keeps": {"good": keep}, "capacity": "unlimited", "holding_cost": holding}
    users = consumer(demand(p, periods=period), "backordered", float(p["p"]) * period, draws_from=[names[0]])
    return scenario(
        {"channels": {"supplier": channel(leads[-1])}, "stores": stores, "consumers": {"users": users}}
    ), period


def cost_of(p: Parameters, levels: Sequence[float], note: str = "") -> Estimate:
    """What echelon levels cost per time.

    What is on its way to a stage is held at the rate of the stage above, reckoned by Little's law.
    """
    text, period = stages(p, levels)
    rates, leads = local_rates(p), [float(lead) for lead in p["L"]]

    def measure(x: Totals) -> float:
        moving = sum(
            rates[j + 1] * leads[j] * x[f"transfers.stage-{j + 2}.stage-{j + 1}.good.shipped"]
            for j in range(len(leads) - 1)
        )
        return (total_cost(x) + moving) / (LONG * period)

    warm_up = 200 + math.ceil(3 * sum(leads) / period)
    return estimate(text, measure, periods=LONG, warm_up=warm_up, note=note)


def _levels(p: Parameters, best: Sequence[float]) -> tuple[list[float], str]:
    """Echelon levels: those that are given, or the best ones."""
    found = [float(level) for level in p.get("S", best)]
    told = ", ".join(f"{level:g}" for level in found)
    return found, "" if "S" in p else f"echelon levels {told} as theory says"


@engine("inventory.serial_normal")
def serial_normal(p: Parameters, quantity: str) -> Estimate:
    """The cost of echelon levels that are given, or of the best ones, which theory tells."""
    only_cost(p, quantity)
    best, _ = serial.serial_normal(
        serial.echelon_rates(local_rates(p)), p["L"], *(float(p[name]) for name in ("p", "mean", "sd"))
    )
    return cost_of(p, *_levels(p, best))


@engine("inventory.serial_poisson")
def serial_poisson(p: Parameters, quantity: str) -> Estimate:
    """The same of Poisson demand."""
    only_cost(p, quantity)
    best, _ = serial.serial_poisson(serial.echelon_rates(local_rates(p)), p["L"], float(p["p"]), mean_demand(p))
    return cost_of(p, *_levels(p, best))
