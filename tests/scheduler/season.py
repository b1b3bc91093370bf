"""A commune's subscribers, a broadcast to them, and a herald that speaks to a fake Bot API: for tests of the ledger."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from bot.channels.telegram import Rates, TelegramChannel, open_telegram
from bot.store.broadcasts import Broadcasts
from bot.store.database import Database
from bot.store.deliveries import DatabaseLedger
from bot.store.leases import DatabaseLeases
from handlers.broadcast import Broadcast, Stage, communes_of
from handlers.compose import Office, compose
from handlers.message import Chat, Reply, Speech
from scheduler.herald import Herald
from scheduler.sender import Clock, Speak
from tests.fakes.telegram import TelegramServer
from tests.shipped import KNOWLEDGE

AREAS = KNOWLEDGE.areas
NOW = datetime(2027, 2, 5, 9, 0, tzinfo=UTC)
ACCOUNT = "4242"
FAST = Rates(account=100_000, account_burst=1000, chat=100, chat_burst=100)
SENDING = Broadcast(
    id="b1",
    author="hoa",
    approver="nam",
    text="Không đốt pháo nổ.",
    areas=("suoi-guong",),
    stage=Stage.SENDING,
    made=NOW,
    started=NOW,
)


def utc_now() -> datetime:
    return datetime.now(UTC)


def speak(reply: Reply) -> Speech:
    return compose(reply, KNOWLEDGE, Office())


async def post(chat: Chat, reply: Reply) -> None:
    """No channel of these tests is pulled."""
    raise AssertionError(chat)


async def people(
    database: Database,
    chats: Sequence[int],
    *,
    areas: Sequence[str] = ("suoi-guong",),
    topics: str = "all",
    channel: str = "telegram",
) -> None:
    """Subscribers with these chats, each in all of these communes; their ids are their chats."""
    async with database.transaction() as tx:
        for chat in chats:
            await tx.run(
                "INSERT INTO subscriber (id, channel, account, chat, topics, party, since, contact)"
                " VALUES ($1, $2, $3, $4, $5, 0, 0, 0)",
                chat,
                channel,
                ACCOUNT,
                str(chat),
                topics,
            )
            for area in areas:
                sql = "INSERT INTO subscription (area, subscriber) VALUES ($1, $2)"
                await tx.run(sql, area, chat)


async def expand(
    database: Database,
    broadcast: Broadcast,
    channels: Sequence[str] = ("telegram",),
    now: datetime = NOW,
) -> int:
    """Add a broadcast, and its whole audience; in how many steps."""
    async with database.transaction() as tx:
        await Broadcasts(tx).add(broadcast)
    steps, ledger = 0, DatabaseLedger(database)
    while await ledger.expand(broadcast, communes_of(broadcast, AREAS), channels, now):
        steps += 1
    return steps


async def states(database: Database, id: str = "b1") -> dict[str, int]:
    """How many recipients are in each state."""
    rows = await database.read(
        "SELECT state, COUNT(*) AS n FROM delivery WHERE broadcast = $1 GROUP BY state", id
    )
    return {row["state"]: row["n"] for row in rows}


async def stage_of(database: Database, id: str = "b1") -> str:
    rows = await database.read("SELECT stage FROM broadcast WHERE id = $1", id)
    return str(rows[0]["stage"])


@asynccontextmanager
async def telegram_channel(
    telegram: TelegramServer, rates: Rates = FAST, *, paid: bool = False
) -> AsyncIterator[TelegramChannel]:
    async with open_telegram(
        token=telegram.token, clock=utc_now, api_base=telegram.base, rates=rates, paid=paid
    ) as channel:
        yield channel


def herald_of(
    database: Database,
    channel: TelegramChannel,
    *,
    halt_at: float = 0.05,
    clock: Clock = utc_now,
    speak: Speak = speak,
) -> Herald:
    return Herald(
        ledger=DatabaseLedger(database),
        leases=DatabaseLeases(database),
        channels={"telegram": channel},
        speak=speak,
        post=post,
        clock=clock,
        halt_at=halt_at,
    )


def to(areas: Sequence[str], id: str = "b1", *, urgent: bool = False) -> Broadcast:
    """The broadcast above, elsewhere."""
    return replace(SENDING, id=id, areas=tuple(areas), urgent=urgent)
