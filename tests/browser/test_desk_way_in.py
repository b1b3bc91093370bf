"""The way in by a real browser: an invitation becomes an account, a login, a new password by the printed card."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, Route, expect

from bot.store.database import open_database
from bot.store.officers import Officers
from bot.store.sessions import Door, Sessions
from handlers.officer import Role
from tests.browser.conftest import PHONE, fixture
from tests.browser.desk import DESKTOP, at_desk, log_in, shot
from tests.console.station import PASSWORD, Station, open_station

OTHER_PASSWORD = "năm con mèo đi chợ"  # noqa: S105


@fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with open_station(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("size", "scheme", "name"),
    [
        pytest.param(PHONE, "light", "phone", marks=pytest.mark.soak),
        (DESKTOP, "dark", "desktop"),
    ],
)
async def test_an_officer_logs_in_and_the_password_stays_in_the_browser(
    station: Station, browser: Browser, size: dict[str, int], scheme: str, name: str
) -> None:
    async with at_desk(browser, size, scheme) as (page, wire):
        await page.goto(f"{station.url}/nhat-ky")
        await shot(page, f"login-{name}")
        await log_in(page, station, "tinh")
        await expect(page.get_by_role("heading", name="Chào Cán bộ tinh")).to_be_visible()
        await shot(page, f"home-{name}")
        await page.get_by_role("navigation").get_by_role("link", name="Nhật ký").click()
        await expect(page.get_by_role("table")).to_contain_text("đăng nhập")
        await shot(page, f"journal-{name}")

        assert not wire.carried(PASSWORD)
        assert wire.carried("tinh")  # the negative control: what is sent would be found
        assert wire.complaints == []
        assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert await page.evaluate("document.documentElement.scrollWidth") == size["width"]
        assert wire.elsewhere(station.url) == set()


async def test_wrong_words_are_said_and_the_form_stays(station: Station, browser: Browser) -> None:
    async with at_desk(browser) as (page, _):
        await log_in(page, station, "tinh", "không phải mật khẩu")

        await expect(page.get_by_role("alert")).to_contain_text("Chưa đúng tên, mật khẩu")
        assert await page.get_by_label("Tên đăng nhập").input_value() == "tinh"


async def test_an_invitation_becomes_an_account_and_the_card_mends_a_lost_password(
    station: Station, browser: Browser
) -> None:
    code = await invited(station)
    async with at_desk(browser, PHONE) as (page, wire):
        await page.goto(f"{station.url}/moi#{code}")
        await expect(page.get_by_text("Nguyễn Thị Lan (lan)")).to_be_visible()
        await shot(page, "invite")
        secret = (await page.locator("#secret").text_content() or "").replace(" ", "")
        card = await page.locator("#card").text_content() or ""
        phone = pyotp.TOTP(secret)
        await page.get_by_label("Mật khẩu", exact=True).fill(OTHER_PASSWORD)
        await page.get_by_label("Gõ lại mật khẩu").fill(OTHER_PASSWORD)
        await page.get_by_label("Mã 6 số").fill(phone.at(station.clock()))
        await page.get_by_label("Gõ nhóm cuối cùng").fill(card.split()[-1])
        await page.get_by_role("button", name="Hoàn tất").click()
        await expect(page.get_by_role("alert")).to_contain_text("Xong.")

        station.clock.wind(timedelta(seconds=30))
        await page.goto(f"{station.url}/khoi-phuc")
        await page.get_by_label("Tên đăng nhập").fill("lan")
        await page.get_by_label("Mã trên thẻ khôi phục").fill(card.lower())
        await page.get_by_label("Mã 6 số").fill(phone.at(station.clock()))
        await page.get_by_label("Mật khẩu mới").fill(PASSWORD)
        await page.get_by_label("Gõ lại mật khẩu").fill(PASSWORD)
        await page.get_by_role("button", name="Đặt mật khẩu mới").click()
        await expect(page.get_by_text("Đã đặt mật khẩu mới.")).to_be_visible()

        station.clock.wind(timedelta(seconds=30))
        await page.goto(f"{station.url}/dang-nhap")
        await page.get_by_label("Tên đăng nhập").fill("lan")
        await page.get_by_label("Mật khẩu").fill(PASSWORD)
        await page.get_by_label("Mã 6 số").fill(phone.at(station.clock()))
        await page.get_by_role("button", name="Đăng nhập").click()
        await expect(page.get_by_role("heading", name="Chào Nguyễn Thị Lan")).to_be_visible()

        station.clock.wind(timedelta(seconds=30))  # and she changes it, knowing the old one
        await page.get_by_role("link", name="Đổi mật khẩu").click()
        await page.get_by_label("Mật khẩu đang dùng").fill("không phải mật khẩu này")
        await page.get_by_label("Mã 6 số").fill(phone.at(station.clock()))
        await page.get_by_label("Mật khẩu mới").fill(OTHER_PASSWORD)
        await page.get_by_label("Gõ lại mật khẩu").fill(OTHER_PASSWORD)
        await page.get_by_role("button", name="Đổi mật khẩu").click()
        await expect(page.get_by_role("alert")).to_contain_text("chưa đúng")
        await page.get_by_label("Mật khẩu đang dùng").fill(PASSWORD)
        await shot(page, "password")
        await page.get_by_role("button", name="Đổi mật khẩu").click()
        await expect(page.get_by_text("Đã đổi mật khẩu.")).to_be_visible()

        station.clock.wind(timedelta(seconds=30))
        await page.get_by_role("link", name="Đăng nhập").click()
        await page.get_by_label("Tên đăng nhập").fill("lan")
        await page.get_by_label("Mật khẩu").fill(OTHER_PASSWORD)
        await page.get_by_label("Mã 6 số").fill(phone.at(station.clock()))
        await page.get_by_role("button", name="Đăng nhập").click()
        await page.get_by_role("navigation").get_by_role("link", name="Tin báo").click()
        await expect(page.get_by_role("heading", name="Tin báo")).to_be_visible()

        for secret in (PASSWORD, OTHER_PASSWORD, card, card.replace(" ", "")):
            assert not wire.carried(secret)
        assert wire.complaints == []


async def test_an_invitation_opens_once(station: Station, browser: Browser) -> None:
    async with at_desk(browser) as (page, _):
        await page.goto(f"{station.url}/moi#no-such-code")

        await expect(page.get_by_role("alert")).to_contain_text("đã dùng, đã hết hạn")


async def test_a_script_that_is_not_what_its_hash_says_does_not_run(
    station: Station, browser: Browser
) -> None:
    async def altered(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, body=await answer.text() + "\nwindow.altered = true;")

    async def seen(path: str) -> tuple[bool, bool]:
        """Whether the altered script ran, and whether the page can work."""
        async with at_desk(browser) as (page, _):
            await page.route(path, altered)
            await page.goto(f"{station.url}/dang-nhap")
            await page.wait_for_load_state("networkidle")
            return await page.evaluate(
                "[!!window.altered, !!(window.deskIsReady && window.Sealing)]"
            )

    assert await seen("**/desk/keys.js") == [False, False]  # a module that others import
    assert await seen("**/shared/sealing.js") == [False, False]
    assert await seen("**/desk/desk.css") == [False, True]  # the control: nothing else stops it


async def test_a_browser_that_is_too_old_is_told_kindly(station: Station, browser: Browser) -> None:
    async with at_desk(browser) as (page, _):
        await page.add_init_script("delete globalThis.WebAssembly")
        await page.goto(f"{station.url}/dang-nhap")

        await expect(page.locator("#too-old")).to_contain_text("Trình duyệt này cũ quá")

    async with at_desk(browser) as (page, _):  # one that can't even read the scripts
        await page.clock.install()
        await page.route("**/desk/login.js", lambda route: route.abort())
        await page.goto(f"{station.url}/dang-nhap")
        await expect(page.locator("#too-old")).to_be_hidden()
        await page.clock.fast_forward(9000)
        await expect(page.locator("#too-old")).to_be_visible()


async def invited(station: Station) -> str:
    async with (
        open_database(station.config.database_url) as database,
        database.transaction() as tx,
    ):
        made = await Officers(tx).add(
            login="lan",
            name="Nguyễn Thị Lan",
            role=Role.DUTY,
            area="ben-sao",
            at=station.clock(),
        )
        return await Sessions(tx).invite(made.id, Door.INVITE, station.clock())
