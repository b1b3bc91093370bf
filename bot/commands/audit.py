"""`binhan audit verify`: whether anybody changed what the audit log says."""

import asyncio
from pathlib import Path

import click

from bot.commands.options import config_option
from bot.config import Config, read_config, read_secrets
from bot.store.audit import Audit, chain
from bot.store.database import Row, open_database
from knowledge.load import load_knowledge


@click.group(short_help="Nhật ký của cán bộ.")
def audit() -> None:
    """Kiểm tra nhật ký của cán bộ."""


@audit.command(epilog="Ví dụ: binhan audit verify --head 128:9f2c")
@click.option(
    "--head",
    default="",
    help="Đầu chuỗi đã ghi lại lần trước (SỐ:DẤU): phải còn nguyên trong chuỗi.",
)
@config_option
def verify(head: str, config_path: Path | None) -> int:
    """Kiểm tra chuỗi: dòng bị sửa, xoá, đổi chỗ, cắt đuôi đều lộ; thoát 1 nếu có."""
    config = read_config(config_path)
    rows, tip = asyncio.run(read(config))
    broken = Audit(read_secrets(config).key("audit_key")).verify(rows, tip)
    if broken:
        texts = load_knowledge(config.knowledge_folder).texts
        click.echo(f"✗ dòng {broken.n}: {texts(broken.why)}", err=True)
        return 1
    if head and not noted(rows, head):
        click.echo(f"✗ {head}: đầu chuỗi đã ghi lại không còn trong nhật ký", err=True)
        return 1
    click.echo(f"✓ {len(rows)} dòng, chuỗi còn nguyên. Đầu chuỗi: {tip['n']}:{tip['mark'][:16]}")
    click.echo("  Chép đầu chuỗi vào sổ trực: lần sau kiểm tra bằng --head.")
    return 0


async def read(config: Config) -> tuple[list[Row], Row]:
    async with open_database(config.database_url) as database:
        return await chain(database)


def noted(rows: list[Row], head: str) -> bool:
    """Whether a head that was written down is still a row of the chain."""
    number, _, mark = head.partition(":")
    return bool(mark) and any(
        str(row["n"]) == number and row["mark"].startswith(mark) for row in rows
    )
