"""The tip page: what is told is sealed in the browser; without script, here, and the page says so."""

import asyncio
import hashlib
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
from bot.channels.web.guard import POLICY, Addresses, json_error, same_origin
from bot.channels.web.submission import Submission, Unreadable, hex_bytes, read_submission, sealed
from bot.codes import Codes
from bot.store.database import Conflict, Database
from bot.store.drafts import insert_file, insert_message, insert_tip, keys_of
from bot.store.keyed import Keyed
from bot.store.tips import Tips
from handlers.ask import local_day
from handlers.limits import Quota
from handlers.receipt import digits_of, last_group, shown
from handlers.tips import FILE_BYTES, FILES, LONGEST, SHORTEST, Head, Police, route
from knowledge.areas import Areas
from knowledge.texts import Texts
from scheduler.sender import Clock

SCRIPTS = (
    "vendor/libsodium/libsodium-sumo.js",
    "vendor/libsodium/libsodium-wrappers.js",
    "sealing.js",
    "tip.js",
)
STATIC = Path(__file__).parents[2] / "web" / "static"
SIZES = frozenset(sealing.sealed_size(step) for step in sealing.STEPS)
UPLOAD_SECONDS = 300.0  # for one file, on a slow line
BODY = 256 * 1024  # bytes of a submission: text, and what describes five files
# WebAssembly is what seals; the position is asked for by a tap, and stays in the browser until it is sealed
PAGE_HEADERS = {
    "Content-Security-Policy": POLICY.replace(
        "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
    ),
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), interest-cohort=()",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TipPages:
    """The handlers of the tip page. What they are sent they could not read, but for `plain` ones."""

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
    uploads: asyncio.Semaphore

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/bao-tin", self.page),
            web.post("/bao-tin", self.plain),
            web.post("/bao-tin/gui", self.plain_send),
            web.post("/bao-tin/xem", self.plain_answers),
            web.post("/api/tip/file", self.upload),
            web.post("/api/tip", self.send),
            web.post("/api/tip/answers", self.answers),
            web.post("/api/tip/follow", self.follow),
        ]

    async def page(self, request: web.Request) -> web.Response:
        return await self._form()

    # sealed in the browser

    async def upload(self, request: web.Request) -> web.Response:
        """A sealed file as the body → {"name"}; refused where it has no size that sealing gives."""
        self._check(request, self.senders)
        if request.content_length not in SIZES:
            raise web.HTTPRequestEntityTooLarge(max_size=FILE_BYTES, actual_size=0)
        name = sealing.fresh_id()
        async with self.uploads:
            try:
                async with asyncio.timeout(UPLOAD_SECONDS):
                    size = await self.files.put(name, _body(request, request.content_length))
            except TimeoutError:
                raise web.HTTPRequestTimeout from None
        if size != request.content_length:
            self.files.remove(name)
            raise web.HTTPBadRequest
        return web.json_response({"name": name})

    async def send(self, request: web.Request) -> web.Response:
        """A whole tip, sealed; the same one twice is one tip."""
        self._check(request, self.senders)
        try:
            tip = read_submission(await _json(request))
        except Unreadable:
            return json_error(400, self.texts("web.bad_request"))
        if problem := await self._stored(tip):
            return json_error(409, self.texts(problem))
        self.wipe()
        return web.json_response({"sent": True})

    async def answers(self, request: web.Request) -> web.Response:
        """What a code derives to → state and answers, sealed to the code's own key."""
        self._check(request, self.askers)
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
        self._check(request, self.askers)
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

    # sealed here, for a browser without script

    async def plain(self, request: web.Request) -> web.Response:
        """Seals what the form holds, and shows the code; nothing is stored before its last digits come back."""
        self._check(request, self.senders)
        form = await request.post()
        text = str(form.get("text", ""))[:LONGEST].strip()
        areas = self.areas()
        where = str(form.get("where", ""))
        if where not in areas or sum(map(str.isalnum, text)) < SHORTEST:
            return await self._form(problem="tip.too_little", told=text)
        code = await self.codes.fresh()
        payload = await self._sealed_here(form, areas, where, text, code.pub)
        if payload is None:
            return await self._form(problem="tip_page.closed", told=text)
        payload["lookup"] = code.lookup
        proof = self.keyed("page", payload["tip"], code.lookup, last_group(code.digits))
        return self._page(
            "tip_code.html", code=shown(code.digits), sealed=json.dumps(payload), proof=proof
        )

    async def plain_send(self, request: web.Request) -> web.Response:
        """The sealed tip comes back with the code's last digits, or with the wish to keep no code."""
        self._check(request, self.senders)
        form = await request.post()
        try:
            raw = json.loads(str(form.get("sealed", "")))
            lookup = str(raw.pop("lookup"))
            tip = read_submission(raw)
        except (ValueError, KeyError, AttributeError):
            raise web.HTTPBadRequest from None
        typed = str(form.get("typed", "")).replace(" ", "")
        keeps = "nocode" not in form
        if keeps and self.keyed("page", tip.tip, lookup, typed) != form.get("proof"):
            proof = form.get("proof", "")
            return self._page("tip_code.html", code="", sealed=str(form.get("sealed")), proof=proof)
        if problem := await self._stored(tip, lookup if keeps else ""):
            return await self._form(problem=problem)
        self.wipe()
        return self._page("tip_sent.html", kept=keeps)

    async def plain_answers(self, request: web.Request) -> web.Response:
        """What waits under a typed code, opened here."""
        self._check(request, self.askers)
        digits = digits_of(str((await request.post()).get("code", "")))
        if digits is None:
            return self._page("tip_answers.html", state="status.mistyped", answers=())
        code = await self.codes.of(digits)
        async with self.database.transaction() as tx:
            report = await Tips(tx).report(code, local_day(self.clock()))
        if report is None:
            return self._page("tip_answers.html", state="status.unknown", answers=())
        state = f"status.is.{report.state}"
        return self._page("tip_answers.html", state=state, answers=report.answers)

    async def _sealed_here(
        self, form: Mapping[str, Any], areas: Areas, where: str, text: str, reply_pub: bytes
    ) -> dict[str, Any] | None:
        """The submission that the page's script would have made; None where nobody could open it."""
        named = str(form.get("police", ""))
        police = Police(named) if named in tuple(Police) else Police.NO
        places = [area.id for area in areas.above(where)]
        async with self.database.transaction() as tx:
            keys = await keys_of(tx, places)
        way = route(places, police, frozenset(keys))
        if way is None:
            return None
        pair, tip = sealing.fresh_keys(), sealing.fresh_id()
        day = local_day(self.clock()).isoformat()
        more: dict[str, Any] = {
            name: str(form.get(name, ""))[:300] for name in ("kind", "when", "place", "known_by")
        }
        more |= {name: name in form for name in ("household", "urgent")}
        head = Head(where=where, police=police, channel="web", sealed_by="server", more=more)
        bodies: tuple[tuple[str, Mapping[str, Any]], ...] = (
            ("tip", head.body()),
            ("part", {"text": text}),
        )
        return {
            "tip": tip,
            "pub": pair.pub.hex(),
            "urgent": more["urgent"],
            "keys": [
                {
                    "unit": unit,
                    "epoch": keys[unit][0],
                    "sealed": sealing.seal_key(pair.private, keys[unit][1]).hex(),
                    "dormant": unit == way.dormant,
                }
                for unit in way.units
            ],
            "reply": {"finder": "00" * 32, "pub": reply_pub.hex()},
            "messages": [
                {
                    "kind": kind,
                    "seq": seq,
                    "body": b64encode(
                        sealing.seal(pair.pub, tip=tip, kind=kind, seq=seq, day=day, body=body)
                    ).decode(),
                }
                for seq, (kind, body) in enumerate(bodies)
            ],
            "files": [],
        }

    # what both share

    async def _stored(self, tip: Submission, lookup: str | None = None) -> str:
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

    async def _form(self, *, problem: str = "", told: str = "") -> web.Response:
        areas = self.areas()
        ids = [area.id for area in (*areas.communes, areas.province)]
        async with self.database.transaction() as tx:
            keys = await keys_of(tx, ids)
        setup = {
            "salt": sealing.receipt_salt(self.codes.pepper).hex(),
            "province": areas.province.id,
            "keys": {unit: {"epoch": key[0], "pub": key[1].hex()} for unit, key in keys.items()},
            "day": local_day(self.clock()).isoformat(),
            "limits": {"text": LONGEST, "least": SHORTEST, "files": FILES, "bytes": FILE_BYTES},
        }
        return self._page(
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

    def _page(self, name: str, **values: Any) -> web.Response:
        html = self.templates.get_template(name).render(**self.context, **values)
        return web.Response(text=html, content_type="text/html", headers=PAGE_HEADERS)

    def _check(self, request: web.Request, often: Addresses) -> None:
        if not same_origin(request, self.public_url):
            raise web.HTTPForbidden
        if not often.allows(request):
            raise web.HTTPTooManyRequests

    def _finder(self, raw: Mapping[str, Any]) -> str:
        try:
            return sealing.lookup(hex_bytes(raw.get("finder"), 32), self.codes.pepper)
        except ValueError:
            raise web.HTTPBadRequest from None


def integrity(file: Path) -> str:
    """What a browser checks a script by before it runs it."""
    return "sha384-" + b64encode(hashlib.sha384(file.read_bytes()).digest()).decode()


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
