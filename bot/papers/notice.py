"""A warning on paper or as a picture: card for groups, sheet for a notice board, script for loudspeakers."""

from bot.papers.canvas import CREAM, INK, PALE, RED, WHITE, Canvas, Pdf, Png
from bot.papers.setting import fitting_size, set_text, text_height
from handlers.forward import Notice, capitalised, loudspeaker, source
from knowledge.texts import Texts

CARD = (180.0, 225.0)  # 4:5, the tallest picture that messengers show whole
CARD_DPI = 152.4  # 1080 × 1350 pixels


def card(notice: Notice, texts: Texts) -> bytes:
    """A PNG of 1080 × 1350 pixels to pass on in groups."""
    canvas = Png(*CARD, dpi=CARD_DPI)
    _draw(canvas, notice, texts, margin=11, head=9.5, most=11)
    return canvas.bytes()


def sheet(notice: Notice, texts: Texts) -> bytes:
    """A PDF of one A4 page for the notice board, in the largest type that fits."""
    canvas = Pdf(title=texts("paper.warning"))
    _draw(canvas, notice, texts, margin=16, head=12, most=15)
    return canvas.bytes()


def script(notice: Notice, texts: Texts) -> bytes:
    """A PDF of the loudspeaker's words, large enough to be read standing; as many pages as it takes."""
    canvas = Pdf(title=texts("paper.script_title"))
    margin, size = 18.0, 6.2
    width, bottom = canvas.width - 2 * margin, canvas.height - margin
    y = set_text(
        canvas, texts("paper.script_title"), x=margin, y=margin, width=width, size=9, bold=True, colour=RED
    )  # fmt: skip
    y = set_text(
        canvas, texts("paper.script_hint"), x=margin, y=y, width=width, size=4.4, colour=PALE
    )
    y += 5
    for paragraph in loudspeaker(notice, texts).split("\n"):
        if y + text_height(paragraph, width=width, size=size) > bottom:
            canvas.new_page()
            y = margin
        y = set_text(canvas, paragraph, x=margin, y=y, width=width, size=size)
        y += 0 if paragraph else size * 0.6
    return canvas.bytes()


def _draw(
    canvas: Canvas, notice: Notice, texts: Texts, *, margin: float, head: float, most: float
) -> None:
    """Band with the place, the text as large as fits, and below it who says so and what is never asked."""
    width = canvas.width - 2 * margin
    title = texts("paper.urgent" if notice.urgent else "paper.warning")
    place = capitalised(notice.place)
    band = margin + text_height(title, width=width, size=head, bold=True)
    band += text_height(place, width=width, size=head * 0.62)
    canvas.box(0, 0, canvas.width, band, RED)
    y = set_text(
        canvas, title, x=margin, y=margin * 0.65, width=width, size=head, bold=True, colour=WHITE
    )
    set_text(
        canvas, place, x=margin, y=y - head * 0.25, width=width, size=head * 0.62, colour=WHITE
    )

    foot = f"**{texts('paper.never')}**\n{source(notice, texts)}"
    small = head * 0.46
    tall = text_height(foot, width=width, size=small) + margin
    canvas.box(0, canvas.height - tall, canvas.width, tall, CREAM)
    set_text(
        canvas, foot, x=margin, y=canvas.height - tall + margin * 0.55, width=width, size=small, colour=INK
    )  # fmt: skip

    room = canvas.height - band - tall - 2 * margin
    size = fitting_size(notice.text, width=width, height=room, most=most, least=most * 0.3)
    y = band + margin + max(0.0, (room - text_height(notice.text, width=width, size=size)) * 0.35)
    set_text(canvas, notice.text, x=margin, y=y, width=width, size=size)
