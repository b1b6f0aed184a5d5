"""What holds at the moment: the period, the codes of all conditions, and the values that read them (§5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.parts.laws import Law
    from holdfast.parts.world import Changing, ChangingLaw, World


class Moment:
    """The period and the code of every condition, now and at the end of the period before."""

    def __init__(self, world: World) -> None:
        self.t = 0
        self.regimes = 0
        self.projects = len(world.regimes)
        self.signals = self.projects + len(world.projects)
        self.sizes = [len(c.states) for c in world.conditions]
        starts = [r.starts for r in world.regimes]
        self.codes = starts + [0] * (len(world.conditions) - len(starts))
        self.before = list(self.codes)
        # Of each condition: the code at the end of the last period and the period in which it came.
        self.stays: list[tuple[int, int]] = [(-1, 0)] * len(self.codes)

    def begin(self, t: int) -> None:
        """Turn to period t."""
        self.t = t
        self.before = list(self.codes)

    def note_stays(self) -> None:
        """Note, at the end of the period, which stays began (§19)."""
        for c, code in enumerate(self.codes):
            if code != self.stays[c][0]:
                self.stays[c] = (code, self.t)

    def value(self, changing: Changing) -> float:
        """A changing number with the conditions as they are."""
        return self._read(changing, self.codes)

    def value_before(self, changing: Changing) -> float:
        """A changing number with the conditions as they were at the end of the period before."""
        return self._read(changing, self.before)

    def law(self, changing: ChangingLaw) -> tuple[Law, float]:
        """The law that stands and what its draws are multiplied by."""
        return changing.laws[int(self.value(changing.which))], self.value(changing.scale)

    def _read(self, changing: Changing, codes: list[int]) -> float:
        segment = 0
        for s, start in enumerate(changing.starts):
            if start <= self.t:
                segment = s
        index = 0
        for c in changing.reads:
            index = index * self.sizes[c] + codes[c]
        return float(changing.values[segment, index])
