"""Small results of both shipped cases, and every view of their reports."""

from types import SimpleNamespace

import pytest

import holdfast as hf
from holdfast.output.report import report_data

FUTURES = 40
CASES = ("cartridge-plant", "adblue-australia")


@pytest.fixture(scope="session")
def results():
    return {name: hf.compare(hf.load(name), replications=FUTURES) for name in CASES}


@pytest.fixture(scope="session")
def charts(results):
    """Each chart of each report, by (case, name): its views, its line of how to read it, the names of the plans."""
    found = {}
    for case, result in results.items():
        data = report_data(result)
        plans = tuple(plan["name"] for plan in data["plans"])
        for section in data["sections"]:
            for chart in section["charts"]:
                found[case, chart["id"]] = SimpleNamespace(views=chart["views"], read=chart["read"], plans=plans)
    return found
