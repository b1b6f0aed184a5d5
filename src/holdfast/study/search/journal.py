"""The journal of a search: every block of futures that was simulated, so that nothing finished is lost.

A line a block, appended as soon as it is there. A search asks its journal before it simulates, so a search that was
killed is run again from its start, passes through what is written without simulating, and goes on as if it had never
stopped: what it decides follows from scores and from the seconds written beside them alone.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from holdfast.errors import Place, Problems
from holdfast.study.search.scores import Scores

if TYPE_CHECKING:
    from typing import NoReturn

    from holdfast.study.search.space import Plan

FORMAT: Final = 1
NAME: Final = "search.jsonl"


@dataclass(frozen=True)
class Block:
    """Some consecutive futures of one plan."""

    plan: Plan
    first: int
    scores: Scores
    seconds: float
    """What they took, with all that was done since the block before."""


@dataclass
class Journal:
    """Blocks by plan and first future, kept in memory and, where there is a path, in a file."""

    about: dict[str, Any]
    """What the search is of: inputs, seed, versions. A journal of anything else is refused."""
    path: Path | None = None
    blocks: dict[tuple[Plan, int, int], Block] = field(default_factory=dict)
    """By plan, first future and how many."""
    note: str = ""
    """What people should know of how it was read."""
    _file: IO[bytes] | None = None

    def open(self) -> None:
        """Reads what is there, and makes ready to append.

        Raises:
            ScenarioError: HF430, it is the journal of another search, or its first line is damaged; HF401, it cannot
                be written.
        """
        if self.path is None:
            return
        try:
            raw = self.path.read_bytes() if self.path.exists() else b""
            whole = self._read(raw) if raw else 0
            self._file = self.path.open("r+b" if raw else "wb")
            self._file.truncate(whole)
            self._file.seek(whole)
            if not whole:
                self._append({"holdfast-search": FORMAT, **self.about})
        except OSError as error:
            self._refuse("HF401", f"the journal cannot be written: {error.strerror}", "choose another --out")

    def _read(self, raw: bytes) -> int:
        """Takes in the lines of a journal; how many bytes of it are whole.

        Every line has a sum of its own and stands by itself, so one that is damaged takes no other with it.
        """
        whole, damaged = 0, 0
        lines = raw.split(b"\n")
        last = len(lines) - 1 if not lines[-1] else len(lines)
        for number, line in enumerate(lines[:last], 1):
            complete = number < len(lines)
            try:
                self._take(json.loads(_checked(line)), number)
            except (ValueError, KeyError, TypeError) as error:
                if number == 1:
                    fix = "move the journal away; the search then starts anew"
                    self._refuse("HF430", f"line 1, which says of what it is, is damaged: {error}", fix)
                damaged += complete
            if not complete:  # cut short, or whole but for its end: it is written again
                self.note = f"the last line of {self.path} was not whole and is left out; its futures run again"
                break
            whole += len(line) + 1
        if damaged:
            lines_are = "1 line was" if damaged == 1 else f"{damaged:,} lines were"
            self.note = f"in {self.path} {lines_are} damaged and left out; those futures run again"
        return whole

    def _take(self, line: dict[str, Any], number: int) -> None:
        if number == 1:
            told = {"holdfast-search": FORMAT, **self.about}
            other = sorted(name for name in told.keys() | line.keys() if told.get(name) != line.get(name))
            if other:
                was = ", ".join(f"{_said(name)} {line.get(name)!s:.12}" for name in other[:3])
                now = ", ".join(f"{_said(name)} {told.get(name)!s:.12}" for name in other[:3])
                self._refuse(
                    "HF430", f"this is the journal of another search ({was}; asked: {now})", "choose another --out"
                )
            return
        plan: Plan = tuple(str(text) for text in line["plan"])
        futures = int(line["futures"])
        scores = Scores.from_json(line["scores"], futures)
        block = Block(plan, int(line["first"]), scores, float(line["seconds"]))
        self.blocks[(plan, block.first, futures)] = block

    def get(self, plan: Plan, first: int, futures: int) -> Block | None:
        """The block that was simulated, if it was."""
        return self.blocks.get((plan, first, futures))

    def put(self, block: Block) -> None:
        """Keeps a block, in the file too."""
        self.blocks[(block.plan, block.first, block.scores.futures)] = block
        self._append(
            {
                "plan": list(block.plan),
                "first": block.first,
                "futures": block.scores.futures,
                "seconds": block.seconds,
                "scores": block.scores.to_json(),
            }
        )

    def _append(self, line: dict[str, Any]) -> None:
        if self._file is None:
            return
        text = json.dumps(line, separators=(",", ":"), allow_nan=False)
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        try:
            self._file.write(f"{digest} {text}\n".encode())
            self._file.flush()
        except OSError as error:
            self._refuse("HF401", f"the journal cannot be written: {error.strerror}", "make room; what is there stays")

    def close(self) -> None:
        """Ends writing."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _refuse(self, code: str, message: str, fix: str) -> NoReturn:
        problems = Problems()
        problems.add(code, Place(str(self.path)), "", message, fix)
        problems.raise_if_any()
        raise AssertionError


def _said(name: str) -> str:
    """What people call a field of the first line."""
    return "text of the scenario, by its sum," if name == "inputs_sha256" else name.replace("_", " ")


def _checked(line: bytes) -> bytes:
    """The text of a line.

    Raises:
        ValueError: it does not agree with its sum.
    """
    digest, _, text = line.partition(b" ")
    if hashlib.sha256(text).hexdigest()[:8].encode() != digest:
        raise ValueError("it does not agree with its check sum")
    return text
