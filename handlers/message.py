"""What people say and what is said to them, whatever the channel: all that a channel need know."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum

Value = str | int


@dataclass(frozen=True, slots=True)
class Chat:
    """Where a conversation takes place; `account` is the channel's account that the person wrote to."""

    channel: str
    account: str
    id: str


class Kind(StrEnum):
    """What a message is made of; anything but words gets a way on, never silence."""

    TEXT = "text"
    PRESS = "press"  # a button; `Message.text` is its payload
    JOIN = "join"  # the chat was opened, or the bot let in again
    LEAVE = "leave"  # the bot was blocked or put out
    VOICE = "voice"
    STICKER = "sticker"
    PHOTO = "photo"
    OTHER = "other"  # video, file, place, contact, poll …


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message, and where its channel finds it: in memory only, never stored or logged.

    `size` is in bytes as announced; 0: not known.
    """

    reference: str
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing a person did in a chat.

    `id` is the channel's own and the same on a redelivery. `text` is clean: no NUL, no surrogates, NFC;
    of a button it is the payload. A message to a group reaches us only if it addresses us.
    `native` is what the platform calls it, so that it can be taken back; `album` marks files that were sent together.
    `brought` is what an errand came back with. These four are in memory only.
    """

    chat: Chat
    id: str
    at: datetime
    kind: Kind = Kind.TEXT
    text: str = ""
    edited: bool = False
    group: bool = False
    admin: bool = False  # of the group: whoever wrote may speak for it; asked of the platform only where it matters
    forwarded: bool = False  # somebody else wrote it
    attachment: Attachment | None = None
    native: str = ""
    album: str = ""
    brought: object = None


class Haste(IntEnum):
    """The order in which an account says what waits (DESIGN §6): answers always go before warnings."""

    EMERGENCY = 0
    REPLY = 1
    URGENT = 2  # a warning of danger
    ORDINARY = 3  # any other warning


class Window(StrEnum):
    """Whether a person may be written to unasked, for how much (reference of the platform's rules)."""

    FREE = "free"
    PAID = "paid"
    TEMPLATE = "template"  # by a form of words approved in advance: paid too, and dearer
    SHUT = "shut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Something to be said: a catalogue key and the values that fill it, never a person's words.

    `presses` are the payloads of its buttons (at most 64 bytes each); `handlers.compose` finds their words.
    `fleeting`: said once and kept nowhere, neither in the ledger nor in a cache: the one that may hold
    somebody's words, or a receipt code. If it could not be said it is lost, so what follows it offers a way back.
    """

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    presses: tuple[str, ...] = ()
    urgent: bool = False
    fleeting: bool = False

    @property
    def haste(self) -> Haste:
        return Haste.EMERGENCY if self.urgent else Haste.REPLY


@dataclass(frozen=True, slots=True)
class Button:
    """A button as shown: it sends `press` back, or opens `url` (https: or tel:)."""

    label: str
    press: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Speech:
    """A reply in words, for any channel to render.

    `text` has paragraphs, `- ` lists and `**bold**`, nothing else; `phones` are the numbers in it that can be rung.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    phones: tuple[str, ...] = ()
    fleeting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the last question was about, so that "còn ô tô thì sao?" can be understood."""

    article: str
    topic: str
    slots: Mapping[str, Value] = field(default_factory=dict)
    on: date | None = None  # the day whose law was asked for; None: today's


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a chat remembers between two messages: never words."""

    flow: str | None = None
    step: str | None = None
    data: Mapping[str, Value] = field(default_factory=dict)
    subject: Subject | None = None
    album: str = ""  # a mark of the pictures last answered, which came together
    offered: tuple[str, ...] = ()  # payloads last shown as buttons, so that "2" can be typed
    at: datetime | None = None  # when the last message was; None: a new chat
    lang: str = (
        "vi"  # of the last words: "en" for somebody who writes English, on their buttons too
    )
    held: bool = False  # the last message was a piece of a sentence: its reply waits for the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a flow made of a message: replies and the next talk.

    `durable`: the commit reaches the disk before anything is said.
    `hold`: a fragment; its replies wait for the rest of the sentence and are dropped if it comes.
    `forget`: nothing of this chat is to be kept, and nothing that still waits is to be said.
    `wipe`: what it deleted leaves the disk too, and what was said leaves the chat where the channel can do that.
    """

    replies: tuple[Reply, ...] = ()
    talk: Talk = field(default_factory=Talk)
    durable: bool = False
    hold: bool = False
    forget: bool = False
    wipe: bool = False


Flow = Callable[[Message, Talk], Awaitable[Turn]]
"""A conversation of several steps, the whole contract: `Talk.flow` names it, `step` and `data` are its own."""
