"""What a block's other futures do never touches a future: not even in crumbs of rounding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

import holdfast as hf
from benchmarks.peers.reference import world as reference
from holdfast.engine import kernel
from holdfast.engine.run import Outcome, simulate
from reference.scenarios import worlds

CRUMB = """
holdfast: 1
name: crumb
title: Three users share the last of an input
question: Does what is left of an input depend on the other futures of a block?
clock: {start: 2026-01-05, period: 1 week, horizon: 40 weeks, cover_at: normal}
money: {currency: USD, price_year: 2026, discount_rate: 0 %/year}
goods:
  input: {unit: unit}
  output: {unit: unit}
plants:
  works:
    lines:
      line:
        makes: [output]
        nameplate: 1 unit/week
        takes: {input: 1 unit/unit}
        fails: {mtbf: 2 weeks, mttr: 2 weeks}
        variable_cost: 1 USD/unit
    production: {kind: produce_to_target, target: 50 units}
    output_to: shelf
stores:
  shelf:
    capacity: unlimited
    overflow: refused
    holding_cost: 0 USD/unit/week
    keeps:
      input: {opening: {on_hand: 1.8 units, under_way: none}}
      output: {opening: {on_hand: 0 units, under_way: none}}
consumers:
  first: {draws_from: shelf, priority: 1, demand: {input: 7.3 units/week}, unmet: lost, shortage_cost: 1 USD/unit}
  second: {draws_from: shelf, priority: 1, demand: {input: 9.8 units/week}, unmet: lost, shortage_cost: 1 USD/unit}
  third: {draws_from: shelf, priority: 1, demand: {input: 0.9 units/week}, unmet: lost, shortage_cost: 1 USD/unit}
"""
"""The three share 1.8 units so that 4e-17 too many are issued."""


def bits(outcome: Outcome) -> dict[str, bytes]:
    """All that comes out, name by name."""
    found = {name: values.tobytes() for name, values in outcome.totals.items()}
    found |= {f"yearly {name}": values.tobytes() for name, values in outcome.yearly.items()}
    return found | {f"band {name}": band.counts.tobytes() for name, band in outcome.bands.items()}


def test_a_crumb_below_nothing_is_not_taken(tmp_path: Path):
    path = tmp_path / "crumb.yaml"
    path.write_text(CRUMB)
    s = hf.load(path)
    world = s.world(None, None)
    together = simulate(world, replications=30, seed=3, block=30)
    assert (together.totals["stores.shelf.input.taken"] >= 0.0).all()
    assert bits(together) == bits(simulate(world, replications=30, seed=3, block=1))


def test_random_worlds_are_the_same_in_blocks_of_any_size():
    @seed(20261126)
    @settings(
        max_examples=40, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(worlds())
    def compare(world):
        whole = bits(simulate(world, replications=24, seed=3, block=24))
        assert whole == bits(simulate(world, replications=24, seed=3, block=1))
        assert whole == bits(simulate(world, replications=24, seed=3, block=7))

    compare()


@pytest.mark.parametrize("name", ["plant", "reference"])
def test_nothing_is_written_beyond_the_lanes_that_are_simulated(name, monkeypatch):
    """On a graphics processor the next lane belongs to another thread."""
    room, seen, run = 11, [], kernel.run_block()

    def watched(*given):
        given = list(given)
        assert given[13] == room  # lanes there is room for
        for each in given[4:7]:  # numbers, whole numbers, words
            each.reshape(-1, room)[:, 3:] = 7
        run(*given)
        seen.extend(np.all(each.reshape(-1, room)[:, 3:] == 7) for each in given[4:7])

    monkeypatch.setattr(kernel, "run_block", lambda: watched)
    world = reference() if name == "reference" else hf.load("cartridge-plant").world(name, None)
    simulate(world, replications=3, seed=3, block=room, threads=1)
    assert seen == [True] * 3
