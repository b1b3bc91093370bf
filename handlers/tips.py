"""What a tip is, and which units may open it: values and pure rules, for chat, page and clock alike."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from handlers.message import Value
from handlers.receipt import last_group

LONGEST = 5000  # characters of one piece
SHORTEST = 20  # letters that a tip without a file must tell
FILES = 5  # of one tip
PIECES = 60  # of one draft, ticks and all
FILE_BYTES = 20 * 1024 * 1024


class State(StrEnum):
    """How far a tip is, as its sender is told."""

    NEW = "new"
    READING = "reading"
    VERIFYING = "verifying"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


class Police(StrEnum):
    """What the sender says of the commune's police: whether the tip tells of them, or only shall not reach them."""

    NO = "no"
    ABOUT = "about"
    AVOID = "avoid"


@dataclass(frozen=True, slots=True)
class Route:
    """Who may open a tip: `unit` works on it; `dormant` is given its envelope later, if nobody reads it."""

    unit: str
    dormant: str | None = None

    @property
    def units(self) -> tuple[str, ...]:
        return (self.unit, self.dormant) if self.dormant else (self.unit,)


def route(places: Sequence[str], police: Police, able: Collection[str]) -> Route | None:
    """The route of a tip of a place: its units from the nearest up to the province, of which `able` have a key.

    What tells of the commune's police, or shall not reach them, goes to the province alone. None: nobody
    could open it, and it must not be taken.
    """
    nearest, province = places[0], places[-1]
    spared = police is Police.NO and nearest != province
    if spared and nearest in able:
        return Route(nearest, province if province in able else None)
    return Route(province) if province in able else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A tip that is being told: counts only, for its words can't be read back."""

    unit: str
    texts: int = 0
    files: int = 0
    pieces: int = 0  # all that was sealed, ticks too
    enough: bool = False  # something was told that somebody can look into
    urgent: bool = False
    offered: bool = False  # a code was shown and waits to be typed back


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Code:
    """A receipt: its twenty digits, where its answers lie, and the pair that opens them."""

    digits: str
    lookup: str
    pub: bytes
    private: bytes

    @property
    def typed_back(self) -> str:
        """Its last digits, by which people show that they kept it."""
        return last_group(self.digits)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Taken:
    """A file that was cleaned, sealed and put away; its key goes into the envelope and nowhere else.

    `size` is in bytes of the cleaned file, `stored` of the sealed one; `original`: kept as it came, by request.
    """

    id: str
    name: str
    size: int
    stored: int
    type: str
    sha256: str
    key: bytes
    original: bool = False


class Unfit(StrEnum):
    """Why a file was not taken; each has its words in the catalogue."""

    KIND = "kind"
    LARGE = "large"
    BROKEN = "broken"
    SLOW = "slow"
    NO_TOOL = "no_tool"
    UNREACHABLE = "unreachable"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Report:
    """What a receipt finds: how far the tip is, and what officers answered."""

    tip: str
    state: State
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first envelope of a tip: where, what, and what its sender wants to be protected from."""

    where: str  # an area's id; empty: not said
    police: Police
    channel: str
    sealed_by: str  # "server", "browser"
    more: Mapping[str, Value] = field(default_factory=dict)

    def body(self) -> dict[str, Value | bool]:
        return {
            "where": self.where,
            "police": self.police is Police.ABOUT,
            "avoid_commune": self.police is Police.AVOID,
            "channel": self.channel,
            "sealed_by": self.sealed_by,
            **self.more,
        }
