"""Senders that die: nobody is missed, and nobody is told twice but those who were in flight."""

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from bot.store.database import open_database
from tests.fakes.telegram import TelegramServer, open_telegram_server
from tests.scheduler.season import SENDING, expand, people, states

ROOT = Path(__file__).parents[2]


class Speaker:
    """A process of its own that speaks warnings; see tests/scheduler/speaker.py."""

    def __init__(self, url: str, api_base: str, rate: float) -> None:
        command = [sys.executable, "-m", "tests.scheduler.speaker", url, api_base, str(rate)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)

    async def ready(self) -> None:
        assert self.process.stdout
        await asyncio.to_thread(self.process.stdout.readline)

    def kill(self) -> None:
        """As a power cut would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.communicate()


@asynccontextmanager
async def speaking(url: str, api_base: str, rate: float) -> AsyncIterator[Speaker]:
    speaker = Speaker(url, api_base, rate)
    try:
        await speaker.ready()
        yield speaker
    finally:
        speaker.kill()


def told(*servers: TelegramServer) -> Counter[int]:
    return Counter(int(call.fields["chat_id"]) for server in servers for call in server.sent())


async def killed_again_and_again(
    folder: Path, *, recipients: int, kills: int, rate: float
) -> tuple[Counter[int], int]:
    """Who was told how often, and how many were in flight at the kills together."""
    chance = random.Random(7)  # noqa: S311 - not for secrets
    url = f"sqlite:///{folder}/binhan.db"
    async with open_telegram_server() as telegram:
        async with open_database(url) as database:
            await people(database, range(1, recipients + 1))
            await expand(database, SENDING)
        in_flight = 0
        for turn in range(kills + 1):
            async with speaking(url, telegram.base, rate) as speaker:
                if turn == kills:
                    await settled(url, recipients)
                    break
                left = recipients - len(telegram.calls)
                until = len(telegram.calls) + chance.randrange(1, max(2, left // (kills - turn)))
                await telegram.wait_for(partial(reached, telegram, until), 60)
                speaker.kill()
            async with open_database(url) as database:
                in_flight += (await states(database)).get("claimed", 0)
        return told(telegram), in_flight


def reached(telegram: TelegramServer, count: int) -> bool:
    return len(telegram.calls) >= count


async def settled(url: str, recipients: int) -> None:
    async with open_database(url) as database:
        async with asyncio.timeout(120):
            while (await states(database)).get("sent", 0) < recipients:  # noqa: ASYNC110
                await asyncio.sleep(0.2)


async def test_a_few_kills_miss_nobody(tmp_path: Path) -> None:
    heard, in_flight = await killed_again_and_again(tmp_path, recipients=300, kills=2, rate=300)

    assert set(heard) == set(range(1, 301))
    assert sum(heard.values()) - 300 <= in_flight


@pytest.mark.soak
async def test_fifty_kills_miss_nobody(tmp_path: Path) -> None:
    heard, in_flight = await killed_again_and_again(
        tmp_path, recipients=10_000, kills=50, rate=1000
    )

    twice = sum(heard.values()) - 10_000
    print(f"told twice: {twice}; in flight at the kills: {in_flight}")  # noqa: T201
    assert set(heard) == set(range(1, 10_001))
    assert twice <= in_flight


async def test_another_machine_goes_on_within_ten_seconds(fresh_postgres: str) -> None:
    async with open_telegram_server() as first, open_telegram_server() as second:
        async with open_database(fresh_postgres) as database:
            await people(database, range(1, 301))
            await expand(database, SENDING)
        async with speaking(fresh_postgres, first.base, 25) as leader:
            await first.wait_for(first.sent, 20)
            async with speaking(fresh_postgres, second.base, 300):
                before = len(first.sent())
                await first.wait_for(lambda: len(first.sent()) >= before + 30, 20)
                assert second.sent() == []  # the lease is the first one's

                killed = time.monotonic()
                leader.kill()
                await second.wait_for(second.sent, 15)
                await settled(fresh_postgres, 300)

        took = second.sent()[0].at - killed
        assert took <= 10
        assert max(call.at for call in first.sent()) < second.sent()[0].at
        heard = told(first, second)
    assert set(heard) == set(range(1, 301))
