"""Cán bộ: the accounts of the desk."""

from aiohttp import web

from bot.console.desk import DESK
from bot.console.guard import needs
from bot.store.officers import accounts
from handlers.officer import Role

READERS = frozenset({Role.PROVINCE, Role.ADMIN})


@needs(*READERS)
async def accounts_page(request: web.Request) -> web.StreamResponse:
    """GET /can-bo."""
    desk = request.app[DESK]
    return desk.page(request, "accounts.html", accounts=await accounts(desk.database))


ROUTES = (web.get("/can-bo", accounts_page),)
