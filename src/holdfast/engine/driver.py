"""The NVIDIA driver: memory and kernels of a graphics processor, with nothing installed but the driver itself.

Source: NVIDIA, CUDA Driver API, versions 11.4 and later.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Callable, Sequence
from ctypes import byref, c_char, c_char_p, c_int, c_size_t, c_uint, c_uint64, c_void_p
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIBRARY: Final = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
OLDEST: Final = (7, 0)
"""The compute capability that a kernel needs."""
THREADS: Final = 128
"""Threads of a block."""

REGISTERS: Final = 128
"""Registers of a thread, at most. Four kernels would take up to 213, and a processor would have few threads at work to
wait for memory with. On an H200, 96 are as fast; 64 take a tenth longer, and as many as they like as well.
"""

_NO_DEVICE: Final = 100
_MAJOR, _MINOR = 75, 76
_MAX_REGISTERS, _ERROR_LOG, _ERROR_LOG_SIZE = 0, 5, 6
_LOG_BYTES: Final = 8192
_HOST, _DEVICE = 1, 2
_NON_BLOCKING, _THREAD_LOCAL = 1, 1
_NEWEST: Final = "cuGraphInstantiateWithFlags"
"""What drivers before 2021 lack, of all that is called here."""


class _Copy(ctypes.Structure):
    """CUDA_MEMCPY2D: rows of bytes, from one place to another."""

    _fields_ = (
        ("source_x", c_size_t), ("source_y", c_size_t), ("source_kind", c_uint), ("source_host", c_void_p),
        ("source_device", c_uint64), ("source_array", c_void_p), ("source_pitch", c_size_t),
        ("to_x", c_size_t), ("to_y", c_size_t), ("to_kind", c_uint), ("to_host", c_void_p), ("to_device", c_uint64),
        ("to_array", c_void_p), ("to_pitch", c_size_t), ("width", c_size_t), ("height", c_size_t),
    )  # fmt: skip


class DriverError(Exception):
    """What is missing, or what the driver refused, in words."""


def load() -> Any:
    """The driver's library.

    Raises:
        DriverError: there is none.
    """
    try:
        return ctypes.CDLL(LIBRARY)  # calls of 64-bit Windows are those of C
    except OSError as error:
        message = f"there is no NVIDIA driver ({LIBRARY} is not found)"
        raise DriverError(message) from error


@functools.cache
def processor() -> Processor:
    """The processor of this process, opened when it is first asked for.

    Raises:
        DriverError: there is none that can be used.
    """
    return Processor()


class Processor:
    """The first graphics processor that the driver shows; what was allocated is given back at the end of a `with`."""

    def __init__(self) -> None:
        """Opens it.

        Raises:
            DriverError: there is no driver or no processor, or one of them is too old.
        """
        self._library = load()
        if not hasattr(self._library, _NEWEST):
            message = f"the NVIDIA driver is too old: it has no {_NEWEST}, which drivers from 2021 on have"
            raise DriverError(message)
        self._allocated: list[c_uint64] = []
        self._graphs: list[c_void_p] = []
        self._modules: dict[str, c_void_p] = {}
        count, number = c_int(), c_int()
        self._call("cuInit", c_uint(0))
        self._call("cuDeviceGetCount", byref(count))
        if count.value < 1:
            message = "the NVIDIA driver shows no graphics processor"
            raise DriverError(message)
        self._call("cuDeviceGet", byref(number), c_int(0))
        self._number = number
        self.name = self._named()
        self._check_age()
        self._context, self._work, self._copies = c_void_p(), c_void_p(), c_void_p()
        self._call("cuDevicePrimaryCtxRetain", byref(self._context), number)
        self._call("cuCtxSetCurrent", self._context)
        self._call("cuStreamCreate", byref(self._work), c_uint(0))
        self._call("cuStreamCreate", byref(self._copies), c_uint(_NON_BLOCKING))

    def __enter__(self) -> Processor:
        self._call("cuCtxSetCurrent", self._context)
        return self

    def __exit__(self, *_: object) -> None:
        self._library.cuStreamSynchronize(self._work)  # what goes wrong here went wrong before, and was told then
        for graph in filter(None, self._graphs):
            self._library.cuGraphExecDestroy(graph)
        for pointer in self._allocated:
            self._library.cuMemFree_v2(pointer)
        self._graphs.clear()
        self._allocated.clear()

    def _call(self, name: str, *arguments: object) -> None:
        """Calls the driver.

        Raises:
            DriverError: it refused.
        """
        code = getattr(self._library, name)(*arguments)
        if code == _NO_DEVICE:
            message = "the NVIDIA driver shows no graphics processor"
            raise DriverError(message)
        if code != 0:
            message = f"the NVIDIA driver refused {name} ({self._said(code)})"
            raise DriverError(message)

    def _said(self, code: int) -> str:
        text = c_char_p()
        self._library.cuGetErrorString(c_int(code), byref(text))
        return text.value.decode(errors="replace") if text.value else f"error {code}"

    def _named(self) -> str:
        name = (c_char * 128)()
        self._call("cuDeviceGetName", name, c_int(len(name)), self._number)
        return name.value.decode(errors="replace")

    def _check_age(self) -> None:
        major, minor = c_int(), c_int()
        self._call("cuDeviceGetAttribute", byref(major), c_int(_MAJOR), self._number)
        self._call("cuDeviceGetAttribute", byref(minor), c_int(_MINOR), self._number)
        if (major.value, minor.value) < OLDEST:
            message = (
                f"{self.name} has compute capability {major.value}.{minor.value}, and {OLDEST[0]}.{OLDEST[1]} is needed"
            )
            raise DriverError(message)

    def free(self) -> int:
        """Memory that can be had [bytes]."""
        free, total = c_size_t(), c_size_t()
        self._call("cuMemGetInfo_v2", byref(free), byref(total))
        return free.value

    def allocate(self, size: int) -> c_uint64:
        """Memory of some bytes, until the end of the `with`."""
        pointer = c_uint64()
        self._call("cuMemAlloc_v2", byref(pointer), c_size_t(max(1, size)))
        self._allocated.append(pointer)
        return pointer

    def clear(self, pointer: c_uint64, size: int) -> None:
        """Sets some bytes to 0, before whatever is launched next."""
        self._call("cuMemsetD8_v2", pointer, c_uint(0), c_size_t(size))

    def upload(self, array: NDArray[Any]) -> c_uint64:
        """A copy of an array on the device."""
        pointer = self.allocate(array.nbytes)
        self.put(array, pointer)
        return pointer

    def put(self, array: NDArray[Any], pointer: c_uint64) -> None:
        """Copies an array to the device, before whatever is launched next."""
        self._call("cuMemcpyHtoD_v2", pointer, c_void_p(array.ctypes.data), c_size_t(array.nbytes))

    def download(self, pointer: c_uint64, pitch: int, rows: NDArray[Any]) -> None:
        """Fills rows of an array from the device, while what was launched goes on.

        Args:
            pointer: where the first row begins.
            pitch: bytes from there to the next.
            rows: shape (row, number); the numbers of a row lie side by side.
        """
        height, width = rows.shape
        if height == 0:
            return
        assert width == 1 or rows.strides[1] == rows.itemsize
        copy = _Copy(
            source_kind=_DEVICE, source_device=pointer.value, source_pitch=pitch, to_kind=_HOST,
            to_host=rows.ctypes.data, to_pitch=rows.strides[0], width=width * rows.itemsize, height=height,
        )  # fmt: skip
        self._call("cuMemcpy2DAsync_v2", byref(copy), self._copies)
        self._call("cuStreamSynchronize", self._copies)

    def kernel(self, ptx: str, name: str) -> c_void_p:
        """A kernel of a text, which is translated for this processor by its driver and kept.

        Raises:
            DriverError: the driver cannot translate it.
        """
        if ptx not in self._modules:
            self._modules[ptx] = self._translated(ptx)
        found = c_void_p()
        self._call("cuModuleGetFunction", byref(found), self._modules[ptx], c_char_p(name.encode()))
        return found

    def _translated(self, ptx: str) -> c_void_p:
        log, module = (c_char * _LOG_BYTES)(), c_void_p()
        options = (c_int * 3)(_MAX_REGISTERS, _ERROR_LOG, _ERROR_LOG_SIZE)
        values = (c_void_p * 3)(REGISTERS, ctypes.addressof(log), _LOG_BYTES)
        try:
            self._call(
                "cuModuleLoadDataEx", byref(module), c_char_p(ptx.encode()), c_uint(len(options)), options, values
            )
        except DriverError as error:
            said = log.value.decode(errors="replace").strip().splitlines()
            message = f"{error}: {said[0]}" if said else str(error)
            raise DriverError(message) from error
        return module

    def launch(self, kernel: c_void_p, threads: int, arguments: Sequence[c_uint64]) -> None:
        """Runs a kernel on at least so many threads, after what was launched before. All parameters have 64 bits."""
        places = (c_void_p * len(arguments))(*(ctypes.addressof(each) for each in arguments))
        block = min(THREADS, threads)
        one, none = c_uint(1), c_uint(0)
        self._call(
            "cuLaunchKernel", kernel, c_uint(-(-threads // block)), one, one, c_uint(block), one, one, none, self._work,
            places, c_void_p(),
        )  # fmt: skip

    def recorded(self, launches: Callable[[], None]) -> c_void_p:
        """A graph of the launches that a function makes: together they take a fraction of the time of each alone."""
        graph, ready = c_void_p(), c_void_p()
        self._graphs.append(ready)
        try:
            self._call("cuStreamBeginCapture_v2", self._work, c_int(_THREAD_LOCAL))
            launches()
            self._call("cuStreamEndCapture", self._work, byref(graph))
            self._call("cuGraphInstantiateWithFlags", byref(ready), graph, c_uint64(0))
        except BaseException:  # Ctrl-C, too: the stream would go on recording whatever is launched next
            if not graph:
                self._library.cuStreamEndCapture(self._work, byref(graph))
            raise
        finally:
            if graph:
                self._library.cuGraphDestroy(graph)
        return ready

    def repeat(self, graph: c_void_p) -> None:
        """Launches what was recorded."""
        self._call("cuGraphLaunch", graph, self._work)

    def wait(self) -> None:
        """Until all that was launched has ended."""
        self._call("cuStreamSynchronize", self._work)
