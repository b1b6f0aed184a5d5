"""Projects: the longer of two, and a network of activities.

Sources: Clark, Operations Research 9 (1961); Hillier and Lieberman, Introduction to Operations Research, chapter on
PERT/CPM (the Reliable Construction Company).
"""

from __future__ import annotations

import math
from typing import Any, Final

from holdfast.study.theory import projects
from truths.engine import Totals, days, estimate, futures_of, limit, number, scenario, world
from truths.families.common import Parameters
from truths.families.production import line, making
from truths.registry import Estimate, NotExpressible, engine

FUTURES: Final = 150_000
"""Of which a standard deviation is taken."""
LATEST: Final = 100.0
"""[weeks] No future of the network is longer: the worst of all paths."""


@engine("project.clark_max")
def clark_max(p: Parameters, quantity: str) -> Estimate:
    """The mean of the longer of two projects: a line of a plant runs once both its own and the plant's are done."""
    asked = str(p.get("quantity", quantity))
    if asked not in ("clark_max", "mean") or float(p.get("rho", 0.0)) != 0.0:
        message = f"{asked!r} with a correlation of {p.get('rho')} is not measured: projects are drawn independently"
        raise NotExpressible(message)
    spread = max(float(p["s1"]), float(p["s2"]))
    last = max(float(p["m1"]), float(p["m2"])) + 9 * spread

    def at(part: float) -> Estimate:
        step = part * spread
        both = [
            {
                "start": "2000-01-01", "planned_duration": days(float(p[f"m{k}"]) / step),
                "schedule_ratio": {"normal": {"mean": "1", "sd": number(float(p[f"s{k}"]) / float(p[f"m{k}"]))}},
            }
            for k in (1, 2)
        ]  # fmt: skip
        sections = making({"line": line(project=both[0])})
        sections["plants"]["plant"]["project"] = both[1]
        periods = math.ceil(last / step)

        def ends(x: Totals) -> float:
            return step * (periods - x["lines.plant.line.output"])

        return estimate(scenario(sections), ends, periods=periods, warm_up=0, aim=0.0005)

    return limit(at, (0.25, 0.125), order=2, unit=spread)


def network(step: float) -> dict[str, Any]:
    """The scenario of a plant that opens when all activities are done.

    An activity is a regime that waits for those before it. It notices a period late that they are done, and so takes a
    period less; the plant opens a period late.
    """
    activities = projects.RELIABLE
    last = [name for name in activities if not any(name in other.after for other in activities.values())]
    regimes = {
        _name(name): _activity(_lasts(activity, step, 1.0 if activity.after else 0.0), activity.after)
        for name, activity in activities.items()
    }
    regimes["opening"] = _activity("1 day", tuple(last))
    stands = {"opening": {"waits": "0 %"}}
    return scenario(
        making({"line": line(performance={"usually": "100 %", "while": stands})}, regimes=regimes)
    )  # fmt: skip


def _lasts(activity: projects.Activity, step: float, less: float) -> Any:
    """How long an activity goes on, `less` so many periods."""
    best, likely, worst = (days(x / step - less) for x in (activity.best, activity.likely, activity.worst))
    return best if best == worst else {"pert": {"best": best, "likely": likely, "worst": worst}}


def _name(activity: str) -> str:
    return activity.replace(" ", "-")


def _activity(lasts: Any, after: tuple[str, ...]) -> dict[str, Any]:
    """A regime that goes on once all those before it are done."""
    undone = {_name(before): {"waits": "0", "goes-on": "0"} for before in after}
    return {
        "starts": "waits" if after else "goes-on",
        "states": {
            "waits": {
                "lasts": "1 day",
                "then": "goes-on",
                **({"pace": {"usually": "1", "while": undone}} if after else {}),
            },
            "goes-on": {"lasts": lasts, "then": "done"},
            "done": {"lasts": "100000 days", "then": "waits"},
        },
    }


@engine("project.pert_beta_monte_carlo")
def pert_beta(p: Parameters, quantity: str) -> Estimate:
    """When the network is done: mean, standard deviation, and the chance that it is by a deadline."""
    asked = str(p.get("quantity", quantity))
    if asked == "sd":
        return limit(_sd, (0.5, 0.25), order=2)
    if asked not in ("mean", "p"):
        message = f"the quantity {asked!r} is not measured"
        raise NotExpressible(message)

    def at(step: float) -> Estimate:
        if asked == "p":
            # Done in the very period of the deadline counts half: in the middle, a whole time stands for all around it.
            before = round(float(p["deadline"]) / step)
            return estimate(
                network(step), lambda x: x["lines.plant.line.output"] / 2, periods=2, warm_up=before, aim=0.0012
            )
        periods = math.ceil(LATEST / step)

        def ends(x: Totals) -> float:
            return step * (periods - 1 - x["lines.plant.line.output"])

        return estimate(network(step), ends, periods=periods, warm_up=0, aim=0.0005)

    return limit(at, (0.5, 0.25), order=2)


def _sd(step: float) -> Estimate:
    """The standard deviation of when the network is done, and its standard error."""
    periods = math.ceil(LATEST / step)
    found = futures_of(world(network(step)), periods, 0, futures=FUTURES)
    times = step * (periods - found["lines.plant.line.output"])
    sd = float(times.std())
    return Estimate(sd, float(((times - times.mean()) ** 2).std()) / (2 * sd) / math.sqrt(FUTURES))
