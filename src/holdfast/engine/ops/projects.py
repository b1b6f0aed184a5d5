"""Projects and plants (conventions §12, §13)."""

from __future__ import annotations

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.random import event, unit
from holdfast.engine.sample import draw, whole
from holdfast.parts.world import BUILDING, CANCELLED, CLOSED, PLANNED, RUNNING, STALLED


@op
def project_start(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What a project will take and cost.

    A: left, spend, stream, ratio law, overrun law, planned, capex, work if fixed (or 0), opened.
    """
    left, spend, stream, ratio, overrun = A[k] * B, A[k + 1] * B, A[k + 2], A[k + 3], A[k + 4]
    planned, capex, fixed, opened = P[A[k + 5]], P[A[k + 6]], P[A[k + 7]], A[k + 8] * B
    for i in range(lo, hi):
        a, b, c, _ = event(key, rep0 + i, stream, 0)
        work = max(1.0, whole(planned * draw(P, ratio, a), c))
        F[left + i] = work
        F[spend + i] = capex * draw(P, overrun, b) / (fixed if fixed > 0.0 else work)
        Z[opened + i] = -1


@op
def project(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """A project moves.

    A: state, changes of it, left, stall left, stalls, opened, stall p, cancel p, may cancel (building, stalled), U
    stall, U cancel, stall stream, stall law.
    """
    state, changes, left, pause, stalls = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B, A[k + 4] * B
    opened, p_stall, p_cancel, in_building, in_stalled = A[k + 5] * B, A[k + 6] * B, A[k + 7] * B, A[k + 8], A[k + 9]
    u_stall, u_cancel = (A[k + 10] + (t & 3)) * B, (A[k + 11] + (t & 3)) * B
    stream, law = A[k + 12], A[k + 13]
    moving = 0
    for i in range(lo, hi):
        s = Z[state + i]
        moving += np.int64((s == PLANNED) | (s == BUILDING) | (s == STALLED))
    if moving == 0:
        return
    changed = 0
    for i in range(lo, hi):
        before = np.int64(Z[state + i])
        s = before
        if s == PLANNED:
            s = BUILDING
        elif s == BUILDING:
            if in_building != 0 and unit(U[u_cancel + i]) < F[p_cancel + i]:
                s = CANCELLED
            else:
                F[left + i] -= 1.0
                if F[left + i] <= 0.0:
                    s = RUNNING
                    Z[opened + i] = t
                elif unit(U[u_stall + i]) < F[p_stall + i]:
                    s = STALLED
                    a, b, _, _ = event(key, rep0 + i, stream, np.int64(Z[stalls + i]))
                    Z[stalls + i] += 1
                    F[pause + i] = max(1.0, whole(draw(P, law, a), b))
        elif s == STALLED:
            if in_stalled != 0 and unit(U[u_cancel + i]) < F[p_cancel + i]:
                s = CANCELLED
            else:
                F[pause + i] -= 1.0
                if F[pause + i] <= 0.0:
                    s = BUILDING
        changed |= s ^ before
        Z[state + i] = s
    Z[changes + lo] += np.int32(changed != 0)


@op
def project_fixed(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """A project whose opening is given. A: state, changes of it, opened, finished."""
    state, changes, opened, finished = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3]
    now = np.int32(RUNNING if t >= finished else BUILDING)
    Z[changes + lo] += np.int32(Z[state + lo] != now)  # all lanes are in one state
    for i in range(lo, hi):
        if t == finished:
            Z[opened + i] = t
        Z[state + i] = now


@op
def project_close(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """The plant is closed for good. A: state, changes of it."""
    state = A[k] * B
    Z[A[k + 1] * B + lo] += 1
    for i in range(lo, hi):
        Z[state + i] = CLOSED


@op
def capex(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What is spent while building. A: state, spend, cost flow, discount."""
    state, spend, cost, discount = A[k] * B, A[k + 1] * B, A[k + 2] * B, P[A[k + 3] + t]
    for i in range(lo, hi):
        spent = F[spend + i] * discount
        F[cost + i] += spent if Z[state + i] == BUILDING else 0.0


@step
def ramp(age, first, over):
    """Share of the full rate, so many periods after opening."""
    return 1.0 if over <= 0.0 else first + (1.0 - first) * min(1.0, age / over)


@op
def plant(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Whether a plant works.

    A: on, open, restart left, project state (-1), runs, restart periods, closes, opened, ramp row, ramp from, ramp
    over, somewhere: a row, of which the first lane says whether it works in some lane.
    """
    on, is_open, wait, state, runs = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B, A[k + 4] * B
    restart, closes, opened, ramped = np.int32(A[k + 5]), A[k + 6], A[k + 7] * B, A[k + 8] * B
    first, over, now, stays = P[A[k + 9]], P[A[k + 10]], np.int32(t), np.int32(state < 0)
    own, may, somewhere = state if state >= 0 else is_open, np.int32(t < closes), np.int32(0)
    for i in range(lo, hi):
        # whatever its state, everything is reckoned, so that lanes go together
        stands = may & (stays | np.int32(Z[own + i] == RUNNING))
        full, left = np.int32(F[runs + i] == 2.0), Z[wait + i]
        waits = np.int32(left > 0)
        Z[wait + i] = restart if stands > full else np.int32(left - (stands & full & waits))
        works = np.int32(stands & full & ~waits)
        somewhere |= works
        Z[on + i] = works
        Z[is_open + i] = stands
        grown = ramp(np.float64(np.int32(now - Z[opened + i])), first, over)
        F[ramped + i] = 1.0 if stays != 0 else grown
    Z[A[k + 11] * B + lo] = somewhere


@op
def stood(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """For how many periods a plant, or a line of it with a project of its own, has stood, when flows are to be kept.

    A: where the year of each period stands (from here on; -1 but in a year's last period), n, then (row, opening of the
    plant, of the line (-1 where it has no project), closes).
    """
    if A[A[k] + t] < 0:
        return
    for j in range(A[k + 1]):
        a = k + 2 + 4 * j
        row, of_plant, of_line, end = A[a] * B, A[a + 1] * B, A[a + 2] * B, np.int32(min(t + 1, A[a + 3]))
        for i in range(lo, hi):
            plant_opened = Z[of_plant + i] if of_plant >= 0 else np.int32(0)
            line_opened = Z[of_line + i] if of_line >= 0 else np.int32(0)
            opens = max(plant_opened, line_opened) if min(plant_opened, line_opened) >= 0 else end
            F[row + i] = np.float64(np.int32(max(end - opens, np.int32(0))))


@op
def plant_costs(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Fixed costs and what stands idle.

    A: open, runs, running cost, warm cost, effective capacity, output, fixed flow, idle flow, discount, flow of
    effective capacity.
    """
    is_open, runs, running, warm = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B
    effective, output, fixed, idle, discount = A[k + 4] * B, A[k + 5] * B, A[k + 6] * B, A[k + 7] * B, P[A[k + 8] + t]
    effectives = A[k + 9] * B
    for i in range(lo, hi):
        # whether open or not, everything is reckoned, so that lanes go together
        runs_now = F[runs + i] * Z[is_open + i]
        full, kept_warm, capacity = F[running + i], F[warm + i], F[effective + i]
        F[effectives + i] += capacity
        unused = 1.0 - F[output + i] / capacity
        cost = full * discount if runs_now == 2.0 else 0.0
        F[fixed + i] += cost + (kept_warm * discount if runs_now == 1.0 else 0.0)
        F[idle + i] += cost * (unused if capacity > 0.0 else 0.0)
