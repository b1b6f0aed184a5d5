"""The report as a person meets it: in a real browser, wide and narrow, light and dark, by keyboard and on paper."""

import json
import re
from itertools import pairwise

import pytest

from tests.report import fixture

ALL = ("made-up", "hostile", "cartridge-plant", "adblue-australia")
CASES = ("cartridge-plant", "adblue-australia")
SMALLEST = 11
"""[px] Text that people still read."""


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("width", [1280, 390])
def test_opens_without_complaint_or_request(opened, name, width):
    tab = opened(name, width=width)
    assert tab.complaints == []
    assert tab.requests == [tab.page.url]
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", CASES)
def test_every_view_of_every_chart_draws_marks(opened, name):
    page = opened(name).page
    data = json.loads(page.text_content("#report-data"))
    for chart in (chart for section in data["sections"] for chart in section["charts"]):
        for i, view in enumerate(chart["views"]):
            if i > 0:
                turn_to(page, chart, i)
            assert page.text_content(f"#{chart['id']} h3") == view["title"]
            marks = page.evaluate(
                "id => document.querySelectorAll(`#${id} svg path, #${id} svg rect`).length", chart["id"]
            )
            assert marks >= 4, (chart["id"], view["label"])


def turn_to(page, chart, index):
    """Turns a chart to one of its views, as a person would."""
    control = page.locator(f"#{chart['id']}-view")
    if chart["control"] == "slider":
        control.focus()
        page.keyboard.press("ArrowRight")
    else:
        control.select_option(str(index))


def made_up(name):
    sections = fixture.report()["sections"]
    return next(chart for section in sections for chart in section["charts"] if chart["id"] == name)["views"][0]["data"]


def shapes(page, name, tone):
    """Boxes of the shapes in a chart that are filled with a colour, in order of the page."""
    return page.evaluate(
        """([id, tone]) => [...document.querySelectorAll(`#${id} svg path, #${id} svg rect`)]
            .filter(e => getComputedStyle(e).fill === tone)
            .map(e => { const b = e.getBBox(); return [b.x, b.y, b.width, b.height]; })""",
        [name, tone],
    )


GREY, ACCENT, BAD = "rgb(125, 133, 143)", "rgb(23, 95, 166)", "rgb(182, 74, 14)"
PLANS = ["rgb(79, 88, 99)", ACCENT, BAD]


def test_filled_cells_are_the_shares(opened):
    page = opened("made-up").page
    for plan in (1, 2):
        cells = made_up("frequencies")["rows"][plan]["cells"]
        filled = sum(round(100 * cell["share"]["estimate"]) for cell in cells)
        assert len(shapes(page, "frequencies", PLANS[plan])) == filled


def test_bars_are_as_long_as_the_amounts(opened):
    page = opened("made-up").page
    drawn = [box[2] for box in shapes(page, "five-numbers", GREY)] + [
        box[2] for box in shapes(page, "five-numbers", ACCENT)
    ]
    values = [step["value"] for step in made_up("five-numbers")["steps"]]
    assert [length / drawn[0] for length in drawn] == pytest.approx([value / values[0] for value in values], abs=0.01)


def test_bars_of_causes_are_as_long_as_the_shares(opened):
    page = opened("made-up").page
    drawn = [box[2] for box in shapes(page, "causes", BAD)] + [box[2] for box in shapes(page, "causes", GREY)]
    values = [bar["value"]["estimate"] for bar in made_up("causes")["bars"]]
    assert [length / drawn[0] for length in drawn] == pytest.approx([value / values[0] for value in values], abs=0.01)


def test_costs_share_one_scale(opened):
    page = opened("made-up").page
    for plan in (1, 2):
        values = sorted(panel["values"][plan] for panel in made_up("costs")["panels"] if panel["values"][plan] > 0)
        drawn = sorted(box[2] for box in shapes(page, "costs", PLANS[plan]) if box[2] > 0)
        assert [length / drawn[-1] for length in drawn] == pytest.approx([v / values[-1] for v in values], abs=0.02)


def test_each_dot_is_a_future(opened):
    page = opened("made-up").page
    open_ones = [dot for dot in made_up("opening")["dots"] if dot is not None]
    assert len(shapes(page, "opening", ACCENT)) == len(open_ones)


def test_each_year_of_each_plan_has_a_shade_that_grows_with_the_amount(opened):
    page = opened("made-up").page
    data = made_up("shortage")
    shades = page.evaluate(
        """() => [...document.querySelectorAll('#shortage svg path, #shortage svg rect')]
            .filter(e => e.getBBox().height > 20 && e.getBBox().width < 60).map(e => getComputedStyle(e).fill)"""
    )
    values = [value for row in data["values"] for value in row]
    assert len(shades) == len(values)
    blue = [int(re.findall(r"\d+", shade)[2]) for shade in shades]
    pairs = sorted(zip(values, blue, strict=True))
    assert all(a[1] >= b[1] for a, b in pairwise(pairs))


def test_series_of_lines_are_the_data(opened):
    page = opened("made-up").page
    drawn = page.evaluate(
        """() => document.querySelector('#survival .canvas').chart.getOption().series
            .filter(s => s.type === 'line').map(s => s.data.map(p => p[1]))"""
    )
    assert drawn == [pytest.approx(line["values"]) for line in made_up("survival")["lines"]]
    drawn = page.evaluate(
        """() => document.querySelector('#stock .canvas').chart.getOption().series
            .filter(s => s.name === 'median').map(s => s.data.map(p => p[1]))"""
    )
    assert drawn == [pytest.approx(panel["middle"]) for panel in made_up("stock")["panels"]]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [1280, 390])
def test_text_is_large_enough_and_inside_its_chart(opened, name, width):
    page = opened(name, width=width).page
    small = page.evaluate(
        """limit => [...document.querySelectorAll('body *')]
            .filter(e => e.children.length === 0 && e.textContent.trim() && e.getClientRects().length)
            .filter(e => e.tagName !== 'SCRIPT')
            .filter(e => parseFloat(getComputedStyle(e).fontSize) < limit).map(e => e.textContent)""",
        SMALLEST,
    )
    assert small == []
    outside = page.evaluate(
        """() => [...document.querySelectorAll('figure svg text')].filter(e => {
            const a = e.getBoundingClientRect(), b = e.ownerSVGElement.getBoundingClientRect();
            const rooms = [a.left - b.left, b.right - a.right, a.top - b.top, b.bottom - a.bottom];
            return a.width > 0 && Math.min(...rooms) < -3;
        }).map(e => e.closest('figure').id + ': ' + e.textContent)"""
    )
    assert outside == []


CONTRAST = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => { const f = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m);
    return (x + 0.05) / (y + 0.05); };
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
  const found = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getClientRects().length || e.tagName === 'SCRIPT') continue;
    let under = ground(e), ink = parse(getComputedStyle(e).color);
    if (e.namespaceURI.endsWith('svg')) {
      ink = parse(getComputedStyle(e).fill);
      const box = e.getBoundingClientRect();
      const at = [box.left + box.width / 2, box.top + box.height / 2];
      const behind = [...e.ownerSVGElement.querySelectorAll('path, rect')].filter(s => {
        const b = s.getBoundingClientRect(), fill = getComputedStyle(s).fill;
        return fill.startsWith('rgb') && !fill.endsWith(', 0)') && b.height > 14 && b.width > 14
          && b.left <= at[0] && at[0] <= b.right && b.top <= at[1] && at[1] <= b.bottom;
      });
      const shade = behind[behind.length - 1];
      if (shade && getComputedStyle(e).stroke === 'none') under = parse(getComputedStyle(shade).fill);
    }
    found.push([ratio(ink, under), e.textContent.trim().slice(0, 60)]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["made-up", "cartridge-plant"])
def test_text_stands_out_from_its_ground(opened, name, scheme):
    found = opened(name, scheme=scheme).page.evaluate(CONTRAST)
    assert len(found) > 200
    assert [one for one in found if one[0] < 4.5] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_stand_out_from_the_ground(opened, scheme):
    page = opened("made-up", scheme=scheme).page
    tones = page.evaluate("[...document.querySelectorAll('.sign')].map(e => getComputedStyle(e).color)")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert len(tones) == len(fixture.PLANS)
    for tone in tones:
        assert ratio(tone, ground) >= 3


def ratio(one, other):
    """Contrast of two colours. Source: WCAG 2.2, contrast ratio and relative luminance."""

    def light(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        line = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * line[0] + 0.7152 * line[1] + 0.0722 * line[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_no_two_plans_share_both_colour_and_mark(opened):
    page = opened("made-up").page
    cues = page.evaluate("[...document.querySelectorAll('.sign')].map(e => getComputedStyle(e).color + e.textContent)")
    assert len(set(cues)) == len(fixture.PLANS)


def test_tab_reaches_everything_in_the_order_of_the_page(opened):
    page = opened("made-up").page
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, select, input, summary, [tabindex="0"]')]
            .filter(e => e.checkVisibility()).map((e, i) => (e.dataset.at = i, e.tagName))"""
    )
    reached = []
    for _ in wanted:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.dataset.at"))
    assert reached == [str(i) for i in range(len(wanted))]
    assert wanted[0] == "A"


def test_focus_is_seen(opened):
    page = opened("made-up").page
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    style = page.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
    )
    assert style == "solid3px"


def test_a_screen_reader_finds_headings_pictures_and_labels(opened):
    page = opened("cartridge-plant").page
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(e => Number(e.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    unnamed = page.evaluate(
        "[...document.querySelectorAll('[role=img]')].filter(e => !e.getAttribute('aria-label')).length"
    )
    unlabelled = page.evaluate(
        "[...document.querySelectorAll('select, input')].filter(e => e.labels.length === 0).length"
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert (unnamed, unlabelled) == (0, 0)
    assert len(set(ids)) == len(ids)
    assert page.get_attribute("html", "lang") == "en"


def test_the_table_below_a_chart_holds_its_data(opened):
    page = opened("made-up").page
    page.click("#five-numbers summary")
    page.wait_for_selector("#five-numbers tbody td")
    cells = page.evaluate("[...document.querySelectorAll('#five-numbers tbody td')].map(e => e.textContent)")
    assert cells == [text for step in made_up("five-numbers")["steps"] for text in (step["label"], str(step["value"]))]


def test_pictures_and_data_can_be_saved(opened):
    page = opened("made-up").page
    saved = {}
    for kind in ("PNG", "SVG", "CSV"):
        with page.expect_download() as download:
            page.click(f"#five-numbers button:text-is('{kind}')")
        assert download.value.suggested_filename == f"five-numbers.{kind.lower()}"
        saved[kind] = download.value.path().read_bytes()
    assert saved["PNG"].startswith(b"\x89PNG\r\n\x1a\n")
    assert len(saved["PNG"]) > 10_000
    assert b"Of 70 million a year" in saved["SVG"]
    assert saved["CSV"].decode("utf-8-sig").splitlines()[:2] == ['"step","value"', '"nameplate",70']


def test_hostile_text_stays_text(opened):
    tab = opened("hostile")
    page = tab.page
    assert page.evaluate("window.hacked === undefined")
    assert page.evaluate("document.querySelectorAll('img').length") == 0
    assert page.evaluate(
        "[...document.querySelectorAll('a')].every(a => ['#', 'h'].includes(a.getAttribute('href')[0]))"
    )
    for id_ in ("cost-service", "flows", "stock"):
        page.hover(f"#{id_} .canvas", position={"x": 200, "y": 160})
    for select in page.query_selector_all("figure select"):
        select.select_option(index=1)
    for summary in page.query_selector_all("figure summary"):
        summary.click()
    assert page.evaluate("window.hacked === undefined && document.querySelectorAll('img').length === 0")
    assert tab.complaints == []


def test_a_long_title_is_clipped_and_whole_on_demand(opened):
    page = opened("hostile", width=390).page
    title = json.loads(page.text_content("#report-data"))["title"]
    assert len(page.evaluate("document.querySelector('h1 bdi').textContent")) <= 140
    assert page.locator("h1 details").is_visible()
    assert page.evaluate("document.querySelector('h1 details bdi').textContent") == title
    page.click("h1 summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", CASES)
def test_paper_is_light_and_charts_fit_it(opened, name):
    page = opened(name, scheme="dark").page
    pdf = page.pdf(format="A4", print_background=True)
    assert pdf.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page[^s]", pdf))
    assert 5 <= pages <= 40
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 980})
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert set(page.evaluate("[...document.querySelectorAll('figure svg')].map(e => e.getAttribute('width'))")) == {
        "660"
    }
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")


def test_a_person_can_choose_the_colours(opened):
    page = opened("made-up", scheme="light").page
    page.select_option("header select", "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 24, 29)"


def test_the_answer_stands_there_without_scripts(opened):
    page = opened("cartridge-plant", javascript=False).page
    text = page.inner_text("#report")
    assert "A cartridge plant under sanctions" in text
    assert "nothing is fetched" in text
    assert len(text) > 400
