"""Machine code of kernels, made, kept between processes and loaded by LLVM alone: importing Numba takes longer.

A kernel calls nothing but what LLVM has, so it can be put into the memory of any process on the same kind of processor.
A file holds a digest of the rest, the name of the function, and an object file.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from holdfast.engine import lanes

if TYPE_CHECKING:
    from pathlib import Path

KEPT: Final = sys.platform == "linux"
"""Whether machine code is kept so; elsewhere Numba's own cache is used, since this was tried on Linux alone."""
_DIGEST: Final = 16

_loaded: list[bytes] = []
"""Object files that LLVM reads from."""


@dataclass(frozen=True)
class Made:
    """What LLVM has made of a kernel."""

    name: str
    """Of its function of C."""
    intermediate: str
    """Optimised for this processor."""
    code: bytes
    """An object file."""


def make(intermediate: str) -> Made | None:
    """Optimises intermediate code for this processor and makes machine code of it, as Numba does.

    None where this LLVM cannot read the code, since versions know different words, and where the code needs something
    of Numba or Python, so that LLVM alone cannot put it into a process.
    """
    from llvmlite import binding

    target = _target()
    try:
        module = binding.parse_assembly(lanes.apart(intermediate))
        module.verify()
    except RuntimeError:
        return None
    if module.data_layout != str(target.target_data):
        return None
    options = binding.create_pipeline_tuning_options(_SPEED)
    options.loop_vectorization, options.slp_vectorization = True, False
    builder = binding.create_pass_builder(target, options)
    builder.getModulePassManager().run(module, builder)
    module = unmasked(module)
    if not all(each.name.startswith("llvm.") for each in module.functions if each.is_declaration):
        return None
    name = next(each.name for each in module.functions if each.name.startswith("cfunc."))
    return Made(name, str(module), target.emit_object(module))


_SELECT: Final = re.compile(
    r"^  (%\S+) = select <.*?> %\S+, (<\d+ x \w+>) ([^\s,]+), <\d+ x \w+> ([^\s,]+)$", re.MULTILINE
)
_LOAD: Final = re.compile(r"^  (%\S+) = load <\d+ x \w+>, ptr (%[^\s,]+),", re.MULTILINE)
_STORE: Final = re.compile(r"^  store <\d+ x \w+> (%[^\s,]+), ptr (%[^\s,]+),", re.MULTILINE)


def unmasked(module: Any) -> Any:
    """The same code, in which a row that changes in some lanes is still stored whole.

    LLVM would make a masked store of a choice between something new and what was loaded from the same place, which
    many processors without AVX-512 take ten times as long for. It does not where what was loaded is frozen, which
    costs nothing.
    """
    text = str(module)
    loaded, stored = dict(_LOAD.findall(text)), set(_STORE.findall(text))

    def frozen(found: re.Match[str]) -> str:
        line = found.group()
        name, kind, *choices = found.groups()
        for each in choices:
            if (name, loaded.get(each)) in stored:
                was = f"%was.{name[1:]}"
                return f"  {was} = freeze {kind} {each}\n" + re.sub(rf" {re.escape(each)}(?=,|$)", f" {was}", line)
        return line

    from llvmlite import binding

    made = binding.parse_assembly(_SELECT.sub(frozen, text))
    made.name = module.name
    return made


def assembly(intermediate: str) -> str:
    """What a processor does, in words, of code that `make` has optimised."""
    from llvmlite import binding

    text: str = _target().emit_assembly(binding.parse_assembly(intermediate))
    return text


_SPEED: Final = 3
"""How much LLVM optimises, at most 3."""


@functools.cache
def _target() -> Any:
    """This machine, as machine code for a process that runs is made for it."""
    from llvmlite import binding

    _begin()
    cpu, features = _processor()
    return binding.Target.from_triple(binding.get_process_triple()).create_target_machine(
        cpu=cpu, features=features, opt=_SPEED, jit=True, codemodel="jitdefault",
        reloc="static" if binding.get_process_triple().startswith("x86") else "default",
    )  # fmt: skip


def _processor() -> tuple[str, str]:
    """This machine's processor and what it can do; or those that Numba was told to take."""
    from llvmlite import binding

    cpu = os.environ.get("NUMBA_CPU_NAME") or binding.get_host_cpu_name()
    features = os.environ.get("NUMBA_CPU_FEATURES")
    return cpu, binding.get_host_cpu_features().flatten() if features is None else features


@functools.cache
def machine() -> str:
    """What kind of processor machine code is for, and what else decides which code is made."""
    from llvmlite import binding

    told = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("NUMBA_"))
    text = "\n".join((binding.get_process_triple(), *_processor(), *told))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def load(path: Path) -> int | None:
    """The address of a function whose machine code was kept; None where it was not, or the file is damaged."""
    raw = read(path)
    if raw is None:
        return None
    name, _, code = raw.partition(b"\0")
    return put(name.decode(), code)


def put(name: str, code: bytes) -> int:
    """Puts the machine code of a function into this process, and says where."""
    from llvmlite.binding import ObjectFileRef

    engine = _engine()
    _loaded.append(code)
    engine.add_object_file(ObjectFileRef.from_data(code))
    engine.finalize_object()
    return int(engine.get_function_address(name))


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

    _begin()
    target = binding.Target.from_triple(binding.get_process_triple())
    return binding.create_mcjit_compiler(binding.parse_assembly(""), target.create_target_machine(jit=True))


def _begin() -> None:
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
