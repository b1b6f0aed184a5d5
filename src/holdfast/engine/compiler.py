"""What Numba makes of ops and steps. Importing this module imports Numba, so only who must compile does.

All ops have one signature; see `engine.kernel` for what their arguments are.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba import _dynfunc, types
from numba.core import cgutils, config, errors, sigutils, typed_passes, untyped_passes
from numba.core.ccallback import CFunc
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from holdfast.engine import objects

_F64 = types.CPointer(types.float64)
_I64 = types.CPointer(types.int64)
_I32 = types.CPointer(types.int32)
_ARGS = (
    _F64,
    _I32,
    types.CPointer(types.uint32),
    _F64,
    _I64,
    _I32,
    types.CPointer(types.float32),
    _F64,
    *([types.int64] * 7),
    types.uint64,
)
_OP = types.void(*_ARGS)
_LOOP = types.void(types.int64, types.int64, types.int64, _I64, _I64, _I64, *_ARGS[:8], *([types.int64] * 4), _ARGS[-1])


class _Bare(CompilerBase):  # type: ignore[misc] # Numba has no types
    """Compiles a function without Numba's entries for C and for Python, which would tell Python of errors.

    Kernels have no closures, contexts or array expressions, so what Numba does about those is left out.
    """

    lowering: Any

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.state.flags.no_cfunc_wrapper = True
        self.state.flags.no_cpython_wrapper = True

    def define_pipelines(self) -> list[Any]:
        """The passes of Numba that kernels need."""
        passes = PassManager("kernel")
        for each in (
            untyped_passes.TranslateByteCode,
            untyped_passes.FixupArgs,
            untyped_passes.IRProcessing,
            untyped_passes.GenericRewrites,
            untyped_passes.ReconstructSSA,
            typed_passes.NopythonTypeInference,
            typed_passes.PreLowerStripPhis,
            typed_passes.IRLegalization,
            self.lowering,
            typed_passes.NoPythonBackend,
        ):
            passes.add_pass(each, each.__name__)
        passes.finalize()
        return [passes]


@functools.cache
def _any_processor() -> Any:
    """What functions are tidied up for, each alone: the code is the same on all machines of a kind."""
    return llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine(opt=3)


class _Library(JITCodeLibrary):  # type: ignore[misc] # Numba has no types
    """Code of which nothing depends on this machine's processor before the whole is optimised for it."""

    _final_module: Any

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout
        for function in ll_module.functions:
            builder = llvm.create_pass_builder(_any_processor(), llvm.create_pipeline_tuning_options(3))
            builder.getFunctionPassManager().run(function, builder)

    def linked(self) -> Any:
        """The code with all that it calls, as a module of LLVM; nothing else can be made of it afterwards."""
        for each in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(each._get_module_for_linking(), preserve=True)
        return self._final_module


class _Inlined(_Library):
    """Code that is only ever put into other code, and optimised and made machine code of there."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


class _Optimised(_Library):
    """Code that counts no references, so that one round of optimising is enough."""

    def _optimize_final_module(self) -> None:
        passes, builder = self._codegen._module_pass_manager()
        passes.run(self._final_module, builder)
        self._final_module = objects.unmasked(self._final_module)


@register_pass(mutates_CFG=True, analysis_only=False)
class _LoweringOfOps(typed_passes.NativeLowering):  # type: ignore[misc] # Numba has no types
    """Makes intermediate code of an op, of which machine code is made once it has its entry."""

    _name = "op_lowering"

    def run_pass(self, state: Any) -> bool:
        """Makes the code."""
        state.library = _Optimised(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))


@register_pass(mutates_CFG=True, analysis_only=False)
class _LoweringOfSteps(typed_passes.NativeLowering):  # type: ignore[misc] # Numba has no types
    """Makes intermediate code of a step, and no machine code."""

    _name = "step_lowering"

    def run_pass(self, state: Any) -> bool:
        """Makes the code, and tells Numba where callers find it."""
        state.flags.no_compile = True
        state.library = _Inlined(state.targetctx.codegen(), state.func_id.func_qualname)
        super().run_pass(state)
        lowered = state["cr"]
        name = _dynfunc.make_function(
            state.func_id.module, state.func_id.func_name, "", 0, lowered.env, (state.library,)
        )
        state.targetctx.insert_user_function(name, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=name)
        return True


class _Step(_Bare):
    """Compiles a step for the ops that inline it."""

    lowering = _LoweringOfSteps


class _Loop(_Bare):
    """Compiles the loop over periods and ops."""

    lowering = _LoweringOfOps


class _Apart(_Loop):
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


_PLAIN: Final = (types.Number, types.Boolean, types.CPointer)
_signatures: dict[Any, Any] = {}
"""What a function gives, and the function, by it and the types of its arguments."""


@contextmanager
def _quick() -> Iterator[None]:
    """While it lasts, Numba does once what it does for each `+` and `<` and each function, and paints no messages."""
    ask = types.Function.get_call_type

    def remembered(function: Any, context: Any, args: Any, kws: Any) -> Any:
        if kws or not all(isinstance(each, _PLAIN) for each in args):
            return ask(function, context, args, kws)
        key = (id(function), tuple(args))
        if key not in _signatures:
            _signatures[key] = ask(function, context, args, kws), function  # is kept, so that no other gets its id
        return _signatures[key][0]

    def plainly(text: str, *_: Any, **__: Any) -> str:
        return text

    with ExitStack() as stack:
        stack.enter_context(_instead(types.Function, "get_call_type", remembered))
        stack.enter_context(_instead(errors.termcolor(), "_markup", plainly))
        stack.enter_context(_instead(config, "reload_config", lambda: None))
        yield


@contextmanager
def _instead(owner: Any, name: str, value: Any) -> Iterator[None]:
    """While it lasts, something of Numba is something else."""
    before = vars(owner).get(name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if before is None:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


def _kernel(function: Callable[..., None], *, cache: bool = False) -> _Kernel:
    """A kernel as a function of C, of which nothing has been made yet."""
    kind, pipeline = (_LOOP, _Loop) if function is run_block else (_OP, _Apart)
    made = _Kernel(function, sigutils.normalize_signature(kind), {}, {"error_model": "numpy"}, pipeline_class=pipeline)
    if cache:
        made.enable_caching()
    return made


def compiled(function: Callable[..., None], *, cache: bool = False) -> Any:
    """An op, or the loop over them, as a function of C with machine code by Numba alone."""
    made = _kernel(function, cache=cache)
    with _quick():
        made.compile()
    return made


def intermediate(name: str, function: Callable[..., None]) -> str:
    """LLVM's intermediate code of a kernel before it is optimised, the same in every process and for all processors.

    Args:
        name: of the kernel: its function of C will be `cfunc.NAME`.
        function: an op, or the loop over them.
    """
    with _quick():
        made = _kernel(function)._compile_uncached()
    module = made.library.linked()
    entry, called = made.fndesc.llvm_cfunc_wrapper_name, made.fndesc.llvm_func_name
    own = [each for each in module.functions if not each.is_declaration]
    for number, each in enumerate(own):
        if each.name not in (entry, called):  # Numba says it of its own functions where a step is first to call them
            each.add_function_attribute("alwaysinline")
        each.name = f"cfunc.{name}" if each.name == entry else f"{name}.{number}"  # Numba counts across its functions
    text = _ASIDE.sub("", str(module))
    uses = Counter(_NAME.findall(text))
    return _VARIABLE.sub(lambda line: line[0] if uses[line[1]] > 1 else "", text)


_ASIDE: Final = re.compile(r"^source_filename.*\n| *;.*$", re.MULTILINE)
_NAME: Final = re.compile(r"@[^\s,()]+")
_VARIABLE: Final = re.compile(r"^(@\S+) = common .*\n", re.MULTILINE)
"""With which Numba tells Python of errors, where there are any."""


class _Inlinable:
    """A step as ops inline it; where Python calls it, machine code is made of it alone."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._inlined = self._njit(pipeline_class=_Step)  # its type alone does not keep it
        self._numba_type_ = self._inlined._numba_type_

    def _njit(self, **more: Any) -> Any:
        return numba.njit(inline="never", forceinline=True, error_model="numpy", **more)(self._function)

    @functools.cached_property
    def _alone(self) -> Any:
        return self._njit()

    def __call__(self, *arguments: Any) -> Any:
        return self._alone(*arguments)


def compile_step(function: Callable[..., Any]) -> Any:
    """A step as ops inline it."""
    return _Inlinable(function)


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


def _prefetch_typing(_typing: Any, array: Any, at: Any) -> Any:
    """Tells the processor to fetch an element that is about to change."""

    def codegen(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        flag, pointer = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [pointer, flag, flag, flag])
        fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        place = builder.bitcast(builder.gep(args[0], [args[1]]), pointer)
        builder.call(fetch, [place, ir.Constant(flag, 1), ir.Constant(flag, 3), ir.Constant(flag, 1)])
        return context.get_dummy_value()

    return types.void(array, at), codegen


_prefetch: Any = intrinsic(_prefetch_typing)


@functools.cache
def prefetch_type() -> Any:
    """What `kernel.prefetch` is for Numba."""
    context = cpu_target.typing_context
    context.refresh()
    return context.resolve_value_type(_prefetch)


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
