"""Regimes and their warnings (conventions §10, §11)."""

from __future__ import annotations

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.random import event, listed, unit
from holdfast.engine.sample import draw, expect_draw, whole


@step
def next_state(P, cumulative, n, state, w):
    """The state that follows: the first whose cumulative threshold exceeds the word."""
    x = np.float64(w)
    row = cumulative + state * n
    for j in range(n):
        if x < P[row + j]:
            return j
    return n - 1


@step
def tail_word(w, w0):
    """A word for a law given that it exceeds the value whose word is w0: w scaled into [w0, 2^32)."""
    scaled = (np.uint64(w) * np.uint64((1 << 32) - w0)) >> np.uint64(32)  # up to 2^64: signed numbers would overflow
    return w0 + np.int64(scaled)


# A of the regime ops: state, left, next, spell, changes of state, stream, states, thresholds, then the offset of each
# state's law.
@op
def regime_start(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Spell 0. A: as above, with first state and word of its age before the laws."""
    state, left, following, spell = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B
    stream, n, thresholds, first, w0, age = A[k + 5], A[k + 6], A[k + 7], A[k + 8], A[k + 9], P[A[k + 10]]
    law = A[k + 11 + first]
    for i in range(lo, hi):
        a, b, c, _ = event(key, rep0 + i, stream, 0)
        work = draw(P, law, tail_word(a, w0)) - age
        Z[state + i] = first
        Z[spell + i] = 0
        F[left + i] = max(1.0, whole(work, b))
        Z[following + i] = next_state(P, thresholds, n, first, c)


@op
def regime(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Work goes on; a state that is done gives way to the next.

    Words of all states that begin are drawn before their laws are looked up, which so come into the cache together.

    A: as above, with the pace's row, two spare rows of whole numbers and the first of two of words before the laws.
    """
    state, left, following, spell, changes = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B, A[k + 4] * B
    stream, n, thresholds, pace = A[k + 5], A[k + 6], A[k + 7], A[k + 8] * B
    ends, lanes, words = A[k + 9] * B, A[k + 10] * B, A[k + 11] * B
    done = np.int32(0)
    for i in range(lo, hi):
        x = F[left + i] - F[pace + i]
        F[left + i] = x
        ended = np.int32(x <= 0.0)
        Z[ends + i] = ended
        done = np.int32(done | ended)
    if done == 0:
        return
    Z[changes + lo] += 1
    count = listed(Z, lo, hi, ends, lanes)
    for m in range(count):
        i = np.int64(Z[lanes + m])
        s, number = np.int64(Z[following + i]), np.int64(Z[spell + i]) + 1
        a, b, c, _ = event(key, rep0 + i, stream, number)
        expect_draw(P, A[k + 12 + s], a)
        Z[state + i], Z[spell + i] = s, number
        Z[following + i] = next_state(P, thresholds, n, s, c)
        U[words + m], U[words + B + m] = a, b
    for m in range(count):
        i = np.int64(Z[lanes + m])
        law, a, b = A[k + 12 + np.int64(Z[state + i])], np.int64(U[words + m]), np.int64(U[words + B + m])
        F[left + i] = max(1.0, whole(draw(P, law, a), b))


@op
def regime_script(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """An entry of a script.

    A: state, left, next, spell, changes of state, the entry's state, its length (parameter), state after it.
    """
    state, left, following, spell = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B
    Z[A[k + 4] * B + lo] += 1
    for i in range(lo, hi):
        Z[state + i] = A[k + 5]
        F[left + i] = P[A[k + 6]]
        Z[following + i] = A[k + 7]
        Z[spell + i] += 1


@op
def regime_scripted(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Under a script, time passes at pace 1. A: left."""
    left = A[k] * B
    for i in range(lo, hi):
        F[left + i] -= 1.0


@op
def warning(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """True warnings.

    A: next, left, spell, pace, state warned of, lead row, spell of the lead, lead law, seen, stream, pulse.
    """
    following, left, spell, pace = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B
    of, lead, lead_spell, law, seen, stream, pulse = (
        A[k + 4], A[k + 5] * B, A[k + 6] * B, A[k + 7], P[A[k + 8]], A[k + 9], A[k + 10] * B,
    )  # fmt: skip
    likely = 0
    for i in range(lo, hi):
        Z[pulse + i] = 0
        drawn, comes = Z[lead_spell + i] == np.int32(Z[spell + i] + 1), F[left + i] <= F[lead + i] * F[pace + i]
        likely += np.int64((Z[following + i] == of) & ((not drawn) | ((F[lead + i] >= 0.0) & comes)))
    if likely == 0:
        return
    for i in range(lo, hi):
        if Z[following + i] == of:
            m = Z[spell + i]
            if Z[lead_spell + i] != m + 1:
                a, b, _, _ = event(key, rep0 + i, stream, np.int64(m))
                Z[lead_spell + i] = m + 1
                F[lead + i] = draw(P, law, b) if unit(a) < seen else -1.0
            if F[lead + i] >= 0.0 and F[left + i] <= F[lead + i] * F[pace + i]:
                Z[pulse + i] = 1
                F[lead + i] = -1.0


@op
def false_alarm(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Alarms that mean nothing. A: state, state warned of, U row, probability, pulse."""
    state, of, u, p, pulse = A[k] * B, A[k + 1], (A[k + 2] + (t & 3)) * B, P[A[k + 3]], A[k + 4] * B
    for i in range(lo, hi):
        rings = (Z[state + i] != of) & (unit(U[u + i]) < p)
        Z[pulse + i] |= np.int32(rings)


@op
def count_pulse(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Counts warnings. A: pulse, flow."""
    pulse, flow = A[k] * B, A[k + 1] * B
    for i in range(lo, hi):
        F[flow + i] += np.float64(Z[pulse + i])
