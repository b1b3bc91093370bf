"""Nhật ký: what officers did, newest first."""

from aiohttp import web

from bot.console.desk import DESK
from bot.console.guard import needs
from bot.store.audit import latest
from handlers.officer import Role

READERS = frozenset({Role.PROVINCE, Role.ADMIN})
PAGE = 100  # entries on a page
NEWEST = 2**62


@needs(*READERS)
async def journal_page(request: web.Request) -> web.StreamResponse:
    """GET /nhat-ky?truoc=N: the entries before number N."""
    desk = request.app[DESK]
    before = request.query.get("truoc", "")
    number = int(before) if before.isdecimal() and len(before) < 19 else NEWEST
    entries = await latest(desk.database, number, PAGE)
    older = entries[-1].n if len(entries) == PAGE else 0
    return desk.page(request, "journal.html", entries=entries, older=older)


ROUTES = (web.get("/nhat-ky", journal_page),)
