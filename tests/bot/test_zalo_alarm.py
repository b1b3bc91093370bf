"""What only a person can mend on Zalo is told to the admins in their chat, with its remedy, and not again and again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.terminal import TerminalChannel
from bot.config import KnowledgeConfig, Secret, Secrets
from bot.wiring.heart import beating
from bot.wiring.zalo import Zalo, zalo_of
from handlers.message import Speech
from tests.dialogs.people import PEPPER, config_for
from tests.fakes.zalo import ZaloServer, open_zalo_server
from tests.fakes.zalo_demo import ACCOUNT, app_of, clock_of, log_in, with_oa


class Office:
    """A service with an OA, and an admin at the terminal."""

    def __init__(self, zalo: ZaloServer, wired: Zalo, told: asyncio.Queue[Speech]) -> None:
        self.zalo = zalo
        self._wired = wired
        self._told = told

    async def tick(self) -> list[str]:
        """What the admin is told of a tick of the clock."""
        await self._wired.tick(clock_of(self.zalo))
        try:
            return [(await asyncio.wait_for(self._told.get(), 0.5)).text]
        except TimeoutError:
            return []


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    told: asyncio.Queue[Speech] = asyncio.Queue()
    async with open_zalo_server() as zalo, AsyncExitStack() as stack:
        config = with_oa(config_for(tmp_path), zalo)
        config = replace(config, knowledge=KnowledgeConfig(admins=("terminal:me",)))
        secrets = Secrets(pepper=Secret(PEPPER), zalo_oa={ACCOUNT: app_of()})
        await log_in(config, secrets, zalo)
        terminal = TerminalChannel(told.put_nowait)
        heart = await stack.enter_async_context(
            beating(config, secrets, {"terminal": terminal}, clock=lambda: clock_of(zalo))
        )
        wired = zalo_of(config, secrets, heart, lambda: clock_of(zalo), stack)
        assert wired
        yield Office(zalo, wired, told)


async def test_a_dead_token_is_told_with_its_remedy_and_not_every_half_hour(office: Office) -> None:
    assert await office.tick() == []
    office.zalo.grant.refresh = "rotated by somebody else"
    office.zalo.pass_time(hours=21)

    (first,) = await office.tick()

    assert f"binhan zalo login {ACCOUNT}" in first
    office.zalo.pass_time(hours=0.5)
    assert await office.tick() == []
    office.zalo.pass_time(hours=12)
    assert len(await office.tick()) == 1
    assert office.zalo.oauth_calls == 1  # an alarm is no loop


async def test_a_webhook_that_zalo_switched_off_is_told(office: Office) -> None:
    office.zalo.say("8400000000000000007", "có ai không")  # no webhook is set: it never comes
    assert await office.tick() == []  # it may still come
    office.zalo.pass_time(hours=1)

    (told,) = await office.tick()

    assert "Webhook" in told
