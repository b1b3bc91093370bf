"""Warnings sent per second through the ledger, beside a stock PTB send loop; and a million recipients expanded.

python -m bench.ledger ptb|binhan SINK COUNT     messages a second to a loopback Bot API
python -m bench.ledger expand COUNT              seconds, peak MiB, the longest step (ms of the processor)
"""

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bench.webhook import TOKEN, process
from bot.channels.telegram import Rates, open_telegram
from bot.commands.serve import settle
from bot.config import Config, DatabaseConfig, Secret, Secrets
from bot.loop import run
from bot.store.broadcasts import Broadcasts
from bot.store.database import Database, open_database
from bot.store.deliveries import DatabaseLedger, tally
from bot.store.leases import DatabaseLeases
from bot.wiring import beating
from handlers.broadcast import Broadcast, Stage, communes_of
from handlers.message import Chat, Reply
from knowledge.load import load_knowledge
from scheduler.herald import Herald
from tests.ports import free_port

TEXT = "Không đốt pháo nổ. Đã uống rượu bia thì không lái xe. Việc khẩn gọi 113."
STEP = 10_000  # subscribers put in at once
COMMUNES = 12
FREE = Rates(account=1e6, account_burst=1e6, chat=1e6, chat_burst=1e6)
SENDING = Broadcast(
    id="b1", author="hoa", text=TEXT, areas=("tinh-mau",), stage=Stage.SENDING,
    made=datetime.now(UTC), started=datetime.now(UTC),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Expanded:
    """`stall`: what the longest step took of the processor, in milliseconds: so long an answer waits."""

    count: int
    seconds: float
    peak: float
    stall: float


def measure(kind: str, count: int) -> float:
    """Messages a second of "ptb" or "binhan"."""
    port = free_port()
    with ExitStack() as stack:
        sink = (sys.executable, "-m", "bench.sink", str(port))
        stack.enter_context(process(*sink, core=1, ready="ready"))
        command = [
            sys.executable,
            "-m",
            "bench.ledger",
            kind,
            f"http://127.0.0.1:{port}",
            str(count),
        ]
        return float(_last_line(command))


def expanded(count: int) -> Expanded:
    seconds, peak, stall = map(
        float, _last_line([sys.executable, "-m", "bench.ledger", "expand", str(count)]).split()
    )
    return Expanded(count=count, seconds=seconds, peak=peak, stall=stall)


def _last_line(command: list[str]) -> str:
    done = subprocess.run(
        ["taskset", "-c", "0", *command], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


async def ptb(sink: str, count: int) -> float:
    """The same message by the bot of a stock Application, to one chat after the other, as people write it."""
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup
    from telegram.ext import Application

    application = Application.builder().token(TOKEN).base_url(f"{sink}/bot").updater(None).build()
    received = InlineKeyboardMarkup([[InlineKeyboardButton("Đã nhận ✓", callback_data="received")]])
    async with application:
        start = time.perf_counter()
        for chat in range(1, count + 1):
            await application.bot.send_message(chat, TEXT, parse_mode="HTML", reply_markup=received)
        return count / (time.perf_counter() - start)


async def binhan(sink: str, count: int) -> float:
    """The ledger as it runs: claimed, sent, settled, on SQLite."""

    async def post(chat: Chat, reply: Reply) -> None:
        raise AssertionError(chat)

    def now() -> datetime:
        return datetime.now(UTC)

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'x.db'}"
        config = replace(Config(), database=DatabaseConfig(url=url))
        async with (
            beating(config, Secrets(pepper=Secret("00" * 32)), {}) as heart,
            open_telegram(token=TOKEN, clock=now, api_base=sink, rates=FREE) as channel,
        ):
            database = heart.database
            await filled(database, count)
            await expand(database)
            herald = Herald(
                ledger=DatabaseLedger(database),
                leases=DatabaseLeases(database),
                channels={"telegram": channel},
                speak=heart.door.speak,
                post=post,
                clock=now,
            )
            settle()  # as `serve` does
            start = time.perf_counter()
            await herald.settle()
            took = time.perf_counter() - start
            if (await tally(database, "b1")).pending:
                raise RuntimeError("not all were told")
            return count / took


async def filled(database: Database, count: int) -> None:
    """Subscribers of all communes, alike."""
    communes = communes_of(SENDING, load_knowledge().areas)
    for start in range(0, count, STEP):
        async with database.transaction() as tx:
            for number in range(start, min(start + STEP, count)):
                await tx.run(
                    "INSERT INTO subscriber (id, channel, account, chat, topics, party, since, contact)"
                    " VALUES ($1, 'telegram', '4242', $2, 'all', 0, 0, 0)",
                    number,
                    str(10_000_000 + number),
                )
                sql = "INSERT INTO subscription (area, subscriber) VALUES ($1, $2)"
                await tx.run(sql, communes[number % len(communes)], number)


async def expand(database: Database) -> float:
    """Add the whole audience; seconds of the processor that the longest step took from everybody else."""
    async with database.transaction() as tx:
        await Broadcasts(tx).add(SENDING)
    ledger, communes = DatabaseLedger(database), communes_of(SENDING, load_knowledge().areas)
    longest, more = 0.0, True
    while more:
        start = time.thread_time()  # the loop's own: a checkpoint runs beside
        more = await ledger.expand(SENDING, communes, ("telegram",), datetime.now(UTC))
        longest = max(longest, time.thread_time() - start)
        await asyncio.sleep(0)
    return longest


async def expansion(count: int) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(f"sqlite:///{Path(folder) / 'x.db'}") as database:
            await filled(database, count)
            start = time.perf_counter()
            longest = await expand(database)
            took = time.perf_counter() - start
            if (await tally(database, "b1")).audience != count:
                raise RuntimeError("not all were added")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return took, peak, longest * 1000


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["expand", count]:
            print(*(round(value, 2) for value in asyncio.run(expansion(int(count)))))
        case [kind, sink, count]:
            runs = {"ptb": (asyncio.run, ptb), "binhan": (run, binhan)}
            loop, sends = runs[kind]
            print(loop(sends(sink, int(count))))
