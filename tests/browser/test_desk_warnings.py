"""A warning from the first word to the report, by two officers in real browsers, out to the fake Telegram."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.async_api import Browser, Page, expect

from bot.store.database import open_database
from bot.store.keyed import Keyed
from bot.store.subscribers import Subscribers
from handlers.message import Chat
from handlers.ports import Subscriber
from tests.browser.conftest import PHONE, fixture
from tests.browser.test_desk_way_in import DESKTOP, at_desk, log_in
from tests.console.station import Station, open_station
from tests.dialogs.people import PEPPER
from tests.fakes.telegram import TOKEN, TelegramServer, open_telegram_server

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
ACCOUNT = TOKEN.partition(":")[0]
PEOPLE = range(1, 41)  # chats that take the commune's warnings
BLOCKED = {7, 13}


@dataclass
class Newsroom:
    station: Station
    telegram: TelegramServer

    def got(self, words: str) -> set[int]:
        """The chats that were told these words."""
        return {
            int(call.fields["chat_id"])
            for call in self.telegram.calls
            if call.method == "sendMessage" and call.ok and words in call.text
        }


@fixture
async def newsroom(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with (
        open_telegram_server() as telegram,
        open_station(tmp_path, telegram=telegram) as station,
    ):
        telegram.blocked |= BLOCKED
        await subscribed(station)
        yield Newsroom(station, telegram)


async def subscribed(station: Station) -> None:
    keyed = Keyed(bytes.fromhex(PEPPER))
    async with open_database(station.config.database_url) as database, database.transaction() as tx:
        for chat in PEOPLE:
            who = Chat("telegram", ACCOUNT, str(chat))
            subscriber = Subscriber(chat=who, areas=("ben-sao",), topics=("all",))
            await Subscribers(tx, keyed).put(subscriber, station.clock())


async def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SHOTS / f"warning-{name}.png", full_page=True)


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).first.click()


async def write_from_template(page: Page, station: Station) -> None:
    """The theft template, filled in."""
    await page.goto(f"{station.url}/canh-bao/moi")
    await page.get_by_role("link", name="Trộm cắp cuối năm").click()
    await page.get_by_label("Ở đâu").fill("khu Cầu Đá")
    await page.get_by_label("Thứ hay bị mất").fill("xe máy")
    await press(page, "Tiếp tục")


async def test_a_warning_from_the_first_word_to_the_report(
    newsroom: Newsroom, browser: Browser
) -> None:
    station = newsroom.station
    async with at_desk(browser, DESKTOP) as (writer, wire), at_desk(browser, PHONE) as (other, _):
        await log_in(writer, station, "truc")
        await expect(writer.get_by_role("heading", name="Chào")).to_be_visible()

        # compose: what people will see, and what is wrong, beside the words
        await write_from_template(writer, station)
        await expect(writer.locator("[data-audience]")).to_have_text("40")
        await expect(writer.locator("[data-previews] b").first).to_contain_text(
            "Phường Bến Sao: gần đây"
        )
        sms = writer.get_by_label("Lời SMS không dấu")
        good = await sms.input_value()
        await sms.fill("Mat xe, goi 114 luc 19h.")
        await expect(writer.locator("[data-findings=sms]")).to_contain_text("SMS nói 114")
        await shot(writer, "write-desktop")
        await sms.fill(good)
        await expect(writer.locator("[data-findings=sms] li")).to_have_count(0)
        await press(writer, "Lưu và xem lại")
        await expect(writer.get_by_text("Không thấy lỗi nào")).to_be_visible()
        await press(writer, "Gửi duyệt")
        await expect(writer.get_by_text("Người soạn không tự duyệt được")).to_be_visible()
        assert await writer.get_by_role("button", name="Duyệt", exact=True).count() == 0
        await shot(writer, "submitted-desktop")

        # approve: another officer, on a phone
        await log_in(other, station, "xa")
        await expect(other.get_by_role("heading", name="Chào")).to_be_visible()
        await other.goto(f"{station.url}/canh-bao")
        await shot(other, "list-phone")
        await other.get_by_role("link", name=re.compile("Trộm cắp|gần đây")).click()
        await shot(other, "approve-phone")
        await press(other, "Duyệt")
        await expect(other.get_by_text("Bộ chuyển tiếp")).to_be_visible()

        # progress, then the report, which adds up to the audience
        await writer.reload()
        await expect(writer.locator("[data-percent]")).to_have_text("100", timeout=15_000)
        await expect(writer.locator(".tag", has_text="Đã gửi xong")).to_be_visible(timeout=15_000)
        assert newsroom.got("khu Cầu Đá") == set(PEOPLE) - BLOCKED
        await shot(writer, "done-desktop")
        await writer.get_by_role("link", name="Báo cáo").first.click()
        await expect(writer.locator("tfoot").first).to_contain_text("40")
        facts = await writer.locator(".facts").inner_text()
        assert re.search(r"Đã nhận được\s+38 \(95%\)", facts)
        assert re.search(r"Đã chặn, đã xoá\s+2 ", facts)
        await writer.get_by_label("Số hộ đã báo: khu Cầu Đá").fill("200")
        await press(writer, "Lưu số hộ đã báo")
        await expect(writer.get_by_text("đã báo 200/689 hộ (29%)")).to_be_visible()
        await shot(writer, "report-desktop")
        async with writer.expect_download() as waiting:
            await writer.get_by_role("link", name="Tải tệp Excel").click()
        book = ZipFile(await (await waiting.value).path())
        assert "<v>40</v>" in book.read("xl/worksheets/sheet1.xml").decode()

        # correction: one press, to exactly those whom the wrong one reached
        await writer.go_back()
        await writer.goto(writer.url.partition("/bao-cao")[0])
        await press(writer, "Gửi đính chính")
        await expect(writer.locator("[data-audience]")).to_have_text("38")
        words = "Không phải khu Cầu Đá, mà là tổ dân phố 2. Gọi 113."
        await writer.get_by_label("Nội dung").fill(words)
        await press(writer, "Lấy từ nội dung")
        await expect(sms).to_have_value(re.compile("to dan pho 2"))
        await press(writer, "Lưu và xem lại")
        await press(writer, "Gửi duyệt")
        await other.goto(writer.url)
        await press(other, "Duyệt")
        await expect(other.locator("[data-percent]")).to_have_text("100", timeout=15_000)
        assert newsroom.got("tổ dân phố 2") == set(PEOPLE) - BLOCKED

        assert wire.complaints == []


async def test_a_posters_code_subscribes_a_telephone_in_the_browser(
    newsroom: Newsroom, browser: Browser
) -> None:
    async with at_desk(browser, PHONE) as (page, wire):
        await page.goto(f"{newsroom.station.public_url}/?xa=ben-sao")

        await expect(page.get_by_role("log")).to_contain_text("phường Bến Sao")
        assert "xa=" not in page.url
        assert wire.complaints == []


@pytest.mark.parametrize(("size", "name"), [(PHONE, "phone"), (DESKTOP, "desktop")])
async def test_every_page_fits_its_screen_and_can_be_pressed_with_a_thumb(
    newsroom: Newsroom, browser: Browser, size: dict[str, int], name: str
) -> None:
    station = newsroom.station
    async with at_desk(browser, size) as (page, wire):
        await log_in(page, station, "truc")
        await expect(page.get_by_role("heading", name="Chào")).to_be_visible()
        for path in ("", "/moi", "/soan", "/chien-dich", "/truc", "/cam-ket", "/ap-phich"):
            await page.goto(f"{station.url}/canh-bao{path}")
            await shot(page, f"{path.strip('/') or 'list'}-{name}")
            assert await page.evaluate("document.documentElement.scrollWidth") == size["width"], (
                path
            )
            small = await page.evaluate(
                "[...document.querySelectorAll('button, .button, .subnav a, input:not([type=hidden])"
                ":not([type=checkbox]):not([type=radio]), select')]"
                ".filter((e) => e.offsetHeight && e.offsetHeight < 44).map((e) => e.outerHTML)"
            )
            assert small == [], path
            unnamed = await page.evaluate(
                "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
                ".filter((e) => !e.labels.length && !e.ariaLabel).map((e) => e.outerHTML)"
            )
            assert unnamed == [], path
        assert wire.complaints == []


async def test_the_form_is_filled_and_sent_by_keyboard_alone(
    newsroom: Newsroom, browser: Browser
) -> None:
    station = newsroom.station
    async with at_desk(browser, DESKTOP) as (page, _):
        await log_in(page, station, "truc")
        await expect(page.get_by_role("heading", name="Chào")).to_be_visible()
        await page.goto(f"{station.url}/canh-bao/soan")
        await page.get_by_label("Nội dung").focus()
        await page.keyboard.type("Khoá cửa khi đi chơi Tết. Gọi 113.")
        await expect(page.locator("[data-previews]")).to_contain_text("Khoá cửa")
        await page.keyboard.press("Tab")
        await page.keyboard.type("Khoa cua khi di choi Tet. Goi 113.")
        for _ in range(40):  # a date and a time have several stops each
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.textContent") == "Lưu và xem lại":
                break
        await page.keyboard.press("Enter")

        await expect(page.get_by_role("heading", name="Khoá cửa khi đi chơi Tết")).to_be_visible()


async def test_a_session_that_ended_takes_no_word_away(
    newsroom: Newsroom, browser: Browser
) -> None:
    station = newsroom.station
    async with at_desk(browser, DESKTOP) as (page, _):
        await log_in(page, station, "tinh")
        await expect(page.get_by_role("heading", name="Chào")).to_be_visible()
        await page.goto(f"{station.url}/canh-bao/soan")
        await page.get_by_label("Tìm xã, phường").fill("suoi guong")
        await expect(page.get_by_label("xã Suối Gương")).to_be_visible()
        await expect(page.get_by_label("phường Bến Sao")).to_be_hidden()
        await page.get_by_label("Nội dung").fill("Nước lên nhanh ở suối.")
        station.clock.wind(timedelta(hours=9))
        await press(page, "Lưu và xem lại")
        await expect(page.get_by_label("Tên đăng nhập")).to_be_visible()

        await log_in(page, station, "tinh")
        await expect(page.get_by_role("heading", name="Chào")).to_be_visible()
        await page.goto(f"{station.url}/canh-bao/soan")
        await press(page, "Lấy lại")

        await expect(page.get_by_label("Nội dung")).to_have_value("Nước lên nhanh ở suối.")
