"""The report of a warning: page, workbook, and the households that hamlet heads told."""

import asyncio

from aiohttp import web

from bot.console.desk import DESK, OFFICER
from bot.console.guard import needs
from bot.console.warnings.kit import hamlets_of, named
from bot.console.warnings.room import ROOM, WRITERS, looked_at, may_work_on, place_of, title_of
from bot.store.told import HamletsTold
from handlers.broadcast import OPEN
from handlers.report import REPORTED, Report, Told, report, share, why

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def report_page(request: web.Request) -> web.StreamResponse:
    """GET /canh-bao/{id}/bao-cao; the browser prints it."""
    desk = request.app[DESK]
    made = await _report(request)
    areas = desk.knowledge().areas
    return desk.page(
        request,
        "warnings/report.html",
        report=made,
        title=title_of(made.broadcast),
        place=place_of(made.broadcast, areas),
        states=REPORTED,
        communes=len({each.area.parent for each in made.hamlets}),
        share=share,
        why=lambda reason: why(reason, desk.texts),
        enters=may_work_on(request[OFFICER], made.broadcast, areas),
    )


async def workbook_file(request: web.Request) -> web.StreamResponse:
    """GET /canh-bao/{id}/bao-cao.xlsx."""
    from bot.papers.workbook import workbook  # loaded by who asks for one

    desk = request.app[DESK]
    made = await _report(request)
    body = await asyncio.to_thread(workbook, made, desk.texts, desk.area_name)
    return web.Response(body=body, content_type=XLSX, headers=named("bao-cao.xlsx"))


@needs(*WRITERS)
async def tell(request: web.Request) -> web.StreamResponse:
    """POST /canh-bao/{id}/thon: so many households told in each hamlet; an empty field says nothing."""
    desk, officer = request.app[DESK], request[OFFICER]
    post = await request.post()
    areas = desk.knowledge().areas
    found = await looked_at(request)
    if found.stage in OPEN or not may_work_on(officer, found, areas):
        raise web.HTTPForbidden
    async with desk.database.transaction() as tx:
        for hamlet in hamlets_of(found, areas):
            typed = str(post.get(f"thon-{hamlet.id}", "")).strip()
            if typed.isdecimal() and len(typed) < 7:
                most = hamlet.households or int(typed)
                told = Told(hamlet=hamlet.id, households=min(int(typed), most), at=desk.clock())
                await HamletsTold(tx).put(found.id, told, officer.id)
        await desk.audit(tx, officer, "warning_told", found.id)
    raise web.HTTPSeeOther(f"/canh-bao/{found.id}/bao-cao#thon")


async def _report(request: web.Request) -> Report:
    desk, room = request.app[DESK], request.app[ROOM]
    found = await looked_at(request)
    async with desk.database.transaction() as tx:
        told = await HamletsTold(tx).of(found.id)
    hamlets = hamlets_of(found, desk.knowledge().areas)
    return report(found, await room.tally(found.id), hamlets, told, desk.clock())


ROUTES = (
    web.get("/canh-bao/{id:[0-9a-z-]+}/bao-cao", report_page),
    web.get("/canh-bao/{id:[0-9a-z-]+}/bao-cao.xlsx", workbook_file),
    web.post("/canh-bao/{id:[0-9a-z-]+}/thon", tell),
)
