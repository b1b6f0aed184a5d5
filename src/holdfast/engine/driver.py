"""The NVIDIA driver: memory and kernels of a graphics processor, with nothing installed but the driver itself.

Source: NVIDIA, CUDA Driver API, versions 10 and later.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Sequence
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
"""Registers of a thread, at most: the kernel would take some 210, and a processor would then have too few threads at
work to wait for memory with. On an H200, 128 are 1.3 to 1.45 times as fast as no limit; 96 and 80 are no better.
"""

_NO_DEVICE: Final = 100
_MAJOR, _MINOR = 75, 76
_MAX_REGISTERS, _ERROR_LOG, _ERROR_LOG_SIZE = 0, 5, 6
_LOG_BYTES: Final = 8192


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
            DriverError: there is no driver or no processor, or it is too old.
        """
        self._library = load()
        self._allocated: list[c_uint64] = []
        self._kernels: dict[str, c_void_p] = {}
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
        self._context = c_void_p()
        self._call("cuDevicePrimaryCtxRetain", byref(self._context), number)

    def __enter__(self) -> Processor:
        self._call("cuCtxSetCurrent", self._context)
        return self

    def __exit__(self, *_: object) -> None:
        for pointer in self._allocated:
            self._library.cuMemFree_v2(pointer)  # what goes wrong here went wrong before, and was told then
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
        """Sets some bytes to 0."""
        self._call("cuMemsetD8_v2", pointer, c_uint(0), c_size_t(size))

    def upload(self, array: NDArray[Any]) -> c_uint64:
        """A copy of an array on the device."""
        pointer = self.allocate(array.nbytes)
        self._call("cuMemcpyHtoD_v2", pointer, c_void_p(array.ctypes.data), c_size_t(array.nbytes))
        return pointer

    def download(self, pointer: c_uint64, array: NDArray[Any]) -> None:
        """Fills an array from the device."""
        self._call("cuMemcpyDtoH_v2", c_void_p(array.ctypes.data), pointer, c_size_t(array.nbytes))

    def kernel(self, ptx: str, name: str) -> c_void_p:
        """A kernel, translated for this processor by its driver and kept.

        Raises:
            DriverError: the driver cannot translate it.
        """
        if ptx in self._kernels:
            return self._kernels[ptx]
        log, module, found = (c_char * _LOG_BYTES)(), c_void_p(), c_void_p()
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
        self._call("cuModuleGetFunction", byref(found), module, c_char_p(name.encode()))
        self._kernels[ptx] = found
        return found

    def launch(self, kernel: c_void_p, threads: int, arguments: Sequence[c_uint64]) -> None:
        """Runs a kernel on at least so many threads, to its end. All its parameters have 64 bits."""
        places = (c_void_p * len(arguments))(*(ctypes.addressof(each) for each in arguments))
        blocks = -(-threads // THREADS)
        one, none = c_uint(1), c_uint(0)
        self._call(
            "cuLaunchKernel", kernel, c_uint(blocks), one, one, c_uint(THREADS), one, one, none, c_void_p(), places,
            c_void_p(),
        )  # fmt: skip
        self._call("cuCtxSynchronize")
