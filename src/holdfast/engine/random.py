"""Random words: Philox4x32-10, keyed by seed, replication, stream and index (conventions §20).

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011).
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from holdfast.engine.elementary import real
from holdfast.engine.kernel import op, step

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)

U_SCALE = 2.0**-32


def stream_number(name: str) -> int:
    """The number of a stream, from its name."""
    return int.from_bytes(hashlib.blake2b(name.encode()).digest()[:4], "little")


@step
def _round(a: Any, b: Any, c: Any, d: Any, k: Any, l: Any) -> Any:
    p, q = _M0 * a, _M1 * c
    return (q >> _HALF) ^ b ^ k, q & _LOW, (p >> _HALF) ^ d ^ l, p & _LOW


@step
def philox(a: Any, b: Any, c: Any, d: Any, k: Any, l: Any) -> Any:
    """Four 32-bit words from a counter (a, b, c, d) and a key (k, l), all held in 64 bits."""
    for _ in range(10):
        a, b, c, d = _round(a, b, c, d, k, l)
        k, l = (k + _W0) & _LOW, (l + _W1) & _LOW
    return a, b, c, d


@step
def event(key: Any, replication: Any, stream: Any, n: Any) -> Any:
    """The four words of event n of a stream, as signed integers."""
    a, b, c, d = philox(
        np.uint64(replication) & _LOW, np.uint64(n) & _LOW, np.uint64(stream), np.uint64(0), key & _LOW, key >> _HALF
    )
    return np.int64(a), np.int64(b), np.int64(c), np.int64(d)


@step
def word(key: Any, replication: Any, stream: Any, index: Any) -> Any:
    """Word `index` of a stream."""
    a, b, c, d = event(key, replication, stream, index >> 2)
    j = index & 3
    return a if j == 0 else (b if j == 1 else (c if j == 2 else d))


@step
def unit(w: Any) -> Any:
    """u(w), strictly between 0 and 1."""
    return (real(np.int64(w)) + 0.5) * U_SCALE


@step
def words_below(p):
    """Words less than this have u(w) < p: something with probability p happens with these."""
    return np.int64(np.ceil(p * 2.0**32 - 0.5))


@step
def listed(Z, lo, hi, flags, lanes):
    """Lists the lanes whose flag is 1, so that they can be put side by side; how many they are."""
    count = 0
    for m in range(hi - lo):  # counted from 0, LLVM unrolls it
        Z[lanes + count] = lo + m
        count += np.int64(Z[flags + lo + m])
    return count


@step
def whole_vectors(count, lanes):
    """So many lanes or a few more, of those there are, as processors take lanes together; nobody reads the others."""
    return min(lanes, (count + 7) // 8 * 8)


@op
def fill_words(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Words t to t+3 of a stream. A: first of four U rows, stream."""
    row, stream = A[k] * B, np.uint64(A[k + 1])
    block = np.uint64(t >> 2)
    low, high = key & _LOW, key >> _HALF
    for i in range(lo, hi):
        a, b, c, d = philox(np.uint64(rep0 + i) & _LOW, block, stream, np.uint64(0), low, high)
        U[row + i] = np.uint32(a)
        U[row + B + i] = np.uint32(b)
        U[row + 2 * B + i] = np.uint32(c)
        U[row + 3 * B + i] = np.uint32(d)


@op
def fill_event(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Words 0 and 1 of event t of a stream, in two rows. A: first row, stream."""
    row, stream = A[k] * B, np.uint64(A[k + 1])
    low, high = key & _LOW, key >> _HALF
    for i in range(lo, hi):
        a, b, _, _ = philox(np.uint64(rep0 + i) & _LOW, np.uint64(t), stream, np.uint64(0), low, high)
        U[row + i] = np.uint32(a)
        U[row + B + i] = np.uint32(b)
