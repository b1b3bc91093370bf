"""The list with which hamlet heads go from door to door: each hamlet, its households, who told them, when, how many."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.papers.canvas import INK, LINE, PALE, RED, Pdf
from bot.papers.setting import set_text
from handlers.forward import Notice, capitalised, source
from knowledge.areas import Area
from knowledge.texts import Texts

MARGIN, ROW, SIZE = 15.0, 10.5, 4.2


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    x: float
    width: float


COLUMNS = (
    Column("paper.list_place", 15, 62),
    Column("paper.list_households", 77, 17),
    Column("paper.list_head", 94, 46),
    Column("paper.list_time", 140, 18),
    Column("paper.list_reached", 158, 25),
    Column("paper.list_done", 183, 12),
)


def ticklist(notice: Notice, hamlets: Sequence[Area], texts: Texts) -> bytes:
    """A PDF of A4 pages: a row for each hamlet, and one that adds up."""
    canvas = Pdf(title=texts("paper.list_title"))
    y = _head(canvas, notice, texts)
    for hamlet in hamlets:
        if y + 2 * ROW > canvas.height - MARGIN:
            canvas.new_page()
            y = _columns(canvas, texts, MARGIN)
        y = _row(canvas, y, hamlet.name, hamlet.households)
    _row(canvas, y, texts("paper.list_total"), sum(each.households for each in hamlets), total=True)
    return canvas.bytes()


def _head(canvas: Pdf, notice: Notice, texts: Texts) -> float:
    width = canvas.width - 2 * MARGIN
    title = f"{texts('paper.list_title')}: {capitalised(notice.place)}"
    y = set_text(canvas, title, x=MARGIN, y=MARGIN, width=width, size=6.5, bold=True, colour=RED)
    first = notice.plain.partition("\n")[0]
    y = set_text(canvas, f"«{first}»", x=MARGIN, y=y, width=width, size=SIZE)
    about = f"{source(notice, texts)}\n{texts('paper.list_hint')}"
    y = set_text(canvas, about, x=MARGIN, y=y, width=width, size=3.8, colour=PALE)
    return _columns(canvas, texts, y + 3)


def _columns(canvas: Pdf, texts: Texts, y: float) -> float:
    for column in COLUMNS:
        label = texts(column.key)
        set_text(
            canvas, label, x=column.x + 1, y=y + 1, width=column.width - 2, size=3.6, bold=True, colour=INK
        )  # fmt: skip
    canvas.box(MARGIN, y + ROW, canvas.width - 2 * MARGIN, 0.5, INK)
    return y + ROW


def _row(canvas: Pdf, y: float, name: str, households: int, *, total: bool = False) -> float:
    base = y + ROW * 0.65
    canvas.words(COLUMNS[0].x + 1, base, capitalised(name), SIZE, bold=total, colour=INK)
    count = f"{households:,}".replace(",", ".") if households else "…"
    canvas.words(COLUMNS[1].x + 1, base, count, SIZE, bold=total, colour=INK)
    if not total:
        _tick(canvas, COLUMNS[-1].x + 2.5, y + 2.5)
    canvas.box(MARGIN, y + ROW, canvas.width - 2 * MARGIN, 0.2, LINE)
    return y + ROW


def _tick(canvas: Pdf, x: float, y: float) -> None:
    """An empty square to tick."""
    side, line = 5.5, 0.35
    canvas.box(x, y, side, line, INK)
    canvas.box(x, y + side - line, side, line, INK)
    canvas.box(x, y, line, side, INK)
    canvas.box(x + side - line, y, line, side, INK)
