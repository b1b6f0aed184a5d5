"""Two sources: a slow one and a dear one that delivers at once; unmet demand waits.

A period: the regular order of l periods ago arrives, which gives the net stock x_0; an expedited order (received at
once) and a regular one are placed and paid; demand; holding is charged on net stock above 0, backlog on it below 0.
A state is (x_0, x_1, ..., x_{l-1}): net stock, then what arrives in 1, ..., l-1 periods.

Source: Gijsbrechts et al., Manufacturing & Service Operations Management 24 (2022) 1349, section 6.2; Veeraraghavan and
Scheller-Wolf, Operations Research 56 (2008) 850 (dual index, and that its shape fixes the overshoot).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from holdfast.study.exact.chains import Average, average, boxed, reached
from holdfast.study.exact.demands import Demand
from holdfast.study.theory import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

POLICIES: Final = {
    "single_index": "S_e, S_r",
    "dual_index": "S_e, S_r",
    "capped_dual_index": "S_e, S_r, cap",
    "tailored_base_surge": "S_e, Q",
}
"""Rules and their parameters: q_e = (S_e - x)+ with x the net stock (single_index: the inventory position) and
q_r = (S_r - position - q_e)+, at most the cap; tailored_base_surge: q_r = Q."""

EDGE: Final = 1e-12
"""Share of periods that may be spent at the end where a stock without an upper bound is cut off."""


@dataclass(frozen=True)
class DualSourcing:
    """A store with a regular and an expedited source.

    Raises:
        ValueError: the lead time is below 1, or holding or backlog cost nothing.
    """

    demand: Demand
    lead_time: int
    """[periods] of the regular source, from 1 on"""
    regular: float
    """[per unit ordered]"""
    expedited: float
    """[per unit ordered]"""
    holding: float
    backlog: float

    def __post_init__(self) -> None:
        require(self.lead_time >= 1, f"lead_time is {self.lead_time}, and must be at least 1")
        require(self.holding > 0 and self.backlog > 0, "holding and backlog must cost something")

    def charged(self, low: int, high: int) -> Floats:
        """Expected holding and backlog of a period by the net stock y before demand, low to high, shape (y,)."""
        left = np.arange(low, high + 1)[:, None] - np.arange(len(self.demand.ended()))
        return np.asarray(
            (np.maximum(left, 0) * self.holding - np.minimum(left, 0) * self.backlog) @ self.demand.ended()
        )


def optimal(model: DualSourcing) -> Average:
    """The least long-run average cost per period, purchases included.

    Net stock is held between -(l + 3) and l + 2 largest demands and an order to two largest demands. At the lower edge
    the missing units are expedited; what passes the upper one is lost at ten times the backlog cost. A demand without a
    largest value is ended where 1e-14 is left.

    Raises:
        ValueError: there are too many states to be held.
        ArithmeticError: the bounds do not close.
    """
    probability = model.demand.ended()
    largest, periods = len(probability) - 1, model.lead_time
    low, high, most = -largest * (periods + 3), largest * (periods + 2), 2 * largest
    sides = (high - low + 1, *[most + 1] * (periods - 1))
    boxed((*sides, most + 1))
    levels = np.arange(low, high + 1)
    placed = (model.expedited * levels + model.charged(low, high)).reshape(-1, *[1] * (periods - 1))
    placed[:largest] = np.inf  # from there, demand would lead below the lower edge
    spill = 10 * model.backlog * np.arange(1, most + 1).reshape(-1, *[1] * (periods - 1))
    paid = model.regular * np.arange(most + 1)
    window = np.arange(sides[0])[:, None] + np.arange(most + 1)

    def update(values: Floats) -> Floats:
        wide = np.concatenate([values, values[-1:] + spill])
        after = np.zeros_like(wide)  # E values(w - D, ...): what is reached from w = y + x_1
        for demand, share in enumerate(probability):
            after[largest:] += share * wide[largest - demand : len(wide) - demand]
        onward = (after[window] + paid).min(axis=1) if periods == 1 else (after + paid).min(axis=-1)[window]
        total = placed + onward
        best = np.minimum.accumulate(total[::-1])[::-1]  # over all y from x_0 up
        return np.asarray(best - model.expedited * levels.reshape(-1, *[1] * (periods - 1)))

    return average(update, np.zeros(sides))


@dataclass(frozen=True)
class Shape:
    """A rule up to a shift of net stock: its orders do not change if S_e, S_r and the stock move together.

    Raises:
        ValueError: the policy is not known, or an order could be negative.
    """

    policy: str
    apart: int = 0
    """S_r - S_e [units]."""
    cap: int | None = None
    """Most regular units a period; those of every period under a tailored base surge."""

    def __post_init__(self) -> None:
        require(self.policy in POLICIES, f"policy is {self.policy!r}, and must be one of {', '.join(POLICIES)}")
        require(self.cap is None or self.cap >= 0, f"the cap is {self.cap}, and must not be negative")

    def orders(self, states: Ints) -> tuple[Ints, Ints]:
        """Expedited and regular orders by state, shape (n, l), with net stock counted from S_e."""
        stock, position = states[:, 0], states.sum(axis=1)
        expedited = np.maximum(-(position if self.policy == "single_index" else stock), 0)
        if self.policy == "tailored_base_surge":
            return expedited, np.full_like(stock, self.cap or 0)
        regular = np.maximum(self.apart - position - expedited, 0)
        return expedited, regular if self.cap is None else np.minimum(regular, self.cap)


@dataclass(frozen=True)
class Pattern:
    """What a shape does in the long run, whatever its S_e."""

    shares: Floats
    """Share of periods by y - S_e, the net stock before demand counted from S_e, shape (y,)."""
    low: int
    """The first y - S_e."""
    bought: float
    """Cost of purchases per period."""

    def cost(self, model: DualSourcing, level: int) -> float:
        """Cost per period with this S_e."""
        low = self.low + level
        return self.bought + float(self.shares @ model.charged(low, low + len(self.shares) - 1))


def pattern(model: DualSourcing, shape: Shape) -> Pattern:
    """How a shape of a rule fares in the long run.

    Raises:
        ValueError: the stock grows without end, or there are too many states to be held.
        ArithmeticError: mixing is too slow.
    """
    probability = model.demand.ended()
    largest, periods = len(probability) - 1, model.lead_time
    surge = shape.policy == "tailored_base_surge"
    most = (shape.cap or 0) if surge else min(largest, shape.cap if shape.cap is not None else largest)
    if surge and most >= model.demand.mean:
        message = f"Q is {most}, and must be below mean demand, {model.demand.mean:g}: stock would grow without end"
        raise ValueError(message)
    most = max(most, max(shape.apart, 0) if not surge and shape.cap is None else most)
    low = -largest - (most * periods + abs(shape.apart) if shape.policy == "single_index" else 0)
    high = largest * (periods + 2) + abs(shape.apart) + most * periods
    while True:
        found, edge = _shares(model, shape, (low, high, most))
        if edge <= EDGE:
            return found
        high *= 2


def _shares(model: DualSourcing, shape: Shape, box: tuple[int, int, int]) -> tuple[Pattern, float]:
    """The pattern with net stock cut off at the ends of a box, and the share of periods at its ends."""
    low, high, most = box
    probability, periods = model.demand.ended(), model.lead_time
    ahead = 1 if shape.policy == "tailored_base_surge" else periods
    sides = np.array([high - low + 1, *[most + 1] * (ahead - 1)])
    strides = np.cumprod([1, *sides[:-1]])

    def states_of(codes: Ints) -> Ints:
        return np.asarray(codes[:, None] // strides % sides + np.array([low, *[0] * (ahead - 1)]))

    def move(codes: Ints) -> Ints:
        states = states_of(codes)
        expedited, regular = shape.orders(states)
        pipeline = np.column_stack([states[:, 1:], regular])
        stock = (states[:, 0] + expedited + pipeline[:, 0])[:, None] - np.arange(len(probability))
        stock = np.clip(stock, low, high) - low
        return np.asarray(stock + (pipeline[:, 1:] @ strides[1:])[:, None])

    chain = reached(-low, boxed(tuple(int(side) for side in sides)), move, probability)
    share, states = chain.stationary(), states_of(chain.codes)
    expedited, regular = shape.orders(states)
    after = states[:, 0] + expedited
    bought = float(share @ (model.expedited * expedited + model.regular * regular))
    edge = float(share[(states[:, 0] >= high)].sum())
    first = int(after.min())
    return Pattern(np.bincount(after - first, weights=share).astype(np.float64), first, bought), edge


def policy_cost(model: DualSourcing, policy: str, parameters: list[int]) -> float:
    """Long-run average cost per period, purchases included, of a rule with given parameters (see POLICIES).

    Raises:
        ValueError: the rule is not known, or the number of parameters is wrong.
    """
    require(policy in POLICIES, f"policy is {policy!r}, and must be one of {', '.join(POLICIES)}")
    wanted = POLICIES[policy]
    require(len(parameters) == len(wanted.split(",")), f"{policy} takes {wanted}, not {parameters}")
    level = parameters[0]
    if policy == "tailored_base_surge":
        return pattern(model, Shape(policy, cap=parameters[1])).cost(model, level)
    cap = parameters[2] if policy == "capped_dual_index" else None
    return pattern(model, Shape(policy, parameters[1] - level, cap)).cost(model, level)


def best_policy(model: DualSourcing, policy: str) -> tuple[float, list[int]]:
    """The least cost that a rule reaches with whole parameters, and the parameters.

    S_r - S_e is sought from 0 (single_index: minus one largest demand) to l + 2 largest demands, caps to the largest
    demand, Q below mean demand, and S_e over all levels at which the one-period costs can be least.

    Raises:
        ValueError: the rule is not known.
    """
    largest, periods = len(model.demand.ended()) - 1, model.lead_time
    apart = range(-largest if policy == "single_index" else 0, largest * (periods + 2) + 1)
    shapes = {
        "single_index": [Shape(policy, a) for a in apart],
        "dual_index": [Shape(policy, a) for a in apart],
        "capped_dual_index": [Shape(policy, a, c) for c, a in itertools.product(range(largest + 1), apart)],
        "tailored_base_surge": [Shape(policy, cap=q) for q in range(int(np.ceil(model.demand.mean)))],
    }
    require(policy in shapes, f"policy is {policy!r}, and must be one of {', '.join(POLICIES)}")
    return min(_best_level(model, shape) for shape in shapes[policy])


def _best_level(model: DualSourcing, shape: Shape) -> tuple[float, list[int]]:
    """The least cost of a shape over S_e, and its parameters."""
    found = pattern(model, shape)
    largest = len(model.demand.ended()) - 1
    # y is best between 0 and the largest demand; S_e is y less what it is counted from.
    levels = range(-found.low - len(found.shares) + 1, largest - found.low + 1)
    table = model.charged(levels[0] + found.low, levels[-1] + found.low + len(found.shares) - 1)
    costs = np.convolve(table, found.shares[::-1], mode="valid")
    at = int(costs.argmin())
    level = levels[at]
    rest = [shape.cap or 0] if shape.policy == "tailored_base_surge" else [level + shape.apart]
    if shape.policy == "capped_dual_index":
        rest.append(shape.cap or 0)
    return found.bought + float(costs[at]), [level, *rest]
