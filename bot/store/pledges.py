"""Commitments by tap, under a mark that only serves to withdraw them; and papers as officers count them."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.store.database import Transaction
from bot.store.keyed import Keyed
from handlers.message import Chat
from handlers.ports import Kind, Pledge, PledgeCount


class Pledges:
    """The port of handlers.ports."""

    def __init__(self, tx: Transaction, keyed: Keyed) -> None:
        self._tx = tx
        self._keyed = keyed

    async def get(self, chat: Chat) -> Pledge | None:
        sql = "SELECT area, kind, day FROM pledge WHERE mark = $1"
        row = await self._tx.one(sql, self._mark(chat))
        if row is None:
            return None
        return Pledge(area=row["area"], kind=Kind(row["kind"]), day=date.fromisoformat(row["day"]))

    async def put(self, chat: Chat, pledge: Pledge) -> None:
        await self._tx.run(
            "INSERT INTO pledge (mark, area, kind, day) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (mark) DO UPDATE SET area = excluded.area, kind = excluded.kind,"
            " day = excluded.day",
            self._mark(chat),
            pledge.area,
            str(pledge.kind),
            pledge.day.isoformat(),
        )

    async def withdraw(self, chat: Chat) -> bool:
        return await self._tx.run("DELETE FROM pledge WHERE mark = $1", self._mark(chat)) > 0

    async def set_papers(self, hamlet: str, count: int, officer: str, day: date) -> None:
        await self._tx.run(
            "INSERT INTO paper_pledge (area, count, officer, day) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (area) DO UPDATE SET count = excluded.count, officer = excluded.officer,"
            " day = excluded.day",
            hamlet,
            count,
            officer,
            day.isoformat(),
        )

    async def counts(self, areas: Sequence[str]) -> tuple[PledgeCount, ...]:
        taps = await self._tx.all(
            "SELECT area, kind, COUNT(*) AS n FROM pledge GROUP BY area, kind"
        )
        papers = {
            row["area"]: int(row["count"])
            for row in await self._tx.all("SELECT area, count FROM paper_pledge")
        }
        tapped = {(row["area"], row["kind"]): int(row["n"]) for row in taps}
        found = (
            PledgeCount(
                area=area,
                households=tapped.get((area, str(Kind.HOUSEHOLD)), 0),
                persons=tapped.get((area, str(Kind.PERSON)), 0),
                papers=papers.get(area, 0),
            )
            for area in areas
        )
        return tuple(each for each in found if each.households or each.persons or each.papers)

    async def by_day(self, areas: Sequence[str]) -> Mapping[date, int]:
        rows = await self._tx.all(
            "SELECT area, day, COUNT(*) AS n FROM pledge GROUP BY area, day ORDER BY day"
        )
        days: dict[date, int] = {}
        for row in rows:
            if row["area"] in areas:
                day = date.fromisoformat(row["day"])
                days[day] = days.get(day, 0) + int(row["n"])
        return days

    def _mark(self, chat: Chat) -> str:
        return self._keyed("pledge", chat.channel, chat.account, chat.id)
