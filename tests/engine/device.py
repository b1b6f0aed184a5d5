"""A graphics processor's driver, played by this machine: the library's functions on plain memory.

Memory is this machine's, and a launch runs the threads of its blocks one after another, each through the same
intermediate code that becomes PTX, compiled for this machine's processor. Parameters are read as the driver reads them:
when a kernel is launched, or when its launch is recorded. What is launched or copied waits in its stream as long as the
driver may let it wait, so that whoever does not wait for it sees what was there before. What is not shown is what the
driver and a real processor do with the PTX.
"""

from __future__ import annotations

import ctypes
import functools
from collections import Counter
from collections.abc import Callable
from ctypes import c_int64, c_uint64, c_void_p

import llvmlite.binding as llvm

from holdfast.engine import ptx
from holdfast.engine.kernel import name_of

NAME = b"Played processor"
MEMORY = 8 * 2**30
INVALID, NO_DEVICE, INVALID_PTX = 1, 100, 218
WORK, COPIES = 11, 12
FIRST = 20

KERNELS = (ptx.NEXT_PERIOD, *map(name_of, ptx.ops()))
"""By the number that stands for each."""


def _entry(name: str) -> str:
    parameters = [*(f"ptr %{each}" for each in ptx.POINTERS), *(f"i64 %{each}" for each in (*ptx.NUMBERS, "i"))]
    given = ", ".join(parameters)
    return f"define void @{name}({given}) {{\n  call void @lane_{name}({given})\n  ret void\n}}\n"


@functools.cache
def _compiled():
    """The kernels of ops for this machine, each a function of its parameters and the number of a thread."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(opt=1)
    entries = "".join(map(_entry, KERNELS[1:]))
    module = ptx.link(entries, llvm.get_process_triple(), str(machine.target_data))
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    kind = ctypes.CFUNCTYPE(None, *([c_void_p] * len(ptx.POINTERS)), *([c_int64] * (len(ptx.NUMBERS) + 1)))
    return engine, {name: kind(engine.get_function_address(name)) for name in KERNELS[1:]}


def _run(name: str, threads: int, values: list[int]) -> None:
    if name == ptx.NEXT_PERIOD:
        c_int64.from_address(values[0]).value += 1
        return
    numbers = [c_int64(each).value for each in values[len(ptx.POINTERS) :]]
    run = _compiled()[1][name]
    for thread in range(threads):
        run(*values[: len(ptx.POINTERS)], *numbers, thread)


class Copy(ctypes.Structure):
    """CUDA_MEMCPY2D_v2, as cuda.h lays it out."""

    _fields_ = (
        ("srcXInBytes", ctypes.c_size_t), ("srcY", ctypes.c_size_t), ("srcMemoryType", ctypes.c_uint),
        ("srcHost", c_void_p), ("srcDevice", c_uint64), ("srcArray", c_void_p), ("srcPitch", ctypes.c_size_t),
        ("dstXInBytes", ctypes.c_size_t), ("dstY", ctypes.c_size_t), ("dstMemoryType", ctypes.c_uint),
        ("dstHost", c_void_p), ("dstDevice", c_uint64), ("dstArray", c_void_p), ("dstPitch", ctypes.c_size_t),
        ("WidthInBytes", ctypes.c_size_t), ("Height", ctypes.c_size_t),
    )  # fmt: skip


class Played:
    """What `ctypes.CDLL` gives for the driver."""

    def __init__(self, devices: int = 1, capability: tuple[int, int] = (9, 0), memory: int = MEMORY) -> None:
        self.devices, self.capability, self.memory = devices, capability, memory
        self.held: dict[int, ctypes.Array] = {}
        self.launches: Counter[tuple[str, int, int]] = Counter()
        """How often which kernel was launched, in how many blocks of how many threads."""
        self.waiting: dict[int, list[Callable[[], None]]] = {WORK: [], COPIES: []}
        """What each stream has still to do."""
        self.recording: list[tuple[str, int, list[int]]] | None = None
        self.graphs: dict[int, list[tuple[str, int, list[int]]]] = {}
        self.repeated = 0
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

    def cuStreamCreate(self, stream, flags):
        stream._obj.value = 11 + flags.value
        return 0

    def cuStreamSynchronize(self, stream):
        self._do(stream.value)
        return 0

    def _do(self, stream: int) -> None:
        begun, self.waiting[stream] = self.waiting[stream], []
        for each in begun:
            each()

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
        self._do(WORK)
        return 0 if self.held.pop(pointer.value, None) is not None else INVALID

    def _inside(self, address: int, size: int) -> bool:
        return any(begin <= address and address + size <= begin + len(each) for begin, each in self.held.items())

    def cuMemsetD8_v2(self, pointer, value, size):
        assert self.recording is None
        self._do(WORK)
        if not self._inside(pointer.value, size.value):
            return INVALID
        ctypes.memset(pointer.value, value.value, size.value)
        return 0

    def cuMemcpyHtoD_v2(self, to, source, size):
        assert self.recording is None
        self._do(WORK)
        if not self._inside(to.value, size.value):
            return INVALID
        ctypes.memmove(to.value, source.value, size.value)
        return 0

    def cuMemcpy2DAsync_v2(self, given, stream):
        copy = Copy.from_buffer_copy(given._obj)
        assert ctypes.sizeof(given._obj) == ctypes.sizeof(Copy) == 128
        assert (copy.srcMemoryType, copy.dstMemoryType, stream.value) == (2, 1, COPIES)
        assert 0 < copy.WidthInBytes <= min(copy.srcPitch, copy.dstPitch)
        assert copy.Height > 0
        assert not any((copy.srcXInBytes, copy.srcY, copy.dstXInBytes, copy.dstY, copy.srcArray, copy.dstArray))
        if not self._inside(copy.srcDevice, (copy.Height - 1) * copy.srcPitch + copy.WidthInBytes):
            return INVALID

        def rows() -> None:
            for row in range(copy.Height):
                source = copy.srcDevice + row * copy.srcPitch
                ctypes.memmove(copy.dstHost + row * copy.dstPitch, source, copy.WidthInBytes)

        self.waiting[COPIES].append(rows)
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
        assert module.value == 7
        function._obj.value = FIRST + KERNELS.index(name.value.decode())
        return 0

    def cuLaunchKernel(self, function, gx, gy, gz, bx, by, bz, shared, stream, parameters, extra):
        name = KERNELS[function.value - FIRST]
        assert (gy.value, gz.value, by.value, bz.value, shared.value) == (1, 1, 1, 1, 0)
        assert stream.value == WORK
        parameter_count = 1 if name == ptx.NEXT_PERIOD else len(ptx.POINTERS) + len(ptx.NUMBERS)
        values = [c_uint64.from_address(parameters[i]).value for i in range(parameter_count)]
        self.launches[name, gx.value, bx.value] += 1
        if self.recording is not None:
            self.recording.append((name, gx.value * bx.value, values))
        else:
            self.waiting[WORK].append(functools.partial(_run, name, gx.value * bx.value, values))
        return 0

    def cuStreamBeginCapture_v2(self, stream, mode):
        assert (stream.value, mode.value, self.recording) == (WORK, 1, None)
        self.recording = []
        return 0

    def cuStreamEndCapture(self, stream, graph):
        assert stream.value == WORK
        if self.recording is None:
            return INVALID
        graph._obj.value = 100 + len(self.graphs)
        self.graphs[graph._obj.value], self.recording = self.recording, None
        return 0

    def cuGraphInstantiateWithFlags(self, ready, graph, flags):
        assert flags.value == 0
        ready._obj.value = graph.value + 1000
        self.graphs[ready._obj.value] = list(self.graphs[graph.value])
        return 0

    def cuGraphDestroy(self, graph):
        self.graphs[graph.value].clear()
        return 0

    def cuGraphExecDestroy(self, ready):
        self.graphs[ready.value].clear()
        return 0

    def cuGraphLaunch(self, ready, stream):
        assert (stream.value, self.recording) == (WORK, None)
        self.repeated += 1
        self.waiting[WORK] += [functools.partial(_run, *each) for each in self.graphs[ready.value]]
        return 0

    def cuGetErrorString(self, code, text):
        text._obj.value = {INVALID: b"invalid argument", INVALID_PTX: b"a PTX JIT compilation failed"}[code.value]
        return 0
