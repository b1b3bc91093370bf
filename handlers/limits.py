"""How much one chat may ask: kept in memory, per process, and forgotten with it."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from handlers.message import Chat

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
        self._asked: OrderedDict[Chat, deque[datetime]] = OrderedDict()
        self._told: dict[Chat, datetime] = {}

    def ask(self, chat: Chat, at: datetime) -> Verdict:
        """Count a question, and say what becomes of it."""
        asked = self._asked.setdefault(chat, deque())
        self._asked.move_to_end(chat)
        while asked and at - asked[0] > timedelta(minutes=1):
            asked.popleft()
        second = sum(at - earlier < timedelta(seconds=1) for earlier in asked)
        if second <= self._allowance.per_second and len(asked) < self._allowance.per_minute:
            asked.append(at)
            self._forget_silent()
            return Verdict.ANSWER
        told = self._told.get(chat)
        if told and at - told < timedelta(minutes=1):
            return Verdict.SILENCE
        self._told[chat] = at
        return Verdict.NOTICE

    def _forget_silent(self) -> None:
        while len(self._asked) > CHATS:
            chat, _ = self._asked.popitem(last=False)
            self._told.pop(chat, None)
