"""What becomes of a tip in the store, on both engines: only its units' keys open it, only its code finds it."""

from datetime import UTC, date, datetime, timedelta

from bot import sealing
from bot.codes import Codes
from bot.sealing import Keys
from bot.store import drafts
from bot.store.database import Database
from bot.store.drafts import Drafts
from bot.store.keyed import Keyed
from bot.store.tips import Tips
from handlers.message import Chat
from handlers.tips import Code, Head, Police, Route, State, Taken, route
from tests.units import COMMUNE, PROVINCE, found, opened

NOW = datetime(2027, 2, 5, 15, 0, tzinfo=UTC)
TODAY = date(2027, 2, 5)
PEPPER = b"p" * 32
KEYED = Keyed(PEPPER)
CHAT = Chat("telegram", "4242", "7")
WORDS = "Nhà cuối xóm bán pháo nổ"
FILE = Taken(
    id="f" * 32, name="n" * 32, size=10, stored=65577, type="image/jpeg", sha256="0", key=b"k" * 32
)


async def told(database: Database) -> dict[str, Keys]:
    """A draft with words and a file; the units' keys."""
    async with database.transaction() as tx:
        keys = await found(tx, PROVINCE, COMMUNE)
        mine = Drafts(tx, KEYED)
        head = Head(where=COMMUNE, police=Police.NO, channel="chat", sealed_by="server")
        await mine.begin(CHAT, Route(COMMUNE, PROVINCE), head, NOW)
        await mine.add(CHAT, "part", {"text": WORDS}, NOW, enough=True)
        await mine.attach(CHAT, FILE, NOW)
    return keys


async def sent(database: Database, *, code: Code | None = None) -> str:
    """The draft, sent; the tip's id."""
    async with database.transaction() as tx:
        mine = Drafts(tx, KEYED)
        if code:
            await mine.offer(CHAT, code, NOW)
        await mine.send(CHAT, NOW, code=code is not None)
    return str((await database.read("SELECT id FROM tip"))[0]["id"])


async def dump(database: Database) -> str:
    """Every value of every table that a tip passes through."""
    tables = ("draft", "draft_piece", "tip", "tip_key", "tip_message", "tip_file", "tip_notice")
    rows = [await database.read(f"SELECT * FROM {table}") for table in tables]  # noqa: S608
    return str([[*row.values()] for found in rows for row in found])


async def test_a_sent_tip_opens_for_its_units_and_the_draft_is_gone(database: Database) -> None:
    keys = await told(database)

    tip = await sent(database)

    for unit in (COMMUNE, PROVINCE):
        head, part, file = await opened(database, tip, unit, keys[unit])
        assert head["body"]["where"] == COMMUNE  # type: ignore[index]
        assert part["body"] == {"text": WORDS}
        assert file["body"]["key"] == FILE.key.hex()  # type: ignore[index]
    dormant = await database.read("SELECT unit FROM tip_key WHERE dormant = 1")
    assert [row["unit"] for row in dormant] == [PROVINCE]
    assert not await database.read("SELECT * FROM draft_piece")
    assert not await database.read("SELECT * FROM draft")


async def test_no_row_holds_a_word_a_chat_or_a_key(database: Database) -> None:
    await told(database)
    before = await dump(database)

    tip = await sent(database)

    for rows in (before, await dump(database)):
        assert WORDS not in rows
        assert "pháo" not in rows
        assert FILE.key.hex() not in rows
        assert KEYED("telegram", "4242", "7") not in rows
    assert tip in rows  # the control: what is kept is seen by this look
    assert KEYED("draft", "telegram", "4242", "7") in before
    assert KEYED("draft", "telegram", "4242", "7") not in rows


async def test_only_the_code_finds_the_answers(database: Database) -> None:
    await told(database)
    code = await Codes(PEPPER).fresh()
    tip = await sent(database, code=code)
    reply = sealing.seal(
        code.pub, tip=tip, kind="reply", seq=9, day="2027-02-06", body={"text": "Cảm ơn bà con."}
    )
    async with database.transaction() as tx:
        await tx.run(
            "INSERT INTO tip_message (id, tip, kind, seq, day, body, for_tipster)"
            " VALUES ('r', $1, 'reply', 9, '2027-02-06', $2, $2)",
            tip,
            reply,
        )

        mine = await Tips(tx).report(await Codes(PEPPER).of(code.digits), TODAY)
        other = await Tips(tx).report(await Codes(PEPPER).fresh(), TODAY)

    assert mine
    assert (mine.tip, mine.state, mine.answers) == (tip, State.NEW, ("Cảm ơn bà con.",))
    assert other is None


async def test_an_expired_tip_is_as_unknown_as_one_that_never_was(database: Database) -> None:
    await told(database)
    code = await Codes(PEPPER).fresh()
    await sent(database, code=code)
    async with database.transaction() as tx:
        await tx.run("UPDATE tip SET expires = '2027-02-05'")

        assert await Tips(tx).report(code, TODAY)
        assert await Tips(tx).report(code, TODAY + timedelta(days=1)) is None


async def test_a_tip_without_a_code_is_sent_all_the_same(database: Database) -> None:
    keys = await told(database)

    tip = await sent(database)

    assert len(await opened(database, tip, COMMUNE, keys[COMMUNE])) == 3
    assert not await database.read("SELECT * FROM tip_reply_key")


async def test_more_words_make_a_read_tip_unread_again(database: Database) -> None:
    keys = await told(database)
    tip = await sent(database)
    async with database.transaction() as tx:
        await tx.run("UPDATE tip SET read_day = '2027-02-05', reminded = 1")

        assert await Tips(tx).follow(tip, "follow", {"text": "thêm biển số xe"}, NOW)
        assert not await Tips(tx).follow("gone", "follow", {"text": "x"}, NOW)

    row = (await database.read("SELECT * FROM tip"))[0]
    assert (row["read_day"], row["reminded"]) == ("", 0)
    assert (await opened(database, tip, COMMUNE, keys[COMMUNE]))[-1]["kind"] == "follow"


async def test_the_last_digits_show_that_the_code_was_kept(database: Database) -> None:
    await told(database)
    first, second = await Codes(PEPPER).fresh(), await Codes(PEPPER).fresh()
    async with database.transaction() as tx:
        mine = Drafts(tx, KEYED)
        assert not await mine.kept(CHAT, "")
        await mine.offer(CHAT, first, NOW)
        await mine.offer(CHAT, second, NOW)

        assert await mine.kept(CHAT, second.typed_back)
        assert not await mine.kept(CHAT, first.typed_back)


async def test_a_draft_left_alone_is_gone_whole(database: Database) -> None:
    await told(database)
    late = NOW + drafts.SILENCE + timedelta(seconds=1)
    async with database.transaction() as tx:
        assert await drafts.forget_idle(tx, NOW) == 0
        assert await drafts.forget_idle(tx, late) == 1

    assert not await database.read("SELECT * FROM draft_piece")
    assert not await database.read("SELECT * FROM tip")


async def test_what_happens_within_a_day_rings_the_province_an_hour_later(
    database: Database,
) -> None:
    await told(database)
    async with database.transaction() as tx:
        await Drafts(tx, KEYED).hurry(CHAT)
    await sent(database)

    rung = await database.read("SELECT unit, urgent, due FROM tip_notice ORDER BY due")

    now = int(NOW.timestamp())
    assert [tuple(row.values()) for row in rung] == [(COMMUNE, 1, now), (PROVINCE, 1, now + 3600)]


def test_a_tip_about_the_police_goes_to_the_province_alone() -> None:
    places, able = [COMMUNE, PROVINCE], {COMMUNE, PROVINCE}

    assert route(places, Police.NO, able) == Route(COMMUNE, PROVINCE)
    assert route(places, Police.ABOUT, able) == Route(PROVINCE)
    assert route(places, Police.AVOID, able) == Route(PROVINCE)
    assert route([PROVINCE], Police.NO, able) == Route(PROVINCE)
    assert route(places, Police.NO, {PROVINCE}) == Route(PROVINCE)
    assert route(places, Police.NO, {COMMUNE}) == Route(COMMUNE)
    # nobody could open it: it must not be taken
    assert route(places, Police.ABOUT, {COMMUNE}) is None
    assert route(places, Police.NO, set()) is None
