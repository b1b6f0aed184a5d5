"""Compiling what nobody has compiled yet with a second process: each of them compiles one kernel at a time."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from holdfast import caches
from holdfast.engine import kernel
from holdfast.engine.kernel import OpFunction

if TYPE_CHECKING:
    import subprocess

FEW: Final = 8
"""So many kernels are as soon compiled as a second process has started."""
_HOME: Final = f"{__name__.rpartition('.')[0]}."


def prepare(functions: Sequence[OpFunction], cores: int) -> None:
    """Compiles ops, with a second process that begins at the other end and leaves what it made in the cache.

    What the second process does not do, for whatever reason, is compiled here: it changes nothing but the time.

    Args:
        functions: ops, of which some may have been compiled.
        cores: that this process may use; with one it compiles alone.
    """
    missing = [each for each in dict.fromkeys(functions) if not kernel.is_compiled(each)]
    if cores < 2 or len(missing) < FEW:
        return
    kept = kernel.kept_names()
    missing = [each for each in missing if kernel.name_of(each) not in kept]
    names = [f"{each.__module__}:{each.__name__}" for each in missing if each.__module__.startswith(_HOME)]
    if len(names) < FEW:
        return
    helper = _start(names[::-1])
    try:
        for each in missing:
            kernel.address(each)
    except BaseException:
        if helper is not None:
            helper.terminate()
        raise
    finally:
        if helper is not None:
            helper.wait()


def _start(names: Sequence[str]) -> subprocess.Popen[bytes] | None:
    """A process that compiles ops; None where it cannot be started."""
    import subprocess

    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    environment = os.environ | {"HOLDFAST_CACHE_DIR": str(caches.home()), "PYTHONPATH": path}
    with suppress(OSError, ValueError):
        return subprocess.Popen(
            [sys.executable, "-m", __name__, *names],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    return None


def main(names: Sequence[str]) -> None:
    """Compiles the ops that are named `module:function` and are not in the cache when their turn comes."""
    for name in names:
        module, _, function = name.partition(":")
        op = getattr(importlib.import_module(module), function)
        if kernel.name_of(op) not in kernel.kept_names():
            kernel.address(op)


if __name__ == "__main__":
    main(sys.argv[1:])
