"""The names of all records of a world (§22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference.making import origins, sources

if TYPE_CHECKING:
    from holdfast.parts.world import World

KINDS = (
    "capex",
    "room",
    "imports",
    "transfers",
    "production",
    "fixed",
    "retainer",
    "inspection",
    "holding",
    "disposal",
    "savings",
    "shortage",
)


def keep_name(world: World, keep: int) -> str:
    """A keep as records call it: store.good."""
    k = world.keeps[keep]
    return f"{world.stores[k.store].name}.{world.goods[k.good].name}"


def link_name(world: World, number: int) -> str:
    """The records of a way between two stores."""
    link = world.links[number]
    return f"transfers.{world.stores[world.keeps[link.origin].store].name}.{keep_name(world, link.keep)}"


def record_names(world: World) -> list[str]:
    """All records of a world."""
    names = [f"regimes.{r.name}.{what}" for r in world.regimes for what in ("state", "warned")]
    names += [f"projects.{p.name}.state" for p in world.projects]
    names += [f"signals.{s.name}.noticed" for s in world.signals]
    names += [f"prices.{p.name}.index" for p in world.prices]
    for i in range(len(world.keeps)):
        for c in sources(world, i):
            name = f"channels.{world.channels[c].name}.{keep_name(world, i)}"
            names += [f"{name}.{what}" for what in ("ordered", "received", "lost", "missing", "on_order", "held")]
    names += [
        f"{link_name(world, number)}.{what}"
        for number in range(len(world.links))
        for what in ("ordered", "shipped", "received", "owed", "under_way")
    ]
    for line in world.lines:
        name = f"lines.{world.plants[line.plant].name}.{line.name}"
        names += [f"{name}.{what}" for what in ("up", "run", "output")]
    names += [f"plants.{p.name}.{what}" for p in world.plants for what in ("nameplate", "effective_capacity")]
    for i, inspection in enumerate(world.inspections):
        names.append(f"inspections.{inspection.name}.lots")
        for origin, keep, _ in origins(world, i):
            name = f"inspections.{inspection.name}.{origin}.{keep_name(world, keep)}"
            names += [f"{name}.{what}" for what in ("entered", "accepted", "scrapped", "inside")]
    goods_in = ("entered", "issued", "taken", "expired", "destroyed", "refused", "on_hand", "waiting")
    names += [f"stores.{keep_name(world, i)}.{what}" for i in range(len(world.keeps)) for what in goods_in]
    served = ("demand", "saved", "wanted", "served", "unmet", "received", "backorders", "own_stock")
    for use in world.uses:
        name = f"consumers.{world.consumers[use.consumer].name}.{world.goods[use.good].name}"
        names += [f"{name}.{what}" for what in served]
    names += [f"consumers.{c.name}.short" for c in world.consumers]
    return [*names, *(f"costs.{kind}" for kind in KINDS), "memos.idle", "memos.write_off"]
