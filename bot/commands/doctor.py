"""`binhan doctor`: what is missing or wrong before the service is started."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from bot.commands.options import config_option, day
from bot.config import Config, Secrets, missing_secrets, read_config, read_secrets
from bot.store.database import open_database
from bot.store.units import lonely, outside_escrow
from knowledge.check import check
from knowledge.faults import KnowledgeError
from knowledge.load import load_knowledge

FONTS = Path(__file__).parent.parent / "web/static/vendor"


@click.command(
    epilog="Ví dụ: binhan doctor --config config.toml", short_help="Khám cấu hình và máy."
)
@config_option
def doctor(config_path: Path | None) -> int:
    """Nêu điều còn thiếu hoặc sai, kèm cách sửa; thoát 1 nếu có."""
    config = read_config(config_path)
    secrets = read_secrets(config)
    sick = 0
    for name, examine in EXAMINATIONS.items():
        faults = list(examine(config, secrets))
        sick += bool(faults)
        click.echo(f"{'✗' if faults else '✓'} {name}")
        for fault in faults:
            click.echo(f"    {fault}")
    return int(bool(sick))


def settings(config: Config, secrets: Secrets) -> Iterator[str]:
    yield from missing_secrets(config, secrets)
    by_webhook = config.telegram.enabled and config.telegram.mode == "webhook"
    if by_webhook and not config.public_url.startswith("https://"):
        yield "server.public_url: webhook cần địa chỉ https://"
    by_zalo = any(oa.enabled for oa in config.zalo_oa)
    if by_zalo and not config.public_url.startswith("https://"):
        yield "server.public_url: Zalo cần địa chỉ https:// (xem docs/zalo.md)"
    if not config.office.duty:
        yield "office.duty: chưa có số trực ban; người dân sẽ chỉ được mời gọi công an xã"


def secrets_file(config: Config, secrets: Secrets) -> Iterator[str]:
    path = config.data_folder / "secrets.toml"
    if path.exists() and path.stat().st_mode & 0o077:
        yield f"{path}: người khác đọc được; chạy: chmod 600 {path}"
    if not os.access(config.data_folder, os.W_OK):
        yield f"{config.data_folder}: không ghi được"


def database(config: Config, secrets: Secrets) -> Iterator[str]:
    async def opened() -> None:
        async with open_database(config.database_url):
            pass

    try:
        asyncio.run(opened())
    except Exception as error:  # whatever the driver says, only its kind is told
        yield f"database.url: không mở được ({type(error).__name__})"


def knowledge(config: Config, secrets: Secrets) -> Iterator[str]:
    try:
        faults = check(load_knowledge(config.knowledge_folder), day(None))
    except KnowledgeError as error:
        faults = error.faults
    if faults:
        yield f"{len(faults)} lỗi; chạy: binhan kb check"


def front_end(config: Config, secrets: Secrets) -> Iterator[str]:
    if not any(FONTS.rglob("*.woff2")):
        yield "thiếu phông chữ của web chat; chạy: make vendor"


def key_holders(config: Config, secrets: Secrets) -> Iterator[str]:
    async def read() -> tuple[list[tuple[str, int]], list[str]]:
        async with open_database(config.database_url) as database:
            return await lonely(database), await outside_escrow(database)

    try:
        few, outside = asyncio.run(read())
    except Exception:  # the database's own examination says it
        return
    for unit, count in few:
        yield f"{unit}: chỉ {count} người giữ khoá; mời thêm cán bộ (binhan officer add)"
    for unit in outside:
        yield f"{unit}: khoá chưa ký gửi ở tỉnh; xem binhan keys ceremony"


EXAMINATIONS: dict[str, Callable[[Config, Secrets], Iterator[str]]] = {
    "cấu hình": settings,
    "thư mục dữ liệu và bí mật": secrets_file,
    "cơ sở dữ liệu": database,
    "khoá của các đơn vị": key_holders,
    "kho kiến thức": knowledge,
    "giao diện web": front_end,
}
