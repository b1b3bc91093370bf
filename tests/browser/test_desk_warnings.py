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
from tests.browser.desk import DESKTOP, at_desk, come_in
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


@fixture(scope="module")
async def newsroom(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Newsroom]:
    """One for all of these tests; each comes in anew."""
    async with (
        open_telegram_server() as telegram,
        open_station(tmp_path_factory.mktemp("newsroom"), telegram=telegram) as station,
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


async def submitted(station: Station, text: str) -> str:
    """The page of an urgent warning that waits for approval, written without a browser."""
    writer = await station.officer("truc")
    fields = {"csrf": writer.csrf, "text": text, "sms": "", "topic": "all", "area": "ben-sao"}
    fields |= {"channel": "telegram", "when": "now", "urgent": "on"}
    headers = {"Sec-Fetch-Site": "same-origin"}
    place = f"{station.url}/canh-bao/soan"
    for _ in range(2):  # written, then submitted
        async with writer.session.post(place, data=fields, headers=headers) as response:
            place, fields = f"{response.url}/gui-duyet", {"csrf": writer.csrf}
    return str(response.url)


async def numbers(page: Page) -> dict[str, int]:
    """What the page says of the recipients, by state."""
    cells = await page.locator("[data-state]").all()
    return {str(await c.get_attribute("data-state")): int(await c.inner_text()) for c in cells}


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
    async with at_desk(browser, PHONE) as (writer, wire), at_desk(browser, DESKTOP) as (other, _):
        await come_in(writer, station, "truc")

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
        await shot(writer, "write-phone")
        await sms.fill(good)
        await expect(writer.locator("[data-findings=sms] li")).to_have_count(0)
        await press(writer, "Lưu và xem lại")
        await expect(writer.get_by_text("Không thấy lỗi nào")).to_be_visible()
        await press(writer, "Gửi duyệt")
        await expect(writer.get_by_text("Người soạn không tự duyệt được")).to_be_visible()
        assert await writer.get_by_role("button", name="Duyệt", exact=True).count() == 0
        await shot(writer, "submitted-phone")

        # approve: another officer
        await come_in(other, station, "xa")
        await other.goto(f"{station.url}/canh-bao")
        await shot(other, "list-desktop")
        await other.get_by_role("link", name=re.compile("Trộm cắp|gần đây")).click()
        await shot(other, "approve-desktop")
        await press(other, "Duyệt")
        await expect(other.get_by_text("Bộ chuyển tiếp")).to_be_visible()

        # progress, then the report, which adds up to the audience
        await writer.reload()
        await expect(writer.locator("[data-percent]")).to_have_text("100", timeout=15_000)
        await expect(writer.locator(".tag", has_text="Đã gửi xong")).to_be_visible(timeout=15_000)
        assert newsroom.got("khu Cầu Đá") == set(PEOPLE) - BLOCKED
        await shot(writer, "done-phone")
        await writer.get_by_role("link", name="Báo cáo").first.click()
        await expect(writer.locator("tfoot").first).to_contain_text("40")
        facts = await writer.locator(".facts").inner_text()
        assert re.search(r"Đã nhận được\s+38 \(95%\)", facts)
        assert re.search(r"Đã chặn, đã xoá\s+2 ", facts)
        await writer.get_by_label("Số hộ đã báo: khu Cầu Đá").fill("200")
        await press(writer, "Lưu số hộ đã báo")
        await expect(writer.get_by_text("đã báo 200/689 hộ (29%)")).to_be_visible()
        await shot(writer, "report-phone")
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
        await writer.reload()
        await expect(writer.get_by_text("đã sửa tại chỗ 38, đã thu hồi 0")).to_be_visible()
        await shot(writer, "corrected-phone")
        assert await fits(writer)
        assert wire.complaints == []


async def test_what_is_going_out_is_stopped_and_goes_on_where_it_stopped(
    newsroom: Newsroom, browser: Browser
) -> None:
    station, telegram = newsroom.station, newsroom.telegram
    async with at_desk(browser, PHONE) as (page, wire):
        await come_in(page, station, "xa")
        telegram.delay = 1.0  # so few at once that there is time to press
        await page.goto(await submitted(station, "Nước sông lên nhanh, rời bãi bồi ngay."))
        await press(page, "Duyệt")
        await expect(page.locator("[data-state=sent]")).not_to_have_text("0", timeout=15_000)
        await press(page, "Tạm dừng")
        await expect(page.locator(".tag", has_text="Tạm dừng")).to_be_visible()
        await expect(page.locator("[data-state=claimed]")).to_have_text("0", timeout=15_000)
        paused = await numbers(page)
        await shot(page, "paused-phone")
        assert paused["sent"]
        assert paused["queued"]
        assert len(newsroom.got("bãi bồi")) == paused["sent"]

        telegram.delay = 0.0
        await press(page, "Tiếp tục gửi")
        await expect(page.locator("[data-percent]")).to_have_text("100", timeout=15_000)
        told = [c for c in telegram.sent() if "bãi bồi" in c.text]
        assert len(told) == len(newsroom.got("bãi bồi")) == sum(paused.values())  # each once

        telegram.fail("sendMessage", "400", times=15)  # it stops itself, until somebody looks
        await page.goto(await submitted(station, "Cháy ở chợ, tránh đường Bến Sao. Gọi 114."))
        await press(page, "Duyệt")
        await expect(page.get_by_role("alert")).to_be_visible(timeout=15_000)
        halted = await numbers(page)
        await shot(page, "halted-phone")
        assert halted["failed"] > 10
        assert halted["queued"]
        await press(page, "Tiếp tục gửi")
        await expect(page.locator("[data-percent]")).to_have_text("100", timeout=15_000)
        after = await numbers(page)
        assert (after["failed"], after["sent"]) == (15, sum(halted.values()) - 15)
        assert await fits(page)
        assert wire.complaints == []


async def fits(page: Page) -> bool:
    """Whether nothing has to be pushed sideways."""
    width = await page.evaluate("document.documentElement.scrollWidth")
    return bool(page.viewport_size and width == page.viewport_size["width"])


async def test_a_posters_code_subscribes_a_telephone_in_the_browser(
    newsroom: Newsroom, browser: Browser
) -> None:
    async with at_desk(browser, PHONE) as (page, wire):
        await page.goto(f"{newsroom.station.public_url}/?xa=ben-sao")

        await expect(page.get_by_role("log")).to_contain_text("phường Bến Sao")
        assert "xa=" not in page.url
        assert wire.complaints == []


PAGES = ("", "/moi", "/soan", "/chien-dich", "/truc", "/cam-ket", "/ap-phich")


async def test_every_page_fits_its_screen_and_can_be_pressed_with_a_thumb(
    newsroom: Newsroom, browser: Browser
) -> None:
    station = newsroom.station
    async with at_desk(browser, PHONE) as (page, wire):
        await come_in(page, station, "truc")
        for path in PAGES:
            await page.goto(f"{station.url}/canh-bao{path}")
            for size, name in ((PHONE, "phone"), (DESKTOP, "desktop")):
                await page.set_viewport_size(size)  # type: ignore[arg-type]
                await shot(page, f"{path.strip('/') or 'list'}-{name}")
                assert await fits(page), (path, name)
                small = await page.evaluate(
                    "[...document.querySelectorAll('button, .button, .subnav a, input:not([type=hidden])"
                    ":not([type=checkbox]):not([type=radio]), select')]"
                    ".filter((e) => e.offsetHeight && e.offsetHeight < 44).map((e) => e.outerHTML)"
                )
                assert small == [], (path, name)
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
        await come_in(page, station, "truc")
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
        await come_in(page, station, "tinh")
        await page.goto(f"{station.url}/canh-bao/soan")
        await page.get_by_label("Tìm xã, phường").fill("suoi guong")
        await expect(page.get_by_label("xã Suối Gương")).to_be_visible()
        await expect(page.get_by_label("phường Bến Sao")).to_be_hidden()
        await page.get_by_label("Nội dung").fill("Nước lên nhanh ở suối.")
        station.clock.wind(timedelta(hours=9))
        await press(page, "Lưu và xem lại")
        await expect(page.get_by_label("Tên đăng nhập")).to_be_visible()

        await come_in(page, station, "tinh")
        await page.goto(f"{station.url}/canh-bao/soan")
        await press(page, "Lấy lại")

        await expect(page.get_by_label("Nội dung")).to_have_value("Nước lên nhanh ở suối.")
