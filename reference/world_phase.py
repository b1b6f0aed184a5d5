"""The world phase: regimes (§10), warnings (§11), prices (§14) and projects (§12)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from holdfast.parts.laws import StandardNormal
from holdfast.parts.world import BUILDING, CANCELLED, CLOSED, NEVER, PLANNED, RUNNING, STALLED
from reference.draws import WORDS, chance, draw, next_state, unit, whole

if TYPE_CHECKING:
    from holdfast.parts.world import Project, Regime, World
    from reference.draws import Draws
    from reference.moment import Moment


class RegimeTwin:
    """One regime, and the warnings of one of its states."""

    def __init__(self, regime: Regime, condition: int, draws: Draws) -> None:
        self.regime = regime
        self.condition = condition
        self.draws = draws
        self.spell = -1
        self.state = regime.starts
        self.work: float = 0
        self.next = -1
        self.lead = -1.0
        self.warned_at = -NEVER
        self.warned = False

    def move(self, now: Moment) -> None:
        """Move through period now.t, and warn."""
        t = now.t
        script = self.regime.script
        scripted = bool(script) and t >= script[0][0]
        pace = 1.0
        if t == 0:
            self._enter(self.regime.starts, self.regime.age)
        if scripted:
            self._follow(t)
        else:
            pace = now.value_before(self.regime.states[self.state].pace)
            if t > 0:
                self.work -= pace
                if self.work <= 0:
                    self._enter(self.next, 0.0)
        now.codes[self.condition] = self.state
        self._warn(t, pace)

    def _enter(self, state: int, age: float) -> None:
        """Begin the next spell: draw the work in it and the state after it."""
        self.spell += 1
        self.state = state
        stream = f"regimes.{self.regime.name}"
        law = self.regime.states[state].lasts
        word = self.draws.event(stream, self.spell, 0)
        if age > 0:
            w0 = math.floor(WORDS * law.cdf(age))
            word = min(WORDS - 1, w0 + (word * (WORDS - w0)) // WORDS)
        self.work = whole(draw(law, word) - age, self.draws.event(stream, self.spell, 1), least=1)
        self.next = next_state(self.regime.states[state].then, self.draws.event(stream, self.spell, 2))
        self._draw_warning()

    def _follow(self, t: int) -> None:
        """Do as the script says."""
        script = self.regime.script
        at = max(i for i, (period, _) in enumerate(script) if period <= t)
        last = at + 1 == len(script)
        if script[at][0] == t:
            self.spell += 1
            self.state = script[at][1]
            self.next = -1 if last else script[at + 1][1]
            self._draw_warning()
        self.work = NEVER if last else script[at + 1][0] - t

    def _draw_warning(self) -> None:
        """Draw whether this spell's end will be seen coming, and how long before."""
        self.lead = -1.0
        warning = self.regime.warning
        if warning is None or self.next != warning.of:
            return
        stream = f"regimes.{self.regime.name}.warning"
        if unit(self.draws.event(stream, self.spell, 0)) < warning.seen:
            self.lead = draw(warning.lead, self.draws.event(stream, self.spell, 1))

    def _warn(self, t: int, pace: float) -> None:
        """Give this period's warning, true or false."""
        self.warned = False
        warning = self.regime.warning
        if warning is None:
            return
        if self.lead >= 0 and self.work <= self.lead * pace:
            self.warned = True
            self.lead = -1.0
        if self.state != warning.of:
            p = chance(warning.false_alarms)
            if self.draws.happens(p, f"regimes.{self.regime.name}.false-alarm", t):
                self.warned = True
        if self.warned:
            self.warned_at = t


class PricesTwin:
    """All price indices."""

    def __init__(self, world: World, draws: Draws) -> None:
        self.world = world
        self.draws = draws
        self.x = [0.0] * len(world.prices)
        self.index = [p.level for p in world.prices]

    def move(self, t: int) -> None:
        """Move every index to period t; in period 0 each is at its level."""
        if t == 0:
            return
        normals = [draw(StandardNormal(), self.draws.word(f"prices.{p.name}", t)) for p in self.world.prices]
        for i, p in enumerate(self.world.prices):
            z = sum(c * n for c, n in zip(p.correlation, normals, strict=True))
            self.x[i] = p.persistence * self.x[i] + p.spread * z
            self.index[i] = p.level * math.exp(self.x[i])

    def product(self, which: tuple[int, ...]) -> float:
        """What a price that moves with these indices is multiplied by."""
        return math.prod(self.index[i] for i in which)


class ProjectTwin:
    """One building project."""

    def __init__(self, project: Project, condition: int, closes: int, draws: Draws) -> None:
        self.project = project
        self.condition = condition
        self.closes = closes
        self.draws = draws
        self.state = PLANNED
        self.opened = -1
        self.stalls = 0
        self.stalled_left = 0
        self.start = project.start
        stream = f"projects.{project.name}"
        ratio = draw(project.schedule_ratio, draws.event(stream, 0, 0))
        self.overrun = draw(project.overrun, draws.event(stream, 0, 1))
        self.work = whole(project.planned_duration * ratio, draws.event(stream, 0, 2), least=1)
        self.fixed_end = project.finished >= 0 and project.start != NEVER
        if self.fixed_end:
            self.start = min(project.start, project.finished - 1)
            self.work = project.finished - self.start
        self.left = self.work

    def move(self, now: Moment) -> None:
        """Move through period now.t."""
        t = now.t
        if t >= self.closes:
            self.state = CLOSED
        elif self.state == PLANNED and t >= self.start and self.start != NEVER:
            self.state = BUILDING
            if self.fixed_end and t >= self.project.finished:
                self._open(t)
        elif self.state == BUILDING:
            self._build(now)
        elif self.state == STALLED:
            self._stand_still(now)
        now.codes[self.condition] = self.state

    def _open(self, t: int) -> None:
        self.state = RUNNING
        self.opened = t

    def _build(self, now: Moment) -> None:
        if self.fixed_end:
            if now.t >= self.project.finished:
                self._open(now.t)
            return
        if self._cancelled(now, BUILDING):
            return
        self.left -= 1
        name = self.project.name
        if self.left <= 0:
            self._open(now.t)
        elif self.draws.happens(chance(now.value_before(self.project.stall_rate)), f"projects.{name}.stall", now.t):
            stream = f"projects.{name}.stalled"
            lasts = draw(self.project.stall_lasts, self.draws.event(stream, self.stalls, 0))
            self.stalled_left = whole(lasts, self.draws.event(stream, self.stalls, 1), least=1)
            self.stalls += 1
            self.state = STALLED

    def _stand_still(self, now: Moment) -> None:
        if self._cancelled(now, STALLED):
            return
        self.stalled_left -= 1
        if self.stalled_left <= 0:
            self.state = BUILDING

    def _cancelled(self, now: Moment, state: int) -> bool:
        """Whether the project is given up in this period; if so, it is."""
        if state not in self.project.cancel_while:
            return False
        p = chance(now.value_before(self.project.cancel_rate))
        if self.draws.happens(p, f"projects.{self.project.name}.cancel", now.t):
            self.state = CANCELLED
        return self.state == CANCELLED

    def ramp(self, t: int) -> float:
        """Share of the full rate in period t, if it runs."""
        if self.project.ramp_over <= 0:
            return 1.0
        done = min(1.0, (t - self.opened) / self.project.ramp_over)
        return self.project.ramp_from + (1 - self.project.ramp_from) * done

    def capex(self) -> float:
        """Money spent in a period whose end state this is, not discounted (§12)."""
        return self.project.capex * self.overrun / self.work if self.state == BUILDING else 0.0
