"""Tết as Việt Nam keeps it, against a table computed elsewhere and an independent library."""

from datetime import date, timedelta

import holidays
import pytest

from knowledge.calendar import last_day, tet, year_name

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
