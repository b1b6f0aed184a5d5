"""Rows that a formula answers: lines, inspection, queues, rationing, pooling, time to survive, projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from holdfast.study.theory import pooling, production, projects, queues, rationing, sampling, survival
from truths.registry import Estimate, NotExpressible, theory
from truths.theory.formulas import given, wanted

Parameters = Mapping[str, Any]

FUTURES: Final = 1_000_000
"""Of the project whose end has no formula."""
MOST: Final = 40 * FUTURES
"""Where its chance is small."""
SHARP: Final = 0.0025
"""Standard error that is aimed at then, as a part of the chance."""


@theory("production.availability")
def availability(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(production.availability(*given(parameters, "mtbf mttr")))


@theory("production.point_availability")
def point_availability(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(production.point_availability(*given(parameters, "lam mu t")))


@theory("production.interval_availability")
def interval_availability(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(production.interval_availability(*given(parameters, "lam mu T")))


@theory("production.k_out_of_n")
def k_out_of_n(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(production.k_out_of_n(*given(parameters, "k n a")))


@theory("production.machine_repair")
def machine_repair(parameters: Parameters, quantity: str) -> Estimate:
    return wanted(parameters, quantity, **vars(production.machine_repair(*given(parameters, "M R lam mu"))))


@theory("production.series_line_no_buffer")
def series_line(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(production.series_line_no_buffer(*given(parameters, "e")))


@theory("production.bernoulli_line")
def bernoulli_line(parameters: Parameters, quantity: str) -> Estimate:
    found = production.bernoulli_line(*given(parameters, "p1 p2 N"))
    return wanted({"quantity": parameters.get("quantity", "throughput")}, quantity, **vars(found))


@theory("production.geometric_line")
def geometric_line(parameters: Parameters, quantity: str) -> Estimate:
    found = production.geometric_line(*given(parameters, "r1 p1 r2 p2 N"))
    return wanted({"quantity": parameters.get("quantity", "throughput")}, quantity, **vars(found))


@theory("production.make_to_stock_mm1")
def make_to_stock(parameters: Parameters, quantity: str) -> Estimate:
    return wanted(parameters, quantity, **vars(production.make_to_stock(*given(parameters, "lam mu S"))))


@theory("production.make_to_stock_optimal")
def make_to_stock_optimal(parameters: Parameters, quantity: str) -> Estimate:
    level, cost = production.make_to_stock_optimal(*given(parameters, "lam mu h b"))
    return wanted(parameters, quantity, S=level, cost=cost)


def _law(parameters: Parameters) -> Any:
    return parameters.get("model", "binomial")


@theory("sampling.pa")
def pa(parameters: Parameters, quantity: str) -> Estimate:
    n, c, p = given(parameters, "n c p")
    return Estimate(sampling.accepts(n, c, p, _law(parameters), parameters.get("lot")))


@theory("sampling.aoq")
def aoq(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(sampling.outgoing(*[*given(parameters, "n c p lot"), _law(parameters)]))


@theory("sampling.ati")
def ati(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(sampling.inspected(*[*given(parameters, "n c p lot"), _law(parameters)]))


@theory("sampling.aoql")
def aoql(parameters: Parameters, quantity: str) -> Estimate:
    worst, at = sampling.worst_outgoing(*[*given(parameters, "n c lot"), _law(parameters)])
    return wanted({"quantity": parameters.get("quantity", "aoql")}, quantity, aoql=worst, p=at)


@theory("sampling.quality_at_pa")
def quality_at_pa(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(sampling.quality_at(*[*given(parameters, "n c prob"), _law(parameters)]))


@theory("sampling.double_sampling")
def double_sampling(parameters: Parameters, quantity: str) -> Estimate:
    found = sampling.double_plan(*[*given(parameters, "n1 c1 n2 c2 p"), parameters.get("r1")])
    return wanted({"quantity": parameters.get("quantity", "pa")}, quantity, **vars(found))


@theory("sampling.good_output_accept_scrap")
def good_output(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(sampling.good_accepted(*given(parameters, "n c p lot")))


@theory("sampling.lots_needed")
def lots_needed(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(sampling.lots_needed(*given(parameters, "n c p good_lots")))


@theory("sampling.two_point_plan")
def two_point_plan(parameters: Parameters, quantity: str) -> Estimate:
    size, limit = sampling.two_point_plan(*given(parameters, "p1 alpha p2 beta"))
    return wanted(parameters, quantity, n=size, c=limit)


@theory("sampling.rolled_yield")
def rolled_yield(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(sampling.rolled_yield(*given(parameters, "ys")))


@theory("queue.erlang_b")
def erlang_b(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(queues.erlang_b(*given(parameters, "a c")))


@theory("queue.erlang_c")
def erlang_c(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(queues.erlang_c(*given(parameters, "a c")))


@theory("queue.mm1k")
def mm1k(parameters: Parameters, quantity: str) -> Estimate:
    return wanted(parameters, quantity, **vars(queues.mm1k(*given(parameters, "rho K"))))


@theory("queue.one_for_one_backorders")
def one_for_one_backorders(parameters: Parameters, quantity: str) -> Estimate:
    return wanted(parameters, quantity, **vars(queues.one_for_one_backorders(*given(parameters, "lam L S"))))


@theory("queue.one_for_one_lost")
def one_for_one_lost(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(queues.one_for_one_lost(*given(parameters, "lam L S")))


@theory("queue.priority_mms")
def priority_mms(parameters: Parameters, quantity: str) -> Estimate:
    numbers = given(parameters, "lams mu s k")
    return Estimate(queues.priority_wait(*[*numbers, bool(parameters.get("preemptive"))]))


@theory("queue.ha_optimal")
def ha_optimal(parameters: Parameters, quantity: str) -> Estimate:
    top, levels, cost = rationing.ha_optimal(*given(parameters, "lams c mu h"))
    by_class = {f"level_{k}": level for k, level in enumerate(levels)}
    last = levels[1] if len(levels) == 2 else list(levels[1:])
    return wanted(parameters, quantity, S=top, cost=cost, level=last, levels=list(levels), **by_class)


@theory("queue.critical_level_lost")
def critical_level_lost(parameters: Parameters, quantity: str) -> Estimate:
    found = rationing.critical_levels(*given(parameters, "lams mu S levels"))
    known: dict[str, Any] = {f"loss_{k}": loss for k, loss in enumerate(found.loss)} | {"stock": found.stock}
    if "c" in parameters and "h" in parameters:
        known["cost"] = found.cost(parameters["lams"], parameters["c"], parameters["h"])
    return wanted(parameters, quantity, **known)


@theory("queue.kranenburg")
def kranenburg(parameters: Parameters, quantity: str) -> Estimate:
    situation = parameters.get("situation")
    if situation not in (1, 3):
        message = f"situation {situation}: only 1 (no sharing) and 3 (all share) have a formula"
        raise NotExpressible(message)
    numbers = given(parameters, "m J h c_em c_lat w_obj t_em t_lat t_reg")
    found = pooling.kranenburg(*[*numbers, situation == 3])
    return wanted(parameters, quantity, R=found.stock, cost=found.cost, wait=found.wait)


@theory("tts.tts")
def tts(parameters: Parameters, quantity: str) -> Estimate:
    lost, degraded = parameters.get("disrupted", ()), parameters.get("degraded")
    return Estimate(survival.time_to_survive(survival.EXAMPLE, lost, degraded))


@theory("tts.lost_profit")
def lost_profit(parameters: Parameters, quantity: str) -> Estimate:
    time = given(parameters, "ttr")[0]
    degraded = parameters.get("degraded")
    return Estimate(survival.lost_profit(survival.EXAMPLE, time, parameters.get("disrupted", ()), degraded))


@theory("tts.tts_single")
def tts_single(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(survival.single_time_to_survive(*given(parameters, "stock demand alternative")))


@theory("tts.greedy_single_product_run")
def single_run(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(survival.single_lost(*given(parameters, "stock demand ttr alternative")))


@theory("project.pert_critical_path")
def pert(parameters: Parameters, quantity: str) -> Estimate:
    found = projects.pert(projects.RELIABLE)
    known: dict[str, Any] = {"mean": found.mean, "variance": found.variance}
    if "deadline" in parameters:
        known["p"] = found.by(parameters["deadline"])
    return wanted(parameters, quantity, **known)


@theory("project.pert_beta_monte_carlo")
def pert_beta(parameters: Parameters, quantity: str) -> Estimate:
    times = projects.finish_times(projects.RELIABLE, FUTURES)
    root = FUTURES**0.5
    kind = parameters.get("quantity", quantity)
    if kind == "mean":
        return Estimate(float(times.mean()), float(times.std()) / root)
    if kind == "sd":
        deviations = (times - times.mean()) ** 2
        sd = float(deviations.mean()) ** 0.5
        return Estimate(sd, float(deviations.std()) / (2 * sd) / root)
    share, samples = float((times <= given(parameters, "deadline")[0]).mean()), FUTURES
    while share and samples < MOST and (1 - share) / share / samples > SHARP**2:  # too rare for so few
        more = projects.finish_times(projects.RELIABLE, FUTURES, seed=7 + samples // FUTURES)
        share = (share * samples + float((more <= parameters["deadline"]).sum())) / (samples + FUTURES)
        samples += FUTURES
    return Estimate(share, (share * (1 - share) / samples) ** 0.5)


@theory("project.clark_max")
def clark_max(parameters: Parameters, quantity: str) -> Estimate:
    mean, variance = projects.clark_max(*given(parameters, "m1 s1 m2 s2 rho"))
    known = {"clark_max": mean, "mean": mean, "variance": variance, "sd": variance**0.5}
    return wanted(parameters, quantity, **known)


@theory("project.implied_body_mean")
def implied_body_mean(parameters: Parameters, quantity: str) -> Estimate:
    return Estimate(projects.implied_body_mean(*given(parameters, "mean tail_share tail_mean")))


@theory("fact")
def fact(parameters: Parameters, quantity: str) -> Estimate:
    stated = given(parameters, "stated")[0]
    return Estimate(stated, note="a sourced fact that the row states itself; nothing is computed, so it cannot fail")
