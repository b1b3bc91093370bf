"""A commune's poster, as a picture and to print; its words may be changed before printing."""

import asyncio

from aiohttp import web

from bot.console.desk import DESK, OFFICER
from bot.console.warnings.kit import named
from bot.console.warnings.room import ROOM, areas_of
from knowledge.areas import Area

LONGEST = 400  # letters of a poster's own words


async def posters_page(request: web.Request) -> web.StreamResponse:
    """GET /canh-bao/ap-phich?xa=ID&loi=…: with a preview."""
    desk, room = request.app[DESK], request.app[ROOM]
    choosable = _choosable(request)
    area = next((a for a in choosable if a.id == request.query.get("xa")), None)
    area = area or next(iter(choosable), None)
    return desk.page(
        request,
        "warnings/posters.html",
        choosable=choosable,
        place=area,
        words=_words(request),
        links=room.links(area) if area else {},
        most=LONGEST,
    )


async def poster_file(request: web.Request) -> web.StreamResponse:
    """GET /canh-bao/ap-phich/{area}.png or .pdf."""
    from bot.papers.poster import Poster, poster_pdf, poster_png  # loaded by who draws

    desk, room = request.app[DESK], request.app[ROOM]
    area = next((a for a in _choosable(request) if a.id == request.match_info["area"]), None)
    if area is None:
        raise web.HTTPNotFound
    links = {desk.texts(f"channel.{name}"): link for name, link in room.links(area).items()}
    poster = Poster(
        place=area.name,
        links={name: link.url for name, link in links.items()},
        says={name: link.say for name, link in links.items()},
        text=_words(request),
        address=room.office.address or room.public_url,
        duty=area.duty or room.office.duty,
    )
    png = request.match_info["kind"] == "png"
    make, kind = (poster_png, "image/png") if png else (poster_pdf, "application/pdf")
    body = await asyncio.to_thread(make, poster, desk.texts)
    name = f"ap-phich-{area.id}.{request.match_info['kind']}"
    return web.Response(body=body, content_type=kind, headers=named(name))


def _choosable(request: web.Request) -> list[Area]:
    return [area for area, _ in areas_of(request[OFFICER], request.app[DESK])]


def _words(request: web.Request) -> str:
    typed = request.query.get("loi", "")[:LONGEST].replace("\r\n", "\n").replace("\0", "").strip()
    return typed or request.app[DESK].texts("paper.poster_text")


ROUTES = (
    web.get("/canh-bao/ap-phich", posters_page),
    web.get("/canh-bao/ap-phich/{area:[a-z0-9-]+}.{kind:png|pdf}", poster_file),
)
