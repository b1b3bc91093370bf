"""`binhan chat`: a conversation in the terminal, through the same handlers as every channel."""

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from bot.channels.terminal import TerminalChannel, normalise, render
from bot.commands.options import config_option
from bot.config import Config, DatabaseConfig, Secret, Secrets, read_config
from bot.wiring import beating, utc_now
from handlers.limits import Allowance
from handlers.message import Speech

GREETING = "/start"
LEAVE = ("thoát", "thoat", "exit", "quit", "bye")
PROMPT = "bạn> "
UNLIMITED = Allowance(per_second=1_000_000, per_minute=1_000_000)


@click.command(epilog="Ví dụ: binhan chat", short_help="Trò chuyện ngay trong cửa sổ lệnh.")
@config_option
def chat(config_path: Path | None) -> int:
    """Trò chuyện trong cửa sổ lệnh; gõ số để bấm nút, "thoát" hoặc Ctrl-D để dừng. Không giữ lại gì."""
    config = read_config(config_path)
    with tempfile.TemporaryDirectory(prefix="binhan-") as folder:
        url = f"sqlite:///{folder}/chat.db"
        config = replace(config, database=DatabaseConfig(url=url))
        asyncio.run(converse(config))
    return 0


async def converse(config: Config) -> None:
    """Read lines until the person leaves; show what is said, also what comes late."""
    secrets = Secrets(pepper=Secret("00" * 32))  # the database is thrown away with the talk
    terminal = TerminalChannel(show)
    async with beating(config, secrets, {"terminal": terminal}, allowance=UNLIMITED) as heart:
        line, number = GREETING, 0
        while line.strip().lower() not in LEAVE:
            message = normalise(line, number, utc_now())
            if message:
                outgoing = await heart.door.receive(message)
                for each in outgoing:
                    show(heart.door.speak(each.reply))
                await heart.door.sent(outgoing)
            number += 1
            line = await asyncio.to_thread(read_line)
            if not sys.stdin.isatty():
                await heart.sender.settle()  # a file does not wait for an answer, so we do
        await heart.sender.settle()


def read_line() -> str:
    """The next line, or a farewell at the end of the input."""
    if sys.stdin.isatty():
        click.echo(PROMPT, nl=False)
    line = sys.stdin.readline()
    return line if line else LEAVE[0]


def show(speech: Speech) -> None:
    click.echo(f"\n{render(speech, colour=sys.stdout.isatty())}\n")
