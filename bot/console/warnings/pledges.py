"""Pledges by commune: by tap, on paper, against the households; papers are entered by hamlet."""

from aiohttp import web

from bot.console.desk import DESK, OFFICER
from bot.console.guard import needs
from bot.console.warnings.room import ROOM, WRITERS, areas_of
from handlers.ask import HERE
from handlers.broadcast import covers
from handlers.ports import PledgeCount
from handlers.report import share
from knowledge.areas import Kind


async def pledges_page(request: web.Request) -> web.StreamResponse:
    """GET /canh-bao/cam-ket?xa=ID."""
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    areas = desk.knowledge().areas
    communes = [area for area, _ in areas_of(officer, desk) if area.kind is Kind.COMMUNE]
    area = next((a for a in communes if a.id == request.query.get("xa")), None)
    area = area or (communes[0] if len(communes) == 1 else None)
    hamlets = [a for a in areas.within(area.id) if a.kind is Kind.HAMLET] if area else []
    all_hamlets = {
        c.id: [a.id for a in areas.within(c.id) if a.kind is Kind.HAMLET] for c in communes
    }
    async with desk.database.transaction() as tx:
        pledges = room.pledges(tx)
        ids = [*all_hamlets, *(id for ids in all_hamlets.values() for id in ids)]
        counts = {count.area: count for count in await pledges.counts(ids)}
        days = await pledges.by_day([area.id] if area else list(all_hamlets))
    none = PledgeCount(area="")

    def papers(commune: str) -> int:
        return sum(counts.get(id, none).papers for id in (commune, *all_hamlets[commune]))

    return desk.page(
        request,
        "warnings/pledges.html",
        communes=communes,
        counts=counts,
        nothing=none,
        papers=papers,
        households=areas.households,
        share=share,
        place=area,
        hamlets=hamlets,
        days=sorted(days.items()),
        most=max(days.values(), default=1),
        enters=bool(area) and officer.role in WRITERS,
    )  # fmt: skip


@needs(*WRITERS)
async def enter(request: web.Request) -> web.StreamResponse:
    """POST /canh-bao/cam-ket: papers collected so far, a field a hamlet; an empty one is left as it was."""
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    post = await request.post()
    areas = desk.knowledge().areas
    commune = str(post.get("xa", ""))
    if commune not in areas or not covers(officer, commune, areas):
        raise web.HTTPForbidden
    today = desk.clock().astimezone(HERE).date()
    async with desk.database.transaction() as tx:
        for hamlet in areas.within(commune):
            typed = str(post.get(f"giay-{hamlet.id}", "")).strip()
            if hamlet.kind is Kind.HAMLET and typed.isdecimal() and len(typed) < 7:
                await room.pledges(tx).set_papers(hamlet.id, int(typed), officer.id, today)
        await desk.audit(tx, officer, "pledge_papers", commune)
    raise web.HTTPSeeOther(f"/canh-bao/cam-ket?xa={commune}")


ROUTES = (
    web.get("/canh-bao/cam-ket", pledges_page),
    web.post("/canh-bao/cam-ket", enter),
)
