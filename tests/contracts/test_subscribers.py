"""Who takes warnings, and who committed to what: the same on both engines, and nothing more is kept."""

from datetime import UTC, date, datetime

from bot.store.database import Database
from bot.store.keyed import Keyed
from bot.store.pledges import Pledges
from bot.store.subscribers import Subscribers, touch
from handlers.message import Chat
from handlers.ports import Kind, Pledge, PledgeCount, Subscriber

NOW = datetime(2027, 1, 5, 8, 0, tzinfo=UTC)
KEYED = Keyed(b"p" * 32)
CHAT = Chat("telegram", "4242", "7")
OTHER = Chat("telegram", "4242", "8")
HOA = Subscriber(chat=CHAT, areas=("na-may", "suoi-guong"), topics=("all",))


async def put(database: Database, *subscribers: Subscriber) -> None:
    async with database.transaction() as tx:
        for each in subscribers:
            await Subscribers(tx, KEYED).put(each, NOW)


async def test_a_subscriber_comes_back_as_chosen_and_is_replaced_by_a_new_choice(
    database: Database,
) -> None:
    changed = Subscriber(chat=CHAT, areas=("co-xanh",), topics=("fire", "scams"), party=True)

    await put(database, HOA)
    async with database.transaction() as tx:
        assert await Subscribers(tx, KEYED).get(CHAT) == HOA
        assert await Subscribers(tx, KEYED).get(OTHER) is None
    await put(database, changed)

    async with database.transaction() as tx:
        assert await Subscribers(tx, KEYED).get(CHAT) == changed
    assert len(await database.read("SELECT * FROM subscription")) == 1


async def test_nothing_but_what_is_needed_to_send_is_kept(database: Database) -> None:
    await put(database, HOA)

    rows = await database.read("SELECT * FROM subscriber")

    assert set(rows[0].keys()) == {
        "id", "channel", "account", "chat", "topics", "party", "since", "contact",
    }  # fmt: skip


async def test_a_stop_leaves_a_mark_that_names_nobody(database: Database) -> None:
    await put(database, HOA)

    async with database.transaction() as tx:
        assert await Subscribers(tx, KEYED).stop(CHAT, NOW)
        assert not await Subscribers(tx, KEYED).stop(CHAT, NOW)

    assert await database.read("SELECT * FROM subscriber") == []
    assert await database.read("SELECT * FROM subscription") == []
    marks = [row["mark"] for row in await database.read("SELECT mark FROM stop")]
    assert marks == [KEYED("telegram", "4242", "7")]
    await put(database, HOA)
    assert await database.read("SELECT mark FROM stop") == []


async def test_only_a_subscribers_contact_is_noted(database: Database) -> None:
    await put(database, HOA)
    later = NOW.replace(hour=9)

    async with database.transaction() as tx:
        await touch(tx, CHAT, later)
        await touch(tx, OTHER, later)

    rows = await database.read("SELECT chat, contact FROM subscriber")
    assert [(row["chat"], row["contact"]) for row in rows] == [("7", int(later.timestamp()))]


async def test_pledges_are_counted_by_commune_and_day_and_withdrawn(database: Database) -> None:
    first, second = date(2027, 1, 5), date(2027, 1, 6)
    async with database.transaction() as tx:
        pledges = Pledges(tx, KEYED)
        await pledges.put(CHAT, Pledge(area="na-may", kind=Kind.HOUSEHOLD, day=first))
        await pledges.put(CHAT, Pledge(area="na-may", kind=Kind.HOUSEHOLD, day=first))  # twice
        await pledges.put(OTHER, Pledge(area="na-may", kind=Kind.PERSON, day=second))
        await pledges.set_papers("na-may-ban-na-hin", 12, "hoa", first)
        await pledges.set_papers("na-may-ban-na-hin", 15, "hoa", second)

        assert await pledges.counts(["na-may", "na-may-ban-na-hin", "co-xanh"]) == (
            PledgeCount(area="na-may", households=1, persons=1),
            PledgeCount(area="na-may-ban-na-hin", papers=15),
        )
        assert await pledges.by_day(["na-may"]) == {first: 1, second: 1}
        assert await pledges.withdraw(CHAT)
        assert await pledges.get(CHAT) is None
        assert await pledges.by_day(["na-may"]) == {second: 1}
    assert "8" not in {row["mark"] for row in await database.read("SELECT mark FROM pledge")}
