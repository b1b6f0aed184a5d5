"""Ops that write where other lanes write too, for machines on which lanes are threads."""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from holdfast.engine.kernel import op
from holdfast.engine.ops.records import BAND_ARGS, bin_of


@intrinsic
def add_one(_typing, counts, _at):
    """Counts one more, whoever else counts in the same place."""

    def codegen(context, builder, _signature, args):
        builder.atomic_rmw("add", builder.gep(args[0], [args[1]]), ir.Constant(ir.IntType(32), 1), "monotonic")
        return context.get_dummy_value()

    return types.void(counts, types.int64), codegen


@op
def band(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Levels join their histograms. A: as of `records.band`."""
    for j in range(A[k + 2]):
        a = k + 3 + BAND_ARGS * j
        row, at, last, scale = A[a] * B, A[a + 1] + t // A[k] * A[a + 2], np.float64(A[a + 2] - 2), P[A[a + 3]]
        for i in range(lo, hi):
            add_one(H, at + bin_of(F[row + i], last, scale))
