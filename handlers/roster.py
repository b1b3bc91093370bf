"""Who is on duty: whom a warning that waits for approval is shown first, and who comes after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.errors import Refusal
from handlers.officer import Officer

LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """An officer's hours for an area; `place` 0 answers first, 1 is the deputy, and so on."""

    id: str
    area: str
    officer: str
    place: int
    starts: datetime
    ends: datetime


def checked(shift: Shift, now: datetime) -> Shift:
    """The shift as it may be entered; Refusal with the remedy."""
    if shift.ends <= shift.starts:
        raise Refusal("roster.order")
    if shift.ends - shift.starts > LONGEST:
        raise Refusal("roster.long", days=LONGEST.days)
    if shift.ends <= now:
        raise Refusal("roster.past")
    return shift


def asked_in_order(
    officers: Sequence[Officer], shifts: Iterable[Shift], now: datetime
) -> tuple[Officer, ...]:
    """Officers in the order in which they are asked: those on duty by their place, then the others as they came."""
    on_duty = {shift.officer: shift.place for shift in shifts if shift.starts <= now < shift.ends}
    last = max(on_duty.values(), default=0) + 1
    return tuple(sorted(officers, key=lambda officer: on_duty.get(officer.id, last)))
