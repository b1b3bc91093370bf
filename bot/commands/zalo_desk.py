"""What the `binhan zalo` commands work with: one account of the configuration, and Zalo."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.channels.zalo_oa.api import Api
from bot.channels.zalo_oa.oauth import OAuth
from bot.config import (
    Config,
    ConfigError,
    Secrets,
    ZaloOa,
    missing_secrets,
    read_config,
    read_secrets,
)
from bot.store.database import open_database
from bot.store.keyed import Keyed
from bot.store.zalo_chats import ZaloChats
from bot.store.zalo_tokens import DatabaseTokens
from bot.wiring.zalo import api_of, app_of, open_session, tokens_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the commands work with, for one account."""

    oa: ZaloOa
    config: Config
    api: Api
    oauth: OAuth
    store: DatabaseTokens
    chats: ZaloChats


async def at_desk(
    account: str, config_path: Path | None, work: Callable[[Desk], Awaitable[int]]
) -> int:
    """The exit code of a piece of work for an account; ConfigError where there is no such account."""
    config = read_config(config_path)
    async with _desk(account, config, read_secrets(config)) as desk:
        return await work(desk)


@asynccontextmanager
async def _desk(account: str, config: Config, secrets: Secrets) -> AsyncIterator[Desk]:
    oa = next((oa for oa in config.zalo_oa if oa.account == account), None)
    if oa is None:
        known = ", ".join(oa.account for oa in config.zalo_oa) or "chưa có [[zalo_oa]] nào"
        raise ConfigError([f"không có tài khoản Zalo «{account}» trong cấu hình ({known})"])
    if faults := missing_secrets(config, secrets):
        raise ConfigError(faults)
    async with open_database(config.database_url) as database, open_session() as session:
        tokens = tokens_of(oa, secrets, database, session, now)
        app = app_of(secrets.zalo_oa[account], secrets)
        keyed = Keyed(bytes.fromhex(secrets.pepper.reveal()))
        try:
            yield Desk(
                oa=oa,
                config=config,
                api=api_of(oa, tokens, session, now),
                oauth=OAuth(session=session, base=oa.oauth_base, app=app),
                store=DatabaseTokens(database, secrets.key("zalo_key")),
                chats=ZaloChats(database, keyed),
            )
        finally:
            await tokens.finish()


def now() -> datetime:
    return datetime.now(UTC)


def clock(at: datetime) -> str:
    """An instant as the operator's own clock shows it."""
    return at.astimezone().strftime("%H:%M %d/%m/%Y")
