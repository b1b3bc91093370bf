"""Who a warning is for: counted before it goes out, and written into the ledger step by step when its hour has come."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.store.database import Database, Row, Transaction
from bot.store.outbox import millis
from handlers.broadcast import Broadcast
from handlers.ports import Reach
from knowledge.campaign import MOST_A_WEEK, WEEK

HOUR = 3600  # seconds

TOPIC = """({topic} = 'all' OR (u.topics = 'all' AND CAST({chosen} AS BIGINT) = 0)
OR (' ' || u.topics || ' ') LIKE ('% ' || {topic} || ' %'))"""
CHANNEL = "({channels} = '' OR {channels} LIKE ('% ' || u.channel || ' %'))"
UNMET = """AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.broadcast = {unmet} AND d.channel = u.channel
AND d.account = u.account AND d.chat = u.chat AND d.state = 'sent')"""
# what still waits counts as got: it will be
CROWDED = """(SELECT COUNT(*) FROM delivery d JOIN broadcast b ON b.id = d.broadcast
WHERE d.broadcast IN ({lately}) AND d.channel = {who}.channel AND d.account = {who}.account AND d.chat = {who}.chat
AND (d.state = 'claimed' OR (d.state = 'queued' AND b.stage <> 'cancelled')
OR (d.state IN ('sent', 'unknown') AND d.at >= CAST({since} AS BIGINT)))) >= {most}"""
LATELY = """
SELECT id FROM broadcast WHERE urgent = 0 AND corrects IS NULL AND id <> $1
AND (stage IN ('sending', 'paused', 'halted') OR (stage IN ('done', 'cancelled') AND ended >= $2))"""
# two machines that expand two warnings at once must see each other's rows
ALONE = """INSERT INTO tick (name, at) VALUES ('expand.ordinary', $1)
ON CONFLICT (name) DO UPDATE SET at = excluded.at"""
SUBSCRIBED = """
SELECT u.channel, u.account, u.chat, NULL AS mends, s.subscriber AS place FROM subscription s
JOIN subscriber u ON u.id = s.subscriber
WHERE s.area = {area} AND s.subscriber > {after} AND s.subscriber <= {upto} AND {topic} AND {channel} {unmet}"""
REACHED = """
SELECT d.channel, d.account, d.chat, d.message AS mends, d.rank AS place FROM delivery d
WHERE d.broadcast = {corrects} AND d.area = {area} AND d.rank > {after} AND d.rank <= {upto}
AND d.state IN ('sent', 'unknown') AND d.chat NOT LIKE '~%'"""
EXPAND = """
INSERT INTO delivery (broadcast, channel, account, chat, area, rank, turn, state, due, at, attempts, claim,
mends, reason, seen)
SELECT {id}, a.channel, a.account, a.chat, {area}, CAST({base} AS BIGINT) + ROW_NUMBER() OVER (ORDER BY a.place),
CAST({base} AS BIGINT) + ROW_NUMBER() OVER (ORDER BY a.place),
CASE WHEN {open} NOT LIKE ('% ' || a.channel || ' %') THEN 'failed' {spared} ELSE 'queued' END,
0, CAST({now} AS BIGINT), 0, '', a.mends,
CASE WHEN {open} LIKE ('% ' || a.channel || ' %') THEN '' ELSE 'closed' END, 0
FROM ({audience}) a WHERE 1 = 1 ON CONFLICT DO NOTHING"""
# each chat is counted in the first of its communes
REACH = """
SELECT u.channel, u.account, u.contact / 3600 AS hour, {spared} AS spared, COUNT(*) AS n FROM subscription s
JOIN subscriber u ON u.id = s.subscriber
WHERE s.area = {area} AND s.subscriber > {after} AND s.subscriber <= {upto} AND {topic} AND {channel} {unmet} {first}
GROUP BY 1, 2, 3, 4"""
FIRST = """AND NOT EXISTS (SELECT 1 FROM subscription e WHERE e.subscriber = s.subscriber AND e.area IN ({earlier}))"""
NEXT_AREA = "SELECT MIN(area) AS area FROM delivery WHERE broadcast = $1 AND area > $2"
UPTO = """SELECT MAX(subscriber) AS upto FROM (SELECT subscriber FROM subscription
WHERE area = $1 AND subscriber > $2 ORDER BY subscriber LIMIT $3) step"""
CORRECTED = """
SELECT channel, account, COUNT(*) AS n, MAX(rank) AS last FROM (SELECT channel, account, rank FROM delivery
WHERE broadcast = $1 AND area = $2 AND rank > $3 AND state IN ('sent', 'unknown') ORDER BY rank LIMIT $4) step
GROUP BY channel, account"""
COUNTED = 250  # recipients looked at in one step
BREATH = 0.001  # seconds between two steps

Reads = Callable[..., Awaitable[list[Row]]]
"""Rows of a statement and its values."""


@dataclass(slots=True)
class Binds:
    """The values of a statement, in the order of their placeholders."""

    values: list[object]

    def __call__(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


async def lately(tx: Reads, broadcast: Broadcast, at: datetime) -> tuple[str, ...]:
    """Ordinary broadcasts that may have reached somebody in the seven days before `at`; none for an urgent one."""
    if broadcast.urgent or broadcast.corrects:
        return ()
    rows = await tx(LATELY, broadcast.id, int((at - WEEK).timestamp()))
    found = tuple(row["id"] for row in rows)
    return found if len(found) >= MOST_A_WEEK else ()


async def areas_of(database: Database, broadcast: str) -> list[str]:
    """The communes of a broadcast's recipients; each found by its place in the index, not among all rows."""
    found: list[str] = []
    while True:
        (row,) = await database.read(NEXT_AREA, broadcast, found[-1] if found else "")
        if row["area"] is None:
            return found
        found.append(row["area"])


async def add_step(
    tx: Transaction,
    broadcast: Broadcast,
    area: str,
    span: tuple[int, int],
    open_channels: Sequence[str],
    now: datetime,
) -> None:
    """The recipients of a commune between two places, `span`, the first of them left out."""
    sql = "SELECT MAX(rank) AS last FROM delivery WHERE broadcast = $1 AND area = $2"
    row = await tx.one(sql, broadcast.id, area)
    base = int(row["last"]) if row and row["last"] is not None else 0
    if not (broadcast.urgent or broadcast.corrects):
        await tx.run(ALONE, int(now.timestamp()))
    bind = Binds([])
    place = {"area": bind(area), "after": bind(span[0]), "upto": bind(span[1])}
    if broadcast.corrects:
        audience = REACHED.format(corrects=bind(broadcast.corrects), **place)
    else:
        audience = SUBSCRIBED.format(**place, **_wanted(broadcast, bind))
    crowded = _crowded(await lately(tx.all, broadcast, now), "a", now, bind)
    sql = EXPAND.format(
        id=bind(broadcast.id),
        area=place["area"],
        base=bind(base),
        open=bind(spaced(open_channels)),
        now=bind(millis(now)),
        spared=f"WHEN {crowded} THEN 'spared'" if crowded else "",
        audience=audience,
    )
    await tx.run(sql, *bind.values)
    await tx.run(
        "INSERT INTO recipient_account (broadcast, channel, account)"
        " SELECT DISTINCT broadcast, channel, account FROM delivery"
        " WHERE broadcast = $1 AND area = $2 AND rank > $3 ON CONFLICT DO NOTHING",
        broadcast.id,
        area,
        base,
    )


async def reach(
    database: Database, broadcast: Broadcast, communes: Sequence[str], at: datetime
) -> tuple[Reach, ...]:
    """Who would get it at an instant: by account, the hour in which they were last heard of, and whether spared.

    Counted in steps, so that answers never wait for it: a province's million takes some seconds.
    """
    counted: Counter[tuple[str, str, int, bool]] = Counter()
    if broadcast.corrects:
        await _count_reached(database, broadcast.corrects, int(at.timestamp()) // HOUR, counted)
    else:
        ids = await lately(database.read, broadcast, at)
        for place, area in enumerate(communes):
            await _count_commune(database, broadcast, (area, communes[:place]), ids, at, counted)
    return tuple(
        Reach(
            channel=channel,
            account=account,
            heard=datetime.fromtimestamp(hour * HOUR, UTC),
            count=count,
            spared=spared,
        )
        for (channel, account, hour, spared), count in sorted(counted.items())
    )


async def _count_commune(
    database: Database,
    broadcast: Broadcast,
    place: tuple[str, Sequence[str]],
    ids: Sequence[str],
    at: datetime,
    counted: Counter[tuple[str, str, int, bool]],
) -> None:
    """A commune's subscribers, but for those who are in an earlier commune too."""
    (area, earlier), last = place, -1
    while (upto := await _upto(database, area, last)) is not None:
        bind = Binds([])
        crowded = _crowded(ids, "u", at, bind)
        sql = REACH.format(
            area=bind(area),
            after=bind(last),
            upto=bind(upto),
            spared=f"CASE WHEN {crowded} THEN 1 ELSE 0 END" if crowded else "0",
            first=FIRST.format(earlier=", ".join(map(bind, earlier))) if earlier else "",
            **_wanted(broadcast, bind),
        )
        for row in await database.read(sql, *bind.values):
            key = (row["channel"], row["account"], int(row["hour"]), bool(row["spared"]))
            counted[key] += int(row["n"])
        last = upto
        await asyncio.sleep(BREATH)


async def _upto(database: Database, area: str, last: int) -> int | None:
    rows = await database.read(UPTO, area, last, COUNTED)
    return None if rows[0]["upto"] is None else int(rows[0]["upto"])


async def _count_reached(
    database: Database, wrong: str, hour: int, counted: Counter[tuple[str, str, int, bool]]
) -> None:
    """Those whom a wrong warning reached; heard of now, for they have it."""
    for row in await database.read(
        "SELECT DISTINCT area FROM delivery WHERE broadcast = $1", wrong
    ):
        last = -1
        while rows := await database.read(CORRECTED, wrong, row["area"], last, COUNTED):
            for each in rows:
                counted[each["channel"], each["account"], hour, False] += int(each["n"])
            last = max(int(each["last"]) for each in rows)
            await asyncio.sleep(BREATH)


def _wanted(broadcast: Broadcast, bind: Binds) -> dict[str, str]:
    """The conditions of topic, channel and "chưa nhận"."""
    topic, chosen = bind(broadcast.topic), bind(int(broadcast.chosen))
    return {
        "topic": TOPIC.format(topic=topic, chosen=chosen),
        "channel": CHANNEL.format(channels=bind(spaced(broadcast.channels))),
        "unmet": UNMET.format(unmet=bind(broadcast.unmet)) if broadcast.unmet else "",
    }


def _crowded(ids: Sequence[str], who: str, at: datetime, bind: Binds) -> str:
    """The condition of having got enough; "" where nobody can have."""
    if not ids:
        return ""
    marks, since = ", ".join(map(bind, ids)), bind(millis(at - WEEK))
    return CROWDED.format(lately=marks, who=who, since=since, most=MOST_A_WEEK)


def spaced(words: Sequence[str]) -> str:
    """Words to be found between spaces; "" for none."""
    return f" {' '.join(words)} " if words else ""
