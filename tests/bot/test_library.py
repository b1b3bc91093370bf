"""The knowledge of a running service follows what is published, and a fault never takes an answer away."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.library import KEPT, Library, opened
from bot.store.database import Database, open_database
from bot.store.snapshots import KEPT as SNAPSHOTS
from bot.store.snapshots import Snapshots, live_number, snapshots
from handlers.answer import Answerer
from knowledge.faults import Fault
from knowledge.folder import packed
from knowledge.learned import digest, learned_of, to_bytes
from knowledge.load import load_knowledge
from tests.knowledge.own import ASKS, SHORT, article, put

TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PATIENCE = 60.0  # seconds a test waits at most; a good run needs one
QUICK = 0.01


class Told:
    """Whoever is told of faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.heard = asyncio.Event()

    async def __call__(self, faults: Sequence[Fault]) -> None:
        self.faults += faults
        self.heard.set()


class Followed:
    """A library that follows its folder or what is published."""

    def __init__(self, library: Library, told: Told) -> None:
        self.library = library
        self.told = told
        self.swaps = 0
        self._swapped = asyncio.Event()
        library.on_swap(self._note)

    def _note(self) -> None:
        self.swaps += 1
        self._swapped.set()

    async def swapped(self) -> None:
        """Wait for the next change to be taken over."""
        async with asyncio.timeout(PATIENCE):
            await self._swapped.wait()
        self._swapped.clear()

    async def faulty(self) -> Fault:
        """Wait to be told of a fault; the first."""
        async with asyncio.timeout(PATIENCE):
            await self.told.heard.wait()
        self.told.heard.clear()
        return self.told.faults[-1]

    def short(self) -> str | None:
        """What is answered about kites."""
        found = self.library.answerer(ASKS[0], today=TODAY).article
        version = found.on(TODAY) if found and found.id == "fire-kites" else None
        return version.short if version else None


@asynccontextmanager
async def following(
    database: Database, folder: Path, data: Path, *, gate: bool
) -> AsyncIterator[Followed]:
    state = await opened(database, folder, data, gate=gate)
    library = Library(state=state, database=database, folder=folder, data=data, gate=gate)
    told = Told()
    followed = Followed(library, told)
    task = asyncio.create_task(library.follow(told, glance=QUICK, calm=QUICK))
    try:
        yield followed
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite:///{tmp_path}/binhan.db") as database:
        yield database


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all: what was learnt once is learnt."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "own")
    return tmp_path / "own"


async def publish(database: Database, folder: Path, data: Path) -> int:
    articles = load_knowledge(folder).searched()
    async with database.transaction() as tx:
        return await Snapshots(tx).add(
            at=AT,
            reader="Trần Thị B",
            note="",
            digest=digest(articles),
            files=packed(folder),
            learned=to_bytes(learned_of(articles, data / KEPT)),
        )


async def test_with_the_gate_off_a_saved_file_is_answered_at_once(
    sqlite: Database, folder: Path, data: Path
) -> None:
    async with following(sqlite, folder, data, gate=False) as followed:
        assert followed.short() == SHORT

        put(folder, text=article(short="Thả diều ngoài đồng."))
        await followed.swapped()

        assert followed.short() == "Thả diều ngoài đồng."


async def test_a_faulty_file_keeps_the_last_good_answer_and_names_file_and_line(
    sqlite: Database, folder: Path, data: Path
) -> None:
    async with following(sqlite, folder, data, gate=False) as followed:
        path = put(folder, text=article()[:80])

        fault = await followed.faulty()

        assert (fault.path, fault.line) == (path, 1)
        assert followed.short() == SHORT
        assert followed.library.faults

        put(folder, text=article(short="Đã sửa xong."))
        await followed.swapped()
        assert followed.short() == "Đã sửa xong."
        assert not followed.library.faults


async def test_a_deleted_folder_takes_no_answer_away(
    sqlite: Database, folder: Path, data: Path
) -> None:
    async with following(sqlite, folder, data, gate=False) as followed:
        shutil.rmtree(folder)

        await followed.faulty()

        assert followed.short() == SHORT


async def test_a_thousand_rapid_saves_end_in_the_last_one_and_every_question_is_answered(
    sqlite: Database, folder: Path, data: Path
) -> None:
    async with following(sqlite, folder, data, gate=False) as followed:
        for number in range(1000):
            text = article(short=f"Lần lưu {number}.")
            put(folder, text=text if number % 3 or number == 999 else text[: number % 200])
            if number % 50 == 0:
                assert followed.short()
                await asyncio.sleep(0)  # the service does its work between two saves
        async with asyncio.timeout(PATIENCE):
            while followed.short() != "Lần lưu 999.":
                await followed.swapped()


async def test_with_the_gate_on_a_saved_file_is_a_draft_until_it_is_published(
    sqlite: Database, folder: Path, data: Path
) -> None:
    async with (
        following(sqlite, folder, data, gate=True) as one,
        following(sqlite, folder, data, gate=True) as other,
    ):
        await publish(sqlite, folder, data)
        await asyncio.gather(one.swapped(), other.swapped())

        put(folder, text=article(short="Bản nháp."))
        assert (one.short(), other.short()) == (SHORT, SHORT)

        number = await publish(sqlite, folder, data)
        await asyncio.gather(one.swapped(), other.swapped())
        assert (one.short(), other.short()) == ("Bản nháp.", "Bản nháp.")

        async with sqlite.transaction() as tx:
            await Snapshots(tx).put_live(number - 1, AT)
        await asyncio.gather(one.swapped(), other.swapped())
        assert (one.short(), other.short()) == (SHORT, SHORT)


async def test_a_start_after_publishing_answers_from_what_was_published(
    sqlite: Database, folder: Path, data: Path
) -> None:
    await publish(sqlite, folder, data)
    put(folder, text=article(short="Chưa công bố."))

    state = await opened(sqlite, folder, data, gate=True)

    (found,) = [a for a in state.answerer.knowledge.articles.values() if a.id == "fire-kites"]
    assert found.versions[0].short == SHORT


async def test_a_published_state_that_cannot_be_read_is_told_once_and_changes_nothing(
    sqlite: Database, folder: Path, data: Path
) -> None:
    async with following(sqlite, folder, data, gate=True) as followed:
        async with sqlite.transaction() as tx:
            await Snapshots(tx).add(
                at=AT, reader="B", note="", digest="", files=b"no zip", learned=b""
            )

        await followed.faulty()
        for _ in range(5):
            await asyncio.sleep(QUICK)

        assert followed.short() == SHORT
        assert len(followed.told.faults) == 1


async def test_only_the_last_snapshots_are_kept_and_the_live_one_is_among_them(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        for number in range(SNAPSHOTS + 3):
            await Snapshots(tx).add(
                at=AT,
                reader="B",
                note=f"lần {number}",
                digest="d",
                files=b"\x00\xff",
                learned=b"",
            )

    kept = await snapshots(database)

    assert [each.number for each in kept] == list(range(SNAPSHOTS + 3, 3, -1))
    assert await live_number(database) == SNAPSHOTS + 3


def test_an_answerer_shows_what_it_has_learnt() -> None:
    knowledge = load_knowledge()
    answerer = Answerer(knowledge)

    mine = knowledge.searched()
    assert len(answerer.learned.portraits) == len(mine)
