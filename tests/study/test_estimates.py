"""Intervals against published and hand-computed values; coverage with stated error rates."""

from __future__ import annotations

import math

import numpy as np
import pytest

from holdfast.study import estimates


def test_wilson_matches_published_values() -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 857, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29 (upper end)."""
    for hits, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        got = estimates.share(np.arange(n) < hits)
        assert got.interval() == pytest.approx((low, high), abs=5e-5)
    got = estimates.share(np.arange(29) < 1)
    assert got.high == pytest.approx(0.1718, abs=5e-5)


def test_one_to_three_futures_are_bounded_by_the_poisson_law() -> None:
    """5 % bounds of a Poisson mean at counts of 1 to 3 are 0.0513, 0.355 and 0.818 (Pearson and Hartley, table 40)."""
    for hits, bound in ((1, 0.0513), (2, 0.355), (3, 0.818)):
        few, most = estimates.share(np.arange(500) < hits), estimates.share(np.arange(500) >= hits)
        assert few.low * 500 == pytest.approx(bound, abs=5e-4)
        assert most.high == pytest.approx(1 - few.low, abs=1e-12)
    assert estimates.share(np.arange(500) < 4).low * 500 == pytest.approx(1.56, abs=5e-3), "Wilson's, from 4 on"


def test_what_is_reckoned_or_kept_without_scipy_is_what_scipy_says() -> None:
    """To the last bit; ranks are whole numbers."""
    from statistics import NormalDist

    from scipy.special import gammaincinv, stdtrit

    assert NormalDist().inv_cdf(0.5 + estimates.LEVEL / 2) == estimates.Z95
    assert {k: float(gammaincinv(k, 1 - estimates.LEVEL)) for k in (1, 2, 3)} == estimates.RARE
    most = estimates.MANY + 5
    assert [estimates.student(n) for n in range(2, most)] == stdtrit(np.arange(1, most - 1), 0.975).tolist()
    assert estimates.student(1) == math.inf


def test_ranks_are_those_of_the_binomial_law() -> None:
    from scipy.special import bdtr

    tail = (1 - estimates.LEVEL) / 2
    for n in (*range(1, 60), 333, 1000, 9999, 10_000, 100_000):
        for p in (0.0, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 1.0):
            below = bdtr(np.arange(n + 1.0), n, p)
            assert np.abs(estimates._at_most(n, p) - below).max() < estimates._UNSURE * n / 2
            lower, upper = np.searchsorted(below, tail, side="right"), np.searchsorted(below, 1 - tail) + 1
            assert estimates._ranks(n, p) == (lower, upper), (n, p)


def test_ranks_at_a_bound_are_decided_by_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one value, P(B <= 0) is 0.975 for p = 0.025 and the bound 1 - 0.025: rounding would decide."""
    import scipy.special

    asked, law = [], scipy.special.bdtr
    monkeypatch.setattr(scipy.special, "bdtr", lambda k, n, p: asked.append((n, p)) or law(k, n, p))
    for n, p in ((1, 0.025), (1000, 0.5)):
        estimates._ranks.__wrapped__(n, p)
    assert asked == [(1, 0.025)]


def test_skewness_moves_both_ends_outwards_on_the_side_of_the_tail() -> None:
    """Hall's correction by hand: x = 0 (nine times) and 10; s = sqrt(10), skewness (8/3), n = 10."""
    got = estimates.mean(np.r_[np.zeros(9), 10.0], "USD")
    skewness, reach = (9 * -1.0 + 9.0**3) / 10 / 9**1.5, 2.262157 / math.sqrt(10)
    assert skewness == pytest.approx(8 / 3)
    ends = [
        1 - math.sqrt(10) * 3 / skewness * (math.cbrt(1 + skewness * (y - skewness / 60)) - 1) for y in (reach, -reach)
    ]
    assert got.interval() == pytest.approx(ends, rel=1e-6)
    assert got.high - 1 > 3 * (1 - got.low)
    mirrored = estimates.mean(-np.r_[np.zeros(9), 10.0], "USD")
    assert mirrored.interval() == pytest.approx((-got.high, -got.low))


def test_the_correction_does_not_depend_on_the_unit() -> None:
    x = np.random.default_rng(5).exponential(size=50) ** 2
    small, large = estimates.mean(x, "kg"), estimates.mean(1e6 * x, "mg")
    assert np.array(large.interval()) / 1e6 == pytest.approx(small.interval(), rel=1e-12)


def test_a_difference_of_shares_has_a_width_where_no_future_differs() -> None:
    """Bonett and Price: one future added on either side; 8 and 2 of 100 differ: (9 - 3) / 102."""
    none = estimates.share(np.zeros(98, dtype=bool)) - estimates.share(np.zeros(98, dtype=bool))
    assert none.interval() == pytest.approx((-100 * 1.959964 * math.sqrt(2) / 100, 100 * 1.959964 * math.sqrt(2) / 100))
    all_of_them = estimates.share(np.ones(98, dtype=bool)) - estimates.share(np.ones(98, dtype=bool))
    assert all_of_them.interval() == pytest.approx(none.interval())
    certain = estimates.share(np.ones(98, dtype=bool)) - estimates.share(np.zeros(98, dtype=bool))
    assert certain.high <= 100.0 + 1e-9
    assert certain.low > 94
    one, other = np.arange(100) < 8, (np.arange(100) >= 8) & (np.arange(100) < 10)
    gap = estimates.share(one) - estimates.share(other)
    half = 1.959964 * math.sqrt((12 / 102 - (6 / 102) ** 2) / 102)
    assert gap.interval() == pytest.approx((100 * (6 / 102 - half), 100 * (6 / 102 + half)))
    assert gap.estimate == pytest.approx(6.0)


def test_share_of_all_ends_at_one() -> None:
    got = estimates.share(np.ones(50, dtype=bool))
    assert (got.estimate, got.high) == (1.0, 1.0)
    assert got.low == pytest.approx(50 / (50 + 1.959963984540054**2))


def test_mean_by_hand() -> None:
    """Mean 3, variance 2.5, n 5: standard error sqrt(0.5), t(4, 0.975) = 2.776445."""
    got = estimates.mean(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), "round")
    assert got.standard_error == pytest.approx(math.sqrt(0.5))
    assert got.interval() == pytest.approx((3 - 2.776445105 * math.sqrt(0.5), 3 + 2.776445105 * math.sqrt(0.5)))
    assert got.unit == "round"


def test_one_future_has_no_interval() -> None:
    got = estimates.mean(np.array([2.0]), "round")
    assert got.to_dict() == {"estimate": 2.0, "low": None, "high": None, "standard_error": None, "unit": "round"}


def test_a_constant_has_no_error() -> None:
    got = estimates.mean(np.full(7, 0.1), "USD")
    assert (got.estimate, got.low, got.high, got.standard_error) == (0.1, 0.1, 0.1, 0.0)


def test_ratio_is_that_of_the_sums() -> None:
    """(1 + 3) / (2 + 4): residuals 1 - 4/3 and 3 - 8/3, over a mean of 3."""
    got = estimates.ratio(np.array([1.0, 3.0]), np.array([2.0, 4.0]))
    assert got.estimate == pytest.approx(2 / 3)
    assert got.influence == pytest.approx([-1 / 9, 1 / 9])
    assert got.standard_error == pytest.approx(1 / 9)


def test_a_proportion_has_an_interval_inside_0_to_1_that_holds_the_truth_as_often() -> None:
    """Four fifths of a loss with a long tail come in a crisis: Beta(2, 1/2) has mean 4/5."""
    rng = np.random.default_rng(5)
    held = plainly = outside = 0
    for _ in range(1_000):
        whole = rng.lognormal(0.0, 1.0, 30)
        part = whole * rng.beta(2.0, 0.5, 30)
        got, plain = estimates.ratio(part, whole), estimates.ratio(part, whole, proportion=False)
        assert 0.0 <= got.low < got.estimate < got.high <= 1.0
        assert got.standard_error == plain.standard_error
        if plain.low >= 0.0 and plain.high <= 1.0:
            assert got == plain
        outside += plain.high > 1.0
        held += got.low <= 0.8 <= got.high
        plainly += plain.low <= 0.8 <= plain.high
    assert outside > 20
    assert held >= plainly


def test_a_ratio_that_is_no_proportion_may_exceed_1() -> None:
    got = estimates.ratio(np.array([1.0, 3.0, 9.0]), np.array([2.0, 1.0, 8.0]))
    assert got.estimate > 1.0
    assert got.high > 1.0


def test_ratio_over_nothing_is_unknown() -> None:
    got = estimates.ratio(np.zeros(3), np.zeros(3))
    assert math.isnan(got.estimate)
    assert got.to_dict()["estimate"] is None


def test_median_interval_matches_the_binomial_table() -> None:
    """n 10: ranks 2 and 9 cover the median with 97.9 % (David and Nagaraja, table of 7.1); n 5 has no 95 % interval."""
    got = estimates.quantile(np.arange(1.0, 11.0), 0.5, "years")
    assert (got.estimate, got.low, got.high) == (5.0, 2.0, 9.0)
    few = estimates.quantile(np.arange(5.0), 0.5, "years")
    assert (few.low, few.high) == (-math.inf, math.inf)


def test_quantile_of_what_mostly_never_happens() -> None:
    got = estimates.quantile(np.r_[np.arange(10.0), np.full(90, math.inf)], 0.5, "years")
    assert got.estimate == math.inf
    assert got.to_dict()["low"] is None


def test_tail_mean_by_hand() -> None:
    """The worst 2 of 10 values 1 to 10 average 9.5."""
    assert estimates.tail_mean(np.arange(1.0, 11.0), 0.2, "round").estimate == pytest.approx(9.5)


def test_differences_are_paired() -> None:
    """What two plans share leaves no error in their difference."""
    common = np.random.default_rng(1).normal(size=100)
    gap = estimates.mean(common + 2.0, "USD") - estimates.mean(common, "USD")
    assert gap.interval() == pytest.approx((2.0, 2.0))
    assert estimates.told_apart(gap)
    assert not estimates.told_apart(estimates.mean(common, "USD") - estimates.mean(common, "USD"))


def test_differences_of_shares_are_in_points() -> None:
    gap = estimates.share(np.array([1, 1, 1, 0], dtype=bool)) - estimates.share(np.array([1, 0, 0, 0], dtype=bool))
    assert (gap.estimate, gap.unit) == (50.0, "points")


def test_differences_that_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="same futures"):
        estimates.mean(np.ones(3), "USD") - estimates.mean(np.ones(4), "USD")
    with pytest.raises(ValueError, match="USD and years"):
        estimates.mean(np.ones(3), "USD") - estimates.mean(np.ones(3), "years")
