"""Random words and what laws make of them, in plain Python (§4, §20).

Source: Salmon, Moraes, Dror, Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC 2011), for Philox4x32-10.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from holdfast.parts.laws import PIECES, SEGMENTS, DiscreteTable, tabulate
from holdfast.parts.world import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.parts.laws import Law

MASK = 0xFFFFFFFF
WORDS = 2**32

Words = tuple[int, int, int, int]


def philox(counter: Words, key: tuple[int, int]) -> Words:
    """The four words that Philox4x32-10 gives for a counter and a key."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        first = 0xD2511F53 * c0
        second = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (second >> 32) ^ c1 ^ k0, second & MASK, (first >> 32) ^ c3 ^ k1, first & MASK
        k0 = (k0 + 0x9E3779B9) & MASK
        k1 = (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


@lru_cache(maxsize=4096)
def stream_number(name: str) -> int:
    """The number of a stream: the first four bytes, little-endian, of BLAKE2b of its name."""
    return int.from_bytes(hashlib.blake2b(name.encode()).digest()[:4], "little")


@dataclass
class Draws:
    """The random words of one future."""

    seed: int
    replication: int
    _last: dict[str, tuple[int, Words]] = field(default_factory=dict)

    def word(self, name: str, index: int) -> int:
        """Word `index` of a stream."""
        block = index >> 2
        last = self._last.get(name)
        if last is None or last[0] != block:
            counter = (self.replication, block, stream_number(name), 0)
            last = (block, philox(counter, (self.seed & MASK, self.seed >> 32 & MASK)))
            self._last[name] = last
        return last[1][index & 3]

    def event(self, name: str, n: int, k: int) -> int:
        """Word k, from 0 to 3, of event n of a stream."""
        return self.word(name, 4 * n + k)

    def happens(self, p: float, name: str, index: int) -> bool:
        """Whether something with probability p happens by word `index` of a stream."""
        return unit(self.word(name, index)) < p


def unit(word: int) -> float:
    """u(w): the word as a number between 0 and 1, neither of them."""
    return (word + 0.5) / WORDS


def chance(rate: float) -> float:
    """Probability of at least one event in a period, from the rate per period (§4)."""
    return -math.expm1(-rate)


def whole(x: float, word: int, least: int = 0) -> int:
    """A drawn duration in whole periods, its mean kept by a second word (§4)."""
    if x >= NEVER:
        return NEVER
    return max(least, math.floor(x + unit(word)))


def draw(law: Law, word: int) -> float:
    """What a law gives for a word, by inversion from its table (§20)."""
    return _lookup(law)(word)


@lru_cache(maxsize=1024)
def _lookup(law: Law) -> Callable[[int], float]:
    """The table of a law as a function of the word."""
    table = tabulate(law)
    if isinstance(table, DiscreteTable):
        values: list[float] = table.values.tolist()
        thresholds: list[int] = table.thresholds.tolist()
        return lambda word: values[min(bisect_right(thresholds, word), len(values) - 1)]
    body: list[list[float]] = table.body.tolist()
    lower: list[list[float]] = table.lower.tolist()
    upper: list[list[float]] = table.upper.tolist()

    def look(word: int) -> float:
        piece = word >> 22
        if 0 < piece < SEGMENTS - 1:
            c0, c1, c2 = body[piece]
            f = (word % 2**22) / 2**22
            return c0 + f * (c1 + f * c2)
        v = word if piece == 0 else MASK - word
        octave = v.bit_length() - 1
        at = ((v + 0.5) / 2.0**octave - 1) * PIECES
        c0, c1, c2 = (lower if piece == 0 else upper)[(octave + 1) * PIECES + int(at)]
        f = at - int(at)
        return c0 + f * (c1 + f * c2)

    return look


def next_state(probabilities: tuple[float, ...], word: int) -> int:
    """The state that a word chooses by cumulative probabilities (§10)."""
    total = 0.0
    for k, p in enumerate(probabilities):
        total += p
        if word < round(WORDS * total):
            return k
    return max(k for k, p in enumerate(probabilities) if p > 0)
