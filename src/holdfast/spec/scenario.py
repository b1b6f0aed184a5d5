"""A scenario: what a file says, ready to be laid over by alternatives and what_ifs."""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from holdfast.errors import Problem, Problems, StudyError, did_you_mean
from holdfast.spec import document, levers, overlay
from holdfast.spec import load as files
from holdfast.spec.calm import resting
from holdfast.spec.evidence import Evidence, Summary, summary
from holdfast.spec.history import history
from holdfast.spec.resolve.world import Memo, check_tree, to_tree_world
from holdfast.spec.sections import RightForms, check_form, known_fields
from holdfast.spec.tree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from holdfast.parts.history import Happened
    from holdfast.parts.world import World


class Shared(NamedTuple):
    """What the worlds of one scenario have in common, each made once."""

    made: Memo
    laid: overlay.LaidMemo

    def copied(self) -> Shared:
        """The same, to which more can be added that they do not have in common."""
        return Shared(dict(self.made), dict(self.laid))


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """A scenario file that holds together, with its alternatives, what_ifs and evidence."""

    document: document.Document
    folder: Path
    """Where files that it names are."""
    text: str
    """The file as read."""
    remarks: list[Problem] = field(default_factory=list)
    """What is allowed in it and most likely not what was meant."""

    @property
    def name(self) -> str:
        """Its name."""
        return self._text("name")

    @property
    def title(self) -> str:
        """What people read."""
        return self._text("title") or self.name

    @property
    def question(self) -> str:
        """What is asked."""
        return " ".join(self._text("question").split())

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return self.document.digest

    @property
    def alternatives(self) -> dict[str, str]:
        """Title of each alternative, by name, in file order."""
        return {name: self._title(node, name) for name, node in self.document.alternatives.items()}

    @property
    def what_ifs(self) -> dict[str, str]:
        """Title of each what_if, by name, in file order."""
        return {name: self._title(node, name) for name, node in self.document.what_if.items()}

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What each number rests on."""
        return self.document.evidence

    @property
    def rests_on(self) -> Summary:
        """How many numbers are stated, derived and assumed."""
        return summary(self.document.evidence)

    @property
    def sources(self) -> dict[str, dict[str, str]]:
        """Title, publisher and date of each source, by name."""
        return {
            name: {key: child.text for key, child in node.items() if isinstance(child, Scalar)}
            for name, node in self.document.base.mapping("sources").items() if isinstance(node, Mapping)
        }  # fmt: skip

    @property
    def resting(self) -> dict[str, str]:
        """By regime the state in which it changes nothing; those that have none are left out."""
        return resting(self.document)

    @property
    def history(self) -> tuple[Happened, ...]:
        """What happened, to judge by."""
        return history(self.document, Problems())

    def _text(self, field: str) -> str:
        node = self.document.base.get(field)
        return node.text if isinstance(node, Scalar) else ""

    @staticmethod
    def _title(node: Node, name: str) -> str:
        title = node.get("title") if isinstance(node, Mapping) else None
        return title.text if isinstance(title, Scalar) else name

    def world(self, alternative: str | None = None, what_if: str | None = None) -> World:
        """The world in numbers, under an alternative (today's plan if None) and a what_if (the base world if None).

        Raises:
            StudyError: there is no such alternative or what_if.
            ScenarioError: it does not hold together.
        """
        for name, known, what in ((alternative, self.alternatives, "alternative"), (what_if, self.what_ifs, "what-if")):
            if name is not None and name not in known:
                message = f"'{name}' is not an {what} of {self.name}: {did_you_mean(name, known)}"
                raise StudyError(message)
        problems = Problems()
        world = self._world(alternative, what_if, problems)
        problems.raise_if_any()
        return world

    def _world(self, alternative: str | None, what_if: str | None, problems: Problems) -> World:
        tree = overlay.lay(self.document, alternative, what_if, problems, known_fields_once(), self.shared.laid)
        names = alternative or "today", what_if or ""
        return to_tree_world(self.document, tree, *names, problems, self.folder, self.shared.made)

    @functools.cached_property
    def shared(self) -> Shared:
        """What its worlds have in common."""
        return Shared({}, {})


def load(name: str | os.PathLike[str]) -> Scenario:
    """Reads and checks a scenario file, or a shipped example by its name.

    Every alternative is checked in the base world and in every what_if.

    Raises:
        ScenarioError: all that is wrong with it, each with its place and the likely fix.
    """
    problems = Problems()
    with _keeping_all():
        read = document.read(name, problems)
        path, shown = files.find(name)
        scenario = Scenario(read, path.parent, files.decode(files.read_bytes(path, shown), shown))
        check(scenario, problems)
        scenario.remarks.extend(sorted(dict.fromkeys(problems.remarks)))
    problems.raise_if_any()
    return scenario


@contextmanager
def _keeping_all() -> Iterator[None]:
    """Python looks for no circles to forget: trees are large and have none, and looking takes a third of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def check(scenario: Scenario, problems: Problems) -> None:
    """Notes all that is wrong with a scenario."""
    read = scenario.document
    laid = _Laid(scenario, scenario.shared)
    for alternative in (None, *read.alternatives.entries):
        for what_if in (None, *read.what_if.entries):
            laid.check_world(alternative, what_if, problems)
    history(read, problems)
    if not problems.found:
        levers.check_levers(read, known_fields_once(), laid.check, problems)
    problems.found[:] = list(dict.fromkeys(problems.found))


class _Laid:
    """Checks laid sections one after the other, and what they share once."""

    def __init__(self, scenario: Scenario, shared: Shared) -> None:
        self.scenario, self.memo, self.laid = scenario, shared.made, shared.laid
        self.right: RightForms = set()
        self.trees: dict[str | None, Mapping] = {}
        """Sections under each alternative."""

    def check_world(self, alternative: str | None, what_if: str | None, problems: Problems) -> None:
        """Notes what is wrong with the scenario under an alternative and a what_if."""
        read, known, before = self.scenario.document, known_fields_once(), len(problems)
        if alternative not in self.trees:
            tree = (
                overlay.lay_one(read.base, read.alternatives, alternative, problems, known, self.laid)
                if alternative
                else read.base
            )
            self.trees[alternative] = tree
        tree = self.trees[alternative]
        if what_if:
            tree = overlay.lay_one(tree, read.what_if, what_if, problems, known, self.laid)
        if len(problems) == before:
            self.check(tree, problems)

    def check(self, tree: Mapping, problems: Problems) -> None:
        """Notes what is wrong with laid sections."""
        if check_form(tree, problems, self.right):
            check_tree(self.scenario.document, tree, problems, self.scenario.folder, self.memo)


@functools.cache
def known_fields_once() -> dict[str, set[str]]:
    """known_fields(), reckoned once."""
    return known_fields()
