"""A tip through the real program: nothing of it or of its sender stays anywhere."""

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sealing import Keys
from tests.attachments.samples import MAKER
from tests.process.program import Api, Bot, fake_api, telegram_bot, wait_until
from tests.process.telling import (
    ASK,
    BEGIN,
    CHAT,
    CONFIRM,
    PICTURE,
    PLACE,
    TELL,
    WHOLE,
    WORDS,
    Teller,
)
from tests.units import found_in

MORE = "Thêm một điều: xe ba gác biển số 29 MARK."
NAMES = ("TÊN-RIÊNG", "HỌ-RIÊNG", "ten_rieng")  # the fake's person


@pytest.fixture
def api() -> Iterator[Api]:
    with fake_api() as api:
        yield api


@pytest.fixture
def bot(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bot]:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    bot = telegram_bot(tmp_path, api.base, "webhook")
    yield bot
    bot.close()


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, Keys]:
    return asyncio.run(found_in(f"sqlite:///{tmp_path}/data/binhan.db"))


def forms(marker: str) -> set[bytes]:
    """How a marker could lie somewhere: as it is, UTF-16, hex, base64 at each of three places."""
    raw = marker.encode()
    found = {raw, marker.encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode()}
    for shift in range(3):
        whole = b64encode(b"x" * shift + raw)
        found.add(whole[4 if shift else 0 : len(whole) // 4 * 4 - 4])
    return found


def residue(folder: Path, markers: set[str]) -> set[tuple[str, str]]:
    """Where a marker lies, in any form: the data folder, the log, temporary files."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    wanted = {marker: forms(marker) for marker in markers}
    return {
        (path.name, marker)
        for path in files
        if (content := path.read_bytes())
        for marker, shapes in wanted.items()
        if any(shape in content for shape in shapes)
    }


def test_the_look_sees_every_form(tmp_path: Path) -> None:
    """The control of the next test."""
    for place, shape in enumerate(sorted(forms(WORDS))):
        (tmp_path / str(place)).write_bytes(b"..." + shape + b"...")

    assert len(residue(tmp_path, {WORDS})) == len(forms(WORDS))


def test_1_nothing_of_a_tip_or_its_sender_stays_anywhere(
    bot: Bot, api: Api, keys: dict[str, Keys], tmp_path: Path
) -> None:
    bot.start()
    person = Teller(bot, api, f"sqlite:///{tmp_path}/data/binhan.db")
    person.tells(BEGIN, PLACE, TELL)
    api.tell("say", chat=CHAT, photo=[{"file_id": PICTURE, "file_size": 1}], caption=MORE)
    api.hears(CHAT, "Đã làm sạch và khoá tệp")
    person.tells(ASK, CONFIRM)
    code = person.code()
    api.tell("say", chat=CHAT + 1, text=code)
    api.hears(CHAT + 1, "Tin đã đến nơi")
    api.tell("say", chat=CHAT + 1, text=MORE)
    api.hears(CHAT + 1, "Đã khoá và gửi thêm")

    digits = code.replace(" ", "")
    markers = {WORDS, MORE, MAKER, PICTURE, str(CHAT), "0987 123 456", code, digits, *NAMES}
    wait_until(lambda: not residue(tmp_path, markers))
    assert bot.stop() == 0
    assert residue(tmp_path, markers) == set()
    assert person.counts() == WHOLE | {"tip_message": WHOLE["tip_message"] + 2}
