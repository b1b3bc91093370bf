"""`binhan serve`: the running service."""

import asyncio
import ctypes
import gc
import signal
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from bot.commands.options import config_option
from bot.config import (
    Config,
    ConfigError,
    Data,
    DatabaseConfig,
    Secrets,
    missing_secrets,
    read_config,
    read_secrets,
)
from bot.console.codes import code_at
from bot.console.demo import Demo
from bot.logs import set_up_logs
from bot.loop import run
from bot.wiring import Running, running, utc_now
from scheduler.sender import Clock

COLLECT = (
    50_000,
    20,
    50,
)  # objects made before the collector looks, and how many times before it looks deeper
DEMO_FOLDER = "data/demo"


@click.command(
    epilog="Ví dụ: binhan serve --config /etc/binhan/config.toml",
    short_help="Chạy dịch vụ.",
)
@click.option(
    "--demo", is_flag=True, help="Chạy thử: thư mục dữ liệu riêng, chỉ nghe trên máy này."
)
@config_option
def serve(demo: bool, config_path: Path | None) -> int:
    """Chạy web chat, các kênh được bật và đồng hồ, đến khi nhận tín hiệu dừng."""
    config = read_config(config_path)
    if demo:
        config = demo_config(config)
    secrets = read_secrets(config)
    if faults := missing_secrets(config, secrets):
        raise ConfigError(faults)
    set_up_logs()
    run(until_stopped(config, secrets))
    return 0


def demo_config(config: Config) -> Config:
    """The configuration with data of its own; refused where it would listen beyond this machine."""
    for key, listen in (
        ("server.listen", config.server.listen),
        ("console.listen", config.console.listen),
    ):
        if not listen.startswith(("127.", "localhost:", "[::1]")):
            raise ConfigError([f"{key}: chế độ --demo chỉ nghe trên máy này (127.0.0.1)"])
    return replace(
        config,
        demo=True,
        data=Data(path=DEMO_FOLDER),
        database=DatabaseConfig(url=f"sqlite:///{DEMO_FOLDER}/binhan.db"),
    )


async def until_stopped(config: Config, secrets: Secrets, *, clock: Clock = utc_now) -> None:
    """Run until SIGTERM or Ctrl-C; the first lines say what was started and where."""
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    async with running(config, secrets, clock=clock) as started:
        for line in first_lines(started):
            click.echo(line)
        sys.stdout.flush()
        settle()
        await stop.wait()
        click.echo("Đang dừng: trả lời nốt các câu đang dở…")


def settle() -> None:
    """Keep the collector away from the knowledge, which stays: a seventh more questions a second.

    What reading it took for a moment goes back to the machine, where its C library can do that: some 10 MiB.
    """
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    gc.freeze()
    gc.set_threshold(*COLLECT)


def first_lines(started: Running) -> tuple[str, ...]:
    return (
        f"Bình An đang chạy: {started.articles} bài, kênh: {', '.join(started.channels)}.",
        f"  Trò chuyện:  {started.public_url}/",
        f"  Cán bộ:      {started.console_url}/  (không mở ra mạng ngoài)",
        *(demo_lines(started.demo) if started.demo else ()),
        "  Dừng: Ctrl-C",
    )


def demo_lines(demo: Demo) -> tuple[str, ...]:
    """What a person needs to come in at once; only ever of the demo, on this machine."""
    return (
        f"  Bản chạy thử: dữ liệu mẫu. Cán bộ mẫu: {', '.join(demo.logins)}",
        f"    mật khẩu {demo.password}   mã lúc này {code_at(demo.secret, time.time())}"
        f"   (khoá tạo mã: {demo.secret}; trang đăng nhập điền sẵn mã mới)",
    )
