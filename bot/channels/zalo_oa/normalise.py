"""Reads an Official Account's events: only the fields that are used; names and contact details are never decoded.

Whatever comes in, nothing is raised: an event that says nothing to us gives the reason why.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.channels.fields import Fields, clean, fields_of
from handlers.message import Chat, Kind, Message
from handlers.presses import read_press

CHANNEL = "zalo_oa"
KEPT = timedelta(hours=24)  # an older event is a replay: Zalo's own retries end after two hours
AHEAD = timedelta(minutes=5)  # how far Zalo's clock may be ahead of ours
ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
MESSAGE_ID = re.compile(r"[0-9A-Za-z_.:=+/-]{1,128}")

# what a person sends → its kind. "gif" is doubtful: seen, not documented
SAID: Mapping[str, Kind] = {
    "user_send_text": Kind.TEXT,
    "user_send_link": Kind.TEXT,
    "user_send_image": Kind.PHOTO,
    "user_send_audio": Kind.VOICE,
    "user_send_sticker": Kind.STICKER,
    "user_send_gif": Kind.STICKER,
    "user_send_video": Kind.OTHER,
    "user_send_file": Kind.OTHER,
    "user_send_location": Kind.OTHER,
    "user_send_business_card": Kind.OTHER,
}
# "user_withdraw", a person's request to be deleted, is doubtful: seen in one list only
MEMBERSHIP: Mapping[str, Kind] = {
    "follow": Kind.JOIN,
    "unfollow": Kind.LEAVE,
    "user_withdraw": Kind.LEAVE,
}
SEEN = "user_seen_message"
RECEIVED = "user_received_message"
ECHO = "oa_send_"


class Reason(StrEnum):
    """Why an event says nothing: the first four can't be read, the others aren't for us."""

    JSON = "json"
    CHAT = "chat"
    ID = "id"
    OLD = "old"
    OTHER_OA = "other_oa"
    KIND = "kind"  # an event that we do not know
    EMPTY = "empty"
    ECHO = "echo"  # what we sent ourselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as read: one of a message, what was seen, a human's message; or the reason for none."""

    message: Message | None = None
    seen: tuple[str, ...] = ()  # ids of our messages that were read
    human: Chat | None = None  # somebody of the OA wrote to this chat in OA Manager
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads the events of one account. `oa_id` is Zalo's number of it; empty: any is taken for ours."""

    account: str
    oa_id: str = ""

    def __call__(self, event: object, now: datetime) -> Event:
        """The event of a decoded body that arrived `now`."""
        fields = fields_of(event)
        name = fields.get("event_name")
        if not fields or not isinstance(name, str):
            return Event(reason=Reason.JSON)
        at = moment(fields.get("timestamp"), now)
        if at is None:
            return Event(reason=Reason.OLD)
        if self._is_other(fields):
            return Event(reason=Reason.OTHER_OA)
        if name in SAID:
            return self._said(SAID[name], fields, at)
        if name in MEMBERSHIP:
            return self._membership(name, fields, at)
        if name == SEEN:
            return Event(seen=_ids(fields_of(fields.get("message")).get("msg_ids")))
        if name.startswith(ECHO):
            return self._echo(fields)
        return Event(reason=Reason.KIND)

    def _said(self, kind: Kind, fields: Fields, at: datetime) -> Event:
        chat = self._chat(fields.get("sender"))
        if chat is None:
            return Event(reason=Reason.CHAT)
        message = fields_of(fields.get("message"))
        id = _id(message.get("msg_id"))
        if not id:
            return Event(reason=Reason.ID)
        text = clean(message.get("text")) or (_link(message) if kind is Kind.TEXT else "")
        if kind is Kind.TEXT:
            kind, text = _pressed(text)
        if not text and kind is Kind.TEXT:
            return Event(reason=Reason.EMPTY)
        return Event(message=Message(chat=chat, id=id, at=at, kind=kind, text=text))

    def _membership(self, name: str, fields: Fields, at: datetime) -> Event:
        """A follow has no sender and no id: its own is made of what it is, when and who."""
        chat = self._chat(fields.get("follower")) or self._chat(fields.get("sender"))
        if chat is None:
            return Event(reason=Reason.CHAT)
        id = f"{name}:{int(at.timestamp() * 1000)}"
        return Event(message=Message(chat=chat, id=id, at=at, kind=MEMBERSHIP[name]))

    def _echo(self, fields: Fields) -> Event:
        """What the OA sent: by a person if it names an admin, else by us or another program."""
        chat = self._chat(fields.get("recipient"))
        if chat is None or not fields_of(fields.get("sender")).get("admin_id"):
            return Event(reason=Reason.ECHO)
        return Event(human=chat)

    def _chat(self, person: object) -> Chat | None:
        id = fields_of(person).get("id")
        return Chat(CHANNEL, self.account, id) if isinstance(id, str) and ID.fullmatch(id) else None

    def _is_other(self, fields: Fields) -> bool:
        """Whether an event names another OA than ours: one app may serve several."""
        named = oa_of(fields)
        return bool(self.oa_id and named and named != self.oa_id)


def oa_of(fields: Fields) -> str:
    """The OA that an event names; empty where it names none."""
    echo = str(fields.get("event_name", "")).startswith(ECHO)
    place = fields_of(fields.get("sender" if echo else "recipient")).get("id")
    named = fields.get("oa_id") or place
    return named if isinstance(named, str) else ""


def moment(timestamp: object, now: datetime) -> datetime | None:
    """A text of milliseconds as an instant; None where it is no such text, or not of today."""
    if not isinstance(timestamp, str) or not re.fullmatch(r"[0-9]{13}", timestamp):
        return None
    at = datetime.fromtimestamp(int(timestamp) / 1000, UTC)
    return min(at, now) if -AHEAD <= now - at <= KEPT else None


def _pressed(text: str) -> tuple[Kind, str]:
    """A button press comes back as text, its payload behind a "#"."""
    return (Kind.PRESS if text.startswith("#") and read_press(text) else Kind.TEXT), text


def _link(message: Fields) -> str:
    """The address of a shared link that came without words."""
    attachments = message.get("attachments")
    first = attachments[0] if isinstance(attachments, list) and attachments else None
    return clean(fields_of(fields_of(first).get("payload")).get("url"))


def _ids(ids: object) -> tuple[str, ...]:
    found = ids[:100] if isinstance(ids, list) else ()
    return tuple(good for id in found if (good := _id(id)))


def _id(id: object) -> str:
    return id if isinstance(id, str) and MESSAGE_ID.fullmatch(id) else ""
