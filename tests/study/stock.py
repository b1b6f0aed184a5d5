"""Worlds of one stock, written as a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import holdfast as hf

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """
holdfast: 1
name: stock
question: What does it cost at least to be served?
clock: {start: 2026-01-05, period: 1 week, horizon: HORIZON weeks, cover_at: normal}
money: {currency: EUR, price_year: 2026, discount_rate: DISCOUNT %/year}
goods: {salt: {unit: sack}}
REGIMES
channels:
CHANNELS
stores:
  barn:
    capacity: CAPACITY
    holding_cost: 1 EUR/sack/week
    keeps:
      salt:
        opening: {on_hand: 7 sacks, under_way: UNDERWAY}
        ordering: {RULE}
consumers:
  kitchens: {draws_from: [barn], demand: {salt: DEMAND}, unmet: UNMET, shortage_cost: SHORT}
LEVERS
"""
STRAIT = """
regimes:
  strait:
    starts: open
    AGE
    states:
      open: {lasts: {exponential: {mean: 6 weeks}}, then: shut}
      shut: {lasts: {gamma: {mean: 3 weeks, cv: 0.5}}, then: open}
"""
SHUT = "{usually: 1000 sacks/week, while: {strait: {shut: 0 sacks/week}}}"
BASE_STOCK = "kind: base_stock, review_period: 1 week, order_up_to: 12 sacks, from: ships"
POISSON = "{poisson: {mean: 5 sacks/week}}"


def channel(lead: int = 0, price: str = "2 EUR/sack", more: str = "", name: str = "ships") -> str:
    """A channel; `more` begins with a comma and may say its capacity and what happens in transit."""
    more = more if "capacity" in more else f"{more}, capacity: unlimited"
    more = more if "in_transit" in more else f"{more}, in_transit: passes"
    return f"  {name}: {{carries: [salt], price: {price}, lead_time: {lead} weeks{more}}}\n"


def scenario(folder: Path, backordered: bool = False, **parts: str) -> hf.Scenario:
    """A stock of salt: lost sales at 9 EUR a sack, where `backordered` does not say 9 EUR a sack and week."""
    unmet = ("backordered", "9 EUR/sack/week") if backordered else ("lost", "9 EUR/sack")
    usual = {
        "HORIZON": "26", "DISCOUNT": "5", "REGIMES": "", "CHANNELS": channel(), "CAPACITY": "unlimited",
        "UNDERWAY": "none", "RULE": BASE_STOCK, "DEMAND": POISSON, "UNMET": unmet[0], "SHORT": unmet[1], "AGE": "",
        "LEVERS": "",
    }  # fmt: skip
    text = TEXT
    for word, part in (usual | parts).items():
        text = text.replace(word, part)
    path = folder / "stock.yaml"
    path.write_text(text, encoding="utf-8")
    return hf.load(path)
