"""Distribution functions of arrays are those of numbers, and a mixture's quantiles are where it reaches them."""

from __future__ import annotations

import numpy as np
import pytest

from holdfast.parts.laws import Exponential, Fixed, Gamma, Law, Lognormal, Mixture, Normal, Uniform

LAWS: list[Law] = [
    Exponential(3.0),
    Lognormal.from_mean(40.0, 0.9),
    Lognormal(1.0, 0.0),
    Gamma.from_mean(4.0, 0.5),
    Normal(5.0, 2.0),
    Uniform(2.0, 9.0),
    Fixed(4.0),
    Mixture((Lognormal.from_mean(40.0, 0.4), Exponential(300.0)), (0.7, 0.3)),
]
MIXTURES = [
    Mixture((Lognormal.from_mean(40.0, 0.4), Lognormal.from_mean(900.0, 1.2), Exponential(300.0)), (0.5, 0.2, 0.3)),
    Mixture((Gamma.from_mean(4.0, 0.4), Uniform(10.0, 20.0)), (0.5, 0.5)),
    Mixture((Lognormal(1.0, 1e-9), Lognormal.from_mean(40.0, 0.4)), (0.5, 0.5)),
    Mixture((Exponential(5.0), Exponential(5.0)), (0.1, 0.9)),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_arrays_have_the_distribution_function_of_numbers(law: Law) -> None:
    x = np.array([[-1.0, 0.0, 1e-9, 0.5], [2.0, np.e, 4.0, 1e4]])
    assert law.cdfs(x).shape == x.shape
    assert law.cdfs(x).ravel() == pytest.approx([law.cdf(float(each)) for each in x.ravel()], rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("mixture", MIXTURES, ids=range(len(MIXTURES)))
def test_a_mixture_reaches_a_probability_at_its_quantile(mixture: Mixture) -> None:
    tails = 2.0 ** np.arange(-33.0, -8.0)
    p = np.concatenate([tails, np.linspace(0.01, 0.99, 331), 1.0 - tails[::-1]])
    x = mixture.quantile(p)
    assert np.all(np.diff(x) >= 0.0)
    wide = 2e-12 * np.maximum(1.0, x)
    assert np.all(mixture.cdfs(x - wide) <= p + 1e-15)
    assert np.all(mixture.cdfs(x + wide) >= p - 1e-15)
