"""How figures look: colours, dashes and marks of the report (web/src/theme.ts), sizes of letters, settings."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from holdfast.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT: Final = "#1b1f24"
MUTED: Final = "#565e69"
RULE: Final = "#d9dde2"
GROUND: Final = "#ffffff"
GREY: Final = "#7d858f"
FAINT: Final = "#c3c8ce"
ACCENT: Final = "#175fa6"
BAD: Final = "#b64a0e"
PLANS: Final = ("#4f5863", "#175fa6", "#b64a0e", "#00776a", "#96306b", "#6a6800", "#5a41a3", "#8a4b33")
MARKS: Final = ("o", "s", "^", "D", "v")
"""The second cue beside colour; hollow in every second round."""
Dash = Literal["-"] | tuple[float, tuple[float, ...]]
DASHES: Final[tuple[Dash, ...]] = ("-", (0, (4, 2)), (0, (1, 1.4)), (0, (7, 2, 1.4, 2)), (0, (9, 3)))
FONT: Final = "DejaVu Sans"
"""Comes with matplotlib, so that a figure is the same on every machine."""
KINDS: Final = frozenset({FONT, "serif", "sans-serif", "sans serif", "cursive", "fantasy", "monospace"})
"""What is no font of its own: a font that somebody names beside these draws the letters that DejaVu lacks."""
LEADING: Final = 1.28
"""Lines of text are so many times the size of their letters apart."""
NARROW: Final = 5.0
"""[inches] Below this a figure is laid out for one column of a paper."""
MISSING: Final = 'matplotlib is not installed, and hf.plot draws with it; pip install "holdfast[plot]"'
_LOCK: Final = threading.RLock()
"""Settings of matplotlib belong to the whole process: figures are made one at a time."""


@dataclass(frozen=True)
class Frame:
    """What a drawer is given beside the data: the width [inches] and the names of the plans, in order."""

    width: float
    plans: tuple[str, ...]

    @property
    def narrow(self) -> bool:
        """Whether there is room for one column only."""
        return self.width < NARROW

    @property
    def title(self) -> float:
        """[points] letters of the title."""
        return 8.5 if self.narrow else 10.0

    @property
    def base(self) -> float:
        """[points] letters of names."""
        return 7.0 if self.narrow else 8.0

    @property
    def small(self) -> float:
        """[points] letters of axes and notes."""
        return 6.5 if self.narrow else 7.0

    def plan(self, number: int) -> str:
        """The name of a plan."""
        return self.plans[number]


def colour(plan: int) -> str:
    """The colour of a plan in every chart."""
    return PLANS[plan % len(PLANS)]


def mark(plan: int) -> tuple[str, bool]:
    """The mark of a plan in every chart, and whether it is hollow."""
    return MARKS[plan % len(MARKS)], plan // len(MARKS) % 2 == 1


def dash(plan: int) -> Dash:
    """The dash of a plan in every chart."""
    return DASHES[plan % len(DASHES)]


def mix(start: str, end: str, share: float) -> str:
    """A colour between two: `mix(GROUND, ACCENT, 0.16)` is a light shade of the accent.

    >>> mix("#000000", "#ffffff", 0.5)
    '#808080'
    """
    one, two = (tuple(int(each[i : i + 2], 16) for i in (1, 3, 5)) for each in (start, end))
    return "#" + "".join(f"{int(a + (b - a) * share + 0.5):02x}" for a, b in zip(one, two, strict=True))


def ink_on(shade: str) -> str:
    """Black or white, whichever reads better on a colour.

    Source: Web Content Accessibility Guidelines 2.2, relative luminance.
    """
    parts = (int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 else GROUND


@contextmanager
def settings() -> Iterator[None]:
    """The settings that figures are made and saved under, whatever those of the process are; these stay as they were.

    Raises:
        StudyError: matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise StudyError(MISSING) from error

    own: dict[Any, Any] = {
        "font.family": [FONT, *(name for name in mpl.rcParams["font.family"] if name not in KINDS)],
        "font.size": 8.0,
        "text.color": TEXT,
        "text.parse_math": False,  # a $ in a name is a $
        "axes.edgecolor": RULE,
        "axes.labelcolor": MUTED,
        "axes.linewidth": 0.8,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "path.simplify": False,
        "pdf.fonttype": 42,  # letters stay letters, as journals ask
        "ps.fonttype": 42,
        "svg.fonttype": "path",
        "svg.hashsalt": "holdfast",
        "savefig.bbox": None,
        "savefig.pad_inches": 0.0,
    }
    kept = ("backend", "interactive", "toolbar", "timezone", "webagg.", "figure.max_open", "date.")
    fresh: dict[Any, Any] = {name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith(kept)}
    with _LOCK, mpl.rc_context({**fresh, **own}):
        yield
