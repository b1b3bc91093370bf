"""Writing a warning: from a template, the campaign or nothing; and what the page's script asks while one types."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from bot.console.desk import DESK, OFFICER, Desk
from bot.console.guard import needs
from bot.console.warnings.form import Form, read_form
from bot.console.warnings.looking import looked
from bot.console.warnings.room import (
    ROOM,
    WRITERS,
    Room,
    areas_of,
    duty_of,
    looked_at,
    may_work_on,
    next_tet,
    place_of,
    refused,
    title_of,
    wanted,
)
from handlers.ask import HERE
from handlers.broadcast import Broadcast, Stage, compose, edit
from handlers.errors import Refusal
from handlers.forward import capitalised
from handlers.officer import Officer
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
    desk, found = request.app[DESK], await looked_at(request)
    if not may_work_on(request[OFFICER], found, desk.knowledge().areas):
        raise web.HTTPForbidden
    return await _form_page(request, found)


@needs(*WRITERS)
async def save(request: web.Request) -> web.StreamResponse:
    """POST /canh-bao/{id}/sua: what was submitted or approved has to be so again."""
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    form = await _posted(request)
    async with desk.database.transaction() as tx:
        found = await wanted(request, room.broadcasts(tx))
        shown = replace(found, **form.changes, at=form.instants[0])
        faults = dict(form.faults)
        if len(form.instants) > 1:
            faults["moment"] = "warn.fault_one_moment"
        if not faults:
            try:
                changes = {**form.changes, "at": form.instants[0]}
                changed = edit(found, officer, desk.knowledge().areas, **changes)
                await room.broadcasts(tx).save(changed)
                await desk.audit(tx, officer, "warning_edit", found.id)
            except Refusal as refusal:
                faults["text"] = refused(desk, refusal)
    if faults:
        return await _form_page(request, shown, faults)
    raise web.HTTPSeeOther(f"/canh-bao/{found.id}")


@needs(*WRITERS)
async def look(request: web.Request) -> web.StreamResponse:
    """POST /api/canh-bao/xem: what the form as it stands would be; typing keeps one logged in."""
    desk, room, officer = request.app[DESK], request.app[ROOM], request[OFFICER]
    form = await _posted(request)
    draft = replace(_shown(form, officer), id=request.query.get("id", ""))
    return web.json_response(await looked(draft, desk, room))


async def _form_page(
    request: web.Request, draft: Broadcast, faults: Mapping[str, str] | None = None
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
        choices=areas_of(officer, desk),
        channels=room.channels,
        recent=[(each.id, title_of(each)) for each in recent],
        at=f"{draft.at.astimezone(HERE):%Y-%m-%dT%H:%M}" if draft.at else "",
        earliest=f"{desk.clock().astimezone(HERE):%Y-%m-%dT%H:%M}",
        year=next_tet(desk.clock()),
        look=await looked(draft, desk, room),
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
    return read_form(fields, desk.knowledge().areas, room.channels, next_tet(desk.clock()))


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
