"""Tables of cases for what the desk's pages reckon by themselves: the clocks of the law, and likeness of words."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays
from playwright.async_api import Browser, Page

from knowledge.calendar import days_off
from tests.browser.conftest import fixture
from tests.browser.desk import at_desk
from tests.console.station import Station, open_station

FIRST, LAST = date(2025, 12, 1), date(2027, 6, 30)
WORDS = "Quán nước gần bến xe cũ tối nào cũng có người đánh bạc ở gác hai"

# the day of a tip → when its sender is to be told that it was received: three working days
NOTICES = {
    "2026-03-02": "2026-03-05",  # within a week
    "2026-03-05": "2026-03-10",  # over a weekend
    "2026-03-07": "2026-03-11",  # told on a Saturday
    "2026-02-13": "2026-02-25",  # before Tết: 16–20 February are off
    "2026-02-17": "2026-02-25",  # told on mùng 1
    "2026-04-29": "2026-05-06",  # 30 April and 1 May
    "2026-08-20": "2026-08-24",  # Saturday 22 August is worked for Monday 31
    "2026-08-28": "2026-09-07",  # 31 August, 1 and 2 September are off
    "2026-12-31": "2027-01-06",  # New Year
}
# class, extended, notice given, state → which clocks run for a tip of 2026-01-31, and until when
CLOCKS: list[tuple[str, bool, str, str, dict[str, str]]] = [
    ("to_giac", False, "", "reading", {"notice": "2026-02-04", "settle": "2026-02-20"}),
    ("to_giac", False, "2026-02-03", "reading", {"settle": "2026-02-20"}),
    ("to_giac", True, "2026-02-03", "verifying", {"extended": "2026-03-31"}),
    ("to_giac", False, "", "closed", {}),
    ("to_cao", False, "", "reading", {}),
    ("", False, "", "new", {}),
]
MONTHS = {"2026-01-31": "2026-03-31", "2025-12-31": "2026-02-28", "2026-02-28": "2026-04-28"}
# an answer → the words in a row that it takes from the tip
QUOTES = {
    f"Bạn kể: {WORDS}": "quan nuoc gan ben xe cu",
    "QUÁN NƯỚC gần bến-xe cũ, tối nào...": "quan nuoc gan ben xe cu",  # marks, case and signs apart
    "quan nuoc gan ben xe cu": "quan nuoc gan ben xe cu",
    "ở gác hai có người đánh bạc": "",  # the same words in another order
    "Quán nước gần bến xe": "",  # five in a row
    "Chúng tôi đã cử người kiểm tra.": "",
    "": "",
}
# how alike a text is to the tip's words, from and to
LIKES = {
    WORDS: (1.0, 1.0),
    WORDS.upper(): (1.0, 1.0),
    f"{WORDS}, ồn lắm": (1.0, 1.0),
    "Bến xe cũ tối nào cũng có người đánh bạc": (0.6, 1.0),
    "Nhà cuối xóm bán pháo nổ tự làm": (0.0, 0.0),
    "đánh bạc": (0.0, 0.0),  # too short to tell
}
LOADED = "(async (name) => { window.own = await import(`/static/desk/${name}.js`); })"


@fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with open_station(tmp_path, staff=()) as opened:
        yield opened


async def reckoned(page: Page, expression: str, *cases: Any) -> list[Any]:
    """What an expression over the module gives for each case."""
    found: list[Any] = await page.evaluate(f"(cases) => cases.map((c) => {expression})", cases)
    return found


async def test_the_desk_reckons_as_the_tables_say(station: Station, browser: Browser) -> None:
    own = days_off(2025, 2027)
    days = {"off": [d.isoformat() for d in own.off], "worked": [d.isoformat() for d in own.worked]}
    async with at_desk(browser) as (page, wire):
        await page.goto(f"{station.url}/dang-nhap")
        await page.evaluate(f"{LOADED}('clocks')")
        await page.evaluate("(days) => { window.days = days; }", days)

        due = await reckoned(page, "own.plusWorkingDays(c, 3, days)", *NOTICES)
        assert dict(zip(NOTICES, due, strict=True)) == NOTICES
        every = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days)]
        due = await reckoned(page, "own.plusWorkingDays(c, 3, days)", *map(str, every))
        known = holidays.country_holidays("VN", years=range(2025, 2028))
        assert due == [str(third(known, day)) for day in every]
        plain = await reckoned(page, "own.plusWorkingDays(c, 3, {off: [], worked: []})", *NOTICES)
        assert plain != list(NOTICES.values())  # the control: the days off make the difference

        cases = [
            {
                "day": "2026-01-31",
                "state": state,
                "card": {"class": kind, "extended": extended, "noticed": noticed},
            }
            for kind, extended, noticed, state, _ in CLOCKS
        ]
        clocks = await reckoned(page, "own.clocksOf(c, '2026-02-10', days)", *cases)
        assert [{c["name"]: c["due"] for c in each} for each in clocks] == [c[-1] for c in CLOCKS]
        assert [c["left"] for c in clocks[0]] == [-6, 10]
        months = await reckoned(page, "own.plusMonths(c, 2)", *MONTHS)
        assert dict(zip(MONTHS, months, strict=True)) == MONTHS

        await page.evaluate(f"{LOADED}('likeness')")
        runs = await reckoned(page, "own.quoted(c[0], c[1])", *([a, WORDS] for a in QUOTES))
        assert dict(zip(QUOTES, runs, strict=True)) == QUOTES
        likes = await reckoned(page, "own.likeness(c[0], c[1])", *([a, WORDS] for a in LIKES))
        for like, (text, (least, most)) in zip(likes, LIKES.items(), strict=True):
            assert least <= like <= most, (text, like)
        tips = [{"id": str(n), "text": text} for n, text in enumerate(LIKES)]
        [groups] = await reckoned(page, "Object.fromEntries(own.groups(c))", tips)
        assert groups["0"] == ["1", "2", "3"]
        assert groups["4"] == groups["5"] == []
        assert wire.complaints == []


def third(known: holidays.HolidayBase, day: date) -> date:
    """The third working day after a day, by the table of `holidays`."""
    left = 3
    while left:
        day += timedelta(days=1)
        left -= known.is_working_day(day)
    return day
