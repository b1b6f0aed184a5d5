"""What Numba makes of the kernels, shipped with the package: who runs Holdfast waits for LLVM alone.

`kernels.ll.xz` holds the intermediate code of every op and of the loop over them, before it is optimised for a
processor (`xz -dc` shows it). Its first lines say of which sources, for which machines and by what it was made; where
sources or machine are others, nothing of it is used. `engine.shipping` makes it.
"""

from __future__ import annotations

import functools
import lzma
from contextlib import suppress
from pathlib import Path
from typing import Final

from holdfast.engine import sources

FILE: Final = Path(__file__).with_name("kernels.ll.xz")
SOURCES, MACHINE, MAKER = "sources", "machine", "maker"
KERNEL: Final = "\n;; kernel "
"""What stands before the name of a kernel, on a line of its own."""


def intermediate(name: str) -> str | None:
    """The intermediate code of a kernel as Numba makes it; None where nothing was shipped for what is here."""
    return _usable().get(name)


@functools.cache
def _usable() -> dict[str, str]:
    """Intermediate code by the name of the kernel, where it was made of these sources for such a machine."""
    from llvmlite.binding import get_process_triple

    head, kernels = read()
    here = {SOURCES: sources.of_kernels(), MACHINE: get_process_triple()}
    return kernels if all(head.get(name) == value for name, value in here.items()) else {}


def read() -> tuple[dict[str, str], dict[str, str]]:
    """What the file says of itself, and intermediate code by the name of the kernel; nothing where it is damaged."""
    return split(text())


def text() -> str:
    """All that the file holds; nothing where it is damaged."""
    with suppress(OSError, lzma.LZMAError, EOFError, UnicodeDecodeError):
        return lzma.decompress(FILE.read_bytes()).decode()
    return ""


def split(whole: str) -> tuple[dict[str, str], dict[str, str]]:
    """What a text of this kind says of itself, and intermediate code by the name of the kernel."""
    head, *kernels = whole.split(KERNEL)
    told = dict(line.removeprefix("; ").split(": ", 1) for line in head.splitlines() if ": " in line)
    return told, {name: code for name, _, code in (each.partition("\n") for each in kernels)}
