"""What each chat asked last, for a 👎 a moment later: in memory only, and masked before it is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.message import Chat

CHATS = 5_000
WITHIN = timedelta(minutes=10)
LONGEST = 300  # characters; a longer text is rather a story


@dataclass(frozen=True, slots=True)
class _Asked:
    text: str
    article: str
    at: datetime


class Lately:
    """The last question of each chat that an article answered."""

    def __init__(self) -> None:
        self._asked: dict[Chat, _Asked] = {}

    def keep(self, chat: Chat, text: str, article: str, at: datetime) -> None:
        """Remember a question; the oldest chat makes room."""
        self._asked.pop(chat, None)
        if len(text) > LONGEST:
            return
        if len(self._asked) >= CHATS:
            self._asked.pop(next(iter(self._asked)))
        self._asked[chat] = _Asked(text, article, at)

    def take(self, chat: Chat, article: str, at: datetime) -> str | None:
        """The question that this article answered a moment ago; it is forgotten here."""
        asked = self._asked.pop(chat, None)
        if asked is None or asked.article != article or at - asked.at > WITHIN:
            return None
        return asked.text
