"""The day whose law a question means: "hồi Tết Giáp Thìn", "năm ngoái", "tháng 12/2025", "trước 2025"."""

import re
from datetime import date

from knowledge.calendar import BRANCHES, STEMS, tet, year_name
from knowledge.vietnamese import fold

LAW_NUMBER = re.compile(
    r"\d+/20\d\d(?:/[\w-]+)*"
    r"|\b(?:nghi dinh|luat|thong tu|dieu|khoan|diem|so|nd) (?:so )?\d+(?:/\d+)*\b(?![.,]\d)"
)
DAY = re.compile(
    r"\b(\d{1,2})[/-](\d{1,2})[/-](20\d\d)\b"
    r"|\bngay (\d{1,2}) thang (\d{1,2}) nam (20\d\d)|\b(\d{1,2}) thang (\d{1,2}) nam (20\d\d)"
)
MONTH = re.compile(r"\bthang (\d{1,2})(?:[/-]| nam )(20\d\d)\b")
YEAR = re.compile(r"(?<![\d/.,])(20[12]\d)(?![\d/.,])")
UNTIL = re.compile(r"\btruoc (?:nam )?$")
PART = re.compile(r"\b(cuoi|dau|giua) (?:nam )?$")
PARTS = {"dau": (1, 1), "giua": (7, 1), "cuoi": (12, 31)}
NEW_YEAR = re.compile(r"tet (?:duong lich|tay|duong) (?:nam )?$")
NAMED = re.compile(
    r"\b(?:nam|tet|xuan|hoi|dip|nguyen dan|thoi) "
    rf"({'|'.join(fold(s) for s in STEMS)}) ({'|'.join(dict.fromkeys(fold(b) for b in BRANCHES))})\b"
)
AGO = re.compile(r"\b(\d|mot|hai|ba|bon) nam (?:truoc|ve truoc)\b|\bnam kia\b")
AGES = {"mot": 1, "hai": 2, "ba": 3, "bon": 4}
LAST_TET = re.compile(
    r"\btet (?:vua (?:roi|qua|xong)|roi|truoc|nam nay vua)\b|\bvua (?:tet|qua tet)"
)
LAST_YEAR = re.compile(r"\bnam (?:ngoai|truoc|qua|roi|vua (?:roi|qua))\b")


DATED = re.compile(r"\d|\b(?:nam|tet|xuan|hoi|dip|nguyen dan|thoi)\b")


def asked_day(plain: str, today: date) -> date | None:
    """The day whose law is meant, of folded words; a bare year means its Tết. None: today's law answers."""
    if not DATED.search(plain):
        return None
    numbered = "20" in plain
    if numbered and (match := DAY.search(plain)):
        day, month, year = (int(part) for part in match.groups() if part)
        return _date(year, month, day)
    if numbered and (match := MONTH.search(plain)):
        return _date(int(match[2]), int(match[1]), 1)
    if (match := NAMED.search(plain)) and (named := _named(match[1], match[2], today)):
        return named
    bare = LAW_NUMBER.sub(lambda m: "·" * len(m[0]), plain) if numbered else plain
    if numbered and (match := YEAR.search(bare)):
        return _of_year(int(match[1]), bare[: match.start()], today)
    return _ago(plain, today)


def _of_year(year: int, before: str, today: date) -> date | None:
    """A day of a year that was named, by the words before it."""
    if UNTIL.search(before):
        return date(year - 1, 12, 31)
    if part := PART.search(before):
        return date(year, *PARTS[part[1]])
    if NEW_YEAR.search(before):
        return date(year, 1, 1)
    if year == today.year and "tet" not in before:
        return None
    return _past(tet(year), today)


def _ago(plain: str, today: date) -> date | None:
    if match := AGO.search(plain):
        word = match[1] or "2"
        return tet(today.year - (AGES.get(word) or int(word)))
    if LAST_YEAR.search(plain):
        return tet(today.year - 1)
    if LAST_TET.search(plain):
        return tet(today.year if tet(today.year) <= today else today.year - 1)
    return None


def _past(first: date, today: date) -> date | None:
    """A Tết that is over; None for this one and those to come: today's law answers."""
    return first if first < today else None


def _named(stem: str, branch: str, today: date) -> date | None:
    """Mùng 1 of the latest year of that name, none later than next year's."""
    for year in range(today.year + 1, today.year - 60, -1):
        if fold(year_name(year)) == f"{stem} {branch}":
            return _past(tet(year), today)
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
