"""Single rules of making and of the world, worked by hand, in twin and engine (conventions §10 to §19)."""

from __future__ import annotations

import pytest

from holdfast.parts.laws import Discrete, Fixed, Uniform
from holdfast.parts.world import (
    BUILDING,
    CANCELLED,
    CLOSED,
    PLANNED,
    PROJECT_STATES,
    RUNNING,
    STALLED,
    Condition,
    Good,
    RegimeState,
    Warning_,
    Window,
)
from tests.oracle.hand import (
    channel,
    consumer,
    inspection,
    keep,
    law,
    line,
    number,
    plant,
    project,
    regime,
    since,
    store,
    use,
    world,
)

NO_USE = (use(law(0)),)


def factory(periods, *lines, **more):
    """A plant with its lines, and nobody who uses what it makes."""
    its = {"lines": tuple(range(len(lines)))}
    its.update(
        {k: more.pop(k) for k in list(more) if k in ("runs", "restart", "closes", "project", "campaign", "target")}
    )
    its.update({k: more.pop(k) for k in list(more) if k.startswith("fixed_")})
    its.update({"inspection": 0} if "inspections" in more else {})
    return world(periods, **{"plants": (plant(**its),), "lines": lines, "uses": NO_USE, **more})


def building(**more):
    """Parts of a world with a plant under construction."""
    return {
        "projects": (project("p", **more),), "project": 0, "conditions": (Condition("p", PROJECT_STATES),),
    }  # fmt: skip


def test_a_project_is_built_paid_for_and_ramped_up(tell):
    """§12: start 1, four periods: runs from 5 on; a quarter of 120 in each; ramp from 20 % over four."""
    parts = building(start=1, overrun=Fixed(1.2), ramp_from=0.2, ramp_over=4.0)
    told = tell(factory(10, line("l"), **parts))
    assert told["projects.p.state"] == [PLANNED, *[BUILDING] * 4, *[RUNNING] * 5]
    assert told["costs.capex"] == pytest.approx([0, *[30.0] * 4, 0, 0, 0, 0, 0])
    assert told["lines.p.l.output"] == pytest.approx([0, 0, 0, 0, 0, 2, 4, 6, 8, 10])
    assert told["plants.p.nameplate"] == [0, 0, 0, 0, 0, 10, 10, 10, 10, 10]
    assert told["projects.p.opened"] == [5]


def test_a_stall_stops_work_and_money(tell):
    """§12: the first period of work is followed by a stall of 3, once (the rate falls to 0 in period 2)."""
    told = tell(factory(9, line("l"), **building(stall_rate=since((0, 1000), (2, 0)), stall_lasts=Fixed(3.0))))
    assert told["projects.p.state"] == [
        BUILDING,
        STALLED,
        STALLED,
        STALLED,
        BUILDING,
        BUILDING,
        BUILDING,
        RUNNING,
        RUNNING,
    ]
    assert told["costs.capex"] == [25, 0, 0, 0, 25, 25, 25, 0, 0]


@pytest.mark.parametrize(("state", "when"), [(BUILDING, 1), (STALLED, 2)])
def test_a_project_is_cancelled_in_the_states_named(tell, state, when):
    """§12: a certain cancellation falls in the first period begun in that state, before its work."""
    more = building(stall_rate=number(1000), stall_lasts=Fixed(9.0), cancel_rate=number(1000), cancel_while=(state,))
    told = tell(factory(5, line("l"), **more))
    assert told["projects.p.state"].index(CANCELLED) == when
    assert told["projects.p.opened"] == [-1]


def test_a_finished_project_opens_on_its_day(tell):
    """§12: opens in period 6, whatever was drawn, without stalls; capex over the six periods before."""
    told = tell(factory(8, line("l"), **building(stall_rate=number(1000), finished=6)))
    assert told["projects.p.state"] == [*[BUILDING] * 6, RUNNING, RUNNING]
    assert told["costs.capex"] == pytest.approx([*[100 / 6] * 6, 0, 0])


def test_a_closed_plant_makes_nothing_more(tell):
    """§12, §13: closes in period 6, two periods after it opened; the fixed cost ends with it."""
    told = tell(factory(8, line("l"), closes=6, fixed_running=number(5), **building()))
    assert told["projects.p.state"] == [*[BUILDING] * 4, RUNNING, RUNNING, CLOSED, CLOSED]
    assert told["lines.p.l.output"] == [0, 0, 0, 0, 10, 10, 0, 0]
    assert told["costs.fixed"] == [0, 0, 0, 0, 5, 5, 0, 0]


def test_a_warm_base_costs_less_and_takes_time_to_wake(tell):
    """§13: warm in periods 1 and 2; told to run in 3, it restarts for two periods (1.2 rounded up), at full cost."""
    told = tell(
        factory(
            7,
            line("l"),
            runs=since((0, 2), (1, 1), (3, 2)),
            restart=1.2,
            fixed_running=number(5),
            fixed_warm_base=number(2),
        )
    )
    assert told["lines.p.l.output"] == [10, 0, 0, 0, 0, 10, 10]
    assert told["costs.fixed"] == [5, 2, 2, 5, 5, 5, 5]


def test_a_run_is_cut_to_the_gap_and_to_the_inputs(tell):
    """§13: 8 x 0.5 good from 16 inputs at 2 a run; then what is missing to a target of 6."""
    parts = {
        "goods": (Good("g", "g", "unit", 1.0, 10.0), Good("in", "in", "unit", 0.5, 0.0)),
        "keeps": (keep(0.0), keep(16.0, good=1, under_way=((1, 100.0, 0),))),
        "channels": (channel("c", goods=(1,)),),
        "stores": (store(keeps=(0, 1)),),
    }
    takes = line("l", yield_=number(0.5), takes=((1, 2.0, 0),), variable_cost=number(3))
    told = tell(factory(3, takes, target=((0, number(6)),), fixed_running=number(10), **parts))
    assert told["lines.p.l.run"] == [8, 4, 0]
    assert told["lines.p.l.output"] == [4, 2, 0]
    assert told["stores.depot.in.taken"] == [16, 8, 0]
    assert told["costs.production"] == [24, 12, 0]
    assert told["memos.idle"] == pytest.approx([2, 6, 10])
    assert told["memos.write_off"] == [4, 2, 0]


def test_a_changeover_costs_time_and_a_campaign_ends(tell):
    """§13: two goods, 10 a period, changeover 1.5 periods, campaigns of two.

    The first good is chosen for its low cover without a changeover. After two periods the other is lower: nothing in
    period 2, half a period in 3. Then the first is lower again (20 against 5 + 15 of 10 a period: a tie goes to it).
    """
    goods = (Good("g", "g", "unit", 1.0, 10.0), Good("h", "h", "unit", 1.0, 10.0))
    parts = {"goods": goods, "keeps": (keep(0.0), keep(15.0, good=1)), "stores": (store(keeps=(0, 1)),)}
    target = ((0, number(100)), (1, number(100)))
    told = tell(factory(6, line("l", (0, 1), changeover=1.5), target=target, campaign=2.0, **parts))
    assert told["stores.depot.g.on_hand"] == pytest.approx([10, 20, 20, 20, 20, 25])
    assert told["stores.depot.h.on_hand"] == pytest.approx([15, 15, 15, 20, 20, 20])


def test_up_and_down_time_within_periods(tell):
    """§13: the share of time up over many periods is near mtbf / (mtbf + mttr), and output follows it exactly."""
    told = tell(factory(400, line("l", mtbf=number(5), mttr=number(1)), target=((0, number(1e9)),)))
    up = told["lines.p.l.up"]
    assert told["lines.p.l.output"] == pytest.approx([10 * x for x in up])
    assert any(0 < x < 1 for x in up)
    assert sum(up) / 400 == pytest.approx(5 / 6, abs=0.08)


def test_lots_are_gathered_wait_and_are_held(tell):
    """§15: 10 made a period in lots of 20, held for two: one lot in period 1 leaves in 3, the next of period 3 in 5."""
    told = tell(factory(6, line("l"), inspections=(inspection(lot=20.0, cost=7.0),)))
    flow = "inspections.range.p.depot.g"
    assert told["inspections.range.lots"] == [0, 1, 0, 1, 0, 1]
    assert told[f"{flow}.accepted"] == [0, 0, 0, 20, 0, 20]
    assert told[f"{flow}.inside"] == [10, 20, 30, 20, 30, 20]
    assert told["stores.depot.g.entered"] == [0, 0, 0, 20, 0, 20]
    assert told["costs.inspection"] == [0, 7, 0, 7, 0, 7]


def test_few_lots_may_start_and_the_rest_of_a_place_is_kept(tell):
    """§15: 30 come at once, places for 0.75 lots a period: lots start in periods 2, 3 and 4 (0.75, 1.5, 1.25, 1)."""
    one = inspection(capacity=number(0.75), hold=law(1))
    parts = {"channels": (channel("c", inspection=0),), "keeps": (keep(0.0, under_way=((1, 30.0, 0),)),)}
    told = tell(world(7, inspections=(one,), uses=NO_USE, **parts))
    assert told["inspections.range.lots"] == [0, 0, 1, 1, 1, 0, 0]
    assert told["inspections.range.imports.depot.g.accepted"] == [0, 0, 0, 10, 10, 10, 0]


@pytest.mark.parametrize("rework", [0.0, 1.0])
def test_a_rejected_lot_is_scrapped_or_comes_again(tell, rework):
    """§15: held from 1 to 3; scrapped then, or gathered again two periods later and held from 5 on."""
    never = inspection(accepts=0.0, rework=rework, rework_takes=2)
    parts = {"channels": (channel("c", inspection=0),), "keeps": (keep(0.0, under_way=((1, 10.0, 0),)),)}
    told = tell(world(7, inspections=(never,), uses=NO_USE, **parts))
    assert told["inspections.range.imports.depot.g.scrapped"] == [0, 0, 0, 10 * (1 - rework), 0, 0, 0]
    assert told["inspections.range.lots"] == [0, 1, 0, 0, 0, rework, 0]
    assert told["memos.write_off"] == [0, 0, 0, 10 * (1 - rework), 0, 0, 0]


def states(a, b, pace=1.0):
    """Two states of fixed work."""
    return RegimeState("a", Fixed(a), (0.0, 1.0), number(pace)), RegimeState("b", Fixed(b), (1.0, 0.0), number(1))


def test_a_regime_works_off_its_spells_at_its_pace(tell):
    """§10: 6 of work at pace 2 last three periods, 2 at pace 1 two; with an age of 2, 4 are left, which last two."""
    one = {"conditions": (Condition("r", ("a", "b")),)}
    told = tell(world(8, regimes=(regime("r", (), states=states(6.0, 2.0, 2.0)),), **one))
    assert told["regimes.r.state"] == [0, 0, 0, 1, 1, 0, 0, 0]
    told = tell(world(8, regimes=(regime("r", (), states=states(6.0, 2.0, 2.0), age=2.0),), **one))
    assert told["regimes.r.state"] == [0, 0, 1, 1, 0, 0, 0, 1]


def test_a_warning_comes_so_long_before(tell):
    """§11: b is warned of 3 periods before: work of 6 is down to 3 in period 3, and again in period 11."""
    warning = Warning_(1, Fixed(3.0), 1.0, 0.0)
    one = regime("r", (), states=states(6.0, 2.0), warning=warning)
    told = tell(world(16, regimes=(one,), conditions=(Condition("r", ("a", "b")),)))
    assert [t for t, x in enumerate(told["regimes.r.warned"]) if x] == [3, 11]


def test_a_window_counts_its_state_from_the_start_of_each_spell(tell):
    """§19: state b in periods 2, 3, 4 and 7, 8; the first two periods of each; short in 3 and in 7 and 8."""
    scripted = regime("r", ((2, 1), (5, 0), (7, 1), (9, 0)))
    wanted = use(law(10), normal_use=10.0)
    here = keep(30.0, under_way=((4, 30.0, 0),))
    told = tell(
        world(
            10,
            regimes=(scripted,),
            conditions=(Condition("r", ("a", "b")),),
            windows=(Window(0, 0, 1, 2),),
            channels=(channel("c"),),
            keeps=(here,),
            consumers=(consumer("user", (0,), backordered=False),),
            uses=(wanted,),
        )
    )
    figures = {
        x: told[f"windows.0.{x}"][0] for x in ("wanted", "served", "periods", "short_periods", "spells", "short_spells")
    }
    assert figures == {"wanted": 40, "served": 10, "periods": 4, "short_periods": 3, "spells": 2, "short_spells": 2}
    assert told["consumers.user.longest_short"] == [3]


def test_an_accident_takes_the_oldest(tell):
    """§16: half of 20 old and 20 new, whatever the issue rule: the 20 old are gone, and the new ones spoil later."""
    burnt = store(accident_rate=since((0, 0), (1, 1000), (2, 0)), accident_destroys=Uniform(0.5, 0.5))
    here = keep(20.0, under_way=((1, 20.0, 0),), shelf_life=3, issue="youngest_first")
    told = tell(world(4, channels=(channel("c"),), stores=(burnt,), keeps=(here,), uses=NO_USE))
    assert told["stores.depot.g.destroyed"] == [0, 20, 0, 0]
    assert told["stores.depot.g.expired"] == [0, 0, 0, 20]


def test_what_is_saved_moves_step_by_step(tell):
    """§18: 40 % of 10 aimed at from period 1 on, by at most 30 % of demand a period."""
    saver = consumer("user", (0,), saves=since((0, 0), (1, 0.4)), saves_step=0.3, saves_cost=2.0)
    told = tell(world(4, keeps=(keep(100.0),), consumers=(saver,), uses=(use(law(Discrete((10.0,), (1.0,)))),)))
    assert told["consumers.user.g.saved"] == pytest.approx([0, 3, 4, 4])
    assert told["costs.savings"] == pytest.approx([0, 6, 8, 8])
