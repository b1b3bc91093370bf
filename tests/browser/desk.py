"""An officer at the desk in a real browser, and all that goes over the wire meanwhile."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser, Page, Request, expect

from tests.console.station import PASSWORD, Station

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
DESKTOP = {"width": 1280, "height": 800}
EXPECTED = re.compile("status of 40[0-9]")  # what a refused request leaves on the console


class Wire:
    """All that a page sends, and what it complains of."""

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self._complain(line.type, line.text))

    def _note(self, request: Request) -> None:
        headers = " ".join(f"{k}: {v}" for k, v in request.headers.items())
        self.sent.append(f"{request.method} {request.url} {headers} {request.post_data or ''}")

    def _complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not EXPECTED.search(text):
            self.complaints.append(text)

    def carried(self, secret: str) -> bool:
        return any(secret in each for each in self.sent)

    def elsewhere(self, url: str) -> set[str]:
        """What was asked of anybody but the desk."""
        return {each for each in self.sent if url not in each and " blob:" not in each}


@asynccontextmanager
async def at_desk(
    browser: Browser, size: dict[str, int] = DESKTOP, scheme: str = "light"
) -> AsyncIterator[tuple[Page, Wire]]:
    context = await browser.new_context(viewport=size, locale="vi-VN", color_scheme=scheme)
    page = await context.new_page()
    wire = Wire(page)
    yield page, wire
    await context.close()


async def log_in(page: Page, station: Station, login: str, password: str = PASSWORD) -> None:
    station.clock.wind(timedelta(seconds=30))  # a code is taken once
    await page.goto(f"{station.url}/dang-nhap")
    await page.get_by_label("Tên đăng nhập").fill(login)
    await page.get_by_label("Mật khẩu").fill(password)
    await page.get_by_label("Mã 6 số").fill(station.code())
    await page.get_by_role("button", name="Đăng nhập").click()


async def come_in(page: Page, station: Station, login: str) -> None:
    """Logged in without the form, which has tests of its own: its derivation takes a browser a second or two."""
    caller = await station.officer(login)
    cookies = caller.session.cookie_jar
    await page.context.add_cookies(
        [{"name": each.key, "value": each.value, "url": station.url} for each in cookies]
    )


async def at_inbox(page: Page, station: Station, login: str) -> None:
    """Logged in, and with the inbox open."""
    await log_in(page, station, login)
    await page.get_by_role("navigation").get_by_role("link", name="Tin báo").click()
    await expect(page.get_by_role("heading", name="Tin báo")).to_be_visible()


async def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SHOTS / f"desk-{name}.png", full_page=True)
