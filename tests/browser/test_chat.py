"""The web chat in a phone-sized window: talk, narrow, follow up, danger, and the ways round a bad line."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Site

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Câu hỏi của bạn").fill(text)
    await page.keyboard.press("Enter")


async def test_five_turns_on_a_phone(site: Site) -> None:
    async with site.page() as page:
        log = page.get_by_role("log")

        await say(page, "uống rượu lái xe phạt bao nhiêu")
        await page.get_by_role("button", name="Xe máy").last.click()
        await expect(log).to_contain_text("2–3 triệu")
        await say(page, "còn ô tô thì sao?")
        await expect(log).to_contain_text("30–40 triệu")
        await say(page, "cuu voi nha em dang chay")
        await expect(page.locator(".urgent")).to_contain_text("GỌI NGAY 114")
        call = page.locator(".urgent").get_by_role("link", name="Gọi 114")
        assert await call.get_attribute("href") == "tel:114"
        await say(page, "giá vàng hôm nay bao nhiêu")
        await expect(log).to_contain_text("không đoán")
        SHOTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SHOTS / "five-turns.png")

    assert site.complaints == []
    assert {url for url in site.requested if not url.startswith(site.url)} == set()


async def test_the_answer_stands_in_a_live_region_and_nothing_overflows(site: Site) -> None:
    async with site.page(viewport={"width": 320, "height": 600}) as page:
        await say(page, "đốt pháo nổ phạt bao nhiêu")
        log = page.get_by_role("log")
        await expect(log).to_contain_text("20–40 triệu")

        assert await log.get_attribute("aria-live") == "polite"
        assert await page.evaluate("document.documentElement.scrollWidth") == 320
        small = await page.evaluate(
            "[...document.querySelectorAll('button, .sos a, .buttons a')]"
            ".filter((e) => e.offsetHeight && e.offsetHeight < 44).map((e) => e.textContent)"
        )
        assert small == []


async def test_a_talk_by_keyboard_alone(site: Site) -> None:
    async with site.page() as page:
        await page.get_by_label("Câu hỏi của bạn").focus()
        await page.keyboard.type("uống rượu lái xe phạt bao nhiêu")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Xe máy").last).to_be_visible()
        for _ in range(12):
            await page.keyboard.press("Shift+Tab")
            label = await page.evaluate("document.activeElement.textContent")
            if label.startswith("Xe máy"):
                break
        await page.keyboard.press("Enter")

        await expect(page.get_by_role("log")).to_contain_text("2–3 triệu")


async def test_a_piece_of_a_sentence_is_answered_late_by_the_stream(site: Site) -> None:
    async with site.page() as page:
        await say(page, "dot phao")

        await expect(page.locator(".bubble:not(.mine)")).to_have_count(1, timeout=8000)


async def test_a_lost_line_is_said_and_the_message_can_be_sent_again_once(site: Site) -> None:
    async with site.page() as page:
        await page.route("**/api/chat", lambda route: route.abort())
        await say(page, "đốt pháo nổ phạt bao nhiêu")
        await expect(page.get_by_role("status")).to_contain_text("Chưa gửi được")
        await page.unroute("**/api/chat")

        await page.get_by_role("button", name="Thử lại").click()

        await expect(page.locator(".bubble:not(.mine)")).to_have_count(1)
        await expect(page.locator(".bubble.mine")).to_have_count(1)


async def test_an_answer_that_was_lost_on_its_way_is_shown_once(site: Site) -> None:
    async with site.page() as page:

        async def lose(route: Route) -> None:
            await route.fetch()  # the service has answered, the page never hears of it
            await route.abort()

        await page.route("**/api/chat", lose, times=1)
        await say(page, "đốt pháo nổ phạt bao nhiêu")

        await expect(page.locator(".bubble:not(.mine)")).to_have_count(1, timeout=8000)
        retry = page.get_by_role("button", name="Thử lại")
        if await retry.count():
            await retry.click()
        await expect(page.locator(".bubble:not(.mine)")).to_have_count(1)


async def test_a_reload_keeps_the_talk_and_forgetting_ends_it(site: Site) -> None:
    async with site.page() as page:
        await say(page, "đốt pháo nổ phạt bao nhiêu")
        await expect(page.locator(".bubble")).to_have_count(2)

        await page.reload()
        await expect(page.locator(".bubble")).to_have_count(2)
        page.on("dialog", lambda dialog: dialog.accept())
        await page.get_by_role("button", name="Xoá trò chuyện").click()

        await expect(page.locator(".bubble")).to_have_count(0)


async def test_the_page_works_without_script(site: Site) -> None:
    async with site.page(java_script_enabled=False) as page:
        await page.get_by_label("Câu hỏi của bạn").fill("uống rượu lái xe phạt bao nhiêu")
        await page.get_by_role("button", name="Gửi").click()
        await page.get_by_role("button", name="Xe máy").click()

        await expect(page.get_by_role("log")).to_contain_text("2–3 triệu")


async def test_without_a_line_the_page_shows_the_numbers_to_ring(site: Site) -> None:
    async with site.page() as page:
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await page.reload()
        await page.context.set_offline(True)

        await page.reload()

        await expect(page.locator("body")).to_contain_text("Đang mất mạng")
        assert await page.locator("a.dial").count() == 3
        await page.context.set_offline(False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground(site: Site, scheme: str) -> None:
    async with site.page(color_scheme=scheme) as page:
        await say(page, "cuu voi nha em dang chay")
        await expect(page.locator(".urgent")).to_be_visible()
        pairs = await page.evaluate(CONTRASTS)

    faint = {name: ratio for name, ratio in pairs.items() if ratio < 4.5}
    assert pairs
    assert faint == {}


CONTRASTS = """() => {
  const rgb = (text) => text.match(/[0-9.]+/g).map(Number);
  const light = (c) => {
    const linear = (v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = c.slice(0, 3).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const found = {};
  for (const e of document.querySelectorAll("p, a, button, li, small, strong, b, span, summary")) {
    if (!e.offsetHeight || !e.textContent.trim()) continue;
    const a = light(rgb(getComputedStyle(e).color)), b = light(ground(e));
    const name = e.tagName + "." + e.className + ":" + e.textContent.trim().slice(0, 20);
    found[name] = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }
  return found;
}"""


@pytest.mark.parametrize("path", ["/quyen-rieng-tu", "/bao-tin", "/goi/113", "/khong-co-trang"])
async def test_the_other_pages_are_whole(site: Site, path: str) -> None:
    async with site.page() as page:
        await page.goto(site.url + path)

        await expect(page.get_by_role("main")).to_be_visible()
        title = await page.title()
        assert title
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
    assert [line for line in site.complaints if not re.search("404", line)] == []


DROPPED = """(what) => {
  const data = new DataTransfer();
  data.items.add(new File(["x"], "anh.jpg", {type: "image/jpeg"}));
  const event = what === "drop"
    ? new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true})
    : new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.getElementById("text").dispatchEvent(event);
  return event.defaultPrevented;
}"""


@pytest.mark.parametrize("way", ["drop", "paste"])
async def test_a_file_is_led_to_the_page_that_seals_it(site: Site, way: str) -> None:
    async with site.page() as page:
        before = len(site.requested)
        assert await page.evaluate(DROPPED, way)  # the browser does not open it

        await page.get_by_text("không nhận tệp").wait_for()
        link = page.get_by_role("link", name="Mở trang báo tin")
        assert await link.get_attribute("href") == "/bao-tin"
        sent = [url for url in site.requested[before:] if "/static/" not in url]
        assert sent == []  # nothing of it
        assert site.complaints == []
