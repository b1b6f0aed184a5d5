"""Every kind of row that the engine answers is a scenario that the language takes as it is written today."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

from truths import engine, families
from truths.bank import OWN, Question, read
from truths.registry import NotExpressible, answers


class Written(Exception):
    """A scenario has been written and read."""


def kinds() -> Iterator[Question]:
    """The first row of each model and quantity."""
    seen = set()
    for truth in read(OWN):
        asked = truth.question
        kind = (asked.model, asked.parameters.get("quantity"), asked.parameters.get("policy"))
        if kind not in seen and any(by == "engine" for by, _ in answers(asked.model)):
            seen.add(kind)
            yield asked


@pytest.mark.parametrize("asked", list(kinds()), ids=lambda asked: asked.id)
def test_what_the_engine_answers_is_a_scenario(asked: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that comes into the language later must not turn an answer of the engine into one of theory, unseen."""
    real = engine.world

    def only_read(text: dict[str, object]) -> None:
        real(text)
        raise Written

    for module in (engine, *_families()):
        if hasattr(module, "world"):
            monkeypatch.setattr(module, "world", only_read)
        if hasattr(module, "quick"):  # which level is best does not matter here
            monkeypatch.setattr(module, "quick", lambda *_, **__: 0.0)
    answer = next(answer for by, answer in answers(asked.model) if by == "engine")
    with pytest.raises((Written, NotExpressible)):
        answer(dict(asked.parameters), asked.quantity)


def _families() -> list[object]:
    return [importlib.import_module(f"truths.families.{each.name}") for each in pkgutil.iter_modules(families.__path__)]
