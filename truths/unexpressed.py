"""Why models of the bank are not answered by the engine from a scenario; those that raise NotExpressible say so."""

from __future__ import annotations

from typing import Final

OPTIMAL: Final = (
    "the best policy of all is a table of orders by state, and the language orders by rules that people can follow"
)
FORMULA: Final = "what is asked is a level or a plan that a formula gives; nothing happens in time"
TABLE: Final = "a table of orders by state"
SCREENING: Final = "rejected lots are scrapped or reworked whole; screening them piece by piece is not in the language"
NETWORK: Final = (
    "the value is what the best allocation of shared inputs achieves (a linear programme); lines take inputs by rules"
)

_REASONS: Final = {
    "dual.best_policy_gap_percent": "a gap to the best policy of all needs that policy; " + OPTIMAL,
    "dual.optimal": OPTIMAL,
    "eoq.wagner_whitin": "orders of a size of their own on given dates are no ordering rule of the language",
    "fact": "a sourced figure that the row states itself; nothing is simulated",
    "lost_sales.myopic": "the myopic order looks ahead at each review; no ordering rule of the language does",
    "lost_sales.optimal": OPTIMAL,
    "perishable.hendrix_two": OPTIMAL + "; nor does one good replace another yet",
    "project.implied_body_mean": FORMULA,
    "project.pert_critical_path": "the longest mean path, taken as normal, is a formula; the project is simulated",
    "eoq.eoq_backorders": "lots that wait for backorders need a reorder point below 0, which the language refuses",
    "perishable.hendrix_one": "ordering more for what is about to expire is no rule of the language; nor is " + TABLE,
    "perishable.poisson_supply": "supply that comes in random amounts is not in the language",
    "sampling.aoq": SCREENING,
    "sampling.ati": SCREENING,
    "sampling.good_output_accept_scrap": "a sample that is destroyed is not in the language",
    "sampling.rolled_yield": FORMULA,
    "tts.lost_profit": NETWORK,
    "tts.tts": NETWORK,
    "sampling.aoql": FORMULA,
    "sampling.double_sampling": "inspections have single-sampling plans",
    "sampling.quality_at_pa": FORMULA,
    "sampling.two_point_plan": FORMULA,
}


def unexpressed(model: str) -> str:
    """Why no scenario answers a model."""
    return _REASONS.get(model, "no scenario was written for this model")
