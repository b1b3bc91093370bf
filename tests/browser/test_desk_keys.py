"""Keys in a real browser: the first officer makes them, a colleague shares them, escrow has a copy, a leaver none."""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, expect

from bot import escrow
from bot.console.codes import boxed
from bot.sealing import Keys, unseal_key
from bot.store.database import open_database
from bot.store.officers import Officers, State
from bot.store.units import Units
from handlers.officer import Role
from tests.browser.conftest import fixture
from tests.browser.desk import at_desk, at_inbox
from tests.console.station import SECRETS, STAFF, TOTP, Station, identity_of, open_station
from tests.console.test_cases import remove, rows
from tests.console.tips import tell

WORDS = "Nhà hoang cuối thôn đêm nào cũng có người tụ tập hút chích"


@fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with open_station(tmp_path, staff=(STAFF[0], STAFF[3])) as opened:
        yield opened


async def newcomer(station: Station, login: str) -> str:
    """A colleague who has just set up an account; the officer's id."""
    async with (
        open_database(station.config.database_url) as database,
        database.transaction() as tx,
    ):
        officers = Officers(tx)
        made = await officers.add(
            login=login, name=f"Cán bộ {login}", role=Role.DUTY, area="ben-sao", at=station.clock()
        )
        await officers.set_keys(made.id, identity_of(login).keys, station.clock())
        await officers.set_totp(made.id, boxed(TOTP, SECRETS.key("desk_key")), 0)
        await officers.set_state(made.id, State.ACTIVE)
    return made.id


async def unit_keys(station: Station, login: str, officer: str) -> dict[int, Keys]:
    """The unit's keys as an officer's own pair opens them, by epoch."""
    sql = (
        "SELECT m.epoch, m.sealed_priv, k.pub FROM unit_member_key m"
        " JOIN unit_key k ON k.unit = m.unit AND k.epoch = m.epoch WHERE m.officer = $1"
    )
    return {
        row["epoch"]: Keys(row["pub"], unseal_key(identity_of(login).pair, row["sealed_priv"]))
        for row in await rows(station, sql, officer)
    }


async def test_a_unit_s_keys_from_the_first_officer_to_the_colleague_and_past_the_leaver(
    station: Station, browser: Browser
) -> None:
    first = station.staff["truc"].officer.id
    async with at_desk(browser) as (page, wire):
        await at_inbox(page, station, "truc")
        await expect(page.get_by_text("Chỉ 1 người giữ khoá của đơn vị.")).to_be_visible()
    made = await unit_keys(station, "truc", first)
    told = await tell(station, {"ben-sao": made[1]}, WORDS)
    colleague = await newcomer(station, "moi")
    assert list(made) == [1]

    async with at_desk(browser) as (
        page,
        _,
    ):  # the newcomer can't open it yet, and is told whom to ask
        await at_inbox(page, station, "moi")
        await expect(page.get_by_role("link", name="Chưa mở được")).to_be_visible()
        own = escrow.fingerprint(identity_of("moi").keys.x_pub)
        await expect(page.get_by_text(own)).to_be_visible()

    async with at_desk(browser) as (page, wire):  # a colleague compares the numbers and shares
        await at_inbox(page, station, "truc")
        await expect(page.get_by_text(own)).to_be_visible()
        await page.get_by_role("button", name="Đã đối chiếu, cấp khoá").click()
        await expect(page.get_by_role("button", name="Đã đối chiếu, cấp khoá")).to_have_count(0)
        assert wire.complaints == []
    assert await unit_keys(station, "moi", colleague) == made

    await remove(station, "truc")
    async with at_desk(browser) as (page, _):  # the next one who comes in makes a new key
        await at_inbox(page, station, "moi")
        await expect(page.get_by_role("link", name="Nhà hoang cuối thôn")).to_be_visible()
    after = await unit_keys(station, "moi", colleague)
    assert sorted(after) == [1, 2]
    assert await unit_keys(station, "truc", first) == {}
    assert after[2] not in made.values()
    assert told.id


async def test_a_unit_s_key_goes_into_escrow_and_two_cards_open_it(
    station: Station, browser: Browser
) -> None:
    kept, cards = escrow.fresh()
    async with at_desk(browser) as (page, wire):
        await at_inbox(page, station, "truc")
        async with (
            open_database(station.config.database_url) as database,
            database.transaction() as tx,
        ):
            await Units(tx).set_escrow(kept.pub, 0)
        await page.reload()
        await page.get_by_label("Mật khẩu").fill("bốn từ không liên quan")
        await page.get_by_role("button", name="Mở hộp tin").click()
        await expect(page.get_by_text(escrow.fingerprint(kept.pub))).to_be_visible()
        await page.get_by_role("button", name="Đã đối chiếu, ký gửi").click()
        await expect(page.get_by_role("button", name="Đã đối chiếu, ký gửi")).to_have_count(0)
        assert wire.complaints == []

    [box] = await rows(station, "SELECT sealed_priv FROM unit_escrow_key")
    made = await unit_keys(station, "truc", station.staff["truc"].officer.id)
    assert unseal_key(escrow.restored(cards[1:]), box["sealed_priv"]) == made[1].private
