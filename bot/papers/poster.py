"""The commune's poster: a code that leads a telephone to its warnings, and how the real Bình An is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import segno

from bot.papers.canvas import CREAM, INK, PALE, RED, WHITE, Canvas, Pdf, Png
from bot.papers.setting import fitting_size, set_text, text_height
from handlers.forward import capitalised
from knowledge.texts import Texts

A4 = (210.0, 297.0)
DPI = 150
MARGIN = 14.0
QUIET = 4  # modules of white round a code (ISO/IEC 18004)
CODES = 3  # side by side at most
EMERGENCY = ("113", "114", "115")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """What is on it. `links`: a channel's name → the address that subscribes to this place, the main one first;
    `says`: a channel's name → what is to be sent there first, where the address can't carry the place."""

    place: str
    links: Mapping[str, str]
    text: str
    address: str
    duty: str = ""
    says: Mapping[str, str] = field(default_factory=dict)


def poster_png(poster: Poster, texts: Texts) -> bytes:
    canvas = Png(*A4, dpi=DPI)
    draw(canvas, poster, texts)
    return canvas.bytes()


def poster_pdf(poster: Poster, texts: Texts) -> bytes:
    canvas = Pdf(*A4, title=f"{texts('paper.poster_title')}: {poster.place}")
    draw(canvas, poster, texts)
    return canvas.bytes()


def draw(canvas: Canvas, poster: Poster, texts: Texts) -> None:
    """From the top: whose it is, the codes, a warning in a few words, the trust card, whom to ring."""
    y = _band(canvas, poster, texts)
    y = _codes(canvas, poster, texts, y + 6)
    foot = _calls(canvas, texts)
    top = _trust(canvas, poster, texts, foot)
    width, room = canvas.width - 2 * MARGIN, top - y - 8
    size = fitting_size(poster.text, width=width, height=room, most=8, least=4)
    free = room - text_height(poster.text, width=width, size=size)
    set_text(canvas, poster.text, x=MARGIN, y=y + 4 + max(0.0, free / 2), width=width, size=size)


def _band(canvas: Canvas, poster: Poster, texts: Texts) -> float:
    width = canvas.width - 2 * MARGIN
    place, title = capitalised(poster.place), texts("paper.poster_title")
    tall = MARGIN + text_height(place, width=width, size=12, bold=True)
    tall += text_height(title, width=width, size=7.5)
    canvas.box(0, 0, canvas.width, tall, RED)
    y = set_text(
        canvas, place, x=MARGIN, y=MARGIN * 0.6, width=width, size=12, bold=True, colour=WHITE, centred=True
    )  # fmt: skip
    set_text(canvas, title, x=MARGIN, y=y - 2, width=width, size=7.5, colour=WHITE, centred=True)
    return tall


def _codes(canvas: Canvas, poster: Poster, texts: Texts, y: float) -> float:
    """Up to three codes side by side, each with its channel's name and address below."""
    links = list(poster.links.items())[:CODES]
    cell = (canvas.width - 2 * MARGIN) / len(links)
    side = min(cell - 4, 88.0)
    end = y
    for place, (name, link) in enumerate(links):
        x = MARGIN + place * cell
        qr(canvas, link, x + (cell - side) / 2, y, side)
        below = set_text(
            canvas, name, x=x, y=y + side - 1, width=cell, size=6.5, bold=True, centred=True
        )
        shown = link.removeprefix("https://").removeprefix("http://")
        below = set_text(
            canvas, shown, x=x, y=below - 2.5, width=cell, size=3.2, colour=PALE, centred=True
        )
        if say := poster.says.get(name):
            said = texts("paper.poster_say", words=say)
            below = set_text(canvas, said, x=x, y=below - 1, width=cell, size=4.2, centred=True)
        end = max(end, below)
    width = canvas.width - 2 * MARGIN
    scan = texts("paper.poster_scan")
    return set_text(canvas, scan, x=MARGIN, y=end + 1, width=width, size=5, centred=True)


def _trust(canvas: Canvas, poster: Poster, texts: Texts, foot: float) -> float:
    """The card by which the real one is known; where it begins."""
    lines = [f"- {texts('paper.address', address=poster.address)}", f"- {texts('paper.never')}"]
    if poster.duty:
        lines.append(f"- {texts('paper.poster_duty', phone=poster.duty)}")
    card = f"**{texts('paper.poster_trust')}**\n" + "\n".join(lines)
    inner = canvas.width - 4 * MARGIN
    tall = text_height(card, width=inner, size=5.2) + 9
    top = foot - tall - 5
    canvas.box(MARGIN, top, canvas.width - 2 * MARGIN, tall, CREAM)
    canvas.box(MARGIN, top, 1.6, tall, RED)
    set_text(canvas, card, x=2 * MARGIN, y=top + 5, width=inner, size=5.2, colour=INK)
    return top


def _calls(canvas: Canvas, texts: Texts) -> float:
    """The emergency numbers at the foot; where they begin."""
    tall = 36.0
    top = canvas.height - tall
    canvas.box(0, top, canvas.width, tall, RED)
    set_text(
        canvas, texts("paper.poster_calls"), x=0, y=top + 4, width=canvas.width, size=5, colour=WHITE, centred=True
    )  # fmt: skip
    cell = (canvas.width - 2 * MARGIN) / len(EMERGENCY)
    for place, number in enumerate(EMERGENCY):
        x = MARGIN + place * cell
        y = set_text(
            canvas, number, x=x, y=top + 11, width=cell, size=11, bold=True, colour=WHITE, centred=True
        )  # fmt: skip
        label = texts(f"web.sos_{number}")
        set_text(canvas, label, x=x, y=y - 6.5, width=cell, size=4.2, colour=WHITE, centred=True)
    return top


def qr(canvas: Canvas, link: str, x: float, y: float, side: float) -> None:
    """A code with its quiet zone, in a square of `side`; a quarter of it may be dirty or torn."""
    code = segno.make(link, error="q", micro=False)
    rows = [bytes(row) for row in code.matrix]
    step = side / (len(rows) + 2 * QUIET)
    canvas.box(x, y, side, side, WHITE)
    for down, row in enumerate(rows):
        for start, length in _dark(row):
            left, top = x + (QUIET + start) * step, y + (QUIET + down) * step
            canvas.box(left, top, length * step, step, INK)


def _dark(row: bytes) -> list[tuple[int, int]]:
    """(start, length) of each run of dark modules of a row."""
    runs: list[tuple[int, int]] = []
    for place, module in enumerate(row):
        if module and runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif module:
            runs.append((place, 1))
    return runs
