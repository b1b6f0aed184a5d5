"""Regimes, prices and signals in numbers: what nobody decides, and what can be seen of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from holdfast.errors import did_you_mean
from holdfast.parts.laws import Discrete, Fixed, Mixture, Pert, Scaled, Uniform
from holdfast.parts.world import Price, Regime, RegimeState, Signal, Warning_
from holdfast.spec.resolve.covers import short
from holdfast.spec.resolve.values import key_of
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from holdfast.parts.laws import Law
    from holdfast.spec.resolve.world import Reading


def regimes(reading: Reading) -> tuple[Regime, ...]:
    """All regimes."""
    return tuple(_regime(reading, name, node) for name, node in reading.section("regimes"))


def _regime(reading: Reading, name: str, node: Mapping) -> Regime:
    values = reading.values
    listed = [(n, s) for n, s in node.mapping("states").items() if isinstance(s, Mapping)]
    names = [n for n, _ in listed]
    before = len(values.problems)
    states = tuple(_state(reading, n, s, names) for n, s in listed)
    starts, age = _starts(reading, node.get("starts"), names)
    script, warning = node.get("script"), node.get("warning")
    if len(values.problems) == before:
        _reachable(reading, node, states, starts)
        _may_be_so_old(reading, node, states[starts], age)
    return Regime(
        name=name,
        title=values.text(node.get("title"), name),
        states=states,
        starts=starts,
        age=age,
        script=_script(reading, script, names) if script is not None else (),
        warning=_warning(reading, warning, names) if isinstance(warning, Mapping) else None,
    )


def _state(reading: Reading, name: str, node: Mapping, names: list[str]) -> RegimeState:
    values = reading.values
    lasts, then = node.get("lasts"), node.get("then")
    law = values.law(lasts, values.periods) if lasts is not None else Fixed(1.0)
    if lasts is not None and not law.mean() > 0:
        values.problems.add("HF109", lasts, None, f"'{name}' lasts no time", "write a time above 0")
    following = [0.0] * len(names)
    for index, share, at in values.shares(then, names, "states") if then is not None else []:
        following[index] += share
        if names[index] == name:
            fix = "name another state, or make it last longer"
            values.problems.add("HF202", at, None, f"'{name}' is followed by itself", fix)
    pace = values.changing(node.get("pace"), lambda n: values.number(n, ""), 1.0)
    return RegimeState(name, law, tuple(following), pace)


def _starts(reading: Reading, node: Node | None, names: list[str]) -> tuple[int, float]:
    values = reading.values
    if not isinstance(node, Mapping):
        return max(0, values.name(node, names, "states")), 0.0
    age = node.get("age")
    return max(0, values.name(node.get("state"), names, "states")), values.periods(age) if age is not None else 0.0


def _may_be_so_old(reading: Reading, node: Mapping, state: RegimeState, age: float) -> None:
    """A state that starts at an age that its law does not reach ends at once (§10): a remark."""
    at, lasts = node.get("starts", "age"), node.get("states", state.name, "lasts")
    longest = _longest(state.lasts)
    if at is None or lasts is None or age < longest:
        return
    values = reading.values
    most = f"{short(longest * values.period_days / 7)} weeks"
    message = f"'{state.name}' is {values.text(at)} old and lasts {most} at most, so it ends in the first period"
    values.problems.remark("HF206", at, message, f"write less than {most}, or let '{state.name}' last longer")


def _longest(law: Law) -> float:
    """The most that a law gives; infinity where it has no end, or is not ours to know."""
    if isinstance(law, Scaled):
        return law.k * _longest(law.law)
    if isinstance(law, Mixture):
        return max(_longest(each) for each in law.laws)
    if isinstance(law, Discrete):
        return max(value for value, often in zip(law.values, law.probabilities, strict=True) if often > 0)
    ends = ((Fixed, "value"), (Uniform, "high"), (Pert, "worst"))
    return next((float(getattr(law, end)) for kind, end in ends if isinstance(law, kind)), math.inf)


def _reachable(reading: Reading, node: Mapping, states: tuple[RegimeState, ...], starts: int) -> None:
    """A state that nothing leads to, in the base or by a script, is a mistake."""
    script = node.get("script")
    items = script.items if isinstance(script, Sequence) else ()
    scripted = {reading.values.text(item.get("state")) for item in items if isinstance(item, Mapping)}
    seen: set[int] = set()
    todo = [starts, *(i for i, state in enumerate(states) if state.name in scripted)]
    while todo:
        here = todo.pop()
        if here not in seen and here < len(states):
            seen.add(here)
            todo += [i for i, p in enumerate(states[here].then) if p > 0]
    block = node.mapping("states")
    for i, state in enumerate(states):
        if i not in seen:
            place, path = block.key_place(state.name), f"{block.path}.{state.name}"
            fix = "let another state lead to it, or remove it"
            reading.values.problems.add("HF202", place, path, f"nothing ever leads to '{state.name}'", fix)


def _script(reading: Reading, node: Node, names: list[str]) -> tuple[tuple[int, int], ...]:
    values = reading.values
    example = "write script: [{from: 2006-08-01, state: partial}]"
    if not isinstance(node, Sequence):
        values.form(node, "a list of dates and states", example)
        return ()
    entries: list[tuple[int, int]] = []
    for item in node.items:
        when, state = (item.get("from"), item.get("state")) if isinstance(item, Mapping) else (None, None)
        if when is None or state is None:
            values.problems.add("HF102", item, None, "an entry of a script says from when which state holds", example)
            continue
        period = values.coming(when)
        if entries and period <= entries[-1][0]:
            message = f"'{values.text(when)}' does not come a period after the entry before"
            values.problems.add("HF106", when, None, message, "write the dates in order, a period apart at least")
            continue
        entries.append((period, max(0, values.name(state, names, "states"))))
    return tuple(entries)


def _warning(reading: Reading, node: Mapping, names: list[str]) -> Warning_ | None:
    values = reading.values
    lead, seen, alarms = node.get("lead"), node.get("seen"), node.get("false_alarms")
    if lead is None or seen is None or alarms is None:
        return None
    return Warning_(
        of=max(0, values.name(node.get("of"), names, "states")),
        lead=values.law(lead, values.periods),
        seen=values.share(seen, "a probability"),
        false_alarms=values.per_period(alarms),
    )


def prices(reading: Reading) -> tuple[Price, ...]:
    """All price indices, with the Cholesky factor of their correlations."""
    values, names = reading.values, reading.names["prices"]
    section = reading.section("prices")
    said: dict[tuple[int, int], float] = {}
    before = len(values.problems)
    for p, (name, node) in enumerate(section):
        block = node.mapping("correlated_with")
        for other, child in block.items():
            q = values.name(key_of(block, other), names, "prices")
            r = values.number(child, "", least=-1.0, most=1.0)
            if q == p:
                values.problems.add("HF202", child, None, f"'{name}' is correlated with itself", "name another price")
            elif q >= 0:
                said[p, q] = said[q, p] = r
    factor = _factor(len(section), said)
    if factor is None:
        if len(values.problems) == before:
            block = reading.tree.mapping("prices")
            values.problems.add("HF112", block, None, "these correlations cannot hold together", "make them smaller")
        factor = [(0.0,) * len(section)] * len(section)
    return tuple(_price(reading, name, node, factor[p]) for p, (name, node) in enumerate(section))


def _factor(n: int, said: dict[tuple[int, int], float]) -> list[tuple[float, ...]] | None:
    """The Cholesky factor of correlations, those that are not said being 0; None where they cannot hold together.

    In plain Python, so that its bits are the same on all machines.

    Source: Golub and Van Loan, Matrix Computations (4th ed., 2013), section 4.2.
    """
    rows: list[list[float]] = []
    for p in range(n):
        row = [0.0] * n
        for q in range(p):
            row[q] = (said.get((p, q), 0.0) - sum(row[k] * rows[q][k] for k in range(q))) / rows[q][q]
        rest = 1.0 - sum(each * each for each in row)
        if not rest > 0.0:
            return None
        row[p] = math.sqrt(rest)
        rows.append(row)
    return [tuple(row) for row in rows]


def _price(reading: Reading, name: str, node: Mapping, row: tuple[float, ...]) -> Price:
    values = reading.values
    title = values.text(node.get("title"), name)
    moving, fixed = node.get("mean_reverting"), node.get("fixed")
    if fixed is not None:
        return Price(name, title, values.number(fixed, ""), 0.0, 0.0, row)
    if not isinstance(moving, Mapping):
        fix = "add mean_reverting: {level: 1, half_life: 2 years, volatility: 25 %/year}"
        values.problems.add("HF102", node, None, "a price index is fixed or mean_reverting", fix)
        return Price(name, title, 1.0, 0.0, 0.0, row)
    level, half, volatility = (moving.get(key) for key in ("level", "half_life", "volatility"))
    if level is None or half is None or volatility is None:
        return Price(name, title, 1.0, 0.0, 0.0, row)
    half_life = values.time(half)
    per_period = values.per_year(volatility) * math.sqrt(values.period_days / 365.25)
    persistence = 2.0 ** (-1.0 / half_life)
    spread = per_period * math.sqrt((1.0 - persistence**2) / (2.0 * math.log(2.0) / half_life))
    return Price(name, title, values.number(level, ""), persistence, spread, row)


_NEEDS = {"cover_of": ("below", "until"), "backorders_of": ("above", "until"), "warning_of": ("for",)}


def signals(reading: Reading) -> tuple[Signal, ...]:
    """All signals."""
    out = []
    for name, node in reading.section("signals"):
        kinds = [k for k in _NEEDS if k in node]
        if len(kinds) == 1:
            out.append(_signal(reading, name, node, kinds[0]))
            continue
        message = "a signal reads one of cover_of, backorders_of and warning_of"
        reading.values.problems.add("HF102", node, None, message, "add cover_of: STORE")
        out.append(Signal(name, name, "warning"))
    return tuple(out)


def _signal(reading: Reading, name: str, node: Mapping, kind: str) -> Signal:
    values, problems = reading.values, reading.values.problems
    title, delay = values.text(node.get("title"), name), _delay(reading, node.get("noticed_after"))
    missing = [key for key in _NEEDS[kind] if key not in node]
    for key in missing:
        message = f"'{key}' must be said of a signal that reads {kind}"
        problems.add("HF102", node, f"{node.path}.{key}", message, f"add {key}: ...")
    if missing:
        return Signal(name, title, "warning")
    at = node.entries[kind]
    if kind == "warning_of":
        lasts = values.whole_periods(node.entries["for"], 1)
        return Signal(name, title, "warning", regime=_warned(reading, at), lasts=lasts, delay=delay)
    on, off = node.entries[_NEEDS[kind][0]], node.entries["until"]
    if kind == "cover_of":
        low, high = values.periods(on), values.periods(off)
        if high < low:
            message = f"it goes off at {values.text(off)}, below where it goes on ({values.text(on)})"
            problems.add("HF204", off, None, message, "write until at least as large as below")
        store, consumer = _watched(reading, at)
        return Signal(name, title, "cover", store=store, consumer=consumer, on_at=low, off_at=high, delay=delay)
    consumer = values.name(at, reading.names["consumers"], "consumers")
    unit = _unit_of(reading, consumer)
    high, low = values.number(on, unit), values.number(off, unit)
    if low > high:
        message = f"it goes off at {values.text(off)}, above where it goes on ({values.text(on)})"
        problems.add("HF204", off, None, message, "write until at most as large as above")
    return Signal(name, title, "backorders", consumer=consumer, on_at=high, off_at=low, delay=delay)


def _delay(reading: Reading, node: Node | None) -> int:
    if node is None:
        return 0
    delay = reading.values.whole_periods(node)
    if delay > 60:
        message = f"a delay of {delay} periods is too long"
        reading.values.problems.add("HF109", node, None, message, "write at most 60 periods")
    return min(delay, 60)


def _watched(reading: Reading, node: Node) -> tuple[int, int]:
    """The store or the consumer whose cover is read."""
    values, stores = reading.values, reading.names["stores"]
    if values.text(node) in stores:
        return stores.index(values.text(node)), -1
    index = values.name(node, [*reading.names["consumers"], *stores], "stores and consumers")
    if index >= 0 and "own_stock" not in reading.section("consumers")[index][1]:
        message = f"'{values.text(node)}' has no stock of its own"
        values.problems.add("HF202", node, None, message, "name a store, or give it an own_stock")
    return -1, index


def _unit_of(reading: Reading, consumer: int) -> str:
    goods = reading.names["goods"]
    demand = reading.section("consumers")[consumer][1].mapping("demand") if consumer >= 0 else Mapping({})
    first = next((g for g in demand.entries if g in goods), None)
    return reading.units[goods.index(first)] if first else "unit"


def _warned(reading: Reading, node: Node) -> int:
    values, names = reading.values, reading.names["regimes"]
    regime, _, state = values.text(node).partition(".")
    if regime not in names:
        fix = did_you_mean(regime, names)
        values.problems.add("HF201", node, None, f"'{regime}' is not one of the regimes", fix)
        return -1
    of = reading.tree.get("regimes", regime, "warning", "of")
    if not isinstance(of, Scalar) or of.text != state:
        fix = f"did you mean {regime}.{of.text}?" if isinstance(of, Scalar) else f"add a warning to {regime}"
        values.problems.add("HF201", node, None, f"{regime} gives no warning of '{state}'", fix)
        return -1
    return names.index(regime)
