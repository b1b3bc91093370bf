"""Remembers what was said of a speech that failed half way: the next try goes on with the part that failed."""

from collections import OrderedDict
from datetime import datetime, timedelta

from handlers.message import Chat, Speech

KEPT = timedelta(minutes=15)
REMEMBERED = 10_000  # speeches, in one process


class Halfway:
    """Of this process alone; after a restart a speech begins anew."""

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[Chat, Speech], tuple[int, datetime]] = OrderedDict()

    def place(self, chat: Chat, speech: Speech, now: datetime) -> int:
        """How many parts were said when it failed the last time; forgets it."""
        if not self._said:
            return 0
        place, at = self._said.pop((chat, speech), (0, now))
        return place if now - at < KEPT else 0

    def failed(self, chat: Chat, speech: Speech, place: int, now: datetime) -> None:
        """`place` parts were said, then it failed; what is fleeting is not remembered."""
        if place and not speech.fleeting:
            self._said[chat, speech] = (place, now)
            while len(self._said) > REMEMBERED:
                self._said.popitem(last=False)
