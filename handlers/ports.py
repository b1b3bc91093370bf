"""What the flows need from the outside, each bound to the transaction of the message that is being answered."""

from datetime import date, datetime
from typing import Protocol

from handlers.message import Chat, Talk


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
