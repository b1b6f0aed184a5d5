"""Made-up data for every kind of chart, in the shape of web/src/data.ts, so that the page can be tested by itself."""

import math
import random

PLANS = [
    ("imports", "Imports only, as today", 233, 17, 21, 26),
    ("store-more", "Eleven months on the shelf instead of five", 247, 65, 51, 61),
    ("two-years", "Two years on the shelf", 273, 90, 94, 91),
    ("second-and-store", "A second channel outside both blocs, and eleven months", 288, 74, 56, 76),
    ("save", "Save when stocks are low: training at 60 %", 236, 22, 26, 33),
    ("plant", "The plant; once it runs, imports only below five months", 475, 16, 20, 34),
    ("plant-and-store", "The plant, and eleven months on the shelf", 489, 80, 61, 75),
    ("bridge", "Eleven months until the plant runs, then five", 481, 58, 48, 60),
    ("order-on-warning", "Order ahead when warned", 234, 18, 21, 26),
]
STANDARDS = ["crisis-start", "crisis-whole", "police-served"]
YEARS = 30


def estimate(value: float, half: float) -> dict:
    return {"estimate": value, "low": value - half, "high": value + half}


def share(value: float) -> dict:
    return {"estimate": value, "low": max(0.0, value - 0.006), "high": min(1.0, value + 0.006)}


def verdict(percent: int) -> str:
    return "yes" if percent > 90 else "unsure" if percent == 90 else "no"


def table(columns: list[str], rows: list[list]) -> dict:
    numeric = [all(isinstance(row[i], (int, float)) for row in rows) for i in range(len(columns))]
    return {
        "columns": [{"label": label, "numeric": n} for label, n in zip(columns, numeric, strict=True)],
        "rows": rows,
    }


def chart(name: str, read: str, views: list[dict], control: str = "none", label: str = "") -> dict:
    return {"id": name, "read": read, "control": control, "controlLabel": label, "views": views}


def view(title: str, subtitle: str, data: dict, tab: dict, label: str = "") -> dict:
    return {"label": label, "title": title, "subtitle": subtitle, "table": tab, "data": data}


def grid() -> dict:
    rows = [
        {"plan": i, "cells": [{"share": share(v / 100), "verdict": verdict(v)} for v in plan[3:]]}
        for i, plan in enumerate(PLANS)
    ]
    data = {
        "kind": "grid",
        "columns": [{"label": name, "note": "95 % served, asked in 90 of 100", "asked": 0.9} for name in STANDARDS],
        "rows": rows,
    }
    tab = table(["plan", *STANDARDS], [[plan[0], *[v / 100 for v in plan[3:]]] for plan in PLANS])
    one = view("Only two-years meets the standards in 90 of 100 futures", "Each cell is one of 100 futures", data, tab)
    return chart("frequencies", "A filled cell is a future in which the standard is met.", [one])


def dots() -> dict:
    points = [{"plan": i, "x": estimate(plan[2], 4), "y": share(plan[3] / 100)} for i, plan in enumerate(PLANS)]
    data = {
        "kind": "dots",
        "xLabel": "cost, million USD of 2006",
        "yLabel": "futures that meet crisis-start",
        "asked": 0.9,
        "points": points,
    }
    tab = table(
        ["plan", "cost", "met"], [[PLANS[p["plan"]][0], p["x"]["estimate"], p["y"]["estimate"]] for p in points]
    )
    title = "Two years on the shelf serves best, and costs 40 million USD more than today"
    return chart(
        "cost-service",
        "Up is better, left is cheaper; bars are 95 % intervals.",
        [view(title, "Mean cost and service", data, tab)],
    )


def fan(rng: random.Random) -> dict:
    x = [k * 7 * 13 / 365.25 for k in range(120)]
    panels = []
    for i, plan in enumerate(PLANS):
        level = {0: 150, 1: 320, 2: 690, 3: 330, 6: 370, 7: 260}.get(i, 155)
        middle = [level * (0.9 + 0.1 * math.sin(k / 9)) for k in range(120)]
        futures = []
        for _ in range(3):
            at, path = level, []
            for _ in range(120):
                at = max(0.0, at + rng.gauss(0, level / 9) + (level - at) / 8)
                path.append(round(at, 1))
            futures.append(path)
        panels.append(
            {
                "plan": i,
                "low": [max(0.0, v - level * 0.8) for v in middle],
                "lower": [v * 0.6 for v in middle],
                "middle": middle,
                "upper": [v * 1.25 for v in middle],
                "high": [v * 1.6 for v in middle],
                "futures": futures,
                "mark": {"x": 7.4, "text": "1 in 10 empty from 2013"} if plan[3] < 30 else None,
            }
        )
    data = {"kind": "fan", "start": 2006.0, "unit": "days of supply", "x": x, "panels": panels}
    tab = table(
        ["plan", "year", "median"],
        [[PLANS[p["plan"]][0], 2006 + x[k], p["middle"][k]] for p in panels for k in (0, 60)],
    )
    title = "With imports, one future in ten has an empty depot by 2013"
    return chart(
        "stock",
        "The dark line is the median.",
        [view(title, "Ball cartridges on hand, days of supply at the normal rate", data, tab, "ball")],
    )


def supply() -> dict:
    years = range(YEARS)
    layers = [
        {
            "label": "made at home",
            "values": [0.0] * 9 + [min(12.0, 1.2 * (k - 8)) for k in range(9, YEARS)],
            "home": True,
        },
        {
            "label": "The partner's state exporter",
            "values": [14.0 - (4 if k > 12 else 0) for k in years],
            "home": False,
        },
        {"label": "Other makers, under licence", "values": [10.0 - (5 if k > 12 else 0) for k in years], "home": False},
    ]
    wanted = [30.0 + 3 * math.sin(k / 3) for k in years]
    data = {
        "kind": "supply",
        "start": 2006.0,
        "unit": "million rounds",
        "layers": layers,
        "wanted": {"label": "wanted", "values": wanted},
        "low": [0.98 * sum(one["values"][k] for one in layers) for k in years],
        "high": [1.02 * sum(one["values"][k] for one in layers) for k in years],
    }
    tab = table(
        ["year", "wanted", *[one["label"] for one in layers]],
        [[2006 + k, wanted[k], *[one["values"][k] for one in layers]] for k in years],
    )
    one = view(
        "From 2018 on, 4 of 10 rounds are made at home", "Mean over futures, million rounds a year", data, tab, "plant"
    )
    two = view(
        "All comes from abroad",
        "Mean over futures, million rounds a year",
        {**data, "layers": layers[1:]},
        tab,
        "imports",
    )
    return chart("supply", "Bars are what came in; the line is what was wanted.", [one, two], "select", "Plan")


def heat() -> list[dict]:
    values = [
        [round(max(0.0, (30 - plan[3] / 4) * (0.4 + 0.6 * math.sin((k + i) / 5))), 2) for k in range(YEARS)]
        for i, plan in enumerate(PLANS)
    ]
    data = {
        "kind": "heat",
        "unit": "% of demand",
        "rows": [{"label": plan[0], "plan": i} for i, plan in enumerate(PLANS)],
        "columns": [str(2006 + k) for k in range(YEARS)],
        "values": values,
        "spans": [[[0.9 * x, 1.1 * x] for x in row] for row in values],
        "max": 35.0,
        "good": False,
        "numbers": False,
    }
    tab = table(["plan", *data["columns"]], [[PLANS[i][0], *row] for i, row in enumerate(values)])
    years = chart(
        "shortage",
        "The darker, the more was missing.",
        [view("Shortage is worst around 2014", "Share of demand not served on time, %", data, tab)],
    )
    worlds = [
        "base world",
        "as-promised",
        "as-it-happened",
        "short-episodes",
        "long-regimes",
        "cut-today",
        "cut-in-2020",
    ]
    met = [[float(max(0, plan[3] - 9 * k)) for k in range(len(worlds))] for plan in PLANS]
    other = {
        **data,
        "unit": "% of futures",
        "columns": worlds,
        "values": met,
        "max": 100.0,
        "good": True,
        "numbers": True,
    }
    tab = table(["plan", *worlds], [[PLANS[i][0], *row] for i, row in enumerate(met)])
    return [
        years,
        chart(
            "worlds",
            "Blue is good.",
            [view("In as-it-happened, plant-and-store serves best", "Futures that meet every standard, %", other, tab)],
        ),
    ]


def opening(rng: random.Random) -> dict:
    dots = sorted(4.5 * rng.lognormvariate(0.42, 0.32) + (3 if rng.random() < 0.2 else 0) for _ in range(50))
    dots = [round(v, 2) if v < YEARS and i < 46 else None for i, v in enumerate(dots)]
    data = {
        "kind": "opening",
        "start": 2006.0,
        "end": 30.0,
        "dots": dots,
        "promised": 5.0,
        "median": 8.2,
        "happened": 19.5,
    }
    tab = table(
        ["future", "opens"],
        [[i + 1, "not within the horizon" if v is None else str(2006 + v)] for i, v in enumerate(dots)],
    )
    return chart(
        "opening",
        "Each dot is one of 50 equally likely futures.",
        [
            view(
                "Promised for 2010, half of futures open by 2014, and it opened in 2025",
                "Opening of maracay",
                data,
                tab,
            )
        ],
    )


def waterfall() -> dict:
    steps = [("nameplate", 70), ("effective capacity", 42), ("output", 31), ("accepted", 30), ("delivered", 30)]
    data = {
        "kind": "waterfall",
        "unit": "million rounds a year",
        "steps": [{"label": n, "value": v, "low": v - 0.4, "high": v + 0.4} for n, v in steps],
    }
    return chart(
        "five-numbers",
        "Dashed is lost.",
        [
            view(
                "Of 70 million a year on the plate, 30 reach people",
                "plant, years 10 to 30",
                data,
                table(["step", "value"], [list(s) for s in steps]),
            )
        ],
    )


def spent(plan: tuple, kind: int) -> float:
    """What a plan spends on a kind; only plants have capex, which is kind 1."""
    part = 0.8 if kind == 0 else 0.2 / (kind + 1)
    return round(plan[2] * part, 1) if kind != 1 or "plant" in plan[0] else 0.0


def panels() -> dict:
    kinds = ["imports", "capex", "production", "fixed", "holding", "inspection", "room", "retainer"]
    data = {
        "kind": "panels",
        "unit": "million USD of 2006",
        "plans": list(range(len(PLANS))),
        "panels": [
            {
                "label": kind,
                "values": [spent(plan, k) for plan in PLANS],
                "spans": [[0.95 * spent(plan, k), 1.05 * spent(plan, k)] for plan in PLANS],
            }
            for k, kind in enumerate(kinds)
        ],
    }
    tab = table(
        ["plan", *kinds], [[plan[0], *[p["values"][i] for p in data["panels"]]] for i, plan in enumerate(PLANS)]
    )
    return chart(
        "costs",
        "One panel a kind, one bar a plan, one scale.",
        [view("The plant adds 180 million USD of capex", "Mean over futures, million USD of 2006", data, tab)],
    )


STRIPS = [
    {
        "label": "tensions",
        "spells": [
            {"from": 0, "to": 12.2, "state": "calm", "calm": True},
            {"from": 12.2, "to": 13.1, "state": "crisis", "calm": False},
            {"from": 13.1, "to": 29.9, "state": "calm", "calm": True},
        ],
    },
    {
        "label": "sanctions",
        "spells": [
            {"from": 0, "to": 8, "state": "free", "calm": True},
            {"from": 8, "to": 11, "state": "partial", "calm": False},
            {"from": 11, "to": 16, "state": "embargo", "calm": False},
            {"from": 16, "to": 29.9, "state": "free", "calm": True},
        ],
    },
]


def timeline(rng: random.Random) -> dict:
    x = [(k + 1) * 28 / 365.25 for k in range(390)]
    views = []
    for name in ("typical", "bad", "worst"):
        bad = {"typical": 0.02, "bad": 0.1, "worst": 0.25}[name]
        short = [max(0.0, rng.gauss(0.1, 0.2)) if rng.random() < bad else 0.0 for _ in x]
        rows = [
            {
                "label": "Stock",
                "unit": "days of supply",
                "form": "line",
                "bad": False,
                "series": [
                    {"label": g, "values": [100 + 60 * math.sin(k / 17 + j) for k in range(390)]}
                    for j, g in enumerate(["ball", "tracer", "blank"])
                ],
            },
            {
                "label": "Orders",
                "unit": "million rounds",
                "form": "bar",
                "bad": False,
                "series": [{"label": "orders", "values": [abs(rng.gauss(1.6, 0.7)) for _ in x]}],
            },
            {
                "label": "Output of plants",
                "unit": "million rounds",
                "form": "bar",
                "bad": False,
                "series": [{"label": "output", "values": [0.0 if k < 120 else 2.0 for k in range(390)]}],
            },
            {
                "label": "Shortage",
                "unit": "million rounds",
                "form": "bar",
                "bad": True,
                "series": [
                    {"label": "military", "values": short},
                    {"label": "police", "values": [v / 3 for v in short]},
                ],
            },
        ]
        data = {"kind": "timeline", "start": 2006.0, "x": x, "strips": STRIPS, "rows": rows}
        views.append(
            view(
                f"A {name} future: police are short for 14 weeks",
                "Replication 4211 of plan imports, by four weeks",
                data,
                table(["year", "ball"], [[2006 + x[k], rows[0]["series"][0]["values"][k]] for k in range(0, 390, 13)]),
                f"{name} (replication 4211)",
            )
        )
    return chart("one-future", "Orange strips are times of trouble.", views, "slider", "Future")


def survival() -> dict:
    x = list(range(0, 131))
    lines = [
        {
            "plan": i,
            "values": [1 / (1 + math.exp((k - 20 - plan[3] * 0.9) / 4)) for k in x],
            "median": 20 + plan[3] * 0.9,
        }
        for i, plan in enumerate(PLANS)
    ]
    for line in lines:
        line["low"] = [max(0.0, v - 0.03) for v in line["values"]]
        line["high"] = [min(1.0, v + 0.03) for v in line["values"]]
    data = {"kind": "survival", "xLabel": "weeks after everything is cut", "x": x, "lines": lines}
    tab = table(["plan", "median, weeks"], [[PLANS[line["plan"]][0], line["median"]] for line in lines])
    return chart(
        "survival",
        "A line that falls late is better.",
        [
            view(
                "two-years lasts 101 weeks, imports 35",
                "Share of futures in which the military is still served in full",
                data,
                tab,
                "military",
            )
        ],
    )


def bars() -> dict:
    rows = [
        ("crisis, embargo, peace", 41, 3),
        ("crisis, free, peace", 22, 2),
        ("calm, embargo, war", 18, 2),
        ("calm, embargo, peace", 9, 1),
        ("all others", 10, 1),
    ]
    data = {
        "kind": "bars",
        "unit": "% of what was short",
        "bars": [{"label": n, "value": estimate(v, h), "strong": i == 0} for i, (n, v, h) in enumerate(rows)],
    }
    return chart(
        "causes",
        "Longest first.",
        [
            view(
                "41 % of what was short fell in a crisis under embargo",
                "Share of all shortage, %",
                data,
                table(["state", "share", "half"], [list(r) for r in rows]),
            )
        ],
    )


def sankey() -> dict:
    nodes = [
        ("Partner", 0, False, False),
        ("Other makers", 0, False, False),
        ("The plant", 0, True, False),
        ("Depot", 1, False, False),
        ("military", 2, False, False),
        ("police", 2, False, False),
        ("scrapped, expired, lost", 2, False, True),
    ]
    links = [
        ("Partner", "Depot", 12),
        ("Other makers", "Depot", 8),
        ("The plant", "Depot", 9),
        ("Depot", "military", 25),
        ("Depot", "police", 3),
        ("Depot", "scrapped, expired, lost", 1),
    ]
    data = {
        "kind": "sankey",
        "unit": "million rounds a year",
        "nodes": [{"name": n, "depth": d, "home": h, "bad": b} for n, d, h, b in nodes],
        "links": [{"source": s, "target": t, "value": v} for s, t, v in links],
    }
    return chart(
        "flows",
        "The width of a band is the amount.",
        [
            view(
                "12 of 29 million rounds a year come from one seller",
                "Mean over futures, million rounds a year",
                data,
                table(["from", "to", "amount"], [list(link) for link in links]),
            )
        ],
    )


def cells() -> list[list[dict]]:
    """The rows of the table of plans."""
    return [
        [{"text": f"{p[2]}", "note": f"{p[2] - 40} to {p[2] + 50} in 90 % of futures", "verdict": None}]
        + [{"text": f"{v} %", "note": f"{v - 1} to {v + 1}", "verdict": verdict(v)} for v in p[3:]]
        + [{"text": "police, year 7.4", "note": "", "verdict": None}]
        for p in PLANS
    ]


METHOD = {
    "events": [
        {"phase": "world", "what": "regimes, warnings, prices, projects"},
        {"phase": "receipts", "what": "what is due clears"},
    ],
    "provenance": [{"label": "seed", "value": "7"}, {"label": "inputs, SHA-256", "value": "ab" * 32}],
    "citations": [{"what": "Shares of futures", "source": "Wilson, JASA 22 (1927) 209"}],
    "scenario": "holdfast: 1\nname: cartridge-plant\n",
}


def report() -> dict:
    """The data of a whole report."""
    rng = random.Random(7)
    sections = [
        ("service", "Which plans serve", [grid(), dots(), *heat()]),
        ("flow", "Stock and supply", [fan(rng), supply(), sankey(), survival()]),
        ("plant", "The plant", [opening(rng), waterfall()]),
        ("money", "Money", [panels()]),
        ("futures", "One future, and why", [timeline(rng), bars()]),
    ]
    return {
        "format": 1,
        "title": "A cartridge plant under sanctions",
        "question": "It is 2006. How much should be made at home, imported and stored, so that nobody runs short?",
        "made": "10,000 futures of 30 years, weekly, seed 7",
        "plans": [{"name": plan[0], "title": plan[1]} for plan in PLANS],
        "answer": [
            'Only "Two years on the shelf" meets the standards: 90 % of futures, 89.4 to 90.6, asked 90.',
            "It costs 40 million USD more than today (39 to 41). The plant does not.",
        ],
        "table": {
            "columns": [
                {"label": "cost", "note": "million USD of 2006, mean"},
                *[{"label": n, "note": "futures that meet it, asked 90 %"} for n in STANDARDS],
                {"label": "short first", "note": "in half of futures"},
            ],
            "rows": [{"plan": i, "cells": row} for i, row in enumerate(cells())],
            "note": "95 % intervals.",
        },
        "sections": [{"id": i, "title": t, "text": "", "charts": c} for i, t, c in sections],
        "evidence": {
            "summary": "This rests on 88 numbers: 14 stated by sources, 3 derived, 71 assumed (31 with a range).",
            "rows": [
                {
                    "where": "plants.maracay.lines.ball-1.nameplate",
                    "place": "cartridge-plant.yaml:162:11",
                    "value": "17.5 million rounds/year",
                    "kind": "derived",
                    "range": "12.5 million rounds/year to 17.5 million rounds/year",
                    "how": "a quarter of 70 million a year",
                    "quote": "up to 70 million cartridges a year",
                    "sources": ["rio-times"],
                    "hindsight": True,
                },
                {
                    "where": "regimes.tensions.states.calm.lasts",
                    "place": "cartridge-plant.yaml:31:9",
                    "value": "14 years",
                    "kind": "assumed",
                    "range": "7 years to 30 years",
                    "how": "",
                    "quote": "",
                    "sources": [],
                    "hindsight": False,
                },
            ],
            "sources": [
                {
                    "name": "rio-times",
                    "title": "Why This Factory Matters",
                    "publisher": "The Rio Times",
                    "date": "2025-07",
                    "link": "",
                }
            ],
        },
        "method": METHOD,
    }


HOSTILE = '<script>window.hacked=1</script>"><img src=x onerror="window.hacked=1">\'&amp;\u202e\u2066olleh'
"""What could end an element, begin another, or turn the direction of text."""


def hostile() -> dict:
    """The same report with hostile text everywhere that a person writes, some of it 10,000 characters long."""
    from holdfast.output.report_parts import clean

    data = report()
    long = HOSTILE + "x" * 10_000
    data["title"], data["question"] = long, HOSTILE
    data["plans"] = [{"name": f"{plan['name']}{HOSTILE}", "title": long} for plan in data["plans"]]
    data["answer"] = [HOSTILE, long]
    for section in data["sections"]:
        for chart_ in section["charts"]:
            for one in chart_["views"]:
                one["title"], one["label"] = HOSTILE + one["title"], HOSTILE + one["label"]
                one["table"]["rows"].append([HOSTILE] * len(one["table"]["columns"]))
    row = {**data["evidence"]["rows"][0], "where": HOSTILE, "value": HOSTILE, "how": long, "quote": long}
    data["evidence"]["rows"].append(row)
    data["evidence"]["sources"].append(
        {"name": "bad", "title": HOSTILE, "publisher": HOSTILE, "date": "", "link": "javascript:window.hacked=1"}
    )
    data["method"] = {**data["method"], "scenario": f"title: {long}\n</pre></script>"}
    return clean(data)
