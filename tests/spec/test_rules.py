"""Every rule of a scenario's values and references: one small scenario, one thing wrong with it at a time."""

# ruff: noqa: E501
from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.codes import CODES
from holdfast.errors import Problem, Problems, ScenarioError
from holdfast.spec import document
from holdfast.spec.scenario import Scenario, check

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")


def problems_of(text: str) -> list[Problem]:
    """All that is wrong with a scenario text, sorted by place."""
    found = Problems()
    try:
        read = document.from_text(text, "small.yaml", found)
        check(Scenario(read, Path(__file__).parent, text), found)
        found.raise_if_any()
    except ScenarioError as error:
        return list(error.problems)
    return []


def test_the_small_scenario_is_fine():
    assert problems_of(SMALL) == []


# name, text to replace, text instead, code, line:column, message, fix
RULES = [
    ("price-per-kg", "price: 3 EUR/dose", "price: 3 EUR/kg", "HF104", "35:12", "'3 EUR/kg' cannot price a good counted in doses", "did you mean 3 EUR/dose?"),
    ("after-9999", "start: 2020-01-06", "start: 9996-01-06", "HF109", "3:53", "the horizon ends after the year 9999", "write 10 years, say"),
    ("two-laws", "{lognormal: {mean: 6 weeks, cv: 0.4}}", "{lognormal: {mean: 6 weeks, cv: 0.4}, fixed: 3 weeks}", "HF112", "27:54", "one law is expected here, not lognormal and fixed", "keep one of them, or write a mixture"),
    ("no-unit", "lead_time: 3 weeks\n    capacity: unlimited", "lead_time: 3\n    capacity: unlimited", "HF104", "42:16", "'3' has no unit", "did you mean 3 weeks?"),
    ("shares-110", "{abroad: 70 %, near: 30 %}", "{abroad: 70 %, near: 40 %}", "HF203", "89:119", "the shares add up to 110 % (abroad 70 %, near 40 %)", "they must add up to 100 %"),
    ("then-shares", "{open: 60 %, worse: 40 %}", "{open: 60 %, worse: 30 %}", "HF203", "13:69", "the shares add up to 90 % (open 60 %, worse 30 %)", "they must add up to 100 %"),
    ("then-unknown", "lasts: {exponential: {mean: 8 years}}, then: closed", "lasts: {exponential: {mean: 8 years}}, then: close", "HF201", "12:59", "'close' is not one of the states", "did you mean closed?"),
    ("then-self", "lasts: {exponential: {mean: 8 years}}, then: closed", "lasts: {exponential: {mean: 8 years}}, then: open", "HF202", "12:59", "'open' is followed by itself", "name another state, or make it last longer"),
    ("unreachable", "then: {open: 60 %, worse: 40 %}", "then: open", "HF202", "14:7", "nothing ever leads to 'worse'", "let another state lead to it, or remove it"),
    ("prob-over", "seen: 50 %", "seen: 150 %", "HF108", "15:70", "'150 %' cannot be a probability: it lies outside 0 to 100 %", "write 0 % to 100 %"),
    ("negative-amount", "capacity: 6 million doses\n", "capacity: -6 million doses\n", "HF109", "79:15", "'-6 million doses' is negative", "write 0 or more"),
    ("negative-time", "noticed_after: 1 week", "noticed_after: -1 week", "HF109", "21:75", "'-1 week' is negative", "write 0 or more"),
    ("s-above-S", "reorder_point: 1 tonne", "reorder_point: 3 tonnes", "HF204", "95:92", "order_up_to (2 thousand kg) is below reorder_point (3 thousand kg), so no order restores stock", "raise order_up_to, or use kind: r_Q"),
    ("carried", "from: chemicals", "from: near", "HF202", "95:107", "near does not carry powder", "add powder to channels.near.carries, or order from another channel"),
    ("unknown-channel", "from: chemicals", "from: chemical", "HF201", "95:107", "'chemical' is not one of the channels and stores", "did you mean chemicals?"),
    ("store-not-kept", "draws_from: [depot]", "draws_from: [silo]", "HF202", "106:14", "silo does not keep pill", "add keeps.pill to it, or draw from another store"),
    ("unknown-store", "draws_from: depot", "draws_from: depo", "HF201", "98:17", "'depo' is not one of the stores", "did you mean depot?"),
    ("std-consumer", "consumer: hospital, measure", "consumer: hospitals, measure", "HF201", "112:22", "'hospitals' is not one of the consumers", "did you mean hospital?"),
    ("std-measure", "measure: fill_rate", "measure: fill-rate", "HF107", "112:41", "'fill-rate' is not a measure of a standard", "did you mean fill_rate?"),
    ("std-during", "during: {trade: closed}", "during: {trade: shut}", "HF201", "112:84", "'shut' is not one of the states of trade", "one of: closed, open, worse"),
    ("std-nobound", "at_least: 95 %, during", "during", "HF102", "112:11", "a standard has one bound", "add at_least: 95 %"),
    ("lever-path", "sets: stores.depot.keeps.pill.ordering.order_up_to, from: 1 month", "sets: stores.depo.keeps.pill.ordering.order_up_to, from: 1 month", "HF301", "121:18", "stores.depo.keeps.pill.ordering.order_up_to is not in the scenario", "did you mean stores.depot.keeps.pill.ordering.order_up_to?"),
    ("lever-not-number", "sets: stores.depot.keeps.pill.ordering.order_up_to, from: 1 month", "sets: stores.depot.keeps.pill.ordering, from: 1 month", "HF103", "121:18", "stores.depot.keeps.pill.ordering is a block of fields, not a number, a date or a choice", "set one of them, such as stores.depot.keeps.pill.ordering.kind"),
    ("lever-not-ours", "sets: stores.depot.keeps.pill.ordering.order_up_to, from: 1 month", "sets: money.discount_rate, from: 1 month", "HF103", "121:18", "money is what plans are judged by, and no plan can turn it", "set what can be decided: a store, an order, a plant"),
    ("lever-range-empty", "from: 1 month, to: 9 months", "from: 9 months, to: 1 month", "HF204", "121:84", "there is nothing between 9 months and 1 month", "write the lower end as from"),
    ("lever-words", "sets: stores.depot.keeps.pill.ordering.order_up_to, from: 1 month", "sets: stores.depot.title, from: 1 month", "HF103", "121:18", "stores.depot.title is for people to read, not a number, a date or a choice", "set what can be decided: a store, an order, a plant"),
    ("lever-no-such-good", "sets: stores.depot.keeps.pill.ordering.order_up_to, from: 1 month", "sets: stores.depot.keeps.elixir.ordering.order_up_to, from: 1 month", "HF301", "121:18", "stores.depot.keeps.elixir.ordering.order_up_to is not in the scenario", "one of: pill"),
    ("lever-range-one", "from: 1 month, to: 9 months", "from: 9 months, to: 9 months", "HF204", "121:84", "there is nothing between 9 months and 9 months", "write a higher end as to"),
    ("lever-range-half", "from: 1 month, to: 9 months", "from: 1 month", "HF102", "121:11", "say how far stored may be turned", "add to:"),
    ("lever-both", "from: 1 month, to: 9 months", "from: 1 month, to: 9 months, one_of: [1 month, 2 months]", "HF102", "121:101", "stored has a range and choices", "keep from: and to:, or one_of:"),
    ("lever-choice-none", "one_of: [never, 2021-01]", "one_of: []", "HF204", "122:52", "there is nothing to choose", "write two or more choices, each once"),
    ("lever-choice-twice", "one_of: [never, 2021-01]", "one_of: [never, never]", "HF204", "122:52", "a choice stands twice", "write two or more choices, each once"),
    ("lever-unit", "from: 1 month, to: 9 months", "from: 1 EUR, to: 9 EUR", "HF104", "121:70", "'1 EUR' is in EUR, but this is in weeks", "did you mean 1 weeks?"),
    ("lever-choice", "one_of: [never, 2021-01]", "one_of: [never, 2021-13]", "HF106", "122:60", "'2021-13' is not a day of the calendar", "write it as 2006-07-02 or 2006-07"),
    ("lever-text", "sets: plants.mill.project.start", "sets: plants.mill.output_to", "HF201", "122:49", "'never' is not one of the stores", "one of: depot, silo"),
    ("demand-divide", "{poisson: {mean: 10 thousand doses/month}}", "{lognormal: {mean: 10 thousand doses/month, cv: 0.3}}", "HF112", "106:20", "a lognormal law per 30.4375 days cannot be cut exactly into periods of the clock", "write the mean per period of the clock, or use a gamma, normal, poisson or fixed law"),
    ("mixture-mixed", "lasts: {exponential: {mean: 8 years}}", "lasts: {mixture: [{weight: 50 %, fixed: 3 weeks}, {weight: 50 %, lognormal: {mean: 4 months, cv: 0.7}}]}", "HF112", "12:31", "a mixture holds fixed values or continuous laws, not both", "give the fixed value a small cv"),
    ("mixture-weights", "lasts: {exponential: {mean: 8 years}}", "lasts: {mixture: [{weight: 50 %, gamma: {mean: 3 weeks, cv: 1}}, {weight: 40 %, lognormal: {mean: 4 months, cv: 0.7}}]}", "HF203", "12:31", "the weights add up to 90 %", "they must add up to 100 %"),
    ("law-unknown", "lasts: {exponential: {mean: 8 years}}", "lasts: {exponental: {mean: 8 years}}", "HF112", "12:22", "'exponental' is not a law", "did you mean exponential?"),
    ("law-later", "lasts: {exponential: {mean: 8 years}}", "lasts: {weibull: {mean: 8 years}}", "HF112", "12:22", "'weibull' is not a law", "one of: beta, empirical, exponential, fixed, gamma, geometric, lognormal, mixture, ..."),
    ("law-params", "{lognormal: {mean: 6 weeks, cv: 0.4}}", "{lognormal: {mean: 6 weeks, p90: 8 weeks}}", "HF112", "27:28", "a lognormal law is not defined by mean, p90", "it takes mean and cv or median and p90"),
    ("law-missing", "{lognormal: {mean: 6 weeks, cv: 0.4}}", "{lognormal: {mean: 6 weeks}}", "HF112", "27:28", "a lognormal law is not defined by mean", "it takes mean and cv or median and p90"),
    ("law-zero", "{lognormal: {mean: 6 weeks, cv: 0.4}}", "{lognormal: {mean: 0 weeks, cv: 0.4}}", "HF112", "27:28", "this lognormal law cannot be: its mean must be more than 0", "write a mean above 0"),
    ("law-negcv", "{lognormal: {mean: 6 weeks, cv: 0.4}}", "{lognormal: {mean: 6 weeks, cv: -0.4}}", "HF109", "27:48", "'-0.4' is negative", "write 0 or more"),
    ("law-p90", "{lognormal: {median: 1.35, p90: 2.0}}", "{lognormal: {median: 1.35, p90: 1.0}}", "HF112", "50:35", "this lognormal law cannot be: its p90 lies below its median", "nine in ten are below p90, so write a larger p90"),
    ("beta-cv", "{beta: {mean: 2 %, cv: 0.6}}", "{beta: {mean: 2 %, cv: 60}}", "HF112", "72:23", "this beta law cannot be: a share with that mean has a cv below 7", "write a smaller cv"),
    ("uniform-rev", "{uniform: [0 weeks, 8 weeks]}", "{uniform: [8 weeks, 0 weeks]}", "HF112", "15:43", "this uniform law cannot be: its low end lies above its high end", "write [low, high]"),
    ("uniform-one", "{uniform: [0 weeks, 8 weeks]}", "{uniform: [0 weeks]}", "HF112", "15:43", "a uniform law is not defined by a list", "it takes [low, high]"),
    ("sample", "acceptance_number: 2", "acceptance_number: 51", "HF109", "71:48", "every sample of 50 has at most 51 defectives", "write less than 50"),
    ("sample-frac", "acceptance_number: 2", "acceptance_number: 2.5", "HF105", "71:48", "'2.5' is not a whole number of at least 0", "write 2"),
    ("paid", "paid: {on_order: 30 %, on_receipt: 70 %}", "paid: {on_order: 30 %, on_receipt: 60 %}", "HF203", "30:11", "the shares add up to 90 % (on_order 30 %, on_receipt 60 %)", "they must add up to 100 %"),
    ("paid-key", "paid: {on_order: 30 %, on_receipt: 70 %}", "paid: {on_order: 30 %, on_reciept: 70 %}", "HF201", "30:28", "'on_reciept' is not one of the ways to pay", "did you mean on_receipt?"),
    ("transit", "in_transit: held", "in_transit: hold", "HF107", "31:17", "'hold' is not one of passes, held, lost, refunded", "did you mean held?"),
    ("no-transit", "    in_transit: held\n", "", "HF102", "25:5", "'in_transit' must be said", "add in_transit: ...   # When the channel is closed: passes, held, lost or refunded."),
    ("no-capacity", "    capacity: 6 million doses\n", "", "HF102", "79:5", "'capacity' must be said", "add capacity: ...   # Amount over all goods together, or `unlimited`; may change."),
    ("no-unmet", "    unmet: lost\n", "", "HF102", "104:5", "'unmet' must be said", "add unmet: ...   # backordered or lost."),
    ("no-opening", "        opening: {on_hand: 1 month, under_way: none}\n", "", "HF102", "94:9", "'opening' must be said", "add opening: ...   # What is there at the start; it must be said."),
    ("no-price", "    price: 3 EUR/dose\n", "", "HF102", "34:5", "'price' must be said", "add price: ...   # Money per unit; may change; {value: 0.35 USD/round, moves_with: [currency]} multiplies it by price indices."),
    ("if_full", "from: {abroad: 70 %, near: 30 %}, if_full: reroute", "from: {abroad: 70 %, near: 30 %}", "HF102", "89:19", "say what becomes of an order that a channel cannot take", "add if_full: reroute, or if_full: wait"),
    ("cond-unknown", "while: {low: times 2}", "while: {lo: times 2}", "HF201", "26:42", "'lo' is not one of the regimes, plants with a project and signals", "did you mean low?"),
    ("state-unknown", "worse: times 50 %", "worst: times 50 %", "HF201", "28:88", "'worst' is not one of the states of trade", "did you mean worse?"),
    ("times-usually", "{usually: 2 EUR/dose, while", "{usually: times 2, while", "HF103", "26:22", "'times 2' has nothing to multiply", "say what is usual: {usually: ..., while: {...: times 3}}"),
    ("no-usually", "{usually: 2 EUR/dose, while: {low: times 2}}", "{while: {low: times 2}}", "HF102", "26:12", "a value that changes needs 'usually'", "add usually: what stands when nothing else does"),
    ("changing-extra", "{usually: 2 EUR/dose, while: {low: times 2}}", "{usually: 2 EUR/dose, when: {low: times 2}}", "HF101", "26:34", "'when' is not a field of a value that changes", "did you mean while?"),
    ("date-bad", "start: 2021-01\n", "start: 2021-13\n", "HF106", "48:14", "'2021-13' is not a day of the calendar", "write it as 2006-07-02 or 2006-07"),
    ("date-before", "start: 2021-01\n", "start: 2019-01\n", "HF106", "48:14", "'2019-01' lies before clock.start, 2020-01-06", "write a later date"),
    ("clock-start", "start: 2020-01-06", "start: never", "HF106", "3:16", "a clock that never starts", "write a date, such as 2006-01-02"),
    ("clock-period0", "period: 1 week", "period: 0 weeks", "HF109", "3:36", "'0 weeks' must be more than 0", "write more than 0 days"),
    ("clock-horizon", "horizon: 5 years", "horizon: 1 day", "HF109", "3:53", "the horizon is shorter than a period", "write 10 years, say"),
    ("clock-huge", "horizon: 5 years", "horizon: 5 million years", "HF109", "3:53", "a horizon of 260892858 periods cannot be simulated", "write 1 to 200,000 periods"),
    ("currency", "currency: EUR", "currency: Euro", "HF104", "4:19", "'Euro' is not a currency", "write its three letters, such as EUR"),
    ("other-currency", "price: 3 EUR/dose", "price: 3 USD/dose", "HF104", "35:12", "'3 USD/dose' cannot price a good counted in doses", "did you mean 3 EUR/dose?"),
    ("price-year", "price_year: 2020", "price_year: twenty", "HF105", "4:36", "'twenty' is not a number", "write a number with its unit, such as 4 weeks"),
    ("discount", "discount_rate: 3 %/year", "discount_rate: 3 %", "HF104", "4:57", "'3 %' is in %, but this is in %/year", "did you mean 3 %/year?"),
    ("halflife0", "{oil: 40 %}", "{oil: 140 %}", "HF108", "18:104", "'140 %' is more than 100 %", "write at most 100 %"),
    ("corr-self", "{oil: 40 %}", "{euro: 40 %}", "HF202", "18:105", "'euro' is correlated with itself", "name another price"),
    ("halflife", "oil: {mean_reverting: {level: 1, half_life: 2 years", "oil: {mean_reverting: {level: 1, half_life: 0 years", "HF109", "17:47", "'0 years' must be more than 0", "write more than 0 weeks"),
    ("warning-of", "{warning_of: trade.closed", "{warning_of: trade.worse", "HF201", "20:24", "trade gives no warning of 'worse'", "did you mean trade.closed?"),
    ("warning-of2", "{warning_of: trade.closed", "{warning_of: trad.closed", "HF201", "20:24", "'trad' is not one of the regimes", "did you mean trade?"),
    ("signal-two", "low: {cover_of: depot", "low: {warning_of: trade.closed, cover_of: depot", "HF102", "21:8", "a signal reads one of cover_of, backorders_of and warning_of", "add cover_of: STORE"),
    ("signal-until", "below: 2 months, until: 3 months", "below: 3 months, until: 2 months", "HF204", "21:50", "it goes off at 2 months, below where it goes on (3 months)", "write until at least as large as below"),
    ("signal-nobelow", "{cover_of: depot, below: 2 months,", "{cover_of: depot,", "HF102", "21:8", "'below' must be said of a signal that reads cover_of", "add below: ..."),
    ("signal-cover-of", "{cover_of: depot", "{cover_of: hospital", "HF202", "21:19", "'hospital' has no stock of its own", "name a store, or give it an own_stock"),
    ("signal-cover-silo-unknown", "{cover_of: depot", "{cover_of: depots", "HF201", "21:19", "'depots' is not one of the stores and consumers", "did you mean depot?"),
    ("signal-delay", "noticed_after: 1 week", "noticed_after: 2 years", "HF109", "21:75", "a delay of 104 periods is too long", "write at most 60 periods"),
    ("lines-made-not-kept", "output_to: depot", "output_to: silo", "HF202", "67:16", "silo does not keep pill, which the plant makes", "add keeps.pill to silo"),
    ("takes-nokeep", "takes: {powder: 0.01 kg/dose}", "takes: {pill: 1 dose/dose, powdr: 1 kg/dose}", "HF201", "64:36", "'powdr' is not one of the goods", "did you mean powder?"),
    ("takes-unit", "takes: {powder: 0.01 kg/dose}", "takes: {powder: 0.01 dose/kg}", "HF104", "64:25", "'0.01 dose/kg' is in dose/kg, but this is in kg/dose", "did you mean 0.01 kg/dose?"),
    ("lines-built", "    runs: yes\n", "    runs: yes\n    lines_built: 3\n", "HF109", "56:18", "3 lines are built, but only 1 are described", "write at most 1"),
    ("runs", "runs: yes", "runs: maybe", "HF107", "55:11", "'maybe' is not one of no, warm_base, yes", "one of: no, warm_base, yes"),
    ("yield0", "yield: 90 %", "yield: 0 %", "HF108", "63:16", "nothing of what is run is good", "write a share above 0 %"),
    ("mtbf0", "mtbf: 5 weeks", "mtbf: 0 weeks", "HF109", "61:23", "'0 weeks' must be more than 0", "write more than 0 weeks"),
    ("perf", "performance: 80 %", "performance: 120 %", "HF108", "62:22", "'120 %' cannot be a share: it lies outside 0 to 100 %", "write 0 % to 100 %"),
    ("nameplate-unlimited", "nameplate: 50 thousand doses/week", "nameplate: unlimited", "HF105", "60:20", "a line without limit", "write an amount per time"),
    ("cancel-while", "rate: 2 %/year, while: stalled", "rate: 2 %/year, while: running", "HF107", "52:42", "'running' is not one of stalled, building", "one of: building, stalled"),
    ("cancel-nowhile", "rate: 2 %/year, while: stalled", "rate: 2 %/year", "HF102", "52:18", "'while' must be said", "add while: ...   # The states in which it can happen: stalled, building, or both."),
    ("kind", "kind: base_stock", "kind: basestock", "HF107", "89:26", "'basestock' is not one of base_stock, s_S, r_Q, constant_order, dual_index, single_index, tailored_base_surge, vector_base_stock", "did you mean base_stock?"),
    ("rq", "kind: s_S", "kind: r_Q", "HF102", "95:19", "'order_quantity' must be said for r_Q", "add order_quantity: ..."),
    ("unused-field", "kind: base_stock, review", "kind: base_stock, order_quantity: 3 doses, review", "HF101", "89:38", "base_stock does not use order_quantity", "it uses order_up_to, from, order_at_most"),
    ("plant-source", "from: chemicals", "from: mill", "HF113", "95:107", "ordering from 'mill', which is no channel or store, is not supported yet", "order from channels and stores; a plant fills its own store"),
    ("prod-kind", "kind: produce_to_target", "kind: push", "HF107", "66:24", "'push' is not one of produce_to_target", "one of: produce_to_target"),
    ("opening-steady-noorder2", "under_way: none}\n        ordering: {kind: s_S, review_period: 1 week, reorder_point: 1 tonne, order_up_to: 2 tonnes, from: chemicals}\n", "under_way: steady}\n", "HF202", "94:48", "nothing is ordered here, so nothing is under way", "write under_way: none"),
    ("opening-date-before", "under_way: none}", "under_way: {2019-01-01: 1 kg}}", "HF106", "94:49", "'2019-01-01' lies before the start", "write a date from the start on"),
    ("shelf0", "shelf_life: {value: 2 years, in_classes_of: 1 month}", "shelf_life: 1 day", "HF109", "87:21", "the shelf life 1 day is shorter than a period", "write a longer one, or a shorter clock.period"),
    ("shelf-wide", "in_classes_of: 1 month", "in_classes_of: 3 years", "HF109", "87:21", "the shelf life is shorter than its age class", "write narrower classes"),
    ("priority-some", "    priority: 2\n", "", "HF102", "104:5", "others have a priority, pharmacy has none", "add priority: 2, say"),
    ("priority-neg", "priority: 2", "priority: -2", "HF105", "105:15", "'-2' is not a whole number of at least 1", "write 1"),
    ("saves100", "low: 20 %}", "low: 120 %}", "HF108", "108:48", "'120 %' cannot be a share: it lies outside 0 to 100 %", "write 0 % to 100 %"),
    ("shortage-unit", "shortage_cost: 10 EUR/dose", "shortage_cost: 10 EUR/dose/week", "HF104", "110:20", "'10 EUR/dose/week' cannot be the cost of what is lost", "did you mean 10 EUR/dose?"),
    ("shortage-unit2", "shortage_cost: 4 EUR/dose/week", "shortage_cost: 4 EUR/dose", "HF104", "102:20", "'4 EUR/dose' cannot be the cost of what is backordered", "did you mean 4 EUR/dose/week?"),
    ("script-order", "    starts: open\n", "    starts: open\n    script: [{from: 2021-01-04, state: closed}, {from: 2020-06-01, state: open}]\n", "HF106", "11:56", "'2020-06-01' does not come a period after the entry before", "write the dates in order, a period apart at least"),
    ("script-key", "    starts: open\n", "    starts: open\n    script: [{from: 2021-01-04, stat: closed}]\n", "HF102", "11:14", "an entry of a script says from when which state holds", "write script: [{from: 2006-08-01, state: partial}]"),
    ("starts", "    starts: open\n", "    starts: opened\n", "HF201", "10:13", "'opened' is not one of the states", "did you mean open?"),
    ("starts-age", "    starts: open\n", "    starts: {state: open, age: -1 week}\n", "HF109", "10:32", "'-1 week' is negative", "write 0 or more"),
    ("lasts0", "lasts: {exponential: {mean: 8 years}}", "lasts: 0 weeks", "HF109", "12:21", "'open' lasts no time", "write a time above 0"),
    ("mixed-units-store", "keeps:\n      powder:", "keeps:\n      pill: {opening: {on_hand: 0 doses, under_way: none}}\n      powder:", "HF104", "91:15", "'20 tonnes' cannot be an amount of a good counted in doses", "did you mean 20 doses?"),
    ("name-clash", "  queue: {backorders_of", "  mill: {backorders_of", "HF014", "22:9", "two of the regimes, plants and signals are called 'mill'", "give one of them another name"),
    ("cover-at", "cover_at: normal", "cover_at: {trade: shut}", "HF201", "3:80", "'shut' is not one of the states of trade", "one of: closed, open, worse"),
    ("cover-at2", "cover_at: normal", "cover_at: usual", "HF107", "3:72", "'usual' is not 'normal' or a regime's state", "write normal, or {regime: state}"),
    ("overlay-bad-number", "stores.depot.capacity: 8 million doses", "stores.depot.capacity: 8 million kg", "HF104", "116:28", "'8 million kg' cannot be an amount of a good counted in doses", "did you mean 8 million doses?"),
    ("overlay-what-if", "cut: {regimes.trade.starts: closed}", "cut: {regimes.trade.starts: close}", "HF201", "119:31", "'close' is not one of the states", "did you mean closed?"),
    ("hist-decided", "decided: today", "decided: tomorrow", "HF201", "124:21", "there is no alternative 'tomorrow'", "one of: more, today"),
    ("hist-of", "of: mill, was", "of: mil, was", "HF201", "124:55", "there is no project 'mil'", "did you mean mill?"),
    ("hist-measure", "measure: opening_date", "measure: opening_day", "HF107", "124:37", "'opening_day' is not a measure of history", "did you mean opening_date?"),
    ("hist-was", "was: 2022-07-01", "was: yesterday", "HF106", "124:66", "'yesterday' is not a date", "write it as 2006-07-02 or 2006-07"),
    ("hist-key", "was: 2022-07-01", "is: 2022-07-01", "HF101", "124:61", "'is' is not a field of history", "one of: at, decided, from, measure, of, title, until, was, ..."),
    ("empirical", "lead_time: 2 weeks", "lead_time: {empirical: none.csv, column: weeks}", "HF201", "36:28", "'none.csv' cannot be read as a table", "name a CSV file beside the scenario"),
    ("beyond-wrong", "beyond: lead_time}, from: {abroad", "beyond: lead-time}, from: {abroad", "HF107", "89:101", "'lead-time' is not one of lead_time", "did you mean lead_time?"),
    ("beyond-nowhere", "target: 2 months", "target: {cover: 2 months, beyond: lead_time}", "HF103", "66:77", "there is no lead time here for a cover to go beyond", "write the cover alone"),
    ("in-text", "in: 90 % of futures", "in: 90 futures", "HF104", "112:115", "'90 futures' is not a share of futures", "did you mean 90 %?"),
    ("within", "within: 26 weeks, in", "within: soon, in", "HF105", "112:101", "'soon' is not a number", "write a number with its unit, such as 4 weeks"),
    ("at-least-100", "at_least: 95 %", "at_least: 950 %", "HF108", "112:62", "'950 %' cannot be a share: it lies outside 0 to 100 %", "write 0 % to 100 %"),
    ("goods-twice", "carries: [powder]", "carries: [powder, powder]", "HF304", "40:23", "'powder' is named twice", "remove one"),
    ("carries-unknown", "carries: [powder]", "carries: [powders]", "HF201", "40:15", "'powders' is not one of the goods", "did you mean powder?"),
    ("unlimited-room", "capacity: 8 million doses", "capacity: unlimited", "HF202", "116:28", "unlimited room has no cost, but room_cost is said", "write an amount"),
    ("room-unit", "room_cost: 0.1 EUR/dose", "room_cost: 0.1 EUR/kg", "HF104", "81:16", "'0.1 EUR/kg' is in EUR/kg, but this is in EUR/dose", "did you mean 0.1 EUR/dose?"),
    ("holding-of", "of: value}", "of: volume}", "HF107", "82:41", "'volume' is not one of value", "did you mean value?"),
    ("constant-zero", "order_up_to: 2 tonnes", "order_up_to: 0 tonnes", "HF204", "95:91", "order_up_to (0 kg) is below reorder_point (1 thousand kg), so no order restores stock", "raise order_up_to, or use kind: r_Q"),
    ("unknown-field", "room_cost: 0.1", "roomcost: 0.1", "HF101", "81:5", "'roomcost' is not a field here", "did you mean room_cost?"),
    ("holdcost", "holding_cost: {value: 5 %/year", "holding_cost: {value: 5 %", "HF104", "82:27", "'5 %' is in %, but this is in %/year", "did you mean 5 %/year?"),
    ("rate-unit", "rate: 1 per 40 years", "rate: 40 years", "HF104", "83:22", "'40 years' is in years, but this is in /year", "did you mean 40 /year?"),
    ("while-active", "from: chemicals}", "from: chemicals, while: mill.runing}", "HF201", "95:125", "'runing' is not one of the states of mill", "did you mean running?"),
    ("each", "    starts: open\n", "    starts: open\n    each: good\n", "HF113", "11:5", "one copy a good is not supported yet", "leave it out, or see docs/reference/language.md for what is"),
    ("fails-missing", "fails: {mtbf: 5 weeks, mttr: 1 week}", "fails: {mtbf: 5 weeks}", "HF102", "61:16", "'mttr' must be said", "add mttr: ...   # Mean time to repair; may change."),
    ("review0", "review_period: 1 week", "review_period: 0 weeks", "HF109", "95:46", "'0 weeks' is no time at all", "write more than 0 days"),
    ("served-neg", "low: 2 weeks}", "low: -2 weeks}", "HF109", "107:51", "'-2 weeks' is negative", "write 0 or more"),
    ("carried-empty", "carries: [powder]", "carries: []", "HF202", "95:107", "chemicals does not carry powder", "add powder to channels.chemicals.carries, or order from another channel"),
    ("closes", "    runs: yes\n", "    runs: yes\n    closes: soon\n", "HF106", "56:13", "'soon' is not a date", "write it as 2006-07-02 or 2006-07"),
    ("finished0", "start: 2021-01\n", "start: 2021-01\n      finished: 2019-01\n", "HF106", "49:17", "'2019-01' lies before clock.start, 2020-01-06", "write a later date"),
    ("unlimited-retainer", "in_transit: held\n", "in_transit: held\n    retainer: 1 EUR\n", "HF104", "32:15", "'1 EUR' is in EUR, but this is in EUR/year", "did you mean 1 EUR/year?"),
    ("delivered-law", "    minimum_order: 1 thousand doses\n", "    delivered: {normal: {mean: 90 %, sd: 10 %}}\n", "HF112", "29:16", "a shipment arrives to no less than 0 % and no more than 100 %, and this law goes beyond", "write {beta: {mean: 90 %, cv: 0.1}} or {uniform: [80 %, 100 %]}"),
    ("delivered-more", "    minimum_order: 1 thousand doses\n", "    delivered: 110 %\n", "HF108", "29:16", "'110 %' cannot be a share: it lies outside 0 to 100 %", "write 0 % to 100 %"),
    ("delivered-nothing", "    minimum_order: 1 thousand doses\n", "    delivered: 0 %\n", "HF109", "29:16", "a channel that normally delivers nothing is no source", "write more than 0 %, or close it with open: no"),
    ("short-by-unit", "    minimum_order: 1 thousand doses\n", "    short_by: {gamma: {mean: 3 kg, cv: 0.5}}\n", "HF104", "29:30", "'3 kg' is in kg, but this is in doses", "did you mean 3 doses?"),
    ("short-by-law", "    minimum_order: 1 thousand doses\n", "    short_by: {normal: {mean: 3 doses, sd: 2 doses}}\n", "HF112", "29:15", "no shipment lacks less than nothing, and this law goes below 0", "write a law from 0 on, such as gamma or uniform"),
    ("share-cap", "capacity: unlimited\n    in_transit: passes\n  chemicals", "capacity: {share: -5 %}\n    in_transit: passes\n  chemicals", "HF109", "37:23", "'-5 %' is negative", "write 0 or more"),
    ("scalar-as-map", "demand: {pill: {poisson", "demand: {pills: {poisson", "HF201", "106:14", "'pills' is not one of the goods", "did you mean pill?"),
    ("store-keeps-unk", "      powder:\n        opening", "      powde:\n        opening", "HF202", "64:17", "no store keeps the input powder", "add keeps.powder to a store"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "message", "fix"), [r[1:] for r in RULES], ids=[r[0] for r in RULES]
)
def test_each_rule_is_told_with_its_place_and_fix(old, new, code, place, message, fix):
    assert old in SMALL
    found = problems_of(SMALL.replace(old, new, 1))
    told = [(p.code, f"{p.place.line}:{p.place.column}", p.message, p.fix) for p in found]
    assert (code, place, message, fix) in told
    assert len(found) <= 2, "one mistake is told once, not over and over"
    assert all(p.code in CODES and p.path for p in found)


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("week", "'week' has a meaning of its own and cannot count a good"),
        ("EUR", "'EUR' has a meaning of its own and cannot count a good"),
        ("lot", "'lot' has a meaning of its own and cannot count a good"),
        ("dose 2%", "'dose 2%' is not the name of a unit"),
    ],
)
def test_a_good_is_not_counted_in_what_has_a_meaning_of_its_own(unit, said):
    """Else 2 EUR/week would be a price or a cost per time, as it stands."""
    text = SMALL.replace("{unit: dose}", f"{{unit: {unit}}}").replace("doses", f"{unit}").replace("/dose", f"/{unit}")
    told = [(p.code, p.path, p.message) for p in problems_of(text)]
    assert ("HF104", "goods.pill.unit", said) in told


def test_problems_of_base_alternative_and_what_if_come_together():
    text = (
        SMALL.replace("price: 3 EUR/dose", "price: 3 EUR/kg")
        .replace("{abroad: 70 %, near: 30 %}", "{abroad: 70 %, near: 40 %}")
        .replace("stores.depot.capacity: 8", "stores.depo.capacity: 8")
        .replace("cut: {regimes.trade.starts: closed}", "cut: {regimes.trade.starts: close}")
    )
    assert [p.code for p in problems_of(text)] == ["HF104", "HF203", "HF301", "HF201"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("horizon: 5 years", "horizon: 5 yeers", "HF104"),
        ("on_hand: 1 month, under_way: none", "on_hand: 1 month, under_way: steady", None),
        ("from: chemicals}", "from: chemicalz}", "HF201"),
        ("draws_from: depot", "draws_from: depo", "HF201"),
        ("  chemicals:\n", "  spare: {like: chemicalz}\n  chemicals:\n", "HF302"),
        ("  chemicals:\n", "  spare: {like: other}\n  other: {like: spare}\n  chemicals:\n", "HF303"),
    ],
)
def test_what_follows_from_a_mistake_is_none_of_its_own(old, new, code):
    """A unit misspelt makes no horizon too short, a source misspelt leaves no store without an order, and so on.

    A store misspelt that a consumer draws from leaves no cover without use; a copy of nothing lacks no field.
    """
    text = SMALL.replace("on_hand: 1 month, under_way: none", "on_hand: 1 month, under_way: steady")
    assert [p.code for p in problems_of(text.replace(old, new, 1))] == ([code] if code else [])


def test_a_missing_field_does_not_hide_a_wrong_unit():
    text = SMALL.replace("    in_transit: held\n", "", 1).replace("price: 3 EUR/dose", "price: 3 EUR/kg")
    assert [p.code for p in problems_of(text)] == ["HF102", "HF104"]
