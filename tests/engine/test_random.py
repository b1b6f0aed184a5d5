"""Random words are Philox4x32-10, and sampling is the inversion of parts.laws (conventions §20)."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from holdfast.engine.random import event, philox, stream_number, unit, word, words_below
from holdfast.engine.sample import draw, draw_count, lay_out
from holdfast.parts.laws import (
    Beta,
    Discrete,
    Exponential,
    Fixed,
    Gamma,
    Law,
    Lognormal,
    Mixture,
    Normal,
    Poisson,
    StandardNormal,
    Uniform,
    sample,
    tabulate,
)

# Known-answer vectors of Random123 (kat_vectors): counter, key, answer.
VECTORS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), VECTORS)
def test_philox_gives_the_known_answers(counter, key, answer):
    assert philox(*map(np.uint64, counter), *map(np.uint64, key)) == answer


def test_a_word_is_its_place_in_the_event():
    key = np.uint64(2**40 + 7)
    for index in range(12):
        assert word(key, 5, 99, index) == event(key, 5, 99, index // 4)[index % 4]


def test_stream_numbers_come_from_names():
    digest = hashlib.blake2b(b"regimes.sanctions").digest()
    assert stream_number("regimes.sanctions") == int.from_bytes(digest[:4], "little")
    assert stream_number("prices.copper") != stream_number("prices.currency")


LAWS: list[Law] = [
    Fixed(3.0), Exponential(10.0), Lognormal.from_mean(39, 0.4), Lognormal.from_median(1.35, 2.0),
    Gamma.from_mean(300e3, 0.4), Normal(10, 8),
    StandardNormal(), Uniform(0, 16), Beta.from_mean(0.02, 0.6), Poisson(3.5), Poisson(0.0), Poisson(400.0),
    Discrete.empirical([1, 2, 2, 5]), Discrete.empirical(range(3000)),
    Mixture((Lognormal.from_mean(17, 0.7), Lognormal.from_mean(260, 1.0)), (0.6, 0.4)),
]  # fmt: skip

EDGES = [0, 1, 5, 2**21, 2**22 - 1, 2**22, 2**31 - 1, 2**31, 2**32 - 2**22 - 1, 2**32 - 2**22, 2**32 - 2, 2**32 - 1]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_the_engine_samples_what_the_law_says(law):
    parameters = lay_out(tabulate(law))
    words = [*EDGES, *np.random.default_rng(1).integers(0, 2**32, 2000).tolist()]
    for w in words:
        assert draw(parameters, 0, w) == sample(tabulate(law), w)


def test_side_by_side_discrete_laws_give_what_each_gives_alone():
    words = np.array([*EDGES, *np.random.default_rng(3).integers(0, 2**32, 400).tolist()], dtype=np.uint32)
    tables = [lay_out(tabulate(law)) for law in LAWS if law.atoms() is not None]
    parameters, n, t = np.concatenate(tables), len(words), 6
    starts = np.cumsum([0, *(len(each) for each in tables[:-1])])
    numbers, drawn = np.zeros(3 * n), np.zeros(5 * n, dtype=np.uint32)
    numbers[n : 2 * n] = np.random.default_rng(4).choice(starts, n)
    numbers[2 * n :] = np.linspace(0.5, 2.0, n)
    drawn[(1 + t % 4) * n :][:n] = words
    draw_count(numbers, None, drawn, parameters, np.array([0, 1, 1, 2]), None, None, None, 0, 0, n, n, t, 0, 0, 0)
    for i in range(n):
        law = np.flatnonzero(starts == numbers[n + i])[0]
        assert numbers[i] == numbers[2 * n + i] * draw(tables[law], 0, int(words[i]))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_tables_follow_the_quantile_function_and_rise_with_the_word(law):
    words = np.sort(np.array([*EDGES, *np.random.default_rng(2).integers(0, 2**32, 3000).tolist()]))
    drawn = np.array([sample(tabulate(law), int(w)) for w in words])
    assert np.all(np.diff(drawn) >= -1e-9 * np.maximum(1e-9, np.abs(drawn[1:])))
    if law.atoms() is None and not isinstance(law, Normal):
        exact = law.quantile((words + 0.5) / 2.0**32)
        scale = np.maximum(np.abs(exact), 0.01 * np.sqrt(law.variance()) + 1e-12)
        error = np.abs(drawn - exact) / scale
        assert np.max(error) < 4e-3  # beside a tail, where a piece spans a factor of two in p
        assert np.quantile(error, 0.98) < 1e-4


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_tables_keep_mean_and_variance(law):
    """By stratified words: the error of a midpoint sum, not of chance; the tolerance is that of the table."""
    words = (np.arange(2**16) * 2**16 + 2**15).astype(np.int64)
    drawn = np.array([sample(tabulate(law), int(w)) for w in words])
    cut = isinstance(law, Normal)
    assert drawn.mean() == pytest.approx(law.mean(), rel=0.06 if cut else 2e-3, abs=1e-3)
    if not cut:
        assert drawn.var() == pytest.approx(law.variance(), rel=0.05, abs=1e-3)


@pytest.mark.parametrize("p", [0.0, 2.0**-33, 2.0**-32, 0.3, 0.5 + 2.0**-33, 0.975002160541578, 1.0 - 2.0**-33, 1.0])
def test_words_below_are_those_with_u_below_a_probability(p):
    n = words_below(p)
    assert 0 <= n <= 2**32
    near = [w for w in range(n - 3, n + 3) if 0 <= w < 2**32]
    assert [w < n for w in near] == [unit(w) < p for w in near]
