"""Text of others in a terminal: every encoding, every width, no hidden commands."""

from __future__ import annotations

import dataclasses

import pytest

import holdfast
from holdfast.output.letters import columns, cut, plain, shorten_middle, visible, wrap
from holdfast.output.table import answer
from holdfast.study.result import Result
from tests.study import small

CODE_PAGES = ("ascii", "cp437", "cp850", "cp1252", "latin-1", "utf-8")
HOSTILE = 'Say "<b>" \x1b[31mred\x07 \u202eevil\u2066 計画の題名 é → ≥ … ' + "w" * 10_000


def test_letters_that_a_terminal_lacks() -> None:
    assert plain("a → b … “c” é 漢", "ascii") == 'a -> b ... "c" ? ?'
    assert plain("a → é", "cp437") == "a -> é"
    assert plain("a → 漢", "utf-8") == "a → 漢"
    assert plain("x", None) == "x"


def test_texts_that_end_differently_stay_apart() -> None:
    both = [f"gibson-island more schedule ratio ({what})" for what in ("median", "p90")]
    assert [shorten_middle(each, 36) for each in both] == [
        "gibson-island more... ratio (median)",
        "gibson-island more schedule... (p90)",
    ]
    assert [shorten_middle(each, 28) for each in both] == ["gibson-island... (median)", "gibson-island more... (p90)"]
    assert shorten_middle("military demand tracer tensions crisis", 36) == "military demand tracer... crisis"
    assert shorten_middle(both[0], 80) == both[0]
    assert shorten_middle(both[0], 12) == "gibson-is..."
    assert shorten_middle("oneverylongword", 8) == "oneve..."


def test_no_text_commands_the_terminal_or_turns_its_direction() -> None:
    assert visible("a\x1b[2J\x07b\u202ec\u2066\nd\x9b") == "a[2Jbc\nd"
    assert plain("\x1b]0;title\x07", "utf-8") == "]0;title"


def test_wide_letters_take_two_columns() -> None:
    assert (columns("plan"), columns("計画"), columns("e\u0301"), columns("\u200b")) == (4, 4, 1, 0)
    assert cut("計画の題名", 7) == "計画..."
    assert cut("計画", 4) == "計画"
    assert cut("abc", 2, "") == "ab"


@pytest.mark.parametrize("width", [1, 7, 20, 80])
def test_wrapped_lines_fit_and_lose_nothing(width: int) -> None:
    text = "An answer in words with supercalifragilistic ones and 計画の題名がとても長い until the end"
    wide = max(width, 2)
    lines = wrap(text, wide)
    assert max(map(columns, lines)) <= wide
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert wrap("", width) == []


@pytest.mark.parametrize("encoding", CODE_PAGES)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_answer_fits_every_code_page_and_width_whatever_its_titles(encoding: str, width: int) -> None:
    result = small.result()
    about = dataclasses.replace(
        result.about,
        title=HOSTILE,
        question=HOSTILE,
        alternatives=dict.fromkeys(result.alternatives, HOSTILE),
        what_ifs=dict.fromkeys(result.what_ifs, HOSTILE),
    )
    text = answer(Result(about, result.provenance, result.cases), width, encoding)
    text.encode(encoding)
    assert max(columns(line) for line in text.splitlines()) <= width
    assert not [sign for sign in text if sign != "\n" and (sign < " " or sign in "\x9b\u202e\u2066")]


def test_the_same_words_in_the_terminal_the_report_python_and_json() -> None:
    from holdfast.cli_run import to_json
    from holdfast.output.report import report_data

    result = small.result()
    said = holdfast.findings(result)
    terminal = " ".join(holdfast.answer(result).split())
    assert len(said) >= 4
    for each in said:
        assert each.text in terminal
    assert report_data(result)["answer"] == [each.text for each in said]
    assert to_json(result)["answer"] == [{"kind": each.kind, "text": each.text} for each in said]
