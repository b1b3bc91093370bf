"""A warning as it is looked at before it goes out, and what can be said of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from handlers.message import Value
from knowledge.article import Article
from knowledge.texts import Texts

HERE = ZoneInfo("Asia/Ho_Chi_Minh")


class Place(StrEnum):
    """Which field of the form a finding belongs to."""

    TEXT = "text"
    SMS = "sms"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A catalogue key below "lint" and its values; `stops`: the warning can't be submitted like this."""

    key: str
    place: Place
    stops: bool = False
    values: dict[str, Value] = field(default_factory=dict)

    def words(self, texts: Texts) -> str:
        return texts(self.key, **self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A warning as it is about to go out at `at`.

    `phones`: numbers of the area and the office, beside the hotlines. `hosts`: our own addresses.
    `others`: when the same people get or got other ordinary warnings; `contacts`: when any at all. `zalo`: some of
    them are on Zalo.
    """

    text: str
    sms: str
    topic: str
    at: datetime
    urgent: bool = False
    phones: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    others: Sequence[datetime] = ()
    contacts: Sequence[datetime] = ()
    zalo: bool = False

    @property
    def day(self) -> date:
        """The day whose law counts."""
        return self.at.astimezone(HERE).date()


About = Callable[[str], Article | None]
"""The article that surely answers a sentence; None where none does."""
