"""The lunar calendar of Việt Nam, computed (UTC+7): never a Chinese calendar, which differs in 2030."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from vnlunar import convert_lunar_to_solar

HERE = 7.0  # hours from UTC; giving it has the dates computed instead of looked up
STEMS = ("giáp", "ất", "bính", "đinh", "mậu", "kỷ", "canh", "tân", "nhâm", "quý")
BRANCHES = (
    "tý", "sửu", "dần", "mão", "thìn", "tỵ", "ngọ", "mùi", "thân", "dậu", "tuất", "hợi",
)  # fmt: skip


@lru_cache(maxsize=256)
def tet(year: int) -> date:
    """Mùng 1 of the lunar year that begins in a solar year."""
    day, month, solar = convert_lunar_to_solar(1, 1, year, time_zone=HERE)
    return date(solar, month, day)


def solar(day: int, month: int, lunar_year: int) -> date:
    """The solar date of a lunar day; ValueError where that month has no such day."""
    found = convert_lunar_to_solar(day, month, lunar_year, time_zone=HERE)
    if not found:
        raise ValueError(f"{day}/{month}")
    in_month, at, year = found
    return date(year, at, in_month)


def last_day(year: int) -> tuple[date, int]:
    """The eve of a Tết, and its day in Chạp: 29, or 30 where the month has one."""
    eve = tet(year) - timedelta(days=1)
    thirtieth = convert_lunar_to_solar(30, 12, year - 1, time_zone=HERE)
    return eve, 30 if thirtieth == (eve.day, eve.month, eve.year) else 29


def year_name(year: int) -> str:
    """The name of the lunar year that begins in a solar year: 2024 → "giáp thìn"."""
    return f"{STEMS[(year - 4) % 10]} {BRANCHES[(year - 4) % 12]}"


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days on which offices are shut beside weekends, and Saturdays and Sundays that are worked for them."""

    off: tuple[date, ...]
    worked: tuple[date, ...]


@lru_cache(maxsize=16)
def days_off(first: int, last: int) -> DaysOff:
    """The public holidays of some years, with the days given for them (Labour Code 2019, art. 112).

    By `holidays`: computed, and where the year's notice is out, as it says.
    """
    import holidays  # here: 50 ms that no start has to wait for

    known = holidays.country_holidays("VN", years=range(first, last + 1))
    worked = (day for day in known.weekend_workdays if first <= day.year <= last)
    return DaysOff(tuple(sorted(known)), tuple(sorted(worked)))
