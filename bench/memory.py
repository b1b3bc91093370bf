"""Start-up time, and memory after many questions, each in a process of its own.

python -m bench.memory N
"""

import asyncio
import os
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.webhook import questions
from bot.config import Config, DatabaseConfig, Secret, Secrets
from bot.wiring import beating
from handlers.limits import Allowance
from handlers.message import Chat, Message

FREE = Allowance(per_second=10**9, per_minute=10**9)


async def main(count: int) -> None:
    start = psutil.Process().create_time()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'x.db'}"
        config = replace(Config(), database=DatabaseConfig(url=url))
        secrets = Secrets(pepper=Secret("00" * 32))
        async with beating(config, secrets, {}, allowance=FREE) as heart:
            for number, text in enumerate(questions(count)):
                chat = Chat("telegram", "1", str(number % 5000))
                message = Message(chat=chat, id=str(number), at=datetime.now(UTC), text=text)
                outgoing = await heart.door.receive(message)
                for each in outgoing:
                    heart.door.speak(each.reply)
                await heart.door.sent(outgoing)
                if number == 0:
                    print(f"first {time.time() - start:.2f}", flush=True)
            rss = psutil.Process(os.getpid()).memory_info().rss / 2**20
            print(f"rss {rss:.0f}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
