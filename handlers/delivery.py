"""What became of a warning for one recipient, and for all of them together."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from handlers.message import Chat


class State(StrEnum):
    """Where one delivery stands (DESIGN §6); every recipient of a broadcast is in exactly one."""

    QUEUED = "queued"
    CLAIMED = "claimed"  # in the hands of a sender
    SENT = "sent"
    UNKNOWN = "unknown"  # in flight at a crash, or the platform's answer was lost
    GONE = "gone"  # blocked us, left, was deleted
    SHUT = "shut"  # the platform's window is closed for now
    UNSUBSCRIBED = "unsubscribed"  # said /dung before it was their turn
    CANCELLED = "cancelled"
    FAILED = "failed"  # the platform will never take it; `Delivery.reason` says why


PENDING = frozenset({State.QUEUED, State.CLAIMED})
ERRORS = frozenset({State.FAILED, State.UNKNOWN})  # what a broadcast halts at


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the ledger. `message` is the platform's id of what was sent, to edit or delete it by."""

    broadcast: str
    chat: Chat
    area: str
    state: State = State.QUEUED
    attempts: int = 0
    message: str | None = None
    reason: str = ""


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
    """What became of all recipients: adds up to the audience exactly. `seen`: pressed "Đã nhận"."""

    states: Mapping[State, int]
    seen: int = 0

    @property
    def audience(self) -> int:
        return sum(self.states.values())

    @property
    def pending(self) -> int:
        return sum(self.states.get(state, 0) for state in PENDING)

    @property
    def settled(self) -> int:
        return self.audience - self.pending

    def __getitem__(self, state: State) -> int:
        return self.states.get(state, 0)
