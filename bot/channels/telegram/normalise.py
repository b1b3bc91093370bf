"""Reads Telegram's updates: only the fields that are used, so that a name can't leak that was never
looked at.

Whatever comes in, nothing is raised: an update that says nothing to us gives the reason why.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.channels.fields import (
    LONGEST_TEXT,
    Fields,
    clean,
    decode,
    fields_of,
    moment,
    number_of,
)
from handlers.message import Attachment, Chat, Kind, Message

CHANNEL = "telegram"
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

GROUPS = ("group", "supergroup")
ANONYMOUS_ADMIN = 1087968824  # "GroupAnonymousBot", in whose name a group's anonymous admins write

# what a message holds → its kind, the first that is there; an animation also comes as a document.
# What is not in the list is a service message: somebody joined, a video chat began …
CONTENT = {
    "voice": Kind.VOICE,
    "video_note": Kind.VOICE,
    "audio": Kind.VOICE,
    "sticker": Kind.STICKER,
    "animation": Kind.STICKER,
    "dice": Kind.STICKER,
    "photo": Kind.PHOTO,
    "video": Kind.OTHER,
    "document": Kind.OTHER,
    "venue": Kind.OTHER,
    "location": Kind.OTHER,
    "contact": Kind.OTHER,
    "poll": Kind.OTHER,
    "story": Kind.OTHER,
    "game": Kind.OTHER,
    "checklist": Kind.OTHER,
    "paid_media": Kind.OTHER,
}
FOR_ADMINS = ("/canhbao", "/dung", "/start cb-", "s:subscribe@", "s:unsubscribe@")
FILES = ("photo", "video", "voice", "audio", "video_note", "document")  # what may belong to a tip
GREETING = "/start"
COMMAND = re.compile(r"/(\w{1,64})(?:@(\w{1,64}))?(?=\s|$)", re.ASCII)


class Reason(StrEnum):
    """Why an update says nothing: the first three can't be read, the others aren't for us."""

    JSON = "json"
    SHAPE = "shape"
    CHAT = "chat"
    KIND = "kind"  # an update that was not asked for
    SERVICE = "service"  # nobody said anything
    MACHINE = "machine"  # another bot, or a channel
    OTHERS = "others"  # in a group, and not to us
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An update as read: a message, or the reason why there is none; and what only the channel
    needs of it.

    `update` is its number, None where that can't be read. `press` is the button press to be
    acknowledged. `author` wrote it, where it matters whether that is an admin of the group.
    `moved` are a group's old and new chat id. `plain` is a message that was just
    written, with words or without.
    """

    update: int | None = None
    message: Message | None = None
    reason: Reason | None = None
    press: str | None = None
    author: int | None = None
    moved: tuple[str, str] | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads the updates of one bot: its number, and its name without @ (None: not known yet)."""

    account: str
    username: str | None

    def __call__(self, update: object, at: datetime) -> Event:
        """The event of a decoded update that arrived at `at`."""
        fields = fields_of(update)
        number = update_id(update)
        if number is None:
            return Event(reason=Reason.SHAPE if fields else Reason.JSON)
        for kind, read in (
            ("message", self._message),
            ("edited_message", self._edited),
            ("callback_query", self._press),
            ("my_chat_member", self._member),
        ):
            if kind in fields:
                return read(number, fields_of(fields[kind]), at)
        return Event(update=number, reason=Reason.KIND)

    def _message(self, update: int, fields: Fields, at: datetime) -> Event:
        return self._said(update, fields, moment(fields.get("date"), at), edited=False)

    def _edited(self, update: int, fields: Fields, at: datetime) -> Event:
        return self._said(update, fields, moment(fields.get("edit_date"), at), edited=True)

    def _said(self, update: int, fields: Fields, at: datetime, *, edited: bool) -> Event:
        chat = self._chat(fields)
        if isinstance(chat, Reason):
            return Event(update=update, reason=chat)
        if moved := number_of(fields.get("migrate_to_chat_id")):
            return Event(update=update, reason=Reason.SERVICE, moved=(chat.id, str(moved)))
        if self._machine(fields):
            return Event(update=update, reason=Reason.MACHINE)
        kind = _kind(fields)
        if kind is None:
            return Event(update=update, reason=Reason.SERVICE)
        group = _is_group(fields)
        text = self._addressed(fields, group=group)
        if text is None:
            return Event(update=update, reason=Reason.OTHERS)
        if not text and kind is Kind.TEXT and group:
            text = GREETING  # only our name was said
        if not text and (
            kind is Kind.TEXT or edited
        ):  # a shared place is "edited" at each step of the way
            return Event(update=update, reason=Reason.EMPTY)
        message = Message(
            chat=chat,
            id=str(update),
            at=at,
            kind=kind,
            text=text,
            edited=edited,
            group=group,
            attachment=None if group else _attachment(fields),
            native=str(number_of(fields.get("message_id")) or ""),
            album="" if edited else _album(fields),
            forwarded="forward_origin" in fields,
        )
        return Event(
            update=update, message=message, plain=not edited, author=_author(fields, message)
        )

    def _press(self, update: int, fields: Fields, at: datetime) -> Event:
        press = fields.get("id")
        press = press if isinstance(press, str) and press.isalnum() and len(press) <= 64 else None
        under = fields_of(fields.get("message"))
        chat = self._chat(under)
        if isinstance(chat, Reason):
            return Event(update=update, reason=chat, press=press)
        text = clean(fields.get("data"))
        if not text:
            return Event(update=update, reason=Reason.EMPTY, press=press)
        message = Message(
            chat=chat, id=str(update), at=at, kind=Kind.PRESS, text=text, group=_is_group(under)
        )
        return Event(update=update, message=message, press=press, author=_author(fields, message))

    def _member(self, update: int, fields: Fields, at: datetime) -> Event:
        chat = self._chat(fields)
        if isinstance(chat, Reason):
            return Event(update=update, reason=chat)
        before, after = (_inside(fields.get(f"{when}_chat_member")) for when in ("old", "new"))
        if after is None or before is after:  # a promotion, a change of rights
            return Event(update=update, reason=Reason.SERVICE)
        message = Message(
            chat=chat,
            id=str(update),
            at=moment(fields.get("date"), at),
            kind=Kind.JOIN if after else Kind.LEAVE,
            group=_is_group(fields),
        )
        return Event(update=update, message=message)

    def _chat(self, fields: Fields) -> Chat | Reason:
        chat = fields_of(fields.get("chat"))
        id = number_of(chat.get("id"))
        if id is None:
            return Reason.CHAT
        if chat.get("type") not in ("private", *GROUPS):
            return Reason.MACHINE if chat.get("type") == "channel" else Reason.CHAT
        return Chat(CHANNEL, self.account, str(id))

    def _machine(self, fields: Fields) -> bool:
        """Whether no person wrote this: a bot, or a channel whose posts appear in its group."""
        author = fields_of(fields.get("from"))
        if fields.get("is_automatic_forward") is True:
            return True
        return author.get("is_bot") is True and author.get("id") != ANONYMOUS_ADMIN

    def _addressed(self, fields: Fields, *, group: bool) -> str | None:
        """The words meant for us, without our name; None if they are meant for somebody else."""
        raw, entities = _words(fields)
        text, mentioned = self._without_mention(raw, entities)
        text = clean(text)
        if command := COMMAND.match(text):
            name, bot = command.groups()
            if bot and not self._is_us(bot) and (group or self.username):
                return None
            return f"/{name}{text[command.end() :]}"
        replied = fields_of(fields_of(fields.get("reply_to_message")).get("from")).get("id")
        if group and not mentioned and str(replied) != self.account:
            return None
        return text

    def _without_mention(self, raw: str, entities: object) -> tuple[str, bool]:
        """The words with what names us cut out, and whether anything did."""
        units = raw.encode("utf-16-le", "surrogatepass")
        found: list[tuple[int, int]] = []
        for entity in entities[:100] if isinstance(entities, list) else ():
            span = self._mention(fields_of(entity), units)
            if span and (not found or span[0] >= found[-1][1]):
                found.append(span)
        for start, end in reversed(found):
            units = units[:start] + units[end:]
        return units.decode("utf-16-le", "surrogatepass") if found else raw, bool(found)

    def _mention(self, entity: Fields, units: bytes) -> tuple[int, int] | None:
        """From where to where an entity names us, in bytes of UTF-16."""
        start, length = number_of(entity.get("offset")), number_of(entity.get("length"))
        if start is None or length is None or start < 0 or length <= 0 or 2 * start >= len(units):
            return None
        end = min(2 * (start + length), len(units))
        match entity.get("type"):
            case "mention":
                name = units[2 * start : end].decode("utf-16-le", "ignore")
                return (2 * start, end) if name[:1] == "@" and self._is_us(name[1:]) else None
            case "text_mention":
                id = fields_of(entity.get("user")).get("id")
                return (2 * start, end) if str(id) == self.account else None
        return None

    def _is_us(self, name: str) -> bool:
        return self.username is not None and name.casefold() == self.username.casefold()


def _author(fields: Fields, message: Message) -> int | None:
    """Who speaks for a group, where only its admins may; of nobody else a number is looked at."""
    if message.group and message.text.startswith(FOR_ADMINS):
        return number_of(fields_of(fields.get("from")).get("id"))
    return None


def normalise(update: bytes, *, account: str, username: str | None, at: datetime) -> Message | None:
    """The message of an update as it came over the wire; None where it says nothing to us."""
    return Reader(account=account, username=username)(decode(update), at).message


def update_id(update: object) -> int | None:
    """The number of a decoded update; None where it has none that could be one."""
    number = number_of(fields_of(update).get("update_id"))
    return number if number is not None and number >= 0 else None


def _words(fields: Fields) -> tuple[str, object]:
    """A message's text or caption, not cleaned yet (entities count in it), and its entities."""
    for text, entities in (("text", "entities"), ("caption", "caption_entities")):
        if isinstance(words := fields.get(text), str):
            return words[:LONGEST_TEXT], fields.get(entities)
    return "", None


def _kind(fields: Fields) -> Kind | None:
    if isinstance(fields.get("text"), str):
        return Kind.TEXT
    return next((kind for name, kind in CONTENT.items() if name in fields), None)


def _album(fields: Fields) -> str:
    """What pictures that were sent together have in common."""
    album = fields.get("media_group_id")
    return album if isinstance(album, str) and album.isalnum() and len(album) <= 64 else ""


def _attachment(fields: Fields) -> Attachment | None:
    """The file of a message, by what Telegram gives it out for; of a picture the largest size."""
    for name in FILES:
        found = fields.get(name)
        file = fields_of(found[-1]) if isinstance(found, list) and found else fields_of(found)
        reference = file.get("file_id")
        if isinstance(reference, str) and 0 < len(reference) <= 256:
            return Attachment(reference, max(0, number_of(file.get("file_size")) or 0))
    return None


def _is_group(fields: Fields) -> bool:
    return fields_of(fields.get("chat")).get("type") in GROUPS


def _inside(member: object) -> bool | None:
    """Whether a membership lets us speak; None where it can't be read."""
    fields = fields_of(member)
    match fields.get("status"):
        case "member" | "administrator" | "creator":
            return True
        case "left" | "kicked":
            return False
        case "restricted":
            return fields.get("is_member") is True
    return None
