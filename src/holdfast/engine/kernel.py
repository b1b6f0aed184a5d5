"""How kernels are compiled, cached and called.

An *op* is a lane loop: it carries one small piece of a period out for replications lo to hi of a block.
All ops have one signature, so a period is a list of (address, arguments), and changing a scenario never
compiles anything; a new kind of part compiles its own ops only. A *step* is a scalar function (one
replication, one period) that ops inline.

Op arguments: F, Z, U rows of the block's state (float64, int32, uint32; row r of lane i at r * B + i);
P parameters and tables; A integer arguments, those of this call from k on; H histograms (int32); Y yearly
figures (float32); O totals (float64); lo, hi lanes; B lanes of a block; t period; rep0 the replication
of lane 0; out0 its place in the outputs; key the seed.
"""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from holdfast import caches
from holdfast.engine import objects, sources

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OpFunction = Callable[..., None]
_T = TypeVar("_T", bound=Callable[..., Any])


class _Step:
    """A scalar step function; Numba is imported when an op that inlines it is compiled, or when Python calls it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.py_func = function
        functools.update_wrapper(self, function)

    @functools.cached_property
    def _compiled(self) -> Any:
        from holdfast.engine.compiler import compile_step

        return compile_step(self.py_func)

    @property
    def _numba_type_(self) -> Any:
        """What Numba takes it for where it compiles a function that names it: what it makes of steps."""
        return self._compiled._numba_type_

    def __call__(self, *arguments: Any) -> Any:
        return self._compiled(*arguments)


def step(function: _T) -> _T:
    """Marks a scalar step function, inlined into the ops that call it."""
    return cast("_T", _Step(function))


class _Prefetch:
    """In an op or step, `prefetch(X, at)` tells the processor to fetch X[at], which is needed soon.

    It is fetched as if to be changed, so X is to be one thread's own. That changes nothing but the time.
    """

    @property
    def _numba_type_(self) -> Any:
        """What Numba takes it for."""
        from holdfast.engine.compiler import prefetch_type

        return prefetch_type()

    def __call__(self, X: Any, at: Any) -> None:
        """Python fetches nothing ahead."""


prefetch: Final = _Prefetch()

OPS: Final[list[OpFunction]] = []
"""Every op of the modules that have been loaded."""

_compiled: dict[OpFunction, int] = {}
"""Where the machine code of each op is that this process has loaded or compiled."""
_at_work = threading.RLock()
"""One thread loads or compiles at a time."""
_HOME: Final = f"{__name__.rpartition('.')[0]}."


def op(function: OpFunction) -> OpFunction:
    """Marks a lane loop; it is compiled when a model first needs it."""
    OPS.append(function)
    return function


def is_ours(function: OpFunction) -> bool:
    """Whether an op stands in the engine, by whose sources machine code is kept."""
    return function.__module__.startswith(_HOME)


def address(function: OpFunction) -> int:
    """Where the machine code of an op is."""
    with _at_work:
        if function not in _compiled:
            _compiled[function] = _address(name_of(function), lambda: function, kept=objects.KEPT and is_ours(function))
        return _compiled[function]


def _address(name: str, find: Callable[[], OpFunction], *, kept: bool) -> int:
    """Where the machine code of a function of C is: kept from an earlier process, or made.

    Args:
        name: under which it is kept.
        find: gives the function that Numba compiles, where it must.
        kept: whether its machine code is kept here, and Numba's own cache is not needed.
    """
    with _uninterrupted():
        if kept:
            at = objects.load(_object_file(name))
            if at is not None:
                return at
            made = make(name, find)
            if made is not None:
                keep(f"{name}.ll", made.intermediate)
                objects.save(_object_file(name), made.name, made.code)
                return objects.put(made.name, made.code)
        compiled = compile_op(find(), cache=True)
    if not compiled.cache_hits:
        keep(f"{name}.ll", compiled.inspect_llvm())
    return int(compiled.address)


def make(name: str, find: Callable[[], OpFunction]) -> objects.Made | None:
    """Machine code of a kernel of the engine, from what Numba made of it for the package, or makes of it now.

    None where it needs something of Python, so that Numba must have it whole.
    """
    from holdfast.engine import shipped

    text = shipped.intermediate(name)
    made = None if text is None else objects.make(text)
    if made is None:
        from holdfast.engine import compiler

        made = objects.make(compiler.intermediate(name, find()))
    return made


def compile_op(function: OpFunction, *, cache: bool = False) -> Any:
    """An op as a function of C that Numba has compiled, with its own cache where it is told."""
    from holdfast.engine import compiler

    with _cache_directory():
        return compiler.compiled(function, cache=cache)


def _object_file(name: str) -> Path:
    return _kernels() / f"machine-{objects.machine()}" / f"{name}.o"


def name_of(function: OpFunction) -> str:
    """The name of an op, the same in every process."""
    return f"{function.__module__.rpartition('.')[2]}_{function.__name__}"


def intermediate(function: OpFunction) -> str:
    """LLVM's intermediate code of an op, from which its machine code was made, or would be.

    The function that it is about is the one whose name begins with `cfunc.`.
    """

    def anew() -> str:
        with _uninterrupted():
            made = make(name, lambda: function) if objects.KEPT and is_ours(function) else None
            text: str = compile_op(function).inspect_llvm() if made is None else made.intermediate
        return text

    name = name_of(function)
    if not (_intermediates() / f"{name}.ll").exists():
        address(function)  # keeps it, unless the machine code was there and this was lost
    return kept(f"{name}.ll", anew)


def kept(name: str, make: Callable[[], str]) -> str:
    """A text from the folder of compiled kernels; made, and kept, where it is not there."""
    with suppress(OSError):
        return (_intermediates() / name).read_text(encoding="utf-8")
    text = make()
    keep(name, text)
    return text


def kept_names() -> set[str]:
    """Names of the ops that some process has compiled and kept."""
    folder = _object_file("").parent if objects.KEPT else _intermediates()
    with suppress(OSError):
        return {each.stem for each in folder.glob("*.o" if objects.KEPT else "*.ll")}
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
    from llvmlite.binding import llvm_version_info

    version = ".".join(str(part) for part in llvm_version_info)
    return _kernels() / f"llvm-{version}"


def _kernels() -> Path:
    """The folder of what was made of these very sources."""
    return caches.folder("kernels", sources.of_all())


def is_compiled(function: OpFunction) -> bool:
    """Whether an op has been compiled or loaded in this process."""
    return function in _compiled


@contextmanager
def _cache_directory() -> Iterator[None]:
    """Numba's own cache is in the folder of these sources."""
    from numba.core import config

    before = config.CACHE_DIR
    config.CACHE_DIR = str(_kernels())
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


RUN_BLOCK: Final = "run_block"
"""The name of the loop over periods and ops."""
_KINDS: Final = ("i8", "i8", "i8", "f8", "i4", "u4", "f8", "i8", "i4", "f4", "f8")
"""What the arrays of the loop hold, in its order."""
_RUN_BLOCK: Final = ctypes.CFUNCTYPE(
    None, *([ctypes.c_int64] * 3), *([ctypes.c_void_p] * 11), *([ctypes.c_int64] * 4), ctypes.c_uint64
)
"""The loop over periods and ops; other threads of Python go on while it runs."""


@functools.cache
def run_block() -> Callable[..., None]:
    """The compiled loop over periods and ops."""

    def find() -> OpFunction:
        from holdfast.engine import compiler

        return compiler.run_block

    with _at_work:
        loop = _RUN_BLOCK(_address(RUN_BLOCK, find, kept=objects.KEPT))

    def run(
        initial: int, schedule: NDArray[np.int64], codes: NDArray[np.int64], at: NDArray[np.int64],
        F: NDArray[np.float64], Z: NDArray[np.int32], U: NDArray[np.uint32], P: NDArray[np.float64],
        A: NDArray[np.int64], H: NDArray[np.int32], Y: NDArray[np.float32], O: NDArray[np.float64],
        n: int, B: int, periods: int, rep0: int, out0: int, key: int,
    ) -> None:  # fmt: skip
        """Takes one block of n lanes through all periods: see `compiler.run_block`."""
        arrays: tuple[NDArray[Any], ...] = (schedule, codes, at, F, Z, U, P, A, H, Y, O)
        assert all(each.flags.c_contiguous and each.dtype == kind for each, kind in zip(arrays, _KINDS, strict=True))
        pointers = (each.ctypes.data for each in arrays)
        loop(initial, len(codes), periods, *pointers, n, B, rep0, out0, key)

    return run
