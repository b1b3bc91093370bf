"""The tip page in a real browser: sealed before it leaves, readable for the unit's officers alone."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Page, expect

from bot import sealing
from bot.config import Secret, Secrets
from bot.sealing import Keys
from bot.store.database import Database, open_database
from bot.wiring import running
from tests.browser.conftest import Site, fixture
from tests.dialogs.people import PEPPER, config_for
from tests.units import COMMUNE, PROVINCE, found_in, opened

WORDS = "Nhà cuối xóm có người bán pháo nổ tự làm, tối nào cũng có xe đến chở đi."
MAKER = b"MAY-ANH-CUA-TOI"


@fixture
async def keys(tmp_path: Path) -> dict[str, Keys]:
    return await found_in(config_for(tmp_path).database_url)


@fixture
async def site(browser: Browser, tmp_path: Path, keys: dict[str, Keys]) -> AsyncIterator[Site]:
    config = config_for(tmp_path)
    async with running(config, Secrets(pepper=Secret(PEPPER))) as started:
        yield Site(started.public_url, browser)


@fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(config_for(tmp_path).database_url) as database:
        yield database


def photo() -> dict[str, Any]:
    """A picture that names its camera and place."""
    exif = Image.Exif()
    exif[0x010F] = MAKER.decode()
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(file, "JPEG", exif=exif)
    return {"name": "nha-ong-tam.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


async def told(page: Page, site: Site, *files: dict[str, Any]) -> str:
    """Fill the form and go on; the code."""
    await page.goto(f"{site.url}/bao-tin")
    await page.select_option("#where", COMMUNE)
    await page.select_option("#kind", "fireworks")
    await page.fill("#text", WORDS)
    await page.fill("#place", "thôn 3")
    await page.check("[name=household]")
    if files:
        await page.set_input_files("#files", list(files))
    await page.click("#go")
    await page.wait_for_selector("#code-step:not([hidden])")
    return str(await page.inner_text("#code"))


async def test_a_tip_with_a_picture_is_sealed_in_the_browser(
    site: Site, database: Database, keys: dict[str, Keys], tmp_path: Path
) -> None:
    sent: list[bytes] = []
    async with site.page() as page:
        page.on("request", lambda r: sent.append(r.post_data_buffer or b""))
        code = await told(page, site, photo())
        await page.screenshot(path=tmp_path / "code.png", full_page=True)
        await page.fill("#typed", "000000")
        await page.click("#send")
        await page.wait_for_selector("#code-fault:not([hidden])")
        assert not await database.read("SELECT * FROM tip")
        await page.fill("#typed", code.split()[-1])
        await page.click("#send")
        await page.wait_for_selector("#sent:not([hidden])")
        assert await page.title() == "Bình An"

    tip = str((await database.read("SELECT id FROM tip"))[0]["id"])
    head, part, file = await opened(database, tip, COMMUNE, keys[COMMUNE])
    assert head["body"]["kind"] == "fireworks"  # type: ignore[index]
    assert head["body"]["household"] is True  # type: ignore[index]
    assert head["body"]["sealed_by"] == "browser"  # type: ignore[index]
    assert part["body"] == {"text": WORDS}
    body: Any = file["body"]
    row = (await database.read("SELECT * FROM tip_file"))[0]
    whole = (tmp_path / "data/files" / row["name"][:2] / row["name"]).read_bytes()
    picture = b"".join(
        sealing.unseal_file(
            sealing.sealed_pieces(whole),
            body["size"],
            key=bytes.fromhex(body["key"]),
            id=row["id"],
        )
    )
    assert Image.open(io.BytesIO(picture)).size == (64, 48)
    assert MAKER not in picture
    everything = b"".join(sent)
    for secret in (
        WORDS.encode(),
        json.dumps(WORDS).encode(),
        MAKER,
        code.replace(" ", "").encode(),
    ):
        assert secret not in everything
    assert row["id"].encode() in everything  # the control: what was sent is seen by this look
    assert site.complaints == []
    assert all(url.startswith(site.url) for url in site.requested if not url.startswith("data:"))


async def test_the_citizen_comes_back_with_the_code(site: Site, database: Database) -> None:
    async with site.page() as page:
        code = await told(page, site)
        await page.fill("#typed", code.split()[-1])
        await page.click("#send")
        await page.wait_for_selector("#sent:not([hidden])")
        tip = (await database.read("SELECT id FROM tip"))[0]["id"]
        key = (await database.read("SELECT pub FROM tip_reply_key"))[0]["pub"]
        body = {"text": "Cảm ơn bà con <b>nhiều</b>."}
        answer = sealing.seal(key, tip=tip, kind="reply", seq=7, day="2027-02-05", body=body)
        async with database.transaction() as tx:
            await tx.run(
                "INSERT INTO tip_message (id, tip, kind, seq, day, body, for_tipster)"
                " VALUES ('r', $1, 'reply', 7, '2027-02-05', $2, $2)",
                tip,
                answer,
            )
        await page.goto(f"{site.url}/bao-tin#xem")
        await page.fill("#receipt", code)
        await page.click("#look button")
        await page.wait_for_selector("#answers blockquote")
        assert "<b>nhiều</b>" in await page.inner_text("#answers")
        await page.fill("#more-text", "Thêm: xe biển số 12.")
        await page.click("#more button")
        await page.wait_for_selector("#more-done:not(:empty)")

        assert len(await database.read("SELECT * FROM tip_message WHERE kind = 'follow'")) == 1
        await page.fill("#receipt", "0000 0000 0000 0000 000098")
        await page.click("#look button")
        await page.wait_for_selector("#look-fault:not([hidden])")
        assert "Không có gì" in await page.inner_text("#look-fault")
    assert site.complaints == []


HELD_UP = """() => {
  let last = performance.now();
  window.heldUp = 0;
  setInterval(() => {
    const now = performance.now();
    window.heldUp = Math.max(window.heldUp, now - last);
    last = now;
  }, 5);
}"""  # milliseconds that the page did nothing else, at the longest


FAILING = """const Real = Worker;
globalThis.Worker = function () { return new Real("/static/there-is-none.js"); };"""


async def test_the_page_stays_alive_while_a_code_is_derived(site: Site) -> None:
    async with site.page() as page:
        beside, shown = await _derived(page, site)
        assert page.workers == []  # ended, and its memory given back
    async with site.page() as page:
        await page.add_init_script(FAILING)
        within, shown_again = await _derived(page, site)

    assert len(shown) == len(shown_again) == len("0000 0000 0000 0000 000000")
    assert shown != shown_again
    assert within > 100  # the control: derived in the page it holds the page up
    assert beside < within / 2


async def _derived(page: Page, site: Site) -> tuple[float, str]:
    """Have a code derived: how long the page was held up (ms), and the code."""
    await page.goto(f"{site.url}/bao-tin")
    await page.fill("#text", WORDS)
    await page.evaluate(HELD_UP)
    await page.click("#go")
    await page.wait_for_selector("#code-step:not([hidden])")
    return await page.evaluate("window.heldUp"), await page.inner_text("#code")


async def test_without_script_the_page_says_so_and_seals_on_the_server(
    site: Site, database: Database, keys: dict[str, Keys]
) -> None:
    async with site.page(java_script_enabled=False) as page:
        await page.goto(f"{site.url}/bao-tin")
        assert "khoá trên máy chủ" in await page.inner_text("noscript")
        await page.select_option("#where", COMMUNE)
        await page.check("[name=police][value=about]")
        await page.fill("#text", WORDS)
        await page.click("#go")
        code = await page.inner_text(".code")
        assert not await database.read("SELECT * FROM tip")
        await page.fill("#typed", "1")
        await page.click(".main")
        assert "Chưa đúng" in await page.inner_text(".problem")
        await page.fill("#typed", code.split()[-1])
        await page.click(".main")
        assert "Đã gửi" in await page.inner_text("h1")
        await page.goto(f"{site.url}/bao-tin")
        await page.fill("#receipt", code)
        await page.click("#look button")
        assert "Tin đã đến nơi" in await page.inner_text("main")

    tip = str((await database.read("SELECT id FROM tip"))[0]["id"])
    inside = await opened(database, tip, PROVINCE, keys[PROVINCE])
    assert inside[0]["body"]["sealed_by"] == "server"  # type: ignore[index]
    assert await database.read("SELECT * FROM tip_key WHERE unit = $1", COMMUNE) == []


# as a script that can't be read: the page's own ends where it begins
UNREADABLE = "Object.defineProperty(globalThis, 'Sealing', {get() { throw new SyntaxError(); }});"


async def test_a_browser_too_old_for_the_script_is_told_where_sealing_happens(site: Site) -> None:
    async with site.page() as page:
        await page.add_init_script(UNREADABLE)
        await page.goto(f"{site.url}/bao-tin")
        assert "khoá trên máy chủ" in await page.inner_text("#plain:not([hidden])")
    async with site.page() as page:  # the control: one that is not too old
        await page.goto(f"{site.url}/bao-tin")
        assert await page.is_hidden("#plain")


async def test_leaving_at_once_shows_nothing_that_was_typed(site: Site) -> None:
    async with site.page() as page:
        await page.goto(f"{site.url}/bao-tin")
        await page.fill("#text", WORDS)
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await expect(page).to_have_url(f"{site.url}/")

        await page.go_back()

        assert WORDS not in await page.content()
