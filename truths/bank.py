"""Banks of truths: reading one, judging a row."""

from __future__ import annotations

import json
import math
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from holdfast.errors import ScenarioError
from truths.registry import By, Estimate, NotExpressible, Number, Step, answers
from truths.unexpressed import unexpressed

OWN: Final = Path(__file__).with_name("bank.json")
"""The bank that comes with the project; each row names its source."""

SHARP: Final = 0.003
"""A simulated estimate counts only if its standard error is at most this part of the value."""

SIGMAS: Final = 4.0
NEEDS: Final = ("id", "family", "model", "parameters", "quantity", "value", "tolerance")
TEXTS: Final = ("id", "family", "model", "quantity")


class BankError(Exception):
    """A bank that cannot be read; the message names place, problem and fix."""


@dataclass(frozen=True)
class Question:
    """What is asked of Holdfast: a row of a bank without its value."""

    id: str
    family: str
    model: str
    parameters: dict[str, Any]
    quantity: str


@dataclass(frozen=True)
class Truth:
    """A row of a bank."""

    question: Question
    value: Number
    tolerance: float
    source: str


@dataclass(frozen=True)
class Reply:
    """What Holdfast answered, before anyone looked at the value."""

    by: By | None
    estimate: Estimate | None
    note: str
    seconds: float
    theory: Estimate | None = None
    """What theory says, where the engine answered and theory can."""
    why: str = ""
    """Why the engine did not answer."""


@dataclass(frozen=True)
class Row:
    """A row judged."""

    id: str
    family: str
    by: str
    estimate: Number | None
    standard_error: float | None
    value: Number
    z: float | None
    """Distance beyond the tolerance in standard errors; None if there is no estimate, or it is exact and off."""
    passed: bool
    note: str
    seconds: float
    theory: Number | None = None
    """What theory says, as a cross-check of an answer by the engine."""
    theory_passed: bool | None = None
    model: str = ""
    why: str = ""
    """Why the engine did not answer."""
    steps: tuple[Step, ...] = ()
    """Where a continuous model is approximated: what each period gave."""


def read(path: Path) -> list[Truth]:
    """The rows of a bank.

    Raises:
        BankError: all problems of the file at once.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror}); name a bank with --bank FILE"
        raise BankError(message) from None
    except (ValueError, RecursionError) as error:
        message = f"{path}: is not JSON ({error}); a bank is a list of rows like those of {OWN.name}"
        raise BankError(message) from None
    if not isinstance(data, list):
        message = f"{path}: holds {type(data).__name__}, not a list of rows; a bank is written like {OWN.name}"
        raise BankError(message)
    problems = [f"{path} row {n}: {problem}" for n, row in enumerate(data, 1) for problem in _problems(row)]
    names = [str(row["id"]) for row in data if isinstance(row, dict) and "id" in row]
    twice = sorted({name for name in names if names.count(name) > 1})
    problems += [f"{path}: two rows are called {name!r}; give each its own id" for name in twice]
    if problems:
        raise BankError("\n".join(problems))
    return [_truth(row) for row in data]


def _problems(row: Any) -> list[str]:
    if not isinstance(row, dict):
        return [f"is {row!r}, not an object; write {{{', '.join(NEEDS)}}}"]
    found = [f"{row.get('id', 'it')} lacks {key!r}; add it" for key in NEEDS if key not in row]
    if found:
        return found
    wrong = [key for key in TEXTS if not isinstance(row[key], str) or not row[key]]
    found += [f"{row['id']}: {key} is {row[key]!r}, not a text" for key in wrong]
    if not isinstance(row["parameters"], dict):
        found.append(f"{row['id']}: parameters are {row['parameters']!r}, not an object")
    if not _is_number(row["value"]):
        found.append(f"{row['id']}: the value {row['value']!r} is not a number or a list of numbers")
    if isinstance(row["tolerance"], list) or not _is_number(row["tolerance"]) or row["tolerance"] < 0:
        found.append(f"{row['id']}: the tolerance {row['tolerance']!r} is not a number from 0 on")
    return found


def _is_number(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_number(item) for item in value)
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _truth(row: dict[str, Any]) -> Truth:
    question = Question(str(row["id"]), str(row["family"]), str(row["model"]), row["parameters"], str(row["quantity"]))
    return Truth(question, row["value"], float(row["tolerance"]), str(row.get("source", "")))


def ask(question: Question) -> Reply:
    """What Holdfast answers to a question: the engine if it can, else theory, else nobody, with the reason.

    Where the engine answers, theory is asked too, as a cross-check.
    """
    begun = time.perf_counter()
    reasons: dict[By, str] = {}
    found: dict[By, Estimate] = {}
    for by, answer in answers(question.model):
        try:
            found[by] = answer(dict(question.parameters), question.quantity)
        except NotExpressible as reason:
            reasons[by] = str(reason)
        except ScenarioError as refused:
            reasons[by] = f"the language refuses it: {refused.problems[0].message}"
        except Exception as error:  # an odd row must not stop the others: it is told
            where = traceback.extract_tb(error.__traceback__)[-1]
            reasons[by] = f"failed: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
    seconds = time.perf_counter() - begun
    known = found.get("engine")
    if known and "theory" in found and known.standard_error > SHARP * _size(known.estimate):
        reasons["engine"] = f"known to no better than {SHARP:.1%}"
        del found["engine"]
    if not found:
        told = "; ".join(f"{by}: {reason}" for by, reason in reasons.items())
        return Reply(None, None, told or f"nobody answers the model {question.model!r}", seconds)
    by, estimate = next(iter(found.items()))
    if by == "engine":
        return Reply(by, estimate, estimate.note, seconds, found.get("theory"))
    return Reply(by, estimate, estimate.note, seconds, why=reasons.get("engine") or unexpressed(question.model))


def judge(truth: Truth, reply: Reply) -> Row:
    """Compares a reply with the value: |estimate - value| <= 4 standard errors + tolerance, with small errors."""
    name, family = truth.question.id, truth.question.family
    if reply.estimate is None:
        model = truth.question.model
        return Row(name, family, "none", None, None, truth.value, None, False, reply.note, reply.seconds, model=model)
    z, passed, note = _judged(truth, reply.estimate)
    theory = None if reply.theory is None else reply.theory.estimate
    agrees = None if reply.theory is None else _judged(truth, reply.theory)[1]
    note = "; ".join(part for part in (reply.note, note) if part)
    given = reply.estimate
    return Row(
        name, family, str(reply.by), given.estimate, given.standard_error, truth.value, z, passed, note, reply.seconds,
        theory, agrees, truth.question.model, reply.why, given.steps,
    )  # fmt: skip


def _judged(truth: Truth, found: Estimate) -> tuple[float | None, bool, str]:
    """Distance beyond the tolerance in standard errors, whether it passes, and what hinders it."""
    error = found.standard_error
    beyond = max(0.0, _off(found.estimate, truth.value) - truth.tolerance * (1 + 1e-9) - 1e-12 * _size(truth.value))
    z: float | None = 0.0 if beyond == 0 else beyond / error if error > 0 else None
    if z is not None and not math.isfinite(z):
        z = None
    sharp = error <= SHARP * _size(truth.value)
    note = "" if sharp else f"standard error above {SHARP:.1%} of the value"
    return z, sharp and z is not None and z <= SIGMAS, note


def _size(value: Number) -> float:
    """The smallest size of a number in it."""
    return min((_size(item) for item in value), default=0.0) if isinstance(value, list) else abs(value)


def _off(estimate: Number, value: Number) -> float:
    """The largest distance; infinite where the shapes differ or a number is not finite."""
    if isinstance(estimate, list) and isinstance(value, list):
        if len(estimate) != len(value):
            return math.inf
        return max((_off(a, b) for a, b in zip(estimate, value, strict=True)), default=0.0)
    if isinstance(estimate, list) or isinstance(value, list):
        return math.inf
    distance = abs(estimate - value)
    return distance if math.isfinite(distance) else math.inf


def as_json(rows: list[Row]) -> dict[str, Any]:
    """The judged rows as JSON can hold them: what is not finite is null."""
    return {"rows": [_finite(asdict(row)) for row in rows]}


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_judged(path: Path, bank: list[Truth]) -> list[Row]:
    """The rows of a bank as they were judged before, from what `as_json` wrote.

    Raises:
        BankError: the file cannot be read, or holds other rows.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))["rows"]
        rows = [Row(**{**row, "steps": tuple(Step(**step) for step in row["steps"])}) for row in data]
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror}); write it with --json"
        raise BankError(message) from None
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path}: does not hold judged rows ({error}); write it with --json"
        raise BankError(message) from None
    if [(row.id, row.value) for row in rows] != [(truth.question.id, truth.value) for truth in bank]:
        message = f"{path}: its rows are not those of the bank; ask again, with --json"
        raise BankError(message)
    return rows
