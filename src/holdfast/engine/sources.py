"""Which sources machine code is made of: what was kept or shipped is used while they are the same."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parents[1]

CONSTANTS: Final = ("parts/inversion.py", "parts/laws.py", "parts/world.py")
"""Sources outside the engine of which kernels take constants; a test follows their imports."""
KERNELS: Final = (
    "engine/compiler.py", "engine/elementary.py", "engine/kernel.py", "engine/lanes.py", "engine/random.py",
    "engine/sample.py", "engine/ops/*.py", *CONSTANTS,
)  # fmt: skip
"""Sources that decide what Numba makes of kernels."""


@functools.cache
def of_kernels() -> str:
    """Hash of the sources that decide what Numba makes of kernels."""
    return _of(KERNELS).hexdigest()


@functools.cache
def of_all() -> str:
    """Hash of every source that machine code is made of: Numba's own cache does not see changes across files."""
    digest = _of(("engine/**/*.py", *CONSTANTS))
    for compiler in ("numba", "llvmlite"):
        found = importlib.util.find_spec(compiler)  # imports nothing
        assert found is not None
        assert found.origin is not None
        digest.update(Path(found.origin).with_name("_version.py").read_bytes())
    return digest.hexdigest()


def files(patterns: Iterable[str]) -> list[Path]:
    """The sources that patterns name, in a fixed order."""
    return sorted({path for pattern in patterns for path in _PACKAGE.glob(pattern)})


def _of(patterns: Iterable[str]) -> hashlib.blake2b:
    digest = hashlib.blake2b(digest_size=8)
    for path in files(patterns):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest
