"""A Bot API server over HTTP that checks what the real one checks, and fails as the real one fails.

In a test: `async with open_telegram_server() as telegram: …`, with `api_base=telegram.base`.
As a process of its own: `python -m tests.fakes.telegram --port N` prints its address and token;
what a test does by methods, others do by its control address:

    POST /control/say   {"chat": 1, "text": "…", …}   a person writes; more keys go into the message
    POST /control/press {"chat": 1, "data": "…"}      a person presses a button
    POST /control/push  {…}                           any update; "update_id" is added if it lacks
    POST /control/fail  {"method": "sendMessage", "how": "429", "retry_after": 1, "times": 1}
    POST /control/file  {"id": "…", "hex": "…"}       a file that getFile gives
    POST /control/block {"chat": 1}                   a person blocks the bot
    GET  /control/calls?since=0                       the calls received so far, in order
    GET  /control/state                               webhook, number of updates not delivered yet
"""

import argparse
import asyncio
import contextlib
import json
import random
import re
import time
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

TOKEN = "4242:fake-token-that-nobody-may-log"  # noqa: S105  (nobody's)
USERNAME = "BinhAnThuBot"
TAGS = {
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "a",
    "code",
    "pre",
    "blockquote",
}
WORDS = {"text", "chat_id", "callback_query_id", "description", "short_description", "secret_token"}
ENTITIES = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)")
COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(?:@\w+)?")


class Malformed(ValueError):
    """A 400: the description as the real server words it."""


class _Entities(HTMLParser):
    """Takes HTML apart as the Bot API does: known tags, properly nested, and all of them closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise Malformed(f'can\'t parse entities: Unsupported start tag "{tag}"')
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise Malformed(f'can\'t parse entities: Unsupported start tag "{tag}/"')

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Malformed("can't parse entities: Unmatched end tag")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise Malformed("can't parse entities: Unsupported start tag")

    handle_decl = unknown_decl = handle_pi = handle_comment


def shown(text: str, parse_mode: str | None = "HTML") -> str:
    """The text as people read it; Malformed where the real server would refuse it."""
    if parse_mode == "HTML":
        if re.search(r"<(?!/?[a-zA-Z])", text):
            raise Malformed('can\'t parse entities: Unsupported start tag ""')
        if ENTITIES.search(text):
            raise Malformed(
                "can't parse entities: bare ampersand"
            )  # ours only: the real one is lenient
        parser = _Entities()
        parser.feed(text)
        parser.close()
        if parser.open:
            raise Malformed("can't parse entities: Can't find end tag")
        text = "".join(parser.text)
    elif parse_mode:
        raise Malformed("unsupported parse_mode")
    if not text.strip():
        raise Malformed("message text is empty")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        raise Malformed("message is too long")
    return text.strip()


def check_keyboard(markup: Any) -> None:
    """Malformed for a keyboard that the real server would refuse."""
    if markup is None:
        return
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Malformed("object expected as reply markup")
    for button in (button for row in rows for button in row):
        if not isinstance(button.get("text"), str) or not button["text"].strip():
            raise Malformed("Text buttons are unallowed in the inline keyboard")
        match button:
            case {"callback_data": str(data)}:
                if not 1 <= len(data.encode()) <= 64:
                    raise Malformed("BUTTON_DATA_INVALID")
            case {"url": str(url)}:
                parts = urlsplit(url)
                if parts.scheme not in ("http", "https", "tg"):
                    raise Malformed(
                        "inline keyboard button URL is invalid: Unsupported URL protocol"
                    )
                host = parts.hostname or ""
                if parts.scheme != "tg" and ("." not in host or host == "127.0.0.1"):
                    raise Malformed("inline keyboard button URL is invalid: Wrong HTTP URL")
            case _:
                raise Malformed("Text buttons are unallowed in the inline keyboard")


@dataclass(slots=True, kw_only=True)
class Call:
    """A call as received: `ok` if it was carried out; `hook` if it came in a webhook's response."""

    method: str
    fields: dict[str, Any]
    at: float
    ok: bool = True
    hook: bool = False

    @property
    def text(self) -> str:
        """The text as people read it."""
        return shown(self.fields["text"], self.fields.get("parse_mode"))

    @property
    def buttons(self) -> list[dict[str, str]]:
        rows = self.fields.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


@dataclass(slots=True, kw_only=True)
class Failure:
    """How calls of a method fail: "429", "500" …, "drop" (the connection), "slow", "missing" (the
    method), "garbage", "redirect", "lost" (carried out, but the answer never comes).

    `times` is how often still; -1 for ever. `skip` calls go well before.
    """

    how: str
    times: int = 1
    retry_after: int = 1
    description: str = ""
    skip: int = 0


@dataclass(slots=True, kw_only=True)
class Limits:
    """How much may be sent: in any second to all, in any second to one chat. What is more gets 429,
    and so does whatever comes before `retry_after` is over, as with the real one. What is sent with
    `allow_paid_broadcast` may come up to `paid` a second; above `all` it is billed."""

    all: int = 30
    chat: int = 1
    retry_after: int = 1
    paid: int = 1000
    billed: int = 0
    refused: int = 0
    _sent: deque[float] = field(default_factory=deque)
    _chats: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _silent: float = 0.0

    def allow(self, chat: int, now: float, *, paid: bool = False) -> bool:
        kept = self._chats[chat]
        for times in (self._sent, kept):
            while times and now - times[0] >= 1:
                times.popleft()
        most = self.paid if paid else self.all
        if now < self._silent or len(self._sent) >= most or len(kept) >= self.chat:
            self.refused += 1
            if len(self._sent) >= most:
                self._silent = now + self.retry_after
            return False
        self.billed += len(self._sent) >= self.all
        self._sent.append(now)
        kept.append(now)
        return True


@dataclass(slots=True, kw_only=True)
class Chaos:
    """A share of messages that fails by chance: before they are carried out, or ("lost") after."""

    share: float
    how: tuple[str, ...] = ("500", "502", "drop", "lost")
    seed: int = 1
    struck: Counter[str] = field(default_factory=Counter)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - not for secrets

    def strike(self) -> str | None:
        if self._chance.random() >= self.share:
            return None
        how = self._chance.choice(self.how)
        self.struck[how] += 1
        return how


@dataclass(slots=True, kw_only=True)
class Webhook:
    url: str
    secret: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(slots=True)
class TelegramServer:
    """The state of the fake: what it was told, what it holds for the bot."""

    token: str = TOKEN
    username: str = USERNAME
    base: str = ""
    calls: list[Call] = field(default_factory=list)
    failures: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    blocked: set[int] = field(default_factory=set)
    admins: set[int] = field(default_factory=set)  # people who are admins of every group
    missing: set[int] = field(default_factory=set)  # chats that do not exist
    migrated: dict[int, int] = field(default_factory=dict)
    updates: deque[dict[str, Any]] = field(default_factory=deque)
    webhook: Webhook | None = None
    hook_statuses: list[int] = field(default_factory=list)
    retry_seconds: float = 0.05  # the real one waits longer before it brings an update again
    hang: float = 30.0
    limits: Limits | None = None
    chaos: Chaos | None = None
    delay: float = 0.0  # seconds that every call takes
    files: dict[str, bytes] = field(default_factory=dict)  # by file_id
    deleted: list[tuple[int, int]] = field(default_factory=list)  # chat, message
    _next_update: int = 1000
    _next_message: int = 1
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _polls: int = 0
    _lanes: dict[object, asyncio.Task[None]] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    raw_updates: bytes | None = None  # answers the next getUpdates as it stands
    raw_single: bytes | None = None  # the same for the next one that asks for a single update

    # what people do

    def say(self, chat: int = 1, text: str | None = None, **more: Any) -> int:
        """A person writes to the bot; the update's number. Keys of `more` go into the message."""
        message = self.message(chat, **more)
        if text is not None:
            message["text"] = text
            if command := COMMAND.match(text):
                entity = {"type": "bot_command", "offset": 0, "length": len(command[0])}
                message.setdefault("entities", [entity])
        return self.push({"message": message})

    def press(self, chat: int, data: str, by: int | None = None) -> int:
        """A person presses a button of a message of the bot's."""
        query = {
            "id": f"99{self._next_update}",
            "from": self._person(by or abs(chat)),
            "message": self.message(chat, text="…"),
            "chat_instance": "7",
            "data": data,
        }
        return self.push({"callback_query": query})

    def message(self, chat: int, **more: Any) -> dict[str, Any]:
        """A message as it stands in an update; groups have negative ids."""
        self._next_message += 1
        place = {"id": chat, "type": "private", "first_name": "TÊN-RIÊNG", "username": "ten_rieng"}
        if chat < 0:
            place = {"id": chat, "type": "supergroup", "title": "TÊN-NHÓM"}
        return {
            "message_id": self._next_message,
            "from": self._person(abs(chat)),
            "chat": place,
            "date": int(time.time()),
            **more,
        }

    def push(self, update: dict[str, Any]) -> int:
        """Put an update into the queue: sent to the webhook, or kept for getUpdates."""
        update = {"update_id": self._next_update, **update}
        self._next_update = max(self._next_update, update["update_id"]) + 1
        self.updates.append(update)
        self._news.set()
        self._deliver()
        return int(update["update_id"])

    def fail(self, method: str, how: str, **more: Any) -> None:
        """Let the next calls of a method fail; see Failure."""
        self.failures[method].append(Failure(how=how, **more))

    # what the bot did

    def sent(self, chat: int | None = None) -> list[Call]:
        """The messages that arrived, in order."""
        return [
            call
            for call in self.calls
            if call.method == "sendMessage"
            and call.ok
            and chat in (None, int(call.fields["chat_id"]))
        ]

    async def wait_for(self, done: Callable[[], object], seconds: float = 5.0) -> None:
        """Until something is true; TimeoutError if it does not become so."""
        async with asyncio.timeout(seconds):
            while not done():  # noqa: ASYNC110  (anything may make it true)
                await asyncio.sleep(0.002)

    # the server

    def app(self) -> web.Application:
        app = web.Application(client_max_size=60 << 20)
        app.add_routes(
            [
                web.route("*", "/bot{token:[^/]+}/{method}", self._call),
                web.get("/file/bot{token:[^/]+}/{path:.+}", self._file),
                web.post("/control/{verb}", self._control),
                web.get("/control/{verb}", self._look),
            ]
        )
        return app

    def stop(self) -> None:
        """Let long polls and deliveries end."""
        self._stopping.set()
        self._news.set()
        for task in self._lanes.values():
            task.cancel()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _error(401, "Unauthorized")
        fields = await _fields(request)
        call = Call(method=method, fields=fields, at=time.monotonic())
        self.calls.append(call)
        if self.delay:
            await asyncio.sleep(self.delay)
        failure = self._failure(method)
        if method == "sendMessage" and failure is None:
            paid = bool(fields.get("allow_paid_broadcast"))
            failure = self._struck(int(fields["chat_id"]), call.at, paid=paid)
        if failure is not None and failure.how != "lost":
            call.ok = False
            return await self._failed(request, failure)
        try:
            result = await self._do(method, fields)
        except web.HTTPException as error:
            call.ok = False
            return error
        except Malformed as error:
            call.ok = False
            return _error(400, f"Bad Request: {error}")
        if isinstance(result, web.Response):
            call.ok = result.status == 200
        if failure is not None:  # carried out, and the answer is lost
            return await self._failed(request, Failure(how="drop"))
        if isinstance(result, web.Response):
            return result
        return web.json_response({"ok": True, "result": result})

    def _struck(self, chat: int, at: float, *, paid: bool) -> Failure | None:
        """What a limit or bad luck does to a message."""
        if self.limits and not self.limits.allow(chat, at, paid=paid):
            return Failure(how="429", retry_after=self.limits.retry_after)
        how = self.chaos.strike() if self.chaos else None
        return Failure(how=how) if how else None

    async def _file(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            return _error(401, "Unauthorized")
        return web.Response(body=self.files[request.match_info["path"].rpartition("/")[2]])

    def _failure(self, method: str) -> Failure | None:
        for failure in self.failures[method]:
            if failure.skip:
                failure.skip -= 1
                return None
            if failure.times:
                failure.times -= 1
                return failure
        return None

    async def _failed(self, request: web.Request, failure: Failure) -> web.StreamResponse:
        match failure.how:
            case "429":
                after = failure.retry_after
                about = f"Too Many Requests: retry after {after}"
                return _error(429, about, {"retry_after": after})
            case "drop":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case "slow":
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), self.hang)
                return _error(504, "Gateway Timeout")
            case "missing":
                return _error(404, "Not Found")
            case "garbage":
                return web.Response(body=b"<html>\xff", content_type="text/html")
            case "redirect":
                return web.Response(status=302, headers={"Location": f"{self.base}/elsewhere"})
            case status:
                return _error(int(status), failure.description or "Internal Server Error")

    async def _do(self, method: str, fields: dict[str, Any]) -> Any:
        match method:
            case "getMe":
                return {
                    "id": int(self.token.partition(":")[0]),
                    "is_bot": True,
                    "first_name": "Bình An",
                    "username": self.username,
                }
            case "sendMessage":
                return self._send(fields)
            case "getFile":
                id = str(fields.get("file_id"))
                if id not in self.files:
                    raise Malformed("invalid file_id")
                path = f"documents/{id}"
                return {"file_id": id, "file_unique_id": f"u{id}", "file_path": path}
            case "deleteMessages":
                if not 1 <= len(fields["message_ids"]) <= 100:
                    raise Malformed("wrong number of messages to delete")
                self.deleted += [(int(fields["chat_id"]), int(id)) for id in fields["message_ids"]]
                return True
            case "deleteMessage":
                self.deleted.append((int(fields["chat_id"]), int(fields["message_id"])))
                return True
            case "editMessageText":
                shown(fields.get("text", ""), fields.get("parse_mode"))
                check_keyboard(fields.get("reply_markup"))
                return True
            case "getChatMember":
                admin = int(fields["user_id"]) in self.admins
                user = {"id": int(fields["user_id"]), "is_bot": False, "first_name": "TÊN-RIÊNG"}
                if admin:
                    return {"status": "creator", "user": user, "is_anonymous": False}
                return {"status": "member", "user": user}
            case "setWebhook":
                self.webhook = Webhook(
                    url=fields.get("url", ""),
                    secret=fields.get("secret_token", ""),
                    allowed=tuple(fields.get("allowed_updates", ())),
                )
                if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", self.webhook.secret):
                    raise Malformed("secret token contains unallowed characters")
                self._deliver()
                return True
            case "deleteWebhook":
                self.webhook = None
                if fields.get("drop_pending_updates"):
                    self.updates.clear()
                return True
            case "getWebhookInfo":
                url = self.webhook.url if self.webhook else ""
                return {"url": url, "pending_update_count": len(self.updates)}
            case "getUpdates":
                return await self._get_updates(fields)
            case "setMyCommands":
                for command in fields["commands"]:
                    if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                        raise Malformed("BOT_COMMAND_INVALID")
                    if not 1 <= len(command["description"]) <= 256:
                        raise Malformed("BOT_COMMAND_DESCRIPTION_INVALID")
                return True
            case (
                "answerCallbackQuery"
                | "setMyDescription"
                | "setMyShortDescription"
                | "sendChatAction"
                | "leaveChat"
                | "setChatMenuButton"
                | "logOut"
            ):
                return True
        raise web.HTTPNotFound(
            text='{"ok":false,"error_code":404,"description":"Not Found"}',
            content_type="application/json",
        )

    def _send(self, fields: dict[str, Any]) -> Any:
        chat = int(fields["chat_id"])
        if chat in self.blocked:
            return _error(403, "Forbidden: bot was blocked by the user")
        if chat in self.missing:
            raise Malformed("chat not found")
        if chat in self.migrated:
            return _error(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": self.migrated[chat]},
            )
        text = shown(fields.get("text", ""), fields.get("parse_mode"))
        check_keyboard(fields.get("reply_markup"))
        self._next_message += 1
        kind = "private" if chat > 0 else "supergroup"
        return {
            "message_id": self._next_message,
            "date": int(time.time()),
            "chat": {"id": chat, "type": kind},
            "text": text,
        }

    async def _get_updates(self, fields: dict[str, Any]) -> Any:
        if self.webhook is not None:
            return _error(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._polls:
            return _error(409, "Conflict: terminated by other getUpdates request")
        offset = int(fields.get("offset", 0))
        while self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()
        self._polls += 1
        try:
            if not self.updates and self.raw_updates is None:
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    hold = min(float(fields.get("timeout", 0)), 50)
                    await asyncio.wait_for(self._news.wait(), hold)
        finally:
            self._polls -= 1
        single = fields.get("limit") == 1
        if (body := self.raw_single if single else self.raw_updates) is not None:
            if single:
                self.raw_single = None
            else:
                self.raw_updates = None
            return web.Response(body=body, content_type="application/json")
        return list(self.updates)[: int(fields.get("limit", 100))]

    # delivery to the webhook

    def _deliver(self) -> None:
        """Bring what waits to the webhook: one update of a chat at a time, chats side by side."""
        if self.webhook is None or not self.webhook.url:
            return
        for update in list(self.updates):
            lane = _lane(update)
            if lane not in self._lanes:
                task = asyncio.create_task(self._drain(lane), name="delivery")
                self._lanes[lane] = task

    async def _drain(self, lane: object) -> None:
        async with aiohttp.ClientSession() as session:
            try:
                while self.webhook and (update := self._first(lane)):
                    if await self._bring(session, self.webhook, update):
                        self.updates.remove(update)
                    else:
                        await asyncio.sleep(self.retry_seconds)
            finally:
                self._lanes.pop(lane, None)

    def _first(self, lane: object) -> dict[str, Any] | None:
        return next((update for update in self.updates if _lane(update) == lane), None)

    async def _bring(
        self, session: aiohttp.ClientSession, webhook: Webhook, update: dict[str, Any]
    ) -> bool:
        """Post one update; whether it was taken. A method in the response is carried out."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        try:
            async with session.post(webhook.url, json=update, headers=headers) as response:
                body = await response.read()
                self.hook_statuses.append(response.status)
                if not 200 <= response.status < 300:
                    return False
        except (aiohttp.ClientError, OSError):
            self.hook_statuses.append(0)
            return False
        if body.strip():
            await self._hooked(json.loads(body))
        return True

    async def _hooked(self, fields: dict[str, Any]) -> None:
        method = fields.pop("method")
        call = Call(method=method, fields=fields, at=time.monotonic(), hook=True)
        self.calls.append(call)
        if method.startswith("get") or self._failure(method) is not None:
            call.ok = False
            return
        try:
            result = await self._do(method, fields)
        except (Malformed, web.HTTPException):
            call.ok = False
        else:
            call.ok = not isinstance(result, web.Response)

    # the control address

    async def _control(self, request: web.Request) -> web.Response:
        body = await request.json()
        match request.match_info["verb"]:
            case "say":
                return web.json_response({"update_id": self.say(body.pop("chat", 1), **body)})
            case "press":
                return web.json_response({"update_id": self.press(body["chat"], body["data"])})
            case "push":
                return web.json_response({"update_id": self.push(body)})
            case "fail":
                self.fail(body.pop("method"), body.pop("how"), **body)
                return web.json_response({})
            case "block":
                self.blocked.add(body["chat"])
                return web.json_response({})
            case "file":
                self.files[body["id"]] = bytes.fromhex(body["hex"])
                return web.json_response({})
        return web.Response(status=404)

    async def _look(self, request: web.Request) -> web.Response:
        match request.match_info["verb"]:
            case "calls":
                calls = self.calls[int(request.query.get("since", 0)) :]
                return web.json_response([_shown_call(call) for call in calls])
            case "state":
                url = self.webhook.url if self.webhook else ""
                state = {"webhook": url, "pending": len(self.updates)}
                return web.json_response(state | {"statuses": self.hook_statuses})
        return web.Response(status=404)

    @staticmethod
    def _person(id: int) -> dict[str, Any]:
        person = {"first_name": "TÊN-RIÊNG", "last_name": "HỌ-RIÊNG", "username": "ten_rieng"}
        return {"id": id, "is_bot": False, "language_code": "vi", **person}


@asynccontextmanager
async def open_telegram_server(port: int = 0) -> AsyncIterator[TelegramServer]:
    """A fake that listens on 127.0.0.1 while it is open."""
    server = TelegramServer()
    runner = web.AppRunner(server.app(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    server.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        server.stop()
        await asyncio.gather(*server._lanes.values(), return_exceptions=True)
        await runner.cleanup()


async def _fields(request: web.Request) -> dict[str, Any]:
    """The call's parameters, from JSON, a form or the address; objects may come within a string."""
    fields: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        fields |= await request.json()
    elif request.can_read_body:
        fields |= dict(await request.post())
    return {name: _unpacked(name, value) for name, value in fields.items()}


def _unpacked(name: str, value: Any) -> Any:
    """Numbers, truths and objects may come as strings of JSON, as the real server takes them."""
    if isinstance(value, str) and name not in WORDS and re.match(r"[\[{\d-]|true$|false$", value):
        with contextlib.suppress(ValueError):
            return json.loads(value)
    return value


def _error(status: int, about: str, parameters: Mapping[str, Any] | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": about}
    return web.json_response(
        body | ({"parameters": parameters} if parameters else {}), status=status
    )


def _lane(update: Mapping[str, Any]) -> object:
    for value in update.values():
        if isinstance(value, dict):
            place = value.get("chat") or (value.get("message") or {}).get("chat")
            if isinstance(place, dict):
                return place.get("id")
    return update["update_id"]


def _shown_call(call: Call) -> dict[str, Any]:
    seen: dict[str, Any] = {"method": call.method, "ok": call.ok, "hook": call.hook}
    seen["fields"] = {name: value for name, value in call.fields.items() if _is_plain(value)}
    if call.method == "sendMessage" and call.ok:
        seen["shown"] = call.text
    return seen


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool | list | dict | None)


async def _serve(port: int) -> None:
    async with open_telegram_server(port) as server:
        print(f"{server.base} {server.token}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="A fake Telegram Bot API on 127.0.0.1.")
    options.add_argument("--port", type=int, default=0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.parse_args().port))
