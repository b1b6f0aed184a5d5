"""History judged: what happened beside the band that holds 80 % of the futures (conventions §23).

Futures are told again period by period, as far as history reaches, with the seed of the study: they are the first
futures of the same case. A judgement says where what happened lies among them, and never that the model is right.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from holdfast.parts.history import Happened
from holdfast.study import estimates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from holdfast.parts.world import World
    from holdfast.study.case import Case

    Floats = NDArray[np.float64]
    Records = dict[str, Floats]

BAND: Final = (0.1, 0.9)
"""Ends of the band that holds 80 % of futures."""
LINES: Final = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Quantiles of a path that is drawn."""
MOST: Final = 1_000
"""Futures that are told again, at most."""
FEWEST: Final = 100
WORK: Final = 200_000
"""Periods of futures that are told again for one world, about."""
EMPTY: Final = 1e-6
"""[periods of normal use] A store with less is empty."""


@dataclass(frozen=True)
class Drawn:
    """How a measure went, period by period: quantiles over futures."""

    first: int
    """[period] The first that is drawn."""
    unit: str
    quantiles: Floats
    """(quantile of LINES, period)."""


@dataclass(frozen=True)
class Judged:
    """One thing that happened beside the model's futures."""

    told: Happened
    values: Floats
    """(replication,) in the unit of `told`; a date is its period, infinity: never."""
    path: Drawn | None = None

    def quantile(self, p: float) -> float:
        """The value that a share p of futures stays below or at."""
        return float(np.sort(self.values)[estimates.order(self.values.size, p)])

    @property
    def band(self) -> tuple[float, float]:
        """From where to where 80 % of futures lie."""
        return self.quantile(BAND[0]), self.quantile(BAND[1])

    @property
    def inside(self) -> bool:
        """Whether what happened, or the range in which it lies, meets the band."""
        low, high = self.band
        room = 1e-9 * (1.0 + abs(self.told.was)) if math.isfinite(self.told.was) else 0.0
        return self.told.high >= low - room and self.told.low <= high + room

    @property
    def beyond(self) -> float:
        """How far outside the band: below 0 under it, above 0 over it, 0 inside."""
        low, high = self.band
        if self.inside:
            return 0.0
        return self.told.high - low if self.told.high < low else self.told.low - high

    @property
    def below(self) -> float:
        """Share of futures with less (or an earlier date) than what happened."""
        return float((self.values < self.told.was).mean())

    def to_dict(self) -> dict[str, Any]:
        """For JSON: a number that is not finite becomes null."""
        low, high = self.band
        numbers = {
            "was": self.told.was,
            "low": low,
            "median": self.quantile(0.5),
            "high": high,
            "beyond": self.beyond,
        }
        told = self.told
        return {
            "title": told.title,
            "decided": told.decided,
            "what_if": told.what_if,
            "measure": told.measure,
            "of": list(told.of),
            "said": told.said,
            "unit": told.unit or ("period" if told.kind == "date" else "share"),
            **{key: value if math.isfinite(value) else None for key, value in numbers.items()},
            "inside": self.inside,
            "futures_below": self.below,
            "futures": int(self.values.size),
        }


def judge(
    told: Iterable[Happened], cases: dict[tuple[str, str], Case], seed: int, replications: int
) -> tuple[Judged, ...]:
    """What happened beside the futures of those cases that were simulated.

    Args:
        told: what history says.
        cases: by (alternative, what_if).
        seed: of the study.
        replications: futures of the study; no more are told again.
    """
    groups: dict[tuple[str, str], list[Happened]] = {}
    for one in told:
        if (one.decided, one.what_if) in cases:
            groups.setdefault((one.decided, one.what_if), []).append(one)
    found = {one.name: judged for key, ones in groups.items() for one, judged in _of(cases[key], ones, seed)}
    return tuple(found[one.name] for one in told if one.name in found)


def _of(case: Case, told: list[Happened], seed: int) -> Iterator[tuple[Happened, Judged]]:
    """The judgements of one case."""
    again = [one for one in told if one.measure != "opening_date"]
    for one in told:
        if one.measure == "opening_date":
            opened = case.totals[f"projects.{one.of[0]}.opened"]
            yield one, Judged(one, np.where(opened < 0, math.inf, opened))
    if not again:
        return
    # a date may come long after it came in history; all else is told by the end of its span
    last = max(math.ceil(one.end) for one in again)
    world = dataclasses.replace(case.world, periods=min(case.world.periods, max(1, last)))
    n = min(case.replications, MOST, max(FEWEST, WORK // world.periods))
    readers = [_Measure(world, one) for one in again]
    for records in _futures(world, seed, n):
        for reader in readers:
            reader.add(records)
    for one, reader in zip(again, readers, strict=True):
        yield one, reader.judged()


def _futures(world: World, seed: int, n: int) -> Iterator[Records]:
    """The records of the first n futures."""
    from holdfast.engine.run import records

    return records(world, seed=seed, replications=n)


class _Measure:
    """Reads one measure out of the records of future after future."""

    def __init__(self, world: World, told: Happened) -> None:
        self.world, self.told = world, told
        self.periods = world.periods
        t = np.arange(self.periods, dtype=np.float64)
        self.weights = np.clip(np.minimum(t + 1.0, told.end) - np.maximum(t, told.begin), 0.0, 1.0)
        """(period,) The part of each period that lies in the span."""
        self.values: list[float] = []
        self.paths: list[Floats] = []

    def add(self, records: Records) -> None:
        """Reads one more future."""
        measure = self.told.measure
        read = getattr(self, f"_{measure}")
        self.values.append(float(read(records)))
        path = self._path(records)
        if path is not None:
            self.paths.append(path)

    def judged(self) -> Judged:
        """What all futures came to."""
        path = None
        if self.paths:
            ordered = np.sort(np.stack(self.paths), axis=0)
            ranks = [estimates.order(len(self.paths), q) for q in LINES]
            path = Drawn(0, self._path_unit(), ordered[ranks])
        return Judged(self.told, np.asarray(self.values), path)

    # ---- dates

    def _first(self, happens: NDArray[np.bool_]) -> float:
        """The first period of the span in which something holds; infinity: never."""
        at = np.flatnonzero(happens & (self.weights > 0.0))
        return float(at[0]) if at.size else math.inf

    def _begins(self, records: Records) -> float:
        regime, _, state = self.told.of[0].partition(".")
        one = next(r for r in self.world.regimes if r.name == regime)
        code = next(i for i, s in enumerate(one.states) if s.name == state)
        return self._first(records[f"regimes.{regime}.state"] == code)

    def _first_accepted(self, records: Records) -> float:
        plant = next(p for p in self.world.plants if p.name == self.told.of[0])
        made = self._sum(records, self._outputs(plant.name))
        if plant.inspection >= 0:
            inspection = self.world.inspections[plant.inspection].name
            start = f"inspections.{inspection}.{plant.name}."
            made = self._sum(records, [n for n in records if n.startswith(start) and n.endswith(".accepted")])
        return self._first(made > 0.0)

    def _first_short(self, records: Records) -> float:
        return self._first(records[f"consumers.{self.told.of[0]}.short"] > 0.0)

    # ---- flows

    def _sum(self, records: Records, names: Iterable[str]) -> Floats:
        """(period,) the sum of some flows; those that are 0 in every future are not there."""
        out = np.zeros(self.periods)
        for name in names:
            if name in records:
                out = out + records[name]
        return out

    def _outputs(self, of: str) -> list[str]:
        plant, _, line = of.partition(".")
        lines = [self.world.lines[i].name for p in self.world.plants if p.name == plant for i in p.lines]
        return [f"lines.{plant}.{each}.output" for each in lines if line in ("", each)]

    def _flow(self, records: Records) -> Floats:
        """(period,) what flows."""
        names: list[str] = []
        for of in self.told.of:
            if self.told.measure == "output":
                names += self._outputs(of)
            elif self.told.measure == "shortfall":
                names += [f"consumers.{of}.{good}.unmet" for good in self._goods(of)]
            else:
                start, end = f"channels.{of}.", f".{self.told.measure}"
                names += [name for name in records if name.startswith(start) and name.endswith(end)]
        return self._sum(records, names)

    def _goods(self, consumer: str) -> list[str]:
        world = self.world
        return [world.goods[u.good].name for u in world.uses if world.consumers[u.consumer].name == consumer]

    def _whole(self, records: Records) -> Floats:
        """(period,) what a flow is told as a share of."""
        if self.told.measure == "output":
            return self._sum(records, [f"plants.{of.partition('.')[0]}.nameplate" for of in self.told.of])
        if self.told.measure == "shortfall":
            names = [f"consumers.{of}.{good}.wanted" for of in self.told.of for good in self._goods(of)]
            return self._sum(records, names)
        goods = {g for c in self.world.channels if c.name in self.told.of for g in c.goods}
        return np.full(self.periods, sum(self.world.goods[g].normal_use for g in goods))

    def _amount(self, records: Records) -> float:
        flow = float(self._flow(records) @ self.weights)
        if self.told.kind == "share":
            whole = float(self._whole(records) @ self.weights)
            return flow / whole if whole > 0.0 else 0.0
        if self.told.kind == "rate":
            return flow / (float(self.weights.sum()) * self.world.period_days) * self.told.per
        return flow

    _output = _ordered = _received = _shortfall = _amount

    # ---- service

    def _fill_rate(self, records: Records) -> float:
        goods = self._goods(self.told.of[0])
        parts = [
            float(self._sum(records, [f"consumers.{self.told.of[0]}.{good}.{what}" for good in goods]) @ self.weights)
            for what in ("served", "wanted")
        ]
        return parts[0] / parts[1] if parts[1] > 0.0 else 1.0

    def _ready_rate(self, records: Records) -> float:
        short = records[f"consumers.{self.told.of[0]}.short"]
        return 1.0 - float(short @ self.weights) / float(self.weights.sum())

    def _service_probability(self, records: Records) -> float:
        return float(not math.isfinite(self._first_short(records)))

    # ---- stocks

    def _stock(self, records: Records) -> Floats:
        """(period,) on hand at the end of each period."""
        start = f"stores.{self.told.of[0]}."
        return self._sum(records, [n for n in records if n.startswith(start) and n.endswith(".on_hand")])

    def _on_hand(self, records: Records) -> float:
        stock = float(self._stock(records)[max(0, math.floor(self.told.end) - 1)])
        if self.told.kind != "time":
            return stock
        use = self._use(self.told.of[0])
        return stock / use * self.world.period_days / self.told.per if use > 0.0 else math.inf

    def _use(self, store: str) -> float:
        """Normal use that a store serves."""
        return sum(k.use for k in self.world.keeps if self.world.stores[k.store].name == store)

    def _tts(self, records: Records) -> float:
        of, world = self.told.of[0], self.world
        stores = [i for i, s in enumerate(world.stores) if s.name == of]
        if not stores:
            at = self._first_short(records)
            return (at - self.told.begin) * world.period_days / self.told.per
        stock = self._stock(records)
        at = self._first(stock <= EMPTY * self._use(of))
        if not math.isfinite(at):
            return math.inf
        # within its last period a stock falls evenly: it lasts as far as it went towards what was drawn and not there
        t = int(at)
        opening = sum(k.on_hand for k in world.keeps if k.store == stores[0])
        before = float(stock[t - 1]) if t else opening
        users = [c.name for c in world.consumers if stores[0] in c.draws_from]
        gap = sum(
            float((records[f"consumers.{c}.{good}.wanted"] - records[f"consumers.{c}.{good}.received"])[t])
            for c in users
            for good in self._goods(c)
        )
        for name, owed in records.items():
            gap += float(owed[t]) if name.startswith(f"transfers.{of}.") and name.endswith(".owed") else 0.0
        part = before / (before + gap) if gap > 0.0 else 1.0
        return (at + part - self.told.begin) * world.period_days / self.told.per

    # ---- what is drawn

    def _path(self, records: Records) -> Floats | None:
        """(period,) what is drawn of a future; nothing where a measure has no path."""
        told = self.told
        if told.measure in ("on_hand", "tts") and any(s.name == told.of[0] for s in self.world.stores):
            return self._stock(records)
        if told.measure not in ("output", "ordered", "received", "shortfall"):
            return None
        flow = self._flow(records)
        if told.kind == "share":
            whole = self._whole(records)
            return np.divide(flow, whole, out=np.zeros_like(flow), where=whole > 0.0)
        return (
            flow * (told.per if told.kind == "rate" else 1.0) / (self.world.period_days if told.kind == "rate" else 1.0)
        )

    def _path_unit(self) -> str:
        if self.told.kind == "share":
            return "share"
        if self.told.measure in ("on_hand", "tts"):
            goods = {k.good for k in self.world.keeps if self.world.stores[k.store].name == self.told.of[0]}
            units = {self.world.goods[g].unit for g in goods}
            return units.pop() if len(units) == 1 else "units"
        return self.told.unit if self.told.kind == "rate" else f"{self.told.unit} a period"


def date_of(start: datetime.date, period_days: float, period: float) -> datetime.date:
    """The first day of a period."""
    return start + datetime.timedelta(days=math.floor(period * period_days + 1e-9))


def to_plain(judged: Iterable[Judged]) -> list[dict[str, Any]]:
    """Judgements as JSON can hold them; infinity is a text."""
    out = []
    for one in judged:
        path = one.path
        drawn = None if path is None else {**vars(path), "quantiles": path.quantiles.tolist()}
        values = [value if math.isfinite(value) else None for value in one.values.tolist()]
        told = {k: str(v) if isinstance(v, float) else v for k, v in vars(one.told).items()}
        out.append({"told": told, "values": values, "path": drawn})
    return out


def from_plain(found: Iterable[dict[str, Any]]) -> tuple[Judged, ...]:
    """The judgements that `to_plain` wrote."""
    out = []
    for one in found:
        numbers = {f.name for f in dataclasses.fields(Happened) if f.type == "float"}
        told: dict[str, Any] = {}
        for key, value in one["told"].items():
            told[key] = float(value) if key in numbers else tuple(value) if isinstance(value, list) else value
        path = one["path"]
        drawn = None if path is None else Drawn(**{**path, "quantiles": np.asarray(path["quantiles"])})
        values = np.asarray([math.inf if value is None else value for value in one["values"]], dtype=np.float64)
        out.append(Judged(Happened(**told), values, drawn))
    return tuple(out)
