"""Production lines (conventions §13)."""

from __future__ import annotations

import math

import numpy as np

from holdfast.engine.elementary import logarithm
from holdfast.engine.kernel import op, step
from holdfast.engine.ops.projects import ramp
from holdfast.engine.ops.stores import BACKORDERS, INSIDE, ON_HAND, WAITING, take
from holdfast.engine.random import listed, philox, unit, whole_vectors
from holdfast.parts.world import RUNNING

_MOST_CHANGES = 10_000


@step
def draw_works(F, Z, lo, hi, rep0, key, stream, fresh, numbers, lanes):
    """Work in each next time up or down: exponential, with mean 1, in lanes that lie side by side."""
    low, high = key & np.uint64(0xFFFFFFFF), key >> np.uint64(32)
    for m in range(lo, hi):
        n = np.int64(Z[numbers + m]) + 1
        replication = np.uint64(rep0 + np.int64(Z[lanes + m])) & np.uint64(0xFFFFFFFF)
        event = np.uint64(n >> 2) & np.uint64(0xFFFFFFFF)
        w0, w1, w2, w3 = philox(replication, event, stream, np.uint64(0), low, high)
        j = n & 3
        first, second = w0 if j & 1 == 0 else w1, w2 if j & 1 == 0 else w3
        F[fresh + m] = unit(np.int64(first if j < 2 else second))
    for m in range(lo, hi):  # a loop of its own: processors look so far ahead only
        F[fresh + m] = -logarithm(F[fresh + m])


@step
def renew(F, Z, lo, hi, rows):
    """Present times up and down end, and the next ones last or not, in lanes that lie side by side."""
    left, failing, mending, so_far, time, fresh, numbers, stays = rows
    for m in range(lo, hi):
        n, fail, mend = Z[numbers + m], F[failing + m], F[mending + m]
        work, was_up, rest, next_work = F[left + m], F[so_far + m], F[time + m], F[fresh + m]
        even, begun = n & 1 == 0, n >= 0  # at the very start there is no present time
        ends, starts = (fail, mend) if even else (mend, fail)
        spent = work / ends if begun else 0.0
        was_up, rest = was_up + spent * np.float64(even), rest - spent
        needs = starts * rest
        it_lasts = next_work > needs
        F[left + m] = next_work - (needs if it_lasts else 0.0)
        F[so_far + m] = min(1.0, was_up + rest * np.float64(not even)) if it_lasts else was_up
        F[time + m] = rest
        Z[numbers + m], Z[stays + m] = np.int32(n + 1), np.int32(it_lasts)


@step
def change(F, Z, size, count, rep0, key, stream, line, rows, lanes):
    """Share of a period that a line is up, in `count` lanes of `size` where it goes up or down, as often as it does.

    These lanes are put side by side, so that times up and down end, are drawn and last in loops without branches.
    `line`: rows of work, changes per period of time up and of time down, time up, what is left of the period and the
    present time's number. `rows`: spare ones for the first five, the next work, the number and whether the time lasts.

    Source: alternating renewal process, Barlow and Proschan, Mathematical Theory of Reliability (1965), ch. 3.
    """
    work, fails, mends, up, rest, number = line
    left, failing, mending, so_far, time, fresh, numbers, stays = rows
    for turn in range(_MOST_CHANGES):
        if count == 0:
            break
        for m in range(count):
            i = np.int64(Z[lanes + m])
            F[left + m], F[failing + m], F[mending + m] = F[work + i], F[fails + i], F[mends + i]
            F[so_far + m], F[time + m] = (F[up + i], F[rest + i]) if turn > 0 else (0.0, 1.0)
            Z[numbers + m] = Z[number + i]
        begin, end = np.int64(0), whole_vectors(count, size)
        draw_works(F, Z, begin, end, rep0, key, stream, fresh, numbers, lanes)
        renew(F, Z, begin, end, rows)
        changing = 0
        for m in range(count):
            i = np.int64(Z[lanes + m])
            F[work + i], F[up + i], F[rest + i], Z[number + i] = F[left + m], F[so_far + m], F[time + m], Z[numbers + m]
            Z[lanes + changing] = i
            changing += np.int64(1 - Z[stays + m])
        count = changing


GOOD_ARGS = 8
# Arguments of a good: its keep at the plant's store, target, normal use (parameter), where output arrives, spare or
# INSIDE row, flow "entered inspection", value (parameter), gap as a line that chooses has found it.
KEEP, TARGET, USE, ARRIVES, INSIDE_ROW, INSPECTED, VALUE, GAP = range(GOOD_ARGS)
TAKE_ARGS = 7
# Arguments of an input: keep, amount (parameter), flow "taken", classes, number of classes, class width, rule.


@step
def level_of(F, B, i, keep):
    """What counts towards a target."""
    here = keep * B + i
    return F[here + ON_HAND * B] + F[here + WAITING * B] + F[here + INSIDE * B] - F[here + BACKORDERS * B]


@step
def gap_of(F, B, i, target, keep):
    """What a good lacks to its target; what is only rounding counts as nothing."""
    aim = F[target * B + i]
    gap = aim - level_of(F, B, i, keep)
    return gap if gap > 1e-9 * aim else 0.0


@step
def choose(F, Z, P, A, B, i, first, goods, making, made_for, campaign, owed, changeover):
    """Which good a line makes that does not go on with its own. Turning to another good owes a changeover."""
    now = np.int64(Z[making * B + i]) - 1
    best, lowest = -1, math.inf
    for g in range(goods):
        a = first + GOOD_ARGS * g
        if F[A[a + GAP] * B + i] > 0.0:
            use = P[A[a + USE]]
            cover = level_of(F, B, i, A[a + KEEP]) / use if use > 0.0 else math.inf
            if best < 0 or cover < lowest - 1e-9:
                best, lowest = g, cover
    if best != now:
        if now >= 0:
            F[owed * B + i] += changeover
        Z[making * B + i] = best + 1
        F[made_for * B + i] = 0.0
    elif F[made_for * B + i] >= campaign:
        F[made_for * B + i] = 0.0
    return best


@step
def stands(Z, i, is_open, own, ready):
    """Whether a line stands in an open plant."""
    return Z[is_open + i] & np.int32(Z[own + i] == ready)


@step
def goes_on(F, Z, i, runs, failing, mending, work, number, up, turns):
    """Work of a line whose time up or down lasts for the whole period; for the others, that it ends."""
    n, left = Z[number + i], F[work + i]
    needs = failing if n & 1 == 0 else mending
    holds = np.int32(runs & np.int32(left > needs))  # not at the very start: nothing is left then
    F[work + i] = left - needs * np.float64(holds)
    F[up + i] = np.float64(np.int32(holds & ~n))
    Z[turns + i] = runs - holds


@op
def line_rate(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What one line could make in this period.

    A: plant on, plant open, plant ramp, own project state (-1), opened, ramp from, ramp over, nameplate, failures a
    period of time up (-1), repairs a period of time down, performance, yield, work, number, stream, up row, rate, at
    work, plant nameplate flow (-1), where effective capacity adds up, seven spare rows, three of integers, plant on
    somewhere, where what never changes stands in P (-1): nameplate x performance, yield, failures, repairs.
    """
    on, is_open, ramped, state, opened = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B, A[k + 4] * B
    first_share, over, nameplate, fails, mends = P[A[k + 5]], P[A[k + 6]], A[k + 7] * B, A[k + 8] * B, A[k + 9] * B
    performance, good_share, work, number = A[k + 10] * B, A[k + 11] * B, A[k + 12] * B, A[k + 13] * B
    up, rate, working = A[k + 15] * B, A[k + 16] * B, A[k + 17] * B
    nameplates, effective = A[k + 18] * B, A[k + 19] * B
    rest, changed, turns, steady = A[k + 20] * B, A[k + 27] * B, A[k + 28] * B, A[k + 31]
    own, ready = (state, np.int32(RUNNING)) if state >= 0 else (is_open, np.int32(1))
    if nameplates >= 0:
        for i in range(lo, hi):
            F[nameplates + i] += F[nameplate + i] * np.float64(stands(Z, i, is_open, own, ready))
    if Z[A[k + 30] * B + lo] == 0:
        for i in range(lo, hi):
            F[up + i] = 0.0
        return
    for i in range(lo, hi):
        Z[working + i] = stands(Z, i, is_open, own, ready) & Z[on + i]
    if fails < 0:
        for i in range(lo, hi):
            F[up + i] = np.float64(Z[working + i])
    else:
        if steady >= 0:
            failing, mending = P[steady + 2], P[steady + 3]
            for i in range(lo, hi):
                goes_on(F, Z, i, Z[working + i], failing, mending, work, number, up, turns)
        else:
            for i in range(lo, hi):
                goes_on(F, Z, i, Z[working + i], F[fails + i], F[mends + i], work, number, up, turns)
        count = listed(Z, lo, hi, turns, changed)
        line = work, fails, mends, up, rest, number
        rows = (
            A[k + 21] * B, A[k + 22] * B, A[k + 23] * B, A[k + 24] * B, A[k + 25] * B, A[k + 26] * B, turns,
            A[k + 29] * B,
        )  # fmt: skip
        change(F, Z, hi - lo, count, rep0, key, np.uint64(A[k + 14]), line, rows, changed)
    share, now = ramped, np.int32(t)
    if over > 0.0:
        share = rate
        for i in range(lo, hi):
            F[share + i] = F[ramped + i] * ramp(np.float64(np.int32(now - Z[opened + i])), first_share, over)
    if steady >= 0:
        most, good = P[steady], P[steady + 1]
        for i in range(lo, hi):
            r = most * F[up + i] * F[share + i]
            F[rate + i] = r
            F[effective + i] += r * good
    else:
        for i in range(lo, hi):
            r = F[nameplate + i] * F[up + i] * F[performance + i] * F[share + i]
            F[rate + i] = r
            F[effective + i] += r * F[good_share + i]


@op
def line_choose(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Which of its goods a line makes, and what of its rate a changeover leaves.

    Most lines go on with what they make, which all lanes are asked side by side; the others look through their goods.

    A: plant on somewhere, at work, rate, chosen, making, made for, campaign, owed, changeover, gap of what is chosen, a
    spare row, two of integers, goods, then goods.
    """
    working, rate, chosen, making, made_for = A[k + 1] * B, A[k + 2] * B, A[k + 3] * B, A[k + 4], A[k + 5]
    campaign, owed, changeover, own, most = P[A[k + 6]], A[k + 7], P[A[k + 8]], A[k + 9] * B, A[k + 10] * B
    looks, lanes, goods, first = A[k + 11] * B, A[k + 12] * B, A[k + 13], k + 14
    if Z[A[k] * B + lo] == 0:
        return
    for i in range(lo, hi):
        F[own + i] = 0.0
        F[most + i] = 0.0
    for g in range(goods):
        a, made = first + GOOD_ARGS * g, np.int32(g + 1)
        target, keep, found = A[a + TARGET], A[a + KEEP], A[a + GAP] * B
        for i in range(lo, hi):
            gap, before = gap_of(F, B, i, target, keep), F[own + i]
            F[found + i] = gap
            F[own + i] = gap if Z[making * B + i] == made else before
            F[most + i] = max(F[most + i], gap)
    for i in range(lo, hi):
        runs, same = Z[working + i], Z[making * B + i]
        goes_on = runs & np.int32(F[own + i] > 0.0) & np.int32(F[made_for * B + i] < campaign)
        F[own + i] *= np.float64(np.int32(goes_on))
        Z[chosen + i] = np.int32(goes_on * same) - np.int32(1)
        Z[looks + i] = runs & ~goes_on & np.int32(F[most + i] > 0.0)
    for m in range(listed(Z, lo, hi, looks, lanes)):
        i = np.int64(Z[lanes + m])
        best = choose(F, Z, P, A, B, i, first, goods, making, made_for, campaign, owed, changeover)
        Z[chosen + i] = best
        F[own + i] = F[A[first + GOOD_ARGS * best + GAP] * B + i]
    for i in range(lo, hi):
        makes, debt = np.float64(Z[chosen + i] >= 0), F[owed * B + i]
        F[made_for * B + i] += makes
        F[rate + i] *= 1.0 - makes * min(1.0, debt)
        F[owed * B + i] = max(0.0, debt - makes)


@step
def might(rate, gap, share):
    """What a line would run for a gap, of which a share comes out good."""
    return max(0.0, min(rate, gap / share if share > 0.0 else 0.0))


@step
def hand_over(F, i, run, made, value, rows):
    """What a line has made of a good goes on its way."""
    arrives, inside, write_off = rows
    F[arrives + i] += made
    F[inside + i] += made
    F[write_off + i] += (run - made) * value


@op
def line_make(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What a line makes, as far as its gap and its inputs let it.

    A: plant on somewhere, chosen (-1 where it has one good), gap of what is chosen, rate, yield, cost a unit, run, run
    flow, output flow, plant output this period (both -1 where nobody asks), cost flow, discount, write-off, inputs,
    goods, then goods, then inputs. What enters inspection is the output of a line of one good.
    """
    if Z[A[k] * B + lo] == 0:
        return
    chosen, gap, rate, good_share = A[k + 1] * B, A[k + 2] * B, A[k + 3] * B, A[k + 4] * B
    unit_cost, run, run_flow, out_flow, out_now = A[k + 5] * B, A[k + 6] * B, A[k + 7] * B, A[k + 8] * B, A[k + 9] * B
    cost, discount, write_off, inputs, goods = A[k + 10] * B, P[A[k + 11] + t], A[k + 12] * B, A[k + 13], A[k + 14]
    first, making = k + 15, np.int32(0)
    if chosen >= 0:
        for i in range(lo, hi):
            most = might(F[rate + i], F[gap + i], F[good_share + i])
            F[run + i] = most
            making |= np.int32(most > 0.0)
    else:
        target, keep = A[first + TARGET], A[first + KEEP]
        for i in range(lo, hi):
            most = might(F[rate + i], gap_of(F, B, i, target, keep), F[good_share + i])
            F[run + i] = most
            making |= np.int32(most > 0.0)
    if making == 0:
        return
    for m in range(inputs):
        b = first + GOOD_ARGS * goods + TAKE_ARGS * m
        here, per_amount = (A[b] + ON_HAND) * B, P[A[b + 1]]
        for i in range(lo, hi):
            F[run + i] = max(0.0, min(F[run + i], F[here + i] / per_amount))
    for m in range(inputs):
        b = first + GOOD_ARGS * goods + TAKE_ARGS * m
        here, amount, taken, slot = (A[b] + ON_HAND) * B, P[A[b + 1]], A[b + 2] * B, (t // A[b + 5]) % max(1, A[b + 4])
        if A[b + 4] == 0:
            for i in range(lo, hi):
                stock = F[here + i]
                x = max(0.0, min(F[run + i] * amount, stock))  # a crumb below 0 is not taken
                F[taken + i] += x
                F[here + i] = stock - x
        else:
            for i in range(lo, hi):
                x = max(0.0, min(F[run + i] * amount, F[here + i]))
                F[taken + i] += x
                take(F, B, i, A[b], x, A[b + 3], A[b + 4], slot, A[b + 6])
    for i in range(lo, hi):
        F[run_flow + i] += F[run + i]
        F[cost + i] += F[run + i] * F[unit_cost + i] * discount
    if out_flow >= 0:
        for i in range(lo, hi):
            F[out_flow + i] += F[run + i] * F[good_share + i]
    if out_now >= 0:
        for i in range(lo, hi):
            F[out_now + i] += F[run + i] * F[good_share + i]
    for g in range(goods):
        a, place = first + GOOD_ARGS * g, np.int32(g)
        rows, inspected = (A[a + ARRIVES] * B, A[a + INSIDE_ROW] * B, write_off), A[a + INSPECTED] * B
        value = P[A[a + VALUE]] * discount
        if chosen >= 0:
            for i in range(lo, hi):
                runs, share = F[run + i], F[good_share + i]
                x = runs if Z[chosen + i] == place else 0.0
                hand_over(F, i, x, x * share, value, rows)
                F[inspected + i] += x * share
        else:
            for i in range(lo, hi):
                hand_over(F, i, F[run + i], F[run + i] * F[good_share + i], value, rows)


@op
def clear(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Rows that start a period at 0. A: n, rows."""
    for j in range(A[k]):
        row = A[k + 1 + j] * B
        for i in range(lo, hi):
            F[row + i] = 0.0
