"""What was measured on, and small helpers that measure."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
LONGEST: Final = 900
"""[s] that a process of its own may take."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> dict[str, Any]:
    """The machine and what it runs, without its name."""
    from importlib.metadata import version

    return {
        "cores": cores(),
        "processor": _cpuinfo("model name") or platform.processor() or platform.machine(),
        "vectors": vectors(),
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("holdfast", "numpy", "numba", "llvmlite")},
    }


def vectors() -> str:
    """The widest vectors that the processor has, as it names them."""
    flags = _cpuinfo("flags").split()
    return next((name for name in ("avx512f", "avx2", "sse2") if name in flags), "unknown")


def _cpuinfo(key: str) -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.split(":")[0].strip() == key), "")


def peak() -> float:
    """Most memory that this process has held [MB].

    Linux hands the peak of a parent down in `getrusage`; its own high-water mark is in its status.
    """
    with suppress(OSError):
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def seconds(work: Callable[[], object]) -> float:
    """Wall time of some work [s]."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def core_seconds(work: Callable[[], object]) -> float:
    """Processor time of some work [s]: what it would take on a core of its own, if it uses one thread."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def python(code: str, **environment: str) -> str:
    """What a Python process of its own prints."""
    return _process(["-c", code], environment)


def command(*arguments: str, **environment: str) -> float:
    """Wall time of a holdfast command in a process of its own [s]."""
    return seconds(lambda: _process(["-m", "holdfast.command", *arguments], environment))


def _process(arguments: list[str], environment: dict[str, str]) -> str:
    """What Python prints; it keeps bytecode beside the sources, as it does unless someone forbids it."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True, text=True, timeout=LONGEST,
        env=kept | environment,
    )  # fmt: skip
    return done.stdout


@contextmanager
def empty_folder() -> Iterator[str]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield folder
