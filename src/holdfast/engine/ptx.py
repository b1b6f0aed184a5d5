"""The ops as kernels for NVIDIA graphics processors, written by the LLVM that comes with Numba.

What Numba hands to LLVM for this machine's kernels is kept, and made into a kernel for each op here, in which the op is
for one lane (lo = 0, hi = 1 at the place of that lane): one thread takes one replication through one op of one period,
or through a few that stand side by side and differ in their arguments alone. All kernels are in one text, so no
scenario compiles anything after it.

Nothing is contracted: a product and a sum are rounded apart, as on this machine, which is why bits can be equal.
Threads share nothing but the histograms, where they count with atomic additions.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import llvmlite.binding as llvm

from holdfast.engine import kernel
from holdfast.engine import ops as package
from holdfast.engine.driver import DriverError
from holdfast.engine.kernel import OpFunction, name_of
from holdfast.engine.ops import records, shared

TRIPLE: Final = "nvptx64-nvidia-cuda"
PROCESSOR: Final = "sm_70"
"""The oldest processors that can run the kernels; drivers translate for those of today."""
LANGUAGE: Final = "+ptx63"
"""The version of PTX, which drivers from 2018 on read."""
NEXT_PERIOD: Final = "next_period"
"""Name of the kernel of one thread that goes on to the next period."""

POINTERS: Final = ("F", "Z", "U", "P", "A", "H", "Y", "O", "at", "now")
NUMBERS: Final = ("first", "last", "B")
"""Parameters of a kernel, in their order: addresses, then whole numbers of 64 bits.

The kernel of an op acts with the arguments that start in A at `at[first]`, ..., `at[last - 1]`, one after another.
"""
NOW: Final = ("t", "lanes", "rep0", "out0", "key")
"""What stands at `now`, each of 64 bits: the period, how many lanes there are, and what all ops are given."""

_STATE: Final = POINTERS[:8]
_OP_NUMBERS: Final = ("k", "lo", "hi", "B", "t", "rep0", "out0", "key")
_READ: Final = ("P", "A", "at", "now")
"""What no op writes."""
_HOME: Final = "holdfast.engine."
_OF_ONE_FUTURE: Final = {records.record}
"""Ops that only tell a few futures again, which this machine does."""
_SHARED: Final[dict[OpFunction, OpFunction]] = {records.band: shared.band}
"""Ops that write where other lanes write too, and what stands for them here."""


def _op(function: OpFunction) -> str:
    """The intermediate code of an op, as the function `op_NAME`, without a word about this machine."""
    text = re.sub(r"^target .*$", "", kernel.intermediate(_SHARED.get(function, function)), flags=re.MULTILINE)
    module = llvm.parse_assembly(text.replace("{ noinline }", "{ nounwind }"))
    for each in [*module.functions, *module.global_variables]:
        if each.name.startswith("cfunc."):
            each.name = f"op_{name_of(function)}"
        elif not each.is_declaration:
            each.linkage = "internal"
    return str(module)


@functools.cache
def ops() -> tuple[OpFunction, ...]:
    """Every op that a simulation can use; each has a kernel by its name."""
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    chosen = set(kernel.OPS) - set(_SHARED.values()) - _OF_ONE_FUTURE
    return tuple(sorted((each for each in chosen if each.__module__.startswith(_HOME)), key=name_of))


def link(entries: str, triple: str, layout: str, on_op: Callable[[], None] = lambda: None) -> Any:
    """One module of all ops, of what one thread does in each (`@lane_NAME`), and of entries that start threads.

    Args:
        entries: intermediate code of functions that call `@lane_NAME`, whose parameters are a kernel's and the number
            of a lane.
        triple: for which kind of machine.
        layout: how data lie there.
        on_op: called after each op, which is compiled where that has not been done.

    Returns:
        A module of llvmlite, verified.
    """
    head = f'target triple = "{triple}"\ntarget datalayout = "{layout}"\n'
    whole = llvm.parse_assembly(head)
    for function in ops():
        part = llvm.parse_assembly(_op(function))
        part.triple, part.data_layout = triple, layout
        whole.link_in(part)
        on_op()
    lanes = "".join(_lane(name_of(function)) for function in ops())
    whole.link_in(llvm.parse_assembly(head + lanes + entries))
    for each in whole.functions:
        if not each.is_declaration and each.name.startswith(("op_", "lane_")):
            each.linkage = "internal"
    whole.verify()
    return whole


def ptx(on_op: Callable[[], None] = lambda: None) -> str:
    """The kernels in PTX, from the cache where they were made before.

    Args:
        on_op: called after each op, which is compiled where that has not been done.

    Raises:
        DriverError: the LLVM at hand cannot write it.
    """
    return kernel.kept("kernels.ptx", lambda: _emit(on_op))


def _emit(on_op: Callable[[], None]) -> str:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    try:
        target = llvm.Target.from_triple(TRIPLE)
    except RuntimeError as error:
        message = "the LLVM of this llvmlite was built without a back end for NVIDIA processors"
        raise DriverError(message) from error
    machine = target.create_target_machine(cpu=PROCESSOR, features=LANGUAGE, opt=3)
    module = link(_kernels(), TRIPLE, str(machine.target_data), on_op)
    options = llvm.create_pipeline_tuning_options(2)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False  # code stays small
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    text: str = machine.emit_assembly(module)
    return text


def _typed(kind: str, names: Sequence[str]) -> str:
    return ", ".join(f"{kind} %{name}" for name in names)


def _kernels() -> str:
    """The entries: each thread is a lane. What the host hands over lies in the device's global memory."""
    return _THREAD + "".join(_kernel(name_of(function)) for function in ops()) + _NEXT


_THREAD: Final = """
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
"""

_NEXT: Final = f"""
define ptx_kernel void @{NEXT_PERIOD}(ptr addrspace(1) %now) {{
  %t = load i64, ptr addrspace(1) %now
  %next = add i64 %t, 1
  store i64 %next, ptr addrspace(1) %now
  ret void
}}
"""


def _kernel(name: str) -> str:
    """The entry of an op."""
    handed = ", ".join(
        f"ptr addrspace(1) {'noalias readonly ' if each in _READ else ''}%{each}.global" for each in POINTERS
    )
    plain = "\n".join(f"  %{each} = addrspacecast ptr addrspace(1) %{each}.global to ptr" for each in POINTERS)
    return f"""
define ptx_kernel void @{name}({handed}, {_typed("i64", NUMBERS)}) {{
{plain}
  %thread = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %threads = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %block = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %before = mul i32 %block, %threads
  %number = add i32 %before, %thread
  %i = zext i32 %number to i64
  call void @lane_{name}({_typed("ptr", POINTERS)}, {_typed("i64", (*NUMBERS, "i"))})
  ret void
}}
"""


def _lane(name: str) -> str:
    """What one thread does: ops of one kind for one replication, whose state is moved to its own place."""
    now = "\n".join(
        f"  %{each}.at = getelementptr i64, ptr %now, i64 {place}\n  %{each} = load i64, ptr %{each}.at"
        for place, each in enumerate(NOW)
    )
    kinds = ", ".join(["ptr"] * len(_STATE) + ["i64"] * len(_OP_NUMBERS))
    return f"""
declare ptr @op_{name}({kinds})
define void @lane_{name}({_typed("ptr", POINTERS)}, {_typed("i64", (*NUMBERS, "i"))}) alwaysinline {{
enter:
{now}
  %is_lane = icmp slt i64 %i, %lanes
  br i1 %is_lane, label %begin, label %leave
begin:
  %F.i = getelementptr double, ptr %F, i64 %i
  %Z.i = getelementptr i32, ptr %Z, i64 %i
  %U.i = getelementptr i32, ptr %U, i64 %i
  %rep.i = add i64 %rep0, %i
  %out.i = add i64 %out0, %i
  br label %act
act:
  %j = phi i64 [ %first, %begin ], [ %j.next, %act ]
  %k.at = getelementptr i64, ptr %at, i64 %j
  %k = load i64, ptr %k.at
  call ptr @op_{name}(ptr %F.i, ptr %Z.i, ptr %U.i, ptr %P, ptr %A, ptr %H, ptr %Y, ptr %O, i64 %k, i64 0, i64 1,
    i64 %B, i64 %t, i64 %rep.i, i64 %out.i, i64 %key)
  %j.next = add i64 %j, 1
  %goes_on = icmp slt i64 %j.next, %last
  br i1 %goes_on, label %act, label %leave
leave:
  ret void
}}
"""
