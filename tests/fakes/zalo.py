"""Zalo's servers for one Official Account over HTTP: as strict as what is known of the real ones.

In a test: `async with open_zalo_server() as zalo: …`, with `api_base=zalo.base, oauth_base=zalo.base`.
As a process of its own: `python -m tests.fakes.zalo --port N` prints its address;
what a test does by methods, others do by its control address (zalo_control).
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.zalo_control import control_routes
from tests.fakes.zalo_hook import Hook
from tests.fakes.zalo_oauth import Grant, Refused
from tests.fakes.zalo_people import Person, Quotas, Said, template_price
from tests.fakes.zalo_rules import Fault, check_message

APP_ID = "3600000000000000001"
APP_SECRET = "app-secret-that-nobody-may-log"  # noqa: S105  (nobody's)
OA_SECRET = "oa-secret-that-nobody-may-log"  # noqa: S105
OA_ID = "4200000000000000042"
BUSINESS, GOVERNMENT = 2, 4
V3, V2 = "/v3.0/oa/message/cs", "/v2.0/oa/message"
TEMPLATE = "/v3.0/oa/message/template"
# failures that come after the call was carried out: the answer is dropped, or comes too late
CARRIED_OUT = {"lost": "drop", "held": "slow"}
FILES = {"pdf", "doc", "docx", "csv"}


@dataclass(slots=True, kw_only=True)
class Failure:
    """How calls of a path fail: an error code ("-32"), "502" (HTML), "drop", "slow", "garbage"; "lost" and
    "held" are carried out, but the answer never comes.

    `times` is how often still, -1 for ever; `skip` calls go well before.
    """

    how: str
    times: int = 1
    skip: int = 0
    message: str = ""


@dataclass(slots=True, kw_only=True)
class Call:
    """A call as received; `error` is what was answered, None where nothing was."""

    path: str
    body: dict[str, Any]
    error: int | None = 0


@dataclass(slots=True)
class ZaloServer:
    """The state of the fake: one app, one OA, its people."""

    base: str = ""
    oa_id: str = OA_ID
    oa_type: int = BUSINESS
    verified: bool = True
    package: str = "Tăng trưởng"
    per_minute: int = 100_000
    people: dict[str, Person] = field(default_factory=dict)
    quotas: Quotas = field(default_factory=Quotas)
    templates: set[str] = field(default_factory=set)  # ids that are approved
    grant: Grant = field(default_factory=lambda: Grant(app_id=APP_ID, app_secret=APP_SECRET))
    hook: Hook = field(default_factory=lambda: Hook(app_id=APP_ID, secret=OA_SECRET))
    calls: list[Call] = field(default_factory=list)
    failures: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    bearers: int = 0  # calls that came with "Authorization", which is wrong
    oauth_calls: int = 0
    hang: float = 30.0
    echoes: bool = False  # bring what the bot sends back as events, as the real one does
    _ahead: float = 0.0  # seconds that the fake's clock is ahead
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _minute: tuple[int, int] = (0, 0)  # the minute, and the calls in it
    _spoken: list[float] = field(default_factory=list)  # when people wrote
    _assets: dict[str, str] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    # the clock

    def now(self) -> float:
        return time.time() + self._ahead

    def pass_time(self, *, hours: float) -> None:
        """The fake's clock goes on; windows close, tokens age."""
        self._ahead += hours * 3600

    # what people do

    def person(self, id: str, **known: Any) -> Person:
        """The person of an id, made where there is none."""
        person = self.people.setdefault(id, Person(id=id))
        for name, value in known.items():
            setattr(person, name, value)
        return person

    def say(self, person: str, text: str, *, nfd: bool = False, times: int = 1) -> str:
        """A person writes, in NFD as some phones do, brought `times` times; the message's id."""
        shown = unicodedata.normalize("NFD", text) if nfd else text
        return self._from_person(person, "user_send_text", {"text": shown}, times)

    def press(self, person: str, payload: str) -> str:
        """A button press: comes back as text, as a typed one would."""
        return self.say(person, payload)

    def send(self, person: str, kind: str, payload: Any = None, text: str | None = None) -> str:
        """A person sends an image, audio, sticker, location …"""
        message: dict[str, Any] = {"attachments": [{"type": kind, "payload": payload or {}}]}
        if text is not None:
            message["text"] = text
        return self._from_person(person, f"user_send_{kind}", message)

    def follow(self, person: str) -> None:
        self.person(person, follows=True)
        self._membership("follow", person)

    def unfollow(self, person: str) -> None:
        self.person(person, follows=False)
        self._membership("unfollow", person)

    def see(self, person: str) -> None:
        """The person reads all that came."""
        ids = [said.id for said in self.person(person).got]
        self.push(self.event("user_seen_message", person, {"msg_ids": ids}), person)

    def human(self, person: str, text: str, admin: str = "77") -> None:
        """Somebody of the OA writes to the person in OA Manager."""
        said = Said(id=self._id(), at=self.now(), message={"text": text}, price="human")
        self.person(person).got.append(said)
        self.push(self._echo(person, said.message, said.id, admin), person)

    def push(self, event: dict[str, Any], lane: str = "") -> None:
        """Bring any event to the webhook."""
        self.hook.bring(lane, event)

    def fail(self, path: str, how: str, **more: Any) -> None:
        """Let the next calls of a path fail; see Failure."""
        self.failures[path].append(Failure(how=how, **more))

    # what the bot did

    def got(self, person: str) -> list[Said]:
        """What arrived at a person, in order."""
        return self.person(person).got

    def report(self) -> dict[str, int]:
        """The fake's own count of what arrived, by how it was paid for."""
        return dict(Counter(said.price for each in self.people.values() for said in each.got))

    async def wait_for(self, done: Callable[[], object], seconds: float = 5.0) -> None:
        """Until something is true; TimeoutError if it does not become so."""
        async with asyncio.timeout(seconds):
            while not done():  # noqa: ASYNC110  (anything may make it true)
                await asyncio.sleep(0.002)

    # the server

    def app(self) -> web.Application:
        app = web.Application(client_max_size=8 << 20)
        app.add_routes(
            [
                web.post("/v4/oa/access_token", self._oauth),
                web.route("*", "/{version:v[23].0}/oa/{rest:.+}", self._call),
            ]
        )
        return app

    def stop(self) -> None:
        self._stopping.set()

    async def _oauth(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.oauth_calls += 1
        failure = self._failure(request.path)
        if failure and failure.how not in CARRIED_OUT:
            return await self._failed(request, failure)
        try:
            answer = self.grant.exchange(request.headers.get("secret_key", ""), form, self.now())
        except Refused as error:
            about = {"error": error.code, "error_name": error.name, "error_description": ""}
            return web.json_response(about)
        if failure:
            await self._failed(request, Failure(how=CARRIED_OUT[failure.how]))
        return web.json_response(answer)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        self.bearers += "Authorization" in request.headers
        call = Call(path=request.path, body=await _body(request))
        self.calls.append(call)
        failure = self._failure(request.path)
        if failure and failure.how not in CARRIED_OUT:
            call.error = None
            return await self._failed(request, failure)
        limits = {"X-RateLimit-Limit": str(self.per_minute)}
        try:
            self._authorise(request)
            limits["X-RateLimit-Remain"] = str(self._take_rate(request.path))
            data = self._do(request.path, call.body)
        except Fault as error:
            call.error = error.code
            return web.json_response(
                {"error": error.code, "message": error.message}, headers=limits
            )
        if failure:
            call.error = None
            return await self._failed(request, Failure(how=CARRIED_OUT[failure.how]))
        answer = {"data": data, "error": 0, "message": "Success"}
        return web.json_response(answer, headers=limits)

    def _authorise(self, request: web.Request) -> None:
        if code := self.grant.accepts(request.headers.get("access_token"), self.now()):
            raise Fault(code)

    def _take_rate(self, path: str) -> int:
        """What is left of the minute; templates do not count."""
        minute, used = int(self.now() // 60), 0
        if self._minute[0] == minute:
            used = self._minute[1]
        if path == TEMPLATE:
            return self.per_minute - used
        if used >= self.per_minute:
            raise Fault(-32)
        self._minute = (minute, used + 1)
        return self.per_minute - used - 1

    def _do(self, path: str, body: dict[str, Any]) -> Any:
        match path:
            case "/v3.0/oa/message/cs":
                if self.oa_type == GOVERNMENT:
                    raise Fault(-235)
                return self._message(body)
            case "/v2.0/oa/message":
                if self.oa_type != GOVERNMENT:
                    raise Fault(-240)
                return self._message(body)
            case "/v3.0/oa/message/template":
                return self._template(body)
            case "/v2.0/oa/getoa":
                return self._about()
            case "/v3.0/oa/quota/message":
                return self._quota(body)
            case "/v2.0/oa/upload/image" | "/v2.0/oa/upload/gif" | "/v2.0/oa/upload/file":
                return self._upload(path.rpartition("/")[2], body)
            case "/v2.0/oa/listrecentchat":
                return [{"src": 1, "time": int(at * 1000)} for at in self._spoken[-10:][::-1]]
        raise Fault(-201, "api is invalid")

    def _message(self, body: dict[str, Any]) -> dict[str, Any]:
        id = body.get("recipient", {}).get("user_id")
        if not isinstance(id, str):
            raise Fault(-201, "user_id is invalid")
        check_message(body.get("message"))
        self._check_asset(body["message"])
        quota = self.quotas.price(self.person(id), self.now())
        price = quota["quota_type"] if quota else "charged"
        said = self._arrive(id, body["message"], price)
        sent = {"message_id": said.id, "user_id": id, "sent_time": str(int(said.at * 1000))}
        return sent | ({"quota": quota} if quota else {})

    def _template(self, body: dict[str, Any]) -> dict[str, Any]:
        id, template = body.get("user_id"), body.get("template_id")
        if not isinstance(id, str) or not isinstance(body.get("template_data"), dict):
            raise Fault(-201, "template_data is invalid")
        if template not in self.templates:
            raise Fault(-131, "Template is not approved")
        quota = template_price(self.person(id), self.now())
        said = self._arrive(id, {"text": json.dumps(body["template_data"])}, "template")
        return {"message_id": said.id, "user_id": id, "quota": quota}

    def _arrive(self, id: str, message: dict[str, Any], price: str) -> Said:
        said = Said(id=self._id(), at=self.now(), message=message, price=price)
        self.person(id).got.append(said)
        if self.echoes:
            self.push(self._echo(id, message, said.id), id)
        return said

    def _about(self) -> dict[str, Any]:
        return {
            "oaid": self.oa_id,
            "name": "Công an tỉnh Mẫu",
            "is_verified": self.verified,
            "oa_type": self.oa_type,
            "num_follower": sum(person.follows for person in self.people.values()),
            "package_name": self.package,
            "package_valid_through_date": "31/12/2027",
        }

    def _quota(self, body: dict[str, Any]) -> Any:
        if body.get("quota_owner") == "OA":
            left = {"total": self.quotas.total, "remain": self.quotas.left}
            kind = {"asset_id": "a1", "product_type": "cs", "quota_type": "sub_quota"}
            return [kind | left | {"valid_through": "31/12/2027"}]
        person = self.person(str(body.get("user_id")))
        return {"last_interaction": str(int((person.last or 0) * 1000))}

    def _upload(self, kind: str, body: dict[str, Any]) -> dict[str, str]:
        size, ending = len(body["file"]), str(body["name"]).rpartition(".")[2].lower()
        if kind == "image" and (size > 1 << 20 or ending not in ("jpg", "jpeg", "png")):
            raise Fault(-210, "image is invalid")
        if kind == "file" and (size > 5 << 20 or ending not in FILES):
            raise Fault(-210, "file is invalid")
        asset = self._id()
        self._assets[asset] = kind
        return {"token" if kind == "file" else "attachment_id": asset}

    def _check_asset(self, message: dict[str, Any]) -> None:
        payload = message.get("attachment", {}).get("payload", {})
        named = [
            payload.get("token"),
            *(e.get("attachment_id") for e in payload.get("elements", ())),
        ]
        if any(asset and asset not in self._assets for asset in named):
            raise Fault(-100)

    def forget_assets(self) -> None:
        """Seven days are over for all that was uploaded."""
        self._assets.clear()

    # events

    def _from_person(self, id: str, name: str, message: dict[str, Any], times: int = 1) -> str:
        self.person(id, last=self.now())
        self._spoken.append(self.now())
        number = self._id()
        event = self.event(name, id, message | {"msg_id": number})
        for _ in range(times):
            self.push(event, id)
        return number

    def _membership(self, name: str, id: str) -> None:
        if name == "follow":
            self.person(id, last=self.now())
        self.push(self.membership_event(name, id), id)

    def membership_event(self, name: str, id: str) -> dict[str, Any]:
        return {
            "app_id": self.grant.app_id,
            "oa_id": self.oa_id,
            "follower": {"id": id},
            "user_id_by_app": "55",
            "event_name": name,
            "source": "testing_source",
            "timestamp": self.stamp(),
        }

    def event(self, name: str, person: str, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "app_id": self.grant.app_id,
            "sender": {"id": person},
            "user_id_by_app": "55",
            "recipient": {"id": self.oa_id},
            "event_name": name,
            "message": message,
            "timestamp": self.stamp(),
        }

    def _echo(
        self, person: str, message: dict[str, Any], number: str, admin: str = ""
    ) -> dict[str, Any]:
        sender = {"id": self.oa_id} | ({"admin_id": admin} if admin else {})
        event = self.event("oa_send_text", person, message | {"msg_id": number})
        return event | {"sender": sender, "recipient": {"id": person}}

    def stamp(self) -> str:
        return str(int(self.now() * 1000))

    def _id(self) -> str:
        """Ids are longer than 2^53, and hexadecimal for messages."""
        return f"{next(self._numbers):020x}"

    # failures

    def _failure(self, path: str) -> Failure | None:
        for failure in self.failures[path]:
            if failure.skip:
                failure.skip -= 1
                return None
            if failure.times:
                failure.times -= 1
                return failure
        return None

    async def _failed(self, request: web.Request, failure: Failure) -> web.StreamResponse:
        match failure.how:
            case "drop":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case "slow":
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), self.hang)
                return web.Response(status=504)
            case "garbage":
                return web.Response(body=b'{"error":', content_type="application/json")
            case "502":
                page = "<html><body>502 Bad Gateway</body></html>"
                return web.Response(status=502, text=page, content_type="text/html")
            case "500":
                return web.json_response({"error": -1, "message": failure.message}, status=500)
        error = Fault(int(failure.how), failure.message)
        return web.json_response({"error": error.code, "message": error.message})


@asynccontextmanager
async def open_zalo_server(
    port: int = 0, more: Callable[[web.Application], None] | None = None, **known: Any
) -> AsyncIterator[ZaloServer]:
    """A fake that listens on 127.0.0.1 while it is open; keyword arguments are its fields.

    `more` adds routes of its own.
    """
    server = ZaloServer(**known)
    app = server.app()
    app.add_routes(control_routes(server))
    if more:
        more(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    server.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        server.stop()
        await server.hook.close()
        await runner.cleanup()


async def _body(request: web.Request) -> dict[str, Any]:
    """The parameters: a JSON body, a form with a file, or one JSON string in the address."""
    if request.content_type == "multipart/form-data":
        file = (await request.post())["file"]
        assert isinstance(file, web.FileField)
        return {"file": file.file.read(), "name": file.filename}
    if request.can_read_body:
        return dict(await request.json())
    return dict(json.loads(request.query.get("data", "{}")))


async def _serve(port: int) -> None:
    async with open_zalo_server(port) as server:
        print(server.base, flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="A fake Zalo on 127.0.0.1: one app, one OA.")
    options.add_argument("--port", type=int, default=0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.parse_args().port))
