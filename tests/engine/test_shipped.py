"""What Numba makes of the kernels is shipped: it is what the sources make, and is used for nothing else."""

from __future__ import annotations

import ast
import lzma
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.engine import compiler, kernel, objects, shipped, shipping, sources
from holdfast.engine.ops import consumers, lines, values
from holdfast.engine.run import simulate
from tests.engine.worlds import cartridges

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "holdfast"
SOME = (values.codes, lines.clear, consumers.backorders)
COLD = """
import sys
from tests.engine.worlds import cartridges
from holdfast.engine import kernel
from holdfast.engine.run import simulate
totals = simulate(cartridges(periods=30), replications=3, seed=1, threads=1).totals
print("numba" in sys.modules, sum(int(each.view("u8").sum()) for each in totals.values()))
"""

only_where_used = pytest.mark.skipif(not shipped._usable(), reason="nothing is shipped for this kind of machine")


def test_the_file_is_of_the_sources_that_are_here():
    head, kernels = shipped.read()
    assert head["sources"] == sources.of_kernels(), "run `uv run dev.py kernels`"
    assert len(kernels) > 60


@only_where_used
def test_the_file_is_what_numba_makes_of_the_sources():
    maker = shipped.read()[0]["maker"]
    if maker != shipping.maker():
        pytest.skip(f"{maker} has made it, and here is {shipping.maker()}")
    done = subprocess.run(
        [sys.executable, "dev.py", "kernels", "--check"], cwd=ROOT, capture_output=True, text=True, timeout=600,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@only_where_used
@pytest.mark.parametrize("op", SOME)
def test_code_is_the_same_whatever_was_made_before_it(op):
    """This process has made who knows what; the file was made by a process that made everything by name."""
    if shipped.read()[0]["maker"] == shipping.maker():
        assert compiler.intermediate(kernel.name_of(op), op) == shipped.intermediate(kernel.name_of(op))


@only_where_used
def test_nobody_waits_for_numba(tmp_path):
    environment = os.environ | {"HOLDFAST_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", COLD], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=300
    )
    imported, bits = done.stdout.split()
    assert imported == "False"
    totals = simulate(cartridges(periods=30), replications=3, seed=1).totals
    assert int(bits) == sum(int(each.view("u8").sum()) for each in totals.values())


@pytest.fixture
def by_numba(monkeypatch):
    """Names of the kernels that Numba has made here; nothing of the file has been read."""
    found: list[str] = []
    intermediate = compiler.intermediate
    monkeypatch.setattr(compiler, "intermediate", lambda name, op: found.append(name) or intermediate(name, op))
    shipped._usable.cache_clear()
    yield found
    shipped._usable.cache_clear()


def _file(monkeypatch, tmp_path, text: str) -> None:
    monkeypatch.setattr(shipped, "FILE", tmp_path / "kernels")
    shipped.FILE.write_bytes(lzma.compress(text.encode()))


@only_where_used
def test_the_shipped_code_is_used(nothing_compiled, by_numba):
    assert kernel.address(values.codes)
    assert by_numba == []


@only_where_used
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("; machine: x86_64", "; machine: vax"),
        ("; sources: ", "; sources: 0"),
        ("captures(none)", "captures(some)"),
        ("target datalayout", "target flatlayout"),
        ("i64:64", "i64:32"),
        (";; kernel values_codes", ";; kernel values_others"),
    ],
)
def test_where_the_code_is_for_others_numba_makes_it(nothing_compiled, by_numba, monkeypatch, tmp_path, before, after):
    text = lzma.decompress(shipped.FILE.read_bytes()).decode()
    assert before in text
    _file(monkeypatch, tmp_path, text.replace(before, after))
    assert kernel.address(values.codes)
    assert by_numba == ["values_codes"]


@pytest.mark.parametrize("harm", [lambda raw: raw[:-20], lambda _: b"", lambda _: None])
def test_a_file_that_is_damaged_or_lost_is_not_used(nothing_compiled, by_numba, monkeypatch, tmp_path, harm):
    harmed = harm(shipped.FILE.read_bytes())
    monkeypatch.setattr(shipped, "FILE", tmp_path / "kernels")
    if harmed is not None:
        shipped.FILE.write_bytes(harmed)
    assert shipped.intermediate("values_codes") is None
    assert kernel.address(values.codes)


def _copied(monkeypatch, tmp_path) -> Path:
    """A copy of the package's sources, of which the hashes are now."""
    for path in sources.files(("engine/**/*.py", "parts/*.py")):
        place = tmp_path / path.relative_to(PACKAGE)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    monkeypatch.setattr(sources, "_PACKAGE", tmp_path)
    return tmp_path


@pytest.fixture
def fresh():
    """Hashes are reckoned anew, before and afterwards."""

    def clear() -> None:
        for each in (sources.of_kernels, sources.of_all, shipped._usable):
            each.cache_clear()

    clear()
    yield clear
    clear()


@pytest.mark.parametrize(
    "edited", ["engine/ops/lines.py", "engine/sample.py", "engine/compiler.py", "parts/world.py", "parts/laws.py"]
)
def test_shipped_code_is_not_of_edited_sources(fresh, monkeypatch, tmp_path, edited):
    assert sources.of_kernels() == shipped.read()[0]["sources"]
    path = _copied(monkeypatch, tmp_path) / edited
    fresh()
    before = sources.of_kernels(), sources.of_all()
    assert before[0] == shipped.read()[0]["sources"]
    path.write_text(path.read_text() + "X = 1\n")
    fresh()
    assert sources.of_kernels() != before[0]
    assert sources.of_all() != before[1]
    assert shipped.intermediate("values_codes") is None


def test_what_is_kept_goes_by_the_whole_engine_and_what_is_shipped_by_its_kernels(fresh, monkeypatch, tmp_path):
    path = _copied(monkeypatch, tmp_path) / "engine" / "lower.py"
    fresh()
    before = sources.of_kernels(), sources.of_all()
    path.write_text(path.read_text() + "X = 1\n")
    fresh()
    assert sources.of_kernels() == before[0]
    assert sources.of_all() != before[1]


def _imports(path: Path) -> set[Path]:
    """Files of the package that a file imports, but for its types."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("holdfast"):
            for name in [node.module, *(f"{node.module}.{each.name}" for each in node.names)]:
                base = PACKAGE.joinpath(*name.split(".")[1:])
                found |= {each for each in (base.with_suffix(".py"), base / "__init__.py") if each.is_file()}
        assert not (isinstance(node, ast.Import) and any(each.name.startswith("holdfast") for each in node.names))
    return found


def test_the_hash_covers_all_that_kernels_can_take_constants_from():
    """Ops and what they import, and so on; the keepers of machine code are no part of it."""
    without = {PACKAGE / "engine" / name for name in ("__init__.py", "lanes.py", "objects.py", "sources.py")}
    without |= {PACKAGE / "__init__.py", PACKAGE / "caches.py", PACKAGE / "records.py"}  # the last defines classes
    covered = set(sources.files(sources.KERNELS))
    todo = [each for each in covered if each.parent.name == "ops"]
    assert todo
    seen = set(todo)
    while todo:
        new = _imports(todo.pop()) - seen
        seen |= new
        todo += new
    assert {PACKAGE / "parts" / "world.py", PACKAGE / "parts" / "laws.py", PACKAGE / "engine" / "random.py"} <= seen
    assert seen - without - {PACKAGE / "__init__.py", PACKAGE / "parts" / "__init__.py"} <= covered


def test_what_differs_is_told(by_numba, monkeypatch, tmp_path):
    text = lzma.decompress(shipped.FILE.read_bytes()).decode()
    head, mark, kernels = text.partition(shipped.KERNEL)
    monkeypatch.setattr(shipping, "made", lambda: text)
    assert shipping.differs() is None
    _file(monkeypatch, tmp_path, head + mark + kernels.replace("fadd", "fsub", 1))
    told = shipping.differs()
    if shipped.read()[0]["maker"] == shipping.maker():
        assert told is not None
        assert told.startswith("other code is made of ")
    _file(monkeypatch, tmp_path, head.replace("sources: ", "sources: 0") + mark + kernels)
    assert shipping.differs() == "it was made of other sources"
    shipping.write(text)
    assert shipping.differs() is None
    at = shipped.FILE.stat().st_mtime_ns
    shipping.write(text)
    assert shipped.FILE.stat().st_mtime_ns == at, "the same text is not written again"


def test_for_another_processor_other_code_is_made(monkeypatch):
    """Vectors are as wide as the processor has them."""
    if not shipped._usable() or not shipped._usable()["values_codes"].count("x86_64"):
        pytest.skip("the processors are of x86-64")
    text = shipped.intermediate("lines_line_rate")
    assert text is not None
    widths = {}
    for cpu in ("haswell", "x86-64"):
        monkeypatch.setenv("NUMBA_CPU_NAME", cpu)
        monkeypatch.setenv("NUMBA_CPU_FEATURES", "")
        objects._target.cache_clear()
        made = objects.make(text)
        assert made is not None
        widths[cpu] = "ymm" in objects.assembly(made.intermediate)
    monkeypatch.undo()
    objects._target.cache_clear()
    assert widths == {"haswell": True, "x86-64": False}
