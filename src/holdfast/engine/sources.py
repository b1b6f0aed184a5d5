"""Which sources machine code and tables are made of: what was kept or shipped is used while they are the same."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[1]

CONSTANTS: Final = ("parts/discounting.py", "parts/inversion.py", "parts/laws.py", "parts/world.py")
"""Sources outside the engine of which kernels take constants; a test follows their imports."""
KERNELS: Final = (
    "engine/compiler.py", "engine/elementary.py", "engine/kernel.py", "engine/random.py", "engine/sample.py",
    "engine/ops/*.py", *CONSTANTS,
)  # fmt: skip
"""Sources that decide what Numba makes of kernels."""


TABLES: Final = ("parts/inversion.py", "parts/laws.py")
"""Sources that decide what a law's table is."""


@functools.cache
def of_kernels() -> str:
    """Hash of the sources that decide what Numba makes of kernels."""
    return _of(KERNELS)


@functools.cache
def of_all() -> str:
    """Hash of every source that machine code is made of: Numba's own cache does not see changes across files."""
    return _of(("engine/**/*.py", *CONSTANTS), "numba/_version.py", "llvmlite/_version.py")


@functools.cache
def of_tables() -> str:
    """Hash of what makes tables of laws."""
    return _of(TABLES, "numpy/version.py", "scipy/version.py")


def files(patterns: Iterable[str]) -> list[Path]:
    """The sources that patterns name, in a fixed order."""
    return sorted({path for pattern in patterns for path in _PACKAGE.glob(pattern)})


def _of(patterns: Iterable[str], *versions: str) -> str:
    """Hash of sources, and of the files in which libraries say their versions."""
    digest = hashlib.blake2b(digest_size=8)
    for path in files(patterns):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    for version in versions:
        library, _, file = version.partition("/")
        found = importlib.util.find_spec(library)  # imports nothing
        assert found is not None
        assert found.origin is not None
        digest.update(Path(found.origin).with_name(file).read_bytes())
    return digest.hexdigest()
