"""The web chat's outbound side: replies stay in the ledger, the browser fetches them; here it is only woken."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.channels import Capabilities
from handlers.message import Chat, Haste, Speech, Window

CAPABILITIES = Capabilities(text=100_000, buttons=20, tel_links=True)


class WebChannel:
    """Wakes the streams of a chat in this process; other processes' streams look for themselves."""

    pulled = True

    def __init__(self) -> None:
        self.closed = False
        self._listening: defaultdict[Chat, set[asyncio.Event]] = defaultdict(set)

    @property
    def streams(self) -> int:
        """How many streams are open in this process."""
        return sum(len(events) for events in self._listening.values())

    async def send(self, chat: Chat, speech: Speech, *, haste: Haste = Haste.REPLY) -> None:
        for event in self._listening.get(chat, ()):
            event.set()

    def window(
        self, last_contact: datetime | None, now: datetime, *, urgent: bool = False
    ) -> Window:
        return Window.FREE

    def close(self) -> None:
        """The service stops: streams end, browsers come back by themselves."""
        self.closed = True
        for events in list(self._listening.values()):
            for event in events:
                event.set()

    def streams_of(self, chat: Chat) -> int:
        return len(self._listening.get(chat, ()))

    @contextmanager
    def listening(self, chat: Chat) -> Iterator[asyncio.Event]:
        """An event that is set whenever something new waits for the chat."""
        event = asyncio.Event()
        self._listening[chat].add(event)
        try:
            yield event
        finally:
            self._listening[chat].discard(event)
            if not self._listening[chat]:
                del self._listening[chat]
