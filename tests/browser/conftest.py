"""A real browser on the real program: Chromium of the machine, a phone-sized window."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.config import Secret, Secrets
from bot.wiring import running
from tests.dialogs.people import PEPPER, config_for

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {"width": 360, "height": 740}
HERE = Path(__file__).parent

expect.set_options(timeout=20_000)  # ms: Argon2id on a machine that does other work beside

# one browser serves all of these tests, so they and what is made for them run on one loop
fixture = partial(pytest_asyncio.fixture, loop_scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    one_loop = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(one_loop, append=False)


@pytest.fixture(autouse=True)
def needs_browser() -> None:
    if CHROMIUM is None and not os.environ.get("BINHAN_NEEDS_BROWSER"):
        pytest.skip("no Chromium on this machine: install it (apt install chromium)")
    assert CHROMIUM, "no Chromium on this machine"


@fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@dataclass
class Site:
    """The program's public address, and what a page complained of while it was open."""

    url: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def page(self, **options: Any) -> AsyncIterator[Page]:
        """A new person's page, opened at the chat."""
        wanted: dict[str, Any] = {"viewport": PHONE, "locale": "vi-VN"} | options
        context = await self.browser.new_context(**wanted)
        page = await context.new_page()
        page.on("console", lambda line: self._note(line.type, line.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requested.append(request.url))
        await page.goto(self.url)
        yield page
        await context.close()

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)


@fixture
async def site(browser: Browser, tmp_path: Path) -> AsyncIterator[Site]:
    secrets = Secrets(pepper=Secret(PEPPER))
    async with running(config_for(tmp_path), secrets) as started:
        yield Site(started.public_url, browser)
