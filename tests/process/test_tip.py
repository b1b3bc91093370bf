"""A tip through the real program: nothing of it or of its sender stays anywhere, and a kill loses nothing confirmed."""

import asyncio
import re
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import sealing
from bot.sealing import Keys
from tests.attachments.samples import MAKER, photo
from tests.process.program import Api, Bot, fake_api, telegram_bot, wait_until
from tests.units import PROVINCE, found_in

CHAT = 987654321
WORDS = "Nhà cuối xóm Gò Mả có người bán pháo nổ tự làm, gọi 0987 123 456 là giao."
MORE = "Thêm một điều: xe ba gác biển số 29 MARK."
NAMES = ("TÊN-RIÊNG", "HỌ-RIÊNG", "ten_rieng")  # the fake's person
PICTURE = "ANH-TREN-MAY-CHU-TELEGRAM"


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


def tell(api: Api) -> None:
    """A draft with words."""
    api.tell("say", chat=CHAT, text="/baotin")
    api.hears(CHAT, "xã, phường nào")
    api.tell("press", chat=CHAT, data="s:tip@province")
    api.hears(CHAT, "Nơi nhận tin")
    api.tell("say", chat=CHAT, text=WORDS)
    api.hears(CHAT, "Đã khoá phần 1")


def show_code(api: Api) -> str:
    api.tell("press", chat=CHAT, data="s:tip@known.skip")
    api.hears(CHAT, "chỉ hiện một lần")
    shown = next(text for text in reversed(api.texts(CHAT)) if "chỉ hiện một lần" in text)
    found = re.search(r"(\d{4} ){4}\d{6}", shown)
    assert found
    return found[0]


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "data" / "binhan.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_1_nothing_of_a_tip_or_its_sender_stays_anywhere(
    bot: Bot, api: Api, keys: dict[str, Keys], tmp_path: Path
) -> None:
    bot.start()
    api.tell("file", id=PICTURE, hex=photo().hex())
    tell(api)
    api.tell("say", chat=CHAT, photo=[{"file_id": PICTURE, "file_size": 1}], caption=MORE)
    api.hears(CHAT, "Đã làm sạch và khoá tệp")
    code = show_code(api)
    api.tell("say", chat=CHAT, text=code.split()[-1])
    api.hears(CHAT, "Đã gửi")
    api.tell("say", chat=CHAT + 1, text=code)
    api.hears(CHAT + 1, "Tin đã đến nơi")
    api.tell("say", chat=CHAT + 1, text=MORE)
    api.hears(CHAT + 1, "Đã khoá và gửi thêm")

    digits = code.replace(" ", "")
    markers = {WORDS, MORE, MAKER, PICTURE, str(CHAT), "0987 123 456", code, digits, *NAMES}
    wait_until(lambda: not residue(tmp_path, markers))
    assert bot.stop() == 0
    assert residue(tmp_path, markers) == set()
    assert rows(tmp_path, "SELECT COUNT(*) FROM tip_message") == [(4,)]
    assert rows(tmp_path, "SELECT COUNT(*) FROM tip_file") == [(1,)]


def test_24_a_kill_leaves_a_draft_whole_or_gone_and_a_sent_tip_whole(
    bot: Bot, api: Api, keys: dict[str, Keys], tmp_path: Path
) -> None:
    bot.start()
    tell(api)
    bot.kill()
    assert rows(tmp_path, "SELECT COUNT(*) FROM tip") == [(0,)]

    bot.start()
    code = show_code(api)
    bot.kill()
    assert rows(tmp_path, "SELECT COUNT(*) FROM tip") == [(0,)]
    bot.start()
    api.tell("say", chat=CHAT, text=code.split()[-1])
    api.hears(CHAT, "Đã gửi")
    bot.kill()

    (tip, pub) = rows(tmp_path, "SELECT id, pub FROM tip")[0]
    sealed = rows(tmp_path, "SELECT sealed FROM tip_key")[0][0]
    pair = Keys(bytes(pub), sealing.unseal_key(keys[PROVINCE], bytes(sealed)))  # type: ignore[arg-type]
    body = rows(tmp_path, "SELECT body FROM tip_message WHERE kind = 'part'")[0][0]
    part = sealing.unseal(pair, bytes(body), tip=str(tip), kind="part", seq=1)  # type: ignore[arg-type]
    assert part["body"] == {"text": WORDS}
    assert rows(tmp_path, "SELECT COUNT(*) FROM draft") == [(0,)]
    assert WORDS.encode() not in b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )
