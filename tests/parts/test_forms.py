"""Laws by the parameters that people know: the mean, spread and quantiles that they name are the law's own."""

from __future__ import annotations

import numpy as np
import pytest

from holdfast.parts import forms
from holdfast.parts.forms import FORMS, LawError, LawForm
from holdfast.parts.laws import Exponential, Fixed, Law


def build(name: str, **numbers: float) -> Law:
    return FORMS[name].build(numbers)


@pytest.mark.parametrize("name", ["lognormal", "gamma", "normal"])
def test_mean_and_cv_are_the_laws_own(name):
    law = build(name, mean=9.0, cv=0.4)
    assert law.mean() == pytest.approx(9)
    assert law.variance() == pytest.approx((0.4 * 9) ** 2)


def test_median_and_p90_are_the_laws_own():
    law = build("lognormal", median=1.35, p90=2.0)
    assert law.cdf(1.35) == pytest.approx(0.5)
    assert law.cdf(2.0) == pytest.approx(0.9)


def test_a_beta_share_has_its_mean_and_cv():
    law = build("beta", mean=0.02, cv=0.6)
    assert law.mean() == pytest.approx(0.02)
    assert law.variance() == pytest.approx((0.6 * 0.02) ** 2)


def test_a_normal_may_say_its_standard_deviation():
    assert build("normal", mean=10, sd=2) == build("normal", mean=10, cv=0.2)


def test_uniform_and_exponential():
    assert build("uniform", low=2, high=6).mean() == 4
    assert build("exponential", mean=3) == Exponential(3)


def test_three_estimates_make_a_pert():
    law = build("pert", best=2, likely=3.5, worst=8)
    assert law.mean() == pytest.approx((2 + 4 * 3.5 + 8) / 6)
    assert law.quantile(np.array([1e-12, 1 - 1e-12])) == pytest.approx([2, 8], abs=1e-2)
    p = np.array([0.01, 0.3, 0.9])
    assert [law.cdf(x) for x in law.quantile(p)] == pytest.approx(p)
    grid = law.quantile((np.arange(200_000) + 0.5) / 200_000)
    assert grid.mean() == pytest.approx(law.mean(), rel=1e-5)
    assert grid.var() == pytest.approx(law.variance(), rel=1e-4)
    assert law.scaled(2).quantile(p) == pytest.approx(2 * law.quantile(p))
    assert build("pert", best=4, likely=4, worst=4) == Fixed(4)


def test_a_law_without_spread_is_fixed():
    assert build("gamma", mean=5, cv=0) == build("lognormal", mean=5, cv=0) == build("normal", mean=5, cv=0) == Fixed(5)
    assert build("uniform", low=5, high=5) == build("lognormal", median=5, p90=5) == Fixed(5)
    assert build("poisson", mean=0) == Fixed(0)


@pytest.mark.parametrize(
    ("name", "numbers", "what"),
    [
        ("exponential", {"mean": 0}, "its mean must be more than 0"),
        ("lognormal", {"mean": 0, "cv": 1}, "its mean must be more than 0"),
        ("lognormal", {"median": 2, "p90": 1}, "its p90 lies below its median"),
        ("uniform", {"low": 2, "high": 1}, "its low end lies above its high end"),
        ("pert", {"best": 2, "likely": 1, "worst": 3}, "its three estimates do not rise"),
        ("beta", {"mean": 1, "cv": 0.1}, "its mean must lie between 0 and 100 %"),
        ("beta", {"mean": 0.5, "cv": 1}, "a share with that mean has a cv below 1"),
    ],
)
def test_what_defines_no_law_is_told(name, numbers, what):
    with pytest.raises(LawError, match=what):
        FORMS[name].build(numbers)


def test_every_form_names_laws_that_divide():
    for form in FORMS.values():
        way = dict.fromkeys(form.ways[0], 0.5) | {"uniform": {"high": 0.75}, "pert": {"worst": 0.75}}.get(form.name, {})
        law = form.build(way)
        assert (law.over(0.5) is not None) == form.divides, form.name


def test_another_package_can_bring_a_law(monkeypatch):
    form = LawForm("halfway", (("value",),), lambda n: Fixed(n["value"] / 2))
    monkeypatch.setattr(forms, "plugged", lambda: {"halfway": form})
    assert forms.form_of("halfway") is form
    assert forms.form_of("gamma") is FORMS["gamma"]
    assert forms.form_of("nothing") is None


def test_quantiles_are_the_inverse_of_the_distribution():
    p = np.array([0.01, 0.3, 0.5, 0.9, 0.999])
    for name, numbers in [
        ("lognormal", {"mean": 9, "cv": 0.4}),
        ("gamma", {"mean": 9, "cv": 0.4}),
        ("exponential", {"mean": 9}),
    ]:
        law = FORMS[name].build(numbers)
        assert [law.cdf(float(x)) for x in law.quantile(p)] == pytest.approx(p, rel=1e-9), name
