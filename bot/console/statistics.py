"""Thống kê: figures without content, drawn as bars that also stand in a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.console.desk import DESK, OFFICER, Desk
from bot.console.guard import needs
from bot.console.units import today
from bot.store.statistics import SMALLEST, WEEKS, Cell, figures
from handlers.officer import Role

READERS = frozenset(Role)
WIDTH = 560  # of a drawing, in its own units
LABEL = 170  # of which for the names
ROW = 30
ROOM = 60  # behind the longest bar, for its figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: where it lies, how long it is, what it says."""

    name: str
    said: str
    hidden: bool
    y: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing and its table."""

    id: str
    title: str
    bars: Sequence[Bar]
    height: int
    width: int = WIDTH
    label: int = LABEL
    row: int = ROW


@needs(*READERS)
async def statistics_page(request: web.Request) -> web.StreamResponse:
    """GET /thong-ke: of the officer's commune, or of the whole province."""
    desk, officer = request.app[DESK], request[OFFICER]
    whole = officer.province_wide
    found = await figures(desk.database, "" if whole else officer.area, today(desk))
    names: dict[str, Callable[[str], str]] = {
        "weeks": lambda week: desk.texts("statistics.week", week=week[-2:], year=week[:4]),
        "states": _named(desk, "desk_state"),
        "outcomes": _named(desk, "desk_outcome"),
        "matters": _named(desk, "tip_kind"),
        "waits": lambda days: desk.texts("statistics.days", days=days.replace("-", "–")),
        "units": desk.area_name,
    }
    charts = [
        chart(desk, table, getattr(found, table), name)
        for table, name in names.items()
        if getattr(found, table)
    ]
    return desk.page(
        request, "statistics.html", charts=charts, whole=whole, weeks=WEEKS, smallest=SMALLEST
    )


def chart(desk: Desk, table: str, cells: Sequence[Cell], name: Callable[[str], str]) -> Chart:
    """The drawing of a table of counts."""
    longest = max([cell.drawn for cell in cells] + [float(SMALLEST)])
    space = WIDTH - LABEL - ROOM
    bars = [
        Bar(
            name=name(cell.name),
            said=said(desk, cell),
            hidden=cell.count is None,
            y=place * ROW,
            length=round(cell.drawn / longest * space),
        )
        for place, cell in enumerate(cells)
    ]
    title = desk.texts(f"statistics.{table}")
    return Chart(id=table, title=title, bars=bars, height=len(bars) * ROW)


def said(desk: Desk, cell: Cell) -> str:
    if cell.count is None:
        return desk.texts("statistics.few", smallest=SMALLEST)
    return str(cell.count)


def _named(desk: Desk, table: str) -> Callable[[str], str]:
    def name(key: str) -> str:
        full = f"{table}.{key}"
        return desk.texts(full) if full in desk.texts else key

    return name


ROUTES = (web.get("/thong-ke", statistics_page),)
