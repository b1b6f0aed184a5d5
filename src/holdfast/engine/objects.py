"""Machine code of kernels, kept between processes and loaded by LLVM alone: importing Numba takes longer than that.

What Numba makes of a kernel calls nothing but the system's own libraries, so it can be put into the memory of any
process on the same kind of processor. A file holds a digest of the rest, the name of the function, and an object file.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

KEPT: Final = sys.platform == "linux"
"""Whether machine code is kept so; elsewhere Numba's own cache is used, since this was tried on Linux alone."""
_DIGEST: Final = 16

_loaded: list[bytes] = []
"""Object files that LLVM reads from."""


@functools.cache
def machine() -> str:
    """What kind of processor machine code is for, and what else decides which code Numba makes."""
    from llvmlite import binding

    cpu = (binding.get_process_triple(), binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten())
    told = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("NUMBA_"))
    return hashlib.blake2b("\n".join((*cpu, *told)).encode(), digest_size=8).hexdigest()


def load(path: Path) -> int | None:
    """The address of a function whose machine code was kept; None where it was not, or the file is damaged."""
    raw = read(path)
    if raw is None:
        return None
    name, _, code = raw.partition(b"\0")
    from llvmlite.binding import ObjectFileRef

    engine = _engine()
    _loaded.append(code)
    engine.add_object_file(ObjectFileRef.from_data(code))
    engine.finalize_object()
    return int(engine.get_function_address(name.decode()))


def save(path: Path, name: str, code: bytes) -> None:
    """Keeps the machine code of a function; where it cannot be written it is made again next time."""
    write(path, name.encode() + b"\0" + code)


def read(path: Path) -> bytes | None:
    """What `write` has put into a file; None where there is none, or it is not whole."""
    with suppress(OSError):
        raw = path.read_bytes()
        if hashlib.blake2b(raw[_DIGEST:], digest_size=_DIGEST).digest() == raw[:_DIGEST]:
            return raw[_DIGEST:]
    return None


def write(path: Path, content: bytes) -> None:
    """Puts bytes into a file, whole or not at all, with a digest before them."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{path.name}.{os.getpid()}")
        aside.write_bytes(hashlib.blake2b(content, digest_size=_DIGEST).digest() + content)
        aside.replace(path)


@functools.cache
def _engine() -> Any:
    """What loads object files in this process."""
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    target = binding.Target.from_triple(binding.get_process_triple())
    return binding.create_mcjit_compiler(binding.parse_assembly(""), target.create_target_machine(jit=True))
