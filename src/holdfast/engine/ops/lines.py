"""Production lines (conventions §13)."""

from __future__ import annotations

import math

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.ops.projects import ramp
from holdfast.engine.ops.stores import BACKORDERS, INSIDE, ON_HAND, WAITING, take
from holdfast.engine.random import unit, word
from holdfast.parts.world import RUNNING

_MOST_CHANGES = 10_000


@step
def up_time(F, Z, B, i, work, number, fails, mends, key, replication, stream):
    """Share of a period that a line is up; `fails` and `mends` are changes per period of time up and of time down.

    Source: alternating renewal process, Barlow and Proschan, Mathematical Theory of Reliability (1965), ch. 3.
    """
    n, left = np.int64(Z[number * B + i]), F[work * B + i]
    if n < 0:
        n, left = 0, -math.log(unit(word(key, replication, stream, 0)))
    time, up = 1.0, 0.0
    for _ in range(_MOST_CHANGES):
        rate = fails if n % 2 == 0 else mends
        if left > rate * time:
            left -= rate * time
            up += time if n % 2 == 0 else 0.0
            break
        spent = left / rate
        up += spent if n % 2 == 0 else 0.0
        time -= spent
        n += 1
        left = -math.log(unit(word(key, replication, stream, n)))
    Z[number * B + i] = n
    F[work * B + i] = left
    return min(1.0, up)


GOOD_ARGS = 7
# Arguments of a good: its keep at the plant's store, target, normal use (parameter), where output arrives, spare or
# INSIDE row, flow "entered inspection", value (parameter).
KEEP, TARGET, USE, ARRIVES, INSIDE_ROW, INSPECTED, VALUE = range(GOOD_ARGS)
TAKE_ARGS = 7
# Arguments of an input: keep, amount (parameter), flow "taken", classes, number of classes, class width, rule.


@step
def level_of(F, B, i, keep):
    """What counts towards a target."""
    return (
        F[(keep + ON_HAND) * B + i]
        + F[(keep + WAITING) * B + i]
        + F[(keep + INSIDE) * B + i]
        - F[(keep + BACKORDERS) * B + i]
    )


@step
def gap_of(F, B, i, target, keep):
    """What a good lacks to its target; what is only rounding counts as nothing."""
    aim = F[target * B + i]
    gap = aim - level_of(F, B, i, keep)
    return gap if gap > 1e-9 * aim else 0.0


@step
def choose(F, Z, P, A, B, i, first, goods, making, made_for, campaign, owed, changeover):
    """Which good a line makes; -1 for none. Turning to another good owes a changeover."""
    now = np.int64(Z[making * B + i]) - 1
    if goods == 1:
        return 0 if gap_of(F, B, i, A[first + TARGET], A[first + KEEP]) > 0.0 else -1
    if now >= 0:
        a = first + GOOD_ARGS * now
        if F[made_for * B + i] < campaign and gap_of(F, B, i, A[a + TARGET], A[a + KEEP]) > 0.0:
            return now
    best, lowest = -1, math.inf
    for g in range(goods):
        a = first + GOOD_ARGS * g
        if gap_of(F, B, i, A[a + TARGET], A[a + KEEP]) > 0.0:
            use = P[A[a + USE]]
            cover = level_of(F, B, i, A[a + KEEP]) / use if use > 0.0 else math.inf
            if best < 0 or cover < lowest:
                best, lowest = g, cover
    if best < 0:
        return -1
    if best != now:
        if now >= 0:
            F[owed * B + i] += changeover
        Z[making * B + i] = best + 1
        F[made_for * B + i] = 0.0
    elif F[made_for * B + i] >= campaign:
        F[made_for * B + i] = 0.0
    return best


@op
def line(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """One line, one period.

    A: plant on, plant open, plant ramp, own project state (-1), opened, ramp from, ramp over, nameplate,
    fails (-1: never), mends, performance, yield,
    cost a unit, work, number, stream, up row, making, made for, campaign, owed, changeover, run flow, output flow,
    cost flow, discount,
    plant nameplate flow, plant effective flow, plant output this period, plant effective this period, write-off,
    goods, inputs, then goods, inputs.
    """
    on, is_open, ramped, state, opened = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B, A[k + 4] * B
    first_share, over, nameplate, fails, mends = P[A[k + 5]], P[A[k + 6]], A[k + 7] * B, A[k + 8] * B, A[k + 9] * B
    performance, good_share, unit_cost = A[k + 10] * B, A[k + 11] * B, A[k + 12] * B
    work, number, stream, up_row, making, made_for = (
        A[k + 13],
        A[k + 14],
        A[k + 15],
        A[k + 16] * B,
        A[k + 17],
        A[k + 18],
    )
    campaign, owed, changeover = P[A[k + 19]], A[k + 20], P[A[k + 21]]
    run_flow, out_flow, cost, discount = A[k + 22] * B, A[k + 23] * B, A[k + 24] * B, P[A[k + 25] + t]
    plant_nameplate, plant_effective, out_now, effective_now = (
        A[k + 26] * B,
        A[k + 27] * B,
        A[k + 28] * B,
        A[k + 29] * B,
    )
    goods, inputs, first = A[k + 31], A[k + 32], k + 33
    takes = first + GOOD_ARGS * goods
    for i in range(lo, hi):
        F[up_row + i] = 0.0
        if Z[is_open + i] == 0 or (state >= 0 and Z[state + i] != RUNNING):
            continue
        F[plant_nameplate + i] += F[nameplate + i]
        if Z[on + i] == 0:
            continue
        up = 1.0
        if fails >= 0:
            up = up_time(F, Z, B, i, work, number, 1.0 / F[fails + i], 1.0 / F[mends + i], key, rep0 + i, stream)
        F[up_row + i] = up
        ramps = F[ramped + i]
        if state >= 0:
            ramps *= ramp(np.float64(t - Z[opened + i]), first_share, over)
        rate = F[nameplate + i] * up * F[performance + i] * ramps
        effective = rate * F[good_share + i]
        F[plant_effective + i] += effective
        F[effective_now + i] += effective
        g = choose(F, Z, P, A, B, i, first, goods, making, made_for, campaign, owed, changeover)
        if g < 0:
            continue
        F[made_for * B + i] += 1.0
        debt = F[owed * B + i]
        free = 1.0 - min(1.0, debt)
        F[owed * B + i] = max(0.0, debt - 1.0)
        a = first + GOOD_ARGS * g
        gap = gap_of(F, B, i, A[a + TARGET], A[a + KEEP])
        run = min(rate * free, gap / F[good_share + i]) if F[good_share + i] > 0.0 else 0.0
        for m in range(inputs):
            b = takes + TAKE_ARGS * m
            run = min(run, F[(A[b] + ON_HAND) * B + i] / P[A[b + 1]])
        run = max(0.0, run)
        for m in range(inputs):
            b = takes + TAKE_ARGS * m
            x = min(run * P[A[b + 1]], F[(A[b] + ON_HAND) * B + i])
            slot = (t // A[b + 5]) % max(1, A[b + 4])
            take(F, B, i, A[b], x, A[b + 3], A[b + 4], slot, A[b + 6])
            F[A[b + 2] * B + i] += x
        made = run * F[good_share + i]
        F[A[a + ARRIVES] * B + i] += made
        F[A[a + INSIDE_ROW] * B + i] += made
        F[A[a + INSPECTED] * B + i] += made
        F[run_flow + i] += run
        F[out_flow + i] += made
        F[out_now + i] += made
        F[cost + i] += run * F[unit_cost + i] * discount
        F[A[k + 30] * B + i] += (run - made) * P[A[a + VALUE]] * discount


@op
def clear(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Rows that start a period at 0. A: n, rows."""
    for j in range(A[k]):
        row = A[k + 1 + j] * B
        for i in range(lo, hi):
            F[row + i] = 0.0
