"""A whole tip on Telegram: a picture, the code, what is taken back, the answer; only the platform is a fake."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot import sealing
from bot.config import Secret, Secrets, Telegram
from bot.sealing import Keys
from bot.store.database import Database, open_database
from bot.wiring import running
from tests.attachments.samples import MAKER, photo
from tests.dialogs.people import PATIENCE, PEPPER, WEBHOOK_SECRET, config_for
from tests.fakes.telegram import Call, TelegramServer, open_telegram_server
from tests.units import PROVINCE, found_in, opened

CHAT = 700700
WORDS = "Nhà cuối xóm có người bán pháo nổ tự làm, tối nào cũng có xe đến chở."


@dataclass
class Scene:
    telegram: TelegramServer
    database: Database
    keys: dict[str, Keys]

    chat: int = CHAT

    async def until(self, words: str) -> Call:
        """Wait for a message that holds these words."""

        def found() -> list[Call]:
            return [call for call in self.telegram.sent(self.chat) if words in call.text]

        await self.telegram.wait_for(lambda: bool(found()), PATIENCE)
        return found()[-1]

    async def say(self, text: str, answer: str, **more: Any) -> Call:
        self.telegram.say(self.chat, text, **more)
        return await self.until(answer)

    async def press(self, payload: str, answer: str) -> Call:
        self.telegram.press(self.chat, payload)
        return await self.until(answer)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    config = config_for(tmp_path)
    keys = await found_in(config.database_url)
    async with open_telegram_server() as telegram:
        config = replace(
            config, telegram=Telegram(enabled=True, mode="webhook", api_base=telegram.base)
        )
        secrets = Secrets(
            pepper=Secret(PEPPER),
            telegram_token=Secret(telegram.token),
            telegram_webhook_secret=Secret(WEBHOOK_SECRET),
        )
        async with running(config, secrets), open_database(config.database_url) as database:
            await telegram.wait_for(lambda: telegram.webhook is not None, PATIENCE)
            yield Scene(telegram, database, keys)


async def test_a_whole_tip_with_a_picture_and_its_answer(scene: Scene) -> None:
    telegram = scene.telegram
    telegram.files["ANH1"] = photo()
    await scene.say("/baotin", "xã, phường nào")
    await scene.press("s:tip@province", "Nơi nhận tin")
    await scene.say(WORDS, "Đã khoá phần 1")
    telegram.say(CHAT, photo=[{"file_id": "ANH1", "file_size": 1000}], caption="ảnh chụp tối qua")
    await scene.until("Đã làm sạch và khoá tệp")
    await scene.press("s:tip@send", "Mấy người biết")
    shown = await scene.press("s:tip@known.many", "chỉ hiện một lần")
    code = re.search(r"(\d{4} ){4}\d{6}", shown.text)
    assert code
    assert shown.fields["protect_content"] is True
    assert not shown.hook
    assert not await scene.database.read("SELECT * FROM tip")
    await scene.say(code[0].split()[-1], "Đã gửi")

    tip = str((await scene.database.read("SELECT id FROM tip"))[0]["id"])
    head, part, caption, file, option = await opened(
        scene.database, tip, PROVINCE, scene.keys[PROVINCE]
    )
    assert head["kind"] == "tip"
    assert part["body"] == {"text": WORDS}
    assert caption["body"] == {"text": "ảnh chụp tối qua"}
    assert file["body"]["type"] == "image/jpeg"  # type: ignore[index]
    assert option["body"] == {"known_by": "many"}
    await telegram.wait_for(lambda: len(telegram.deleted) >= 4, PATIENCE)
    await scene.until("Đã xoá")
    reply = (await scene.database.read("SELECT * FROM tip_reply_key"))[0]
    body = {"text": "Đã cử người đi kiểm tra."}
    answer = sealing.seal(reply["pub"], tip=tip, kind="reply", seq=9, day="2027-02-05", body=body)
    async with scene.database.transaction() as tx:
        await tx.run(
            "INSERT INTO tip_message (id, tip, kind, seq, day, body, for_tipster)"
            " VALUES ('r', $1, 'reply', 9, '2027-02-05', $2, $2)",
            tip,
            answer,
        )
    scene.chat = CHAT + 1  # the code is all that is needed, from any phone
    await scene.say(code[0], "Đã cử người đi kiểm tra")
    await scene.say("Thêm: xe biển số 12", "Đã khoá và gửi thêm")
    await scene.press("s:status@done", "Đã đóng")
    assert MAKER not in str(telegram.calls)


async def test_a_failed_deletion_is_said(scene: Scene) -> None:
    for method in ("deleteMessages", "deleteMessage"):
        scene.telegram.fail(method, "400", times=-1, description="Bad Request: message is too old")
    await scene.say("/baotin", "xã, phường nào")
    await scene.press("s:tip@province", "Nơi nhận tin")
    await scene.say(WORDS, "Đã khoá phần 1")

    await scene.press("s:tip@cancel", "Đã huỷ")

    await scene.until("không xoá được")


async def test_the_same_press_fifty_times_is_one_tip(scene: Scene) -> None:
    await scene.say("/baotin", "xã, phường nào")
    await scene.press("s:tip@province", "Nơi nhận tin")
    await scene.say(WORDS, "Đã khoá phần 1")
    update = scene.telegram.press(CHAT, "s:tip@nocode")
    for _ in range(50):
        scene.telegram.press(CHAT, "s:tip@nocode")
    await scene.until("Đã gửi")
    await scene.telegram.wait_for(lambda: not scene.telegram.updates, PATIENCE)

    assert update
    assert len(await scene.database.read("SELECT * FROM tip")) == 1
