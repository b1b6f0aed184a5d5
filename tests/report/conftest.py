"""A real browser, and reports to open in it."""

import os
import shutil

import pytest

from holdfast.output.report import write_report
from holdfast.output.report_page import page as html_of
from tests.report import fixture

NAMES = ("chromium", "chromium-browser", "google-chrome")
FUTURES = 200


@pytest.fixture(scope="session")
def browser():
    """Chromium, as the machine has it. Without one the tests fail, unless HOLDFAST_NO_BROWSER=1 says so."""
    path = os.environ.get("HOLDFAST_CHROMIUM") or next((p for name in NAMES if (p := shutil.which(name))), None)
    if path is None:
        if os.environ.get("HOLDFAST_NO_BROWSER") == "1":
            pytest.skip("HOLDFAST_NO_BROWSER=1: the report is not opened in a browser")
        pytest.fail("no Chromium found: install it, name it in HOLDFAST_CHROMIUM, or set HOLDFAST_NO_BROWSER=1")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    """Files of reports by name: made-up data of every kind, hostile text, and both shipped cases."""
    import holdfast
    from holdfast.study.simulate import compare

    folder = tmp_path_factory.mktemp("reports")
    for name, data in (("made-up", fixture.report()), ("hostile", fixture.hostile())):
        (folder / f"{name}.html").write_text(html_of(data), encoding="utf-8")
    for name in ("cartridge-plant", "adblue-australia"):
        write_report(compare(holdfast.load(name), replications=FUTURES), folder / f"{name}.html")
    return {path.stem: path for path in folder.glob("*.html")}


class Opened:
    """A report in a tab, and what the tab complained of."""

    def __init__(self, browser, path, width=1280, scheme="light", javascript=True):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        self.page = self.context.new_page()
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())
        if javascript:
            self.page.wait_for_function(
                "document.querySelectorAll('figure svg').length === document.querySelectorAll('figure').length"
            )


@pytest.fixture
def opened(browser, reports):
    """Opens a report by name; closes all that were opened."""
    contexts = []

    def open_it(name, **how):
        tab = Opened(browser, reports[name], **how)
        contexts.append(tab.context)
        return tab

    yield open_it
    for context in contexts:
        context.close()
