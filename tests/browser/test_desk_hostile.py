"""Hostile words in every field that officers read: none runs, each is shown as it stands (attack 17)."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from bot import sealing
from bot.store.database import open_database
from tests.browser.conftest import fixture
from tests.browser.desk import at_desk, at_inbox, log_in
from tests.console.station import Station, open_station
from tests.console.tips import give_keys, tell

RAN = "ran()"  # what each payload would do, if it could
CODES = (RAN, "top.ran()", "parent['ran']()", "(0,eval)('ran()')")
MARKUP = (
    "<script>{code}</script>",
    "<script>{code}//</script >",
    "</title><script>{code}</script>",
    "</textarea><script>{code}</script>",
    '<img src=x onerror="{code}">',
    "<img src=x onerror={code}>",
    "<svg onload={code}>",
    "<svg><script>{code}</script></svg>",
    "<svg><animate onbegin={code} attributeName=x dur=1s>",
    '<body onload="{code}">',
    '<input autofocus onfocus="{code}">',
    "<details open ontoggle={code}>x</details>",
    '<video><source onerror="{code}"></video>',
    '<iframe srcdoc="<script>{code}</script>"></iframe>',
    '<iframe src="javascript:{code}"></iframe>',
    '<object data="javascript:{code}"></object>',
    '<a href="javascript:{code}">mở</a>',
    '<form action="javascript:{code}"><button>gửi</button></form>',
    '<math href="javascript:{code}">x</math>',
    '"><script>{code}</script>',
    "'-{code}-'",
    "`${{{code}}}`",
    "{{{{{code}}}}}",
    "{{{{constructor.constructor('{code}')()}}}}",
    "javascript:{code}",
    "data:text/html,<script>{code}</script>",
    "<style>@import 'https://evil.test/{code}'</style>",
    "<link rel=stylesheet href='https://evil.test/{code}'>",
    "<meta http-equiv=refresh content='0;url=https://evil.test/{code}'>",
    "<base href='https://evil.test/'>{code}",
    "\u202e<img src=x onerror={code}>\u202c",
    "\u200b<b>đậm</b> h\u0351\u0352\u0353e\u0351\u0352 {code}",
)
PAYLOADS = tuple(text.format(code=CODES[n % len(CODES)]) for n, text in enumerate(MARKUP))
TOLD = ("kind", "where", "when", "place", "sealed_by", "known_by")  # of the first envelope
CARD = ("register", "class", "matter", "noticed")
SHOWN = (
    6  # the ones that the open case shows as they stand: told, when, place, note, answer, reason
)
COUNT = "window.hits = 0; window.ran = () => { window.hits += 1; };"


@fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with open_station(tmp_path) as opened:
        yield opened


async def worked_on(station: Station, tip: str, words: str) -> None:
    """Officers of a hostile name have noted, answered, referred and filed it, all in hostile words."""
    card = dict.fromkeys(CARD, words) | {"labels": [words], "extended": False}
    bodies = {
        "note": {"text": words, "by": words},
        "reply": {"text": words, "by": words},
        "referral": {"text": words, "by": words, "to": words},
        "card": card | {"by": words},
    }
    async with (
        open_database(station.config.database_url) as database,
        database.transaction() as tx,
    ):
        row = await tx.one("SELECT pub FROM tip WHERE id = $1", tip)
        assert row
        for seq, (kind, body) in enumerate(bodies.items(), 10):
            sealed = sealing.seal(
                row["pub"], tip=tip, kind=kind, seq=seq, day="2027-02-05", body=body
            )
            sql = (
                "INSERT INTO tip_message (id, tip, kind, seq, day, body)"
                " VALUES ($1, $2, $3, $4, '2027-02-05', $5)"
            )
            await tx.run(sql, secrets.token_hex(16), tip, kind, seq, sealed)


async def named(station: Station) -> None:
    """Units and officers whose names are hostile."""
    async with (
        open_database(station.config.database_url) as database,
        database.transaction() as tx,
    ):
        for place, row in enumerate(await tx.all("SELECT id FROM unit ORDER BY id")):
            sql = "UPDATE unit SET name = $1 WHERE id = $2"
            await tx.run(sql, PAYLOADS[place % len(PAYLOADS)], row["id"])
        for place, row in enumerate(await tx.all("SELECT id FROM officer ORDER BY id")):
            sql = "UPDATE officer SET name = $1 WHERE id = $2"
            await tx.run(sql, PAYLOADS[4 + place], row["id"])


async def hits(page: Page) -> int:
    return int(await page.evaluate("window.hits"))


async def test_17_hostile_words_in_every_field_are_only_words(
    station: Station, browser: Browser
) -> None:
    keys = await give_keys(station, "ben-sao", "cho-mo", "tinh-mau")
    told: dict[str, str] = {}
    for words in PAYLOADS:
        fields = dict.fromkeys(TOLD, words)
        tip = await tell(station, {"ben-sao": keys["ben-sao"]}, words, **fields)
        await worked_on(station, tip.id, words)
        told[tip.id] = words
    await named(station)
    assert len(PAYLOADS) * (len(TOLD) + len(CARD) + SHOWN - 2 + 3) > 300  # cases

    async with at_desk(browser) as (page, wire):
        await page.add_init_script(COUNT)
        await at_inbox(page, station, "truc")
        await expect(page.locator("#list a.tip")).to_have_count(len(PAYLOADS))
        titles = await page.locator("#list a.tip > b").all_text_contents()
        labels = await page.locator("#list .tag").all_text_contents()
        for id, words in told.items():
            assert any(words.startswith(title.rstrip("…")) for title in titles), words
            assert words in labels, words  # a label that officers gave
            await page.evaluate("(id) => { location.hash = id; }", f"#{id}")
            await expect(page.locator("#detail .words").first).to_have_text(words)
            shown = await page.locator("#detail .words").all_text_contents()
            assert shown.count(words) == SHOWN, words
            assert await page.get_by_label("Số vào sổ").input_value() == words
        await page.get_by_label("Tìm trong các tin đã mở").fill(PAYLOADS[4])
        assert await page.locator("#list a.tip").count() >= 1
        assert await hits(page) == 0
        strange = (
            "img, iframe, object, video, math, style, link, meta, base, form[action], a[href^=java]"
        )
        assert await page.locator("#inbox").locator(strange).count() == 0

        assert wire.complaints == []  # the browser's policy would have complained of any script
        assert wire.elsewhere(station.url) == set()

        planted = "try { document.body.innerHTML = '<b>x</b>' } catch (e) { e.name }"
        assert await page.evaluate(planted) == "TypeError"  # the policy refuses markup as a whole

    async with at_desk(browser) as (page, wire):  # names in pages that the server writes
        await page.add_init_script(COUNT)
        await log_in(page, station, "tinh")
        await expect(page.get_by_role("navigation")).to_be_visible()
        for path in ("/", "/thong-ke", "/can-bo"):
            await page.goto(station.url + path)
            assert await hits(page) == 0, path
        names = await page.locator("main td").all_text_contents()
        assert set(PAYLOADS[4:9]) <= set(names)
        assert wire.complaints == []


async def test_17_the_look_would_see_them_run(browser: Browser) -> None:
    """The control: the same words as markup, on a page without the desk's policy."""
    async with at_desk(browser) as (page, _):
        await page.add_init_script(COUNT)
        ran = set()
        for words in (each for each in PAYLOADS if "evil.test" not in each):
            await page.goto("about:blank")
            await page.set_content(f"<!doctype html><title>{words}</title><p>{words}</p>")
            if await hits(page):
                ran.add(words)

    assert len(ran) > len(PAYLOADS) / 3
