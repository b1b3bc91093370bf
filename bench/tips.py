"""What tips cost: sealing a text, taking in a large file, and what questions feel while tips pour in."""

import asyncio
import os
import resource
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import psutil

from bot import sealing
from bot.attachments.files import Folder
from bot.attachments.taker import Taker, Write
from bot.channels.terminal import TerminalChannel
from bot.config import Config, DatabaseConfig, Secret, Secrets
from bot.wiring import Heart, beating
from handlers.limits import Allowance, Quota
from handlers.message import Chat, Kind, Message
from handlers.tips import Taken
from tests.units import found_in

TIPS = 200  # a minute
SECONDS = 15
QUESTIONS = (
    "đốt pháo nổ phạt bao nhiêu",
    "xe máy 0,3 mg/l",
    "số nhà cháy gọi ai",
    "vay nóng bị đòi nợ",
)
TEXT = "Nhà cuối xóm có người bán pháo nổ tự làm, tối nào cũng có xe đến chở đi. " * 20


def seal_ms(times: int = 500) -> float:
    """Milliseconds of sealing 1,500 letters, in the middle."""
    keys, tip = sealing.fresh_keys(), sealing.fresh_id()

    def once(seq: int) -> float:
        began = perf_counter()
        sealing.seal(keys.pub, tip=tip, kind="part", seq=seq, day="2027-02-05", body={"text": TEXT})
        return (perf_counter() - began) * 1000

    return median(once(seq) for seq in range(times))


async def large_file() -> tuple[float, float]:
    """Seconds, and MiB of memory at the most over what was there before, of taking in 20 MB of sound.

    The service's own memory and the file's, which lies in memory; the cleaner is a process of its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        taker = Taker(Folder(Path(folder)))
        await taker(_wav(1024))  # whatever is loaded once is loaded now
        process, most, done = psutil.Process(), 0, False
        before = process.memory_info().rss

        async def watch() -> None:
            nonlocal most
            while not done:
                most = max(most, process.memory_info().rss - before)
                await asyncio.sleep(0.005)

        watching = asyncio.create_task(watch())
        began = perf_counter()
        said = await taker(_wav(20 * 1024 * 1024 - 4096))
        seconds, done = perf_counter() - began, True
        await watching
        assert isinstance(said, Taken), said
        return seconds, most / 2**20


def _wav(size: int):  # type: ignore[no-untyped-def]
    async def fetch(write: Write) -> None:
        head = (
            b"RIFF" + (size + 36).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
        )
        head += (1).to_bytes(2, "little") * 2 + (8000).to_bytes(4, "little") * 2
        head += (1).to_bytes(2, "little") + (8).to_bytes(2, "little")
        write(head + b"data" + size.to_bytes(4, "little"))
        for _ in range(size // 65536 or 1):
            write(os.urandom(min(size, 65536)))
            await asyncio.sleep(0)

    return fetch


class Crowd:
    """Talks to the service in this process, a chat a person."""

    def __init__(self, heart: Heart) -> None:
        self._heart = heart
        self._count = 0

    async def say(self, person: str, text: str, kind: Kind = Kind.TEXT) -> float:
        """Seconds until it is answered and committed."""
        self._count += 1
        chat, now = Chat("terminal", "local", person), datetime.now(UTC)
        message = Message(chat=chat, id=str(self._count), at=now, kind=kind, text=text)
        began = perf_counter()
        outgoing = await self._heart.door.receive(message)
        took = perf_counter() - began
        await self._heart.door.sent(outgoing)
        return took

    async def tip(self, number: int) -> None:
        """A whole tip, from the command to a code and the sending."""
        person = f"tipster{number}"
        await self.say(person, "/baotin")
        for press in ("province", "send", "known.skip", "nocode"):
            if press == "send":
                await self.say(person, TEXT)
            await self.say(person, f"s:tip@{press}", Kind.PRESS)

    async def ask(self, seconds: float) -> list[float]:
        """What questions take, asked one after the other."""
        end, took = perf_counter() + seconds, []
        while perf_counter() < end:
            took.append(await self.say(f"asker{len(took)}", QUESTIONS[len(took) % len(QUESTIONS)]))
            await asyncio.sleep(0.01)
        return took


async def pouring() -> tuple[float, float, int]:
    """Milliseconds of a question when idle and with tips pouring in (in the middle), and how many were sent."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/b.db"
        await found_in(url)
        config = Config(folder=Path(folder), database=DatabaseConfig(url=url))
        freely = Allowance(per_second=10**6, per_minute=10**6)
        channel, secrets = TerminalChannel(lambda speech: None), Secrets(pepper=Secret("5a" * 32))
        async with beating(config, secrets, {"terminal": channel}, allowance=freely) as heart:
            heart.desk.sent = Quota(10**6, heart.desk.sent._within)
            crowd = Crowd(heart)
            await crowd.ask(2)
            idle = await crowd.ask(SECONDS / 3)
            tips = [asyncio.create_task(_later(crowd, n)) for n in range(TIPS * SECONDS // 60)]
            busy = await crowd.ask(SECONDS)
            await asyncio.gather(*tips)
            rows = await heart.database.read("SELECT COUNT(*) AS n FROM tip")
            return median(idle) * 1000, median(busy) * 1000, int(rows[0]["n"])


async def _later(crowd: Crowd, number: int) -> None:
    await asyncio.sleep(number * 60 / TIPS)
    await crowd.tip(number)


def section() -> Sequence[str]:
    """The page's part on tips."""
    seconds, mebibytes = asyncio.run(large_file())
    idle, busy, sent = asyncio.run(pouring())
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return (
        "## Tips",
        "",
        "| what | measured | budget |",
        "|---|---|---|",
        f"| seal a text of 1,500 letters | {seal_ms():.2f} ms | 5 ms |",
        f"| take in a file of 20 MB: memory of the service | {mebibytes:.0f} MiB, and 40 MiB of files in memory "
        "| 60 MiB |",
        f"| … time, from its first byte to its sealed last | {seconds:.1f} s | |",
        f"| … memory of the cleaner's process | {children:.0f} MiB | 900 MiB |",
        f"| a question while {TIPS} tips a minute come in ({sent} sent) | {busy:.2f} ms, {busy / idle:.2f} "
        f"times the {idle:.2f} ms when idle | 2 times |",
        "",
    )


if __name__ == "__main__":
    print("\n".join(section()))
