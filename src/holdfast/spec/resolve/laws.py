"""Reads laws as people write them (holdfast.parts.forms), mixtures of them and laws from data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.errors import did_you_mean
from holdfast.parts import forms
from holdfast.parts.laws import Discrete, Fixed, Law, Mixture
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence, kind_of

if TYPE_CHECKING:
    from holdfast.parts.forms import LawForm
    from holdfast.spec.resolve.values import Parse, Values

_STANDS_IN = Fixed(1.0)
"""What stands in for a law that is wrong, until all problems are raised."""


def law(values: Values, node: Node, parse: Parse[float]) -> Law:
    """A law of what `parse` reads; a plain quantity is fixed."""
    if not isinstance(node, Mapping):
        return Fixed(parse(node))
    known = [*forms.FORMS, "mixture", "empirical"]
    if any(key not in known for key in node.entries):  # to ask what is installed takes longer than to read a file
        known[len(forms.FORMS) : len(forms.FORMS)] = forms.plugged()
    kinds = [key for key in node.entries if key in known]
    if len(kinds) > 1:
        message, fix = f"one law is expected here, not {' and '.join(kinds)}", "keep one of them, or write a mixture"
        values.problems.add("HF112", node.key_place(kinds[1]), node.path, message, fix)
        return _STANDS_IN
    if not kinds:
        key = next((k for k in node.entries if k not in known), next(iter(node.entries), ""))
        place = node.key_place(key) if key in node else node.place
        values.problems.add("HF112", place, node.path, f"'{key}' is not a law", did_you_mean(key, known))
        return _STANDS_IN
    kind = kinds[0]
    if kind == "mixture":
        return _mixture(values, node.entries[kind], parse)
    if kind == "empirical":
        return _empirical(values, node, node.entries[kind], parse)
    for key in node.entries:
        if key != kind:
            values.problems.add(
                "HF101", node.key_place(key), node.path, f"'{key}' is not a field of a law", "remove it"
            )
    form = forms.form_of(kind)
    assert form is not None
    return _one(values, form, node.entries[kind], parse)


def _one(values: Values, form: LawForm, body: Node, parse: Parse[float]) -> Law:
    given = _parameters(values, form, body, parse)
    if given is None:
        return _STANDS_IN
    try:
        return form.build(given)
    except forms.LawError as error:
        values.problems.add("HF112", body, None, f"this {form.name} law cannot be: {error.message}", error.fix)
    except (ValueError, ZeroDivisionError, OverflowError):
        fix = "holdfast explain HF112 shows which do"
        values.problems.add("HF112", body, None, f"these parameters do not make a {form.name} law", fix)
    return _STANDS_IN


def _parameters(values: Values, form: LawForm, body: Node, parse: Parse[float]) -> dict[str, float] | None:
    """The numbers of a law by the names that its form knows."""
    if form.name == "fixed" and not isinstance(body, Mapping):
        return {"value": parse(body)}
    if form.name == "uniform":
        ends = body.get("between") if isinstance(body, Mapping) and "between" in body else body
        if isinstance(ends, Sequence) and len(ends.items) == 2:
            return {"low": parse(ends.items[0]), "high": parse(ends.items[1])}
    if not isinstance(body, Mapping) or set(body.entries) not in [set(way) for way in form.ways]:
        said = ", ".join(body.entries) if isinstance(body, Mapping) else kind_of(body)
        options = "[low, high]" if form.name == "uniform" else " or ".join(" and ".join(way) for way in form.ways)
        message = f"a {form.name} law is not defined by {said or 'nothing'}"
        values.problems.add("HF112", body, None, message, f"it takes {options}")
        return None
    return {name: values.number(child, "") if name in form.ratios else parse(child) for name, child in body.items()}


def _mixture(values: Values, body: Node, parse: Parse[float]) -> Law:
    if not isinstance(body, Sequence) or not body.items:
        fix = "write mixture: [{weight: 60 %, ...}, {weight: 40 %, ...}]"
        values.problems.add("HF112", body, None, "a mixture is a list of laws with weights", fix)
        return _STANDS_IN
    laws, weights = [], []
    for item in body.items:
        weight = item.get("weight") if isinstance(item, Mapping) else None
        if weight is None or not isinstance(item, Mapping):
            values.problems.add("HF112", item, None, "a law of a mixture needs its weight", "add weight: 60 %")
            return _STANDS_IN
        weights.append(values.share(weight))
        rest = {name: child for name, child in item.items() if name != "weight"}
        laws.append(law(values, rest["value"] if set(rest) == {"value"} else item.with_entries(rest), parse))
    if abs(sum(weights) - 1) > 1e-6:
        message = f"the weights add up to {sum(weights) * 100:g} %"
        values.problems.add("HF203", body, None, message, "they must add up to 100 %")
        return _STANDS_IN
    if all(isinstance(one, Fixed) for one in laws):
        pairs = sorted((one.mean(), w) for one, w in zip(laws, weights, strict=True))
        return Discrete(tuple(v for v, _ in pairs), tuple(w for _, w in pairs))
    if any(one.atoms() is not None or isinstance(one, Fixed) for one in laws):
        message = "a mixture holds fixed values or continuous laws, not both"
        values.problems.add("HF112", body, None, message, "give the fixed value a small cv")
        return _STANDS_IN
    return Mixture(tuple(laws), tuple(weights))


def _empirical(values: Values, node: Mapping, body: Node, parse: Parse[float]) -> Law:
    import csv

    column = values.text(node.get("column"))
    path = values.folder / values.text(body)
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        message = f"'{values.text(body)}' cannot be read as a table"
        values.problems.add("HF201", body, None, message, "name a CSV file beside the scenario")
        return _STANDS_IN
    columns = [str(name) for name in rows[0]] if rows else []
    if column not in columns:
        message = f"'{column}' is not a column of {values.text(body)}"
        values.problems.add("HF201", node.get("column") or node, None, message, did_you_mean(column, columns))
        return _STANDS_IN
    unit = f" {column}" if column in values.units.known else ""
    cells = [(row[column] or "").strip() for row in rows]
    return Discrete.empirical([parse(Scalar(f"{cell}{unit}", body.place, body.path)) for cell in cells if cell])
