"""Who is on duty, and who comes after: whom a warning that waits is shown first."""

import secrets
from datetime import datetime

from aiohttp import web

from bot.console.desk import DESK, OFFICER
from bot.console.guard import needs
from bot.console.warnings.room import WRITERS, refused
from bot.store.officers import State, accounts
from bot.store.roster import Roster
from handlers.ask import HERE
from handlers.broadcast import covers
from handlers.errors import Refusal
from handlers.officer import Role
from handlers.roster import Shift, checked

PLACES = 3  # first, deputy, second deputy


async def duty_page(request: web.Request, problem: str = "") -> web.StreamResponse:
    """GET /canh-bao/truc."""
    desk, officer = request.app[DESK], request[OFFICER]
    areas = desk.knowledge().areas
    mine = areas.within(areas.province.id if officer.province_wide else officer.area)
    async with desk.database.transaction() as tx:
        shifts = await Roster(tx).ahead([area.id for area in mine], desk.clock())
    people = {
        a.officer.id: a.officer for a in await accounts(desk.database) if a.state == State.ACTIVE
    }
    own = [
        p for p in people.values() if p.role is not Role.ADMIN and covers(officer, p.area, areas)
    ]
    return desk.page(
        request,
        "warnings/duty.html",
        status=422 if problem else 200,
        problem=problem,
        shifts=shifts,
        people=people,
        choosable=own,
        places=range(PLACES),
        now=desk.clock(),
        clock=lambda at: f"{at.astimezone(HERE):%H:%M %d/%m}",
        typed=f"{desk.clock().astimezone(HERE):%Y-%m-%dT%H:00}",
        writes=officer.role in WRITERS,
    )  # fmt: skip


@needs(*WRITERS)
async def add(request: web.Request) -> web.StreamResponse:
    """POST /canh-bao/truc."""
    desk, officer = request.app[DESK], request[OFFICER]
    post = {name: str(value).strip() for name, value in (await request.post()).items()}
    people = {
        a.officer.id: a.officer for a in await accounts(desk.database) if a.state == State.ACTIVE
    }
    who = people.get(post.get("officer", ""))
    if who is None or not covers(officer, who.area, desk.knowledge().areas):
        raise web.HTTPForbidden
    try:
        starts, ends = (
            datetime.fromisoformat(post[name]).replace(tzinfo=HERE) for name in ("starts", "ends")
        )
        place = min(int(post.get("place", "0")), PLACES - 1)
    except (KeyError, ValueError):
        return await duty_page(request, desk.texts("roster.unread"))
    shift = Shift(
        id=secrets.token_hex(6), area=who.area, officer=who.id, place=place, starts=starts, ends=ends
    )  # fmt: skip
    try:
        checked(shift, desk.clock())
    except Refusal as refusal:
        return await duty_page(request, refused(desk, refusal))
    async with desk.database.transaction() as tx:
        await Roster(tx).add(shift)
        await desk.audit(tx, officer, "duty_add", who.login)
    raise web.HTTPSeeOther("/canh-bao/truc")


@needs(*WRITERS)
async def remove(request: web.Request) -> web.StreamResponse:
    """POST /canh-bao/truc/{id}/bo."""
    desk, officer = request.app[DESK], request[OFFICER]
    async with desk.database.transaction() as tx:
        gone = await Roster(tx).remove(request.match_info["id"])
        if gone and not covers(officer, gone.area, desk.knowledge().areas):
            raise web.HTTPForbidden
        await desk.audit(tx, officer, "duty_remove", gone.officer if gone else "")
    raise web.HTTPSeeOther("/canh-bao/truc")


ROUTES = (
    web.get("/canh-bao/truc", duty_page),
    web.post("/canh-bao/truc", add),
    web.post("/canh-bao/truc/{id:[0-9a-f]{12}}/bo", remove),
)
