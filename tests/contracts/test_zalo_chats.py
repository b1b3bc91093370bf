"""What the OA channel remembers of chats, on both engines: by marks alone, and forgotten when asked."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.store.database import Database
from bot.store.keyed import Keyed
from bot.store.zalo_chats import Heard, ZaloChats, forget, forget_chat
from handlers.message import Chat

KEYED = Keyed(bytes(32))
CHAT = Chat("zalo_oa", "tinh", "8400000000000000007")
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def chats(database: Database) -> ZaloChats:
    return ZaloChats(database, KEYED)


async def test_a_chat_is_silent_until_its_hour_is_over(chats: ZaloChats) -> None:
    await chats.hush(CHAT, NOW + HOUR)

    assert await chats.hushed(CHAT, NOW)
    assert not await chats.hushed(CHAT, NOW + HOUR)
    assert not await chats.hushed(Chat("zalo_oa", "xa", CHAT.id), NOW)  # the same person, elsewhere


async def test_each_word_of_the_office_begins_the_hour_anew(chats: ZaloChats) -> None:
    await chats.hush(CHAT, NOW + HOUR)
    await chats.hush(CHAT, NOW + 2 * HOUR)

    assert await chats.hushed(CHAT, NOW + HOUR)


async def test_the_latest_word_on_following_counts_in_whatever_order_it_comes(
    chats: ZaloChats,
) -> None:
    assert await chats.newest(CHAT, NOW)
    assert await chats.newest(CHAT, NOW)  # the same one again: the inbox knows
    assert not await chats.newest(CHAT, NOW - HOUR)
    assert await chats.newest(CHAT, NOW + HOUR)


async def test_following_does_not_end_a_silence(chats: ZaloChats) -> None:
    await chats.hush(CHAT, NOW + HOUR)
    await chats.newest(CHAT, NOW)

    assert await chats.hushed(CHAT, NOW)


async def test_a_webhook_was_last_heard_as_it_was_signed(chats: ZaloChats) -> None:
    assert await chats.last_heard("tinh") is None
    await chats.heard("tinh", "oa/body", NOW)
    await chats.heard("tinh", "app/header", NOW + HOUR)

    assert await chats.last_heard("tinh") == Heard(NOW + HOUR, "app/header")


async def test_no_chat_is_named_and_each_is_forgotten(chats: ZaloChats, database: Database) -> None:
    await chats.hush(CHAT, NOW + HOUR)
    (row,) = await database.read("SELECT * FROM zalo_chat")
    assert CHAT.id not in str(dict(row))

    async with database.transaction() as tx:
        assert await forget(tx, NOW) == 0
        assert await forget(tx, NOW + 2 * HOUR) == 1
    await chats.hush(CHAT, NOW + HOUR)
    async with database.transaction() as tx:
        await forget_chat(tx, KEYED, CHAT)

    assert await database.read("SELECT * FROM zalo_chat") == []
