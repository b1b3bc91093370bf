"""Tips that are being told: sealed as each piece comes, kept for half an hour of silence, then gone whole."""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot import sealing
from bot.store.database import Row, Transaction
from bot.store.keyed import Keyed
from bot.store.notices import ring
from handlers.ask import local_day
from handlers.message import Chat
from handlers.tips import Code, Draft, Head, Route, State, Taken

SILENCE = timedelta(minutes=30)  # a draft that was left alone for so long is dropped


class Drafts:
    """The port of handlers.ports. The tip's private key is sealed to its units when the draft begins."""

    def __init__(self, tx: Transaction, keyed: Keyed) -> None:
        self._tx = tx
        self._keyed = keyed

    async def able(self, units: Sequence[str]) -> frozenset[str]:
        return frozenset(await keys_of(self._tx, units))

    async def look(self, chat: Chat, at: datetime) -> Draft | None:
        mark = self._mark(chat)
        row = await self._row(chat)
        if row is None:
            return None
        if row["until"] < at.timestamp():
            await self.drop(chat)
            return None
        await self._tx.run("UPDATE draft SET until = $1 WHERE mark = $2", _until(at), mark)
        counted = await self._tx.all(
            "SELECT kind, COUNT(*) AS n FROM draft_piece WHERE mark = $1 GROUP BY kind", mark
        )
        count = {each["kind"]: int(each["n"]) for each in counted}
        return Draft(
            unit=row["unit"],
            texts=count.get("part", 0),
            files=count.get("file", 0),
            pieces=sum(count.values()),
            enough=bool(row["enough"]),
            urgent=bool(row["urgent"]),
            offered=bool(row["proof"]),
        )

    async def begin(self, chat: Chat, route: Route, head: Head, at: datetime) -> None:
        await self.drop(chat)
        tip = sealing.fresh_keys()
        await self._tx.run(
            "INSERT INTO draft (mark, tip, unit, pub, keys, until) VALUES ($1, $2, $3, $4, $5, $6)",
            self._mark(chat),
            sealing.fresh_id(),
            route.unit,
            tip.pub,
            json.dumps(await self._envelopes(route, tip.private)),
            _until(at),
        )
        await self.add(chat, "tip", head.body(), at)

    async def add(
        self,
        chat: Chat,
        kind: str,
        body: Mapping[str, object],
        at: datetime,
        *,
        enough: bool = False,
    ) -> None:
        await self._seal(chat, kind, body, at)
        if enough:
            sql = "UPDATE draft SET enough = 1 WHERE mark = $1"
            await self._tx.run(sql, self._mark(chat))

    async def attach(self, chat: Chat, file: Taken, at: datetime) -> None:
        await self._seal(chat, "file", described(file), at, file)

    async def hurry(self, chat: Chat) -> None:
        await self._tx.run("UPDATE draft SET urgent = 1 WHERE mark = $1", self._mark(chat))

    async def offer(self, chat: Chat, code: Code, at: datetime) -> None:
        await self._tx.run(
            "UPDATE draft SET lookup = $1, reply_pub = $2, proof = $3 WHERE mark = $4",
            code.lookup,
            code.pub,
            self._proof(chat, code.typed_back),
            self._mark(chat),
        )

    async def kept(self, chat: Chat, typed: str) -> bool:
        row = await self._row(chat)
        return bool(row and row["proof"]) and hmac.compare_digest(
            str(row and row["proof"]), self._proof(chat, typed)
        )

    async def send(self, chat: Chat, at: datetime, *, code: bool) -> None:
        row = await self._row(chat)
        if row is None:
            raise LookupError("there is no draft to send")
        pieces = await self._tx.all(
            "SELECT * FROM draft_piece WHERE mark = $1 ORDER BY seq", self._mark(chat)
        )
        await insert_tip(
            self._tx,
            tip=row["tip"],
            unit=row["unit"],
            pub=row["pub"],
            urgent=bool(row["urgent"]),
            keys=json.loads(row["keys"]),
            reply=(row["lookup"], row["reply_pub"]) if code else None,
            at=at,
        )
        day = local_day(at).isoformat()
        for piece in pieces:
            if piece["kind"] == "file":
                await insert_file(
                    self._tx,
                    row["tip"],
                    id=piece["file"],
                    seq=piece["seq"],
                    name=piece["name"],
                    size=piece["size"],
                    meta=piece["body"],
                )
            else:
                await insert_message(
                    self._tx, row["tip"], piece["kind"], piece["seq"], day, piece["body"]
                )
        await self.drop(chat)

    async def drop(self, chat: Chat) -> None:
        await drop(self._tx, self._mark(chat))

    async def _seal(
        self,
        chat: Chat,
        kind: str,
        body: Mapping[str, object],
        at: datetime,
        file: Taken | None = None,
    ) -> None:
        row = await self._row(chat)
        if row is None:
            raise LookupError("there is no draft to add to")
        mark = self._mark(chat)
        last = await self._tx.one("SELECT MAX(seq) AS n FROM draft_piece WHERE mark = $1", mark)
        seq = 0 if last is None or last["n"] is None else int(last["n"]) + 1
        day = local_day(at).isoformat()
        sealed = sealing.seal(row["pub"], tip=row["tip"], kind=kind, seq=seq, day=day, body=body)
        await self._tx.run(
            "INSERT INTO draft_piece (mark, seq, kind, body, file, name, size)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            mark,
            seq,
            kind,
            sealed,
            file.id if file else "",
            file.name if file else "",
            file.stored if file else 0,
        )

    async def _envelopes(self, route: Route, private: bytes) -> list[dict[str, Any]]:
        keys = await keys_of(self._tx, route.units)
        return [
            {
                "unit": unit,
                "epoch": keys[unit][0],
                "sealed": sealing.seal_key(private, keys[unit][1]).hex(),
                "dormant": unit == route.dormant,
            }
            for unit in route.units
        ]

    async def _row(self, chat: Chat) -> Row | None:
        return await self._tx.one("SELECT * FROM draft WHERE mark = $1", self._mark(chat))

    def _mark(self, chat: Chat) -> str:
        return self._keyed("draft", chat.channel, chat.account, chat.id)

    def _proof(self, chat: Chat, typed: str) -> str:
        return self._keyed("proof", chat.channel, chat.account, chat.id, typed)


async def keys_of(tx: Transaction, units: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """The newest epoch and public key of each active unit that has one."""
    rows = await tx.all(
        "SELECT k.unit, k.epoch, k.pub FROM unit_key k JOIN unit u ON u.id = k.unit"
        " WHERE u.active = 1 ORDER BY k.epoch"
    )
    wanted = frozenset(units)
    return {row["unit"]: (row["epoch"], row["pub"]) for row in rows if row["unit"] in wanted}


def described(file: Taken) -> dict[str, object]:
    """What an officer's browser needs to open a file."""
    return {
        "key": file.key.hex(),
        "type": file.type,
        "size": file.size,
        "sha256": file.sha256,
        "original": file.original,
    }


async def insert_tip(
    tx: Transaction,
    *,
    tip: str,
    unit: str,
    pub: bytes,
    urgent: bool,
    keys: Sequence[Mapping[str, Any]],
    reply: tuple[str, bytes] | None,
    at: datetime,
) -> None:
    """A tip without its messages: `keys` as in `draft.keys`, `reply` the receipt's lookup and public key."""
    day = local_day(at).isoformat()
    await tx.run(
        "INSERT INTO tip (id, unit, state, urgent, day, day_unread, pub)"
        " VALUES ($1, $2, $3, $4, $5, $5, $6)",
        tip,
        unit,
        State.NEW.value,
        int(urgent),
        day,
        pub,
    )
    for key in keys:
        await tx.run(
            "INSERT INTO tip_key (tip, unit, epoch, sealed, dormant) VALUES ($1, $2, $3, $4, $5)",
            tip,
            key["unit"],
            key["epoch"],
            bytes.fromhex(key["sealed"]),
            int(key["dormant"]),
        )
    if reply:
        sql = "INSERT INTO tip_reply_key (lookup, tip, pub) VALUES ($1, $2, $3)"
        await tx.run(sql, reply[0], tip, reply[1])
    await tx.run(
        "INSERT INTO counter (unit, month, key, n) VALUES ($1, $2, 'received', 1)"
        " ON CONFLICT (unit, month, key) DO UPDATE SET n = counter.n + 1",
        unit,
        day[:7],
    )
    await ring(tx, tip, unit, at, urgent=urgent)


async def insert_message(
    tx: Transaction, tip: str, kind: str, seq: int, day: str, body: bytes
) -> None:
    await tx.run(
        "INSERT INTO tip_message (id, tip, kind, seq, day, body) VALUES ($1, $2, $3, $4, $5, $6)",
        sealing.fresh_id(),
        tip,
        kind,
        seq,
        day,
        body,
    )


async def insert_file(
    tx: Transaction, tip: str, *, id: str, seq: int, name: str, size: int, meta: bytes
) -> None:
    await tx.run(
        "INSERT INTO tip_file (id, tip, seq, name, size, meta) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        tip,
        seq,
        name,
        size,
        meta,
    )


async def drop(tx: Transaction, mark: str) -> None:
    await tx.run("DELETE FROM draft_piece WHERE mark = $1", mark)
    await tx.run("DELETE FROM draft WHERE mark = $1", mark)


async def forget_idle(tx: Transaction, before: datetime) -> int:
    """Drop the drafts whose time was over at an instant; how many there were."""
    rows = await tx.all("SELECT mark FROM draft WHERE until < $1", int(before.timestamp()))
    for row in rows:
        await drop(tx, row["mark"])
    return len(rows)


def _until(at: datetime) -> int:
    return int((at + SILENCE).timestamp())
