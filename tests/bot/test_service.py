"""One message, one transaction: acts once, answers even its own failure, remembers no words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.metrics import Metrics
from bot.service import Service
from bot.store.database import Database, DatabaseError, Transaction
from bot.store.keyed import Keyed
from bot.store.outbox import DatabaseOutbox
from bot.store.questions import Questions
from bot.store.talks import Talks
from handlers.fragments import Fragments
from handlers.lately import Lately
from handlers.limits import Allowance, Limits
from handlers.message import Chat, Kind, Message, Talk
from handlers.router import Router
from handlers.unkept import Unkept
from scheduler.sender import Outgoing
from tests.shipped import ANSWERER

NOW = datetime(2027, 1, 20, 3, 0, tzinfo=UTC)
QUIET = timedelta(seconds=2)
KEYED = Keyed(b"k" * 32)
CHAT = Chat("telegram", "4242", "7")


class Desk:
    """A service whose clock stands still until it is moved."""

    def __init__(self, database: Database, allowance: Allowance | None = None) -> None:
        self.now = NOW
        self.woken: list[datetime] = []
        self.numbers = iter(range(1_000_000))
        self.database = database
        allowance = allowance or Allowance(per_second=100, per_minute=1000)
        limits, lately = Limits(allowance), Lately()

        def router(tx: Transaction) -> Router:
            return Router(
                answerer=ANSWERER,
                questions=Questions(tx),
                limits=limits,
                allowance=allowance,
                lately=lately,
            )

        self.service = Service(
            database=database,
            keyed=KEYED,
            router=router,
            fragments=Fragments(QUIET),
            clock=lambda: self.now,
            wake=self.woken.append,
            metrics=Metrics(),
            at_hand=Unkept(ANSWERER, limits),
        )

    async def fill_disk(self) -> None:
        """From now on no reply can be stored."""
        async with self.database.transaction() as tx:
            await tx.run("ALTER TABLE outgoing RENAME TO away")

    def message(self, text: str, **more: object) -> Message:
        message = Message(chat=CHAT, id=str(next(self.numbers)), at=self.now, text=text)
        return replace(message, **more)  # type: ignore[arg-type]

    async def say(self, text: str, **more: object) -> list[str]:
        """The keys of what is answered at once; articles by their id."""
        return named(await self.service.receive(self.message(text, **more)))


def named(outgoing: tuple[Outgoing, ...]) -> list[str]:
    return [str(o.reply.values.get("article", o.reply.key)) for o in outgoing]


@pytest.fixture
async def desk(database: Database) -> Desk:
    return Desk(database)


async def test_a_question_is_answered_and_its_reply_stays_until_it_was_said(desk: Desk) -> None:
    outgoing = await desk.service.receive(desk.message("đốt pháo nổ phạt bao nhiêu"))

    assert named(outgoing) == ["fireworks-penalty-use"]
    rows = await desk.database.read("SELECT id FROM outgoing")
    assert [row["id"] for row in rows] == [outgoing[0].id]


async def test_a_redelivered_message_acts_once_and_says_what_nobody_is_saying(desk: Desk) -> None:
    message = desk.message("đốt pháo nổ phạt bao nhiêu")
    (first,) = await desk.service.receive(message)

    assert await desk.service.receive(message) == ()
    desk.now += timedelta(minutes=1)
    (again,) = await desk.service.receive(message)
    assert again.id == first.id
    await DatabaseOutbox(desk.database).sent([first.id])
    desk.now += timedelta(minutes=1)
    assert await desk.service.receive(message) == ()


async def test_one_message_brought_fifty_times_at_once_acts_once(desk: Desk) -> None:
    message = desk.message("đốt pháo nổ phạt bao nhiêu")

    answers = await asyncio.gather(*(desk.service.receive(message) for _ in range(50)))

    assert sum(map(len, answers)) == 1


async def test_pieces_of_a_sentence_are_one_question(desk: Desk) -> None:
    heard = []
    for piece in ("chau oi", "cho hoi", "dot phao", "phat bao nhieu"):
        heard += await desk.say(piece)
        desk.now += timedelta(seconds=1)

    desk.now += QUIET
    late = await DatabaseOutbox(desk.database).claim(desk.now, desk.now, 10)
    assert heard + named(late) == ["fireworks-penalty-use"]
    assert desk.woken


async def test_a_piece_that_nothing_follows_is_answered_when_it_falls_due(desk: Desk) -> None:
    assert await desk.say("dot phao") == []

    ledger = DatabaseOutbox(desk.database)
    assert await ledger.claim(desk.now, desk.now + QUIET, 10) == ()
    desk.now += QUIET
    assert len(await ledger.claim(desk.now, desk.now + QUIET, 10)) == 1


async def test_pieces_trip_no_limit(database: Database) -> None:
    desk = Desk(database, Allowance(per_second=1, per_minute=2))

    for piece in ("chau oi", "cho hoi", "xe may"):
        assert await desk.say(piece) == []

    assert await desk.say("co con phat bao nhieu") == ["drink-driving-motorbike"]


async def test_too_many_questions_are_told_once_and_danger_is_never_limited(
    database: Database,
) -> None:
    desk = Desk(database, Allowance(per_second=100, per_minute=2))
    question = "đốt pháo nổ phạt bao nhiêu"

    heard = [await desk.say(question) for _ in range(4)]

    article = ["fireworks-penalty-use"]
    assert heard == [article, article, ["ask.too_fast"], []]
    assert await desk.say("cuu voi nha em dang chay") == ["emergency"]


async def test_a_follow_up_means_the_last_question_for_ten_minutes(desk: Desk) -> None:
    await desk.say("xe máy có cồn phạt bao nhiêu")
    desk.now += timedelta(minutes=9)
    assert await desk.say("còn ô tô thì sao?") == ["drink-driving-car"]

    desk.now += timedelta(minutes=11)
    assert await desk.say("còn xe đạp thì sao?") == ["ask.fallback"]


async def test_an_accusation_leaves_nothing_behind(desk: Desk) -> None:
    await desk.say("đốt pháo nổ phạt bao nhiêu")

    assert await desk.say("chú em ở ấp 3 làm pháo") == ["accusation.text"]

    assert await desk.database.read("SELECT masked FROM unanswered") == []
    states = [row["state"] for row in await desk.database.read("SELECT state FROM talk")]
    assert all("fireworks" not in state and "ấp" not in state for state in states)


async def test_only_a_question_of_rule_is_kept_unanswered_and_masked(desk: Desk) -> None:
    await desk.say("có được bay khinh khí cầu trong sân trường không")
    await desk.say("hôm qua anh Tuấn nhà số 12 mất con gà thì tìm ở đâu")

    rows = await desk.database.read("SELECT masked FROM unanswered")
    kept = [row["masked"] for row in rows]
    assert all("Tuấn" not in line and "12" not in line for line in kept)
    assert len(kept) <= 1


async def test_a_question_behind_a_thumb_down_is_kept_masked_and_only_then(desk: Desk) -> None:
    await desk.say("đốt pháo nổ phạt bao nhiêu")
    assert await desk.database.read("SELECT masked FROM unanswered") == []

    await desk.say("d:fireworks-penalty-use", kind=Kind.PRESS)

    (row,) = await desk.database.read("SELECT masked, article FROM unanswered")
    assert (row["article"], row["masked"]) == (
        "fireworks-penalty-use",
        "đốt pháo nổ phạt bao nhiêu",
    )


@pytest.mark.parametrize(
    "told",
    ["anh Tuấn số nhà 12 đốt pháo nổ phạt bao nhiêu", "tôi đốt pháo nổ phạt bao nhiêu 0912345678"],
)
async def test_a_thumb_down_keeps_nothing_that_tells_of_somebody(desk: Desk, told: str) -> None:
    await desk.say(told)

    await desk.say("d:fireworks-penalty-use", kind=Kind.PRESS)

    rows = await desk.database.read("SELECT masked FROM unanswered")
    assert all("Tuấn" not in row["masked"] and "0912" not in row["masked"] for row in rows)


async def test_a_thumb_down_ten_minutes_later_keeps_nothing(desk: Desk) -> None:
    await desk.say("đốt pháo nổ phạt bao nhiêu")
    desk.now += timedelta(minutes=11)

    await desk.say("d:fireworks-penalty-use", kind=Kind.PRESS)

    assert await desk.database.read("SELECT masked FROM unanswered") == []


async def test_forgetting_takes_the_talk_and_what_waits(desk: Desk) -> None:
    await desk.say("đốt pháo nổ phạt bao nhiêu")

    assert await desk.say("/quyenriengtu xoa") == ["privacy.deleted"]

    assert await desk.database.read("SELECT chat FROM talk") == []
    (left,) = await desk.database.read("SELECT key FROM outgoing")
    assert left["key"] == "privacy.deleted"


async def test_a_person_who_left_is_owed_nothing(desk: Desk) -> None:
    await desk.say("đốt pháo nổ phạt bao nhiêu")

    assert await desk.say("", kind=Kind.LEAVE) == []

    assert await desk.database.read("SELECT id FROM outgoing") == []


@pytest.mark.parametrize("kind", [Kind.VOICE, Kind.PHOTO, Kind.STICKER, Kind.OTHER])
async def test_what_is_no_words_gets_a_way_on(desk: Desk, kind: Kind) -> None:
    (outgoing,) = await desk.service.receive(desk.message("", kind=kind))

    assert outgoing.reply.key.startswith("media.")
    assert len(outgoing.reply.presses) == 4


@asynccontextmanager
async def broken(desk: Desk) -> AsyncIterator[None]:
    def fail(tx: Transaction) -> Router:
        raise RuntimeError("bí mật")

    whole = desk.service._router
    desk.service._router = fail
    yield
    desk.service._router = whole


async def test_a_bug_is_an_apology_with_a_number_and_no_content_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async with broken(desk):
        (outgoing,) = await desk.service.receive(desk.message("câu có DẤU-VẾT"))

    assert outgoing.reply.key == "fault.incident"
    assert len(str(outgoing.reply.values["incident"])) == 8
    assert await desk.say("đốt pháo nổ phạt bao nhiêu") == ["fireworks-penalty-use"]
    assert "DẤU-VẾT" not in caplog.messages


async def test_while_nothing_can_be_stored_questions_and_danger_are_still_answered(
    desk: Desk,
) -> None:
    await desk.fill_disk()

    assert await desk.say("đốt pháo nổ phạt bao nhiêu") == ["fireworks-penalty-use"]
    assert await desk.say("cháy nhà rồi cứu với") == ["emergency"]


@pytest.mark.parametrize("said", ["/baotin", "tôi muốn báo tin", "cảm ơn nha"])
async def test_what_needs_the_store_comes_again_when_it_is_back(desk: Desk, said: str) -> None:
    await desk.fill_disk()

    with pytest.raises(DatabaseError):
        await desk.say(said)


async def test_a_piece_of_a_report_is_no_question_while_nothing_can_be_stored(desk: Desk) -> None:
    async with desk.database.transaction() as tx:
        await Talks(tx, KEYED).save(CHAT, await told(Talks(tx, KEYED)), NOW)
    await desk.fill_disk()

    with pytest.raises(DatabaseError):
        await desk.say("đốt pháo nổ phạt bao nhiêu")


async def told(talks: Talks) -> Talk:
    """The talk of somebody in the middle of a report."""
    return replace(await talks.load(CHAT), flow="tip")
