"""What could be taken back of a conversation, and which tip it has open: in memory only, and not for long."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.message import Chat, Message

CHATS = 5_000
MESSAGES = 200  # of one chat
OPEN = timedelta(minutes=15)


@dataclass(slots=True)
class _Steps:
    said: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)


class Trail:
    """The platform's ids of what was said, and of what we showed of codes and answers."""

    def __init__(self) -> None:
        self._steps: OrderedDict[Chat, _Steps] = OrderedDict()

    def said(self, message: Message) -> None:
        """A person said something that is to be taken back."""
        if message.native:
            _note(self._of(message.chat).said, message.native)

    def shown(self, chat: Chat, native: str) -> None:
        """We said something that is kept nowhere; it stays until the person has read it."""
        _note(self._of(chat).shown, native)

    def show_nothing(self, chat: Chat) -> None:
        """What we showed goes with the rest."""
        if steps := self._steps.get(chat):
            steps.said += steps.shown
            steps.shown.clear()

    def left(self, chat: Chat) -> bool:
        steps = self._steps.get(chat)
        return bool(steps and steps.shown)

    def taken(self, chat: Chat) -> tuple[str, ...]:
        """What is to be taken back now; it is forgotten here."""
        steps = self._steps.get(chat)
        if steps is None:
            return ()
        taken = tuple(dict.fromkeys(steps.said))
        steps.said.clear()
        if not steps.shown:
            del self._steps[chat]
        return taken

    def _of(self, chat: Chat) -> _Steps:
        steps = self._steps.setdefault(chat, _Steps())
        self._steps.move_to_end(chat)
        while len(self._steps) > CHATS:
            self._steps.popitem(last=False)
        return steps


class Visits:
    """The port of handlers.ports: no row says which chat asked after which tip."""

    def __init__(self) -> None:
        self._open: OrderedDict[Chat, tuple[str, datetime]] = OrderedDict()

    def enter(self, chat: Chat, tip: str, at: datetime) -> None:
        self._open[chat] = (tip, at)
        self._open.move_to_end(chat)
        while len(self._open) > CHATS:
            self._open.popitem(last=False)

    def of(self, chat: Chat, at: datetime) -> str | None:
        tip, entered = self._open.get(chat, ("", at))
        return tip if tip and at - entered <= OPEN else None

    def leave(self, chat: Chat) -> None:
        self._open.pop(chat, None)


def _note(steps: list[str], native: str) -> None:
    if len(steps) < MESSAGES:
        steps.append(native)
