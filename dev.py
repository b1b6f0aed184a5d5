"""What developers run: `uv run dev.py COMMAND`.

check   lint, types, tests: what CI runs
twin    the engine against the slow twin on random scenarios (`--write`: its figures into the docs)
faults  faults planted in the engine, and who catches each (`--write`: into the docs)
truths  published results against the engine and theory
optima  what a search finds where the optimum is published (`--write`: into the docs)
coverage  how often intervals that say 95 % hold the truth (`--write`: into the docs)
bench   times and memory on this machine, beside its peers (`--help` says more)
kernels  write what Numba makes of the engine into the package, after a change of its kernels (`--check`: only compare)
pins    write the exact version of every dependency into pyproject.toml (`--check`: only compare)
report  build the report's assets from web/ (needs Node)
site    build the pages as a site in site/ (what is broken in them is an error)
docs    write the generated pages, and what commands shown in pages print (`--check`: only compare the former)
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
PYPROJECT = ROOT / "pyproject.toml"


def _step(*command: str) -> None:
    print("+", " ".join(command), flush=True)
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def check(_: list[str]) -> None:
    """Runs lint, types and tests."""
    _step(sys.executable, "-m", "ruff", "check")
    _step(sys.executable, "-m", "ruff", "format", "--check")
    _step(sys.executable, "-m", "mypy")
    pins(["--check"])
    _step(sys.executable, "-m", "pytest")


def twin(arguments: list[str]) -> None:
    """Compares the engine with the slow twin."""
    from reference.agreement import main

    raise SystemExit(main(arguments))


def faults(arguments: list[str]) -> None:
    """Plants faults in the engine."""
    from reference.faults import main

    raise SystemExit(main(arguments))


def truths(arguments: list[str]) -> None:
    """Compares Holdfast with published results."""
    from truths.run import main

    raise SystemExit(main(arguments))


def optima(arguments: list[str]) -> None:
    """Searches where the optimum is known."""
    from truths.optima import main

    raise SystemExit(main(arguments))


def coverage(arguments: list[str]) -> None:
    """Measures what intervals hold."""
    from truths.coverage import main

    raise SystemExit(main(arguments))


def bench(arguments: list[str]) -> None:
    """Prints times and memory."""
    from benchmarks.bench import main

    raise SystemExit(main(arguments))


def kernels(arguments: list[str]) -> None:
    """Writes or compares the intermediate code that the package ships."""
    sys.path.insert(0, str(ROOT / "src"))
    from holdfast.engine import shipped, shipping

    if "--check" not in arguments:
        shipping.write(shipping.made())
    elif wrong := shipping.differs():
        raise SystemExit(f"{shipped.FILE.name} is not what the sources make ({wrong}): run `uv run dev.py kernels`")


def _pin(package: dict[str, Any]) -> str:
    """One constraint; where Python versions need different ones, with the markers of each."""
    markers = " or ".join(f"({marker})" for marker in sorted(package.get("resolution-markers", ())))
    return f'"{package["name"]}=={package["version"]}{f" ; {markers}" if markers else ""}",'


def pins(arguments: list[str]) -> None:
    """Writes or compares the exact versions of all dependencies."""
    _step("uv", "lock", "--quiet")
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    found = sorted(_pin(package) for package in lock["package"] if "registry" in package["source"])
    text = PYPROJECT.read_text()
    block = "constraint-dependencies = [\n" + "".join(f"    {line}\n" for line in found) + "]"
    wanted = re.sub(r"constraint-dependencies = \[.*?\n?\]", lambda _: block, text, flags=re.DOTALL)
    if "--check" not in arguments:
        PYPROJECT.write_text(wanted)
    elif wanted != text:
        raise SystemExit("pyproject.toml does not pin what is resolved: run `uv run dev.py pins`")


def report(arguments: list[str]) -> None:
    """Builds the report's assets."""
    _step("node", "web/scripts/build.mjs", *arguments)


def site(arguments: list[str]) -> None:
    """Builds the pages as a site."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    _step(sys.executable, "-m", "mkdocs", "build", "--strict", *arguments)


def docs(arguments: list[str]) -> None:
    """Writes or compares the generated pages, and writes what the shown commands print."""
    from docs.generate import REFERENCE, pages

    for name, text in pages().items():
        page = REFERENCE / name
        if "--check" not in arguments:
            page.write_text(text, encoding="utf-8")
        elif page.read_text(encoding="utf-8") != text:
            raise SystemExit(f"{name} is not what the code says: run `uv run dev.py docs`")
    if "--check" not in arguments:
        from docs.run import refresh

        refresh()


COMMANDS = {
    "check": check,
    "twin": twin,
    "faults": faults,
    "truths": truths,
    "optima": optima,
    "coverage": coverage,
    "bench": bench,
    "kernels": kernels,
    "pins": pins,
    "report": report,
    "site": site,
    "docs": docs,
}


def main() -> None:
    """Runs the command named on the command line."""
    sys.path.insert(0, str(ROOT))
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        raise SystemExit(__doc__)
    COMMANDS[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()
