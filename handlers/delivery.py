"""What became of a warning for one recipient, and for all of them together."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where one delivery stands (DESIGN §6); every recipient of a broadcast is in exactly one."""

    QUEUED = "queued"
    CLAIMED = "claimed"  # in the hands of a sender
    SENT = "sent"
    UNKNOWN = "unknown"  # in flight at a crash, or the platform's answer was lost
    GONE = "gone"  # blocked us, left, was deleted
    SHUT = "shut"  # the platform's window is closed for now
    SPARED = "spared"  # two ordinary warnings came within seven days: this would be one too many
    UNSUBSCRIBED = "unsubscribed"  # said /dung before it was their turn
    CANCELLED = "cancelled"
    FAILED = "failed"  # the platform will never take it; the row's reason says why


PENDING = frozenset({State.QUEUED, State.CLAIMED})
ERRORS = frozenset({State.FAILED, State.UNKNOWN})  # what a broadcast halts at

EDITED, DELETED, ANEW = "edited", "deleted", "anew"
"""Reasons of what a correction sent: the wrong message says so now, or was taken back, or neither could be done."""
MENDED = (EDITED, DELETED, ANEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """So many recipients of a commune and a channel in a state, for a reason."""

    area: str
    channel: str
    state: State
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of all recipients; it adds up to the audience exactly. `seen` pressed "Đã nhận", or have read it."""

    counts: tuple[Count, ...] = ()
    seen: int = 0

    def __getitem__(self, state: State) -> int:
        return sum(each.count for each in self.counts if each.state is state)

    def mended(self, how: str) -> int:
        """Of a correction: how many wrong messages were dealt with so."""
        return sum(each.count for each in self.counts if each.reason == how)

    @property
    def audience(self) -> int:
        return sum(each.count for each in self.counts)

    @property
    def pending(self) -> int:
        return sum(each.count for each in self.counts if each.state in PENDING)

    @property
    def settled(self) -> int:
        return self.audience - self.pending
