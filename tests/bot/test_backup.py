"""A copy brings back what was, in either engine, and nothing that was ended since."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.archive import ArchiveError, members, new_identity
from bot.backup import back_up, note_ended, restore
from bot.cli import binhan, run
from bot.config import Config, Data, DatabaseConfig, read_secrets
from bot.store import retention
from bot.store.copies import PASSING, tables
from bot.store.database import Database, Transaction, open_database
from bot.store.keyed import Keyed
from bot.store.migrate import FOLDER, scripts
from handlers.broadcast import Stage
from handlers.delivery import State

NOW = datetime(2027, 2, 1, 2, 0, tzinfo=UTC)
WORDS = "một câu không ai được đọc"


def config(folder: Path, url: str = "") -> Config:
    own = f"sqlite:///{folder}/x.db"
    return Config(data=Data(path=str(folder)), database=DatabaseConfig(url=url or own))


def quiet(name: str) -> None: ...


@pytest.fixture
def key(tmp_path: Path) -> tuple[str, str]:
    """A recipient, and the identity that opens what is sealed for it."""
    recipient = new_identity(tmp_path / "key.txt")
    return recipient, (tmp_path / "key.txt").read_text()


async def test_a_copy_opens_in_the_other_engine(
    tmp_path: Path, database_url: str, key: tuple[str, str]
) -> None:
    before, after = config(tmp_path / "a"), config(tmp_path / "b", database_url)
    await filled(before)
    copy, *_ = await back_up(before, tmp_path / "copies", (key[0],), NOW, told=quiet)

    done = await restore(after, copy, key[1], quiet)

    async with opened(after) as database:
        tips = await database.read("SELECT id, pub FROM tip ORDER BY id")
        assert [(row["id"], bytes(row["pub"])) for row in tips] == [
            ("t1", b"\x00\xff"),
            ("t2", b"k"),
        ]
        assert len(await database.read("SELECT * FROM tip_key")) == 2
    assert (done.files, done.keys) == (1, True)
    assert (tmp_path / "b/files/ab" / ("ab" * 16)).read_bytes() == b"sealed"
    assert read_secrets(after).pepper.reveal() == read_secrets(before).pepper.reveal()


async def test_what_was_ended_since_stays_ended(tmp_path: Path, key: tuple[str, str]) -> None:
    before, after = config(tmp_path / "a"), config(tmp_path / "b")
    await filled(before)
    copy, *_ = await back_up(before, tmp_path / "copies", (key[0],), NOW, told=quiet)
    keyed = Keyed(bytes.fromhex(read_secrets(before).pepper.reveal()))
    async with opened(before) as database, database.transaction() as tx:
        stop = "INSERT INTO stop (mark, at) VALUES ($1, $2)"
        await tx.run(stop, keyed("telegram", "42", "7"), 1)
        await retention.shred(tx, "t1", date(2027, 2, 1), "expired")
    await note_ended(before, tmp_path / "copies", (key[0],), NOW + timedelta(hours=1))

    done = await restore(after, copy, key[1], quiet)

    async with opened(after) as database:
        assert await column(database, "SELECT chat FROM subscriber") == ["8"]
        assert await column(database, "SELECT id FROM tip") == ["t2"]
        assert await column(database, "SELECT tip FROM tip_key") == ["t2"]
    assert (done.buried, done.stopped) == (1, 1)
    assert not (tmp_path / "b/files/ab" / ("ab" * 16)).exists()


async def test_a_restored_system_sends_nothing_by_itself(
    tmp_path: Path, key: tuple[str, str]
) -> None:
    before, after = config(tmp_path / "a"), config(tmp_path / "b")
    await filled(before)
    copy, *_ = await back_up(before, tmp_path / "copies", (key[0],), NOW, told=quiet)

    done = await restore(after, copy, key[1], quiet)

    async with opened(after) as database:
        stages = "SELECT stage FROM broadcast ORDER BY id"
        assert await column(database, stages) == [Stage.SUBMITTED, Stage.PAUSED]
        states = "SELECT state FROM delivery ORDER BY chat"
        assert await column(database, states) == [State.UNKNOWN, State.UNKNOWN, State.SENT]
        assert await column(database, "SELECT mark FROM session") == []
    assert (done.paused, done.unknown) == (2, 2)


async def test_the_keys_of_tips_lie_apart_and_go_after_a_week(
    tmp_path: Path, key: tuple[str, str]
) -> None:
    before, after, copies = config(tmp_path / "a"), config(tmp_path / "b"), tmp_path / "copies"
    await filled(before)
    copy, keys, _ = await back_up(before, copies, (key[0],), NOW, told=quiet)

    assert not any(name.startswith("rows/tip_key/") for name, _ in members(copy, key[1]))
    assert any(name.startswith("rows/tip_key/") for name, _ in members(keys, key[1]))
    late = NOW + timedelta(days=8)
    await back_up(before, copies, (key[0],), late, told=quiet)
    assert not keys.exists()
    assert not (await restore(after, copy, key[1], quiet)).keys


async def test_nobody_else_opens_a_copy_and_nothing_lies_in_clear(
    tmp_path: Path, key: tuple[str, str]
) -> None:
    before, after, copies = config(tmp_path / "a"), config(tmp_path / "b"), tmp_path / "copies"
    await filled(before)
    copy, *_ = await back_up(before, copies, (key[0],), NOW, told=quiet)
    new_identity(tmp_path / "other.txt")

    assert all(WORDS.encode() not in path.read_bytes() for path in copies.iterdir())
    assert all(path.stat().st_mode & 0o077 == 0 for path in copies.iterdir())
    with pytest.raises(ArchiveError, match="sai chìa khóa"):
        await restore(after, copy, (tmp_path / "other.txt").read_text(), quiet)
    copy.write_bytes(copy.read_bytes()[:-20])
    with pytest.raises(ArchiveError, match="hỏng"):
        await restore(after, copy, key[1], quiet)
    async with opened(after) as database:
        assert await database.read("SELECT id FROM tip") == []


async def test_a_database_in_use_is_never_overwritten(tmp_path: Path, key: tuple[str, str]) -> None:
    before = config(tmp_path / "a")
    await filled(before)
    copy, *_ = await back_up(before, tmp_path / "copies", (key[0],), NOW, told=quiet)

    with pytest.raises(ArchiveError, match="đã có dữ liệu"):
        await restore(before, copy, key[1], quiet)


def test_each_table_is_copied_or_left_out_for_a_reason() -> None:
    made = " ".join(statement for each in scripts(FOLDER).values() for statement in each)

    assert set(PASSING) <= {word for word in made.split() if word in PASSING}
    assert {"tip", "tip_key", "subscriber", "delivery", "officer", "audit"} <= set(tables())
    assert all(reason for reason in PASSING.values())


def test_by_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text('[data]\npath = "a"\n[database]\nurl = "sqlite:///a/x.db"\n')
    made = CliRunner().invoke(binhan, ["backup", "--new-key", str(tmp_path / "key.txt")])

    assert made.exit_code == 0
    assert "age1" in made.output
    assert (tmp_path / "key.txt").stat().st_mode & 0o077 == 0
    assert run(binhan.main, args=["backup", "--to", str(tmp_path)], standalone_mode=False) == 2


@asynccontextmanager
async def opened(of: Config) -> AsyncIterator[Database]:
    async with open_database(of.database_url) as database:
        yield database


async def column(database: Database, sql: str) -> list[object]:
    return [next(iter(dict(row).values())) for row in await database.read(sql)]


async def filled(of: Config) -> None:
    """Two tips, one with a file; two subscribers; a warning that is approved, and one that is being sent."""
    read_secrets(of)
    async with opened(of) as database, database.transaction() as tx:
        for id, pub in (("t1", b"\x00\xff"), ("t2", b"k")):
            tip = (
                "INSERT INTO tip (id, unit, state, urgent, day, pub) VALUES ($1, $2, $3, 0, $4, $5)"
            )
            await tx.run(tip, id, "xa", "new", "2027-01-30", pub)
            key = (
                "INSERT INTO tip_key (tip, unit, epoch, sealed, dormant) VALUES ($1, $2, 1, $3, 0)"
            )
            await tx.run(key, id, "xa", b"s")
        file = "INSERT INTO tip_file (id, tip, seq, name, size, meta) VALUES ($1, $2, 0, $3, 6, $4)"
        await tx.run(file, "f", "t1", "ab" * 16, b"m")
        for id, chat in ((1, "7"), (2, "8")):
            person = (
                "INSERT INTO subscriber (id, channel, account, chat, topics, party, since, contact)"
                " VALUES ($1, 'telegram', '42', $2, 'all', 0, 0, 0)"
            )
            await tx.run(person, id, chat)
        await warnings(tx)
        masked = "INSERT INTO unanswered (id, masked, day) VALUES ($1, $2, $3)"
        await tx.run(masked, "u", WORDS, "2027-01-30")
        officer = (
            "INSERT INTO officer (id, login, name, role, area, state, made)"
            " VALUES ($1, 'an', 'An', 'admin', 'tinh', 'active', 0)"
        )
        await tx.run(officer, "o")
        session = "INSERT INTO session (mark, officer, made, seen) VALUES ($1, $2, 0, 0)"
        await tx.run(session, "s", "o")
    sealed = of.data_folder / "files/ab" / ("ab" * 16)
    sealed.parent.mkdir(parents=True)
    sealed.write_bytes(b"sealed")


async def warnings(tx: Transaction) -> None:
    made = (
        "INSERT INTO broadcast (id, author, title, topic, areas, channels, text, sms, urgent, moment,"
        " stage, approver, glass, source) VALUES ($1, 'a', 't', 'all', 'xa', 'telegram', 'x', '', 0, '',"
        " $2, 'b', 0, '')"
    )
    await tx.run(made, "1", Stage.APPROVED.value)
    await tx.run(made, "2", Stage.SENDING.value)
    for chat, state in (("7", State.QUEUED), ("8", State.CLAIMED), ("9", State.SENT)):
        sent = (
            "INSERT INTO delivery (broadcast, channel, account, chat, area, rank, turn, state, due, at,"
            " attempts, claim, reason, seen)"
            " VALUES ('2', 'telegram', '42', $1, 'xa', 0, 0, $2, 0, 0, 0, '', '', 0)"
        )
        await tx.run(sent, chat, state.value)
