"""Writing a warning: from a template, the campaign or nothing; and what the page's script asks while one types."""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from aiohttp import web

from bot.console.desk import DESK, OFFICER, Desk
from bot.console.guard import needs
from bot.console.warnings.form import Form, read_form
from bot.console.warnings.looking import looked
from bot.console.warnings.room import (
    ROOM,
    WRITERS,
    Room,
    choices_of,
    duty_of,
    looked_at,
    may_work_on,
    next_tet,
    place_of,
    refused,
    title_of,
    wanted,
)
from bot.store.broadcasts import read_broadcast
from handlers.ask import HERE
from handlers.broadcast import OPEN, Broadcast, Stage, compose
from handlers.errors import Refusal
from handlers.forward import capitalised
from handlers.officer import Officer
from handlers.ports import Broadcasts
from handlers.series import Retimed, retimed, series_of
from knowledge.campaign import TOPICS
from knowledge.sms import SMS
from knowledge.templates import Template

TEMPLATE = "template:"  # before the id of a template that a warning was made from
FIELD = re.compile(r"\{\w+\}")


@needs(*WRITERS)
async def start_page(request: web.Request) -> web.StreamResponse:
    """GET /canh-bao/moi: the templates, and an empty sheet."""
    desk = request.app[DESK]
    templates = sorted(desk.knowledge().templates.values(), key=lambda t: (not t.urgent, t.topic))
    by_topic: dict[str, list[Template]] = {}
    for template in templates:
        by_topic.setdefault("urgent" if template.urgent else template.topic, []).append(template)
    place = capitalised(desk.area_name(request[OFFICER].area))
    return desk.page(
        request, "warnings/start.html", by_topic=by_topic, foretaste=lambda t: foretaste(t, place)
    )


@needs(*WRITERS)
async def write_page(request: web.Request) -> web.StreamResponse:
    """GET /canh-bao/soan?mau=ID&o_gio=…: the form, filled from a template where one is named."""
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    template = desk.knowledge().templates.get(request.query.get("mau", ""))
    draft = Broadcast(id="", author=officer.id, text="", areas=(officer.area,))
    if template:
        values = {name: request.query.get(f"o_{name}", "") for name in template.asked}
        if not all(values.values()):
            return desk.page(
                request, "warnings/fields.html", template=template, values=values, asked=bool(request.query.get("da"))
            )  # fmt: skip
        draft = _of_template(draft, template, values, desk, room)
    elif id := request.query.get("chiendich", ""):
        draft = _of_campaign(draft, id, room)
    return await _form_page(request, draft)


@needs(*WRITERS)
async def write(request: web.Request) -> web.StreamResponse:
    """POST /canh-bao/soan: a draft for each instant; one is the rule, a repeating warning has several."""
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    form = await _posted(request)
    if form.faults:
        return await _form_page(request, _shown(form, officer), form.faults)
    drafts = [
        Broadcast(id=secrets.token_hex(6), author=officer.id, **form.changes, at=at)
        for at in form.instants
    ]
    try:
        async with desk.database.transaction() as tx:
            for draft in drafts:
                made = compose(draft, officer, desk.knowledge().areas, desk.clock())
                await room.broadcasts(tx).add(made)
                await desk.audit(tx, officer, "warning_compose", draft.id)
    except Refusal as refusal:
        faults = {"area": refused(desk, refusal)}
        return await _form_page(request, _shown(form, officer), faults)
    raise web.HTTPSeeOther(f"/canh-bao/{drafts[0].id}")


@needs(*WRITERS)
async def edit_page(request: web.Request) -> web.StreamResponse:
    """GET /canh-bao/{id}/sua."""
    desk, room, found = request.app[DESK], request.app[ROOM], await looked_at(request)
    if not may_work_on(request[OFFICER], found, desk.knowledge().areas):
        raise web.HTTPForbidden
    async with desk.database.transaction() as tx:
        others = await series_of(found, room.broadcasts(tx))
    return await _form_page(request, found, series=1 + len(others))


@needs(*WRITERS)
async def save(request: web.Request) -> web.StreamResponse:
    """POST /canh-bao/{id}/sua: what was submitted or approved has to be so again; a series is changed as a whole."""
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    form = await _posted(request)
    async with desk.database.transaction() as tx:
        broadcasts = room.broadcasts(tx)
        found = await wanted(request, broadcasts)
        series = (found, *(() if form.only else await series_of(found, broadcasts)))
        at = found.at if form.keep else form.instants[0]
        shown = replace(found, **form.changes, at=at)
        faults = dict(form.faults)
        if form.only and len(form.instants) > 1:
            faults["moment"] = "warn.fault_one_moment"
        if not faults:
            try:
                done = _changed(form, series, officer, desk)
            except Refusal as refusal:
                faults["text"] = refused(desk, refusal)
            else:
                await _keep(done, broadcasts, partial(desk.audit, tx, officer))
    if faults:
        return await _form_page(request, shown, faults, len(series))
    raise web.HTTPSeeOther(f"/canh-bao/{done.moved[0].id}")


def _changed(form: Form, series: Sequence[Broadcast], officer: Officer, desk: Desk) -> Retimed:
    """A series with what was typed, at the instants that were chosen, or those that it has."""
    waiting = sorted((e for e in series if e.stage in OPEN), key=lambda e: (e.at is not None, e.at))
    instants = tuple(each.at for each in waiting) if form.keep else form.instants
    moment = "" if form.only else series[0].moment if form.keep else form.changes["moment"]
    return retimed(
        series,
        instants,
        officer,
        desk.knowledge().areas,
        desk.clock(),
        lambda: secrets.token_hex(6),
        **{**form.changes, "moment": moment},
    )


async def _keep(
    done: Retimed, broadcasts: Broadcasts, audit: Callable[[str, str], Awaitable[None]]
) -> None:
    """Store what became of a series, each with its act in the log."""
    for each in done.moved:
        await broadcasts.save(each)
        await audit("warning_edit", each.id)
    for each in done.added:
        await broadcasts.add(each)
        await audit("warning_compose", each.id)
    for each in done.dropped:
        await broadcasts.save(each)
        await audit("warning_cancel", each.id)


@needs(*WRITERS)
async def look(request: web.Request) -> web.StreamResponse:
    """POST /api/canh-bao/xem: what the form as it stands would be; typing keeps one logged in."""
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    form = await _posted(request)
    draft = replace(_shown(form, officer), id=request.query.get("id", ""))
    found = await read_broadcast(desk.database, draft.id) if draft.id else None
    if found:
        draft = replace(draft, at=found.at if form.keep else draft.at, corrects=found.corrects)
    return web.json_response(await looked(draft, desk, room))


async def _form_page(
    request: web.Request,
    draft: Broadcast,
    faults: Mapping[str, str] | None = None,
    series: int = 1,
) -> web.StreamResponse:
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    texts = desk.texts
    words = {
        name: texts(fault) if fault in texts else fault for name, fault in (faults or {}).items()
    }
    async with desk.database.transaction() as tx:
        recent = await room.broadcasts(tx).of_stage(Stage.SENDING, Stage.DONE, limit=10)
    return desk.page(
        request,
        "warnings/write.html",
        status=422 if words else 200,
        draft=draft,
        faults=words,
        topics=TOPICS,
        choices=(choices := choices_of(officer, desk)),
        kinds={area.kind for area, _ in choices},
        channels=room.channels,
        recent=[(each.id, title_of(each)) for each in recent],
        at=f"{draft.at.astimezone(HERE):%Y-%m-%dT%H:%M}" if draft.at else "",
        earliest=f"{desk.clock().astimezone(HERE):%Y-%m-%dT%H:%M}",
        year=next_tet(desk.clock()),
        look=await looked(draft, desk, room),
        series=series,
        sms_most=SMS,
    )


def foretaste(template: Template, place: str) -> str:
    """Its first lines, with dots where something is to be filled in."""
    first = template.text.replace("**", "").partition("\n")[0]
    return FIELD.sub("…", first.replace("{xa}", place))


def _of_template(
    draft: Broadcast, template: Template, values: Mapping[str, str], desk: Desk, room: Room
) -> Broadcast:
    knowledge = desk.knowledge()
    given = {
        "xa": capitalised(place_of(draft, knowledge.areas)),
        "dien_thoai": duty_of(draft, knowledge.areas, room.office) or "113",
    }
    on = desk.clock().astimezone(HERE).date()
    text, sms = template.filled({**given, **values}, knowledge.articles, on)
    return replace(
        draft,
        text=text,
        sms=sms,
        topic=template.topic,
        urgent=template.urgent,
        title=template.name,
        source=f"{TEMPLATE}{template.id}",
    )


def _of_campaign(draft: Broadcast, id: str, room: Room) -> Broadcast:
    for warning in room.campaign().warnings:
        if warning.id == id:
            return replace(
                draft,
                text=warning.text,
                sms=warning.sms,
                topic=warning.topic,
                urgent=warning.urgent,
                source=f"campaign:{id}",
            )
    return draft


async def _posted(request: web.Request) -> Form:
    desk, room = request.app[DESK], request.app[ROOM]
    post = await request.post()
    fields = {name: [str(v) for v in post.getall(name)] for name in post}
    return read_form(fields, desk.knowledge().areas, room.channels, desk.clock())


def _shown(form: Form, officer: Officer) -> Broadcast:
    """The form as it stands, to be shown again."""
    return Broadcast(id="", author=officer.id, **form.changes, at=form.instants[0])


ROUTES = (
    web.get("/canh-bao/moi", start_page),
    web.get("/canh-bao/soan", write_page),
    web.post("/canh-bao/soan", write),
    web.get("/canh-bao/{id:[0-9a-z-]+}/sua", edit_page),
    web.post("/canh-bao/{id:[0-9a-z-]+}/sua", save),
    web.post("/api/canh-bao/xem", look),
)
