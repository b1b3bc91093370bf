"""The way in: who is let in, who is not, and that nobody learns why."""

from datetime import timedelta
from pathlib import Path

import pytest
from yarl import URL

from bot.console.codes import STEP
from bot.store.sessions import IDLE, LONGEST
from tests.console.station import Station, open_station, random_text

MINUTE = timedelta(minutes=1)


async def test_an_officer_comes_in_on_both_engines(database_url: str, tmp_path: Path) -> None:
    async with open_station(tmp_path, database_url) as station:
        officer = await station.officer("truc")

        status, me = await officer.get("/api/toi")

    assert (status, me["login"], me["role"], me["area"]) == (200, "truc", "duty", "ben-sao")


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "bốn từ không liên quam"},  # nearly the password
        {"code": "000000"},  # not the phone's code
        {"proof": random_text(32)},  # no password at all
    ],
)
async def test_whatever_is_wrong_the_answer_is_the_same(
    station: Station, wrong: dict[str, str]
) -> None:
    status, answer = await station.enter(station.stranger(), "truc", **wrong)
    unknown = {"login": "khong-co-ai", "proof": random_text(32), "code": station.code()}
    nobody = await station.stranger().post("/api/dang-nhap", unknown)

    assert (status, answer) == nobody
    assert status == 403
    assert answer["error"].startswith("Chưa đúng tên, mật khẩu hoặc mã 6 số.")


async def test_an_unknown_account_has_a_salt_that_stays_the_same(station: Station) -> None:
    caller = station.stranger()

    first = await caller.post("/api/dang-nhap/muoi", {"login": "khong-co-ai"})
    second = await caller.post("/api/dang-nhap/muoi", {"login": "khong-co-ai"})
    other = await caller.post("/api/dang-nhap/muoi", {"login": "nguoi-khac"})

    assert first == second
    assert first != other
    assert len(first[1]["salt"]) == 24


async def test_a_code_is_taken_once(station: Station) -> None:
    await station.officer("truc")

    status, _ = await station.enter(station.stranger(), "truc")
    station.clock.wind(timedelta(seconds=STEP))
    later, _ = await station.enter(station.stranger(), "truc")

    assert (status, later) == (403, 200)


async def test_a_phone_whose_clock_is_half_a_minute_off_is_let_in(station: Station) -> None:
    for off, status in ((-STEP, 200), (STEP, 200), (3 * STEP, 403)):
        station.clock.wind(timedelta(minutes=10))  # past the codes that were taken
        code = station.code()
        station.clock.wind(timedelta(seconds=off))

        assert (await station.enter(station.stranger(), "truc", code=code))[0] == status, off


async def test_guessing_at_one_account_is_slowed_and_others_are_not(station: Station) -> None:
    caller = station.stranger()

    tried = [(await station.enter(caller, "truc", proof=random_text(32)))[0] for _ in range(9)]
    other = await station.enter(station.stranger(), "tinh")

    assert tried[0] == 403
    assert tried[-1] == 429
    assert other[0] == 200


async def test_guessing_at_many_accounts_from_one_address_is_slowed(station: Station) -> None:
    caller = station.stranger()

    tried = [(await caller.post("/api/dang-nhap/muoi", {"login": f"a{n}"}))[0] for n in range(60)]

    assert tried[0] == 200
    assert tried[-1] == 429


async def test_a_session_ends_after_half_an_hour_of_silence(station: Station) -> None:
    officer = await station.officer("tinh")
    for _ in range(3):  # somebody at work is not thrown out
        station.clock.wind(IDLE - MINUTE)
        assert (await officer.get("/can-bo"))[0] == 200

    station.clock.wind(IDLE + MINUTE)

    assert (await officer.get("/can-bo"))[0] == 303
    assert (await officer.get("/api/toi"))[0] == 401


async def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(station: Station) -> None:
    officer = await station.officer("tinh")
    for _ in range(4):
        station.clock.wind(IDLE / 4 + MINUTE)
        last = await officer.get("/api/toi")

    assert last[0] == 401


async def test_a_session_ends_after_a_shift(station: Station) -> None:
    officer = await station.officer("tinh")
    end = station.clock() + LONGEST
    while station.clock() + IDLE / 2 < end:
        station.clock.wind(IDLE / 2)
        assert (await officer.get("/can-bo"))[0] == 200

    station.clock.wind(IDLE / 2)

    assert (await officer.get("/can-bo"))[0] == 303


async def test_leaving_ends_the_session_on_the_server_too(station: Station) -> None:
    officer = await station.officer("tinh")
    jar = {c.key: c.value for c in officer.session.cookie_jar}

    status, _ = await officer.post("/dang-xuat")
    officer.session.cookie_jar.update_cookies(jar, URL(officer.url))  # a thief kept the cookie

    assert status == 303
    assert (await officer.get("/api/toi"))[0] == 401


async def test_the_cookie_is_fresh_strict_and_out_of_reach_of_scripts(station: Station) -> None:
    caller = station.stranger()
    caller.session.cookie_jar.update_cookies(
        {"binhan-desk": "fixed-by-a-stranger"}, URL(caller.url)
    )

    await station.enter(caller, "tinh")
    [cookie] = list(caller.session.cookie_jar)

    assert cookie.value != "fixed-by-a-stranger"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")


async def test_a_stolen_database_holds_no_cookie(station: Station, tmp_path: Path) -> None:
    officer = await station.officer("tinh")
    [cookie] = list(officer.session.cookie_jar)

    stolen = everything_in(tmp_path)

    assert cookie.value.encode() not in stolen
    assert b"tinh-mau" in stolen  # what is looked for would be found


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("binhan.db*"))
