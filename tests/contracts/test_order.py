"""A chat hears its replies in the order in which they were decided, whoever says them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.store.database import Database, DatabaseError, open_database
from bot.store.outbox import DatabaseOutbox, Replies
from handlers.message import Chat, Reply, Speech
from scheduler.sender import Outgoing, Sender

NOW = datetime(2027, 2, 5, 15, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=30)
CHAT = Chat("telegram", "4242", "7")
OTHER = Chat("telegram", "4242", "8")


async def say(
    database: Database,
    *replies: Reply,
    chat: Chat = CHAT,
    cause: str = "c",
    due: datetime = NOW,
    claimed: datetime = NOW,
) -> tuple[Outgoing, ...]:
    async with database.transaction() as tx:
        return await Replies(tx).add(chat, cause, replies, now=NOW, due=due, claimed=claimed)


def keys(outgoing: tuple[Outgoing, ...]) -> list[str]:
    return [each.reply.key for each in outgoing]


async def test_an_urgent_reply_does_not_overtake_an_earlier_one_of_its_chat(
    database: Database,
) -> None:
    await say(database, Reply(key="other"), chat=OTHER)
    await say(database, Reply(key="plain"), Reply(key="urgent", urgent=True))

    claimed = await DatabaseOutbox(database).claim(NOW, SOON, 10)

    assert keys(claimed) == ["plain", "urgent", "other"]


async def test_a_small_batch_begins_with_a_chats_first_reply(database: Database) -> None:
    await say(database, Reply(key="plain"), Reply(key="urgent", urgent=True))

    assert keys(await DatabaseOutbox(database).claim(NOW, SOON, 1)) == ["plain"]
    assert await DatabaseOutbox(database).claim(NOW, SOON, 1) == ()


async def test_a_pulled_chat_is_shown_an_urgent_reply_in_its_place(database: Database) -> None:
    await say(database, Reply(key="plain"), Reply(key="urgent", urgent=True))

    async with database.transaction() as tx:
        waiting = await Replies(tx).waiting(CHAT, 0, NOW)

    assert [each.seq for each in waiting] == sorted(each.seq for each in waiting)


async def test_one_chat_is_taken_in_order_and_no_other(database: Database) -> None:
    await say(database, Reply(key="1"), Reply(key="2", urgent=True))
    await say(database, Reply(key="other"), chat=OTHER)

    taken = await DatabaseOutbox(database).take(CHAT, NOW, SOON)

    assert keys(taken) == ["1", "2"]
    assert await DatabaseOutbox(database).take(CHAT, NOW, SOON) == ()


async def test_nothing_is_taken_of_a_chat_whose_first_reply_is_in_other_hands(
    database: Database,
) -> None:
    await say(database, Reply(key="1"), claimed=SOON)
    await say(database, Reply(key="2"))

    assert await DatabaseOutbox(database).take(CHAT, NOW, SOON) == ()
    assert keys(await DatabaseOutbox(database).take(CHAT, SOON, SOON)) == ["1", "2"]


async def test_a_reply_waits_for_an_earlier_one_that_is_not_due(database: Database) -> None:
    await say(database, Reply(key="held"), due=SOON)
    await say(database, Reply(key="later"))

    assert await DatabaseOutbox(database).claim(NOW, SOON, 10) == ()
    assert keys(await DatabaseOutbox(database).claim(SOON, SOON, 10)) == ["held", "later"]


async def test_a_redelivered_message_does_not_overtake_what_came_before_it(
    database: Database,
) -> None:
    await say(database, Reply(key="1"), cause="before")
    await say(database, Reply(key="2"), Reply(key="3"), cause="again")

    async with database.transaction() as tx:
        assert await Replies(tx).of_cause("again", NOW, SOON) == ()
        assert keys(await Replies(tx).of_cause("before", NOW, NOW)) == ["1"]
    claimed = await DatabaseOutbox(database).claim(NOW, SOON, 10)

    assert keys(claimed) == ["1", "2", "3"]


async def test_a_redelivered_message_gives_all_its_replies_in_order(database: Database) -> None:
    await say(database, Reply(key="1"), Reply(key="2", urgent=True), cause="again")

    async with database.transaction() as tx:
        assert keys(await Replies(tx).of_cause("again", NOW, SOON)) == ["1", "2"]


async def test_what_a_machine_with_a_faster_clock_has_claimed_is_not_taken_back(
    database: Database,
) -> None:
    due = NOW + timedelta(seconds=2)
    await say(database, Reply(key="held"), due=due, claimed=due)
    await DatabaseOutbox(database).claim(due, SOON, 10)

    async with database.transaction() as tx:
        assert await Replies(tx).withdraw_held(CHAT, NOW) == 0


@pytest.mark.parametrize("limit", [1, 10])
async def test_two_machines_never_share_a_chat(fresh_postgres: str, limit: int) -> None:
    async with open_database(fresh_postgres) as database:
        first, _ = await say(database, Reply(key="1"), Reply(key="2"))
        await say(database, Reply(key="other"), chat=OTHER)
        async with database.transaction() as tx:  # another machine is just claiming the first
            await tx.run("UPDATE outgoing SET claimed = claimed WHERE id = $1", first.id)

            claimed = await DatabaseOutbox(database).claim(NOW, SOON, limit)

    assert keys(claimed) == ["other"]


async def test_a_reply_waits_for_a_channel_that_is_not_open_yet(database: Database) -> None:
    sender = Sender(
        outbox=DatabaseOutbox(database),
        channels={},
        speak=lambda reply: Speech("Chào bạn."),
        clock=lambda: NOW,
    )

    sender.post(await say(database, Reply(key="plain"), claimed=SOON))
    await sender.finish()

    assert keys(await DatabaseOutbox(database).claim(SOON, SOON + timedelta(seconds=30), 10)) == [
        "plain"
    ]


async def test_what_was_said_and_could_not_be_noted_holds_nobody_up(database: Database) -> None:
    outbox = DatabaseOutbox(database)
    first, _ = await say(database, Reply(key="said"), Reply(key="next"), claimed=SOON)
    async with database.transaction() as tx:
        await tx.run("ALTER TABLE outgoing RENAME TO away")  # as if the disk were full
    with pytest.raises(DatabaseError):
        await outbox.sent([first.id])
    async with database.transaction() as tx:
        await tx.run("ALTER TABLE away RENAME TO outgoing")

    assert keys(await outbox.claim(SOON, SOON + timedelta(seconds=30), 10)) == ["next"]
