"""A desk to work at: the real program with officers of known passwords, and people who come in by HTTP."""

import secrets
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp

from bot.config import Config, Secret, Secrets, Telegram
from bot.console.codes import boxed, code_at, fresh_secret
from bot.console.demo import Identity, derived, identity
from bot.store.database import open_database
from bot.store.officers import Officers, State
from bot.wiring import running
from handlers.officer import Officer, Role
from tests.dialogs.people import PEPPER, TODAY, config_for
from tests.fakes.telegram import TelegramServer

SECRETS = Secrets(pepper=Secret(PEPPER))
PASSWORD = "bốn từ không liên quan"  # noqa: S105
CARD = bytes(range(32))
TOTP = fresh_secret()
STAFF = (
    ("truc", Role.DUTY, "ben-sao"),
    ("xa", Role.COMMUNE, "ben-sao"),
    ("xa2", Role.COMMUNE, "cho-mo"),
    ("tinh", Role.PROVINCE, "tinh-mau"),
    ("quantri", Role.ADMIN, "tinh-mau"),
)


@dataclass
class Clock:
    """A clock that a test winds."""

    now: datetime = TODAY

    def __call__(self) -> datetime:
        return self.now

    def wind(self, span: timedelta) -> None:
        self.now += span


@dataclass(frozen=True)
class Staff:
    officer: Officer
    identity: Identity


@cache
def identity_of(login: str) -> Identity:
    """Argon2 takes a quarter of a second: each officer's keys are made once a run."""
    return identity(PASSWORD, CARD)


@cache
def proof_of(password: str, salt: bytes) -> bytes:
    """So is each proof of a password."""
    return derived(password, salt)[0]


@dataclass
class Caller:
    """Somebody at the desk's HTTP interface, with the cookies and the token of a browser."""

    session: aiohttp.ClientSession
    url: str
    csrf: str = ""

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.session.get(self.url + path, allow_redirects=False) as response:
            return response.status, await _read(response)

    async def post(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        wanted = {"X-CSRF": self.csrf, "Sec-Fetch-Site": "same-origin"} | headers
        async with self.session.post(
            self.url + path, json=body or {}, headers=wanted, allow_redirects=False
        ) as response:
            return response.status, await _read(response)


async def _read(response: aiohttp.ClientResponse) -> Any:
    if response.content_type == "application/json":
        return await response.json()
    return await response.text()


@dataclass
class Station:
    """The running desk."""

    config: Config
    url: str
    public_url: str
    clock: Clock
    staff: dict[str, Staff]
    _sessions: list[aiohttp.ClientSession] = field(default_factory=list)

    def stranger(self) -> Caller:
        """Somebody who is not logged in."""
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._sessions.append(session)
        return Caller(session, self.url)

    def code(self) -> str:
        return code_at(TOTP, self.clock().timestamp())

    async def enter(self, caller: Caller, login: str, **other: str) -> tuple[int, Any]:
        """Log in as the page's script does; `other` puts something else into the request."""
        keys = identity_of(login).keys
        proof = proof_of(other.pop("password", PASSWORD), keys.salt)
        asked = {"login": login, "proof": text(proof), "code": self.code()} | other
        status, answer = await caller.post("/api/dang-nhap", asked)
        if status == 200:
            caller.csrf = answer["csrf"]
        return status, answer

    async def officer(self, login: str) -> Caller:
        """An officer who is logged in."""
        caller = self.stranger()
        self.clock.wind(timedelta(seconds=30))  # a code is taken once
        status, answer = await self.enter(caller, login)
        assert status == 200, answer
        return caller

    async def close(self) -> None:
        for session in self._sessions:
            await session.close()


@asynccontextmanager
async def open_station(
    folder: Path,
    url: str | None = None,
    staff: tuple[tuple[str, Role, str], ...] = STAFF,
    telegram: TelegramServer | None = None,
    **limits: float,
) -> AsyncIterator[Station]:
    """The program with its officers in, and on Telegram if there is one."""
    config, clock, secrets = config_for(folder, url), Clock(), SECRETS
    config = replace(config, limits=replace(config.limits, **limits))
    if telegram:
        config = replace(
            config, telegram=Telegram(enabled=True, api_base=telegram.base, per_second=1000)
        )
        secrets = replace(secrets, telegram_token=Secret(telegram.token))
    made: dict[str, Staff] = {}
    async with open_database(config.database_url) as database, database.transaction() as tx:
        officers = Officers(tx)
        for login, role, area in staff:
            who = await officers.add(
                login=login, name=f"Cán bộ {login}", role=role, area=area, at=clock()
            )
            await officers.set_keys(who.id, identity_of(login).keys, clock())
            await officers.set_totp(who.id, boxed(TOTP, SECRETS.key("desk_key")), 0)
            await officers.set_state(who.id, State.ACTIVE)
            made[login] = Staff(who, identity_of(login))
    async with running(config, secrets, clock=clock) as started:
        station = Station(config, started.console_url, started.public_url, clock, made)
        try:
            yield station
        finally:
            await station.close()


def text(raw: bytes) -> str:
    return b64encode(raw).decode()


def random_text(size: int) -> str:
    return text(secrets.token_bytes(size))
