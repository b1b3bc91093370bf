"""Tips that were sent: what a receipt leads to, and words added to them; all of it sealed."""

import logging
from collections.abc import Mapping
from datetime import date, datetime

from bot import sealing
from bot.sealing import Forged, Keys
from bot.store.database import Row, Transaction
from bot.store.drafts import described, insert_file, insert_message
from bot.store.notices import ring
from handlers.ask import local_day
from handlers.tips import Code, Report, State, Taken

log = logging.getLogger(__name__)


class Tips:
    """The port of handlers.ports."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def report(self, code: Code, today: date) -> Report | None:
        found = await self.found(code.lookup, today)
        if found is None:
            return None
        sealed = await self.answers(found["id"])
        opened = [self._opened(found["id"], code, row) for row in sealed]
        return Report(
            tip=found["id"],
            state=State(found["state"]),
            answers=tuple(text for text in opened if text),
        )

    async def found(self, lookup: str, today: date) -> Row | None:
        """The tip of a receipt; None for an unknown and for an expired one alike."""
        return await self._tx.one(
            "SELECT t.* FROM tip_reply_key r JOIN tip t ON t.id = r.tip"
            " WHERE r.lookup = $1 AND (t.expires = '' OR t.expires >= $2)",
            lookup,
            today.isoformat(),
        )

    async def answers(self, tip: str) -> list[Row]:
        """The answers to a tipster, each sealed to the receipt's key, in order."""
        return await self._tx.all(
            "SELECT seq, for_tipster FROM tip_message WHERE tip = $1 AND kind = 'reply'"
            " AND for_tipster IS NOT NULL ORDER BY seq",
            tip,
        )

    async def follow(self, tip: str, kind: str, body: Mapping[str, object], at: datetime) -> bool:
        row = await self._row(tip)
        if row is None:
            return False
        seq, day = await self.next_place(tip), local_day(at).isoformat()
        sealed = sealing.seal(row["pub"], tip=tip, kind=kind, seq=seq, day=day, body=body)
        await insert_message(self._tx, tip, kind, seq, day, sealed)
        await self._unread(row, at)
        return True

    async def attach(self, tip: str, file: Taken, at: datetime) -> bool:
        row = await self._row(tip)
        if row is None:
            return False
        seq, day = await self.next_place(tip), local_day(at).isoformat()
        body = described(file)
        meta = sealing.seal(row["pub"], tip=tip, kind="file", seq=seq, day=day, body=body)
        await insert_file(
            self._tx, tip, id=file.id, seq=seq, name=file.name, size=file.stored, meta=meta
        )
        await self._unread(row, at)
        return True

    async def follow_sealed(self, row: Row, seq: int, body: bytes, at: datetime) -> None:
        """Words that a browser has sealed to the tip itself."""
        day = local_day(at).isoformat()
        await insert_message(self._tx, row["id"], "follow", seq, day, body)
        await self._unread(row, at)

    async def _row(self, tip: str) -> Row | None:
        return await self._tx.one("SELECT * FROM tip WHERE id = $1", tip)

    async def next_place(self, tip: str) -> int:
        """A place behind all that was told so far."""
        row = await self._tx.one(
            "SELECT MAX(seq) AS n FROM (SELECT seq FROM tip_message WHERE tip = $1"
            " UNION ALL SELECT seq FROM tip_file WHERE tip = $1) told",
            tip,
        )
        return 0 if row is None or row["n"] is None else int(row["n"]) + 1

    async def _unread(self, row: Row, at: datetime) -> None:
        """It is unread again, and the clock of its unit begins anew."""
        await self._tx.run(
            "UPDATE tip SET read_day = '', reminded = 0, day_unread = $1 WHERE id = $2",
            local_day(at).isoformat(),
            row["id"],
        )
        await ring(self._tx, row["id"], row["unit"], at, urgent=False)

    def _opened(self, tip: str, code: Code, row: Row) -> str:
        keys = Keys(code.pub, code.private)
        try:
            inside = sealing.unseal(keys, row["for_tipster"], tip=tip, kind="reply", seq=row["seq"])
        except Forged:
            log.error("an answer does not open")
            return ""
        return str(inside["body"].get("text", ""))
