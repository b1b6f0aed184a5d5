"""Whatever is done to a scenario's text, it loads or says what is wrong: nothing else ever comes out."""

from __future__ import annotations

import random
import re

import pytest

from holdfast.errors import ScenarioError
from holdfast.spec.load import examples
from holdfast.spec.verdict import verdict

TOKEN = re.compile(r"[A-Za-z0-9.\-]+|[^\sA-Za-z0-9]| +|\n")
ODD = [
    "",
    "none",
    "all",
    "like: a",
    "-1",
    "110 %",
    "5 kg",
    "{",
    "]",
    ": ",
    "&a",
    "*a",
    "\t",
    "never",
    "1e9",
    "'",
    "times 3",
    "[]",
    "{}",
    "0 weeks",
]


def mutated(text: str, chance: random.Random) -> str:
    """The text with one to three of its tokens deleted, doubled, swapped or replaced."""
    tokens = TOKEN.findall(text)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(tokens))
        kind = chance.randrange(4)
        if kind == 0:
            tokens[at] = ""
        elif kind == 1:
            tokens[at] *= 2
        elif kind == 2:
            other = chance.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        else:
            tokens[at] = chance.choice(ODD)
    return "".join(tokens)


@pytest.mark.parametrize("name", ["cartridge-plant", "adblue-australia"])
def test_mutations_load_or_say_what_is_wrong(tmp_path, name: str) -> None:
    text = examples()[name].read_text(encoding="utf-8")
    chance = random.Random(name)
    path = tmp_path / "mutated.yaml"
    found = []
    for _ in range(150):
        path.write_text(mutated(text, chance), encoding="utf-8")
        try:
            verdict(path)
        except ScenarioError as error:
            found.append(error.problems)
    assert len(found) > 10
    assert all(problem.message and problem.place.file == str(path) for problems in found for problem in problems)
