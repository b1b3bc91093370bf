"""When a warning of a campaign is due: days around Tết, lunar dates and weekdays, computed for any year (DESIGN §6).

"tet-23d 07:30"        23 days before mùng 1
"tet+2 16:00"          2 days after mùng 1 (mùng 3)
"lunar 23/12 16:00"    the 23rd of Chạp before Tết; "lunar 15/1": after it; "eve 18:00": the last day of Chạp
"solar 31/12 18:00"    that day in the season
"fri 16:30 tet-28d..tet-8d"   every Friday between two days, both included
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from knowledge.calendar import last_day, solar, tet

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
SEASON = (60, 30)  # days before and after Tết that a campaign may reach
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CLOCK = r"(?P<hour>\d{2}):(?P<minute>\d{2})"
AROUND = re.compile(rf"tet(?P<sign>[+-])(?P<days>\d+)d? {CLOCK}")
LUNAR = re.compile(rf"lunar (?P<day>\d{{1,2}})/(?P<month>\d{{1,2}}) {CLOCK}")
SOLAR = re.compile(rf"solar (?P<day>\d{{1,2}})/(?P<month>\d{{1,2}}) {CLOCK}")
EVE = re.compile(rf"eve {CLOCK}")
WEEKLY = re.compile(
    rf"(?P<weekday>{'|'.join(WEEKDAYS)}) {CLOCK} tet(?P<first>[+-]\d+)d?\.\.tet(?P<last>[+-]\d+)d?"
)


def due(moment: str, year: int) -> tuple[datetime, ...]:
    """The instants of a moment around the Tết of a year, in order; ValueError where it can't be read."""
    for pattern, days in (
        (AROUND, _around),
        (LUNAR, _lunar),
        (SOLAR, _solar),
        (EVE, _eve),
        (WEEKLY, _weekly),
    ):
        if match := pattern.fullmatch(moment.strip()):
            clock = time(int(match["hour"]), int(match["minute"]))
            return tuple(datetime.combine(day, clock, HERE) for day in days(match, year))
    raise ValueError(moment)


def _around(match: re.Match[str], year: int) -> Iterator[date]:
    yield tet(year) + timedelta(days=int(match["sign"] + match["days"]))


def _lunar(match: re.Match[str], year: int) -> Iterator[date]:
    """A day of the last two lunar months belongs to the year that ends with this Tết."""
    day, month = int(match["day"]), int(match["month"])
    yield solar(day, month, year - 1 if month >= 10 else year)


def _solar(match: re.Match[str], year: int) -> Iterator[date]:
    first, (before, after) = tet(year), SEASON
    for of_year in (year - 1, year):
        day = date(of_year, int(match["month"]), int(match["day"]))
        if -before <= (day - first).days <= after:
            yield day


def _eve(match: re.Match[str], year: int) -> Iterator[date]:
    yield last_day(year)[0]


def _weekly(match: re.Match[str], year: int) -> Iterator[date]:
    weekday = WEEKDAYS.index(match["weekday"])
    for offset in range(int(match["first"]), int(match["last"]) + 1):
        day = tet(year) + timedelta(days=offset)
        if day.weekday() == weekday:
            yield day
