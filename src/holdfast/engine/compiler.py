"""What Numba makes of ops and steps. Importing this module imports Numba, so only who must compile does.

All ops have one signature; see `engine.kernel` for what their arguments are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.core import sigutils
from numba.core.ccallback import CFunc
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
_OP = types.void(*_ARGS)
_LOOP = types.void(types.int64, types.int64, types.int64, _I64, _I64, _I64, *_ARGS[:8], *([types.int64] * 4), _ARGS[-1])


class _Bare(Compiler):  # type: ignore[misc] # Numba has no types
    """Compiles a function without Numba's entry for C, which would tell Python of errors."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.state.flags.no_cfunc_wrapper = True


class _Apart(_Bare):
    """Compiles ops in the knowledge that their arrays lie apart.

    What is read from one does not change by writing another, so that loops which look things up in tables are
    vectorised too.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.state.flags.noalias = True


class _Kernel(CFunc):
    """A function of C that knows nothing of Python: kernels set status bits, and never raise.

    So its machine code calls nothing but the system's own libraries, and any process can load it.
    """

    def _compile_uncached(self) -> Any:
        made = super()._compile_uncached()  # type: ignore[misc] # Numba has no types
        context, called = made.target_context, made.fndesc
        module = context.create_module("kernel")
        inner = ir.Function(
            module, context.call_conv.get_function_type(called.restype, called.argtypes), called.llvm_func_name
        )
        kind = ir.FunctionType(
            context.get_value_type(called.restype), [context.get_value_type(each) for each in called.argtypes]
        )
        entry = ir.Function(module, kind, called.llvm_cfunc_wrapper_name)
        builder = ir.IRBuilder(entry.append_basic_block("entry"))
        _, out = context.call_conv.call_function(
            builder, inner, called.restype, called.argtypes, entry.args, attrs=("noinline",)
        )
        builder.ret(out)
        made.library.add_ir_module(module)
        made.library.get_function(called.llvm_func_name).linkage = "internal"  # it is compiled once, for the entry
        return made


def _kernel(function: Callable[..., None], kind: Any, pipeline: type[_Bare], *, cache: bool) -> Any:
    """A function of C, compiled."""
    made = _Kernel(function, sigutils.normalize_signature(kind), {}, {"error_model": "numpy"}, pipeline_class=pipeline)
    if cache:
        made.enable_caching()
    made.compile()
    return made


def compile_step(function: Callable[..., Any]) -> Any:
    """A step as ops inline it."""
    return numba.njit(inline="never", forceinline=True, error_model="numpy")(function)


def compile_op(function: Callable[..., None], *, cache: bool = False) -> Any:
    """An op as a function of C."""
    return _kernel(function, _OP, _Apart, cache=cache)


def compile_loop(*, cache: bool = False) -> Any:
    """The loop over periods and ops as a function of C."""
    return _kernel(run_block, _LOOP, _Bare, cache=cache)


def stands_alone(compiled: Any) -> bool:
    """Whether machine code needs nothing of Numba or Python: LLVM alone can put it into any process."""
    functions = compiled._library._final_module.functions
    return all(each.name.startswith("llvm.") for each in functions if each.is_declaration)


def machine_code(compiled: Any) -> bytes:
    """The object file of a function that this process has compiled."""
    code: bytes = compiled._library._get_compiled_object()
    return code


def _call_typing(_typing: Any, _address: Any, *_rest: Any) -> Any:
    """Calls the op at an address."""
    signature = types.void(types.int64, types.StarArgTuple.from_types(_ARGS))

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [context.get_value_type(a) for a in _ARGS])
        pointer = builder.inttoptr(args[0], kind.as_pointer())
        builder.call(pointer, [builder.extract_value(args[1], i) for i in range(len(_ARGS))])
        return context.get_dummy_value()

    return signature, codegen


_call: Any = intrinsic(_call_typing)


def run_block(
    initial: int, ops: int, periods: int, schedule: Any, codes: Any, at: Any,
    F: Any, Z: Any, U: Any, P: Any, A: Any, H: Any, Y: Any, O: Any,
    n: int, B: int, rep0: int, out0: int, key: Any,
) -> None:  # fmt: skip
    """Takes one block of n lanes through all periods.

    `codes[j]` is the address of op j, `at[j]` where its arguments start in A, the four numbers at `schedule[4 * j]` are
    (first, last, every, offset): it acts in periods t with first <= t <= last and t mod every = offset. The first
    `initial` ops act once before period 0.
    """
    for j in range(initial):
        _call(codes[j], F, Z, U, P, A, H, Y, O, at[j], 0, n, B, 0, rep0, out0, key)
    for t in range(periods):
        for j in range(initial, ops):
            acts = 4 * j
            if schedule[acts] <= t <= schedule[acts + 1] and t % schedule[acts + 2] == schedule[acts + 3]:
                _call(codes[j], F, Z, U, P, A, H, Y, O, at[j], 0, n, B, t, rep0, out0, key)
