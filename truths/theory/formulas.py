"""Rows that a formula answers: order quantities, base stock, disruptions, finite stores, random yield."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.study.theory import lots, newsvendors, reorder, serial, storages
from truths.registry import Estimate, NotExpressible, theory

Parameters = Mapping[str, Any]


def wanted(parameters: Parameters, quantity: str, **known: Any) -> Estimate:
    """The quantity that a row asks for, by its parameter `quantity` or, where that is not one, by its own."""
    for name in (str(parameters.get("quantity", "")), quantity):
        if name in known:
            return Estimate(known[name])
    message = f"the quantity {parameters.get('quantity', quantity)!r} is none of {', '.join(known)}"
    raise NotExpressible(message)


def given(parameters: Parameters, names: str) -> list[Any]:
    """Some parameters, in order; what is missing is said."""
    missing = [name for name in names.split() if name not in parameters]
    if missing:
        message = f"the row lacks {', '.join(missing)}"
        raise NotExpressible(message)
    return [parameters[name] for name in names.split()]


@theory("eoq.eoq")
def eoq(parameters: Parameters, quantity: str) -> Estimate:
    k, h, d = given(parameters, "K h d")
    if "Q" in parameters:
        return Estimate(lots.eoq_cost(parameters["Q"], k, h, d))
    best, cost = lots.eoq(k, h, d)
    return wanted(parameters, quantity, Q=best, cost=cost)


@theory("eoq.eoq_backorders")
def eoq_backorders(parameters: Parameters, quantity: str) -> Estimate:
    best, share, cost = lots.eoq_backorders(*given(parameters, "K h p d"))
    return wanted(parameters, quantity, Q=best, x=share, cost=cost)


@theory("eoq.epq")
def epq(parameters: Parameters, quantity: str) -> Estimate:
    best, cost = lots.epq(*given(parameters, "K h d mu"))
    return wanted(parameters, quantity, Q=best, cost=cost)


@theory("eoq.wagner_whitin")
def wagner_whitin(parameters: Parameters, quantity: str) -> Estimate:
    cost, orders = lots.wagner_whitin(*given(parameters, "K h demand"))
    return wanted(parameters, quantity, wagner_whitin=cost, cost=cost, Q=orders, orders=orders)


@theory("eoq.eoqd")
def eoqd(parameters: Parameters, quantity: str) -> Estimate:
    best, cost = lots.eoqd(*[*given(parameters, "K h p d lam mu"), bool(parameters.get("approximate"))])
    return wanted(parameters, quantity, Q=best, cost=cost)


@theory("eoq.eoqd_cost")
def eoqd_cost(parameters: Parameters, quantity: str) -> Estimate:
    numbers = given(parameters, "Q K h p d lam mu")
    return Estimate(lots.eoqd_cost(*[*numbers, bool(parameters.get("approximate"))]))


@theory("eoq.eoq_additive_yield")
def additive_yield(parameters: Parameters, quantity: str) -> Estimate:
    numbers = given(parameters, "K h d mean sd")
    if "Q" in parameters:
        return Estimate(lots.additive_yield_cost(parameters["Q"], *numbers))
    best, cost = lots.additive_yield(*numbers)
    return wanted({"quantity": parameters.get("quantity", "cost")}, quantity, Q=best, cost=cost)


@theory("eoq.eoq_multiplicative_yield")
def multiplicative_yield(parameters: Parameters, quantity: str) -> Estimate:
    numbers = given(parameters, "K h d mean sd")
    if "Q" in parameters:
        return Estimate(lots.multiplicative_yield_cost(parameters["Q"], *numbers))
    best, cost = lots.multiplicative_yield(*numbers)
    return wanted({"quantity": parameters.get("quantity", "cost")}, quantity, Q=best, cost=cost)


@theory("eoq.newsvendor_additive_yield", "inventory.newsvendor_additive_yield")
def newsvendor_yield(parameters: Parameters, quantity: str) -> Estimate:
    numbers = given(parameters, "h p d lo hi")
    if "S" in parameters:
        return Estimate(newsvendors.newsvendor_additive_yield_cost(parameters["S"], *numbers))
    level, cost = newsvendors.newsvendor_additive_yield(*numbers)
    return wanted({"quantity": parameters.get("quantity", "cost")}, quantity, S=level, Q=level, cost=cost)


@theory("inventory.newsvendor_normal")
def newsvendor_normal(parameters: Parameters, quantity: str) -> Estimate:
    numbers = given(parameters, "h p mean sd")
    if "S" in parameters:
        return Estimate(newsvendors.newsvendor_normal_cost(parameters["S"], *numbers))
    level, cost = newsvendors.newsvendor_normal(*numbers)
    return wanted(parameters, quantity, S=level, cost=cost)


@theory("inventory.newsvendor_poisson")
def newsvendor_poisson(parameters: Parameters, quantity: str) -> Estimate:
    numbers = given(parameters, "h p mean")
    if "S" in parameters:
        return Estimate(newsvendors.newsvendor_poisson_cost(int(parameters["S"]), *numbers))
    level, cost = newsvendors.newsvendor_poisson(*numbers)
    return wanted(parameters, quantity, S=level, cost=cost)


@theory("disruption.newsvendor_disruptions")
def newsvendor_disruptions(parameters: Parameters, quantity: str) -> Estimate:
    numbers = given(parameters, "h p d alpha beta")
    if "S" in parameters:
        return Estimate(newsvendors.newsvendor_disruptions_cost(parameters["S"], *numbers))
    level, cost = newsvendors.newsvendor_disruptions(*numbers)
    return wanted(parameters, quantity, S=level, cost=cost)


@theory("disruption.base_stock_disruptions")
def base_stock_disruptions(parameters: Parameters, quantity: str) -> Estimate:
    numbers = given(parameters, "h p mean alpha beta")
    lead_time = int(parameters.get("lead_time", parameters.get("L", 0)))
    if "S" in parameters:
        return Estimate(newsvendors.base_stock_disruptions_cost(int(parameters["S"]), *[*numbers, lead_time]))
    level, cost = newsvendors.base_stock_disruptions(*[*numbers, lead_time])
    return wanted(parameters, quantity, S=level, cost=cost)


@theory("disruption.tomlin_threshold")
def tomlin_threshold(parameters: Parameters, quantity: str) -> Estimate:
    premium, covered = newsvendors.tomlin_threshold(*given(parameters, "h p d alpha beta"))
    return wanted(parameters, quantity, premium_threshold=premium, periods_covered=covered)


@theory("disruption.tomlin_split_cost")
def tomlin_split_cost(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(newsvendors.tomlin_split_cost(*given(parameters, "w c_r c_u h p d alpha beta")))


@theory("disruption.embargo_lost_sales_chain")
def embargo_chain(parameters: Parameters, quantity: str) -> Estimate:
    found = storages.embargo_chain(*given(parameters, "capacity demand supply alpha beta"))
    return wanted(parameters, quantity, **vars(found))


@theory("disruption.fluid_onoff_storage")
def fluid(parameters: Parameters, quantity: str) -> Estimate:
    found = storages.fluid_store(*given(parameters, "K supply demand lam mu"))
    return wanted(parameters, quantity, **vars(found))


@theory("disruption.disruption_survival")
def survival(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(storages.disruption_survival(*given(parameters, "beta n_periods")))


@theory("perishable.poisson_supply")
def poisson_supply(parameters: Parameters, quantity: str) -> Estimate:
    found = storages.perishable_poisson(*given(parameters, "lam mu life"))
    return wanted(parameters, quantity, **vars(found))


@theory("inventory.s_S_optimal")
def s_S_optimal(parameters: Parameters, quantity: str) -> Estimate:
    h, p, k, mean = given(parameters, "h p K mean")
    s, top, cost = reorder.s_S_optimal(h, p, k, mean)
    return wanted(parameters, quantity, s=s, S=top, cost=cost)


@theory("inventory.s_S_cost")
def s_S_cost(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(reorder.s_S_cost(*given(parameters, "s S h p K mean")))


@theory("inventory.rQ_optimal")
def r_Q_optimal(parameters: Parameters, quantity: str) -> Estimate:
    r, lot, cost = reorder.r_Q_optimal(*given(parameters, "h p K lam L"))
    return wanted(parameters, quantity, r=r, Q=lot, cost=cost)


@theory("inventory.rQ_cost")
def r_Q_cost(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(reorder.r_Q_cost(*given(parameters, "r Q h p K lam L")))


def _echelon(parameters: Parameters) -> list[float]:
    if "echelon_h" in parameters:
        return list(parameters["echelon_h"])
    return serial.echelon_rates(given(parameters, "local_h")[0])


def _best_levels(parameters: Parameters) -> None:
    """Refuses levels that are given: the recursion tells the best ones and their cost."""
    if "S" in parameters:
        message = "the cost of levels that are given has no formula here; the engine simulates it"
        raise NotExpressible(message)


@theory("inventory.serial_normal")
def serial_normal(parameters: Parameters, quantity: str) -> Estimate:
    _best_levels(parameters)
    levels, cost = serial.serial_normal(_echelon(parameters), *given(parameters, "L p mean sd"))
    return wanted({"quantity": parameters.get("quantity", "cost")}, quantity, S=levels, cost=cost)


@theory("inventory.serial_poisson")
def serial_poisson(parameters: Parameters, quantity: str) -> Estimate:
    _best_levels(parameters)
    levels, cost = serial.serial_poisson(_echelon(parameters), *given(parameters, "L p lam"))
    return wanted({"quantity": parameters.get("quantity", "cost")}, quantity, S=levels, cost=cost)
