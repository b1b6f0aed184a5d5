"""`dev.py coverage`: how often intervals that say 95 % hold the truth, for laws whose truth is known and for a case."""

from __future__ import annotations

import argparse
import dataclasses
import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from docs.marks import fill
from holdfast.study import estimates, until

if TYPE_CHECKING:
    from numpy.random import Generator

    from holdfast.study.case import Case
    from holdfast.study.estimates import Estimate

PAGE: Final = Path(__file__).parents[1] / "docs" / "explanation" / "intervals.md"
FUTURES: Final = 1_000
"""Of each sample, where nothing else is said."""
BAND: Final = (0.93, 0.97)
"""What 95 % may mean."""

Draw = Callable[["Generator"], "Estimate"]


@dataclass(frozen=True)
class Study:
    """One estimator on one law."""

    measure: str
    law: str
    truth: float
    draw: Draw


@dataclass(frozen=True)
class Found:
    """How often intervals held the truth."""

    measure: str
    law: str
    coverage: float
    above: float
    """Share of intervals that lie wholly above the truth."""
    below: float
    samples: int
    """How many intervals were made; 0 where the coverage is reckoned exactly."""
    warned_of: bool = False
    """Whether this is how not to do it, shown beside what is done."""

    @property
    def fits(self) -> bool:
        """Whether the coverage lies in the band, as far as so many samples can tell (4 standard errors)."""
        slack = 4 * math.sqrt(0.95 * 0.05 / self.samples) if self.samples else 0.0
        return self.warned_of or BAND[0] - slack <= self.coverage <= BAND[1] + slack


def measured(study: Study, samples: int, seed: int) -> Found:
    """How often the intervals of so many samples hold the truth."""
    random = np.random.Generator(np.random.Philox(seed))
    above = below = 0
    for _ in range(samples):
        found = study.draw(random)
        above += found.low > study.truth
        below += found.high < study.truth
    return Found(study.measure, study.law, 1 - (above + below) / samples, above / samples, below / samples, samples)


def _rare(random: Generator, n: int, chance: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Losses: nothing in most futures, exponential with mean 1 in the others."""
    return np.where(random.random(n) < chance, random.exponential(size=n), 0.0)


def _loss(random: Generator, chance: float) -> Estimate:
    return estimates.mean(_rare(random, FUTURES, chance), "")


def _quantile(random: Generator, p: float) -> Estimate:
    return estimates.quantile(random.exponential(size=FUTURES), p, "")


def _fill_rate(random: Generator, chance: float) -> Estimate:
    """Demand of a year, a fifth of it lost per unit of a rare loss."""
    wanted = random.gamma(25.0, 1.0, size=FUTURES)
    return estimates.ratio(wanted * (1 - np.minimum(1.0, 0.2 * _rare(random, FUTURES, chance))), wanted)


def _two_shares(random: Generator, better: float, worse: float) -> Estimate:
    """Two plans that fail together in 30 % of futures, and each alone in a few more."""
    u = random.random(FUTURES)
    return estimates.share((u < 0.3) | (u > 1 - better)) - estimates.share(u < 0.3 + worse)


def _two_costs(random: Generator, chance: float) -> Estimate:
    """Two plans that share a skewed cost; one has a rare loss besides."""
    common = random.lognormal(0.0, 1.0, size=FUTURES)
    return estimates.mean(common + _rare(random, FUTURES, chance), "USD") - estimates.mean(common, "USD")


def studies() -> list[Study]:
    """Estimators on laws whose truth is known."""
    n = FUTURES
    lost = 0.2 * -math.expm1(-5.0)  # mean of min(1, 0.2 x), x exponential
    out = [
        Study("mean", "normal, 30 futures", 0.0, lambda r: estimates.mean(r.normal(size=30), "")),
        Study("mean", "exponential, 100 futures", 1.0, lambda r: estimates.mean(r.exponential(size=100), "")),
        Study("mean", "lognormal, cv 1.3", math.exp(0.5), lambda r: estimates.mean(r.lognormal(0, 1, n), "")),
        Study("tail mean", "exponential, worst 5 %", 1 - math.log(0.05), _worst),
        Study("paired difference", "shared lognormal cost, same loss", 0.0, _alike),
    ]
    for events in (10, 20, 50):
        p = events / n
        law = f"loss in {100 * p:g} % of futures"
        out.append(Study("mean", law, p, functools.partial(_loss, chance=p)))
        out.append(Study("fill rate", law, 1 - p * lost, functools.partial(_fill_rate, chance=p)))
        out.append(Study("paired difference", law, p, functools.partial(_two_costs, chance=p)))
    for better, worse in ((0.005, 0.002), (0.01, 0.03), (0.1, 0.05)):
        law = f"only one fails in {100 * better:g} or {100 * worse:g} %"
        draw = functools.partial(_two_shares, better=better, worse=worse)
        out.append(Study("difference of shares", law, 100 * (better - worse), draw))
    out += [
        Study(f"{100 * p:g} % quantile", "exponential", -math.log(1 - p), functools.partial(_quantile, p=p))
        for p in (0.1, 0.5, 0.95)
    ]
    return out


Draws = Callable[["Generator", int], "np.ndarray[tuple[int], np.dtype[np.float64]]"]
UNTIL: Final[dict[str, tuple[Draws, Callable[[np.ndarray], Estimate], float, float]]] = {
    "mean within 5 %": (lambda r, n: r.exponential(size=n), lambda x: estimates.mean(x, ""), 1.0, 5.0),
    "mean of a loss in 5 % of futures within 20 %": (
        lambda r, n: _rare(r, n, 0.05), lambda x: estimates.mean(x, ""), 0.05, 20.0,
    ),
    "probability of 10 % within 1 point": (
        lambda r, n: r.random(n), lambda x: estimates.share(x < 0.1), 0.1, 1.0,
    ),
}  # fmt: skip
"""By name: what futures give, the figure of them, its truth, and within how much it is to be known."""


def until_it_is_known() -> list[Study]:
    """As many futures as a pilot says that a figure needs (`holdfast.study.until`)."""
    return [
        Study(name, "as many futures as a pilot of 1,000 said", truth, functools.partial(_two_stages, name=name))
        for name, (_, _, truth, _) in UNTIL.items()
    ]


def _two_stages(random: Generator, name: str) -> Estimate:
    draws, figure, _, within = UNTIL[name]
    first = draws(random, until.PILOT)
    futures = until.rounded_up(until.futures_for(figure(first), within))
    rest = draws(random, max(0, int(futures) - until.PILOT))
    return figure(np.concatenate([first, rest]))


def looked_at_again() -> list[Study]:
    """What is not done here: to look again and again, and to stop when the interval is narrow, or when plans differ."""
    narrow = "*not done:* stopped once it looked so, every 10 futures from 30"
    apart = "*not done:* stopped once told apart, every 500 futures to 10,000"
    return [
        Study("mean of a loss in 5 % of futures within 50 %", narrow, 0.05, _when_narrow),
        Study("paired difference of plans that are alike", apart, 0.0, _when_apart),
    ]


def _when_narrow(random: Generator) -> Estimate:
    values = _rare(random, 10_000, 0.05)
    looks = (estimates.mean(values[:n], "") for n in range(30, values.size, 10))
    return next(found for found in looks if found.estimate and until.half_width(found) <= 50.0)


def _when_apart(random: Generator) -> Estimate:
    values = random.normal(size=10_000)
    looks = [estimates.mean(values[:n], "") for n in range(500, values.size + 1, 500)]
    return next((found for found in looks if estimates.told_apart(found)), looks[-1])


def _worst(random: Generator) -> Estimate:
    return estimates.tail_mean(random.exponential(size=FUTURES), 0.05, "")


def _alike(random: Generator) -> Estimate:
    common = random.lognormal(0.0, 1.0, size=FUTURES)
    one, other = (estimates.mean(common + random.exponential(size=FUTURES), "") for _ in range(2))
    return one - other


def shares(n: int = FUTURES) -> list[Found]:
    """Coverage of the interval of a probability, reckoned exactly, by how many futures it happens in on average.

    As outcomes are counts, coverage swings with the probability; it is averaged over each range.
    """
    from scipy.special import bdtr

    counts = np.arange(n + 1)
    ends = np.array([estimates.share(counts[1:] <= k).interval() for k in counts])
    out = []
    for low, high in ((1, 2), (2, 5), (5, 10), (10, 40), (0.2 * n, 0.5 * n)):
        law = f"{low:g} to {high:g} of {n:,} futures"
        each = [_exact(ends, n, p, bdtr) for p in np.linspace(low / n, high / n, 201)]
        held, above, below = (float(np.mean(column)) for column in zip(*each, strict=True))
        out.append(Found("probability", law, held, above, below, 0))
    return out


def _exact(
    ends: np.ndarray[tuple[int, int], np.dtype[np.float64]], n: int, p: float, bdtr: Callable[..., float]
) -> tuple[float, float, float]:
    """The chance that the interval of a share holds p, lies above it, lies below it."""
    below = float(bdtr(float(np.searchsorted(ends[:, 1], p) - 1), n, p)) if ends[0, 1] < p else 0.0
    above = 1.0 - float(bdtr(float(np.searchsorted(ends[:, 0], p, side="right") - 1), n, p))
    return 1.0 - above - below, above, below


def of_a_case(blocks: int, size: int, truth: int, seed: int = 7) -> list[Found]:
    """Intervals of a shipped case, from blocks of futures that do not overlap, against many other futures."""
    import holdfast as hf
    from holdfast.study import measures, standards

    scenario = hf.load("iv-fluids")
    many = hf.simulate(scenario, replications=truth, seed=seed + 1).case()
    cut = hf.simulate(scenario, replications=blocks * size, seed=seed).case()
    consumer, standard = many.world.consumers[0].name, many.world.standards[0].name
    known: dict[str, Callable[[Case], Estimate]] = {
        f"iv-fluids: {name}": ask
        for name, ask in {
            "cost": measures.cost,
            "90 % quantile of cost": lambda c: measures.cost_quantile(c, 0.9),
            "fill rate": lambda c: measures.fill_rate(c, consumer),
            "worst 5 % of shortages": lambda c: measures.cvar_unmet(c, consumer),
            "standard met": lambda c: standards.judge_all(c)[standard].met,
        }.items()
    }
    out = []
    for name, ask in known.items():
        true = ask(many).estimate
        above = below = 0
        for k in range(blocks):
            part = {record: each[k * size : (k + 1) * size] for record, each in cut.totals.items()}
            found = ask(dataclasses.replace(cut, totals=part))
            above += found.low > true
            below += found.high < true
        held = 1 - (above + below) / blocks
        out.append(Found(name, f"blocks of {size} futures", held, above / blocks, below / blocks, blocks))
    return out


def table(found: Sequence[Found]) -> str:
    """The figures as a table of Markdown."""
    head = "| interval | of | holds the truth | lies above | lies below | samples |\n|---|---|---:|---:|---:|---:|"
    lines = [
        f"| {f.measure} | {f.law} | {100 * f.coverage:.1f} % | {100 * f.above:.1f} % | {100 * f.below:.1f} % "
        f"| {f'{f.samples:,}' if f.samples else 'exact'} |"
        for f in found
    ]
    return "\n".join([head, *lines])


def main(argv: Sequence[str] | None = None) -> int:
    """Measure how often 95 % intervals hold the truth; 1 if one does so in fewer than 93 or more than 97 %."""
    parser = argparse.ArgumentParser(prog="dev.py coverage", description=main.__doc__)
    parser.add_argument("--samples", type=int, default=10_000, help="samples of each law [10000]")
    parser.add_argument(
        "--blocks", type=int, default=1_000, help="blocks of futures of the shipped case [1000]; 0: none"
    )
    parser.add_argument("--seed", type=int, default=7, help="of the random numbers [7]")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/explanation/intervals.md")
    options = parser.parse_args(argv)
    if options.samples < 100 or options.blocks < 0:
        parser.error("--samples must be at least 100, and --blocks at least 0")
    found = [measured(study, options.samples, options.seed) for study in studies()]
    found += shares()
    found += [measured(study, options.samples // 5, options.seed) for study in until_it_is_known()]
    again = [measured(study, options.samples // 5, options.seed) for study in looked_at_again()]
    found += [dataclasses.replace(each, warned_of=True) for each in again]
    if options.blocks:
        found += of_a_case(options.blocks, 200, 200_000, options.seed)
    print(table(found))
    if options.write:
        fill(PAGE, "coverage", table(found))
    off = [f for f in found if not f.fits]
    for each in off:
        print(f"off: {each.measure}, {each.law}: {100 * each.coverage:.2f} %")
    return int(bool(off))
