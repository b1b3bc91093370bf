"""Questions answered per second through the Telegram webhook, beside an echo on stock PTB and one on aiogram.

The server under test has one core, the load and the sink the other. 30 % of the questions are repeated.
Rates are also given by the second of processor time that the server used: what it would do with a core of its own,
whatever else the machine does meanwhile.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

from knowledge.article import Article
from knowledge.load import SHIPPED, load_articles
from tests.ports import free_port

TOKEN = "4242:" + "x" * 35
SECRET = "s" * 32
SECONDS = 6.0
OURS_WARM = 10_000  # questions before: ours makes a pattern and a word ready when it is first met
PEER_WARM = 200
CONNECTIONS = 64
REPEATED = 0.3
WEBHOOK = "/webhook/telegram"


@dataclass(frozen=True, slots=True)
class Rate:
    """Answers by the second, and by the second of processor time."""

    second: float
    processor: float


def questions(count: int, articles: Iterable[Article], seed: int = 1) -> Iterator[str]:
    """Questions as people put them: `ask` lines, most of them made new by a word, the rest repeated."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    asks = [line for article in articles for line in article.ask]
    common = asks[:50]
    openers = ("cho hỏi", "ad ơi", "dạ", "em hỏi", "bác ơi", "alo", "mọi người ơi", "giúp em")
    for number in range(count):
        if chance.random() < REPEATED:
            yield chance.choice(common)
        else:
            yield f"{chance.choice(openers)} {chance.choice(asks)} {number}"


def update(number: int, text: str) -> bytes:
    message = {
        "message_id": number,
        "date": int(time.time()),
        "chat": {"id": number % 5000 + 1, "type": "private", "first_name": "A"},
        "from": {"id": number % 5000 + 1, "is_bot": False, "first_name": "A"},
        "text": text,
    }
    return json.dumps({"update_id": number, "message": message}, ensure_ascii=False).encode()


@contextmanager
def process(
    *command: str, core: int, ready: str, cwd: Path | None = None, **env: str
) -> Iterator[psutil.Process]:
    """A process on one core, once it has printed that it is ready."""
    child = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=cwd,
        env=os.environ | env,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    try:
        assert child.stdout
        for line in child.stdout:
            if ready in line:
                break
        else:
            raise RuntimeError(f"{command[:4]} ended before it was ready")
        yield psutil.Process(child.pid)
    finally:
        child.kill()
        child.wait()


async def load(url: str, sink: str, server: psutil.Process, seconds: float, *, warm: int) -> Rate:
    """Answers of a server, after `warm` unmeasured ones: those in the response and those sent by the API."""
    texts = list(questions(60_000, load_articles(SHIPPED / "articles").values()))
    inline = sent = 0
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:

        async def count() -> int:
            async with session.get(f"{sink}/count") as response:
                return int(await response.text()) + inline

        async def person(going_on: Callable[[], bool]) -> None:
            nonlocal inline, sent
            while going_on():
                sent += 1
                body = update(sent, texts[sent % len(texts)])
                async with session.post(url, data=body, headers=headers) as response:
                    inline += b"sendMessage" in await response.read()

        async def people(going_on: Callable[[], bool]) -> None:
            await asyncio.gather(*(person(going_on) for _ in range(CONNECTIONS)))

        async def run(length: float) -> Rate:
            before, start, used = await count(), time.perf_counter(), processor(server)
            await people(lambda: time.perf_counter() < start + length)
            answers = await count() - before
            return Rate(
                answers / (time.perf_counter() - start), answers / (processor(server) - used)
            )

        await people(lambda: sent < warm)
        return await run(seconds)


def processor(server: psutil.Process) -> float:
    """Seconds of processor time that a process has used."""
    times = server.cpu_times()
    return float(times.user + times.system)


def measure(kind: str) -> Rate:
    """The rate of "binhan", "ptb" or "aiogram"."""
    port, sink_port = free_port(), free_port()
    sink = f"http://127.0.0.1:{sink_port}"
    own, other = 0, (os.cpu_count() or 2) - 1
    os.sched_setaffinity(0, {other})
    with ExitStack() as stack:
        python = sys.executable
        stack.enter_context(
            process(python, "-m", "bench.sink", str(sink_port), core=other, ready="ready")
        )
        if kind == "binhan":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            (folder / "config.toml").write_text(settings(port, sink), "utf-8")
            command = (python, "-m", "bot", "serve", "--config", str(folder / "config.toml"))
            env = {"BINHAN_TELEGRAM_TOKEN": TOKEN, "BINHAN_TELEGRAM_WEBHOOK_SECRET": SECRET}
            server = stack.enter_context(process(*command, core=own, ready="telegram", **env))
            warm = OURS_WARM
        else:
            command = (python, "-m", "bench.peers", kind, str(port), sink, TOKEN)
            server = stack.enter_context(process(*command, core=own, ready="ready"))
            warm = PEER_WARM
        return asyncio.run(
            load(f"http://127.0.0.1:{port}{WEBHOOK}", sink, server, SECONDS, warm=warm)
        )


def settings(port: int, api_base: str) -> str:
    return f"""
[server]
listen = "127.0.0.1:{port}"
public_url = "https://binhan.example.vn"
[console]
listen = "127.0.0.1:{free_port()}"
[telegram]
enabled = true
mode = "webhook"
api_base = "{api_base}"
per_second = 1000000
[limits]
questions_per_second = 100000
questions_per_minute = 1000000
"""
