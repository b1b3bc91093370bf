"""The desk's work in a real browser: what is taken out, what is undone, what is held back, what arrives."""

import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import docx
import pyrage
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.sealing import Keys
from tests.browser.conftest import PHONE, fixture
from tests.browser.desk import at_desk, at_inbox, shot
from tests.console.station import Station, open_station
from tests.console.tips import give_keys, tell

WORDS = "Quán nước gần bến xe cũ tối nào cũng có người đánh bạc ở gác hai"
REASON = "Việc xảy ra ở bên kia cầu, thuộc địa bàn xã bạn"


@fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with open_station(tmp_path) as opened:
        yield opened


async def test_a_case_is_taken_out_and_referred_with_its_reason(
    station: Station, browser: Browser
) -> None:
    keys = await give_keys(station, "ben-sao", "cho-mo")
    await tell(station, {"ben-sao": keys["ben-sao"]}, WORDS)
    key = pyrage.x25519.Identity.generate()
    async with at_desk(browser) as (page, wire):
        await at_inbox(page, station, "truc")
        await page.get_by_role("link", name="Quán nước gần bến xe").click()
        await page.get_by_label("Số vào sổ").fill("17/TB")
        await page.get_by_label("Phân loại pháp lý").select_option("to_giac")
        await page.get_by_role("button", name="Lưu phiếu").click()
        await expect(page.locator("#detail .tag").filter(has_text="Báo tiếp nhận")).to_be_visible()
        await page.get_by_text("In, xuất").click()
        async with page.expect_download() as record:
            await page.get_by_role("button", name="Biên bản tiếp nhận (.docx)").click()
        paper = docx.Document(str(await (await record.value).path()))
        await page.get_by_label("Khoá age của nơi nhận").fill(str(key.to_public()))
        async with page.expect_download() as export:
            await page.get_by_role("button", name="Xuất bản mã hoá").click()
        sealed = Path(await (await export.value).path()).read_bytes()  # noqa: ASYNC240 (a test)
        await shot(page, "export")
        await page.get_by_text("Chuyển đơn vị khác").click()
        await page.get_by_label("Lý do chuyển").fill(REASON)
        await shot(page, "refer")
        await page.get_by_role("button", name="Chuyển", exact=True).click()
        await expect(page.locator("#reasons")).to_contain_text(REASON)
        await page.get_by_text("In, xuất").click()
        async with page.expect_download() as transfer:
            await page.get_by_role("button", name="Phiếu chuyển (.docx)").click()
        slip = docx.Document(str(await (await transfer.value).path()))
        assert [s for s in ("bến xe cũ", "17/TB", REASON) if wire.carried(s)] == []
        assert wire.complaints == []
    async with at_desk(browser, PHONE) as (page, wire):  # the unit that it came to
        await at_inbox(page, station, "xa2")
        await page.get_by_role("link", name="Quán nước gần bến xe").click()
        await expect(page.locator("#reasons")).to_contain_text(REASON)
        await shot(page, "referred-phone")
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    lines = [paragraph.text for paragraph in paper.paragraphs]
    assert "chưa đối chiếu được với TT 119/2021/TT-BCA" in lines[0]
    assert "Số vào sổ: 17/TB" in lines
    assert f"Nội dung: {WORDS}" in lines
    moved = [paragraph.text for paragraph in slip.paragraphs]
    assert f"Lý do chuyển: {REASON}" in moved
    assert "Chuyển đến: phường Chợ Mơ" in moved
    out = json.load(io.BytesIO(pyrage.decrypt(sealed, [key])))
    assert (out["messages"][0]["text"], out["card"]["register"]) == (WORDS, "17/TB")


@dataclass(frozen=True)
class Shift:
    """An officer at work: the inbox stands open for several tests, each with a tip of its own."""

    station: Station
    keys: dict[str, Keys]
    page: Page

    async def told(self, *words: str) -> None:
        """Tips come in, and the list is asked for anew."""
        for each in words:
            await tell(self.station, self.keys, each)
        await self.page.evaluate(
            "import('/static/desk/inbox.js').then((inbox) => inbox.desk.refresh())"
        )

    def tip(self, words: str) -> Locator:
        return self.page.locator("#list").get_by_role("link", name=words)


@fixture(scope="module")
async def shift(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shift]:
    async with open_station(tmp_path_factory.mktemp("shift")) as station:
        keys = await give_keys(station, "ben-sao")
        async with at_desk(browser) as (page, _):
            await at_inbox(page, station, "truc")
            yield Shift(station, keys, page)


async def test_spam_goes_in_one_press_and_comes_back_in_another(shift: Shift) -> None:
    await shift.told("Bán hàng giảm giá, mời xem trang của chúng tôi")
    tip = shift.tip("Bán hàng giảm giá")
    await tip.click()
    await shift.page.get_by_role("button", name="Tin rác").click()
    await expect(tip).to_have_count(0)
    await shift.page.get_by_role("button", name="Hoàn tác").click()

    await expect(tip).to_have_count(1)


async def test_an_answer_that_quotes_the_tip_is_held_back_once(shift: Shift) -> None:
    page, words = shift.page, "Xưởng gỗ bỏ hoang sau đình có người tụ tập chơi lô đề"
    await shift.told(words)
    await shift.tip("Xưởng gỗ").click()
    await page.get_by_label("Câu trả lời").fill(f"Bạn kể: {words.lower()}")
    send = page.get_by_role("button", name="Niêm phong và gửi")
    await send.click()
    await expect(page.get_by_text("nhắc lại nguyên văn")).to_be_visible()
    await expect(page.locator("#detail li.reply")).to_have_count(0)

    await send.click()
    await expect(page.locator("#detail li.reply")).to_have_count(1)


async def test_a_new_tip_appears_by_itself_beside_its_likes(shift: Shift) -> None:
    page = shift.page
    await shift.told(WORDS)
    await expect(shift.tip("Quán nước gần bến xe")).to_have_count(1)
    await tell(shift.station, shift.keys, f"{WORDS}, ồn lắm")

    await expect(page.get_by_text("Có 1 tin mới")).to_be_visible()
    await expect(page.get_by_text("Giống 1 tin khác").first).to_be_visible()
    await page.get_by_label("Tìm trong các tin đã mở").fill("on lam")
    await expect(page.locator("#list a.tip")).to_have_count(1)
    await page.get_by_label("Tìm trong các tin đã mở").fill("")


async def test_after_leaving_the_page_shows_nothing_and_a_reload_asks_for_the_password(
    station: Station, browser: Browser
) -> None:
    await tell(station, await give_keys(station, "ben-sao"), WORDS)
    async with at_desk(browser) as (page, _):
        await at_inbox(page, station, "truc")
        await page.get_by_role("navigation").get_by_role("link", name="Thống kê").click()
        await expect(page.get_by_role("heading", name="Thống kê")).to_be_visible()
        await page.get_by_role("navigation").get_by_role("link", name="Tin báo").click()
        await expect(page.locator("#list a.tip")).to_have_count(1)  # the keys came along

        await page.reload()
        await expect(page.get_by_text("Hộp tin đang khoá")).to_be_visible()
        await page.get_by_role("button", name="Đăng xuất").click()
        await expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_text("bến xe cũ")).to_have_count(0)
