"""Zalo's way in: is it Zalo? then 200 within two seconds, whatever happens behind.

Zalo switches a webhook off that does not answer, and whether it brings an event again after a slow or
a bad answer is doubtful: so an event is taken as ours the moment its signature holds.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from aiohttp import web

from bot.channels import Door
from bot.channels.bodies import read_body, refuse
from bot.channels.fields import decode, fields_of
from bot.channels.zalo_oa.channel import Account
from bot.channels.zalo_oa.intake import Intake
from bot.channels.zalo_oa.normalise import Event, oa_of
from bot.channels.zalo_oa.signature import HEADER, STAMP_HEADER, Signing, variant
from handlers.message import Chat, Kind, Message
from scheduler.sender import Clock

log = logging.getLogger(__name__)

PATH = "/webhook/zalo-oa"
BODY = 1_000_000  # bytes of an event
BODY_SECONDS = 1.5  # until a body is there
ANSWER_SECONDS = 1.0  # that the answer waits for the commit; the rest is done behind it
TAKEOVER = timedelta(hours=1)  # the assistant's silence after a person of the office wrote
ONCE = timedelta(minutes=1)  # between two notes of the same thing
MEMBERSHIP = (Kind.JOIN, Kind.LEAVE)


class Chats(Protocol):
    """What is remembered of chats beside their talk."""

    async def hush(self, chat: Chat, until: datetime) -> None: ...

    async def hushed(self, chat: Chat, now: datetime) -> bool: ...

    async def newest(self, chat: Chat, at: datetime) -> bool: ...

    async def heard(self, account: str, variant: str, at: datetime) -> None: ...


Seen = Callable[[str, tuple[str, ...]], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Hall:
    """What stands behind the door of all accounts.

    `danger` tells words that are answered even while a person of the office writes; `seen` is told which
    of our messages were read, `touched` that a person wrote, though not to us; `count` counts signatures
    by their variant.
    """

    accounts: Mapping[str, Account]
    signings: Mapping[str, Signing]
    door: Door
    chats: Chats
    clock: Clock
    danger: Callable[[str], bool]
    seen: Seen
    touched: Callable[[Chat], Awaitable[None]]
    count: Callable[[str], None]
    intake: Intake = field(default_factory=Intake)
    limit: int = BODY
    _heard: dict[str, datetime] = field(default_factory=dict)
    _complained: dict[str, datetime] = field(default_factory=dict)

    def routes(self) -> list[web.RouteDef]:
        """POST /webhook/zalo-oa/<account>."""
        return [web.post(f"{PATH}/{{account}}", self.webhook)]

    async def webhook(self, request: web.Request) -> web.StreamResponse:
        """200 for what is Zalo's, and for the console's empty probe; 401 for what is not."""
        account = self.accounts.get(request.match_info["account"])
        if account is None:
            return refuse(404)
        body = await read_body(request, self.limit, BODY_SECONDS)
        if isinstance(body, web.Response):
            return body
        fields = decode(body)
        if fields == {}:
            return web.Response()
        stamps = {
            "body": _text(fields_of(fields).get("timestamp")),
            "header": request.headers.get(STAMP_HEADER, ""),
        }
        signing = self.signings[account.name]
        matched = variant(signing, body, request.headers.get(HEADER, ""), stamps)
        self.count(matched or "none")
        if matched is None:
            self._complain(account.name)
            return refuse(401)
        return await self._taken(self._addressed(account, fields), fields, matched)

    def _addressed(self, account: Account, fields: object) -> Account:
        """The account that an event names: an app has one webhook, and may serve several OAs."""
        named = oa_of(fields_of(fields))
        mine = self.signings[account.name]
        others = [a for a in self.accounts.values() if self.signings[a.name].app_id == mine.app_id]
        return next((other for other in others if named and other.oa_id == named), account)

    async def _taken(self, account: Account, fields: object, variant: str) -> web.Response:
        event = account.read(fields)
        lane = event.human or (event.message.chat if event.message else account.name)
        done = self.intake.take(lane, lambda: self._act(account, event, variant))
        if done is None:
            log.error("too many events", extra={"account": account.name})
            return web.Response(status=503)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await done.wait()
        except TimeoutError:
            log.warning("event answered before it was kept", extra={"account": account.name})
        return web.Response()

    async def _act(self, account: Account, event: Event, variant: str) -> None:
        now = self.clock()
        await self._note_heard(account.name, variant, now)
        if event.human:
            await self.chats.hush(event.human, now + TAKEOVER)
        if event.seen:
            await self.seen(account.name, event.seen)
        if event.message and await self._is_ours(event.message, now):
            self.door.post(await self.door.receive(event.message))
        elif event.message and event.message.kind not in MEMBERSHIP:
            await self.touched(event.message.chat)

    async def _is_ours(self, message: Message, now: datetime) -> bool:
        """Not a follow that was overtaken by an unfollow; not what a person of the office is answering."""
        if message.kind in MEMBERSHIP:
            return await self.chats.newest(message.chat, message.at)
        if message.kind is Kind.PRESS or message.text.startswith("/") or self.danger(message.text):
            return True
        return not await self.chats.hushed(message.chat, now)

    async def _note_heard(self, account: str, variant: str, now: datetime) -> None:
        """Once a minute: enough to see that a webhook has fallen silent."""
        last = self._heard.get(account)
        if last is None or now - last >= ONCE:
            self._heard[account] = now
            await self.chats.heard(account, variant, now)

    def _complain(self, account: str) -> None:
        """Once a minute: strangers knock as often as they like, but a wrong secret must be seen."""
        now = self.clock()
        last = self._complained.get(account)
        if last is None or now - last >= ONCE:
            self._complained[account] = now
            remedy = "if it is Zalo: check the secrets of this account, docs/zalo.md step 3"
            log.warning(
                "zalo signature does not match", extra={"account": account, "remedy": remedy}
            )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
