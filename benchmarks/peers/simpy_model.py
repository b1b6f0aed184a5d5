"""The reference model in SimPy's natural idiom: a process a regime, a line, a shipment, a lot, and one for the weeks.

A week t is the moment t + REVIEW. Regimes move at t, what is due arrives between the two, and a line's clock of week t
runs over the unit of time before the review, so that the review knows what share of it the line was up.
"""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import numpy as np
import simpy

from benchmarks.peers.reference import FANS, ROUNDING, TOTALS, Peer, fans, numbers

REVIEW = 0.2
ARRIVES = 0.1
Process = Generator[Any, Any, None]


def plain() -> Any:
    """The numbers as lists and plain numbers: what Python reckons with fastest."""
    given = dataclasses.asdict(numbers())
    return SimpleNamespace(**{k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in given.items()})


class Line:
    """A line that is commissioned, then goes up and down."""

    def __init__(self, future: Future, line: int) -> None:
        self.future, self.line = future, line
        m, rng = future.m, future.rng
        self.opened = 0
        if m.planned[line] > 0:
            self.opened = max(1, math.floor(m.planned[line] * rng.uniform(*m.ratio) + rng.random()))
        self.up, self.since, self.worked = False, 0.0, 0.0
        future.env.process(self.life())

    def life(self) -> Process:
        """Up and down for ever."""
        env, rng, m = self.future.env, self.future.rng, self.future.m
        fails, mends = 1 / m.mtbf[self.line], 1 / m.mttr[self.line]
        yield env.timeout(self.opened + REVIEW)
        while True:
            self.up, self.since = True, env.now
            yield env.timeout(rng.expovariate(fails))
            self.up, self.worked = False, self.worked + env.now - self.since
            yield env.timeout(rng.expovariate(mends))

    def rate(self, t: int) -> float:
        """What it could make in the week that ends now."""
        m, now = self.future.m, self.future.env.now
        if t < self.opened:
            return 0.0
        share = self.worked + (now - self.since if self.up else 0.0)
        self.worked, self.since = 0.0, now
        begin = m.ramp_from[self.line]
        ramp = begin + (1 - begin) * min(1.0, (t - self.opened) / m.ramp_over[self.line])
        rate: float = m.nameplate[self.line] * min(1.0, share) * ramp
        return rate


class Future:
    """One future."""

    def __init__(self, m: Any, number: int) -> None:
        self.m, self.rng, self.env = m, random.Random(number), simpy.Environment(initial_time=-1)
        self.draws = np.random.default_rng(number)
        self.embargo, self.crisis = [0, 0], 0
        self.held, self.on_order = [0.0, 0.0], [0.0, 0.0]
        self.inside = self.passed = 0.0
        self.totals = dict.fromkeys(TOTALS, 0.0)
        self.levels: list[tuple[float, float]] = []
        for e in range(2):
            self.env.process(self.embargoes(e))
        self.env.process(self.crises())
        self.lines = [Line(self, line) for line in range(len(m.nameplate))]
        self.env.process(self.weeks())
        self.env.run(until=m.periods)

    def stay(self, mean: float) -> int:
        """Whole weeks in a state."""
        return max(1, math.floor(self.rng.expovariate(1 / mean) + self.rng.random()))

    def embargoes(self, e: int) -> Process:
        """States of one embargo."""
        yield self.env.timeout(1)
        while True:
            state = self.embargo[e]
            yield self.env.timeout(self.stay(self.m.stay[e][state]))
            self.embargo[e] = self.rng.choices(range(3), self.m.then[e][state])[0]

    def crises(self) -> Process:
        """Calm and crisis."""
        yield self.env.timeout(1)
        while True:
            yield self.env.timeout(self.stay(self.m.crisis_stay[self.crisis]))
            self.crisis = 1 - self.crisis

    def shipment(self, c: int, amount: float) -> Process:
        """An order under way to the border."""
        yield self.env.timeout(self.m.lead[c] + ARRIVES - REVIEW)
        self.held[c] += amount

    def lot(self, line: int, amount: float) -> Process:
        """A lot under inspection."""
        yield self.env.timeout(1 + ARRIVES - REVIEW)
        self.inside -= amount
        if self.rng.random() < self.m.accepts[line]:
            self.passed += amount

    def weeks(self) -> Process:
        """Receipts, orders, production, demand and accounts, week by week."""
        m, out, draws = self.m, self.totals, self.draws
        on_hand, backlog, spells = m.opening, 0.0, [0, 0]
        yield self.env.timeout(1 + REVIEW)
        for t in range(m.periods):
            capacity = [m.capacity[c][self.embargo[c]] for c in range(2)]
            arrived, self.passed = self.passed, 0.0
            for c in range(2):
                cleared = min(self.held[c], capacity[c])
                self.held[c] -= cleared
                self.on_order[c] -= cleared
                arrived += cleared
            on_hand += min(arrived, m.room - on_hand)
            self.order(t, on_hand - backlog, capacity)
            self.produce(t, on_hand - backlog)
            guards, towns = int(draws.poisson(m.poisson[self.crisis])), self.rng.lognormvariate(*m.towns)
            issued = min(on_hand, backlog + guards)
            new = guards - max(0.0, issued - backlog)
            backlog += guards - issued
            on_hand -= issued
            lost = towns - min(on_hand, towns)
            on_hand -= towns - lost
            out["costs.holding"] += m.discount[t] * m.holding * on_hand
            out["costs.shortage"] += m.discount[t] * (m.late * backlog + m.lost * lost)
            out["mean.stores.depot.item.on_hand"] += on_hand / m.periods
            for j, (name, unmet) in enumerate((("guards", new), ("towns", lost))):
                out[f"consumers.{name}.item.unmet"] += unmet
                spells[j] = spells[j] + 1 if unmet > ROUNDING * m.normal[j] + ROUNDING else 0
                longest = f"consumers.{name}.longest_short"
                out[longest] = max(out[longest], spells[j])
            self.levels.append((on_hand, backlog))
            yield self.env.timeout(1)

    def order(self, t: int, level: float, capacity: list[Any]) -> None:
        """Base stock, split over the channels."""
        m = self.m
        wanted = m.order_up_to - (level + sum(self.on_order))
        if wanted <= ROUNDING * (1 + m.order_up_to):
            return
        for c in range(2):
            amount = min(m.share[c] * wanted, capacity[c])
            if amount > 0:
                self.on_order[c] += amount
                self.totals["costs.imports"] += m.discount[t] * m.price[c] * amount
                self.env.process(self.shipment(c, amount))

    def produce(self, t: int, level: float) -> None:
        """Lines make what lacks to the target, one after the other; what each makes is a lot."""
        m = self.m
        for line in self.lines:
            gap = m.target - (level + self.inside)
            made = min(line.rate(t), gap if gap > ROUNDING * m.target else 0.0)
            self.totals["costs.production"] += m.discount[t] * m.unit_cost * made
            if made > ROUNDING:
                self.inside += made
                self.env.process(self.lot(line.line, made))


def simulate(n: int) -> Peer:
    """What n futures give."""
    m = plain()
    futures = [Future(m, number) for number in range(n)]
    totals = {name: np.array([future.totals[name] for future in futures]) for name in TOTALS}
    levels = np.array([future.levels for future in futures])
    counts = {}
    for j, (name, fan) in enumerate(zip(FANS, fans(), strict=True)):
        counts[name] = np.zeros((-(-m.periods // fan.stride), fan.bins), dtype=np.int64)
        for t in range(0, m.periods, fan.stride):
            fan.add(counts[name], t, levels[:, t, j])
    return Peer(totals, counts)
