"""Making the file of intermediate code that is shipped with the package (`engine.shipped`), for who changes kernels."""

from __future__ import annotations

import importlib
import lzma
import pkgutil
import sys
from importlib.metadata import version

from holdfast.engine import compiler, kernel, ops, shipped, sources
from holdfast.engine.shipped import KERNEL, MACHINE, MAKER, SOURCES


def maker() -> str:
    """What makes intermediate code here; other versions of it name and order things in other ways."""
    python = ".".join(str(part) for part in sys.version_info[:2])
    return f"Numba {version('numba')}, llvmlite {version('llvmlite')}, Python {python}"


def made() -> str:
    """The whole file's text, made of the sources that are here."""
    from llvmlite.binding import get_process_triple

    for module in pkgutil.iter_modules(ops.__path__):
        importlib.import_module(f"{ops.__name__}.{module.name}")
    functions = {kernel.name_of(each): each for each in kernel.OPS if kernel.is_ours(each)}
    functions[kernel.RUN_BLOCK] = compiler.run_block
    head = {SOURCES: sources.of_kernels(), MACHINE: get_process_triple(), MAKER: maker()}
    parts = ["".join(f"; {name}: {value}\n" for name, value in head.items())]
    for name, function in sorted(functions.items()):
        parts.append(f"{name}\n{compiler.intermediate(name, function)}")
    return KERNEL.join(parts)


def write(text: str) -> None:
    """Puts a text into the file, which is left alone where it holds that text."""
    if shipped.text() != text:
        shipped.FILE.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def differs() -> str | None:
    """What in the file is not what Numba makes of these sources; None where nothing is.

    Where another version of Numba or Python has made it, only the sources are compared.
    """
    head, kernels = shipped.read()
    if head.get(SOURCES) != sources.of_kernels():
        return "it was made of other sources"
    if head.get(MAKER) != maker():
        return None
    anew = shipped.split(made())[1]
    wrong = sorted(name for name in {*anew, *kernels} if anew.get(name) != kernels.get(name))
    return f"other code is made of {', '.join(wrong)}" if wrong else None
