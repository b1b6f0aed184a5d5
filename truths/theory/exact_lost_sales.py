"""Rows that an exact solver answers: lost sales with a lead time, with and without a setup cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from holdfast.study.exact import Demand, geometric, lost_sales, poisson, uniform
from truths.registry import Estimate, NotExpressible, theory
from truths.theory.formulas import given

Parameters = Mapping[str, Any]


def law(parameters: Parameters) -> Demand:
    """The demand of a row."""
    kind = parameters.get("demand", "poisson")
    if kind == "uniform" or "demand_high" in parameters:
        return uniform(int(parameters.get("demand_low", 0)), int(given(parameters, "demand_high")[0]))
    known = {"poisson": poisson, "geometric": geometric}
    if kind not in known:
        message = f"no exact solver for the demand {kind!r}; it has {', '.join(known)} and uniform"
        raise NotExpressible(message)
    return known[kind](float(given(parameters, "mean")[0]))


def _model(p: Parameters) -> lost_sales.LostSales:
    holding, shortage, lead_time = given(p, "h p L")
    if int(lead_time) < 1:
        message = f"L is {lead_time}: the exact solver has lead times from 1 on"
        raise NotExpressible(message)
    return lost_sales.LostSales(law(p), float(holding), float(shortage), int(lead_time), float(p.get("K", 0.0)))


@lru_cache(maxsize=4)
def _optimal(*given_row: tuple[str, Any]) -> float:
    return lost_sales.optimal(_model(dict(given_row))).cost.value


def _solved(p: Parameters) -> Estimate:
    return Estimate(_optimal(*sorted((k, p[k]) for k in ("demand", "mean", "h", "p", "L", "K") if k in p)))


def _costed(p: Parameters, rule: lost_sales.Rule, note: str = "") -> Estimate:
    return Estimate(lost_sales.cost_of(_model(p), rule).value, note=note)


@theory("lost_sales.optimal")
def optimal(p: Parameters, quantity: str) -> Estimate:
    return _at_once(p) if p.get("L") == 0 else _solved(p)


def _at_once(p: Parameters) -> Estimate:
    """Without a lead time each period is a newsvendor's: what is left is less than the best stock, and is filled up."""
    holding, shortage = given(p, "h p")
    demand = law(p)
    most = demand.fractile(1, float(holding) / (float(holding) + float(shortage)))
    left = [float(row @ range(most + 1)) for row in demand.kept(most)]
    costs = [holding * kept + shortage * (demand.mean - stock + kept) for stock, kept in enumerate(left)]
    return Estimate(min(costs), note=f"S = {costs.index(min(costs))}")


@theory("lost_sales.myopic")
def myopic(p: Parameters, quantity: str) -> Estimate:
    return _costed(p, lost_sales.myopic(_model(p), int(p.get("horizon", p.get("T", 1)))))


@theory("lost_sales.standard_vector")
def standard_vector(p: Parameters, quantity: str) -> Estimate:
    return _costed(p, lost_sales.standard_vector(_model(p)))


@theory("lost_sales.capped_base_stock")
def capped_base_stock(p: Parameters, quantity: str) -> Estimate:
    level, cap = given(p, "S r")
    return _costed(p, lost_sales.capped_base_stock(int(level), int(cap)))


@theory("lost_sales.standard_base_stock")
def standard_base_stock(p: Parameters, quantity: str) -> Estimate:
    level = _model(p).levels()[0]
    return _costed(p, lost_sales.base_stock(level), f"S = {level}")


@theory("lost_sales.best_base_stock")
def best_base_stock(p: Parameters, quantity: str) -> Estimate:
    model = _model(p)
    candidates = range(model.levels()[0] + 1)
    level, cost = lost_sales.best(lambda s: lost_sales.cost_of(model, lost_sales.base_stock(s)).value, candidates)
    return Estimate(cost, note=f"S = {level}")


@theory("lost_sales.constant_order")
def constant_order(p: Parameters, quantity: str) -> Estimate:
    model = _model({"L": 1, **p})  # what is under way is always the same, so that the lead time does not matter
    if "z" in p:
        return Estimate(lost_sales.constant_order_cost(model, int(p["z"])))
    candidates = range(math.ceil(model.demand.mean))
    cost, units = min((lost_sales.constant_order_cost(model, z), z) for z in candidates)
    return Estimate(cost, note=f"z = {units}")


@theory("inventory.lost_sales_setup")
def lost_sales_setup(p: Parameters, quantity: str) -> Estimate:
    policy = p.get("policy")
    if policy == "optimal":
        return _solved(p)
    rules: dict[str, Callable[..., lost_sales.Rule]] = {
        "s_S": lost_sales.s_S,
        "s_nQ": lost_sales.s_nQ,
        "s_S_q": lost_sales.s_S,
    }
    if policy not in rules:
        message = f"the policy {policy!r} is none of optimal, {', '.join(rules)}"
        raise NotExpressible(message)
    return _costed(p, rules[policy](*[int(number) for number in given(p, "params")[0]]))
