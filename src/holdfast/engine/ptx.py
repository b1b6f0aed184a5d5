"""The ops as one kernel for NVIDIA graphics processors, written by the LLVM that comes with Numba.

What Numba hands to LLVM for this machine's kernels is kept, and made into one kernel here, in which each op is for one
lane (lo = 0, hi = 1 at the place of that lane). One thread takes one replication through a stretch of periods: it walks
the same list of ops as `kernel.run_block`, and a switch over numbers stands where addresses of machine code are called
there. All ops are in the one kernel, so no scenario compiles anything after it.

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
"""The oldest processors that can run the kernel; drivers translate for those of today."""
LANGUAGE: Final = "+ptx63"
"""The version of PTX, which drivers from 2018 on read."""
ENTRY: Final = "holdfast"
"""Name of the kernel."""

POINTERS: Final = ("schedule", "codes", "at", "F", "Z", "U", "P", "A", "H", "Y", "O")
NUMBERS: Final = ("initial", "ops", "lanes", "B", "first", "last", "rep0", "out0", "key")
"""Parameters of the kernel, in their order: addresses, then whole numbers of 64 bits. Periods first to last - 1."""

_STATE: Final = POINTERS[3:]
_OP_NUMBERS: Final = ("k", "lo", "hi", "B", "t", "rep0", "out0", "key")
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
    """Every op that a simulation can use; the number of each in the kernel is its place."""
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    chosen = set(kernel.OPS) - set(_SHARED.values()) - _OF_ONE_FUTURE
    return tuple(sorted((each for each in chosen if each.__module__.startswith(_HOME)), key=name_of))


def link(entry: str, triple: str, layout: str, on_op: Callable[[], None] = lambda: None) -> Any:
    """One module of all ops, of the walk of one lane through its periods, and of an entry that starts lanes.

    Args:
        entry: intermediate code of a function `@holdfast` that calls `@lane`, whose parameters are the kernel's and the
            number of a lane.
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
    whole.link_in(llvm.parse_assembly(head + _act([name_of(function) for function in ops()]) + _lane() + entry))
    for each in whole.functions:
        if not each.is_declaration and each.name != ENTRY:
            each.linkage = "internal"
    whole.verify()
    return whole


def ptx(on_op: Callable[[], None] = lambda: None) -> str:
    """The kernel in PTX, from the cache where it was made before.

    Args:
        on_op: called after each op, which is compiled where that has not been done.

    Raises:
        DriverError: the LLVM at hand cannot write it.
    """
    return kernel.kept("kernel.ptx", lambda: _emit(on_op))


def _emit(on_op: Callable[[], None]) -> str:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    try:
        target = llvm.Target.from_triple(TRIPLE)
    except RuntimeError as error:
        message = "the LLVM of this llvmlite was built without a back end for NVIDIA processors"
        raise DriverError(message) from error
    machine = target.create_target_machine(cpu=PROCESSOR, features=LANGUAGE, opt=3)
    module = link(_kernel(), TRIPLE, str(machine.target_data), on_op)
    options = llvm.create_pipeline_tuning_options(2)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False  # code stays small
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    text: str = machine.emit_assembly(module)
    return text


def _typed(kind: str, names: Sequence[str]) -> str:
    return ", ".join(f"{kind} %{name}" for name in names)


def _kernel() -> str:
    """The entry: each thread is a lane. What the host hands over lies in the device's global memory."""
    handed = ", ".join(f"ptr addrspace(1) %{name}.global" for name in POINTERS)
    plain = "\n".join(f"  %{name} = addrspacecast ptr addrspace(1) %{name}.global to ptr" for name in POINTERS)
    return f"""
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
define ptx_kernel void @{ENTRY}({handed}, {_typed("i64", NUMBERS)}) {{
{plain}
  %thread = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %threads = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %block = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %before = mul i32 %block, %threads
  %number = add i32 %before, %thread
  %i = zext i32 %number to i64
  call void @lane({_typed("ptr", POINTERS)}, {_typed("i64", NUMBERS)}, i64 %i)
  ret void
}}
"""


def _act(names: Sequence[str]) -> str:
    """A call of the op with a number."""
    state, given = _typed("ptr", _STATE), _typed("i64", _OP_NUMBERS)
    kinds = ", ".join(["ptr"] * len(_STATE) + ["i64"] * len(_OP_NUMBERS))
    declared = "\n".join(f"declare ptr @op_{name}({kinds})" for name in names)
    cases = " ".join(f"i64 {i}, label %op{i}" for i in range(len(names)))
    calls = "\n".join(
        f"op{i}:\n  call ptr @op_{name}({state}, {given})\n  br label %acted" for i, name in enumerate(names)
    )
    return f"""
{declared}
define void @act(i64 %code, {state}, {given}) alwaysinline {{
  switch i64 %code, label %acted [ {cases} ]
{calls}
acted:
  ret void
}}
"""


def _lane() -> str:
    """The walk of one lane: `kernel.run_block` for one replication, with its state moved to its own place."""
    return f"""
define void @lane({_typed("ptr", POINTERS)}, {_typed("i64", NUMBERS)}, i64 %i) alwaysinline {{
enter:
  %is_lane = icmp slt i64 %i, %lanes
  br i1 %is_lane, label %start, label %leave
start:
  %F.i = getelementptr double, ptr %F, i64 %i
  %Z.i = getelementptr i32, ptr %Z, i64 %i
  %U.i = getelementptr i32, ptr %U, i64 %i
  %rep.i = add i64 %rep0, %i
  %out.i = add i64 %out0, %i
  br label %period
period:
  %t = phi i64 [ %first, %start ], [ %t.next, %done ]
  %goes_on = icmp slt i64 %t, %last
  br i1 %goes_on, label %begin, label %leave
begin:
  %is_first = icmp eq i64 %t, 0
  %j.first = select i1 %is_first, i64 0, i64 %initial
  br label %each
each:
  %j = phi i64 [ %j.first, %begin ], [ %j.next, %skip ]
  %is_op = icmp slt i64 %j, %ops
  br i1 %is_op, label %look, label %done
look:
  %row = mul i64 %j, 4
  %from.at = getelementptr i64, ptr %schedule, i64 %row
  %to.at = getelementptr i64, ptr %from.at, i64 1
  %every.at = getelementptr i64, ptr %from.at, i64 2
  %offset.at = getelementptr i64, ptr %from.at, i64 3
  %from = load i64, ptr %from.at
  %to = load i64, ptr %to.at
  %every = load i64, ptr %every.at
  %offset = load i64, ptr %offset.at
  %begun = icmp sle i64 %from, %t
  %lasts = icmp sle i64 %t, %to
  %rest = srem i64 %t, %every
  %turn = icmp eq i64 %rest, %offset
  %on = and i1 %begun, %lasts
  %due = and i1 %on, %turn
  %starts = icmp slt i64 %j, %initial
  %acts = or i1 %due, %starts
  br i1 %acts, label %act, label %skip
act:
  %code.at = getelementptr i64, ptr %codes, i64 %j
  %k.at = getelementptr i64, ptr %at, i64 %j
  %code = load i64, ptr %code.at
  %k = load i64, ptr %k.at
  call void @act(i64 %code, ptr %F.i, ptr %Z.i, ptr %U.i, ptr %P, ptr %A, ptr %H, ptr %Y, ptr %O, i64 %k, i64 0, i64 1,
    i64 %B, i64 %t, i64 %rep.i, i64 %out.i, i64 %key)
  br label %skip
skip:
  %j.next = add i64 %j, 1
  br label %each
done:
  %t.next = add i64 %t, 1
  br label %period
leave:
  ret void
}}
"""
