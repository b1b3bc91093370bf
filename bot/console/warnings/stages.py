"""GET /canh-bao/{id}: a warning and what can be done with it now; POST /canh-bao/{id}/<act>: doing it."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.console.desk import DESK, OFFICER, Desk
from bot.console.guard import needs
from bot.console.warnings.looking import looked
from bot.console.warnings.preview import previews
from bot.console.warnings.room import (
    ROOM,
    WRITERS,
    Room,
    findings_of,
    is_over,
    looked_at,
    may_work_on,
    notice_of,
    place_of,
    refused,
    title_of,
    wanted,
)
from bot.console.warnings.writing import TEMPLATE
from bot.store.officers import Officers
from handlers import broadcast as rules
from handlers.ask import HERE, local_day
from handlers.broadcast import OPEN, RUNNING, Broadcast, Stage
from handlers.control import is_ready
from handlers.errors import Refusal
from handlers.forward import group_message, loudspeaker
from handlers.neighbours import LISTED
from handlers.officer import Officer, Role
from handlers.ports import Broadcasts
from handlers.report import REPORTED
from handlers.series import series_of
from knowledge.areas import Areas

Act = Callable[[Broadcast, Officer, Areas, Any], Broadcast]

# the address of an act → what it does to a warning, its name in the audit log, whether it does it to a whole series
ACTS: Mapping[str, tuple[Act, str]] = {
    "gui-duyet": (rules.submit, "warning_submit"),
    "duyet": (rules.approve, "warning_approve"),
    "tra-lai": (lambda b, o, a, now: rules.send_back(b, o, a), "warning_send_back"),
    "khan": (rules.break_glass, "warning_break_glass"),
    "tam-dung": (lambda b, o, a, now: rules.pause(b, o, a), "warning_pause"),
    "tiep-tuc": (lambda b, o, a, now: rules.resume(b, o, a), "warning_resume"),
    "huy": (rules.cancel, "warning_cancel"),
}


async def page(request: web.Request) -> web.StreamResponse:
    """The warning; an officer from elsewhere sees a broken glass, and can do nothing."""
    return await shown(request)


async def shown(request: web.Request, problem: str = "") -> web.StreamResponse:
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    areas = desk.knowledge().areas
    found = await looked_at(request)
    async with desk.database.transaction() as tx:
        broadcasts = room.broadcasts(tx)
        series = await series_of(found, broadcasts)
        people = {
            id: await _name(Officers(tx), id, desk) for id in (found.author, found.approver) if id
        }
        wrong = await broadcasts.look(found.corrects) if found.corrects else None
    notice = notice_of(found, desk, room)
    tally, channels = await room.tally(found.id), found.channels or room.channels
    return desk.page(
        request,
        "warnings/one.html",
        status=409 if problem else 200,
        problem=problem,
        one=found,
        wrong=wrong,
        title=title_of(found),
        title_of=title_of,
        place=place_of(found, areas),
        series=series,
        people=people,
        tally=tally,
        states=REPORTED,
        look=await looked(found, desk, room) if found.stage in OPEN else None,
        said={"previews": previews(room.speech(found), channels, room.public_url)},
        may=allowed(found, officer, areas),
        kit=found.approved is not None,
        group=group_message(notice, desk.texts),
        loud=loudspeaker(notice, desk.texts),
        running=found.stage in RUNNING,
        at=found.at.astimezone(HERE) if found.at else None,
        clock=lambda at: f"{at.astimezone(HERE):%H:%M %d/%m/%Y}",
    )


def allowed(broadcast: Broadcast, officer: Officer, areas: Areas) -> frozenset[str]:
    """The acts to offer; the rules themselves decide again when one is done."""
    if not may_work_on(officer, broadcast, areas) or is_over(broadcast):
        ended = broadcast.stage not in OPEN and may_work_on(officer, broadcast, areas)
        return frozenset({"dinh-chinh"} if ended else ())
    other = officer.id != broadcast.author
    by_stage = {
        Stage.DRAFT: {"sua", "gui-duyet", "huy"},
        Stage.SUBMITTED: {"sua", "tra-lai", "huy", *({"duyet"} if other else ())},
        Stage.APPROVED: {"sua", "tra-lai", "huy"},
        Stage.SENDING: {"tam-dung", "huy", "dinh-chinh"},
        Stage.PAUSED: {"tiep-tuc", "huy", "dinh-chinh"},
        Stage.HALTED: {"tiep-tuc", "huy", "dinh-chinh"},
    }
    found = by_stage.get(broadcast.stage, set())
    unapproved = broadcast.stage in (Stage.DRAFT, Stage.SUBMITTED)
    if broadcast.urgent and unapproved and officer.role in (Role.DUTY, Role.PROVINCE):
        found = found | {"khan"}
    if officer.id == broadcast.approver:
        found = found - {"sua"}
    return frozenset(found)


@needs(*WRITERS)
async def act(request: web.Request) -> web.StreamResponse:
    """One step of a warning's life, of its whole series where the form says so."""
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    do, name = ACTS[request.match_info["act"]]
    whole = (await request.post()).get("whole") == "1"
    try:
        async with desk.database.transaction() as tx:
            broadcasts = room.broadcasts(tx)
            found = await wanted(request, broadcasts)
            await _stopped_by_lint(found, request.match_info["act"], broadcasts, desk, room)
            others = await series_of(found, broadcasts) if whole else ()
            for each in (found, *others):
                if each is found or each.stage is found.stage:
                    done = do(each, officer, desk.knowledge().areas, desk.clock())
                    await desk.audit(tx, officer, name, each.id)
                    if is_ready(done, desk.knowledge(), local_day(desk.clock())):
                        done = rules.approve_beforehand(done, desk.clock())
                        await desk.audit(tx, officer, "warning_ready", each.id)
                    await broadcasts.save(done)
            await tx.make_durable()
    except Refusal as refusal:
        return await shown(request, refused(desk, refusal))
    raise web.HTTPSeeOther(f"/canh-bao/{found.id}")


@needs(*WRITERS)
async def correct(request: web.Request) -> web.StreamResponse:
    """POST …/dinh-chinh: a draft to exactly those whom it reached; what is still waiting is held back."""
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    areas, now = desk.knowledge().areas, desk.clock()
    try:
        async with desk.database.transaction() as tx:
            broadcasts = room.broadcasts(tx)
            wrong = await wanted(request, broadcasts)
            at = (wrong.started or now).astimezone(HERE)
            text = desk.texts("warn.correction", at=f"{at:%H:%M %d/%m}", title=title_of(wrong))
            draft = rules.correction(wrong, secrets.token_hex(6), text, officer, areas, now)
            if wrong.stage is Stage.SENDING:
                await broadcasts.save(rules.pause(wrong, officer, areas))
                await desk.audit(tx, officer, "warning_pause", wrong.id)
            await broadcasts.add(draft)
            await desk.audit(tx, officer, "warning_correct", wrong.id)
    except Refusal as refusal:
        return await shown(request, refused(desk, refusal))
    raise web.HTTPSeeOther(f"/canh-bao/{draft.id}/sua")


async def _stopped_by_lint(
    broadcast: Broadcast, act: str, broadcasts: Broadcasts, desk: Desk, room: Room
) -> None:
    """What the lint calls wrong is neither submitted nor approved; a broken glass waits for nobody."""
    if act not in ("gui-duyet", "duyet"):
        return
    others = await broadcasts.of_stage(*Stage, limit=LISTED)
    for finding in findings_of(broadcast, others, desk, room):
        if finding.stops:
            raise Refusal(finding.key, **finding.values)


async def _name(officers: Officers, id: str, desk: Desk) -> str:
    """An officer's name; what else may write or approve: the campaign, a template."""
    if account := await officers.by_id(id):
        return account.officer.name
    if template := desk.knowledge().templates.get(id.removeprefix(TEMPLATE)):
        return desk.texts("warn.by_template", name=template.name)
    return desk.texts("warn.by_campaign")


def _route(act: str, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
    return web.post(f"/canh-bao/{{id:[0-9a-z-]+}}/{act}", handler)


ROUTES = (
    web.get("/canh-bao/{id:[0-9a-z-]+}", page),
    _route(f"{{act:{'|'.join(ACTS)}}}", act),
    _route("dinh-chinh", correct),
)
