"""Normal use and covers (conventions §6): a stock said as a time, in the unit of its good."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from holdfast.spec.quantities import TIME, QuantityError
from holdfast.spec.tree import Mapping, Node, Scalar
from holdfast.terms import plural

if TYPE_CHECKING:
    from holdfast.spec.resolve.values import Values


class Base(NamedTuple):
    """What covers of one good in one place are reckoned with."""

    unit: str
    """The good's unit."""
    use: float
    """[unit/period]"""
    beyond: float | None = None
    """[periods] mean lead time, review and inspection on the way; None where nothing is ordered."""
    where: str = ""
    """As notes name it: ball in depot."""
    drawn: bool = True
    """Whether anybody draws the good from there at all."""


def amount(values: Values, node: Node, base: Base, notes: dict[str, str] | None = None) -> float:
    """An amount: `20 rounds`, a cover `6 months`, or `{cover: 5 months, beyond: lead_time}`."""
    if isinstance(node, Mapping):
        return _cover_block(values, node, base, notes)
    scalar = values.scalar(node)
    if scalar is None:
        return 1.0
    try:
        quantity = values.units.parse(scalar.text)
    except QuantityError as error:
        return values.fail(error, node)
    if quantity.dimension != TIME:
        return values.number(node, plural(base.unit), f"be an amount of a good counted in {plural(base.unit)}")
    return _cover(values, node, node, 0.0, base, notes)


def _cover_block(values: Values, node: Mapping, base: Base, notes: dict[str, str] | None) -> float:
    for key in node.entries:
        if key not in ("cover", "beyond"):
            code = "HF113" if key == "of" else "HF101"
            values.problems.add(
                code,
                node.key_place(key),
                f"{node.path}.{key}",
                f"'{key}' is not a field of a cover here",
                "write {cover: 5 months, beyond: lead_time}",
            )
            return 1.0
    cover = node.get("cover")
    if cover is None:
        values.problems.add("HF102", node, None, "a cover says its time", "write {cover: 5 months, beyond: lead_time}")
        return 1.0
    beyond = node.get("beyond")
    more = 0.0
    if beyond is not None:
        values.one_of(beyond, ["lead_time"])
        more = base.beyond or 0.0
        if base.beyond is None:
            fix = "write the cover alone"
            values.problems.add("HF103", beyond, None, "there is no lead time here for a cover to go beyond", fix)
    return _cover(values, cover, node, more, base, notes)


def _cover(values: Values, time: Node, node: Node, more: float, base: Base, notes: dict[str, str] | None) -> float:
    periods = values.periods(time)
    if not base.drawn and periods > 0:
        message = f"a cover is a time of normal use, but nobody draws {base.where}"
        values.problems.add("HF202", node, None, message, f"write an amount of {plural(base.unit)}")
        return 1.0
    total = (periods + more) * base.use
    if notes is not None and isinstance(time, Scalar):
        stock, use = (
            f"{short(each)} {plural(base.unit)}" for each in (periods * base.use, base.use * 7 / values.period_days)
        )
        text = f"a cover of {time.text} of {base.where} = {stock}, at {use}/week"
        if more:
            text += f"; with {more:.1f} periods of lead time, review and inspection {short(total)}"
        notes[f"{base.where}: {node.path}"] = text
    return total


def rate(values: Values, node: Node, unit: str, use: float) -> float:
    """An amount per period: `40 million rounds/year`, a share of normal use `{share: 60 %}`, or `unlimited`."""
    if isinstance(node, Mapping):
        share = node.get("share")
        if share is None or len(node) != 1:
            values.problems.add(
                "HF103",
                node,
                None,
                "a rate is a quantity or a share of normal use",
                "write 40 million rounds/year, or {share: 60 %}",
            )
            return 1.0
        return values.number(share, "%", least=0.0) / 100 * use if _percent(values, share) else 1.0
    scalar = values.scalar(node)
    if scalar is not None and scalar.text == "unlimited":
        return math.inf
    if scalar is not None and scalar.text.rstrip().endswith("%"):
        return values.number(node, "", least=0.0) * use
    return (
        values.number(node, f"{plural(unit)}/week", f"be a rate of a good counted in {plural(unit)}")
        * values.period_days
        / 7
    )


def _percent(values: Values, node: Node) -> bool:
    if values.text(node).rstrip().endswith("%"):
        return True
    values.number(node, "%")
    return False


def short(x: float) -> str:
    """A number with at most three significant figures, in thousands and millions."""
    for size, word in ((1e9, " billion"), (1e6, " million"), (1e3, " thousand")):
        if abs(x) >= size:
            return f"{x / size:.3g}{word}"
    return f"{x:.3g}"
