"""A repeating warning is one thing to its officers: asked about once, changed and moved as a whole."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from handlers.announce import clock_of, instants_of
from handlers.broadcast import Broadcast, Stage
from handlers.errors import Refusal
from handlers.officer import Officer, Role
from handlers.series import coming, one_of_each, retimed, weekly
from knowledge.moments import HERE
from tests.shipped import KNOWLEDGE

AREAS = KNOWLEDGE.areas
HOA = Officer(id="hoa", login="hoa", name="hoa", role=Role.COMMUNE, area="suoi-guong")
NOW = datetime(2027, 1, 11, 9, 0, tzinfo=HERE)  # a Monday; Tết is 6 February
WEEKLY = "fri 16:30 tet-26d..tet-1d"
DRAFT = Broadcast(
    id="b0", author="nam", text="Khoá cửa.", areas=("suoi-guong",), moment=WEEKLY, made=NOW
)


def series(stage: Stage = Stage.DRAFT) -> list[Broadcast]:
    found = coming(WEEKLY, NOW)
    return [replace(DRAFT, id=f"b{n}", at=at, stage=stage) for n, at in enumerate(found)]


def new_ids() -> Callable[[], str]:
    numbers = count()
    return lambda: f"new{next(numbers)}"


def days(found: tuple[Broadcast, ...]) -> list[str]:
    return [f"{each.id} {each.at:%d/%m}" for each in found if each.at]


def test_a_weekly_warning_comes_on_each_of_its_days() -> None:
    assert [f"{at:%d/%m %H:%M}" for at in coming(WEEKLY, NOW)] == [
        "15/01 16:30",
        "22/01 16:30",
        "29/01 16:30",
        "05/02 16:30",
    ]


def test_a_series_moves_as_a_whole() -> None:
    """Four Fridays become three Sundays; then all days of a week: three move, the rest is new."""
    fewer = coming("sun 08:00 tet-14d..tet-1d", NOW)
    found = retimed(series(), fewer, HOA, AREAS, NOW, new_ids(), moment="x")

    assert days(found.moved) == ["b0 24/01", "b1 31/01"]
    assert days(found.dropped) == ["b2 29/01", "b3 05/02"]
    assert {each.stage for each in found.dropped} == {Stage.CANCELLED}
    assert {each.moment for each in found.moved} == {"x"}

    more = tuple(NOW + timedelta(days=n) for n in range(1, 7))
    found = retimed(series()[:2], more, HOA, AREAS, NOW, new_ids(), text="Khoá cổng.")

    assert days(found.moved) == ["b0 12/01", "b1 13/01"]
    assert days(found.added) == ["new0 14/01", "new1 15/01", "new2 16/01", "new3 17/01"]
    assert {each.text for each in (*found.moved, *found.added)} == {"Khoá cổng."}
    assert {each.author for each in (*found.moved, *found.added)} == {"hoa"}


def test_what_has_gone_out_stays_and_what_was_approved_is_asked_again() -> None:
    first, *rest = series(Stage.APPROVED)
    sent = replace(first, stage=Stage.DONE)

    found = retimed(
        (sent, *rest), coming("sat 08:00 tet-26d..tet-1d", NOW), HOA, AREAS, NOW, new_ids()
    )

    assert [each.id for each in found.moved] == ["b1", "b2", "b3"]
    assert {each.stage for each in found.moved} == {Stage.DRAFT}
    assert not found.dropped


def test_an_approver_does_not_move_what_they_approved() -> None:
    approved = [replace(each, approver="hoa") for each in series(Stage.APPROVED)]

    with pytest.raises(Refusal):
        retimed(approved, coming(WEEKLY, NOW), HOA, AREAS, NOW, new_ids())


def test_officers_are_asked_about_a_series_once() -> None:
    single = replace(DRAFT, id="c", moment="", at=None)
    again = replace(single, id="d")  # the same words by chance: no series without a moment

    found = one_of_each([*reversed(series()), single, again])

    assert [(each.id, times) for each, times in found] == [("c", 1), ("d", 1), ("b0", 4)]


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (NOW, "fri 16:30 tet-26d..tet-1d"),
        (NOW + timedelta(days=27), "fri 16:30 tet+1d..tet+16d"),  # mùng 2
        (NOW + timedelta(days=60), "fri 16:30 tet-60d..tet-1d"),  # the season is over: the next one
    ],
)
def test_weekly_reaches_to_the_end_of_the_season(now: datetime, moment: str) -> None:
    assert weekly("fri", "16:30", now) == moment
    assert coming(moment, now)


@pytest.mark.parametrize(
    ("words", "instants"),
    [
        ("18:30", ["11/01/2027 18:30"]),
        ("18h30", ["11/01/2027 18:30"]),
        ("7h", ["12/01/2027 07:00"]),  # it is nine o'clock: tomorrow's
        ("18:30 12/02", ["12/02/2027 18:30"]),
        ("tet-2d 16:00", ["04/02/2027 16:00"]),
        ("lunar 23/12 07:30", ["30/01/2027 07:30"]),
        ("thu 08:00 tet-26d..tet-10d", ["14/01/2027 08:00", "21/01/2027 08:00"]),
        ("18:30 12/02/2020", []),
        ("mai", []),
        ("fri 25:00 tet-9d..tet-1d", []),
    ],
)
def test_what_is_typed_is_the_next_such_instant_or_all_of_a_weekly_one(
    words: str, instants: list[str]
) -> None:
    assert [f"{at:%d/%m/%Y %H:%M}" for at in instants_of(words, NOW)] == instants


@pytest.mark.parametrize(
    ("words", "clock"),
    [("7h", "07:00"), ("16h30", "16:30"), ("16:30", "16:30"), ("8", "08:00"), ("sáng", "")],
)
def test_an_hour_is_read_as_people_type_it(words: str, clock: str) -> None:
    assert clock_of(words) == clock
