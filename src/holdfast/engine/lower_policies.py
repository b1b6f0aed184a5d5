"""Lowering of what a review asks for, by the kind of its rule (conventions §7), and of costs that come with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from holdfast.engine.ops import ordering, policies

if TYPE_CHECKING:
    from holdfast.engine.lowering import Lowering
    from holdfast.parts.world import Ordering

KINDS = {"base_stock": ordering.BASE_STOCK, "s_S": ordering.S_S, "r_Q": ordering.R_Q}
KINDS["constant_order"] = ordering.CONSTANT
TWO = {
    "dual_index": policies.DUAL_INDEX,
    "single_index": policies.SINGLE_INDEX,
    "tailored_base_surge": policies.BASE_SURGE,
}


def lower_want(low: Lowering, keep: int, rule: Ordering, args: tuple[int, ...], sources: list[int], lead: int) -> None:
    """What a keep's review asks of each source.

    Args:
        low: What lowerings share.
        keep: Where the keep's rows start.
        rule: The keep's rule.
        args: Arguments of `ordering.order`, which `ordering.want` shares.
        sources: Arguments of the sources.
        lead: [periods] of the expedited source.
    """
    b, every = low.builder, rule.review_period
    _, _, up_to, point, quantity, expedite, active = args[:7]
    cap = b.const(math.inf) if rule.order_at_most is None else low.rates.row(rule.order_at_most, "decisions")
    if rule.kind in TWO:
        two = (keep, TWO[rule.kind], up_to, quantity, expedite, cap, active, lead)
        b.emit("decisions", policies.want_two, *two, *sources, every=every)
    elif rule.kind == "vector_base_stock":
        levels = b.table(np.array(rule.levels))
        b.emit("decisions", policies.want_vector, keep, active, len(rule.levels), levels, *sources, every=every)
    elif rule.order_at_most is not None:
        capped = (keep, KINDS[rule.kind], up_to, point, cap, active, len(rule.channels))
        b.emit("decisions", policies.want_capped, *capped, *sources, every=every)
    else:
        b.emit("decisions", ordering.want, *args, every=every)


def lower_order_costs(low: Lowering, rule: Ordering, sources: list[int]) -> None:
    """What each order costs; it follows the orders."""
    b = low.builder
    for j, c in enumerate(rule.channels):
        if low.world.link(c) is not None:
            continue
        cost, asked = low.world.channels[c].order_cost, sources[ordering.SOURCE_ARGS * j + ordering.ASKED]
        if cost:
            money = (b.param(cost), low.cost("imports"), low.discount)
            b.emit("decisions", policies.order_costs, asked, *money, every=rule.review_period)
