"""The pages of studies beside a run, in a real browser: what is drawn is what was found."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

import holdfast as hf
from holdfast.output.report_crossover import crossover_data
from holdfast.output.report_depends import depends_data
from holdfast.output.report_made import write
from holdfast.output.report_search import search_data
from holdfast.output.report_sensitivity import sensitivity_data
from holdfast.output.report_stress import stress_data
from holdfast.output.report_why import why_data
from tests.report.conftest import Opened

STUDIES = Path(__file__).parents[1] / "study"
GREY, ACCENT, BAD = "rgb(125, 133, 143)", "rgb(23, 95, 166)", "rgb(182, 74, 14)"


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each study of small scenarios."""
    folder = tmp_path_factory.mktemp("studies")
    shelf = hf.load(STUDIES / "shelf.yaml")
    lengths = ["9 weeks", "29 weeks", "52 weeks"]
    found = {
        "why": why_data(hf.why(hf.load(STUDIES / "blockade.yaml"), replications=20)),
        "depends": depends_data(hf.depends(hf.load(STUDIES / "mill.yaml"), replications=4)),
        "crossover": crossover_data(
            hf.crossover(shelf, None, lengths, [1.0, 2.0], at="2031-01-06", kept=1.0, replications=20)
        ),
        "sensitivity": sensitivity_data(
            hf.sensitivity(hf.load(STUDIES / "ranges.yaml"), measure="total_cost", budget=300, replications=20)
        ),
        "stress": stress_data(hf.stress(hf.load(STUDIES / "straits.yaml"), replications=20)),
        "search": search_data(
            hf.search(hf.load(STUDIES.parent / "search" / "levered.yaml"), evaluations=20, replications=50)
        ),
    }
    for name, data in found.items():
        write(data, folder / f"{name}.html")
    return {path.stem: path for path in folder.glob("*.html")}


def data_of(tab: Opened) -> dict[str, object]:
    """What the page was made of."""
    found: dict[str, object] = json.loads(tab.page.text_content("#report-data") or "")
    return found


def charts_of(tab: Opened) -> dict[str, dict[str, object]]:
    """The first view of each chart, by name."""
    sections = data_of(tab)["sections"]
    return {chart["id"]: chart["views"][0]["data"] for each in sections for chart in each["charts"]}  # type: ignore[attr-defined]


def boxes(tab: Opened, chart: str, tone: str) -> list[list[float]]:
    """Place and size of the shapes of a colour."""
    found: list[list[float]] = tab.page.evaluate(
        """([id, tone]) => [...document.querySelectorAll(`#${id} svg path, #${id} svg rect`)]
            .filter(e => getComputedStyle(e).fill === tone)
            .map(e => { const b = e.getBBox(); return [b.x, b.y, b.width, b.height]; })""",
        [chart, tone],
    )
    return found


@pytest.mark.parametrize("name", ["why", "depends", "crossover", "sensitivity", "stress", "search"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_opens_without_complaint_or_request_and_fits(browser, pages, name, width, scheme):
    tab = Opened(browser, pages[name], width=width, scheme=scheme)
    assert tab.complaints == []
    assert tab.requests == [tab.page.url]
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    figures = tab.page.evaluate("[...document.querySelectorAll('figure')].map(f => f.id)")
    assert figures == list(charts_of(tab))
    assert tab.page.locator("table.plans").count() == 0
    tab.context.close()


def test_every_word_of_the_answer_is_on_the_page(browser, pages):
    for path in pages.values():
        tab = Opened(browser, path)
        said = tab.page.evaluate("[...document.querySelectorAll('.answer p')].map(p => p.textContent)")
        assert said == data_of(tab)["answer"]
        tab.context.close()


def test_bars_of_causes_are_as_long_as_the_amounts(browser, pages):
    tab = Opened(browser, pages["why"])
    values = [bar["value"]["estimate"] for bar in charts_of(tab)["causes"]["bars"]]
    drawn = [box[2] for tone in (BAD, GREY) for box in boxes(tab, "causes", tone)]
    whole = [value for value in values if value > 1e-9]
    assert [size / drawn[0] for size in drawn[: len(whole)]] == pytest.approx([v / whole[0] for v in whole], abs=0.01)
    tab.context.close()


def test_cells_of_the_crossover_name_the_plan_that_was_chosen(browser, pages):
    tab = Opened(browser, pages["crossover"])
    cells = [cell for row in charts_of(tab)["crossover"]["cells"] for cell in row]
    plans = [plan["name"] for plan in data_of(tab)["plans"]]
    texts = tab.page.evaluate("[...document.querySelectorAll('#crossover svg text')].map(t => t.textContent)")
    for name in (*plans, "none"):
        wanted = sum((plans[cell["plan"]] if cell["plan"] is not None else "none") == name for cell in cells)
        assert texts.count(name) == wanted, name
    tab.context.close()


def test_bars_of_the_tornado_reach_from_today_to_what_comes_of_each_end(browser, pages):
    tab = Opened(browser, pages["sensitivity"])
    data = charts_of(tab)["tornado"]
    sizes = [abs(bar[end]["value"]["estimate"] - data["centre"]) for bar in data["bars"] for end in ("low", "high")]
    low = [box[2] for box in boxes(tab, "tornado", GREY)]
    high = [box[2] for box in boxes(tab, "tornado", ACCENT)]
    drawn = [size for pair in zip(low, high, strict=True) for size in pair]
    most = sizes.index(max(sizes))
    assert len(drawn) == len(sizes)
    assert [size / drawn[most] for size in drawn] == pytest.approx([size / sizes[most] for size in sizes], abs=0.01)
    tab.context.close()


def test_points_of_the_frontier_lie_where_cost_and_service_are(browser, pages):
    tab = Opened(browser, pages["search"])
    points = sorted(charts_of(tab)["frontier"]["points"], key=lambda point: point["x"]["estimate"])
    drawn = tab.page.evaluate(
        """() => { const c = document.querySelector('#frontier .canvas').chart;
            const s = c.getOption().series.findIndex(s => s.type === 'scatter' && s.z === 3);
            return c.getOption().series[s].data.map(d => c.convertToPixel({seriesIndex: s}, d.value)); }"""
    )
    assert len(drawn) == len(points) >= 2
    assert [at[0] for at in drawn] == sorted(at[0] for at in drawn)
    service = [point["y"]["estimate"] for point in points]
    height = [at[1] for at in drawn]
    assert all((a <= b) == (x >= y) for (a, x), (b, y) in pairwise(zip(service, height, strict=True)))
    labels = [point["label"] for point in points if point["label"]]
    texts = tab.page.evaluate("[...document.querySelectorAll('#frontier svg text')].map(t => t.textContent)")
    assert set(labels) <= set(texts)
    tab.context.close()


def test_cells_of_exposure_are_the_shares(browser, pages):
    tab = Opened(browser, pages["stress"])
    values = [value for row in charts_of(tab)["exposed"]["values"] for value in row]
    texts = tab.page.evaluate("[...document.querySelectorAll('#exposed svg text')].map(t => t.textContent)")
    for value in set(values):
        assert texts.count(f"{value:g}") >= values.count(value)
    tab.context.close()


def test_the_chosen_plan_is_drawn_however_few_futures_led_to_it() -> None:
    found = hf.search(hf.load(STUDIES.parent / "search" / "levered.yaml"), evaluations=6, replications=400)
    best = found.chosen[0].best
    assert best is not None
    assert found.scores[best].futures < found.futures
    frontier = next(c for each in search_data(found)["sections"] for c in each["charts"] if c["id"] == "frontier")
    points = {point["label"]: point for point in frontier["views"][0]["data"]["points"]}
    assert points["chosen"]["x"]["estimate"] == pytest.approx(found.tested[best].cost.estimate, rel=1e-3)
