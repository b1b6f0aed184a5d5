"""The numbers of a World, each reckoned by hand from the scenario's text (conventions §4 to §19)."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import holdfast as hf
from holdfast.parts.laws import Discrete, Fixed, Gamma, Lognormal, Mixture, Poisson
from holdfast.parts.world import NEVER, RUNNING, RUNS_WARM_BASE, RUNS_YES, STALLED

HERE = Path(__file__).parent
SMALL = (HERE / "small.yaml").read_text(encoding="utf-8")
MONTH = 365.25 / 12 / 7
"""[weeks]"""
YEAR = 365.25 / 7


@pytest.fixture(scope="module")
def plant():
    return hf.load(HERE / "cartridges.yaml")


@pytest.fixture(scope="module")
def small():
    return hf.load(HERE / "small.yaml")


def changed(tmp_path, *pairs):
    """The small scenario with other texts in it."""
    text = SMALL
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "changed.yaml"
    path.write_text(text, encoding="utf-8")
    return hf.load(path).world()


def by_name(items):
    return {item.name: item for item in items}


def value(changing, *at):
    return float(changing.values[at or (0, 0)])


# ---- time and money (§4)


def test_a_year_is_365_and_a_quarter_days(plant):
    world = plant.world("imports")
    assert world.periods == math.ceil(30 * 365.25 / 7) == 1566
    assert world.discount_rate == pytest.approx(0.04)
    assert world.discount(1566) == pytest.approx(1.04 ** -(1566 * 7 / 365.25))


def test_a_date_falls_in_the_period_that_contains_it(plant):
    # 2006-07-01 is 180 days after 2006-01-02: 25 weeks and 5 days.
    assert plant.world("plant").projects[0].start == 25
    # 2006-08-01 is 211 days after, 2017-11-13 is 4333: 30 weeks, and 619 weeks to the day.
    sanctions = by_name(plant.world("imports", "as-it-happened").regimes)["sanctions"]
    assert sanctions.script == ((30, 1), (619, 2))
    # 2025-07-02 is 7121 days after: 1017 weeks and 2 days.
    assert plant.world("plant", "as-it-happened").projects[0].finished == 1017


# ---- normal use and covers (§6)


def test_normal_use_is_what_all_draw_with_every_while_off(plant):
    use = {good.name: good.normal_use for good in plant.world("imports").goods}
    assert use["ball"] == pytest.approx(360e3)  # 300 thousand of the military and 60 of the police
    assert use["tracer"] == pytest.approx(100e3)


def test_inputs_are_used_as_lines_make_the_normal_use_of_what_they_make(plant):
    # All four lines could run 335 387 a week x 5/6 up x 72 % = 201 232; they run 360 000 / 98 % and 220 000 / 98 %.
    world = plant.world("plant")
    assert 2 * 17.5e6 / YEAR * 5 / 6 * 0.72 > 360e3 / 0.98
    assert world.goods[3].normal_use == pytest.approx(1.03 * (360e3 + 220e3) / 0.98)


def test_lines_take_no_more_inputs_than_they_can_run(small, tmp_path):
    # The press can run 50 000 x 5/6 x 80 % = 33 333 a week, less than 102 300 / 90 %.
    rate = 50e3 * 5 / 6 * 0.8
    assert by_name(small.world().goods)["powder"].normal_use == pytest.approx(0.01 * rate)
    wide = changed(tmp_path, ("nameplate: 50 thousand", "nameplate: 500 thousand"))
    use = 100e3 + 10e3 / MONTH
    assert by_name(wide.goods)["powder"].normal_use == pytest.approx(0.01 * use / 0.9)


def test_cover_at_takes_a_regime_state(tmp_path):
    world = changed(tmp_path, ("cover_at: normal", "cover_at: {trade: closed}"))
    assert world.uses[0].normal_use == pytest.approx(120e3)
    assert world.keeps[0].on_hand == pytest.approx(3 * MONTH * (120e3 + 10e3 / MONTH))


def test_a_cover_is_a_time_of_normal_use(plant):
    world = plant.world("imports")
    assert [keep.on_hand for keep in world.keeps[:3]] == pytest.approx(
        [5 * MONTH * use for use in (360e3, 100e3, 120e3)]
    )
    target = dict(plant.world("plant-and-store").plants[0].target)
    assert value(target[0]) == pytest.approx(12 * MONTH * 360e3)


def test_beyond_lead_time_adds_lead_review_and_inspection(plant):
    # 60 % x 8 months + 40 % x 5 months + 4 weeks + 3 weeks held + 250 000 / (2 x 360 000) weeks to gather a lot.
    beyond = 0.6 * 8 * MONTH + 0.4 * 5 * MONTH + 4 + 3 + 250e3 / 720e3
    rule = plant.world("imports").keeps[0].ordering
    assert value(rule.order_up_to) == pytest.approx((5 * MONTH + beyond) * 360e3)
    inputs = plant.world("plant").keeps[3]
    assert value(inputs.ordering.order_up_to) == pytest.approx((6 * MONTH + 5 * MONTH + 4) * inputs.use)


def test_a_plain_cover_while_the_plant_runs_counts_what_is_under_way(plant):
    world = plant.world("plant")
    rule = world.keeps[0].ordering
    (reads,) = rule.order_up_to.reads
    assert world.conditions[reads].name == "maracay"
    assert value(rule.order_up_to, 0, RUNNING) == pytest.approx(5 * MONTH * 360e3)
    assert value(rule.order_up_to, 0, STALLED) > 2 * value(rule.order_up_to, 0, RUNNING)


def test_a_store_drawn_from_later_serves_those_who_draw_later(tmp_path):
    reserve = (
        "  reserve:\n    capacity: unlimited\n    keeps:\n      pill: {opening: {on_hand: 1 month, under_way: none}}\n"
    )
    world = changed(
        tmp_path, ("  silo:\n", reserve + "  silo:\n"), ("draws_from: depot", "draws_from: [depot, reserve]")
    )
    assert world.keeps[1].use == pytest.approx(100e3)
    assert world.keeps[1].on_hand == pytest.approx(MONTH * 100e3)


def test_notes_tell_the_computed_rates(plant):
    notes = " | ".join(plant.world("imports").notes.values())
    assert "a cover of 5 months of ball in depot = 7.83 million rounds, at 360 thousand rounds/week" in notes
    assert "normal use of inputs = 610 thousand sets/week" in notes


# ---- values that change (§5)


def test_capacity_is_the_product_of_all_times(plant):
    world = plant.world("imports")
    partner = by_name(world.channels)["partner"].capacity
    assert [world.conditions[c].name for c in partner.reads] == ["sanctions", "partner-war"]
    week = 40e6 / YEAR
    assert partner.values[0] == pytest.approx([week, 0.3 * week, week, 0.3 * week, 0.7 * week, 0.21 * week])


def test_a_share_is_of_normal_use():
    world = hf.load(HERE / "adblue.yaml").world()
    china, elsewhere = world.channels
    assert china.capacity.values[0] == pytest.approx([3.2e6, 0])  # 80 % of 4 million litres a week
    assert value(elsewhere.capacity) == pytest.approx(0.4e6)
    assert value(world.lines[0].nameplate) == pytest.approx(0.4e6)


def test_since_is_a_segment():
    world = hf.load(HERE / "adblue.yaml").world("reserve-next-time")
    level = world.keeps[0].ordering.order_up_to
    # 2023-01-01 is 391 days after 2021-12-06: 55 weeks and 6 days. Beyond: 7 weeks of lead time and 1 of review.
    assert level.starts == (0, 55)
    assert level.values[:, 0] == pytest.approx([(6 + 8) * 4e6, (18 + 8) * 4e6])


def test_times_of_a_counting_law_multiplies_the_mean(tmp_path):
    poisson = "{poisson: {mean: 10 thousand doses/month}}"
    world = changed(tmp_path, (poisson, "{usually: " + poisson + ", while: {low: times 2}}"))
    law = world.uses[1].demand
    assert [law.laws[int(i)] for i in law.which.values[0]] == [
        Poisson(pytest.approx(10e3 / MONTH)),
        Poisson(pytest.approx(20e3 / MONTH)),
    ]
    assert law.scale.values.tolist() == [[1.0, 1.0]]


def test_runs_and_restart():
    plant = hf.load(HERE / "adblue.yaml").world("keep-the-plant").plants[0]
    assert plant.runs.values[0].tolist() == [RUNS_WARM_BASE, RUNS_YES]
    assert plant.restart == pytest.approx(6)
    assert plant.closes == NEVER
    assert hf.load(HERE / "adblue.yaml").world("nothing").plants[0].closes == 55  # 390 days: 55 weeks and 5 days


def test_shares_that_change(tmp_path):
    said = "{usually: {abroad: 70 %, near: 30 %}, while: {trade: {closed: near}}}"
    rule = changed(tmp_path, ("{abroad: 70 %, near: 30 %}", said)).keeps[0].ordering
    assert rule.channels == (0, 1)
    assert [share.values[0].tolist() for share in rule.shares] == [[0.7, 0.0, 0.7], pytest.approx([0.3, 1.0, 0.3])]


# ---- laws (§4)


def test_demand_is_divided_into_periods(small):
    hospital, pharmacy = small.world().uses
    assert hospital.demand.laws == (Gamma(pytest.approx(25), pytest.approx(4000)),)
    assert pharmacy.demand.laws == (Poisson(pytest.approx(10e3 / MONTH)),)


def test_demand_per_month_keeps_its_mean_and_variance_per_time(tmp_path):
    gamma = "{gamma: {mean: 400 thousand doses/month, cv: 0.2}}"
    law = changed(tmp_path, ("{gamma: {mean: 100 thousand doses/week, cv: 0.2}}", gamma)).uses[0].demand.laws[0]
    assert law.mean() == pytest.approx(400e3 / MONTH)
    assert law.variance() == pytest.approx((0.2 * 400e3) ** 2 / MONTH)


def test_a_rate_per_two_weeks_is_one_too(tmp_path):
    gamma = "{gamma: {mean: 200 thousand doses per 2 weeks, cv: 0.2}}"
    law = changed(tmp_path, ("{gamma: {mean: 100 thousand doses/week, cv: 0.2}}", gamma)).uses[0].demand.laws[0]
    assert law.mean() == pytest.approx(100e3)
    assert law.variance() == pytest.approx((0.2 * 200e3) ** 2 / 2)


def test_mixtures_and_ages(plant):
    partial = by_name(plant.world("imports").regimes)["sanctions"].states[1]
    assert isinstance(partial.lasts, Mixture)
    assert partial.lasts.mean() == pytest.approx(0.6 * 4 * MONTH + 0.4 * 5 * YEAR)
    assert partial.then == (0.6, 0.0, 0.4)
    closed = hf.load(HERE / "adblue.yaml").world().regimes[0]
    assert (closed.starts, closed.age) == (1, pytest.approx(7))


def test_a_mixture_of_fixed_values_is_discrete(tmp_path):
    mixture = "{mixture: [{weight: 75 %, value: 2 weeks}, {weight: 25 %, fixed: 6 weeks}]}"
    lead = changed(tmp_path, ("lead_time: 2 weeks", f"lead_time: {mixture}")).channels[1].lead_time.laws[0]
    assert lead == Discrete((pytest.approx(2), pytest.approx(6)), (0.75, 0.25))


def test_an_empirical_law_reads_a_column_in_its_unit(tmp_path):
    (tmp_path / "leads.csv").write_text("id,weeks\na,2\nb,2\nc,5\n", encoding="utf-8")
    law = "{empirical: leads.csv, column: weeks}"
    lead = changed(tmp_path, ("lead_time: 2 weeks", f"lead_time: {law}")).channels[1].lead_time.laws[0]
    assert lead.mean() == pytest.approx(3)
    assert lead.values == pytest.approx((2, 5))


# ---- parts


def test_under_way_steady_is_use_times_share_times_the_chance_of_being_late(plant):
    lead = Lognormal.from_mean(8 * MONTH, 0.4)
    due = {(period, channel): amount for period, amount, channel in plant.world("imports").keeps[0].under_way}
    assert due[10, 0] == pytest.approx(360e3 * 0.6 * (1 - lead.cdf(10)))
    whole = sum(amount for (_, channel), amount in due.items() if channel == 0)
    assert whole == pytest.approx(360e3 * 0.6 * (8 * MONTH - 0.5), rel=0.01)


def test_under_way_by_date_is_at_the_first_source():
    keep = hf.load(HERE / "adblue.yaml").world("expand-and-ship").keeps[0]
    assert keep.under_way == ((7, pytest.approx(16e6), 0),)


def test_prices_move_and_correlate(plant):
    copper, currency = plant.world("imports").prices
    assert copper.persistence == pytest.approx(2 ** (-1 / (2 * YEAR)))
    rate = math.log(2) / (2 * YEAR)
    stationary = 0.25 / math.sqrt(YEAR) / math.sqrt(2 * rate)  # of an Ornstein-Uhlenbeck process
    assert copper.spread / math.sqrt(1 - copper.persistence**2) == pytest.approx(stationary)
    assert (copper.correlation, currency.correlation) == ((1.0, 0.0), pytest.approx((0.4, math.sqrt(0.84))))


def test_a_plan_accepts_by_its_oc_curve(plant, tmp_path):
    # Beta-binomial by recursion: P(k+1)/P(k) = (n-k)(a+k) / ((k+1)(b+n-k-1)).
    n, mean, cv = 80, 0.02, 0.6
    total = mean * (1 - mean) / (cv * mean) ** 2 - 1
    a, b = mean * total, (1 - mean) * total
    p = math.prod((b + i) / (a + b + i) for i in range(n))
    chance = 0.0
    for k in range(6):
        chance += p
        p *= (n - k) * (a + k) / ((k + 1) * (b + n - k - 1))
    assert plant.world("imports").inspections[0].accepts == pytest.approx(chance)
    fixed = changed(tmp_path, ("{beta: {mean: 2 %, cv: 0.6}}", "4 %"))
    binomial = 0.96**50 + 50 * 0.04 * 0.96**49 + 1225 * 0.04**2 * 0.96**48
    assert fixed.inspections[0].accepts == pytest.approx(binomial)


def test_room_beyond_the_base_costs_once(plant):
    assert by_name(plant.world("store-more").stores)["depot"].room == pytest.approx(0.04 * 15e6)
    assert by_name(plant.world("imports").stores)["depot"].room == 0


def test_goods_are_worth_their_share_weighted_price(plant):
    assert plant.world("imports").goods[0].value == pytest.approx(0.6 * 0.35 + 0.4 * 0.42)
    assert plant.world("second-and-store").goods[0].value == pytest.approx(0.45 * 0.35 + 0.35 * 0.42 + 0.2 * 0.55)


def test_shelf_life_is_the_nearest_whole_number_of_age_classes():
    keep = hf.load(HERE / "adblue.yaml").world().keeps[0]
    assert (keep.age_class, keep.shelf_life) == (4, 52)  # 12 months are 52.2 weeks; a month is 4.3


def test_served_above_and_savings(plant):
    police = plant.world("imports").uses[3]
    assert police.served_above[0].values[0] == pytest.approx([0, MONTH * 360e3])
    military = plant.world("save").consumers[0]
    assert military.saves.values.max() == pytest.approx(0.4)
    assert military.saves_step == pytest.approx(0.1)


def test_own_stock_is_full_at_the_start():
    freight = hf.load(HERE / "adblue.yaml").world().uses[0]
    assert freight.own_opening == pytest.approx(2 * 3e6)
    assert freight.own_stock.values[0] == pytest.approx([6e6, 12e6])


def test_lines_built_leaves_the_rest_out(plant, tmp_path):
    text = plant.text.replace("lines_built: 4", "lines_built: 2")
    path = tmp_path / "two.yaml"
    path.write_text(text, encoding="utf-8")
    world = hf.load(path).world("plant")
    assert [line.name for line in world.lines] == ["ball-1", "ball-2"]
    assert world.goods[3].normal_use == pytest.approx(1.03 * 360e3 / 0.98)


def test_costs_of_shortage_wait_or_are_lost(small):
    hospital, pharmacy = small.world().consumers
    assert (hospital.backordered, hospital.shortage_cost) == (True, pytest.approx(4))
    assert (pharmacy.backordered, pharmacy.shortage_cost) == (False, pytest.approx(10))


def test_dual_index_levels_go_beyond_their_own_lead_times(tmp_path):
    old = "{kind: base_stock, review_period: 2 weeks, order_up_to: {cover: 3 months, beyond: lead_time}, from: {abroad: 70 %, near: 30 %}, if_full: reroute}"  # noqa: E501
    new = "{kind: dual_index, review_period: 1 week, order_up_to: {cover: 1 month, beyond: lead_time}, expedite_up_to: {cover: 1 month, beyond: lead_time}, regular: abroad, expedited: near}"  # noqa: E501
    rule = changed(tmp_path, (old, new)).keeps[0].ordering
    use = 100e3 + 10e3 / MONTH
    inspected = 2 + 10e3 / (2 * use)
    assert value(rule.order_up_to) == pytest.approx((MONTH + 1 + 6 + inspected) * use)
    assert value(rule.expedite_up_to) == pytest.approx((MONTH + 1 + 2) * use)
    assert [value(share) for share in rule.shares] == [1.0, 0.0]


def test_covers_reckon_with_what_shipments_lack(tmp_path):
    """§6: of 70 % by abroad and 30 % by near, 70 % x 80 % + 30 % arrive: orders, and what is under way, are larger."""
    line = "    minimum_order: 1 thousand doses\n"
    share = "{usually: {beta: {mean: 80 %, cv: 0.2}}, while: {trade: {closed: times 50 %}}}"
    whole = changed(tmp_path)
    part = changed(tmp_path, (line, f"    delivered: {share}\n    short_by: {{gamma: {{mean: 2 doses, cv: 1}}}}\n"))
    use, arrives = 100e3 + 10e3 / MONTH, 0.7 * 0.8 + 0.3
    inspected = 2 + 10e3 / (2 * use)
    beyond = (0.7 * (6 + 0.8 * inspected) + 0.3 * 2) / arrives
    assert value(part.keeps[0].ordering.order_up_to) == pytest.approx((3 * MONTH + 2 + beyond) * use)
    due = [sum(amount for _, amount, _ in each.keeps[0].under_way) for each in (whole, part)]
    assert due[1] * arrives == pytest.approx(due[0])
    abroad, near = part.channels[0], part.channels[1]
    assert [law.mean() for law in abroad.delivered.laws] == pytest.approx([0.8])
    assert abroad.delivered.scale.values.tolist() == [[1.0, 0.5, 1.0]]
    assert [law.mean() for law in abroad.short_by.laws] == [2.0]
    assert (near.delivered, near.short_by) == (None, None)


def test_a_holding_cost_in_percent_is_of_value(tmp_path):
    world = changed(tmp_path, ("holding_cost: {value: 5 %/year, of: value}", "holding_cost: 5 %/year"))
    assert world.stores[0].holding_cost == pytest.approx(0.05 / YEAR)
    fixed = changed(tmp_path, ("holding_cost: {value: 5 %/year, of: value}", "holding_cost: 0.01 EUR/dose/week"))
    assert (fixed.stores[0].holding_cost, fixed.stores[0].holding_fixed) == (0.0, pytest.approx(0.01))


def test_what_waits_costs_as_much_as_what_is_held_unless_said_otherwise(tmp_path):
    same = changed(tmp_path).stores[0]
    assert (same.waiting_cost, same.waiting_fixed) == (same.holding_cost, same.holding_fixed)
    old = "holding_cost: {value: 5 %/year, of: value}"
    dear = changed(tmp_path, (old, f"{old}\n    waiting_cost: 0.02 EUR/dose/week")).stores[0]
    assert dear.holding_cost == same.holding_cost
    assert (dear.waiting_cost, dear.waiting_fixed) == (0.0, pytest.approx(0.02))


def test_defaults_are_harmless(tmp_path):
    world = changed(tmp_path, ("    paid: {on_order: 30 %, on_receipt: 70 %}\n", ""), ("    overflow: waits\n", ""))
    abroad = world.channels[0]
    assert (abroad.paid_on_order, abroad.crossover, value(abroad.retainer)) == (0.0, True, 0.0)
    assert world.stores[0].overflow == "waits"
    assert world.projects[0].overrun == Fixed(1.0)


def test_standards_share_windows_and_every_consumer_has_the_whole_one(plant):
    world = plant.world("imports")
    windows = [world.windows[standard.window] for standard in world.standards]
    assert (windows[0].condition, windows[0].state, windows[0].within) == (0, 1, 26)
    assert windows[2] == next(w for w in world.windows if w.consumer == 1 and w.condition == -1)
    assert {w.consumer for w in world.windows if w.condition == -1 and w.within == NEVER} == {0, 1}


def test_every_alternative_in_every_world_resolves(plant):
    for what_if in (None, *plant.what_ifs):
        assert [plant.world(name, what_if).alternative for name in plant.alternatives] == list(plant.alternatives)
