"""A desk behind Zalo's door."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp

from bot.channels.zalo_oa import (
    Account,
    Api,
    App,
    Hall,
    OAuth,
    Pace,
    Pair,
    Signing,
    Tokens,
    ZaloChannel,
    verifier_of,
)
from bot.channels.zalo_oa.intake import Intake
from bot.channels.zalo_oa.tokens import Kept
from bot.config import Secret
from handlers.message import Chat
from tests.channels.desk import Behind, Says, served
from tests.fakes.zalo import APP_ID, APP_SECRET, OA_ID, OA_SECRET, ZaloServer

PERSON = "8400000000000000007"
ACCOUNT = "tinh"


class OnePair:
    """A token store that holds the fake's living pair, and renews nothing."""

    def __init__(self, pair: Pair) -> None:
        self.kept = Kept(version=1, pair=pair)

    async def load(self, account: str) -> Kept | None:
        return self.kept

    async def claim(self, account: str, version: int, holder: str, claimant: str) -> bool:
        return version == self.kept.version

    async def release(self, account: str, version: int, claimant: str) -> None:
        return None

    async def renew(self, account: str, version: int, pair: Pair) -> bool:
        self.kept = Kept(version=version + 1, pair=pair)
        return True

    async def lose(self, account: str, version: int, claimant: str, at: datetime) -> None:
        self.kept = Kept(version=version, pair=self.kept.pair, lost=at)

    async def put(self, account: str, pair: Pair) -> None:
        await self.renew(account, self.kept.version, pair)


@dataclass(slots=True)
class Memory:
    """What is remembered of chats, in memory."""

    quiet: dict[Chat, datetime] = field(default_factory=dict)
    member: dict[Chat, datetime] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    async def hush(self, chat: Chat, until: datetime) -> None:
        self.quiet[chat] = until

    async def hushed(self, chat: Chat, now: datetime) -> bool:
        return chat in self.quiet and self.quiet[chat] > now

    async def newest(self, chat: Chat, at: datetime) -> bool:
        if chat in self.member and self.member[chat] > at:
            return False
        self.member[chat] = at
        return True

    async def heard(self, account: str, variant: str, at: datetime) -> None:
        self.calls.append(variant)


@dataclass(slots=True, kw_only=True)
class Desk(Behind):
    zalo: ZaloServer
    account: Account
    channel: ZaloChannel
    seen: list[str] = field(default_factory=list)
    touched: list[Chat] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    memory: Memory = field(default_factory=Memory)

    @property
    def says(self) -> Says:
        return self.channel

    async def note_seen(self, account: str, ids: tuple[str, ...]) -> None:
        self.seen.extend(ids)

    async def note_touched(self, chat: Chat) -> None:
        self.touched.append(chat)

    def hall(self, **more: Any) -> Hall:
        """What stands behind the webhook; keyword arguments replace its fields."""
        secrets = {"oa": OA_SECRET, "app": APP_SECRET}
        options: dict[str, Any] = {
            "accounts": self.channel.accounts,
            "signings": {ACCOUNT: Signing(app_id=APP_ID, secrets=secrets)},
            "door": self.door,
            "chats": self.memory,
            "clock": self.now,
            "danger": lambda text: "cháy" in text,
            "seen": self.note_seen,
            "touched": self.note_touched,
            "count": lambda variant: self.counts.update([variant]),
            "intake": Intake(sleep=no_time),
        }
        return Hall(**options | more)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.zalo.now(), UTC)


async def no_time(seconds: float) -> None:
    await asyncio.sleep(0)


@asynccontextmanager
async def open_desk(zalo: ZaloServer, **more: Any) -> AsyncIterator[Desk]:
    """A channel to the fake, with a desk behind it; keyword arguments go to `Account`."""
    counts: Counter[str] = Counter()

    def now() -> datetime:
        return datetime.fromtimestamp(zalo.now(), UTC)

    async with aiohttp.ClientSession() as session:
        access, refresh = zalo.grant.explore(zalo.now())
        pair = Pair(access=Secret(access), refresh=Secret(refresh), got=now())
        app = App(id=APP_ID, secret=Secret(APP_SECRET), verifier=verifier_of(bytes(32), APP_ID))
        oauth = OAuth(session=session, base=zalo.base, app=app)
        tokens = Tokens(account=ACCOUNT, store=OnePair(pair), oauth=oauth, clock=now)
        loop = asyncio.get_running_loop()
        api = Api(
            account=ACCOUNT,
            base=zalo.base,
            session=session,
            tokens=tokens,
            pace=Pace(loop.time, 1_000_000),
            clock=now,
        )
        options: dict[str, Any] = {
            "api": api,
            "clock": now,
            "oa_id": OA_ID,
            "public_url": "https://binhan.vn",
            "more": "Xem thêm",
            "count": lambda reason: counts.update([str(reason)]),
            "paid": lambda quota: counts.update([quota]),
        }
        account = Account(**options | more)
        channel = ZaloChannel({ACCOUNT: account})
        desk = Desk(zalo=zalo, account=account, channel=channel, counts=counts)
        try:
            yield desk
        finally:
            await desk.finish()
            await tokens.finish()


@asynccontextmanager
async def open_webhook(desk: Desk, **more: Any) -> AsyncIterator[str]:
    """The desk's webhook on 127.0.0.1, set in the fake's console: its address."""
    hall = desk.hall(**more)
    async with served(hall.routes()) as url:
        await desk.zalo.hook.set(f"{url}/webhook/zalo-oa/{ACCOUNT}")
        try:
            yield f"{url}/webhook/zalo-oa/{ACCOUNT}"
        finally:
            await hall.intake.finish(1.0)
