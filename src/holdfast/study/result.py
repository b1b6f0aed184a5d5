"""Results: what a study found, with everything that it was made from, saved as one netCDF file.

A `Result` holds cases by alternative and what_if, and answers for them; `holdfast.study.measures` says what each
measure is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from holdfast.errors import Place, Problems, StudyError, did_you_mean
from holdfast.study import estimates, measures, standards
from holdfast.study.case import Case

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    import pandas as pd
    import xarray as xr

    from holdfast.study.estimates import Estimate
    from holdfast.study.history import Judged
    from holdfast.study.standards import Judgement

BASE: Final = ""
"""Name of the base world among the what_ifs."""
ORDER_OF_EVENTS: Final = (
    "world (regimes, warnings, prices, projects); receipts; decisions (signals, orders); production; demand; "
    "ageing (accidents, expiry); accounts"
)


@dataclass(frozen=True)
class About:
    """What a result is about: the scenario as people wrote it."""

    name: str
    title: str
    question: str
    alternatives: dict[str, str]
    """Titles by name, in the order of the file."""
    what_ifs: dict[str, str]
    text: str
    """The scenario file."""
    digest: str
    """SHA-256 of the inputs."""
    evidence: dict[str, int] = field(default_factory=dict)
    """How many numbers are stated, derived, assumed, assumed_with_range, hindsight."""


@dataclass(frozen=True)
class Result:
    """What came of some alternatives in some worlds.

    >>> import holdfast as hf                                                           # doctest: +SKIP
    >>> r = hf.simulate(hf.load("cartridge-plant"), replications=1_000, seed=7)          # doctest: +SKIP
    >>> r.fill_rate(consumer="military", during={"tensions": "crisis"}).interval()       # doctest: +SKIP
    """

    about: About
    provenance: dict[str, Any]
    cases: dict[tuple[str, str], Case]
    """By (alternative, what_if); the base world is ""."""
    cuts: dict[str, Case] = field(default_factory=dict)
    """By alternative: the world in which every channel is closed from the first period on."""
    history: tuple[Judged, ...] = ()
    """What happened, beside the futures of the cases that history names."""

    @property
    def alternatives(self) -> list[str]:
        """Names of the alternatives, in order."""
        return list(dict.fromkeys(alternative for alternative, _ in self.cases))

    @property
    def what_ifs(self) -> list[str]:
        """Names of the what_ifs, in order, without the base world."""
        return [name for name in dict.fromkeys(what_if for _, what_if in self.cases) if name != BASE]

    @property
    def seed(self) -> int:
        """Where the random numbers come from."""
        return int(self.provenance["seed"])

    def case(self, alternative: str | None = None, what_if: str | None = None) -> Case:
        """One alternative in one world; the first of each where nothing is said.

        Raises:
            ScenarioError: HF403, there is no such case in this result.
        """
        name = alternative if alternative is not None else self.alternatives[0]
        worlds = [world for known, world in self.cases if known == name]
        if not worlds:
            raise _no_such("alternative", name, self.alternatives)
        world = what_if if what_if is not None else (BASE if BASE in worlds else worlds[0])
        if world not in worlds:
            raise _no_such("what_if", world, [w for w in worlds if w != BASE])
        return self.cases[(name, world)]

    def cost(self, alternative: str | None = None, what_if: str | None = None) -> Estimate:
        """See `measures.cost`."""
        return measures.cost(self.case(alternative, what_if))

    def total_cost(self, alternative: str | None = None, what_if: str | None = None) -> Estimate:
        """See `measures.total_cost`."""
        return measures.total_cost(self.case(alternative, what_if))

    def fill_rate(self, consumer: str, **where: Any) -> Estimate:
        """The part of what is wanted that is served on time; see `_served`."""
        return self._served("fill_rate", consumer, **where)

    def ready_rate(self, consumer: str, **where: Any) -> Estimate:
        """The part of the time in which the consumer is not short; see `_served`."""
        return self._served("ready_rate", consumer, **where)

    def service_probability(self, consumer: str, **where: Any) -> Estimate:
        """The probability that the consumer is never short; see `_served`."""
        return self._served("service_probability", consumer, **where)

    def cycle_service_level(self, consumer: str, **where: Any) -> Estimate:
        """The part of spells of a state without shortage: only in windows that standards name; see `_served`."""
        return self._served("cycle_service_level", consumer, **where)

    def _served(
        self,
        measure: str,
        consumer: str,
        during: Mapping[str, str] | None = None,
        within: str | int | None = None,
        alternative: str | None = None,
        what_if: str | None = None,
    ) -> Estimate:
        """A service measure of a consumer, over the horizon or over a window that a standard names.

        Args:
            measure: its name.
            consumer: whose.
            during: the state that must hold, such as {"tensions": "crisis"}.
            within: how long after the state was entered, in periods or as '26 periods'; None: as long as it lasts.
            alternative: which; the first where nothing is said.
            what_if: in which world; the base world where nothing is said.

        Raises:
            ScenarioError: HF403, no such consumer, or a window that no standard names.
        """
        case = self.case(alternative, what_if)
        names = [each.name for each in case.world.consumers]
        if consumer not in names:
            raise _no_such("consumer", consumer, names)
        whole: dict[str, Callable[[Case, str], Estimate]] = {
            "fill_rate": measures.fill_rate,
            "ready_rate": measures.ready_rate,
            "service_probability": measures.service_probability,
        }
        if during is None and within is None and measure in whole:
            return whole[measure](case, consumer)
        return standards.measure_of(case, find_window(case, consumer, during, within), measure)

    def standards(self, alternative: str | None = None, what_if: str | None = None) -> dict[str, Judgement]:
        """Every standard, judged; see `standards.judge`."""
        return standards.judge_all(self.case(alternative, what_if))

    def measures(self, alternative: str | None = None, what_if: str | None = None) -> dict[str, Estimate]:
        """Every measure by name, the standards and time to survive among them."""
        case = self.case(alternative, what_if)
        out = measures.all_measures(case)
        for name, judgement in standards.judge_all(case).items():
            out |= {f"standards.{name}.met": judgement.met, f"standards.{name}.reached": judgement.reached}
        name = alternative if alternative is not None else self.alternatives[0]
        if not what_if and name in self.cuts:
            for consumer in case.world.consumers:
                for label, p in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
                    survives = measures.time_to_survive(self.cuts[name], consumer.name, p)
                    out[f"consumers.{consumer.name}.time_to_survive.{label}"] = survives
        return out

    def difference(self, one: str, other: str, measure: str = "total_cost", what_if: str = BASE) -> Estimate:
        """How much more `one` has of a measure than `other`, in the same futures.

        Raises:
            ScenarioError: HF403, there is no such measure, or it cannot be paired.
        """
        pair = [self.measures(name, what_if) for name in (one, other)]
        if measure not in pair[0]:
            raise _no_such("measure", measure, list(pair[0]))
        try:
            return estimates.difference(pair[0][measure], pair[1][measure])
        except ValueError as error:
            raise StudyError(f"{measure}: {error}") from None

    def table(self) -> str:
        """The answer in a table, as in the terminal."""
        from holdfast.output.table import answer_table  # the one way up: a convenience for people at a prompt

        return answer_table(self)

    def dataset(self, what_if: str = BASE) -> xr.Dataset:
        """Totals, yearly summaries and bands of one world, units on every variable."""
        from holdfast.study.store import dataset

        return dataset(self, what_if)

    def to_pandas(self, what_if: str = BASE) -> pd.DataFrame:
        """The totals of one world: a row for each alternative and future, a column for each record."""
        import pandas as pd

        chosen = {name: case.totals for (name, world), case in self.cases.items() if world == what_if}
        frames = {name: pd.DataFrame(totals) for name, totals in chosen.items()}
        return pd.concat(frames, names=["alternative", "replication"])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the result as one netCDF file, whole or not at all.

        Raises:
            ScenarioError: HF401, it cannot be written.
        """
        from holdfast.study.store import save

        save(self, path)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Result:
        """The result in a file.

        Raises:
            ScenarioError: HF404, it is no result, not whole, or of a newer format.
        """
        from holdfast.study.store import load

        return load(path)


def find_window(case: Case, consumer: str, during: Mapping[str, str] | None, within: str | int | None) -> int:
    """The number of the window that a standard names for this consumer.

    Raises:
        ScenarioError: HF403, no standard names it; the message names those that exist.
    """
    from holdfast.parts.world import NEVER

    world = case.world
    condition, state = -1, 0
    for name, wanted in (during or {}).items():
        condition = next((i for i, c in enumerate(world.conditions) if c.name == name), -2)
        known = world.conditions[condition].states if condition >= 0 else ()
        state = known.index(wanted) if wanted in known else -1
    limit = NEVER if within is None else int(str(within).split()[0])
    for i, window in enumerate(world.windows):
        same = window.condition == condition and (condition == -1 or window.state == state)
        if world.consumers[window.consumer].name == consumer and same and window.within == limit:
            return i
    wanted_text = f"during={dict(during or {})}" + (f", within={within}" if within is not None else "")
    raise _no_such("window", wanted_text, [window_text(case, i) for i in range(len(world.windows))])


def window_text(case: Case, index: int) -> str:
    """A window as one would ask for it: `military during tensions: crisis within 26 periods`."""
    from holdfast.parts.world import NEVER

    window = case.world.windows[index]
    text = case.world.consumers[window.consumer].name
    if window.condition >= 0:
        condition = case.world.conditions[window.condition]
        text += f" during {condition.name}: {condition.states[window.state]}"
    return text + (f" within {window.within} periods" if window.within < NEVER else "")


def _no_such(what: str, name: str, known: list[str]) -> Exception:
    """The error for a name that the result does not have."""
    problems = Problems()
    shown = ", ".join(known) or "none"
    fix = shown if what == "window" else did_you_mean(name, known, what)
    text = f"no standard judges {name}, and a result keeps only what they judge" if what == "window" else ""
    problems.add("HF403", Place("result"), "", text or f"there is no {what} '{name}' in this result", fix)
    try:
        problems.raise_if_any()
    except Exception as error:
        return error
    raise AssertionError
