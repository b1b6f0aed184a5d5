"""Random scenario files for Hypothesis: the whole way from what a person writes to what the engine records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn

Block = dict[str, Any]


def text(block: Block, indent: int = 0) -> str:
    """A block of names as YAML; lists and empty blocks in one line."""
    lines = []
    for key, value in block.items():
        if isinstance(value, dict) and value:
            lines.append(f"{' ' * indent}{key}:\n{text(value, indent + 2)}")
        else:
            lines.append(f"{' ' * indent}{key}: {_inline(value)}\n")
    return "".join(lines)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(v) for v in value) + "]"
    return str(value)


class Writer:
    """Draws the pieces of one scenario file."""

    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw
        self.goods = ["ball", "blank"][: self.whole(1, 2)]
        self.has_plant = self.flip()
        self.has_project = self.has_plant and self.flip()
        self.has_range = self.flip()
        self.has_prices = self.flip()
        self.has_reserve = self.flip()
        self.has_own_stock = self.flip()

    def whole(self, low: int, high: int) -> int:
        """A whole number."""
        return self.draw(st.integers(low, high))

    def flip(self) -> bool:
        """Yes or no."""
        return self.draw(st.booleans())

    def pick(self, choices: Sequence[Any]) -> Any:
        """One of several."""
        return self.draw(st.sampled_from(choices))

    def law(self, low: int, high: int, unit: str) -> Any:
        """A law of amounts or durations, by the parameters that people know."""
        mean = self.whole(low, high)
        return self.pick(
            (
                {"exponential": {"mean": f"{mean} {unit}"}},
                {"lognormal": {"mean": f"{mean} {unit}", "cv": 0.6}},
                {"lognormal": {"median": f"{mean} {unit}", "p90": f"{2 * mean} {unit}"}},
                {"uniform": [f"{low} {unit}", f"{high + 1} {unit}"]},
                {"pert": {"best": f"{low} {unit}", "likely": f"{mean} {unit}", "worst": f"{high + 1} {unit}"}},
                {"gamma": {"mean": f"{mean} {unit}", "cv": 0.5}},
                {
                    "mixture": [
                        {"weight": "60 %", "exponential": {"mean": f"{mean} {unit}"}},
                        {"weight": "40 %", "lognormal": {"mean": f"{2 * mean} {unit}", "cv": 0.3}},
                    ]
                },
                f"{mean} {unit}",
            )
        )

    def changing(self, usually: Any, other: Any) -> Any:
        """A value that may change with the world, with a signal or from a date on."""
        kind = self.whole(0, 5)
        if kind == 0:
            return {"usually": usually, "while": {"trade": {"closed": other}}}
        if kind == 1:
            return {"usually": usually, "while": {"low": other}}
        if kind == 2:
            return {"usually": usually, "since": {"2026-06-01": other}}
        if kind == 3:
            return {"usually": usually, "while": {"trade": {"slow": other}, "low": other}, "since": {"2026-09": other}}
        return usually

    def regimes(self) -> Block:
        """A trade regime of three states, with and without age, script and warning."""
        weeks = "weeks"
        trade: Block = {
            "starts": self.pick(("open", "closed", "{state: open, age: 9 weeks}")),
            "states": {
                "open": {
                    "lasts": self.law(4, 30, weeks),
                    "then": self.pick(({"closed": "70 %", "slow": "30 %"}, "slow")),
                    "pace": self.pick((1, {"usually": 1, "while": {"tensions": {"crisis": "times 3"}}})),
                },
                "slow": {"lasts": self.law(2, 12, weeks), "then": "closed"},
                "closed": {
                    "lasts": self.law(2, 12, weeks),
                    "then": self.pick(("open", {"open": "60 %", "slow": "40 %"})),
                },
            },
            "warning": {"of": "closed", "lead": self.law(1, 6, weeks), "seen": "60 %", "false_alarms": "1/year"},
        }
        if self.flip():
            trade["script"] = [{"from": "2026-04-06", "state": "closed"}, {"from": "2026-08-03", "state": "open"}]
        calm = {"lasts": self.law(8, 40, weeks), "then": "crisis"}
        tensions = {
            "starts": "calm",
            "states": {"calm": calm, "crisis": {"lasts": self.law(2, 10, weeks), "then": "calm"}},
        }
        return {"tensions": tensions, "trade": trade}

    def channels(self) -> Block:
        """Two import routes; the second may be like the first."""
        partner: Block = {
            "carries": self.goods,
            "price": self.price("2 USD/round"),
            "lead_time": self.pick(("0 weeks", self.law(1, 6, "weeks"))),
            "capacity": self.pick(
                (
                    {
                        "usually": "60 rounds/week",
                        "while": {"trade": {"closed": "0 rounds/week", "slow": "times 40 %"}},
                    },
                    {"usually": {"share": "80 %"}, "while": {"trade": {"closed": "0 %"}}},
                    "unlimited",
                )
            ),
            "paid": self.pick(({"on_receipt": "100 %"}, {"on_order": "30 %", "on_receipt": "70 %"})),
            "in_transit": self.pick(("passes", "held", "lost", "refunded")),
        }
        if self.flip():
            partner["minimum_order"] = f"{self.whole(1, 8)} rounds"
        if self.flip():
            partner["crossover"] = "no"
        if self.flip():
            partner["delivered"] = self.changing({"beta": {"mean": "90 %", "cv": "0.1"}}, "40 %")
        if self.flip():
            partner["short_by"] = self.law(1, 4, "rounds")
        if self.has_range:
            partner["inspection"] = "range"
        second = {
            "like": "partner",
            "open": self.changing("yes", "no"),
            "price": "3 USD/round",
            "retainer": "52 USD/year",
        }
        found: Block = {"partner": partner, "second": second}
        if self.has_plant:
            found["inputs-route"] = {
                "carries": ["inputs"],
                "price": self.price("0.5 USD/set"),
                "lead_time": "3 weeks",
                "capacity": self.changing("80 sets/week", "times 40 %"),
                "in_transit": "held",
            }
        return found

    def price(self, usually: str) -> Any:
        """A price that may move with indices."""
        if self.has_prices and self.flip():
            return {"value": usually, "moves_with": ["copper", "currency"]}
        return self.changing(usually, "times 2")

    def plants(self) -> Block:
        """One plant of two lines, with or without a project."""
        line: Block = {
            "makes": [self.goods[0]],
            "nameplate": self.changing(f"{self.whole(10, 60)} rounds/week", "times 50 %"),
            "fails": {"mtbf": "5 weeks", "mttr": self.changing("1 week", "times 2")},
            "performance": "72 %",
            "yield": self.changing("98 %", "80 %"),
            "takes": {"inputs": "1.03 sets/round"},
            "variable_cost": self.price("0.3 USD/round"),
        }
        plant: Block = {
            "runs": self.pick(("yes", {"usually": "warm_base", "while": {"low": "yes"}})),
            "restart": f"{self.whole(0, 4)} weeks",
            "fixed_cost": {"running": "520 USD/year", "warm_base": "104 USD/year"},
            "lines": {"first": line, "second": {"like": "first", "makes": self.goods, "changeover": "1 week"}},
            "lines_built": self.whole(1, 2),
            "production": {
                "kind": "produce_to_target",
                "target": self.changing("8 weeks", "12 weeks"),
                "choose": "lowest_cover",
            },
            "output_to": "depot",
        }
        if self.has_project:
            plant["project"] = self.project()
        if self.flip():
            plant["closes"] = "2026-11-02"
        if self.has_range and self.flip():
            plant["inspection"] = "range"
        return {"maracay": plant}

    def project(self) -> Block:
        """Building work that may stall and be given up."""
        return {
            "start": self.pick(("2026-01-19", "2026-03-02", "never")),
            "planned_duration": f"{self.whole(1, 10)} weeks",
            "schedule_ratio": {"lognormal": {"median": 1.35, "p90": 2.0}},
            "stalls": {"rate": self.changing("5/year", "times 4"), "last": self.law(1, 6, "weeks")},
            "cancelled": {"rate": "100 %/year", "while": self.pick(("stalled", "building"))},
            "capex": "5000 USD",
            "overrun": {"lognormal": {"median": 1.3, "p90": 2.2}},
            "ramp_up": {"from": "20 %", "over": f"{self.whole(0, 8)} weeks"},
        }

    def inspections(self) -> Block:
        """A range where lots are accepted or not."""
        found: Block = {
            "plan": {"sample_size": 20, "acceptance_number": 1},
            "defective": {"beta": {"mean": "4 %", "cv": 0.6}},
            "hold": self.law(1, 3, "weeks"),
            "rejected": {"rework": "50 %", "takes": f"{self.whole(1, 3)} weeks"},
            "cost": "6 USD/lot",
        }
        if self.flip():
            found |= {"lot": f"{self.whole(5, 40)} rounds", "capacity": self.changing("3 lots/week", "1 lot/week")}
        return {"range": found}

    def keep(self) -> Block:
        """One good in the depot."""
        sources = self.pick(("partner", {"partner": "60 %", "second": "40 %"}, {"partner": "100 %", "second": "0 %"}))
        ordering: Block = {
            "review_period": f"{self.whole(1, 4)} weeks",
            "from": sources,
            "if_full": self.pick(("reroute", "wait")),
        }
        ordering |= self.pick(
            (
                {
                    "kind": "base_stock",
                    "order_up_to": self.changing({"cover": "6 weeks", "beyond": "lead_time"}, "20 weeks"),
                    **({"order_at_most": self.changing("60 rounds", "3 weeks")} if self.flip() else {}),
                },
                {"kind": "vector_base_stock", "from": "partner", "levels": ["14 weeks", "9 weeks", "70 rounds"]},
                {
                    "kind": "tailored_base_surge",
                    "regular": "partner",
                    "expedited": "second",
                    "order_quantity": "30 rounds",
                    "expedite_up_to": "5 weeks",
                },
                {"kind": "s_S", "reorder_point": "6 weeks", "order_up_to": self.changing("14 weeks", "20 weeks")},
                {"kind": "r_Q", "reorder_point": self.changing("9 weeks", "12 weeks"), "order_quantity": "40 rounds"},
                {"kind": "constant_order", "order_quantity": "35 rounds"},
            )
        )
        if "regular" in ordering:
            del ordering["from"]
        links = self.has_reserve and len(self.goods) == 1 and "regular" not in ordering and self.whole(0, 2) > 0
        if links and ordering["kind"] != "vector_base_stock":
            way = {
                "lead_time": self.pick(
                    ("2 weeks", {"uniform": ["1 week", "5 weeks"]}, self.changing("0 weeks", "3 weeks"))
                )
            }
            ordering["from"] = self.pick(
                ({"reserve": way}, {"partner": "30 %", "reserve": {"share": "70 %", "cost": "0.1 USD/round", **way}})
            )
        else:
            links = False
        found: Block = {
            "opening": {
                "on_hand": self.pick(("9 weeks", "100 rounds", "0 rounds")),
                "under_way": self.pick(("none", "steady", {"2026-02-02": "30 rounds", "2026-02-16": "2 weeks"})),
            },
            "issue": self.pick(("oldest_first", "youngest_first", "at_random")),
            "ordering": ordering,
        }
        if not links and self.flip():
            found["shelf_life"] = self.pick(("6 weeks", {"value": "16 weeks", "in_classes_of": "4 weeks"}))
            found["disposal_cost"] = "0.2 USD/round"
        return found

    def stores(self) -> Block:
        """A depot, and perhaps a reserve and a store of inputs."""
        depot: Block = {
            "capacity": self.pick(("unlimited", "260 rounds", self.changing("300 rounds", "times 70 %"))),
            "overflow": self.pick(("waits", "refused")),
            "room_cost": "0.2 USD/round",
            "holding_cost": self.pick(({"value": "10 %/year", "of": "value"}, "0.1 USD/round/year")),
            "waiting_cost": self.pick(({"value": "40 %/year", "of": "value"}, "0.02 USD/round/week")),
            "accident": {"rate": self.changing("2/year", "times 3"), "destroys": {"uniform": ["5 %", "40 %"]}},
            "keeps": {
                good: self.keep() if i == 0 or self.flip() else {"like": self.goods[0]}
                for i, good in enumerate(self.goods)
            },
        }
        found = {"depot": depot}
        if self.has_reserve:
            opening: Block = {"opening": {"on_hand": "60 rounds", "under_way": "none"}}
            if self.flip():
                rule = {"kind": "base_stock", "review_period": "2 weeks", "order_up_to": "90 rounds", "from": "partner"}
                opening["ordering"] = rule
            found["reserve"] = {
                "capacity": "unlimited",
                "open": self.pick(("no", {"usually": "no", "while": {"low": "yes"}})),
                "keeps": {self.goods[0]: opening},
            }
        if self.has_plant:
            ordering: Block = {
                "kind": "base_stock",
                "review_period": "1 week",
                "order_up_to": {"cover": "5 weeks", "beyond": "lead_time"},
                "from": "inputs-route",
            }
            if self.has_project:
                ordering["while"] = "maracay.running"
            keep = {"opening": {"on_hand": "50 sets", "under_way": "none"}, "ordering": ordering}
            found["input-store"] = {"capacity": "unlimited", "keeps": {"inputs": keep}}
        return found

    def consumers(self) -> Block:
        """Two users of different rank."""
        stores = ["reserve", "depot"] if self.has_reserve else "depot"
        first = self.goods[0]
        demand = {good: {"usually": self.demand(), "while": {"tensions": {"crisis": "times 2"}}} for good in self.goods}
        military: Block = {
            "draws_from": "depot",
            "priority": 1,
            "demand": demand,
            "unmet": "backordered",
            "shortage_cost": "0.5 USD/round/week",
        }
        if self.flip():
            military["saves"] = {"share": self.changing("0 %", "40 %"), "within": "3 weeks", "cost": "0.2 USD/round"}
        police: Block = {
            "draws_from": stores,
            "priority": self.whole(1, 2),
            "demand": {first: self.demand()},
            "unmet": "lost",
            "shortage_cost": "9 USD/round",
        }
        if self.has_own_stock:
            police["own_stock"] = {"order_up_to": self.changing("2 weeks", "4 weeks")}
        if self.flip():
            police["served_above"] = self.changing("0 weeks", "2 weeks")
        if self.flip():
            police["at_most"] = self.changing("150 %", "80 %")
        return {"military": military, "police": police}

    def demand(self) -> Any:
        """A law of weekly demand."""
        mean = f"{self.whole(2, 15)} rounds/week"
        return self.pick(
            (
                {"gamma": {"mean": mean, "cv": 0.4}},
                {"poisson": {"mean": mean}},
                {"normal": {"mean": mean, "cv": 0.2}},
                {"lognormal": {"mean": mean, "cv": 0.5}},
                {"fixed": mean},
            )
        )

    def signals(self) -> Block:
        """Signals of every kind; all values above read `low`."""
        kinds: list[Block] = [
            {"cover_of": "depot", "below": "4 weeks", "until": "6 weeks", "noticed_after": f"{self.whole(0, 3)} weeks"},
            {"backorders_of": "military", "above": "10 rounds", "until": "2 rounds"},
            {"warning_of": "trade.closed", "for": "6 weeks"},
        ]
        if self.has_own_stock:
            kinds.append({"cover_of": "police", "below": "1 week", "until": "2 weeks"})
        return {"low": self.pick(kinds)}

    def alternatives(self) -> Block:
        """What is ours to choose."""
        more = {"stores.depot.capacity": "400 rounds", "stores.depot.keeps.all.ordering.review_period": "2 weeks"}
        found: Block = {"today": {"title": "As today"}, "more": more}
        if self.has_project:
            found["plant"] = {"like": ["more"], "plants.maracay.project.start": "2026-02-02"}
        return found

    def what_if(self) -> Block:
        """The world otherwise."""
        found: Block = {
            "cut": {"regimes.trade.script": [{"from": "2026-03-02", "state": "closed"}]},
            "short": {"regimes.trade.states.closed.lasts": "2 weeks", "consumers.police.unmet": "backordered"},
        }
        found["short"]["consumers.police.shortage_cost"] = "1 USD/round/week"
        if self.has_project:
            found["on-time"] = {"plants.maracay.project.finished": "2026-05-04"}
        return found


@st.composite
def texts(draw: DrawFn) -> str:
    """A random valid scenario file."""
    w = Writer(draw)
    goods = {good: {"unit": "round"} for good in w.goods}
    if w.has_plant:
        goods["inputs"] = {"unit": "set"}
    file: Block = {
        "holdfast": 1,
        "name": "random",
        "clock": {"start": "2026-01-05", "period": "1 week", "horizon": "52 weeks", "cover_at": "normal"},
        "money": {"currency": "USD", "price_year": 2026, "discount_rate": "4 %/year"},
        "goods": goods,
        "regimes": w.regimes(),
    }
    if w.has_prices:
        copper = {"mean_reverting": {"level": 1, "half_life": "1 year", "volatility": "25 %/year"}}
        file["prices"] = {"copper": copper, "currency": {**copper, "correlated_with": {"copper": "40 %"}}}
    file |= {"signals": w.signals(), "channels": w.channels()}
    if w.has_plant:
        file["plants"] = w.plants()
    if w.has_range:
        file["inspections"] = w.inspections()
    file |= {"stores": w.stores(), "consumers": w.consumers()}
    judged = {"consumer": "military", "measure": "fill_rate", "at_least": "95 %", "in": "90 % of futures"}
    file["standards"] = {
        "whole": judged,
        "closed": {**judged, "during": {"trade": "closed"}, "within": "8 weeks"},
    }
    return text(file | {"alternatives": w.alternatives(), "what_if": w.what_if()})
