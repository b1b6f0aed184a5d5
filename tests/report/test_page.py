"""The page by itself: nothing in its text can become markup, and its data are what the page's types say."""

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from holdfast.output.report_page import asset, embedded, page
from holdfast.output.report_parts import clean, figures, share_text, span
from holdfast.study.estimates import Estimate
from tests.report import fixture

TYPES = (Path(__file__).parents[2] / "web" / "src" / "data.ts").read_text(encoding="utf-8")


class Elements(HTMLParser):
    """Elements of a page, and the text of its data."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.names, self.data, self.inside = [], "", False

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.inside = dict(attrs).get("id") == "report-data"

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.data += data


def parsed(text):
    elements = Elements()
    elements.feed(text)
    return elements


def test_hostile_text_adds_no_element_and_survives_as_text():
    plain, hostile = parsed(page(fixture.report())), parsed(page(fixture.hostile()))
    assert plain.names == hostile.names
    assert json.loads(hostile.data) == fixture.hostile()


@pytest.mark.parametrize("sign", ["<", ">", "&", "\u2028", "\u2029"])
def test_embedded_data_hold_no_sign_that_could_end_them(sign):
    text = embedded({"title": f"a{sign}b"})
    assert sign not in text
    assert json.loads(text) == {"title": f"a{sign}b"}


def test_embedded_refuses_what_json_lacks():
    with pytest.raises(ValueError, match="JSON"):
        embedded({"value": float("nan")})


def test_assets_cannot_end_their_elements():
    assert "</script" not in asset("report.js").lower()
    assert "<!--" not in asset("report.js")
    assert "</style" not in asset("report.css").lower()


def test_clean_takes_out_what_turns_the_direction_of_text():
    assert clean({"a": ["x\u202ey\u2066z\u0000\n"]}) == {"a": ["xyz\n"]}


def test_clean_keeps_letters_of_every_script():
    text = "картуш ذخيرة 弾薬 é"
    assert clean(text) == text


def test_figures_refuse_what_cannot_be_drawn():
    with pytest.raises(ValueError, match="cannot be drawn"):
        figures(float("inf"))


@pytest.mark.parametrize(
    ("low", "value", "high", "text"),
    [
        (0.421, 0.4234, 0.424, "42.3 % (42.1 to 42.4)"),
        (0.38, 0.42, 0.47, "42 % (38 to 47)"),
        (0.0, 0.0, 0.0, "0 % (exactly)"),
    ],
)
def test_a_share_has_the_decimals_of_its_interval(low, value, high, text):
    assert share_text(Estimate(value, low, high, 0.0, "share")) == text


def test_an_open_interval_ends_at_the_estimate():
    assert span(Estimate(2.0, float("-inf"), 3.0, 0.0, "")) == {"estimate": 2.0, "low": 2.0, "high": 3.0}


def fields(name):
    """Names of the fields of an interface in data.ts, those of nested braces left out."""
    body = re.search(rf"interface {name} \{{\n(.*?)\n\}}", TYPES, re.DOTALL)[1]
    return set(re.findall(r"^  (\w+):", body, re.MULTILINE))


def interface(kind):
    """The name of the interface with a kind."""
    return re.search(rf'interface (\w+) \{{\n  kind: "{kind}"', TYPES)[1]


def assert_contract(data):
    """Data have the fields that data.ts names, no more and no less."""
    assert set(data) == fields("ReportData")
    for section in data["sections"]:
        assert set(section) == fields("Section")
        for chart in section["charts"]:
            assert set(chart) == fields("Chart")
            for view in chart["views"]:
                assert set(view) == fields("View")
                assert set(view["data"]) == fields(interface(view["data"]["kind"]))
                assert view["title"]
                assert view["table"]["rows"]
                assert {len(row) for row in view["table"]["rows"]} == {len(view["table"]["columns"])}
    for row in data["evidence"]["rows"]:
        assert set(row) == fields("EvidenceRow")
    for source in data["evidence"]["sources"]:
        assert set(source) == fields("Source")


def test_made_up_data_follow_the_contract():
    assert_contract(fixture.report())


def test_the_assets_are_built_from_todays_sources():
    web = Path(__file__).parents[2] / "web"
    files = [path for path in (web / "src").rglob("*") if path.is_file()]
    files += [web / name for name in ("package-lock.json", "svelte.config.js", "vite.config.js")]
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(web).as_posix(), path) for path in files):
        digest.update(f"{name}\n{path.read_text(encoding='utf-8')}\n".encode())
    assert asset("sources.sha256").strip() == digest.hexdigest(), "run `uv run dev.py report`, and commit the assets"
