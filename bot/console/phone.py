"""The officer's own phone: a one-time code binds a chat, so that it is told of new tips and may approve warnings."""

import secrets

from aiohttp import web

from bot.console.desk import DESK, OFFICER
from bot.store.officer_chats import OfficerChats, plain
from bot.store.sessions import Door, Sessions

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another
LENGTH = 12  # 59 bits for ten minutes
GROUP = 4


async def home(request: web.Request) -> web.StreamResponse:
    """GET /: the sections that the officer has, and the chats that are bound."""
    return await _home(request, "")


async def bind(request: web.Request) -> web.StreamResponse:
    """POST /dien-thoai: a new code, shown once, good for ten minutes."""
    desk, officer = request.app[DESK], request[OFFICER]
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    async with desk.database.transaction() as tx:
        await Sessions(tx).invite(officer.id, Door.CHAT, desk.clock(), code=plain(code))
        await desk.audit(tx, officer, "chat_code")
    shown = "-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP))
    return await _home(request, shown)


async def unbind(request: web.Request) -> web.StreamResponse:
    """POST /dien-thoai/bo: no chat is the officer's any more."""
    desk, officer = request.app[DESK], request[OFFICER]
    async with desk.database.transaction() as tx:
        await OfficerChats(tx, desk.knowledge().areas).unbind(officer.id)
        await desk.audit(tx, officer, "chat_unbound")
    raise web.HTTPSeeOther("/")


async def _home(request: web.Request, code: str) -> web.StreamResponse:
    desk, officer = request.app[DESK], request[OFFICER]
    async with desk.database.transaction() as tx:
        chats = await OfficerChats(tx, desk.knowledge().areas).chats(officer.id)
    return desk.page(request, "home.html", code=code, channels=[chat.channel for chat in chats])


ROUTES = (
    web.get("/", home),
    web.post("/dien-thoai", bind),
    web.post("/dien-thoai/bo", unbind),
)
