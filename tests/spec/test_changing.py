"""Values that change, against the sentences of conventions §5, read one after the other."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.errors import Problems
from holdfast.parts.world import Condition
from holdfast.spec import document
from holdfast.spec.quantities import Units
from holdfast.spec.resolve.values import Values
from holdfast.spec.tree import Mapping

START = datetime.date(2020, 1, 6)
CONDITIONS = (
    Condition("trade", ("open", "narrow", "closed")),
    Condition("mill", ("planned", "building", "stalled", "running", "cancelled", "closed")),
    Condition("low", ("off", "on")),
)
DATES = {"2020-01": 0, "2020-03": 7, "2021-01": 51, "2022-06": 125}
"""Dates, and the periods in which they have come; the first lies before the start."""


def said(depth: int) -> st.SearchStrategy[object]:
    """A value as people write it: a number, or one that changes."""
    plain = st.integers(1, 9).map(str)
    if depth == 0:
        return plain
    times = st.integers(0, 4).map(lambda k: f"times {k}")
    below = st.one_of(plain, times, changing(depth - 1, st.one_of(plain, times)))
    return st.one_of(plain, changing(depth, plain, below))


def changing(depth, usually, below=None):
    items = below if below is not None else usually
    states = st.one_of(
        st.fixed_dictionaries({}, optional={"open": items, "narrow": items, "closed": items}),
    ).filter(bool)
    whiles = st.fixed_dictionaries(
        {}, optional={"trade": states, "mill": st.fixed_dictionaries({"running": items}), "low": items}
    )
    since = st.dictionaries(st.sampled_from(list(DATES)), items, max_size=3)
    return st.fixed_dictionaries(
        {"usually": usually}, optional={"while": whiles.filter(bool), "since": since.filter(bool)}
    )


def naive(value, t: int, holds) -> tuple[float | None, float]:
    """What the sentences of §5 say: (what stands, what multiplies it)."""
    if isinstance(value, str):
        return (None, float(value[6:])) if value.startswith("times") else (float(value), 1.0)
    # "`usually` stands"
    stands, factor = naive(value["usually"], t, holds)
    # "the latest `since` date that has come replaces it, or multiplies it if it says `times`"
    come = [date for date in value.get("since", {}) if DATES[date] <= t]
    if come:
        new, k = naive(value["since"][max(come)], t, holds)
        stands, factor = (stands, factor * k) if new is None else (new, k)
    # "of the `while` entries that hold, the first that replaces stands instead;
    #  and every `times` of a `while` that holds multiplies what stands"
    replaced, product = False, 1.0
    for name, entry in value.get("while", {}).items():
        for state, item in ({"on": entry} if name == "low" else entry).items():
            if not holds(name, state):
                continue
            new, k = naive(item, t, holds)
            if new is None:
                product *= k
            elif not replaced:
                stands, factor, replaced = new, k, True
    return stands, factor * product


def text_of(value) -> str:
    """The value in flow style."""
    if isinstance(value, str):
        return value
    return "{" + ", ".join(f"{key}: {text_of(child)}" for key, child in value.items()) + "}"


def look_up(changing_, t: int, codes) -> float:
    """The cell of a table, as World says it is found."""
    row = max(i for i, start in enumerate(changing_.starts) if start <= t)
    column = 0
    for condition in changing_.reads:
        column = column * len(CONDITIONS[condition].states) + codes[condition]
    return float(changing_.values[row, column])


@settings(max_examples=150, deadline=None)
@given(said(2))
def test_a_table_says_what_the_sentences_say(value):
    found = Problems()
    read = document.from_text(f"holdfast: 1\nstores: {{a: {{open: {text_of(value)}}}}}\n", "x.yaml", found)
    values = Values(Units(), found, START, 7.0, "EUR", Path(), CONDITIONS)
    node = read.base.get("stores", "a", "open")
    table = values.changing(node, lambda child: values.number(child, ""), 1.0)
    found.raise_if_any()
    for t in (0, 6, 7, 50, 51, 124, 125, 400):
        for codes in np.ndindex(3, 6, 2):

            def holds(name, state, codes=codes):
                index = ["trade", "mill", "low"].index(name)
                return CONDITIONS[index].states[codes[index]] == state

            stands, factor = naive(value, t, holds)
            assert look_up(table, t, codes) == stands * factor


def test_a_value_reads_only_what_it_names():
    found = Problems()
    read = document.from_text("holdfast: 1\nstores: {a: {open: {usually: 1, while: {low: 2}}}}\n", "x.yaml", found)
    values = Values(Units(), found, START, 7.0, "EUR", Path(), CONDITIONS)
    node = read.base.get("stores", "a", "open")
    assert isinstance(node, Mapping)
    table = values.changing(node, lambda child: values.number(child, ""), 1.0)
    assert (table.reads, table.values.tolist()) == ((2,), [[1.0, 2.0]])
