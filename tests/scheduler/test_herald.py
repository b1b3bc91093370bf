"""Warnings through the ledger to a fake Bot API with real limits, on both engines."""

import asyncio
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.telegram import Rates
from bot.store.audience import reach
from bot.store.database import Database
from bot.store.deliveries import DatabaseLedger, cancel_rest, finished, tally, unname_old
from bot.store.keyed import Keyed
from bot.store.leases import DatabaseLeases
from bot.store.outbox import millis
from bot.store.subscribers import Subscribers
from handlers.broadcast import communes_of
from handlers.delivery import MENDED, State
from handlers.message import Chat, Reply, Speech
from scheduler.herald import LEASE
from tests.fakes.telegram import Chaos, Limits, open_telegram_server
from tests.scheduler.season import (
    ACCOUNT,
    AREAS,
    NOW,
    SENDING,
    expand,
    herald_of,
    people,
    speak,
    stage_of,
    states,
    telegram_channel,
    to,
)

EVERYWHERE = ("tinh-mau",)
MINE = ("telegram", ACCOUNT)


async def test_an_audience_is_each_chat_once(database: Database) -> None:
    await people(database, range(1, 4), areas=("suoi-guong", "na-may"))
    await people(database, range(4, 6), areas=("co-xanh",))
    await people(database, [6], topics="fire")
    await people(database, [7], topics="scams fireworks")
    await people(database, [8], channel="elsewhere")
    broadcast = replace(to(EVERYWHERE), topic="fireworks")

    told = await reach(database, broadcast, communes_of(broadcast, AREAS), NOW)
    await expand(database, broadcast)
    ledger = DatabaseLedger(database)

    assert await states(database) == {"queued": 6, "failed": 1}  # 6 wants to hear of fire alone
    assert Counter({each.channel: each.count for each in told}) == {"telegram": 6, "elsewhere": 1}
    fix = replace(broadcast, id="b2", corrects="b1")
    assert await reach(database, fix, (), NOW) == ()  # nobody has it yet
    assert not await ledger.expand(broadcast, ("suoi-guong",), ("telegram",), NOW)


async def test_everybody_is_told_once_and_the_report_adds_up(database: Database) -> None:
    await people(database, range(1, 301))
    await expand(database, SENDING)
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        telegram.blocked |= {7, 8}
        telegram.missing.add(9)

        await herald_of(database, channel).settle()

        told = Counter(int(call.fields["chat_id"]) for call in telegram.sent())
        shown = telegram.sent()[0]
    assert told == Counter(set(range(1, 301)) - {7, 8, 9})
    assert shown.text == "Không đốt pháo nổ."
    assert shown.buttons == [{"text": "Đã nhận ✓", "callback_data": "s:received@ok.b1"}]
    counted = await tally(database, "b1")
    assert (counted.audience, counted[State.SENT], counted[State.GONE]) == (300, 297, 3)
    async with database.transaction() as tx:
        assert await finished(tx, "b1")
        gone = await tx.all("SELECT chat FROM subscriber WHERE chat IN ('7', '8', '9')")
    assert gone == []  # who is gone is no subscriber any more


async def test_communes_are_served_side_by_side(database: Database) -> None:
    await people(database, range(1, 101), areas=("suoi-guong",))
    await people(database, range(1001, 1011), areas=("na-may",))
    await expand(database, to(EVERYWHERE))
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        await herald_of(database, channel).settle()

        order = [int(call.fields["chat_id"]) for call in telegram.sent()]

    assert max(order.index(chat) for chat in range(1001, 1011)) < 80


async def test_what_goes_faster_than_is_free_is_paid_for_where_that_is_on(
    database: Database,
) -> None:
    await people(database, range(1, 201))
    await expand(database, SENDING)
    fast = Rates(account=1000, account_burst=100)
    async with (
        open_telegram_server() as telegram,
        telegram_channel(telegram, fast, paid=True) as channel,
    ):
        telegram.limits = Limits(all=30, chat=5)
        began = time.monotonic()
        await herald_of(database, channel).settle()
        took = time.monotonic() - began
        await channel.send(Chat("telegram", ACCOUNT, "7"), Speech(text="Chào."))

        flags = [call.fields.get("allow_paid_broadcast") for call in telegram.calls]
        billed, refused = telegram.limits.billed, telegram.limits.refused
    assert await states(database) == {"sent": 200}
    assert flags == [True] * 201  # an answer in the middle of it too, or it would be refused
    assert refused == 0
    assert 200 - 30 * (1 + took) <= billed <= 171


async def test_danger_goes_before_what_is_ordinary(database: Database) -> None:
    await people(database, range(1, 61), areas=("suoi-guong",))
    await people(database, range(101, 121), areas=("na-may",))
    await expand(database, to(["suoi-guong"]))
    await expand(database, to(["na-may"], "b2", urgent=True))
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        await herald_of(database, channel).settle()

        order = [int(call.fields["chat_id"]) for call in telegram.sent()]

    assert set(order[:20]) == set(range(101, 121))


async def test_faults_are_tried_again_until_everybody_is_told(database: Database) -> None:
    await people(database, range(1, 201))
    await expand(database, SENDING)
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        telegram.chaos = Chaos(share=0.05, how=("500", "drop"))
        telegram.fail("sendMessage", "429", retry_after=1)

        async with asyncio.timeout(20):
            herald = herald_of(database, channel)
            while (await states(database)).keys() != {"sent"}:
                await herald.settle()

        told = Counter(int(call.fields["chat_id"]) for call in telegram.sent())
    assert set(told) == set(range(1, 201))
    assert set(told.values()) == {1}


@pytest.mark.soak
async def test_ten_thousand_at_full_speed_with_faults(database: Database) -> None:
    """A thousand a second: the limit is kept within a hundredth, and everybody is accounted for."""
    everybody = range(1, 10_001)
    await people(database, everybody)
    await expand(database, SENDING)
    rates = Rates(account=1000, account_burst=1, chat=1, chat_burst=8)
    async with open_telegram_server() as telegram, telegram_channel(telegram, rates) as channel:
        telegram.limits = Limits(all=1010, chat=8)
        telegram.chaos = Chaos(share=0.05)
        telegram.blocked |= set(range(1, 10_001, 20))
        herald = herald_of(database, channel)
        async with asyncio.timeout(300):
            while (await states(database)).keys() - {"sent", "gone"}:
                await herald.settle()

        told = Counter(int(call.fields["chat_id"]) for call in telegram.sent())
        lost = telegram.chaos.struck["lost"]

    twice = sum(told.values()) - len(told)
    print(f"told twice: {twice}; answers lost: {lost}; refused: {telegram.limits.refused}")  # noqa: T201
    assert telegram.limits.refused == 0
    assert set(told) == set(everybody) - telegram.blocked
    assert twice <= lost
    counted = await tally(database, "b1")
    assert (counted[State.SENT], counted[State.GONE]) == (9500, 500)


async def test_the_pace_stays_within_the_platforms_limits(database: Database) -> None:
    await people(database, range(1, 51))
    await expand(database, SENDING)
    async with open_telegram_server() as telegram:
        telegram.limits = Limits(all=30)
        async with telegram_channel(telegram, Rates()) as channel:
            start = time.monotonic()
            await herald_of(database, channel).settle()
            took = time.monotonic() - start

    assert telegram.limits.refused == 0
    assert await states(database) == {"sent": 50}
    assert 50 / 25 - 0.5 < took < 50 / 25 + 1.5


async def test_a_reply_does_not_wait_behind_a_broadcast(database: Database) -> None:
    await people(database, range(1, 61))
    await expand(database, SENDING)
    slow = Rates(account=40, account_burst=1)
    async with open_telegram_server() as telegram, telegram_channel(telegram, slow) as channel:
        speaking = asyncio.create_task(herald_of(database, channel).settle())
        await telegram.wait_for(lambda: len(telegram.sent()) >= 5)

        start = time.monotonic()
        await channel.send(Chat("telegram", ACCOUNT, "999"), Speech("trả lời"))
        waited = time.monotonic() - start

        await speaking

    assert waited < 0.3


async def test_a_paused_broadcast_rests_and_goes_on_where_it_stopped(database: Database) -> None:
    await people(database, range(1, 201))
    await expand(database, SENDING)
    async with open_telegram_server() as telegram:
        async with telegram_channel(telegram, Rates(account=200, account_burst=1)) as channel:
            herald = herald_of(database, channel)
            speaking = asyncio.create_task(herald.settle())
            await telegram.wait_for(lambda: len(telegram.sent()) >= 20)
            await stage(database, "paused")
            await speaking
            paused = await states(database)
            await stage(database, "sending")
            await herald.settle()

        assert len(telegram.sent()) == 200
    assert paused["queued"] > 50
    assert "claimed" not in paused


async def test_a_cancelled_broadcast_says_nothing_more(database: Database) -> None:
    await people(database, range(1, 101))
    await expand(database, SENDING)
    await stage(database, "cancelled")
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        await herald_of(database, channel).settle()
        await cancel_rest(database, "b1")

        assert telegram.sent() == []
    assert await states(database) == {"cancelled": 100}


async def test_too_many_errors_halt_it(database: Database) -> None:
    await people(database, range(1, 301))
    await expand(database, SENDING)
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        telegram.fail(
            "sendMessage", "400", description="Bad Request: BUTTON_DATA_INVALID", times=-1
        )

        await herald_of(database, channel).settle()

    counted = await states(database)
    assert await stage_of(database) == "halted"
    assert 11 <= counted["failed"] < 300
    assert counted["queued"] == 300 - counted["failed"]


async def test_words_that_cannot_be_put_together_hold_up_no_other_broadcast(
    database: Database,
) -> None:
    def unsayable(reply: Reply) -> Speech:
        if reply.values["text"] == "?":
            raise ValueError(reply.key)
        return speak(reply)

    await people(database, range(1, 4), areas=("suoi-guong",))
    await people(database, range(11, 14), areas=("na-may",))
    await expand(database, replace(to(["suoi-guong"]), text="?"))
    await expand(database, to(["na-may"], "b2"))
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        async with asyncio.timeout(10):
            await herald_of(database, channel, speak=unsayable).settle()

    assert await states(database) == {"failed": 3}
    assert await states(database, "b2") == {"sent": 3}


async def test_a_refused_token_halts_it_and_loses_nobody(database: Database) -> None:
    await people(database, range(1, 51))
    await expand(database, SENDING)
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        telegram.fail("sendMessage", "401", times=-1)

        await herald_of(database, channel).settle()

    assert await stage_of(database) == "halted"
    assert await states(database) == {"queued": 50}


async def test_whoever_says_stop_is_not_told(database: Database) -> None:
    await people(database, range(1, 11))
    await expand(database, SENDING)
    async with database.transaction() as tx:
        await Subscribers(tx, Keyed(b"p" * 32)).stop(Chat("telegram", ACCOUNT, "3"), NOW)
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        await herald_of(database, channel).settle()

        assert 3 not in {int(call.fields["chat_id"]) for call in telegram.sent()}
    assert await states(database) == {"sent": 9, "unsubscribed": 1}


async def test_a_correction_goes_to_those_reached_and_mends_the_wrong_message(
    database: Database,
) -> None:
    await people(database, range(1, 21))
    await expand(database, SENDING)
    correction = replace(SENDING, id="b2", corrects="b1", text="Đúng là 20 giờ.")
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        telegram.blocked |= {5}
        await herald_of(database, channel).settle()
        await people(database, [99])  # came later: never saw the wrong one
        telegram.fail("editMessageText", "400", times=3)
        telegram.fail("deleteMessage", "400", times=1)

        assert [each.count for each in await reach(database, correction, (), NOW)] == [19]
        await expand(database, correction)
        await herald_of(database, channel).settle()

        told = {int(c.fields["chat_id"]) for c in telegram.sent() if "20 giờ" in c.text}
        edited = [call for call in telegram.calls if call.method == "editMessageText"]
    assert told == set(range(1, 21)) - {5}
    assert {int(call.fields["chat_id"]) for call in edited} == told
    assert all("không đúng" in call.text for call in edited)
    counted = await tally(database, "b2")
    assert [counted.mended(how) for how in MENDED] == [16, 2, 1]
    assert counted.audience == counted[State.SENT] == 19


async def test_who_is_gone_is_gone_in_every_running_broadcast(database: Database) -> None:
    await people(database, range(1, 6))
    await expand(database, SENDING)
    await expand(database, replace(SENDING, id="b2"))
    async with database.transaction() as tx:
        await tx.run("UPDATE broadcast SET stage = 'paused' WHERE id = 'b2'")
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        telegram.blocked |= {2, 4}
        await herald_of(database, channel).settle()

    assert await states(database) == {"sent": 3, "gone": 2}
    assert await states(database, "b2") == {"queued": 3, "gone": 2}


async def test_only_the_holder_of_the_lease_claims(database: Database) -> None:
    await people(database, range(1, 11))
    await expand(database, SENDING)
    leases, ledger = DatabaseLeases(database), DatabaseLedger(database)

    assert await leases.take(*MINE, "one", LEASE)
    assert not await leases.take(*MINE, "two", LEASE)

    assert await ledger.claim(MINE, "two", NOW, 5) == ()
    assert len(await ledger.claim(MINE, "one", NOW, 5)) == 5
    await leases.drop(*MINE, "one")
    assert await leases.take(*MINE, "two", LEASE)


@pytest.mark.parametrize(
    ("urgent", "free", "after"),
    [
        (False, True, {"queued": 10}),  # costs nothing: said again
        (True, False, {"queued": 10}),  # danger: said again
        (False, False, {"queued": 6, "unknown": 4}),  # left, and shown
    ],
)
async def test_what_was_in_flight_at_a_crash(
    database: Database, urgent: bool, free: bool, after: dict[str, int]
) -> None:
    await people(database, range(1, 11))
    await expand(database, replace(SENDING, urgent=urgent))
    leases, ledger = DatabaseLeases(database), DatabaseLedger(database)
    await leases.take(*MINE, "dead", LEASE)
    assert len(await ledger.claim(MINE, "dead", NOW, 4)) == 4
    await leases.drop(*MINE, "dead")

    await leases.take(*MINE, "alive", LEASE)
    assert await ledger.recover(MINE, "alive", free, NOW) == 4

    assert await states(database) == after


async def stage(database: Database, name: str) -> None:
    async with database.transaction() as tx:
        await tx.run("UPDATE broadcast SET stage = $1", name)


async def test_a_month_later_nobody_can_tell_who_was_told(database: Database) -> None:
    await people(database, range(1, 11))
    await expand(database, SENDING)
    before = await tally(database, "b1")
    async with database.transaction() as tx:
        ended = int(NOW.timestamp())
        await tx.run("UPDATE broadcast SET stage = 'done', ended = $1", ended)

    assert await unname_old(database, NOW) == 0  # not old enough
    assert await unname_old(database, NOW + timedelta(seconds=1)) == 10

    chats = [row["chat"] for row in await database.read("SELECT chat FROM delivery")]
    assert len(chats) == 10
    assert all(chat.startswith("~suoi-guong.") for chat in chats)
    assert await tally(database, "b1") == before


async def sent_on(database: Database, day: int, id: str, **changes: object) -> dict[str, int]:
    """A broadcast of so many days after NOW, that all of its people get at once; how many are in each state."""
    at = NOW + timedelta(days=day)
    broadcast = replace(SENDING, id=id, started=at, **changes)  # type: ignore[arg-type]
    await expand(database, broadcast, now=at)
    before = await states(database, id)
    async with database.transaction() as tx:
        await tx.run(
            "UPDATE delivery SET state = 'sent', at = $2 WHERE broadcast = $1 AND state = 'queued'",
            id,
            millis(at),
        )
        sql = "UPDATE broadcast SET stage = 'done', ended = $2 WHERE id = $1"
        await tx.run(sql, id, int(at.timestamp()))
    return before


async def test_nobody_gets_a_third_ordinary_warning_within_seven_days(database: Database) -> None:
    await people(database, range(1, 11))
    await people(database, [11], topics="fire")

    assert await forecast_on(database, 0) == {"spared": 0, "reached": 11}
    assert await sent_on(database, 0, "a", topic="fire") == {"queued": 11}
    assert await sent_on(database, 1, "b", topic="scams") == {"queued": 10}
    assert await sent_on(database, 2, "c", topic="scams", urgent=True) == {"queued": 10}
    assert await forecast_on(database, 3) == {"spared": 10, "reached": 1}
    assert await sent_on(database, 3, "d") == {"spared": 10, "queued": 1}
    assert await sent_on(database, 6, "e", chosen=True, topic="fire") == {"spared": 1}
    assert await sent_on(database, 8, "f") == {"queued": 11}  # "a" is eight days ago
    counted = await tally(database, "d")
    assert (counted.audience, counted[State.SPARED], counted[State.SENT]) == (11, 10, 1)
    assert await sent_on(database, 9, "g", corrects="d", urgent=True) == {"queued": 1}


async def forecast_on(database: Database, day: int) -> dict[str, int]:
    """What an officer is told beforehand."""
    at = NOW + timedelta(days=day)
    found = await reach(database, replace(SENDING, id="new"), ("suoi-guong",), at)
    told = Counter({"spared": 0, "reached": 0})
    for each in found:
        told["spared" if each.spared else "reached"] += each.count
    return dict(told)


async def test_what_still_waits_counts_and_what_was_cancelled_does_not(database: Database) -> None:
    await people(database, range(1, 4))
    for id in ("a", "b"):
        await expand(database, replace(SENDING, id=id))
    await expand(database, replace(SENDING, id="c"))
    async with database.transaction() as tx:
        await tx.run(
            "UPDATE broadcast SET stage = 'cancelled', ended = $1 WHERE id = 'b'",
            int(NOW.timestamp()),
        )

    await expand(database, replace(SENDING, id="d"))

    assert await states(database, "c") == {"spared": 3}
    assert await states(database, "d") == {"queued": 3}
