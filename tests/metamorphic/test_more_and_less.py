"""What helps and what alters nothing on average: no embargo, more stock, two halves of a line, finer periods."""

from __future__ import annotations

import dataclasses
import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import pdtr

from holdfast.engine.run import Outcome, simulate
from holdfast.parts.laws import Beta, Exponential, Fixed, Gamma, Law, Lognormal, Mixture, Poisson
from holdfast.parts.world import Changing, ChangingLaw, Regime, RegimeState, World
from tests.metamorphic.errors import FALSE_FAIL, FALSE_PASS, FAR, REACH, apart, futures_to_see
from tests.oracle.hand import channel, consumer, keep, law, line, number, ordering, plant, store, use, world
from tests.study import small

PERIODS = 200


def embargoed(
    *,
    open_for: float = 30.0,
    shut_for: float = 8.0,
    levels: float = 90.0,
    lead: Law | None = None,
    embargo: bool = True,
    alone: bool = False,
) -> World:
    """Base stock over one channel that an embargo shuts; demand is backordered, goods keep, orders take their time.

    `alone`: the second consumer uses nothing.
    """
    shuts = Regime(
        "trade", "trade",
        (
            RegimeState("open", Exponential(open_for), (0.0, 1.0), number(1)),
            RegimeState("shut", Lognormal.from_mean(shut_for, 0.8), (1.0, 0.0), number(1)),
        ),
        starts=0, age=0.0,
    )  # fmt: skip
    room = Changing(np.array([[25.0, 0.0 if embargo else 25.0]]), reads=(0,))
    return world(
        PERIODS, conditions=(small.Condition("trade", ("open", "shut")),), regimes=(shuts,),
        channels=(channel("ships", lead_time=law(lead or Fixed(4.0)), capacity=room),),
        keeps=(keep(levels, ordering("base_stock", order_up_to=levels)),),
        consumers=(consumer("first", (0,), shortage_cost=2.0), consumer("second", (1,), priority=2, shortage_cost=1.0)),
        uses=(use(law(Gamma(2.0, 3.0)), 0), use(law(0.0 if alone else Gamma(1.0, 4.0)), 1)), stores=(store(),),
    )  # fmt: skip


def unmet(told: Outcome, name: str) -> np.ndarray:
    """(replication,) what a consumer lacked."""
    return told.totals.get(f"consumers.{name}.g.unmet", np.zeros(told.replications))


def in_no_future_worse(better: World, worse: World, replications: int) -> bool:
    """Whether no consumer lacks more, in any of the same futures; says whether any lacks less."""
    one, two = (simulate(each, replications=replications, seed=7) for each in (better, worse))
    less = False
    for name in ("first", "second"):
        slack = 1e-9 * (1.0 + unmet(two, name))
        assert (unmet(one, name) <= unmet(two, name) + slack).all(), name
        less |= bool((unmet(one, name) < unmet(two, name) - slack).any())
    return less


def test_removing_an_embargo_hurts_in_no_future():
    assert in_no_future_worse(embargoed(embargo=False), embargoed(), 500)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    st.floats(10, 80), st.floats(2, 30), st.floats(20, 200), st.integers(0, 8), st.floats(0, 60),
)  # fmt: skip
def test_neither_peace_nor_stock_hurts_in_any_future(
    open_for: float, shut_for: float, levels: float, lead: int, more: float
):
    """Of one consumer: a lower inventory level at the end of a period means that more of its use is unmet."""
    given_ = {"open_for": open_for, "shut_for": shut_for, "lead": Fixed(float(lead)), "alone": True}
    in_no_future_worse(embargoed(embargo=False, levels=levels, **given_), embargoed(levels=levels, **given_), 40)
    in_no_future_worse(embargoed(levels=levels + more, **given_), embargoed(levels=levels, **given_), 40)


def test_who_is_served_first_may_be_hurt_by_peace_where_others_draw_too():
    """In peace the second takes what the first then lacks; in an embargo it comes late, and the first has all of it."""
    few = {"open_for": 41.25, "shut_for": 2.0, "levels": 20.0, "lead": Fixed(1.0)}
    peace, shut = (simulate(embargoed(embargo=e, **few), replications=40, seed=7) for e in (False, True))
    assert (unmet(peace, "first") > 1.0 + unmet(shut, "first")).any()
    for name in ("first", "second"):
        assert unmet(peace, name).mean() < unmet(shut, name).mean()


def test_where_orders_may_overtake_an_embargo_can_help_by_chance_and_never_on_average():
    """A lead time is drawn by the period of the order: an order that an embargo puts off may be the quicker one.

    So some futures are better with it (which the test wants to see, or the tests above would be idle words), and the
    mean is worse. It passes once in 1e9 where the embargo adds nothing, and fails falsely as seldom where it adds at
    least twice as many standard errors as `FAR`.
    """
    lead = Gamma(1.0, 4.0)
    one, two = (
        simulate(embargoed(lead=lead, embargo=embargo), replications=2_000, seed=7) for embargo in (False, True)
    )
    more = unmet(two, "first") + unmet(two, "second") - unmet(one, "first") - unmet(one, "second")
    assert (more < 0).any()
    assert more.mean() > FAR * more.std(ddof=1) / math.sqrt(more.size)


def test_more_stock_hurts_in_no_future():
    assert in_no_future_worse(embargoed(levels=120.0), embargoed(levels=90.0), 500)


def with_channel(made: World, **more: ChangingLaw | None) -> World:
    """The same world with another channel."""
    return dataclasses.replace(made, channels=(dataclasses.replace(made.channels[0], **more),))


@pytest.mark.parametrize("lead", [Fixed(0.0), Gamma(1.0, 4.0)])
def test_shipments_of_which_all_arrives_are_those_of_a_channel_that_says_nothing(lead: Law):
    """Bit for bit, in all that both tell."""
    whole = embargoed(lead=lead)
    said = with_channel(whole, delivered=law(1), short_by=law(0))
    one, two = (simulate(each, replications=300, seed=7).totals for each in (whole, said))
    assert not two.pop("channels.ships.depot.g.missing").any()
    assert one.keys() == two.keys()
    for name, values in one.items():
        np.testing.assert_array_equal(values, two[name], name)


def test_shipments_that_lack_nothing_hurt_in_no_future():
    whole = embargoed()
    share, amount = law(Beta(8.0, 2.0)), law(Gamma(2.0, 3.0))
    for less in ({"delivered": share}, {"short_by": amount}, {"delivered": share, "short_by": amount}):
        assert in_no_future_worse(whole, with_channel(whole, **less), 500)


def test_of_many_shipments_the_mean_share_arrives():
    """Within `FAR` standard errors, and so near that a hundredth more would be seen: shares do not follow orders."""
    told = simulate(with_channel(embargoed(embargo=False), delivered=law(Beta(8.0, 2.0))), replications=2_000, seed=7)
    received, missing = (told.totals[f"channels.ships.depot.g.{name}"] for name in ("received", "missing"))
    gap = received - 0.8 * (received + missing)
    assert abs(gap.mean()) < FAR * gap.std(ddof=1) / math.sqrt(gap.size)
    assert abs(gap.mean() - 0.01 * (received + missing).mean()) > FAR * gap.std(ddof=1) / math.sqrt(gap.size)


def lines(*rates: float, mtbf: float) -> World:
    """A plant whose lines have these rates and make all that they can."""
    listed = tuple(
        line(f"l{i}", nameplate=number(rate), mtbf=number(mtbf), mttr=number(3)) for i, rate in enumerate(rates)
    )
    made = plant(lines=tuple(range(len(rates))), target=((0, number(1e9)),))
    return world(60, plants=(made,), lines=listed, keeps=(keep(0.0),))


def output(told: Outcome) -> np.ndarray:
    """(replication,) what all lines made."""
    return sum((v for n, v in told.totals.items() if n.endswith(".output")), np.zeros(told.replications))


def test_two_halves_of_a_line_that_never_fails_make_the_same():
    one, two = (output(simulate(lines(*r, mtbf=math.inf), replications=3, seed=7)) for r in ((10.0,), (5.0, 5.0)))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, 600.0)


def test_two_halves_of_a_line_make_as_much_on_average_and_vary_half_as_much():
    """Each half fails on its own. Fails falsely once in 1e9; passes once in 1e6 at means a fifth of a standard
    deviation apart, or where halves vary as much as the whole."""
    futures = futures_to_see(0.2)
    whole = output(simulate(lines(10.0, mtbf=7.0), replications=futures, seed=7))
    halves = output(simulate(lines(5.0, 5.0, mtbf=7.0), replications=futures, seed=8))
    assert apart(whole, halves) < FAR
    kurtosis = float(np.mean(((whole - whole.mean()) / whole.std()) ** 4))
    error = math.sqrt(2 * (kurtosis - 1) / futures)  # of the logarithm of a ratio of two variances
    assert math.log(2) > REACH * error, "so many futures tell a half from a whole"
    assert math.log(halves.var() / whole.var()) == pytest.approx(math.log(0.5), abs=FAR * error)


def drawn(demand: Law) -> np.ndarray:
    """(replication,) what is wanted over a horizon in which only demand is drawn."""
    told = simulate(world(25, uses=(use(law(demand)),)), replications=futures_to_see(0.2), seed=7)
    return told.totals["consumers.user.g.wanted"]


@pytest.mark.parametrize("one", [Gamma(2.0, 5.0), Lognormal.from_mean(10.0, 1.2)], ids=["gamma", "lognormal"])
def test_a_law_mixed_with_itself_is_itself(one: Law):
    """Future by future, since it is inverted as a whole: as near as tables of quantiles are (1e-9 of the mean)."""
    np.testing.assert_allclose(drawn(Mixture((one, one), (0.3, 0.7))), drawn(one), rtol=1e-9)


def test_a_mixture_of_two_is_no_law_of_the_same_mean():
    """In distribution: a mixture's mean is the weighted one, and another law is told from it.

    Fails falsely once in 1e9; passes once in 1e6 where means are a fifth of a standard deviation apart.
    """
    mixed = Mixture((Gamma(2.0, 5.0), Gamma(2.0, 10.0)), (0.5, 0.5))
    wanted = drawn(mixed)
    error = math.sqrt(25 * mixed.variance() / wanted.size)
    assert abs(wanted.mean() - 25 * 15.0) < FAR * error
    assert wanted.var() > 1.2 * drawn(Gamma(2.0, 7.5)).var()


def one_for_one(parts: int, futures: int, seed: int) -> np.ndarray:
    """(replication,) mean backorders of an (S - 1, S) system: 1.5 a week, 4 weeks to come, a stock of 8."""
    periods = 40 * parts
    made = world(
        periods, channels=(channel("ships", lead_time=law(4.0 * parts)),),
        keeps=(keep(8.0, ordering("base_stock", order_up_to=8.0)),),
        uses=(use(law(Poisson(1.5 / parts))),), consumers=(consumer("user", (0,), shortage_cost=1.0),),
    )  # fmt: skip
    early = dataclasses.replace(made, periods=8 * parts)
    late, first = (simulate(each, replications=futures, seed=seed).totals["costs.shortage"] for each in (made, early))
    return (late - first) / (periods - 8 * parts)


def lacking(mean: float, stock: int) -> float:
    """E[(X - stock)+] for a Poisson X: its mean backorders."""
    return mean - sum(1.0 - pdtr(k, mean) for k in range(stock))


def test_finer_periods_come_nearer_to_what_is_continuous_in_time():
    """Continuous review knows E[(D(4 weeks) - 8)+] (Palm's theorem); a period of h weeks adds h to the lead time, as
    what is ordered after a demand arrives before the demand of its period.

    Each estimate lies within `FAR` errors of its own value, which fails falsely once in 1e9, and the error falls with
    h: with each halving by nearly a half, which errors of `REACH` apart cannot feign more than once in 1e6.
    """
    limit = lacking(6.0, 8)
    off = []
    for parts, futures in ((1, 8_000), (2, 8_000), (4, 8_000)):
        found = one_for_one(parts, futures, seed=7 + parts)
        error = found.std(ddof=1) / math.sqrt(futures)
        own = lacking(1.5 * (4.0 + 1.0 / parts), 8)
        assert abs(found.mean() - own) < FAR * error, parts
        assert error * REACH < (own - limit) / 2, "the error of the period is told from chance"
        off.append(found.mean() - limit)
    assert off[0] > off[1] > off[2] > 0
    assert off[2] < 0.35 * off[0]


def test_a_cut_is_survived_as_long_as_finer_periods_say_more_exactly():
    """What lasts 8.75 weeks is first short within one period of it, whatever the period."""
    late = []
    for parts in (1, 2, 4, 8, 16):
        made = world(20 * parts, keeps=(keep(87.5),), uses=(use(law(10.0 / parts), normal_use=10.0 / parts),))
        short = float(simulate(made, replications=1, seed=7).totals["consumers.user.first_short"][0]) / parts
        assert 0 <= 8.75 - short <= 1.0 / parts
        late.append(8.75 - short)
    assert late == sorted(late, reverse=True)
    assert late[-1] <= late[0] / 3


def test_the_errors_are_as_stated():
    assert 2 * (1 - NormalDist().cdf(FAR)) == pytest.approx(FALSE_FAIL, rel=1e-3)
    n = futures_to_see(0.25)
    assert NormalDist().cdf(FAR - 0.25 / math.sqrt(2 / n)) <= FALSE_PASS * 1.0001
