"""Who a warning is for: counted before it goes out, and written into the ledger step by step when its hour has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.store.database import Row, Transaction
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
REACH = """
SELECT u.channel, u.account, u.contact / 3600 AS hour, {spared} AS spared, COUNT(*) AS n FROM subscriber u
WHERE EXISTS (SELECT 1 FROM subscription s WHERE s.subscriber = u.id AND s.area IN ({areas}))
AND {topic} AND {channel} {unmet}
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
CORRECTED = """
SELECT d.channel, d.account, CAST({now} AS BIGINT) AS hour, 0 AS spared, COUNT(*) AS n FROM delivery d
WHERE d.broadcast = {corrects} AND d.state IN ('sent', 'unknown') GROUP BY d.channel, d.account ORDER BY 1, 2"""


@dataclass(slots=True)
class Binds:
    """The values of a statement, in the order of their placeholders."""

    values: list[object]

    def __call__(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


async def lately(tx: Transaction, broadcast: Broadcast, at: datetime) -> tuple[str, ...]:
    """Ordinary broadcasts that may have reached somebody in the seven days before `at`; none for an urgent one."""
    if broadcast.urgent or broadcast.corrects:
        return ()
    rows = await tx.all(LATELY, broadcast.id, int((at - WEEK).timestamp()))
    found = tuple(row["id"] for row in rows)
    return found if len(found) >= MOST_A_WEEK else ()


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
    crowded = _crowded(await lately(tx, broadcast, now), "a", now, bind)
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
    tx: Transaction, broadcast: Broadcast, communes: Sequence[str], at: datetime
) -> tuple[Reach, ...]:
    """Who would get it at an instant: by account, the hour in which they were last heard of, and whether spared."""
    bind = Binds([])
    if broadcast.corrects:
        hour = bind(int(at.timestamp()) // HOUR)
        sql = CORRECTED.format(now=hour, corrects=bind(broadcast.corrects))
    elif communes:
        wanted = _wanted(broadcast, bind)
        crowded = _crowded(await lately(tx, broadcast, at), "u", at, bind)
        spared = f"CASE WHEN {crowded} THEN 1 ELSE 0 END" if crowded else "0"
        areas = ", ".join(map(bind, communes))
        sql = REACH.format(areas=areas, spared=spared, **wanted)
    else:
        return ()
    return tuple(_reach(row) for row in await tx.all(sql, *bind.values))


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


def _reach(row: Row) -> Reach:
    heard = datetime.fromtimestamp(int(row["hour"]) * HOUR, UTC)
    return Reach(
        channel=row["channel"],
        account=row["account"],
        heard=heard,
        count=int(row["n"]),
        spared=bool(row["spared"]),
    )


def spaced(words: Sequence[str]) -> str:
    """Words to be found between spaces; "" for none."""
    return f" {' '.join(words)} " if words else ""
