"""What the flows need from the outside, each bound to the transaction of the message that is being answered."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from handlers.broadcast import Broadcast, Stage
from handlers.message import Attachment, Chat, Message, Talk
from handlers.officer import Officer
from handlers.tips import Code, Draft, Head, Report, Route, Taken, Unfit


class Talks(Protocol):
    """What each chat remembers; keyed so that a stolen database does not name the chats."""

    async def load(self, chat: Chat) -> Talk:
        """The chat's talk, a new one where there is none; locks the chat until the transaction ends."""

    async def save(self, chat: Chat, talk: Talk, at: datetime) -> None: ...

    async def forget(self, chat: Chat) -> None: ...


class Questions(Protocol):
    """Questions that found no answer, masked, without their chat; and what people thought of answers."""

    async def unanswered(self, masked: str, day: date, article: str = "") -> None:
        """Keep a masked question for 30 days; `article` answered it, and was of no help."""

    async def judged(self, article: str, helpful: bool, day: date) -> None:
        """Count a 👍 or a 👎 for an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Who takes warnings: a chat, the communes, the topics ("all": every one); a `party` is a group."""

    chat: Chat
    areas: tuple[str, ...]
    topics: tuple[str, ...]
    party: bool = False


class Subscribers(Protocol):
    """Who takes warnings, and nothing else about them."""

    async def get(self, chat: Chat) -> Subscriber | None: ...

    async def put(self, subscriber: Subscriber, at: datetime) -> None:
        """Add, or replace what was chosen before."""

    async def stop(self, chat: Chat, at: datetime) -> bool:
        """Nothing more is sent to this chat, from now on; whether anything would have been."""

    async def seen(self, broadcast: str, chat: Chat) -> None:
        """The person says that a warning has been read."""

    async def unname(self, chat: Chat) -> None:
        """Reports keep their counts, and forget that this chat was among them."""


class Kind(StrEnum):
    """Who commits to a pledge."""

    HOUSEHOLD = "household"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """A commitment in a commune; whose it is, nobody keeps."""

    area: str
    kind: Kind
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeCount:
    """Pledges of an area: by tap, and on paper, against its households."""

    area: str
    households: int = 0
    persons: int = 0
    papers: int = 0


class Pledges(Protocol):
    """Commitments, by a mark of the chat that only serves to withdraw them."""

    async def get(self, chat: Chat) -> Pledge | None: ...

    async def put(self, chat: Chat, pledge: Pledge) -> None: ...

    async def withdraw(self, chat: Chat) -> bool: ...

    async def set_papers(self, hamlet: str, count: int, officer: str, day: date) -> None:
        """How many signed papers an officer has collected in a hamlet so far."""

    async def counts(self, areas: Sequence[str]) -> tuple[PledgeCount, ...]:
        """One for each area of a list that has any."""

    async def by_day(self, areas: Sequence[str]) -> Mapping[date, int]:
        """Pledges by tap in these communes, a day each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """So many subscribers of an account, last heard of in the hour that begins at `heard`.

    `spared`: two ordinary warnings in seven days is enough, they get no third.
    """

    channel: str
    account: str
    heard: datetime
    count: int
    spared: bool = False


class Broadcasts(Protocol):
    """What officers wrote, and what became of it."""

    async def add(self, broadcast: Broadcast) -> None: ...

    async def get(self, id: str) -> Broadcast | None:
        """A broadcast, locked until the transaction ends."""

    async def look(self, id: str) -> Broadcast | None:
        """A broadcast as it stands, held for nobody."""

    async def save(self, broadcast: Broadcast) -> None: ...

    async def of_stage(self, *stages: Stage, limit: int = 50) -> tuple[Broadcast, ...]:
        """The newest of these stages, the last one first."""


Reaching = Callable[[Broadcast, Sequence[str], datetime], Awaitable[tuple[Reach, ...]]]
"""Who in these communes would get a broadcast if it were sent at an instant; slow for a whole province."""


class Officers(Protocol):
    """Who works at the desk, as the chats know them; a chat is bound to an officer by /lienket."""

    async def of_chat(self, chat: Chat) -> Officer | None: ...

    async def chats(self, officer: str) -> tuple[Chat, ...]:
        """Where an officer can be written to."""

    async def covering(self, area: str) -> tuple[Officer, ...]:
        """The active officers who may speak for an area, those of the area itself first, then the province's."""


class NoOfficers:
    """Where no desk is open: nobody is an officer."""

    async def of_chat(self, chat: Chat) -> Officer | None:
        return None

    async def chats(self, officer: str) -> tuple[Chat, ...]:
        return ()

    async def covering(self, area: str) -> tuple[Officer, ...]:
        return ()


class Drafts(Protocol):
    """Tips that are being told, each sealed piece by piece under a mark of its chat."""

    async def able(self, units: Sequence[str]) -> frozenset[str]:
        """Those of the units that have officers who can open a tip."""

    async def look(self, chat: Chat, at: datetime) -> Draft | None:
        """The chat's draft; None where there is none, or it was left alone too long."""

    async def begin(self, chat: Chat, route: Route, head: Head, at: datetime) -> None:
        """A new draft in the place of an old one: its key is made, sealed to the route's units, and forgotten."""

    async def add(
        self,
        chat: Chat,
        kind: str,
        body: Mapping[str, object],
        at: datetime,
        *,
        enough: bool = False,
    ) -> None:
        """Seal a piece; `enough`: somebody can look into what it tells."""

    async def attach(self, chat: Chat, file: Taken, at: datetime) -> None: ...

    async def hurry(self, chat: Chat) -> None:
        """It happens within a day."""

    async def offer(self, chat: Chat, code: Code, at: datetime) -> None:
        """Make ready for a code that is shown now; one shown before no longer counts."""

    async def kept(self, chat: Chat, typed: str) -> bool:
        """Whether these are the last digits of the code that was shown."""

    async def send(self, chat: Chat, at: datetime, *, code: bool) -> None:
        """Turn the draft into a tip; without a code nobody can ask for its answers."""

    async def drop(self, chat: Chat) -> None: ...


class Tips(Protocol):
    """Tips that were sent, as far as a receipt leads to them."""

    async def report(self, code: Code, today: date) -> Report | None:
        """What waits under a receipt; None for an unknown and for an expired one alike."""

    async def follow(self, tip: str, kind: str, body: Mapping[str, object], at: datetime) -> bool:
        """Seal more words to a tip; False where it is gone."""

    async def attach(self, tip: str, file: Taken, at: datetime) -> bool: ...


class Codes(Protocol):
    """Receipts; both are slow (0.1 to 1 s), and a few at once."""

    async def fresh(self) -> Code: ...

    async def of(self, digits: str) -> Code: ...


class Trail(Protocol):
    """What could be taken back of a conversation, in memory only."""

    def said(self, message: Message) -> None: ...

    def show_nothing(self, chat: Chat) -> None:
        """What we showed of a code or an answer goes with the rest."""

    def left(self, chat: Chat) -> bool:
        """Whether something that we showed still stands there and can be taken back."""


Take = Callable[[Attachment], Awaitable[Taken | Unfit]]
"""Fetches a file, cleans it, seals it and puts it away."""


class Visits(Protocol):
    """Which tip a chat has just opened, in memory only and for a quarter of an hour."""

    def enter(self, chat: Chat, tip: str, at: datetime) -> None: ...

    def of(self, chat: Chat, at: datetime) -> str | None: ...

    def leave(self, chat: Chat) -> None: ...
