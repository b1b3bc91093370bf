"""Who is asked to approve when nobody answers: one more each time that so many minutes have gone by."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from handlers.broadcast import Broadcast, Stage
from handlers.message import Reply
from handlers.officer import Officer, Role
from scheduler.approvals import Approvals
from tests.scheduler.season import KNOWLEDGE, NOW, SENDING

WAITING = replace(SENDING, stage=Stage.SUBMITTED, approver=None, submitted=NOW)
PEOPLE = tuple(
    Officer(id=id, login=id, name=id, role=Role.COMMUNE, area="suoi-guong")
    for id in ("nam", "deputy", "province")
)


@dataclass
class Desk:
    """The port, in memory."""

    waiting: Broadcast
    told: list[str] = field(default_factory=list)

    async def unapproved(self) -> tuple[Broadcast, ...]:
        return (self.waiting,)

    async def glass(self, since: datetime) -> tuple[Broadcast, ...]:
        return ()

    async def approvers(self, broadcast: Broadcast, now: datetime) -> tuple[Officer, ...]:
        return PEOPLE

    async def tell(self, occasion: str, officer: str, reply: Reply, now: datetime) -> bool:
        if officer not in self.told:
            self.told.append(officer)
        return True


@pytest.mark.parametrize(
    ("urgent", "minutes", "asked"),
    [
        (False, 0, 1),  # the first on duty, at once
        (False, 14.9, 1),
        (False, 15, 2),  # the office's own number, not the default of ten
        (False, 40, 3),
        (False, 400, 3),  # there is nobody else
        (True, 1.9, 1),
        (True, 2, 2),
    ],
)
async def test_the_next_one_is_asked_after_the_minutes_that_are_set(
    urgent: bool, minutes: float, asked: int
) -> None:
    desk = Desk(replace(WAITING, urgent=urgent))
    approvals = Approvals(
        desk=desk,
        knowledge=lambda: KNOWLEDGE,
        wait=timedelta(minutes=15),
        wait_urgent=timedelta(minutes=2),
    )

    await approvals(NOW + timedelta(minutes=minutes))

    assert desk.told == [each.id for each in PEOPLE[:asked]]
