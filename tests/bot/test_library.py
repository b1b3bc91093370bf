"""The knowledge of a running service follows what is published, and a fault never takes an answer away."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.library import KEPT, Library, opened
from bot.store.database import Database, open_database
from bot.store.snapshots import KEPT as SNAPSHOTS
from bot.store.snapshots import Snapshots, live_number, snapshots
from knowledge.faults import Fault
from knowledge.folder import packed
from knowledge.learned import digest, learned_of, received, to_bytes
from knowledge.load import load_knowledge
from tests.knowledge.own import ASKS, SHORT, article, copied, put
from tests.shipped import ANSWERER, KNOWLEDGE

TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PATIENCE = 120.0  # seconds a test waits at most; a good run needs one
QUICK = 0.01
COOP = (
    "úm gà con bằng bóng đèn có sợ cháy không",
    "thắp bóng sưởi chuồng gà cả đêm được không",
    "đèn úm gà rơi xuống trấu cháy thì làm sao",
    "chuồng gà sưởi than có nguy hiểm không",
    "nhà tui úm vịt con bằng bóng đỏ",
    "chuồng heo con dùng đèn sưởi thế nào cho khỏi cháy",
    "rơm lót ổ gà gần bóng đèn",
    "úm gà mùa rét để đèn qua đêm",
)
WARM = "Úm gà phải có người trông."
NEVER = 1000.0  # seconds of rest before it learns: most of what follows is answered by a guess


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

    def short(self, question: str = ASKS[0]) -> str | None:
        """What is answered by an article of the folder."""
        found = self.library.answerer(question, today=TODAY).article
        version = found.on(TODAY) if found and found.id in ("fire-kites", "fire-coop") else None
        return version.short if version else None


@asynccontextmanager
async def following(
    database: Database, folder: Path, data: Path, *, gate: bool, rest: float = NEVER
) -> AsyncIterator[Followed]:
    state = await opened(database, folder, data, gate=gate)
    library = Library(state=state, database=database, folder=folder, data=data, gate=gate)
    told = Told()
    followed = Followed(library, told)
    task = asyncio.create_task(library.follow(told, glance=QUICK, calm=QUICK, rest=rest))
    try:
        yield followed
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite:///{tmp_path}/binhan.db") as database:
        yield database


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder in which nothing has been learnt yet."""
    return tmp_path / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "own")
    return tmp_path / "own"


async def publish(database: Database, folder: Path, learned: bytes = b"") -> int:
    """Publish a folder; without what it has taught, as an older program's."""
    articles = load_knowledge(folder).searched()
    async with database.transaction() as tx:
        return await Snapshots(tx).add(
            at=AT,
            reader="Trần Thị B",
            note="",
            digest=digest(articles),
            files=packed(folder),
            learned=learned,
        )


async def test_with_the_gate_off_a_saved_file_is_answered_at_once(
    sqlite: Database, folder: Path, data: Path
) -> None:
    async with following(sqlite, folder, data, gate=False) as followed:
        assert followed.short() == SHORT

        put(folder, text=article(short="Thả diều ngoài đồng."))
        await followed.swapped()

        assert followed.short() == "Thả diều ngoài đồng."


async def test_a_new_article_is_answered_at_once(
    sqlite: Database, folder: Path, data: Path
) -> None:
    async with following(sqlite, folder, data, gate=False) as followed:
        assert followed.short() == SHORT  # an own folder is answered from before it is learnt
        assert followed.short(COOP[0]) is None

        saved = time.process_time()  # a busy machine is no fault of ours
        put(folder, "fire-coop", article("fire-coop", asks=COOP, short=WARM))
        await followed.swapped()
        assert followed.short("um ga con bang bong den co bi chay khong") == WARM
        assert time.process_time() - saved < 2.0
        assert not followed.library.state.learnt


@pytest.mark.soak
async def test_what_was_guessed_is_learnt_by_a_process_of_its_own(
    sqlite: Database, folder: Path, data: Path
) -> None:
    async with following(sqlite, folder, data, gate=False, rest=QUICK) as followed:
        put(folder, "fire-coop", article("fire-coop", asks=COOP, short=WARM))
        await followed.swapped()  # what was being learnt of the first state is given up

        await followed.swapped()

        assert followed.library.state.learnt
        assert followed.short(COOP[0]) == WARM
        assert len(list((data / KEPT).glob("*.npz"))) == 1


def test_what_was_learnt_of_another_folder_is_not_taken() -> None:
    articles = KNOWLEDGE.searched()
    packed = to_bytes(learned_of(articles))

    assert received(digest(articles).encode() + packed, articles)
    assert received(digest(articles[1:]).encode() + packed, articles) is None
    assert received(b"", articles) is None


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
        await publish(sqlite, folder)
        await asyncio.gather(one.swapped(), other.swapped())

        put(folder, text=article(short="Bản nháp."))
        assert (one.short(), other.short()) == (SHORT, SHORT)

        number = await publish(sqlite, folder)
        await asyncio.gather(one.swapped(), other.swapped())
        assert (one.short(), other.short()) == ("Bản nháp.", "Bản nháp.")

        async with sqlite.transaction() as tx:
            await Snapshots(tx).put_live(number - 1, AT)
        await asyncio.gather(one.swapped(), other.swapped())
        assert (one.short(), other.short()) == (SHORT, SHORT)


async def test_a_start_after_publishing_answers_from_what_was_published(
    sqlite: Database, data: Path, tmp_path: Path
) -> None:
    path = copied(tmp_path / "copy")
    taught = learned_of(load_knowledge(tmp_path / "copy").searched())
    await publish(sqlite, tmp_path / "copy", to_bytes(taught))
    path.write_text(path.read_text("utf-8").replace("    short:", "    short: Nháp. #"), "utf-8")

    state = await opened(sqlite, tmp_path / "copy", data, gate=True)

    assert state.learnt
    assert state.knowledge.articles[path.stem].versions[-1].short != "Nháp."


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
    mine = KNOWLEDGE.searched()
    assert len(ANSWERER.learned.portraits) == len(mine)
