"""One living pair of tokens an account, on both engines: kept before it is used, refreshed by one, never a loop."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bot.channels.zalo_oa import App, OAuth, Pair, Tokens, verifier_of
from bot.channels.zalo_oa.tokens import PATIENCE
from bot.config import Secret
from bot.store.database import Database, DatabaseError
from bot.store.zalo_tokens import DatabaseTokens
from handlers.errors import Stopped, Unreachable, Unsure
from tests.fakes.zalo import APP_ID, APP_SECRET, ZaloServer, open_zalo_server

KEY = bytes(range(32))
ACCOUNT = "tinh"
OAUTH = "/v4/oa/access_token"


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloServer]:
    async with open_zalo_server(hang=0.0) as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Shaky(DatabaseTokens):
    """A database that is away for so many calls."""

    away = 0

    async def renew(self, account: str, version: int, pair: Pair) -> bool:
        if self.away:
            self.away -= 1
            raise DatabaseError
        return await super().renew(account, version, pair)


class Machine:
    """One process of several: its own Tokens over the same database and the same Zalo."""

    def __init__(
        self,
        database: Database,
        zalo: ZaloServer,
        session: aiohttp.ClientSession,
        first: Secret = Secret(),  # noqa: B008  (immutable)
    ) -> None:
        self.zalo = zalo
        self.store = Shaky(database, KEY)
        self.slept = 0.0
        key = verifier_of(KEY, APP_ID)
        app = App(id=APP_ID, secret=Secret(APP_SECRET), verifier=key)
        self.oauth = OAuth(session=session, base=zalo.base, app=app)
        self.tokens = Tokens(
            account=ACCOUNT,
            store=self.store,
            oauth=self.oauth,
            clock=self.now,
            first=first,
            sleep=self.sleep,
        )

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.zalo.now(), UTC)

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        await asyncio.sleep(0.005)


Make = Callable[..., Machine]


@pytest.fixture
def machine(database: Database, zalo: ZaloServer, session: aiohttp.ClientSession) -> Make:
    def make(**more: Any) -> Machine:
        return Machine(database, zalo, session, **more)

    return make


async def logged_in(machine: Machine) -> Pair:
    access, refresh = machine.zalo.grant.explore(machine.zalo.now())
    pair = Pair(access=Secret(access), refresh=Secret(refresh), got=machine.now())
    await machine.store.put(ACCOUNT, pair)
    return pair


async def test_a_pair_is_kept_sealed(machine: Make, database: Database) -> None:
    one = machine()
    pair = await logged_in(one)

    kept = await one.tokens.access()

    assert kept.pair == pair
    (row,) = await database.read("SELECT sealed FROM zalo_token")
    assert pair.access.reveal().encode() not in bytes(row["sealed"])
    assert await DatabaseTokens(database, bytes(32)).load(ACCOUNT) is None  # another key


async def test_a_pair_is_sealed_for_its_account(machine: Make, database: Database) -> None:
    one = machine()
    await logged_in(one)
    async with database.transaction() as tx:
        await tx.run("UPDATE zalo_token SET account = 'xa-khac'")

    assert await one.store.load("xa-khac") is None


async def test_fifty_calls_at_once_cause_one_refresh(machine: Make, zalo: ZaloServer) -> None:
    one = machine()
    await logged_in(one)
    zalo.pass_time(hours=26)

    found = await asyncio.gather(*(one.tokens.access() for _ in range(50)))

    assert zalo.grant.rotations == 2  # the login, and one refresh
    assert {kept.pair.access.reveal() for kept in found} == {zalo.grant.access}


async def test_fifty_calls_on_five_machines_cause_one_refresh(
    machine: Make, zalo: ZaloServer
) -> None:
    machines = [machine() for _ in range(5)]
    await logged_in(machines[0])
    zalo.pass_time(hours=26)

    found = await asyncio.gather(*(m.tokens.access() for m in machines for _ in range(10)))

    assert zalo.grant.rotations == 2
    assert {kept.pair.access.reveal() for kept in found} == {zalo.grant.access}


async def test_a_pair_is_renewed_beside_the_calls_while_it_still_works(
    machine: Make, zalo: ZaloServer
) -> None:
    one = machine()
    pair = await logged_in(one)
    zalo.pass_time(hours=21)

    kept = await one.tokens.access()

    assert kept.pair == pair
    await zalo.wait_for(lambda: zalo.oauth_calls)
    await one.tokens.finish()
    assert (await one.tokens.access()).pair.access.reveal() == zalo.grant.access
    assert zalo.grant.rotations == 2


async def test_an_account_that_nobody_talks_to_is_kept_young(
    machine: Make, zalo: ZaloServer
) -> None:
    one = machine()
    await logged_in(one)
    for _ in range(200):  # days
        zalo.pass_time(hours=24)
        await one.tokens.keep_young()

    assert zalo.grant.accepts((await one.tokens.access()).pair.access.reveal(), zalo.now()) == 0


async def test_a_refused_token_is_replaced_by_one_that_another_machine_got(
    machine: Make, zalo: ZaloServer
) -> None:
    one, two = machine(), machine()
    await logged_in(one)
    before = await two.tokens.access()
    zalo.pass_time(hours=26)
    await one.tokens.access()

    after = await two.tokens.after(before)

    assert after.pair.access.reveal() == zalo.grant.access
    assert zalo.grant.rotations == 2


async def test_a_new_token_that_is_refused_is_no_reason_to_rotate(
    machine: Make, zalo: ZaloServer
) -> None:
    one = machine()
    await logged_in(one)
    kept = await one.tokens.access()

    for _ in range(3):
        with pytest.raises(Stopped):
            await one.tokens.after(kept)

    assert zalo.grant.rotations == 1


async def test_no_login_is_an_alarm_with_its_remedy(
    machine: Make, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Stopped):
        await machine().tokens.access()

    (record,) = caplog.records
    assert record.__dict__["remedy"] == "binhan zalo login tinh"


async def test_an_answer_lost_after_the_rotation_is_an_alarm_and_never_a_loop(
    machine: Make, zalo: ZaloServer, caplog: pytest.LogCaptureFixture
) -> None:
    one = machine()
    pair = await logged_in(one)
    zalo.pass_time(hours=26)
    zalo.fail(OAUTH, "lost")
    with pytest.raises(Unreachable):
        await one.tokens.access()

    for _ in range(20):
        zalo.pass_time(hours=1)
        with pytest.raises(Stopped):
            await machine().tokens.access()  # also after each restart

    assert zalo.grant.asked == [pair.refresh.reveal()] * 2  # the lost one, and one more to know
    assert "binhan zalo login tinh" in {r.__dict__.get("remedy") for r in caplog.records}
    assert (await one.store.load(ACCOUNT)).lost  # type: ignore[union-attr]


async def test_a_login_ends_the_alarm_on_every_machine(machine: Make, zalo: ZaloServer) -> None:
    one, two = machine(), machine()
    await logged_in(one)
    zalo.pass_time(hours=26)
    zalo.fail(OAUTH, "lost")
    for each in (one, two):
        with pytest.raises((Unreachable, Stopped)):
            await each.tokens.access()

    pair = await logged_in(one)

    assert (await two.tokens.access()).pair == pair


async def test_while_zalo_is_away_the_same_token_is_tried_ever_more_rarely(
    machine: Make, zalo: ZaloServer
) -> None:
    one = machine()
    await logged_in(one)
    zalo.pass_time(hours=26)
    zalo.fail(OAUTH, "502", times=-1)

    for _ in range(600):  # a call each second
        zalo.pass_time(hours=1 / 3600)
        with pytest.raises(Unreachable):
            await one.tokens.access()

    assert zalo.grant.rotations == 1
    assert 3 <= zalo.oauth_calls <= 8
    zalo.failures.clear()
    zalo.pass_time(hours=1)
    assert (await one.tokens.access()).pair.access.reveal() == zalo.grant.access


async def test_a_dead_machines_claim_is_taken_over_once_it_was_seen_not_to_move(
    machine: Make, zalo: ZaloServer
) -> None:
    one = machine()
    await logged_in(one)
    assert await one.store.claim(ACCOUNT, 1, "", "one-that-was-killed")
    zalo.pass_time(hours=26)

    kept = await one.tokens.access()

    assert kept.pair.access.reveal() == zalo.grant.access
    assert one.slept >= PATIENCE


async def test_a_machine_that_slept_through_its_claim_still_keeps_what_it_got(
    machine: Make, zalo: ZaloServer
) -> None:
    """Zalo answered it, another took over and was refused: the pair of the sleeper is the good one."""
    sleeper, other = machine(), machine()
    pair = await logged_in(sleeper)
    await sleeper.store.claim(ACCOUNT, 1, "", "sleeper")
    got = await sleeper.oauth.refresh(pair.refresh, sleeper.now())
    zalo.pass_time(hours=26)
    with pytest.raises(Stopped):
        await other.tokens.access()

    assert await sleeper.store.renew(ACCOUNT, 1, got)

    assert (await sleeper.store.load(ACCOUNT)).lost is None  # type: ignore[union-attr]


async def test_only_the_holder_of_a_claim_may_call_a_pair_lost(machine: Make) -> None:
    one = machine()
    await logged_in(one)
    await one.store.claim(ACCOUNT, 1, "", "a")
    await one.store.claim(ACCOUNT, 1, "a", "b")

    await one.store.lose(ACCOUNT, 1, "a", one.now())

    assert (await one.store.load(ACCOUNT)).lost is None  # type: ignore[union-attr]


async def test_a_first_token_from_the_secrets_is_used_once(machine: Make, zalo: ZaloServer) -> None:
    _, refresh = zalo.grant.explore(zalo.now())

    first = await asyncio.gather(
        *(machine(first=Secret(refresh)).tokens.access() for _ in range(3))
    )
    later = await machine(first=Secret(refresh)).tokens.access()

    assert {kept.pair.access for kept in (*first, later)} == {Secret(zalo.grant.access)}
    assert zalo.grant.asked == [refresh]


async def test_a_new_first_token_revives_a_dead_account_and_the_dead_one_does_not(
    machine: Make, zalo: ZaloServer
) -> None:
    with pytest.raises(Stopped):
        await machine(first=Secret("dead")).tokens.access()
    with pytest.raises(Stopped):
        await machine(first=Secret("dead")).tokens.access()
    _, refresh = zalo.grant.explore(zalo.now())

    kept = await machine(first=Secret(refresh)).tokens.access()

    assert kept.pair.access.reveal() == zalo.grant.access
    assert zalo.grant.asked == ["dead", refresh]


async def test_a_pair_that_could_not_be_kept_is_not_used_and_kept_as_soon_as_may_be(
    machine: Make, zalo: ZaloServer
) -> None:
    one = machine()
    await logged_in(one)
    zalo.pass_time(hours=26)
    one.store.away = 3

    kept = await one.tokens.access()

    assert one.store.away == 0
    assert kept == await one.store.load(ACCOUNT)
    assert kept.pair.access.reveal() == zalo.grant.access


async def test_a_cancelled_caller_does_not_take_the_refresh_with_it(
    machine: Make, zalo: ZaloServer
) -> None:
    one = machine()
    await logged_in(one)
    zalo.pass_time(hours=26)
    caller = asyncio.create_task(one.tokens.access())
    await zalo.wait_for(lambda: zalo.oauth_calls)

    caller.cancel()
    await one.tokens.finish()

    assert (await one.store.load(ACCOUNT)).version == 2  # type: ignore[union-attr]


async def test_a_stop_does_not_wait_for_somebody_elses_claim(
    machine: Make, zalo: ZaloServer
) -> None:
    one = machine()
    await logged_in(one)
    await one.store.claim(ACCOUNT, 1, "", "another machine")
    zalo.pass_time(hours=26)
    caller = asyncio.create_task(one.tokens.access())
    await zalo.wait_for(lambda: one.slept)

    await one.tokens.finish()

    assert one.slept < PATIENCE
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_a_fault_on_zalos_way_is_no_refusal(machine: Make, zalo: ZaloServer) -> None:
    one = machine()
    await logged_in(one)
    zalo.pass_time(hours=26)
    zalo.fail(OAUTH, "500", message="internal")

    with pytest.raises(Unsure):
        await one.tokens.access()

    assert (await one.store.load(ACCOUNT)).lost is None  # type: ignore[union-attr]


async def test_no_log_line_holds_a_token_or_a_secret(
    machine: Make, zalo: ZaloServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    one = machine()
    await logged_in(one)
    for how in ("502", "drop", "garbage", "lost"):
        zalo.pass_time(hours=26)
        zalo.fail(OAUTH, how)
        with pytest.raises((Unreachable, Stopped)):
            await one.tokens.access()

    ours = [r for r in caplog.records if r.name.startswith("bot")]
    assert ours
    for record in ours:
        line = f"{record.getMessage()} {record.__dict__}"
        assert "xin-dung-ghi" not in line
        assert APP_SECRET not in line
