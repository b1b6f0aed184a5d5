"""Errors that people can cause: where it went wrong, what the value was, and the likely fix.

Every problem has a code (explained by `holdfast explain CODE`, text in `holdfast.codes`) and a place. Problems are
collected and raised together, so that one look at a file shows all that is wrong with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


BESIDE: Final = 62
"""Width up to which the fix stands on the line of the message."""
LONGEST: Final = 300
"""Characters of a message or a fix; longer values are cut."""


class Place(NamedTuple):
    """Where a person wrote something: file, line and column, both counted from 1; line 0 is the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Located(Protocol):
    """What knows its place and its path as written, such as a node of the tree."""

    @property
    def place(self) -> Place:
        """Where it was written."""

    @property
    def path(self) -> str:
        """Dotted path at which it was written."""


class Problem(NamedTuple):
    """One thing that is wrong, with the likely fix."""

    place: Place
    code: str
    path: str
    """Dotted path in the scenario, empty for a whole file."""
    message: str
    """One or more sentences; the value that is wrong is in it."""
    fix: str
    """What to write instead; empty only where the message says it."""

    def __str__(self) -> str:
        text = self.message if self.message.endswith((".", "?")) else f"{self.message}."
        head = f"{self.code} {self.place}   {self.path}".rstrip()
        if not self.fix:
            return f"{head}\n  {text}"
        if len(text) <= BESIDE:
            return f"{head}\n  {text:<{BESIDE}}  {self.fix}"
        return f"{head}\n  {text}\n  {self.fix}"


class HoldfastError(Exception):
    """Anything that went wrong for a reason that can be told; bad input ends a command with exit code 2."""


class ScenarioError(HoldfastError):
    """A scenario that cannot be used, with all the problems found in it, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        told: dict[tuple[Place, str, str], Problem] = {}
        for problem in problems:  # a copy repeats what was wrong with the original
            told.setdefault((problem.place, problem.code, problem.message), problem)
        self.problems: tuple[Problem, ...] = tuple(sorted(told.values()))
        super().__init__(describe(self.problems))


class EngineError(HoldfastError):
    """A simulation that stopped, with the command that replays it."""


class StudyError(HoldfastError):
    """A study, a result or an output that cannot be made or read."""


def describe(problems: Sequence[Problem], most: int = 50, what: str = "error") -> str:
    """The text of all problems, as a person reads it in the terminal: at most `most` in full, then how many."""
    lines = [str(problem) for problem in problems[:most]]
    count = f"{len(problems)} {what}{'s' if len(problems) != 1 else ''}"
    if len(problems) > most:
        count += f", the first {most} shown"
    code = problems[0].code if problems else "HF001"
    return "\n".join([*lines, f"{count}. holdfast explain {code} says more."])


class Problems:
    """Collects problems, so that all of them can be raised together, and remarks, which stop nothing."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.remarks: list[Problem] = []
        """What is allowed, and most likely not what was meant."""

    def add(self, code: str, at: Located | Place, path: str | None, message: str, fix: str = "") -> None:
        """Notes one problem. `at` is a node or a place; `path` None takes the path that the node was written at.

        Raises:
            KeyError: the code is not in the catalogue (a mistake in the program).
        """
        self.found.append(_problem(code, at, path, message, fix))

    def remark(self, code: str, at: Located | Place, message: str, fix: str) -> None:
        """Notes what is allowed and most likely not meant, as `add` does.

        Raises:
            KeyError: the code is not in the catalogue (a mistake in the program).
        """
        self.remarks.append(_problem(code, at, None, message, fix))

    def raise_if_any(self) -> None:
        """Raises all that was found.

        Raises:
            ScenarioError: there is at least one problem.
        """
        if self.found:
            raise ScenarioError(self.found)

    def __len__(self) -> int:
        return len(self.found)


def _problem(code: str, at: Located | Place, path: str | None, message: str, fix: str) -> Problem:
    """A problem in words that can be printed.

    Raises:
        KeyError: the code is not in the catalogue.
    """
    from holdfast.codes import CODES

    if code not in CODES:
        raise KeyError(code)
    place = at if isinstance(at, Place) else at.place
    if path is None:
        path = "" if isinstance(at, Place) else at.path
    return Problem(place, code, printable(path), printable(message), printable(fix))


def printable(text: str) -> str:
    """A text on one line of bearable length, whatever a file held."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST - 60]} ... {text[-50:]}"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Which of the names a person most likely meant; None if none is near."""
    import difflib

    candidates = sorted(set(names))
    folded = {candidate.casefold(): candidate for candidate in candidates}
    close = difflib.get_close_matches(name.casefold(), list(folded), n=3, cutoff=0.6)
    swapped = [each for each in close if sorted(each) == sorted(name.casefold())]  # letters in another order
    return folded[(swapped or close)[0]] if close else None


def did_you_mean(name: str, names: Iterable[str], what: str = "it") -> str:
    """The fix for an unknown name: the nearest one, or else the names that there are."""
    candidates = sorted(set(names))
    near = nearest(name, candidates)
    if near is not None:
        return f"did you mean {near}?"
    if not candidates:
        return f"there is no {what} in the scenario" if what != "it" else "remove it"
    shown = ", ".join(candidates[:8]) + (", ..." if len(candidates) > 8 else "")
    return f"one of: {shown}"
