"""The whole way in real browsers: a citizen tells, an officer reads, sees the picture and answers, and back."""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, expect

from handlers.officer import Role
from tests.browser.conftest import Site, fixture
from tests.browser.desk import at_desk, at_inbox, shot
from tests.browser.test_tip import WORDS, photo, told
from tests.console.station import PASSWORD, Station, open_station
from tests.console.tips import give_keys
from tests.units import COMMUNE, PROVINCE

ANSWER = "Chúng tôi đã nhận và đang xem."


@fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    staff = (("truc", Role.DUTY, COMMUNE), ("tinh", Role.PROVINCE, PROVINCE))
    async with open_station(tmp_path, staff=staff) as opened:
        yield opened


async def test_from_the_citizen_s_phone_to_the_desk_and_back(
    station: Station, browser: Browser
) -> None:
    await give_keys(station, COMMUNE, PROVINCE)
    site = Site(station.public_url, browser)
    async with site.page() as citizen, at_desk(browser) as (page, wire):
        code = await told(citizen, site, photo())
        await citizen.fill("#typed", code.split()[-1])
        await citizen.click("#send")
        await citizen.wait_for_selector("#sent:not([hidden])")

        await at_inbox(page, station, "truc")
        await page.get_by_role("link", name="Nhà cuối xóm").click()
        await expect(page.get_by_role("alert").filter(has_text="NGƯỜI NHÀ")).to_be_visible()
        await expect(page.get_by_text("thôn 3")).to_be_visible()
        await page.get_by_role("button", name="Xem ảnh").click()
        await expect(page.get_by_role("img", name="Ảnh của người báo")).to_be_visible()
        red = "(c) => [...c.getContext('2d').getImageData(8, 8, 1, 1).data].slice(0, 3)"
        drawn = await page.get_by_role("img", name="Ảnh của người báo").evaluate(red)
        await page.get_by_label("Câu trả lời").fill(ANSWER)
        await page.get_by_role("button", name="Niêm phong và gửi").click()
        await expect(page.locator("#detail li.reply")).to_have_count(1)
        await shot(page, "whole-way")

        await citizen.goto(f"{site.url}/bao-tin#xem")
        await citizen.fill("#receipt", code)
        await citizen.click("#look button")
        await expect(citizen.locator("#answers")).to_contain_text(ANSWER)

        assert drawn[0] > 200 > 100 > drawn[1]
        assert [s for s in (PASSWORD, WORDS, ANSWER, "thôn 3") if wire.carried(s)] == []
        assert wire.complaints == []
        assert site.complaints == []
