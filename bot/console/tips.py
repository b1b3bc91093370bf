"""Tin báo: the officers' inbox. The server serves ciphertext and keeps states; the page opens it."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from bot.console.desk import DESK, OFFICER
from bot.console.guard import json_body, needs, quiet
from bot.console.login import bytes_of
from bot.console.units import READERS, SEALED, b64, today
from bot.store.cases import REASON, WRITTEN, Cases, Outcome, Sealed, State, stamp
from bot.store.database import Conflict, Row
from bot.store.notices import ring
from bot.store.units import Units
from knowledge.texts import Texts

LARGEST = 64 * 1024  # bytes of a sealed message
FILES: web.AppKey[Path] = web.AppKey("files", Path)  # the folder of sealed files
COPIES = ("print", "receipt", "transfer", "age")

C = TypeVar("C", State, Outcome)


@needs(*READERS)
async def inbox_page(request: web.Request) -> web.StreamResponse:
    """GET /tin-bao: an empty page; what it shows is opened in the browser."""
    desk = request.app[DESK]
    return desk.page(request, "inbox.html", words=inbox_words(desk.texts))


def inbox_words(texts: Texts) -> dict[str, str]:
    """What the inbox's script says, by table and key: "case.reply"."""
    tables = {
        "inbox": texts.table("desk_inbox"),
        "case": texts.table("desk_case"),
        "state": texts.table("desk_state"),
        "outcome": texts.table("desk_outcome"),
        "matter": texts.table("tip_kind"),
        "class": texts.table("desk_class"),
        "canned": texts.table("desk_canned"),
        "record": texts.table("desk_record"),
    }
    return {f"{name}.{key}": text for name, table in tables.items() for key, text in table.items()}


@needs(*READERS)
@quiet
async def listed(request: web.Request) -> web.StreamResponse:
    """GET /api/tin[?dong=1] → the unit's open tips (or the closed ones), sealed."""
    desk, officer = request.app[DESK], request[OFFICER]
    async with desk.database.transaction() as tx:
        cases = Cases(tx, officer.area)
        rows = await cases.list(closed="dong" in request.query)
        tips = [await _told(cases, row, listed=True) for row in rows]
        mark = await stamp(tx, officer.area)
    return web.json_response({"tips": tips, "stamp": mark, "today": today(desk).isoformat()})


@needs(*READERS)
async def opened(request: web.Request) -> web.StreamResponse:
    """GET /api/tin/{tip} → all of it, sealed; noted in the audit log, and read from now on."""
    desk, officer = request.app[DESK], request[OFFICER]
    async with _case(request) as (cases, row):
        await cases.read(row["id"], today(desk))
        await desk.audit(cases.tx, officer, "tip_read", row["id"])
        told = await _told(cases, await cases.get(row["id"]) or row, listed=False)
        files = await cases.files(row["id"])
        reply_keys = await cases.reply_keys(row["id"])
        referrals = await cases.referrals(row["id"])
    told["files"] = [
        {"id": f["id"], "seq": f["seq"], "size": f["size"], "meta": b64(f["meta"])} for f in files
    ]
    told["reply_keys"] = [b64(each["pub"]) for each in reply_keys]
    told["referrals"] = [
        {
            "from": desk.area_name(r["from_unit"]),
            "to": desk.area_name(r["to_unit"]),
            "day": r["day"],
        }
        for r in referrals
    ]
    return web.json_response(told)


@needs(*READERS)
async def file(request: web.Request) -> web.StreamResponse:
    """GET /api/tin/{tip}/tep/{file} → a sealed file, as bytes to keep: never shown by the browser itself."""
    async with _case(request) as (cases, row):
        files = {each["id"]: each["name"] for each in await cases.files(row["id"])}
    name = files.get(request.match_info["file"], "")
    path = request.app[FILES] / name[:2] / name
    if not name or not await asyncio.to_thread(path.is_file):
        raise web.HTTPNotFound
    headers = {"Content-Disposition": "attachment", "Content-Type": "application/octet-stream"}
    return web.FileResponse(path, headers=headers)


@needs(*READERS)
async def write(request: web.Request) -> web.StreamResponse:
    """POST /api/tin/{tip}/ghi {"kind", "seq", "body", "for_tipster"?}: a sealed note, answer or card."""
    desk, officer = request.app[DESK], request[OFFICER]
    body = await json_body(request)
    message = _message(body, WRITTEN)
    try:
        async with _case(request) as (cases, row):
            await cases.write(row["id"], message, today(desk))
            await desk.audit(cases.tx, officer, f"tip_{message.kind}", row["id"])
            await cases.tx.make_durable()
    except Conflict:
        raise web.HTTPConflict from None
    return web.json_response({})


@needs(*READERS)
async def move(request: web.Request) -> web.StreamResponse:
    """POST /api/tin/{tip}/trang-thai {"state", "outcome"?, "matter"?}."""
    desk, officer = request.app[DESK], request[OFFICER]
    body = await json_body(request)
    state, matter = _choice(State, body.get("state")), str(body.get("matter", ""))
    if state in (State.NEW, State.HANDED_OVER):  # new once; handed over by referring it
        raise web.HTTPBadRequest
    if matter and matter not in desk.texts.table("tip_kind"):
        raise web.HTTPBadRequest
    async with _case(request) as (cases, row):
        if row["closed_day"] == today(desk).isoformat():  # an undone press is not counted
            await cases.count(f"outcome:{row['outcome']}", today(desk), -1)
        if state is State.CLOSED:
            outcome = _choice(Outcome, body.get("outcome"))
            await cases.close(row["id"], outcome, today(desk))
            await cases.count(f"outcome:{outcome}", today(desk))
            if matter:
                await cases.count(f"matter:{matter}", today(desk))
        else:
            await cases.move(row["id"], state)
        await desk.audit(cases.tx, officer, f"tip_{state}", row["id"])
        await cases.tx.make_durable()
    return web.json_response({})


@needs(*READERS)
async def hold(request: web.Request) -> web.StreamResponse:
    """POST /api/tin/{tip}/nhan {"officer"}: who works on it: oneself, a colleague, or nobody ("")."""
    desk, officer = request.app[DESK], request[OFFICER]
    wanted = str((await json_body(request)).get("officer", ""))
    async with _case(request) as (cases, row):
        if wanted and wanted not in {m.id for m in await Units(cases.tx).members(officer.area)}:
            raise web.HTTPNotFound
        await cases.hold(row["id"], wanted, today(desk))
        await desk.audit(cases.tx, officer, "tip_take" if wanted else "tip_leave", row["id"])
    return web.json_response({})


@needs(*READERS)
async def hand_over(request: web.Request) -> web.StreamResponse:
    """POST /api/ban-giao {"officer"}: all that one holds goes to a colleague at the change of shift."""
    desk, officer = request.app[DESK], request[OFFICER]
    wanted = (await json_body(request)).get("officer")
    async with desk.database.transaction() as tx:
        colleague = next((m for m in await Units(tx).members(officer.area) if m.id == wanted), None)
        if colleague is None:
            raise web.HTTPNotFound
        cases = Cases(tx, officer.area)
        count = await cases.hand_over(officer.id, colleague.id, today(desk))
        await desk.audit(tx, officer, "shift_over", colleague.login)
    return web.json_response({"count": count})


@needs(*READERS)
async def refer(request: web.Request) -> web.StreamResponse:
    """POST /api/tin/{tip}/chuyen {"unit", "epoch", "sealed", "message"}: the tip's key, re-sealed in the browser.

    `message` is the reason, sealed to the tip as any other message.
    """
    desk, officer = request.app[DESK], request[OFFICER]
    body = await json_body(request)
    unit, sealed = str(body.get("unit", "")), bytes_of(body, "sealed", SEALED)
    given = body.get("message")
    reason = _message(given if isinstance(given, dict) else {}, (REASON,))
    try:
        async with _case(request) as (cases, row):
            epochs = {r["id"]: r["epoch"] for r in await Units(cases.tx).reachable()}
            if unit == officer.area or unit not in epochs:
                raise web.HTTPNotFound
            if body.get("epoch") != epochs[unit]:
                raise Conflict  # the unit has another key since the page was opened
            await cases.write(row["id"], reason, today(desk))
            await cases.refer(row["id"], unit, epochs[unit], sealed, today(desk))
            await ring(cases.tx, row["id"], unit, desk.clock(), urgent=bool(row["urgent"]))
            await desk.audit(cases.tx, officer, "tip_refer", f"{row['id']}/{unit}")
            await cases.tx.make_durable()
    except Conflict:
        raise web.HTTPConflict from None
    return web.json_response({})


@needs(*READERS)
async def keep(request: web.Request) -> web.StreamResponse:
    """POST /api/tin/{tip}/giu {"wanted"}: a legal hold takes two officers, and two end it."""
    desk, officer = request.app[DESK], request[OFFICER]
    wanted = bool((await json_body(request)).get("wanted"))
    async with _case(request) as (cases, row):
        done = await cases.wants_hold(row["id"], officer.id, wanted, today(desk))
        await desk.audit(cases.tx, officer, "tip_hold" if wanted else "tip_unhold", row["id"])
    return web.json_response({"done": done})


@needs(*READERS)
async def taken_out(request: web.Request) -> web.StreamResponse:
    """POST /api/tin/{tip}/xuat {"how"}: the page has made a copy of the case; noted in the audit log."""
    desk, officer = request.app[DESK], request[OFFICER]
    how = (await json_body(request)).get("how")
    if how not in COPIES:
        raise web.HTTPBadRequest
    async with _case(request) as (cases, row):
        await desk.audit(cases.tx, officer, f"tip_out_{how}", row["id"])
    return web.json_response({})


@asynccontextmanager
async def _case(request: web.Request) -> AsyncIterator[tuple[Cases, Row]]:
    """The tip of the address; a foreign one and one that there is not look the same."""
    desk, officer = request.app[DESK], request[OFFICER]
    async with desk.database.transaction() as tx:
        cases = Cases(tx, officer.area)
        row = await cases.get(request.match_info["tip"])
        if row is None:
            raise web.HTTPNotFound
        yield cases, row


async def _told(cases: Cases, row: Row, *, listed: bool) -> dict[str, Any]:
    keys = await cases.keys(row["id"])
    messages = await cases.messages(row["id"], listed=listed)
    return {
        "id": row["id"],
        "state": row["state"],
        "outcome": row["outcome"],
        "urgent": bool(row["urgent"]),
        "day": row["day"],
        "unread": row["read_day"] == "",
        "expires": row["expires"],
        "held": bool(row["held"]),
        "escalated": bool(row["dormant"]),
        "holder": row["holder"] or "",
        "holder_name": row["holder_name"] or "",
        "pub": b64(row["pub"]),
        "keys": [{"epoch": key["epoch"], "sealed": b64(key["sealed"])} for key in keys],
        "messages": [
            {"kind": m["kind"], "seq": m["seq"], "day": m["day"], "body": b64(m["body"])}
            for m in messages
        ],
    }


def _message(body: dict[str, Any], kinds: Collection[str]) -> Sealed:
    """The sealed message of a request; HTTPBadRequest where it can't be one of these kinds."""
    kind, seq = body.get("kind"), body.get("seq")
    sealed = bytes_of(body, "body")
    told = bytes_of(body, "for_tipster") if body.get("for_tipster") else None
    known = kind in kinds and type(seq) is int and 0 <= seq < 100_000
    if not known or not 0 < len(sealed) + len(told or b"") <= LARGEST:
        raise web.HTTPBadRequest
    return Sealed(kind=str(kind), seq=int(seq or 0), body=sealed, for_tipster=told)


def _choice(kind: type[C], value: Any) -> C:
    """The value as one of the kind's; HTTPBadRequest where it is none."""
    try:
        return kind(value)
    except ValueError:
        raise web.HTTPBadRequest from None


TIP = "/api/tin/{tip:[0-9a-f]{32}}"
ROUTES = (
    web.get("/tin-bao", inbox_page),
    web.get("/api/tin", listed),
    web.get(TIP, opened),
    web.get(TIP + "/tep/{file:[0-9a-f]{32}}", file),
    web.post(TIP + "/ghi", write),
    web.post(TIP + "/trang-thai", move),
    web.post(TIP + "/nhan", hold),
    web.post(TIP + "/chuyen", refer),
    web.post(TIP + "/giu", keep),
    web.post(TIP + "/xuat", taken_out),
    web.post("/api/ban-giao", hand_over),
)
