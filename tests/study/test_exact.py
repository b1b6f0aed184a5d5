"""Exact policies against published costs, and against themselves: bounds, other routes, wrong costs that must show."""

from __future__ import annotations

import numpy as np
import pytest

from holdfast.study.exact import dual_sourcing, geometric, lost_sales, perishables, poisson, rounded_gamma, uniform
from holdfast.study.exact.chains import average, boxed
from holdfast.study.exact.dual_sourcing import DualSourcing
from holdfast.study.exact.lost_sales import LostSales
from holdfast.study.exact.perishables import Perishable
from holdfast.study.exact.substitution import Pair, optimal_profit

IDINN = DualSourcing(uniform(0, 4), 2, 0.0, 20.0, 5.0, 495.0)


def test_laws_have_the_mean_and_the_tail_that_they_say() -> None:
    for law in (poisson(5), geometric(5), uniform(0, 4), rounded_gamma(4, 0.5)):
        ended = law.ended()
        assert ended.sum() == pytest.approx(1, abs=1e-12)
        assert float(ended @ np.arange(len(ended))) == pytest.approx(law.mean, abs=1e-9)
    kept = poisson(5).kept(30)
    assert np.allclose(kept.sum(axis=1), 1)
    assert np.allclose(kept @ np.arange(31), poisson(5).excess(30))
    assert poisson(5).fractile(2, 0.2) == 13  # P(Poisson(10) <= 12) = 0.7916, <= 13: 0.8645
    assert geometric(5).fractile(1, 1 / 40) == 20  # (5/6)^21 <= 1/40 < (5/6)^20


def test_bounds_of_an_average_hold_for_a_chain_of_two_states_that_alternates() -> None:
    swap = np.array([[0.0, 1.0], [1.0, 0.0]])
    found = average(lambda values: np.array([1.0, 4.0]) + swap @ values, np.zeros(2))
    assert found.low <= 2.5 <= found.high
    assert found.value == pytest.approx(2.5, abs=1e-7)


def test_two_averages_that_never_meet_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("holdfast.study.exact.chains._ITERATIONS", 200)
    with pytest.raises(ArithmeticError, match="only known to lie from 1 to 4"):
        average(lambda values: np.array([1.0, 4.0]) + values, np.zeros(2))


@pytest.mark.parametrize(
    ("law", "shortage", "lead_time", "published"),
    [
        # Zipkin (2008) tables 3 and 4: optimal, myopic, myopic-2, standard vector, standard base stock, best base stock
        (poisson(5), 4, 1, (4.04, 4.11, 4.04, 4.31, 4.39, 4.16)),
        (poisson(5), 39, 2, (9.11, 9.16, 9.12, 9.29, 9.31, 9.19)),
        (geometric(5), 4, 2, (10.24, 10.57, 10.29, 11.72, 12.24, 10.70)),
    ],
)
def test_lost_sales_as_zipkin_printed_them(law, shortage, lead_time, published) -> None:  # type: ignore[no-untyped-def]
    model = LostSales(law, 1, shortage, lead_time)
    levels = range(model.levels()[0] + 1)
    rules = [
        lost_sales.myopic(model),
        lost_sales.myopic(model, 2),
        lost_sales.standard_vector(model),
        lost_sales.base_stock(levels[-1]),
    ]
    costs = [lost_sales.optimal(model).cost.value, *[lost_sales.cost_of(model, rule).value for rule in rules]]
    costs.append(lost_sales.best(lambda s: lost_sales.cost_of(model, lost_sales.base_stock(s)).value, levels)[1])
    assert costs == pytest.approx(published, abs=0.0101)
    dearer = LostSales(law, 1, shortage * 1.05, lead_time)
    assert lost_sales.optimal(dearer).cost.value != pytest.approx(published[0], abs=0.0101), "a wrong cost must show"


def test_the_optimal_rule_costs_what_the_optimum_says_and_no_wider_box_does_better() -> None:
    model = LostSales(poisson(2), 1, 9, 2)
    found = lost_sales.optimal(model)
    assert lost_sales.cost_of(model, found.rule).value == pytest.approx(found.cost.value, rel=1e-7)
    almost = lost_sales.optimal(LostSales(poisson(2), 1, 9, 2, setup=1e-9))  # its box is wider, and not by the bounds
    assert almost.cost.value == pytest.approx(found.cost.value, rel=1e-6)
    assert almost.rule.top > found.rule.top


def test_setup_costs_as_bijvank_bhulai_and_huh_printed_them() -> None:
    model = LostSales(poisson(5), 1, 14, 2, setup=5)
    rules = [lost_sales.s_S(17, 23), lost_sales.s_nQ(17, 7), lost_sales.s_S(17, 23, 7)]
    costs = [lost_sales.cost_of(model, rule).value for rule in rules]
    assert costs == pytest.approx([11.62, 11.56, 11.50], abs=0.0051)
    assert lost_sales.optimal(model).cost.value == pytest.approx(11.46, abs=0.0051)


def test_a_constant_order_as_zipkin_printed_it() -> None:
    assert lost_sales.constant_order_cost(LostSales(geometric(5), 1, 4, 1), 3) == pytest.approx(11.0, abs=0.0101)
    with pytest.raises(ValueError, match="below mean demand, 5"):
        lost_sales.constant_order_cost(LostSales(geometric(5), 1, 4, 1), 5)


def test_a_rule_that_orders_beyond_what_it_says_is_refused() -> None:
    beyond = lost_sales.Rule(lambda states: np.full(len(states), 4), 10, 3)
    with pytest.raises(ValueError, match="beyond its 3 at once"):
        lost_sales.cost_of(LostSales(poisson(2), 1, 9, 2), beyond)
    with pytest.raises(ValueError, match="too many"):
        boxed((10_000, 10_000))


def test_dual_sourcing_to_eight_digits() -> None:
    assert dual_sourcing.optimal(IDINN).value == pytest.approx(23.071429, abs=2e-6)
    assert dual_sourcing.policy_cost(IDINN, "capped_dual_index", [4, 8, 2]) == pytest.approx(25.148588, abs=2e-6)
    cheaper = DualSourcing(uniform(0, 4), 2, 0.0, 19.9, 5.0, 495.0)
    assert dual_sourcing.optimal(cheaper).value != pytest.approx(23.071429, abs=2e-6), "a wrong cost must show"


def test_the_gaps_that_gijsbrechts_et_al_printed() -> None:
    model = DualSourcing(uniform(0, 4), 2, 100.0, 105.0, 5.0, 495.0)
    least = dual_sourcing.optimal(model).value
    best = {policy: dual_sourcing.best_policy(model, policy) for policy in dual_sourcing.POLICIES}
    gaps = [100 * (cost - least) / least for cost, _ in best.values()]
    assert gaps == pytest.approx([0.56, 0.11, 0.0, 0.06], abs=0.0115)
    for policy, (cost, parameters) in best.items():
        assert dual_sourcing.policy_cost(model, policy, parameters) == pytest.approx(cost, rel=1e-10)


def test_without_a_regular_source_worth_its_wait_all_is_expedited() -> None:
    """Then each period is a newsvendor's, and each unit of demand is bought dear."""
    model = DualSourcing(uniform(0, 4), 1, 50.0, 20.0, 5.0, 45.0)
    newsvendor = min(model.charged(0, 4))
    assert dual_sourcing.optimal(model).value == pytest.approx(2 * 20 + newsvendor, rel=1e-7)


def test_leftovers_by_age() -> None:
    stock, demand = np.array([[2, 3]]), np.array([0, 1, 4, 9])
    assert perishables.left_over(stock, demand, "fifo")[0].tolist() == [[2, 3], [1, 3], [0, 1], [0, 0]]
    assert perishables.left_over(stock, demand, "lifo")[0].tolist() == [[2, 3], [2, 2], [1, 0], [0, 0]]


@pytest.mark.parametrize(("issue", "best", "base", "level"), [("lifo", -1553, -1565, 5), ("fifo", -1457, -1474, 7)])
def test_perishables_as_de_moor_et_al_printed_them(issue, best, base, level) -> None:  # type: ignore[no-untyped-def]
    costs = {"order": 3.0, "shortage": 5.0, "waste": 7.0, "holding": 1.0, "discount": 0.99}
    model = Perishable(rounded_gamma(4, 0.5), 2, 1, issue, 10, **costs)
    found = -perishables.discounted_cost(model, perishables.optimal(model).rule, 365, 100)
    assert found == pytest.approx(best, abs=1)
    stocks = [-perishables.discounted_cost(model, perishables.base_stock(model, s), 365, 100) for s in range(11)]
    assert int(np.argmax(stocks)) == level
    assert max(stocks) == pytest.approx(base, abs=1)
    wrong = Perishable(rounded_gamma(4, 0.5), 2, 1, issue, 10, **{**costs, "holding": 1.1})
    shown = -perishables.discounted_cost(wrong, perishables.optimal(wrong).rule, 365, 100)
    assert shown != pytest.approx(best, abs=1), "a wrong cost must show"


def test_perishables_as_hendrix_et_al_printed_them() -> None:
    model = Perishable(poisson(5), 2, 1, "fifo", 10, order=0.5, price=1.0)
    assert -(perishables.optimal(model).cost or 0) == pytest.approx(2.22, abs=0.0051)
    profits = [-perishables.average_cost(model, perishables.waste_conscious(model, s)) for s in range(1, 21)]
    assert int(np.argmax(profits)) + 1 == 13
    assert max(profits) == pytest.approx(2.1974601, abs=3e-6)


def test_two_goods_as_hendrix_et_al_printed_them_and_apart_where_none_is_taken_instead() -> None:
    assert optimal_profit(Pair(poisson(7), poisson(3), 14, 6)).value == pytest.approx(4.523, abs=0.00051)
    apart = optimal_profit(Pair(poisson(3), poisson(2), 6, 4, accepts=0.0)).value
    alone = [Perishable(poisson(mean), 2, 1, "fifo", 2 * mean, order=0.5, price=1.0) for mean in (3, 2)]
    assert apart == pytest.approx(-sum(perishables.optimal(model).cost or 0 for model in alone), rel=1e-6)
