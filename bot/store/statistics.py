"""Figures about tips without content. A cell under five is hidden: in a hamlet it would point at somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.store.cases import week_of
from bot.store.database import Database

SMALLEST = 5  # the smallest count that is shown
WEEKS = 12  # shown of the past


@dataclass(frozen=True, slots=True)
class Cell:
    """A count as it may be shown: None where it is above nothing and under five."""

    name: str
    count: int | None

    @property
    def drawn(self) -> float:
        """The length of its bar; a hidden one is drawn as half of five."""
        return SMALLEST / 2 if self.count is None else float(self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a unit, or the whole province, may see: cells by week, state, outcome, matter, wait, and unit."""

    weeks: Sequence[Cell]
    states: Sequence[Cell]
    outcomes: Sequence[Cell]
    matters: Sequence[Cell]
    waits: Sequence[Cell]
    units: Sequence[Cell]


async def figures(database: Database, unit: str, today: date) -> Figures:
    """The figures of a unit; of all units where it is ''."""
    since = today - timedelta(weeks=WEEKS - 1)
    days = await database.read(
        "SELECT day, COUNT(*) AS n FROM tip WHERE ($1 = '' OR unit = $1) AND day >= $2 GROUP BY day",
        unit,
        since.isoformat(),
    )
    states = await database.read(
        "SELECT state AS name, COUNT(*) AS n FROM tip WHERE ($1 = '' OR unit = $1) GROUP BY state",
        unit,
    )
    counted = await database.read(
        "SELECT key, SUM(n) AS n FROM tally WHERE ($1 = '' OR unit = $1) AND week >= $2 GROUP BY key",
        unit,
        week_of(since),
    )
    units = await database.read("SELECT unit AS name, COUNT(*) AS n FROM tip GROUP BY unit")
    weeks = dict.fromkeys((week_of(since + timedelta(weeks=n)) for n in range(WEEKS)), 0)
    for row in days:
        week = week_of(date.fromisoformat(row["day"]))
        weeks[week] = weeks.get(week, 0) + int(row["n"])
    tallies = {row["key"]: int(row["n"]) for row in counted}
    return Figures(
        weeks=cells(weeks),
        states=cells({row["name"]: int(row["n"]) for row in states}),
        outcomes=cells(_below(tallies, "outcome")),
        matters=cells(_below(tallies, "matter")),
        waits=cells(_below(tallies, "answered")),
        units=cells({row["name"]: int(row["n"]) for row in units}) if not unit else (),
    )


def cells(counts: Mapping[str, int]) -> tuple[Cell, ...]:
    """The counts as they may be shown."""
    return tuple(
        Cell(name, None if 0 < count < SMALLEST else count) for name, count in counts.items()
    )


def _below(tallies: Mapping[str, int], table: str) -> dict[str, int]:
    start = f"{table}:"
    return {k.removeprefix(start): n for k, n in sorted(tallies.items()) if k.startswith(start)}
