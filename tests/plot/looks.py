"""What is in a figure: artists by the name that drawers give them, and texts with where they lie."""

import math

from matplotlib.text import Annotation, Text


def named(figure, name):
    """The artists whose name begins so, in the order in which they were drawn."""
    return figure.findobj(lambda artist: (artist.get_gid() or "").startswith(name))


def one(figure, name):
    """The only artist of that name."""
    (found,) = [artist for artist in named(figure, name) if artist.get_gid() == name]
    return found


def said(figure, name):
    """A text of that name on one line."""
    return " ".join(one(figure, name).get_text().split())


def texts(figure):
    """Every text that is seen, with its place [inches]: what its letters take, without the room between lines."""
    out = []
    for text in figure.findobj(Text):
        if not text.get_text().strip() or not text.get_visible():
            continue
        box = Text.get_window_extent(text) if isinstance(text, Annotation) else text.get_window_extent()
        lines = text.get_text().count("\n") + 1
        spare = 0.5 * max(0.0, box.height - (lines - 1) * 1.28 * size(text) - size(text))
        out.append((text, [v / figure.dpi for v in (box.x0, box.y0 + spare, box.x1, box.y1 - spare)]))
    return out


def size(text):
    """[dots] the size of the letters of a text."""
    return text.get_fontsize() / 72 * text.get_figure(root=True).dpi


def clashes(figure, slack=0.012):
    """Pairs of texts that lie on one another by more than a hair."""
    found = texts(figure)
    out = []
    for i, (a, one) in enumerate(found):
        for b, two in found[i + 1 :]:
            across = min(one[2], two[2]) - max(one[0], two[0])
            down = min(one[3], two[3]) - max(one[1], two[1])
            if across > slack and down > slack:
                out.append((a.get_text(), b.get_text()))
    return out


def outside(figure, slack=0.01):
    """Texts that leave the canvas."""
    width, height = figure.get_size_inches()
    return [
        text.get_text()
        for text, (x0, y0, x1, y1) in texts(figure)
        if x0 < -slack or y0 < -slack or x1 > width + slack or y1 > height + slack
    ]


def numbers(values):
    """Values as floats, None as nan."""
    return [math.nan if v is None else float(v) for v in values]
