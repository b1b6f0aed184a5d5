"""Rows that an exact solver answers: perishables by age, and two that stand in for one another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from holdfast.study.exact import perishables, poisson, rounded_gamma, substitution
from truths.registry import Estimate, NotExpressible, theory
from truths.theory.formulas import given

Parameters = Mapping[str, Any]

PERIODS: Final = 365
"""Of De Moor et al. that are charged."""

BURN_IN: Final = 100
"""[periods] before them, from an empty store."""

HIGHEST: Final = 10
"""[units] The largest base stock and the largest order of De Moor et al."""


@lru_cache(maxsize=4)
def _de_moor(life: int, lead_time: int, issue: Any, waste: float) -> perishables.Perishable:
    costs = {"order": 3.0, "shortage": 5.0, "waste": waste, "holding": 1.0}
    return perishables.Perishable(rounded_gamma(4.0, 0.5), life, lead_time, issue, HIGHEST, **costs, discount=0.99)


_optimal = lru_cache(maxsize=4)(perishables.optimal)


@lru_cache(maxsize=16)
def _best_base_stock(model: perishables.Perishable) -> tuple[float, int]:
    """The return of the best base stock, and its level."""
    rules = {level: perishables.base_stock(model, level) for level in range(HIGHEST + 1)}
    return max((-perishables.discounted_cost(model, rule, PERIODS, BURN_IN), level) for level, rule in rules.items())


@theory("perishable.de_moor")
def de_moor(p: Parameters, quantity: str) -> Estimate:
    life, lead_time, issue, waste = given(p, "m L issue c_w")
    model = _de_moor(int(life), int(lead_time), str(issue).lower(), float(waste))
    asked = p.get("quantity", quantity)
    if asked == "optimal_order_table":
        return _order_table(model)
    if asked == "optimal_mean_return":
        return Estimate(-perishables.discounted_cost(model, _optimal(model).rule, PERIODS, BURN_IN))
    if asked in ("best_base_stock_mean_return", "best_base_stock_level"):
        found, level = _best_base_stock(model)
        return Estimate(found if asked == "best_base_stock_mean_return" else level, note=f"S = {level}")
    if asked == "base_stock_mean_return":
        rule = perishables.base_stock(model, int(given(p, "S")[0]))
        return Estimate(-perishables.discounted_cost(model, rule, PERIODS, BURN_IN))
    message = f"the quantity {asked!r} is none that the exact solver tells of this model"
    raise NotExpressible(message)


def _order_table(model: perishables.Perishable) -> Estimate:
    """Orders by fresh units (rows) and old ones (columns), 0 to 8 of each as published."""
    orders = _optimal(model).orders
    if orders.ndim != 2:
        message = f"a table of orders has two sides, and this state has {orders.ndim}"
        raise NotExpressible(message)
    return Estimate(orders[:9, :9].T.tolist())


@lru_cache(maxsize=4)
def _hendrix(life: int, mean: float, most: int) -> perishables.Perishable:
    return perishables.Perishable(poisson(mean), life, 1, "fifo", most, order=0.5, price=1.0)


@lru_cache(maxsize=16)
def _best_waste_conscious(model: perishables.Perishable) -> tuple[float, int]:
    """The profit of the best waste-conscious level, and the level."""
    rules = {level: perishables.waste_conscious(model, level) for level in range(1, 2 * model.most + 1)}
    return max((-perishables.average_cost(model, rule), level) for level, rule in rules.items())


@theory("perishable.hendrix_one")
def hendrix_one(p: Parameters, quantity: str) -> Estimate:
    life, mean = int(given(p, "m")[0]), float(p.get("mean", 5.0))
    model = _hendrix(life, mean, int(p.get("Q_max", round(mean) * life)))
    asked = p.get("quantity", quantity)
    if asked == "optimal_profit":
        return Estimate(-float(_optimal(model).cost or 0.0))
    if asked == "policy_profit":
        return Estimate(-perishables.average_cost(model, perishables.waste_conscious(model, int(given(p, "S")[0]))))
    if asked in ("best_waste_conscious_S", "best_waste_conscious_profit"):
        found, level = _best_waste_conscious(model)
        return Estimate(level if asked == "best_waste_conscious_S" else found)
    message = f"the quantity {asked!r} is none that the exact solver tells of this model"
    raise NotExpressible(message)


@theory("perishable.hendrix_two")
def hendrix_two(p: Parameters, quantity: str) -> Estimate:
    if p.get("m", 2) != 2:
        message = f"m is {p['m']}: two goods are solved for a life of two periods"
        raise NotExpressible(message)
    mean_a, mean_b, most_a, most_b = given(p, "mean_a mean_b Qa Qb")
    pair = substitution.Pair(poisson(float(mean_a)), poisson(float(mean_b)), int(most_a), int(most_b))
    return Estimate(substitution.optimal_profit(pair).value)
