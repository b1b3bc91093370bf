"""A repeating warning: one broadcast for each of its instants, alike but for the hour, worked on as a whole."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.ask import HERE
from handlers.broadcast import OPEN, Broadcast, Stage, cancel, compose, edit
from handlers.neighbours import LISTED
from handlers.officer import Officer
from handlers.ports import Broadcasts
from knowledge.areas import Areas
from knowledge.calendar import tet
from knowledge.moments import SEASON, due

MOST = 20  # instants of one series
AFTER = 16  # days of Tết in which a weekly one still repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Retimed:
    """A series at other instants: those that move, those that come anew, those that are cancelled."""

    moved: tuple[Broadcast, ...]
    added: tuple[Broadcast, ...] = ()
    dropped: tuple[Broadcast, ...] = ()


async def series_of(broadcast: Broadcast, broadcasts: Broadcasts) -> tuple[Broadcast, ...]:
    """The other instants of a repeating warning, the earliest first: the same words at the same kind of moment."""
    if not broadcast.moment:
        return ()
    every = await broadcasts.of_stage(*Stage, limit=LISTED)
    return tuple(sorted((e for e in every if e.id != broadcast.id and same(e, broadcast)), key=_at))


def same(one: Broadcast, other: Broadcast) -> bool:
    """Whether two broadcasts are instants of one warning."""
    return bool(one.moment) and (one.moment, one.author, one.text, one.areas) == (
        other.moment,
        other.author,
        other.text,
        other.areas,
    )


def one_of_each(broadcasts: Iterable[Broadcast]) -> list[tuple[Broadcast, int]]:
    """The first of each series, with how many they are: what an officer is asked about once."""
    found: list[tuple[Broadcast, int]] = []
    for each in sorted(broadcasts, key=_at):
        place = next((n for n, (first, _) in enumerate(found) if same(first, each)), None)
        if place is None:
            found.append((each, 1))
        else:
            found[place] = (found[place][0], found[place][1] + 1)
    return found


def retimed(
    series: Sequence[Broadcast],
    instants: Sequence[datetime | None],
    officer: Officer,
    areas: Areas,
    now: datetime,
    new_id: Callable[[], str],
    /,
    **changes: object,
) -> Retimed:
    """What waits of a series, with changes, at other instants; what has gone out stays. Refusal as in edit."""
    waiting = sorted((each for each in series if each.stage in OPEN), key=_at)
    moved = tuple(
        edit(each, officer, areas, **{**changes, "at": at})
        for each, at in zip(waiting, instants, strict=False)
    )
    added = tuple(
        compose(replace(moved[0], id=new_id(), at=at), officer, areas, now)
        for at in instants[len(waiting) :]
    )
    dropped = tuple(cancel(each, officer, areas, now) for each in waiting[len(instants) :])
    return Retimed(moved=moved, added=added, dropped=dropped)


def weekly(weekday: str, clock: str, now: datetime) -> str:
    """The words of a moment: that weekday from today until Tết, within it until the season's end."""
    today = now.astimezone(HERE).date()
    year = today.year if (today - tet(today.year)).days <= AFTER else today.year + 1
    days = (tet(year) - today).days
    first, last = (f"-{min(days, SEASON[0])}", "-1") if days > 0 else (f"+{-days}", f"+{AFTER}")
    return f"{weekday} {clock} tet{first}d..tet{last}d"


def coming(moment: str, now: datetime) -> tuple[datetime, ...]:
    """The instants of a moment that are still to come, of the next Tết that has any; () where there are none, or it
    can't be read.
    """
    year = now.astimezone(HERE).year
    for each in (year, year + 1):
        try:
            found = tuple(at for at in due(moment, each) if at > now)
        except (ValueError, OverflowError):
            return ()
        if found:
            return found[:MOST]
    return ()


def _at(broadcast: Broadcast) -> float:
    return broadcast.at.timestamp() if broadcast.at else 0.0
