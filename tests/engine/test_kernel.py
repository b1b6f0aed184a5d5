"""Compiled kernels are fresh when a source changed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from holdfast.engine import kernel, shipped

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from holdfast.engine.elementary import exponential
from holdfast.engine import kernel, shipped
import numpy as np
from tests.engine.worlds import cartridges
from holdfast.engine.run import simulate
print(simulate(cartridges(periods=3), replications=2, seed=1).totals["costs.holding"].tolist())
print("Numba compiled" if "numba" in sys.modules else "nothing but LLVM")
"""


def test_a_kernel_is_compiled_anew_when_a_helper_in_another_file_changed(tmp_path: Path):
    """Numba's cache looks at the file of the kernel only; the folder is keyed by all sources, as is shipped code."""
    root = Path(kernel.__file__).parents[3]
    shutil.copytree(root / "src" / "holdfast", tmp_path / "src" / "holdfast")
    shutil.copytree(root / "tests" / "engine", tmp_path / "tests" / "engine")
    environment = {"HOLDFAST_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"}

    def answer() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path / "src")],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        return done.stdout.splitlines()

    before, by = answer()
    assert by == ("nothing but LLVM" if shipped._usable() else "Numba compiled")
    helper = tmp_path / "src" / "holdfast" / "engine" / "sample.py"
    text = helper.read_text()
    assert "return P[j] + f * (P[j + 1] + f * P[j + 2])" in text
    helper.write_text(
        text.replace(
            "return P[j] + f * (P[j + 1] + f * P[j + 2])", "return 2.0 * (P[j] + f * (P[j + 1] + f * P[j + 2]))"
        )
    )
    after, by = answer()
    assert after != before
    assert by == "Numba compiled"
