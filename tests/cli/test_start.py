"""What a second run of a shipped case does without: libraries that only the first run of a machine needs."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

from holdfast import versions
from holdfast.engine import objects

CASES = ("adblue-australia", "cartridge-plant", "iv-fluids", "magnets-2025", "rubber-1942")
RUN = """
import sys
from holdfast import cli
for name in sys.argv[2:]:
    try:
        cli.main(["run", name, "--replications", "8", "--what-if", "none", "--quiet", "--out", sys.argv[1]])
    except SystemExit as ended:
        assert not ended.code, ended.code
heavy = {"numba", "scipy", "xarray", "pandas", "email", "statistics"} & set(sys.modules)
print("heavy:", *sorted(heavy))
"""


@pytest.mark.skipif(not objects.KEPT, reason="machine code is kept on Linux alone")
def test_a_second_run_of_a_shipped_case_imports_neither_numba_nor_scipy(tmp_path: Path) -> None:
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(tmp_path), *CASES], capture_output=True, text=True, check=True, timeout=600
        )
    assert done.stdout.splitlines()[-1] == "heavy:"


def test_a_version_is_what_python_says_it_is() -> None:
    known = {each.name: each.version for each in distributions()}
    assert "holdfast" in known
    assert {name: versions.version(name) for name in known} == known


def test_a_version_is_found_where_no_folder_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = versions.version("numpy")
    monkeypatch.setattr(versions, "_left", lambda _: ())
    assert versions.version("numpy") == before
