"""How much one chat may ask: kept in memory, per process, and forgotten with it."""

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import takewhile

from handlers.message import Chat

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
CHATS = 20_000  # chats remembered at most; the longest silent is forgotten first


class Verdict(Enum):
    """What to do with a question: answer it, say kindly that it is too much, or keep still (it was said)."""

    ANSWER = 1
    NOTICE = 2
    SILENCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """The limits of the configuration (DESIGN §9): questions a second and a minute, characters of one."""

    per_second: int = 1
    per_minute: int = 20
    characters: int = 2000


class Limits:
    """Counts each chat's questions; a person who sends twice in one second by mistake is still answered."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._asked: OrderedDict[Chat, list[datetime]] = OrderedDict()  # a deque takes 600 bytes
        self._told: dict[Chat, datetime] = {}

    def ask(self, chat: Chat, at: datetime) -> Verdict:
        """Count a question, and say what becomes of it."""
        asked = self._asked.setdefault(chat, [])
        self._asked.move_to_end(chat)
        while asked and at - asked[0] > MINUTE:
            del asked[0]
        second = sum(1 for _ in takewhile(lambda earlier: at - earlier < SECOND, reversed(asked)))
        if second <= self._allowance.per_second and len(asked) < self._allowance.per_minute:
            asked.append(at)
            self._forget_silent()
            return Verdict.ANSWER
        told = self._told.get(chat)
        if told and at - told < MINUTE:
            return Verdict.SILENCE
        self._told[chat] = at
        return Verdict.NOTICE

    def _forget_silent(self) -> None:
        while len(self._asked) > CHATS:
            chat, _ = self._asked.popitem(last=False)
            self._told.pop(chat, None)


class Quota:
    """How often each of many may do a thing within a while; the longest silent are forgotten first."""

    def __init__(self, times: int, within: timedelta) -> None:
        self._times = times
        self._within = within
        self._done: OrderedDict[Hashable, deque[datetime]] = OrderedDict()

    def take(self, who: Hashable, at: datetime) -> bool:
        """Count one; False where it is one too many."""
        done = self._done.setdefault(who, deque())
        self._done.move_to_end(who)
        while done and at - done[0] > self._within:
            done.popleft()
        if len(done) >= self._times:
            return False
        done.append(at)
        while len(self._done) > CHATS:
            self._done.popitem(last=False)
        return True
