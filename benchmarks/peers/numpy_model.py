"""The reference model in plain NumPy: arrays over futures, a Python loop over weeks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.reference import FANS, ROUNDING, TOTALS, Floats, Numbers, Peer, fans, numbers

Bools = NDArray[np.bool_]


class _Regime:
    """A semi-Markov process of every future: its state, and the weeks left in it."""

    def __init__(self, rng: np.random.Generator, stay: Floats, then: Floats, n: int) -> None:
        self.rng, self.stay, self.cumulative = rng, stay, np.cumsum(then, axis=1)
        self.state = np.zeros(n, dtype=np.int64)
        self.left = self._weeks(self.state)

    def _weeks(self, state: NDArray[np.int64]) -> NDArray[np.int64]:
        drawn = self.rng.exponential(self.stay[state])
        weeks: NDArray[np.int64] = np.maximum(1, np.floor(drawn + self.rng.random(state.size)).astype(np.int64))
        return weeks

    def step(self) -> None:
        """A week passes."""
        self.left -= 1
        moves = np.flatnonzero(self.left <= 0)
        if moves.size:
            u = self.rng.random(moves.size)[:, None]
            self.state[moves] = (u >= self.cumulative[self.state[moves]]).sum(axis=1)
            self.left[moves] = self._weeks(self.state[moves])


class _Line:
    """A line of every future: up and down in continuous time, commissioned and ramped up."""

    def __init__(self, rng: np.random.Generator, m: Numbers, line: int, n: int) -> None:
        self.rng, self.m, self.line = rng, m, line
        self.up = np.ones(n, dtype=np.bool_)
        self.left = rng.exponential(m.mtbf[line], n)
        self.opened = np.zeros(n, dtype=np.int64)
        if m.planned[line] > 0:
            work = m.planned[line] * rng.uniform(*m.ratio, n)
            self.opened = np.maximum(1, np.floor(work + rng.random(n)).astype(np.int64))

    def rate(self, t: int) -> Floats:
        """What it could make this week."""
        share = self.up.astype(np.float64)
        running = t >= self.opened
        self.left -= running
        changes = np.flatnonzero(self.left <= 0.0)
        if changes.size:
            share[changes] = self._changes(changes)
        age = (t - self.opened) / self.m.ramp_over[self.line]
        begin = self.m.ramp_from[self.line]
        ramp = begin + (1.0 - begin) * np.minimum(1.0, age)
        rate: Floats = np.where(running, self.m.nameplate[self.line] * share * ramp, 0.0)
        return rate

    def _changes(self, i: NDArray[np.int64]) -> Floats:
        """Share of this week that lines are up that go up or down in it."""
        up, end = self.up[i], self.left[i] + 1.0
        now, share = np.zeros(i.size), np.zeros(i.size)
        more = np.arange(i.size)
        while more.size:
            share[more] += np.where(up[more], end[more] - now[more], 0.0)
            now[more], up[more] = end[more], ~up[more]
            mean = np.where(up[more], self.m.mtbf[self.line], self.m.mttr[self.line])
            end[more] += self.rng.exponential(mean)
            more = more[end[more] <= 1.0]
        self.up[i], self.left[i] = up, end - 1.0
        return share + np.where(up, 1.0 - now, 0.0)


def simulate(n: int, seed: int = 1) -> Peer:
    """What n futures give."""
    m = numbers()
    rng = np.random.Generator(np.random.SFC64(seed))
    embargoes = [_Regime(rng, m.stay[e], m.then[e], n) for e in range(2)]
    crisis = _Regime(rng, m.crisis_stay, np.array([[0.0, 1.0], [1.0, 0.0]]), n)
    lines = [_Line(rng, m, line, n) for line in range(len(m.nameplate))]
    on_hand, backlog, inside, passed = np.full(n, m.opening), np.zeros(n), np.zeros(n), np.zeros(n)
    held, on_order, due = np.zeros((2, n)), np.zeros((2, n)), [np.zeros((int(lead), n)) for lead in m.lead]
    out = {name: np.zeros(n) for name in TOTALS}
    counts = [np.zeros((-(-m.periods // fan.stride), fan.bins), dtype=np.int64) for fan in fans()]
    spells = [np.zeros(n, dtype=np.int64) for _ in range(2)]
    for t in range(m.periods):
        if t > 0:
            for regime in (*embargoes, crisis):
                regime.step()
        arrived, capacity = passed, [m.capacity[c][embargoes[c].state] for c in range(2)]
        for c in range(2):
            held[c] += due[c][t % m.lead[c]]
            cleared = np.minimum(held[c], capacity[c])
            held[c] -= cleared
            on_order[c] -= cleared
            arrived = arrived + cleared
        inside[:] = 0.0
        on_hand += np.minimum(arrived, m.room - on_hand)
        wanted = m.order_up_to - (on_hand + on_order.sum(axis=0) - backlog)
        wanted[wanted <= ROUNDING * (1.0 + m.order_up_to)] = 0.0
        for c in range(2):
            order = np.minimum(m.share[c] * wanted, capacity[c])
            due[c][t % m.lead[c]] = order
            on_order[c] += order
            out["costs.imports"] += m.discount[t] * m.price[c] * order
        passed = np.zeros(n)
        for line in lines:
            gap = m.target - (on_hand + inside - backlog)
            gap[gap <= ROUNDING * m.target] = 0.0
            made = np.minimum(line.rate(t), gap)
            inside += made
            passed += np.where((made > ROUNDING) & (rng.random(n) < m.accepts[line.line]), made, 0.0)
            out["costs.production"] += m.discount[t] * m.unit_cost * made
        guards, towns = rng.poisson(m.poisson[crisis.state]).astype(np.float64), rng.lognormal(*m.towns, n)
        issued = np.minimum(on_hand, backlog + guards)
        new = guards - np.maximum(0.0, issued - backlog)
        backlog = backlog + guards - issued
        on_hand -= issued
        sold = np.minimum(on_hand, towns)
        on_hand, lost = on_hand - sold, towns - sold
        _account(m, t, out, spells, (on_hand, backlog, new, lost))
        for fan, found, level in zip(fans(), counts, (on_hand, backlog), strict=True):
            fan.add(found, t, level)
    out["mean.stores.depot.item.on_hand"] /= m.periods
    return Peer(out, dict(zip(FANS, counts, strict=True)))


def _account(
    m: Numbers, t: int, out: dict[str, Floats], spells: list[NDArray[np.int64]],
    end: tuple[Floats, Floats, Floats, Floats],
) -> None:  # fmt: skip
    """Costs and shortages of a week, on its end state."""
    on_hand, backlog, new, lost = end
    out["mean.stores.depot.item.on_hand"] += on_hand
    out["costs.holding"] += m.discount[t] * m.holding * on_hand
    out["costs.shortage"] += m.discount[t] * (m.late * backlog + m.lost * lost)
    for name, unmet, spell, normal in zip(("guards", "towns"), (new, lost), spells, m.normal, strict=True):
        out[f"consumers.{name}.item.unmet"] += unmet
        spell += 1
        spell[unmet <= ROUNDING * normal + ROUNDING] = 0
        longest = f"consumers.{name}.longest_short"
        np.maximum(out[longest], spell, out=out[longest])
