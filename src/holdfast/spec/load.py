"""Reads a scenario file into a located tree, and refuses what could be read in more than one way.

YAML is read event by event: scalars stay text, and anchors, aliases, merge keys and tags, which expand unseen, are
errors. All that is wrong with the text is reported together, as far as it can be read. Two libraries read: a quick one
in C, whose tree is taken where nothing at all is wrong, and a careful one, which is asked whenever something is
(docs/decisions/0023-two-yaml-readers.md).
"""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from holdfast.errors import Place, Problems, did_you_mean, nearest, printable
from holdfast.spec.tree import Mapping, Node, Scalar, Sequence, join

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST = 1_000_000
"""[bytes] of a scenario file."""
DEEPEST = 50
"""Levels of nesting."""
MOST_TABS = 20
"""Tabs reported one by one."""

ENDS = ("\r", "\x85", "\u2028", "\u2029", "\ufeff", "\n---", "\n...")
"""Odd ends of lines, and ends of documents."""
READ_APART = re.compile(
    r"[|>][-+\d]*#"  # a comment that touches the sign of a block of text
    r"|[\"']:\S",  # a colon between a quoted text and another
)
"""What else the two YAML readers understand differently."""

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""What a name that people give looks like."""


def as_name(text: str) -> str:
    """The name nearest to a text: `Höspital 2` gives hospital-2; empty if nothing of it can be kept."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "-", kept).strip("-")


@functools.cache
def examples() -> dict[str, Path]:
    """The shipped scenarios by name."""
    folder = Path(__file__).parent.parent / "examples"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def titles() -> dict[str, str]:
    """The titles of the shipped scenarios by name."""
    found = {}
    for name, path in examples().items():
        match = re.search(r"^title: *(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        found[name] = match[1].strip().strip("\"'") if match else ""
    return found


def example_path(name: str) -> Path:
    """The file of a shipped scenario.

    Raises:
        ScenarioError: HF403, there is none of that name.
    """
    problems = Problems()
    if name not in examples():
        problems.add("HF403", Place("examples"), "", f"there is no example '{name}'", did_you_mean(name, examples()))
    problems.raise_if_any()
    return examples()[name]


def find(name: str | os.PathLike[str]) -> tuple[Path, str]:
    """The file of a path or of a shipped example, and how to name it in messages.

    Raises:
        ScenarioError: HF001, with the nearest example or file; HF002 for a directory.
    """
    text = os.fspath(name)
    shown = printable(text)
    problems = Problems()
    try:
        os.fsencode(text)
        if "\x00" in text:
            raise ValueError("it holds a NUL character")
        path = Path(text)
        if path.is_dir() and text not in examples():
            problems.add("HF002", Place(shown), "", f"'{shown}' is a directory", "name a file in it")
        elif path.exists() and not path.is_dir():
            return path, shown
    except (OSError, ValueError) as error:
        problems.add("HF002", Place(shown), "", f"this cannot be a file name: {error}", "name a file")
    problems.raise_if_any()
    if text in examples():
        return examples()[text], f"{text}.yaml"
    problems.add(
        "HF001", Place(shown), "", f"there is no file '{shown}', and no example of that name", _like_file(text)
    )
    problems.raise_if_any()
    raise AssertionError  # raise_if_any raised


def _like_file(text: str) -> str:
    """The fix for a missing file: a file beside it or an example with a near name, else the examples."""
    path = Path(text)
    try:
        beside = {str(path.with_name(each.name)) for each in path.parent.glob("*.y*ml")}
    except OSError:
        beside = set()
    near = nearest(text, beside) or nearest(path.stem, examples())
    return f"did you mean {near}?" if near else f"the examples are {', '.join(examples())}"


def read_bytes(path: Path, shown: str) -> bytes:
    """The bytes of a file that could be a scenario.

    Raises:
        ScenarioError: it cannot be read, is empty or too large.
    """
    problems = Problems()
    raw = b""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        problems.add("HF002", Place(shown), "", f"the file cannot be read: {error.strerror}", "check its permissions")
        problems.raise_if_any()
    if len(raw) > LARGEST:
        problems.add(
            "HF004", Place(shown), "", f"the file is larger than {LARGEST // 1000} kB", "is this the right file?"
        )
    elif not raw.strip():
        problems.add("HF003", Place(shown), "", "the file is empty", "holdfast new NAME writes one to start from")
    problems.raise_if_any()
    return raw


def decode(raw: bytes, shown: str) -> str:
    """The text of a file.

    Raises:
        ScenarioError: HF005, at the first byte that is not text.
    """
    problems = Problems()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = _place_of(raw[: error.start].decode("utf-8", "replace"), shown)
        problems.add("HF005", at, "", f"byte 0x{raw[error.start]:02x} is not UTF-8 text", "save the file as UTF-8")
        problems.raise_if_any()
    odd = re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]", text.replace("\r\n", "\n\n"))
    if odd:
        at = _place_of(text[: odd.start()], shown)
        problems.add(
            "HF005", at, "", f"character U+{ord(odd[0]):04X} does not belong in a text", "is this a binary file?"
        )
    problems.raise_if_any()
    return text


def _place_of(before: str, shown: str) -> Place:
    """The place that comes after a text."""
    return Place(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))


def parse(text: str, shown: str, problems: Problems) -> Mapping:
    """The tree of a text; what is wrong but readable is added to `problems`.

    Raises:
        ScenarioError: the text cannot be read to its end, or its top is not sections.
    """
    plain = _without_tabs(text, shown, problems)
    top: Node | None = _quickly(plain, shown) if plain is text else None
    if top is None:
        top = _carefully(plain, shown, problems, told=plain is not text)
    if not isinstance(top, Mapping):
        if not problems.found:
            at = top.place if top is not None else Place(shown)
            problems.add("HF010", at, "", "a scenario is sections with names", "begin with 'holdfast: 1'")
        problems.raise_if_any()
        raise AssertionError  # raise_if_any raised
    return top


def _quickly(text: str, shown: str) -> Mapping | None:
    """The tree of a text that nothing is wrong with; None where something is or may be, or where there is no library.

    Where a text is right both readers build the same tree; where it is not, what they say of it differs.
    """
    import yaml

    lines = f"\n{text}"
    if not yaml.__with_libyaml__ or any(end in lines for end in ENDS) or READ_APART.search(text):
        return None
    problems = Problems()
    builder = _Builder(shown, problems)
    try:
        builder.build(yaml.parse(text, Loader=yaml.CBaseLoader))
    except (yaml.YAMLError, ValueError):
        return None
    return builder.top if isinstance(builder.top, Mapping) and not problems.found else None


def _carefully(text: str, shown: str, problems: Problems, *, told: bool) -> Node | None:
    """The tree of a text, as far as it can be read; what is wrong is noted, where it stands, unless that is told."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    builder = _Builder(shown, problems)
    try:
        builder.build(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        if not told:
            _syntax(error, shown, problems)
    except YAMLError as error:
        problems.add("HF007", Place(shown), "", f"the text is not YAML: {error}", "")
    except (ValueError, RecursionError, AttributeError, IndexError, AssertionError) as error:  # of the YAML reader
        problems.add("HF007", Place(shown), "", f"the text is not YAML: {type(error).__name__}", "")
    return builder.top


def _without_tabs(text: str, shown: str, problems: Problems) -> str:
    """The text with a space for each tab, each noted as a problem."""
    if "\t" not in text:
        return text
    lines = [(number, line.index("\t")) for number, line in enumerate(text.splitlines(), 1) if "\t" in line]
    for number, column in lines[:MOST_TABS]:
        problems.add("HF006", Place(shown, number, column + 1), "", "there is a tab here", "use spaces")
    return text.replace("\t", " ")


def _syntax(error: Any, shown: str, problems: Problems) -> None:
    """Notes where and why the YAML reader gave up."""
    mark = error.problem_mark or error.context_mark
    at = Place(shown, mark.line + 1, mark.column + 1) if mark else Place(shown)
    what = (error.problem or error.context or "it cannot be read").strip()
    fix = "check the indentation, the quotes and the brackets just before"
    if "mapping values are not allowed" in what:
        fix = 'put the text in quotes: a colon ended it ("like: this")'
    elif error.context and "flow" in error.context:
        start = error.context_mark
        fix = f"close what was opened at line {start.line + 1}, or put the text in quotes" if start else fix
    problems.add("HF007", at, "", f"the text is not YAML here: {what}", fix)


class _Open:
    """A mapping or a list that is being read."""

    def __init__(self, is_map: bool, place: Place, path: str) -> None:
        self.is_map, self.place, self.path = is_map, place, path
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Place] = {}
        self.items: list[Node] = []
        self.key: str | None = None
        self.key_place = place

    def next_path(self) -> str:
        """The path of what comes next in it."""
        return join(self.path, self.key or "") if self.is_map else f"{self.path}[{len(self.items)}]"

    def drop(self) -> None:
        """Leaves out the value that comes next."""
        self.key = None

    def close(self) -> Node:
        if self.is_map:
            return Mapping(self.entries, self.keys, self.place, self.path)
        return Sequence(tuple(self.items), self.place, self.path)


class _Builder:
    """Builds the tree from events, without recursion, so that depth costs nothing but a message."""

    def __init__(self, shown: str, problems: Problems) -> None:
        self.shown, self.problems = shown, problems
        self.top: Node | None = None
        self.stack: list[_Open] = []
        self.documents = 0

    def build(self, events: Iterable[Any]) -> None:
        """Reads events until the end, or until it makes no sense to go on."""
        for event in events:
            if not self._step(type(event).__name__.removesuffix("Event"), event):
                return

    def _step(self, kind: str, event: Any) -> bool:
        mark = event.start_mark
        at = Place(self.shown, mark.line + 1, mark.column + 1)
        if kind == "Scalar":  # which most are
            self._refuse(event, at)
            self._scalar(event, at)
        elif kind in ("MappingStart", "SequenceStart"):
            self._refuse(event, at)
            if len(self.stack) >= DEEPEST:
                fix = "is a bracket missing?"
                self.problems.add("HF008", at, "", f"nested deeper than {DEEPEST} levels", fix)
                return False
            path = self.stack[-1].next_path() if self.stack else ""
            if self.stack and self.stack[-1].is_map and self.stack[-1].key is None:
                self.problems.add(
                    "HF103", at, path, "a key must be a name, not a list or a mapping", "write name: value"
                )
                return False
            self.stack.append(_Open(kind == "MappingStart", at, path))
        elif kind in ("MappingEnd", "SequenceEnd"):
            self._put(self.stack.pop().close())
        elif kind == "DocumentStart":
            return self._document(event, at)
        elif kind == "Alias":
            self.problems.add("HF012", at, "", f"an alias (*{event.anchor}) expands unseen", "use like: NAME")
            self._scalar_text("*", at, quoted=False)
        return True

    def _document(self, event: Any, at: Place) -> bool:
        self.documents += 1
        if self.documents > 1:
            self.problems.add(
                "HF009", at, "", "a second document begins here", "remove '---', or make it a file of its own"
            )
            return False
        if event.version or event.tags:
            self.problems.add("HF012", at, "", "YAML directives are not read", "remove the lines that begin with %")
        return True

    def _refuse(self, event: Any, at: Place) -> None:
        """Notes anchors and tags."""
        anchor, tag = event.anchor, getattr(event, "tag", None)
        path = self.stack[-1].next_path() if self.stack and (anchor or tag) else ""
        if anchor:
            self.problems.add("HF012", at, path, f"an anchor (&{anchor}) expands unseen", "use like: NAME")
        if tag:
            self.problems.add("HF012", at, path, f"a tag ({tag}) changes what a value means", "remove it")

    def _scalar(self, event: Any, at: Place) -> None:
        quoted = event.style in ("'", '"')
        text = event.value if quoted else " ".join(event.value.split())
        self._scalar_text(text if event.style not in ("|", ">") else event.value.strip(), at, quoted)

    def _scalar_text(self, text: str, at: Place, quoted: bool) -> None:
        here = self.stack[-1] if self.stack else None
        if here is not None and here.is_map and here.key is None:
            self._key(here, text, at, quoted)
            return
        path = here.next_path() if here else ""
        if not text.strip() and here is not None:
            where = here.key_place if here.is_map else at
            what = f"'{here.key}' has no value" if here.is_map else "an item of this list is empty"
            fix = "put the text in quotes, if a comma or a colon cut it; else say the value"
            self.problems.add("HF013", where, path, what, fix)
            here.drop()
            return
        self._put(Scalar(text, at, path, quoted))

    def _key(self, here: _Open, text: str, at: Place, quoted: bool) -> None:
        path = join(here.path, text)
        if text == "<<" and not quoted:
            self.problems.add("HF012", at, path, "a merge key (<<) expands unseen", "use like: NAME")
        if not text:
            self.problems.add("HF013", at, here.path, "a key is empty", "write name: value")
        if text in here.keys:
            first = here.keys[text]
            fix = "remove one of them" if text != "<<" else "use like: NAME"
            self.problems.add("HF011", at, path, f"'{text}' stands here twice, first in line {first.line}", fix)
        here.key, here.key_place = text, at

    def _put(self, node: Node) -> None:
        if not self.stack:
            self.top = node
            return
        here = self.stack[-1]
        if not here.is_map:
            here.items.append(node)
            return
        key = here.key or ""
        if key not in here.entries:
            here.entries[key] = node
            here.keys[key] = here.key_place
        here.key = None
