"""The clock of tips, on both engines: rung again, escalated, shredded for good; and held where two officers want it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.attachments.files import Folder
from bot.sealing import Keys
from bot.store import retention
from bot.store.audit import Audit, chain
from bot.store.database import Database
from bot.store.drafts import Drafts
from bot.store.keyed import Keyed
from bot.store.notices import quiet
from bot.store.tips import Tips
from bot.wiring.tips import Keeper
from handlers.message import Chat
from handlers.tips import Head, Police, Route, Taken
from tests.units import COMMUNE, PROVINCE, found, opened

NOW = datetime(2027, 2, 5, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
AUDIT = Audit(b"a" * 32)
CHAT = Chat("telegram", "4242", "7")


async def sent(
    database: Database, *, urgent: bool = False, name: str = "d" * 32
) -> tuple[str, dict[str, Keys]]:
    """A tip with a file; its id and the units' keys."""
    file = Taken(
        id="f" * 32, name=name, size=1, stored=65577, type="image/jpeg", sha256="", key=b"k" * 32
    )
    async with database.transaction() as tx:
        keys = await found(tx, PROVINCE, COMMUNE)
        mine = Drafts(tx, Keyed(b"p" * 32))
        head = Head(where=COMMUNE, police=Police.NO, channel="chat", sealed_by="server")
        await mine.begin(CHAT, Route(COMMUNE, PROVINCE), head, NOW)
        await mine.add(CHAT, "part", {"text": "x" * 30}, NOW, enough=True)
        await mine.attach(CHAT, file, NOW)
        if urgent:
            await mine.hurry(CHAT)
        await mine.send(CHAT, NOW, code=False)
    return str((await database.read("SELECT id FROM tip"))[0]["id"]), keys


async def escalated(database: Database, at: datetime) -> int:
    async with database.transaction() as tx:
        return await retention.escalate(tx, AUDIT, at)


async def test_a_unit_that_does_not_read_is_rung_once_more(database: Database) -> None:
    await sent(database)
    async with database.transaction() as tx:
        assert await retention.remind(tx, NOW) == 0
        assert await retention.remind(tx, NOW + DAY) == 1
        assert await retention.remind(tx, NOW + DAY) == 0

    assert len(await database.read("SELECT * FROM tip_notice")) == 2


async def test_what_nobody_reads_for_three_days_the_province_may_open(database: Database) -> None:
    tip, keys = await sent(database)

    assert await escalated(database, NOW + 2 * DAY) == 0
    assert await escalated(database, NOW + 3 * DAY) == 1
    assert await escalated(database, NOW + 3 * DAY) == 0

    assert len(await opened(database, tip, PROVINCE, keys[PROVINCE])) == 3
    rows, head = await chain(database)
    assert [row["action"] for row in rows] == ["tip_escalate"]
    assert AUDIT.verify(rows, head) is None
    rung = await database.read("SELECT * FROM tip_notice WHERE unit = $1", PROVINCE)
    assert len(rung) == 1


async def test_what_could_not_wait_is_escalated_after_an_hour(database: Database) -> None:
    await sent(database, urgent=True)

    assert await escalated(database, NOW + timedelta(minutes=59)) == 0
    assert await escalated(database, NOW + timedelta(minutes=60)) == 1


async def test_what_was_read_is_not_escalated(database: Database) -> None:
    tip, _ = await sent(database, urgent=True)
    async with database.transaction() as tx:
        await tx.run("UPDATE tip SET read_day = '2027-02-05'")
        await quiet(tx, tip)

    assert await escalated(database, NOW + 5 * DAY) == 0


@pytest.fixture
async def keeper(database: Database, tmp_path: Path) -> Keeper:
    return Keeper(database, Folder(tmp_path / "files"), AUDIT, lambda: None)


async def put(folder: Path, name: str) -> Path:
    async def pieces():  # type: ignore[no-untyped-def]
        yield b"sealed"

    await Folder(folder / "files").put(name, pieces())
    return folder / "files" / name[:2] / name


async def test_a_tip_that_is_over_is_gone_for_good(
    database: Database, keeper: Keeper, tmp_path: Path
) -> None:
    tip, _ = await sent(database, name="a" * 32)
    file = await put(tmp_path, "a" * 32)
    async with database.transaction() as tx:
        await tx.run(
            "UPDATE tip SET state = 'closed', read_day = '2027-02-06', expires = '2028-02-05'"
        )
    await keeper.tidy(NOW + 365 * DAY)
    assert await database.read("SELECT * FROM tip")

    await keeper.tidy(NOW + 366 * DAY)

    for table in ("tip", *retention.OF_A_TIP):
        assert not await database.read(f"SELECT * FROM {table}"), table  # noqa: S608
    assert not file.exists()
    dead = await database.read("SELECT * FROM tombstone")
    assert [row["reason"] for row in dead] == ["expired"]
    assert tip not in str([dict(row) for row in dead])


async def test_a_held_tip_and_one_just_written_to_stay(database: Database, keeper: Keeper) -> None:
    tip, _ = await sent(database)
    over = NOW + 400 * DAY
    async with database.transaction() as tx:
        await tx.run("UPDATE tip SET state = 'closed', expires = '2028-02-05', held = 1")
    await keeper.tidy(over)
    assert await database.read("SELECT * FROM tip")

    async with database.transaction() as tx:
        await tx.run("UPDATE tip SET held = 0")
        assert await Tips(tx).follow(tip, "follow", {"text": "còn nữa"}, over - DAY)
    await keeper.tidy(over)
    assert await database.read("SELECT * FROM tip")

    await keeper.tidy(over + 14 * DAY)
    assert not await database.read("SELECT * FROM tip")


async def test_a_restored_backup_does_not_bring_the_dead_back(database: Database) -> None:
    tip, _ = await sent(database)
    async with database.transaction() as tx:
        await tx.run(
            "INSERT INTO tombstone (mark, day, reason) VALUES ($1, '2027-03-01', 'expired')",
            retention.tombstone(tip),
        )

        buried = await retention.stay_dead(tx)

    assert buried == retention.Buried(1, ("d" * 32,))
    assert not await database.read("SELECT * FROM tip_key")


async def test_a_file_of_nobody_goes_at_the_second_look(
    database: Database, keeper: Keeper, tmp_path: Path
) -> None:
    await sent(database, name="b" * 32)
    mine, nobodys = await put(tmp_path, "b" * 32), await put(tmp_path, "c" * 32)

    await keeper.tidy(NOW)
    assert nobodys.exists()
    await keeper.tidy(NOW)

    assert mine.exists()
    assert not nobodys.exists()


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


async def test_a_shredded_tip_opens_with_no_key_any_more(tmp_path: Path) -> None:
    """From the file of the database itself, with every officer's key: the sealed bytes are gone from the disk."""
    from bot.store.database import open_database

    url = f"sqlite:///{tmp_path}/b.db"
    async with open_database(url) as database:
        await sent(database)
        sealed = (await database.read("SELECT sealed FROM tip_key"))[0]["sealed"]
        body = (await database.read("SELECT body FROM tip_message"))[0]["body"]
        await database.wipe()
        assert sealed in (tmp_path / "b.db").read_bytes()  # the control: this look sees it
        async with database.transaction() as tx:
            await retention.shred(
                tx, str((await tx.all("SELECT id FROM tip"))[0]["id"]), NOW.date(), "t"
            )

        await database.wipe()

        whole = content(tmp_path)
    assert bytes(sealed)[:64] not in whole
    assert bytes(body)[:64] not in whole
