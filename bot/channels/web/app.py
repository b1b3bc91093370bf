"""The public application: the chat page and its interface, the other pages people are led to, and health."""

import asyncio
import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from bot.channels import Door
from bot.channels.web.channel import WebChannel
from bot.channels.web.guard import (
    Addresses,
    errors_middleware,
    headers_middleware,
    json_error,
    protect,
    same_origin,
)
from bot.channels.web.render import as_json, blocks
from handlers.message import Chat, Kind, Message, Speech
from knowledge.texts import Texts
from scheduler.sender import Clock, Outgoing

HERE = Path(__file__).parents[2] / "web"
STATIC = HERE / "static"
SESSION = re.compile(r"[0-9a-f]{32}")
MESSAGE_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
YEAR = 365 * 24 * 3600
BODY = 64 * 1024  # bytes of a message: 2,000 characters, and room for what makes them long
TYPED = 8000  # characters taken in; the limit that people are told of is the service's
STREAMS_OF_ONE = 4  # open streams of one chat
LOOK = 2.0  # seconds between two looks for what another process decided
HEARTBEAT = 15.0
LONGEST_STREAM = 600.0
LATE = 6.0  # seconds that a page without script waits for an answer that comes late
EMERGENCY = ("113", "114", "115")  # rung from every page
MORE_PHONES = ("111", "112")

Waiting = Callable[[Chat, int], Awaitable[tuple[Outgoing, ...]]]


@dataclass(frozen=True, slots=True)
class Trust:
    """What people can check: the official address, and the duty officer's number ("": none)."""

    address: str
    duty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebChat:
    """The handlers of the public application, and what they need."""

    channel: WebChannel
    door: Door
    waiting: Waiting
    fetched: Callable[[Chat, int], Awaitable[None]]
    forget: Callable[[Chat], Awaitable[None]]
    ready: Callable[[], Awaitable[bool]]
    texts: Texts
    trust: Trust
    privacy: Sequence[str]
    hotlines: frozenset[str]
    public_url: str
    streams: int
    clock: Clock
    newcomers: Addresses
    senders: Addresses
    templates: jinja2.Environment

    # the chat

    async def page(self, request: web.Request) -> web.StreamResponse:
        response = self._page("chat.html", said="", replies=())
        self._ensure_session(request, response)
        return response

    async def page_without_script(self, request: web.Request) -> web.StreamResponse:
        """A whole page as the answer: for a browser without script."""
        self._check_origin(request)
        self._check_rate(request)
        form = await request.post()
        press, text = str(form.get("press", "")), str(form.get("text", ""))
        chat = self._chat(request)
        if chat is None or not (press or text.strip()):
            raise web.HTTPSeeOther("/")
        message = self._message(chat, secrets.token_hex(16), press or text, bool(press))
        outgoing = await self.door.receive(message)
        if not outgoing:
            outgoing = await self._late(chat)
        await self.fetched(chat, max((o.seq for o in outgoing), default=0))
        return self._page(
            "chat.html", said="" if press else text[:TYPED], replies=self._json(outgoing)
        )

    async def say(self, request: web.Request) -> web.StreamResponse:
        """POST /api/chat {"id", "text" | "press", "seen"?} → {"replies": […]}."""
        self._check_origin(request)
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        self._check_rate(request)
        body = await self._body(request)
        chat = self._chat(request)
        if chat is None:
            return json_error(401, self.texts("web.no_session"))
        id, text, press = body.get("id"), body.get("text"), body.get("press")
        said = press if isinstance(press, str) else text
        if not isinstance(id, str) or not MESSAGE_ID.fullmatch(id) or not isinstance(said, str):
            return json_error(400, self.texts("web.bad_request"))
        if isinstance(seen := body.get("seen"), int) and 0 < seen < 2**62:
            await self.fetched(chat, seen)
        message = self._message(chat, id, said, isinstance(press, str))
        if not message.text:
            return json_error(400, self.texts("web.bad_request"))
        outgoing = await self.door.receive(message)
        return web.json_response({"replies": self._json(outgoing)}, dumps=_dumps)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """GET /api/chat/events: replies as server-sent events, from behind Last-Event-ID or ?after=."""
        chat = self._chat(request)
        if chat is None:
            raise web.HTTPUnauthorized
        busy = self.channel.streams >= self.streams
        if busy or self.channel.streams_of(chat) >= STREAMS_OF_ONE:
            raise web.HTTPTooManyRequests
        after = _number(request.headers.get("Last-Event-ID") or request.query.get("after", ""))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        response.headers["X-Accel-Buffering"] = "no"
        protect(request, response)
        await response.prepare(request)
        await response.write(b"retry: 2000\n\n")
        with (
            self.channel.listening(chat) as news,
            suppress(ConnectionError),
        ):  # a page that was left
            await self._stream(response, chat, after, news)
        return response

    async def end(self, request: web.Request) -> web.StreamResponse:
        """POST /api/chat/forget: forget the chat, here and in the browser."""
        self._check_origin(request)
        self._check_rate(request)
        chat = self._chat(request)
        if chat is not None:
            await self.forget(chat)
        response = web.json_response({})
        response.del_cookie(self.cookie, path="/")
        return response

    # the other pages

    async def privacy_page(self, request: web.Request) -> web.StreamResponse:
        return self._page("text.html", title=self.texts("privacy.title"), paragraphs=self.privacy)

    async def zalo_consent(self, request: web.Request) -> web.StreamResponse:
        """Where Zalo leads an OA's administrator: the code in the address goes to `binhan zalo login`."""
        return self._page(
            "text.html", title=self.texts("zalo.title"), paragraphs=[self.texts("zalo.consent")]
        )

    async def call_page(self, request: web.Request) -> web.StreamResponse:
        number = request.match_info["number"]
        if number not in self.hotlines and number != self.trust.duty.replace(" ", ""):
            raise web.HTTPNotFound
        return self._page("call.html", number=number)

    async def offline(self, request: web.Request) -> web.StreamResponse:
        return self._page("offline.html")

    async def manifest(self, request: web.Request) -> web.StreamResponse:
        body = self.templates.get_template("manifest.webmanifest").render(**self._context())
        return web.Response(text=body, content_type="application/manifest+json")

    async def worker(self, request: web.Request) -> web.StreamResponse:
        body = self.templates.get_template("sw.js").render(**self._context())
        return web.Response(text=body, content_type="text/javascript")

    async def alive(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="ok")

    async def is_ready(self, request: web.Request) -> web.StreamResponse:
        try:
            good = await self.ready()
        except Exception:
            good = False
        return web.Response(status=200 if good else 503, text="ok" if good else "not ready")

    def error(self, request: web.Request, status: int, number: str) -> web.Response:
        """An error in words that say the remedy: a page, or JSON for the chat's script."""
        key = f"web.error_{status}"
        text = self.texts(key if key in self.texts else "web.error_other", incident=number)
        if request.path.startswith("/api/"):
            return json_error(status, text)
        title = self.texts("web.error_title")
        return self._page("text.html", status=status, title=title, paragraphs=[text])

    # what they share

    @property
    def cookie(self) -> str:
        return "__Host-binhan" if self._secure else "binhan"

    @property
    def _secure(self) -> bool:
        return self.public_url.startswith("https://")

    def _chat(self, request: web.Request) -> Chat | None:
        session = request.cookies.get(self.cookie, "")
        return Chat("web", "web", session) if SESSION.fullmatch(session) else None

    def _ensure_session(self, request: web.Request, response: web.StreamResponse) -> None:
        if self._chat(request) is not None:
            return
        if not self.newcomers.allows(request):
            raise web.HTTPTooManyRequests
        response.set_cookie(
            self.cookie,
            secrets.token_hex(16),
            max_age=YEAR,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="Strict",
        )

    def _check_origin(self, request: web.Request) -> None:
        if not same_origin(request, self.public_url):
            raise web.HTTPForbidden

    def _check_rate(self, request: web.Request) -> None:
        if not self.senders.allows(request):
            raise web.HTTPTooManyRequests

    def _message(self, chat: Chat, id: str, said: str, press: bool) -> Message:
        kind = Kind.PRESS if press else Kind.TEXT
        return Message(chat=chat, id=id, at=self.clock(), kind=kind, text=_clean(said))

    async def _body(self, request: web.Request) -> Mapping[str, Any]:
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        if not isinstance(body, dict):
            raise web.HTTPBadRequest
        return body

    async def _late(self, chat: Chat) -> tuple[Outgoing, ...]:
        """What comes late, to a piece of a sentence; nothing if it does not come in time."""
        with self.channel.listening(chat) as news:
            try:
                async with asyncio.timeout(LATE):
                    while not (outgoing := await self.waiting(chat, 0)):
                        await _wait(news, LOOK)
                    return outgoing
            except TimeoutError:
                return ()

    async def _stream(
        self, response: web.StreamResponse, chat: Chat, after: int, news: asyncio.Event
    ) -> None:
        loop = asyncio.get_running_loop()
        end, beat = loop.time() + LONGEST_STREAM, loop.time() + HEARTBEAT
        while loop.time() < end and not self.channel.closed:
            news.clear()
            for each in await self.waiting(chat, after):
                shown = _dumps(as_json(each, self.door.speak(each.reply)))
                await response.write(f"id: {each.seq}\ndata: {shown}\n\n".encode())
                after, beat = each.seq, loop.time() + HEARTBEAT
            if loop.time() > beat:
                await response.write(b": \n\n")
                beat = loop.time() + HEARTBEAT
            await _wait(news, LOOK)

    def _json(self, outgoing: Sequence[Outgoing]) -> list[dict[str, Any]]:
        return [as_json(each, self.door.speak(each.reply)) for each in outgoing]

    def _page(self, name: str, *, status: int = 200, **values: Any) -> web.Response:
        html = self.templates.get_template(name).render(**self._context(), **values)
        return web.Response(status=status, text=html, content_type="text/html")

    def _context(self) -> dict[str, Any]:
        return {
            **page_context(self.texts),
            "trust": self.trust,
            "limit": 2000,
        }


def page_context(texts: Texts) -> dict[str, Any]:
    """What every page needs: its words, the numbers to ring, the addresses of static files."""
    return {"t": texts, "emergency": EMERGENCY, "static": static_url}


def public_app(
    *,
    channel: WebChannel,
    door: Door,
    waiting: Waiting,
    fetched: Callable[[Chat, int], Awaitable[None]],
    forget: Callable[[Chat], Awaitable[None]],
    ready: Callable[[], Awaitable[bool]],
    texts: Texts,
    trust: Trust,
    privacy: Sequence[str],
    hotlines: frozenset[str],
    public_url: str,
    clock: Clock,
    streams: int = 2000,
    body_bytes: int = 1_000_000,
) -> web.Application:
    """The application; webhooks are added to it. `waiting` and `fetched` are the ledger's, by chat."""
    pages = WebChat(
        channel=channel,
        door=door,
        waiting=waiting,
        fetched=fetched,
        forget=forget,
        ready=ready,
        texts=texts,
        trust=trust,
        privacy=privacy,
        hotlines=hotlines,
        public_url=public_url,
        streams=streams,
        clock=clock,
        newcomers=Addresses(rate=2, burst=60),
        senders=Addresses(rate=20, burst=100),
        templates=templates(),
    )
    app = web.Application(
        middlewares=[headers_middleware(), errors_middleware(pages.error)],
        client_max_size=BODY,
    )
    app.add_routes(
        [
            web.get("/", pages.page),
            web.post("/", pages.page_without_script),
            web.post("/api/chat", pages.say),
            web.get("/api/chat/events", pages.events, allow_head=False),
            web.post("/api/chat/forget", pages.end),
            web.get("/quyen-rieng-tu", pages.privacy_page),
            web.get("/zalo-oa/xong", pages.zalo_consent),
            web.get("/goi/{number:[0-9]{3,12}}", pages.call_page),
            web.get("/ngoai-tuyen", pages.offline),
            web.get("/manifest.webmanifest", pages.manifest),
            web.get("/sw.js", pages.worker),
            web.get("/healthz", pages.alive),
            web.get("/readyz", pages.is_ready),
            web.static("/static", STATIC),
        ]
    )
    app.on_shutdown.append(_closer(channel))
    return app


def _closer(channel: WebChannel) -> Callable[[web.Application], Awaitable[None]]:
    async def close(app: web.Application) -> None:
        channel.close()

    return close


def templates() -> jinja2.Environment:
    """The pages, everything put into them escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["blocks"] = lambda text: blocks(
        Speech(text, phones=EMERGENCY + MORE_PHONES)
    )
    return environment


def static_url(name: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _clean(text: str) -> str:
    """Typed words without NUL and surrogates, NFC, at most 8,000 characters."""
    readable = text[:TYPED].encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
    return unicodedata.normalize("NFC", readable).strip()


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
