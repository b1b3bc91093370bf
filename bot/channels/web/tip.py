"""The tip page: what is told is sealed in the browser, and opened there; here are only sealed bytes."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from bot import sealing
from bot.attachments.files import Files
from bot.channels.patience import lasting
from bot.channels.web.guard import SEALING_POLICY, WORKER, Addresses, json_error, same_origin
from bot.channels.web.integrity import integrity
from bot.channels.web.submission import Submission, Unreadable, hex_bytes, read_submission, sealed
from bot.codes import Codes
from bot.store.database import Conflict, Database
from bot.store.drafts import insert_file, insert_message, insert_tip, keys_of
from bot.store.keyed import Keyed
from bot.store.tips import Tips
from handlers.ask import local_day
from handlers.limits import Quota
from handlers.tips import FILE_BYTES, FILES, LONGEST, SHORTEST
from knowledge.areas import Areas
from knowledge.texts import Texts
from scheduler.sender import Clock

SEALING = (
    "vendor/libsodium/libsodium-sumo.js",
    "vendor/libsodium/libsodium-wrappers.js",
    "sealing.js",
)
SCRIPTS = (*SEALING, "tip.js", "watch.js")
STATIC = Path(__file__).parents[2] / "web" / "static"
SIZES = frozenset(sealing.sealed_size(step) for step in sealing.STEPS)
UPLOAD_SECONDS = 300.0  # for one file, on a slow line
BODY = 256 * 1024  # bytes of a submission: text, and what describes five files
# the position is asked for by a tap, and stays in the browser until it is sealed
PAGE_HEADERS = {
    "Content-Security-Policy": SEALING_POLICY,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), interest-cohort=()",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TipPages:
    """The handlers of the tip page. What they are sent they could not read.

    `flood` counts all files that come in, for they lie here before any tip holds them.
    """

    database: Database
    areas: Callable[[], Areas]
    texts: Texts
    codes: Codes
    keyed: Keyed
    files: Files
    sent: Quota
    clock: Clock
    wipe: Callable[[], None]
    public_url: str
    templates: jinja2.Environment
    context: Mapping[str, Any]
    askers: Addresses
    senders: Addresses
    uploaders: Addresses
    uploads: asyncio.Semaphore
    flood: Quota

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/bao-tin", self.page),
            web.post("/api/tip/file", self.upload),
            web.post("/api/tip", self.send),
            web.post("/api/tip/answers", self.answers),
            web.post("/api/tip/follow", self.follow),
        ]

    async def page(self, request: web.Request) -> web.Response:
        return await self.form()

    # sealed in the browser

    @lasting(UPLOAD_SECONDS)
    async def upload(self, request: web.Request) -> web.Response:
        """A sealed file as the body → {"name"}; refused where it has no size that sealing gives."""
        self.check(request, self.uploaders)
        if request.content_length not in SIZES:
            raise web.HTTPRequestEntityTooLarge(max_size=FILE_BYTES, actual_size=0)
        if not self.flood.take("files", self.clock()):
            raise web.HTTPTooManyRequests
        name = sealing.fresh_id()
        async with self.uploads:
            size = await self.files.put(name, _body(request, request.content_length))
        if size != request.content_length:
            self.files.remove(name)
            raise web.HTTPBadRequest
        return web.json_response({"name": name})

    async def send(self, request: web.Request) -> web.Response:
        """A whole tip, sealed; the same one twice is one tip."""
        self.check(request, self.senders)
        try:
            tip = read_submission(await _json(request))
        except Unreadable:
            return json_error(400, self.texts("web.bad_request"))
        if problem := await self.stored(tip):
            return json_error(409, self.texts(problem))
        self.wipe()
        return web.json_response({"sent": True})

    async def answers(self, request: web.Request) -> web.Response:
        """What a code derives to → state and answers, sealed to the code's own key."""
        self.check(request, self.askers)
        finder = self._finder(await _json(request))
        async with self.database.transaction() as tx:
            tips = Tips(tx)
            row = await tips.found(finder, local_day(self.clock()))
            if row is None:
                return web.json_response({"found": False})
            answers = await tips.answers(row["id"])
            place = await tips.next_place(row["id"])
        return web.json_response(
            {
                "found": True,
                "tip": row["id"],
                "pub": bytes(row["pub"]).hex(),
                "state": self.texts(f"status.is.{row['state']}").replace("**", ""),
                "next": place,
                "answers": [
                    {"seq": a["seq"], "body": b64encode(a["for_tipster"]).decode()} for a in answers
                ],
            }
        )

    async def follow(self, request: web.Request) -> web.Response:
        """More words to a tip, sealed to it."""
        self.check(request, self.askers)
        raw = await _json(request)
        finder = self._finder(raw)
        try:
            seq, body = int(raw["seq"]), sealed(raw["body"])
        except (KeyError, ValueError, TypeError):
            raise web.HTTPBadRequest from None
        async with self.database.transaction() as tx:
            tips = Tips(tx)
            row = await tips.found(finder, local_day(self.clock()))
            if row is None or seq != await tips.next_place(row["id"]):
                return json_error(409, self.texts("tip_page.again"))
            await tx.make_durable()
            await tips.follow_sealed(row, seq, body, self.clock())
        return web.json_response({"sent": True})

    # what the pages without script use too

    async def stored(self, tip: Submission, lookup: str | None = None) -> str:
        """Store a tip, on the disk when this returns; the key of what is wrong, else empty.

        `lookup`: of a code that was derived here; None: the browser sent what it derived. Empty: no code.
        """
        now = self.clock()
        if lookup is None:
            lookup = sealing.lookup(tip.finder, self.codes.pepper) if tip.finder else ""
        sizes = {each.name: self.files.size(each.name) for each in tip.files}
        if None in sizes.values():
            return "tip_page.again"
        try:
            async with self.database.transaction() as tx:
                if await tx.one("SELECT id FROM tip WHERE id = $1 AND pub = $2", tip.tip, tip.pub):
                    return ""  # sent twice: it is there already
                able = await keys_of(tx, [key["unit"] for key in tip.keys])
                if any(able.get(key["unit"], (0,))[0] != key["epoch"] for key in tip.keys):
                    return "tip_page.again"  # a unit has another key since the page was opened
                if not self.sent.take(tip.unit, now):
                    return "tip_page.busy"
                await tx.make_durable()
                await insert_tip(
                    tx,
                    tip=tip.tip,
                    unit=tip.unit,
                    pub=tip.pub,
                    urgent=tip.urgent,
                    keys=tip.keys,
                    reply=(lookup, tip.reply_pub) if lookup else None,
                    at=now,
                )
                day = local_day(now).isoformat()
                for each in tip.messages:
                    await insert_message(tx, tip.tip, each.kind, each.seq, day, each.body)
                for file in tip.files:
                    await insert_file(
                        tx,
                        tip.tip,
                        id=file.id,
                        seq=file.seq,
                        name=file.name,
                        size=int(sizes[file.name] or 0),
                        meta=file.meta,
                    )
        except Conflict:
            return "tip_page.again"
        return ""

    async def form(self, *, problem: str = "", told: str = "") -> web.Response:
        areas = self.areas()
        ids = [area.id for area in (*areas.communes, areas.province)]
        async with self.database.transaction() as tx:
            keys = await keys_of(tx, ids)
        static = self.context["static"]
        setup = {
            "worker": {"url": static(WORKER), "scripts": [static(name) for name in SEALING]},
            "salt": sealing.receipt_salt(self.codes.pepper).hex(),
            "province": areas.province.id,
            "keys": {unit: {"epoch": key[0], "pub": key[1].hex()} for unit, key in keys.items()},
            "day": local_day(self.clock()).isoformat(),
            "limits": {"text": LONGEST, "least": SHORTEST, "files": FILES, "bytes": FILE_BYTES},
        }
        return self.shown(
            "tip.html",
            areas=areas,
            setup=setup,
            open=bool(keys),
            problem=problem,
            told=told,
            kinds=self.texts.table("tip_kind"),
            words=self.texts.table("tip_js"),
            scripts=[(name, integrity(STATIC / name)) for name in SCRIPTS],
        )

    def shown(self, name: str, **values: Any) -> web.Response:
        html = self.templates.get_template(name).render(**self.context, **values)
        return web.Response(text=html, content_type="text/html", headers=PAGE_HEADERS)

    def check(self, request: web.Request, often: Addresses) -> None:
        if not same_origin(request, self.public_url):
            raise web.HTTPForbidden
        if not often.allows(request):
            raise web.HTTPTooManyRequests

    def _finder(self, raw: Mapping[str, Any]) -> str:
        try:
            return sealing.lookup(hex_bytes(raw.get("finder"), 32), self.codes.pepper)
        except ValueError:
            raise web.HTTPBadRequest from None


async def _json(request: web.Request) -> Mapping[str, Any]:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    body = b""
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY:
            raise web.HTTPRequestEntityTooLarge(max_size=BODY, actual_size=len(body))
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    return raw if isinstance(raw, dict) else {}


async def _body(request: web.Request, most: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > most:
            raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=size)
        yield chunk
