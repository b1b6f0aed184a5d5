"""Laws as people write them: by the parameters that people know.

A form names its parameters, of which some are amounts in the measure of what is described and some are plain
ratios, and builds the law. A new law is a class in a file of its own that registers its form in the entry point
group `holdfast.parts`; it then works wherever a law may stand.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Final

from holdfast.parts.laws import (
    Beta,
    Exponential,
    Fixed,
    Gamma,
    Geometric,
    Law,
    Lognormal,
    Normal,
    Pert,
    Poisson,
    Uniform,
)
from holdfast.records import record

ENTRY_POINTS: Final = "holdfast.parts"

Numbers = Mapping[str, float]


class LawError(ValueError):
    """Parameters that define no law: what is wrong, and the likely fix."""

    def __init__(self, message: str, fix: str) -> None:
        self.message, self.fix = message, fix
        super().__init__(f"{message}: {fix}")


@record
class LawForm:
    """How people write one law."""

    name: str
    ways: tuple[tuple[str, ...], ...]
    """Sets of parameters, any one of which defines the law."""
    build: Callable[[Numbers], Law]
    """Raises LawError."""
    ratios: frozenset[str] = frozenset({"cv"})
    """Parameters that are plain numbers, whatever the law describes."""
    divides: bool = False
    """Whether the amount of a longer time is a sum of such amounts of shorter ones (conventions §4)."""


def _positive(numbers: Numbers, *names: str) -> None:
    for name in names:
        if not numbers[name] > 0:
            raise LawError(f"its {name} must be more than 0", f"write a {name} above 0")


def _exponential(n: Numbers) -> Law:
    _positive(n, "mean")
    return Exponential(n["mean"])


def _lognormal(n: Numbers) -> Law:
    if "median" in n:
        _positive(n, "median")
        if n["p90"] < n["median"]:
            raise LawError("its p90 lies below its median", "nine in ten are below p90, so write a larger p90")
        return Lognormal.from_median(n["median"], n["p90"]) if n["p90"] > n["median"] else Fixed(n["median"])
    _positive(n, "mean")
    return Lognormal.from_mean(n["mean"], n["cv"]) if n["cv"] > 0 else Fixed(n["mean"])


def _gamma(n: Numbers) -> Law:
    if n["mean"] == 0 or n["cv"] == 0:
        return Fixed(n["mean"])
    return Gamma.from_mean(n["mean"], n["cv"])


def _normal(n: Numbers) -> Law:
    sd = n["sd"] if "sd" in n else n["cv"] * n["mean"]
    return Normal(n["mean"], sd) if sd > 0 else Fixed(n["mean"])


def _uniform(n: Numbers) -> Law:
    if n["high"] < n["low"]:
        raise LawError("its low end lies above its high end", "write [low, high]")
    return Uniform(n["low"], n["high"]) if n["high"] > n["low"] else Fixed(n["low"])


def _beta(n: Numbers) -> Law:
    mean, cv = n["mean"], n["cv"]
    if not 0 < mean < 1:
        raise LawError("its mean must lie between 0 and 100 %", "write a share, such as mean: 2 %")
    if cv == 0:
        return Fixed(mean)
    if cv * cv >= (1 - mean) / mean:
        most = math.sqrt((1 - mean) / mean)
        raise LawError(f"a share with that mean has a cv below {most:.3g}", "write a smaller cv")
    return Beta.from_mean(mean, cv)


def _pert(n: Numbers) -> Law:
    best, likely, worst = n["best"], n["likely"], n["worst"]
    if not best <= likely <= worst:
        raise LawError("its three estimates do not rise", "write the best first, then the likely, then the worst")
    return Pert(best, likely, worst) if best < worst else Fixed(best)


def _poisson(n: Numbers) -> Law:
    return Poisson(n["mean"]) if n["mean"] > 0 else Fixed(0.0)


def _geometric(n: Numbers) -> Law:
    least = n.get("least", 0.0)
    if not 0 <= least <= n["mean"]:
        raise LawError("its least value lies below 0 or above its mean", "write a mean of at least `least`")
    return Geometric(n["mean"], least) if n["mean"] > least else Fixed(n["mean"])


FORMS: Final[dict[str, LawForm]] = {
    form.name: form
    for form in (
        LawForm("fixed", (("value",),), lambda n: Fixed(n["value"]), divides=True),
        LawForm("exponential", (("mean",),), _exponential),
        LawForm("lognormal", (("mean", "cv"), ("median", "p90")), _lognormal),
        LawForm("gamma", (("mean", "cv"),), _gamma, divides=True),
        LawForm("normal", (("mean", "cv"), ("mean", "sd")), _normal, divides=True),
        LawForm("uniform", (("low", "high"),), _uniform),
        LawForm("beta", (("mean", "cv"),), _beta),
        LawForm("pert", (("best", "likely", "worst"),), _pert),
        LawForm("poisson", (("mean",),), _poisson, divides=True),
        LawForm("geometric", (("mean",), ("mean", "least")), _geometric),
    )
}
"""The laws that ship with Holdfast; `mixture` and `empirical` are made of others and of data."""


@functools.cache
def plugged() -> dict[str, LawForm]:
    """Forms of laws that other packages register."""
    from importlib.metadata import entry_points

    loaded = [point.load() for point in entry_points(group=ENTRY_POINTS)]
    return {form.name: form for form in loaded if isinstance(form, LawForm)}


def form_of(name: str) -> LawForm | None:
    """The form of a law by its name."""
    return FORMS.get(name) or plugged().get(name)
