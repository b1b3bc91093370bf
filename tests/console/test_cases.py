"""Tips at the desk's interface: who may see which, what the server will do with them, and what it never can."""

from datetime import timedelta
from typing import Any

import pytest

from bot.sealing import Forged, Keys, fresh_keys, seal, seal_key, unseal_key
from bot.store.cases import KEPT, KEPT_ELSE, Outcome
from bot.store.database import open_database
from bot.store.officers import Officers, State
from bot.store.units import leave
from handlers.ask import local_day
from tests.console.station import Caller, Station, identity_of, random_text, text
from tests.console.tips import Told, give_keys, tell

WORDS = "Có người bán pháo lậu sau chợ"
UNKNOWN = "0" * 32


async def rows(station: Station, sql: str, *values: Any) -> list[Any]:
    async with open_database(station.config.database_url) as database:
        return await database.read(sql, *values)


async def note(station: Station, officer: Caller, told: Told, kind: str = "note") -> int:
    [tip] = await rows(station, "SELECT pub FROM tip WHERE id = $1", told.id)
    body = seal(tip["pub"], tip=told.id, kind=kind, seq=7, day="2026-11-23", body={"text": "x"})
    asked = {"kind": kind, "seq": 7, "body": text(body)}
    return (await officer.post(f"/api/tin/{told.id}/ghi", asked))[0]


async def test_a_unit_sees_its_own_tips_and_no_others(station: Station) -> None:
    keys = await give_keys(station, "ben-sao", "cho-mo")
    told = await tell(station, {"ben-sao": keys["ben-sao"]}, WORDS)

    own = await (await station.officer("truc")).get("/api/tin")
    other = await (await station.officer("xa2")).get("/api/tin")

    assert [tip["id"] for tip in own[1]["tips"]] == [told.id]
    assert other[1]["tips"] == []


ACTS: dict[str, dict[str, Any]] = {
    "/ghi": {"kind": "note", "seq": 9, "body": random_text(80)},
    "/trang-thai": {"state": "closed", "outcome": "spam"},
    "/nhan": {"officer": ""},
    "/chuyen": {
        "unit": "cho-mo",
        "epoch": 1,
        "sealed": random_text(80),
        "message": {"kind": "referral", "seq": 10, "body": random_text(80)},
    },
    "/giu": {"wanted": True},
    "/xuat": {"how": "print"},
}


async def test_a_foreign_tip_and_one_that_is_not_there_look_the_same(station: Station) -> None:
    keys = await give_keys(station, "ben-sao", "cho-mo", "tinh-mau")
    told = await tell(station, {u: keys[u] for u in ("ben-sao", "tinh-mau")}, WORDS)

    async def asked(officer: Caller, tip: str, act: str) -> tuple[int, Any]:
        path = f"/api/tin/{tip}{act}"
        return await (officer.post(path, ACTS[act]) if act in ACTS else officer.get(path))

    stranger, province = await station.officer("xa2"), await station.officer("tinh")
    own = await station.officer("truc")
    for act in ("", f"/tep/{UNKNOWN}", *ACTS):
        foreign = await asked(stranger, told.id, act)
        assert foreign[0] == 404, act
        assert foreign == await asked(stranger, UNKNOWN, act)
        assert foreign == await asked(province, told.id, act)  # its envelope there is dormant
    for act in ("", *ACTS):  # the negative control: it is there
        assert (await asked(own, told.id, act))[0] == 200, act


async def test_the_dormant_envelope_is_served_once_the_tip_has_gone_up(station: Station) -> None:
    keys = await give_keys(station, "ben-sao", "tinh-mau")
    told = await tell(station, keys, WORDS)
    province = await station.officer("tinh")
    before = (await province.get("/api/tin"))[1]["tips"]
    async with (
        open_database(station.config.database_url) as database,
        database.transaction() as tx,
    ):
        await tx.run("UPDATE tip SET escalated = 1 WHERE id = $1", told.id)

    [after] = (await province.get("/api/tin"))[1]["tips"]

    assert before == []
    assert after["escalated"]
    assert len(after["keys"]) == 1


async def test_reading_is_noted_and_makes_a_new_tip_one_that_is_being_read(
    station: Station,
) -> None:
    told = await tell(station, await give_keys(station, "ben-sao"), WORDS)

    opened = await (await station.officer("truc")).get(f"/api/tin/{told.id}")
    listed = await (await station.officer("xa")).get("/api/tin")

    noted = await rows(station, "SELECT officer, object FROM audit WHERE action = 'tip_read'")
    assert (opened[0], opened[1]["state"]) == (200, "reading")
    assert [(tip["state"], tip["unread"]) for tip in listed[1]["tips"]] == [("reading", False)]
    assert [(row["officer"], row["object"]) for row in noted] == [("truc", told.id)]


async def test_a_closed_tip_is_kept_only_so_long(station: Station) -> None:
    told = await tell(station, await give_keys(station, "ben-sao"), WORDS)
    officer = await station.officer("truc")
    for outcome in Outcome:
        asked = {"state": "closed", "outcome": str(outcome), "matter": "fireworks"}
        await officer.post(f"/api/tin/{told.id}/trang-thai", asked)

        [tip] = await rows(station, "SELECT state, outcome, expires FROM tip")
        ends = (station.clock() + timedelta(hours=7)).date() + KEPT.get(outcome, KEPT_ELSE)
        closed = (tip["state"], tip["outcome"], tip["expires"])
        assert closed == ("closed", outcome, ends.isoformat())


async def test_spam_that_was_undone_is_not_counted(station: Station) -> None:
    told = await tell(station, await give_keys(station, "ben-sao"), WORDS)
    officer, path = await station.officer("truc"), f"/api/tin/{told.id}/trang-thai"

    await officer.post(path, {"state": "closed", "outcome": "spam"})
    await officer.post(path, {"state": "reading"})

    [tip] = await rows(station, "SELECT state, expires FROM tip")
    counted = await rows(station, "SELECT n FROM tally WHERE key = 'outcome:spam'")
    assert (tip["state"], tip["expires"]) == ("reading", "")
    assert [row["n"] for row in counted] == [0]


IMPOSSIBLE: tuple[dict[str, str], ...] = (
    {"state": "new"},  # a tip is new once
    {"state": "handed_over"},  # by referring it alone
    {"state": "closed"},  # without an outcome
    {"state": "closed", "outcome": "fined", "matter": "no-such-matter"},
    {"state": "reading'; DROP TABLE tip"},
    {},
)


async def test_a_state_that_can_not_be_meant_is_refused(station: Station) -> None:
    told = await tell(station, await give_keys(station, "ben-sao"), WORDS)
    officer = await station.officer("truc")

    for wrong in IMPOSSIBLE:
        assert (await officer.post(f"/api/tin/{told.id}/trang-thai", wrong))[0] == 400, wrong


async def test_two_notes_in_one_place_do_not_overwrite_each_other(station: Station) -> None:
    told = await tell(station, await give_keys(station, "ben-sao"), WORDS)
    one, other = await station.officer("truc"), await station.officer("xa")

    assert [await note(station, one, told), await note(station, other, told)] == [200, 409]


async def test_an_officer_can_not_write_in_the_tipster_s_name(station: Station) -> None:
    told = await tell(station, await give_keys(station, "ben-sao"), WORDS)
    officer = await station.officer("truc")

    for kind in ("tip", "part", "follow", "option"):
        assert await note(station, officer, told, kind) == 400, kind


async def test_a_legal_hold_takes_two_officers_and_two_end_it(station: Station) -> None:
    told = await tell(station, await give_keys(station, "ben-sao"), WORDS)
    one, other = await station.officer("truc"), await station.officer("xa")
    path = f"/api/tin/{told.id}/giu"

    steps = [
        (await who.post(path, {"wanted": wanted}))[1]["done"]
        for who, wanted in (
            (one, True), (one, True), (other, True), (other, False), (one, False),
        )
    ]  # fmt: skip

    assert steps == [False, False, True, False, True]


async def test_all_that_one_holds_goes_to_a_colleague_at_the_change_of_shift(
    station: Station,
) -> None:
    keys = await give_keys(station, "ben-sao")
    told = [await tell(station, keys, WORDS) for _ in range(2)]
    one, colleague = await station.officer("truc"), station.staff["xa"].officer.id
    for tip in told:
        await one.post(f"/api/tin/{tip.id}/nhan", {"officer": station.staff["truc"].officer.id})

    handed = await one.post("/api/ban-giao", {"officer": colleague})
    stranger = await one.post("/api/ban-giao", {"officer": station.staff["xa2"].officer.id})

    held = await rows(station, "SELECT officer FROM tip_holder")
    assert handed == (200, {"count": 2})
    assert stranger[0] == 404
    assert {row["officer"] for row in held} == {colleague}


async def test_a_referred_tip_is_opened_by_the_other_unit(station: Station) -> None:
    keys = await give_keys(station, "ben-sao", "cho-mo")
    told = await tell(station, {"ben-sao": keys["ben-sao"]}, WORDS)
    [sealed] = await rows(station, "SELECT sealed FROM tip_key")
    private = unseal_key(keys["ben-sao"], sealed["sealed"])
    box = text(seal_key(private, keys["cho-mo"].pub))

    reason = {"kind": "referral", "seq": 9, "body": random_text(80)}
    asked = {"unit": "cho-mo", "epoch": 1, "sealed": box, "message": reason}
    without = await (await station.officer("truc")).post(
        f"/api/tin/{told.id}/chuyen", asked | {"message": reason | {"kind": "note"}}
    )
    sent = await (await station.officer("truc")).post(f"/api/tin/{told.id}/chuyen", asked)
    [tip] = (await (await station.officer("xa2")).get("/api/tin"))[1]["tips"]

    assert (without[0], sent[0]) == (400, 200)
    assert (tip["id"], tip["state"], tip["unread"]) == (told.id, "handed_over", True)


async def test_a_removed_officer_is_out_at_once_and_can_not_open_what_comes_after(
    station: Station,
) -> None:
    """Old epochs he could open he may have kept; the unit's next key is never sealed to him."""
    keys = await give_keys(station, "ben-sao")
    leaver, colleague = await station.officer("truc"), await station.officer("xa")
    assert (await leaver.get("/api/tin"))[0] == 200

    await remove(station, "truc")
    fresh = fresh_keys()
    sealed = {
        station.staff["xa"].officer.id: text(seal_key(fresh.private, identity_of("xa").keys.x_pub))
    }
    asked = {"after": 1, "pub": text(fresh.pub), "sealed": sealed}
    made = await colleague.post("/api/khoa/moi", asked)

    boxes = await rows(station, "SELECT officer, sealed_priv FROM unit_member_key WHERE epoch = 2")
    assert (await leaver.get("/api/tin"))[0] == 401
    assert made == (200, {"epoch": 2})
    assert [row["officer"] for row in boxes] == [station.staff["xa"].officer.id]
    for held in (identity_of("truc").pair, keys["ben-sao"]):
        with pytest.raises(Forged):
            unseal_key(held, boxes[0]["sealed_priv"])
    assert unseal_key(identity_of("xa").pair, boxes[0]["sealed_priv"]) == fresh.private


async def test_a_unit_s_key_lasts_a_year_and_no_shorter(station: Station) -> None:
    await give_keys(station, "ben-sao")
    members = [station.staff[name] for name in ("truc", "xa")]

    async def renewed() -> int:
        fresh, officer = fresh_keys(), await station.officer("truc")
        boxes = {
            m.officer.id: text(seal_key(fresh.private, m.identity.keys.x_pub)) for m in members
        }
        asked = {"after": 1, "pub": text(fresh.pub), "sealed": boxes}
        return (await officer.post("/api/khoa/moi", asked))[0]

    early = await renewed()
    station.clock.wind(timedelta(days=365))

    assert (early, await renewed()) == (409, 200)


async def test_a_new_key_must_be_sealed_to_exactly_the_members(station: Station) -> None:
    officer = await station.officer("truc")
    fresh = fresh_keys()
    members = {station.staff[name].officer.id: random_text(80) for name in ("truc", "xa", "xa2")}
    others = dict(list(members.items())[:1])

    for sealed in (members, others):  # one too many, one too few
        asked = {"after": 0, "pub": text(fresh.pub), "sealed": sealed}
        assert (await officer.post("/api/khoa/moi", asked))[0] == 409


async def test_nobody_passes_on_a_key_that_he_does_not_hold(station: Station) -> None:
    await give_keys(station, "ben-sao")
    officer, colleague = await station.officer("truc"), station.staff["xa"].officer.id

    asked = {"officer": colleague, "keys": {"2": random_text(80)}}
    assert (await officer.post("/api/khoa/cap", asked))[0] == 404


async def test_the_whole_database_and_the_server_s_secrets_open_no_tip(station: Station) -> None:
    """Every 32 bytes of the database that could be a key are tried; the negative control is the unit's key."""
    keys = await give_keys(station, "ben-sao")
    await tell(station, keys, WORDS)
    await station.officer("truc")
    [tip] = await rows(station, "SELECT sealed FROM tip_key")
    stolen: set[bytes] = set()
    for table in (
        "officer_key",
        "unit_key",
        "unit_member_key",
        "tip",
        "tip_key",
        "tip_reply_key",
        "totp",
    ):
        for row in await rows(station, f"SELECT * FROM {table}"):  # noqa: S608 (a name of ours)
            stolen |= {bytes(v)[:32] for v in dict(row).values() if isinstance(v, bytes)}
            stolen |= {bytes(v)[-32:] for v in dict(row).values() if isinstance(v, bytes)}

    opened = [key for key in stolen if len(key) == 32 and opens(keys["ben-sao"].pub, key, tip)]

    assert opened == []
    assert opens(keys["ben-sao"].pub, keys["ben-sao"].private, tip)


def opens(pub: bytes, private: bytes, tip: Any) -> bool:
    try:
        unseal_key(Keys(pub, private), tip["sealed"])
    except Forged:
        return False
    return True


async def remove(station: Station, login: str) -> None:
    """As `binhan officer disable` does."""
    async with (
        open_database(station.config.database_url) as database,
        database.transaction() as tx,
    ):
        account = await Officers(tx).by_login(login)
        assert account
        await leave(tx, account, State.DISABLED, local_day(station.clock()))
