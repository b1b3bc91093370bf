"""Start-up time, and memory after many questions with 100,000 subscribers, each in a process of its own.

python -m bench.memory N
"""

import os
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bot.commands.serve import settle
from bot.config import Config, DatabaseConfig, Secret, Secrets
from bot.loop import run
from bot.store.database import Database
from bot.wiring import Heart, beating
from handlers.limits import Allowance
from handlers.message import Chat, Message, Speech

FREE = Allowance(per_second=10**9, per_minute=10**9)
SUBSCRIBERS = 100_000
STEP = 2000
FIRST = "đốt pháo nổ phạt bao nhiêu"


class Mute:
    """A channel that says nothing: pieces of a sentence are answered through it."""

    pulled = False

    async def send(self, chat: Chat, speech: Speech, **how: object) -> None: ...


async def main(count: int) -> None:
    process = psutil.Process(os.getpid())
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'x.db'}"
        config = replace(Config(), database=DatabaseConfig(url=url))
        secrets = Secrets(pepper=Secret("00" * 32))
        async with beating(config, secrets, {"telegram": Mute()}, allowance=FREE) as heart:
            await ask(heart, 0, FIRST)
            used = process.cpu_times()
            print(f"first {age():.2f}", flush=True)
            print(f"processor {used.user + used.system:.2f}", flush=True)
            settle()
            await subscribe(heart.database)

            from bench.webhook import questions  # what it needs is no part of the start

            articles = heart.library.knowledge.articles.values()
            for number, text in enumerate(questions(count, articles), 1):
                await ask(heart, number, text)
            print(f"rss {process.memory_info().rss / 2**20:.0f}", flush=True)


def age() -> float:
    """Seconds since this process began, by the kernel's own clock.

    `psutil` adds the time of boot, which the kernel gives in whole seconds: it may be one too many.
    """
    stat = Path("/proc/self/stat").read_text()
    began = int(stat.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began


async def ask(heart: Heart, number: int, text: str) -> None:
    chat = Chat("telegram", "1", str(number % 5000))
    message = Message(chat=chat, id=str(number), at=datetime.now(UTC), text=text)
    outgoing = await heart.door.receive(message)
    for each in outgoing:
        heart.door.speak(each.reply)
    await heart.door.sent(outgoing)


async def subscribe(database: Database) -> None:
    sql = (
        "INSERT INTO subscriber (id, channel, account, chat, topics, party, since, contact)"
        " VALUES ($1, 'telegram', '1', $2, 'all', 0, 0, 0)"
    )
    for start in range(0, SUBSCRIBERS, STEP):
        async with database.transaction() as tx:
            for id in range(start, start + STEP):
                await tx.run(sql, id, str(id))
                await tx.run("INSERT INTO subscription (area, subscriber) VALUES ('xa', $1)", id)


if __name__ == "__main__":
    run(main(int(sys.argv[1])))
