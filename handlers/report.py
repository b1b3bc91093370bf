"""What became of a warning: of each recipient by the ledger, of households by the hamlets' heads; adds up exactly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.broadcast import Broadcast
from handlers.delivery import Count, State, Tally
from knowledge.areas import Area
from knowledge.texts import Texts

REPORTED = (
    State.SENT,
    State.UNKNOWN,
    State.GONE,
    State.SHUT,
    State.SPARED,
    State.UNSUBSCRIBED,
    State.FAILED,
    State.CANCELLED,
    State.QUEUED,
    State.CLAIMED,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a hamlet's head reported: so many households told by word of mouth."""

    hamlet: str
    households: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A commune's recipients on a channel, by state; a commune's or channel's sum where the other is empty."""

    area: str
    channel: str
    states: Mapping[State, int]

    @property
    def audience(self) -> int:
        return sum(self.states.values())

    def __getitem__(self, state: State) -> int:
        return self.states.get(state, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """So many recipients in a state for a reason."""

    channel: str
    state: State
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hamlet:
    """A hamlet's households, and how many of them were told; None: no report yet."""

    area: Area
    told: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole; `total` is the audience, every recipient in one state."""

    broadcast: Broadcast
    tally: Tally
    total: Line
    lines: tuple[Line, ...]
    reasons: tuple[Reason, ...]
    hamlets: tuple[Hamlet, ...]
    until: datetime

    @property
    def took(self) -> timedelta | None:
        """From the first delivery to the end, or until now."""
        started = self.broadcast.started
        return (self.broadcast.ended or self.until) - started if started else None

    @property
    def per_minute(self) -> float | None:
        """Recipients settled in a minute."""
        if self.took is None or self.took < timedelta(seconds=1):
            return None
        return self.tally.settled / (self.took.total_seconds() / 60)

    @property
    def households(self) -> int:
        return sum(hamlet.area.households for hamlet in self.hamlets)

    @property
    def households_told(self) -> int:
        return sum(hamlet.told or 0 for hamlet in self.hamlets)


def report(
    broadcast: Broadcast,
    tally: Tally,
    hamlets: Iterable[Area],
    told: Iterable[Told],
    now: datetime,
) -> Report:
    """Put together what the ledger counted and what the hamlets reported."""
    counts = tally.counts
    reported = {each.hamlet: each.households for each in told}
    return Report(
        broadcast=broadcast,
        tally=tally,
        total=Line(area="", channel="", states=_states(counts)),
        lines=tuple(_lines(counts)),
        reasons=tuple(_reasons(counts)),
        hamlets=tuple(Hamlet(area=area, told=reported.get(area.id)) for area in hamlets),
        until=now,
    )


def why(reason: str, texts: Texts) -> str:
    """A reason of the ledger in words; one that we do not know, as it is."""
    key = f"why.{reason}"
    return texts(key) if key in texts else reason


def share(part: int, whole: int) -> int:
    """Per cent, downward: 100 only where nobody is missing."""
    return 100 * part // whole if whole else 0


def _lines(counts: Sequence[Count]) -> Iterable[Line]:
    for area, channel in sorted({(count.area, count.channel) for count in counts}):
        own = [c for c in counts if (c.area, c.channel) == (area, channel)]
        yield Line(area=area, channel=channel, states=_states(own))


def _reasons(counts: Sequence[Count]) -> Iterable[Reason]:
    found: dict[tuple[str, State, str], int] = {}
    for count in counts:
        if count.reason:
            place = (count.channel, count.state, count.reason)
            found[place] = found.get(place, 0) + count.count
    for (channel, state, reason), number in sorted(found.items(), key=lambda item: -item[1]):
        yield Reason(channel=channel, state=state, reason=reason, count=number)


def _states(counts: Iterable[Count]) -> Mapping[State, int]:
    states: dict[State, int] = {}
    for count in counts:
        states[count.state] = states.get(count.state, 0) + count.count
    return states
