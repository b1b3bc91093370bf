"""A tip told to the real program in a chat, step by step, and what of it lies in the database."""

import asyncio
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from bot import sealing
from bot.sealing import Keys
from bot.store.database import SQLITE, Row, open_database
from tests.attachments.samples import photo
from tests.process.program import Api, Bot, wait_until
from tests.units import PROVINCE

CHAT = 987654321
WORDS = "Nhà cuối xóm Gò Mả có người bán pháo nổ tự làm, gọi 0987 123 456 là giao."
PICTURE = "ANH-TREN-MAY-CHU-TELEGRAM"
CODE = re.compile(r"(\d{4} ){4}\d{6}")
TABLES = ("tip", "tip_key", "tip_reply_key", "tip_message", "tip_file")
WHOLE = {"tip": 1, "tip_key": 1, "tip_reply_key": 1, "tip_message": 2, "tip_file": 1}
GONE = dict.fromkeys(TABLES, 0)
FAILED = (b'"message failed"', b'"update not taken in"')  # what the log then says


@dataclass(frozen=True)
class Step:
    """What a person does, and what the assistant says where it was carried out."""

    verb: str
    what: dict[str, Any]
    heard: str


BEGIN = Step("say", {"text": "/baotin"}, "xã, phường nào")
PLACE = Step("press", {"data": "s:tip@province"}, "Nơi nhận tin")
TELL = Step("say", {"text": WORDS}, "Đã khoá phần 1")
SHOW = Step("say", {"photo": [{"file_id": PICTURE, "file_size": 1}]}, "Đã làm sạch và khoá tệp")
ASK = Step("press", {"data": "s:tip@known.skip"}, "chỉ hiện một lần")
CONFIRM = Step("say", {}, "Đã gửi")  # the code's last group
STEPS = (BEGIN, PLACE, TELL, SHOW, ASK, CONFIRM)


@dataclass
class Teller:
    """Somebody who tells a tip; `url` is the program's database."""

    bot: Bot
    api: Api
    url: str
    chat: int = CHAT
    _before: int = 0  # what had been said when the last step was done

    def __post_init__(self) -> None:
        self.api.tell("file", id=PICTURE, hex=photo().hex())

    def does(self, step: Step) -> None:
        self._before = len(self.api.texts(self.chat))
        more = step.what or {"text": self.code().split()[-1]}
        self.api.tell(step.verb, chat=self.chat, **more)

    def hears(self, step: Step) -> None:
        self.api.hears(self.chat, step.heard)

    def tells(self, *steps: Step) -> None:
        for step in steps:
            self.does(step)
            self.hears(step)

    def heard(self, step: Step) -> bool:
        return any(step.heard in text for text in self.api.texts(self.chat))

    def tried(self, step: Step) -> bool:
        """Do it, and wait until it was answered or failed; whether it was carried out."""
        before = self._answers()
        self.does(step)
        wait_until(lambda: self._answers() > before)
        return self.heard(step)

    def finishes(self, step: Step) -> None:
        """What could not be carried out is: brought again by the platform, or done again by the person."""
        wait_until(lambda: self.heard(step) or len(self.api.texts(self.chat)) > self._before)
        if not self.heard(step):
            self.tells(step)

    def code(self) -> str:
        shown = [found[0] for text in self.api.texts(self.chat) if (found := CODE.search(text))]
        return shown[-1]

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Rows of the program's database; of a file they are read without writing, for its disk may be full."""
        if self.url.startswith(SQLITE):
            return self._rows_of_file(sql, values)

        async def read() -> list[Row]:
            async with open_database(self.url) as database:
                return await database.read(sql, *values)

        return asyncio.run(read())

    def _rows_of_file(self, sql: str, values: Sequence[Any]) -> list[Row]:
        file = f"file:{self.url.removeprefix(SQLITE)}?mode=ro"
        with closing(sqlite3.connect(file, uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            named = {str(place): value for place, value in enumerate(values, 1)}
            return [dict(row) for row in connection.execute(sql, named)]

    def counts(self) -> dict[str, int]:
        """How many rows each table of tips has."""
        sql = " UNION ALL ".join(f"SELECT '{t}' AS name, COUNT(*) AS n FROM {t}" for t in TABLES)  # noqa: S608
        return {row["name"]: row["n"] for row in self.rows(sql)}

    def words(self, keys: dict[str, Keys]) -> list[str]:
        """What an officer of the province reads, tip by tip."""
        return [self._words(tip, keys[PROVINCE]) for tip in self.rows("SELECT id, pub FROM tip")]

    def _words(self, tip: Row, keys: Keys) -> str:
        [key] = self.rows("SELECT sealed FROM tip_key WHERE tip = $1", tip["id"])
        sql = "SELECT seq, body FROM tip_message WHERE kind = 'part' AND tip = $1"
        [part] = self.rows(sql, tip["id"])
        pair = Keys(bytes(tip["pub"]), sealing.unseal_key(keys, bytes(key["sealed"])))
        place = {"tip": tip["id"], "kind": "part", "seq": part["seq"]}
        return str(sealing.unseal(pair, bytes(part["body"]), **place)["body"]["text"])

    def _answers(self) -> int:
        log = self.bot.log.read_bytes()
        return len(self.api.texts(self.chat)) + sum(log.count(failed) for failed in FAILED)
