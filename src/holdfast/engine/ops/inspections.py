"""Inspection: lots are gathered, wait, are held, and leave accepted, scrapped or to be reworked (conventions §15).

Lots of one size are counted: their rings hold whole numbers (Z). Where all that is gathered is one lot, whatever its
size, rings hold amounts (F).
"""

from __future__ import annotations

import math

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.ops.rings import coming_row, drain_far, near_row, places, put
from holdfast.engine.ops.stores import INSIDE
from holdfast.engine.random import philox, unit, whole_vectors
from holdfast.engine.sample import draw_periods

LEAST = 1e-9
"""More than this is a lot, where a lot is whatever has gathered."""
FEW = 3
"""Where one in so many lanes starts a lot, all lanes are taken side by side."""
FLOW_ARGS = 13
# Arguments of a flow (origin, store, good), in their order; rings are by the period in which lots leave, that of
# reworked ones is -1 where none is.
(
    GATHERED, LOTS_WAITING, LOTS_STARTED, STARTING, ACCEPT_RING, SCRAP_RING, REWORK_RING, STREAM, KEEP, ARRIVES,
    ACCEPTED, SCRAPPED, VALUE,
) = range(FLOW_ARGS)  # fmt: skip


@step
def due_now(X, Z, A, B, lo, hi, ring, t):
    """The near row of what is due now, near or far."""
    row = near_row(A, ring, t) * B
    drain_far(X, Z, A, B, lo, hi, ring, t, row)
    return row


@step
def leave(F, X, B, lo, hi, lot, good, bad, to, value):
    """What is due leaves. `good`, `bad`: rows of it, each emptied; `to`: where it goes; `lot`: its size."""
    inside, arrives, accepted, scrapped, write_off = to
    for i in range(lo, hi):
        x, y = np.float64(X[good + i]) * lot, np.float64(X[bad + i]) * lot
        F[arrives + i] += x
        F[inside + i] -= x + y
        F[accepted + i] += x
        F[scrapped + i] += y
        F[write_off + i] += y * value
        X[good + i] = 0
        X[bad + i] = 0


@step
def come_back(F, X, B, lo, hi, lot, again, gathered):
    """What was reworked is gathered again, and its row emptied."""
    for i in range(lo, hi):
        F[gathered + i] += np.float64(X[again + i]) * lot
        X[again + i] = 0


@step
def rings_of(A, a):
    """Rings of what is accepted, scrapped and reworked; where nothing is reworked, that of what is scrapped again."""
    bad, again = A[a + SCRAP_RING], A[a + REWORK_RING]
    return A[a + ACCEPT_RING], bad, again if again >= 0 else bad


@op
def release(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Lots due leave; what was reworked is gathered again. A: write-off, discount, lot, n, flows."""
    write_off, discount, lot, n = A[k] * B, P[A[k + 1] + t], P[A[k + 2]], A[k + 3]
    for j in range(n):
        a = k + 4 + FLOW_ARGS * j
        inside, arrives = (A[a + KEEP] + INSIDE) * B, A[a + ARRIVES] * B
        to = inside, arrives, A[a + ACCEPTED] * B, A[a + SCRAPPED] * B, write_off
        good, bad, again = A[a + ACCEPT_RING], A[a + SCRAP_RING], A[a + REWORK_RING]
        value, gathered = P[A[a + VALUE]] * discount, A[a + GATHERED] * B
        if lot > 0.0:
            accepted, scrapped = due_now(Z, Z, A, B, lo, hi, good, t), due_now(Z, Z, A, B, lo, hi, bad, t)
            leave(F, Z, B, lo, hi, lot, accepted, scrapped, to, value)
            if again >= 0:
                come_back(F, Z, B, lo, hi, lot, due_now(Z, Z, A, B, lo, hi, again, t), gathered)
        else:
            accepted, scrapped = due_now(F, Z, A, B, lo, hi, good, t), due_now(F, Z, A, B, lo, hi, bad, t)
            leave(F, F, B, lo, hi, 1.0, accepted, scrapped, to, value)
            if again >= 0:
                come_back(F, F, B, lo, hi, 1.0, due_now(F, Z, A, B, lo, hi, again, t), gathered)


@op
def form(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Whole lots are formed from what is gathered. A: lot, waiting over all flows, n, flows."""
    lot, waiting, n = P[A[k]], A[k + 1] * B, A[k + 2]
    for i in range(lo, hi):
        Z[waiting + i] = 0
    for j in range(n):
        a = k + 3 + FLOW_ARGS * j
        gathered, here = A[a + GATHERED] * B, A[a + LOTS_WAITING] * B
        for i in range(lo, hi):
            formed = math.floor(F[gathered + i] / lot + 1e-9)
            F[gathered + i] = max(0.0, F[gathered + i] - formed * lot)
            z = np.int32(Z[here + i] + np.int32(formed))
            Z[here + i] = z
            Z[waiting + i] += z


@step
def share_room(Z, A, B, i, first, n, room):
    """Where not all lots of a lane can start: those of the flow with most waiting first."""
    while room >= 1.0 - 1e-9:
        most, chosen = np.int64(0), first
        for j in range(n):
            a = first + FLOW_ARGS * j
            z = np.int64(Z[A[a + LOTS_WAITING] * B + i]) - np.int64(Z[A[a + STARTING] * B + i])
            if z > most:
                most, chosen = z, a
        Z[A[chosen + STARTING] * B + i] += 1
        room -= 1.0


@step
def draw_lots(F, Z, U, P, A, B, rep0, key, stream, at, lanes, numbers, holds, words, count):
    """The words of lots that start, and how many periods each is held. `at`: where the inspection's arguments are."""
    low, high, drawn = key & np.uint64(0xFFFFFFFF), key >> np.uint64(32), whole_vectors(count, B)
    for m in range(drawn):
        replication = np.uint64(rep0 + np.int64(Z[lanes + m])) & np.uint64(0xFFFFFFFF)
        number = np.uint64(np.int64(Z[numbers + m]))
        w0, w1, w2, w3 = philox(replication, number, stream, np.uint64(0), low, high)
        U[words + m] = np.uint32(w0)
        U[words + B + m] = np.uint32(w1)
        U[words + 2 * B + m] = np.uint32(w2)
        U[words + 3 * B + m] = np.uint32(w3)
    fixed, which, law, scale = A[at + 19], A[at + 4] * B, A[at + 5], A[at + 6] * B
    own, of = A[at + 20] * B, A[at + 21] * B if which >= 0 else -1
    if fixed < 0:  # what the lots' lanes have is put side by side
        for m in range(count):
            F[own + m] = F[scale + np.int64(Z[lanes + m])]
        if which >= 0:
            for m in range(count):
                F[of + m] = F[which + np.int64(Z[lanes + m])]
    draw_periods(F, Z, U, P, B, np.int64(0), count if of >= 0 else drawn, fixed, of, law, own, words, 1.0, holds)


@step
def start_lots(F, Z, U, P, A, B, t, a, at, lanes, holds, words, count):
    """One lot of a flow starts its hold in each of `count` lanes; its end is drawn now, and known when it leaves."""
    accepts, rework, takes = P[A[at + 1]], P[A[at + 2]], A[at + 3]
    good, bad, again = rings_of(A, a)
    passed, scrapped, reworked = places(A, good, t), places(A, bad, t), places(A, again, t)
    for m in range(count):
        i, hold = np.int64(Z[lanes + m]), np.int64(Z[holds + m])
        if unit(U[words + 2 * B + m]) < accepts:
            put(Z, Z, B, i, passed, hold, 1)
        elif unit(U[words + 3 * B + m]) < rework:
            put(Z, Z, B, i, reworked, hold + takes, 1)
        else:
            put(Z, Z, B, i, scrapped, hold, 1)


@step
def start_amounts(F, Z, U, P, A, B, t, a, at, lanes, holds, words, count):
    """The same where all that is gathered is one lot."""
    accepts, rework, takes, gathered = P[A[at + 1]], P[A[at + 2]], A[at + 3], A[a + GATHERED] * B
    good, bad, again = rings_of(A, a)
    passed, scrapped, reworked = places(A, good, t), places(A, bad, t), places(A, again, t)
    for m in range(count):
        i, hold = np.int64(Z[lanes + m]), np.int64(Z[holds + m])
        amount = F[gathered + i]
        F[gathered + i] = 0.0
        if unit(U[words + 2 * B + m]) < accepts:
            put(F, Z, B, i, passed, hold, amount)
        elif unit(U[words + 3 * B + m]) < rework:
            put(F, Z, B, i, reworked, hold + takes, amount)
        else:
            put(F, Z, B, i, scrapped, hold, amount)


@step
def start_all(F, Z, P, A, B, lo, hi, t, rep0, key, a, at, price):
    """Lots of any size start in all lanes side by side; false, and nothing done, where few start or end far ahead."""
    fixed, gathered, started = A[at + 19], A[a + GATHERED] * B, A[a + LOTS_STARTED] * B
    if fixed < 0:
        return False
    hold, (accept_ring, scrap_ring, rework_ring) = max(1, fixed), rings_of(A, a)
    good, bad = coming_row(A, accept_ring, t, hold), coming_row(A, scrap_ring, t, hold)
    reworks = A[a + REWORK_RING] >= 0
    again = coming_row(A, rework_ring, t, hold + A[at + 3]) if reworks else bad
    count = 0
    for i in range(lo, hi):
        count += np.int64(F[gathered + i] > LEAST)
    if FEW * count < hi - lo or min(good, bad, again) < 0:
        return False
    accepts, rework, lots, cost = P[A[at + 1]], P[A[at + 2]], A[at + 9] * B, A[at + 11] * B
    passed, scrapped, reworked = good * B, bad * B, again * B if reworks else A[at + 20] * B  # a spare row
    low, high, stream = key & np.uint64(0xFFFFFFFF), key >> np.uint64(32), np.uint64(A[a + STREAM])
    for i in range(lo, hi):
        here, number = F[gathered + i], Z[started + i]
        starts = here > LEAST
        replication = np.uint64(rep0 + i) & np.uint64(0xFFFFFFFF)
        _, _, w2, w3 = philox(replication, np.uint64(np.int64(number)), stream, np.uint64(0), low, high)
        passes, mends = unit(w2) < accepts, unit(w3) < rework
        amount = here if starts else 0.0
        rejected = 0.0 if passes else amount
        F[gathered + i] = 0.0 if starts else here
        F[passed + i] += amount if passes else 0.0
        F[reworked + i] += rejected if mends else 0.0
        F[scrapped + i] += 0.0 if mends else rejected
        Z[started + i] = number + np.int32(starts)
        F[lots + i] += 1.0 if starts else 0.0
        F[cost + i] += price if starts else 0.0
    return True


@step
def choose_starts(F, Z, A, B, lo, hi, k):
    """How many lots of one size of each flow start, in its row STARTING."""
    capacity, credit, pending, n, first = A[k + 7] * B, A[k + 8] * B, A[k + 13] * B, A[k + 18], k + INSPECT
    crowded = 0
    for i in range(lo, hi):
        crowded += np.int64(F[credit + i] + F[capacity + i] < np.float64(Z[pending + i]) - 1e-9)
    for j in range(n):
        a = first + FLOW_ARGS * j
        starting, here = A[a + STARTING] * B, A[a + LOTS_WAITING] * B
        if crowded == 0:
            for i in range(lo, hi):
                Z[starting + i] = Z[here + i]
        else:
            for i in range(lo, hi):
                all_start = F[credit + i] + F[capacity + i] >= np.float64(Z[pending + i]) - 1e-9
                Z[starting + i] = Z[here + i] if all_start else np.int32(0)
    if crowded > 0:
        for i in range(lo, hi):
            if F[credit + i] + F[capacity + i] < np.float64(Z[pending + i]) - 1e-9:
                share_room(Z, A, B, i, first, n, F[credit + i] + F[capacity + i])


INSPECT = 22
# Arguments of `inspect` before its flows.


@op
def inspect(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Lots start their hold.

    A: lot, accepts, rework, rework takes, hold laws' row (-1), hold law, hold scale, capacity, credit, lots flow,
    cost of a lot, cost flow, discount, waiting over all flows, lanes, numbers, holds, words, n, hold if it is always
    the same (-1), two spare rows, flows.
    """
    lot, capacity, credit, lots, cost = P[A[k]], A[k + 7] * B, A[k + 8] * B, A[k + 9] * B, A[k + 11] * B
    price, pending = P[A[k + 10]] * P[A[k + 12] + t], A[k + 13] * B
    lanes, numbers, holds, words = A[k + 14] * B, A[k + 15] * B, A[k + 16] * B, A[k + 17] * B
    if lot > 0.0:
        choose_starts(F, Z, A, B, lo, hi, k)
    for j in range(A[k + 18]):
        a = k + INSPECT + FLOW_ARGS * j
        starting, here, started = A[a + STARTING] * B, A[a + LOTS_WAITING] * B, A[a + LOTS_STARTED] * B
        if lot <= 0.0:
            if start_all(F, Z, P, A, B, lo, hi, t, rep0, key, a, k, price):
                continue
            for i in range(lo, hi):
                Z[starting + i] = np.int32(F[A[a + GATHERED] * B + i] > LEAST)
        count = 0
        for i in range(lo, hi):
            Z[lanes + count] = i
            Z[numbers + count] = Z[started + i]
            count += np.int64(Z[starting + i] > 0)
        some, nth, stream = count > 0, 1, np.uint64(A[a + STREAM])
        while count > 0:  # one lot of each lane at a time
            draw_lots(F, Z, U, P, A, B, rep0, key, stream, k, lanes, numbers, holds, words, count)
            if lot > 0.0:
                start_lots(F, Z, U, P, A, B, t, a, k, lanes, holds, words, count)
            else:
                start_amounts(F, Z, U, P, A, B, t, a, k, lanes, holds, words, count)
            left = 0
            for m in range(count):
                i = Z[lanes + m]
                Z[lanes + left] = i
                Z[numbers + left] = Z[numbers + m] + np.int32(1)
                left += np.int64(Z[starting + i] > nth)
            count = left
            nth += 1
        if some:
            waits = np.int32(lot > 0.0)
            for i in range(lo, hi):
                z = Z[starting + i]
                Z[started + i] += z
                Z[here + i] -= z * waits
                Z[pending + i] -= z * waits
                F[credit + i] -= np.float64(z * waits)
                F[lots + i] += np.float64(z)
                F[cost + i] += np.float64(z) * price
    if lot > 0.0:
        for i in range(lo, hi):
            F[credit + i] = max(0.0, F[credit + i] + F[capacity + i]) if Z[pending + i] > 0 else 0.0
