"""Tết as Việt Nam keeps it, against a table computed elsewhere and an independent library."""

from datetime import date, timedelta

import holidays
import pytest

from knowledge.calendar import last_day, tet, year_name
from knowledge.tet_days import tet_day

# facts: mùng 1, and the last day of Chạp, computed independently (UTC+7)
TABLE = [
    (2024, "giáp thìn", date(2024, 2, 10), 30),
    (2025, "ất tỵ", date(2025, 1, 29), 29),
    (2026, "bính ngọ", date(2026, 2, 17), 29),
    (2027, "đinh mùi", date(2027, 2, 6), 29),
    (2028, "mậu thân", date(2028, 1, 26), 29),
    (2029, "kỷ dậu", date(2029, 2, 13), 29),
    (2030, "canh tuất", date(2030, 2, 2), 29),  # China has 3 February
    (2031, "tân hợi", date(2031, 1, 23), 29),
    (2032, "nhâm tý", date(2032, 2, 11), 29),
    (2033, "quý sửu", date(2033, 1, 31), 30),
    (2034, "giáp dần", date(2034, 2, 19), 30),
    (2035, "ất mão", date(2035, 2, 8), 30),
]


@pytest.mark.parametrize(("year", "name", "first", "days"), TABLE)
def test_tet_is_when_the_table_says(year: int, name: str, first: date, days: int) -> None:
    assert tet(year) == first
    assert last_day(year) == (first - timedelta(days=1), days)
    assert year_name(year) == name


@pytest.mark.parametrize("year", range(2024, 2051))
def test_an_independent_table_agrees(year: int) -> None:
    known = holidays.country_holidays("VN", years=year, language="en_US")

    assert tet(year) in known
    assert tet(year) - timedelta(days=1) in known
    assert tet(year) - timedelta(days=12) not in known  # the control: not every day is one


TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("question", "asked", "day"),
    [
        ("mùng 1 tết 2027 là ngày nào", "first", "thứ bảy, 06/02/2027"),
        ("tet nam nay roi vao thu may", "first", "thứ bảy, 06/02/2027"),  # the coming one
        ("mùng 3 tết là thứ mấy", "first", "thứ hai, 08/02/2027"),
        ("tết 2030 nhằm ngày mấy", "first", "thứ bảy, 02/02/2030"),
        ("tết Đinh Mùi là khi nào vậy ad", "first", "thứ bảy, 06/02/2027"),
        ("tết năm ngoái ngày nào", "first", "thứ tư, 29/01/2025"),
        ("giao thừa năm nay ngày nào", "eve", "thứ sáu, 05/02/2027"),
        ("năm nay có 30 tết không", "thirtieth", "thứ sáu, 05/02/2027"),
        ("năm 2033 có 30 tết ko", "thirtieth", "chủ nhật, 30/01/2033"),
        ("tháng chạp năm nay thiếu hay đủ", "thirtieth", "thứ sáu, 05/02/2027"),
        ("23 tháng chạp là ngày mấy dương lịch", "kitchen", "thứ bảy, 30/01/2027"),
        ("rằm tháng giêng ngày mấy dương", "full_moon", "thứ bảy, 20/02/2027"),
        ("còn bao nhiêu ngày nữa tới tết", "countdown", "thứ bảy, 06/02/2027"),
        ("năm 2027 là năm con gì", "name", "thứ bảy, 06/02/2027"),
    ],
)
def test_a_day_of_tet_is_computed(question: str, asked: str, day: str) -> None:
    found = tet_day(question, TODAY)

    assert found
    assert (found.asked, found.values["day"]) == (asked, day)


def test_whether_there_is_a_thirtieth_is_computed_for_each_year() -> None:
    for year in range(2024, 2051):
        found = tet_day(f"tết {year} có 30 không", TODAY)
        assert found
        assert found.values["has"] == ("có" if last_day(year)[1] == 30 else "không có")


@pytest.mark.parametrize(
    "question",
    [
        "tết có được đốt pháo không",
        "đêm giao thừa bắn pháo ở đâu",
        "tết nghỉ mấy ngày",
        "mùng 1 bị mất xe báo ai",
        "giao thừa có công an trực không",
        "tết 2051 là ngày nào",  # beyond what was checked
        "ông táo chầu trời bằng gì",
        "tết vui không",
    ],
)
def test_what_asks_for_something_else_is_not_answered_with_a_date(question: str) -> None:
    assert tet_day(question, TODAY) is None
