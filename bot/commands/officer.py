"""`binhan officer`: accounts of the desk; who invites an officer never learns the password."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from bot.commands.options import config_option
from bot.config import Config, read_config, read_secrets
from bot.console.accounts import LOGIN, units_of
from bot.store.audit import NOBODY, Audit
from bot.store.database import Conflict, Transaction, open_database
from bot.store.officers import Account, Officers, State, accounts
from bot.store.sessions import Door, Sessions
from bot.store.units import leave
from handlers.ask import local_day
from handlers.officer import Role
from knowledge.load import load_knowledge

T = TypeVar("T")

STATES = {
    State.INVITED: "chưa nhận lời mời",
    State.ACTIVE: "đang làm việc",
    State.DISABLED: "đã khoá",
}
ROLES = {
    Role.COMMUNE: "cán bộ xã",
    Role.DUTY: "trực ban",
    Role.PROVINCE: "tỉnh",
    Role.ADMIN: "quản trị",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An opened transaction, and what acts in it are noted with."""

    config: Config
    tx: Transaction
    audit: Audit
    now: datetime


@click.group(short_help="Tài khoản cán bộ của bàn trực.")
def officer() -> None:
    """Thêm, liệt kê, khoá, mời lại cán bộ."""


@officer.command(
    epilog="Ví dụ: binhan officer add lan.nt --name 'Nguyễn Thị Lan' --role duty --area ben-sao"
)
@click.argument("login")
@click.option("--name", required=True, help="Họ tên, hiện cho đồng nghiệp.")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option("--area", required=True, help="Mã xã hoặc tỉnh (cột id của areas.csv).")
@config_option
def add(login: str, name: str, role: str, area: str, config_path: Path | None) -> int:
    """Tạo tài khoản và in đường dẫn mời dùng một lần (72 giờ)."""
    config = read_config(config_path)
    if not LOGIN.fullmatch(login):
        raise click.UsageError("LOGIN: 2–32 ký tự a-z 0-9 . _ -")
    if area not in units_of(load_knowledge(config.knowledge_folder).areas):
        raise click.UsageError(f"--area: không có xã hoặc tỉnh «{area}» trong areas.csv")

    async def work(office: Office) -> str:
        try:
            made = await Officers(office.tx).add(
                login=login, name=name.strip(), role=Role(role), area=area, at=office.now
            )
        except Conflict:
            raise click.UsageError(f"đã có tài khoản «{login}»") from None
        await office.audit(office.tx, office.now, NOBODY, "officer_add", login)
        return await Sessions(office.tx).invite(made.id, Door.INVITE, office.now)

    say_invitation(config, login, run(config, work))
    return 0


@officer.command("list", epilog="Ví dụ: binhan officer list")
@config_option
def list_all(config_path: Path | None) -> int:
    """Liệt kê tài khoản: tên đăng nhập, vai trò, nơi làm việc, trạng thái."""
    config = read_config(config_path)

    async def read() -> list[Account]:
        async with open_database(config.database_url) as database:
            return await accounts(database)

    for account in asyncio.run(read()):
        who = account.officer
        role = ROLES[who.role]
        click.echo(
            f"{who.login:<20} {role:<11} {who.area:<20} {STATES[account.state]:<18} {who.name}"
        )
    return 0


@officer.command(epilog="Ví dụ: binhan officer disable lan.nt")
@click.argument("login")
@config_option
def disable(login: str, config_path: Path | None) -> int:
    """Khoá tài khoản: đuổi khỏi mọi phiên, xoá các khoá đã cấp; đơn vị sẽ đổi khoá."""
    config = read_config(config_path)

    run(config, lambda office: without_keys(office, login, State.DISABLED, "officer_disable"))
    click.echo(
        f"Đã khoá «{login}». Tin mới sẽ dùng khoá mới khi một đồng nghiệp cùng đơn vị mở hộp tin."
    )
    return 0


@officer.command(epilog="Ví dụ: binhan officer reinvite lan.nt")
@click.argument("login")
@config_option
def reinvite(login: str, config_path: Path | None) -> int:
    """Mời lại: bỏ mật khẩu và khoá cũ; đồng nghiệp phải cấp lại khoá để đọc tin cũ."""
    config = read_config(config_path)

    async def work(office: Office) -> str:
        account = await without_keys(office, login, State.INVITED, "officer_reinvite")
        return await Sessions(office.tx).invite(account.officer.id, Door.INVITE, office.now)

    say_invitation(config, login, run(config, work))
    return 0


async def without_keys(office: Office, login: str, state: State, action: str) -> Account:
    """The account of a login, in a new state: out of every session, and without the keys it was given."""
    account = await account_of(office.tx, login)
    await leave(office.tx, account, state, local_day(office.now))
    await office.audit(office.tx, office.now, NOBODY, action, login)
    return account


def say_invitation(config: Config, login: str, code: str) -> None:
    click.echo(
        f"Gửi đường dẫn này cho «{login}», tận tay hoặc qua kênh riêng. Dùng một lần, trong 72 giờ:"
    )
    click.echo(f"  {config.console_url}/moi#{code}")


async def account_of(tx: Transaction, login: str) -> Account:
    """The account of a login; wrong use, with the remedy, where there is none."""
    account = await Officers(tx).by_login(login)
    if account is None:
        raise click.UsageError(f"không có tài khoản «{login}»; xem: binhan officer list")
    return account


@asynccontextmanager
async def office(config: Config) -> AsyncIterator[Office]:
    """A transaction on the configured database, flushed to the disk when it commits."""
    audit = Audit(read_secrets(config).key("audit_key"))
    async with open_database(config.database_url) as database, database.transaction() as tx:
        await tx.make_durable()
        yield Office(config=config, tx=tx, audit=audit, now=datetime.now(UTC))


def run(config: Config, work: Callable[[Office], Awaitable[T]]) -> T:
    """Do the work in one transaction."""

    async def whole() -> T:
        async with office(config) as opened:
            return await work(opened)

    return asyncio.run(whole())
