"""The real program while its knowledge is saved, torn, deleted, written to a full disk: it goes on answering."""

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.knowledge.own import ASKS, article, put
from tests.process.program import Api, Bot, fake_api, telegram_bot, wait_until

pytestmark = pytest.mark.soak
SAVES = 1000
ADMIN = 99
DISK = "48m"
NEW = (
    "úm gà con bằng bóng đèn có sợ cháy không",
    "thắp bóng sưởi chuồng gà cả đêm được không",
    "đèn úm gà rơi xuống trấu cháy thì làm sao",
    "chuồng gà sưởi than có nguy hiểm không",
    "nhà tui úm vịt con bằng bóng đỏ",
    "chuồng heo con dùng đèn sưởi thế nào cho khỏi cháy",
    "rơm lót ổ gà gần bóng đèn",
    "úm gà mùa rét để đèn qua đêm",
)


@pytest.fixture
def api() -> Iterator[Api]:
    with fake_api() as api:
        yield api


@pytest.fixture
def bot(api: Api, tmp_path: Path) -> Iterator[Bot]:
    with own_bot(api, tmp_path) as bot:
        yield bot


@contextmanager
def own_bot(api: Api, place: Path) -> Iterator[Bot]:
    """The program with a knowledge folder of its own, its data beside it, and the gate off."""
    put(place / "own")
    quick = {"questions_per_second": 1000, "questions_per_minute": 100_000}
    bot = telegram_bot(place, api.base, "webhook", **quick)
    with (place / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'[knowledge]\npath = "own"\ngate = false\nadmins = ["telegram:{ADMIN}"]\n')
    try:
        bot.start()
        yield bot
    finally:  # also where it does not become ready
        bot.close()


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A disk of a few megabytes, in memory; skips where this machine lets nobody mount one."""
    disk = place / "disk"
    disk.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(disk)]
    if subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("mounting takes root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Take all the room there is; the file that has it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler


def asked(api: Api, chat: int, question: str, answer: str) -> None:
    """Ask in a chat of its own, and hear the answer."""
    api.tell("say", chat=chat, text=question)
    api.hears(chat, answer)


def test_a_thousand_rapid_saves_lose_no_question_and_end_in_the_last(bot: Bot, api: Api) -> None:
    own = bot.folder / "own"

    for number in range(SAVES):
        text = article(short=f"Lần lưu số {number}.")
        put(own, text=text if number % 3 else text[: number % 200])  # every third is half-written
        if number % 50 == 0:
            asked(api, 1000 + number, "đốt pháo nổ phạt bao nhiêu", "20–40 triệu")
    put(own, text=article(short="Lần lưu cuối."))

    chat = iter(range(5000, 6000))
    wait_until(lambda: _answered(api, next(chat), ASKS[0], "Lần lưu cuối."))
    assert "Traceback" not in bot.log.read_text("utf-8")


def test_a_saved_change_is_answered_within_two_seconds(bot: Bot, api: Api) -> None:
    asked(api, 10, ASKS[0], "chỗ trống")
    saved = time.monotonic()

    put(bot.folder / "own", text=article(short="Ra bãi đất trống mà thả."))

    chat = iter(range(5000, 6000))
    wait_until(lambda: _answered(api, next(chat), ASKS[0], "Ra bãi đất trống"))
    assert time.monotonic() - saved < 2.0


def test_a_new_article_is_answered_within_two_seconds(bot: Bot, api: Api) -> None:
    saved = time.monotonic()

    put(bot.folder / "own", "fire-coop", article("fire-coop", asks=NEW, short="Trông bóng úm gà."))

    chat = iter(range(5000, 6000))
    wait_until(lambda: _answered(api, next(chat), "um ga con bong den co so chay k", "bóng úm gà"))
    assert time.monotonic() - saved < 2.0
    wait_until(lambda: list((bot.folder / "data" / "learned").glob("*.npz")), 180)
    asked(api, 6001, NEW[0], "bóng úm gà")


def test_a_full_disk_takes_no_answer_away(api: Api, tmp_path: Path) -> None:
    with small_disk(tmp_path) as disk, own_bot(api, disk) as bot:
        asked(api, 20, ASKS[0], "chỗ trống")
        filler = fill(disk)
        with suppress(OSError):
            put(bot.folder / "own", text=article(short="Bản mới.", text="Dài. " * 2000))

        asked(api, 21, ASKS[0], "chỗ trống")
        asked(api, 22, "xe máy 0,3 mg/l", "6–8 triệu")

        filler.unlink()
        put(bot.folder / "own", text=article(short="Lại có chỗ."))
        chat = iter(range(5000, 6000))
        wait_until(lambda: _answered(api, next(chat), ASKS[0], "Lại có chỗ."))


def test_a_deleted_folder_and_a_torn_file_keep_the_last_good_answer_and_tell_the_admin(
    bot: Bot, api: Api
) -> None:
    own = bot.folder / "own"
    put(own, text=article()[:80])
    api.hears(ADMIN, "fire-kites.md, dòng")
    asked(api, 11, ASKS[0], "chỗ trống")

    shutil.rmtree(own)
    api.hears(ADMIN, "Kho kiến thức có lỗi", count=2)
    asked(api, 12, ASKS[0], "chỗ trống")
    asked(api, 13, "xe máy 0,3 mg/l", "6–8 triệu")

    put(own, text=article(short="Có lại rồi."))
    chat = iter(range(5000, 6000))
    wait_until(lambda: _answered(api, next(chat), ASKS[0], "Có lại rồi."))


def test_a_file_cut_off_by_a_full_disk_is_a_fault_and_no_loss(bot: Bot, api: Api) -> None:
    """An editor whose disk is full leaves a file that ends in the middle; here a limit on size stands for the disk."""
    path = bot.folder / "own" / "articles" / "fire-safety" / "fire-kites.md"
    text = article(short="Bản mới.")
    writer = f"with open({str(path)!r}, 'w', encoding='utf-8') as file: file.write({text!r})"

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = subprocess.run([sys.executable, "-c", writer], preexec_fn=full, check=False)
    assert done.returncode
    assert os.path.getsize(path) == 100

    api.hears(ADMIN, "fire-kites.md, dòng")
    asked(api, 14, ASKS[0], "chỗ trống")


def _answered(api: Api, chat: int, question: str, answer: str) -> bool:
    """Ask once; whether that was the answer."""
    api.tell("say", chat=chat, text=question)
    wait_until(lambda: api.texts(chat))
    return any(answer in text for text in api.texts(chat))
