"""Sets a warning's text on a canvas: paragraphs, lists and **bold** words, broken into lines by their width."""

import re
import unicodedata
from collections.abc import Iterator

from bot.papers.canvas import INK, Canvas, Colour, Run, measure

BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
LEADING = 1.42  # of the size, from one line to the next: marks above capitals need room
PARAGRAPH = 0.55  # of the size, between two paragraphs
ITEM = 0.4  # of that, between two items of a list
ASCENT = 1.02  # of the size, from the top of a line to where its letters stand


def set_text(
    canvas: Canvas,
    text: str,
    *,
    x: float,
    y: float,
    width: float,
    size: float,
    colour: Colour = INK,
    bold: bool = False,
    centred: bool = False,
) -> float:
    """Set a text from `y` down; where the next thing may stand."""
    before = ""
    for kind, paragraph in paragraphs(text, bold=bold):
        if before == "-" and kind != before:
            y += size * PARAGRAPH * (1 - ITEM)
        before = kind
        indent = size * 0.9 if kind == "-" else 0.0
        if kind == "-":
            canvas.words(x, y + size * ASCENT, "•", size, bold=False, colour=colour)
        for line in broken(paragraph, width - indent, size):
            start = x + indent
            if centred:
                start += (width - indent - line_width(line, size)) / 2
            _set_line(canvas, line, start, y + size * ASCENT, size, colour)
            y += size * LEADING
        y += size * PARAGRAPH * (ITEM if kind == "-" else 1)
    return y


def text_height(text: str, *, width: float, size: float, bold: bool = False) -> float:
    """How much room it takes from the top."""
    return set_text(_Nothing(), text, x=0, y=0, width=width, size=size, bold=bold)


def fitting_size(text: str, *, width: float, height: float, most: float, least: float) -> float:
    """The largest size in which a text fits; `least` where it does not."""
    size = most
    while size > least and text_height(text, width=width, size=size) > height:
        size -= 0.25
    return size


def paragraphs(text: str, *, bold: bool = False) -> Iterator[tuple[str, list[Run]]]:
    """("", runs) for a paragraph's line, ("-", runs) for an item of a list."""
    for line in unicodedata.normalize("NFC", text).splitlines():
        if not line.strip():
            continue
        kind = "-" if line.startswith("- ") else ""
        parts = BOLD.split(line.removeprefix("- "))
        runs = [Run(part, bold or place % 2 == 1) for place, part in enumerate(parts) if part]
        yield kind, runs


def broken(runs: list[Run], width: float, size: float) -> Iterator[list[Run]]:
    """The runs in lines no wider than `width`; a word that is wider alone stands alone."""
    line: list[Run] = []
    for run in runs:
        for word in re.findall(r"\s*\S+|\s+$", run.text):
            candidate = [*line, Run(word, run.bold)]
            if line and line_width(candidate, size) > width:
                yield line
                candidate = [Run(word.lstrip(), run.bold)]
            line = candidate
    if line:
        yield line


def line_width(line: list[Run], size: float) -> float:
    return sum(measure(run.text, size, run.bold) for run in line)


def _set_line(
    canvas: Canvas, line: list[Run], x: float, y: float, size: float, colour: Colour
) -> None:
    for run in line:
        canvas.words(x, y, run.text, size, bold=run.bold, colour=colour)
        x += measure(run.text, size, run.bold)


class _Nothing:
    """A canvas that only lets be measured."""

    width = height = 0.0

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None: ...

    def words(
        self, x: float, y: float, text: str, size: float, *, bold: bool, colour: Colour
    ) -> None: ...

    def new_page(self) -> None: ...
