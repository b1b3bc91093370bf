"""Bells: a bound chat is told that there is something, once for what comes together; never what it is."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.store import notices
from bot.store.database import Database
from bot.store.officer_chats import OfficerChats
from bot.store.officers import Officers, State
from bot.store.sessions import Door, Sessions
from bot.wiring.bells import PAUSE, Bells
from handlers.message import Chat
from handlers.officer import Officer, Role
from tests.shipped import KNOWLEDGE

NOW = datetime(2027, 2, 3, 14, 0, tzinfo=UTC)
AREAS = KNOWLEDGE.areas
PHONE = Chat("telegram", "bot", "42")
CODE = "K7FM2XQA9DTN"


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


async def officer(database: Database, login: str = "lan", area: str = "ben-sao") -> Officer:
    async with database.transaction() as tx:
        made = await Officers(tx).add(login=login, name=login, role=Role.DUTY, area=area, at=NOW)
        await Officers(tx).set_state(made.id, State.ACTIVE)
    return made


async def bound(database: Database, who: Officer, chat: Chat = PHONE, typed: str = CODE) -> bool:
    async with database.transaction() as tx:
        await Sessions(tx).invite(who.id, Door.CHAT, NOW, code=CODE)
        return await OfficerChats(tx, AREAS).bind(chat, typed, NOW) is not None


async def rung(database: Database) -> list[tuple[str, str]]:
    rows = await database.read("SELECT key, vals FROM outgoing ORDER BY seq, id")
    return [(row["key"], row["vals"]) for row in rows]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bells(database: Database, clock: Clock) -> Bells:
    return Bells(
        database=database,
        areas=lambda: AREAS,
        channels={"telegram"},
        url="https://desk.test",
        clock=clock,
        wake=lambda at: None,
    )


async def arrives(database: Database, tip: str, unit: str = "ben-sao", *, urgent: bool) -> None:
    async with database.transaction() as tx:
        await notices.put(tx, tip, unit, NOW, urgent=urgent)


async def test_what_comes_together_is_one_ring_and_says_only_where(
    database: Database, bells: Bells
) -> None:
    await bound(database, await officer(database))
    for tip in ("a" * 32, "b" * 32):
        await arrives(database, tip, urgent=False)

    await bells.ring()
    await bells.ring()

    assert await rung(database) == [("desk_bell.news", '{"url": "https://desk.test/tin-bao"}')]


async def test_a_flood_is_a_ring_every_ten_minutes_but_what_is_urgent_rings_at_once(
    database: Database, bells: Bells, clock: Clock
) -> None:
    await bound(database, await officer(database))
    for number in range(3):
        await arrives(database, f"{number}" * 32, urgent=False)
        await bells.ring()
    quiet = len(await rung(database))

    await arrives(database, "e" * 32, urgent=True)
    await bells.ring()
    clock.now += PAUSE
    await arrives(database, "f" * 32, urgent=False)
    await bells.ring()

    assert quiet == 1
    assert [key for key, _ in await rung(database)] == [
        "desk_bell.news",
        "desk_bell.urgent",
        "desk_bell.news",
    ]


async def test_another_unit_s_officers_hear_nothing(database: Database, bells: Bells) -> None:
    await bound(database, await officer(database, area="cho-mo"))
    await arrives(database, "a" * 32, urgent=True)

    await bells.ring()

    assert await rung(database) == []


@pytest.mark.parametrize(
    ("typed", "good"),
    [
        (CODE, True),
        ("k7fm-2xqa 9dtn", True),  # as a person types it
        ("K7FM2XQA9DTM", False),  # a letter wrong
        ("", False),
    ],
)
async def test_a_chat_is_bound_by_the_code(database: Database, typed: str, good: bool) -> None:
    who = await officer(database)

    assert await bound(database, who, typed=typed) is good


async def test_a_code_binds_one_chat_once_and_not_for_long(database: Database) -> None:
    who = await officer(database)
    await bound(database, who)
    async with database.transaction() as tx:
        chats = OfficerChats(tx, AREAS)
        again = await chats.bind(Chat("telegram", "bot", "43"), CODE, NOW)
        await Sessions(tx).invite(who.id, Door.CHAT, NOW, code=CODE)
        late = await chats.bind(PHONE, CODE, NOW + timedelta(minutes=11))

        assert (again, late) == (None, None)
        assert await chats.of_chat(PHONE) == who


async def test_an_officer_who_leaves_is_unbound(database: Database) -> None:
    who = await officer(database)
    await bound(database, who)
    async with database.transaction() as tx:
        await Officers(tx).drop_keys(who.id)
        await Officers(tx).set_state(who.id, State.DISABLED)
        chats = OfficerChats(tx, AREAS)

        assert await chats.of_chat(PHONE) is None
        assert await chats.of_unit("ben-sao") == ()


async def test_who_may_speak_for_a_commune_its_own_first(database: Database) -> None:
    province = await officer(database, "tinh", "tinh-mau")
    own = await officer(database, "lan")
    await officer(database, "xa2", "cho-mo")
    async with database.transaction() as tx:
        assert await OfficerChats(tx, AREAS).covering("ben-sao") == (own, province)
