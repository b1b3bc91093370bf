"""`make run ZALO=fake`: a person tries the Official Account on a page, and is answered by the real service."""

from pathlib import Path

from playwright.async_api import Browser, expect

from bot.config import Secret, Secrets
from bot.wiring import running
from tests.browser.conftest import PHONE
from tests.dialogs.people import PEPPER, config_for
from tests.fakes.zalo import open_zalo_server
from tests.fakes.zalo_demo import ACCOUNT, announced, app_of, clock_of, log_in, page, with_oa


async def test_a_person_follows_asks_and_looks_further(browser: Browser, tmp_path: Path) -> None:
    async with open_zalo_server(more=page, echoes=True) as zalo:
        config = with_oa(config_for(tmp_path), zalo)
        secrets = Secrets(pepper=Secret(PEPPER), zalo_oa={ACCOUNT: app_of()})
        await log_in(config, secrets, zalo)
        async with (
            announced(config, zalo),
            running(config, secrets, clock=lambda: clock_of(zalo)),
        ):
            await zalo.wait_for(lambda: zalo.hook.on)
            tab = await browser.new_page(viewport=PHONE)
            await tab.goto(zalo.base)

            await tab.get_by_role("button", name="Quan tâm").click()
            await expect(tab.get_by_role("button", name="Nhận cảnh báo")).to_be_visible()
            await tab.get_by_label("Nội dung tin nhắn").fill("xe máy có cồn phạt bao nhiêu")
            await tab.keyboard.press("Enter")
            await tab.get_by_role("button", name="Xem thêm nút").click()

            await expect(tab.get_by_role("button", name="Đọc thêm")).to_be_visible()
            wide = await tab.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide
