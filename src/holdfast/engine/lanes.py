"""Tells LLVM of loops in which lanes lie side by side: what is done for one lane is nothing to another.

LLVM cannot know it: rows lie in one array, and which rows an op is given is said in a table. Before a loop it compares
all rows that are written with all others, and where it sees two lie together it takes lane after lane.

Such a loop begins at `beside`. Since LLVM then also reads what only some lanes ask for, every place that any lane may
name must be there: rows of these lanes are, places in tables and rows that may be missing (-1) are not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

_FUNCTION: Final = re.compile(r"^define .*?^}$", re.MULTILINE | re.DOTALL)
_LABEL: Final = re.compile(r"^(?:\"([^\"]+)\"|([-\w.$]+)):")
_NAME: Final = r"%(?:\"([^\"]+)\"|([-\w.$]+))"
_TARGET: Final = re.compile(rf"label {_NAME}")
_LANE: Final = re.compile(r"^  %\S+ = phi i64 .*\[ %arg\.beside, ")
_COMING: Final = re.compile(rf"\[ ([^,]+), {_NAME} \]")
_TOUCHES: Final = re.compile(r"^  (?:%\S+ = load |store |(?:%\S+ = )?call (?!.*@llvm\.))")


def apart(text: str) -> str:
    """Intermediate code, in which LLVM is told of such loops."""
    groups: list[str] = []

    def told(found: re.Match[str]) -> str:
        return _tell(found[0].split("\n"), groups)

    return "\n".join([_FUNCTION.sub(told, text), *groups, ""])


def _tell(lines: list[str], groups: list[str]) -> str:
    """One function, with what is told of each loop; `groups` gains what the words of it mean."""
    blocks = _blocks(lines)
    follows = {name: _names(_TARGET.findall("\n".join(lines[first:end]))) for name, (first, end) in blocks.items()}
    before = defaultdict(set)
    for name, others in follows.items():
        for other in others:
            before[other].add(name)
    for head, (first, end) in blocks.items():
        last = _last_blocks(lines[first:end])
        if not last or not all(head in follows[name] for name in last):
            continue
        group = _FIRST + 3 * len(groups)
        for name in _body(head, last, before):
            for at in range(*blocks[name]):
                if _TOUCHES.match(lines[at]) and "!llvm.access.group" not in lines[at]:
                    lines[at] += f", !llvm.access.group !{group}"
                if name in last and lines[at].startswith("  br "):
                    lines[at] += f", !llvm.loop !{group + 1}"
        groups.append(
            f"!{group} = distinct !{{}}\n!{group + 1} = distinct !{{!{group + 1}, !{group + 2}}}\n"
            f'!{group + 2} = !{{!"llvm.loop.parallel_accesses", !{group}}}'
        )
    return "\n".join(lines)


_FIRST: Final = 10_000
"""Numbers of metadata begin here, above those that Numba gives."""


def _names(found: Iterable[tuple[str, str]]) -> set[str]:
    return {quoted or plain for quoted, plain in found}


def _blocks(lines: list[str]) -> dict[str, tuple[int, int]]:
    """First line and end of each block of a function."""
    starts = [(at, label[1] or label[2]) for at, line in enumerate(lines) if (label := _LABEL.match(line))]
    ends = [at for at, _ in starts[1:]] + [len(lines)]
    return {name: (at, end) for (at, name), end in zip(starts, ends, strict=True)}


def _last_blocks(block: list[str]) -> set[str]:
    """Where such a loop that begins with a block goes round; nothing where none begins."""
    for line in block:
        if _LANE.match(line):
            return {quoted or plain for value, quoted, plain in _COMING.findall(line) if value != "%arg.beside"}
    return set()


def _body(head: str, last: set[str], before: dict[str, set[str]]) -> Iterator[str]:
    """The blocks of a loop."""
    seen, todo = {head}, list(last)
    yield head
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += before[name]
            yield name
