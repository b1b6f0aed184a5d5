"""The report as one HTML file: the built page, its style and the data, all inside, nothing fetched."""

from __future__ import annotations

import html
import json
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIPT: Final = "report.js"
STYLE: Final = "report.css"
POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
"""What the page may do: run what is in it, and fetch nothing."""

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div id="report">
<h1>{title}</h1>
<p>{question}</p>
{answer}
<noscript><p>The charts and tables need JavaScript, which is inside this file; nothing is fetched.</p></noscript>
</div>
<script type="application/json" id="report-data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def embedded(data: Mapping[str, Any]) -> str:
    r"""The data as JSON that can stand inside a script element, whatever text it holds.

    `<`, `>` and `&` are written as escapes, so no text can end the element or begin another; so are the two line
    separators that older scripts take for the end of a line. Numbers that JSON lacks are refused.

    >>> embedded({"title": "</script>"})
    '{"title":"\\u003c/script\\u003e"}'

    Raises:
        ValueError: the data holds a number that is not finite.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def asset(name: str) -> str:
    """A built file of the page, as the wheel carries it."""
    return resources.files("holdfast.output").joinpath("assets", name).read_text(encoding="utf-8")


def page(data: Mapping[str, Any]) -> str:
    """The whole HTML file for the data of a report; see web/src/data.ts for what they hold."""
    short = data["title"] if len(data["title"]) <= 200 else data["title"][:199] + "…"
    parts = {
        "policy": html.escape(POLICY, quote=True),
        "title": html.escape(short),
        "question": html.escape(data["question"]),
        "answer": "\n".join(f"<p>{html.escape(sentence)}</p>" for sentence in data["answer"]),
        "style": asset(STYLE),
        "script": asset(SCRIPT),
        "data": embedded(data),
    }
    return _PAGE.format(**parts)
