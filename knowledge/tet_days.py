"""Questions about the days of Tết ("mùng 1 là ngày mấy dương?"), computed for any year, never from a typed list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from knowledge.calendar import BRANCHES, STEMS, last_day, solar, tet, year_name
from knowledge.vietnamese import clean, fold, syllables

WORDS = Path(__file__).parent / "words" / "tet.txt"
YEARS = range(2024, 2051)  # for which the calendar was held against an independent one
WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")
LATE = timedelta(days=15)  # until then "Tết này" is the one that has just been


class Asked(StrEnum):
    """What is asked: a text of the catalogue below "tet"."""

    FIRST = "first"  # mùng 1, or another of the first ten days
    EVE = "eve"
    THIRTIETH = "thirtieth"  # is there a 30 Chạp?
    KITCHEN = "kitchen"  # 23 Chạp
    FULL_MOON = "full_moon"  # rằm tháng Giêng
    COUNTDOWN = "countdown"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class TetDay:
    """An answer: what was asked, and the values that its text wants."""

    asked: Asked
    values: Mapping[str, str | int]


DAYS = re.compile(r"\b(?:bua|hom)\b")  # for "ngày"
GATE = re.compile(r"\b(?:tet|mung|mong|giao thua|chap|ram|ong (?:cong|tao)|con gi)\b")
DAY = re.compile(r"\b(?:mung|mong|ngay) (\d{1,2}|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi)\b")
NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8,
           "chin": 9, "muoi": 10}  # fmt: skip
YEAR = re.compile(r"\b(20\d\d)\b")
NAMED = re.compile(
    rf"\b({'|'.join(map(fold, STEMS))}) ({'|'.join(dict.fromkeys(map(fold, BRANCHES)))})\b"
)
KINDS: tuple[tuple[Asked, re.Pattern[str]], ...] = (
    (
        Asked.COUNTDOWN,
        re.compile(
            r"\b(?:bao nhieu|may|bao lau) (?:ngay )?(?:nua|(?:la )?(?:den|toi)|thi (?:den|toi))"
        ),
    ),
    (Asked.NAME, re.compile(r"nam (?:con )?gi\b|con gi\b|cam tinh con")),
    (
        Asked.THIRTIETH,
        re.compile(
            r"\bco (?:ngay |dem )?(?:30|ba muoi)|29 (?:hay|hoac) 30|may ngay chap"
            r"|(?:30|ba muoi)(?: tet| chap)? (?:khong|ko)|(?:thang|chap)(?: nam nay| nay)? (?:thieu|du)"
            r"|chap (?:nay )?co (?:may|bao nhieu)"
        ),
    ),
    (Asked.EVE, re.compile(r"giao thua|\b(?:30|29|ba muoi) (?:tet|thang chap|chap)|dem 30")),
    (
        Asked.KITCHEN,
        re.compile(r"\b(?:23|hai (?:muoi )?ba) (?:thang )?(?:chap|tet)|ong (?:cong|tao)"),
    ),
    (Asked.FULL_MOON, re.compile(r"ram thang (?:gieng|1)")),
    (Asked.FIRST, re.compile(r"\btet\b|\b(?:mung|mong)\b")),
)
ALONE = frozenset({Asked.COUNTDOWN, Asked.NAME, Asked.THIRTIETH})  # ask by themselves; others by:
WHEN = re.compile(
    r"ngay (?:may|nao|bao nhieu)|khi nao|bao gio|may (?:duong|tay)|duong lich|ngay duong|lich duong|thu may"
    r"|nham|roi vao|trung (?:ngay|thu|vao)|hom nao|nam nao|la ngay|ngay may|thang may|ngay gi|vao ngay|luc nao"
)


def tet_day(text: str, today: date) -> TetDay | None:
    """The day that is asked for; None where a question is not about the calendar alone."""
    plain = DAYS.sub("ngay", fold(clean(text)))
    if not GATE.search(plain):
        return None
    words = syllables(plain)
    if any(word not in _said() and not word.isdigit() for word in words):
        return None
    asked = next((kind for kind, pattern in KINDS if pattern.search(plain)), None)
    if asked is None or (asked not in ALONE and not WHEN.search(plain)):
        return None
    year = _year(plain, today)
    return TetDay(asked, _values(asked, plain, year, today)) if year in YEARS else None


@cache
def _said() -> frozenset[str]:
    """The words, without marks, of such a question; any other says that something else is asked."""
    own = WORDS.read_text("utf-8").split()
    return frozenset(own) | {fold(word) for word in (*STEMS, *BRANCHES)}


def show(day: date) -> str:
    """A date as people say it: "thứ bảy, 06/02/2027"."""
    return f"{WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"


def _values(asked: Asked, plain: str, year: int, today: date) -> Mapping[str, str | int]:
    first = tet(year)
    eve, last = last_day(year)
    common: dict[str, str | int] = {"year": year, "name": year_name(year).title()}
    match asked:
        case Asked.FIRST:
            number = _number(plain)
            day = first + timedelta(days=number - 1)
            return common | {"number": number, "day": show(day)}
        case Asked.EVE:
            return common | {"day": show(eve), "last": last}
        case Asked.THIRTIETH:
            return common | {
                "has": "có" if last == 30 else "không có",
                "day": show(eve),
                "last": last,
            }
        case Asked.KITCHEN:
            return common | {"day": show(solar(23, 12, year - 1))}
        case Asked.FULL_MOON:
            return common | {"day": show(solar(15, 1, year))}
        case Asked.COUNTDOWN:
            return common | {"days": (first - today).days, "day": show(first)}
        case Asked.NAME:
            return common | {"day": show(first)}


def _number(plain: str) -> int:
    found = DAY.search(plain)
    number = NUMBERS.get(found[1]) or (int(found[1]) if found[1].isdigit() else 1) if found else 1
    return number if 1 <= number <= 10 else 1


def _year(plain: str, today: date) -> int:
    """The year of the Tết that is meant: the coming one, unless another is named."""
    coming = today.year if today <= tet(today.year) + LATE else today.year + 1
    if found := YEAR.search(plain):
        return int(found[1])
    if found := NAMED.search(plain):
        named = f"{found[1]} {found[2]}"
        later = range(max(coming - 3, YEARS.start), YEARS.stop)
        return next((year for year in later if fold(year_name(year)) == named), 0)
    if re.search(r"\b(?:vua (?:roi|qua)|tet roi)\b", plain):
        return coming - 1
    if re.search(r"\bnam (?:ngoai|truoc)\b", plain):
        return today.year - 1
    if re.search(r"\bnam sau nua|nam toi nua", plain):
        return coming + 1
    if re.search(r"\b(?:nam (?:sau|toi)|sang nam)\b", plain):
        return today.year + 1
    return coming
