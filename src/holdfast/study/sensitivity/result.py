"""What a study of the ranges found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from holdfast.study.estimates import Estimate
    from holdfast.study.result import About
    from holdfast.study.sensitivity.inputs import Input
    from holdfast.study.sensitivity.prim import Box
    from holdfast.study.sensitivity.regret import Regret
    from holdfast.study.sensitivity.scores import Score
    from holdfast.study.sensitivity.screen import Effect, Index


@dataclass(frozen=True)
class Swing:
    """What one input does alone, the others as today: the score at an end of its range less today's."""

    input: Input
    low: Estimate
    high: Estimate
    moves: bool = True
    """Whether anything that the score could rest on changed in any future, at either end."""
    asked: bool = False
    """Whether it was asked if this input alone flips the choice."""
    flips: tuple[str | None, str | None] = (None, None)
    """The plan that would be chosen at the lower and at the upper end, where it is another one than today's choice."""

    @property
    def size(self) -> float:
        """The larger of the two, whichever way it goes."""
        return max(abs(self.low.estimate), abs(self.high.estimate))


@dataclass(frozen=True)
class Discovery:
    """In which box of the inputs something happens."""

    kind: str
    """`fails` (the plan misses a standard) or `flips` (another plan is chosen than today)."""
    plan: str
    often: Estimate
    """Share of the settings in which it happens."""
    inside: bool
    """Whether the box holds the settings in which it happens; else, where it mostly happens, those in which not."""
    box: Box | None
    """None where it happens too seldom, too often, or nowhere in particular."""
    others: dict[str, int]
    """For `flips`: in how many settings which plan is chosen; for `fails`: which standard is missed."""


@dataclass(frozen=True)
class Sensitivity:
    """What the score of a plan, and the choice among plans, owe to inputs of which only ranges are known."""

    about: About
    provenance: dict[str, Any]
    score: Score
    plan: str
    """The plan whose score is told."""
    choice: str
    """The plan that is chosen at today's values."""
    today: Estimate
    """Its score at today's values."""
    inputs: tuple[Input, ...]
    swings: tuple[Swing, ...]
    """One for each input, the largest first."""
    effects: dict[str, Effect]
    """By path; inputs that moved nothing (`Swing.moves`) are left out."""
    indices: dict[str, Index]
    """By path; of the inputs of the largest effects."""
    regrets: tuple[Regret, ...]
    discoveries: tuple[Discovery, ...]
    searched: tuple[Input, ...]
    """Inputs that a box may limit; its limits count them by place."""
    moved: int
    """Settings that did not hold together, and were drawn nearer to today's."""

    @property
    def silent(self) -> tuple[Input, ...]:
        """Inputs that changed nothing that the score could rest on, in any future, at either end."""
        return tuple(each.input for each in self.swings if not each.moves)

    def to_dict(self) -> dict[str, Any]:
        """For JSON; see docs/reference/json.md."""
        return {
            "provenance": self.provenance,
            "measure": self.score.name,
            "plan": self.plan,
            "choice": self.choice,
            "today": self.today.to_dict(),
            "tornado": [
                {
                    "input": each.input.path,
                    "label": each.input.label,
                    "value": each.input.value,
                    "between": list(each.input.ends),
                    "low": each.low.to_dict(),
                    "high": each.high.to_dict(),
                    "flips": list(each.flips),
                }
                for each in self.swings
            ],
            "morris": {
                path: {"mu_star": each.mean.to_dict(), "sigma": each.spread} for path, each in self.effects.items()
            },
            "sobol": {
                path: {"first": each.first.to_dict(), "total": each.total.to_dict()}
                for path, each in self.indices.items()
            },
            "regret": {
                each.plan: {
                    "worst_world": each.worst_world,
                    "in_worlds": each.in_worlds.to_dict(),
                    "in_ranges": each.in_ranges.to_dict(),
                    "mean": each.mean.to_dict(),
                }
                for each in self.regrets
            },
            "discovery": [self._discovery(each) for each in self.discoveries],
            "moved": self.moved,
        }

    def _discovery(self, each: Discovery) -> dict[str, Any]:
        box = None
        if each.box is not None:
            limits = {
                self.searched[i].path: [self.searched[i].text(low), self.searched[i].text(high)]
                for i, (low, high) in each.box.limits.items()
            }
            box = {
                "limits": limits,
                "coverage": each.box.coverage.to_dict(),
                "density": each.box.density.to_dict(),
                "judged_on": each.box.points,
            }
        return {
            "kind": each.kind,
            "plan": each.plan,
            "often": each.often.to_dict(),
            "others": each.others,
            "box": box,
            "box_holds": "happens" if each.inside else "does not happen",
        }

    def to_pandas(self) -> pd.DataFrame:
        """A row for each input: its range, what it does alone, and what Morris and Sobol say of it."""
        import pandas as pd

        rows = []
        for each in self.swings:
            path = each.input.path
            effect, index = self.effects.get(path), self.indices.get(path)
            rows.append(
                {
                    "input": path,
                    "value": each.input.value,
                    "from": each.input.ends[0],
                    "to": each.input.ends[1],
                    "at_low": each.low.estimate,
                    "at_low_from": each.low.low,
                    "at_low_to": each.low.high,
                    "at_high": each.high.estimate,
                    "at_high_from": each.high.low,
                    "at_high_to": each.high.high,
                    "unit": each.low.unit,
                    "mu_star": effect.mean.estimate if effect else 0.0,
                    "sigma": effect.spread if effect else 0.0,
                    "first": index.first.estimate if index else None,
                    "total": index.total.estimate if index else None,
                }
            )
        return pd.DataFrame(rows).set_index("input")

    def table(self, width: int = 80) -> str:
        """The answer in words and tables, as in the terminal."""
        from holdfast.output.words_sensitivity import answer  # the one way up: a convenience for people at a prompt

        return answer(self, width)
