"""The season's warnings by day, and what a commune does otherwise: leaves one out, or says it in its own words."""

from dataclasses import replace

from aiohttp import web

from bot.console.desk import DESK, OFFICER
from bot.console.guard import needs
from bot.console.warnings.form import LONGEST
from bot.console.warnings.room import ROOM, WRITERS, areas_of, next_tet
from bot.store.seasons import Seasons
from handlers.ask import HERE
from handlers.broadcast import EVERY_TOPIC, covers
from handlers.lint import Proof, lint
from handlers.season import Choice, leaving_out
from knowledge.campaign import CHOSEN, MOST_A_WEEK, heard, silences, spared
from knowledge.tet_days import WEEKDAYS, YEARS


async def calendar_page(request: web.Request, problem: str = "") -> web.StreamResponse:
    """GET /canh-bao/chien-dich?nam=2027&xa=ID."""
    desk, officer = request.app[DESK], request[OFFICER]
    room = request.app[ROOM]
    campaign = room.campaign()
    asked = request.query.get("nam", "")
    year = int(asked) if asked.isdecimal() and int(asked) in YEARS else next_tet(desk.clock())
    choosable = [area for area, depth in areas_of(officer, desk) if area.parent]
    area = next((a for a in choosable if a.id == request.query.get("xa")), None) or next(
        iter(choosable), None
    )
    plan = campaign.plan(year)
    async with desk.database.transaction() as tx:
        choices = await Seasons(tx).of(campaign.id)
    everywhere = [commune.id for commune in desk.knowledge().areas.communes]
    return desk.page(
        request,
        "warnings/calendar.html",
        status=422 if problem else 200,
        problem=problem,
        campaign=campaign,
        year=year,
        years=[y for y in (year - 1, year, year + 1) if y in YEARS],
        plan=plan,
        on=room.automatic,
        gaps=list(silences(heard(plan, (EVERY_TOPIC,)))),
        over={each.warning.id for each in spared(plan, (EVERY_TOPIC,))},
        most=MOST_A_WEEK,
        chosen=CHOSEN,
        place=area,
        choosable=choosable,
        choice=lambda id: choices.get((id, area.id if area else ""), Choice()),
        elsewhere=lambda id: leaving_out(id, everywhere, choices),
        weekday=lambda at: WEEKDAYS[at.weekday()],
        now=desk.clock().astimezone(HERE),
        writes=bool(choosable) and officer.role in WRITERS,
    )


@needs(*WRITERS)
async def choose(request: web.Request) -> web.StreamResponse:
    """POST /canh-bao/chien-dich: off, or other words, or back to the campaign's."""
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    post = {name: str(value).strip() for name, value in (await request.post()).items()}
    campaign, knowledge = room.campaign(), desk.knowledge()
    warning = next((w for w in campaign.warnings if w.id == post.get("canhbao")), None)
    area = post.get("xa", "")
    if warning is None or area not in knowledge.areas:
        raise web.HTTPNotFound
    if not covers(officer, area, knowledge.areas):
        raise web.HTTPForbidden
    text = post.get("text", "").replace("\r\n", "\n")[:LONGEST]
    own = Choice(text=text, sms=post.get("sms", "")[:LONGEST]) if text != warning.text else Choice()
    choice = {"off": Choice(off=True), "own": own}.get(post.get("act", ""), Choice())
    if choice.text:
        said = replace(warning, text=choice.text, sms=choice.sms)
        proof = Proof(
            text=said.text,
            sms=said.sms,
            topic=said.topic,
            at=desk.clock(),
            urgent=True,  # its hour is the campaign's, and was checked with it
            phones=frozenset(filter(None, (knowledge.areas[area].duty, knowledge.areas[area].hotline))),
        )  # fmt: skip
        stops = [f for f in lint(proof, knowledge) if f.stops]
        if stops:
            return await calendar_page(request, stops[0].words(desk.texts))
    async with desk.database.transaction() as tx:
        await Seasons(tx).put(campaign.id, warning.id, area, choice, officer.id, desk.clock())
        await desk.audit(tx, officer, "season_choose", f"{warning.id} {area}")
    raise web.HTTPSeeOther(f"/canh-bao/chien-dich?xa={area}#{warning.id}")


ROUTES = (
    web.get("/canh-bao/chien-dich", calendar_page),
    web.post("/canh-bao/chien-dich", choose),
)
