"""What Numba makes of the kernels, shipped with the package: who runs Holdfast waits for LLVM alone.

`kernels.ll.xz` holds the intermediate code of every op and of the loop over them, before it is optimised for a
processor (`xz -dc` shows it). Its first lines say of which sources, for which machines and by what it was made; where
sources or machine are others, nothing of it is used. `dev.py kernels` writes it.
"""

from __future__ import annotations

import functools
import importlib
import lzma
import pkgutil
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

from holdfast.engine import kernel, sources

FILE: Final = Path(__file__).with_name("kernels.ll.xz")
_SOURCES, _MACHINE, _MAKER = "sources", "machine", "maker"
_KERNEL: Final = "\n;; kernel "
"""What stands before the name of a kernel, on a line of its own."""


def intermediate(name: str) -> str | None:
    """The intermediate code of a kernel as Numba makes it; None where nothing was shipped for what is here."""
    return _usable().get(name)


@functools.cache
def _usable() -> dict[str, str]:
    """Intermediate code by the name of the kernel, where it was made of these sources for such a machine."""
    from llvmlite.binding import get_process_triple

    head, kernels = read()
    here = {_SOURCES: sources.of_kernels(), _MACHINE: get_process_triple()}
    return kernels if all(head.get(name) == value for name, value in here.items()) else {}


def read() -> tuple[dict[str, str], dict[str, str]]:
    """What the file says of itself, and intermediate code by the name of the kernel; nothing where it is damaged."""
    return _split(_text())


def _text() -> str:
    with suppress(OSError, lzma.LZMAError, EOFError, UnicodeDecodeError):
        return lzma.decompress(FILE.read_bytes()).decode()
    return ""


def _split(text: str) -> tuple[dict[str, str], dict[str, str]]:
    head, *kernels = text.split(_KERNEL)
    told = dict(line.removeprefix("; ").split(": ", 1) for line in head.splitlines() if ": " in line)
    return told, {name: code for name, _, code in (each.partition("\n") for each in kernels)}


def maker() -> str:
    """What makes intermediate code here; other versions of it name and order things in other ways."""
    python = ".".join(str(part) for part in sys.version_info[:2])
    return f"Numba {version('numba')}, llvmlite {version('llvmlite')}, Python {python}"


def made() -> str:
    """The whole file's text, made of the sources that are here."""
    from llvmlite.binding import get_process_triple

    from holdfast.engine import compiler, ops

    for module in pkgutil.iter_modules(ops.__path__):
        importlib.import_module(f"{ops.__name__}.{module.name}")
    functions = {kernel.name_of(each): each for each in kernel.OPS if kernel.is_ours(each)}
    functions[kernel.RUN_BLOCK] = compiler.run_block
    head = {_SOURCES: sources.of_kernels(), _MACHINE: get_process_triple(), _MAKER: maker()}
    parts = ["".join(f"; {name}: {value}\n" for name, value in head.items())]
    for name, function in sorted(functions.items()):
        parts.append(f"{name}\n{compiler.intermediate(name, function)}")
    return _KERNEL.join(parts)


def write(text: str) -> None:
    """Puts a text into the file, which is left alone where it holds that text."""
    if _text() != text:
        FILE.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def differs() -> str | None:
    """What in the file is not what Numba makes of these sources; None where nothing is.

    Where another version of Numba or Python has made it, only the sources are compared.
    """
    head, kernels = read()
    if head.get(_SOURCES) != sources.of_kernels():
        return "it was made of other sources"
    if head.get(_MAKER) != maker():
        return None
    anew = _split(made())[1]
    wrong = sorted(name for name in {*anew, *kernels} if anew.get(name) != kernels.get(name))
    return f"other code is made of {', '.join(wrong)}" if wrong else None
