"""Joins what a person sends in pieces ("cháu ơi / cho hỏi / đốt pháo"): in memory only, for seconds."""

from dataclasses import replace
from datetime import datetime, timedelta

from handlers.message import Chat, Message

PIECES = 12  # a sentence in more pieces than this is no sentence
CHATS = 5_000


class Fragments:
    """The words of chats whose sentence may not be at its end."""

    def __init__(self, quiet: timedelta) -> None:
        self.quiet = quiet
        self._held: dict[Chat, tuple[datetime, tuple[str, ...]]] = {}

    def joined(self, message: Message) -> Message:
        """The message with the pieces that came just before it; they are forgotten here."""
        at, pieces = self._held.pop(message.chat, (message.at, ()))
        if not pieces or message.at - at > 2 * self.quiet:
            return message
        return replace(message, text=" ".join((*pieces, message.text)))

    def keep(self, message: Message) -> None:
        """Remember a piece; `message` is what `joined` gave, so it holds the earlier ones."""
        if len(self._held) >= CHATS:
            self._held.pop(next(iter(self._held)))
        self._held[message.chat] = (message.at, (message.text,))
