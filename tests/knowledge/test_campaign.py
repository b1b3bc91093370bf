"""A season's warnings fall on the right days of any year, and never leave six days of silence."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.calendar import last_day, tet
from knowledge.campaign import TOPICS, Planned, Warning, heard, load_campaign, silences, spared
from knowledge.faults import KnowledgeError
from knowledge.load import SHIPPED
from knowledge.moments import HERE, due

TET = SHIPPED / "campaigns" / "tet.toml"
YEARS = range(2024, 2051)


@pytest.mark.parametrize(
    ("moment", "year", "expected"),
    [
        ("tet-23d 07:30", 2027, ["2027-01-14 07:30"]),
        ("tet+2 16:00", 2027, ["2027-02-08 16:00"]),
        ("tet+0 08:00", 2030, ["2030-02-02 08:00"]),  # China has 3 February
        ("lunar 23/12 16:00", 2027, ["2027-01-30 16:00"]),
        ("lunar 15/1 07:30", 2027, ["2027-02-20 07:30"]),
        ("lunar 15/1 07:30", 2033, ["2033-02-14 07:30"]),
        ("eve 18:00", 2027, ["2027-02-05 18:00"]),  # the 29th: no 30 Chạp
        ("eve 18:00", 2033, ["2033-01-30 18:00"]),  # the 30th
        ("solar 31/12 18:00", 2027, ["2026-12-31 18:00"]),
        (
            "fri 16:30 tet-15d..tet-1d",
            2027,
            ["2027-01-22 16:30", "2027-01-29 16:30", "2027-02-05 16:30"],
        ),
    ],
)
def test_a_moment_is_due_when_people_would_say(moment: str, year: int, expected: list[str]) -> None:
    assert [f"{at:%Y-%m-%d %H:%M}" for at in due(moment, year)] == expected


@pytest.mark.parametrize(
    "moment", ["", "tet", "tet-3d", "tet-3d 25:00", "lunar 31/12 08:00", "x 08:00", "fri 08:00"]
)
def test_a_moment_that_cannot_be_is_refused(moment: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - date's own words, whatever they are
        due(moment, 2027)


@pytest.mark.parametrize("year", YEARS)
def test_the_shipped_season_is_whole_every_year(year: int) -> None:
    campaign = load_campaign(TET)

    plan = campaign.plan(year)

    first = datetime.combine(tet(year), datetime.min.time(), HERE)
    assert len(plan) >= 40
    assert plan[0].at.date() == tet(year) - timedelta(days=45)
    assert plan[-1].at.date() == tet(year) + timedelta(days=16)
    assert list(silences(heard(plan, ["all"]))) == []
    assert {topic: spared(plan, [topic]) for topic in TOPICS} == dict.fromkeys(TOPICS, ())
    (eve,) = [p.at.date() for p in plan if p.warning.id == "giao-thua-toi"]
    assert eve == last_day(year)[0] == (first - timedelta(days=1)).date()


def test_a_silence_is_found() -> None:
    plan = load_campaign(TET).plan(2027)

    assert len(list(silences((plan[0], plan[-1])))) == 1


def planned(
    day: int, topic: str = "fire", *, urgent: bool = False, audience: str = "everyone"
) -> Planned:
    warning = Warning(
        id=f"{day}", moment="", topic=topic, text="", sms="", urgent=urgent, audience=audience
    )
    return Planned(datetime(2027, 1, day, 8, tzinfo=HERE), warning)


@pytest.mark.parametrize(
    ("plan", "topics", "days"),
    [
        ([planned(1), planned(3), planned(5), planned(9)], ["all"], [1, 3, 9]),  # a third in a week
        (
            [planned(1), planned(3), planned(8)],
            ["all"],
            [1, 3],
        ),  # seven days to the hour are within
        ([planned(1), planned(2), planned(3, urgent=True), planned(4)], ["all"], [1, 2, 3]),
        ([planned(1, audience="chosen"), planned(2, "all")], ["all"], [2]),
        ([planned(1, audience="chosen"), planned(2, "all")], ["fire", "scams"], [1, 2]),
        ([planned(1, "scams"), planned(2)], ["fire"], [2]),
    ],
)
def test_a_person_gets_what_they_chose_and_never_a_third_ordinary_one_in_a_week(
    plan: list[Planned], topics: list[str], days: list[int]
) -> None:
    assert [each.at.day for each in heard(plan, topics)] == days
    over = {each.at.day for each in spared(plan, topics)}
    assert not over & {*days}


ROW = '[[warning]]\nid = "a"\nmoment = "{moment}"\ntopic = "{topic}"\ntext = "{text}"\nsms = "{sms}"\n'


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({}, None),
        ({"moment": "tet-3d 23:00"}, "yên tĩnh"),
        ({"moment": "sometime"}, "không đọc được"),
        ({"topic": "cats"}, "topic"),
        ({"topic": 'all"\naudience = "chosen'}, "audience"),
        ({"topic": 'fire"\naudience = "friends'}, "audience"),
        ({"text": "a" * 601}, "601"),
        ({"sms": "có dấu"}, "sms"),
        ({"sms": "a" * 161}, "sms"),
    ],
)
def test_a_faulty_warning_is_named(
    tmp_path: Path, values: dict[str, str], word: str | None
) -> None:
    good = {"moment": "tet-3d 08:00", "topic": "fire", "text": "Tắt bếp.", "sms": "Tat bep."}
    path = tmp_path / "tet.toml"
    path.write_text('name = "Thử"\n' + ROW.format(**(good | values)), "utf-8")

    if word is None:
        assert load_campaign(path).warnings[0].id == "a"
        return
    with pytest.raises(KnowledgeError) as error:
        load_campaign(path)
    assert word in str(error.value.faults[0])


def test_no_warning_names_a_fine() -> None:
    assert all("triệu" not in warning.text for warning in load_campaign(TET).warnings)


def test_days_are_reckoned_from_the_first_of_tet() -> None:
    assert due("tet-45d 08:00", 2027)[0].date() == date(2026, 12, 23)
