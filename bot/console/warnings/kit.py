"""What is printed and passed on of an approved warning, made when it is asked for."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from aiohttp import web

from bot.console.desk import DESK
from bot.console.warnings.room import ROOM, looked_at, notice_of
from handlers.broadcast import Broadcast, communes_of
from handlers.forward import Notice
from knowledge.areas import Area, Areas, Kind
from knowledge.texts import Texts

Make = Callable[[Notice, list[Area], Texts], bytes]


def _card(notice: Notice, _: list[Area], texts: Texts) -> bytes:
    from bot.papers.notice import card  # drawing is loaded by who draws: it takes 30 MB

    return card(notice, texts)


def _sheet(notice: Notice, _: list[Area], texts: Texts) -> bytes:
    from bot.papers.notice import sheet

    return sheet(notice, texts)


def _script(notice: Notice, _: list[Area], texts: Texts) -> bytes:
    from bot.papers.notice import script

    return script(notice, texts)


def _ticklist(notice: Notice, hamlets: list[Area], texts: Texts) -> bytes:
    from bot.papers.ticklist import ticklist

    return ticklist(notice, hamlets, texts)


PAPERS: dict[str, tuple[Make, str]] = {
    "the.png": (_card, "image/png"),
    "to-a4.pdf": (_sheet, "application/pdf"),
    "loa.pdf": (_script, "application/pdf"),
    "thon.pdf": (_ticklist, "application/pdf"),
}


async def paper(request: web.Request) -> web.StreamResponse:
    """GET /canh-bao/{id}/the.png and its like; what is not approved is not printed."""
    desk, room = request.app[DESK], request.app[ROOM]
    found = await looked_at(request)
    if found.approved is None:
        raise web.HTTPNotFound
    make, kind = PAPERS[request.match_info["paper"]]
    notice = notice_of(found, desk, room)
    hamlets = hamlets_of(found, desk.knowledge().areas)
    body = await asyncio.to_thread(make, notice, hamlets, desk.texts)
    return web.Response(body=body, content_type=kind, headers=named(request.match_info["paper"]))


def hamlets_of(broadcast: Broadcast, areas: Areas) -> list[Area]:
    """The hamlets that a warning's heads go to: those that it names, else all of its communes."""
    named = [id for id in broadcast.areas if id in areas and areas[id].kind is Kind.HAMLET]
    whole = [id for id in broadcast.areas if id not in named]
    communes = (
        communes_of(replace(broadcast, areas=tuple(whole)), areas) if whole or not named else ()
    )
    within = {each.id: each for id in (*communes, *named) for each in areas.within(id)}
    return [area for area in within.values() if area.kind is Kind.HAMLET]


def named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'inline; filename="canh-bao-{name}"'}


ROUTES = (web.get(f"/canh-bao/{{id:[0-9a-z-]+}}/{{paper:{'|'.join(PAPERS)}}}", paper),)
