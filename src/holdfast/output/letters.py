"""Text that somebody else wrote, made fit for a page or a terminal: no hidden signs, and as wide as its place."""

from __future__ import annotations

import unicodedata
from typing import Final

BIDI: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of text, which could put one text's words into another's place."""
PLAIN: Final = {"→": "->", "…": "...", "–": "-", "—": "-", "≥": ">=", "≤": "<=", "“": '"', "”": '"', "’": "'"}
"""What stands for a sign where an encoding lacks it."""


def visible(text: str) -> str:
    r"""The text without signs that command a terminal or a page: controls (but new lines) and turns of direction.

    >>> visible("a\x1b[31m\u202eb\n")
    'a[31mb\n'
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(
        sign for sign in text if sign == "\n" or (sign not in BIDI and unicodedata.category(sign) not in ("Cc", "Cs"))
    )


def plain(text: str, encoding: str | None) -> str:
    """The visible text in the letters that an encoding has; what it lacks becomes the nearest plain sign, or `?`."""
    name, text = encoding or "ascii", visible(text)
    try:
        text.encode(name)
    except UnicodeEncodeError:
        for sign, other in PLAIN.items():
            text = text.replace(sign, other)
        text = text.encode(name, "replace").decode(name)
    return text


def columns(text: str) -> int:
    """Columns that a text takes in a terminal: two for wide letters, none for marks that stand over others.

    Source: Unicode Standard Annex 11, East Asian Width.

    >>> columns("plan"), columns("計画"), columns("e\u0301")
    (4, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def cut(text: str, width: int, mark: str = "...") -> str:
    """A text that fits so many columns, cut with a mark."""
    if columns(text) <= width:
        return text
    return _head(text, max(0, width - columns(mark))).rstrip() + mark


def shorten_middle(text: str, width: int, mark: str = "...") -> str:
    """A text that fits so many columns, its middle left out: where ends tell texts apart as beginnings do.

    >>> shorten_middle("gibson-island more schedule ratio (median)", 28)
    'gibson-island... (median)'
    """
    if columns(text) <= width:
        return text
    words = text.split(" ")
    for kept in range(len(words) - 1, 1, -1):
        for last in (1, 2)[: kept - 1]:
            tried = f"{' '.join(words[: kept - last])}{mark} {' '.join(words[-last:])}"
            if columns(tried) <= width:
                return tried
    return cut(text, width, mark)


def _head(text: str, width: int) -> str:
    """As much of a text as fits."""
    taken = 0
    for i, sign in enumerate(text):
        taken += _columns(sign)
        if taken > width:
            return text[:i]
    return text


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """A text in lines of at most so many columns, broken at spaces, and within a word only where it fits no line.

    >>> wrap("one two three", 8, "  ")
    ['one two', '  three']
    """
    lines: list[str] = []
    line, start = "", ""
    for whole in text.split():
        word = whole
        while True:
            joined = f"{line} {word}" if line else start + word
            if columns(joined) <= width:
                line = joined
                break
            if line:
                lines.append(line)
                line, start = "", indent
                continue
            head = _head(word, max(1, width - len(start))) or word[0]
            lines.append(start + head)
            word, start = word[len(head) :], indent
            if not word:
                break
    return [*lines, line] if line else lines
