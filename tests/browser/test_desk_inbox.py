"""The inbox in a real browser: what was sealed is read there and answered there, and nowhere else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.sealing import unseal
from bot.store.database import open_database
from tests.browser.conftest import PHONE, fixture
from tests.browser.desk import DESKTOP, at_desk, at_inbox, shot
from tests.console.station import PASSWORD, Station, identity_of, open_station, text
from tests.console.tips import give_keys, tell

WORDS = "Quán nước gần bến xe cũ tối nào cũng có người đánh bạc ở gác hai"
ANSWER = "Chúng tôi đã cử người kiểm tra, cảm ơn bạn."


@fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with open_station(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("size", "name"), [(PHONE, "phone"), pytest.param(DESKTOP, "desktop", marks=pytest.mark.soak)]
)
async def test_an_officer_reads_and_answers_and_no_word_leaves_the_browser(
    station: Station, browser: Browser, size: dict[str, int], name: str
) -> None:
    keys = await give_keys(station, "ben-sao")
    told = await tell(station, keys, WORDS, household=True, urgent=True)
    async with at_desk(browser, size) as (page, wire):
        await at_inbox(page, station, "truc")
        await shot(page, f"inbox-{name}")
        await page.get_by_role("link", name="Quán nước gần bến xe").click()
        await expect(page.get_by_role("alert").filter(has_text="NGƯỜI NHÀ")).to_be_visible()
        await expect(page.get_by_role("alert").filter(has_text="SẮP XẢY RA")).to_be_visible()
        await page.get_by_label("Câu trả lời").fill(ANSWER)
        await page.get_by_role("button", name="Niêm phong và gửi").click()
        await expect(page.get_by_text("Cán bộ truc trả lời")).to_be_visible()
        await page.get_by_label("Ghi chú cho đồng nghiệp").fill("Đã gọi tổ tuần tra")
        await page.get_by_role("button", name="Lưu ghi chú").click()
        await expect(page.locator(".told")).to_contain_text(["Đã gọi tổ tuần tra"])
        await shot(page, f"case-{name}")

        secrets = (PASSWORD, WORDS, "bến xe cũ", ANSWER, "tổ tuần tra")
        private = (identity_of("truc").pair.private, keys["ben-sao"].private)
        leaked = [s for s in (*secrets, *(text(key) for key in private)) if wire.carried(s)]
        assert leaked == []
        assert wire.carried(told.id)  # the negative control: what is sent would be found
        assert wire.complaints == []
        assert wire.elsewhere(station.url) == set()
        assert await page.evaluate("document.documentElement.scrollWidth") == size["width"]
        assert await page.evaluate("localStorage.length + sessionStorage.length") == 0

    async with open_database(station.config.database_url) as database:
        sql = "SELECT seq, for_tipster FROM tip_message WHERE tip = $1 AND kind = 'reply'"
        [reply] = await database.read(sql, told.id)
    inside = unseal(told.receipt, reply["for_tipster"], tip=told.id, kind="reply", seq=reply["seq"])
    assert inside["body"] == {"text": ANSWER}
