"""Wires the tips: what every message of theirs needs, and what takes their traces away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.attachments.files import Files
from bot.attachments.taker import Taker, Write
from bot.codes import Codes
from bot.store import drafts, retention
from bot.store.audit import Audit
from bot.store.database import Database, Transaction
from bot.store.drafts import Drafts
from bot.store.keyed import Keyed
from bot.store.tips import Tips
from bot.trail import Trail, Visits
from handlers.limits import Quota
from handlers.message import Attachment, Chat, Flow
from handlers.status import StatusFlow
from handlers.tip import TipFlow
from handlers.tips import Taken, Unfit
from knowledge.areas import Areas

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
SETTLED = (
    2.0  # seconds after which the replies about a tip have been said, and their rows are gone too
)

Download = Callable[[Attachment, Write], Awaitable[None]]
TakeBack = Callable[[Chat, tuple[str, ...]], Coroutine[Any, Any, None]]


async def _nothing(chat: Chat, ids: tuple[str, ...]) -> None:
    """No channel here can take a message back."""


async def _nowhere(attachment: Attachment, write: Write) -> None:
    """No channel here brings files."""
    raise OSError("no channel brings files")


@dataclass(slots=True, kw_only=True)
class TipDesk:
    """What the tip flows of all messages share; `take_back` and `download` are a channel's, once it is there."""

    keyed: Keyed
    codes: Codes
    files: Files
    trail: Trail = field(default_factory=Trail)
    visits: Visits = field(default_factory=Visits)
    begun: Quota = field(default_factory=lambda: Quota(3, HOUR))
    sent: Quota = field(default_factory=lambda: Quota(600, HOUR))
    tries: Quota = field(default_factory=lambda: Quota(10, timedelta(minutes=10)))
    take_back: TakeBack = _nothing
    download: Download = _nowhere
    taker: Taker = field(init=False)

    def __post_init__(self) -> None:
        self.taker = Taker(self.files)

    def conversations(self, tx: Transaction, areas: Areas) -> Mapping[str, Flow]:
        """The flows of a message's transaction, by name."""
        return {
            "tip": TipFlow(
                drafts=Drafts(tx, self.keyed),
                areas=areas,
                codes=self.codes,
                take=self.take,
                trail=self.trail,
                begun=self.begun,
                sent=self.sent,
            ),
            "status": StatusFlow(
                tips=Tips(tx),
                codes=self.codes,
                take=self.take,
                trail=self.trail,
                visits=self.visits,
                tries=self.tries,
            ),
        }

    async def take(self, attachment: Attachment) -> Taken | Unfit:
        """Fetch a file from the channel it came by, clean it, seal it, put it away."""
        return await self.taker(partial(self.download, attachment), attachment.size)


class Wiper:
    """Takes traces away, a moment after they were made: many chats' traces leave the disk together."""

    def __init__(self, database: Database, desk: TipDesk) -> None:
        self._database = database
        self._desk = desk
        self._due = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def soon(self) -> None:
        """What was deleted is to leave the disk."""
        self._due.set()

    def __call__(self, chat: Chat) -> None:
        """What was deleted of a chat is to leave the disk; what was said, the chat."""
        self.soon()
        if ids := self._desk.trail.taken(chat):
            task = asyncio.create_task(self._desk.take_back(chat, ids), name="take back")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def run(self) -> None:
        """Wipes at once at the start, for a process that was killed, and then whenever it is told; for ever."""
        while True:
            await self.wipe()
            await self._due.wait()
            self._due.clear()
            await self.wipe()
            await asyncio.sleep(SETTLED)

    async def wipe(self) -> None:
        try:
            await self._database.wipe()
        except Exception:
            log.exception("not wiped")


class Keeper:
    """The clock's work on tips: reminders, escalation, the end of drafts and of old tips, files of nobody."""

    def __init__(self, database: Database, files: Files, audit: Audit, wipe: Callable[[], None]):
        self._database = database
        self._files = files
        self._audit = audit
        self._wipe = wipe
        self._orphans: frozenset[str] = frozenset()

    async def minute(self, now: datetime) -> None:
        """What can't wait: drafts whose time is over, and what nobody has read that happens within a day."""
        async with self._database.transaction() as tx:
            gone = await drafts.forget_idle(tx, now)
            await retention.escalate(tx, self._audit, now)
        if gone:
            self._wipe()

    async def tidy(self, now: datetime) -> None:
        """The rest; a tip's keys are gone from the disk when this returns, and its files with them."""
        async with self._database.transaction() as tx:
            await retention.remind(tx, now)
            names = await retention.expire(tx, self._audit, now)
            used = await retention.files_in_use(tx)
        for name in names:
            self._files.remove(name)
        await self._database.wipe()
        self._remove_orphans(used)

    def _remove_orphans(self, used: frozenset[str]) -> None:
        """Files that nobody holds, now and when it was looked at before: what comes in takes no half hour."""
        unused = self._files.names() - used
        for name in unused & self._orphans:
            self._files.remove(name)
        self._orphans = unused - self._orphans
