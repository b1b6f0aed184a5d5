"""Rows that an exact solver answers: dual sourcing with backlog."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from holdfast.study.exact import dual_sourcing
from truths.registry import Estimate, NotExpressible, theory
from truths.theory.exact_lost_sales import law
from truths.theory.formulas import given

Parameters = Mapping[str, Any]


def _model(p: Parameters) -> dual_sourcing.DualSourcing:
    if p.get("l_e", 0) != 0:
        message = f"l_e is {p['l_e']}: the exact solver has an expedited source that delivers at once"
        raise NotExpressible(message)
    lead_time, *costs = given(p, "l_r c_r c_e h b")
    return dual_sourcing.DualSourcing(law(p), int(lead_time), *[float(cost) for cost in costs])


@lru_cache(maxsize=8)
def _optimal(*row: tuple[str, Any]) -> float:
    return dual_sourcing.optimal(_model(dict(row))).value


def _least(p: Parameters) -> float:
    """The optimum, which several rows share."""
    names = ("l_r", "l_e", "c_r", "c_e", "h", "b", "demand", "mean", "demand_low", "demand_high")
    return _optimal(*((name, p[name]) for name in names if name in p))


def _policy(p: Parameters) -> str:
    policy = str(given(p, "policy")[0])
    if policy not in dual_sourcing.POLICIES:
        message = f"the policy {policy!r} is none of {', '.join(dual_sourcing.POLICIES)}"
        raise NotExpressible(message)
    return policy


@theory("dual.optimal")
def optimal(p: Parameters, quantity: str) -> Estimate:
    return Estimate(_least(p))


@theory("dual.policy_cost")
def policy_cost(p: Parameters, quantity: str) -> Estimate:
    numbers = [int(number) for number in given(p, "params")[0]]
    return Estimate(dual_sourcing.policy_cost(_model(p), _policy(p), numbers))


@theory("dual.best_policy_gap_percent")
def best_policy_gap(p: Parameters, quantity: str) -> Estimate:
    cost, numbers = dual_sourcing.best_policy(_model(p), _policy(p))
    least = _least(p)
    return Estimate(100 * (cost - least) / least, note=f"{dual_sourcing.POLICIES[_policy(p)]} = {numbers}")
