"""The twin's own random words and draws (conventions §4, §10, §20)."""

from __future__ import annotations

import math

import pytest

from holdfast.parts.laws import (
    Discrete,
    Exponential,
    Fixed,
    Gamma,
    Lognormal,
    Mixture,
    Normal,
    Poisson,
    sample,
    tabulate,
)
from reference.draws import Draws, chance, draw, next_state, philox, stream_number, unit, whole

# Known-answer vectors of Random123 (kat_vectors, philox4x32 10): counter, key, output.
VECTORS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
WORDS = [
    0,
    1,
    5,
    2**22 - 1,
    2**22,
    2**31,
    2**32 - 2**22,
    2**32 - 2**22 - 1,
    2**32 - 2,
    2**32 - 1,
    123456789,
    3987654321,
]
LAWS = [
    Fixed(3.0),
    Exponential(4.0),
    Lognormal.from_mean(5.0, 0.8),
    Gamma.from_mean(2.0, 0.5),
    Normal(10.0, 4.0),
    Poisson(3.0),
    Discrete((1.0, 2.0, 7.0), (0.2, 0.5, 0.3)),
    Mixture((Exponential(1.0), Exponential(9.0)), (0.3, 0.7)),
]


@pytest.mark.parametrize(("counter", "key", "output"), VECTORS)
def test_known_answers(counter, key, output):
    assert philox(counter, key) == output


def test_a_word_is_at_its_place():
    """Index i is output i mod 4 of block i div 4; event n has the four words of block n; the key holds the seed."""
    seed, name = 0x1234567887654321, "prices.copper"
    draws = Draws(seed, 9)
    block = philox((9, 5, stream_number(name), 0), (0x87654321, 0x12345678))
    assert [draws.word(name, 20 + k) for k in range(4)] == list(block)
    assert [draws.event(name, 5, k) for k in range(4)] == list(block)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_the_twin_looks_up_laws_as_they_define_it(law):
    """Its own look-up gives what holdfast.parts.laws.sample gives, in the body and in both tails."""
    table = tabulate(law)
    assert [draw(law, w) for w in WORDS] == pytest.approx([sample(table, w) for w in WORDS], rel=1e-12)


def test_rounding_keeps_the_mean():
    """§4: 2.25 becomes 3 for a quarter of the words, else 2; what must last at least one period does."""
    drawn = [whole(2.25, w) for w in range(0, 2**32, 2**24)]
    assert set(drawn) == {2, 3}
    assert sum(drawn) / len(drawn) == 2.25
    assert whole(0.0, 0) == 0
    assert whole(0.0, 0, least=1) == 1


def test_the_next_state_is_the_first_whose_threshold_exceeds_the_word():
    assert [next_state((0.0, 0.25, 0.75), w) for w in (0, 2**30 - 1, 2**30, 2**32 - 1)] == [1, 1, 2, 2]


def test_chances():
    assert chance(0.0) == 0.0
    assert chance(math.log(2)) == pytest.approx(0.5)
    assert 0 < unit(0) < unit(2**32 - 1) < 1
