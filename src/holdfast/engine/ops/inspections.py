"""Inspection: lots are gathered, wait, are held, and leave accepted, scrapped or to be reworked (conventions §15)."""

from __future__ import annotations

import math

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.ops.stores import INSIDE
from holdfast.engine.random import event, unit
from holdfast.engine.sample import draw, whole

FLOW_ARGS = 13
# Arguments of a flow (origin, store, good), in their order: rings hold amounts by the period in which they leave.
(
    GATHERED, LOTS_WAITING, LOTS_STARTED, ACCEPT_RING, SCRAP_RING, HOLD_SLOTS, REWORK_RING, REWORK_SLOTS, STREAM,
    KEEP, ARRIVES, ACCEPTED, SCRAPPED,
) = range(FLOW_ARGS)  # fmt: skip


@op
def release(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Lots due leave; what was reworked is gathered again.

    A: write-off, discount, value (parameter by flow, at the end), n, flows, values.
    """
    write_off, discount, n = A[k] * B, P[A[k + 1] + t], A[k + 2]
    for j in range(n):
        a = k + 3 + FLOW_ARGS * j
        accept, scrap = (
            (A[a + ACCEPT_RING] + t % A[a + HOLD_SLOTS]) * B,
            (A[a + SCRAP_RING] + t % A[a + HOLD_SLOTS]) * B,
        )
        back = (A[a + REWORK_RING] + t % A[a + REWORK_SLOTS]) * B
        gathered, inside, arrives = A[a + GATHERED] * B, (A[a + KEEP] + INSIDE) * B, A[a + ARRIVES] * B
        accepted, scrapped, value = A[a + ACCEPTED] * B, A[a + SCRAPPED] * B, P[A[k + 3 + FLOW_ARGS * n + j]] * discount
        for i in range(lo, hi):
            x, y = F[accept + i], F[scrap + i]
            F[accept + i] = 0.0
            F[scrap + i] = 0.0
            F[gathered + i] += F[back + i]
            F[back + i] = 0.0
            F[arrives + i] += x
            F[inside + i] -= x + y
            F[accepted + i] += x
            F[scrapped + i] += y
            F[write_off + i] += y * value


@step
def start_lot(F, Z, P, A, B, i, a, amount, t, replication, key, which, law, scale, accepts, rework, takes):
    """One lot starts its hold; how it will end is drawn now, and known only when it leaves."""
    n = np.int64(Z[A[a + LOTS_STARTED] * B + i])
    Z[A[a + LOTS_STARTED] * B + i] = n + 1
    w0, w1, w2, w3 = event(key, replication, A[a + STREAM], n)
    at = np.int64(F[which + i]) if which >= 0 else law
    hold = np.int64(max(1.0, whole(F[scale + i] * draw(P, at, w0), w1)))
    hold = min(hold, A[a + HOLD_SLOTS] - 1)
    slot = (t + hold) % A[a + HOLD_SLOTS]
    if unit(w2) < accepts:
        F[(A[a + ACCEPT_RING] + slot) * B + i] += amount
    elif unit(w3) < rework:
        F[(A[a + REWORK_RING] + (t + hold + takes) % A[a + REWORK_SLOTS]) * B + i] += amount
    else:
        F[(A[a + SCRAP_RING] + slot) * B + i] += amount


@op
def inspect(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Lots are formed and start their hold, most waiting first.

    A: lot, accepts, rework, rework takes, hold laws' row (-1), hold law, hold scale, capacity, credit, lots flow,
    cost of a lot, cost flow, discount, n, flows.
    """
    lot, accepts, rework, takes = P[A[k]], P[A[k + 1]], P[A[k + 2]], A[k + 3]
    which, law, scale = A[k + 4] * B, A[k + 5], A[k + 6] * B
    capacity, credit, lots, cost = A[k + 7] * B, A[k + 8] * B, A[k + 9] * B, A[k + 11] * B
    price, n, first = P[A[k + 10]] * P[A[k + 12] + t], A[k + 13], k + 14
    for i in range(lo, hi):
        waiting, started = 0, 0
        for j in range(n):
            a = first + FLOW_ARGS * j
            g = F[A[a + GATHERED] * B + i]
            if lot == 0.0:
                if g > 1e-9:
                    start_lot(F, Z, P, A, B, i, a, g, t, rep0 + i, key, which, law, scale, accepts, rework, takes)
                    F[A[a + GATHERED] * B + i] = 0.0
                    started += 1
                continue
            if g >= 0.999999 * lot:
                formed = math.floor(g / lot + 1e-9)
                if formed > 0.0:
                    F[A[a + GATHERED] * B + i] = max(0.0, g - formed * lot)
                    Z[A[a + LOTS_WAITING] * B + i] += np.int64(formed)
            waiting += np.int64(Z[A[a + LOTS_WAITING] * B + i])
        room = F[credit + i] + F[capacity + i]
        while waiting > 0 and room >= 1.0 - 1e-9:
            most, chosen = 0, 0
            for j in range(n):
                z = np.int64(Z[A[first + FLOW_ARGS * j + LOTS_WAITING] * B + i])
                if z > most:
                    most, chosen = z, j
            a = first + FLOW_ARGS * chosen
            Z[A[a + LOTS_WAITING] * B + i] -= 1
            start_lot(F, Z, P, A, B, i, a, lot, t, rep0 + i, key, which, law, scale, accepts, rework, takes)
            waiting -= 1
            started += 1
            room -= 1.0
        F[credit + i] = max(0.0, room) if waiting > 0 else 0.0
        F[lots + i] += np.float64(started)
        F[cost + i] += np.float64(started) * price
