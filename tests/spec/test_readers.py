"""The quick YAML reader builds the tree of the careful one wherever it is trusted, down to each place."""

from __future__ import annotations

import random

import pytest

from holdfast.errors import Problems
from holdfast.spec import load
from holdfast.spec.tree import Node, Scalar, Sequence

PIECES = [
    *": -,[]{}#'\"|>?&*!%@`\n ab0~=<.\\+",
    "é", "\xa0", "\U0001f600", "- ", "? ", ": ", "key: ", "|\n  ", ">-\n", "|+\n", "|2\n", "''", '"\\n"', "{a:b}",
    "[a:b]", '"a":b', "# c\n", "key: |\n   a\n  b\n", "- - a\n", "[a,\n b]", "'a\n  b'", '"a\\\n b"', '"\\x41"', "\n\n",
]  # fmt: skip
ODD = [
    "a: |# c\n b\n",
    "a: >-#\n b\n",
    'a: [b, "c":d]\n',
    ">-\n#a: b\n",
    "a: b\n...\n",
    "a: >\n...\n",
    "---\na: b\n",
    "\ufeffa: b\n",
    "a: b\u2028c: d\n",
    "a: 'b\x85c'\n",
    "a: b\r\nc: d\r\n",
    "a:\n",
    "a: [b, , c]\n",
    "a: {b: 1, b: 2}\n",
    "a: &b c\n",
    "a: *b\n",
    "%YAML 1.1\n---\na: yes\n",
]
"""Texts that the two readers understand differently, or in which something is wrong."""


def _told(node: Node | None) -> object:
    """All that a tree says, places included."""
    if isinstance(node, Scalar):
        return node.text, node.place, node.path, node.quoted
    if isinstance(node, Sequence):
        return node.place, node.path, [_told(item) for item in node.items]
    assert node is not None
    return node.place, node.path, [(name, node.keys[name], _told(child)) for name, child in node.items()]


def _agree(text: str) -> bool:
    """Whether the quick reader is trusted with a text; where it is, the careful one has read the same, and no error."""
    quick = load._quickly(text, "x.yaml")
    if quick is None:
        return False
    problems = Problems()
    careful = load._carefully(text, "x.yaml", problems, told=False)
    assert problems.found == []
    assert _told(quick) == _told(careful)
    return True


@pytest.mark.parametrize("name", load.examples())
def test_shipped_scenarios_are_read_quickly(name):
    assert _agree(load.examples()[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_read_carefully(text):
    assert not _agree(text)


@pytest.mark.parametrize("seed", range(4))
def test_readers_agree_on_whatever_is_done_to_a_text(seed):
    chance = random.Random(seed)
    texts = [path.read_text(encoding="utf-8").splitlines(keepends=True) for path in load.examples().values()]
    trusted = 0
    for _ in range(1500):
        lines = chance.choice(texts)
        first = chance.randrange(len(lines))
        text = "".join(lines[first : first + chance.randint(1, 9)]) if chance.random() < 0.6 else "a: b\n"
        for _ in range(chance.choice([1, 1, 2, 3, 5])):
            at = chance.randrange(len(text) + 1)
            piece = "".join(chance.choice(PIECES) for _ in range(chance.randint(0, 3)))
            text = text[:at] + piece + text[at + (0 if piece else chance.randint(1, 4)) :]
        trusted += _agree(text)
    assert trusted > 200, "too few of these texts are right for the test to say anything"


def test_without_the_library_in_c_texts_are_read_carefully(monkeypatch):
    import yaml

    text = load.examples()["cartridge-plant"].read_text(encoding="utf-8")
    quick = load.parse(text, "x.yaml", Problems())
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert load._quickly(text, "x.yaml") is None
    assert _told(load.parse(text, "x.yaml", Problems())) == _told(quick)
