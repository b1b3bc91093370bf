"""Officers behind broadcasts: who is asked to approve, who follows what goes out, and what their chats were told."""

from collections.abc import Callable, Collection
from datetime import datetime

from bot.store.broadcasts import COLUMNS, broadcast_of
from bot.store.database import Database, Transaction
from bot.store.outbox import Replies
from bot.store.register import first_time
from bot.store.roster import Roster
from handlers.broadcast import Broadcast, covers
from handlers.message import Chat, Reply
from handlers.officer import Officer
from handlers.ports import Officers
from handlers.roster import asked_in_order
from knowledge.areas import Areas
from scheduler.approvals import in_order
from scheduler.progress import Shown

OFFICERS = Callable[[Transaction], Officers]

SUBMITTED = (
    f"SELECT {COLUMNS} FROM broadcast WHERE stage = 'submitted' ORDER BY urgent DESC, submitted"  # noqa: S608
)
GLASS = f"SELECT {COLUMNS} FROM broadcast WHERE glass = 1 AND approved >= $1"  # noqa: S608
FOLLOWED = (
    f"SELECT {COLUMNS} FROM broadcast WHERE stage IN ('sending', 'paused', 'halted')"  # noqa: S608
    " OR (stage IN ('done', 'cancelled') AND ended >= $1)"
)
NOTED = """INSERT INTO progress (broadcast, channel, account, chat, message, words)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (broadcast, channel, account, chat)
DO UPDATE SET message = excluded.message, words = excluded.words"""


class DatabaseWatch:
    """The ports Desk of scheduler.approvals and Followers of scheduler.progress."""

    def __init__(
        self,
        *,
        database: Database,
        officers: OFFICERS,
        areas: Callable[[], Areas],
        channels: Collection[str],
        wake: Callable[[datetime], None],
    ) -> None:
        self._database = database
        self._officers = officers
        self._areas = areas
        self._channels = channels
        self._wake = wake

    async def unapproved(self) -> tuple[Broadcast, ...]:
        return tuple(broadcast_of(row) for row in await self._database.read(SUBMITTED))

    async def glass(self, since: datetime) -> tuple[Broadcast, ...]:
        rows = await self._database.read(GLASS, int(since.timestamp()))
        return tuple(broadcast_of(row) for row in rows)

    async def approvers(self, broadcast: Broadcast, now: datetime) -> tuple[Officer, ...]:
        areas = self._areas()
        places = broadcast.areas or (areas.province.id,)
        async with self._database.transaction() as tx:
            found = await self._officers(tx).covering(places[0])
            shifts = await Roster(tx).ahead([each.id for each in areas.above(places[0])], now)
        found = asked_in_order(found, shifts, now)
        able = [o for o in found if all(covers(o, place, areas) for place in places)]
        return in_order(able, broadcast.author)

    async def tell(self, occasion: str, officer: str, reply: Reply, now: datetime) -> bool:
        async with self._database.transaction() as tx:
            if not await first_time(tx, occasion, now):
                return False
            for chat in await self._officers(tx).chats(officer):
                if chat.channel in self._channels:
                    told = (reply,)
                    await Replies(tx).add(chat, occasion, told, now=now, due=now, claimed=now)
        self._wake(now)
        return True

    async def running(self, since: datetime) -> tuple[Broadcast, ...]:
        rows = await self._database.read(FOLLOWED, int(since.timestamp()))
        return tuple(broadcast_of(row) for row in rows)

    async def of(self, broadcast: Broadcast) -> tuple[Shown, ...]:
        async with self._database.transaction() as tx:
            officers = self._officers(tx)
            people = dict.fromkeys(id for id in (broadcast.author, broadcast.approver) if id)
            chats = [chat for id in people for chat in await officers.chats(id)]
            return tuple([await _shown(tx, broadcast.id, chat) for chat in dict.fromkeys(chats)])

    async def note(self, broadcast: str, shown: Shown) -> None:
        chat = shown.chat
        async with self._database.transaction() as tx:
            place = (broadcast, chat.channel, chat.account, chat.id)
            await tx.run(NOTED, *place, shown.message, shown.words)


async def _shown(tx: Transaction, broadcast: str, chat: Chat) -> Shown:
    row = await tx.one(
        "SELECT message, words FROM progress WHERE broadcast = $1 AND channel = $2"
        " AND account = $3 AND chat = $4",
        broadcast,
        chat.channel,
        chat.account,
        chat.id,
    )
    return Shown(chat=chat, message=row["message"], words=row["words"]) if row else Shown(chat=chat)
