"""A tip while the disk is full, and while the program is killed: it is there whole, or gone whole."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.sealing import Keys
from tests.conftest import postgres_in, short_folder
from tests.process.program import Api, fake_api, telegram_bot
from tests.process.telling import (
    ASK,
    BEGIN,
    CONFIRM,
    GONE,
    PLACE,
    SHOW,
    STEPS,
    TELL,
    WHOLE,
    WORDS,
    Step,
    Teller,
)
from tests.units import found_in

DISK, SERVER_DISK = 8, 160  # MiB: of SQLite and the files, of a PostgreSQL server
ROOM = (0, 4, 16, 64, 160)  # KiB that a full disk still has
MOMENTS = (0, 0.002, 0.005, 0.01, 0.02, 0.05)  # seconds from the last press to the kill


class Disk:
    """A disk of a few megabytes that can be filled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, room: int = 0) -> None:
        """Fill it, but for `room` KiB."""
        free = shutil.disk_usage(self.folder).free - room * 1024
        with self._ballast.open("wb", 0) as ballast:
            ballast.write(b"x" * max(free, 0))

    def free(self) -> None:
        self._ballast.unlink()


@contextmanager
def small_disk(folder: Path, size: int = DISK) -> Iterator[Disk]:
    """A file system in memory at a folder; skips where this user may mount none."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=700", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here: run the tests as root")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def api() -> Iterator[Api]:
    with fake_api() as api:
        yield api


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("fresh_postgres") if request.param == "postgresql" else ""


@contextmanager
def teller(
    folder: Path, api: Api, mode: str = "webhook", url: str = ""
) -> Iterator[tuple[Teller, dict[str, Keys]]]:
    """Somebody before the program, which is not started yet, and the units' keys."""
    bot = telegram_bot(folder, api.base, mode, database=url)
    url = url or f"sqlite:///{folder}/data/binhan.db"
    keys = asyncio.run(found_in(url))
    try:
        yield Teller(bot, api, url), keys
    finally:
        bot.close()


def tried_on_full_disk(person: Teller, disk: Disk, step: Step, room: int) -> bool:
    """Try a step while the disk has so little room: whether it was carried out; half of it never is."""
    disk.fill(room)
    done = person.tried(step)
    sent = person.counts()
    disk.free()
    assert sent == (WHOLE if done and step is CONFIRM else GONE)
    return done


def test_24_a_draft_outlives_a_kill_and_a_full_disk_refuses_it_whole_until_there_is_room(
    api: Api, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "data") as disk, teller(tmp_path, api) as (person, keys):
        person.bot.start()
        person.tells(BEGIN, PLACE, TELL)
        person.bot.kill()
        person.bot.start()
        person.tells(SHOW, ASK)

        assert not tried_on_full_disk(person, disk, CONFIRM, room=0)
        person.finishes(CONFIRM)

        person.bot.kill()
        assert person.counts() == WHOLE
        assert person.words(keys) == [WORDS]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_24_a_kill_leaves_a_draft_whole_or_gone_and_a_sent_tip_whole(
    api: Api, tmp_path: Path, url: str
) -> None:
    with teller(tmp_path, api, "polling", url) as (person, keys):
        for steps in ((BEGIN, PLACE, TELL, SHOW), (ASK, CONFIRM)):
            person.bot.start()
            person.tells(*steps)
            person.bot.kill()
            assert person.counts() == (WHOLE if CONFIRM in steps else GONE)

        assert person.words(keys) == [WORDS]


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["webhook", "polling"])
@pytest.mark.parametrize("room", ROOM)
def test_24_a_full_disk_at_each_step_of_a_draft(
    api: Api, tmp_path: Path, mode: str, room: int
) -> None:
    refused = 0
    with small_disk(tmp_path / "data") as disk, teller(tmp_path, api, mode) as (person, keys):
        person.bot.start()
        for step in STEPS:
            if not tried_on_full_disk(person, disk, step, room):
                refused += 1
                person.finishes(step)

        person.bot.kill()
        assert person.counts() == WHOLE
        assert person.words(keys) == [WORDS]
    print(f"{refused} of {len(STEPS)} steps were refused with {room} KiB left")  # noqa: T201
    assert refused or room  # the control: on a disk without any room something must fail


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["webhook", "polling"])
def test_24_a_full_disk_under_a_postgresql_server(api: Api, tmp_path: Path, mode: str) -> None:
    refused = 0
    with (
        short_folder() as folder,
        small_disk(folder, SERVER_DISK) as disk,
        postgres_in(folder) as url,
        teller(tmp_path, api, mode, url) as (person, keys),
    ):
        person.bot.start()
        for step in STEPS:
            if not tried_on_full_disk(person, disk, step, room=0):
                refused += 1
                person.finishes(step)

        person.bot.kill()
        assert person.counts() == WHOLE
        assert person.words(keys) == [WORDS]
    print(f"{refused} of {len(STEPS)} steps were refused")  # noqa: T201
    assert refused  # the control


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["webhook", "polling"])
def test_24_a_kill_after_each_step_of_a_draft(
    api: Api, tmp_path: Path, mode: str, url: str
) -> None:
    with teller(tmp_path, api, mode, url) as (person, keys):
        for step in STEPS:
            person.bot.start()
            person.tells(step)
            person.bot.kill()
            assert person.counts() == (WHOLE if step is CONFIRM else GONE)
        assert person.words(keys) == [WORDS]


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["webhook", "polling"])
def test_24_a_kill_while_a_tip_is_being_sent(api: Api, tmp_path: Path, mode: str, url: str) -> None:
    early = 0
    with teller(tmp_path, api, mode, url) as (person, keys):
        person.bot.start()
        for place, moment in enumerate(MOMENTS):
            person.chat += 1
            person.tells(*STEPS[:-1])
            person.does(CONFIRM)
            time.sleep(moment)
            person.bot.kill()
            sent = person.heard(CONFIRM)
            there = person.counts()
            early += not sent
            assert there == times(place + 1) or (not sent and there == times(place))
            person.bot.start()
            person.finishes(CONFIRM)
            assert person.counts() == times(place + 1)
        person.bot.kill()
        assert person.words(keys) == [WORDS] * len(MOMENTS)
    print(f"{early} of {len(MOMENTS)} kills came before the confirmation")  # noqa: T201
    assert early  # the control: some of them came in between


def times(count: int) -> dict[str, int]:
    return {table: count * rows for table, rows in WHOLE.items()}
