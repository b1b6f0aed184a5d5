"""Tells LLVM of loops in which lanes lie apart: what is done for one lane is nothing to another.

LLVM cannot know it: rows lie in one array, and which rows an op is given is said in a table. Before each loop it would
compare all rows that are written with all others, and keep the loop once more for the case that two lie together.

Such a loop goes over lanes, from `lo` on. One that counts into the histograms is left out: there lanes meet. So is one
that reads what only some lanes ask for, a place in a table or a row that may be missing: where LLVM is told that lanes
lie apart, it reads that for all of them.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

_NAME: Final = r'("[^"]+"|[-\w.$]+)'
_FUNCTION: Final = re.compile(r"^define .*?^}$", re.MULTILINE | re.DOTALL)
_DEFINED: Final = re.compile(rf"^define [^@]*@{_NAME}\(")
_LABEL: Final = re.compile(rf"^{_NAME}:")
_TARGET: Final = re.compile(rf"label %{_NAME}")
_LANE: Final = re.compile(r"^  %\S+ = phi i64 .*\[ %arg\.lo, ")
_COMING: Final = re.compile(rf"\[ ([^,]+), %{_NAME} \]")
_CALLED: Final = re.compile(rf"^  (?:%\S+ = )?(?:tail )?call [^@]*@(?!llvm\.){_NAME}\(")
_PLACE: Final = re.compile(rf"^  (?:%\S+ = (load) |store ).*, ptr %{_NAME},")
_OWN: Final = re.compile(rf"^  %{_NAME} = alloca ", re.MULTILINE)
_PART: Final = re.compile(rf"^  %{_NAME} = getelementptr .*, ptr %{_NAME},", re.MULTILINE)
_RAISED: Final = re.compile(rf"^  switch i32 %\S+, label %{_NAME} \[\n    i32 -2, ", re.MULTILINE)
"""Where Numba goes on when a step has raised an error, which none does; -2 is what it gives where all went well."""
_MEETING: Final = "ptr %arg.H, i64"
_FIRST: Final = 10_000
"""Numbers of metadata begin here, above those that Numba gives."""


def apart(text: str) -> str:
    """Intermediate code of a kernel, in which LLVM is told of its loops where lanes lie apart."""
    functions: dict[str, _Function] = {}
    for found in _FUNCTION.finditer(text):
        name = _DEFINED.match(found[0])
        assert name is not None
        functions[name[1]] = _Function(found[0], functions)
    groups: list[str] = []
    made = iter(functions.values())
    told = _FUNCTION.sub(lambda _: next(made).told(groups), text)
    return "\n".join([told, *groups, ""])


class _Function:
    """A function of intermediate code, and how its blocks follow each other."""

    def __init__(self, text: str, others: dict[str, _Function]) -> None:
        self._lines, self._others = text.split("\n"), others
        self._lanes_meet = _MEETING in text
        self._own = set(_OWN.findall(text))
        """Names of what it keeps for itself, which is nobody's row."""
        self._own |= {name for name, whole in _PART.findall(text) if whole in self._own}
        starts = [(at, label[1]) for at, line in enumerate(self._lines) if (label := _LABEL.match(line))]
        ends = [at for at, _ in starts[1:]] + [len(self._lines)]
        self._blocks = {name: range(at, end) for (at, name), end in zip(starts, ends, strict=True)}

    @functools.cached_property
    def _follows(self) -> dict[str, set[str]]:
        """The blocks that may come after each."""
        text = {name: "\n".join(self._lines[at] for at in block) for name, block in self._blocks.items()}
        return {name: set(_TARGET.findall(each)) - set(_RAISED.findall(each)) for name, each in text.items()}

    @functools.cached_property
    def _before(self) -> dict[str, set[str]]:
        """The blocks that may come before each."""
        before = defaultdict(set)
        for name, others in self._follows.items():
            for other in others:
                before[other].add(name)
        return before

    def told(self, groups: list[str]) -> str:
        """The function, with what is told of each such loop; `groups` gains what the words of it mean."""
        lines = list(self._lines)
        for head in () if self._lanes_meet else self._blocks:
            last = self._last(head)
            body = self._body(head, last)
            if not last or not all(self._reads_always(name, head, last) for name in body):
                continue
            group = _FIRST + 3 * len(groups)
            for at in (at for name in body for at in self._blocks[name] if self._touches(self._lines[at])):
                lines[at] += f", !llvm.access.group !{group}"
            for at in (at for name in last for at in self._blocks[name] if self._lines[at].startswith("  br ")):
                lines[at] += f", !llvm.loop !{group + 1}"
            groups.append(
                f"!{group} = distinct !{{}}\n!{group + 1} = distinct !{{!{group + 1}, !{group + 2}}}\n"
                f'!{group + 2} = !{{!"llvm.loop.parallel_accesses", !{group}}}'
            )
        return "\n".join(lines)

    def _last(self, head: str) -> set[str]:
        """Where a loop over lanes that begins with a block goes round; nothing where no such loop begins."""
        for at in self._blocks[head]:
            if _LANE.match(self._lines[at]):
                last = {name for value, name in _COMING.findall(self._lines[at]) if value != "%arg.lo"}
                return last if all(head in self._follows[name] for name in last) else set()
        return set()

    def _body(self, head: str, last: Iterable[str]) -> set[str]:
        """The blocks of a loop."""
        body, todo = {head}, list(last)
        while todo:
            name = todo.pop()
            if name not in body:
                body.add(name)
                todo += self._before[name]
        return body

    def _touches(self, line: str) -> bool:
        """Whether a line reads or writes something that is not the function's own."""
        place = _PLACE.match(line)
        return place[2] not in self._own if place else _CALLED.match(line) is not None

    def _called(self, block: str) -> list[_Function]:
        """Functions that a block calls."""
        found = (_CALLED.match(self._lines[at]) for at in self._blocks[block])
        return [self._others[each[1]] for each in found if each]

    @functools.cached_property
    def _reading(self) -> set[str]:
        """Blocks that read something that is not the function's own, in functions that they call too."""
        reads = set()
        for name, block in self._blocks.items():
            places = (_PLACE.match(self._lines[at]) for at in block)
            own = any(each and each[1] and each[2] not in self._own for each in places)
            if own or any(each._reading for each in self._called(name)):
                reads.add(name)
        return reads

    @functools.cached_property
    def _always(self) -> bool:
        """Whether it always reads all that it reads."""
        first, ends = next(iter(self._blocks)), [name for name, others in self._follows.items() if not others]
        return all(self._reads_always(name, first, ends) for name in self._reading)

    def _reads_always(self, name: str, first: str, last: Iterable[str]) -> bool:
        """Whether all that a block reads is read on every way from the first block to one of the last."""
        if name not in self._reading:
            return True
        if not all(each._always for each in self._called(name) if each._reading):
            return False
        ends = set(last) - {name}
        seen, todo = {name}, [first]
        while todo:
            each = todo.pop()
            if each not in seen:
                if each in ends:
                    return False
                seen.add(each)
                todo += self._follows[each]
        return True
