"""When the same people get other warnings: those that went out, those that wait, those that the season plans."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.broadcast import EVERY_TOPIC, OPEN, Broadcast, Stage, communes_of
from knowledge.areas import Areas
from knowledge.campaign import Planned

LISTED = 200  # of the newest broadcasts: more than two weeks of any province's
COUNTED = tuple(stage for stage in Stage if stage not in (Stage.DRAFT, Stage.CANCELLED))

Ahead = Callable[[datetime], Sequence[Planned]]
"""What the season's clock will launch after an instant."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Instants, for who takes all topics: `ordinary` ones count against the week, any of `all` breaks a silence."""

    ordinary: tuple[datetime, ...] = ()
    all: tuple[datetime, ...] = ()


def neighbours(
    broadcast: Broadcast,
    others: Sequence[Broadcast],
    planned: Sequence[Planned],
    areas: Areas,
    now: datetime,
) -> Neighbours:
    """Beside a broadcast, in any of its communes; a correction answers for the warning that it corrects."""
    found = [*_of_others(broadcast, others, areas, now), *_of_season(planned)]
    return Neighbours(
        ordinary=tuple(at for at, urgent in found if not urgent),
        all=tuple(at for at, _ in found),
    )


def _of_others(
    broadcast: Broadcast, others: Sequence[Broadcast], areas: Areas, now: datetime
) -> Iterator[tuple[datetime, bool]]:
    communes = set(communes_of(broadcast, areas))
    for each in others:
        if each.id == broadcast.id or each.chosen or each.corrects or each.stage not in COUNTED:
            continue
        if communes & set(communes_of(each, areas)):
            waits = max(each.at or now, now) if each.stage in OPEN else now
            yield each.started or waits, each.urgent


def _of_season(planned: Sequence[Planned]) -> Iterator[tuple[datetime, bool]]:
    for each in planned:
        if each.warning.is_for((EVERY_TOPIC,)):
            yield each.at, each.warning.urgent
