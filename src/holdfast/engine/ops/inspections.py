"""Inspection: lots are gathered, wait, are held, and leave accepted, scrapped or to be reworked (conventions §15).

Lots of one size are counted: their rings hold whole numbers (Z), and the nth of a flow has words of its own. Where all
that is gathered is one lot, whatever its size, rings hold amounts (F), and its words are those of the period.
"""

from __future__ import annotations

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.ops.rings import NEAR, NEAR_ROWS, coming_row, drain_far, far_row, near_row, places
from holdfast.engine.ops.stores import INSIDE
from holdfast.engine.random import philox, whole_vectors, words_below
from holdfast.engine.sample import BY_TURNS, draw_periods

LEAST = 1e-9
"""More than this is a lot, where a lot is whatever has gathered."""
FEW = 3
"""Where one in so many lanes starts a lot, all lanes are taken side by side."""
FLOW_ARGS = 16
# Arguments of a flow (origin, store, good), in their order; rings are by the period in which lots leave, that of
# reworked ones is -1 where none is. Lots of one size have a stream, those of any size rows of words: the first of two
# for how long they are held, and of those by turns whether they are accepted, and reworked.
(
    GATHERED, LOTS_WAITING, LOTS_STARTED, STARTING, ACCEPT_RING, SCRAP_RING, REWORK_RING, STREAM, KEEP, ARRIVES,
    ACCEPTED, SCRAPPED, VALUE, HOLD_WORDS, ACCEPT_WORDS, REWORK_WORDS,
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


@step
def release_flows(F, X, Z, P, A, k, lo, hi, B, t, lot):
    """Lots due leave. X: what rings are rows of; `lot`: what 1 in them stands for."""
    write_off, discount, n = A[k] * B, P[A[k + 1] + t], A[k + 3]
    for j in range(n):
        a = k + 4 + FLOW_ARGS * j
        inside, arrives = (A[a + KEEP] + INSIDE) * B, A[a + ARRIVES] * B
        to = inside, arrives, A[a + ACCEPTED] * B, A[a + SCRAPPED] * B, write_off
        good, bad, again = A[a + ACCEPT_RING], A[a + SCRAP_RING], A[a + REWORK_RING]
        accepted, scrapped = due_now(X, Z, A, B, lo, hi, good, t), due_now(X, Z, A, B, lo, hi, bad, t)
        leave(F, X, B, lo, hi, lot, accepted, scrapped, to, P[A[a + VALUE]] * discount)
        if again >= 0:
            come_back(F, X, B, lo, hi, lot, due_now(X, Z, A, B, lo, hi, again, t), A[a + GATHERED] * B)


@op
def release(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Lots due leave; what was reworked is gathered again. A: write-off, discount, lot, n, flows."""
    release_flows(F, Z, Z, P, A, k, lo, hi, B, t, P[A[k + 2]])


@op
def release_whole(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """The same where all that is gathered is one lot."""
    release_flows(F, F, Z, P, A, k, lo, hi, B, t, 1.0)


@step
def first_lots(Z, B, lo, hi, starting, lanes, to):
    """Puts lanes where lots start side by side, from `to` on, and says where they end."""
    for i in range(lo, hi):
        Z[lanes + to] = i
        to += np.int64(Z[starting + i] > 0)
    return to


@step
def next_lots(Z, B, begin, end, nth, starting, lanes, to):
    """The same with lanes where more than `nth` lots start, which stand from `begin` to `end`."""
    for m in range(begin, end):
        i = np.int64(Z[lanes + m])
        Z[lanes + to] = i
        to += np.int64(Z[starting + i] > nth)
    return to


@step
def label_lots(Z, U, A, B, a, nth, rows, words, begin, end):
    """Of lots of a flow that stand side by side: their numbers, their flow, its first near row and its stream."""
    lanes, numbers, flows, _, found = rows
    started, stream, near = A[a + LOTS_STARTED] * B, np.uint32(A[a + STREAM]), np.int32(A[A[a + ACCEPT_RING] + NEAR])
    for m in range(begin, end):
        Z[numbers + m] = Z[started + np.int64(Z[lanes + m])] + nth
    for m in range(begin, end):
        Z[flows + m], Z[found + m], U[words + m] = a, near, stream


@step
def draw_lots(Z, U, B, size, rep0, key, rows, words, count):
    """The words of lots of one size that start. `size`: how many there can be."""
    lanes, numbers, _, _, _ = rows
    low, high = key & np.uint64(0xFFFFFFFF), key >> np.uint64(32)
    for m in range(whole_vectors(count, size)):
        replication = np.uint64(rep0 + np.int64(Z[lanes + m])) & np.uint64(0xFFFFFFFF)
        number, stream = np.uint64(np.int64(Z[numbers + m])), np.uint64(U[words + m])
        w0, w1, w2, w3 = philox(replication, number, stream, np.uint64(0), low, high)
        U[words + m] = np.uint32(w0)
        U[words + B + m] = np.uint32(w1)
        U[words + 2 * B + m] = np.uint32(w2)
        U[words + 3 * B + m] = np.uint32(w3)


@step
def find_words(Z, U, A, B, t, rows, words, count):
    """The words of lots of any size that start: those of the period."""
    (lanes, _, flows, _, _), turn = rows, t & BY_TURNS
    for m in range(count):
        i, a = np.int64(Z[lanes + m]), np.int64(Z[flows + m])
        hold = A[a + HOLD_WORDS] * B + i
        U[words + m], U[words + B + m] = U[hold], U[hold + B]
        U[words + 2 * B + m] = U[(A[a + ACCEPT_WORDS] + turn) * B + i]
        U[words + 3 * B + m] = U[(A[a + REWORK_WORDS] + turn) * B + i]


@step
def draw_holds(F, Z, U, P, A, B, size, k, rows, words, count):
    """How many periods each of the lots that start is held. `size`: how many there can be."""
    lanes, _, _, holds, _ = rows
    fixed, which, law, scale = A[k + 21], A[k + 4] * B, A[k + 5], A[k + 6] * B
    own, of = A[k + 24] * B, A[k + 23] * B if which >= 0 else -1
    if fixed < 0:  # what the lots' lanes have is put side by side
        if own != scale:
            for m in range(count):
                F[own + m] = F[scale + np.int64(Z[lanes + m])]
        if which >= 0:
            for m in range(count):
                F[of + m] = F[which + np.int64(Z[lanes + m])]
    end = count if of >= 0 else whole_vectors(count, size)
    draw_periods(F, Z, U, P, B, np.int64(0), end, fixed, of, law, own, words, 1.0, holds)


@step
def choose_rows(Z, U, P, A, B, t, k, rows, words, count):
    """Which of its flow's rings each lot goes to, and in which row it is put there; far ones are found alone."""
    lanes, _, rings, holds, found = rows
    accepts, rework, takes = words_below(P[A[k + 1]]), words_below(P[A[k + 2]]), A[k + 3]
    good, bad, again = rings_of(A, k + INSPECT)  # those of all flows are alike, and lie as far from each other
    near, longer, start = A[good + NEAR_ROWS], A[again + NEAR_ROWS], A[good + NEAR]
    to_bad, to_again = A[bad + NEAR] - start, A[again + NEAR] - start
    now, now_of_longer, far = t % near, t % longer, 0
    for m in range(count):
        first, ring = np.int64(Z[found + m]), Z[rings + m]
        passes = np.int64(U[words + 2 * B + m]) < accepts
        mends = (not passes) & (np.int64(U[words + 3 * B + m]) < rework)
        hold, size = np.int64(Z[holds + m]) + (takes if mends else 0), longer if mends else near
        slot = (now_of_longer if mends else now) + hold
        slot = slot - size if slot >= size else slot
        row = first + slot + (0 if passes else (to_again if mends else to_bad))
        Z[holds + m] = hold
        Z[rings + m] = ring + np.int32(ACCEPT_RING if passes else (REWORK_RING if mends else SCRAP_RING))
        Z[found + m] = row if hold < size else -1
        far += np.int64(hold >= size)
    if far > 0:
        for m in range(count):
            if Z[found + m] < 0:
                ring = A[np.int64(Z[rings + m])]
                Z[found + m] = far_row(Z, B, np.int64(Z[lanes + m]), places(A, ring, t), np.int64(Z[holds + m]))


@step
def start_listed(F, Z, U, P, A, B, size, t, rep0, key, k, rows, words, count, whole):
    """Lots side by side start their hold; their ends are drawn now, and known when they leave."""
    (lanes, _, flows, _, found), amounts = rows, A[k + 22] * B
    if whole:
        find_words(Z, U, A, B, t, rows, words, count)
    else:
        draw_lots(Z, U, B, size, rep0, key, rows, words, count)
    draw_holds(F, Z, U, P, A, B, size, k, rows, words, count)
    if whole:
        for m in range(count):
            gathered = A[np.int64(Z[flows + m]) + GATHERED] * B + np.int64(Z[lanes + m])
            F[amounts + m] = F[gathered]
            F[gathered] = 0.0
    choose_rows(Z, U, P, A, B, t, k, rows, words, count)
    if whole:
        for m in range(count):
            F[np.int64(Z[found + m]) * B + np.int64(Z[lanes + m])] += F[amounts + m]
    else:
        for m in range(count):
            Z[np.int64(Z[found + m]) * B + np.int64(Z[lanes + m])] += 1


@step
def start_all(F, U, P, A, B, lo, hi, t, a, at, price):
    """Lots of any size start in all lanes side by side; false, and nothing done, where few start or end far ahead."""
    fixed, gathered = A[at + 21], A[a + GATHERED] * B
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
    accepts, rework, lots, cost = words_below(P[A[at + 1]]), words_below(P[A[at + 2]]), A[at + 9] * B, A[at + 11] * B
    passed, scrapped, reworked = good * B, bad * B, again * B if reworks else A[at + 22] * B  # a spare row
    turn = t & BY_TURNS
    accepting, reworking = (A[a + ACCEPT_WORDS] + turn) * B, (A[a + REWORK_WORDS] + turn) * B
    for i in range(lo, hi):
        here = F[gathered + i]
        starts = here > LEAST
        passes, mends = np.int64(U[accepting + i]) < accepts, np.int64(U[reworking + i]) < rework
        amount = here if starts else 0.0
        rejected = 0.0 if passes else amount
        F[gathered + i] = 0.0 if starts else here
        F[passed + i] += amount if passes else 0.0
        F[reworked + i] += rejected if mends else 0.0
        F[scrapped + i] += 0.0 if mends else rejected
        F[lots + i] += 1.0 if starts else 0.0
        F[cost + i] += price if starts else 0.0
    return True


@step
def form_lots(F, Z, P, A, B, lo, hi, k):
    """Whole lots are formed from what is gathered, and would all start."""
    lot, pending, n = P[A[k]], A[k + 13] * B, A[k + 20]
    for i in range(lo, hi):
        Z[pending + i] = 0
    for j in range(n):
        a = k + INSPECT + FLOW_ARGS * j
        gathered, here, starting = A[a + GATHERED] * B, A[a + LOTS_WAITING] * B, A[a + STARTING] * B
        for i in range(lo, hi):
            amount = F[gathered + i]
            formed = np.floor(amount / lot + 1e-9)
            F[gathered + i] = max(0.0, amount - formed * lot)
            z = np.int32(Z[here + i] + np.int32(formed))
            Z[here + i] = z
            Z[starting + i] = z
            Z[pending + i] += z


@step
def share_room(Z, A, B, i, first, n, lots):
    """Where not all lots of a lane can start: those of the flow with most waiting first."""
    for j in range(n):
        Z[A[first + FLOW_ARGS * j + STARTING] * B + i] = 0
    for _ in range(lots):
        most, chosen = np.int64(0), first
        for j in range(n):
            a = first + FLOW_ARGS * j
            z = np.int64(Z[A[a + LOTS_WAITING] * B + i]) - np.int64(Z[A[a + STARTING] * B + i])
            if z > most:
                most, chosen = z, a
        Z[A[chosen + STARTING] * B + i] += 1


@step
def fit_room(F, Z, P, A, B, lo, hi, t, k):
    """As many lots start as there is room for, are counted and paid for; what is left of the room is carried."""
    capacity, credit, pending, staying = A[k + 7] * B, A[k + 8] * B, A[k + 13] * B, A[k + 14] * B
    started, cost, price = A[k + 9] * B, A[k + 11] * B, P[A[k + 10]] * P[A[k + 12] + t]
    crowded = 0
    for i in range(lo, hi):
        room, lots = F[credit + i] + F[capacity + i], np.float64(Z[pending + i])
        start = min(lots, np.floor(room + 1e-9))
        F[credit + i] = max(0.0, room - start) if start < lots else 0.0
        F[started + i] += start
        F[cost + i] += start * price
        Z[staying + i] = np.int32(lots - start)
        crowded += np.int64(start < lots)
    if crowded > 0:
        for i in range(lo, hi):
            if Z[staying + i] > 0:
                lots = np.int64(Z[pending + i]) - np.int64(Z[staying + i])
                share_room(Z, A, B, i, k + INSPECT, A[k + 20], lots)


INSPECT = 25
# Arguments of `inspect` before its flows.


@step
def lanes_that_start(F, Z, A, B, lo, hi, a, whole):
    """In how many lanes lots of a flow start; where all that is gathered is one lot, that is chosen here."""
    starting, gathered, lanes = A[a + STARTING] * B, A[a + GATHERED] * B, np.int32(0)
    if whole:
        for i in range(lo, hi):
            Z[starting + i] = np.int32(F[gathered + i] > LEAST)
    for i in range(lo, hi):
        lanes = np.int32(lanes + np.int32(Z[starting + i] > 0))
    return np.int64(lanes)


@step
def count_starts(F, Z, A, B, lo, hi, k, a, price, whole):
    """Lots of a flow that start are counted; those of any size paid for, and of those of one size fewer wait."""
    starting, here, started = A[a + STARTING] * B, A[a + LOTS_WAITING] * B, A[a + LOTS_STARTED] * B
    if whole:
        lots, cost = A[k + 9] * B, A[k + 11] * B
        for i in range(lo, hi):
            z = np.float64(Z[starting + i])
            F[lots + i] += z
            F[cost + i] += z * price
    else:
        for i in range(lo, hi):
            z = Z[starting + i]
            Z[started + i] += z
            Z[here + i] -= z


@step
def start_flows(F, Z, U, P, A, B, lo, hi, t, rep0, key, k, whole):
    """Lots of all flows start, side by side as far as there are lanes.

    One lot of each lane and flow at a time is put side by side; where there may be no room for more, those there start.
    """
    price, n, size, first = P[A[k + 10]] * P[A[k + 12] + t], A[k + 20], hi - lo, k + INSPECT
    rows, words = (A[k + 14] * B, A[k + 15] * B, A[k + 16] * B, A[k + 17] * B, A[k + 18] * B), A[k + 19] * B
    flow, nth, begin, more, count = -1, 0, 0, 0, 0
    while flow < n:
        a = first + FLOW_ARGS * flow
        if more == 0:  # the next flow, and after the last what still stands side by side
            if nth > 0:
                count_starts(F, Z, A, B, lo, hi, k, a, price, whole)
            flow, nth, a, more = flow + 1, 0, a + FLOW_ARGS, size
            if flow < n:
                if whole and start_all(F, U, P, A, B, lo, hi, t, a, k, price):
                    more = 0
                else:
                    more = lanes_that_start(F, Z, A, B, lo, hi, a, whole)
        to = count
        if count > 0 and count + more >= size:  # what is put there next may reach one place farther
            start_listed(F, Z, U, P, A, B, size, t, rep0, key, k, rows, words, count, whole)
            to = 0
        if more > 0 and flow < n:
            starting = A[a + STARTING] * B
            if nth == 0:
                count = first_lots(Z, B, lo, hi, starting, rows[0], to)
            else:
                count = next_lots(Z, B, begin, begin + more, nth, starting, rows[0], to)
            label_lots(Z, U, A, B, a, nth, rows, words, to, count)
            nth, begin, more = nth + 1, to, count - to


@op
def inspect(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Lots of one size are formed, and start their hold where there is room.

    A: lot, accepts, rework, rework takes, hold laws' row (-1), hold law, hold scale, capacity, credit, lots flow,
    cost of a lot, cost flow, discount, waiting over all flows, five rows for lots side by side (lanes, numbers, flows,
    holds, rows), words, n, hold if it is always the same (-1), two spare rows, that of hold scales of lots side by side
    (the scale's own row where it is the same in all lanes), flows.
    """
    form_lots(F, Z, P, A, B, lo, hi, k)
    fit_room(F, Z, P, A, B, lo, hi, t, k)
    start_flows(F, Z, U, P, A, B, lo, hi, t, rep0, key, k, False)


@op
def inspect_whole(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """The same where all that is gathered is one lot."""
    start_flows(F, Z, U, P, A, B, lo, hi, t, rep0, key, k, True)
