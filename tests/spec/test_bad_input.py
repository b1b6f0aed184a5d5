"""Every kind of unreadable or contradictory text: refused with a code, a place and a fix, and quickly."""

from __future__ import annotations

import time

import pytest

from holdfast.errors import Problems, ScenarioError
from holdfast.spec import document, overlay

HEAD = "holdfast: 1\n"
BASE = """holdfast: 1
sources:
  paper: {title: A paper, date: 2020}
goods:
  ball: {unit: round}
stores:
  depot:
    capacity: 30 million rounds
    keeps:
      ball: {issue: oldest_first}
"""


def problems_of(text: str) -> list[tuple[str, str, str, str]]:
    """(code, line:column, message, fix) of all that is wrong with a text, overlays laid too."""
    found = Problems()
    try:
        read = document.from_text(text, "f.yaml", found)
        for alternative in (None, *read.alternatives.entries):
            for what_if in (None, *read.what_if.entries):
                overlay.lay(read, alternative, what_if, found)
        found.raise_if_any()
    except ScenarioError as error:
        return [(p.code, f"{p.place.line}:{p.place.column}", p.message, p.fix) for p in error.problems]
    return []


# name, text, code, line:column, part of the message, part of the fix
CASES = [
    ("tab", HEAD + "stores:\n\tdepot: {capacity: 1 round}", "HF006", "3:1", "tab", "use spaces"),
    ("open-bracket", HEAD + "stores: {depot: {a: 1 round\n", "HF007", "3:1", "not YAML", "line 2"),
    ("colon-in-prose", HEAD + "title: Our plan: more", "HF007", "2:16", "mapping values", "quotes"),
    ("two-documents", HEAD + "---\nholdfast: 1\n", "HF009", "2:1", "second document", "remove '---'"),
    ("a-list", "- stores\n", "HF010", "1:1", "sections", "begin with 'holdfast: 1'"),
    ("a-text", "stores\n", "HF010", "1:1", "sections", "begin with 'holdfast: 1'"),
    ("duplicate-key", BASE + "    capacity: 45 million rounds\n", "HF011", "11:5", "first in line 8", "remove one"),
    ("anchor", HEAD + "stores: &a {depot: {x: 1 round}}", "HF012", "2:9", "&a", "like: NAME"),
    ("tag", HEAD + "stores: {depot: {x: !!int 3}}", "HF012", "2:21", "changes what a value means", "remove it"),
    ("directive", "%YAML 1.1\n---\nholdfast: 1\n", "HF012", "2:1", "directives", "%"),
    (
        "comma-in-prose",
        HEAD + "stores: {depot: {title: Sand, then gravel}}",
        "HF013",
        "2:31",
        "'then gravel'",
        "quotes",
    ),
    ("empty-value", HEAD + "stores:\n  depot:\n    title:\n", "HF013", "4:5", "'title' has no value", "quotes"),
    ("capital-name", HEAD + "goods: {Ball: {unit: round}}", "HF014", "2:9", "'Ball'", "did you mean ball?"),
    ("accented-name", HEAD + "goods: {Bälle 2: {unit: round}}", "HF014", "2:9", "'Bälle 2'", "did you mean balle-2?"),
    ("reserved-name", HEAD + "goods: {all: {unit: round}}", "HF014", "2:9", "'all'", "call it"),
    ("version", "holdfast: 2\n", "HF015", "1:11", "version 2", "holdfast: 1"),
    ("no-version", "title: Ours\n", "HF015", "1:1", "format version", "holdfast: 1"),
    ("list-as-key", HEAD + "? [a]\n: b\n", "HF103", "2:3", "a key must be a name", "name: value"),
    (
        "unknown-source",
        BASE + "    room: {value: 3 rounds, source: papr}\n",
        "HF110",
        "11:37",
        "'papr'",
        "did you mean paper?",
    ),
    (
        "value-outside",
        BASE + "    room: {value: 3 rounds, between: [4 rounds, 5 rounds]}\n",
        "HF111",
        "11:38",
        "3 rounds",
        "low, high",
    ),
    (
        "one-end",
        BASE + "    room: {value: 3 rounds, between: [4 rounds]}\n",
        "HF111",
        "11:38",
        "two ends",
        "between: [",
    ),
    (
        "range-units",
        BASE + "    room: {value: 3 rounds, between: [1 week, 2 weeks]}\n",
        "HF104",
        "11:38",
        "same unit",
        "one unit",
    ),
    (
        "derived-assumed",
        BASE + "    room: {value: 3 rounds, derived: a, assumed: b}\n",
        "HF111",
        "11:50",
        "either",
        "one of them",
    ),
    (
        "quote-alone",
        BASE + "    room: {value: 3 rounds, quote: a}\n",
        "HF111",
        "11:36",
        "without its source",
        "source: NAME",
    ),
    ("like-nothing", BASE + "  yard: {like: depo}\n", "HF302", "11:16", "'depo'", "did you mean depot?"),
    ("like-itself", BASE + "  yard: {like: yard}\n", "HF303", "11:16", "yard -> yard", "write one"),
    ("like-circle", BASE + "  a: {like: b}\n  b: {like: a}\n", "HF303", "12:13", "circle", "write one"),
    ("like-list", BASE + "  yard: {like: [depot]}\n", "HF103", "11:16", "one sibling", "like: NAME"),
    ("path-twice", BASE + "    own.level: 3\n    own: {level: 4}\n", "HF304", "12:11", "said twice", "remove one"),
    (
        "overlay-path",
        BASE + "alternatives:\n  more:\n    stores.depo.capacity: 1 round\n",
        "HF301",
        "13:5",
        "stores.depo.capacity is not in the scenario",
        "did you mean stores.depot.capacity?",
    ),
    (
        "overlay-good",
        BASE + "what_if:\n  w:\n    stores: {depot: {keeps: {bal: {issue: at_random}}}}\n",
        "HF301",
        "13:30",
        "stores.depot.keeps.bal is not in the scenario",
        "did you mean stores.depot.keeps.ball?",
    ),
    (
        "overlay-section",
        BASE + "alternatives:\n  a: {storse.depot.capacity: 1 round}\n",
        "HF301",
        "12:7",
        "storse.depot.capacity",
        "did you mean stores.depot.capacity?",
    ),
    (
        "overlay-clock",
        BASE + "what_if:\n  w: {clock.horizon: 9 years}\n",
        "HF306",
        "12:7",
        "'clock'",
        "in the scenario",
    ),
    (
        "overlay-like",
        BASE + "alternatives:\n  a: {like: [b]}\n",
        "HF302",
        "12:14",
        "'b' is not in alternatives",
        "remove it",
    ),
    (
        "overlay-circle",
        BASE + "alternatives:\n  a: {like: [b]}\n  b: {like: [a]}\n",
        "HF303",
        "12:14",
        "itself",
        "remove",
    ),
    ("overlay-text", BASE + "alternatives:\n  a: more\n", "HF103", "12:6", "says nothing", "title"),
    (
        "overlay-inner-like",
        BASE + "alternatives:\n  a: {stores.depot: {like: b}}\n",
        "HF302",
        "12:28",
        "base only",
        "copy it",
    ),
    (
        "none-of-nothing",
        BASE + "alternatives:\n  a: {stores.depot.keeps.tracer: none}\n",
        "HF301",
        "12:7",
        "tracer",
        "ball",
    ),
    (
        "step-into-text",
        BASE + "alternatives:\n  a: {stores.depot.capacity.x: 1}\n",
        "HF301",
        "12:7",
        "capacity.x",
        "remove",
    ),
]


@pytest.mark.parametrize(("text", "code", "place", "message", "fix"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_is_wrong_is_located_and_explained(text: str, code: str, place: str, message: str, fix: str) -> None:
    found = problems_of(text)
    of_code = [problem for problem in found if problem[0] == code]
    assert of_code, found
    assert any(p[1] == place and message in p[2] and fix in p[3] for p in of_code), of_code


def test_the_base_of_the_table_is_fine() -> None:
    assert problems_of(BASE) == []


def test_all_problems_are_told_at_once_and_sorted_by_place() -> None:
    text = (
        BASE
        + "    room: {value: 3 rounds, source: papr}\n  yard: {like: depo}\nwhat_if: {w: {clock.horizon: 9 years}}\n"
    )
    assert [(p[0], p[1]) for p in problems_of(text)] == [("HF110", "11:37"), ("HF302", "12:16"), ("HF306", "13:15")]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "], ids=["lists", "braces", "dashes"])
def test_ten_thousand_levels_are_refused_quickly(opening: str) -> None:
    started = time.perf_counter()
    found = problems_of("a: " + opening * 10_000 if opening != "- " else "a:\n" + opening * 10_000)
    assert [p[0] for p in found] == ["HF008"]
    assert time.perf_counter() - started < 10


def test_likes_inside_likes_cannot_explode() -> None:
    text, inner = "holdfast: 1\nstores:\n", ""
    for level in range(40):
        pad = "  " * (level + 1)
        inner += f"{pad}a:\n"
    # Each level has a sibling that copies the level beside it and changes one field of it.
    for level in reversed(range(40)):
        pad = "  " * (level + 1)
        inner += f"{pad}  x: 1\n" if level == 39 else ""
        inner += f"{pad}b: {{like: a, y: {level}}}\n"
    assert [p[0] for p in problems_of(text + inner)] == ["HF305"]


@pytest.mark.parametrize(
    ("raw", "code", "place", "fix"),
    [
        (b"", "HF003", 0, "holdfast new"),
        (b"  \n\n", "HF003", 0, "holdfast new"),
        (b"holdfast: 1\ntitle: caf\xe9\n", "HF005", 2, "UTF-8"),
        (b"holdfast: 1\n\x00\x01\x02", "HF005", 2, "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "HF005", 1, "UTF-8"),
        (b"a: b\n" * 2_000_000, "HF004", 0, "right file"),
    ],
    ids=["empty", "blank", "latin-1", "nul", "png", "ten-megabytes"],
)
def test_files_that_are_no_text(tmp_path, raw: bytes, code: str, place: int, fix: str) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(raw)
    started = time.perf_counter()
    with pytest.raises(ScenarioError) as caught:
        document.read(path, Problems())
    assert time.perf_counter() - started < 10
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.line) == (code, place)
    assert fix in problem.fix


def test_missing_files_and_directories(tmp_path) -> None:
    (tmp_path / "my-plant.yaml").write_text("holdfast: 1\n")
    cases = {
        str(tmp_path): ("HF002", "name a file in it"),
        str(tmp_path / "my-plnt.yaml"): ("HF001", "my-plant.yaml?"),
        "cartridge-plan": ("HF001", "did you mean cartridge-plant?"),
        "zzz": ("HF001", "the examples are"),
        "a\x00b": ("HF002", "name a file"),
        "x" * 5000: ("HF002", "name a file"),
    }
    for name, (code, fix) in cases.items():
        with pytest.raises(ScenarioError) as caught:
            document.read(name, Problems())
        assert caught.value.problems[0].code == code
        assert fix in caught.value.problems[0].fix
