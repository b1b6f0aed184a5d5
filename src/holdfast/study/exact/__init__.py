"""Optimal policies and exact costs of small models of one item: what rules of thumb are certified against.

One module a topic: `demands` (laws on whole numbers), `chains` (value iteration and Markov chains), `lost_sales`,
`dual_sourcing` and `perishables` (with `substitution` for two of them). Models are dataclasses; `optimal` solves one,
and a policy of any shape is costed on the same states. Nothing is simulated: averages come with bounds that hold
whatever the number of iterations, and demand beyond the stock is charged in full, so that no tail of its law is cut off
unless a function says so. What has too many states to hold raises ValueError, before it is tried.
"""

from __future__ import annotations

from holdfast.study.exact.chains import Average
from holdfast.study.exact.demands import Demand, geometric, poisson, rounded_gamma, uniform

__all__ = ["Average", "Demand", "geometric", "poisson", "rounded_gamma", "uniform"]
