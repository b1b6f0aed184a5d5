"""What a plan is scored by: any measure of `holdfast run --json`, by its name, or how often all standards are met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from holdfast.errors import Place, Problems, did_you_mean
from holdfast.study import measures, standards
from holdfast.study.case import Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.parts.world import World
    from holdfast.study.estimates import Estimate

ALL_MET: Final = "all_met"
"""The share of futures in which every standard is met."""
MORE: Final = frozenset(
    "all_met met fill_rate ready_rate service_probability made_at_home without_permission opens".split()  # noqa: SIM905
)
"""Measures of which more is better, by the last part of their names."""
LESS: Final = frozenset(
    "cost shortage_cost total_cost net_import_reliance expected_shortfall cvar_unmet ever_short longest_short".split()  # noqa: SIM905
)
"""Measures of which less is better."""
_WHOLE: Final[dict[str, Callable[[Case], Estimate]]] = {
    ALL_MET: standards.all_met,
    "cost": measures.cost,
    "shortage_cost": measures.shortage_cost,
    "total_cost": measures.total_cost,
    "net_import_reliance": measures.net_import_reliance,
    "made_at_home": measures.made_at_home,
    "without_permission": measures.without_permission,
}
_OF_CONSUMER: Final[dict[str, Callable[[Case, str], Estimate]]] = {
    "fill_rate": measures.fill_rate,
    "ready_rate": measures.ready_rate,
    "service_probability": measures.service_probability,
    "expected_shortfall": measures.expected_shortfall,
    "cvar_unmet": measures.cvar_unmet,
    "ever_short": measures.ever_short,
    "longest_short": measures.longest_short,
}


@dataclass(frozen=True)
class Score:
    """A measure by its name."""

    name: str
    sense: int
    """1: more is better; -1: less is; 0: neither."""

    def of(self, case: Case) -> Estimate:
        """What a case comes to."""
        if self.name in _WHOLE:
            return _WHOLE[self.name](case)
        kind, _, rest = self.name.partition(".")
        middle, _, last = rest.rpartition(".")
        if kind == "consumers":
            return _OF_CONSUMER[last](case, middle)
        return standards.judge(case, next(s for s in case.world.standards if s.name == middle)).met

    def rests_on(self, record: str) -> bool:
        """Whether a record of the futures (conventions §22) could change the score."""
        if self.name in ("cost", "shortage_cost", "total_cost"):
            return True
        if self.name == ALL_MET or self.name.startswith(("consumers.", "standards.")):
            return record.startswith(("consumers.", "windows."))
        return not record.startswith(("costs.", "memos."))


def score(world: World, name: str | None) -> Score:
    """The score of that name; where nothing is said, how often all standards are met, or the total cost without any.

    Raises:
        ScenarioError: HF403, there is no such measure.
    """
    known = list(names(world))
    chosen = name if name is not None else ALL_MET if world.standards else "total_cost"
    if chosen not in known:
        problems = Problems()
        message = f"'{chosen}' is no measure whose sensitivity can be told"
        problems.add("HF403", Place("--measure"), "", message, did_you_mean(chosen, known, "measure"))
        problems.raise_if_any()
    last = chosen.rpartition(".")[2]
    return Score(chosen, 1 if last in MORE else -1 if last in LESS else 0)


def names(world: World) -> tuple[str, ...]:
    """The measures that can be asked for."""
    whole = [name for name in _WHOLE if name != ALL_MET or world.standards]
    consumers = [f"consumers.{c.name}.{what}" for c in world.consumers for what in _OF_CONSUMER]
    return (*whole, *consumers, *(f"standards.{s.name}.met" for s in world.standards))
