"""Stores: what enters, what is taken, what expires or is destroyed (conventions §16).

A keep (one good in one store) has seven rows in this order. What has left it is what came in less what is on hand.
"""

from __future__ import annotations

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.random import unit, word
from holdfast.engine.sample import draw

ON_HAND, WAITING, INSIDE, ENTERING, ON_ORDER, BACKORDERS, CAME_IN = range(7)
KEEP_ROWS = 7

# How ages are kept, by issue rule. Oldest first needs no classes: what entered up to the end of a class and
# is more than all that ever left is still there.
OLDEST_FIRST, YOUNGEST_FIRST, AT_RANDOM = range(3)


@step
def take_classes(F, B, i, amount, classes, n, slot, rule):
    """Takes an amount out of age classes; `slot` is the youngest class."""
    if rule == AT_RANDOM:
        total = 0.0
        for j in range(n):
            total += F[(classes + j) * B + i]
        kept = 1.0 - min(1.0, amount / total) if total > 0.0 else 0.0
        for j in range(n):
            F[(classes + j) * B + i] *= kept
        return
    left = amount
    for m in range(n):
        j = (slot - m + n) % n if rule == YOUNGEST_FIRST else (slot + 1 + m) % n
        row = (classes + j) * B + i
        taken = min(F[row], left)
        F[row] -= taken
        left -= taken
        if left <= 0.0:
            return


@step
def take(F, B, i, keep, amount, classes, n, slot, rule):
    """Takes an amount out of a keep, by its issue rule."""
    F[(keep + ON_HAND) * B + i] -= amount
    if n > 0 and amount > 0.0:
        take_classes(F, B, i, amount, classes, n, slot, rule)


ENTER_ARGS = 6


@step
def sum_of(F, A, B, lo, hi, first, n, what, total):
    """Adds a row of all keeps up."""
    row = (A[first] + what) * B
    for i in range(lo, hi):
        F[total + i] = F[row + i]
    for j in range(1, n):
        row = (A[first + ENTER_ARGS * j] + what) * B
        for i in range(lo, hi):
            F[total + i] += F[row + i]


@step
def let_in(F, P, A, B, lo, hi, first, n, t, what, room, total, waits, write_off, discount):
    """What waits or what enters goes in as far as there is room, all goods in proportion."""
    sum_of(F, A, B, lo, hi, first, n, what, total)
    some = 0
    for i in range(lo, hi):
        some += np.int64(F[total + i] > 0.0)
    if some == 0:
        return
    full = 0
    for i in range(lo, hi):
        space, all_of_it = max(0.0, F[room + i]), F[total + i]
        full += np.int64(all_of_it > space)
        F[total + i] = 1.0 if all_of_it <= space else space / all_of_it
    for j in range(n):
        a = first + ENTER_ARGS * j
        keep, refused, value = A[a] * B, A[a + 1] * B, P[A[a + 2]] * discount
        row, waiting = keep + what * B, keep + WAITING * B
        if A[a + 4] > 0:
            age = (A[a + 3] + (t // A[a + 5]) % A[a + 4]) * B
            for i in range(lo, hi):
                F[age + i] += F[row + i] * F[total + i]
        if full > 0:
            for i in range(lo, hi):
                came = F[row + i]
                x = came * F[total + i]
                F[row + i] = 0.0
                F[room + i] -= x
                F[keep + i] += x
                F[keep + CAME_IN * B + i] += x
                if what == WAITING or waits != 0:
                    F[waiting + i] += came - x
                else:
                    F[refused + i] += came - x
                    F[write_off + i] += (came - x) * value
        else:
            for i in range(lo, hi):
                x = F[row + i]
                F[row + i] = 0.0
                F[keep + i] += x
                F[keep + CAME_IN * B + i] += x
                if what == WAITING:  # more is let in after this
                    F[room + i] -= x


@op
def enter(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What waits, then what enters, goes in as far as there is room.

    A: capacity, room, sum, waits, write-off flow, discount, n, then (keep, refused, value, classes, n classes, class
    width).
    """
    capacity, room, total, waits = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3]
    write_off, discount, n = A[k + 4] * B, P[A[k + 5] + t], A[k + 6]
    on_hand = (A[k + 7] + ON_HAND) * B
    for i in range(lo, hi):
        F[room + i] = F[capacity + i] - F[on_hand + i]
    for j in range(1, n):
        row = (A[k + 7 + ENTER_ARGS * j] + ON_HAND) * B
        for i in range(lo, hi):
            F[room + i] -= F[row + i]
    let_in(F, P, A, B, lo, hi, k + 7, n, t, WAITING, room, total, waits, write_off, discount)
    let_in(F, P, A, B, lo, hi, k + 7, n, t, ENTERING, room, total, waits, write_off, discount)


@op
def accident(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """An accident destroys a share of everything, the oldest first.

    A: U row, probability row, share law, stream of the share, write-off, discount, n, then (keep, destroyed, value,
    classes, n classes, width).
    """
    u, p, law, stream = (A[k] + (t & 3)) * B, A[k + 1] * B, A[k + 2], A[k + 3]
    write_off, discount, n = A[k + 4] * B, P[A[k + 5] + t], A[k + 6]
    happen = 0
    for i in range(lo, hi):
        happen += np.int64(unit(U[u + i]) < F[p + i])
    if happen == 0:
        return
    for i in range(lo, hi):
        if unit(U[u + i]) < F[p + i]:
            share = min(1.0, max(0.0, draw(P, law, word(key, rep0 + i, stream, t))))
            for j in range(n):
                a = k + 7 + 6 * j
                keep, n_classes, width = A[a], A[a + 4], A[a + 5]
                x = share * F[(keep + ON_HAND) * B + i]
                F[A[a + 1] * B + i] += x
                F[write_off + i] += x * P[A[a + 2]] * discount
                slot = (t // width) % n_classes if n_classes > 0 else 0
                take(F, B, i, keep, x, A[a + 3], n_classes, slot, OLDEST_FIRST)


@op
def class_ends(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Remembers what had entered by the end of a class. A: keep, snapshots, n, class width."""
    came, out = (A[k] + CAME_IN) * B, (A[k + 1] + (t // A[k + 3]) % A[k + 2]) * B
    for i in range(lo, hi):
        F[out + i] = F[came + i]


@step
def expire(F, B, i, keep, left, expired, write_off, value):
    """What is left of a class expires; crumbs of rounding do not (conventions §16). `keep` is its first place."""
    here = F[keep + i]
    x = min(left, here) if left > 1e-9 * (1.0 + F[keep + CAME_IN * B + i]) else 0.0
    F[keep + i] = here - x
    F[expired + i] += x
    F[write_off + i] += x * value


@op
def expire_oldest_first(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """A class reaches its shelf life.

    A: keep, snapshots, n, class width, shelf life, expired, write-off, value, discount.
    """
    keep, width = A[k] * B, A[k + 3]
    snapshot = (A[k + 1] + ((t - A[k + 4] + 1) // width) % A[k + 2]) * B
    expired, write_off, value = A[k + 5] * B, A[k + 6] * B, P[A[k + 7]] * P[A[k + 8] + t]
    for i in range(lo, hi):
        left = F[snapshot + i] - (F[keep + CAME_IN * B + i] - F[keep + i])
        expire(F, B, i, keep, left, expired, write_off, value)


@op
def expire_class(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """A class reaches its shelf life.

    A: keep, classes, n, class width, shelf life, expired, write-off, value, discount.
    """
    keep, width = A[k] * B, A[k + 3]
    row = (A[k + 1] + ((t - A[k + 4] + 1) // width) % A[k + 2]) * B
    expired, write_off, value = A[k + 5] * B, A[k + 6] * B, P[A[k + 7]] * P[A[k + 8] + t]
    for i in range(lo, hi):
        expire(F, B, i, keep, F[row + i], expired, write_off, value)
        F[row + i] = 0.0


@op
def holding(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Holding cost of what is on hand and of what waits for room, and the sum of on-hand stock for its mean.

    A: on hand, waiting, money a unit and period of either, cost flow, discount, sum.
    """
    keep, waiting, cost, total = A[k] * B, A[k + 1] * B, A[k + 4] * B, A[k + 6] * B
    rate, outside = P[A[k + 2]] * P[A[k + 5] + t], P[A[k + 3]] * P[A[k + 5] + t]
    for i in range(lo, hi):
        F[cost + i] += F[keep + i] * rate + F[waiting + i] * outside
        F[total + i] += F[keep + i]
