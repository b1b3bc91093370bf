"""What the store promises, on SQLite and on a real PostgreSQL."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.store import inbox, outbox, questions, talks
from bot.store.database import Busy, Conflict, Database, DatabaseError, TooNew, open_database
from bot.store.inbox import Inbox
from bot.store.keyed import Keyed
from bot.store.migrate import FOLDER, migrate, scripts
from bot.store.outbox import DatabaseOutbox, Replies
from bot.store.questions import Questions
from bot.store.sqlite import open_sqlite
from bot.store.talks import Talks
from handlers.message import Chat, Message, Reply, Subject, Talk
from scheduler.sender import Outgoing

NOW = datetime(2027, 2, 5, 15, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=30)
KEYED = Keyed(b"p" * 32)
CHAT = Chat("telegram", "4242", "7")
OTHER = Chat("telegram", "4242", "8")


def message(id: str = "1", chat: Chat = CHAT) -> Message:
    return Message(chat=chat, id=id, at=NOW, text="một câu hỏi")


async def say(
    database: Database,
    *replies: Reply,
    chat: Chat = CHAT,
    cause: str = "c",
    now: datetime = NOW,
    due: datetime = NOW,
    claimed: datetime = NOW,
) -> tuple[Outgoing, ...]:
    async with database.transaction() as tx:
        return await Replies(tx).add(chat, cause, replies, now=now, due=due, claimed=claimed)


async def test_a_message_is_seen_for_the_first_time_once(database: Database) -> None:
    async def receive() -> bool:
        async with database.transaction() as tx:
            return await Inbox(tx, KEYED).first_seen(message())

    seen = await asyncio.gather(*(receive() for _ in range(50)))

    assert sum(seen) == 1


async def test_the_inbox_names_no_chat_and_no_words(database: Database) -> None:
    async with database.transaction() as tx:
        await Inbox(tx, KEYED).first_seen(message("update-99"))
        rows = await tx.all("SELECT * FROM inbox")

    assert "update-99" not in str([dict(row) for row in rows])
    assert KEYED("telegram", "4242", "7", "update-99") == rows[0]["key"]


async def test_old_marks_are_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        await Inbox(tx, KEYED).first_seen(message())

        assert await inbox.forget(tx, NOW) == 0
        assert await inbox.forget(tx, NOW + timedelta(seconds=1)) == 1
        assert await Inbox(tx, KEYED).first_seen(message())


async def test_what_fails_inside_leaves_no_trace(database: Database) -> None:
    async def fails() -> None:
        async with database.transaction() as tx:
            await Inbox(tx, KEYED).first_seen(message())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()

    async with database.transaction() as tx:
        assert await Inbox(tx, KEYED).first_seen(message())


async def test_of_many_that_end_together_only_the_failing_one_is_undone(database: Database) -> None:
    async def receive(number: int) -> None:
        async with database.transaction() as tx:
            await Inbox(tx, KEYED).first_seen(message(str(number)))
            if number == 7:
                raise RuntimeError

    ends = await asyncio.gather(*(receive(n) for n in range(20)), return_exceptions=True)

    rows = await database.read("SELECT key FROM inbox")
    assert [type(end) for end in ends if end] == [RuntimeError]
    assert {row["key"] for row in rows} == {
        KEYED("telegram", "4242", "7", str(n)) for n in range(20) if n != 7
    }


async def test_what_has_ended_is_there_for_other_processes(tmp_path: Path) -> None:
    path = tmp_path / "x.db"

    async def receive(number: int) -> int:
        async with database.transaction() as tx:
            await Inbox(tx, KEYED).first_seen(message(str(number)))
        return int(other.execute("SELECT COUNT(*) FROM inbox").fetchone()[0])

    async with open_database(f"sqlite:///{path}") as database:
        other = sqlite3.connect(path)
        seen = await asyncio.gather(*(receive(n) for n in range(10)))
        other.close()

    assert seen == [10] * 10


async def test_a_cancellation_rolls_back_and_the_next_transaction_begins(
    database: Database,
) -> None:
    inside = asyncio.Event()

    async def slow() -> None:
        async with database.transaction() as tx:
            await Inbox(tx, KEYED).first_seen(message())
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(slow())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    async with database.transaction() as tx:
        assert await Inbox(tx, KEYED).first_seen(message())


async def test_a_second_row_of_the_same_key_is_a_conflict(database: Database) -> None:
    with pytest.raises(Conflict):
        async with database.transaction() as tx:
            await tx.run("INSERT INTO migration (name) VALUES ($1)", "0001_start")


async def test_an_error_does_not_quote_the_row(database: Database) -> None:
    with pytest.raises(DatabaseError) as caught:
        async with database.transaction() as tx:
            await tx.run("INSERT INTO nowhere (secret) VALUES ($1)", "một bí mật")

    assert "bí mật" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_a_talk_comes_back_as_it_was_saved(database: Database) -> None:
    talk = Talk(
        flow="tip",
        step="where",
        data={"count": 2, "commune": "xã mẫu"},
        subject=Subject(
            article="fireworks-penalty-use",
            topic="fireworks-penalty",
            slots={"vehicle": "car"},
            on=date(2024, 2, 10),
        ),
        offered=("a:x", "g:y"),
        at=NOW,
    )

    async with database.transaction() as tx:
        await Talks(tx, KEYED).load(CHAT)
        await Talks(tx, KEYED).save(CHAT, talk, NOW)
    async with database.transaction() as tx:
        assert await Talks(tx, KEYED).load(CHAT) == talk
        assert await Talks(tx, KEYED).load(OTHER) == Talk()


async def test_a_state_that_cannot_be_read_is_a_new_talk(database: Database) -> None:
    for state in ("", "[]", "{", '{"at": "x"}', '{"subject": 3}', "null"):
        assert talks.from_json(state) == Talk()


async def test_a_forgotten_talk_is_gone(database: Database) -> None:
    async with database.transaction() as tx:
        await Talks(tx, KEYED).load(CHAT)
        await Talks(tx, KEYED).save(CHAT, Talk(flow="tip"), NOW)
        await Talks(tx, KEYED).forget(CHAT)

        assert await Talks(tx, KEYED).load(CHAT) == Talk()
        assert await talks.forget_idle(tx, NOW) == 1


async def test_one_chat_is_in_one_transaction_at_a_time(database: Database) -> None:
    inside = 0
    most = 0

    async def turn() -> None:
        nonlocal inside, most
        async with database.transaction() as tx:
            talk = await Talks(tx, KEYED).load(CHAT)
            inside += 1
            most = max(most, inside)
            for _ in range(3):
                await asyncio.sleep(0)
            count = int(talk.data.get("n", 0)) + 1
            await Talks(tx, KEYED).save(CHAT, Talk(data={"n": count}), NOW)
            inside -= 1

    async with database.transaction() as tx:
        await Talks(tx, KEYED).load(CHAT)
    await asyncio.gather(*(turn() for _ in range(8)))

    async with database.transaction() as tx:
        assert (await Talks(tx, KEYED).load(CHAT)).data == {"n": 8}
    assert most == 1


async def test_a_reply_comes_back_as_it_was_decided(database: Database) -> None:
    reply = Reply(
        key="article", values={"article": "x", "n": 3}, presses=("a:y", "call:113"), urgent=True
    )

    await say(database, reply)
    (claimed,) = await DatabaseOutbox(database).claim(NOW, SOON, 10)

    assert claimed.reply == reply
    assert (claimed.chat, claimed.due, claimed.attempts) == (CHAT, NOW, 0)


async def test_a_claimed_reply_is_nobody_elses_until_the_claim_ends(database: Database) -> None:
    ledger = DatabaseOutbox(database)
    await say(database, Reply(key="a"))

    assert len(await ledger.claim(NOW, SOON, 10)) == 1
    assert await ledger.claim(NOW, SOON, 10) == ()
    assert len(await ledger.claim(SOON, SOON + timedelta(seconds=30), 10)) == 1


async def test_many_claimers_never_get_the_same_reply(database: Database) -> None:
    ledger = DatabaseOutbox(database)
    for number in range(20):
        await say(database, Reply(key="a"), chat=Chat("telegram", "4242", str(number)))

    claims = await asyncio.gather(*(ledger.claim(NOW, SOON, 3) for _ in range(10)))

    ids = [each.id for claim in claims for each in claim]
    assert len(ids) == len(set(ids))
    assert all(len(claim) <= 3 for claim in claims)


async def test_a_chats_later_reply_waits_for_its_earlier_one(database: Database) -> None:
    ledger = DatabaseOutbox(database)
    await say(database, Reply(key="first"), claimed=SOON)
    await say(database, Reply(key="second"))
    await say(database, Reply(key="other"), chat=OTHER)

    claimed = await ledger.claim(NOW, SOON, 10)

    assert [each.reply.key for each in claimed] == ["other"]


async def test_replies_of_a_chat_keep_their_order_even_if_the_clock_goes_back(
    database: Database,
) -> None:
    await say(database, Reply(key="1"), Reply(key="2"))
    await say(database, Reply(key="3"), now=NOW - timedelta(hours=1))

    claimed = await DatabaseOutbox(database).claim(NOW, SOON, 10)

    assert [each.reply.key for each in claimed] == ["1", "2", "3"]


async def test_urgent_replies_are_claimed_first(database: Database) -> None:
    await say(database, Reply(key="ordinary"))
    await say(database, Reply(key="urgent", urgent=True), chat=OTHER)

    (first,) = await DatabaseOutbox(database).claim(NOW, SOON, 1)

    assert first.reply.key == "urgent"


async def test_what_was_said_is_forgotten_and_what_failed_waits(database: Database) -> None:
    ledger = DatabaseOutbox(database)
    said, failed = await say(database, Reply(key="a"), Reply(key="b"))

    await ledger.sent([said.id])
    await ledger.later(failed.id, SOON, 2)

    assert await ledger.claim(NOW, SOON, 10) == ()
    (again,) = await ledger.claim(SOON, SOON, 10)
    assert (again.id, again.attempts) == (failed.id, 2)
    await ledger.drop(failed.id)
    assert await ledger.claim(SOON, SOON, 10) == ()


async def test_a_held_reply_is_not_due_and_can_be_taken_back(database: Database) -> None:
    ledger = DatabaseOutbox(database)
    due = NOW + timedelta(seconds=2)
    await say(database, Reply(key="held"), due=due, claimed=due)

    assert await ledger.claim(NOW, SOON, 10) == ()
    async with database.transaction() as tx:
        assert await Replies(tx).withdraw_held(OTHER, NOW) == 0
        assert await Replies(tx).withdraw_held(CHAT, NOW) == 1
    assert await ledger.claim(due, SOON, 10) == ()


async def test_a_redelivered_message_gives_what_nobody_is_saying(database: Database) -> None:
    await say(database, Reply(key="a"), cause="again", claimed=SOON)

    async with database.transaction() as tx:
        assert await Replies(tx).of_cause("again", NOW, SOON) == ()
        later = SOON + timedelta(seconds=1)
        (found,) = await Replies(tx).of_cause("again", later, later)

    assert found.reply.key == "a"


async def test_a_pulled_chat_fetches_from_behind_what_it_has_shown(database: Database) -> None:
    first, second = await say(database, Reply(key="a"), Reply(key="b"), claimed=SOON)

    async with database.transaction() as tx:
        replies = Replies(tx)
        assert [o.id for o in await replies.waiting(CHAT, 0, NOW)] == [first.id, second.id]
        assert [o.id for o in await replies.waiting(CHAT, first.seq, NOW)] == [second.id]
        assert await replies.waiting(OTHER, 0, NOW) == ()
        await replies.fetched(CHAT, first.seq)
        assert [o.id for o in await replies.waiting(CHAT, 0, NOW)] == [second.id]


async def test_a_web_chats_replies_are_forgotten_when_nobody_comes_back(database: Database) -> None:
    web = Chat("web", "web", "s")
    await say(database, Reply(key="a"), chat=web)
    await say(database, Reply(key="b"))

    async with database.transaction() as tx:
        assert await outbox.forget_fetched(tx, SOON) == 1

    (kept,) = await DatabaseOutbox(database).claim(NOW, SOON, 10)
    assert kept.reply.key == "b"


async def test_a_chat_that_left_is_owed_nothing(database: Database) -> None:
    ledger = DatabaseOutbox(database)
    await say(database, Reply(key="a"))
    await say(database, Reply(key="b"), chat=OTHER)

    await ledger.leave(CHAT)

    assert [each.chat for each in await ledger.claim(NOW, SOON, 10)] == [OTHER]


async def test_questions_without_answer_and_judgements_are_counted(database: Database) -> None:
    day = date(2027, 2, 5)
    async with database.transaction() as tx:
        kept = Questions(tx)
        await kept.unanswered("câu hỏi [số điện thoại]", day)
        for helpful in (True, True, False):
            await kept.judged("fireworks-penalty-use", helpful, day)

        assert [row["masked"] for row in await kept.unanswered_since(day)] == [
            "câu hỏi [số điện thoại]"
        ]
        assert [(row["helpful"], row["count"]) for row in await kept.judgements()] == [
            (0, 1),
            (1, 2),
        ]
        assert await questions.forget(tx, NOW + timedelta(days=1)) == 1


async def test_any_readable_text_can_be_kept(database: Database) -> None:
    text = "đủ dấu ệ ữ ỡ 🎆 e\u0301 \u200b \t \\ ' \" $1 %s"
    async with database.transaction() as tx:
        await Questions(tx).unanswered(text, date(2027, 1, 1))
        (row,) = await Questions(tx).unanswered_since(date(2027, 1, 1))

    assert row["masked"] == text


async def test_a_reader_sees_what_was_committed(database: Database) -> None:
    await say(database, Reply(key="a"))

    (row,) = await database.read("SELECT COUNT(*) AS n FROM outgoing WHERE key = $1", "a")

    assert row["n"] == 1


async def test_migrating_again_changes_nothing(database: Database) -> None:
    await say(database, Reply(key="a"))

    await migrate(database)

    assert len(await DatabaseOutbox(database).claim(NOW, SOON, 10)) == 1


async def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.run("INSERT INTO migration (name) VALUES ($1)", "9999_future")

    with pytest.raises(TooNew):
        await migrate(database)


async def test_many_programs_may_start_at_once(fresh_postgres: str) -> None:
    async def start() -> None:
        async with open_database(fresh_postgres):
            pass

    await asyncio.gather(*(start() for _ in range(4)))

    async with open_database(fresh_postgres) as database:
        rows = await database.read("SELECT name FROM migration")
    assert sorted(row["name"] for row in rows) == sorted(scripts(FOLDER))


async def test_both_engines_have_the_same_tables(fresh_postgres: str, tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path}/x.db") as database:
        sqlite_columns = {
            (table["name"], column["name"])
            for table in await database.read("SELECT name FROM sqlite_master WHERE type = 'table'")
            for column in await database.read(f"PRAGMA table_info({table['name']})")
        }
    async with open_database(fresh_postgres) as database:
        rows = await database.read(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        )

    assert {(row["table_name"], row["column_name"]) for row in rows} == sqlite_columns


async def test_another_process_at_the_lock_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    async with open_database(f"sqlite:///{path}") as database:
        other = sqlite3.connect(path, isolation_level=None, timeout=0)
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(say(database, Reply(key="a")))
        ticks = 0
        while ticks < 50:
            await asyncio.sleep(0.001)
            ticks += 1
        assert not waiting.done()
        other.execute("COMMIT")
        other.close()

        assert len(await waiting) == 1


async def test_a_lock_held_for_too_long_is_an_error_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    async with open_sqlite(str(path), patience=0.02) as database:
        other = sqlite3.connect(path, isolation_level=None, timeout=0)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            await say(database, Reply(key="a"))
        other.close()


async def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path}/deep/x.db"):
        assert (tmp_path / "deep/x.db").stat().st_mode & 0o077 == 0


async def test_nothing_deleted_can_be_read_from_the_file(tmp_path: Path) -> None:
    marker = "DAU-VET-7f3a"
    async with open_database(f"sqlite:///{tmp_path}/x.db") as database:
        (said,) = await say(database, Reply(key="a", values={"article": marker}))
        await DatabaseOutbox(database).sent([said.id])
        async with database.transaction() as tx:
            await tx.make_durable()

    assert marker.encode() not in whole(tmp_path)


def whole(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


DURABLE = """
import asyncio, os, signal, sys
from datetime import date
from bot.store.database import open_database
from bot.store.questions import Questions

async def main():
    async with open_database(sys.argv[1]) as database:
        async with database.transaction() as tx:
            await tx.make_durable()
            await Questions(tx).unanswered("bền", date(2027, 1, 1))
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_durable_commit_outlives_kill_9(database_url: str) -> None:
    command = [sys.executable, "-c", DURABLE, database_url]
    root = Path(__file__).parents[2]

    done = await asyncio.to_thread(subprocess.run, command, cwd=root, check=False, timeout=30)

    assert done.returncode == -signal.SIGKILL
    async with open_database(database_url) as database, database.transaction() as tx:
        assert len(await Questions(tx).unanswered_since(date(2027, 1, 1))) == 1


def test_marks_differ_by_every_part_and_by_the_pepper() -> None:
    marks = {
        Keyed(b"a" * 32)("x", "yz"),
        Keyed(b"a" * 32)("xy", "z"),
        Keyed(b"a" * 32)("xyz"),
        Keyed(b"b" * 32)("xyz"),
    }

    assert len(marks) == 4
    assert all(len(mark) == 32 for mark in marks)
