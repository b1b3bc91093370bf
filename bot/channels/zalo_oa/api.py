"""Calls Zalo's OA API for one account: the living token in the header, `error` read on every 200, rates heeded.

Versions are those of each endpoint and never "upgraded": sending is v3.0, the rest is v2.0.
"""

import json
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.channels.zalo_oa import faults
from bot.channels.zalo_oa.pace import Pace
from bot.channels.zalo_oa.tokens import Kept, Tokens
from handlers.errors import ChannelError, Refused, Stopped, TooFast, Unreachable, Unsure
from scheduler.sender import Clock

log = logging.getLogger(__name__)

SEND = "/v3.0/oa/message/cs"
SEND_V2 = "/v2.0/oa/message"  # government OAs: doubtful whether they may send at all, and by which
TEMPLATE = "/v3.0/oa/message/template"
ABOUT = "/v2.0/oa/getoa"
QUOTA = "/v3.0/oa/quota/message"
UPLOADS = {"image": "/v2.0/oa/upload/image", "file": "/v2.0/oa/upload/file"}
RECENT = "/v2.0/oa/listrecentchat"

OTHER_WAY = {faults.WRONG_OA_TYPE: SEND_V2, faults.WRONG_VERSION: SEND}

TIMEOUT = aiohttp.ClientTimeout(total=20.0, sock_connect=5.0)
ANSWER = 1 << 20  # bytes of an answer

Fields = Mapping[str, Any]


class Failed(Exception):
    """Zalo answered with an error code; `about` is its text, which names nobody."""

    def __init__(self, code: int, about: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.about = about


@dataclass(slots=True, kw_only=True)
class Api:
    """`flooded` is told for how many seconds the whole app, not this OA alone, is to be silent.

    `limit` is what Zalo last said of the calls allowed in a minute; None: it has not yet.
    """

    account: str
    base: str
    session: aiohttp.ClientSession
    tokens: Tokens
    pace: Pace
    clock: Clock
    flooded: Callable[[float], None] | None = None
    limit: int | None = None
    sending: str = SEND

    async def send(self, body: Mapping[str, Any]) -> Fields:
        """Send a message; an OA whose type wants the other version is remembered. Raises ChannelError."""

        def call(token: str) -> Any:
            return self._exchange("POST", self.sending, token, json=body)

        try:
            return await self._authorised(call)
        except Failed as failed:
            error: ChannelError | None = None
            if OTHER_WAY.get(failed.code, self.sending) == self.sending:
                error = self._error(self.sending, failed)
        if error is not None:
            raise error
        self.sending = SEND if self.sending == SEND_V2 else SEND_V2
        return await self._translated(self.sending, call)

    async def post(self, path: str, body: Mapping[str, Any]) -> Fields:
        """The `data` of the answer; raises ChannelError."""
        return await self._translated(
            path, lambda token: self._exchange("POST", path, token, json=body)
        )

    async def get(self, path: str, **query: Any) -> Fields:
        """The same for GET: its parameters go as one JSON text."""
        params = {"data": json.dumps(query)} if query else {}
        return await self._translated(
            path, lambda token: self._exchange("GET", path, token, params=params)
        )

    async def upload(self, kind: str, content: bytes, name: str) -> str:
        """Upload an "image" (jpg, png, 1 MB) or a "file" (PDF, DOC, DOCX, CSV, 5 MB): its id for seven days."""

        def send(token: str) -> Any:
            form = aiohttp.FormData()
            form.add_field("file", content, filename=name)
            return self._exchange("POST", UPLOADS[kind], token, data=form)

        data = await self._translated(UPLOADS[kind], send)
        asset = data.get("token" if kind == "file" else "attachment_id")
        if not isinstance(asset, str):
            raise Refused
        return asset

    async def raw(self, method: str, path: str, **request: Any) -> Fields:
        """The `data` of an answer; raises Failed with Zalo's own code: for probes, and for fallbacks."""
        kept = await self.tokens.access()
        return await self._exchange(method, path, kept.pair.access.reveal(), **request)

    async def _translated(self, path: str, call: Callable[[str], Any]) -> Fields:
        try:
            return await self._authorised(call)
        except Failed as failed:
            error = self._error(path, failed)
        raise error

    async def _authorised(self, call: Callable[[str], Any]) -> Fields:
        """With the living token; a refused one is replaced once."""
        kept = await self.tokens.access()
        try:
            return await self._with(call, kept)
        except Failed as failed:
            if failed.code not in faults.TOKEN:
                raise
        return await self._with(call, await self.tokens.after(kept))

    async def _with(self, call: Callable[[str], Any], kept: Kept) -> Fields:
        data: Fields = await call(kept.pair.access.reveal())
        return data

    def _error(self, path: str, failed: Failed) -> ChannelError:
        error = faults.translate(failed.code, self.clock(), random.random)
        extra: dict[str, Any] = {"account": self.account, "status": failed.code, "path": path}
        if isinstance(error, Stopped):
            extra["reason"] = faults.STOPPED[failed.code]
            log.error("zalo stops this account", extra=extra)
        elif isinstance(error, Refused) and not isinstance(error, faults.Expired):
            log.error("zalo refuses a message", extra=extra)
        if isinstance(error, TooFast) and failed.code == faults.RATE:
            self._slow_down(error.wait, failed)
        return error

    def _slow_down(self, wait: float, failed: Failed) -> None:
        """The text tells whose limit it is: the app's silences all its accounts."""
        if self.flooded and faults.APP_RATE in failed.about.lower():
            self.flooded(wait)
        else:
            self.pace.protest(wait)

    async def _exchange(self, method: str, path: str, token: str, **request: Any) -> Fields:
        """One request. What fails is raised outside the `except`, so that nothing quotes the token."""
        failure: Exception
        try:
            async with self.session.request(
                method,
                f"{self.base}{path}",
                headers={"access_token": token},
                timeout=TIMEOUT,
                allow_redirects=False,
                **request,
            ) as response:
                self._read_rate(response.headers)
                return _data(await response.content.read(ANSWER), response.status)
        except (Failed, ChannelError) as error:
            failure = error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            failure = Unreachable()
        except (aiohttp.ClientError, OSError, TimeoutError):
            failure = Unsure()  # it was under way: a person may have it
        raise failure

    def _read_rate(self, headers: Mapping[str, str]) -> None:
        limit, remain = (
            _number(headers.get(f"X-RateLimit-{name}")) for name in ("Limit", "Remain")
        )
        if limit:
            self.limit = limit
            self.pace.learn(limit)
        if remain == 0:
            self.pace.protest(60.0 - self.clock().second)


def _data(body: bytes, status: int) -> Fields:
    """The `data` of an answer. HTTP 200 says nothing: the code in it does. HTML is a fault on their way."""
    try:
        answer: Any = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, Mapping) or type(answer.get("error")) is not int:
        raise Unreachable if status >= 500 else Unsure
    if answer["error"]:
        raise Failed(answer["error"], str(answer.get("message", "")))
    data = answer.get("data")
    return data if isinstance(data, Mapping) else {"items": data}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
