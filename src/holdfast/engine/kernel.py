"""How kernels are compiled, cached and called.

An *op* is a lane loop: it carries one small piece of a period out for replications lo to hi of a block.
All ops have one signature, so a period is a list of (address, arguments), and changing a scenario never
compiles anything; a new kind of part compiles its own ops only. A *step* is a scalar function (one
replication, one period) that ops inline.

Op arguments: F, Z, U rows of the block's state (float64, int32, uint32; row r of lane i at r * B + i);
P parameters and tables; A integer arguments, those of this call from k on; H histograms; Y yearly
figures (float32); O totals (float64); lo, hi lanes; B lanes of a block; t period; rep0 the replication
of lane 0; out0 its place in the outputs; key the seed.
"""

from __future__ import annotations

import functools
import hashlib
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import numba
from llvmlite import ir
from llvmlite.binding import llvm_version_info
from numba import types
from numba.core import config
from numba.core.compiler import Compiler
from numba.extending import intrinsic

_F64 = types.CPointer(types.float64)
_I64 = types.CPointer(types.int64)
_ARGS = (
    _F64,
    types.CPointer(types.int32),
    types.CPointer(types.uint32),
    _F64,
    _I64,
    _I64,
    types.CPointer(types.float32),
    _F64,
    *([types.int64] * 7),
    types.uint64,
)
_SIGNATURE = types.void(*_ARGS)

OpFunction = Callable[..., None]
_T = TypeVar("_T", bound=Callable[..., Any])

step: Callable[[_T], _T] = numba.njit(inline="never", forceinline=True, error_model="numpy")
"""Marks a scalar step function, inlined into the ops that call it."""


class _Apart(Compiler):  # type: ignore[misc] # Numba has no types
    """Compiles ops in the knowledge that their arrays lie apart.

    What is read from one does not change by writing another, so that loops which look things up in tables are
    vectorised too.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.state.flags.noalias = True


OPS: Final[list[OpFunction]] = []
"""Every op of the modules that have been loaded."""

_compiled: dict[OpFunction, Any] = {}


def op(function: OpFunction) -> OpFunction:
    """Marks a lane loop; it is compiled when a model first needs it."""
    OPS.append(function)
    return function


def compile_op(function: OpFunction, *, cache: bool = False) -> Any:
    """An op as a function of C."""
    return numba.cfunc(_SIGNATURE, cache=cache, error_model="numpy", pipeline_class=_Apart)(function)


def address(function: OpFunction) -> int:
    """Where the machine code of an op is."""
    if function not in _compiled:
        with _cache_directory(), _uninterrupted():
            _compiled[function] = compiled = compile_op(function, cache=True)
        if not compiled.cache_hits:
            keep(f"{name_of(function)}.ll", compiled.inspect_llvm())
    return int(_compiled[function].address)


def name_of(function: OpFunction) -> str:
    """The name of an op, the same in every process."""
    return f"{function.__module__.rpartition('.')[2]}_{function.__name__}"


def intermediate(function: OpFunction) -> str:
    """LLVM's intermediate code of an op, from which its machine code was made, or would be.

    The function that it is about is the one whose name begins with `cfunc.`.
    """

    def compiled() -> str:
        with _uninterrupted():
            text: str = compile_op(function).inspect_llvm()
        return text

    name = f"{name_of(function)}.ll"
    if not (_intermediates() / name).exists():
        address(function)  # keeps it, unless the machine code was there and this was lost
    return kept(name, compiled)


def kept(name: str, make: Callable[[], str]) -> str:
    """A text from the folder of compiled kernels; made, and kept, where it is not there."""
    with suppress(OSError):
        return (_intermediates() / name).read_text(encoding="utf-8")
    text = make()
    keep(name, text)
    return text


def kept_names() -> set[str]:
    """Names of the ops that some process has compiled and kept."""
    with suppress(OSError):
        return {each.stem for each in _intermediates().glob("*.ll")}
    return set()


def keep(name: str, text: str) -> None:
    """Writes a text into the folder of compiled kernels; without such a folder it is made again next time."""
    with suppress(OSError):
        folder = _intermediates()
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f"{name}.{os.getpid()}"
        aside.write_text(text, encoding="utf-8")
        aside.replace(folder / name)


def _intermediates() -> Path:
    version = ".".join(str(part) for part in llvm_version_info)
    return cache_home() / f"kernels-{sources_hash()}" / f"llvm-{version}"


def is_compiled(function: OpFunction) -> bool:
    """Whether an op has been compiled or loaded in this process."""
    return function in _compiled


@functools.cache
def sources_hash() -> str:
    """Hash of every source that kernels are made of: Numba's own cache does not see changes across files."""
    digest = hashlib.blake2b(digest_size=8)
    digest.update(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_home() -> Path:
    """The folder in which compiled kernels are kept between processes."""
    named = os.environ.get("HOLDFAST_CACHE_DIR")
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    home = user_cache_path("holdfast", appauthor=False)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return home
    except OSError:
        return Path(tempfile.gettempdir()) / "holdfast-cache"


@contextmanager
def _cache_directory() -> Iterator[None]:
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_home() / f"kernels-{sources_hash()}")
    try:
        yield
    finally:
        config.CACHE_DIR = before


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until one kernel is compiled: the compiler loses it in its callbacks, and fails later."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def _call_typing(_typing: Any, _address: Any, *_rest: Any) -> Any:
    """Calls the op at an address."""
    signature = types.void(types.int64, types.StarArgTuple.from_types(_ARGS))

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [context.get_value_type(a) for a in _ARGS])
        pointer = builder.inttoptr(args[0], kind.as_pointer())
        builder.call(pointer, [builder.extract_value(args[1], i) for i in range(len(_ARGS))])
        return context.get_dummy_value()

    return signature, codegen


def _pointer_typing(_typing: Any, array: Any) -> Any:
    """The address of an array's first element."""
    signature = types.CPointer(array.dtype)(array)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        from numba.np.arrayobj import make_array

        return make_array(sig.args[0])(context, builder, args[0]).data

    return signature, codegen


_call: Any = intrinsic(_call_typing)
_pointer: Any = intrinsic(_pointer_typing)


def _run_block(
    initial: Any, schedule: Any, codes: Any, at: Any, F: Any, Z: Any, U: Any, P: Any, A: Any, H: Any, Y: Any, O: Any,
    n: int, B: int, periods: int, rep0: int, out0: int, key: Any,
) -> None:  # fmt: skip
    """Takes one block of n lanes through all periods.

    `codes[j]` is the address of op j, `at[j]` where its arguments start in A, `schedule[j]` = (first, last,
    every, offset): it acts in periods t with first <= t <= last and t mod every = offset. The first
    `initial` ops act once before period 0.
    """
    f = _pointer(F)
    z = _pointer(Z)
    u = _pointer(U)
    p = _pointer(P)
    a = _pointer(A)
    h = _pointer(H)
    y = _pointer(Y)
    o = _pointer(O)
    for j in range(initial):
        _call(codes[j], f, z, u, p, a, h, y, o, at[j], 0, n, B, 0, rep0, out0, key)
    for t in range(periods):
        for j in range(initial, codes.shape[0]):
            if schedule[j, 0] <= t <= schedule[j, 1] and t % schedule[j, 2] == schedule[j, 3]:
                _call(codes[j], f, z, u, p, a, h, y, o, at[j], 0, n, B, t, rep0, out0, key)


_dispatcher: Any = None


def run_block() -> Callable[..., None]:
    """The compiled loop over periods and ops."""
    global _dispatcher
    if _dispatcher is None:
        with _cache_directory():
            _dispatcher = numba.njit(nogil=True, cache=True, error_model="numpy")(_run_block)
    function: Callable[..., None] = _dispatcher
    return function
