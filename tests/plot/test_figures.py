"""Every chart of the report as a figure: the same words, the same numbers, and nothing on anything else."""

import re
from pathlib import Path

import numpy as np
import pytest

import holdfast as hf
from holdfast.output.plot import draw, style
from holdfast.output.report_charts import CHARTS
from tests.plot import looks
from tests.plot.conftest import CASES
from tests.report import fixture

WEB = Path(__file__).parents[2] / "web" / "src"
WIDTHS = (3.5, 7.0)


def figures(charts, kind, width=7.0):
    """A figure of every view of a kind in both cases, with its data."""
    for chart in charts.values():
        for view in some(chart.views):
            if view["data"]["kind"] == kind:
                yield draw.draw(view, chart.read, chart.plans, width, None), view["data"], chart.plans


def some(views):
    """The first two views of a chart and the last."""
    return views[:2] + views[2:][-1:]


def same(found, wanted):
    np.testing.assert_allclose(looks.numbers(found), looks.numbers(wanted), rtol=1e-9, atol=1e-12)


OF_STUDIES = {"tornado", "frontier", "choice"}
"""Kinds of charts that no run has, but other studies: decision 12."""


def test_every_chart_of_the_report_has_a_function_and_every_kind_a_drawer():
    assert {name.replace("-", "_") for name in CHARTS} == set(hf.plot.__all__) - {"caption", "save"}
    kinds = re.findall(r'kind: "(\w+)";', (WEB / "data.ts").read_text(encoding="utf-8"))
    assert sorted(set(kinds) - OF_STUDIES) == sorted(draw.DRAWERS)
    assert set(kinds) > OF_STUDIES


def test_colours_are_those_of_the_report():
    light = (WEB / "theme.ts").read_text(encoding="utf-8").split("export const DARK")[0]
    for name in ("text", "muted", "rule", "ground", "grey", "faint", "accent", "bad"):
        assert re.search(rf'{name}: "(#\w+)"', light)[1] == getattr(style, name.upper())
    assert re.findall(r"#\w{6}", light.split("plans: [")[1]) == list(style.PLANS)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("case", CASES)
def test_words_are_the_reports_and_no_text_lies_on_another_or_leaves(charts, case, name, width):
    if (case, name) not in charts:
        pytest.skip(f"{case} has no {name}")
    chart = charts[case, name]
    for view in some(chart.views):
        figure = draw.draw(view, chart.read, chart.plans, width, None)
        assert looks.said(figure, "title") == view["title"]
        assert looks.said(figure, "subtitle") == view["subtitle"]
        assert hf.plot.caption(figure) == f"{view['title']}. {view['subtitle']} {chart.read}"
        assert figure.get_size_inches()[0] == width
        assert looks.clashes(figure) == []
        assert looks.outside(figure) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("make", [fixture.report, fixture.hostile])
def test_made_up_and_hostile_text_is_drawn_as_it_is(make, width):
    data = make()
    plans = tuple(plan["name"] for plan in data["plans"])
    for section in data["sections"]:
        for chart in section["charts"]:
            for view in chart["views"]:
                figure = draw.draw(view, chart["read"], plans, width, None)
                assert looks.said(figure, "title").replace(" ", "") == "".join(view["title"].split())
                assert looks.outside(figure) == []


def test_bars_are_the_data(charts):
    for kind, items in (("bars", "bars"), ("waterfall", "steps")):
        for figure, data, _ in figures(charts, kind):
            for item in data[items]:
                value = item["value"] if kind == "bars" else {"estimate": item["value"], **item}
                bar = looks.one(figure, f"bar {item['label']}")
                same([bar.get_x(), bar.get_width()], [0, value["estimate"]])
                if value["low"] < value["high"]:
                    same(looks.one(figure, f"interval {item['label']}").get_xdata(), [value["low"], value["high"]])
            for before, step in zip(data.get("steps", []), data.get("steps", [])[1:], strict=False):
                if before["value"] > step["value"]:
                    lost = looks.one(figure, f"lost {step['label']}")
                    same([lost.get_x(), lost.get_x() + lost.get_width()], [step["value"], before["value"]])


def test_points_and_both_intervals_are_the_data(charts):
    for figure, data, plans in figures(charts, "dots"):
        for point in data["points"]:
            name = plans[point["plan"]]
            mark = looks.one(figure, f"plan {name}")
            same([*mark.get_xdata(), *mark.get_ydata()], [point["x"]["estimate"], point["y"]["estimate"]])
            same(looks.one(figure, f"x interval {name}").get_xdata(), [point["x"]["low"], point["x"]["high"]])
            same(looks.one(figure, f"y interval {name}").get_ydata(), [point["y"]["low"], point["y"]["high"]])
            assert mark.get_markeredgecolor() == style.colour(point["plan"])


def test_bands_medians_and_futures_are_the_data(charts):
    seen = 0
    for figure, data, plans in figures(charts, "fan"):
        for panel in data["panels"]:
            name = plans[panel["plan"]]
            same(looks.one(figure, f"median {name}").get_ydata(), panel["middle"])
            for low, high in (("low", "high"), ("lower", "upper")):
                corners = looks.one(figure, f"{low}-{high} {name}").get_paths()[0].vertices[:, 1]
                assert corners.min() == pytest.approx(min(panel[low]))
                assert corners.max() == pytest.approx(max(panel[high]))
            drawn = looks.named(figure, f"future {name}")
            drawn = [line for line in drawn if line.get_gid() == f"future {name}"]
            for line, future in zip(drawn, panel["futures"], strict=True):
                same(line.get_ydata(), future)
            if panel["mark"]:
                same(looks.one(figure, f"mark {name}").get_xdata(), [panel["mark"]["x"]])
                seen += 1
    assert seen > 1


def test_layers_wanted_and_intervals_are_the_data(charts):
    for figure, data, _ in figures(charts, "supply"):
        below = np.zeros(len(data["wanted"]["values"]))
        for layer in data["layers"]:
            bars = [bar for bar in looks.named(figure, "layer ") if bar.get_gid() == f"layer {layer['label']}"]
            same([bar.get_y() for bar in bars], below)
            same([bar.get_height() for bar in bars], layer["values"])
            below += layer["values"]
        same(looks.one(figure, "wanted").get_ydata(), data["wanted"]["values"])
        ends = looks.one(figure, "intervals").get_segments()
        same([end[0][1] for end in ends], data["low"])
        same([end[1][1] for end in ends], data["high"])


def test_shades_follow_the_data_and_what_cannot_be_told_from_none_is_dotted(charts):
    for figure, data, _ in figures(charts, "heat"):
        unsure = 0
        for row, values, spans in zip(data["rows"], data["values"], data["spans"], strict=True):
            for column, value, (low, _high) in zip(data["columns"], values, spans, strict=True):
                cell = looks.one(figure, f"cell {row['label']} {column}")
                share = 0.04 + 0.92 * min(1, value / data["max"]) if data["max"] else 0.04
                tone = style.mix(style.GROUND, style.ACCENT if data["good"] else style.BAD, share)
                assert cell.get_facecolor()[:3] == tuple(int(tone[i : i + 2], 16) / 255 for i in (1, 3, 5))
                unsure += not data["numbers"] and low <= 0 < value
                if data["numbers"]:
                    assert looks.said(figure, f"number cell {row['label']} {column}")
        assert len(looks.named(figure, "unsure")) == unsure


def test_each_block_is_100_futures(charts):
    for figure, data, plans in figures(charts, "grid"):
        for row in data["rows"]:
            for column, cell in zip(data["columns"], row["cells"], strict=True):
                name = f"{plans[row['plan']]} {column['label']}"
                full = len(looks.one(figure, f"filled {name}").get_paths())
                assert full + len(looks.one(figure, f"empty {name}").get_paths()) == 100
                assert abs(full - 100 * cell["share"]["estimate"]) <= 0.5
                assert draw.plans.SAID[cell["verdict"]] in looks.said(figure, f"says {name}")


def test_openings_are_as_many_dots_as_open(charts):
    for figure, data, _ in figures(charts, "opening"):
        open_ones = [dot for dot in data["dots"] if dot is not None]
        drawn = looks.one(figure, "dots")
        assert len(drawn.get_xdata()) == len(open_ones)
        pitch = np.diff(np.unique(drawn.get_xdata())).min() if len(set(open_ones)) > 1 else 1.0
        np.testing.assert_allclose(sorted(drawn.get_xdata()), sorted(open_ones), atol=pitch)
        told = [name for name in ("promised", "median", "happened") if data[name] is not None]
        assert len(looks.named(figure, "flag text")) == len(told)
        never = len(data["dots"]) - len(open_ones)
        assert [text.get_text().split()[0] for text in looks.named(figure, "never")] == ([str(never)] if never else [])


def test_cost_bars_are_the_data_on_one_scale(charts):
    for figure, data, plans in figures(charts, "panels"):
        scales = []
        for panel in data["panels"]:
            for plan, value, (low, high) in zip(data["plans"], panel["values"], panel["spans"], strict=True):
                bar = looks.one(figure, f"bar {panel['label']} {plans[plan]}")
                scales += [bar.get_width() / value] if value > 0 else []
                if low < high:
                    x0, x1 = looks.one(figure, f"interval {panel['label']} {plans[plan]}").get_xdata()
                    scales.append((x1 - x0) / (high - low))
        np.testing.assert_allclose(scales, scales[0], rtol=1e-6)


def test_survival_lines_are_the_data_with_dashes_of_their_plans(charts):
    for figure, data, plans in figures(charts, "survival"):
        for line in data["lines"]:
            drawn = looks.one(figure, f"line {plans[line['plan']]}")
            same(drawn.get_ydata(), line["values"])
            same(drawn.get_xdata(), data["x"])
            assert drawn.get_drawstyle() == "steps-pre"


def test_a_future_is_the_data(charts):
    for figure, data, _ in figures(charts, "timeline"):
        for strip in data["strips"]:
            drawn = [s for s in looks.named(figure, "spell ") if s.get_gid() == f"spell {strip['label']}"]
            lengths = [spell["to"] - spell["from"] for spell in strip["spells"]]
            widths = [spell.get_width() for spell in drawn]
            np.testing.assert_allclose(np.array(widths) / sum(widths), np.array(lengths) / sum(lengths), atol=1e-6)
        for row in data["rows"]:
            below = np.zeros(len(data["x"]))
            for series in row["series"]:
                drawn = looks.one(figure, f"{row['label']} {series['label']}")
                if row["form"] == "line":
                    same(drawn.get_ydata(), series["values"])
                else:
                    same(drawn.get_data().values - below, series["values"])
                    below += series["values"]


def test_bands_between_places_are_as_wide_as_the_amount(charts):
    for figure, data, _ in figures(charts, "sankey"):
        tall = {node["name"]: looks.one(figure, f"node {node['name']}").get_height() for node in data["nodes"]}
        for node in data["nodes"]:
            out = [link for link in data["links"] if link["source"] == node["name"]]
            widths = []
            for link in out:
                corners = looks.one(figure, f"link {link['source']} {link['target']}").get_path().vertices
                widths.append(corners[7][1] - corners[0][1])
            if out:
                share = [link["value"] for link in out]
                np.testing.assert_allclose(np.array(widths) * sum(share), np.array(share) * sum(widths), rtol=1e-6)
                assert sum(widths) <= tall[node["name"]] * (1 + 1e-6)
