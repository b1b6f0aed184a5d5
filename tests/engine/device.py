"""A graphics processor's driver, played by this machine: the library's functions on plain memory.

Memory is this machine's, and a launch runs the threads of its blocks one after another, each through the same
intermediate code that becomes PTX, compiled for this machine's processor. Parameters are read as the driver reads them.
What it does not show is what the driver and a real processor do with the PTX.
"""

from __future__ import annotations

import ctypes
import functools
from ctypes import c_int64, c_uint64, c_void_p

import llvmlite.binding as llvm

from holdfast.engine import ptx

NAME = b"Played processor"
MEMORY = 8 * 2**30
INVALID, NO_DEVICE, INVALID_PTX = 1, 100, 218

_ENTRY = f"""
define void @{ptx.ENTRY}({", ".join(f"ptr %{name}" for name in ptx.POINTERS)},
  {", ".join(f"i64 %{name}" for name in ptx.NUMBERS)}, i64 %i) {{
  call void @lane({", ".join(f"ptr %{name}" for name in ptx.POINTERS)},
    {", ".join(f"i64 %{name}" for name in ptx.NUMBERS)}, i64 %i)
  ret void
}}
"""
PARAMETERS = len(ptx.POINTERS) + len(ptx.NUMBERS)


@functools.cache
def _compiled():
    """The kernel's code for this machine: a function of its parameters and the number of a thread."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(opt=1)
    module = ptx.link(_ENTRY, llvm.get_process_triple(), str(machine.target_data))
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    kind = ctypes.CFUNCTYPE(None, *([c_void_p] * len(ptx.POINTERS)), *([c_int64] * (len(ptx.NUMBERS) + 1)))
    return engine, kind(engine.get_function_address(ptx.ENTRY))


class Played:
    """What `ctypes.CDLL` gives for the driver."""

    def __init__(self, devices: int = 1, capability: tuple[int, int] = (9, 0), memory: int = MEMORY) -> None:
        self.devices, self.capability, self.memory = devices, capability, memory
        self.held: dict[int, ctypes.Array] = {}
        self.launches: list[tuple[int, int]] = []
        self.loaded: list[bytes] = []
        self.current = False

    def cuInit(self, flags):
        assert flags.value == 0
        return 0 if self.devices else NO_DEVICE

    def cuDeviceGetCount(self, count):
        count._obj.value = self.devices
        return 0

    def cuDeviceGet(self, device, number):
        device._obj.value = number.value
        return 0

    def cuDeviceGetName(self, name, length, device):
        assert len(NAME) < length.value
        name.value = NAME
        return 0

    def cuDeviceGetAttribute(self, value, attribute, device):
        value._obj.value = {75: self.capability[0], 76: self.capability[1]}[attribute.value]
        return 0

    def cuDevicePrimaryCtxRetain(self, context, device):
        context._obj.value = 1
        return 0

    def cuCtxSetCurrent(self, context):
        assert context.value == 1
        self.current = True
        return 0

    def cuCtxSynchronize(self):
        return 0

    def cuMemGetInfo_v2(self, free, total):
        free._obj.value = self.memory - sum(len(each) for each in self.held.values())
        total._obj.value = self.memory
        return 0

    def cuMemAlloc_v2(self, pointer, size):
        assert self.current
        block = (ctypes.c_char * size.value)()
        ctypes.memset(block, 0xA5, size.value)  # what was there before
        pointer._obj.value = ctypes.addressof(block)
        self.held[pointer._obj.value] = block
        return 0

    def cuMemFree_v2(self, pointer):
        return 0 if self.held.pop(pointer.value, None) is not None else INVALID

    def _inside(self, address: int, size: int) -> bool:
        return any(begin <= address and address + size <= begin + len(each) for begin, each in self.held.items())

    def cuMemsetD8_v2(self, pointer, value, size):
        if not self._inside(pointer.value, size.value):
            return INVALID
        ctypes.memset(pointer.value, value.value, size.value)
        return 0

    def cuMemcpyHtoD_v2(self, to, source, size):
        if not self._inside(to.value, size.value):
            return INVALID
        ctypes.memmove(to.value, source.value, size.value)
        return 0

    def cuMemcpyDtoH_v2(self, to, source, size):
        if not self._inside(source.value, size.value):
            return INVALID
        ctypes.memmove(to.value, source.value, size.value)
        return 0

    def cuModuleLoadDataEx(self, module, image, count, options, values):
        assert (list(options), count.value) == ([0, 5, 6], 3)
        self.loaded.append(image.value)
        if not image.value.startswith(b"//"):
            said = b"ptxas fatal: not PTX"
            assert values[2] > len(said)
            ctypes.memmove(values[1], said, len(said))
            return INVALID_PTX
        module._obj.value = 7
        return 0

    def cuModuleGetFunction(self, function, module, name):
        assert (module.value, name.value) == (7, ptx.ENTRY.encode())
        function._obj.value = 8
        return 0

    def cuLaunchKernel(self, function, gx, gy, gz, bx, by, bz, shared, stream, parameters, extra):
        assert function.value == 8
        assert (gy.value, gz.value, by.value, bz.value, shared.value) == (1, 1, 1, 1, 0)
        values = [c_uint64.from_address(parameters[i]).value for i in range(PARAMETERS)]
        self.launches.append((gx.value, bx.value))
        _, run = _compiled()
        signed = [c_int64(each).value for each in values[len(ptx.POINTERS) :]]
        for thread in range(gx.value * bx.value):
            run(*values[: len(ptx.POINTERS)], *signed, thread)
        return 0

    def cuGetErrorString(self, code, text):
        text._obj.value = {INVALID: b"invalid argument", INVALID_PTX: b"a PTX JIT compilation failed"}[code.value]
        return 0
